/* A geometry as the database holds it. What is read must come out the same when written. */
#include "store/store.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds)
        abort();
}

static sqlite3_stmt *echo(void) {
    static sqlite3 *db;
    static sqlite3_stmt *statement;
    if (statement == NULL) {
        require(sqlite3_open(":memory:", &db) == SQLITE_OK);
        require(sqlite3_prepare_v2(db, "SELECT ?", -1, &statement, NULL) == SQLITE_OK);
    }
    sqlite3_reset(statement);
    return statement;
}

static grid_status read_back(grid_store *store, grid_shapes *shapes) {
    grid_error err;
    sqlite3_stmt *statement = echo();
    require(sqlite3_step(statement) == SQLITE_ROW);
    return store_column_shape(store, statement, 0, shapes, &err);
}

static void check_again(grid_store *store, const grid_shapes *shapes) {
    grid_error err;
    if (store_bind_shape(store, echo(), 1, shapes, 0, &err) != GRID_OK)
        return; /* several points or lines, which we never write */
    grid_shapes *again = grid_shapes_new();
    require(again != NULL && read_back(store, again) == GRID_OK);
    require(again->n_xy == shapes->n_xy && again->n_chains == shapes->n_chains &&
            again->n_parts == shapes->n_parts && again->kind[0] == shapes->kind[0]);
    if (shapes->n_xy > 0)
        require(memcmp(again->xy, shapes->xy, shapes->n_xy * sizeof *shapes->xy) == 0);
    grid_shapes_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char path[] = "a.sqlite";
    grid_store store = {.path = path, .srid = 4547};
    sqlite3_bind_blob(echo(), 1, data, (int)size, SQLITE_STATIC);
    grid_shapes *shapes = grid_shapes_new();
    require(shapes != NULL);
    if (read_back(&store, shapes) == GRID_OK)
        check_again(&store, shapes);
    grid_shapes_free(shapes);
    return 0;
}
