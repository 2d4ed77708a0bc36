/*
 * diagnose.h - why most points may be in no grid.
 */
#ifndef GRID_LOCATE_DIAGNOSE_H
#define GRID_LOCATE_DIAGNOSE_H

#include "header.h"

/** Tries the usual mistakes on some points that were outside, and tells which one explains them. */
void diagnose(const grids *g, const table *t, const char *input, const grid_xy *lost, size_t n,
              const grid_context *ctx);

#endif
