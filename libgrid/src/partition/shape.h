/*
 * shape.h - what a grid costs for being long, ragged or hollow.
 */
#ifndef GRID_SRC_PARTITION_SHAPE_H
#define GRID_SRC_PARTITION_SHAPE_H

#include <stdint.h>

/** Price of a grid by its area and perimeter; 0 for a round one, and where no area is known. */
int64_t shape_price(int64_t area_dm2, int64_t perimeter_mm);

#endif
