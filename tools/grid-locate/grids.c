#include "grids.h"

#include <grid/crs.h>
#include <grid/io.h>
#include <grid/store.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/text.h"
#include "base/vec.h"
#include "origin.h"

/* What is held while sources are read: the index copies what it needs. */
typedef struct reader {
    const grids_options *options;
    const grid_context *ctx;
    grids *out;
    GRID_VEC(grid_locate_layer) layers;
    GRID_VEC(grid_units *) units;
    GRID_VEC(grid_layer *) read;
    grid_arena words;
} reader;

static const char *const code_names[] = {"code", "grid_code", "unit_code", "bgcode", "网格编码",
                                         "编码", "代码",      "id",        "geoid",  "objectid"};
static const char *const label_names[] = {"name", "grid_name", "网格名称", "名称", "label"};
static const char *const kind_names[] = {"kind", "type", "类型"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static grid_status set_crs(reader *r, const char *crs, grid_error *err) {
    if (r->out->crs != NULL || crs == NULL || *crs == '\0')
        return GRID_OK;
    r->out->crs = strdup(crs);
    return r->out->crs ? GRID_OK : grid_fail_nomem(err);
}

/* ---- grid databases ----------------------------------------------------------------- */

static grid_status add_level(reader *r, grid_store *store, const grid_level *level,
                             grid_error *err) {
    grid_units *units;
    GRID_TRY(grid_store_read_units(store, level->level, &units, err));
    if (!GRID_PUSH(&r->units, units))
        return grid_units_free(units), grid_fail_nomem(err);
    const char *name = grid_arena_text(&r->words, level->name);
    const grid_locate_layer layer = {name, units->shapes, units->code, units->name, units->kind};
    return name && GRID_PUSH(&r->layers, layer) ? GRID_OK : grid_fail_nomem(err);
}

static grid_status read_levels(reader *r, grid_store *store, const char *path, grid_error *err) {
    grid_level *levels;
    size_t n, first = r->layers.n;
    GRID_TRY(grid_store_read_levels(store, &levels, &n, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n && status == GRID_OK; i++) {
        status = add_level(r, store, &levels[i], err);
        /* Records (buildings, households) hang on a division and do not divide anything. */
        if (first == 0 && status == GRID_OK && strcmp(levels[i].how, "record") != 0)
            r->out->main_layer = r->layers.n - 1;
    }
    if (first == 0 && r->layers.n > 0)
        r->out->n_records = r->layers.n - 1 - r->out->main_layer;
    if (status == GRID_OK && n == 0)
        status = grid_fail(err, GRID_E_INPUT, path, "the grid database has no levels");
    grid_levels_free(levels);
    return status;
}

static grid_status read_database(reader *r, const char *path, grid_error *err) {
    grid_store *store;
    GRID_TRY(grid_store_open(path, false, &store, err));
    grid_status status = set_crs(r, grid_store_crs(store), err);
    if (status == GRID_OK)
        status = read_levels(r, store, path, err);
    grid_store_close(store);
    return status;
}

/* ---- polygon layers ----------------------------------------------------------------- */

static const char **column_words(reader *r, const grid_column *column, size_t n) {
    const char **words = grid_arena_alloc(&r->words, (n + 1) * sizeof *words);
    char buffer[32];
    for (size_t i = 0; words != NULL && i < n; i++) {
        words[i] = grid_arena_text(&r->words, grid_column_text(column, i, buffer));
        if (words[i] == NULL)
            return NULL;
    }
    return words;
}

/* A chosen column must be in the first layer; others may have their own, with a usual name. */
static grid_status find_column(const reader *r, const grid_layer *layer, const char *chosen,
                               const char *const *usual, size_t n, const grid_column **out,
                               grid_error *err) {
    if (chosen != NULL && (r->read.n == 1 || grid_layer_column(layer, chosen) != NULL))
        return grid_layer_find_column(layer, chosen, out, err);
    *out = grid_layer_alias(layer, usual, n);
    return GRID_OK;
}

static grid_status check_areas(const grid_layer *layer, grid_error *err) {
    for (size_t i = 0; i < layer->n; i++)
        if (layer->shapes->kind[i] == GRID_SHAPE_AREA)
            return GRID_OK;
    return grid_fail(err, GRID_E_INPUT, layer->path, "layer %s has no areas to locate points in",
                     layer->name);
}

static grid_status no_usual_codes(const grid_layer *layer, grid_error *err) {
    const char **names = GRID_NEW(const char *, layer->n_columns);
    if (names == NULL)
        return grid_fail_nomem(err);
    for (size_t c = 0; c < layer->n_columns; c++)
        names[c] = layer->column[c].name;
    char list[200];
    grid_fail(err, GRID_E_INPUT, layer->path, "layer %s has no column with a usual name for codes",
              layer->name);
    grid_hint(err, GRID_E_INPUT, "choose one with --code-field; its columns: %s",
              grid_text_list(names, layer->n_columns, list, sizeof list));
    free(names);
    return GRID_E_INPUT;
}

static grid_status find_codes(reader *r, const grid_layer *layer, const grid_column **out,
                              grid_error *err) {
    const grids_options *o = r->options;
    GRID_TRY(find_column(r, layer, o->code_field, code_names, COUNT(code_names), out, err));
    if (*out == NULL)
        return no_usual_codes(layer, err);
    if (o->code_field == NULL || !grid_text_same((*out)->name, o->code_field))
        grid_find(r->ctx, GRID_NOTE, "code-field", layer->path,
                  "codes of layer %s are taken from column %s", layer->name, (*out)->name);
    return GRID_OK;
}

static grid_status add_layer(reader *r, const grid_layer *layer, grid_error *err) {
    const grid_column *code, *label;
    GRID_TRY(check_areas(layer, err));
    GRID_TRY(find_codes(r, layer, &code, err));
    GRID_TRY(find_column(r, layer, r->options->name_field, label_names, COUNT(label_names), &label,
                         err));
    GRID_TRY(set_crs(r, layer->crs, err));
    const grid_column *kind = grid_layer_alias(layer, kind_names, COUNT(kind_names));
    const grid_locate_layer fresh = {layer->name, layer->shapes, column_words(r, code, layer->n),
                                     label ? column_words(r, label, layer->n) : NULL,
                                     kind ? column_words(r, kind, layer->n) : NULL};
    if (fresh.code == NULL || (label && !fresh.label) || (kind && !fresh.kind))
        return grid_fail_nomem(err);
    return GRID_PUSH(&r->layers, fresh) ? GRID_OK : grid_fail_nomem(err);
}

static grid_status read_layer(reader *r, const char *spec, grid_error *err) {
    const grid_layer_options options = {
        .layer = r->options->layer, .src_crs = r->options->src_crs, .to_crs = r->out->crs};
    grid_layer *layer;
    GRID_TRY(grid_layer_read(spec, &options, r->ctx, &layer, err));
    if (!GRID_PUSH(&r->read, layer))
        return grid_layer_free(layer), grid_fail_nomem(err);
    return add_layer(r, layer, err);
}

/* ---- all together ------------------------------------------------------------------- */

static grid_status read_sources(reader *r, grid_error *err) {
    const tool_list *sources = r->options->sources;
    for (size_t i = 0; i < sources->n; i++) {
        const char *spec = sources->at[i];
        GRID_TRY(grid_store_probe(spec) ? read_database(r, spec, err) : read_layer(r, spec, err));
    }
    return grid_locator_build(r->layers.at, r->layers.n, r->ctx, &r->out->locator, err);
}

/* The main layer is of the first source: its levels come first, and of a polygon layer there is
 * but one. */
static void keep_shapes(reader *r) {
    grids *g = r->out;
    if (r->units.n > 0 && r->units.at[0]->shapes == r->layers.at[0].shapes) {
        g->units = r->units.at[g->main_layer];
        r->units.at[g->main_layer] = NULL;
    } else {
        g->layer = r->read.at[0];
        r->read.at[0] = NULL;
    }
    g->shapes = r->layers.at[g->main_layer].shapes;
}

static grid_status build_index(const grids_options *options, const grid_context *ctx, grids *out,
                               grid_error *err) {
    reader r = {.options = options, .ctx = ctx, .out = out};
    grid_status status = read_sources(&r, err);
    if (status == GRID_OK && options->keep_shapes)
        keep_shapes(&r);
    for (size_t i = 0; i < r.units.n; i++)
        grid_units_free(r.units.at[i]);
    for (size_t i = 0; i < r.read.n; i++)
        grid_layer_free(r.read.at[i]);
    GRID_VEC_FREE(&r.layers);
    GRID_VEC_FREE(&r.units);
    GRID_VEC_FREE(&r.read);
    grid_arena_free(&r.words);
    return status;
}

static grid_status take_index(grids *out, grid_error *err) {
    const char *crs = grid_locator_crs(out->locator);
    if (!origin_take(grid_locator_origin(out->locator), out))
        return grid_fail(err, GRID_E_INPUT, "", "the index is not one of this grid-locate's");
    out->n_records = grid_locator_layers(out->locator) - 1 -
                     out->main_layer; /* it has one source */
    if (*crs != '\0' && (out->crs = strdup(crs)) == NULL)
        return grid_fail_nomem(err);
    return GRID_OK;
}

static bool is_index(const char *path) {
    size_t n = strlen(path);
    return n > 6 && strcmp(path + n - 6, ".gridx") == 0;
}

/* The source's own index file, when there is one that can be trusted. */
static bool open_beside(const grids_options *options, const grid_context *ctx, grids *out) {
    char path[4096];
    grid_error err = {0};
    if (options->no_index || options->keep_shapes || options->sources->n != 1 ||
        !origin_index_path(options->sources->at[0], path, sizeof path))
        return false;
    grid_status status = grid_locator_open_lazily(path, &out->locator, &err);
    if (status == GRID_E_READ)
        return false;
    if (status != GRID_OK) {
        grid_find(ctx, GRID_WARNING, "index", path, "%s; it was not used", err.message);
        return false;
    }
    if (origin_holds(grid_locator_origin(out->locator), options))
        return true;
    grid_find(ctx, GRID_WARNING, "index", path,
              "the index is not of this source as it is now, and was not used (--build-index "
              "renews it)");
    grid_locator_free(out->locator);
    out->locator = NULL;
    return false;
}

static grid_status find_unit(grids *g, grid_error *err) {
    g->metres_per_unit = 1;
    if (g->crs == NULL)
        return GRID_OK;
    grid_crs_info info;
    GRID_TRY(grid_crs_check(g->crs, &info, err));
    g->metres_per_unit = info.geographic ? 0 : info.metres_per_unit;
    return GRID_OK;
}

/* Lengths of a unit of the coordinates; for degrees in the middle of the box, on a sphere. */
static void measure_units(grids *g) {
    const double radius_m = 6371008.8, degree = 3.14159265358979323846 / 180;
    g->metre_x = g->metre_y = g->metres_per_unit;
    if (g->metres_per_unit > 0)
        return;
    g->metre_y = radius_m * degree;
    g->metre_x = g->metre_y * fmax(cos((g->box.min_y + g->box.max_y) / 2 * degree), 1e-6);
}

grid_status grids_open(const grids_options *options, const grid_context *ctx, grids *out,
                       grid_error *err) {
    *out = (grids){0};
    if (options->sources->n == 1 && is_index(options->sources->at[0])) {
        if (options->keep_shapes)
            return grid_fail(err, GRID_E_INPUT, options->sources->at[0],
                             "an index file holds no shapes; give the grids themselves");
        GRID_TRY(grid_locator_open_lazily(options->sources->at[0], &out->locator, err));
        GRID_TRY(take_index(out, err));
    } else if (open_beside(options, ctx, out)) {
        GRID_TRY(take_index(out, err));
    } else {
        GRID_TRY(build_index(options, ctx, out, err));
        GRID_TRY(find_unit(out, err));
    }
    out->n_layers = grid_locator_layers(out->locator);
    out->box = grid_locator_box(out->locator, out->main_layer);
    grid_locator_use_directory(out->locator, !options->no_directory);
    measure_units(out);
    return GRID_OK;
}

static const char *plain_name(const char *crs) {
    return grid_text_same(crs, "wgs84") ? "EPSG:4326" : crs;
}

bool grids_are_in(const grids *g, const char *crs) {
    return g->crs != NULL && grid_text_same(plain_name(crs), plain_name(g->crs));
}

void grids_close(grids *g) {
    grid_locator_free(g->locator);
    if (g->units != NULL)
        grid_units_free(g->units);
    if (g->layer != NULL)
        grid_layer_free(g->layer);
    free(g->crs);
}

grid_status grids_save(const grids *g, const grids_options *options, char *path, size_t size,
                       grid_error *err) {
    const char *source = options->sources->at[0];
    if (options->sources->n != 1 || is_index(source))
        return grid_fail(err, GRID_E_ARG, "--build-index", "an index file is of one source");
    if (!origin_index_path(source, path, size))
        return grid_fail(err, GRID_E_ARG, source, "there is no file to put an index beside");
    char *origin = origin_describe(options, g, err);
    if (origin == NULL)
        return err->status;
    grid_status status = grid_locator_save(g->locator, path, origin, g->crs ? g->crs : "", true,
                                           err);
    free(origin);
    return status;
}
