/*
 * update.h - the division that is to be updated: its grids, what was locked, which codes are
 * spent, and in the end what became of everything.
 */
#ifndef GRID_PARTITION_UPDATE_H
#define GRID_PARTITION_UPDATE_H

#include <grid/partition.h>
#include <grid/store.h>

#include "common/options.h"

typedef struct update {
    grid_units *grids;          /**< of the old division; NULL: nothing is updated */
    grid_lineage_rows *history; /**< of the old database */
    bool *locked;               /**< per old grid */
    const char **used_code;     /**< every code ever given to a grid */
    size_t n_used;
    uint32_t *old_grid;    /**< per cell: row of grids; GRID_NONE */
    const char **code;     /**< per new grid: the code that lives on; NULL */
    const char **name;     /**< and its name */
    grid_lineage_rows now; /**< what this update did, after the history */
    char date[11];
} update;

/** Reads the database at `path`; `crs` is what it must be in. `locks` are codes of its grids. */
grid_status update_read(const char *path, const tool_list *locks, const char *date, const char *crs,
                        update *out, grid_error *err);

/** Finds the old grid of every cell. */
grid_status update_match(update *u, const grid_cells *cells, const grid_graph *graph,
                         grid_error *err);

/** Which codes and names live on in the new division. */
grid_status update_keep(update *u, const grid_division *division, grid_error *err);

/** Says what became of the old grids; `code` is per new grid. */
grid_status update_trace(update *u, const grid_cells *cells, const grid_division *division,
                         const grid_code *code, grid_error *err);

/** Share of the households that are not in the grid they were in; for the report. */
double update_moved_share(const update *u, const grid_cells *cells, const grid_division *division);

void update_free(update *u);

#endif
