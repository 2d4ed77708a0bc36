#include "group.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"
#include "measures.h"

/* The communities that lie in a street, as units to be joined. */
typedef struct members {
    uint32_t n;
    uint32_t *street;  /* per member */
    int64_t *measure;  /* per member: what the rule counts */
    uint32_t *of_cell; /* per cell: its member */
} members;

static void free_members(members *m) {
    free(m->street);
    free(m->measure);
    free(m->of_cell);
}

static grid_status find_members(const grid_cells *cells, members *m, grid_error *err) {
    uint32_t *member = GRID_NEW(uint32_t, cells->n_communities);
    m->street = GRID_NEW(uint32_t, cells->n_communities);
    m->measure = GRID_NEW(int64_t, cells->n_communities);
    m->of_cell = GRID_NEW(uint32_t, cells->n_cells);
    bool ok = member && m->street && m->measure && m->of_cell;
    for (uint32_t c = 0; ok && c < cells->n_communities; c++)
        if (cells->street_of_community[c] != GRID_NONE) {
            m->street[m->n] = cells->street_of_community[c];
            member[c] = m->n++;
        }
    for (uint32_t c = 0; ok && c < cells->n_cells; c++)
        m->of_cell[c] = member[cells->community[c]];
    free(member);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

/* What the rule counts: communities themselves, or what their cells hold. */
static grid_status sum_measure(const inputs *in, const grid_cells *cells, const scheme_level *level,
                               members *m, grid_error *err) {
    const char *measure = level->rule.measure;
    if (strcmp(measure, "units") == 0) {
        for (uint32_t i = 0; i < m->n; i++)
            m->measure[i] = 1;
        return GRID_OK;
    }
    int64_t *own = NULL;
    const int64_t *of = NULL;
    grid_status status = measure_of(in, cells, measure, &own, &of, err);
    if (status == GRID_OK && of == NULL)
        status = grid_fail(err, GRID_E_INPUT, in->household->path,
                           "level %s is ruled by %s, which the input has not", level->row.name,
                           measure);
    for (uint32_t c = 0; status == GRID_OK && c < cells->n_cells; c++)
        m->measure[m->of_cell[c]] += of[c];
    free(own);
    return status;
}

/* Codes and names: numbers in the order of the division, from 1 in each street. */
static grid_status name_groups(const grid_codes *codes, const scheme_level *level, groups *g,
                               grid_error *err) {
    const grid_division *d = g->division;
    const char *noun = *level->name_zh != '\0' ? level->name_zh : level->row.name;
    g->code = GRID_NEW(grid_code, d->n_grids);
    g->name = grid_new(d->n_grids, sizeof *g->name);
    if (g->code == NULL || g->name == NULL)
        return grid_fail_nomem(err);
    uint32_t number = 0;
    for (uint32_t i = 0; i < d->n_grids; i++) {
        number = i > 0 && d->region[i] == d->region[i - 1] ? number + 1 : 1;
        GRID_TRY(
            grid_code_write(codes->street[d->region[i]], level->code, number, g->code[i], err));
        grid_name_write(g->name[i], sizeof *g->name, number, noun);
    }
    return GRID_OK;
}

static grid_status divide(const grid_cells *cells, const grid_graph *graph, const members *m,
                          const scheme_level *level, const demands *wanted,
                          const grid_partition_options *engine, const grid_context *ctx, groups *g,
                          grid_error *err) {
    grid_graph *joined;
    const grid_joined_units units = {m->n, 1, cells->n_streets, m->measure, m->street};
    GRID_TRY(grid_graph_join(graph, m->of_cell, &units, &joined, err));
    grid_partition_options options = *engine;
    options.rules = &level->rule;
    options.grids = wanted->street;
    grid_status status = grid_partition_build(joined, &options, ctx, &g->division, err);
    grid_graph_free(joined);
    if (status == GRID_OK && (g->of_cell = GRID_NEW(uint32_t, cells->n_cells)) == NULL)
        status = grid_fail_nomem(err);
    for (uint32_t c = 0; status == GRID_OK && c < cells->n_cells; c++)
        g->of_cell[c] = g->division->grid[m->of_cell[c]];
    return status;
}

grid_status groups_build(const inputs *in, const grid_cells *cells, const grid_graph *graph,
                         const grid_codes *codes, const scheme_level *level,
                         const demand_options *wanted, const grid_partition_options *engine,
                         const grid_context *ctx, groups *g, grid_error *err) {
    *g = (groups){0};
    members m = {0};
    demands d = {0};
    grid_status status = demands_read(in, wanted, &d, err);
    if (status == GRID_OK && d.community != NULL)
        status = grid_fail(err, GRID_E_ARG, "",
                           "--groups-field %s: the numbers belong to the streets", wanted->field);
    if (status == GRID_OK)
        status = find_members(cells, &m, err);
    if (status == GRID_OK)
        status = sum_measure(in, cells, level, &m, err);
    if (status == GRID_OK)
        status = divide(cells, graph, &m, level, &d, engine, ctx, g, err);
    if (status == GRID_OK)
        status = name_groups(codes, level, g, err);
    free_members(&m);
    demands_free(&d);
    return status;
}

void groups_free(groups *g) {
    grid_division_free(g->division);
    free(g->of_cell);
    free(g->code);
    free(g->name);
    *g = (groups){0};
}
