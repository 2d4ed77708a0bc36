/*
 * report.h - a verdict for people, for programs, for maps and for CI.
 */
#ifndef GRID_COVERAGE_REPORT_H
#define GRID_COVERAGE_REPORT_H

#include "verdict.h"

/* On stdout, or into the report of --json. */
void coverage_report(const coverage_input *in, const coverage_verdict *verdict);

/*
 * Areas, lines and points of all defects, with what was waived said of them, as layers of one file
 * or as files of their own; styled for QGIS.
 */
grid_status coverage_write_layers(const coverage_input *in, const coverage_verdict *verdict,
                                  const char *path, grid_error *err);

/* What CI is to show beside the verdict. */
typedef struct coverage_ci {
    const char *subject; /* FILE or FILE:LAYER that was checked */
    const char *roster;  /* NULL: nothing was expected */
    bool compared;       /* with a baseline */
} coverage_ci;

/* SARIF 2.1.0 and JUnit XML. */
grid_status coverage_write_sarif(const coverage_input *in, const coverage_verdict *verdict,
                                 const coverage_ci *ci, const char *path, grid_error *err);
grid_status coverage_write_junit(const coverage_input *in, const coverage_verdict *verdict,
                                 const coverage_ci *ci, const char *path, grid_error *err);

/* One line on a defect: what, where, how much. `out` holds `size` bytes. */
void coverage_describe(const coverage_input *in, const coverage_defect *d, char *out, size_t size);

#endif
