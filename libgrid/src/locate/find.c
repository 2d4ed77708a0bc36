#include "locate/exact.h"
#include "locate/guard.h"
#include "locate/kernel.h"

/*
 * One point and many go the same way: to the lattice, to the entry of the directory, down the tree,
 * and through the pieces of a border tile. A batch does every leg for all its points before
 * the next one, so that memory is fetched ahead and few branches depend on a single point.
 */
enum { BATCH = 256 };

/* Points of a batch, by number. */
typedef struct queue {
    size_t n;
    uint32_t which[BATCH];
} queue;

typedef struct batch {
    const grid_locator *l;
    const nest_view *n;
    image_guard *guard; /* NULL: everything can be read */
    const grid_xy *xy;
    size_t n_points;
    lattice_point at[BATCH];
    entry led_to[BATCH]; /* in the end the faces; FACE_EXACT ones are taken care of one by one */
    queue nodes, tiles;  /* points that are led there */
    uint32_t slot[BATCH];
    /* Points to be answered exactly, and their tiles. */
    size_t n_exact;
    uint32_t exact[BATCH], exact_tile[BATCH];
} batch;

static tile_kernel *tile_kernel_of(const grid_locator *l) {
    static tile_kernel *const kernels[] = {tile_plain, tile_sse, tile_avx2};
    return kernels[l->kernel];
}

static step_kernel *step_kernel_of(const grid_locator *l) {
    return l->kernel == KERNEL_PLAIN ? step_plain : step_sse;
}

static lattice_kernel *lattice_kernel_of(const grid_locator *l) {
    static lattice_kernel *const kernels[] = {lattice_plain, lattice_sse, lattice_avx2};
    return kernels[l->kernel];
}

static cells_kernel *cells_kernel_of(const grid_locator *l) {
    return l->kernel == KERNEL_AVX2 ? cells_avx2 : cells_plain;
}

static entry nobody(const nest_view *n) {
    return entry_make(ENTRY_FACE, n->head->n_units);
}

/* Where the descents begin: at a cell's entry or at the root, and with nobody outside the box. */
static void look_up(batch *b) {
    const nest_view *n = b->n;
    entry *e = b->led_to;
    lattice_kernel_of(b->l)(n->head, b->xy, b->n_points, b->at, e);
    if (n->dir == NULL)
        for (size_t i = 0; i < b->n_points; i++)
            e[i] = e[i] != 0 ? n->head->root : nobody(n);
    else if (b->guard != NULL)
        for (size_t i = 0; i < b->n_points; i++)
            e[i] = e[i] != 0 ? guard_cell(b->guard, n, cell_of(n, b->at[i])) : nobody(n);
    else
        cells_kernel_of(b->l)(n, b->at, b->n_points, e);
}

/* Queues the point by the kind of its entry, without a branch on it. */
static inline void lead(batch *b, uint32_t which) {
    entry *e = &b->led_to[which];
    if (b->guard != NULL)
        *e = guard_entry(b->guard, b->n, *e);
    const uint32_t kind = entry_kind(*e);
    b->tiles.which[b->tiles.n] = which;
    b->tiles.n += kind == ENTRY_TILE;
    b->nodes.which[b->nodes.n] = which;
    b->nodes.n += kind == ENTRY_NODE;
}

static void descend(batch *b) {
    queue *q = &b->nodes;
    b->tiles.n = q->n = 0;
    for (uint32_t i = 0; i < b->n_points; i++)
        lead(b, i);
    while (q->n > 0) {
        const size_t n = q->n;
        for (size_t i = 0; i < n; i++) {
            const tree_node *next = &b->n->node[entry_index(b->led_to[q->which[i]])];
            __builtin_prefetch(next);
            __builtin_prefetch(next->child);
        }
        step_kernel_of(b->l)(b->n->node, b->at, q->which, n, b->led_to);
        q->n = 0; /* the queue is read ahead of where it is written */
        for (size_t i = 0; i < n; i++)
            lead(b, q->which[i]);
    }
}

static void answer_tiles(batch *b) {
    const queue *q = &b->tiles;
    for (size_t i = 0; i < q->n; i++)
        __builtin_prefetch(&b->n->tile[entry_index(b->led_to[q->which[i]])]);
    tile_kernel_of(b->l)(b->n->tile, b->n->palette, b->at, q->which, q->n, b->led_to, b->slot);
    b->n_exact = 0;
    for (size_t i = 0; i < q->n; i++) {
        const uint32_t which = q->which[i];
        b->exact[b->n_exact] = which;
        b->exact_tile[b->n_exact] = entry_index(b->led_to[which]);
        b->n_exact += b->slot[i] == FACE_EXACT;
        b->led_to[which] = b->slot[i];
    }
}

/* ---- from faces to hits -------------------------------------------------------------------- */

static void put_exact(const batch *b, const exact_start *start, grid_xy p, grid_hit *hits) {
    for (uint32_t k = 0; k < b->n->n_layers; k++) {
        uint32_t layer = b->n->layer[k];
        hits[layer] = exact_hit(b->n, &b->l->layer[layer], start, p);
    }
}

static void put_layer(const batch *b, uint32_t layer, grid_hit *hits) {
    const grid_hit *of_face = b->l->layer[layer].hit;
    const uint32_t n_units = b->n->head->n_units, n_layers = b->l->n_layers;
    for (size_t i = 0; i < b->n_points; i++)
        hits[i * n_layers + layer] = of_face[b->led_to[i] <= n_units ? b->led_to[i] : n_units];
}

static void put_hits(const batch *b, grid_hit *hits) {
    const uint32_t n_layers = b->l->n_layers;
    for (uint32_t k = 0; k < b->n->n_layers; k++)
        put_layer(b, b->n->layer[k], hits);
    for (size_t i = 0; i < b->n_exact; i++) {
        uint32_t which = b->exact[i];
        const border_tile *t = &b->n->tile[b->exact_tile[i]];
        if (b->guard != NULL && !guard_edges(b->guard, b->n, t->first_edge, border_tile_edges(t)))
            continue;
        exact_start start = exact_from_tile(b->n, t, b->at[which].x, b->at[which].y);
        put_exact(b, &start, b->xy[which], hits + which * (size_t)n_layers);
    }
    if (b->n->head->set_start.n == 0)
        return;
    for (size_t i = 0; i < b->n_points; i++)
        if (b->led_to[i] > b->n->head->n_units && b->led_to[i] != FACE_EXACT) {
            exact_start start = exact_from_face(b->led_to[i]);
            put_exact(b, &start, b->xy[i], hits + i * n_layers);
        }
}

void grid_locator_find_many(const grid_locator *l, const grid_xy *xy, size_t n, grid_hit *hits) {
    batch b;
    b.l = l;
    b.guard = guard_for(l, n);
    for (size_t first = 0; first < n; first += BATCH)
        for (uint32_t i = 0; i < l->n_nests; i++) {
            b.n = &l->nest[i];
            b.xy = xy + first;
            b.n_points = n - first < BATCH ? n - first : BATCH;
            look_up(&b);
            descend(&b);
            answer_tiles(&b);
            put_hits(&b, hits + first * l->n_layers);
        }
}

void grid_locator_find(const grid_locator *l, double x, double y, grid_hit *hits) {
    const grid_xy p = {x, y};
    grid_locator_find_many(l, &p, 1, hits);
}

void grid_locator_trace(const grid_locator *l, size_t layer, grid_xy p, grid_locate_path *path) {
    batch b;
    b.l = l;
    b.guard = guard_for(l, 1);
    b.n = &l->nest[l->layer[layer].nest];
    b.xy = &p;
    b.n_points = 1;
    const nest_image *h = b.n->head;
    *path = (grid_locate_path){.in_box = p.x >= h->min_x && p.x <= h->max_x && p.y >= h->min_y &&
                                         p.y <= h->max_y,
                               .by_directory = b.n->dir != NULL};
    look_up(&b);
    const uint32_t first = 0;
    entry e = b.guard ? guard_entry(b.guard, b.n, b.led_to[0]) : b.led_to[0];
    for (; entry_kind(e) == ENTRY_NODE; path->nodes++) {
        step_kernel_of(l)(b.n->node, b.at, &first, 1, &e);
        e = b.guard ? guard_entry(b.guard, b.n, e) : e;
    }
    if (entry_kind(e) != ENTRY_TILE)
        return;
    uint32_t slot;
    tile_kernel_of(l)(b.n->tile, b.n->palette, b.at, &first, 1, &e, &slot);
    path->edges = border_tile_edges(&b.n->tile[entry_index(e)]);
    path->exact = slot == FACE_EXACT;
}

void grid_locator_use_directory(grid_locator *l, bool use) {
    for (uint32_t i = 0; i < l->n_nests; i++) {
        l->nest[i].dir = use ? l->nest[i].all_dir : NULL;
    }
}
