/*
 * Many rows at once. SpatiaLite's triggers keep its spatial index and check geometries row by
 * row, each time through SQL of their own; for many points they are set aside inside the
 * transaction, and the R*Tree is packed in one go when the rows are in.
 *
 * The form of the R*Tree's tables: SQLite, "The SQLite R*Tree Module", shadow tables. A node is
 * the depth of the tree (16 bits, in the root only), the number of cells (16 bits), then cells
 * of a 64-bit row or child number and four 32-bit floats min_x max_x min_y max_y, big-endian.
 * Packing along the Hilbert curve: I. Kamel, C. Faloutsos, "On Packing R-trees", CIKM 1993.
 */
#include "store/store.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

/* ---- triggers ----------------------------------------------------------------------- */

static grid_status read_triggers(grid_store *store, store_triggers *out, grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store,
                           "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
                           " AND tbl_name = ? ORDER BY name",
                           &s, err));
    store_bind_text(s, 1, out->table);
    bool row = true;
    grid_status status = GRID_OK;
    while (status == GRID_OK && row) {
        status = store_step(store, s, &row, err);
        if (status != GRID_OK || !row)
            break;
        store_trigger trigger = {store_column_text(s, 0, &out->arena),
                                 store_column_text(s, 1, &out->arena)};
        if (trigger.name == NULL || trigger.sql == NULL || !GRID_PUSH(&out->all, trigger))
            status = grid_fail_nomem(err);
    }
    sqlite3_finalize(s);
    return status;
}

grid_status store_triggers_suspend(grid_store *store, const char *table, store_triggers *out,
                                   grid_error *err) {
    *out = (store_triggers){.table = table};
    grid_status status = read_triggers(store, out, err);
    for (size_t i = 0; i < out->all.n && status == GRID_OK; i++) {
        char *sql = sqlite3_mprintf("DROP TRIGGER \"%w\"", out->all.at[i].name);
        status = sql ? store_exec(store, sql, err) : grid_fail_nomem(err);
        sqlite3_free(sql);
    }
    if (status != GRID_OK)
        store_triggers_free(out);
    return status;
}

grid_status store_triggers_resume(grid_store *store, store_triggers *triggers, grid_error *err) {
    grid_status status = GRID_OK;
    for (size_t i = 0; i < triggers->all.n && status == GRID_OK; i++)
        status = store_exec(store, triggers->all.at[i].sql, err);
    store_triggers_free(triggers);
    return status;
}

void store_triggers_free(store_triggers *triggers) {
    grid_arena_free(&triggers->arena);
    GRID_VEC_FREE(&triggers->all);
}

/* ---- the packed index --------------------------------------------------------------- */

enum { NODE_HEADER = 4, CELL_SIZE = 8 + 4 * 4, ROOT = 1 };

typedef struct cell {
    int64_t number; /* of a row, or of a child node */
    float box[4];   /* min_x max_x min_y max_y */
} cell;

typedef struct packer {
    grid_store *store;
    GRID_VEC(cell) cells; /* of the level being packed */
    sqlite3_stmt *node, *parent;
    size_t node_size, per_node;
    int64_t next_node;
} packer;

/* The float not above, and not below, a double. */
static float float_below(double value) {
    float f = (float)value;
    return (double)f > value ? nextafterf(f, -INFINITY) : f;
}

static float float_above(double value) {
    float f = (float)value;
    return (double)f < value ? nextafterf(f, INFINITY) : f;
}

static unsigned char *put_big(unsigned char *at, uint64_t value, int bytes) {
    for (int i = bytes - 1; i >= 0; i--)
        *at++ = (unsigned char)(value >> (8 * i));
    return at;
}

/* Writes one node of n cells; `depth` is of the tree for the root, 0 for all others. */
static grid_status write_node(packer *p, int64_t number, int depth, const cell *cells, size_t n,
                              grid_error *err) {
    unsigned char *data = calloc(1, p->node_size), *at = data;
    if (data == NULL)
        return grid_fail_nomem(err);
    at = put_big(at, (uint64_t)depth, 2);
    at = put_big(at, n, 2);
    for (size_t i = 0; i < n; i++) {
        at = put_big(at, (uint64_t)cells[i].number, 8);
        for (int k = 0; k < 4; k++) {
            uint32_t bits;
            memcpy(&bits, &cells[i].box[k], sizeof bits);
            at = put_big(at, bits, 4);
        }
    }
    sqlite3_bind_int64(p->node, 1, number);
    sqlite3_bind_blob(p->node, 2, data, (int)p->node_size, SQLITE_STATIC);
    grid_status status = store_run(p->store, p->node, err);
    free(data);
    return status;
}

static cell cell_around(int64_t number, const cell *cells, size_t n) {
    cell all = {number, {cells[0].box[0], cells[0].box[1], cells[0].box[2], cells[0].box[3]}};
    for (size_t i = 1; i < n; i++)
        for (int k = 0; k < 4; k++)
            if (k % 2 == 0 ? cells[i].box[k] < all.box[k] : cells[i].box[k] > all.box[k])
                all.box[k] = cells[i].box[k];
    return all;
}

static grid_status write_parents(packer *p, int64_t parent, const cell *children, size_t n,
                                 grid_error *err) {
    for (size_t i = 0; i < n; i++) {
        sqlite3_bind_int64(p->parent, 1, children[i].number);
        sqlite3_bind_int64(p->parent, 2, parent);
        GRID_TRY(store_run(p->store, p->parent, err));
    }
    return GRID_OK;
}

/* Packs the cells into nodes, whose cells take their place, until one root holds them all. */
static grid_status pack_levels(packer *p, grid_error *err) {
    for (int depth = 0;; depth++) {
        size_t n = p->cells.n, packed = 0;
        bool is_root = n <= p->per_node;
        for (size_t i = 0; i < n || (n == 0 && packed == 0); i += p->per_node) {
            size_t take = n - i < p->per_node ? n - i : p->per_node;
            int64_t number = is_root ? ROOT : p->next_node++;
            GRID_TRY(write_node(p, number, is_root ? depth : 0, p->cells.at + i, take, err));
            if (depth > 0)
                GRID_TRY(write_parents(p, number, p->cells.at + i, take, err));
            if (take > 0)
                p->cells.at[packed] = cell_around(number, p->cells.at + i, take);
            packed++;
        }
        if (is_root)
            return GRID_OK;
        p->cells.n = packed;
    }
}

/* ---- rows --------------------------------------------------------------------------- */

typedef struct placed_row {
    int64_t id;
    double x, y;
    uint32_t hilbert;
    uint32_t order; /* by id */
} placed_row;

typedef struct placed_rows {
    GRID_VEC(placed_row) rows;
} placed_rows;

static grid_status read_places(grid_store *store, const char *table, placed_rows *out,
                               grid_error *err) {
    char sql[128];
    sqlite3_stmt *s;
    snprintf(sql, sizeof sql, "SELECT id, geometry FROM %s WHERE geometry IS NOT NULL ORDER BY id",
             table);
    GRID_TRY(store_prepare(store, sql, &s, err));
    bool row = true;
    grid_status status = GRID_OK;
    while (status == GRID_OK && row) {
        placed_row place = {.order = (uint32_t)out->rows.n};
        status = store_step(store, s, &row, err);
        if (status != GRID_OK || !row)
            break;
        place.id = sqlite3_column_int64(s, 0);
        status = store_column_point(store, s, 1, &place.x, &place.y, err);
        if (status == GRID_OK && !GRID_PUSH(&out->rows, place))
            status = grid_fail_nomem(err);
    }
    sqlite3_finalize(s);
    return status;
}

static int by_hilbert(const void *a, const void *b) {
    const placed_row *p = a, *q = b;
    if (p->hilbert != q->hilbert)
        return p->hilbert < q->hilbert ? -1 : 1;
    return p->id < q->id ? -1 : p->id > q->id;
}

static bool sort_rows(packer *p, placed_rows *rows) {
    grid_box box = grid_box_empty();
    for (size_t i = 0; i < rows->rows.n; i++)
        grid_box_add(&box, rows->rows.at[i].x, rows->rows.at[i].y);
    for (size_t i = 0; i < rows->rows.n; i++)
        rows->rows.at[i].hilbert = grid_hilbert(&box, rows->rows.at[i].x, rows->rows.at[i].y);
    if (rows->rows.n > 0)
        qsort(rows->rows.at, rows->rows.n, sizeof *rows->rows.at, by_hilbert);
    if (!GRID_RESERVE(&p->cells, rows->rows.n))
        return false;
    for (size_t i = 0; i < rows->rows.n; i++) {
        const placed_row *r = &rows->rows.at[i];
        p->cells.at[p->cells.n++] = (cell){
            r->id, {float_below(r->x), float_above(r->x), float_below(r->y), float_above(r->y)}};
    }
    return true;
}

/* Which leaf holds which row, written in the order of ids. */
static grid_status write_rowids(packer *p, const placed_rows *rows, const char *table,
                                grid_error *err) {
    size_t n = rows->rows.n;
    uint32_t *at = GRID_NEW(uint32_t, n); /* place along the curve, by order of ids */
    char sql[128];
    sqlite3_stmt *s = NULL;
    if (at == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        at[rows->rows.at[i].order] = (uint32_t)i;
    snprintf(sql, sizeof sql, "INSERT INTO idx_%s_geometry_rowid VALUES (?, ?)", table);
    grid_status status = store_prepare(p->store, sql, &s, err);
    for (size_t k = 0; k < n && status == GRID_OK; k++) {
        int64_t leaf = n <= p->per_node ? ROOT : ROOT + 1 + (int64_t)(at[k] / p->per_node);
        sqlite3_bind_int64(s, 1, rows->rows.at[at[k]].id);
        sqlite3_bind_int64(s, 2, leaf);
        status = store_run(p->store, s, err);
    }
    sqlite3_finalize(s);
    free(at);
    return status;
}

/* ---- all together ------------------------------------------------------------------- */

/* The size of nodes follows from the page size when the index was made. */
static grid_status open_packer(packer *p, const char *table, grid_error *err) {
    char sql[512];
    sqlite3_stmt *s;
    bool row;
    snprintf(sql, sizeof sql, "SELECT length(data) FROM idx_%s_geometry_node WHERE nodeno = 1",
             table);
    GRID_TRY(store_prepare(p->store, sql, &s, err));
    grid_status status = store_step(p->store, s, &row, err);
    p->node_size = status == GRID_OK && row ? (size_t)sqlite3_column_int64(s, 0) : 0;
    sqlite3_finalize(s);
    if (status != GRID_OK)
        return status;
    if (p->node_size < NODE_HEADER + 4 * CELL_SIZE)
        return grid_fail(err, GRID_E_INPUT, p->store->path, "has no spatial index of %s", table);
    /* A little room, so that the next few rows do not split every node. */
    p->per_node = (p->node_size - NODE_HEADER) / CELL_SIZE * 9 / 10;
    p->next_node = ROOT + 1;
    snprintf(sql, sizeof sql,
             "DELETE FROM idx_%s_geometry_node; DELETE FROM idx_%s_geometry_rowid;"
             "DELETE FROM idx_%s_geometry_parent",
             table, table, table);
    GRID_TRY(store_exec(p->store, sql, err));
    snprintf(sql, sizeof sql, "INSERT INTO idx_%s_geometry_node VALUES (?, ?)", table);
    GRID_TRY(store_prepare(p->store, sql, &p->node, err));
    snprintf(sql, sizeof sql, "INSERT INTO idx_%s_geometry_parent VALUES (?, ?)", table);
    return store_prepare(p->store, sql, &p->parent, err);
}

grid_status store_pack_points(grid_store *store, const char *table, grid_error *err) {
    packer p = {.store = store};
    placed_rows rows = {0};
    grid_status status = open_packer(&p, table, err);
    if (status == GRID_OK)
        status = read_places(store, table, &rows, err);
    if (status == GRID_OK && !sort_rows(&p, &rows))
        status = grid_fail_nomem(err);
    if (status == GRID_OK)
        status = write_rowids(&p, &rows, table, err);
    GRID_VEC_FREE(&rows.rows);
    if (status == GRID_OK)
        status = pack_levels(&p, err);
    GRID_VEC_FREE(&p.cells);
    sqlite3_finalize(p.node);
    sqlite3_finalize(p.parent);
    return status;
}
