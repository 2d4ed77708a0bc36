/*
 * verdict.h - the defects of a check, measured in metres and weighed: waived, known before, or
 * counting.
 */
#ifndef GRID_COVERAGE_VERDICT_H
#define GRID_COVERAGE_VERDICT_H

#include "input.h"

#include "base/vec.h"

typedef struct coverage_defect {
    const grid_defect *of;
    double area_m2, width_m, length_m;
    grid_xy lonlat;     /* NAN when there is no CRS */
    const char *waived; /* the reason, or NULL */
    bool known;         /* in the baseline */
    bool counts;        /* towards exit code 1 */
} coverage_defect;

/* A row of the roster that does not hold. */
typedef struct coverage_unmet {
    const char *kind, *where, *message; /* "expected-count" ... */
} coverage_unmet;

typedef struct coverage_verdict {
    grid_cover_report *report;
    coverage_defect *defect;
    size_t n, n_counting;
    GRID_VEC(coverage_unmet) unmet;
    grid_arena texts;
} coverage_verdict;

/* What a defect must reach, and what excuses it. */
typedef struct coverage_weights {
    const char *fail_on;  /* "rounding", "sliver" or "real" */
    const char *waivers;  /* layer or table of waivers; NULL */
    const char *baseline; /* an earlier --json report; NULL */
} coverage_weights;

/* Checks all levels; parents with a digest in `since` (per level, NULL for none) are left out. */
grid_status coverage_check(const coverage_input *in, double tolerance_m, grid_digest *const *since,
                           const coverage_weights *weights, coverage_verdict *out, grid_error *err);

void coverage_verdict_free(coverage_verdict *verdict);

#endif
