/*
 * update.h - the division that is to be updated: its grids, what was locked, which codes are
 * spent, and in the end what became of everything.
 */
#ifndef GRID_PARTITION_UPDATE_H
#define GRID_PARTITION_UPDATE_H

#include <grid/partition.h>
#include <grid/store.h>

#include "common/options.h"

enum { UPDATE_MAX_RECORDS = 2 };

typedef struct update {
    grid_units *grids; /**< of the old division; NULL: nothing is updated */
    grid_units
        *record[UPDATE_MAX_RECORDS]; /**< its buildings and households, as far as it had them */
    size_t n_records;
    grid_lineage_rows *history; /**< of the old database */
    bool *locked;               /**< per old grid */
    const char **used_code;     /**< every code ever given to a grid */
    size_t n_used;
    grid_rtree *tree;          /**< of the old grids */
    uint32_t *grid_of_feature; /**< per household feature: row of grids; GRID_NONE */
    uint32_t *was;             /**< the same per cell */
    uint32_t *old_grid; /**< as `was`, but no extended grid where the cell is none, nor the other
                             way round */
    const char **street_code, **community_code; /**< per new one: the code that lives on; NULL */
    char *street_text, *community_text;         /**< which are here */
    const char **code;                          /**< per new grid: the code that lives on; NULL */
    const char **name;                          /**< and its name */
    grid_lineage_rows now;                      /**< what this update did, after the history */
    size_t room;                                /**< for rows of it */
    char date[11];
} update;

/** Refuses locks or a date without a database at `path`, and what is no day. */
grid_status update_check(const char *path, const tool_list *locks, const char *date,
                         grid_error *err);

/** Reads the database at `path`, if any; `crs` is what it must be in. `locks` are codes of its
 * grids. */
grid_status update_read(const char *path, const tool_list *locks, const char *date, const char *crs,
                        update *out, grid_error *err);

/** Finds the old grid of every household feature, by its middle. */
grid_status update_find_features(update *u, const grid_shapes *features, grid_error *err);

/** Finds the old grid of every cell. */
grid_status update_match(update *u, const grid_cells *cells, const grid_graph *graph,
                         const grid_context *ctx, grid_error *err);

/** Which codes of streets and communities live on: each goes where most of its households are. */
grid_status update_keep_parents(update *u, const grid_cells *cells, grid_error *err);

/** Which codes and names live on in the new division. */
grid_status update_keep(update *u, const grid_division *division, grid_error *err);

/** Says what became of the old grids; `code` is per new grid. */
grid_status update_trace(update *u, const grid_cells *cells, const grid_division *division,
                         const grid_code *code, grid_error *err);

/** Says that an old record went to a new code, or to nowhere (""). False without memory. */
bool update_tell(update *u, const char *old, const char *new_code, const char *reason);

/** Share of the households that are not in the grid they were in; for the report. */
double update_moved_share(const update *u, const grid_cells *cells, const grid_division *division);

void update_free(update *u);

#endif
