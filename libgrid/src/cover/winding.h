/*
 * winding.h - how often a feature covers the place just beside a point, exactly, also when
 * the point is on the feature's outline.
 */
#ifndef GRID_SRC_COVER_WINDING_H
#define GRID_SRC_COVER_WINDING_H

#include "cover/arrange.h"

/** A place on the way from `from` to `to`: where `line` crosses it, or at `from` itself. */
typedef struct winding_place {
    grid_xy from, to;
    bool at_crossing;
    arrange_segment line;
} winding_place;

/**
 * The winding number of area feature f (outer rings counter-clockwise, holes clockwise, whatever
 * they are) immediately left of the way, just beyond the place.
 */
int winding_beside(const grid_shapes *shapes, size_t f, const winding_place *place);

/** Calls `fn` for every edge of area feature f, directed so that the inside is on its left. */
typedef bool inward_edge_fn(void *user, grid_xy a, grid_xy b, size_t vertex);
bool each_inward_edge(const grid_shapes *shapes, size_t f, inward_edge_fn *fn, void *user);

#endif
