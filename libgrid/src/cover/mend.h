/*
 * mend.h - repair below one parent: every narrow face that is covered too often or not at all is
 * given to one unit, and the outlines are read off the arrangement again.
 */
#ifndef GRID_SRC_COVER_MEND_H
#define GRID_SRC_COVER_MEND_H

#include "base/vec.h"
#include "cover/region.h"
#include "cover/ring.h"

/** A vertex that the edge a - b of a parent needs, because units meet there. */
typedef struct mend_insert {
    grid_xy a, b, at;
} mend_insert;

/** What is wanted and what became of a level. */
typedef struct mend_level {
    double tolerance;
    bool all;
    bool puts_off;                /**< cuts from crossings, and with them their gaps */
    const double *priority;       /**< per child; NULL */
    const bool *simple;           /**< per child: its rings may be worked with */
    grid_shapes *mended;          /**< new geometries */
    uint32_t *mended_of;          /**< per child: in `mended`; GRID_NONE */
    GRID_VEC(mend_insert) insert; /**< edge by edge, in order from a to b */
    ring_scratch *scratch;
    bool changed;
    bool put_off; /**< gaps were left to a later round */
} mend_level;

GRID_MUST_USE grid_status mend_group(mend_level *mend, const region_level *level, uint32_t group,
                                     const residual_edge *edges, size_t n, grid_error *err);

/** Writes unit f anew from its own edges, which drops spikes. */
GRID_MUST_USE grid_status mend_spikes(mend_level *mend, const grid_shapes *children, uint32_t f,
                                      grid_error *err);

#endif
