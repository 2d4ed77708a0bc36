/*
 * tree_cut.h - the cheapest division of a set along a tree that was drawn on it.
 */
#ifndef GRID_SRC_PARTITION_TREE_CUT_H
#define GRID_SRC_PARTITION_TREE_CUT_H

#include "partition/rules.h"
#include "partition/tree.h"

/**
 * Cuts edges out of the tree so that what falls apart costs least: the price of every cut, and the
 * price that the rules put on every part. Exact for the tree, but for this: a cut is priced as if
 * it were the only one; weights are counted in steps of about half a hundredth of the range's
 * maximum, by the first hard rule (else the first), with the other measures in the mix of
 * the set; shapes are not looked at. `charge` is added for every part. Fills part[] per number in
 * the set, 0 .. *k-1; *k is 0 where no rule bounds the weight. False when memory ran out.
 *
 * Source: the knapsack on trees, e.g. J. A. Lukes, "Efficient Algorithm for the Partitioning of
 * Trees", IBM Journal of Research and Development 18 (1974).
 */
GRID_MUST_USE bool tree_cut(const tree *t, const rule_set *rules, int64_t charge, uint32_t *part,
                            uint32_t *k);

#endif
