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

enum { BATCH = 50000 };

/* One source on its way into the database. */
typedef struct running {
    importer *all;
    grid_store *store;
    grid_component_import *import;
    char *source; /* the inventory's name, known with the first batch */
    const char *assumed_crs;
    size_t first_refused;
    import_counts *counts;
} running;

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
static grid_status bring_home(running *run, grid_layer *layer, grid_error *err) {
    grid_crs_transform *transform;
    if (layer->shapes->n_xy == 0)
        return GRID_OK;
    if (layer->crs == NULL && run->assumed_crs == NULL)
        GRID_TRY(assume_crs(run->all, layer, &run->assumed_crs, err));
    const char *crs = layer->crs ? layer->crs : run->assumed_crs;
    grid_status status = grid_crs_transform_new(crs, run->all->crs, &transform, err);
    if (status != GRID_OK) {
        if (err != NULL && err->where[0] == '\0')
            snprintf(err->where, sizeof err->where, "%s", layer->path);
        return status;
    }
    grid_crs_transform_apply(transform, layer->shapes->xy, layer->shapes->n_xy);
    grid_crs_transform_free(transform);
    return GRID_OK;
}

/* ---- rows --------------------------------------------------------------------------- */

static bool is_csv(const grid_layer *layer) {
    return strcmp(layer->path, "standard input") == 0 || grid_text_ends_with(layer->path, ".csv");
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

static void tell_count(const running *run, grid_severity severity, const char *kind, size_t n,
                       const char *what) {
    if (n > 0)
        grid_find(tool_context(), severity, kind, run->source, "%s: %zu of %zu rows", what, n,
                  run->counts->rows);
}

static void tell_oddities(const running *run) {
    const import_counts *c = run->counts;
    tell_count(run, GRID_NOTE, "class-mapped", c->class_mapped,
               "class taken from another name or generation");
    tell_count(run, GRID_NOTE, "representative-point", c->representative,
               "placed in the middle of a line or area");
    tell_count(run, GRID_NOTE, "geometry-unusual", c->surveyed_otherwise,
               "a point, where the class is a line or an area");
    tell_count(run, GRID_WARNING, "grid-uncertain", c->uncertain,
               "nearer to a border than its class is accurate");
    tell_count(run, GRID_NOTE, "id-repeated", c->id_repeated, "local id that an earlier row has");
    tell_count(run, GRID_NOTE, "id-missing", c->id_missing, "no local id");
    tell_count(run, GRID_NOTE, "place-repeated", c->place_repeated,
               "same class and place as an earlier row");
    for (int f = 0; f < GRID_FIELDS; f++) {
        char what[64];
        snprintf(what, sizeof what, "mandatory field %s is empty", map_field_name(f));
        tell_count(run, GRID_WARNING, "field-missing", c->missing[f], what);
    }
}

static grid_status refuse_row(running *run, const grid_layer *layer, size_t row, size_t line,
                              const grid_component_verdict *v, grid_error *err) {
    char where[256];
    run->counts->refused++;
    run->counts->by_reason[v->reason]++;
    grid_find(tool_context(), GRID_FAULT, grid_reject_name(v->reason),
              grid_layer_where(layer, row, where), "%s%s%s", v->field, *v->field ? ": " : "",
              v->detail);
    return refused_add(&run->all->refused, layer->path, layer, row, line, v) ? GRID_OK
                                                                             : grid_fail_nomem(err);
}

/* After a division was changed these are the components that went from one grid to another. */
static void tell_move(const grid_layer *layer, size_t row, const char *from, const char *to) {
    char where[256];
    grid_find(tool_context(), GRID_WARNING, "grid-differs", grid_layer_where(layer, row, where),
              "lies in grid %s, its row says %s", to, from);
}

static grid_status add_row(running *run, const grid_layer *layer, size_t i, const mapped *columns,
                           grid_error *err) {
    char buffer[GRID_FIELDS][512];
    grid_component_verdict verdict;
    const grid_column *code = columns->column[GRID_FIELD_CODE];
    grid_component_row row = {.shapes = layer->shapes,
                              .feature = i,
                              .line = (size_t)layer->fid[i] + is_csv(layer),
                              .code_is_number = code && code->type != GRID_COLUMN_TEXT};
    for (int f = 0; f < GRID_FIELDS; f++)
        row.text[f] = mapped_text(columns, f, i, buffer[f], sizeof buffer[f]);
    GRID_TRY(grid_component_import_add(run->import, &row, &verdict, err));
    run->counts->rows++;
    run->counts->id_repeated += verdict.id_repeated;
    run->counts->place_repeated += verdict.place_repeated;
    run->counts->id_missing += columns->column[GRID_FIELD_LOCAL_ID] != NULL &&
                               row.text[GRID_FIELD_LOCAL_ID][0] == '\0';
    if (verdict.reason != GRID_REJECT_NONE)
        return refuse_row(run, layer, i, row.line, &verdict, err);
    if (verdict.unit_differs)
        tell_move(layer, i, row.text[GRID_FIELD_UNIT], verdict.detail);
    count_oddities(&verdict, run->counts);
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

static grid_status write_all(running *run, grid_error *err) {
    const grid_component *components;
    const char *const *missing;
    const importer *all = run->all;
    size_t n, n_missing;
    GRID_TRY(grid_component_import_finish(run->import, &components, &n, err));
    count(components, n, run->counts);
    GRID_TRY(grid_store_write_components(run->store, components, n, all->rules.unit_code,
                                         run->source, tool_context(), err));
    GRID_TRY(grid_component_import_serials(run->import, write_serial, run->store, err));
    if (all->delete_missing) {
        GRID_TRY(grid_component_import_missing(run->import, &missing, &n_missing, err));
        GRID_TRY(grid_store_delete_components(run->store, missing, n_missing, err));
        run->counts->deleted = n_missing;
    }
    return grid_store_write_rejects(run->store, run->source,
                                    all->refused.rows.at + run->first_refused,
                                    all->refused.rows.n - run->first_refused, err);
}

/* What the database has, once the name of the inventory is known. */
static grid_status begin(running *run, const grid_layer *layer, const mapped *columns,
                         grid_error *err) {
    char text[1024];
    mapped_describe(columns, text, sizeof text);
    tool_say("%s: %s", layer->name, text);
    run->source = strdup(run->all->source_name ? run->all->source_name : layer->name);
    if (run->source == NULL)
        return grid_fail_nomem(err);
    GRID_TRY(grid_component_import_new(&run->all->rules, run->source, &run->import, err));
    GRID_TRY(grid_store_read_components(run->store, know, run->import, err));
    return grid_store_read_serials(run->store, know_serial, run->import, err);
}

/* ---- reading ------------------------------------------------------------------------ */

static grid_status add_batch(running *run, grid_layer *layer, grid_error *err) {
    mapped columns;
    GRID_TRY(mapping_settle(&run->all->map, layer, &columns, err));
    if (run->import == NULL)
        GRID_TRY(begin(run, layer, &columns, err));
    if (layer->shapes->n_xy == 0 && columns.column[MAP_X] && columns.column[MAP_Y])
        GRID_TRY(points_of_columns(layer, &columns, err));
    else if (layer->shapes->n_xy == 0 && layer->n > 0 && run->counts->rows == 0) {
        grid_fail(err, GRID_E_INPUT, layer->path, "has neither geometry nor columns x and y");
        return grid_hint(err, GRID_E_INPUT, "name them with --x COL --y COL");
    }
    GRID_TRY(bring_home(run, layer, err));
    for (size_t i = 0; i < layer->n; i++) {
        if (i % 4096 == 0 && grid_cancelled(tool_context()))
            return grid_fail(err, GRID_E_CANCEL, layer->path, "interrupted");
        GRID_TRY(add_row(run, layer, i, &columns, err));
    }
    return GRID_OK;
}

/* Standard input is spooled to a file, but goes by its own name. */
static bool rename_layer(grid_layer *layer) {
    char *name = strdup("stdin"), *path = strdup("standard input");
    if (name == NULL || path == NULL) {
        free(name);
        free(path);
        return false;
    }
    free(layer->name);
    free(layer->path);
    layer->name = name;
    layer->path = path;
    return true;
}

static grid_status take_batch(void *user, grid_layer *layer, grid_error *err) {
    grid_status status = add_batch(user, layer, err);
    grid_layer_free(layer);
    return status;
}

static grid_status take_batch_of_stdin(void *user, grid_layer *layer, grid_error *err) {
    grid_status status = rename_layer(layer) ? add_batch(user, layer, err) : grid_fail_nomem(err);
    grid_layer_free(layer);
    return status;
}

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

static grid_status scan(running *run, const char *spec, grid_error *err) {
    grid_layer_options options = {.layer = tool_common.layer,
                                  .src_crs = tool_common.src_crs,
                                  .encoding = run->all->encoding,
                                  .block_points = true};
    if (strcmp(spec, "-") != 0)
        return grid_layer_scan(spec, &options, BATCH, take_batch, run, tool_context(), err);
    char *path;
    GRID_TRY(spool_input(&path, err));
    options.layer = NULL;
    grid_status status = grid_layer_scan(path, &options, BATCH, take_batch_of_stdin, run,
                                         tool_context(), err);
    if (status != GRID_OK && strncmp(err->where, path, strlen(path)) == 0)
        snprintf(err->where, sizeof err->where, "standard input");
    unlink(path);
    free(path);
    return status;
}

/* One transaction: what goes wrong leaves the database as it was. */
static grid_status run_source(running *run, const char *spec, grid_error *err) {
    GRID_TRY(grid_store_open(run->all->database, true, &run->store, err));
    grid_status status = scan(run, spec, err);
    if (status == GRID_OK)
        status = write_all(run, err);
    if (status != GRID_OK) {
        grid_store_close(run->store);
        return status;
    }
    tell_oddities(run);
    return grid_store_commit(run->store, err);
}

grid_status import_source(importer *all, const char *spec, import_counts *counts, grid_error *err) {
    running run = {.all = all, .first_refused = all->refused.rows.n, .counts = counts};
    *counts = (import_counts){0};
    grid_status status = run_source(&run, spec, err);
    grid_component_import_free(run.import);
    free(run.source);
    return status;
}
