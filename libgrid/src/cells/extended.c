/*
 * Extended areas leave their community as grids of their own, unless what stays behind then
 * cannot be divided: those are given back.
 */
#include <grid/cells.h>

#include <math.h>
#include <stdio.h>

#include "base/base.h"
#include "base/vec.h"
#include "cells/cells.h"

/* Cells of one community that hang together and are of one extended area, or of none. */
typedef struct patches {
    grid_cells *cells;
    int64_t min, max;
    uint32_t *root;      /* per cell: union-find */
    int64_t *households; /* per root */
    double *area_m2;     /* per root */
    bool *picked;        /* per root: of the choice being weighed */
} patches;

static uint32_t find(uint32_t *root, uint32_t c) {
    while (root[c] != c)
        c = root[c] = root[root[c]];
    return c;
}

static void gather(patches *p) {
    grid_cells *c = p->cells;
    for (uint32_t i = 0; i < c->n_cells; i++) {
        p->root[i] = i;
        p->households[i] = 0;
        p->area_m2[i] = 0;
    }
    for (size_t i = 0; i < c->n_borders; i++) {
        uint32_t a = c->border[i].left, b = c->border[i].right;
        if (c->community[a] != c->community[b] || c->extended[a] != c->extended[b])
            continue;
        a = find(p->root, a);
        b = find(p->root, b);
        p->root[a < b ? b : a] = a < b ? a : b;
    }
    for (uint32_t i = 0; i < c->n_cells; i++) {
        p->households[find(p->root, i)] += c->households[i];
        p->area_m2[find(p->root, i)] += c->area_m2[i];
    }
}

static bool is_feasible(const patches *p, int64_t w) {
    return grid_is_divisible(w, p->min, p->max);
}

static bool is_extended(const patches *p, uint32_t root) {
    return p->cells->extended[root] != GRID_NONE;
}

/* The two sides of a border between an extended patch and the rest of its community. */
static bool sides(const patches *p, const grid_cell_border *b, uint32_t *patch, uint32_t *rest) {
    const grid_cells *c = p->cells;
    if (c->community[b->left] != c->community[b->right] ||
        (c->extended[b->left] == GRID_NONE) == (c->extended[b->right] == GRID_NONE))
        return false;
    bool left = c->extended[b->left] != GRID_NONE;
    *patch = find(p->root, left ? b->left : b->right);
    *rest = find(p->root, left ? b->right : b->left);
    return true;
}

/* What the picked patches and all that they touch come to together. */
static int64_t weigh(patches *p) {
    const grid_cells *c = p->cells;
    bool *picked = p->picked;
    for (size_t i = 0; i < c->n_borders; i++) {
        uint32_t patch, rest;
        if (sides(p, &c->border[i], &patch, &rest) && picked[patch])
            picked[rest] = true;
    }
    int64_t all = 0;
    for (uint32_t r = 0; r < c->n_cells; r++)
        if (picked[r])
            all += p->households[r];
    return all;
}

static void pick(patches *p, uint32_t patch) {
    for (uint32_t r = 0; r < p->cells->n_cells; r++)
        p->picked[r] = r == patch;
}

/* The smallest patch beside `rest` that makes it feasible; GRID_NONE. */
static uint32_t find_one(patches *p, uint32_t rest) {
    uint32_t best = GRID_NONE;
    for (size_t i = 0; i < p->cells->n_borders; i++) {
        uint32_t patch, other;
        if (!sides(p, &p->cells->border[i], &patch, &other) || other != rest || patch == best)
            continue;
        bool smaller = best == GRID_NONE || p->households[patch] < p->households[best] ||
                       (p->households[patch] == p->households[best] &&
                        (p->area_m2[patch] < p->area_m2[best] ||
                         (p->area_m2[patch] == p->area_m2[best] && patch < best)));
        if (!smaller)
            continue;
        pick(p, patch);
        if (is_feasible(p, weigh(p)))
            best = patch;
    }
    return best;
}

/* Picks all patches beside `rest`; false when even that does not help. */
static bool pick_all(patches *p, uint32_t rest) {
    pick(p, GRID_NONE);
    for (size_t i = 0; i < p->cells->n_borders; i++) {
        uint32_t patch, other;
        if (sides(p, &p->cells->border[i], &patch, &other) && other == rest)
            p->picked[patch] = true;
    }
    return is_feasible(p, weigh(p));
}

static void give_back(patches *p, const grid_context *ctx, uint32_t rest) {
    grid_cells *c = p->cells;
    for (uint32_t r = 0; r < c->n_cells; r++) {
        if (!p->picked[r] || find(p->root, r) != r || !is_extended(p, r))
            continue;
        char where[64];
        snprintf(where, sizeof where, "extended:%u", c->extended[r] + 1);
        grid_find_at(ctx, GRID_WARNING, "extended-given-back", where, (double)p->households[r],
                     "households", NAN, NAN,
                     "stays with its community: without it %lld households are left, which no "
                     "number of grids divides",
                     (long long)p->households[rest]);
    }
    for (uint32_t i = 0; i < c->n_cells; i++)
        if (p->picked[find(p->root, i)])
            c->extended[i] = GRID_NONE;
}

/* Gives back for the first part that needs and can be helped; false when there is none. */
static bool help_one(patches *p, const grid_context *ctx) {
    for (uint32_t r = 0; r < p->cells->n_cells; r++) {
        if (find(p->root, r) != r || is_extended(p, r) || p->households[r] == 0 ||
            is_feasible(p, p->households[r]))
            continue;
        uint32_t patch = find_one(p, r);
        if (patch != GRID_NONE) {
            pick(p, patch);
            weigh(p);
        } else if (!pick_all(p, r)) {
            continue;
        }
        give_back(p, ctx, r);
        return true;
    }
    return false;
}

grid_status grid_cells_give_back(grid_cells *cells, int64_t min, int64_t max,
                                 const grid_context *ctx, grid_error *err) {
    if (min < 1 || max < min)
        return grid_fail(err, GRID_E_ARG, "", "no range of households: %lld..%lld", (long long)min,
                         (long long)max);
    uint32_t n = cells->n_cells;
    patches p = {.cells = cells, .min = min, .max = max};
    p.root = GRID_NEW(uint32_t, n);
    p.households = GRID_NEW(int64_t, n);
    p.area_m2 = GRID_NEW(double, n);
    p.picked = GRID_NEW(bool, n);
    bool ok = p.root != NULL && p.households != NULL && p.area_m2 != NULL && p.picked != NULL;
    if (ok)
        do
            gather(&p);
        while (help_one(&p, ctx));
    free(p.root);
    free(p.households);
    free(p.area_m2);
    free(p.picked);
    return ok ? GRID_OK : grid_fail_nomem(err);
}
