/* crs.h - what the files of the crs module share. */
#ifndef GRID_SRC_CRS_H
#define GRID_SRC_CRS_H

#include <grid/crs.h>

#include <proj.h>

#include "crs/shift.h"

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

#endif
