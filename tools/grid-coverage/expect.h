/*
 * expect.h - a roster to check against: how many units there must be, and what they may measure.
 */
#ifndef GRID_COVERAGE_EXPECT_H
#define GRID_COVERAGE_EXPECT_H

#include "verdict.h"

/*
 * A table with the fields unit, level, measure, min, max. Measure "count" is the number of units of
 * the level below `unit` (of all, where it is empty); any other measure must be in range
 * for each of them: households, persons, area_m2 or workload of a database, a field of a layer.
 * What does not hold is a finding, and in the verdict for the reports.
 */
grid_status coverage_expect(const coverage_input *in, coverage_verdict *verdict, const char *path,
                            grid_error *err);

#endif
