/*
 * report.h - what came out, for people and as JSON.
 */
#ifndef GRID_PARTITION_REPORT_H
#define GRID_PARTITION_REPORT_H

#include "work.h"

/** Prints the report on stdout, or adds it to tool_report() with --json. */
void report(const inputs *in, const scheme *plan, const work *w);

#endif
