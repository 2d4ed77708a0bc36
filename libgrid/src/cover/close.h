/*
 * close.h - areas whose rings lack their last edge.
 */
#ifndef GRID_SRC_COVER_CLOSE_H
#define GRID_SRC_COVER_CLOSE_H

#include <grid/geom.h>

/** Whether a ring of area feature f does not end where it starts. */
bool has_open_ring(const grid_shapes *shapes, size_t f);

/** A copy with all rings closed; NULL where none is open. */
GRID_MUST_USE grid_status close_rings(const grid_shapes *shapes, grid_shapes **out,
                                      grid_error *err);

#endif
