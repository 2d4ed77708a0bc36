/*
 * joined.h - counted points as columns of the grids they are in.
 */
#ifndef GRID_LOCATE_JOINED_H
#define GRID_LOCATE_JOINED_H

#include "tally.h"

/**
 * Writes the units of the main layer, whose shapes `g` must have kept, as a layer in the format
 * that the path's extension names: code, name, points and, if `by` is not NULL, a column n_VALUE
 * for each of its values. What is in no unit is not in the layer.
 */
GRID_MUST_USE grid_status joined_write(const tally *t, const grids *g, const char *by,
                                       const char *path, bool overwrite, grid_error *err);

#endif
