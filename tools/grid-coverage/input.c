#include "input.h"

#include "base/base.h"
#include "base/vec.h"
#include "common/session.h"
#include "grid/crs.h"

#include <math.h>
#include <string.h>

/* ---- layers ---------------------------------------------------------------------------------- */

static grid_status no_memory_unless(bool done, grid_error *err) {
    return done ? GRID_OK : grid_fail_nomem(err);
}

/* The column's values, or the features' numbers as "#7" where `field` is NULL. */
static grid_status read_codes(coverage_input *in, const grid_layer *layer, const char *field,
                              const char ***out, grid_error *err) {
    const grid_column *column = NULL;
    if (field != NULL)
        GRID_TRY(grid_layer_find_column(layer, field, &column, err));
    *out = grid_arena_alloc(&in->texts, (layer->n + 1) * sizeof **out);
    bool done = *out != NULL;
    for (size_t i = 0; i < layer->n && done; i++) {
        char buffer[32];
        snprintf(buffer, sizeof buffer, "#%lld", (long long)layer->fid[i]);
        (*out)[i] = grid_arena_text(&in->texts,
                                    column != NULL ? grid_column_text(column, i, buffer) : buffer);
        done = (*out)[i] != NULL;
    }
    return no_memory_unless(done, err);
}

static grid_status read_level(coverage_input *in, const char *spec, const coverage_request *request,
                              bool is_subject, const grid_context *ctx, coverage_level *level,
                              grid_error *err) {
    const grid_layer_options options = {.layer = is_subject ? tool_common.layer : NULL,
                                        .src_crs = tool_common.src_crs};
    GRID_TRY(grid_layer_read(spec, &options, ctx, &level->layer, err));
    level->name = level->layer->name;
    level->shapes = level->layer->shapes;
    /* The code fields are asked for by name; a layer above may do without. */
    const char *code = request->code_field;
    if (!is_subject && code != NULL && grid_layer_column(level->layer, code) == NULL)
        code = NULL;
    GRID_TRY(read_codes(in, level->layer, code, &level->code, err));
    level->has_codes = code != NULL;
    if (!is_subject || request->parent_field == NULL)
        return GRID_OK;
    return read_codes(in, level->layer, request->parent_field, &level->parent_code, err);
}

/* Codes find the parents where both layers have them; else a place inside does. */
static grid_status link_levels(coverage_level *above, coverage_level *below, grid_error *err) {
    below->parent_of = GRID_NEW(uint32_t, below->shapes->n);
    if (below->parent_of == NULL)
        return grid_fail_nomem(err);
    if (below->parent_code == NULL)
        return grid_cover_place(above->shapes, below->shapes, below->parent_of, err);
    if (!above->has_codes)
        return grid_hint(
            err,
            grid_fail(err, GRID_E_INPUT, above->name, "the parent layer has no field with codes"),
            "--code-field names the field of codes in both layers");
    return grid_cover_match(above->code, above->shapes->n, below->parent_code, below->shapes->n,
                            below->parent_of, err);
}

/* The digits before the six of a Gauss-Kruger easting; -1 for coordinates that are none. */
static int zone_prefix(const grid_shapes *shapes) {
    grid_box box = grid_shapes_box_all(shapes);
    if (!(box.min_x <= box.max_x) || fabs(box.max_x) <= 360)
        return -1;
    int low = (int)floor(box.min_x / 1e6), high = (int)floor(box.max_x / 1e6);
    return low == high && (low == 0 || (low >= 13 && low <= 45)) ? low : -1;
}

static grid_status refuse_mixed_eastings(const coverage_input *in, grid_error *err) {
    for (size_t l = 1; l < in->n_levels; l++) {
        int above = zone_prefix(in->level[l - 1].shapes), below = zone_prefix(in->level[l].shapes);
        if (above < 0 || below < 0 || above == below)
            continue;
        grid_fail(err, GRID_E_INPUT, in->level[l].name,
                  "eastings start with %d million, those of %s with %d million: one layer has a "
                  "zone prefix and the other has none, or another one",
                  below, in->level[l - 1].name, above);
        return grid_hint(err, GRID_E_INPUT,
                         "bring both to one CRS first, e.g. ogr2ogr -t_srs EPSG:4547");
    }
    return GRID_OK;
}

static grid_status refuse_mixed_crs(coverage_input *in, grid_error *err) {
    for (size_t l = 0; l < in->n_levels; l++) {
        const char *crs = in->level[l].layer->crs;
        if (crs == NULL)
            continue;
        if (in->crs == NULL)
            in->crs = crs;
        grid_crs_transform *transform;
        GRID_TRY(grid_crs_transform_new(crs, in->crs, &transform, err));
        bool same = grid_crs_transform_is_identity(transform);
        grid_crs_transform_free(transform);
        if (!same)
            return grid_hint(err,
                             grid_fail(err, GRID_E_INPUT, in->level[l].name,
                                       "another CRS than the layers before it"),
                             "coordinates are compared bit by bit and therefore not transformed; "
                             "bring the layers to one CRS first, e.g. with ogr2ogr -t_srs");
    }
    return GRID_OK;
}

static grid_status read_layers(const coverage_request *request, const grid_context *ctx,
                               coverage_input *out, grid_error *err) {
    size_t n = request->parents.n + 1 + request->within.n;
    out->level = GRID_NEW(coverage_level, n);
    if (out->level == NULL)
        return grid_fail_nomem(err);
    for (size_t l = 0; l < n; l++) {
        bool is_subject = l == request->parents.n;
        const char *spec = l < request->parents.n ? request->parents.at[l]
                           : is_subject           ? request->subject
                                                  : request->within.at[l - request->parents.n - 1];
        out->n_levels++;
        out->level[l].within = l > request->parents.n;
        GRID_TRY(read_level(out, spec, request, is_subject, ctx, &out->level[l], err));
    }
    GRID_TRY(refuse_mixed_crs(out, err));
    GRID_TRY(refuse_mixed_eastings(out, err));
    for (size_t l = 1; l < n; l++)
        GRID_TRY(link_levels(&out->level[l - 1], &out->level[l], err));
    return GRID_OK;
}

/* ---- database ------------------------------------------------------------------------------ */

static grid_status read_units(grid_store *store, const grid_level *from, coverage_level *level,
                              grid_error *err) {
    GRID_TRY(grid_store_read_units(store, from->level, &level->units, err));
    level->name = from->name;
    level->shapes = level->units->shapes;
    level->code = level->units->code;
    level->parent_code = level->units->parent_code;
    level->has_codes = true;
    return GRID_OK;
}

static grid_status read_levels(grid_store *store, coverage_input *out, grid_error *err) {
    size_t n;
    GRID_TRY(grid_store_read_levels(store, &out->levels, &n, err));
    out->database_crs = strdup(grid_store_crs(store));
    out->crs = out->database_crs;
    out->level = GRID_NEW(coverage_level, n);
    if (out->level == NULL || out->crs == NULL)
        return grid_fail_nomem(err);
    for (size_t l = 0; l < n; l++) {
        out->n_levels++;
        GRID_TRY(read_units(store, &out->levels[l], &out->level[l], err));
        if (l > 0)
            GRID_TRY(link_levels(&out->level[l - 1], &out->level[l], err));
    }
    return GRID_OK;
}

static grid_status read_database(const char *path, coverage_input *out, grid_error *err) {
    grid_store *store;
    GRID_TRY(grid_store_open(path, false, &store, err));
    grid_status status = read_levels(store, out, err);
    grid_store_close(store);
    return status;
}

/* ---- both ---------------------------------------------------------------------------------- */

grid_status coverage_input_read(const coverage_request *request, const grid_context *ctx,
                                coverage_input *out, grid_error *err) {
    *out = (coverage_input){0};
    if (request->parents.n == 0 && grid_store_probe(request->subject))
        return read_database(request->subject, out, err);
    return read_layers(request, ctx, out, err);
}

void coverage_input_free(coverage_input *input) {
    for (size_t l = 0; l < input->n_levels; l++) {
        coverage_level *level = &input->level[l];
        free(level->parent_of);
        grid_layer_free(level->layer);
        grid_units_free(level->units);
    }
    free(input->level);
    grid_levels_free(input->levels);
    free(input->database_crs);
    grid_arena_free(&input->texts);
}
