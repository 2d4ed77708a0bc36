#include "partition/piece.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"
#include "partition/random.h"

/* ---- an order of the nodes that the caller's numbering has no part in ------------------ */

static int compare_nodes(const void *pa, const void *pb, void *user) {
    const grid_graph *g = user;
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    if (g->place[a].x != g->place[b].x)
        return g->place[a].x < g->place[b].x ? -1 : 1;
    if (g->place[a].y != g->place[b].y)
        return g->place[a].y < g->place[b].y ? -1 : 1;
    for (uint32_t m = 0; m < g->n_measures; m++) {
        int64_t wa = g->measure[(size_t)a * g->n_measures + m];
        int64_t wb = g->measure[(size_t)b * g->n_measures + m];
        if (wa != wb)
            return wa < wb ? -1 : 1;
    }
    return (a > b) - (a < b); /* twins in every respect but the number */
}

/* ---- connected pieces -------------------------------------------------------------------- */

typedef struct builder {
    const grid_graph *g;
    const grid_partition_options *o;
    uint32_t *order; /* nodes by compare_nodes */
    uint32_t *piece; /* per node */
    uint32_t *local; /* per node: its number inside the piece */
    uint32_t *queue;
    uint32_t n_pieces;
    int64_t dearest; /* highest price of a metre of border in the graph */
} builder;

static uint32_t extended_area(const builder *b, uint32_t v) {
    return b->g->extended ? b->g->extended[v] : GRID_NONE;
}

static uint32_t old_grid(const builder *b, uint32_t v) {
    return b->o && b->o->old_grid ? b->o->old_grid[v] : GRID_NONE;
}

/** The locked old grid that v is in. */
static uint32_t lock(const builder *b, uint32_t v) {
    uint32_t old = old_grid(b, v);
    return old != GRID_NONE && b->o->locked && b->o->locked[old] ? old : GRID_NONE;
}

/** Whether two neighbours may be in one grid. */
static bool belong(const builder *b, uint32_t u, uint32_t v) {
    return b->g->region[u] == b->g->region[v] && extended_area(b, u) == extended_area(b, v) &&
           lock(b, u) == lock(b, v);
}

/** Numbers the pieces in the order of their first nodes. */
static void find_pieces(builder *b) {
    const grid_graph *g = b->g;
    for (uint32_t v = 0; v < g->n; v++)
        b->piece[v] = GRID_NONE;
    for (uint32_t i = 0; i < g->n; i++) {
        if (b->piece[b->order[i]] != GRID_NONE)
            continue;
        uint32_t head = 0, tail = 0;
        b->queue[tail++] = b->order[i];
        b->piece[b->order[i]] = b->n_pieces;
        while (head < tail) {
            uint32_t v = b->queue[head++];
            for (uint32_t e = g->start[v]; e < g->start[v + 1]; e++) {
                uint32_t u = g->to[e];
                if (b->piece[u] == GRID_NONE && belong(b, u, v)) {
                    b->piece[u] = b->n_pieces;
                    b->queue[tail++] = u;
                }
            }
        }
        b->n_pieces++;
    }
}

/** Price of a metre of border on a logarithmic scale of 8 steps an octave, by integers alone. */
static int log_price(int64_t cost, int64_t length_mm) {
    uint64_t p = (uint64_t)(cost > 0 ? cost : 0) * 64 / (uint64_t)(length_mm > 0 ? length_mm : 1) +
                 1;
    int top = 63 - __builtin_clzll(p);
    uint64_t fraction = top >= 3 ? p >> (top - 3) : p << (3 - top);
    return top * 8 + (int)(fraction & 7);
}

static int compare_u32_pairs(const void *pa, const void *pb) {
    const uint32_t *a = pa, *b = pb;
    return (a[0] > b[0]) - (a[0] < b[0]);
}

bool piece_allocate(piece *p, uint32_t n_measures, size_t n_entries) {
    p->n_measures = n_measures;
    p->node = GRID_NEW(uint32_t, p->n);
    p->w = GRID_NEW(int64_t, (size_t)p->n * n_measures);
    p->total = GRID_NEW(int64_t, n_measures);
    p->start = GRID_NEW(uint32_t, (size_t)p->n + 1);
    p->home = GRID_NEW(uint32_t, p->n);
    p->whole = GRID_NEW(uint32_t, 2 * (size_t)p->n);
    p->heavy = GRID_NEW(bool, p->n);
    p->to = GRID_NEW(uint32_t, n_entries);
    p->cost = GRID_NEW(int64_t, n_entries);
    p->length_mm = GRID_NEW(int64_t, n_entries);
    p->area_dm2 = GRID_NEW(int64_t, p->n);
    p->rim_mm = GRID_NEW(int64_t, p->n);
    p->rank = GRID_NEW(uint8_t, n_entries);
    return p->node && p->w && p->total && p->start && p->home && p->whole && p->heavy && p->to &&
           p->cost && p->length_mm && p->area_dm2 && p->rim_mm && p->rank;
}

static uint64_t hash_double(uint64_t h, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return random_mix(h ^ bits);
}

/**
 * Writes whole[2 v + offset]: numbers from *next on for the values of `of`, by their first nodes.
 * number_of holds GRID_NONE for every value, before and after.
 */
static void number_wholes(const piece *p, const uint32_t *of, uint32_t offset, uint32_t *number_of,
                          uint32_t *next) {
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t value = of ? of[p->node[i]] : GRID_NONE;
        if (value != GRID_NONE && number_of[value] == GRID_NONE)
            number_of[value] = (*next)++;
        p->whole[2 * (size_t)i + offset] = value == GRID_NONE ? GRID_NONE : number_of[value];
    }
    for (uint32_t i = 0; i < p->n && of; i++)
        if (of[p->node[i]] != GRID_NONE)
            number_of[of[p->node[i]]] = GRID_NONE;
}

static void fill_entries(const builder *b, piece *p, uint32_t *pairs) {
    const grid_graph *g = b->g;
    uint32_t at = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t v = p->node[i], n = 0;
        p->start[i] = at;
        for (uint32_t e = g->start[v]; e < g->start[v + 1]; e++) {
            if (!belong(b, v, g->to[e]) || g->to[e] == v)
                continue;
            pairs[2 * n] = b->local[g->to[e]];
            pairs[2 * n++ + 1] = e;
        }
        qsort(pairs, n, 2 * sizeof *pairs, compare_u32_pairs);
        for (uint32_t j = 0; j < n; j++, at++) {
            uint32_t e = pairs[2 * j + 1];
            p->to[at] = pairs[2 * j];
            p->cost[at] = g->cost[e];
            p->length_mm[at] = g->length_mm[e];
            p->rim_mm[i] -= g->length_mm[e];
            p->rank[at] = (uint8_t)(log_price(b->dearest, 1000) -
                                    log_price(g->cost[e], g->length_mm[e]));
        }
    }
    p->start[p->n] = at;
}

static void fill(const builder *b, piece *p, uint32_t *number_of, uint32_t *pairs) {
    const grid_graph *g = b->g;
    uint32_t m = g->n_measures;
    for (uint32_t i = 0; i < p->n; i++) {
        uint32_t v = p->node[i];
        memcpy(&p->w[(size_t)i * m], &g->measure[(size_t)v * m], m * sizeof *p->w);
        for (uint32_t j = 0; j < m; j++)
            p->total[j] += g->measure[(size_t)v * m + j];
        p->area_dm2[i] = g->area_dm2 ? g->area_dm2[v] : 0;
        p->rim_mm[i] = g->outline_mm ? g->outline_mm[v] : 0;
        p->seed = hash_double(hash_double(p->seed, g->place[v].x), g->place[v].y);
        p->seed = random_mix(p->seed ^ (uint64_t)g->measure[(size_t)v * m]);
    }
    p->region = g->region[p->node[0]];
    p->extended = extended_area(b, p->node[0]) != GRID_NONE;
    p->locked = lock(b, p->node[0]) != GRID_NONE;
    for (uint32_t i = 0; i < p->n; i++)
        p->home[i] = old_grid(b, p->node[i]);
    uint32_t next = 0;
    number_wholes(p, g->compound, 0, number_of, &next);
    number_wholes(p, g->block, 1, number_of, &next);
    fill_entries(b, p, pairs);
}

static int64_t dearest_metre(const grid_graph *g) {
    int64_t dearest = 1;
    for (uint32_t e = 0; e < g->start[g->n]; e++) {
        if (g->length_mm[e] <= 0 || g->cost[e] <= 0)
            continue;
        int64_t per_m = (int64_t)((__int128)g->cost[e] * 1000 / g->length_mm[e]);
        dearest = per_m > dearest ? per_m : dearest;
    }
    return dearest;
}

/** At least `least`, and above the value of v, if it has one. */
static uint32_t above(const uint32_t *value, uint32_t v, uint32_t least) {
    return value && value[v] != GRID_NONE && value[v] >= least ? value[v] + 1 : least;
}

static grid_status make(builder *b, piece_list *out, grid_error *err) {
    const grid_graph *g = b->g;
    uint32_t n_values = 0, widest = 0;
    for (uint32_t v = 0; v < g->n; v++) {
        n_values = above(g->compound, v, above(g->block, v, n_values));
        if (g->start[v + 1] - g->start[v] > widest)
            widest = g->start[v + 1] - g->start[v];
    }
    out->at = GRID_NEW(piece, b->n_pieces);
    size_t *entries = GRID_NEW(size_t, b->n_pieces);
    uint32_t *number_of = GRID_NEW(uint32_t, n_values);
    uint32_t *pairs = GRID_NEW(uint32_t, 2 * (size_t)widest);
    bool ok = out->at && entries && number_of && pairs;
    if (ok) {
        out->n = b->n_pieces;
        for (uint32_t c = 0; c < n_values; c++)
            number_of[c] = GRID_NONE;
        for (uint32_t i = 0; i < g->n; i++) {
            uint32_t v = b->order[i], p = b->piece[v];
            b->local[v] = out->at[p].n++;
            entries[p] += g->start[v + 1] - g->start[v];
        }
        for (uint32_t p = 0; p < out->n && ok; p++)
            ok = piece_allocate(&out->at[p], g->n_measures, entries[p]);
    }
    if (ok) {
        for (uint32_t v = 0; v < g->n; v++)
            out->at[b->piece[v]].node[b->local[v]] = v;
        for (uint32_t p = 0; p < out->n; p++)
            fill(b, &out->at[p], number_of, pairs);
    }
    free(entries);
    free(number_of);
    free(pairs);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

/** Brings the pieces, which are in the order of their first nodes, into the order of regions. */
static bool sort_by_region(const grid_graph *g, piece_list *list) {
    uint32_t *at = GRID_NEW(uint32_t, (size_t)g->n_regions + 1);
    piece *sorted = GRID_NEW(piece, list->n);
    if (at && sorted) {
        for (uint32_t p = 0; p < list->n; p++)
            at[list->at[p].region + 1]++;
        for (uint32_t r = 0; r < g->n_regions; r++)
            at[r + 1] += at[r];
        for (uint32_t p = 0; p < list->n; p++)
            sorted[at[list->at[p].region]++] = list->at[p];
        free(list->at);
        list->at = sorted;
    } else {
        free(sorted);
    }
    free(at);
    return sorted != NULL && at != NULL;
}

grid_status piece_list_build(const grid_graph *g, const grid_partition_options *o, piece_list *out,
                             grid_error *err) {
    *out = (piece_list){0};
    builder b = {
        .g = g,
        .o = o,
        .order = GRID_NEW(uint32_t, g->n),
        .piece = GRID_NEW(uint32_t, g->n),
        .local = GRID_NEW(uint32_t, g->n),
        .queue = GRID_NEW(uint32_t, g->n),
        .dearest = dearest_metre(g),
    };
    grid_status status = GRID_OK;
    if (b.order && b.piece && b.local && b.queue) {
        for (uint32_t v = 0; v < g->n; v++)
            b.order[v] = v;
        qsort_r(b.order, g->n, sizeof *b.order, compare_nodes, (void *)(uintptr_t)g);
        find_pieces(&b);
        status = make(&b, out, err);
        if (status == GRID_OK && !sort_by_region(g, out))
            status = grid_fail_nomem(err);
    } else {
        status = grid_fail_nomem(err);
    }
    free(b.order);
    free(b.piece);
    free(b.local);
    free(b.queue);
    if (status != GRID_OK)
        piece_list_free(out);
    return status;
}

void piece_free(piece *p) {
    free(p->node);
    free(p->w);
    free(p->total);
    free(p->start);
    free(p->to);
    free(p->cost);
    free(p->length_mm);
    free(p->area_dm2);
    free(p->rim_mm);
    free(p->rank);
    free(p->home);
    free(p->whole);
    free(p->heavy);
    *p = (piece){0};
}

void piece_list_free(piece_list *list) {
    for (uint32_t i = 0; i < list->n; i++)
        piece_free(&list->at[i]);
    free(list->at);
    *list = (piece_list){0};
}
