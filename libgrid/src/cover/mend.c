#include "cover/mend_build.h"

#include "base/base.h"
#include "cover/digest.h"
#include "cover/exact.h"
#include "cover/stitch.h"
#include "cover/winding.h"

/* ---- edges outside the arrangement ---------------------------------------------- */

static int compare_numbers(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool list_own_edges(mender *k) {
    k->own_edge = GRID_NEW(uint64_t, k->f.segment.n);
    if (k->own_edge == NULL)
        return false;
    for (size_t s = 0; s < k->f.segment.n; s++)
        if (k->f.segment.at[s].owner < FACES_CUT)
            k->own_edge[k->n_own_edges++] = (uint64_t)k->f.segment.at[s].owner << 32 |
                                            k->f.vertex.at[s];
    if (k->n_own_edges > 0)
        qsort(k->own_edge, k->n_own_edges, sizeof *k->own_edge, compare_numbers);
    return true;
}

static bool is_arranged(const mender *k, uint32_t unit, size_t vertex) {
    uint64_t key = (uint64_t)unit << 32 | vertex;
    return bsearch(&key, k->own_edge, k->n_own_edges, sizeof key, compare_numbers) != NULL;
}

/* Units with an outline, and those whose part in the arrangement goes to others: both lists are
 * ordered by unit. */
static bool list_touched(mender *k) {
    size_t i = 0, j = 0;
    while (i < k->outline.n || j < k->n_own_edges) {
        uint32_t a = i < k->outline.n ? k->outline.at[i].unit : GRID_NONE;
        uint32_t b = j < k->n_own_edges ? (uint32_t)(k->own_edge[j] >> 32) : GRID_NONE;
        uint32_t unit = a < b ? a : b;
        if (!GRID_PUSH(&k->touched, unit))
            return false;
        while (i < k->outline.n && k->outline.at[i].unit == unit)
            i++;
        while (j < k->n_own_edges && k->own_edge[j] >> 32 == unit)
            j++;
    }
    return true;
}

typedef struct node_index {
    uint32_t *slot; /* node + 1 */
    size_t mask;
    const grid_xy *node;
} node_index;

static bool index_nodes(const arrangement *a, node_index *out) {
    size_t size = 16;
    while (size < 3 * (size_t)a->n_input_nodes)
        size *= 2;
    *out = (node_index){GRID_NEW(uint32_t, size), size - 1, a->node};
    for (uint32_t v = 0; out->slot != NULL && v < a->n_input_nodes; v++) {
        size_t at = hash_vertex(a->node[v]).f1 & out->mask;
        while (out->slot[at] != 0)
            at = (at + 1) & out->mask;
        out->slot[at] = v + 1;
    }
    return out->slot != NULL;
}

static uint32_t node_at(const node_index *index, grid_xy p) {
    for (size_t at = hash_vertex(p).f1 & index->mask; index->slot[at] != 0;
         at = (at + 1) & index->mask) {
        grid_xy q = index->node[index->slot[at] - 1];
        if (q.x == p.x && q.y == p.y)
            return index->slot[at] - 1;
    }
    return GRID_NONE;
}

typedef struct outside_edges {
    mender *k;
    uint32_t unit;
    const node_index *index; /* to anchor nodes ... */
    stitch_edges *to;        /* ... or to collect edges */
} outside_edges;

static bool visit_outside(void *user, grid_xy a, grid_xy b, size_t vertex) {
    outside_edges *o = user;
    if (is_arranged(o->k, o->unit, vertex))
        return true;
    if (o->to != NULL)
        return GRID_PUSH(o->to, (stitch_edge){a, b, 2 * (uint64_t)vertex, false});
    uint32_t u = node_at(o->index, a), v = node_at(o->index, b);
    if (u != GRID_NONE)
        o->k->anchored[u] = true;
    if (v != GRID_NONE)
        o->k->anchored[v] = true;
    return true;
}

static int compare_outlines(const void *a, const void *b) {
    const mend_edge *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

static bool anchor_nodes(mender *k) {
    node_index index;
    if (!index_nodes(k->f.a, &index))
        return false;
    bool done = true;
    for (size_t i = 0; i < k->touched.n && done; i++) {
        outside_edges o = {k, k->touched.at[i], &index, NULL};
        done = each_inward_edge(k->level->children, o.unit, visit_outside, &o);
    }
    free(index.slot);
    return done;
}

/* ---- writing units -------------------------------------------------------------- */

static bool turns_clockwise(const grid_shapes *s, uint32_t f) {
    size_t c = s->chain_start[s->part_start[f]];
    return s->part_start[f] < s->part_start[f + 1] &&
           ring_sign(s->xy + s->xy_start[c], s->xy_start[c + 1] - s->xy_start[c]) < 0;
}

static bool same_geometry(const grid_shapes *a, size_t f, const grid_shapes *b, size_t g) {
    grid_digest edges_a, rings_a, edges_b, rings_b;
    feature_digest(a, f, &edges_a, &rings_a);
    feature_digest(b, g, &edges_b, &rings_b);
    return rings_a.a == rings_b.a && rings_a.b == rings_b.b;
}

/* Appends the unit's new geometry; *sound turns false when there is none. */
static bool write_unit(mend_level *m, const grid_shapes *children, uint32_t unit,
                       stitch_edges *edges, bool *sound) {
    bool whole;
    uint32_t at = (uint32_t)m->mended->n;
    if (!stitch(edges, turns_clockwise(children, unit), m->mended, &whole))
        return false;
    *sound = *sound && whole;
    if (whole && !same_geometry(children, unit, m->mended, at))
        m->mended_of[unit] = at;
    return true;
}

/* The unit's outline in the arrangement, from the o-th on, and its edges outside of that. */
static bool write_outlined(mender *k, uint32_t unit, size_t o, stitch_edges *edges, bool *sound) {
    const grid_xy *node = k->f.a->node;
    edges->n = 0;
    for (; o < k->outline.n && k->outline.at[o].unit == unit; o++) {
        const mend_edge *at = &k->outline.at[o];
        if (!GRID_PUSH(edges,
                       (stitch_edge){node[at->from], node[at->to], at->key, k->drop[at->from]}))
            return false;
    }
    outside_edges outside = {k, unit, NULL, edges};
    if (!each_inward_edge(k->level->children, unit, visit_outside, &outside))
        return false;
    *sound = *sound && edges->n > 0;
    return edges->n == 0 || write_unit(k->m, k->level->children, unit, edges, sound);
}

static bool write_units(mender *k, bool *sound) {
    stitch_edges edges = {0};
    bool done = true;
    size_t o = 0;
    for (size_t i = 0; i < k->touched.n && done && *sound; i++) {
        uint32_t unit = k->touched.at[i];
        done = write_outlined(k, unit, o, &edges, sound);
        while (o < k->outline.n && k->outline.at[o].unit == unit)
            o++;
    }
    GRID_VEC_FREE(&edges);
    return done;
}

/* A group that cannot be mended whole is left as it was. */
static void take_back(mender *k, size_t inserts) {
    for (size_t i = 0; i < k->touched.n; i++)
        k->m->mended_of[k->touched.at[i]] = GRID_NONE;
    k->m->insert.n = inserts;
}

static bool mend(mender *k) {
    bool sound = true;
    size_t inserts = k->m->insert.n;
    if (!mend_settle_faces(k) || !list_own_edges(k) || !mend_outline_all(k, &sound))
        return false;
    if (k->outline.n > 0)
        qsort(k->outline.at, k->outline.n, sizeof *k->outline.at, compare_outlines);
    if (!list_touched(k))
        return false;
    if (sound) {
        if (!anchor_nodes(k))
            return false;
        mend_choose_dropped(k);
        if (!mend_insert_in_parent(k) || !write_units(k, &sound))
            return false;
    }
    if (!sound)
        take_back(k, inserts);
    for (size_t i = 0; i < k->touched.n; i++)
        k->m->changed |= k->m->mended_of[k->touched.at[i]] != GRID_NONE;
    k->m->changed |= k->m->insert.n > inserts;
    return true;
}

grid_status mend_group(mend_level *m, const region_level *level, uint32_t group,
                       const residual_edge *edges, size_t n, grid_error *err) {
    mender k = {.m = m, .level = level};
    grid_status status = faces_build(&k.f, level, group, edges, n, err);
    if (status == GRID_OK && !mend_cut_gaps(&k))
        status = grid_fail_nomem(err);
    if (status == GRID_OK && k.f.cut.n > 0)
        status = faces_rebuild(&k.f, err);
    if (status == GRID_OK && !mend(&k))
        status = grid_fail_nomem(err);
    faces_free(&k.f);
    free(k.settled);
    free(k.final);
    free(k.own_edge);
    GRID_VEC_FREE(&k.stake);
    GRID_VEC_FREE(&k.outline);
    GRID_VEC_FREE(&k.touched);
    free(k.degree);
    free(k.at_node);
    free(k.anchored);
    free(k.near_settled);
    free(k.drop);
    return status;
}

static bool collect_edge(void *user, grid_xy a, grid_xy b, size_t vertex) {
    stitch_edges *edges = user;
    return GRID_PUSH(edges, (stitch_edge){a, b, 2 * (uint64_t)vertex, false});
}

grid_status mend_spikes(mend_level *m, const grid_shapes *children, uint32_t f, grid_error *err) {
    stitch_edges edges = {0};
    bool sound = true;
    bool done = each_inward_edge(children, f, collect_edge, &edges) &&
                write_unit(m, children, f, &edges, &sound);
    GRID_VEC_FREE(&edges);
    m->changed |= done && m->mended_of[f] != GRID_NONE;
    return done ? GRID_OK : grid_fail_nomem(err);
}
