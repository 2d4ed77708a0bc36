/*
 * geos.h - what libgrid takes from GEOS, in its own terms.
 */
#ifndef GRID_SRC_GEOS_H
#define GRID_SRC_GEOS_H

#include <grid/geom.h>

/** A triangle of points, by their numbers. */
typedef struct grid_triangle {
    uint32_t corner[3];
} grid_triangle;

/**
 * Delaunay triangulation of n different points. Without triangles (fewer than three points, or
 * all on a line) *n_triangles is 0. Triangles come in an order that depends on the points
 * only, each from its smallest corner on. Several threads may call this at once.
 */
GRID_MUST_USE grid_status grid_triangulate(const grid_xy *points, size_t n, grid_triangle **out,
                                           size_t *n_triangles, grid_error *err);

#endif
