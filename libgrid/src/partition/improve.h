/*
 * improve.h - annealed improvement of a division: neighbouring grids are put together and cut anew
 * along random trees, and single nodes move across borders.
 * Source: D. DeFord, M. Duchin, J. Solomon, "Recombination: A Family of Markov Chains for
 * Redistricting", Harvard Data Science Review 3.1 (2021); here as an optimiser.
 */
#ifndef GRID_SRC_PARTITION_IMPROVE_H
#define GRID_SRC_PARTITION_IMPROVE_H

#include "partition/net.h"

typedef struct improve_plan {
    unsigned rounds;
    unsigned trees;       /* drawn for each cut */
    double hot;           /* first temperature, in metres of border of price 1; the last is 0 */
    bool fixed_count;     /* the number of grids must stay */
    const uint32_t *home; /* in an update: per node its old grid, compared with net.id; or NULL */
    int64_t move_m;       /* what each household away from it costs, in metres of border */
} improve_plan;

/** Improves `g`, ending at the best division met. False when memory ran out. */
GRID_MUST_USE bool improve(net *g, const improve_plan *plan, random_source *random,
                           const grid_context *ctx);

#endif
