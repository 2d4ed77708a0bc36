/* Components, their history, the serials given out, and refused rows. */
#include "store/store.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* The texts of a component are columns in the order of its fields. */
#define TEXT_COLUMNS                                                                               \
    "name, status, department_code, department, owner_code, owner, upkeep_code, upkeep,"           \
    " initial_date, change_date, data_source, note, local_id"
enum { FIRST_TEXT = GRID_FIELD_NAME, LAST_TEXT = GRID_FIELD_LOCAL_ID };
enum { PROGRESS_EVERY = 8192 };

/* From so many writes on, making the spatial index anew is cheaper than keeping it row by row. */
enum { MANY = 4096 };

static const char *text_of(sqlite3_stmt *s, int i) {
    const unsigned char *text = sqlite3_column_text(s, i);
    return text ? (const char *)text : "";
}

/* ---- reading ------------------------------------------------------------------------ */

static grid_status visit_component(grid_store *store, sqlite3_stmt *s, grid_component_visit *visit,
                                   void *user, grid_error *err) {
    grid_component_known known = {
        .code = text_of(s, 0),
        .class_code = text_of(s, 1),
        .source = text_of(s, 2),
        .local_id = text_of(s, 3),
        .digest = (uint64_t)sqlite3_column_int64(s, 4),
    };
    GRID_TRY(store_column_point(store, s, 5, &known.x, &known.y, err));
    return visit(user, &known, err);
}

grid_status grid_store_read_components(grid_store *store, grid_component_visit *visit, void *user,
                                       grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store,
                           "SELECT code, class, source, local_id, digest, geometry FROM components"
                           " ORDER BY id",
                           &s, err));
    bool row = true;
    grid_status status = GRID_OK;
    while (status == GRID_OK && row) {
        status = store_step(store, s, &row, err);
        if (status == GRID_OK && row)
            status = visit_component(store, s, visit, user, err);
    }
    sqlite3_finalize(s);
    return status;
}

grid_status grid_store_read_serials(grid_store *store, grid_serial_visit *visit, void *user,
                                    grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store, "SELECT class, last FROM serials ORDER BY class", &s, err));
    bool row = true;
    grid_status status = GRID_OK;
    while (status == GRID_OK && row) {
        status = store_step(store, s, &row, err);
        if (status == GRID_OK && row)
            status = visit(user, text_of(s, 0), (uint32_t)sqlite3_column_int64(s, 1), err);
    }
    sqlite3_finalize(s);
    return status;
}

/* ---- writing ------------------------------------------------------------------------ */

static const char insert_sql[] =
    "INSERT INTO components (code, class, " TEXT_COLUMNS ", unit_code, uncertain, source, digest,"
    " geometry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,"
    " ?17, ?18, ?19, ?20)";

static const char update_sql[] =
    "UPDATE components SET class = ?2, (" TEXT_COLUMNS ") = (?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11,"
    " ?12, ?13, ?14, ?15), unit_code = ?16, uncertain = ?17, source = ?18, digest = ?19,"
    " geometry = ?20 WHERE code = ?1";

static const char history_sql[] =
    "INSERT INTO component_history (replaced, change, code, class, " TEXT_COLUMNS ", unit_code,"
    " uncertain, source, geometry) SELECT ?2, ?3, code, class, " TEXT_COLUMNS ", unit_code,"
    " uncertain, source, geometry FROM components WHERE code = ?1";

typedef struct writer {
    grid_store *store;
    sqlite3_stmt *insert, *update, *history;
    const char *const *unit_code;
    const char *source;
    char date[21];
} writer;

static void writer_close(writer *w) {
    sqlite3_finalize(w->insert);
    sqlite3_finalize(w->update);
    sqlite3_finalize(w->history);
}

static grid_status writer_open(writer *w, grid_error *err) {
    grid_text_output_date(w->date);
    GRID_TRY(store_prepare(w->store, insert_sql, &w->insert, err));
    GRID_TRY(store_prepare(w->store, update_sql, &w->update, err));
    return store_prepare(w->store, history_sql, &w->history, err);
}

/* Keeps a component as it was before it changes or goes. */
static grid_status keep_history(writer *w, const char *code, const char *change, grid_error *err) {
    store_bind_text(w->history, 1, code);
    store_bind_text(w->history, 2, w->date);
    store_bind_text(w->history, 3, change);
    return store_run(w->store, w->history, err);
}

static grid_status write_component(writer *w, const grid_component *c, grid_error *err) {
    if (c->action == GRID_COMPONENT_SAME)
        return GRID_OK;
    sqlite3_stmt *s = c->action == GRID_COMPONENT_NEW ? w->insert : w->update;
    if (c->action == GRID_COMPONENT_CHANGED)
        GRID_TRY(keep_history(w, c->code, "changed", err));
    int column = 1;
    store_bind_text(s, column++, c->code);
    store_bind_text(s, column++, c->cls->code);
    const char *text = c->texts;
    for (int f = FIRST_TEXT; f <= LAST_TEXT; f++, text += strlen(text) + 1)
        store_bind_text(s, column++, text);
    store_bind_text(s, column++, w->unit_code[c->unit]);
    sqlite3_bind_int(s, column++, c->uncertain);
    store_bind_text(s, column++, w->source);
    sqlite3_bind_int64(s, column++, (sqlite3_int64)c->digest);
    store_bind_point(w->store, s, column, c->x, c->y);
    return store_run(w->store, s, err);
}

static grid_status write_rows(grid_store *store, const grid_component *components, size_t n,
                              const char *const *unit_code, const char *source,
                              const grid_context *ctx, grid_error *err) {
    writer w = {.store = store, .unit_code = unit_code, .source = source};
    grid_status status = writer_open(&w, err);
    for (size_t i = 0; i < n && status == GRID_OK; i++) {
        if (i % PROGRESS_EVERY == 0) {
            grid_report_progress(ctx, "write", (double)i / (double)n);
            if (grid_cancelled(ctx))
                status = grid_fail(err, GRID_E_CANCEL, store->path, "interrupted");
        }
        if (status == GRID_OK)
            status = write_component(&w, &components[i], err);
    }
    writer_close(&w);
    return status;
}

grid_status grid_store_write_components(grid_store *store, const grid_component *components,
                                        size_t n, const char *const *unit_code, const char *source,
                                        const grid_context *ctx, grid_error *err) {
    store_triggers triggers;
    size_t writes = 0;
    for (size_t i = 0; i < n; i++)
        writes += components[i].action != GRID_COMPONENT_SAME;
    if (writes < MANY)
        return write_rows(store, components, n, unit_code, source, ctx, err);
    GRID_TRY(store_triggers_suspend(store, "components", &triggers, err));
    grid_status status = write_rows(store, components, n, unit_code, source, ctx, err);
    if (status == GRID_OK)
        status = store_pack_points(store, "components", err);
    if (status != GRID_OK) {
        store_triggers_free(&triggers);
        return status;
    }
    return store_triggers_resume(store, &triggers, err);
}

grid_status grid_store_delete_components(grid_store *store, const char *const *codes, size_t n,
                                         grid_error *err) {
    sqlite3_stmt *remove;
    writer w = {.store = store};
    GRID_TRY(store_prepare(store, "DELETE FROM components WHERE code = ?", &remove, err));
    grid_status status = writer_open(&w, err);
    for (size_t i = 0; i < n && status == GRID_OK; i++) {
        status = keep_history(&w, codes[i], "deleted", err);
        if (status != GRID_OK)
            break;
        store_bind_text(remove, 1, codes[i]);
        status = store_run(store, remove, err);
    }
    sqlite3_finalize(remove);
    writer_close(&w);
    return status;
}

grid_status grid_store_write_serial(grid_store *store, const char *class_code, uint32_t last,
                                    grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store,
                           "INSERT INTO serials (class, last) VALUES (?1, ?2) ON CONFLICT (class)"
                           " DO UPDATE SET last = max(last, excluded.last)",
                           &s, err));
    store_bind_text(s, 1, class_code);
    sqlite3_bind_int64(s, 2, last);
    grid_status status = store_run(store, s, err);
    sqlite3_finalize(s);
    return status;
}

/* ---- refused rows ------------------------------------------------------------------- */

grid_status grid_store_write_rejects(grid_store *store, const char *source,
                                     const grid_reject_row *rows, size_t n, grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store, "DELETE FROM rejects WHERE source = ?", &s, err));
    store_bind_text(s, 1, source);
    grid_status status = store_run(store, s, err);
    sqlite3_finalize(s);
    if (status != GRID_OK)
        return status;
    GRID_TRY(store_prepare(store,
                           "INSERT INTO rejects (source, file, line, reason, field, detail,"
                           " original) VALUES (?, ?, ?, ?, ?, ?, ?)",
                           &s, err));
    for (size_t i = 0; i < n && status == GRID_OK; i++) {
        store_bind_text(s, 1, source);
        store_bind_text(s, 2, rows[i].file);
        sqlite3_bind_int64(s, 3, (sqlite3_int64)rows[i].line);
        store_bind_text(s, 4, grid_reject_name(rows[i].reason));
        store_bind_text(s, 5, rows[i].field);
        store_bind_text(s, 6, rows[i].detail);
        store_bind_text(s, 7, rows[i].original);
        status = store_run(store, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

/* ---- statistics --------------------------------------------------------------------- */

grid_status grid_store_count_components(grid_store *store, grid_component_count_visit *visit,
                                        void *user, grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store,
                           "SELECT c.unit_code, u.name, c.class, min(c.name), c.status, count(*),"
                           " sum(count(*)) OVER (PARTITION BY c.unit_code),"
                           " sum(count(*)) OVER (PARTITION BY c.class),"
                           " sum(count(*)) OVER () FROM components c"
                           " LEFT JOIN units u ON u.code = c.unit_code"
                           " GROUP BY c.unit_code, c.class, c.status ORDER BY 1, 3, 5",
                           &s, err));
    bool row = true;
    grid_status status = GRID_OK;
    while (status == GRID_OK && row) {
        status = store_step(store, s, &row, err);
        if (status != GRID_OK || !row)
            break;
        const grid_component_count count = {
            .unit_code = text_of(s, 0),
            .unit_name = text_of(s, 1),
            .class_code = text_of(s, 2),
            .name = text_of(s, 3),
            .status = text_of(s, 4),
            .n = sqlite3_column_int64(s, 5),
            .of_unit = sqlite3_column_int64(s, 6),
            .of_class = sqlite3_column_int64(s, 7),
            .of_all = sqlite3_column_int64(s, 8),
        };
        status = visit(user, &count, err);
    }
    sqlite3_finalize(s);
    return status;
}
