#include "store/store.h"
#include "store/rows.h"

#include "base/stream.h"

#include <grid/crs.h>

#include <inttypes.h>
#include <math.h>
#include <spatialite.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CUSTOM_SRID = 1000001 }; /* of a CRS without an EPSG number */

/* ---- errors and statements ---------------------------------------------------------- */

static grid_status status_of(const grid_store *store, int code) {
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return GRID_E_NOMEM;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return GRID_E_INPUT;
    default:
        return store->writable ? GRID_E_WRITE : GRID_E_READ;
    }
}

grid_status store_fail(const grid_store *store, grid_error *err, const char *doing) {
    int code = store->db ? sqlite3_extended_errcode(store->db) : SQLITE_NOMEM;
    grid_status status = status_of(store, code);
    if (status == GRID_E_NOMEM)
        return grid_fail_nomem(err);
    grid_fail(err, status, store->path, "%s: %s", doing, sqlite3_errmsg(store->db));
    if ((code & 0xff) == SQLITE_BUSY)
        grid_hint(err, status, "another program is writing to it");
    return status;
}

grid_status store_exec(grid_store *store, const char *sql, grid_error *err) {
    if (sqlite3_exec(store->db, sql, NULL, NULL, NULL) != SQLITE_OK)
        return store_fail(store, err, store->writable ? "cannot be written" : "cannot be read");
    return GRID_OK;
}

grid_status store_prepare(grid_store *store, const char *sql, sqlite3_stmt **out, grid_error *err) {
    if (sqlite3_prepare_v2(store->db, sql, -1, out, NULL) != SQLITE_OK)
        return store_fail(store, err, "cannot be used");
    return GRID_OK;
}

grid_status store_run(grid_store *store, sqlite3_stmt *statement, grid_error *err) {
    grid_status status = GRID_OK;
    if (sqlite3_step(statement) != SQLITE_DONE)
        status = store_fail(store, err, "cannot be written");
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return status;
}

grid_status store_step(grid_store *store, sqlite3_stmt *statement, bool *row, grid_error *err) {
    int code = sqlite3_step(statement);
    *row = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE ? GRID_OK
                                                     : store_fail(store, err, "cannot be read");
}

grid_status store_count(grid_store *store, const char *sql, size_t *out, grid_error *err) {
    *out = 0;
    sqlite3_stmt *statement;
    GRID_TRY(store_prepare(store, sql, &statement, err));
    bool row;
    grid_status status = store_step(store, statement, &row, err);
    if (status == GRID_OK && row)
        *out = (size_t)sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return status;
}

void store_bind_text(sqlite3_stmt *statement, int i, const char *text) {
    if (text == NULL || *text == '\0')
        sqlite3_bind_null(statement, i);
    else
        sqlite3_bind_text(statement, i, text, -1, SQLITE_STATIC);
}

void store_bind_count(sqlite3_stmt *statement, int i, int64_t count) {
    if (count < 0)
        sqlite3_bind_null(statement, i);
    else
        sqlite3_bind_int64(statement, i, count);
}

const char *store_column_text(sqlite3_stmt *statement, int i, grid_arena *arena) {
    const unsigned char *text = sqlite3_column_text(statement, i);
    return grid_arena_text(arena, text ? (const char *)text : "");
}

int64_t store_column_count(sqlite3_stmt *statement, int i) {
    return sqlite3_column_type(statement, i) == SQLITE_NULL ? -1
                                                            : sqlite3_column_int64(statement, i);
}

void store_bind_real(sqlite3_stmt *statement, int at, const double *array, size_t i) {
    if (array != NULL && !isnan(array[i]))
        sqlite3_bind_double(statement, at, array[i]);
    else
        sqlite3_bind_null(statement, at);
}

double store_column_real(sqlite3_stmt *statement, int i) {
    return sqlite3_column_type(statement, i) == SQLITE_NULL ? NAN
                                                            : sqlite3_column_double(statement, i);
}

grid_status store_read_rows(grid_store *store, sqlite3_stmt *statement, size_t n,
                            store_read_row *read_row, void *rows, grid_shapes *shapes,
                            size_t *rows_read, grid_error *err) {
    *rows_read = 0;
    for (bool row; *rows_read < n; (*rows_read)++) {
        GRID_TRY(store_step(store, statement, &row, err));
        if (!row)
            break;
        if (!read_row(rows, *rows_read, statement))
            return grid_fail_nomem(err);
        if (shapes != NULL)
            GRID_TRY(store_column_shape(store, statement, 0, shapes, err));
    }
    return GRID_OK;
}

/* ---- opening and closing ------------------------------------------------------------ */

static void discard(grid_store *store) {
    if (store == NULL)
        return;
    sqlite3_close_v2(store->db);
    if (store->spatialite != NULL)
        spatialite_cleanup_ex(store->spatialite);
    grid_replace_abort(&store->replace);
    free(store->path);
    free(store->crs);
    free(store->triggers);
    free(store);
}

void grid_store_close(grid_store *store) {
    discard(store); /* SQLite rolls an open transaction back */
}

static grid_status new_store(const char *path, bool writable, grid_store **out, grid_error *err) {
    grid_store *store = calloc(1, sizeof *store);
    if (store == NULL || (store->path = strdup(path)) == NULL) {
        free(store);
        return grid_fail_nomem(err);
    }
    store->writable = writable;
    *out = store;
    return GRID_OK;
}

static grid_status connect_file(grid_store *store, const char *file, int flags, grid_error *err) {
    if (sqlite3_open_v2(file, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return store_fail(store, err, "cannot be opened");
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, 10000);
    if (!store->writable)
        return GRID_OK;
    store->spatialite = spatialite_alloc_connection();
    if (store->spatialite == NULL)
        return grid_fail_nomem(err);
    spatialite_init_ex(store->db, store->spatialite, 0);
    return GRID_OK;
}

/* The working CRS as the one row of spatial_ref_sys. */
static grid_status insert_crs(grid_store *store, const grid_crs_info *info, grid_error *err) {
    char *proj = NULL, *wkt = NULL;
    sqlite3_stmt *statement = NULL;
    grid_status status = grid_crs_write(store->crs, GRID_CRS_PROJ, &proj, err);
    if (status == GRID_OK)
        status = grid_crs_write(store->crs, GRID_CRS_WKT1, &wkt, err);
    if (status == GRID_OK)
        status = store_prepare(store,
                               "INSERT INTO spatial_ref_sys (srid, auth_name, auth_srid,"
                               " ref_sys_name, proj4text, srtext) VALUES (?, ?, ?, ?, ?, ?)",
                               &statement, err);
    if (status == GRID_OK) {
        sqlite3_bind_int(statement, 1, store->srid);
        store_bind_text(statement, 2, store->srid == CUSTOM_SRID ? "grid" : "epsg");
        sqlite3_bind_int(statement, 3, store->srid);
        store_bind_text(statement, 4, info->name);
        store_bind_text(statement, 5, proj);
        store_bind_text(statement, 6, wkt);
        status = store_run(store, statement, err);
    }
    sqlite3_finalize(statement);
    free(proj);
    free(wkt);
    return status;
}

static grid_status fill_new(grid_store *store, const char *crs, grid_error *err) {
    grid_crs_info info;
    GRID_TRY(grid_crs_check(crs, &info, err));
    bool epsg = strncmp(info.id, "EPSG:", 5) == 0;
    store->srid = epsg ? atoi(info.id + 5) : CUSTOM_SRID;
    store->crs = strdup(epsg ? info.id : crs);
    if (store->crs == NULL)
        return grid_fail_nomem(err);
    GRID_TRY(connect_file(store, store->replace.temporary,
                          SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, err));
    /* Nobody else sees the file before it is whole, so nothing has to be undone in it. */
    GRID_TRY(store_exec(
        store,
        "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY;"
        "PRAGMA cache_size = -65536; PRAGMA foreign_keys = OFF; BEGIN",
        err));
    GRID_TRY(store_create_schema(store, err));
    GRID_TRY(insert_crs(store, &info, err));
    GRID_TRY(store_create_geometries(store, err));
    return grid_store_write_meta(store, "crs", store->crs, err);
}

grid_status grid_store_create(const char *path, const char *crs, bool overwrite, grid_store **out,
                              grid_error *err) {
    *out = NULL;
    grid_store *store = NULL;
    GRID_TRY(new_store(path, true, &store, err));
    store->created = true;
    grid_status status = grid_replace_begin(&store->replace, path, overwrite, err);
    if (status == GRID_OK)
        status = fill_new(store, crs, err);
    if (status != GRID_OK) {
        discard(store);
        return status;
    }
    *out = store;
    return GRID_OK;
}

/* Big-endian numbers in SQLite's file header. */
static int32_t header_int(const unsigned char *header, size_t offset) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++)
        value = value << 8 | header[offset + i];
    return (int32_t)value;
}

/* Reads the header's schema version; false when the file is no grid database. */
static bool read_version(const char *path, int32_t *version) {
    unsigned char header[100];
    FILE *file = is_stream(path) ? NULL : fopen(path, "rbe");
    if (file == NULL)
        return false;
    bool whole = fread(header, 1, sizeof header, file) == sizeof header;
    fclose(file);
    if (!whole || memcmp(header, "SQLite format 3", 16) != 0 ||
        header_int(header, 68) != STORE_APPLICATION_ID)
        return false;
    *version = header_int(header, 60);
    return true;
}

bool grid_store_probe(const char *path) {
    int32_t version;
    return read_version(path, &version);
}

static grid_status check_version(const char *path, grid_error *err) {
    int32_t version;
    if (access(path, R_OK) != 0)
        return grid_fail(err, GRID_E_READ, path, "cannot be opened: %m");
    if (!read_version(path, &version)) {
        grid_fail(err, GRID_E_INPUT, path, "is no grid database");
        return grid_hint(err, GRID_E_INPUT, "make one with grid-partition");
    }
    if (version == GRID_STORE_SCHEMA)
        return GRID_OK;
    grid_fail(err, GRID_E_INPUT, path, "has schema %d; this program knows schema %d", (int)version,
              GRID_STORE_SCHEMA);
    return grid_hint(err, GRID_E_INPUT,
                     version > GRID_STORE_SCHEMA ? "use a newer program" : "make it anew");
}

static grid_status read_crs(grid_store *store, grid_error *err) {
    GRID_TRY(grid_store_read_meta(store, "crs", &store->crs, err));
    sqlite3_stmt *statement;
    GRID_TRY(store_prepare(store, "SELECT srid FROM geometry_columns WHERE f_table_name = 'units'",
                           &statement, err));
    bool row;
    grid_status status = store_step(store, statement, &row, err);
    if (status == GRID_OK && row)
        store->srid = sqlite3_column_int(statement, 0);
    else if (status == GRID_OK)
        status = grid_fail(err, GRID_E_INPUT, store->path, "has no layer of units");
    sqlite3_finalize(statement);
    return status;
}

static grid_status open_existing(grid_store *store, grid_error *err) {
    GRID_TRY(check_version(store->path, err));
    /*
     * Readers open for writing, too, where the file allows it: a program that was killed while it
     * wrote leaves a journal, which the next one to open the file must be able to roll back.
     */
    GRID_TRY(connect_file(store, store->path, SQLITE_OPEN_READWRITE, err));
    GRID_TRY(store_exec(
        store,
        store->writable ? "PRAGMA cache_size = -32768; PRAGMA foreign_keys = ON; BEGIN IMMEDIATE"
                        : "PRAGMA query_only = ON",
        err));
    return read_crs(store, err);
}

grid_status grid_store_open(const char *path, bool writable, grid_store **out, grid_error *err) {
    *out = NULL;
    grid_store *store = NULL;
    GRID_TRY(new_store(path, writable, &store, err));
    grid_status status = open_existing(store, err);
    if (status != GRID_OK) {
        discard(store);
        return status;
    }
    *out = store;
    return GRID_OK;
}

static grid_status finish(grid_store *store, grid_error *err) {
    if (store->created)
        GRID_TRY(store_finish_schema(store, err));
    else
        GRID_TRY(store_refresh(store, err));
    GRID_TRY(store_exec(store, "COMMIT", err));
    int code = sqlite3_close(store->db);
    if (code != SQLITE_OK)
        return store_fail(store, err, "cannot be closed");
    store->db = NULL;
    return store->created ? grid_replace_commit(&store->replace, err) : GRID_OK;
}

grid_status grid_store_commit(grid_store *store, grid_error *err) {
    grid_status status = finish(store, err);
    discard(store);
    return status;
}

const char *grid_store_crs(const grid_store *store) {
    return store->crs;
}

/* ---- meta --------------------------------------------------------------------------- */

grid_status grid_store_write_meta(grid_store *store, const char *key, const char *value,
                                  grid_error *err) {
    sqlite3_stmt *statement;
    GRID_TRY(store_prepare(store, "INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)",
                           &statement, err));
    sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, value, -1, SQLITE_STATIC);
    grid_status status = store_run(store, statement, err);
    sqlite3_finalize(statement);
    return status;
}

grid_status store_take_text(grid_store *store, sqlite3_stmt *statement, char **out,
                            grid_error *err) {
    bool row;
    grid_status status = store_step(store, statement, &row, err);
    if (status == GRID_OK) {
        const unsigned char *text = row ? sqlite3_column_text(statement, 0) : NULL;
        *out = strdup(text ? (const char *)text : "");
        if (*out == NULL)
            status = grid_fail_nomem(err);
    }
    sqlite3_finalize(statement);
    return status;
}

grid_status grid_store_read_meta(grid_store *store, const char *key, char **out, grid_error *err) {
    *out = NULL;
    sqlite3_stmt *statement;
    GRID_TRY(store_prepare(store, "SELECT value FROM meta WHERE key = ?", &statement, err));
    sqlite3_bind_text(statement, 1, key, -1, SQLITE_STATIC);
    return store_take_text(store, statement, out, err);
}
