#include "points.h"

#include <grid/io.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "csv.h"

bool points_is_layer(const char *input) {
    static const char *const extensions[] = {"gpx", "gpkg",   "shp",     "geojson", "kml",
                                             "kmz", "sqlite", "fgb",     "gml",     "tab",
                                             "mif", "xlsx",   "parquet", "gdb",     "json"};
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

static bool put_header(const grid_layer *layer, bytes *out) {
    for (size_t c = 0; c < layer->n_columns; c++)
        if (!csv_put(out, layer->column[c].name, ','))
            return false;
    return csv_put(out, "x", ',') && csv_put(out, "y", '\n');
}

/* A feature that is no point has empty coordinates, and so is a bad row. */
static bool put_row(const grid_layer *layer, size_t i, bytes *out) {
    char buffer[32];
    for (size_t c = 0; c < layer->n_columns; c++)
        if (!csv_put(out, grid_column_text(&layer->column[c], i, buffer), ','))
            return false;
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

grid_status points_read(const char *spec, const char *layer_name, const char *src_crs,
                        const grid_context *ctx, bytes *out, char **crs, grid_error *err) {
    const grid_layer_options options = {.layer = layer_name, .src_crs = src_crs};
    grid_layer *layer;
    *crs = NULL;
    GRID_TRY(grid_layer_read(spec, &options, ctx, &layer, err));
    bool ok = put_header(layer, out);
    for (size_t i = 0; ok && i < layer->n; i++)
        ok = put_row(layer, i, out);
    if (ok && layer->crs != NULL)
        ok = (*crs = strdup(layer->crs)) != NULL;
    grid_layer_free(layer);
    return ok ? GRID_OK : grid_fail_nomem(err);
}
