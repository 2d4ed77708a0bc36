/*
 * answer.h - from hits to what is said of a point.
 */
#ifndef GRID_LOCATE_ANSWER_H
#define GRID_LOCATE_ANSWER_H

#include "columns.h"

/**
 * The answer to a point from the hits of all layers, into which the nearest units are put where
 * nearest_m > 0 and the point is in none.
 */
void answer_find(const grids *g, grid_xy p, grid_hit *hits, double nearest_m, answer *out);

#endif
