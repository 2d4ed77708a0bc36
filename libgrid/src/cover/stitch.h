/*
 * stitch.h - from directed edges with the inside on their left to rings, shells and holes.
 */
#ifndef GRID_SRC_COVER_STITCH_H
#define GRID_SRC_COVER_STITCH_H

#include "base/vec.h"

#include <grid/geom.h>

typedef struct stitch_edge {
    grid_xy a, b;
    uint64_t key; /**< rings start at their smallest key and are ordered by it */
    bool drop_a;  /**< a is to be left out of the ring */
} stitch_edge;

typedef GRID_VEC(stitch_edge) stitch_edges;

/**
 * Appends one area feature made of the edges; opposite ones cancel first. With `clockwise`
 * outer rings turn that way. Sets *whole when every edge found its place in a ring with area.
 * False when memory ran out.
 */
bool stitch(stitch_edges *edges, bool clockwise, grid_shapes *out, bool *whole);

#endif
