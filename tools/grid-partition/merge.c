#include "merge.h"

#include "inputs.h"

#include <grid/plane.h>

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"
#include "overlay.h"

/* A grid fits a unit when at least so much of it is inside, or outside. */
static const double FITS = 0.99;

grid_status merge_read(const tool_list *nets, const char *crs, const grid_context *ctx, merge *m,
                       grid_error *err) {
    *m = (merge){.net = GRID_NEW(grid_layer *, nets->n), .unit = GRID_NEW(uint32_t *, nets->n)};
    if (m->net == NULL || m->unit == NULL)
        return grid_fail_nomem(err);
    const grid_layer_options options = {.src_crs = tool_common.src_crs, .to_crs = crs};
    while (m->n < nets->n) {
        grid_layer **net = &m->net[m->n];
        GRID_TRY(grid_layer_read(nets->at[m->n++], &options, ctx, net, err));
        GRID_TRY(inputs_make_codes(*net, NULL, err));
    }
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

grid_status merge_favour(merge *m, grid_graph *graph, grid_error *err) {
    for (size_t i = 0; i < m->n; i++) {
        grid_rtree *tree;
        m->unit[i] = GRID_NEW(uint32_t, graph->n);
        if (m->unit[i] == NULL)
            return grid_fail_nomem(err);
        GRID_TRY(grid_rtree_build_shapes(m->net[i]->shapes, &tree, err));
        for (uint32_t c = 0; c < graph->n; c++) {
            grid_xy at = graph->place[c];
            m->unit[i][c] = overlay_at(m->net[i]->shapes, tree, at.x, at.y);
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

/* All pairs of a net. */
typedef struct pair_list {
    shared *at;
    size_t n;
} pair_list;

/* The ground that units and grids share. */
static grid_status collect_ground(const grid_shapes *units, const grid_shapes *grids,
                                  const grid_context *ctx, size_t room, pair_list *out,
                                  grid_error *err) {
    overlap *o = NULL;
    size_t n = 0;
    grid_status status = overlay_find(units, grids, ctx, &o, &n, err);
    if (status == GRID_OK && (out->at = GRID_NEW(shared, n + room)) == NULL)
        status = grid_fail_nomem(err);
    for (size_t i = 0; status == GRID_OK && i < n; i++)
        if (o[i].a != GRID_NONE)
            out->at[out->n++] = (shared){o[i].a, o[i].b, o[i].area_m2, 0};
    free(o);
    return status;
}

/* The households of features, each where its middle is. */
static grid_status collect_households(const grid_shapes *units, const inputs *in,
                                      const grid_cells *cells, const grid_division *d,
                                      pair_list *out, grid_error *err) {
    grid_rtree *tree;
    GRID_TRY(grid_rtree_build_shapes(units, &tree, err));
    for (size_t f = 0; f < in->household->n; f++) {
        uint32_t cell = cells->cell_of_household[f];
        grid_box box = grid_shapes_box(in->household->shapes, f);
        if (cell == GRID_NONE || in->households[f] == 0)
            continue;
        uint32_t unit = overlay_at(units, tree, (box.min_x + box.max_x) / 2,
                                   (box.min_y + box.max_y) / 2);
        if (unit != GRID_NONE)
            out->at[out->n++] = (shared){unit, d->grid[cell], 0, in->households[f]};
    }
    grid_rtree_free(tree);
    return GRID_OK;
}

/* Each pair once, ordered by unit and grid; what is outside all grids comes last of its unit. */
static void add_up(pair_list *list) {
    shared *s = list->at;
    size_t pairs = 0;
    if (list->n > 0)
        qsort(s, list->n, sizeof *s, compare_shared);
    for (size_t k = 0; k < list->n; k++)
        if (pairs > 0 && compare_shared(&s[pairs - 1], &s[k]) == 0) {
            s[pairs - 1].area_m2 += s[k].area_m2;
            s[pairs - 1].households += s[k].households;
        } else {
            s[pairs++] = s[k];
        }
    list->n = pairs;
}

static grid_status collect(const grid_layer *net, const inputs *in, const grid_cells *cells,
                           const grid_division *d, const grid_shapes *grids,
                           const grid_context *ctx, pair_list *out, grid_error *err) {
    GRID_TRY(collect_ground(net->shapes, grids, ctx, in->household->n, out, err));
    GRID_TRY(collect_households(net->shapes, in, cells, d, out, err));
    add_up(out);
    return GRID_OK;
}

/* Where two lines that mean the same were drawn apart, it is no part of the unit. */
static bool is_noise(const shared *s, double unit_area, double grid_area) {
    const double hardly = 0.001;
    return s->households == 0 && s->area_m2 < hardly * unit_area && s->area_m2 < hardly * grid_area;
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
    for (size_t i = 0; i < n && s[i].grid != GRID_NONE; i++) {
        double in_unit = s[i].area_m2 / grid_area[s[i].grid];
        double clear = fmax(in_unit, 1 - in_unit);
        if (is_noise(&s[i], area, grid_area[s[i].grid]))
            continue;
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
        t->area_of_unit[row] = area > 0 ? s[i].area_m2 / area : 0;
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

/* The shapes of the division's grids, in its order, and their areas. */
static grid_status make_grids(const grid_cells *cells, const grid_division *d, grid_shapes **out,
                              double **area, grid_error *err) {
    uint32_t n = cells->plane->n_faces, *label = GRID_NEW(uint32_t, n);
    *area = GRID_NEW(double, d->n_grids);
    grid_status status = label && *area ? GRID_OK : grid_fail_nomem(err);
    for (uint32_t f = 0; status == GRID_OK && f < n; f++) {
        label[f] = cells->cell_of_face[f] == GRID_NONE ? GRID_NONE
                                                       : d->grid[cells->cell_of_face[f]];
        if (label[f] != GRID_NONE)
            (*area)[label[f]] += cells->plane->face_area_m2[f];
    }
    if (status == GRID_OK)
        status = grid_plane_dissolve(cells->plane, label, d->n_grids, out, err);
    free(label);
    return status;
}

static void report_net(merge *m, const grid_layer *net, const pair_list *list,
                       const double *grid_area, const grid_code *code, table *t,
                       const grid_context *ctx) {
    const shared *s = list->at;
    size_t before = t->n;
    for (size_t from = 0, to; from < list->n; from = to) {
        for (to = from + 1; to < list->n && s[to].unit == s[from].unit;)
            to++;
        report_unit(m, net, s + from, to - from, grid_area, code, t, ctx);
    }
    if (t->n == before)
        grid_find(ctx, GRID_WARNING, "net-elsewhere", net->path,
                  "no unit of %s lies in the streets", net->name);
}

grid_status merge_report(merge *m, const inputs *in, const grid_cells *cells,
                         const grid_division *d, const grid_code *code, const char *path,
                         bool overwrite, const grid_context *ctx, grid_error *err) {
    if (m->n == 0)
        return GRID_OK;
    table t = {0};
    grid_shapes *grids = NULL;
    double *area = NULL;
    size_t n_pairs = 0;
    pair_list *pairs = GRID_NEW(pair_list, m->n);
    grid_status status = pairs ? make_grids(cells, d, &grids, &area, err) : grid_fail_nomem(err);
    for (size_t i = 0; status == GRID_OK && i < m->n; i++) {
        status = collect(m->net[i], in, cells, d, grids, ctx, &pairs[i], err);
        n_pairs += pairs[i].n;
    }
    if (status == GRID_OK && !table_init(&t, n_pairs))
        status = grid_fail_nomem(err);
    for (size_t i = 0; status == GRID_OK && i < m->n; i++)
        report_net(m, m->net[i], &pairs[i], area, code, &t, ctx);
    m->n_rows = t.n;
    if (status == GRID_OK && path != NULL)
        status = write_table(&t, path, overwrite, err);
    for (size_t i = 0; pairs && i < m->n; i++)
        free(pairs[i].at);
    free(pairs);
    table_free(&t);
    grid_shapes_free(grids);
    free(area);
    return status;
}
