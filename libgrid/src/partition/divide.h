/*
 * divide.h - the division of one piece: compounds whole while that can be, and in an update from
 * the old grids.
 */
#ifndef GRID_SRC_PARTITION_DIVIDE_H
#define GRID_SRC_PARTITION_DIVIDE_H

#include "partition/solve.h"

/** Divides a piece into `wanted` grids, or as many as suit when 0. False when memory ran out. */
GRID_MUST_USE bool divide_piece(const piece *p, const grid_partition_options *options,
                                const rule_set *rules, int64_t wanted, const grid_context *ctx,
                                piece_result *out);

#endif
