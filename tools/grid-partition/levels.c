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

/* What was measured of the grids, for the columns of their table. */
static grid_status add_grid_quality(const work *w, unit_table *t, grid_error *err) {
    t->units.quality = GRID_NEW(grid_unit_quality, t->units.n);
    if (t->units.quality == NULL)
        return grid_fail_nomem(err);
    const grid_rule *rule = &w->rule[0];
    double target = rule->target > 0 ? (double)rule->target
                                     : ((double)rule->min + (double)rule->max) / 2;
    for (uint32_t g = 0; g < w->division->n_grids; g++) {
        const grid_shape_quality *shape = &w->quality->grid[g];
        double measure = (double)w->division->measure[(size_t)g * w->n_rules];
        uint8_t status = w->division->status[g];
        bool counts = status != GRID_UNIT_EXTENDED, ruled = counts && rule->max < INT64_MAX;
        t->units.quality[t->row[g]] = (grid_unit_quality){
            .deviation = ruled ? measure / target - 1 : NAN,
            .compactness = shape->polsby_popper,
            .road_share = shape->inner_m > 0 ? shape->road_m / shape->inner_m : NAN,
            .parts = shape->parts,
            .enclave = shape->enclave,
            .spans_barrier = shape->spans_barrier,
            .grids = counts,
            .grids_in_range = status == GRID_UNIT_OK || status == GRID_UNIT_SOFT,
            .inner_m = shape->inner_m};
    }
    return GRID_OK;
}

static void add_grid(grid_unit_quality *sum, const grid_unit_quality *grid) {
    sum->deviation += fabs(grid->deviation);
    sum->compactness += grid->compactness;
    sum->parts += grid->parts;
    sum->enclave += grid->enclave;
    sum->spans_barrier += grid->spans_barrier;
    sum->grids += grid->grids;
    sum->grids_in_range += grid->grids_in_range;
    sum->inner_m += grid->inner_m / 2; /* the neighbour has it too */
    if (grid->inner_m > 0)
        sum->road_share += grid->inner_m / 2 * grid->road_share;
}

/* Takes the grids of each unit together; unit[g] is the row of t that the grid of row g is in. */
static grid_status sum_quality(const grid_units *grids, const uint32_t *unit, unit_table *t,
                               grid_error *err) {
    grid_unit_quality *sum = t->units.quality = GRID_NEW(grid_unit_quality, t->units.n);
    if (sum == NULL)
        return grid_fail_nomem(err);
    for (size_t g = 0; g < grids->n; g++)
        if (grids->quality[g].grids > 0)
            add_grid(&sum[unit[g]], &grids->quality[g]);
    for (size_t u = 0; u < t->units.n; u++) {
        sum[u].deviation /= sum[u].grids; /* NAN without grids, as it should be */
        sum[u].compactness /= sum[u].grids;
        sum[u].road_share = sum[u].inner_m > 0 ? sum[u].road_share / sum[u].inner_m : NAN;
    }
    return GRID_OK;
}

/* The grids' quality, and of all levels above. */
static grid_status add_quality(work *w, grid_error *err) {
    if (w->quality == NULL)
        return GRID_OK;
    unit_table *grids = &w->level[w->n_areas - 1];
    GRID_TRY(add_grid_quality(w, grids, err));
    uint32_t *unit = GRID_NEW(uint32_t, grids->units.n);
    grid_status status = unit ? GRID_OK : grid_fail_nomem(err);
    for (size_t g = 0; unit && g < grids->units.n; g++)
        unit[g] = (uint32_t)g;
    for (size_t l = w->n_areas - 1; status == GRID_OK && l-- > 0;) {
        for (size_t g = 0; g < grids->units.n; g++)
            unit[g] = w->level[l + 1].parent[unit[g]];
        status = sum_quality(&grids->units, unit, &w->level[l], err);
    }
    free(unit);
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
