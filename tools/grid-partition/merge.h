/*
 * merge.h - other departments' nets beside ours (多网合一): the division follows their borders
 * where it can, and a crosswalk says which of our grids make up each of their units.
 */
#ifndef GRID_PARTITION_MERGE_H
#define GRID_PARTITION_MERGE_H

#include <grid/io.h>
#include <grid/partition.h>

#include "inputs.h"

typedef struct merge {
    size_t n;
    grid_layer **net;
    uint32_t **unit; /**< per net, per cell: the unit it lies in; GRID_NONE */
    size_t n_rows, n_misfits;
} merge;

/** Reads the nets into `crs`. */
grid_status merge_read(const tool_list *nets, const char *crs, const grid_context *ctx, merge *out,
                       grid_error *err);
void merge_free(merge *m);

/** Finds the units that cells lie in, and makes borders along the nets' own cheaper. */
grid_status merge_favour(merge *m, grid_graph *graph, grid_error *err);

/**
 * Works out the crosswalk: a finding for each unit that no set of whole grids makes up, and, if
 * `path` is not NULL, a table of unit and grid with their shares. Areas are those of the ground
 * that both cover, a unit's households those of buildings and parcels with their middle in it.
 * `code` is per grid.
 */
grid_status merge_report(merge *m, const inputs *in, const grid_cells *cells,
                         const grid_division *division, const grid_code *code, const char *path,
                         bool overwrite, const grid_context *ctx, grid_error *err);

#endif
