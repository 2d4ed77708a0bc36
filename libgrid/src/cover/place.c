#include <grid/cover.h>

#include "base/base.h"
#include "base/vec.h"

#include <math.h>
#include <string.h>

/* ---- a point inside an area ----------------------------------------------------- */

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef GRID_VEC(double) doubles;

static bool cross_ring(doubles *xs, const grid_xy *ring, size_t n, double y) {
    for (size_t i = 0; i + 1 < n; i++) {
        grid_xy a = ring[i], b = ring[i + 1];
        if ((a.y > y) != (b.y > y) && !GRID_PUSH(xs, a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x)))
            return false;
    }
    return true;
}

static bool cross_feature(doubles *xs, const grid_shapes *s, size_t f, double y) {
    xs->n = 0;
    for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++)
        for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++)
            if (!cross_ring(xs, s->xy + s->xy_start[c], s->xy_start[c + 1] - s->xy_start[c], y))
                return false;
    return true;
}

grid_status grid_shapes_inside(const grid_shapes *s, size_t f, grid_xy *out, grid_error *err) {
    *out = (grid_xy){NAN, NAN};
    grid_box box = grid_shapes_box(s, f);
    if (s->kind[f] != GRID_SHAPE_AREA || !(box.min_x <= box.max_x))
        return GRID_OK;
    double best = 0;
    doubles xs = {0};
    /* A few heights, the middle first: a comb has no width in most of them. */
    static const double heights[] = {0.5, 0.25, 0.75, 0.1, 0.9, 0.37, 0.63};
    for (size_t h = 0; h < sizeof heights / sizeof *heights && (h == 0 || best == 0); h++) {
        double y = box.min_y + heights[h] * (box.max_y - box.min_y);
        if (!cross_feature(&xs, s, f, y)) {
            GRID_VEC_FREE(&xs);
            return grid_fail_nomem(err);
        }
        if (xs.n > 0)
            qsort(xs.at, xs.n, sizeof *xs.at, compare_doubles);
        for (size_t i = 0; i + 1 < xs.n; i += 2)
            if (xs.at[i + 1] - xs.at[i] > best) {
                best = xs.at[i + 1] - xs.at[i];
                *out = (grid_xy){xs.at[i] + best / 2, y};
            }
    }
    GRID_VEC_FREE(&xs);
    return GRID_OK;
}

/* ---- whose child is it ---------------------------------------------------------- */

typedef struct seeker {
    const grid_shapes *parents;
    grid_xy at;
    uint32_t found; /* the smallest number, should several cover the place */
} seeker;

static bool visit_parent(void *user, size_t p) {
    seeker *s = user;
    if (p < s->found && grid_shapes_covers(s->parents, p, s->at.x, s->at.y))
        s->found = (uint32_t)p;
    return true;
}

grid_status grid_cover_place(const grid_shapes *parents, const grid_shapes *children,
                             uint32_t *parent_of, grid_error *err) {
    grid_rtree *tree;
    GRID_TRY(grid_rtree_build_shapes(parents, &tree, err));
    grid_status status = GRID_OK;
    for (size_t c = 0; c < children->n && status == GRID_OK; c++) {
        seeker s = {.parents = parents, .found = GRID_NONE};
        status = grid_shapes_inside(children, c, &s.at, err);
        if (status == GRID_OK && isfinite(s.at.x)) {
            const grid_box at = {s.at.x, s.at.y, s.at.x, s.at.y};
            grid_rtree_find(tree, &at, visit_parent, &s);
        }
        parent_of[c] = s.found;
    }
    grid_rtree_free(tree);
    return status;
}

/* ---- codes ---------------------------------------------------------------------- */

typedef struct code_entry {
    const char *code;
    uint32_t i;
} code_entry;

static int compare_codes(const void *a, const void *b) {
    const code_entry *x = a, *y = b;
    int order = strcmp(x->code, y->code);
    return order != 0 ? order : x->i < y->i ? -1 : x->i > y->i;
}

static int compare_to_code(const void *key, const void *entry) {
    return strcmp(key, ((const code_entry *)entry)->code);
}

grid_status grid_cover_match(const char *const *codes, size_t n, const char *const *wanted,
                             size_t n_wanted, uint32_t *out, grid_error *err) {
    code_entry *table = GRID_NEW(code_entry, n);
    if (table == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        table[i] = (code_entry){codes[i], (uint32_t)i};
    qsort(table, n, sizeof *table, compare_codes);
    for (size_t w = 0; w < n_wanted; w++) {
        const code_entry *hit = wanted[w] == NULL || *wanted[w] == '\0'
                                    ? NULL
                                    : bsearch(wanted[w], table, n, sizeof *table, compare_to_code);
        while (hit != NULL && hit > table && strcmp(hit[-1].code, hit->code) == 0)
            hit--;
        out[w] = hit != NULL ? hit->i : GRID_NONE;
    }
    free(table);
    return GRID_OK;
}
