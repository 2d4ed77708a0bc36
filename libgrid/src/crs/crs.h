/* crs.h - what the files of the crs module share. */
#ifndef GRID_SRC_CRS_H
#define GRID_SRC_CRS_H

#include <grid/crs.h>

#include <proj.h>

/** How coordinates of a CRS are shifted against WGS 84. */
typedef enum crs_shift { CRS_PLAIN, CRS_GCJ02, CRS_BD09 } crs_shift;

/** A context that never prints and never goes to the network; NULL when memory ran out. */
PJ_CONTEXT *crs_context_new(void);

/**
 * Understands the text of a CRS; a compound one is reduced to its horizontal part. A shifted CRS
 * gives WGS 84.
 */
grid_status crs_parse(PJ_CONTEXT *context, const char *text, PJ **out, crs_shift *shift,
                      grid_error *err);

/** True for a CRS whose coordinates are angles. `bound` CRSs are looked through. */
bool crs_is_geographic(PJ_CONTEXT *context, const PJ *crs);

/** n points from WGS 84 to GCJ-02 or BD-09 and back, in degrees, in place. */
void crs_shift_apply(crs_shift shift, grid_xy *xy, size_t n);
void crs_shift_undo(crs_shift shift, grid_xy *xy, size_t n);

#endif
