/*
 * tie.h - nodes that no division in range can part: what hangs on the rest by a single node and
 * is too small for a grid of its own must be in that node's grid.
 */
#ifndef GRID_SRC_PARTITION_TIE_H
#define GRID_SRC_PARTITION_TIE_H

#include "partition/piece.h"
#include "partition/rules.h"

/**
 * Fills group[v], numbered from 0 by first nodes; nodes tied together have the same. Returns the
 * number of groups, 0 when memory ran out.
 * Source of the articulation points: J. Hopcroft, R. Tarjan, "Algorithm 447: efficient algorithms
 * for graph manipulation", Communications of the ACM 16 (1973).
 */
uint32_t tie_nodes(const piece *p, const rule_set *rules, uint32_t *group);

#endif
