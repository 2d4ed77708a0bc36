/*
 * points.h - points of any OGR source (GPX, GeoPackage, shapefile ...) as a table.
 */
#ifndef GRID_LOCATE_POINTS_H
#define GRID_LOCATE_POINTS_H

#include <grid/base.h>

#include "pipeline.h"

/** True when the input's name says that it is a layer and not a table of text. */
bool points_is_layer(const char *input);

/**
 * Reads a point layer as CSV: its attributes, then columns x and y in the layer's own CRS, which
 * *crs gets (the caller frees it; NULL when the layer names none).
 */
grid_status points_read(const char *spec, const char *layer, const char *src_crs,
                        const grid_context *ctx, bytes *out, char **crs, grid_error *err);

#endif
