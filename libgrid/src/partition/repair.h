/*
 * repair.h - an update of one piece: starts from the old grids and moves only what brings grids
 * back into range.
 */
#ifndef GRID_SRC_PARTITION_REPAIR_H
#define GRID_SRC_PARTITION_REPAIR_H

#include "partition/net.h"
#include "partition/random.h"

/** Whether any node of the piece has an old grid. */
bool repair_has_old(const piece *p);

/**
 * Makes the old grids, whose largest connected parts keep their numbers, the division of `g`; what
 * has no old grid joins its neighbours. False when memory ran out.
 */
GRID_MUST_USE bool repair_start(net *g);

/**
 * Changes what is near grids out of range, until none is if that can be; where nothing is gained,
 * all stays as it was. False when memory ran out.
 */
GRID_MUST_USE bool repair(net *g, unsigned effort, bool fixed_count, random_source *random,
                          const grid_context *ctx);

/** Gives the grids of `label` the numbers of the old grids that they have most of, each once. */
GRID_MUST_USE bool repair_name(const piece *p, const uint32_t *label, uint32_t k, uint32_t *id);

#endif
