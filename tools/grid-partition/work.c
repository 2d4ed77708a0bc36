#include "work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base.h"
#include "common/session.h"
#include "levels.h"
#include "measures.h"
#include "records.h"

/* ---- division ----------------------------------------------------------------------- */

/* What the scheme has no use for is refused, so that nobody waits for its effect. */
grid_status work_check(const input_options *input, const scheme *plan, const work_options *o,
                       grid_error *err) {
    const struct {
        const char *option;
        bool given;
    } of_split[] = {{"--update", o->update != NULL},   {"--lock", o->locks.n > 0},
                    {"--merge", o->nets.n > 0},        {"--grids", o->grids.each > 0},
                    {"--grids-field", o->grids.field}, {"--extended", input->extended != NULL}};
    const scheme_level *group = scheme_find(plan, SCHEME_GROUP);
    GRID_TRY(update_check(o->update, &o->locks, o->date, err));
    if (o->crosswalk != NULL && o->nets.n == 0)
        return grid_fail(err, GRID_E_ARG, "", "--crosswalk is for other nets (--merge)");
    for (size_t i = 0; i < sizeof of_split / sizeof *of_split; i++)
        if (of_split[i].given && scheme_find(plan, SCHEME_SPLIT) == NULL)
            return grid_fail(err, GRID_E_ARG, "", "%s: scheme %s splits nothing into grids",
                             of_split[i].option, plan->name);
    if ((o->groups.each > 0 || o->groups.field != NULL) && group == NULL)
        return grid_fail(err, GRID_E_ARG, "", "%s: scheme %s joins no communities",
                         o->groups.field ? "--groups-field" : "--groups", plan->name);
    if (input->community != NULL)
        return GRID_OK;
    if (group != NULL)
        return grid_fail(err, GRID_E_ARG, "",
                         "level %s of scheme %s joins communities: --community is needed",
                         group->row.name, plan->name);
    return scheme_find(plan, SCHEME_SPLIT) != NULL
               ? GRID_OK
               : grid_fail(err, GRID_E_ARG, "",
                           "scheme %s splits nothing, so its units have to come in: --community "
                           "is needed",
                           plan->name);
}

static grid_partition_options engine_options(const work_options *o) {
    return (grid_partition_options){.effort = (unsigned)o->effort, .seed = (uint64_t)o->seed};
}

static grid_status split(const inputs *in, const measures *m, const work_options *o,
                         const grid_graph *graph, const grid_context *ctx, work *w,
                         grid_error *err) {
    demands d = {0};
    grid_status status = demands_read(in, &o->grids, &d, err);
    if (status == GRID_OK) {
        const parents *p = &w->parents;
        grid_partition_options options = engine_options(o);
        options.rules = m->rule;
        options.grids = in->community ? d.community : d.street;
        options.street_of = w->cells->street_of_community;
        options.street_grids = in->community ? d.street : NULL;
        options.n_streets = w->cells->n_streets;
        options.region_name = in->community ? p->community.name : p->street.name;
        options.street_name = p->street.name;
        options.old_grid = w->old.old_grid;
        options.n_old = w->old.grids ? (uint32_t)w->old.grids->n : 0;
        options.locked = w->old.locked;
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        status = grid_partition_build(graph, &options, ctx, &w->division, err);
        clock_gettime(CLOCK_MONOTONIC, &to);
        w->division_s = difftime(to.tv_sec, from.tv_sec) +
                        1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    }
    demands_free(&d);
    return status;
}

/* The graph of the cells, which the split level's rules are measured on. */
static grid_status divide(const inputs *in, const scheme *plan, const work_options *o,
                          const grid_context *ctx, work *w, grid_graph **graph, grid_error *err) {
    if (scheme_find(plan, SCHEME_SPLIT) == NULL)
        return grid_graph_build(w->cells, NULL, 0, NULL, graph, err);
    measures m;
    grid_status status = measures_collect(in, w->cells, plan, ctx, &m, err);
    if (status == GRID_OK)
        status = grid_graph_build(w->cells, m.of, m.n, NULL, graph, err);
    if (status == GRID_OK)
        status = update_match(&w->old, w->cells, *graph, ctx, err);
    if (status == GRID_OK)
        status = merge_favour(&w->nets, *graph, err);
    if (status == GRID_OK)
        status = split(in, &m, o, *graph, ctx, w, err);
    if (status == GRID_OK) {
        w->n_rules = m.n;
        memcpy(w->rule, m.rule, m.n * sizeof *m.rule);
        status = grid_quality_build(w->cells, w->division, m.rule, m.n, &w->quality, err);
    }
    if (status == GRID_OK && in->community != NULL && w->policy.small_community == SMALL_ADVISE)
        status = grid_advice_build(*graph, m.rule, w->cells->street_of_community, &w->advice, err);
    measures_free(&m);
    return status;
}

/* ---- codes -------------------------------------------------------------------------- */

/* "410482=汝州市": the code for streets that bring none, and the name. */
static grid_status read_district(const char *text, char code[7], grid_error *err) {
    if (text == NULL)
        return GRID_OK;
    size_t n = strcspn(text, "=");
    if (n != 6 || strspn(text, "0123456789") < 6) {
        grid_fail(err, GRID_E_ARG, "", "--district %s does not begin with six digits", text);
        return grid_hint(err, GRID_E_ARG, "write it as 410482 or 410482=汝州市");
    }
    memcpy(code, text, 6);
    return GRID_OK;
}

static grid_status make_codes(const scheme *plan, const grid_graph *graph, const work_options *o,
                              const grid_context *ctx, work *w, grid_error *err) {
    static const grid_division none;
    const scheme_level *level = scheme_find(plan, SCHEME_SPLIT);
    char district[7] = "000000";
    if (w->old.n_used > 0) /* new streets are below the district that the old ones are in */
        snprintf(district, sizeof district, "%.6s", w->old.used_code[0]);
    GRID_TRY(read_district(o->district, district, err));
    const grid_codes_input input = {
        .graph = graph,
        .division = w->division ? w->division : &none,
        .n_streets = w->cells->n_streets,
        .street_of_community = w->cells->street_of_community,
        .street_code = w->parents.street.code,
        .community_code = w->parents.community.code,
        .district = district,
        .pattern = level ? level->code : NULL,
        .keep_code = w->old.code,
        .keep_name = w->old.name,
        .used_code = w->old.used_code,
        .n_used = w->old.n_used,
        .keep_street = w->old.street_code,
        .keep_community = w->old.community_code,
    };
    return grid_codes_build(&input, ctx, &w->codes, err);
}

static grid_status group(const inputs *in, const scheme *plan, const work_options *o,
                         const grid_graph *graph, const grid_context *ctx, work *w,
                         grid_error *err) {
    const scheme_level *level = scheme_find(plan, SCHEME_GROUP);
    if (level == NULL)
        return GRID_OK;
    grid_partition_options options = engine_options(o);
    options.region_name = options.street_name = w->parents.street.name;
    return groups_build(in, w->cells, graph, w->codes, level, &o->groups, &options, ctx, &w->groups,
                        err);
}

/* ---- findings ----------------------------------------------------------------------- */

/* A broken hard rule is a fault; what was only aimed at is a warning. */
static void report_out_of_range(const work *w, const grid_units *grids, const grid_context *ctx) {
    bool small = w->policy.small_community == SMALL_ACCEPT;
    for (size_t i = 0; i < grids->n; i++) {
        const char *status = grids->status[i];
        if (strcmp(status, "OK") == 0 || strcmp(status, "EXTENDED") == 0)
            continue;
        bool soft = strcmp(status, "SOFT") == 0;
        bool accepted = small && strcmp(status, "UNDER_COMMUNITY") == 0;
        grid_find(ctx,
                  accepted ? GRID_NOTE
                  : soft   ? GRID_WARNING
                           : GRID_FAULT,
                  soft ? "out-of-soft-range" : "out-of-range", grids->code[i], "%s: %s", status,
                  grids->reason[i]);
    }
}

static void report_shapes(const work *w, const grid_context *ctx) {
    const unit_table *grids = work_leaves(w);
    for (uint32_t g = 0; g < w->quality->n_grids; g++) {
        const grid_shape_quality *shape = &w->quality->grid[g];
        const char *code = grids->units.code[grids->row[g]];
        if (w->division->status[g] == GRID_UNIT_EXTENDED)
            continue; /* it lies where it lies */
        if (shape->enclave && w->policy.enclave == ENCLAVE_WARN)
            grid_find(ctx, GRID_WARNING, "enclave", code, "one other grid goes all round it");
        if (shape->parts > 1)
            grid_find(ctx, GRID_WARNING, "several-parts", code, "it lies in %u parts",
                      (unsigned)shape->parts);
    }
}

/* By code, whatever order the communities came in; the longest common border first. */
static int compare_advice(const void *pa, const void *pb, void *user) {
    const grid_advice *a = pa, *b = pb;
    const char(*code)[13] = user;
    int order = strcmp(code[a->region], code[b->region]);
    if (order == 0)
        order = (a->length_mm < b->length_mm) - (a->length_mm > b->length_mm);
    return order != 0 ? order : strcmp(code[a->neighbour], code[b->neighbour]);
}

static void report_advice(const work *w, const grid_context *ctx) {
    for (size_t i = 0; i < w->advice.n; i++) {
        const grid_advice *a = &w->advice.at[i];
        char span[48];
        snprintf(span, sizeof span, a->grids_min < a->grids_max ? "%lld to %lld" : "%lld",
                 (long long)a->grids_min, (long long)a->grids_max);
        grid_find(ctx, GRID_NOTE, "community-advice", w->codes->community[a->region],
                  "%s has %lld %s, which no number of grids divides; together with %s %s it has "
                  "%lld, for %s grids (common border %.0f m)",
                  w->parents.community.name[a->region], (long long)a->measure, w->rule[0].measure,
                  w->codes->community[a->neighbour], w->parents.community.name[a->neighbour],
                  (long long)a->together, span, (double)a->length_mm / GRID_LATTICE_PER_M);
    }
}

static const grid_rule *households_rule(const scheme *plan) {
    for (size_t r = 0; r < plan->n_rules; r++)
        if (strcmp(plan->rule[r].measure, "households") == 0)
            return &plan->rule[r];
    return NULL;
}

/*
 * Blocks from a third of a grid on are cut, so that grids can be put together from either side;
 * what a river cuts off is a grid of its own from half a grid on. Where grids are not measured in
 * households, every block is cut that can be.
 */
static grid_status make_cells(const inputs *in, const scheme *plan, const work *w,
                              const grid_context *ctx, grid_cells **out, grid_error *err) {
    const grid_rule *rule = households_rule(plan);
    const policies *policy = &w->policy;
    grid_cells_input cells = in->cells;
    cells.household_unit = w->old.grid_of_feature;
    if (rule != NULL) {
        cells.cut_above = rule->min / 3;
        cells.grid_min = rule->min;
        cells.grid_max = rule->max;
        cells.part_min = policy->community_part == PART_OWN ? rule->min / 2 : INT64_MAX;
    } else if (plan->n_rules > 0) {
        cells.cut_above = 1;
    }
    if (policy->extended == EXTENDED_IGNORE)
        cells.extended = NULL;
    GRID_TRY(grid_cells_build(&cells, ctx, out, err));
    bool give_back = cells.extended != NULL && policy->extended == EXTENDED_GIVE_BACK &&
                     rule != NULL && rule->hard && rule->min > 0;
    return give_back ? grid_cells_give_back(*out, rule->min, rule->max, ctx, err) : GRID_OK;
}

/* With --strict, input that had to be repaired is refused; each repair has been told. */
static grid_status refuse_repairs(grid_error *err) {
    static const char *const repairs[] = {
        "geometry-unusable",
        "geometry-mixed",
        "ring-closed",
        "part-dropped",
        "polygon-repaired",
        "text-cut",
        "count-missing",
        "class-unknown",
        "cell-gap",
        "cell-overlap",
        "street-overlap",
        "community-gap",
        "community-overlap",
        "community-outside",
        "community-shred",
        "household-outside",
        "row-unmatched",
        "encoding-detected",
        "household-without-place",
    };
    size_t n = 0;
    for (size_t i = 0; i < sizeof repairs / sizeof *repairs; i++)
        n += tool_findings_of(repairs[i]);
    if (n == 0)
        return GRID_OK;
    grid_fail(err, GRID_E_INPUT, "", "the input needs %zu repairs, which --strict refuses", n);
    return grid_hint(err, GRID_E_INPUT, "-v lists every one");
}

/* ---- all ---------------------------------------------------------------------------- */

/* Everything from the layers to the tables of all levels. */
static grid_status make_levels(const inputs *in, const input_options *input, const scheme *plan,
                               const work_options *options, const grid_context *ctx, work *w,
                               grid_error *err) {
    GRID_TRY(policies_read(&options->policy, &w->policy, err));
    if (!parents_read(in, input, &w->parents))
        return grid_fail_nomem(err);
    GRID_TRY(update_read(options->update, &options->locks, options->date, in->crs, &w->old, err));
    GRID_TRY(merge_read(&options->nets, in->crs, ctx, &w->nets, err));
    GRID_TRY(update_find_features(&w->old, in->household->shapes, err));
    GRID_TRY(make_cells(in, plan, w, ctx, &w->cells, err));
    if (options->strict)
        GRID_TRY(refuse_repairs(err));
    grid_graph *graph = NULL;
    grid_status status = divide(in, plan, options, ctx, w, &graph, err);
    if (status == GRID_OK)
        status = update_keep(&w->old, w->division, err);
    if (status == GRID_OK)
        status = update_keep_parents(&w->old, w->cells, err);
    if (status == GRID_OK)
        status = make_codes(plan, graph, options, ctx, w, err);
    if (status == GRID_OK && w->advice.n > 0)
        qsort_r(w->advice.at, w->advice.n, sizeof *w->advice.at, compare_advice,
                w->codes->community);
    if (status == GRID_OK)
        status = update_trace(&w->old, w->cells, w->division, w->codes->grid, err);
    if (status == GRID_OK)
        status = group(in, plan, options, graph, ctx, w, err);
    grid_graph_free(graph);
    return status == GRID_OK ? levels_build(in, plan, options, w, err) : status;
}

grid_status work_divide(const inputs *in, const input_options *input, const scheme *plan,
                        const work_options *options, const grid_context *ctx, work *w,
                        grid_error *err) {
    *w = (work){0};
    GRID_TRY(make_levels(in, input, plan, options, ctx, w, err));
    GRID_TRY(levels_certify(w, ctx, err));
    GRID_TRY(records_build(in, plan, ctx, w, err));
    GRID_TRY(merge_report(&w->nets, in, w->cells, w->division, w->codes->grid, options->crosswalk,
                          tool_common.overwrite, ctx, err));
    for (size_t i = 0; i < w->n_areas; i++)
        if (w->made[i]->role == SCHEME_SPLIT || w->made[i]->role == SCHEME_GROUP)
            report_out_of_range(w, &w->level[i].units, ctx);
    if (w->quality != NULL)
        report_shapes(w, ctx);
    report_advice(w, ctx);
    return GRID_OK;
}

const unit_table *work_leaves(const work *w) {
    return &w->level[w->n_areas - 1];
}

const unit_table *work_streets(const work *w) {
    size_t i = 0;
    while (w->made[i]->role != SCHEME_STREET)
        i++;
    return &w->level[i];
}

void work_free(work *w) {
    for (size_t i = 0; i < w->n_levels; i++)
        unit_table_free(&w->level[i]);
    grid_codes_free(w->codes);
    free(w->district);
    grid_arena_free(&w->texts);
    groups_free(&w->groups);
    parents_free(&w->parents);
    merge_free(&w->nets);
    update_free(&w->old);
    grid_advice_free(&w->advice);
    grid_quality_free(w->quality);
    grid_division_free(w->division);
    grid_cells_free(w->cells);
    *w = (work){0};
}
