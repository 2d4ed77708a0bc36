/*
 * points.h - points of any OGR source (GPX, GeoPackage, shapefile ...) as a table.
 */
#ifndef GRID_LOCATE_POINTS_H
#define GRID_LOCATE_POINTS_H

#include <grid/base.h>

#include "pipeline.h"

/** True when the input's name says that it is a layer and not a table of text. */
bool points_is_layer(const char *input);

/** True when the input (NULL for none) is a layer: its name says so, and neither --format nor its
 *  beginning says that it is text. */
bool points_is_input(const char *input, const char *format);

/** A layer of points as a table. */
typedef struct points_table {
    bytes text;        /**< CSV with a header */
    char *crs;         /**< of its geometries; NULL when it names none */
    char x[24], y[24]; /**< numbers of the columns of the geometries; "" when there are none */
} points_table;

/**
 * Reads a layer: its attributes and, when `geometry` is wanted and there is any, columns x and y in
 * the layer's own CRS. Of a GPX file without a layer's name the one with points is taken, and said
 * to be. A layer of lines or areas alone is refused.
 */
grid_status points_read(const char *spec, const char *layer, bool geometry, const grid_context *ctx,
                        points_table *out, grid_error *err);
void points_free(points_table *table);

#endif
