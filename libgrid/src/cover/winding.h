/*
 * winding.h - how often a feature covers the place just beside a point, exactly, also when
 * the point is on the feature's outline.
 */
#ifndef GRID_SRC_COVER_WINDING_H
#define GRID_SRC_COVER_WINDING_H

#include <grid/geom.h>

/**
 * The winding number of area feature f (outer rings counter-clockwise, holes clockwise, whatever
 * they are) at a place immediately left of the way from v to q, near v. v differs from q.
 */
int winding_beside(const grid_shapes *shapes, size_t f, grid_xy v, grid_xy q);

/** Calls `fn` for every edge of area feature f, directed so that the inside is on its left. */
typedef bool inward_edge_fn(void *user, grid_xy a, grid_xy b, size_t vertex);
bool each_inward_edge(const grid_shapes *shapes, size_t f, inward_edge_fn *fn, void *user);

#endif
