#include "fix.h"
#include "verdict.h"

#include "base/base.h"
#include "base/replace.h"
#include "base/vec.h"
#include "common/session.h"
#include "ground.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* ---- repairing ------------------------------------------------------------------ */

/* Who has more keeps or gets: numbers of the subject layer, unit by unit. */
static grid_status read_priorities(const coverage_input *in, const char *field, double **out,
                                   grid_error *err) {
    *out = NULL;
    if (field == NULL)
        return GRID_OK;
    const coverage_level *level = &in->level[in->subject];
    if (level->layer == NULL)
        return grid_fail(err, GRID_E_ARG, field, "a grid database has no field of priorities");
    const grid_column *column;
    GRID_TRY(grid_layer_find_column(level->layer, field, &column, err));
    if (column->type == GRID_COLUMN_TEXT)
        return grid_fail(err, GRID_E_INPUT, field, "priorities must be numbers");
    double *values = GRID_NEW(double, level->in.shapes->n);
    if (values == NULL)
        return grid_fail_nomem(err);
    for (size_t u = 0; u < level->in.shapes->n; u++) {
        size_t row = level->row[u];
        if (!column->null[row])
            values[u] = column->type == GRID_COLUMN_REAL ? column->real[row]
                                                         : (double)column->integer[row];
    }
    *out = values;
    return GRID_OK;
}

static grid_status run_fix(const coverage_input *in, const coverage_fix_request *request,
                           grid_fix_options *options, bool *may_change, const double **by_level,
                           double *priorities, grid_cover_fixed **out, grid_error *err) {
    grid_cover_level *levels = coverage_levels(in);
    if (levels == NULL)
        return grid_fail_nomem(err);
    /* Of a database all levels below the first; of layers the one that is checked. */
    for (size_t l = 0; l < in->n_levels; l++)
        may_change[l] = in->database ? l > 0 : l == in->subject;
    by_level[in->subject] = priorities;
    *options = (grid_fix_options){.tolerance = request->tolerance_m / in->scale.y,
                                  .aspect = in->scale.x / in->scale.y,
                                  .all = request->all,
                                  .priority = by_level,
                                  .may_change = may_change};
    grid_status status = grid_cover_fix(levels, in->n_levels, options, tool_context(), out, err);
    free(levels);
    return status;
}

static grid_status plan(const coverage_input *in, const coverage_fix_request *request,
                        grid_cover_fixed **out, grid_error *err) {
    double *priorities;
    GRID_TRY(read_priorities(in, request->priority_field, &priorities, err));
    bool *may_change = GRID_NEW(bool, in->n_levels);
    const double **by_level = GRID_NEW(const double *, in->n_levels);
    grid_fix_options options;
    grid_status status = may_change != NULL && by_level != NULL
                             ? run_fix(in, request, &options, may_change, by_level, priorities, out,
                                       err)
                             : grid_fail_nomem(err);
    free(priorities);
    free(may_change);
    free(by_level);
    return status;
}

grid_status coverage_fix(coverage_input *in, const coverage_fix_request *request,
                         grid_cover_fixed **out, grid_error *err) {
    GRID_TRY(plan(in, request, out, err));
    for (size_t l = 0; l < in->n_levels; l++)
        if ((*out)->shapes[l] != NULL)
            in->level[l].in.shapes = (*out)->shapes[l];
    return GRID_OK;
}

/* ---- layers --------------------------------------------------------------------- */

/* The units' shapes in the order of the layer's rows. */
static grid_shapes *in_row_order(const coverage_level *level) {
    const grid_shapes *from = level->in.shapes;
    size_t *unit_of = GRID_NEW(size_t, from->n);
    grid_shapes *out = grid_shapes_new();
    bool done = unit_of != NULL && out != NULL;
    for (size_t u = 0; u < from->n && done; u++)
        unit_of[level->row[u]] = u;
    for (size_t row = 0; row < from->n && done; row++)
        done = grid_shapes_copy(out, from, unit_of[row]);
    free(unit_of);
    if (done)
        return out;
    grid_shapes_free(out);
    return NULL;
}

static grid_field field_of(const grid_column *column) {
    grid_field f = {
        .name = column->name, .type = column->type, .null = column->null, .use = column->use};
    if (column->type == GRID_COLUMN_TEXT)
        f.text = (const char *const *)column->text;
    else if (column->type == GRID_COLUMN_INT)
        f.integer = column->integer;
    else
        f.real = column->real;
    return f;
}

static grid_status describe_layer(const coverage_input *in, const coverage_level *level,
                                  grid_layer_out *out, grid_error *err) {
    const grid_layer *layer = level->layer;
    grid_field *fields = GRID_NEW(grid_field, layer->n_columns);
    *out = (grid_layer_out){layer->name, in->crs,          in_row_order(level),
                            fields,      layer->n_columns, layer->n};
    if (fields == NULL || out->shapes == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < layer->n_columns; i++)
        fields[i] = field_of(&layer->column[i]);
    return GRID_OK;
}

static bool takes_layers(const char *path) {
    const char *dot = strrchr(path, '.');
    return dot != NULL && strcmp(dot, ".gpkg") == 0;
}

/* The layer, and those above that got vertices where units meet on them. */
static grid_status write_layers(const coverage_input *in, const grid_cover_fixed *fixed,
                                const char *path, grid_error *err) {
    grid_layer_out *layers = GRID_NEW(grid_layer_out, in->subject + 1);
    if (layers == NULL)
        return grid_fail_nomem(err);
    grid_status status = GRID_OK;
    size_t n = 0;
    for (size_t l = in->subject + 1; l-- > 0 && status == GRID_OK;) {
        if (l < in->subject && fixed->shapes[l] == NULL)
            continue;
        if (l < in->subject && !takes_layers(path)) {
            status = grid_fail(err, GRID_E_ARG, path,
                               "units meet on the outline of %s where it has no vertex, or it is "
                               "not closed; it needs some, and this format takes one layer only",
                               in->level[l].in.name);
            status = grid_hint(err, status, "write to a .gpkg, which takes both");
            break;
        }
        status = describe_layer(in, &in->level[l], &layers[n++], err);
    }
    if (status == GRID_OK)
        status = grid_layer_write(path, layers, n, NULL, tool_common.overwrite, err);
    for (size_t i = 0; i < n; i++) {
        grid_shapes_free((grid_shapes *)layers[i].shapes);
        free((grid_field *)layers[i].field);
    }
    free(layers);
    return status;
}

/* ---- databases ------------------------------------------------------------------ */

static grid_status copy_file(const char *from, const char *to, grid_error *err) {
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    static char buffer[1 << 16];
    bool done = in != NULL && out != NULL;
    for (size_t n; done && (n = fread(buffer, 1, sizeof buffer, in)) > 0;)
        done = fwrite(buffer, 1, n, out) == n;
    done = done && !ferror(in);
    int reason = errno;
    if (in != NULL)
        fclose(in);
    if (out != NULL && fclose(out) != 0 && done) {
        reason = errno;
        done = false;
    }
    return done ? GRID_OK
                : grid_fail(err, GRID_E_WRITE, to, "cannot be copied from %s: %s", from,
                            strerror(reason));
}

static grid_status update_level(grid_store *store, const coverage_level *level, grid_error *err) {
    const grid_shapes *shapes = level->in.shapes;
    double *areas = GRID_NEW(double, shapes->n);
    if (areas == NULL)
        return grid_fail_nomem(err);
    for (size_t u = 0; u < shapes->n; u++)
        areas[u] = grid_shapes_area(shapes, u);
    const grid_units units = {.n = shapes->n,
                              .code = (const char **)level->in.code,
                              .area_m2 = areas,
                              .shapes = (grid_shapes *)shapes};
    grid_status status = grid_store_update_shapes(store, &units, err);
    free(areas);
    return status;
}

static grid_status update_database(const coverage_input *in, const grid_cover_fixed *fixed,
                                   const char *path, grid_error *err) {
    grid_store *store;
    GRID_TRY(grid_store_open(path, true, &store, err));
    grid_status status = GRID_OK;
    for (size_t l = 0; l < in->n_levels && status == GRID_OK; l++)
        if (fixed->shapes[l] != NULL)
            status = update_level(store, &in->level[l], err);
    if (status == GRID_OK && fixed->n > 0)
        status = ground_refit(store, in, err);
    if (status == GRID_OK)
        return grid_store_commit(store, err);
    grid_store_close(store);
    return status;
}

static grid_status write_database(const coverage_input *in, const grid_cover_fixed *fixed,
                                  const char *subject, const char *path, grid_error *err) {
    grid_replace replace;
    GRID_TRY(grid_replace_begin(&replace, path, tool_common.overwrite, err));
    grid_status status = copy_file(subject, replace.temporary, err);
    if (status == GRID_OK)
        status = update_database(in, fixed, replace.temporary, err);
    if (status == GRID_OK)
        return grid_replace_commit(&replace, err);
    grid_replace_abort(&replace);
    return status;
}

grid_status coverage_fix_write(const coverage_input *in, const grid_cover_fixed *fixed,
                               const coverage_fix_request *request, const char *subject,
                               grid_error *err) {
    return in->database ? write_database(in, fixed, subject, request->output, err)
                        : write_layers(in, fixed, request->output, err);
}

/* ---- what changed --------------------------------------------------------------- */

/* Square metres of a square unit of the coordinates, where the unit lies. */
static double m2_of(const coverage_input *in, const grid_fix_change *c) {
    grid_box box = grid_shapes_box(in->level[c->level].in.shapes, c->unit);
    const grid_xy middle = {(box.min_x + box.max_x) / 2, (box.min_y + box.max_y) / 2};
    coverage_scale s = coverage_scale_at(in, middle);
    return s.x * s.y;
}

static json_t *change_json(const coverage_input *in, const grid_fix_change *c) {
    double m2 = m2_of(in, c);
    return json_pack("{ss ss sf sf sf sf sI sI}", "level", in->level[c->level].in.name, "unit",
                     coverage_code(in, c->level, c->unit), "area_before_crs2", c->area_before,
                     "area_after_crs2", c->area_after, "area_before_m2", c->area_before * m2,
                     "area_after_m2", c->area_after * m2, "vertices_before",
                     (json_int_t)c->vertices_before, "vertices_after",
                     (json_int_t)c->vertices_after);
}

static void print_change(const coverage_input *in, const char *what, const grid_fix_change *c) {
    double m2 = m2_of(in, c);
    printf("%s %s %s: area %.10g -> %.10g m2 (%+.4g), vertices %zu -> %zu\n", what,
           in->level[c->level].in.name, coverage_code(in, c->level, c->unit), c->area_before * m2,
           c->area_after * m2, (c->area_after - c->area_before) * m2, c->vertices_before,
           c->vertices_after);
}

void coverage_fix_report(const coverage_input *in, const grid_cover_fixed *fixed) {
    json_t *changes = json_array();
    for (size_t i = 0; i < fixed->n; i++) {
        json_array_append_new(changes, change_json(in, &fixed->change[i]));
        if (!tool_common.json && !tool_common.quiet)
            print_change(in, "repaired", &fixed->change[i]);
    }
    json_object_set_new(tool_report(), "repaired", changes);
    if (!tool_common.json && !tool_common.quiet)
        printf("%zu unit%s repaired; afterwards:\n", fixed->n, fixed->n == 1 ? " was" : "s were");
}

grid_status coverage_fix_suggest(const coverage_input *in, const coverage_fix_request *request,
                                 grid_error *err) {
    enum { MOST_LISTED = 50 };
    coverage_fix_request all = *request;
    grid_cover_fixed *fixed;
    all.all = true;
    GRID_TRY(plan(in, &all, &fixed, err));
    json_t *changes = json_array();
    bool aloud = !tool_common.json && !tool_common.quiet;
    for (size_t i = 0; i < fixed->n; i++) {
        json_array_append_new(changes, change_json(in, &fixed->change[i]));
        if (aloud && (i < MOST_LISTED || tool_common.verbose))
            print_change(in, "suggested", &fixed->change[i]);
    }
    json_object_set_new(tool_report(), "suggested", changes);
    if (aloud && fixed->n > 0)
        printf("%zu unit%s would be repaired by --fix-all\n", fixed->n, fixed->n == 1 ? "" : "s");
    grid_cover_fixed_free(fixed);
    return GRID_OK;
}
