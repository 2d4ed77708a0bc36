/*
 * styles.h - styles of a GeoPackage's layers, in the table where QGIS looks for them.
 */
#ifndef GRID_TOOLS_STYLES_H
#define GRID_TOOLS_STYLES_H

#include <grid/io.h>

#include "base/arena.h"

enum { TOOL_STYLE_FIELDS = 12 };

/**
 * The table layer_styles: layer[i] is shown with the text qml[i]. Both are borrowed; `field` is
 * filled and what it refers to lies in the arena.
 */
grid_status tool_styles_table(const char *const *layer, const char *const *qml, size_t n,
                              grid_arena *arena, grid_field field[TOOL_STYLE_FIELDS],
                              grid_layer_out *out, grid_error *err);

#endif
