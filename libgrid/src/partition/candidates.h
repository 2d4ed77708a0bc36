/*
 * candidates.h - every connected set of nodes that may be a grid.
 */
#ifndef GRID_SRC_PARTITION_CANDIDATES_H
#define GRID_SRC_PARTITION_CANDIDATES_H

#include "base/vec.h"
#include "partition/mask.h"

/** A connected set that may be a grid. Costs are doubled: every border has two sides. */
typedef struct candidate {
    mask nodes;
    int64_t cost;
    int64_t reduced; /* cost less the prices of its nodes */
    uint32_t id;     /* in an update: the old grid that lives on in it; GRID_NONE */
} candidate;

typedef struct candidates {
    const piece *p;
    const rule_set *rules;
    const uint32_t *home;
    bool all; /**< sets out of range are candidates too */
    mask neighbour[EXACT_MOST_NODES];
    mask every, heavy;
    size_t work, limit;
    bool no_memory;
    GRID_VEC(candidate) sets;
    size_t first[EXACT_MOST_NODES + 1]; /**< sets by their lowest node */
} candidates;

/** The nodes of `inside` that are connected with `from`, one of them. */
mask candidates_flood(const candidates *c, mask inside, uint32_t from);

/** What the nodes have together. */
void candidates_weigh(const candidates *c, mask nodes, int64_t *w);

/** Whether some number of grids suits a part, or a cell in it excuses it. */
bool candidates_have_count(const candidates *c, const mask *part, const int64_t *w);

/** Fills the sets. False when the work limit is reached or memory ran out. */
GRID_MUST_USE bool candidates_enumerate(candidates *c);

#endif
