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
    k->own_edge = GRID_NEW(uint64_t, k->f.lines.tail.n);
    if (k->own_edge == NULL)
        return false;
    for (size_t s = 0; s < k->f.lines.tail.n; s++) {
        uint32_t owner = k->f.lines.label.at[s].owner;
        if (owner < FACES_CUT)
            k->own_edge[k->n_own_edges++] = (uint64_t)owner << 32 | faces_vertex(&k->f, s);
    }
    if (k->n_own_edges > 0)
        qsort(k->own_edge, k->n_own_edges, sizeof *k->own_edge, compare_numbers);
    return true;
}

static int compare_units(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
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

typedef struct outside_edges {
    mender *k;
    uint32_t unit;
    const mend_places *places; /* to anchor nodes ... */
    stitch_edges *to;          /* ... or to collect edges */
} outside_edges;

static bool visit_outside(void *user, grid_xy a, grid_xy b, size_t vertex) {
    outside_edges *o = user;
    if (is_arranged(o->k, o->unit, vertex))
        return true;
    if (o->to != NULL)
        return GRID_PUSH(o->to, (stitch_edge){a, b, 2 * (uint64_t)vertex, false});
    uint32_t u = mend_place_at(o->places, a), v = mend_place_at(o->places, b);
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
    mend_places places;
    bool done = mend_find_places(k, &places);
    for (size_t i = 0; i < k->touched.n && done; i++) {
        outside_edges o = {k, k->touched.at[i], &places, NULL};
        done = each_inward_edge(k->level->children, o.unit, visit_outside, &o);
    }
    free(places.slot);
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

static bool note_fault(void *user, ring_fault fault, grid_xy at) {
    (void)fault;
    (void)at;
    *(bool *)user = false;
    return false;
}

/* Whether the unit may be written so: sound rings stay sound. */
static bool is_as_sound(mend_level *m, uint32_t unit, uint32_t at, bool *sound) {
    *sound = true;
    return !m->simple[unit] ||
           ring_check(m->mended, at, m->scratch, note_fault, sound, NULL) == GRID_OK;
}

/* Notes the unit's new geometry. A unit that has none, or none that is sound once crossings are
 * written as doubles, is left as it was. So are then the faces that it was to get, and no others;
 * the next round meets them with other vertices around. */
static bool write_unit(mend_level *m, const grid_shapes *children, uint32_t unit,
                       stitch_edges *edges) {
    bool whole;
    uint32_t at = (uint32_t)m->mended->n;
    if (!stitch(edges, turns_clockwise(children, unit), m->mended, &whole))
        return false;
    if (!whole || same_geometry(children, unit, m->mended, at))
        return true;
    bool sound;
    if (!is_as_sound(m, unit, at, &sound))
        return false;
    if (sound) {
        m->mended_of[unit] = at;
        m->changed = true;
    }
    return true;
}

/* The unit's outline in the arrangement, from the o-th on, and its edges outside of that. */
static bool write_outlined(mender *k, uint32_t unit, size_t o, stitch_edges *edges) {
    edges->n = 0;
    for (; o < k->outline.n && k->outline.at[o].unit == unit; o++) {
        const mend_edge *at = &k->outline.at[o];
        if (!GRID_PUSH(edges, (stitch_edge){mend_place(k, at->from), mend_place(k, at->to), at->key,
                                            k->drop[at->from]}))
            return false;
    }
    outside_edges outside = {k, unit, NULL, edges};
    return each_inward_edge(k->level->children, unit, visit_outside, &outside) &&
           write_unit(k->m, k->level->children, unit, edges);
}

static bool write_units(mender *k) {
    stitch_edges edges = {0};
    bool done = true;
    size_t o = 0, kept = 0;
    for (size_t i = 0; i < k->touched.n && done; i++) {
        uint32_t unit = k->touched.at[i];
        while (kept < k->kept.n && k->kept.at[kept] < unit)
            kept++;
        if (kept == k->kept.n || k->kept.at[kept] != unit)
            done = write_outlined(k, unit, o, &edges);
        while (o < k->outline.n && k->outline.at[o].unit == unit)
            o++;
    }
    GRID_VEC_FREE(&edges);
    return done;
}

static bool mend(mender *k) {
    size_t inserts = k->m->insert.n;
    if (!mend_settle_faces(k) || !list_own_edges(k) || !mend_outline_all(k))
        return false;
    if (k->outline.n > 0)
        qsort(k->outline.at, k->outline.n, sizeof *k->outline.at, compare_outlines);
    if (k->kept.n > 0)
        qsort(k->kept.at, k->kept.n, sizeof *k->kept.at, compare_units);
    if (!list_touched(k) || !anchor_nodes(k) || !mend_choose_dropped(k) ||
        !mend_insert_in_parent(k) || !write_units(k))
        return false;
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
    GRID_VEC_FREE(&k.kept);
    free(k.place);
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
    bool done = each_inward_edge(children, f, collect_edge, &edges) &&
                write_unit(m, children, f, &edges);
    GRID_VEC_FREE(&edges);
    return done ? GRID_OK : grid_fail_nomem(err);
}
