/*
 * ground.h - the base cells and borders of a grid database whose units were repaired.
 */
#ifndef GRID_COVERAGE_GROUND_H
#define GRID_COVERAGE_GROUND_H

#include "input.h"

/**
 * Fits cells and borders to the units as they are now: every cell is parted along them, ground
 * that has no cell goes to the one beside it in the same unit, and borders keep the class of the
 * road, wall or border that they run along. Counts stay with the cell that most of the old one is.
 */
grid_status ground_refit(grid_store *store, const coverage_input *in, grid_error *err);

#endif
