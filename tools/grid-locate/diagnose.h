/*
 * diagnose.h - why points may be where no grid is: the usual mistakes with coordinates.
 */
#ifndef GRID_LOCATE_DIAGNOSE_H
#define GRID_LOCATE_DIAGNOSE_H

#include "header.h"

enum { MAX_LOST = 64 };

/** The first points that are far from the grids, as they were read. */
typedef struct lost_points {
    size_t n;
    uint64_t total; /**< with those that there was no room for */
    grid_xy at[MAX_LOST];
    size_t line[MAX_LOST];
} lost_points;

void lost_points_add(lost_points *lost, grid_xy p, size_t line);

/** True when the point (in the CRS of the grids) is so far from them that its coordinates are
 *  likely to be read wrongly. */
bool is_far_from(const grids *g, grid_xy p);

/**
 * Tries the usual mistakes (axes exchanged, another CRS or zone, a zone's number too much, degrees
 * for metres) and tells which one explains most of the points or, when most rows of the input are
 * well, which one explains each.
 */
void diagnose(const grids *g, const char *crs, const char *input, const lost_points *lost,
              bool most_rows, const grid_context *ctx);

#endif
