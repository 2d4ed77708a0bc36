/*
 * crossing.h - exact decisions about where two segments cross, without ever computing the place.
 */
#ifndef GRID_SRC_COVER_CROSSING_H
#define GRID_SRC_COVER_CROSSING_H

#include "cover/arrange.h"

/** Segments `one` and `two`, or their lines, cross a -> b between its ends: -1 when `one` does so
 * first, 0 when both do at one place. */
int crossing_compare(grid_xy a, grid_xy b, arrange_segment one, arrange_segment two);

/** On which side of c -> d, which is not along a -> b, the place is where `line` crosses a -> b: 1
 * left, -1 right, 0 on its line. */
int crossing_side(grid_xy a, grid_xy b, arrange_segment line, grid_xy c, grid_xy d);

#endif
