/*
 * arrange_build.h - what the halves of building an arrangement share: arrange.c makes its edges and
 * the ways round its nodes, arrange_faces.c its faces.
 */
#ifndef GRID_SRC_COVER_ARRANGE_BUILD_H
#define GRID_SRC_COVER_ARRANGE_BUILD_H

#include "base/vec.h"
#include "cover/arrange_split.h"

/** Half-edges that have one face on their left. */
typedef struct traced_cycle {
    uint32_t begin; /**< where they start in the ring; they end where the next cycle starts */
    uint32_t component;
    int32_t rise; /**< height over some cycle of the component, then over the outer face */
} traced_cycle;

/** What is only needed while building. */
typedef struct builder {
    arrangement *a;
    arrange_pieces pieces;
    uint32_t *half_of;  /**< per piece: the half-edge that runs its way; NULL: 2 piece */
    uint32_t *next;     /**< per half-edge: the one after it along the face on the left */
    uint32_t *cycle_of; /**< per half-edge */
    GRID_VEC(traced_cycle) cycle;
    uint32_t *corner;       /**< per component: from its smallest node by x, then y */
    uint32_t *outer_cycle;  /**< per component */
    uint32_t *cycle_around; /**< per component: of the face it lies in; GRID_NONE */
    uint32_t *face_of;      /**< per cycle */
    grid_box *box;          /**< per component */
} builder;

/** 1 when w points to the left of v, -1 to the right; exact. */
int way_turn(arrange_way v, arrange_way w);

static inline uint32_t half_of_piece(const builder *b, uint32_t piece) {
    return b->half_of != NULL ? b->half_of[piece] : 2 * piece;
}

/** From edges and `next` to faces. */
GRID_MUST_USE grid_status arrange_faces(builder *b, grid_error *err);

#endif
