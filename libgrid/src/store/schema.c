#include "store/store.h"

#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/*
 * Tables with a geometry have an integer key of their own, because the spatial index and the
 * views refer to rows by it and VACUUM would renumber rows without one.
 * A NULL code on a side of a border is the outside; NULL persons are unknown.
 */
static const char tables[] =
    "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL);\n"

    "CREATE TABLE levels (level INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,\n"
    "  how TEXT NOT NULL CHECK (how IN ('given', 'split', 'group', 'record')),\n"
    "  measure TEXT, min INTEGER, max INTEGER, target INTEGER);\n"

    "CREATE TABLE units (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,\n"
    "  level INTEGER NOT NULL REFERENCES levels (level),\n"
    "  parent_code TEXT REFERENCES units (code) DEFERRABLE INITIALLY DEFERRED,\n"
    "  name TEXT, kind TEXT NOT NULL, households INTEGER, persons INTEGER, workload REAL,\n"
    "  area_m2 REAL, status TEXT, reason TEXT, valid_from TEXT, valid_to TEXT,\n"
    "  deviation REAL, cv REAL, compactness REAL, compactness_p10 REAL, road_share REAL,\n"
    "  parts INTEGER, enclave INTEGER, spans_barrier INTEGER, grids INTEGER,\n"
    "  grids_in_range INTEGER, households_in_range INTEGER, persons_in_range INTEGER,\n"
    "  compounds INTEGER, compounds_cut INTEGER, inner_m REAL, forced_m REAL, search_gap REAL,\n"
    "  outline_m REAL, expressway_m REAL, rail_m REAL, river_m REAL, arterial_m REAL, road_m "
    "REAL,\n"
    "  lane_m REAL, wall_m REAL, gap_m REAL, geometry BLOB);\n"
    "CREATE INDEX units_by_level ON units (level, code);\n"
    "CREATE INDEX units_by_parent ON units (parent_code);\n"

    "CREATE TABLE advice (id INTEGER PRIMARY KEY,\n"
    "  unit_code TEXT NOT NULL REFERENCES units (code),\n"
    "  neighbour_code TEXT NOT NULL REFERENCES units (code),\n"
    "  border_m REAL, together INTEGER, grids_min INTEGER, grids_max INTEGER);\n"

    "CREATE TABLE cells (id INTEGER PRIMARY KEY,\n"
    "  unit_code TEXT NOT NULL REFERENCES units (code),\n"
    "  households INTEGER, persons INTEGER, geometry BLOB);\n"
    "CREATE INDEX cells_by_unit ON cells (unit_code);\n"

    "CREATE TABLE borders (id INTEGER PRIMARY KEY,\n"
    "  left_code TEXT REFERENCES units (code), right_code TEXT REFERENCES units (code),\n"
    "  class TEXT NOT NULL, name TEXT, length_m REAL NOT NULL, geometry BLOB);\n"
    "CREATE INDEX borders_by_left ON borders (left_code);\n"
    "CREATE INDEX borders_by_right ON borders (right_code);\n"

    "CREATE TABLE lineage (id INTEGER PRIMARY KEY, old_code TEXT, new_code TEXT,\n"
    "  area_share REAL, households_share REAL, date TEXT, reason TEXT);\n"

    "CREATE TABLE posts (id INTEGER PRIMARY KEY, post TEXT NOT NULL UNIQUE, name TEXT,\n"
    "  level TEXT NOT NULL, min INTEGER NOT NULL, max INTEGER, max_units INTEGER);\n"

    "CREATE TABLE persons (id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL,\n"
    "  department TEXT, UNIQUE (name, phone));\n"

    "CREATE TABLE holders (id INTEGER PRIMARY KEY,\n"
    "  post TEXT NOT NULL REFERENCES posts (post),\n"
    "  unit_code TEXT NOT NULL REFERENCES units (code),\n"
    "  person_id INTEGER NOT NULL REFERENCES persons (id),\n"
    "  shift TEXT, valid_from TEXT, valid_to TEXT);\n"
    "CREATE INDEX holders_by_unit ON holders (unit_code);\n"

    "CREATE TABLE duties (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, class TEXT NOT NULL,\n"
    "  unit TEXT NOT NULL, department TEXT NOT NULL, accept_h REAL, limit_h REAL,\n"
    "  fallback INTEGER NOT NULL);\n"
    "CREATE INDEX duties_by_class ON duties (kind, class);\n"

    "CREATE TABLE components (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE,\n"
    "  class TEXT NOT NULL, name TEXT, status TEXT, department_code TEXT, department TEXT,\n"
    "  owner_code TEXT, owner TEXT, upkeep_code TEXT, upkeep TEXT, initial_date TEXT,\n"
    "  change_date TEXT, data_source TEXT, note TEXT, local_id TEXT,\n"
    "  unit_code TEXT REFERENCES units (code), uncertain INTEGER NOT NULL DEFAULT 0,\n"
    "  source TEXT, digest INTEGER, geometry BLOB);\n"
    "CREATE INDEX components_by_unit ON components (unit_code);\n"
    "CREATE TABLE serials (class TEXT PRIMARY KEY NOT NULL, last INTEGER NOT NULL);\n"

    "CREATE TABLE component_history (id INTEGER PRIMARY KEY, replaced TEXT NOT NULL,\n"
    "  change TEXT NOT NULL, code TEXT NOT NULL, class TEXT NOT NULL, name TEXT, status TEXT,\n"
    "  department_code TEXT, department TEXT, owner_code TEXT, owner TEXT, upkeep_code TEXT,\n"
    "  upkeep TEXT, initial_date TEXT, change_date TEXT, data_source TEXT, note TEXT,\n"
    "  local_id TEXT, unit_code TEXT, uncertain INTEGER, source TEXT, geometry BLOB);\n"
    "CREATE INDEX component_history_by_code ON component_history (code);\n"

    "CREATE TABLE rejects (id INTEGER PRIMARY KEY, source TEXT NOT NULL, file TEXT,\n"
    "  line INTEGER, reason TEXT NOT NULL, field TEXT, detail TEXT, original TEXT);\n"
    "CREATE INDEX rejects_by_source ON rejects (source);\n"

    "CREATE TABLE roads (id INTEGER PRIMARY KEY, name TEXT, class TEXT, width_m REAL,\n"
    "  geometry BLOB);\n";

/* Tables with a geometry, and its type. */
static const char *const geometry_tables[][2] = {{"units", "MULTIPOLYGON"},
                                                 {"cells", "MULTIPOLYGON"},
                                                 {"borders", "LINESTRING"},
                                                 {"components", "POINT"},
                                                 {"roads", "LINESTRING"}};
enum { GEOMETRY_TABLES = sizeof geometry_tables / sizeof *geometry_tables };

/* Runs a SELECT of a SpatiaLite function that answers 1 when it did its work. */
static grid_status call(grid_store *store, const char *sql, grid_error *err) {
    sqlite3_stmt *statement;
    GRID_TRY(store_prepare(store, sql, &statement, err));
    bool row;
    grid_status status = store_step(store, statement, &row, err);
    if (status == GRID_OK && (!row || sqlite3_column_int(statement, 0) != 1))
        status = grid_fail(err, GRID_E_INTERNAL, store->path, "SpatiaLite refused: %s", sql);
    sqlite3_finalize(statement);
    return status;
}

static grid_status add_geometry(grid_store *store, const char *table, const char *type,
                                grid_error *err) {
    char sql[256];
    snprintf(sql, sizeof sql, "SELECT RecoverGeometryColumn('%s', 'geometry', %d, '%s', 'XY')",
             table, store->srid, type);
    GRID_TRY(call(store, sql, err));
    snprintf(sql, sizeof sql, "SELECT CreateSpatialIndex('%s', 'geometry')", table);
    return call(store, sql, err);
}

/* A query whose one answer is SQL to be run, several statements of it. The caller frees it. */
static grid_status gather_sql(grid_store *store, const char *query, char **out, grid_error *err) {
    *out = NULL;
    sqlite3_stmt *statement;
    GRID_TRY(store_prepare(store, query, &statement, err));
    return store_take_text(store, statement, out, err);
}

/*
 * SpatiaLite's triggers would check and index row by row what we write in bulk. They are put
 * aside until the rows are there.
 */
static grid_status lay_triggers_aside(grid_store *store, grid_error *err) {
#define OURS                                                                                       \
    " FROM (SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"                            \
    " AND tbl_name IN (SELECT f_table_name FROM geometry_columns) ORDER BY name)"
    char *drop;
    GRID_TRY(
        gather_sql(store, "SELECT group_concat(sql || ';', char(10))" OURS, &store->triggers, err));
    GRID_TRY(gather_sql(store, "SELECT group_concat('DROP TRIGGER \"' || name || '\";', '')" OURS,
                        &drop, err));
    grid_status status = store_exec(store, drop, err);
    free(drop);
    return status;
#undef OURS
}

grid_status store_create_schema(grid_store *store, grid_error *err) {
    char identity[96];
    snprintf(identity, sizeof identity, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             STORE_APPLICATION_ID, GRID_STORE_SCHEMA);
    GRID_TRY(store_exec(store, identity, err));
    /* Without a transaction of its own, and without the thousands of CRSs of the EPSG list. */
    GRID_TRY(call(store, "SELECT InitSpatialMetaDataFull(0, 'NONE')", err));
    return store_exec(store, tables, err);
}

grid_status store_create_geometries(grid_store *store, grid_error *err) {
    for (size_t i = 0; i < GEOMETRY_TABLES; i++)
        GRID_TRY(add_geometry(store, geometry_tables[i][0], geometry_tables[i][1], err));
    return lay_triggers_aside(store, err);
}

static grid_status create_view(grid_store *store, int level, grid_error *err) {
    char sql[1024];
    snprintf(sql, sizeof sql,
             "CREATE VIEW l%d AS SELECT id, code, parent_code, name, kind, households, persons,"
             " workload, area_m2, status, reason, valid_from, valid_to, " STORE_QUALITY ", geometry"
             " FROM units WHERE level = %d;"
             "INSERT INTO views_geometry_columns (view_name, view_geometry, view_rowid,"
             " f_table_name, f_geometry_column, read_only)"
             " VALUES ('l%d', 'geometry', 'id', 'units', 'geometry', 1)",
             level, level, level);
    return store_exec(store, sql, err);
}

static grid_status create_views(grid_store *store, grid_error *err) {
    grid_level *levels;
    size_t n;
    GRID_TRY(grid_store_read_levels(store, &levels, &n, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n && status == GRID_OK; i++)
        status = create_view(store, levels[i].level, err);
    grid_levels_free(levels);
    return status;
}

/* Row count and extent of every layer, which programs ask for before they draw. */
static grid_status write_statistics(grid_store *store, grid_error *err) {
    char *sql;
    GRID_TRY(gather_sql(
        store,
        "SELECT group_concat(printf('INSERT OR REPLACE INTO %s_statistics SELECT %Q, ''geometry'',"
        " NULL, count(*), min(MbrMinX(geometry)), min(MbrMinY(geometry)), max(MbrMaxX(geometry)),"
        " max(MbrMaxY(geometry)) FROM %s;', registry, layer, layer), '') FROM"
        " (SELECT 'geometry_columns' AS registry, f_table_name AS layer FROM geometry_columns"
        " UNION ALL SELECT 'views_geometry_columns', view_name FROM views_geometry_columns)",
        &sql, err));
    grid_status status = store_exec(store, sql, err);
    free(sql);
    return status;
}

/* SpatiaLite notes when it did what; two runs must give the same bytes. */
static grid_status settle_dates(grid_store *store, grid_error *err) {
    char date[21], sql[1024];
    grid_text_output_date(date);
    date[strlen("1970-01-01T00:00:00")] = '\0';
    snprintf(sql, sizeof sql,
             "UPDATE spatialite_history SET timestamp = '%s.000Z';"
             "UPDATE geometry_columns_time SET last_insert = '%s.000Z', last_update = '%s.000Z',"
             " last_delete = '%s.000Z';"
             "UPDATE geometry_columns_statistics SET last_verified = '%s.000Z';"
             "UPDATE views_geometry_columns_statistics SET last_verified = '%s.000Z'",
             date, date, date, date, date, date);
    return store_exec(store, sql, err);
}

static grid_status check_references(grid_store *store, grid_error *err) {
    sqlite3_stmt *statement;
    GRID_TRY(store_prepare(store, "PRAGMA foreign_key_check", &statement, err));
    bool row;
    grid_status status = store_step(store, statement, &row, err);
    if (status == GRID_OK && row)
        status = grid_fail(err, GRID_E_INTERNAL, store->path,
                           "row %lld of table %s refers to a row of %s that does not exist",
                           (long long)sqlite3_column_int64(statement, 1),
                           (const char *)sqlite3_column_text(statement, 0),
                           (const char *)sqlite3_column_text(statement, 2));
    sqlite3_finalize(statement);
    return status;
}

grid_status store_finish_schema(grid_store *store, grid_error *err) {
    for (size_t i = 0; i < GEOMETRY_TABLES; i++)
        GRID_TRY(store_fill_index(store, geometry_tables[i][0], err));
    GRID_TRY(store_exec(store, store->triggers, err));
    GRID_TRY(create_views(store, err));
    GRID_TRY(check_references(store, err));
    return store_refresh(store, err);
}

grid_status store_refresh(grid_store *store, grid_error *err) {
    GRID_TRY(write_statistics(store, err));
    GRID_TRY(store_exec(store, "ANALYZE", err));
    return settle_dates(store, err);
}
