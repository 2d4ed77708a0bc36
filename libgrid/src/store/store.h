/*
 * store.h - what the files of the store module share: the open database, statements and
 * geometries in SpatiaLite's form.
 *
 * A store is written in one transaction from the moment it was created or opened, which
 * grid_store_commit ends; so all writing is whole or not at all.
 */
#ifndef GRID_SRC_STORE_H
#define GRID_SRC_STORE_H

#include <grid/store.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/replace.h"
#include "base/vec.h"

#include <sqlite3.h>

/** "GRID", in the file's header: tells a grid database from others without opening it. */
#define STORE_APPLICATION_ID 0x47524944

/** Columns of a unit's quality, as bind_quality fills them: grid_unit_quality. */
#define STORE_QUALITY                                                                              \
    "deviation, cv, compactness, compactness_p10, road_share, parts, enclave, spans_barrier,"      \
    " grids, grids_in_range, households_in_range, persons_in_range, compounds, compounds_cut,"     \
    " inner_m, forced_m, search_gap, outline_m, expressway_m, rail_m, river_m, arterial_m,"        \
    " road_m, lane_m, wall_m, gap_m"

struct grid_store {
    sqlite3 *db;
    void *spatialite; /* its connection cache; NULL when only reading */
    char *path, *crs;
    char *triggers; /* SpatiaLite's, to be made again after the rows of a created one */
    int srid;
    bool created, writable;
    grid_replace replace; /* of a created one */
};

/** Fails with SQLite's own words; the status follows from what happened and how it was opened. */
grid_status store_fail(const grid_store *store, grid_error *err, const char *doing);

/** Runs SQL that returns nothing. */
grid_status store_exec(grid_store *store, const char *sql, grid_error *err);

/** Prepares one statement; give it back with sqlite3_finalize. */
grid_status store_prepare(grid_store *store, const char *sql, sqlite3_stmt **out, grid_error *err);

/** Runs a prepared statement that returns nothing, and makes it ready for the next values. */
grid_status store_run(grid_store *store, sqlite3_stmt *statement, grid_error *err);

/** Steps a query: *row tells whether there is a row. */
grid_status store_step(grid_store *store, sqlite3_stmt *statement, bool *row, grid_error *err);

/** The text of a statement's first column in its first row, "" for none; finalizes the statement.
 */
grid_status store_take_text(grid_store *store, sqlite3_stmt *statement, char **out,
                            grid_error *err);

/** The one number that a query gives. */
grid_status store_count(grid_store *store, const char *sql, size_t *out, grid_error *err);

/**
 * Binding. The texts must live until the statement has run. NULL and "" become NULL; so does
 * a negative count ("unknown").
 */
void store_bind_text(sqlite3_stmt *statement, int i, const char *text);
void store_bind_count(sqlite3_stmt *statement, int i, int64_t count);

/**
 * Feature f as a SpatiaLite geometry of the store's CRS: a POINT, or a LINESTRING (both need
 * exactly one part), or a MULTIPOLYGON. Nothing becomes NULL.
 */
grid_status store_bind_shape(grid_store *store, sqlite3_stmt *statement, int i,
                             const grid_shapes *shapes, size_t f, grid_error *err);

/** A point of the store's CRS, and a column back as one. */
void store_bind_point(const grid_store *store, sqlite3_stmt *statement, int i, double x, double y);
grid_status store_column_point(const grid_store *store, sqlite3_stmt *statement, int i, double *x,
                               double *y, grid_error *err);

/** A column as text that `arena` keeps: "" for NULL; NULL when memory ran out. */
const char *store_column_text(sqlite3_stmt *statement, int i, grid_arena *arena);

/** A column as a count: -1 for NULL. */
int64_t store_column_count(sqlite3_stmt *statement, int i);

/** Appends the geometry of a column to `shapes`. Fails on what is no geometry of ours. */
grid_status store_column_shape(const grid_store *store, sqlite3_stmt *statement, int i,
                               grid_shapes *shapes, grid_error *err);

/** Creates the tables; then, when the CRS is in, what makes layers of them. */
grid_status store_create_schema(grid_store *store, grid_error *err);
grid_status store_create_geometries(grid_store *store, grid_error *err);

/** After the rows of a created database: indexes, views and statistics. */
grid_status store_finish_schema(grid_store *store, grid_error *err);

/** Fills the empty spatial index of a table with all its rows. */
grid_status store_fill_index(grid_store *store, const char *table, grid_error *err);

/** Brings statistics and dates up to date after changes to a finished database. */
grid_status store_refresh(grid_store *store, grid_error *err);

/** Triggers of a table that are set aside for the time of many writes. */
typedef struct store_trigger {
    const char *name, *sql;
} store_trigger;

typedef struct store_triggers {
    const char *table;
    grid_arena arena;
    GRID_VEC(store_trigger) all;
} store_triggers;

/** Within the transaction: a failure, or the process's end, brings the triggers back. */
grid_status store_triggers_suspend(grid_store *store, const char *table, store_triggers *out,
                                   grid_error *err);

/** Makes the triggers again and frees the list. */
grid_status store_triggers_resume(grid_store *store, store_triggers *triggers, grid_error *err);
void store_triggers_free(store_triggers *triggers);

/** Makes the spatial index of a table of points anew: its columns are id and geometry. */
grid_status store_pack_points(grid_store *store, const char *table, grid_error *err);

#endif
