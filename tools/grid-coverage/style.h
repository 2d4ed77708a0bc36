/*
 * style.h - how QGIS shows defects: by severity, with what they are called.
 */
#ifndef GRID_COVERAGE_STYLE_H
#define GRID_COVERAGE_STYLE_H

#include <grid/geom.h>

/* The style of a layer of such shapes as QGIS keeps it; free with free(). NULL without memory. */
char *coverage_style(grid_shape_kind kind);

#endif
