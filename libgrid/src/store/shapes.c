/* New geometries for units that a database has. */
#include "store/store.h"

grid_status grid_store_update_shapes(grid_store *store, const grid_units *units, grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(
        store_prepare(store, "UPDATE units SET geometry = ?, area_m2 = ? WHERE code = ?", &s, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < units->n && status == GRID_OK; i++) {
        status = store_bind_shape(store, s, 1, units->shapes, i, err);
        sqlite3_bind_double(s, 2, units->area_m2[i]);
        store_bind_text(s, 3, units->code[i]);
        if (status == GRID_OK)
            status = store_run(store, s, err);
    }
    sqlite3_finalize(s);
    return status;
}
