#include "input.h"

#include "base/base.h"
#include "base/memory.h"
#include "base/vec.h"
#include "common/session.h"
#include "grid/crs.h"

#include <math.h>
#include <string.h>

static grid_status no_memory_unless(bool done, grid_error *err) {
    return done ? GRID_OK : grid_fail_nomem(err);
}

/* ---- layers --------------------------------------------------------------------- */

/* The column's values, or the features' numbers as "#7" where `field` is NULL. */
static grid_status read_codes(coverage_input *in, const grid_layer *layer, const char *field,
                              const char *const **out, grid_error *err) {
    const grid_column *column = NULL;
    if (field != NULL)
        GRID_TRY(grid_layer_find_column(layer, field, &column, err));
    const char **codes = grid_arena_alloc(&in->texts, (layer->n + 1) * sizeof *codes);
    bool done = codes != NULL;
    for (size_t i = 0; i < layer->n && done; i++) {
        char buffer[32];
        snprintf(buffer, sizeof buffer, "#%lld", (long long)layer->fid[i]);
        codes[i] = grid_arena_text(&in->texts,
                                   column != NULL ? grid_column_text(column, i, buffer) : buffer);
        done = codes[i] != NULL;
    }
    *out = codes;
    return no_memory_unless(done, err);
}

static grid_status need_areas(const grid_layer *layer, grid_error *err) {
    for (size_t f = 0; f < layer->n; f++)
        if (layer->shapes->kind[f] == GRID_SHAPE_AREA || layer->shapes->kind[f] == GRID_SHAPE_NONE)
            return GRID_OK;
    return layer->n == 0 ? GRID_OK
                         : grid_fail(err, GRID_E_INPUT, layer->name,
                                     "it has points or lines; areas are needed");
}

static grid_status read_layer(coverage_input *in, const char *spec, const coverage_request *request,
                              bool is_subject, const grid_context *ctx, coverage_level *level,
                              grid_error *err) {
    const grid_layer_options options = {.layer = is_subject ? tool_common.layer : NULL,
                                        .src_crs = tool_common.src_crs,
                                        .as_is = true};
    GRID_TRY(grid_layer_read(spec, &options, ctx, &level->layer, err));
    const grid_layer *layer = level->layer;
    GRID_TRY(need_areas(layer, err));
    level->in.name = layer->name;
    level->in.shapes = layer->shapes;
    /* The fields are asked for by name; a layer above or within may do without. */
    bool coded = request->code_field != NULL &&
                 (is_subject || grid_layer_column(layer, request->code_field) != NULL);
    GRID_TRY(read_codes(in, layer, coded ? request->code_field : NULL, &level->in.code, err));
    level->has_codes = coded;
    bool linked = request->parent_field != NULL &&
                  (is_subject || grid_layer_column(layer, request->parent_field) != NULL);
    return linked ? read_codes(in, layer, request->parent_field, &level->in.parent_code, err)
                  : GRID_OK;
}

enum { NO_ZONE = -1, MIXED_ZONES = -2, FIRST_ZONE = 13, LAST_ZONE = 45 };

/* The digits before the six of a Gauss-Kruger easting: 0 or the zone. */
static int zone_of(grid_box box) {
    if (!(box.min_x <= box.max_x) || fabs(box.max_x) <= 360)
        return NO_ZONE;
    double low = floor(box.min_x / 1e6), high = floor(box.max_x / 1e6);
    bool zone = low == 0 || (low >= FIRST_ZONE && low <= LAST_ZONE);
    return low == high && zone ? (int)low : NO_ZONE;
}

/* The one of all areas that have any; MIXED_ZONES where some have a prefix and others do not. */
static int zone_prefix(const grid_shapes *shapes) {
    int found = NO_ZONE;
    bool several = false;
    for (size_t f = 0; f < shapes->n; f++) {
        int zone = zone_of(grid_shapes_box(shapes, f));
        if (zone == NO_ZONE || zone == found)
            continue;
        if (found != NO_ZONE && (zone == 0 || found == 0))
            return MIXED_ZONES;
        several |= found != NO_ZONE; /* such as another CRS may have */
        found = zone;
    }
    return several ? NO_ZONE : found;
}

static const char *const to_one_crs = "bring all to one CRS first, e.g. with ogr2ogr -t_srs "
                                      "EPSG:4547";

static grid_status refuse_mixed_eastings(const coverage_input *in, grid_error *err) {
    int above = NO_ZONE;
    for (size_t l = 0; l < in->n_levels; l++) {
        const grid_cover_level *level = &in->level[l].in;
        int zone = zone_prefix(level->shapes);
        if (zone == MIXED_ZONES)
            return grid_hint(err,
                             grid_fail(err, GRID_E_INPUT, level->name,
                                       "some of its eastings begin with a zone, others do not; "
                                       "they cannot be compared"),
                             "%s", to_one_crs);
        if (zone >= 0 && above >= 0 && zone != above)
            return grid_hint(err,
                             grid_fail(err, GRID_E_INPUT, level->name,
                                       "its eastings begin with zone %d, those above with zone %d "
                                       "(0: no zone prefix); they cannot be compared",
                                       zone, above),
                             "%s", to_one_crs);
        above = zone >= 0 ? zone : above;
    }
    return GRID_OK;
}

static grid_status refuse_mixed_crs(coverage_input *in, grid_error *err) {
    for (size_t l = 0; l < in->n_levels; l++) {
        const char *crs = in->level[l].layer->crs;
        if (crs == NULL)
            continue;
        if (in->crs == NULL && (in->crs = strdup(crs)) == NULL)
            return grid_fail_nomem(err);
        grid_crs_transform *transform;
        GRID_TRY(grid_crs_transform_new(crs, in->crs, &transform, err));
        bool same = grid_crs_transform_is_identity(transform);
        grid_crs_transform_free(transform);
        if (same)
            continue;
        grid_fail(err, GRID_E_INPUT, in->level[l].in.name, "it has another CRS than %s",
                  in->level[0].in.name);
        return grid_hint(err, GRID_E_INPUT,
                         "coordinates are compared bit by bit and therefore never transformed; "
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
    out->subject = request->parents.n;
    for (size_t l = 0; l < n; l++) {
        const char *spec = l < out->subject    ? request->parents.at[l]
                           : l == out->subject ? request->subject
                                               : request->within.at[l - out->subject - 1];
        out->n_levels++;
        out->level[l].in.within = l > out->subject;
        GRID_TRY(read_layer(out, spec, request, l == out->subject, ctx, &out->level[l], err));
    }
    if (request->parent_field != NULL && out->subject > 0 &&
        !out->level[out->subject - 1].has_codes) {
        grid_fail(err, GRID_E_INPUT, out->level[out->subject - 1].in.name,
                  "the parent layer has no field for the codes that %s names",
                  request->parent_field);
        return grid_hint(err, GRID_E_INPUT, "--code-field names the field of codes in both");
    }
    GRID_TRY(refuse_mixed_crs(out, err));
    return refuse_mixed_eastings(out, err);
}

/* ---- databases ------------------------------------------------------------------ */

static grid_status read_units(coverage_input *in, grid_store *store, const grid_level *from,
                              coverage_level *level, grid_error *err) {
    GRID_TRY(grid_store_read_units(store, from->level, &level->units, err));
    char *name = grid_arena_text(&in->texts, from->name);
    if (name == NULL)
        return grid_fail_nomem(err);
    level->has_codes = true;
    level->in = (grid_cover_level){name, level->units->shapes, level->units->code,
                                   level->units->parent_code, strcmp(from->how, "record") == 0};
    return GRID_OK;
}

static grid_status read_store(coverage_input *in, grid_store *store, grid_error *err) {
    grid_level *levels;
    size_t n;
    GRID_TRY(grid_store_read_levels(store, &levels, &n, err));
    in->level = GRID_NEW(coverage_level, n);
    in->crs = strdup(grid_store_crs(store));
    grid_status status = no_memory_unless(in->level != NULL && in->crs != NULL, err);
    for (size_t l = 0; l < n && status == GRID_OK; l++) {
        in->n_levels++;
        status = read_units(in, store, &levels[l], &in->level[l], err);
    }
    grid_levels_free(levels);
    return status;
}

static grid_status read_database(const coverage_request *request, coverage_input *out,
                                 grid_error *err) {
    if (request->parents.n > 0 || request->within.n > 0 || request->parent_field != NULL ||
        request->code_field != NULL) {
        grid_fail(err, GRID_E_ARG, request->subject,
                  "a grid database brings its own levels, codes and parents");
        return grid_hint(err, GRID_E_ARG,
                         "to check one layer of it against others, name it as FILE:LAYER");
    }
    grid_store *store;
    GRID_TRY(grid_store_open(request->subject, false, &store, err));
    out->database = true;
    grid_status status = read_store(out, store, err);
    grid_store_close(store);
    return status;
}

/* ---- order ---------------------------------------------------------------------- */

static int compare_rows(const void *a, const void *b, void *user) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    const char *const *code = user;
    int order = strcmp(code[x], code[y]);
    return order != 0 ? order : x < y ? -1 : x > y;
}

static bool is_sorted(const coverage_level *level, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (level->row[i] != i)
            return false;
    return true;
}

static const char *const *in_order(coverage_input *in, const coverage_level *level,
                                   const char *const *texts) {
    size_t n = level->in.shapes->n;
    const char **out = grid_arena_alloc(&in->texts, (n + 1) * sizeof *out);
    for (size_t i = 0; i < n && out != NULL; i++)
        out[i] = texts[level->row[i]];
    return out;
}

/* By code, so that the order of rows does not show in anything that follows. */
static grid_status sort_level(coverage_input *in, coverage_level *level, grid_error *err) {
    const grid_shapes *shapes = level->in.shapes;
    level->row = GRID_NEW(size_t, shapes->n);
    if (level->row == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < shapes->n; i++)
        level->row[i] = i;
    if (level->has_codes)
        qsort_r(level->row, shapes->n, sizeof *level->row, compare_rows, (void *)level->in.code);
    if (is_sorted(level, shapes->n))
        return GRID_OK;
    level->sorted = grid_shapes_new();
    bool done = level->sorted != NULL;
    for (size_t i = 0; i < shapes->n && done; i++)
        done = grid_shapes_copy(level->sorted, shapes, level->row[i]);
    if (!done)
        return grid_fail_nomem(err);
    level->in.code = in_order(in, level, level->in.code);
    if (level->in.parent_code != NULL)
        level->in.parent_code = in_order(in, level, level->in.parent_code);
    level->in.shapes = level->sorted;
    return no_memory_unless(level->in.code != NULL, err);
}

/* ---- units of length, and a declared lattice ------------------------------------ */

coverage_scale coverage_scale_at(const coverage_input *in, grid_xy at) {
    const double radius = 6378137, e2 = 0.00669438002290, degree = 3.14159265358979323846 / 180;
    if (!in->geographic || !(fabs(at.y) < 90))
        return (coverage_scale){in->metres_per_unit, in->metres_per_unit};
    double s = sin(at.y * degree), w = 1 - e2 * s * s;
    return (coverage_scale){radius / sqrt(w) * cos(at.y * degree) * degree,
                            radius * (1 - e2) / (w * sqrt(w)) * degree};
}

/* NAN where only degrees would ask. */
static grid_xy middle_of(const coverage_input *in) {
    grid_box box = grid_box_empty();
    for (size_t l = 0; l < in->n_levels && in->geographic; l++)
        grid_shapes_box_finite(in->level[l].in.shapes, &box);
    return (grid_xy){(box.min_x + box.max_x) / 2, (box.min_y + box.max_y) / 2};
}

static grid_status find_units(coverage_input *in, grid_error *err) {
    enum { METRES_PER_DEGREE = 111320 };
    in->metres_per_unit = 1;
    grid_crs_info info;
    if (in->crs != NULL) {
        GRID_TRY(grid_crs_check(in->crs, &info, err));
        in->geographic = info.geographic;
        in->metres_per_unit = info.geographic ? METRES_PER_DEGREE : info.metres_per_unit;
    }
    in->scale = coverage_scale_at(in, middle_of(in));
    return GRID_OK;
}

static double to_lattice(double v, double step) {
    return round(v / step) * step;
}

static grid_status snap_levels(coverage_input *in, double lattice_m, grid_error *err) {
    double step = lattice_m / in->metres_per_unit;
    for (size_t l = 0; l < in->n_levels; l++) {
        coverage_level *level = &in->level[l];
        if (level->sorted == NULL) {
            level->sorted = grid_shapes_new();
            bool done = level->sorted != NULL;
            for (size_t f = 0; f < level->in.shapes->n && done; f++)
                done = grid_shapes_copy(level->sorted, level->in.shapes, f);
            if (!done)
                return grid_fail_nomem(err);
            level->in.shapes = level->sorted;
        }
        for (size_t i = 0; i < level->sorted->n_xy; i++) {
            grid_xy *p = &level->sorted->xy[i];
            *p = (grid_xy){to_lattice(p->x, step), to_lattice(p->y, step)};
        }
    }
    return GRID_OK;
}

/* ---- both ----------------------------------------------------------------------- */

grid_status coverage_input_read(const coverage_request *request, const grid_context *ctx,
                                coverage_input *out, grid_error *err) {
    *out = (coverage_input){0};
    if (grid_store_probe(request->subject))
        GRID_TRY(read_database(request, out, err));
    else
        GRID_TRY(read_layers(request, ctx, out, err));
    grid_keep_memory(); /* the searches to come take and give back much; GDAL is done */
    for (size_t l = 0; l < out->n_levels; l++)
        GRID_TRY(sort_level(out, &out->level[l], err));
    GRID_TRY(find_units(out, err));
    return request->lattice_m > 0 ? snap_levels(out, request->lattice_m, err) : GRID_OK;
}

void coverage_input_free(coverage_input *input) {
    for (size_t l = 0; l < input->n_levels; l++) {
        coverage_level *level = &input->level[l];
        free(level->row);
        grid_shapes_free(level->sorted);
        grid_layer_free(level->layer);
        grid_units_free(level->units);
    }
    free(input->level);
    free(input->crs);
    grid_arena_free(&input->texts);
}

grid_cover_level *coverage_levels(const coverage_input *input) {
    grid_cover_level *levels = GRID_NEW(grid_cover_level, input->n_levels);
    for (size_t l = 0; levels != NULL && l < input->n_levels; l++)
        levels[l] = input->level[l].in;
    return levels;
}

const char *coverage_code(const coverage_input *input, size_t level, uint32_t unit) {
    return unit == GRID_NONE ? "" : input->level[level].in.code[unit];
}
