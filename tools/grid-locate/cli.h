/*
 * cli.h - the command line of grid-locate.
 */
#ifndef GRID_LOCATE_CLI_H
#define GRID_LOCATE_CLI_H

#include "filter.h"
#include "grids.h"

typedef struct locate_cli {
    tool_list sources;
    grids_options grids;
    filter_options rows;
    const char *kind, *when; /**< what is reported, and when: who handles it is appended */
    bool build_index;
    bool explain;
    bool has_point; /**< LON LAT was given */
    grid_xy point;
} locate_cli;

extern locate_cli cli;

/** Parses the command line into `cli`; TOOL_GO_ON or an exit code. */
int cli_start(int argc, char **argv);

#endif
