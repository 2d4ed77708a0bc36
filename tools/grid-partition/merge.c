#include "merge.h"

#include "inputs.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"

/* A grid fits a unit when at least so much of it is inside, or outside. */
static const double FITS = 0.99;

grid_status merge_read(const tool_list *nets, const char *crs, const grid_context *ctx, merge *m,
                       grid_error *err) {
    *m = (merge){.net = GRID_NEW(grid_layer *, nets->n), .unit = GRID_NEW(uint32_t *, nets->n)};
    if (m->net == NULL || m->unit == NULL)
        return grid_fail_nomem(err);
    const grid_layer_options options = {.src_crs = tool_common.src_crs, .to_crs = crs};
    for (; m->n < nets->n; m->n++)
        GRID_TRY(grid_layer_read(nets->at[m->n], &options, ctx, &m->net[m->n], err));
    return GRID_OK;
}

void merge_free(merge *m) {
    for (size_t i = 0; i < m->n; i++) {
        grid_layer_free(m->net[i]);
        free(m->unit[i]);
    }
    free(m->net);
    free(m->unit);
    *m = (merge){0};
}

/* ---- cells in units ----------------------------------------------------------------- */

typedef struct lookup {
    const grid_shapes *units;
    grid_xy at;
    uint32_t found;
} lookup;

static bool visit(void *user, size_t i) {
    lookup *l = user;
    if (!grid_shapes_covers(l->units, i, l->at.x, l->at.y))
        return true;
    l->found = (uint32_t)i;
    return false;
}

grid_status merge_favour(merge *m, grid_graph *graph, grid_error *err) {
    for (size_t i = 0; i < m->n; i++) {
        grid_rtree *tree;
        m->unit[i] = GRID_NEW(uint32_t, graph->n);
        if (m->unit[i] == NULL)
            return grid_fail_nomem(err);
        GRID_TRY(grid_rtree_build_shapes(m->net[i]->shapes, &tree, err));
        for (uint32_t c = 0; c < graph->n; c++) {
            lookup l = {m->net[i]->shapes, graph->place[c], GRID_NONE};
            const grid_box box = {l.at.x, l.at.y, l.at.x, l.at.y};
            grid_rtree_find(tree, &box, visit, &l);
            m->unit[i][c] = l.found;
        }
        grid_rtree_free(tree);
        grid_graph_favour(graph, m->unit[i]);
    }
    return GRID_OK;
}

/* ---- crosswalk ---------------------------------------------------------------------- */

/* What a unit of a net and a grid have in common. */
typedef struct shared {
    uint32_t unit, grid;
    double area_m2;
    int64_t households;
} shared;

static int compare_shared(const void *pa, const void *pb) {
    const shared *a = pa, *b = pb;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    return (a->grid > b->grid) - (a->grid < b->grid);
}

typedef struct table {
    size_t n;
    const char **net, **unit, **name, **grid;
    int64_t *fid;
    double *area_of_unit, *households_of_unit, *area_of_grid;
} table;

static bool table_init(table *t, size_t n) {
    *t = (table){.net = GRID_NEW(const char *, n),
                 .fid = GRID_NEW(int64_t, n),
                 .unit = GRID_NEW(const char *, n),
                 .name = GRID_NEW(const char *, n),
                 .grid = GRID_NEW(const char *, n),
                 .area_of_unit = GRID_NEW(double, n),
                 .households_of_unit = GRID_NEW(double, n),
                 .area_of_grid = GRID_NEW(double, n)};
    return t->net && t->fid && t->unit && t->name && t->grid && t->area_of_unit &&
           t->households_of_unit && t->area_of_grid;
}

static void table_free(table *t) {
    free(t->net);
    free(t->fid);
    free(t->unit);
    free(t->name);
    free(t->grid);
    free(t->area_of_unit);
    free(t->households_of_unit);
    free(t->area_of_grid);
}

static grid_status write_table(const table *t, const char *path, bool overwrite, grid_error *err) {
    const grid_field fields[] = {
        {.name = "net", .type = GRID_COLUMN_TEXT, .text = t->net},
        {.name = "unit_fid", .type = GRID_COLUMN_INT, .integer = t->fid},
        {.name = "unit", .type = GRID_COLUMN_TEXT, .text = t->unit},
        {.name = "unit_name", .type = GRID_COLUMN_TEXT, .text = t->name},
        {.name = "grid_code", .type = GRID_COLUMN_TEXT, .text = t->grid},
        {.name = "area_share_of_unit", .type = GRID_COLUMN_REAL, .real = t->area_of_unit},
        {.name = "households_share_of_unit",
         .type = GRID_COLUMN_REAL,
         .real = t->households_of_unit},
        {.name = "area_share_of_grid", .type = GRID_COLUMN_REAL, .real = t->area_of_grid},
    };
    const grid_layer_out layer = {.name = "crosswalk",
                                  .field = fields,
                                  .n_fields = sizeof fields / sizeof *fields,
                                  .n = t->n};
    return grid_layer_write(path, &layer, 1, NULL, overwrite, err);
}

/* The pairs of net i, each once, ordered by unit and grid. */
static size_t collect(const merge *m, size_t i, const grid_cells *cells, const grid_division *d,
                      shared *s) {
    size_t n = 0, pairs = 0;
    for (uint32_t c = 0; c < cells->n_cells; c++)
        if (m->unit[i][c] != GRID_NONE)
            s[n++] = (shared){m->unit[i][c], d->grid[c], cells->area_m2[c], cells->households[c]};
    if (n > 0)
        qsort(s, n, sizeof *s, compare_shared);
    for (size_t k = 0; k < n; k++)
        if (pairs > 0 && compare_shared(&s[pairs - 1], &s[k]) == 0) {
            s[pairs - 1].area_m2 += s[k].area_m2;
            s[pairs - 1].households += s[k].households;
        } else {
            s[pairs++] = s[k];
        }
    return pairs;
}

/* The pairs of one unit: rows of the table, and a finding when a grid lies only partly in it. */
static void report_unit(merge *m, const grid_layer *net, const shared *s, size_t n,
                        const double *grid_area, const grid_code *code, table *t,
                        const grid_context *ctx) {
    double area = 0, worst = 1;
    int64_t households = 0;
    uint32_t worst_grid = s->grid;
    const char *unit = inputs_code(net, s->unit, NULL), *name = inputs_name(net, s->unit, NULL);
    for (size_t i = 0; i < n; i++) {
        area += s[i].area_m2;
        households += s[i].households;
    }
    for (size_t i = 0; i < n; i++) {
        double in_unit = s[i].area_m2 / grid_area[s[i].grid];
        double clear = fmax(in_unit, 1 - in_unit);
        if (clear < worst) {
            worst = clear;
            worst_grid = s[i].grid;
        }
        size_t row = t->n++;
        t->net[row] = net->name;
        t->fid[row] = net->fid[s->unit];
        t->unit[row] = unit;
        t->name[row] = name;
        t->grid[row] = code[s[i].grid];
        t->area_of_unit[row] = s[i].area_m2 / area;
        t->households_of_unit[row] = households > 0 ? (double)s[i].households / (double)households
                                                    : 0;
        t->area_of_grid[row] = in_unit;
    }
    if (worst >= FITS)
        return;
    char where[256];
    m->n_misfits++;
    grid_find(ctx, GRID_WARNING, "net-unit-unfit", grid_layer_where(net, s->unit, where),
              "unit %s %s of %s is no set of whole grids: grid %s lies across its border, %.0f %% "
              "of it on the "
              "smaller side",
              unit, name, net->name, code[worst_grid], 100 * (1 - worst));
}

grid_status merge_report(merge *m, const grid_cells *cells, const grid_division *d,
                         const grid_code *code, const char *path, bool overwrite,
                         const grid_context *ctx, grid_error *err) {
    if (m->n == 0)
        return GRID_OK;
    table t = {0};
    shared *s = GRID_NEW(shared, cells->n_cells);
    double *grid_area = GRID_NEW(double, d->n_grids);
    bool ok = s && grid_area && table_init(&t, m->n * cells->n_cells);
    for (uint32_t c = 0; ok && c < cells->n_cells; c++)
        grid_area[d->grid[c]] += cells->area_m2[c];
    for (size_t i = 0; ok && i < m->n; i++) {
        size_t n = collect(m, i, cells, d, s);
        for (size_t from = 0, to; from < n; from = to) {
            for (to = from + 1; to < n && s[to].unit == s[from].unit;)
                to++;
            report_unit(m, m->net[i], s + from, to - from, grid_area, code, &t, ctx);
        }
    }
    m->n_rows = t.n;
    grid_status status = ok ? GRID_OK : grid_fail_nomem(err);
    if (ok && path != NULL)
        status = write_table(&t, path, overwrite, err);
    table_free(&t);
    free(s);
    free(grid_area);
    return status;
}
