/*
 * Faults of single units: their rings, codes and parents.
 */
#include "cover/find.h"

#include "base/base.h"
#include "base/parallel.h"
#include "cover/ring.h"

#include <math.h>
#include <string.h>

/* ---- rings ---------------------------------------------------------------------- */

/* More crossings than this in one unit are not counted. */
enum { MOST_FAULTS = 1000 };

typedef struct fault {
    uint32_t feature;
    ring_fault kind;
    grid_xy at;
} fault;

typedef GRID_VEC(fault) fault_list;

typedef struct ring_pass {
    find_level *level;
    ring_scratch **scratch; /* per thread */
    fault_list *faults;     /* per thread */
    bool no_memory;
} ring_pass;

typedef struct fault_taker {
    fault_list *to;
    uint32_t feature;
    size_t n;
    bool no_memory, usable;
} fault_taker;

static bool take_fault(void *user, ring_fault kind, grid_xy at) {
    fault_taker *t = user;
    if (!GRID_PUSH(t->to, (fault){t->feature, kind, at}))
        t->no_memory = true;
    t->usable &= kind != RING_BAD;
    return !t->no_memory && ++t->n < MOST_FAULTS;
}

static void check_some(void *user, size_t begin, size_t end, unsigned worker) {
    ring_pass *pass = user;
    find_level *l = pass->level;
    for (size_t f = begin; f < end; f++) {
        if (l->unchanged != NULL && l->parent_of[f] != GRID_NONE && l->unchanged[l->parent_of[f]]) {
            l->simple[f] = true; /* or its group would not have been exact */
            continue;
        }
        fault_taker t = {&pass->faults[worker], (uint32_t)f, 0, false, true};
        grid_status status = ring_check(l->given, f, pass->scratch[worker], take_fault, &t, NULL);
        if (status != GRID_OK || t.no_memory)
            __atomic_store_n(&pass->no_memory, true, __ATOMIC_RELAXED);
        l->simple[f] = t.n == 0;
        l->unusable[f] = !t.usable;
    }
}

static int compare_faults(const void *a, const void *b) {
    const fault *x = a, *y = b;
    if (x->feature != y->feature)
        return x->feature < y->feature ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->at.x != y->at.x)
        return x->at.x < y->at.x ? -1 : 1;
    return (x->at.y > y->at.y) - (x->at.y < y->at.y);
}

static grid_defect_kind kind_of(ring_fault of) {
    static const grid_defect_kind kinds[RING_FAULTS] = {
        [RING_EMPTY] = GRID_DEFECT_EMPTY,
        [RING_BAD] = GRID_DEFECT_BAD_COORDINATE,
        [RING_UNCLOSED] = GRID_DEFECT_UNCLOSED,
        [RING_SPIKE] = GRID_DEFECT_SPIKE,
        [RING_CROSSING] = GRID_DEFECT_SELF_INTERSECTION,
        [RINGS_CROSSING] = GRID_DEFECT_INVALID_GEOMETRY,
        [RING_ALONG] = GRID_DEFECT_INVALID_GEOMETRY,
        [RING_MISPLACED] = GRID_DEFECT_INVALID_GEOMETRY,
    };
    return kinds[of];
}

static grid_status add_fault(finder *k, uint32_t level, const fault *f, size_t n, grid_error *err) {
    const find_level *l = &k->level[level];
    grid_defect d = {.kind = kind_of(f->kind),
                     .severity = GRID_DEFECT_REAL,
                     .level = level,
                     .parent = l->parent_of != NULL ? l->parent_of[f->feature] : GRID_NONE,
                     .into = GRID_NONE,
                     .pieces = (uint32_t)n,
                     .at = f->at,
                     .shape = GRID_NONE};
    if (isfinite(f->at.x) && isfinite(f->at.y)) {
        d.shape = (uint32_t)k->shapes->n;
        if (!grid_shapes_begin(k->shapes, GRID_SHAPE_POINT) || !grid_shapes_begin_part(k->shapes) ||
            !grid_shapes_begin_chain(k->shapes) || !grid_shapes_add(k->shapes, f->at.x, f->at.y))
            return grid_fail_nomem(err);
    }
    return find_add(k, d, &f->feature, 1, err);
}

/* One defect per unit and kind. Edges that a spike runs back along are the spike's. */
static grid_status add_faults(finder *k, uint32_t level, fault *f, size_t n, grid_error *err) {
    if (n > 0)
        qsort(f, n, sizeof *f, compare_faults);
    bool spike = false;
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1;
             j < n && f[j].feature == f[i].feature && kind_of(f[j].kind) == kind_of(f[i].kind);)
            j++;
        if (i == 0 || f[i].feature != f[i - 1].feature)
            spike = false;
        spike |= f[i].kind == RING_SPIKE;
        if (spike && f[i].kind == RING_ALONG && f[j - 1].kind == RING_ALONG)
            continue;
        GRID_TRY(add_fault(k, level, &f[i], j - i, err));
    }
    return GRID_OK;
}

static grid_status merge_faults(finder *k, uint32_t level, fault_list *lists, unsigned threads,
                                grid_error *err) {
    for (unsigned t = 1; t < threads; t++) {
        if (!GRID_RESERVE(&lists[0], lists[t].n))
            return grid_fail_nomem(err);
        for (size_t i = 0; i < lists[t].n; i++)
            lists[0].at[lists[0].n++] = lists[t].at[i];
    }
    return add_faults(k, level, lists[0].at, lists[0].n, err);
}

/* Households on a list: what lies within and has no shape at all is checked by its codes alone. */
static bool has_no_shapes(const find_level *l) {
    for (size_t f = 0; f < l->n; f++)
        if (l->in->shapes->kind[f] != GRID_SHAPE_NONE)
            return false;
    return l->in->within;
}

grid_status find_ring_faults(finder *k, uint32_t level, grid_error *err) {
    if (has_no_shapes(&k->level[level])) {
        for (size_t f = 0; f < k->level[level].n; f++)
            k->level[level].simple[f] = true;
        return GRID_OK;
    }
    unsigned threads = grid_threads(k->ctx);
    ring_pass pass = {&k->level[level], GRID_NEW(ring_scratch *, threads),
                      GRID_NEW(fault_list, threads), false};
    bool done = pass.scratch != NULL && pass.faults != NULL;
    for (unsigned t = 0; t < threads && done; t++)
        done = (pass.scratch[t] = ring_scratch_new()) != NULL;
    if (done)
        grid_parallel_for(threads, k->level[level].n, 512, check_some, &pass);
    grid_status status = done && !pass.no_memory ? merge_faults(k, level, pass.faults, threads, err)
                                                 : grid_fail_nomem(err);
    for (unsigned t = 0; t < threads; t++) {
        if (pass.scratch != NULL)
            ring_scratch_free(pass.scratch[t]);
        if (pass.faults != NULL)
            GRID_VEC_FREE(&pass.faults[t]);
    }
    free(pass.scratch);
    free(pass.faults);
    return status;
}

/* ---- codes ---------------------------------------------------------------------- */

static int compare_by_code(const void *a, const void *b, void *user) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    const char *const *code = user;
    int order = strcmp(code[x], code[y]);
    return order != 0 ? order : x < y ? -1 : x > y;
}

static grid_status add_plain(finder *k, uint32_t level, grid_defect_kind kind, uint32_t into,
                             const uint32_t *units, size_t n, grid_error *err) {
    const find_level *l = &k->level[level];
    grid_defect d = {.kind = kind,
                     .severity = GRID_DEFECT_REAL,
                     .level = level,
                     .parent = l->parent_of != NULL ? l->parent_of[units[0]] : GRID_NONE,
                     .into = into,
                     .pieces = (uint32_t)n,
                     .at = {NAN, NAN},
                     .shape = GRID_NONE};
    GRID_TRY(grid_shapes_inside(l->in->shapes, units[0], &d.at, err));
    return find_add(k, d, units, n, err);
}

static grid_status find_code_duplicates(finder *k, uint32_t level, grid_error *err) {
    const find_level *l = &k->level[level];
    uint32_t *order = GRID_NEW(uint32_t, l->n);
    if (order == NULL)
        return grid_fail_nomem(err);
    for (uint32_t i = 0; i < l->n; i++)
        order[i] = i;
    qsort_r(order, l->n, sizeof *order, compare_by_code, (void *)l->in->code);
    grid_status status = GRID_OK;
    for (size_t i = 0, j; i < l->n && status == GRID_OK; i = j) {
        const char *code = l->in->code[order[i]];
        for (j = i + 1; j < l->n && strcmp(l->in->code[order[j]], code) == 0;)
            j++;
        if (j - i > 1 && *code != '\0')
            status = add_plain(k, level, GRID_DEFECT_CODE_DUPLICATE, GRID_NONE, order + i, j - i,
                               err);
    }
    free(order);
    return status;
}

static bool starts_with_parent(const find_level *l, const find_level *above, uint32_t f) {
    const char *parent = above->in->code[l->parent_of[f]];
    size_t n = strlen(parent);
    return strncmp(l->in->code[f], parent, n) == 0 && strlen(l->in->code[f]) > n;
}

static bool has_both_codes(const find_level *l, const find_level *above, uint32_t f) {
    return l->parent_of[f] != GRID_NONE && *l->in->code[f] != '\0' &&
           *above->in->code[l->parent_of[f]] != '\0';
}

/* Codes carry their parent's as a prefix where most of them do. */
static grid_status find_prefix_faults(finder *k, uint32_t level, grid_error *err) {
    const find_level *l = &k->level[level], *above = l - 1;
    size_t coded = 0, prefixed = 0;
    for (uint32_t f = 0; f < l->n; f++)
        if (has_both_codes(l, above, f)) {
            coded++;
            prefixed += starts_with_parent(l, above, f);
        }
    if (2 * prefixed <= coded)
        return GRID_OK;
    for (uint32_t f = 0; f < l->n; f++)
        if (has_both_codes(l, above, f) && !starts_with_parent(l, above, f))
            GRID_TRY(add_plain(k, level, GRID_DEFECT_PREFIX_MISMATCH, GRID_NONE, &f, 1, err));
    return GRID_OK;
}

grid_status find_code_faults(finder *k, uint32_t level, grid_error *err) {
    const find_level *l = &k->level[level];
    if (l->in->code == NULL)
        return GRID_OK;
    GRID_TRY(find_code_duplicates(k, level, err));
    if (level == 0 || l->in->parent_code == NULL || l[-1].in->code == NULL)
        return GRID_OK;
    return find_prefix_faults(k, level, err);
}

/* ---- parents -------------------------------------------------------------------- */

typedef struct parent_seeker {
    const find_level *parents;
    grid_xy at;
    uint32_t found;
} parent_seeker;

static bool visit_parent(void *user, size_t p) {
    parent_seeker *s = user;
    if (p < s->found && !s->parents->unusable[p] &&
        grid_shapes_covers(s->parents->in->shapes, p, s->at.x, s->at.y))
        s->found = (uint32_t)p;
    return true;
}

static uint32_t parent_at(const grid_rtree *tree, const find_level *parents, grid_xy at) {
    parent_seeker s = {parents, at, GRID_NONE};
    const grid_box box = {at.x, at.y, at.x, at.y};
    if (isfinite(at.x))
        grid_rtree_find(tree, &box, visit_parent, &s);
    return s.found;
}

typedef struct first_overlap {
    const find_level *level;
    uint32_t child, found;
    grid_status status;
    grid_error *err;
} first_overlap;

static bool visit_overlap(void *user, size_t p) {
    first_overlap *o = user;
    region_relation relation;
    const find_level *l = o->level;
    if (p >= o->found || l[-1].unusable[p])
        return true;
    o->status = region_compare(l->in->shapes, o->child, l[-1].in->shapes, (uint32_t)p, &relation,
                               o->err);
    if (o->status == GRID_OK && relation.overlap)
        o->found = (uint32_t)p;
    return o->status == GRID_OK;
}

/* The parent that unit f lies in; some parent that it overlaps when its middle is in none. */
static grid_status seek_parent(const find_level *l, const grid_rtree *tree, uint32_t f,
                               uint32_t *out, grid_error *err) {
    grid_xy at;
    GRID_TRY(grid_shapes_inside(l->in->shapes, f, &at, err));
    *out = parent_at(tree, l - 1, at);
    if (*out != GRID_NONE || l->unusable[f] || l->in->shapes->kind[f] != GRID_SHAPE_AREA)
        return GRID_OK;
    first_overlap o = {l, f, GRID_NONE, GRID_OK, err};
    const grid_box box = grid_shapes_box(l->in->shapes, f);
    grid_rtree_find(tree, &box, visit_overlap, &o);
    *out = o.found;
    return o.status;
}

static double perimeter_of(const grid_shapes *s, uint32_t f, double aspect) {
    double sum = 0;
    size_t first = s->chain_start[s->part_start[f]], end = s->chain_start[s->part_start[f + 1]];
    for (size_t c = first; c < end; c++)
        for (size_t i = s->xy_start[c] + 1; i < s->xy_start[c + 1]; i++)
            sum += hypot((s->xy[i].x - s->xy[i - 1].x) * aspect, s->xy[i].y - s->xy[i - 1].y);
    return sum;
}

/* A unit that lies in no parent at all: all of it is outside. */
static grid_status add_outsider(finder *k, uint32_t level, uint32_t f, grid_error *err) {
    const grid_shapes *shapes = k->level[level].in->shapes;
    GRID_TRY(add_plain(k, level, GRID_DEFECT_OUTSIDE_PARENT, GRID_NONE, &f, 1, err));
    grid_defect *d = &k->defect.at[k->defect.n - 1];
    double aspect = find_aspect(k), perimeter = perimeter_of(shapes, f, aspect);
    d->area = grid_shapes_area(shapes, f);
    d->length = perimeter / 2;
    d->width = region_width(aspect, d->area, perimeter);
    d->shape = (uint32_t)k->shapes->n;
    return grid_shapes_copy(k->shapes, shapes, f) ? GRID_OK : grid_fail_nomem(err);
}

/* A unit with a parent that is not the one it lies in: wrong when it has no part in its own. */
static grid_status test_parent(finder *k, uint32_t level, const grid_rtree *tree, uint32_t f,
                               grid_error *err) {
    find_level *l = &k->level[level];
    uint32_t given = l->parent_of[f], lies_in;
    const grid_shapes *parents = l[-1].in->shapes;
    if (l->in->shapes->kind[f] == GRID_SHAPE_NONE && given == GRID_NONE &&
        l->in->parent_code != NULL)
        return add_plain(k, level, GRID_DEFECT_MISSING_PARENT, GRID_NONE, &f, 1, err);
    if (l->unusable[f] || l->in->shapes->kind[f] != GRID_SHAPE_AREA)
        return GRID_OK;
    if (given != GRID_NONE) {
        if (parents->kind[given] != GRID_SHAPE_AREA || l[-1].unusable[given])
            return GRID_OK; /* the fault is the parent's */
        grid_xy at;
        GRID_TRY(grid_shapes_inside(l->in->shapes, f, &at, err));
        if (grid_shapes_covers(parents, given, at.x, at.y))
            return GRID_OK;
    }
    GRID_TRY(seek_parent(l, tree, f, &lies_in, err));
    if (given == GRID_NONE) {
        l->home[f] = lies_in;
        l->moved = true;
        if (l->in->parent_code != NULL)
            return add_plain(k, level, GRID_DEFECT_MISSING_PARENT, lies_in, &f, 1, err);
        /* What lies beyond the parent that it has a part in is left in the residual there. */
        return lies_in == GRID_NONE ? add_outsider(k, level, f, err) : GRID_OK;
    }
    if (lies_in == GRID_NONE || lies_in == given)
        return GRID_OK;
    region_relation relation;
    GRID_TRY(region_compare(l->in->shapes, f, parents, given, &relation, err));
    if (relation.overlap)
        return GRID_OK;
    l->home[f] = lies_in;
    l->moved = true;
    return add_plain(k, level, GRID_DEFECT_WRONG_PARENT, lies_in, &f, 1, err);
}

grid_status find_homes(finder *k, uint32_t level, grid_error *err) {
    find_level *l = &k->level[level];
    if (l[-1].n == 1 && l->in->parent_code == NULL) /* there is no other */
        return GRID_OK;
    grid_rtree *tree;
    GRID_TRY(grid_rtree_build_shapes(l[-1].in->shapes, &tree, err));
    grid_status status = GRID_OK;
    for (uint32_t f = 0; f < l->n && status == GRID_OK; f++) {
        uint32_t given = l->parent_of[f];
        /* Below a parent that is tiled, every unit is where it belongs. */
        if (given == GRID_NONE || !l->seam[given].exact)
            status = test_parent(k, level, tree, f, err);
    }
    grid_rtree_free(tree);
    return status;
}
