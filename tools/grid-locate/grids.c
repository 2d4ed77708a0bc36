#include "grids.h"

#include <grid/io.h>
#include <grid/store.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

/* What is being put together while sources are read. */
typedef struct reader {
    const grids_options *options;
    const grid_context *ctx;
    grids *out;
    GRID_VEC(grids_layer) layers;
    GRID_VEC(grid_locate_layer) shapes; /* shapes are ours until the index is built */
} reader;

static const char *const code_names[] = {"code", "grid_code", "unit_code", "bgcode", "网格编码",
                                         "编码", "代码",      "id",        "geoid",  "objectid"};
static const char *const label_names[] = {"name", "grid_name", "网格名称", "名称", "label"};
static const char *const kind_names[] = {"kind", "type", "类型"};

#define COUNT(array) (sizeof(array) / sizeof *(array))

static const char *copy_word(grids *g, const char *word) {
    return word == NULL || *word == '\0' ? "" : grid_arena_text(&g->words, word);
}

static const char **copy_words(grids *g, const char *const *words, size_t n) {
    const char **copy = grid_arena_alloc(&g->words, (n + 1) * sizeof *copy);
    for (size_t i = 0; copy != NULL && i < n; i++)
        if ((copy[i] = copy_word(g, words ? words[i] : NULL)) == NULL)
            return NULL;
    return copy;
}

static const char **copy_column(grids *g, const grid_column *column, size_t n) {
    const char **copy = grid_arena_alloc(&g->words, (n + 1) * sizeof *copy);
    char buffer[32];
    for (size_t i = 0; copy != NULL && i < n; i++)
        if ((copy[i] = copy_word(g, column ? grid_column_text(column, i, buffer) : "")) == NULL)
            return NULL;
    return copy;
}

/* Takes over the shapes on success. */
static grid_status add_layer(reader *r, const char *name, const char **code, const char **label,
                             const char **kind, grid_shapes *shapes, grid_error *err) {
    const char *copy = copy_word(r->out, name);
    if (code == NULL || label == NULL || kind == NULL || copy == NULL)
        return grid_fail_nomem(err);
    const grids_layer words = {copy, (uint32_t)shapes->n, code, label, kind};
    const grid_locate_layer layer = {copy, shapes, code};
    if (!GRID_RESERVE(&r->layers, 1) || !GRID_PUSH(&r->shapes, layer))
        return grid_fail_nomem(err);
    r->layers.at[r->layers.n++] = words;
    return GRID_OK;
}

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
    grid_status status = add_layer(r, level->name, copy_words(r->out, units->code, units->n),
                                   copy_words(r->out, units->name, units->n),
                                   copy_words(r->out, units->kind, units->n), units->shapes, err);
    if (status == GRID_OK)
        units->shapes = NULL;
    grid_units_free(units);
    return status;
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

static grid_status find_column(const grid_layer *layer, const char *chosen,
                               const char *const *usual, size_t n, const grid_column **out,
                               grid_error *err) {
    if (chosen != NULL)
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

static grid_status take_layer(reader *r, grid_layer *layer, grid_error *err) {
    const grids_options *o = r->options;
    const grid_column *code, *label;
    GRID_TRY(check_areas(layer, err));
    GRID_TRY(find_column(layer, o->code_field, code_names, COUNT(code_names), &code, err));
    GRID_TRY(find_column(layer, o->name_field, label_names, COUNT(label_names), &label, err));
    if (code == NULL)
        return grid_hint(err,
                         grid_fail(err, GRID_E_INPUT, layer->path,
                                   "layer %s has no column with a usual name for codes",
                                   layer->name),
                         "choose one with --code-field");
    if (o->code_field == NULL)
        grid_find(r->ctx, GRID_NOTE, "code-field", layer->path, "codes are taken from column %s",
                  code->name);
    GRID_TRY(set_crs(r, layer->crs, err));
    if (layer->n >= GRID_NONE)
        return grid_fail(err, GRID_E_INPUT, layer->path, "too many features");
    const grid_column *kind = grid_layer_alias(layer, kind_names, COUNT(kind_names));
    GRID_TRY(add_layer(r, layer->name, copy_column(r->out, code, layer->n),
                       copy_column(r->out, label, layer->n), copy_column(r->out, kind, layer->n),
                       layer->shapes, err));
    layer->shapes = NULL;
    return GRID_OK;
}

static grid_status read_layer(reader *r, const char *spec, grid_error *err) {
    const grid_layer_options options = {
        .layer = r->options->layer, .src_crs = r->options->src_crs, .to_crs = r->out->crs};
    grid_layer *layer;
    GRID_TRY(grid_layer_read(spec, &options, r->ctx, &layer, err));
    grid_status status = take_layer(r, layer, err);
    grid_layer_free(layer);
    return status;
}

/* ---- all together ------------------------------------------------------------------- */

static grid_status read_sources(reader *r, grid_error *err) {
    const tool_list *sources = r->options->sources;
    for (size_t i = 0; i < sources->n; i++) {
        const char *spec = sources->at[i];
        GRID_TRY(grid_store_probe(spec) ? read_database(r, spec, err) : read_layer(r, spec, err));
    }
    return grid_locator_build(r->shapes.at, r->shapes.n, r->ctx, &r->out->locator, err);
}

grid_status grids_open(const grids_options *options, const grid_context *ctx, grids *out,
                       grid_error *err) {
    *out = (grids){0};
    reader r = {.options = options, .ctx = ctx, .out = out};
    grid_status status = read_sources(&r, err);
    out->layer = r.layers.at;
    out->n_layers = r.layers.n;
    if (status == GRID_OK)
        out->box = grid_shapes_box_all(r.shapes.at[out->main_layer].shapes);
    for (size_t i = 0; i < r.shapes.n; i++)
        grid_shapes_free((grid_shapes *)r.shapes.at[i].shapes);
    GRID_VEC_FREE(&r.shapes);
    return status;
}

void grids_close(grids *g) {
    grid_locator_free(g->locator);
    grid_arena_free(&g->words);
    free(g->layer);
    free(g->crs);
}
