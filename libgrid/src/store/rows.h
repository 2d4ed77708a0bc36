/* rows.h - tables as parallel arrays: what their readers and writers share. */
#ifndef GRID_SRC_STORE_ROWS_H
#define GRID_SRC_STORE_ROWS_H

#include "store/store.h"

/** Values of arrays that may be left out: NULL text, unknown count. */
static inline const char *store_text_at(const char **array, size_t i) {
    return array ? array[i] : NULL;
}

static inline int64_t store_count_at(const int64_t *array, size_t i) {
    return array ? array[i] : -1;
}

/** Binds array[i]; a missing array and a NAN become NULL. */
void store_bind_real(sqlite3_stmt *statement, int at, const double *array, size_t i);

/** A column as a real: NAN for NULL. */
double store_column_real(sqlite3_stmt *statement, int i);

/** An array of n elements in an arena, where what is read lives together with its strings. */
#define STORE_ARRAY(arena, n, array)                                                               \
    (((array) = grid_arena_alloc((arena), ((n) ? (n) : 1) * sizeof *(array))) != NULL)

/** Takes row i of a query; false when memory ran out. */
typedef bool store_read_row(void *rows, size_t i, sqlite3_stmt *statement);

/**
 * Runs a query over at most `n` rows; *rows_read says how many came. With `shapes`, column 0 is
 * their geometry.
 */
grid_status store_read_rows(grid_store *store, sqlite3_stmt *statement, size_t n,
                            store_read_row *read_row, void *rows, grid_shapes *shapes,
                            size_t *rows_read, grid_error *err);

#endif
