/*
 * polish.h - exact search over a few neighbouring grids at a time: what is left to gain where cells
 * are coarse and a random tree seldom has the one good cut.
 * Source: D. Pisinger, S. Ropke, "Large Neighborhood Search", in: Handbook of Metaheuristics
 * (2010); here the set partition of exact.h searches each neighbourhood.
 */
#ifndef GRID_SRC_PARTITION_POLISH_H
#define GRID_SRC_PARTITION_POLISH_H

#include "partition/net.h"
#include "partition/random.h"

typedef struct polish_plan {
    size_t limit;     /* of the work on each group of grids, as in exact_solve */
    unsigned rounds;  /* at most; a round that gains nothing is the last */
    bool fixed_count; /* the number of grids must stay */
} polish_plan;

/**
 * Divides groups of 3 and of 8 neighbouring grids anew, each the best way there is, if that is
 * found within the limit; never with more of them out of range. All grids become new ones. False
 * when memory ran out.
 */
GRID_MUST_USE bool polish(net *g, const polish_plan *plan, random_source *random,
                          const grid_context *ctx);

#endif
