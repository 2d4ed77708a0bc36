/*
 * start.h - the division of a piece that its improvement begins with.
 */
#ifndef GRID_SRC_PARTITION_START_H
#define GRID_SRC_PARTITION_START_H

#include "partition/net.h"
#include "partition/random.h"

/**
 * Divides the piece: the best of what some random trees give when each is cut at its best places,
 * and of cutting one grid or some off after the other, into k. With `fixed` all have k grids. False
 * when memory ran out or the piece has fewer than k nodes.
 */
GRID_MUST_USE bool start(net *g, uint32_t k, bool fixed, unsigned trees, random_source *random);

#endif
