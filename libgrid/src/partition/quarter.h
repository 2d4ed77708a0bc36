/*
 * quarter.h - very large pieces (a street without communities, a whole city) are first cut into
 * quarters of a few dozen grids along the dearest-to-cross lines, which are then pieces of their
 * own and divided side by side.
 */
#ifndef GRID_SRC_PARTITION_QUARTER_H
#define GRID_SRC_PARTITION_QUARTER_H

#include "partition/piece.h"
#include "partition/rules.h"

/** Replaces the large pieces of the list by their quarters. */
GRID_MUST_USE grid_status quarter_pieces(piece_list *list, const rule_set *rules,
                                         const grid_partition_options *options, grid_error *err);

#endif
