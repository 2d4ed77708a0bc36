/*
 * counts.h - how many grids each piece gets where a number was demanded.
 */
#ifndef GRID_SRC_PARTITION_COUNTS_H
#define GRID_SRC_PARTITION_COUNTS_H

#include "partition/piece.h"
#include "partition/rules.h"

/**
 * Fills wanted[] per piece: 0 where the number is free. A demand for a region or a street is met
 * exactly, spread so that the grids are as near their targets as possible; what the ranges do not
 * allow is refused with the arithmetic.
 */
GRID_MUST_USE grid_status counts_share(const piece_list *pieces, const rule_set *rules,
                                       const grid_partition_options *options, int64_t *wanted,
                                       grid_error *err);

#endif
