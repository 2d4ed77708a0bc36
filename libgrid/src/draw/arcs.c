/* A coverage as shared arcs: rings are cut at junctions, and equal chains are stored once. */
#include <grid/cover.h>
#include <grid/draw.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

/* Open-addressing map from pairs of 64-bit keys to numbers; sized once, never full. */
typedef struct pair_map {
    uint64_t *a, *b;
    uint32_t *value; /* GRID_NONE: free */
    size_t mask;
} pair_map;

static bool map_init(pair_map *m, size_t n) {
    size_t size = 16;
    while (size < 2 * n)
        size *= 2;
    m->mask = size - 1;
    m->a = GRID_NEW(uint64_t, size);
    m->b = GRID_NEW(uint64_t, size);
    m->value = GRID_NEW(uint32_t, size);
    if (m->value != NULL)
        memset(m->value, 0xff, size * sizeof *m->value);
    return m->a != NULL && m->b != NULL && m->value != NULL;
}

static void map_free(pair_map *m) {
    free(m->a);
    free(m->b);
    free(m->value);
}

static uint64_t mix(uint64_t h) {
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    h ^= h >> 32;
    h *= 0xd6e8feb86659fd93u;
    return h ^ h >> 32;
}

/* The slot of a pair: its own, or the free one where it belongs. */
static size_t map_slot(const pair_map *m, uint64_t a, uint64_t b) {
    size_t i = mix(a + 0x9e3779b97f4a7c15u * mix(b)) & m->mask;
    while (m->value[i] != GRID_NONE && (m->a[i] != a || m->b[i] != b))
        i = (i + 1) & m->mask;
    return i;
}

/* The number of a pair, which becomes `fresh` when it was unknown. */
static uint32_t map_number(pair_map *m, uint64_t a, uint64_t b, uint32_t fresh) {
    size_t i = map_slot(m, a, b);
    if (m->value[i] == GRID_NONE) {
        m->a[i] = a;
        m->b[i] = b;
        m->value[i] = fresh;
    }
    return m->value[i];
}

static uint64_t bits(double d) {
    uint64_t u;
    d += 0; /* -0 becomes 0 */
    memcpy(&u, &d, sizeof u);
    return u;
}

typedef struct builder {
    const grid_shapes *s;
    uint32_t *vertex; /* per coordinate: number of its vertex */
    uint32_t *degree; /* per vertex: different edges at it */
    size_t n_vertices;
    pair_map starts; /* (first vertex, second vertex) of an arc -> arc */
    GRID_VEC(grid_arc) arcs;
    GRID_VEC(grid_xy) xy;
    GRID_VEC(uint32_t) path; /* vertices of the stored arcs, parallel to xy */
    GRID_VEC(int32_t) refs;
    size_t *ref_start;
    uint32_t *ring; /* scratch: vertices of the present ring, closed */
} builder;

static bool number_vertices(builder *b) {
    pair_map map = {0};
    b->vertex = GRID_NEW(uint32_t, b->s->n_xy);
    bool ok = map_init(&map, b->s->n_xy) && b->vertex != NULL;
    for (size_t i = 0; ok && i < b->s->n_xy; i++) {
        uint32_t v = map_number(&map, bits(b->s->xy[i].x), bits(b->s->xy[i].y),
                                (uint32_t)b->n_vertices);
        b->n_vertices += v == b->n_vertices;
        b->vertex[i] = v;
    }
    map_free(&map);
    return ok;
}

static bool count_degrees(builder *b) {
    pair_map edges = {0};
    b->degree = GRID_NEW(uint32_t, b->n_vertices);
    bool ok = map_init(&edges, b->s->n_xy) && b->degree != NULL;
    uint32_t n_edges = 0;
    for (size_t c = 0; ok && c < b->s->n_chains; c++) {
        for (size_t i = b->s->xy_start[c]; i + 1 < b->s->xy_start[c + 1]; i++) {
            uint32_t u = b->vertex[i], v = b->vertex[i + 1];
            if (u == v)
                continue;
            if (map_number(&edges, u < v ? u : v, u < v ? v : u, n_edges) == n_edges) {
                n_edges++;
                b->degree[u]++;
                b->degree[v]++;
            }
        }
    }
    map_free(&edges);
    return ok;
}

static bool same_backwards(const builder *b, const grid_arc *arc, const uint32_t *path, size_t n) {
    if (arc->n_xy != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (b->path.at[arc->xy_start + i] != path[n - 1 - i])
            return false;
    return true;
}

/* Adds one chain between junctions, or finds the neighbour's copy of it. */
static bool add_chain(builder *b, const uint32_t *path, const grid_xy *const *place, size_t n,
                      uint32_t unit, bool inside_left) {
    size_t slot = map_slot(&b->starts, path[n - 1], path[n - 2]);
    uint32_t twin = b->starts.value[slot];
    if (twin != GRID_NONE && same_backwards(b, &b->arcs.at[twin], path, n)) {
        uint32_t *side = inside_left ? &b->arcs.at[twin].right : &b->arcs.at[twin].left;
        if (*side == GRID_NONE) {
            *side = unit;
            return GRID_PUSH(&b->refs, ~(int32_t)twin);
        }
    }
    uint32_t number = (uint32_t)b->arcs.n;
    grid_arc arc = {b->xy.n, n, inside_left ? unit : GRID_NONE, inside_left ? GRID_NONE : unit};
    if (!GRID_PUSH(&b->arcs, arc) || !GRID_PUSH(&b->refs, (int32_t)number))
        return false;
    for (size_t i = 0; i < n; i++)
        if (!GRID_PUSH(&b->xy, *place[i]) || !GRID_PUSH(&b->path, path[i]))
            return false;
    (void)map_number(&b->starts, path[0], path[1], number);
    return true;
}

/* Where a ring is cut first: at a junction, else at its smallest vertex, which all users share. */
static size_t first_cut(const builder *b, size_t begin, size_t n) {
    size_t best = 0;
    for (size_t i = 0; i < n; i++) {
        if (b->degree[b->vertex[begin + i]] != 2)
            return i;
        const grid_xy *p = &b->s->xy[begin + i], *q = &b->s->xy[begin + best];
        if (p->x < q->x || (p->x == q->x && p->y < q->y))
            best = i;
    }
    return best;
}

static bool add_ring(builder *b, size_t chain, uint32_t unit, bool outer, const grid_xy **place) {
    size_t begin = b->s->xy_start[chain], n = b->s->xy_start[chain + 1] - begin;
    if (n < 4)
        return true;
    bool inside_left = (grid_ring_area2(b->s->xy + begin, n) > 0) == outer;
    n--; /* without the closing point */
    size_t cut = first_cut(b, begin, n), m = 0;
    for (size_t i = 0; i <= n; i++) {
        size_t at = begin + (cut + i) % n;
        if (m > 0 && b->ring[m - 1] == b->vertex[at])
            continue; /* a repeated point */
        b->ring[m] = b->vertex[at];
        place[m++] = &b->s->xy[at];
    }
    for (size_t from = 0, to = 1; to < m; to++) {
        if (to + 1 < m && b->degree[b->ring[to]] == 2)
            continue;
        if (!add_chain(b, b->ring + from, place + from, to - from + 1, unit, inside_left))
            return false;
        from = to;
    }
    return true;
}

static bool cut_rings(builder *b) {
    const grid_shapes *s = b->s;
    const grid_xy **place = GRID_NEW(const grid_xy *, s->n_xy + 1);
    b->ring = GRID_NEW(uint32_t, s->n_xy + 1);
    b->ref_start = GRID_NEW(size_t, s->n_chains + 1);
    bool ok = place != NULL && b->ring != NULL && b->ref_start != NULL &&
              map_init(&b->starts, s->n_xy);
    for (size_t f = 0; ok && f < s->n; f++) {
        if (s->kind[f] != GRID_SHAPE_AREA)
            continue;
        for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++) {
            for (size_t c = s->chain_start[p]; ok && c < s->chain_start[p + 1]; c++) {
                ok = add_ring(b, c, (uint32_t)f, c == s->chain_start[p], place);
                b->ref_start[c + 1] = b->refs.n;
            }
        }
    }
    for (size_t c = 0; ok && c < s->n_chains; c++) /* chains of features that are no areas */
        if (b->ref_start[c + 1] < b->ref_start[c])
            b->ref_start[c + 1] = b->ref_start[c];
    free(place);
    return ok;
}

grid_status grid_arcs_build(const grid_shapes *coverage, grid_arcs **out, grid_error *err) {
    *out = NULL;
    if (coverage->n_xy > INT32_MAX / 2)
        return grid_fail(err, GRID_E_INPUT, "", "%zu vertices are more than a map can take",
                         coverage->n_xy);
    builder b = {.s = coverage};
    grid_arcs *arcs = GRID_NEW(grid_arcs, 1);
    bool ok = arcs != NULL && number_vertices(&b) && count_degrees(&b) && cut_rings(&b);
    map_free(&b.starts);
    free(b.vertex);
    free(b.degree);
    free(b.ring);
    GRID_VEC_FREE(&b.path);
    if (!ok) {
        GRID_VEC_FREE(&b.arcs);
        GRID_VEC_FREE(&b.xy);
        GRID_VEC_FREE(&b.refs);
        free(b.ref_start);
        free(arcs);
        return grid_fail_nomem(err);
    }
    *arcs = (grid_arcs){b.arcs.n, b.arcs.at, b.xy.at, b.xy.n, b.ref_start, b.refs.at};
    *out = arcs;
    return GRID_OK;
}

void grid_arcs_free(grid_arcs *arcs) {
    if (arcs == NULL)
        return;
    free(arcs->arc);
    free(arcs->xy);
    free(arcs->ref_start);
    free(arcs->ref);
    free(arcs);
}
