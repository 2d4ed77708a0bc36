/*
 * levels.h - the units of every level of the scheme as tables, top first.
 */
#ifndef GRID_PARTITION_LEVELS_H
#define GRID_PARTITION_LEVELS_H

#include "work.h"

/** Builds the tables from the division, the groups and the codes of `w`. */
grid_status levels_build(const inputs *in, const scheme *plan, const work_options *options, work *w,
                         grid_error *err);

/** Nothing is written that is not proved: every level of areas tiles the one above. */
grid_status levels_certify(work *w, const grid_context *ctx, grid_error *err);

#endif
