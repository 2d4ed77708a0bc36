#include "locate/edges.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

/* ---- units in the order of their codes ----------------------------------------------- */

static int by_code(const void *a, const void *b, void *codes) {
    const char *const *code = codes;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    int order = strcmp(code[i], code[j]);
    return order != 0 ? order : (i > j) - (i < j);
}

static bool rank_units(edges *e, const char *const *code) {
    e->rank = GRID_NEW(uint32_t, e->n_units);
    e->by_rank = GRID_NEW(uint32_t, e->n_units);
    if (e->rank == NULL || e->by_rank == NULL)
        return false;
    for (uint32_t i = 0; i < e->n_units; i++)
        e->by_rank[i] = i;
    qsort_r(e->by_rank, e->n_units, sizeof *e->by_rank, by_code, (void *)code);
    for (uint32_t i = 0; i < e->n_units; i++)
        e->rank[e->by_rank[i]] = i;
    return true;
}

/* ---- finding an edge's twins --------------------------------------------------------- */

static bool same_edge(const edges *e, uint32_t i, grid_xy a, grid_xy b) {
    const grid_xy *xy = &e->shapes->xy[i];
    return (grid_xy_equal(xy[0], a) && grid_xy_equal(xy[1], b)) ||
           (grid_xy_equal(xy[0], b) && grid_xy_equal(xy[1], a));
}

static uint64_t hash_double(double value) {
    uint64_t bits;
    value += 0.0; /* -0 is 0 */
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* The same for both directions of an edge. */
static uint32_t hash_edge(grid_xy a, grid_xy b) {
    uint64_t h = hash_double(a.x) + hash_double(b.x);
    h = (h ^ h >> 29) * UINT64_C(0x9e3779b97f4a7c15);
    h += hash_double(a.y) + hash_double(b.y);
    h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return (uint32_t)(h >> 32);
}

/* The slot that holds edge a-b, in either direction, or the free one where it would go; at or
 * behind slot i, that of its hash. */
static uint32_t find_slot(const edges *e, uint32_t i, grid_xy a, grid_xy b) {
    while (e->slot[i] != 0 && !same_edge(e, e->slot[i] - 1, a, b))
        i = (i + 1) & e->mask;
    return i;
}

static bool make_table(edges *e) {
    size_t size = 16;
    while (size < 2 * e->shapes->n_xy)
        size *= 2;
    e->mask = (uint32_t)(size - 1);
    e->slot = GRID_NEW(uint32_t, size);
    e->left = malloc((e->shapes->n_xy + 1) * sizeof *e->left);
    e->right = malloc((e->shapes->n_xy + 1) * sizeof *e->right);
    if (e->slot == NULL || e->left == NULL || e->right == NULL)
        return false;
    memset(e->left, 0xff, (e->shapes->n_xy + 1) * sizeof *e->left);
    memset(e->right, 0xff, (e->shapes->n_xy + 1) * sizeof *e->right);
    return true;
}

/* ---- taking rings in ----------------------------------------------------------------- */

/*
 * Unit u's ring runs along edge i, on whose left its inside lies if `on_left`. The first ring
 * makes an edge, the second completes it or, being the same unit's, undoes it. Further
 * rings make edges of their own beside it.
 */
static void take_edge(edges *e, uint32_t i, uint32_t u, bool on_left, uint32_t slot) {
    const grid_xy *xy = &e->shapes->xy[i];
    if (grid_xy_equal(xy[0], xy[1]))
        return;
    slot = find_slot(e, slot, xy[0], xy[1]);
    if (e->slot[slot] != 0) {
        uint32_t first = e->slot[slot] - 1, nobody = e->n_units;
        uint32_t *left = &e->left[first], *right = &e->right[first];
        if (*left != GRID_NONE && (*left == nobody) != (*right == nobody)) {
            uint32_t *other = *left == nobody ? left : right;
            if (e->left[first] == u || e->right[first] == u)
                *left = *right = GRID_NONE;
            else
                *other = u;
            e->n -= *left == GRID_NONE;
            return;
        }
        e->simple = false;
    }
    e->slot[slot] = i + 1;
    e->left[i] = on_left ? u : e->n_units;
    e->right[i] = on_left ? e->n_units : u;
    e->n++;
}

/* Some edges at a time, so that the table's slots and the edges in them are fetched side by side.
 */
enum { SIDE_BY_SIDE = 32 };

static void take_edges(edges *e, uint32_t u, size_t begin, size_t n, bool on_left) {
    const grid_xy *xy = e->shapes->xy;
    uint32_t slot[SIDE_BY_SIDE];
    for (size_t i = 0; i < n; i++) {
        slot[i] = hash_edge(xy[begin + i], xy[begin + i + 1]) & e->mask;
        __builtin_prefetch(&e->slot[slot[i]], 1);
    }
    for (size_t i = 0; i < n; i++) {
        uint32_t there = e->slot[slot[i]] - (e->slot[slot[i]] > 0);
        __builtin_prefetch(&xy[there]);
        __builtin_prefetch(&e->left[there], 1);
        __builtin_prefetch(&e->right[there], 1);
    }
    for (size_t i = 0; i < n; i++)
        take_edge(e, (uint32_t)(begin + i), u, on_left, slot[i]);
}

static void take_ring(edges *e, uint32_t u, size_t begin, size_t end, bool outer) {
    bool on_left = (grid_ring_area2(e->shapes->xy + begin, end - begin) > 0) == outer;
    for (size_t i = begin; i + 1 < end; i += SIDE_BY_SIDE)
        take_edges(e, u, i, end - 1 - i < SIDE_BY_SIDE ? end - 1 - i : SIDE_BY_SIDE, on_left);
}

static void take_feature(edges *e, size_t f) {
    const grid_shapes *s = e->shapes;
    if (s->kind[f] != GRID_SHAPE_AREA)
        return;
    for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++)
        for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++)
            take_ring(e, e->rank[f], s->xy_start[c], s->xy_start[c + 1], c == s->chain_start[p]);
}

static grid_status check_input(const grid_locate_layer *layer, grid_error *err) {
    const grid_shapes *s = layer->shapes;
    if (s->n >= (UINT32_C(1) << 29) || s->n_xy >= UINT32_MAX / 4)
        return grid_fail(err, GRID_E_INPUT, layer->name, "the layer is too large for one index");
    for (size_t i = 0; i < s->n_xy; i++)
        if (!isfinite(s->xy[i].x) || !isfinite(s->xy[i].y))
            return grid_fail(err, GRID_E_INPUT, layer->name, "a coordinate is not finite");
    return GRID_OK;
}

grid_status edges_build(const grid_locate_layer *layer, edges *out, grid_error *err) {
    *out = (edges){.shapes = layer->shapes, .simple = true};
    GRID_TRY(check_input(layer, err));
    out->n_units = (uint32_t)layer->shapes->n;
    if (!rank_units(out, layer->code) || !make_table(out))
        return grid_fail_nomem(err);
    for (size_t f = 0; f < layer->shapes->n; f++)
        take_feature(out, f);
    return GRID_OK;
}

void edges_free(edges *e) {
    free(e->rank);
    free(e->by_rank);
    free(e->left);
    free(e->right);
    free(e->slot);
    *e = (edges){0};
}

/* ---- nesting ------------------------------------------------------------------------- */

/* The coarse units on the sides of the fine edge i; nobody twice where coarse has no edge. */
static bool coarse_sides(const edges *fine, const edges *coarse, size_t i, uint32_t *left,
                         uint32_t *right) {
    grid_xy a = fine->shapes->xy[i], b = fine->shapes->xy[i + 1];
    uint32_t slot = coarse->slot[find_slot(coarse, hash_edge(a, b) & coarse->mask, a, b)];
    *left = *right = coarse->n_units;
    if (slot == 0 || !edges_is_edge(coarse, slot - 1))
        return false;
    bool same_way = grid_xy_equal(coarse->shapes->xy[slot - 1], a);
    *left = same_way ? coarse->left[slot - 1] : coarse->right[slot - 1];
    *right = same_way ? coarse->right[slot - 1] : coarse->left[slot - 1];
    return true;
}

static uint32_t find_root(uint32_t *up, uint32_t u) {
    while (up[u] != u)
        u = up[u] = up[up[u]];
    return u;
}

/* Fine units between which coarse has no border have one parent, which some edge of coarse names.
 */
static bool guess_parents(const edges *fine, const edges *coarse, uint32_t *parent) {
    uint32_t n = fine->n_units + 1, left, right;
    uint32_t *up = GRID_NEW(uint32_t, n), *named = GRID_NEW(uint32_t, n);
    if (up == NULL || named == NULL)
        return free(up), free(named), false;
    for (uint32_t u = 0; u < n; u++) {
        up[u] = u;
        named[u] = coarse->n_units;
    }
    for (size_t i = 0; i < fine->shapes->n_xy; i++)
        if (edges_is_edge(fine, i) && !coarse_sides(fine, coarse, i, &left, &right))
            up[find_root(up, fine->left[i])] = find_root(up, fine->right[i]);
    for (size_t i = 0; i < fine->shapes->n_xy; i++)
        if (edges_is_edge(fine, i) && coarse_sides(fine, coarse, i, &left, &right)) {
            named[find_root(up, fine->left[i])] = left;
            named[find_root(up, fine->right[i])] = right;
        }
    for (uint32_t u = 0; u < n; u++)
        parent[u] = named[find_root(up, u)];
    free(up);
    free(named);
    return true;
}

static bool same_pair(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    return (a == c && b == d) || (a == d && b == c);
}

static bool prove_parents(const edges *fine, const edges *coarse, const uint32_t *parent) {
    size_t met = 0;
    if (parent[fine->n_units] != coarse->n_units)
        return false;
    for (size_t i = 0; i < fine->shapes->n_xy; i++) {
        if (!edges_is_edge(fine, i))
            continue;
        uint32_t left, right, a = parent[fine->left[i]], b = parent[fine->right[i]];
        bool met_one = coarse_sides(fine, coarse, i, &left, &right);
        met += met_one;
        if (met_one ? !same_pair(a, b, left, right) : a != b)
            return false;
    }
    return met == coarse->n;
}

grid_status edges_nest(const edges *fine, const edges *coarse, uint32_t *parent, bool *nested,
                       grid_error *err) {
    *nested = false;
    if (!fine->simple || !coarse->simple || fine->n < coarse->n)
        return GRID_OK;
    if (!guess_parents(fine, coarse, parent))
        return grid_fail_nomem(err);
    *nested = prove_parents(fine, coarse, parent);
    return GRID_OK;
}
