/* One source: read, brought to the database's CRS, checked row by row, written in one transaction.
 */
#include "import.h"

#include <grid/crs.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/text.h"
#include "common/session.h"

/* ---- coordinates -------------------------------------------------------------------- */

/* A point per row from the columns x and y; rows without two numbers get none. */
static grid_status points_of_columns(grid_layer *layer, const mapped *columns, grid_error *err) {
    grid_shapes *shapes = grid_shapes_new();
    bool good = shapes != NULL;
    for (size_t i = 0; i < layer->n && good; i++) {
        char clean[2][512], buffer[2][512];
        double xy[2] = {NAN, NAN};
        for (int k = 0; k < 2; k++) {
            const char *text = mapped_text(columns, MAP_X + k, i, buffer[k], sizeof buffer[k]);
            if (text == NULL || strlen(text) >= sizeof clean[k])
                continue;
            grid_component_clean(text, clean[k]);
            if (!grid_text_to_double(clean[k], &xy[k]))
                xy[k] = NAN;
        }
        if (isfinite(xy[0]) && isfinite(xy[1]))
            good = grid_shapes_begin(shapes, GRID_SHAPE_POINT) && grid_shapes_begin_part(shapes) &&
                   grid_shapes_begin_chain(shapes) && grid_shapes_add(shapes, xy[0], xy[1]);
        else
            good = grid_shapes_begin(shapes, GRID_SHAPE_NONE);
    }
    if (!good) {
        grid_shapes_free(shapes);
        return grid_fail_nomem(err);
    }
    grid_shapes_free(layer->shapes);
    layer->shapes = shapes;
    return GRID_OK;
}

static bool is_inside(const grid_box *inner, const grid_box *outer) {
    return inner->min_x >= outer->min_x && inner->max_x <= outer->max_x &&
           inner->min_y >= outer->min_y && inner->max_y <= outer->max_y;
}

/* A CRS for a source that names none: said as a finding, refused when nothing fits. */
static grid_status assume_crs(const importer *all, const grid_layer *layer, const char **out,
                              grid_error *err) {
    grid_box box = grid_shapes_box_all(layer->shapes), ours = grid_shapes_box_all(all->rules.units);
    const grid_box degrees = {-180, -90, 180, 90};
    *out = NULL;
    if (grid_box_overlaps(&box, &ours))
        *out = all->crs;
    else if (is_inside(&box, &degrees))
        *out = "wgs84";
    if (*out == NULL) {
        grid_fail(err, GRID_E_INPUT, layer->path,
                  "names no coordinate reference system, and its coordinates (%.6g, %.6g) are "
                  "neither degrees nor near the grids",
                  box.min_x, box.min_y);
        return grid_hint(err, GRID_E_INPUT, "say which it is with --src-crs");
    }
    grid_find(tool_context(), GRID_WARNING, "crs-assumed", layer->path,
              "names no coordinate reference system; taken as %s (--src-crs says otherwise, e.g. "
              "gcj02 for coordinates from a web map)",
              *out == all->crs ? "that of the grids" : "WGS 84");
    return GRID_OK;
}

/* Coordinates that cannot be transformed become NAN, and their rows are refused. */
static grid_status bring_home(const importer *all, grid_layer *layer, grid_error *err) {
    const char *crs = layer->crs;
    grid_crs_transform *transform;
    if (layer->shapes->n_xy == 0)
        return GRID_OK;
    if (crs == NULL)
        GRID_TRY(assume_crs(all, layer, &crs, err));
    grid_status status = grid_crs_transform_new(crs, all->crs, &transform, err);
    if (status != GRID_OK) {
        if (err != NULL && err->where[0] == '\0')
            snprintf(err->where, sizeof err->where, "%s", layer->path);
        return status;
    }
    grid_crs_transform_apply(transform, layer->shapes->xy, layer->shapes->n_xy);
    grid_crs_transform_free(transform);
    return GRID_OK;
}

/* ---- reading ------------------------------------------------------------------------ */

/* Standard input as a file with a name that says CSV; the caller unlinks and frees it. */
static grid_status spool_input(char **out, grid_error *err) {
    const char *folder = getenv("TMPDIR");
    char *path = NULL, bytes[1 << 16];
    if (asprintf(&path, "%s/component-import-XXXXXX.csv", folder ? folder : "/tmp") < 0)
        return grid_fail_nomem(err);
    int fd = mkstemps(path, 4);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    bool good = file != NULL;
    for (size_t n; good && (n = fread(bytes, 1, sizeof bytes, stdin)) > 0;)
        good = fwrite(bytes, 1, n, file) == n;
    good = file != NULL && fclose(file) == 0 && good;
    if (good && !ferror(stdin)) {
        *out = path;
        return GRID_OK;
    }
    grid_status status = good ? grid_fail(err, GRID_E_READ, "standard input", "cannot be read")
                              : grid_fail(err, GRID_E_WRITE, path, "cannot be written");
    unlink(path);
    free(path);
    return status;
}

static grid_status read_layer(const importer *all, const char *spec, grid_layer **out,
                              grid_error *err) {
    grid_layer_options options = {
        .layer = tool_common.layer, .src_crs = tool_common.src_crs, .encoding = all->encoding};
    if (strcmp(spec, "-") != 0)
        return grid_layer_read(spec, &options, tool_context(), out, err);
    char *path;
    GRID_TRY(spool_input(&path, err));
    grid_status status = grid_layer_read(path, &options, tool_context(), out, err);
    unlink(path);
    free(path);
    if (status != GRID_OK)
        return status;
    char *name = strdup("stdin"), *where = strdup("standard input");
    if (name == NULL || where == NULL) {
        free(name);
        free(where);
        grid_layer_free(*out);
        return grid_fail_nomem(err);
    }
    free((*out)->name);
    free((*out)->path);
    (*out)->name = name;
    (*out)->path = where;
    return GRID_OK;
}

/* ---- rows --------------------------------------------------------------------------- */

static bool is_csv(const grid_layer *layer) {
    size_t n = strlen(layer->path);
    return strcmp(layer->path, "standard input") == 0 ||
           (n > 4 && grid_text_same(layer->path + n - 4, ".csv"));
}

/* What is odd but no reason to refuse is counted, and said once for the whole source. */
static void count_oddities(const grid_component_verdict *v, import_counts *counts) {
    counts->class_mapped += v->class_mapped;
    counts->representative += v->representative;
    counts->surveyed_otherwise += v->surveyed_otherwise && !v->representative;
    counts->unit_differs += v->unit_differs;
    for (int f = 0; f < GRID_FIELDS; f++)
        counts->missing[f] += v->mandatory_missing >> f & 1U;
}

static void tell_count(const grid_layer *layer, grid_severity severity, const char *kind, size_t n,
                       const char *what) {
    if (n > 0)
        grid_find(tool_context(), severity, kind, layer->name, "%s: %zu of %zu rows", what, n,
                  layer->n);
}

static void tell_oddities(const grid_layer *layer, const import_counts *c) {
    tell_count(layer, GRID_NOTE, "class-mapped", c->class_mapped,
               "class taken from another name or generation");
    tell_count(layer, GRID_NOTE, "representative-point", c->representative,
               "placed in the middle of a line or area");
    tell_count(layer, GRID_NOTE, "geometry-unusual", c->surveyed_otherwise,
               "a point, where the class is a line or an area");
    tell_count(layer, GRID_WARNING, "grid-differs", c->unit_differs,
               "lies in another grid than the row says");
    tell_count(layer, GRID_WARNING, "grid-uncertain", c->uncertain,
               "nearer to a border than its class is accurate");
    tell_count(layer, GRID_NOTE, "id-repeated", c->id_repeated, "local id that an earlier row has");
    tell_count(layer, GRID_NOTE, "id-missing", c->id_missing, "no local id");
    tell_count(layer, GRID_NOTE, "place-repeated", c->place_repeated,
               "same class and place as an earlier row");
    for (int f = 0; f < GRID_FIELDS; f++) {
        char what[64];
        snprintf(what, sizeof what, "mandatory field %s is empty", map_field_name(f));
        tell_count(layer, GRID_WARNING, "field-missing", c->missing[f], what);
    }
}

static grid_status refuse_row(importer *all, const grid_layer *layer, size_t row, size_t line,
                              const grid_component_verdict *v, import_counts *counts,
                              grid_error *err) {
    char where[256];
    counts->refused++;
    counts->by_reason[v->reason]++;
    grid_find(tool_context(), GRID_FAULT, grid_reject_name(v->reason),
              grid_layer_where(layer, row, where), "%s%s%s", v->field, *v->field ? ": " : "",
              v->detail);
    return refused_add(&all->refused, layer->path, layer, row, line, v) ? GRID_OK
                                                                        : grid_fail_nomem(err);
}

static grid_status add_rows(importer *all, const grid_layer *layer, const mapped *columns,
                            grid_component_import *import, import_counts *counts, grid_error *err) {
    const grid_column *code = columns->column[GRID_FIELD_CODE];
    size_t header = is_csv(layer) ? 1 : 0;
    for (size_t i = 0; i < layer->n; i++) {
        char buffer[GRID_FIELDS][512];
        grid_component_verdict verdict;
        grid_component_row row = {.shapes = layer->shapes,
                                  .feature = i,
                                  .line = (size_t)layer->fid[i] + header,
                                  .code_is_number = code && code->type != GRID_COLUMN_TEXT};
        for (int f = 0; f < GRID_FIELDS; f++)
            row.text[f] = mapped_text(columns, f, i, buffer[f], sizeof buffer[f]);
        GRID_TRY(grid_component_import_add(import, &row, &verdict, err));
        counts->rows++;
        counts->id_repeated += verdict.id_repeated;
        counts->place_repeated += verdict.place_repeated;
        counts->id_missing += columns->column[GRID_FIELD_LOCAL_ID] != NULL &&
                              row.text[GRID_FIELD_LOCAL_ID][0] == '\0';
        if (verdict.reason != GRID_REJECT_NONE)
            GRID_TRY(refuse_row(all, layer, i, row.line, &verdict, counts, err));
        else
            count_oddities(&verdict, counts);
        if (i % 4096 == 0 && grid_cancelled(tool_context()))
            return grid_fail(err, GRID_E_CANCEL, layer->path, "interrupted");
    }
    return GRID_OK;
}

/* ---- the database --------------------------------------------------------------------- */

static grid_status know(void *user, const grid_component_known *known, grid_error *err) {
    return grid_component_import_know(user, known, err);
}

static grid_status know_serial(void *user, const char *class_code, uint32_t last, grid_error *err) {
    return grid_component_import_know_serial(user, class_code, last, err);
}

static grid_status write_serial(void *user, const char *class_code, uint32_t last,
                                grid_error *err) {
    return grid_store_write_serial(user, class_code, last, err);
}

static void count(const grid_component *components, size_t n, import_counts *counts) {
    for (size_t i = 0; i < n; i++) {
        counts->added += components[i].action == GRID_COMPONENT_NEW;
        counts->changed += components[i].action == GRID_COMPONENT_CHANGED;
        counts->same += components[i].action == GRID_COMPONENT_SAME;
        counts->uncertain += components[i].uncertain;
    }
}

static grid_status write_all(importer *all, grid_store *store, grid_component_import *import,
                             const char *source, size_t first_refused, import_counts *counts,
                             grid_error *err) {
    const grid_component *components;
    const char *const *missing;
    size_t n, n_missing;
    GRID_TRY(grid_component_import_finish(import, &components, &n, err));
    count(components, n, counts);
    GRID_TRY(grid_store_write_components(store, components, n, all->rules.unit_code, source,
                                         tool_context(), err));
    GRID_TRY(grid_component_import_serials(import, write_serial, store, err));
    if (all->delete_missing) {
        GRID_TRY(grid_component_import_missing(import, &missing, &n_missing, err));
        GRID_TRY(grid_store_delete_components(store, missing, n_missing, err));
        counts->deleted = n_missing;
    }
    return grid_store_write_rejects(store, source, all->refused.rows.at + first_refused,
                                    all->refused.rows.n - first_refused, err);
}

static grid_status import_layer(importer *all, grid_store *store, grid_layer *layer,
                                const mapped *columns, import_counts *counts, grid_error *err) {
    const char *source = all->source_name ? all->source_name : layer->name;
    size_t first_refused = all->refused.rows.n;
    grid_component_import *import;
    GRID_TRY(grid_component_import_new(&all->rules, source, &import, err));
    grid_status status = grid_store_read_components(store, know, import, err);
    if (status == GRID_OK)
        status = grid_store_read_serials(store, know_serial, import, err);
    if (status == GRID_OK)
        status = add_rows(all, layer, columns, import, counts, err);
    if (status == GRID_OK)
        status = write_all(all, store, import, source, first_refused, counts, err);
    grid_component_import_free(import);
    return status;
}

static grid_status prepare(const importer *all, grid_layer *layer, mapped *columns,
                           grid_error *err) {
    char text[1024];
    GRID_TRY(mapping_settle(&all->map, layer, columns, err));
    mapped_describe(columns, text, sizeof text);
    tool_say("%s: %zu rows; %s", layer->name, layer->n, text);
    if (layer->shapes->n_xy == 0) {
        if (!columns->column[MAP_X] || !columns->column[MAP_Y]) {
            grid_fail(err, GRID_E_INPUT, layer->path, "has neither geometry nor columns x and y");
            return grid_hint(err, GRID_E_INPUT, "name them with --x COL --y COL");
        }
        GRID_TRY(points_of_columns(layer, columns, err));
    }
    return bring_home(all, layer, err);
}

/* One transaction: what goes wrong leaves the database as it was. */
static grid_status import_prepared(importer *all, grid_layer *layer, const mapped *columns,
                                   import_counts *counts, grid_error *err) {
    grid_store *store;
    GRID_TRY(grid_store_open(all->database, true, &store, err));
    grid_status status = import_layer(all, store, layer, columns, counts, err);
    if (status != GRID_OK) {
        grid_store_close(store);
        return status;
    }
    tell_oddities(layer, counts);
    return grid_store_commit(store, err);
}

grid_status import_source(importer *all, const char *spec, import_counts *counts, grid_error *err) {
    grid_layer *layer;
    mapped columns;
    *counts = (import_counts){0};
    GRID_TRY(read_layer(all, spec, &layer, err));
    grid_status status = prepare(all, layer, &columns, err);
    if (status == GRID_OK)
        status = import_prepared(all, layer, &columns, counts, err);
    grid_layer_free(layer);
    return status;
}
