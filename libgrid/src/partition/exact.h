/*
 * exact.h - the proof for pieces of few, coarse cells: every connected set that may be a grid is
 * enumerated, and the cheapest way to make up the piece from such sets is found by branch and
 * bound under a Lagrangian bound.
 * Sources: R. S. Garfinkel, G. L. Nemhauser, "Optimal Political Districting by Implicit Enumeration
 * Techniques", Management Science 16 (1970); A. Mehrotra, E. Johnson, G. Nemhauser, "An
 * Optimization Based Heuristic for Political Districting", Management Science 44 (1998).
 */
#ifndef GRID_SRC_PARTITION_EXACT_H
#define GRID_SRC_PARTITION_EXACT_H

#include "partition/net.h"

enum { EXACT_MOST_NODES = 128 };

/** Grids with a cell that is above a hard maximum alone count as in range here. */
typedef enum exact_verdict {
    EXACT_GAVE_UP,    /* the work limit was reached, or the piece is too large */
    EXACT_OPTIMAL,    /* all in range, and no division in range has a lower price */
    EXACT_INFEASIBLE, /* no division has all grids in range */
    EXACT_LEAST_OUT,  /* no division has all in range, and none has a lower price */
} exact_verdict;

typedef struct exact_result {
    exact_verdict verdict;
    uint32_t k;
    uint32_t *label; /* caller's, one per node: the best division met, when k > 0 */
    uint32_t *id; /* the same with `home`: per grid the old grid that lives on in it; GRID_NONE */
} exact_result;

/** What it costs node v to leave its old grid: so much that no border is worth a household. */
int64_t exact_move_price(const piece *p, const uint32_t *home, uint32_t v, uint32_t id);

/**
 * Looks for the best division of g's piece, starting from what g holds. `home` adds the price of
 * nodes away from their old grids; NULL outside updates. `wanted` is the exact number
 * of grids or 0; `limit` bounds the work, in sets enumerated and branches tried. False when
 * memory ran out.
 */
GRID_MUST_USE bool exact_solve(const net *g, const uint32_t *home, int64_t wanted, size_t limit,
                               exact_result *out);

#endif
