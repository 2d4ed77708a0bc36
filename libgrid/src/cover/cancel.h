/*
 * cancel.h - the residual: directed edges of children and parents that do not cancel, found by
 * comparing coordinates, not only their hashes.
 */
#ifndef GRID_SRC_COVER_CANCEL_H
#define GRID_SRC_COVER_CANCEL_H

#include <grid/cover.h>

/** A directed edge that is left over: the unit's inside is on its left. */
typedef struct residual_edge {
    uint32_t vertex;  /**< where its ring's edge starts, in the feature's shapes */
    uint32_t feature; /**< of the children, or the parent itself */
    uint32_t group;   /**< the parent's number */
    bool parent;      /**< an edge of the parent, turned round (it counts negative) */
    bool backwards;   /**< it runs against its ring's direction */
} residual_edge;

typedef struct residual_ends {
    grid_xy a, b;
} residual_ends;

/** From where to where an edge runs; `parents` may be NULL where there are none. */
static inline residual_ends residual_ends_of(const residual_edge *e, const grid_shapes *parents,
                                             const grid_shapes *children) {
    const grid_xy *p = (e->parent ? parents : children)->xy + e->vertex;
    return e->backwards ? (residual_ends){p[1], p[0]} : (residual_ends){p[0], p[1]};
}

/** Adds edges of one level to the verdicts on their parents. */
void residual_count(grid_seam *seam, const grid_shapes *parents, const grid_shapes *children,
                    const residual_edge *edges, size_t n);

/** A level as grid_cover_check takes it, and the groups (parents) that are wanted. */
typedef struct cancel_input {
    const grid_shapes *parents; /**< NULL: one group without a parent */
    const grid_shapes *children;
    const uint32_t *parent_of; /**< NULL: all children are in group 0 */
    size_t n_groups;
    const bool *wanted;          /**< per group */
    const bool *unusable_parent; /**< per parent: leave it out; NULL for none */
    const bool *unusable;        /**< per child: leave it out; NULL for none */
} cancel_input;

typedef struct residual {
    residual_edge *edge; /**< ordered by group and then by place in the input, parents last */
    size_t n;
    bool complete;    /**< none has cancelled */
    uint8_t *mark[2]; /**< a bit per vertex of the children, and of the parents: its edge is here */
} residual;

/** The residual of the wanted groups. Free it also after a failure. */
GRID_MUST_USE grid_status cancel_edges(const cancel_input *input, const grid_context *ctx,
                                       residual *out, grid_error *err);
void residual_free(residual *r);

#endif
