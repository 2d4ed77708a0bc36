/* The tables of a division as arrays: levels, units, cells and borders. */
#include "store/rows.h"
#include "store/store.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- levels ------------------------------------------------------------------------- */

grid_status grid_store_write_levels(grid_store *store, const grid_level *levels, size_t n,
                                    grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store,
                           "INSERT INTO levels (level, name, how, measure, min, max, target)"
                           " VALUES (?, ?, ?, ?, ?, ?, ?)",
                           &s, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n && status == GRID_OK; i++) {
        const grid_level *l = &levels[i];
        sqlite3_bind_int(s, 1, l->level);
        store_bind_text(s, 2, l->name);
        store_bind_text(s, 3, l->how);
        store_bind_text(s, 4, l->measure);
        store_bind_count(s, 5, l->min ? l->min : -1);
        store_bind_count(s, 6, l->max ? l->max : -1);
        store_bind_count(s, 7, l->target ? l->target : -1);
        status = store_run(store, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

/* Levels as handed out: the caller sees the array inside. */
typedef struct level_list {
    grid_arena strings;
    grid_level level[];
} level_list;

void grid_levels_free(grid_level *levels) {
    if (levels == NULL)
        return;
    level_list *list = (level_list *)((char *)levels - offsetof(level_list, level));
    grid_arena_free(&list->strings);
    free(list);
}

static bool read_level(sqlite3_stmt *s, grid_level *out, grid_arena *strings) {
    *out = (grid_level){.level = sqlite3_column_int(s, 0),
                        .name = store_column_text(s, 1, strings),
                        .how = store_column_text(s, 2, strings),
                        .measure = store_column_text(s, 3, strings),
                        .min = sqlite3_column_int64(s, 4),
                        .max = sqlite3_column_int64(s, 5),
                        .target = sqlite3_column_int64(s, 6)};
    return out->name != NULL && out->how != NULL && out->measure != NULL;
}

grid_status grid_store_read_levels(grid_store *store, grid_level **out, size_t *n,
                                   grid_error *err) {
    *out = NULL;
    *n = 0;
    size_t count;
    sqlite3_stmt *s;
    GRID_TRY(store_count(store, "SELECT count(*) FROM levels", &count, err));
    level_list *list = calloc(1, sizeof *list + count * sizeof *list->level);
    if (list == NULL)
        return grid_fail_nomem(err);
    grid_status status = store_prepare(
        store, "SELECT level, name, how, measure, min, max, target FROM levels ORDER BY level", &s,
        err);
    size_t i = 0;
    for (bool row = true; status == GRID_OK && i < count; i++) {
        status = store_step(store, s, &row, err);
        if (!row)
            break;
        if (!read_level(s, &list->level[i], &list->strings))
            status = grid_fail_nomem(err);
    }
    sqlite3_finalize(s);
    if (status != GRID_OK) {
        grid_levels_free(list->level);
        return status;
    }
    *out = list->level;
    *n = i;
    return GRID_OK;
}

/* ---- units -------------------------------------------------------------------------- */

static void bind_measured(sqlite3_stmt *s, int i, double value) {
    if (isnan(value))
        sqlite3_bind_null(s, i);
    else
        sqlite3_bind_double(s, i, value);
}

/* STORE_QUALITY from column i on. */
static void bind_quality(sqlite3_stmt *s, int i, const grid_unit_quality *q) {
    if (q == NULL)
        return; /* then no row has any; what is not bound is NULL */
    double inner_m = -q->forced_m;
    for (int c = 0; c < GRID_BORDER_CLASSES; c++)
        inner_m += q->border_m[c];
    bind_measured(s, i++, q->deviation);
    bind_measured(s, i++, q->cv);
    bind_measured(s, i++, q->compactness);
    bind_measured(s, i++, q->compactness_p10);
    bind_measured(s, i++, q->road_share);
    const int64_t counts[] = {q->parts,
                              q->enclave,
                              q->spans_barrier,
                              q->grids,
                              q->grids_in_range,
                              q->households_in_range,
                              q->persons_in_range,
                              q->compounds,
                              q->compounds_cut};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        store_bind_count(s, i++, counts[k]);
    bind_measured(s, i++, inner_m);
    bind_measured(s, i++, q->forced_m);
    bind_measured(s, i++, q->search_gap);
    for (int c = 0; c < GRID_BORDER_CLASSES; c++)
        bind_measured(s, i++, q->border_m[c]);
}

grid_status grid_store_write_units(grid_store *store, const grid_units *u, grid_error *err) {
    enum { GEOMETRY = 14, QUALITY }; /* columns' numbers */
#define TEN "?, ?, ?, ?, ?, ?, ?, ?, ?, ?"
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store,
                           "INSERT INTO units (code, level, parent_code, name, kind, households,"
                           " persons, workload, area_m2, status, reason, valid_from, valid_to,"
                           " geometry, " STORE_QUALITY ") VALUES (" TEN ", " TEN ", " TEN ", " TEN
                           ")",
                           &s, err));
#undef TEN
    grid_status status = GRID_OK;
    for (size_t i = 0; i < u->n && status == GRID_OK; i++) {
        store_bind_text(s, 1, u->code[i]);
        sqlite3_bind_int(s, 2, u->level);
        store_bind_text(s, 3, store_text_at(u->parent_code, i));
        store_bind_text(s, 4, store_text_at(u->name, i));
        store_bind_text(s, 5, store_text_at(u->kind, i));
        store_bind_count(s, 6, store_count_at(u->households, i));
        store_bind_count(s, 7, store_count_at(u->persons, i));
        store_bind_real(s, 8, u->workload, i);
        store_bind_real(s, 9, u->area_m2, i);
        store_bind_text(s, 10, store_text_at(u->status, i));
        store_bind_text(s, 11, store_text_at(u->reason, i));
        store_bind_text(s, 12, store_text_at(u->valid_from, i));
        store_bind_text(s, 13, store_text_at(u->valid_to, i));
        bind_quality(s, QUALITY, u->quality ? &u->quality[i] : NULL);
        status = store_bind_shape(store, s, GEOMETRY, u->shapes, i, err);
        if (status == GRID_OK)
            status = store_run(store, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

typedef struct own_units {
    grid_units units;
    grid_arena memory;
} own_units;

void grid_units_free(grid_units *units) {
    if (units == NULL)
        return;
    own_units *own = (own_units *)units;
    grid_shapes_free(units->shapes);
    grid_arena_free(&own->memory);
    free(own);
}

static own_units *new_units(size_t n, int level) {
    own_units *own = calloc(1, sizeof *own);
    if (own == NULL)
        return NULL;
    grid_units *u = &own->units;
    grid_arena *m = &own->memory;
    u->level = level;
    if ((u->shapes = grid_shapes_new()) != NULL && STORE_ARRAY(m, n, u->code) &&
        STORE_ARRAY(m, n, u->parent_code) && STORE_ARRAY(m, n, u->name) &&
        STORE_ARRAY(m, n, u->kind) && STORE_ARRAY(m, n, u->households) &&
        STORE_ARRAY(m, n, u->persons) && STORE_ARRAY(m, n, u->workload) &&
        STORE_ARRAY(m, n, u->area_m2) && STORE_ARRAY(m, n, u->status) &&
        STORE_ARRAY(m, n, u->reason) && STORE_ARRAY(m, n, u->valid_from) &&
        STORE_ARRAY(m, n, u->valid_to))
        return own;
    grid_units_free(u);
    return NULL;
}

static bool read_unit(void *rows, size_t i, sqlite3_stmt *s) {
    own_units *own = rows;
    grid_units *u = &own->units;
    u->households[i] = store_column_count(s, 5);
    u->persons[i] = store_column_count(s, 6);
    u->workload[i] = sqlite3_column_double(s, 7);
    u->area_m2[i] = sqlite3_column_double(s, 8);
    const char **texts[] = {u->code,   u->parent_code, u->name,       u->kind,
                            u->status, u->reason,      u->valid_from, u->valid_to};
    static const int columns[] = {1, 2, 3, 4, 9, 10, 11, 12};
    for (size_t t = 0; t < sizeof columns / sizeof *columns; t++)
        if ((texts[t][i] = store_column_text(s, columns[t], &own->memory)) == NULL)
            return false;
    return true;
}

grid_status grid_store_read_units(grid_store *store, int level, grid_units **out, grid_error *err) {
    *out = NULL;
    size_t n;
    sqlite3_stmt *s;
    char count[64];
    snprintf(count, sizeof count, "SELECT count(*) FROM units WHERE level = %d", level);
    GRID_TRY(store_count(store, count, &n, err));
    own_units *own = new_units(n, level);
    if (own == NULL)
        return grid_fail_nomem(err);
    grid_status status = store_prepare(
        store,
        "SELECT geometry, code, parent_code, name, kind, households, persons,"
        " workload, area_m2, status, reason, valid_from, valid_to FROM units"
        " WHERE level = ? ORDER BY code",
        &s, err);
    if (status == GRID_OK) {
        sqlite3_bind_int(s, 1, level);
        status = store_read_rows(store, s, n, read_unit, own, own->units.shapes, &own->units.n,
                                 err);
        sqlite3_finalize(s);
    }
    if (status != GRID_OK) {
        grid_units_free(&own->units);
        return status;
    }
    *out = &own->units;
    return GRID_OK;
}

/* ---- cells -------------------------------------------------------------------------- */

grid_status grid_store_write_cells(grid_store *store, const grid_cell_rows *c, grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store,
                           "INSERT INTO cells (unit_code, households, persons, geometry)"
                           " VALUES (?, ?, ?, ?)",
                           &s, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < c->n && status == GRID_OK; i++) {
        store_bind_text(s, 1, c->unit_code[i]);
        store_bind_count(s, 2, store_count_at(c->households, i));
        store_bind_count(s, 3, store_count_at(c->persons, i));
        status = store_bind_shape(store, s, 4, c->shapes, i, err);
        if (status == GRID_OK)
            status = store_run(store, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

grid_status grid_store_clear_ground(grid_store *store, grid_error *err) {
    return store_exec(store, "DELETE FROM cells; DELETE FROM borders", err);
}

typedef struct own_cells {
    grid_cell_rows cells;
    grid_arena memory;
} own_cells;

void grid_cell_rows_free(grid_cell_rows *cells) {
    if (cells == NULL)
        return;
    own_cells *own = (own_cells *)cells;
    grid_shapes_free(cells->shapes);
    grid_arena_free(&own->memory);
    free(own);
}

static bool read_cell(void *rows, size_t i, sqlite3_stmt *s) {
    own_cells *own = rows;
    own->cells.households[i] = store_column_count(s, 2);
    own->cells.persons[i] = store_column_count(s, 3);
    own->cells.unit_code[i] = store_column_text(s, 1, &own->memory);
    return own->cells.unit_code[i] != NULL;
}

grid_status grid_store_read_cells(grid_store *store, grid_cell_rows **out, grid_error *err) {
    *out = NULL;
    size_t n;
    sqlite3_stmt *s;
    GRID_TRY(store_count(store, "SELECT count(*) FROM cells", &n, err));
    own_cells *own = calloc(1, sizeof *own);
    if (own == NULL)
        return grid_fail_nomem(err);
    grid_cell_rows *c = &own->cells;
    grid_status status = GRID_OK;
    if ((c->shapes = grid_shapes_new()) == NULL || !STORE_ARRAY(&own->memory, n, c->unit_code) ||
        !STORE_ARRAY(&own->memory, n, c->households) || !STORE_ARRAY(&own->memory, n, c->persons))
        status = grid_fail_nomem(err);
    if (status == GRID_OK)
        status = store_prepare(store,
                               "SELECT geometry, unit_code, households, persons FROM cells"
                               " ORDER BY id",
                               &s, err);
    if (status == GRID_OK) {
        status = store_read_rows(store, s, n, read_cell, own, c->shapes, &c->n, err);
        sqlite3_finalize(s);
    }
    if (status != GRID_OK) {
        grid_cell_rows_free(c);
        return status;
    }
    *out = c;
    return GRID_OK;
}

/* ---- borders ------------------------------------------------------------------------ */

grid_status grid_store_write_borders(grid_store *store, const grid_border_rows *b,
                                     grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store,
                           "INSERT INTO borders (left_code, right_code, class, name, length_m,"
                           " geometry) VALUES (?, ?, ?, ?, ?, ?)",
                           &s, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < b->n && status == GRID_OK; i++) {
        store_bind_text(s, 1, store_text_at(b->left_code, i));
        store_bind_text(s, 2, store_text_at(b->right_code, i));
        store_bind_text(s, 3, store_text_at(b->border_class, i));
        store_bind_text(s, 4, store_text_at(b->name, i));
        store_bind_real(s, 5, b->length_m, i);
        status = store_bind_shape(store, s, 6, b->shapes, i, err);
        if (status == GRID_OK)
            status = store_run(store, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

typedef struct own_borders {
    grid_border_rows borders;
    grid_arena memory;
} own_borders;

void grid_border_rows_free(grid_border_rows *borders) {
    if (borders == NULL)
        return;
    own_borders *own = (own_borders *)borders;
    grid_shapes_free(borders->shapes);
    grid_arena_free(&own->memory);
    free(own);
}

static bool read_border(void *rows, size_t i, sqlite3_stmt *s) {
    own_borders *own = rows;
    grid_border_rows *b = &own->borders;
    const char **texts[] = {b->left_code, b->right_code, b->border_class, b->name};
    b->length_m[i] = sqlite3_column_double(s, 5);
    for (int t = 0; t < 4; t++)
        if ((texts[t][i] = store_column_text(s, t + 1, &own->memory)) == NULL)
            return false;
    return true;
}

grid_status grid_store_read_borders(grid_store *store, grid_border_rows **out, grid_error *err) {
    *out = NULL;
    size_t n;
    sqlite3_stmt *s;
    GRID_TRY(store_count(store, "SELECT count(*) FROM borders", &n, err));
    own_borders *own = calloc(1, sizeof *own);
    if (own == NULL)
        return grid_fail_nomem(err);
    grid_border_rows *b = &own->borders;
    grid_arena *m = &own->memory;
    grid_status status = GRID_OK;
    if ((b->shapes = grid_shapes_new()) == NULL || !STORE_ARRAY(m, n, b->left_code) ||
        !STORE_ARRAY(m, n, b->right_code) || !STORE_ARRAY(m, n, b->border_class) ||
        !STORE_ARRAY(m, n, b->name) || !STORE_ARRAY(m, n, b->length_m))
        status = grid_fail_nomem(err);
    if (status == GRID_OK)
        status = store_prepare(store,
                               "SELECT geometry, left_code, right_code, class, name, length_m"
                               " FROM borders ORDER BY id",
                               &s, err);
    if (status == GRID_OK) {
        status = store_read_rows(store, s, n, read_border, own, b->shapes, &b->n, err);
        sqlite3_finalize(s);
    }
    if (status != GRID_OK) {
        grid_border_rows_free(b);
        return status;
    }
    *out = b;
    return GRID_OK;
}
