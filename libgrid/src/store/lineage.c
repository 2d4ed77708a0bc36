/* What became of the units of an older division. */
#include "store/rows.h"
#include "store/store.h"

#include <stdlib.h>

grid_status grid_store_write_lineage(grid_store *store, const grid_lineage_rows *l,
                                     grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store,
                           "INSERT INTO lineage (old_code, new_code, area_share, households_share,"
                           " date, reason) VALUES (?, ?, ?, ?, ?, ?)",
                           &s, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < l->n && status == GRID_OK; i++) {
        store_bind_text(s, 1, store_text_at(l->old_code, i));
        store_bind_text(s, 2, store_text_at(l->new_code, i));
        store_bind_real(s, 3, l->area_share, i);
        store_bind_real(s, 4, l->households_share, i);
        store_bind_text(s, 5, store_text_at(l->date, i));
        store_bind_text(s, 6, store_text_at(l->reason, i));
        status = store_run(store, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

typedef struct own_lineage {
    grid_lineage_rows rows;
    grid_arena memory;
} own_lineage;

void grid_lineage_rows_free(grid_lineage_rows *lineage) {
    if (lineage == NULL)
        return;
    own_lineage *own = (own_lineage *)lineage;
    grid_arena_free(&own->memory);
    free(own);
}

static bool read_step(void *rows, size_t i, sqlite3_stmt *s) {
    own_lineage *own = rows;
    grid_lineage_rows *l = &own->rows;
    const char **texts[] = {l->old_code, l->new_code, l->date, l->reason};
    l->area_share[i] = store_column_real(s, 4);
    l->households_share[i] = store_column_real(s, 5);
    for (int t = 0; t < 4; t++)
        if ((texts[t][i] = store_column_text(s, t, &own->memory)) == NULL)
            return false;
    return true;
}

grid_status grid_store_read_lineage(grid_store *store, grid_lineage_rows **out, grid_error *err) {
    *out = NULL;
    size_t n;
    sqlite3_stmt *s;
    GRID_TRY(store_count(store, "SELECT count(*) FROM lineage", &n, err));
    own_lineage *own = calloc(1, sizeof *own);
    if (own == NULL)
        return grid_fail_nomem(err);
    grid_lineage_rows *l = &own->rows;
    grid_arena *m = &own->memory;
    grid_status status = GRID_OK;
    if (!STORE_ARRAY(m, n, l->old_code) || !STORE_ARRAY(m, n, l->new_code) ||
        !STORE_ARRAY(m, n, l->date) || !STORE_ARRAY(m, n, l->reason) ||
        !STORE_ARRAY(m, n, l->area_share) || !STORE_ARRAY(m, n, l->households_share))
        status = grid_fail_nomem(err);
    if (status == GRID_OK)
        status = store_prepare(store,
                               "SELECT old_code, new_code, date, reason, area_share,"
                               " households_share FROM lineage ORDER BY id",
                               &s, err);
    if (status == GRID_OK) {
        status = store_read_rows(store, s, n, read_step, own, NULL, &l->n, err);
        sqlite3_finalize(s);
    }
    if (status != GRID_OK) {
        grid_lineage_rows_free(l);
        return status;
    }
    *out = l;
    return GRID_OK;
}
