/*
 * judge.h - how the grids of a piece stand to the rules, and the numbers that say why.
 */
#ifndef GRID_SRC_PARTITION_JUDGE_H
#define GRID_SRC_PARTITION_JUDGE_H

#include "partition/divide.h"

/**
 * Fills status and reason of the grids number[0 .. k-1] of `d`, whose measures are there already.
 * False when memory ran out.
 */
GRID_MUST_USE bool judge_piece(const piece *p, const piece_result *result, const rule_set *rules,
                               const grid_rule *given, const uint32_t *number, grid_division *d);

#endif
