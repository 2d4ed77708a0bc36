/*
 * exact.h - the answer for one point by exact arithmetic on the original coordinates.
 */
#ifndef GRID_LOCATE_EXACT_H
#define GRID_LOCATE_EXACT_H

#include "locate/image.h"

/** Where an exact answer starts from: a face that is known, and the edges on the way from there. */
typedef struct exact_start {
    face known;
    grid_xy anchor; /**< where it is known; not used without edges */
    const uint32_t *edge;
    size_t n_edges;
} exact_start;

/** Start for a point whose descent ended at this tile, or at a face. */
exact_start exact_from_tile(const nest_view *n, const border_tile *t, uint32_t x, uint32_t y);
exact_start exact_from_face(face f);

/** The answer of one of the nest's layers. */
grid_hit exact_hit(const nest_view *n, const layer_view *layer, const exact_start *start,
                   grid_xy p);

#endif
