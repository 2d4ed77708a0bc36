/*
 * explain.h - why a point is answered as it is.
 */
#ifndef GRID_LOCATE_EXPLAIN_H
#define GRID_LOCATE_EXPLAIN_H

#include "grids.h"

/** Prints on stdout, layer by layer, who claims the point, on whose borders it lies and which rule
 *  chose; the nearest unit where it is in none; and the look-up's path. */
grid_status explain_point(const grids *g, const char *crs, grid_xy p, grid_error *err);

#endif
