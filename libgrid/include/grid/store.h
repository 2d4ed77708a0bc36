/*
 * grid/store.h - the grid database: one SpatiaLite file that holds a division, its proof,
 * its people and its components. The only part that knows SQLite.
 */
#ifndef GRID_STORE_H
#define GRID_STORE_H

#include <grid/cells.h>
#include <grid/component.h>
#include <grid/duty.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Schema version, kept in PRAGMA user_version. */
#define GRID_STORE_SCHEMA 2

/** One level of the hierarchy: 1 is the top. */
typedef struct grid_level {
    int level;
    const char *name;         /**< "street", "community", "grid" ... */
    const char *how;          /**< given, split, group or record */
    const char *measure;      /**< "" when nothing is measured */
    int64_t min, max, target; /**< 0 when none */
} grid_level;

/**
 * How good a grid is, or the grids of a unit above taken together: sums and means, in which
 * extended grids have no part. What is not known is NAN.
 */
typedef struct grid_unit_quality {
    double deviation; /**< from the target of the first rule, as a share of it; the mean is of these
                           without sign */
    double cv;        /**< coefficient of variation of what the first rule measures */
    double compactness, compactness_p10; /**< Polsby-Popper: mean, and the lowest tenth's end */
    double road_share;       /**< of the borders that are not forced: along roads, rail and water */
    uint32_t parts;          /**< connected parts */
    uint32_t enclave;        /**< one other grid goes all round it */
    uint32_t spans_barrier;  /**< it lies on both sides of an expressway, railway or river */
    uint32_t grids;          /**< 1 for a grid, 0 for an extended one */
    uint32_t grids_in_range; /**< of these in all hard ranges */
    int64_t households_in_range, persons_in_range; /**< of these in the range of that rule; -1
                                                        where there is none */
    int64_t compounds, compounds_cut;     /**< that one grid could hold; of units above, else -1 */
    double border_m[GRID_BORDER_CLASSES]; /**< with grids of its community, by what it runs along;
                                               each border once in a sum */
    double forced_m;                      /**< of these: what had to be cut apart */
    double search_gap;                    /**< of units above: see grid_quality */
} grid_unit_quality;

/** The units of one level as parallel arrays (all borrowed on writing). */
typedef struct grid_units {
    size_t n;
    int level;
    const char **code, **parent_code, **name, **kind; /**< "" for no parent */
    int64_t *households, *persons;                    /**< persons -1 when unknown */
    double *workload, *area_m2;
    const char **status, **reason;
    const char **valid_from, **valid_to; /**< ISO dates; "" for open */
    grid_shapes *shapes;
    grid_unit_quality *quality; /**< written, not read; NULL: not measured */
} grid_units;

/** Base cells as the database keeps them: what an update starts from. */
typedef struct grid_cell_rows {
    size_t n;
    const char **unit_code;
    int64_t *households, *persons; /**< persons -1 when unknown */
    grid_shapes *shapes;
} grid_cell_rows;

/** A stretch of border between two units, or between a unit and the outside (""). */
typedef struct grid_border_rows {
    size_t n;
    const char **left_code, **right_code, **border_class, **name;
    double *length_m;
    grid_shapes *shapes; /**< lines, the left unit on their left */
} grid_border_rows;

/** Roads, rails and rivers as they came in: what borders run along and addresses name. */
typedef struct grid_road_rows {
    size_t n;
    const char **name, **road_class; /**< "" for none; classes as of borders */
    double *width_m;                 /**< NAN when unknown; the array may be NULL on writing */
    grid_shapes *shapes;             /**< lines; other kinds are left out on writing */
} grid_road_rows;

/** What became of the units of an older division. */
typedef struct grid_lineage_rows {
    size_t n;
    const char **old_code, **new_code; /**< "" where one came from or went to nowhere */
    double *area_share;                /**< of the old unit; NAN when unknown */
    double *households_share;          /**< of the old unit; NAN when unknown */
    const char **date, **reason;
} grid_lineage_rows;

/** Communities that could be divided together with a neighbour, and not alone. */
typedef struct grid_advice_rows {
    size_t n;
    const char **unit_code, **neighbour_code;
    double *border_m;
    int64_t *together, *grids_min, *grids_max;
} grid_advice_rows;

typedef struct grid_store grid_store;

/**
 * Creates a database under a temporary name; grid_store_commit gives it its own.
 * `crs` is the working CRS ("EPSG:n" or WKT).
 */
GRID_API GRID_MUST_USE grid_status grid_store_create(const char *path, const char *crs,
                                                     bool overwrite, grid_store **out,
                                                     grid_error *err);

/** Opens an existing database; refuses what is none, or has a newer schema. */
GRID_API GRID_MUST_USE grid_status grid_store_open(const char *path, bool writable,
                                                   grid_store **out, grid_error *err);

/** True when the file looks like a grid database (cheap; no error when it does not). */
GRID_API bool grid_store_probe(const char *path);

/** Closes; a created database that was not committed vanishes. */
GRID_API void grid_store_close(grid_store *store);

/** Builds indexes and statistics, checks foreign keys, closes and renames. Frees the store. */
GRID_API GRID_MUST_USE grid_status grid_store_commit(grid_store *store, grid_error *err);

GRID_API GRID_MUST_USE grid_status grid_store_write_meta(grid_store *store, const char *key,
                                                         const char *value, grid_error *err);
GRID_API GRID_MUST_USE grid_status grid_store_write_levels(grid_store *store,
                                                           const grid_level *levels, size_t n,
                                                           grid_error *err);
GRID_API GRID_MUST_USE grid_status grid_store_write_units(grid_store *store,
                                                          const grid_units *units, grid_error *err);
GRID_API GRID_MUST_USE grid_status grid_store_write_cells(grid_store *store,
                                                          const grid_cell_rows *cells,
                                                          grid_error *err);
GRID_API GRID_MUST_USE grid_status grid_store_write_borders(grid_store *store,
                                                            const grid_border_rows *borders,
                                                            grid_error *err);

/** Writes the parts of the lines, ordered by class, name and course, whatever order they are in. */
GRID_API GRID_MUST_USE grid_status grid_store_write_roads(grid_store *store,
                                                          const grid_road_rows *roads,
                                                          grid_error *err);
GRID_API GRID_MUST_USE grid_status grid_store_write_lineage(grid_store *store,
                                                            const grid_lineage_rows *lineage,
                                                            grid_error *err);

GRID_API GRID_MUST_USE grid_status grid_store_write_advice(grid_store *store,
                                                           const grid_advice_rows *advice,
                                                           grid_error *err);

/** Empties the tables of cells and borders of an open database, to be written anew. */
GRID_API GRID_MUST_USE grid_status grid_store_clear_ground(grid_store *store, grid_error *err);

/** Gives units that the database has new geometries and areas; uses code, shapes and area_m2. */
GRID_API GRID_MUST_USE grid_status grid_store_update_shapes(grid_store *store,
                                                            const grid_units *units,
                                                            grid_error *err);

/** Value of a meta key, "" when absent; the caller frees it with free(). */
GRID_API GRID_MUST_USE grid_status grid_store_read_meta(grid_store *store, const char *key,
                                                        char **out, grid_error *err);
/** The working CRS. Borrowed. */
GRID_API const char *grid_store_crs(const grid_store *store);

/** The levels, ordered; free with grid_levels_free. */
GRID_API GRID_MUST_USE grid_status grid_store_read_levels(grid_store *store, grid_level **out,
                                                          size_t *n, grid_error *err);
GRID_API void grid_levels_free(grid_level *levels);

/** The units of a level, ordered by code. */
GRID_API GRID_MUST_USE grid_status grid_store_read_units(grid_store *store, int level,
                                                         grid_units **out, grid_error *err);
GRID_API void grid_units_free(grid_units *units);

GRID_API GRID_MUST_USE grid_status grid_store_read_cells(grid_store *store, grid_cell_rows **out,
                                                         grid_error *err);
GRID_API void grid_cell_rows_free(grid_cell_rows *cells);

GRID_API GRID_MUST_USE grid_status grid_store_read_borders(grid_store *store,
                                                           grid_border_rows **out, grid_error *err);
GRID_API void grid_border_rows_free(grid_border_rows *borders);

GRID_API GRID_MUST_USE grid_status grid_store_read_roads(grid_store *store, grid_road_rows **out,
                                                         grid_error *err);
GRID_API void grid_road_rows_free(grid_road_rows *roads);

GRID_API GRID_MUST_USE grid_status grid_store_read_lineage(grid_store *store,
                                                           grid_lineage_rows **out,
                                                           grid_error *err);
GRID_API void grid_lineage_rows_free(grid_lineage_rows *lineage);

/* ---- components --------------------------------------------------------------------- */

typedef grid_status grid_component_visit(void *user, const grid_component_known *known,
                                         grid_error *err);
typedef grid_status grid_serial_visit(void *user, const char *class_code, uint32_t last,
                                      grid_error *err);

/** Visits every component, in the order they came. */
GRID_API GRID_MUST_USE grid_status grid_store_read_components(grid_store *store,
                                                              grid_component_visit *visit,
                                                              void *user, grid_error *err);

/** Visits the last serial given out of every class. */
GRID_API GRID_MUST_USE grid_status grid_store_read_serials(grid_store *store,
                                                           grid_serial_visit *visit, void *user,
                                                           grid_error *err);

/**
 * Inserts the new ones and updates the changed ones, whose old state goes to
 * `component_history`; the others are left alone. unit_code is by grid_component.unit.
 */
GRID_API GRID_MUST_USE grid_status grid_store_write_components(
    grid_store *store, const grid_component *components, size_t n, const char *const *unit_code,
    const char *source, const grid_context *ctx, grid_error *err);

/** Takes components out; their last state goes to `component_history`. */
GRID_API GRID_MUST_USE grid_status grid_store_delete_components(grid_store *store,
                                                                const char *const *codes, size_t n,
                                                                grid_error *err);

/** Raises the last serial of a class; never lowers it. */
GRID_API GRID_MUST_USE grid_status grid_store_write_serial(grid_store *store,
                                                           const char *class_code, uint32_t last,
                                                           grid_error *err);

/** A refused row; `original` is a JSON object of its columns as delivered. */
typedef struct grid_reject_row {
    const char *file;
    size_t line;
    grid_reject reason;
    const char *field, *detail, *original;
} grid_reject_row;

/** Replaces the refused rows of a source. */
GRID_API GRID_MUST_USE grid_status grid_store_write_rejects(grid_store *store, const char *source,
                                                            const grid_reject_row *rows, size_t n,
                                                            grid_error *err);

/** How many components of a class and status a unit has, and of how many. */
typedef struct grid_component_count {
    const char *unit_code, *unit_name, *class_code, *name, *status;
    int64_t n, of_unit, of_class, of_all;
} grid_component_count;

typedef grid_status grid_component_count_visit(void *user, const grid_component_count *count,
                                               grid_error *err);

/** Visits the counts by unit, class and status. */
GRID_API GRID_MUST_USE grid_status grid_store_count_components(grid_store *store,
                                                               grid_component_count_visit *visit,
                                                               void *user, grid_error *err);

/* ---- duty --------------------------------------------------------------------------- */

/** Replaces posts and duties by a scheme's; who holds a post that stays keeps it. */
GRID_API GRID_MUST_USE grid_status grid_store_write_duties(grid_store *store,
                                                           const grid_post *posts, size_t n_posts,
                                                           const grid_duty_rule *rules,
                                                           size_t n_rules, grid_error *err);

/** Replaces all persons and what they hold. */
GRID_API GRID_MUST_USE grid_status grid_store_write_roster(grid_store *store,
                                                           const grid_holder *holders, size_t n,
                                                           grid_error *err);

/** The units of all levels, posts, holders and rules. */
typedef struct grid_duty_tables {
    grid_duty_input input;
} grid_duty_tables;

GRID_API GRID_MUST_USE grid_status grid_store_read_duty_tables(grid_store *store,
                                                               grid_duty_tables **out,
                                                               grid_error *err);
GRID_API void grid_duty_tables_free(grid_duty_tables *tables);

/** The same as an index to ask: who handles this kind at this unit at this time. */
GRID_API GRID_MUST_USE grid_status grid_store_read_duty(grid_store *store, grid_duty **out,
                                                        grid_error *err);

#ifdef __cplusplus
}
#endif

#endif
