#include "work.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/base.h"
#include "base/vec.h"
#include "common/session.h"

/* ---- measures ----------------------------------------------------------------------- */

/* What the rules count, per cell. Rules on what the input does not have are left out, and told. */
typedef struct measures {
    uint32_t n;
    const int64_t *of[SCHEME_MAX_RULES];
    grid_rule rule[SCHEME_MAX_RULES];
    int64_t *own[SCHEME_MAX_RULES]; /**< those summed up here */
} measures;

static void measures_free(measures *m) {
    for (size_t r = 0; r < SCHEME_MAX_RULES; r++)
        free(m->own[r]);
}

/* A column of the household layer, summed up per cell. */
static grid_status sum_column(const inputs *in, const grid_cells *cells, const char *name,
                              int64_t *sum, grid_error *err) {
    const grid_layer *layer = in->household;
    const grid_column *column;
    GRID_TRY(grid_layer_find_column(layer, name, &column, err));
    for (size_t i = 0; i < layer->n; i++) {
        int64_t value = 0;
        uint32_t cell = cells->cell_of_household[i];
        char where[256], text[32];
        if (column->null[i] || cell == GRID_NONE)
            continue;
        if (!grid_column_integer(column, i, &value) || value < 0 ||
            __builtin_add_overflow(sum[cell], value, &sum[cell]))
            return grid_fail(err, GRID_E_INPUT, grid_layer_where(layer, i, where),
                             "%s is '%s': not a count", name, grid_column_text(column, i, text));
    }
    return GRID_OK;
}

static grid_status measure_of(const inputs *in, const grid_cells *cells, const char *name,
                              int64_t **own, const int64_t **out, grid_error *err) {
    if (strcmp(name, "households") == 0) {
        *out = cells->households;
        return GRID_OK;
    }
    if (strcmp(name, "persons") == 0) {
        *out = in->persons ? cells->persons : NULL;
        return GRID_OK;
    }
    *out = *own = GRID_NEW(int64_t, cells->n_cells);
    if (*own == NULL)
        return grid_fail_nomem(err);
    if (strcmp(name, "area") != 0)
        return sum_column(in, cells, name, *own, err);
    for (uint32_t c = 0; c < cells->n_cells; c++)
        (*own)[c] = llround(cells->area_m2[c]);
    return GRID_OK;
}

static grid_status collect_measures(const inputs *in, const grid_cells *cells, const scheme *plan,
                                    const grid_context *ctx, measures *m, grid_error *err) {
    *m = (measures){0};
    for (size_t r = 0; r < plan->n_rules; r++) {
        const grid_rule *rule = &plan->rule[r];
        const int64_t *of;
        GRID_TRY(measure_of(in, cells, rule->measure, &m->own[r], &of, err));
        if (of == NULL) {
            grid_find(ctx, GRID_NOTE, "rule-not-applied", in->household->path,
                      "the rule on %s does not apply: the input has no %s", rule->measure,
                      rule->measure);
            continue;
        }
        m->of[m->n] = of;
        m->rule[m->n++] = *rule;
    }
    if (m->n == 0)
        return grid_fail(err, GRID_E_INPUT, "", "no rule of the scheme applies to this input");
    return GRID_OK;
}

/* ---- parents ------------------------------------------------------------------------ */

/* Codes and names of a parent level as its layer has them. */
typedef struct given_texts {
    const char **code, **name;
} given_texts;

static bool read_texts(const grid_layer *layer, size_t n, const input_options *o,
                       given_texts *out) {
    *out = (given_texts){GRID_NEW(const char *, n), GRID_NEW(const char *, n)};
    for (size_t i = 0; out->code && out->name && i < n; i++) {
        out->code[i] = inputs_code(layer, i, o->code_field);
        out->name[i] = inputs_name(layer, i, o->name_field);
        if (*out->name[i] == '\0')
            out->name[i] = out->code[i];
    }
    return out->code && out->name;
}

static void free_texts(given_texts *t) {
    free(t->code);
    free(t->name);
}

typedef struct parents {
    given_texts street, community;
} parents;

static bool read_parents(const inputs *in, const input_options *o, parents *p) {
    return read_texts(in->street, in->street->n, o, &p->street) &&
           (in->community == NULL || read_texts(in->community, in->community->n, o, &p->community));
}

static void free_parents(parents *p) {
    free_texts(&p->street);
    free_texts(&p->community);
}

/* ---- division ----------------------------------------------------------------------- */

/* How many grids are wanted where. */
typedef struct demands {
    int64_t *community, *street; /**< owned; NULL: nothing is wanted */
} demands;

static grid_status read_demands(const grid_layer *layer, const char *field, int64_t **out,
                                grid_error *err) {
    const grid_column *column = layer ? grid_layer_column(layer, field) : NULL;
    if (column == NULL)
        return GRID_OK;
    *out = GRID_NEW(int64_t, layer->n);
    if (*out == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < layer->n; i++) {
        char where[256], value[32];
        if (!column->null[i] && (!grid_column_integer(column, i, &(*out)[i]) || (*out)[i] < 0))
            return grid_fail(err, GRID_E_INPUT, grid_layer_where(layer, i, where),
                             "%s is '%s': not a number of grids", column->name,
                             grid_column_text(column, i, value));
    }
    return GRID_OK;
}

static grid_status find_demands(const inputs *in, const work_options *o, demands *d,
                                grid_error *err) {
    const grid_column *column;
    if (o->grids_field != NULL) {
        GRID_TRY(read_demands(in->community, o->grids_field, &d->community, err));
        GRID_TRY(read_demands(in->street, o->grids_field, &d->street, err));
        if (d->community == NULL && d->street == NULL)
            return grid_layer_find_column(in->street, o->grids_field, &column, err);
    }
    if (o->grids > 0) {
        free(d->street);
        d->street = GRID_NEW(int64_t, in->street->n);
        if (d->street == NULL)
            return grid_fail_nomem(err);
        for (size_t i = 0; i < in->street->n; i++)
            d->street[i] = o->grids;
    }
    return GRID_OK;
}

static grid_status divide(const inputs *in, const scheme *plan, const work_options *o,
                          const parents *p, const grid_context *ctx, work *w, grid_graph **graph,
                          grid_error *err) {
    measures m;
    demands d = {0};
    grid_status status = collect_measures(in, w->cells, plan, ctx, &m, err);
    if (status == GRID_OK)
        status = find_demands(in, o, &d, err);
    if (status == GRID_OK)
        status = grid_graph_build(w->cells, m.of, m.n, NULL, graph, err);
    if (status == GRID_OK)
        status = update_match(&w->old, w->cells, *graph, err);
    if (status == GRID_OK)
        status = merge_favour(&w->nets, *graph, err);
    if (status == GRID_OK) {
        const grid_partition_options options = {
            .rules = m.rule,
            .effort = (unsigned)o->effort,
            .seed = (uint64_t)o->seed,
            .grids = in->community ? d.community : d.street,
            .street_of = w->cells->street_of_community,
            .street_grids = in->community ? d.street : NULL,
            .n_streets = w->cells->n_streets,
            .region_name = in->community ? p->community.name : p->street.name,
            .street_name = p->street.name,
            .old_grid = w->old.old_grid,
            .n_old = w->old.grids ? (uint32_t)w->old.grids->n : 0,
            .locked = w->old.locked,
        };
        struct timespec from, to;
        clock_gettime(CLOCK_MONOTONIC, &from);
        status = grid_partition_build(*graph, &options, ctx, &w->division, err);
        clock_gettime(CLOCK_MONOTONIC, &to);
        w->division_s = difftime(to.tv_sec, from.tv_sec) +
                        1e-9 * (double)(to.tv_nsec - from.tv_nsec);
    }
    if (status == GRID_OK) {
        w->n_rules = m.n;
        memcpy(w->rule, m.rule, m.n * sizeof *m.rule);
        status = grid_quality_build(w->cells, w->division, m.rule, m.n, &w->quality, err);
    }
    free(d.community);
    free(d.street);
    measures_free(&m);
    return status;
}

/* ---- levels ------------------------------------------------------------------------- */

/* The rows of a fixed-width table of codes as pointers. */
static const char **pointers(const char *first, size_t n, size_t width) {
    const char **out = GRID_NEW(const char *, n);
    for (size_t i = 0; out != NULL && i < n; i++)
        out[i] = first + i * width;
    return out;
}

/* Adds a level below those there are; frees the codes' pointers, which may be NULL. */
static grid_status add_level(work *w, unit_labels labels, const char **codes, grid_error *err) {
    if (codes == NULL)
        return grid_fail_nomem(err);
    labels.level = (int)w->n_levels + 1;
    labels.code = codes;
    const unit_table *above = w->n_levels > 0 ? &w->level[w->n_levels - 1] : NULL;
    unit_table *table = &w->level[w->n_levels++];
    grid_status done = unit_table_build(w->cells, &labels, above, table, err);
    free(codes);
    return done;
}

static grid_status add_grids(work *w, const inputs *in, const scheme *plan, grid_error *err) {
    const grid_division *d = w->division;
    uint32_t n = d->n_grids;
    const char **names = pointers(w->codes->name[0], n, sizeof *w->codes->name);
    const char **reasons = pointers(d->reason[0], n, sizeof *d->reason);
    const char **statuses = GRID_NEW(const char *, n), **kinds = GRID_NEW(const char *, n);
    const char *level_name = plan->level[plan->split].name;
    grid_status done = names && reasons && statuses && kinds ? GRID_OK : grid_fail_nomem(err);
    if (done == GRID_OK) {
        for (uint32_t g = 0; g < n; g++) {
            statuses[g] = grid_unit_status_name((grid_unit_status)d->status[g]);
            kinds[g] = d->status[g] == GRID_UNIT_EXTENDED ? "extended" : level_name;
        }
        const unit_labels labels = {.name = level_name,
                                    .n = n,
                                    .of_cell = d->grid,
                                    .unit_name = names,
                                    .kind = kinds,
                                    .status = statuses,
                                    .reason = reasons,
                                    .persons_known = in->persons != NULL};
        done = add_level(w, labels, pointers(w->codes->grid[0], n, sizeof *w->codes->grid), err);
    }
    free(names);
    free(reasons);
    free(statuses);
    free(kinds);
    return done;
}

static grid_status build_levels(const inputs *in, const scheme *plan, const given_texts *street,
                                const given_texts *community, work *w, grid_error *err) {
    const grid_cells *cells = w->cells;
    const grid_codes *codes = w->codes;
    unit_labels labels = {.name = "street",
                          .n = cells->n_streets,
                          .of_cell = cells->street,
                          .unit_name = street->name,
                          .persons_known = in->persons != NULL};
    GRID_TRY(
        add_level(w, labels, pointers(codes->street[0], labels.n, sizeof *codes->street), err));
    if (in->community != NULL) {
        labels.name = "community";
        labels.n = cells->n_communities;
        labels.of_cell = cells->community;
        labels.unit_name = community->name;
        GRID_TRY(add_level(w, labels,
                           pointers(codes->community[0], labels.n, sizeof *codes->community), err));
    }
    return add_grids(w, in, plan, err);
}

static grid_status code_levels(const inputs *in, const scheme *plan, const parents *p,
                               const grid_graph *graph, const grid_context *ctx, work *w,
                               grid_error *err) {
    GRID_TRY(update_keep(&w->old, w->division, err));
    const grid_codes_input input = {
        .graph = graph,
        .division = w->division,
        .n_streets = w->cells->n_streets,
        .street_of_community = w->cells->street_of_community,
        .street_code = p->street.code,
        .community_code = p->community.code,
        .keep_code = w->old.code,
        .keep_name = w->old.name,
        .used_code = w->old.used_code,
        .n_used = w->old.n_used,
    };
    GRID_TRY(grid_codes_build(&input, ctx, &w->codes, err));
    GRID_TRY(update_trace(&w->old, w->cells, w->division, (const char(*)[16])w->codes->grid, err));
    return build_levels(in, plan, &p->street, &p->community, w, err);
}

/* Nothing is written that is not proved. */
static grid_status certify(work *w, const grid_context *ctx, grid_error *err) {
    for (size_t i = 1; i < w->n_levels; i++)
        GRID_TRY(unit_table_check(&w->level[i - 1], &w->level[i], ctx, err));
    return GRID_OK;
}

/* A broken hard rule is a fault; what was only aimed at is a warning. */
static void report_out_of_range(const work *w, const grid_context *ctx) {
    const grid_units *grids = &w->level[w->n_levels - 1].units;
    for (size_t i = 0; i < grids->n; i++) {
        if (strcmp(grids->status[i], "OK") == 0 || strcmp(grids->status[i], "EXTENDED") == 0)
            continue;
        bool soft = strcmp(grids->status[i], "SOFT") == 0;
        grid_find(ctx, soft ? GRID_WARNING : GRID_FAULT,
                  soft ? "out-of-soft-range" : "out-of-range", grids->code[i], "%s: %s",
                  grids->status[i], grids->reason[i]);
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
 * what a river cuts off is a grid of its own from half a grid on.
 */
static grid_status make_cells(const inputs *in, const scheme *plan, const grid_context *ctx,
                              grid_cells **out, grid_error *err) {
    const grid_rule *rule = households_rule(plan);
    grid_cells_input cells = in->cells;
    if (rule != NULL) {
        cells.cut_above = rule->min / 3;
        cells.part_min = rule->min / 2;
    }
    GRID_TRY(grid_cells_build(&cells, ctx, out, err));
    bool give_back = in->extended != NULL && rule != NULL && rule->hard && rule->min > 0;
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

grid_status work_divide(const inputs *in, const input_options *input, const scheme *plan,
                        const work_options *options, const grid_context *ctx, work *w,
                        grid_error *err) {
    *w = (work){0};
    grid_graph *graph = NULL;
    grid_status status = update_read(options->update, &options->locks, options->date, in->crs,
                                     &w->old, err);
    if (status == GRID_OK)
        status = merge_read(&options->nets, in->crs, ctx, &w->nets, err);
    if (status == GRID_OK)
        status = make_cells(in, plan, ctx, &w->cells, err);
    if (status == GRID_OK && options->strict)
        status = refuse_repairs(err);
    parents p = {0};
    if (status == GRID_OK && !read_parents(in, input, &p))
        status = grid_fail_nomem(err);
    if (status == GRID_OK)
        status = divide(in, plan, options, &p, ctx, w, &graph, err);
    if (status == GRID_OK)
        status = code_levels(in, plan, &p, graph, ctx, w, err);
    if (status == GRID_OK)
        status = certify(w, ctx, err);
    if (status == GRID_OK)
        status = merge_report(&w->nets, w->cells, w->division, (const char(*)[16])w->codes->grid,
                              options->crosswalk, tool_common.overwrite, ctx, err);
    if (status == GRID_OK)
        report_out_of_range(w, ctx);
    free_parents(&p);
    grid_graph_free(graph);
    return status;
}

void work_free(work *w) {
    for (size_t i = 0; i < w->n_levels; i++)
        unit_table_free(&w->level[i]);
    grid_codes_free(w->codes);
    merge_free(&w->nets);
    update_free(&w->old);
    grid_quality_free(w->quality);
    grid_division_free(w->division);
    grid_cells_free(w->cells);
    *w = (work){0};
}
