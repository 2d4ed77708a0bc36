#include "levels.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

/* The rows of a fixed-width table of texts as pointers. */
static const char **pointers(const char *first, size_t n, size_t width) {
    const char **out = GRID_NEW(const char *, n);
    for (size_t i = 0; out != NULL && i < n; i++)
        out[i] = first + i * width;
    return out;
}

/* Adds a level of areas below those there are; frees the codes' pointers, which may be NULL. */
static grid_status add_level(work *w, const inputs *in, const scheme_level *level,
                             unit_labels labels, const char **codes, grid_error *err) {
    if (codes == NULL)
        return grid_fail_nomem(err);
    labels.level = (int)w->n_levels + 1;
    labels.name = level->row.name;
    labels.code = codes;
    labels.persons_known = in->persons != NULL;
    const unit_table *above = w->n_levels > 0 ? &w->level[w->n_levels - 1] : NULL;
    w->made[w->n_levels] = level;
    unit_table *table = &w->level[w->n_levels++];
    w->n_areas = w->n_levels;
    grid_status done = unit_table_build(w->cells, &labels, above, table, err);
    free(codes);
    return done;
}

/* Streets whose codes begin with the same six digits are a district. */
static uint32_t find_districts(const work *w, grid_code *code, uint32_t *of_street) {
    uint32_t n = 0;
    for (uint32_t s = 0; s < w->cells->n_streets; s++) {
        snprintf(code[n], sizeof *code, "%.6s", w->codes->street[s]);
        uint32_t d = 0;
        while (strcmp(code[d], code[n]) != 0)
            d++;
        of_street[s] = d;
        n += d == n;
    }
    return n;
}

static grid_status add_districts(work *w, const inputs *in, const scheme_level *level,
                                 const char *given, grid_error *err) {
    const grid_cells *cells = w->cells;
    w->district = GRID_NEW(grid_code, (size_t)cells->n_streets + 1);
    uint32_t *of_street = GRID_NEW(uint32_t, cells->n_streets);
    uint32_t *of_cell = GRID_NEW(uint32_t, cells->n_cells);
    const char **names = GRID_NEW(const char *, cells->n_streets);
    grid_status done = w->district && of_street && of_cell && names ? GRID_OK
                                                                    : grid_fail_nomem(err);
    if (done == GRID_OK) {
        uint32_t n = find_districts(w, w->district, of_street);
        for (uint32_t c = 0; c < cells->n_cells; c++)
            of_cell[c] = of_street[cells->street[c]];
        const char *name = given != NULL ? strchr(given, '=') : NULL;
        for (uint32_t d = 0; d < n; d++)
            names[d] = name != NULL && strncmp(given, w->district[d], 6) == 0 ? name + 1
                                                                              : w->district[d];
        const unit_labels labels = {.n = n, .of_cell = of_cell, .unit_name = names};
        done = add_level(w, in, level, labels, pointers(w->district[0], n, sizeof *w->district),
                         err);
    }
    free(of_street);
    free(of_cell);
    free(names);
    return done;
}

/* What the engine made: grids, or groups of communities. */
typedef struct made_units {
    const grid_division *division;
    const uint32_t *of_cell;
    const char *code, *name; /* fixed-width tables */
    size_t name_size;
} made_units;

static grid_status add_made(work *w, const inputs *in, const scheme_level *level,
                            const made_units *made, grid_error *err) {
    const grid_division *d = made->division;
    uint32_t n = d->n_grids;
    const char **names = pointers(made->name, n, made->name_size);
    const char **reasons = pointers(d->reason[0], n, sizeof *d->reason);
    const char **statuses = GRID_NEW(const char *, n), **kinds = GRID_NEW(const char *, n);
    grid_status done = names && reasons && statuses && kinds ? GRID_OK : grid_fail_nomem(err);
    if (done == GRID_OK) {
        for (uint32_t g = 0; g < n; g++) {
            statuses[g] = grid_unit_status_name((grid_unit_status)d->status[g]);
            kinds[g] = d->status[g] == GRID_UNIT_EXTENDED ? "extended" : level->row.name;
        }
        const unit_labels labels = {.n = n,
                                    .of_cell = made->of_cell,
                                    .unit_name = names,
                                    .kind = kinds,
                                    .status = statuses,
                                    .reason = reasons};
        done = add_level(w, in, level, labels, pointers(made->code, n, sizeof(grid_code)), err);
    }
    free(names);
    free(reasons);
    free(statuses);
    free(kinds);
    return done;
}

static grid_status add_streets(work *w, const inputs *in, const scheme_level *level,
                               grid_error *err) {
    const unit_labels labels = {
        .n = w->cells->n_streets, .of_cell = w->cells->street, .unit_name = w->parents.street.name};
    return add_level(w, in, level, labels,
                     pointers(w->codes->street[0], labels.n, sizeof *w->codes->street), err);
}

static grid_status add_communities(work *w, const inputs *in, const scheme_level *level,
                                   grid_error *err) {
    const unit_labels labels = {.n = w->cells->n_communities,
                                .of_cell = w->cells->community,
                                .unit_name = w->parents.community.name};
    return add_level(w, in, level, labels,
                     pointers(w->codes->community[0], labels.n, sizeof *w->codes->community), err);
}

static grid_status add(work *w, const inputs *in, const scheme_level *level, const char *district,
                       grid_error *err) {
    const made_units cut = {w->division, w->division ? w->division->grid : NULL, w->codes->grid[0],
                            w->codes->name[0], sizeof *w->codes->name};
    const made_units joined = {w->groups.division, w->groups.of_cell,
                               w->groups.code ? w->groups.code[0] : NULL,
                               w->groups.name ? w->groups.name[0] : NULL, sizeof *w->groups.name};
    switch (level->role) {
    case SCHEME_DISTRICT:
        return add_districts(w, in, level, district, err);
    case SCHEME_STREET:
        return add_streets(w, in, level, err);
    case SCHEME_COMMUNITY:
        return in->community ? add_communities(w, in, level, err) : GRID_OK;
    case SCHEME_GROUP:
        return add_made(w, in, level, &joined, err);
    case SCHEME_SPLIT:
        return add_made(w, in, level, &cut, err);
    case SCHEME_BUILDING:
    case SCHEME_HOUSEHOLD:
        break; /* below the areas; see records.h */
    }
    return GRID_OK;
}

/* ---- quality, for the columns of the tables --------------------------------------------- */

/* The grids in the range of the rule for a measure; -1 where there is no such rule. */
static int64_t in_range(const work *w, const uint32_t *counts, const char *measure) {
    for (uint32_t r = 0; r < w->n_rules; r++)
        if (strcmp(w->rule[r].measure, measure) == 0 && w->rule[r].max < INT64_MAX)
            return counts[r];
    return -1;
}

/* The columns of a unit, from the sum of its grids. */
static grid_unit_quality columns_of(const work *w, const grid_quality *q) {
    const bool none = q->n_grids == 0;
    grid_unit_quality columns = {.deviation = none ? NAN : q->deviation[0],
                                 .cv = none ? NAN : q->cv[0],
                                 .compactness = none ? NAN : q->polsby_popper_mean,
                                 .compactness_p10 = none ? NAN : q->polsby_popper_p10,
                                 .road_share = q->road_share,
                                 .parts = q->parts,
                                 .enclave = q->enclaves,
                                 .spans_barrier = q->spanning,
                                 .grids = q->n_grids,
                                 .grids_in_range = q->in_all,
                                 .households_in_range = in_range(w, q->in_range, "households"),
                                 .persons_in_range = in_range(w, q->in_range, "persons"),
                                 .compounds = q->n_compounds,
                                 .compounds_cut = q->n_compounds_cut,
                                 .forced_m = q->forced_m,
                                 .search_gap = q->search_gap};
    memcpy(columns.border_m, q->border_m, sizeof columns.border_m);
    return columns;
}

/* What is otherwise in the row of a grid, which was filled as the sum of one: all of its border is
 * its own, and extended grids, which no sum counts, have a shape as well. */
static void fit_to_grid(const work *w, uint32_t grid, grid_unit_quality *columns) {
    const grid_shape_quality *shape = &w->quality->grid[grid];
    const bool counts = w->division->status[grid] != GRID_UNIT_EXTENDED;
    const int64_t measure = w->division->measure[(size_t)grid * w->n_rules];
    columns->deviation = counts ? grid_quality_deviation(&w->rule[0], measure) : NAN;
    columns->cv = columns->compactness_p10 = columns->search_gap = NAN; /* of several */
    columns->compactness = shape->polsby_popper;
    columns->parts = shape->parts;
    columns->enclave = shape->enclave;
    columns->spans_barrier = shape->spans_barrier;
    columns->compounds = columns->compounds_cut = -1;
    memcpy(columns->border_m, shape->border_m, sizeof columns->border_m);
    columns->forced_m = shape->forced_m;
}

/* Per grid: which it is in the order of codes, and the row of the level's unit that it is in. */
typedef struct grid_places {
    uint32_t *order, *unit;
} grid_places;

static grid_status sum_grids(const work *w, const grid_places *at, size_t n, grid_quality *out,
                             grid_error *err) {
    return grid_quality_sum(w->quality, w->division, w->rule, w->n_rules, at->order, at->unit,
                            (uint32_t)n, out, err);
}

static grid_status sum_level(const work *w, const grid_places *at, unit_table *t, grid_error *err) {
    t->quality = GRID_NEW(grid_quality, t->units.n);
    t->units.quality = GRID_NEW(grid_unit_quality, t->units.n);
    if (t->quality == NULL || t->units.quality == NULL)
        return grid_fail_nomem(err);
    GRID_TRY(sum_grids(w, at, t->units.n, t->quality, err));
    for (size_t u = 0; u < t->units.n; u++)
        t->units.quality[u] = columns_of(w, &t->quality[u]);
    return GRID_OK;
}

/* From the grids up to the first level, and all together. */
static grid_status sum_levels(work *w, grid_places *at, grid_error *err) {
    const uint32_t n_grids = w->division->n_grids;
    for (uint32_t g = 0; g < n_grids; g++) {
        at->unit[g] = w->level[w->n_areas - 1].row[g];
        at->order[at->unit[g]] = g;
    }
    for (size_t l = w->n_areas; l-- > 0;) {
        GRID_TRY(sum_level(w, at, &w->level[l], err));
        for (uint32_t g = 0; g < n_grids; g++)
            at->unit[g] = l > 0 ? w->level[l].parent[at->unit[g]] : 0;
    }
    return sum_grids(w, at, 1, &w->total, err);
}

static grid_status add_quality(work *w, grid_error *err) {
    if (w->quality == NULL)
        return GRID_OK;
    const unit_table *grids = &w->level[w->n_areas - 1];
    const uint32_t n_grids = w->division->n_grids;
    grid_places at = {GRID_NEW(uint32_t, n_grids), GRID_NEW(uint32_t, n_grids)};
    grid_status status = at.order && at.unit ? sum_levels(w, &at, err) : grid_fail_nomem(err);
    free(at.order);
    free(at.unit);
    for (uint32_t g = 0; g < n_grids && status == GRID_OK; g++)
        fit_to_grid(w, g, &grids->units.quality[grids->row[g]]);
    return status;
}

grid_status levels_build(const inputs *in, const scheme *plan, const work_options *options, work *w,
                         grid_error *err) {
    for (size_t i = 0; i < plan->n_levels; i++)
        GRID_TRY(add(w, in, &plan->level[i], options->district, err));
    return add_quality(w, err);
}

grid_status levels_certify(work *w, const grid_context *ctx, grid_error *err) {
    for (size_t i = 1; i < w->n_areas; i++)
        GRID_TRY(unit_table_check(&w->level[i - 1], &w->level[i], ctx, err));
    return GRID_OK;
}
