/*
 * run.h - what the user asked for, and its doing.
 */
#ifndef GRID_MAP_RUN_H
#define GRID_MAP_RUN_H

#include <grid/base.h>

#include "common/options.h"

/** The values of the option table. */
typedef struct map_request {
    const char *output, *format, *level, *encoding, *fields;
    const char *paper, *turn, *style, *theme, *title, *date, *source, *simplify;
    const char *water, *compounds, *buildings, *components;
    tool_list roads, which, units;
    int64_t scale;
    double dpi;
    bool gcj02;
} map_request;

GRID_MUST_USE grid_status map_run(const char *database, const map_request *asked, grid_error *err);

#endif
