#include "points.h"

#include <grid/io.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/stream.h"
#include "base/text.h"
#include "csv.h"

bool points_is_layer(const char *input) {
    static const char *const extensions[] = {"gpx",     "gpkg", "shp",  "geojson", "kml", "kmz",
                                             "sqlite",  "fgb",  "gml",  "tab",     "mif", "xlsx",
                                             "parquet", "gdb",  "json", "xls",     "ods", "dbf"};
    const char *dot = strrchr(input, '.');
    size_t n = dot ? strcspn(dot + 1, ":") : 0; /* "FILE.gpkg:LAYER" */
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions && n > 0; i++) {
        char extension[16];
        if (n < sizeof extension) {
            memcpy(extension, dot + 1, n);
            extension[n] = '\0';
            if (grid_text_same(extension, extensions[i]))
                return true;
        }
    }
    return false;
}

/* A file called .json is a layer when it begins as a collection does, and else an object a line. */
static bool begins_as_rows(const char *input) {
    if (!grid_text_ends_with(input, ".json"))
        return false;
    if (is_stream(input))
        return true;
    char head[4096];
    FILE *file = fopen(input, "r");
    size_t got = file != NULL ? fread(head, 1, sizeof head - 1, file) : 0;
    if (file != NULL)
        fclose(file);
    head[got] = '\0';
    static const char *const of_layers[] = {"Collection\"", "\"Topology\"", "\"features\"",
                                            "\"geometryType\""}; /* GeoJSON, TopoJSON, Esri */
    for (size_t i = 0; i < sizeof of_layers / sizeof *of_layers; i++)
        if (strstr(head, of_layers[i]) != NULL)
            return false;
    size_t line = strcspn(head, "\r\n");
    return head[0] == '{' && (line == sizeof head - 1 || (line > 1 && head[line - 1] == '}'));
}

bool points_is_input(const char *input, const char *format) {
    return input != NULL && strcmp(format, "auto") == 0 && points_is_layer(input) &&
           !begins_as_rows(input);
}

/* A name for a column of coordinates that no attribute has. */
static const char *fresh_name(const grid_layer *layer, const char *name, char out[32]) {
    snprintf(out, 32, "%s", name);
    for (int k = 2; grid_layer_column(layer, out) != NULL; k++)
        snprintf(out, 32, "%s_%d", name, k);
    return out;
}

static bool put_header(const grid_layer *layer, bool geometry, bytes *out) {
    char name[32];
    for (size_t c = 0; c < layer->n_columns; c++)
        if (!csv_put(out, layer->column[c].name, geometry || c + 1 < layer->n_columns ? ',' : '\n'))
            return false;
    return !geometry || (csv_put(out, fresh_name(layer, "x", name), ',') &&
                         csv_put(out, fresh_name(layer, "y", name), '\n'));
}

/* A feature that is no point has empty coordinates, and so is a bad row. */
static bool put_row(const grid_layer *layer, size_t i, bool geometry, bytes *out) {
    char buffer[32];
    for (size_t c = 0; c < layer->n_columns; c++)
        if (!csv_put(out, grid_column_text(&layer->column[c], i, buffer),
                     geometry || c + 1 < layer->n_columns ? ',' : '\n'))
            return false;
    if (!geometry)
        return true;
    const grid_shapes *s = layer->shapes;
    if (s->kind[i] != GRID_SHAPE_POINT || s->part_start[i] == s->part_start[i + 1])
        return csv_put(out, "", ',') && csv_put(out, "", '\n');
    grid_xy p = s->xy[s->xy_start[s->chain_start[s->part_start[i]]]];
    grid_text_from_double(buffer, p.x);
    if (!csv_put(out, buffer, ','))
        return false;
    grid_text_from_double(buffer, p.y);
    return csv_put(out, buffer, '\n');
}

static size_t count_kind(const grid_layer *layer, grid_shape_kind kind) {
    size_t n = 0;
    for (size_t i = 0; i < layer->n; i++)
        n += layer->shapes->kind[i] == kind;
    return n;
}

/* GPX has five layers, of which few are used: the only one with points is meant. */
static grid_status find_gpx_layer(const char *spec, const grid_context *ctx, const char **out,
                                  grid_error *err) {
    static const char *const names[] = {"waypoints", "track_points", "route_points"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const grid_layer_options options = {.layer = names[i]};
        grid_layer *layer;
        GRID_TRY(grid_layer_read(spec, &options, NULL, &layer, err));
        bool used = layer->n > 0;
        grid_layer_free(layer);
        if (used && *out != NULL)
            return *out = NULL, GRID_OK; /* more than one: the reader asks which */
        *out = used ? names[i] : *out;
    }
    if (*out != NULL)
        grid_find(ctx, GRID_NOTE, "layer", spec, "points are taken from its layer %s", *out);
    return GRID_OK;
}

static grid_status check_points(const grid_layer *layer, bool *geometry, grid_error *err) {
    bool points = count_kind(layer, GRID_SHAPE_POINT) > 0;
    bool others = count_kind(layer, GRID_SHAPE_NONE) < layer->n;
    if (*geometry && others && !points)
        return grid_hint(
            err, grid_fail(err, GRID_E_INPUT, layer->path, "layer %s has no points", layer->name),
            "columns with coordinates, if it has any, are chosen with --x and --y");
    *geometry &= points || layer->n == 0;
    return GRID_OK;
}

grid_status points_read(const char *spec, const char *layer_name, bool geometry,
                        const grid_context *ctx, points_table *out, grid_error *err) {
    *out = (points_table){0};
    if (layer_name == NULL && grid_text_ends_with(spec, ".gpx"))
        GRID_TRY(find_gpx_layer(spec, ctx, &layer_name, err));
    const grid_layer_options options = {.layer = layer_name};
    grid_layer *layer;
    GRID_TRY(grid_layer_read(spec, &options, ctx, &layer, err));
    grid_status status = check_points(layer, &geometry, err);
    bool ok = status == GRID_OK && put_header(layer, geometry, &out->text);
    for (size_t i = 0; ok && i < layer->n; i++)
        ok = put_row(layer, i, geometry, &out->text);
    ok = ok && bytes_reserve(&out->text, 1);
    if (ok)
        out->text.at[out->text.n] = '\0';
    if (ok && geometry) {
        snprintf(out->x, sizeof out->x, "%zu", layer->n_columns + 1);
        snprintf(out->y, sizeof out->y, "%zu", layer->n_columns + 2);
        if (layer->crs != NULL)
            ok = (out->crs = strdup(layer->crs)) != NULL;
    }
    grid_layer_free(layer);
    if (!ok)
        points_free(out);
    return ok ? GRID_OK : status != GRID_OK ? status : grid_fail_nomem(err);
}

void points_free(points_table *table) {
    free(table->text.at);
    free(table->crs);
    *table = (points_table){0};
}
