/*
 * sweep.h - which edge lies directly below each of many points: one sweep from west to east
 * over noded edges, exact, O((edges + points) log edges).
 */
#ifndef GRID_SRC_SWEEP_H
#define GRID_SRC_SWEEP_H

#include <grid/plane.h>

/**
 * below[i] becomes the edge on or directly below points[i], GRID_NONE for none. The points must be
 * ordered by x, then y; an edge that ends or begins at a point is not below it. Uses
 * vertex and origin of the plane only. Fails with GRID_E_ARG when it meets edges that cross.
 */
GRID_MUST_USE grid_status grid_sweep_below(const grid_plane *plane, const grid_ixy *points,
                                           size_t n, uint32_t *below, grid_error *err);

/** Order by x, then y. */
static inline int grid_ixy_compare(grid_ixy a, grid_ixy b) {
    return a.x != b.x ? (a.x < b.x ? -1 : 1) : (a.y > b.y) - (a.y < b.y);
}

#endif
