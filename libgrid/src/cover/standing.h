/*
 * standing.h - the directed edges that nothing cancels: marked one by one in any order, and listed
 * group by group.
 */
#ifndef GRID_SRC_COVER_STANDING_H
#define GRID_SRC_COVER_STANDING_H

#include "cover/cancel.h"

/** A bit per vertex of children or parents: the edge from there stands, and runs backwards. */
typedef struct standing_edges {
    const cancel_input *in;
    uint8_t *stands[2], *backwards[2]; /**< [1]: of the parents */
} standing_edges;

/** The shapes of children or parents. */
static inline const grid_shapes *cancel_side(const cancel_input *in, bool parent) {
    return parent ? in->parents : in->children;
}

/** The group of child or parent f. */
static inline uint32_t cancel_group(const cancel_input *in, size_t f, bool parent) {
    return parent ? (uint32_t)f : in->parent_of != NULL ? in->parent_of[f] : 0;
}

/** Features are numbered through: children, then parents. */
static inline size_t cancel_features(const cancel_input *in) {
    return in->children->n + (in->parents != NULL ? in->parents->n : 0);
}

/** Marks are there after that, none set; free them also after a failure. */
GRID_MUST_USE bool standing_open(standing_edges *e, const cancel_input *in);
void standing_close(standing_edges *e);

void standing_mark(standing_edges *e, bool parent, size_t vertex, bool backwards);

/** The marked edges as cancel_edges orders them; there must be room. False when memory ran out. */
GRID_MUST_USE bool standing_list(const standing_edges *e, residual_edge *out);

#endif
