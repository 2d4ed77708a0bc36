/*
 * fix.h - repair: the layer or database written anew, and what changed.
 */
#ifndef GRID_COVERAGE_FIX_H
#define GRID_COVERAGE_FIX_H

#include "input.h"

typedef struct coverage_fix_request {
    bool fix, all;
    const char *output;
    const char *priority_field; /* numbers: who has more keeps or gets; NULL */
    double tolerance_m;
} coverage_fix_request;

/* Repairs in memory: the levels of `in` get the new shapes. */
grid_status coverage_fix(coverage_input *in, const coverage_fix_request *request,
                         grid_cover_fixed **out, grid_error *err);

/* Writes what was repaired, with all attributes. */
grid_status coverage_fix_write(const coverage_input *in, const grid_cover_fixed *fixed,
                               const coverage_fix_request *request, const char *subject,
                               grid_error *err);

/* Before and after, per unit. */
void coverage_fix_report(const coverage_input *in, const grid_cover_fixed *fixed);

/* Before and after of what --fix-all would do to the levels as they are: told, not done. */
grid_status coverage_fix_suggest(const coverage_input *in, const coverage_fix_request *request,
                                 grid_error *err);

#endif
