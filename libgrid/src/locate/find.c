#include "locate/exact.h"
#include "locate/kernel.h"

#include <string.h>

enum { BATCH = 256, NOWHERE = -1 };

/* ---- one point of a nest ----------------------------------------------------------------- */

static bool in_box(const nest_image *h, grid_xy p) {
    return p.x >= h->min_x && p.x <= h->max_x && p.y >= h->min_y && p.y <= h->max_y;
}

/* Truncation is monotone and so is everything before it: points keep their order. */
static lattice_point to_lattice(const nest_image *h, grid_xy p) {
    return (lattice_point){(uint32_t)(int32_t)lattice_x(h, p.x),
                           (uint32_t)(int32_t)lattice_y(h, p.y)};
}

static entry start_entry(const nest_view *n, lattice_point p) {
    if (n->dir == NULL)
        return n->head->root;
    return n
        ->dir[((size_t)(p.y >> n->dir_shift_y) << n->head->dir_bits_x) + (p.x >> n->dir_shift_x)];
}

/* The answers of all layers of the nest where the face is a single unit or nobody. */
static void put_face(const grid_locator *l, uint32_t nest, face f, grid_hit *hits) {
    for (uint32_t i = 0; i < l->n_layers; i++)
        if (l->layer[i].nest == nest) {
            uint32_t unit = l->layer[i].feature[f];
            hits[i] = (grid_hit){.unit = unit, .claims = unit != GRID_NONE};
        }
}

static void put_exact(const grid_locator *l, uint32_t nest, const exact_start *start, grid_xy p,
                      grid_hit *hits) {
    for (uint32_t i = 0; i < l->n_layers; i++)
        if (l->layer[i].nest == nest)
            hits[i] = exact_hit(&l->nest[nest], &l->layer[i], start, p);
}

static void put(const grid_locator *l, uint32_t nest, face f, grid_hit *hits) {
    if (f <= l->nest[nest].head->n_units) {
        put_face(l, nest, f, hits);
    } else {
        exact_start start = exact_from_face(f);
        put_exact(l, nest, &start, (grid_xy){0, 0}, hits);
    }
}

static void put_from_tile(const grid_locator *l, uint32_t nest, const border_tile *t, uint32_t slot,
                          lattice_point at, grid_xy p, grid_hit *hits) {
    if (slot != FACE_EXACT) {
        put(l, nest, slot, hits);
    } else {
        exact_start start = exact_from_tile(&l->nest[nest], t, at.x, at.y);
        put_exact(l, nest, &start, p, hits);
    }
}

static tile_kernel *tile_kernel_of(const grid_locator *l) {
    static tile_kernel *const kernels[] = {tile_plain, tile_sse, tile_avx2};
    return kernels[l->kernel];
}

static descend_kernel *descend_kernel_of(const grid_locator *l) {
    return l->kernel == KERNEL_PLAIN ? descend_plain : descend_sse;
}

void grid_locator_find(const grid_locator *l, double x, double y, grid_hit *hits) {
    const grid_xy p = {x, y};
    for (uint32_t i = 0; i < l->n_nests; i++) {
        const nest_view *n = &l->nest[i];
        if (!in_box(n->head, p)) {
            put_face(l, i, n->head->n_units, hits);
            continue;
        }
        lattice_point at = to_lattice(n->head, p);
        entry e = descend_kernel_of(l)(n->node, start_entry(n, at), at);
        if (entry_kind(e) == ENTRY_FACE) {
            put(l, i, entry_index(e), hits);
            continue;
        }
        uint32_t tile = entry_index(e), slot;
        tile_kernel_of(l)(n->tile, n->palette, &tile, &at, 1, &slot);
        put_from_tile(l, i, &n->tile[tile], slot, at, p, hits);
    }
}

/* ---- many points --------------------------------------------------------------------------- */

/* The points of a batch that still have something before them. */
typedef struct queue {
    size_t n;
    uint32_t which[BATCH]; /* point of the batch */
    uint32_t what[BATCH];  /* node's entry, or tile */
    lattice_point at[BATCH];
} queue;

static void push(queue *q, uint32_t which, uint32_t what, lattice_point at) {
    q->which[q->n] = which;
    q->what[q->n] = what;
    q->at[q->n++] = at;
}

typedef struct batch {
    const grid_locator *l;
    uint32_t nest;
    const grid_xy *xy;
    grid_hit *hits;
    queue nodes, tiles;
    face face_of[BATCH]; /* only for points that end at a face */
} batch;

static grid_hit *hits_of(const batch *b, uint32_t point) {
    return b->hits + (size_t)point * b->l->n_layers;
}

/* Sends the point on to where its entry leads. */
static void lead(batch *b, uint32_t point, entry e, lattice_point at) {
    const nest_view *n = &b->l->nest[b->nest];
    switch (entry_kind(e)) {
    case ENTRY_FACE:
        put(b->l, b->nest, entry_index(e), hits_of(b, point));
        break;
    case ENTRY_TILE:
        __builtin_prefetch(&n->tile[entry_index(e)]);
        push(&b->tiles, point, entry_index(e), at);
        break;
    default:
        __builtin_prefetch(&n->node[entry_index(e)]);
        __builtin_prefetch(n->node[entry_index(e)].child);
        push(&b->nodes, point, e, at);
    }
}

static void start_batch(batch *b, size_t n_points) {
    const nest_view *n = &b->l->nest[b->nest];
    lattice_point at[BATCH];
    uint32_t inside[BATCH];
    size_t count = 0;
    for (size_t i = 0; i < n_points; i++) {
        if (!in_box(n->head, b->xy[i])) {
            put_face(b->l, b->nest, n->head->n_units, hits_of(b, (uint32_t)i));
            continue;
        }
        at[count] = to_lattice(n->head, b->xy[i]);
        inside[count++] = (uint32_t)i;
    }
    if (n->dir != NULL)
        for (size_t i = 0; i < count; i++)
            __builtin_prefetch(
                &n->dir[((size_t)(at[i].y >> n->dir_shift_y) << n->head->dir_bits_x) +
                        (at[i].x >> n->dir_shift_x)]);
    for (size_t i = 0; i < count; i++)
        lead(b, inside[i], start_entry(n, at[i]), at[i]);
}

/* All points that are at nodes go down one node, again and again. */
static void descend_batch(batch *b) {
    const nest_view *n = &b->l->nest[b->nest];
    queue next;
    while (b->nodes.n > 0) {
        next = b->nodes;
        b->nodes.n = 0;
        for (size_t i = 0; i < next.n; i++) {
            entry e = descend_kernel_of(b->l)(n->node, next.what[i], next.at[i]);
            lead(b, next.which[i], e, next.at[i]);
        }
    }
}

static void answer_tiles(batch *b) {
    const nest_view *n = &b->l->nest[b->nest];
    uint32_t slot[BATCH];
    tile_kernel_of(b->l)(n->tile, n->palette, b->tiles.what, b->tiles.at, b->tiles.n, slot);
    for (size_t i = 0; i < b->tiles.n; i++) {
        uint32_t point = b->tiles.which[i];
        put_from_tile(b->l, b->nest, &n->tile[b->tiles.what[i]], slot[i], b->tiles.at[i],
                      b->xy[point], hits_of(b, point));
    }
}

void grid_locator_find_many(const grid_locator *l, const grid_xy *xy, size_t n, grid_hit *hits) {
    batch b = {.l = l};
    for (size_t first = 0; first < n; first += BATCH) {
        size_t count = n - first < BATCH ? n - first : BATCH;
        b.xy = xy + first;
        b.hits = hits + first * l->n_layers;
        for (b.nest = 0; b.nest < l->n_nests; b.nest++) {
            b.nodes.n = b.tiles.n = 0;
            start_batch(&b, count);
            descend_batch(&b);
            answer_tiles(&b);
        }
    }
}

void grid_locator_use_directory(grid_locator *l, bool use) {
    for (uint32_t i = 0; i < l->n_nests; i++) {
        const nest_image *h = l->nest[i].head;
        l->nest[i].dir = use ? (const entry *)((const char *)l->image + h->dir.offset) : NULL;
    }
}
