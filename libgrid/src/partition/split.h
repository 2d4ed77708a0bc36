/*
 * split.h - cutting a connected set of nodes into a given number of connected grids along random
 * trees, each cut the best of its trees.
 */
#ifndef GRID_SRC_PARTITION_SPLIT_H
#define GRID_SRC_PARTITION_SPLIT_H

#include "partition/rules.h"
#include "partition/tree.h"

/** A set of nodes in runs: grid i of the split has node[start[i]] .. node[start[i + 1] - 1]. */
typedef struct split {
    uint32_t k;
    uint32_t *node;
    uint32_t *start; /* k + 1 */
    int64_t price;   /* borders between the grids, and the own price of each grid */
} split;

/** What a split works with; node holds the set to begin with. */
typedef struct splitter {
    tree tree;
    const rule_set *rules;
    random_source *random;
    unsigned trees; /* drawn for each cut */
    uint32_t *spare;
    uint32_t *part; /* per node of the piece: its part in the split just made */
    bool *inside;   /* per number in the tree's set: on the subtree's side of the best cut */
} splitter;

GRID_MUST_USE bool splitter_init(splitter *s, const piece *p, const rule_set *rules,
                                 random_source *random);
void splitter_free(splitter *s);

/**
 * Cuts out->node[0 .. n-1], a connected set, into k grids. out->start must have room for k + 1
 * entries. False when the set is not connected or has fewer than k nodes.
 */
bool splitter_run(splitter *s, uint32_t n, uint32_t k, split *out);

#endif
