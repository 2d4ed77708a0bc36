/*
 * Faults between units: what is left when edges have cancelled, as defects.
 */
#include "cover/find.h"

#include "base/base.h"
#include "base/parallel.h"
#include "cover/digest.h"

#include <math.h>

/* Everything about one level's groups. The first level is one group without a parent. */
typedef struct groups {
    find_level *level;
    bool has_parents;
    size_t n;
    bool *wanted;
    uint32_t *child_of;
    size_t *child_of_start;
} groups;

static uint32_t group_of(const groups *g, size_t child) {
    return g->has_parents ? g->level->home[child] : 0;
}

static bool list_children(groups *g) {
    const find_level *l = g->level;
    g->child_of = GRID_NEW(uint32_t, l->n);
    g->child_of_start = GRID_NEW(size_t, g->n + 2);
    if (g->child_of == NULL || g->child_of_start == NULL)
        return false;
    for (size_t c = 0; c < l->n; c++)
        if (group_of(g, c) != GRID_NONE)
            g->child_of_start[group_of(g, c) + 2]++;
    for (size_t p = 0; p < g->n; p++)
        g->child_of_start[p + 2] += g->child_of_start[p + 1];
    for (size_t c = 0; c < l->n; c++)
        if (group_of(g, c) != GRID_NONE)
            g->child_of[g->child_of_start[group_of(g, c) + 1]++] = (uint32_t)c;
    return true;
}

/* Groups whose edges do not all cancel; without a parent there is always an outline. */
static bool choose_groups(groups *g) {
    const find_level *l = g->level;
    grid_digest *sum = GRID_NEW(grid_digest, g->n);
    g->wanted = GRID_NEW(bool, g->n);
    if (sum == NULL || g->wanted == NULL) {
        free(sum);
        return false;
    }
    for (size_t c = 0; c < l->n; c++)
        if (group_of(g, c) != GRID_NONE && !l->unusable[c])
            sum[group_of(g, c)] = digest_plus(sum[group_of(g, c)], l->edges[c]);
    for (size_t p = 0; p < g->n; p++) {
        if (g->has_parents && !l[-1].unusable[p])
            sum[p] = digest_minus(sum[p], l[-1].edges[p]);
        g->wanted[p] = g->has_parents ? !digest_is_zero(sum[p]) && !l->unchanged[p] : l->n > 1;
    }
    free(sum);
    return true;
}

/* ---- visiting ------------------------------------------------------------------- */

static grid_status visit_groups(const finder *k, const groups *g, const residual *r,
                                find_groups_fn *fn, void *user, grid_error *err) {
    const find_level *l = g->level;
    const region_level level = {.parents = g->has_parents ? l[-1].in->shapes : NULL,
                                .children = l->in->shapes,
                                .mode = !g->has_parents ? REGION_ROOT
                                        : l->in->within ? REGION_WITHIN
                                                        : REGION_TILE,
                                .unusable = l->unusable,
                                .unusable_parent = g->has_parents ? l[-1].unusable : NULL,
                                .simple = l->simple,
                                .simple_parent = g->has_parents ? l[-1].simple : NULL,
                                .child_of = g->child_of,
                                .child_of_start = g->child_of_start,
                                .residual_mark = r->mark[0],
                                .residual_parent_mark = r->mark[1],
                                .residual_complete = r->complete,
                                .aspect = find_aspect(k)};
    GRID_VEC(residual_group) list = {0};
    grid_status status = GRID_OK;
    for (size_t i = 0, j; i < r->n && status == GRID_OK; i = j) {
        for (j = i + 1; j < r->n && r->edge[j].group == r->edge[i].group;)
            j++;
        if (!GRID_PUSH(&list, (residual_group){r->edge[i].group, r->edge + i, j - i}))
            status = grid_fail_nomem(err);
    }
    if (status == GRID_OK)
        status = fn(user, &level, list.at, list.n, err);
    GRID_VEC_FREE(&list);
    return status;
}

static grid_status visit_level(finder *k, groups *g, find_groups_fn *fn, void *user,
                               grid_error *err) {
    const find_level *l = g->level;
    if (!choose_groups(g) || !list_children(g))
        return grid_fail_nomem(err);
    cancel_input in = {.parents = g->has_parents ? l[-1].in->shapes : NULL,
                       .children = l->in->shapes,
                       .parent_of = l->home,
                       .n_groups = g->n,
                       .wanted = g->wanted,
                       .unusable_parent = g->has_parents ? l[-1].unusable : NULL,
                       .unusable = l->unusable};
    residual r;
    grid_status status = cancel_edges(&in, k->ctx, &r, err);
    if (status == GRID_OK)
        status = visit_groups(k, g, &r, fn, user, err);
    residual_free(&r);
    return status;
}

grid_status find_each_residual(finder *k, uint32_t level, find_groups_fn *fn, void *user,
                               grid_error *err) {
    groups g = {.level = &k->level[level],
                .has_parents = level > 0,
                .n = level > 0 ? k->level[level - 1].n : 1};
    grid_status status = visit_level(k, &g, fn, user, err);
    free(g.wanted);
    free(g.child_of);
    free(g.child_of_start);
    return status;
}

/* One level's search. */
typedef struct searcher {
    finder *k;
    const find_level *level;
    grid_rtree *parents; /* NULL on the first level */
    double *area;        /* per unit, once it has been asked for; 0 before */
} searcher;

/* ---- what kind of overlap it is ------------------------------------------------- */

static bool all_equal(const find_level *l, const grid_defect *d, bool *out, grid_error *err) {
    *out = true;
    for (uint32_t i = 1; i < d->n_units && *out; i++) {
        region_relation r;
        if (region_compare(l->in->shapes, d->unit[0], l->in->shapes, d->unit[i], &r, err) !=
            GRID_OK)
            return false;
        *out = r.a_in_b && r.b_in_a;
    }
    return true;
}

/* A unit has many overlaps where a whole border is off. */
static double unit_area(const searcher *s, uint32_t unit) {
    if (s->area[unit] == 0)
        s->area[unit] = grid_shapes_area(s->level->in->shapes, unit);
    return s->area[unit];
}

/* An overlap as large as one of its units may be that unit. */
static grid_status refine_overlap(const searcher *s, grid_defect *d, grid_error *err) {
    const find_level *l = s->level;
    bool whole = false;
    for (uint32_t i = 0; i < d->n_units && !whole; i++)
        whole = region_is_whole(unit_area(s, d->unit[i]), d->area);
    if (!whole)
        return GRID_OK;
    bool equal;
    if (!all_equal(l, d, &equal, err))
        return err != NULL ? err->status : GRID_E_NOMEM;
    if (equal) {
        d->kind = GRID_DEFECT_DUPLICATE;
        return GRID_OK;
    }
    if (d->n_units != 2)
        return GRID_OK;
    region_relation r;
    GRID_TRY(region_compare(l->in->shapes, d->unit[0], l->in->shapes, d->unit[1], &r, err));
    if (r.a_in_b || r.b_in_a)
        d->kind = GRID_DEFECT_CONTAINED;
    if (r.b_in_a) { /* the inner one comes first */
        uint32_t swap = d->unit[0];
        d->unit[0] = d->unit[1];
        d->unit[1] = swap;
    }
    return GRID_OK;
}

/* ---- what the level adds to a defect --------------------------------------------- */

static grid_defect_severity severity_of(double width, grid_xy at, double tolerance) {
    return width < 4 * region_ulp(at) ? GRID_DEFECT_ROUNDING
           : width < tolerance        ? GRID_DEFECT_SLIVER
                                      : GRID_DEFECT_REAL;
}

typedef struct into_query {
    const find_level *parents;
    uint32_t own, found;
    grid_xy at;
} into_query;

static bool visit_into(void *user, size_t p) {
    into_query *q = user;
    if (p != q->own && p < q->found && !q->parents->unusable[p] &&
        grid_shapes_covers(q->parents->in->shapes, p, q->at.x, q->at.y))
        q->found = (uint32_t)p;
    return true;
}

static uint32_t seek_into(const searcher *s, uint32_t own, grid_xy at) {
    if (s->parents == NULL)
        return GRID_NONE;
    into_query q = {s->level - 1, own, GRID_NONE, at};
    const grid_box box = {at.x, at.y, at.x, at.y};
    grid_rtree_find(s->parents, &box, visit_into, &q);
    return q.found;
}

/* The unit's own fault among the first n defects, to which faces that it winds round wrongly
 * belong.
 */
static grid_defect *ring_defect_of(const finder *k, size_t n, uint32_t level, uint32_t unit) {
    for (size_t i = 0; i < n; i++) {
        grid_defect *d = &k->defect.at[i];
        if (d->level == level && d->n_units == 1 && d->unit[0] == unit && d->area == 0 &&
            (d->kind == GRID_DEFECT_SELF_INTERSECTION || d->kind == GRID_DEFECT_INVALID_GEOMETRY))
            return d;
    }
    return NULL;
}

/* Completes a defect that the search has found after n others of the report; *taken becomes true
 * when one of those has taken it over. */
static grid_status complete(const searcher *s, uint32_t group, grid_defect *d, size_t n,
                            bool *taken, grid_error *err) {
    const finder *k = s->k;
    *taken = false;
    if (d->kind == GRID_DEFECT_OVERLAP)
        GRID_TRY(refine_overlap(s, d, err));
    d->level = (uint32_t)(s->level - k->level);
    d->parent = d->level > 0 ? group : GRID_NONE;
    d->into = d->kind == GRID_DEFECT_OUTSIDE_PARENT ? seek_into(s, group, d->at) : GRID_NONE;
    d->severity = severity_of(d->width, d->at, k->options->tolerance);
    if (d->kind != GRID_DEFECT_INVALID_GEOMETRY)
        return GRID_OK;
    d->severity = GRID_DEFECT_REAL;
    grid_defect *known = ring_defect_of(k, n, d->level, d->unit[0]);
    if (known == NULL)
        return GRID_OK;
    known->area = d->area;
    known->width = d->width;
    known->length = d->length;
    known->shape = d->shape;
    *taken = true;
    return GRID_OK;
}

/* Completes those from `first` on. */
static grid_status complete_all(const searcher *s, uint32_t group, size_t first, grid_error *err) {
    defect_list *l = &s->k->defect;
    grid_status status = GRID_OK;
    size_t kept = first;
    for (size_t i = first; i < l->n; i++) {
        bool taken = false;
        if (status == GRID_OK)
            status = complete(s, group, &l->at[i], kept, &taken, err);
        if (!taken && kept++ != i)
            l->at[kept - 1] = l->at[i];
    }
    l->n = kept;
    return status;
}

/* ---- group by group ------------------------------------------------------------- */

/* The search of one group, which needs no other's. */
typedef struct group_search {
    const region_level *level;
    const residual_group *group;
    grid_shapes *shapes;  /* the report's, or its own */
    defect_list *defects; /* the same */
    defect_list own;
    grid_status status;
    grid_error err;
} group_search;

static void search_some(void *user, size_t begin, size_t end, unsigned worker) {
    (void)worker;
    for (group_search *g = (group_search *)user + begin; g < (group_search *)user + end; g++)
        g->status = g->shapes == NULL ? grid_fail_nomem(&g->err)
                                      : region_search(g->level, g->group->group, g->group->edge,
                                                      g->group->n, g->shapes, g->defects, &g->err);
}

/* Moves a search's own defects and shapes to the end of the report's. */
static bool move_own(finder *k, group_search *g) {
    size_t before = k->shapes->n;
    for (size_t f = 0; f < g->shapes->n; f++)
        if (!grid_shapes_copy(k->shapes, g->shapes, f))
            return false;
    if (!GRID_RESERVE(&k->defect, g->own.n))
        return false;
    for (size_t i = 0; i < g->own.n; i++) {
        g->own.at[i].shape += (uint32_t)before;
        k->defect.at[k->defect.n++] = g->own.at[i];
    }
    grid_arena_join(&k->defect.units, &g->own.units);
    return true;
}

/* Takes over what a search has found since the report had n defects. */
static grid_status take_defects(const searcher *s, group_search *g, size_t n, grid_error *err) {
    if (g->status != GRID_OK) {
        if (err != NULL)
            *err = g->err;
        return g->status;
    }
    if (g->defects == &g->own && !move_own(s->k, g))
        return grid_fail_nomem(err);
    if (s->parents != NULL && !s->level->moved)
        residual_count(s->level->seam, g->level->parents, g->level->children, g->group->edge,
                       g->group->n);
    return complete_all(s, g->group->group, n, err);
}

static void free_search(const searcher *s, group_search *g) {
    defect_list_free(&g->own);
    if (g->shapes != s->k->shapes)
        grid_shapes_free(g->shapes);
}

/* Several groups at once, taken over in order. A single one writes into the report. */
static grid_status search_batch(const searcher *s, const region_level *level,
                                const residual_group *list, size_t n, unsigned threads,
                                grid_error *err) {
    group_search *batch = GRID_NEW(group_search, n);
    if (batch == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        batch[i] = (group_search){.level = level,
                                  .group = &list[i],
                                  .shapes = n == 1 ? s->k->shapes : grid_shapes_new(),
                                  .defects = n == 1 ? &s->k->defect : &batch[i].own};
    size_t before = s->k->defect.n;
    grid_parallel_for(threads, n, 1, search_some, batch);
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n; i++) {
        if (status == GRID_OK)
            status = take_defects(s, &batch[i], n == 1 ? before : s->k->defect.n, err);
        free_search(s, &batch[i]);
    }
    free(batch);
    return status;
}

static grid_status search_groups(void *user, const region_level *level, const residual_group *list,
                                 size_t n, grid_error *err) {
    enum { A_THREAD = 16 }; /* groups at once, so that large ones do not keep the others waiting */
    const searcher *s = user;
    unsigned threads = grid_threads(s->k->ctx);
    size_t step = threads > 1 ? (size_t)threads * A_THREAD : 1;
    for (size_t i = 0; i < n; i += step) {
        if (grid_cancelled(s->k->ctx))
            return grid_fail(err, GRID_E_CANCEL, "", "cancelled");
        GRID_TRY(search_batch(s, level, list + i, n - i < step ? n - i : step, threads, err));
    }
    return GRID_OK;
}

grid_status find_residual_faults(finder *k, uint32_t level, grid_error *err) {
    searcher s = {k, &k->level[level], NULL, GRID_NEW(double, k->level[level].n)};
    grid_status status = s.area != NULL ? GRID_OK : grid_fail_nomem(err);
    if (status == GRID_OK && level > 0)
        status = grid_rtree_build_shapes(k->level[level - 1].in->shapes, &s.parents, err);
    if (status == GRID_OK)
        status = find_each_residual(k, level, search_groups, &s, err);
    grid_rtree_free(s.parents);
    free(s.area);
    return status;
}
