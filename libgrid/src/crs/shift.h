/*
 * shift.h - the shifted coordinates of Chinese web maps, without PROJ.
 */
#ifndef GRID_SRC_SHIFT_H
#define GRID_SRC_SHIFT_H

#include <grid/geom.h>

/** How coordinates of a CRS are shifted against WGS 84. */
typedef enum crs_shift { CRS_PLAIN, CRS_GCJ02, CRS_BD09 } crs_shift;

/** The shift that a text names; CRS_PLAIN for all that is none. */
crs_shift crs_shift_named(const char *text);

/** n points from WGS 84 to GCJ-02 or BD-09 and back, in degrees, in place. */
void crs_shift_apply(crs_shift shift, grid_xy *xy, size_t n);
void crs_shift_undo(crs_shift shift, grid_xy *xy, size_t n);

#endif
