/*
 * ring.h - whether a feature's rings bound an area: rings closed and without spikes, no two edges
 * that cross or run along each other, holes inside and parts outside one another. Then every
 * point off the rings is covered once or not at all, which the certificate rests on.
 */
#ifndef GRID_SRC_COVER_RING_H
#define GRID_SRC_COVER_RING_H

#include "cover/pairs.h"

typedef enum ring_fault {
    RING_EMPTY,     /**< no area geometry, or a ring without a point */
    RING_BAD,       /**< NaN, infinite, or out of all proportion */
    RING_UNCLOSED,  /**< the last point is not the first */
    RING_SPIKE,     /**< the ring turns back along itself */
    RING_CROSSING,  /**< two edges of a ring cross */
    RINGS_CROSSING, /**< edges of two rings cross */
    RING_ALONG,     /**< two edges share more than points */
    RING_MISPLACED, /**< a hole outside its shell, a part or hole inside another */
    RING_FAULTS
} ring_fault;

/** Called for every fault with a place; false ends the check. */
typedef bool ring_report(void *user, ring_fault fault, grid_xy at);

/** Memory that is used again from feature to feature. Zeroed to start with. */
typedef struct ring_scratch ring_scratch;
ring_scratch *ring_scratch_new(void);
void ring_scratch_free(ring_scratch *scratch);

/** Checks area feature f. Fails only for want of memory. */
GRID_MUST_USE grid_status ring_check(const grid_shapes *shapes, size_t f, ring_scratch *scratch,
                                     ring_report *report, void *user, grid_error *err);

#endif
