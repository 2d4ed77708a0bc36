#include "report.h"

#include "quality.h"

#include <stdio.h>
#include <string.h>

#include "common/session.h"

static int64_t sum(const int64_t *values, size_t n) {
    int64_t total = 0;
    for (size_t i = 0; i < n; i++)
        total += values[i];
    return total;
}

static size_t count_status(const grid_units *grids, const char *status) {
    size_t n = 0;
    for (size_t i = 0; i < grids->n; i++)
        n += strcmp(grids->status[i], status) == 0;
    return n;
}

static bool is_made(const scheme_level *level) {
    return level->role == SCHEME_SPLIT || level->role == SCHEME_GROUP;
}

/* Units that keep every hard rule. */
static size_t count_in_range(const grid_units *grids) {
    return count_status(grids, "OK") + count_status(grids, "SOFT");
}

static bool is_out_of_range(const grid_units *grids, size_t i) {
    return strcmp(grids->status[i], "OK") != 0 && strcmp(grids->status[i], "SOFT") != 0 &&
           strcmp(grids->status[i], "EXTENDED") != 0;
}

/* Share of the length of the cells' borders that runs along something on the ground. */
static double barrier_share(const grid_cells *cells) {
    int64_t along = 0, all = 0;
    for (size_t i = 0; i < cells->n_borders; i++) {
        const grid_cell_border *b = &cells->border[i];
        all += b->length_mm;
        if (b->border_class < GRID_BORDER_GAP)
            along += b->length_mm;
    }
    return all > 0 ? (double)along / (double)all : 1;
}

/* Households of features that no cell took: 0, or a fault has told which. */
static int64_t unassigned_households(const inputs *in, const grid_cells *cells) {
    int64_t n = 0;
    for (size_t i = 0; i < in->household->n; i++)
        if (cells->cell_of_household[i] == GRID_NONE)
            n += in->households[i];
    return n;
}

static size_t barrier_count(const inputs *in) {
    size_t n = 0;
    for (size_t b = 0; b < in->n_barriers; b++)
        n += in->barriers[b].shapes->n;
    return n;
}

static void print_input(const inputs *in, const grid_cells *cells) {
    printf("input: %zu streets, %zu communities, %zu household features with %lld households, "
           "%zu barriers, %zu compounds, %zu extended areas\n",
           in->street->n, in->community ? in->community->n : 0, in->household->n,
           (long long)sum(in->households, in->household->n), barrier_count(in),
           in->compound ? in->compound->n : 0, in->extended ? in->extended->n : 0);
    printf("base cells: %u, %.1f %% of their inner borders along barriers and walls; households "
           "not assigned: %lld\n",
           cells->n_cells, 100 * barrier_share(cells), (long long)unassigned_households(in, cells));
}

static void print_ranges(const scheme_level *level, const grid_units *units) {
    size_t extended = count_status(units, "EXTENDED");
    printf("%ss in range: %zu of %zu; %zu of them out of a soft range", level->row.name,
           count_in_range(units), units->n - extended, count_status(units, "SOFT"));
    if (level->role == SCHEME_SPLIT)
        printf("; %zu extended %ss besides", extended, level->row.name);
    putchar('\n');
    for (size_t i = 0; i < units->n; i++)
        if (is_out_of_range(units, i))
            printf("  %s %s: %lld households: %s %s\n", units->code[i], units->name[i],
                   (long long)units->households[i], units->status[i], units->reason[i]);
}

static void print_text(const inputs *in, const scheme *plan, const work *w) {
    printf("scheme %s, working CRS %s\n", plan->name, in->crs);
    for (size_t r = 0; r < plan->n_rules; r++)
        printf("rule: %s %lld..%lld%s\n", plan->rule[r].measure, (long long)plan->rule[r].min,
               (long long)plan->rule[r].max, plan->rule[r].hard ? "" : " (soft)");
    for (size_t i = 0; i < w->n_levels; i++) {
        const grid_units *u = &w->level[i].units;
        printf("level %d %-10s %6zu units, %lld households", u->level, w->level[i].name, u->n,
               (long long)sum(u->households, u->n));
        if (in->persons != NULL)
            printf(", %lld persons", (long long)sum(u->persons, u->n));
        puts(i < w->n_areas ? "; certificate exact" : "; records");
    }
    print_input(in, w->cells);
    for (size_t i = 0; i < w->n_areas; i++)
        if (is_made(w->made[i]))
            print_ranges(w->made[i], &w->level[i].units);
    if (w->old.grids != NULL)
        printf("update: %.2f %% of the households changed grids, %zu rows of lineage\n",
               100 * update_moved_share(&w->old, w->cells, w->division), w->old.now.n);
    if (w->nets.n > 0)
        printf("other nets: %zu layers, %zu pairs of unit and grid, %zu units that are no set of "
               "whole grids\n",
               w->nets.n, w->nets.n_rows, w->nets.n_misfits);
    if (w->quality != NULL)
        quality_print(in, w);
}

static json_t *level_json(const inputs *in, const scheme_level *made, const unit_table *table) {
    const grid_units *u = &table->units;
    json_t *level = json_pack("{si ss sI sI}", "level", u->level, "name", table->name, "units",
                              (json_int_t)u->n, "households", (json_int_t)sum(u->households, u->n));
    if (in->persons != NULL)
        json_object_set_new(level, "persons", json_integer((json_int_t)sum(u->persons, u->n)));
    if (is_made(made))
        json_object_set_new(level, "units_in_range", json_integer((json_int_t)count_in_range(u)));
    return level;
}

static void add_out_of_range(const grid_units *units, json_t *out) {
    for (size_t i = 0; i < units->n; i++)
        if (is_out_of_range(units, i))
            json_array_append_new(out, json_pack("{ss ss ss sI}", "code", units->code[i], "status",
                                                 units->status[i], "reason", units->reason[i],
                                                 "households", (json_int_t)units->households[i]));
}

static void add_json(const inputs *in, const scheme *plan, const work *w) {
    json_t *all = tool_report(), *levels = json_array(), *out = json_array();
    for (size_t i = 0; i < w->n_levels; i++)
        json_array_append_new(levels, level_json(in, w->made[i], &w->level[i]));
    for (size_t l = 0; l < w->n_areas; l++)
        if (is_made(w->made[l]))
            add_out_of_range(&w->level[l].units, out);
    json_object_set_new(all, "scheme", json_string(plan->name));
    json_object_set_new(all, "crs", json_string(in->crs));
    json_object_set_new(all, "levels", levels);
    json_object_set_new(all, "cells", json_integer(w->cells->n_cells));
    json_object_set_new(all, "cell_border_share_on_barriers", json_real(barrier_share(w->cells)));
    json_object_set_new(all, "households_unassigned",
                        json_integer((json_int_t)unassigned_households(in, w->cells)));
    json_object_set_new(all, "input",
                        json_pack("{sI sI sI sI sI}", "streets", (json_int_t)in->street->n,
                                  "communities", (json_int_t)(in->community ? in->community->n : 0),
                                  "household_features", (json_int_t)in->household->n, "households",
                                  (json_int_t)sum(in->households, in->household->n), "barriers",
                                  (json_int_t)barrier_count(in)));
    if (w->division != NULL)
        json_object_set_new(all, "grids_in_range",
                            json_integer((json_int_t)count_in_range(&work_leaves(w)->units)));
    json_object_set_new(all, "grids_out_of_range", out);
    if (w->old.grids != NULL)
        json_object_set_new(all, "moved_households_share",
                            json_real(update_moved_share(&w->old, w->cells, w->division)));
    if (w->nets.n > 0)
        json_object_set_new(all, "merge",
                            json_pack("{sI sI}", "pairs", (json_int_t)w->nets.n_rows, "units_unfit",
                                      (json_int_t)w->nets.n_misfits));
    json_t *advice = json_array();
    for (size_t i = 0; i < w->advice.n; i++) {
        const grid_advice *a = &w->advice.at[i];
        json_array_append_new(
            advice,
            json_pack("{ss ss sf sI sI sI sI}", "community", w->codes->community[a->region],
                      "neighbour", w->codes->community[a->neighbour], "border_m",
                      (double)a->length_mm / GRID_LATTICE_PER_M, "alone", (json_int_t)a->measure,
                      "together", (json_int_t)a->together, "grids_min", (json_int_t)a->grids_min,
                      "grids_max", (json_int_t)a->grids_max));
    }
    json_object_set_new(all, "advice", advice);
    if (w->quality != NULL)
        json_object_set_new(all, "quality", quality_json(in, w));
}

void report(const inputs *in, const scheme *plan, const work *w) {
    if (tool_common.json)
        add_json(in, plan, w);
    else if (!tool_common.quiet)
        print_text(in, plan, w);
}
