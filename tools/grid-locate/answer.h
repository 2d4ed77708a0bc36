/*
 * answer.h - from hits to what is said of a point.
 */
#ifndef GRID_LOCATE_ANSWER_H
#define GRID_LOCATE_ANSWER_H

#include "columns.h"

/** True when the point is in one unit and on no border: nothing more can be said of it. */
static inline bool answer_is_inside(const grid_hit *hit) {
    return hit->unit != GRID_NONE && hit->claims == 1 && !hit->border;
}

/**
 * The answer to a point from the hits of all layers, into which the nearest units are put where
 * nearest_m > 0 and the point is in none.
 */
void answer_find(const grids *g, grid_xy p, grid_hit *hits, double nearest_m, answer *out);

#endif
