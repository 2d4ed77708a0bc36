/* What could be done about communities that cannot be divided. */
#include "store/rows.h"
#include "store/store.h"

grid_status grid_store_write_advice(grid_store *store, const grid_advice_rows *a, grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store,
                           "INSERT INTO advice (unit_code, neighbour_code, border_m, together,"
                           " grids_min, grids_max) VALUES (?, ?, ?, ?, ?, ?)",
                           &s, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < a->n && status == GRID_OK; i++) {
        store_bind_text(s, 1, a->unit_code[i]);
        store_bind_text(s, 2, a->neighbour_code[i]);
        store_bind_real(s, 3, a->border_m, i);
        store_bind_count(s, 4, a->together[i]);
        store_bind_count(s, 5, a->grids_min[i]);
        store_bind_count(s, 6, a->grids_max[i]);
        status = store_run(store, s, err);
    }
    sqlite3_finalize(s);
    return status;
}
