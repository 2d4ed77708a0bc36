/* Posts, persons and who holds what, and the rules of duties. */
#include "store/store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

/* ---- writing ------------------------------------------------------------------------ */

static void bind_limit(sqlite3_stmt *s, int i, double hours) {
    if (isnan(hours))
        sqlite3_bind_null(s, i);
    else
        sqlite3_bind_double(s, i, hours);
}

static grid_status write_posts(grid_store *store, const grid_post *posts, size_t n,
                               grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store,
                           "INSERT INTO posts (post, name, level, min, max, max_units)"
                           " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (post) DO UPDATE SET"
                           " name = excluded.name, level = excluded.level, min = excluded.min,"
                           " max = excluded.max, max_units = excluded.max_units",
                           &s, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n && status == GRID_OK; i++) {
        store_bind_text(s, 1, posts[i].post);
        store_bind_text(s, 2, posts[i].name);
        store_bind_text(s, 3, posts[i].level);
        store_bind_count(s, 4, posts[i].min);
        store_bind_count(s, 5, posts[i].max);
        store_bind_count(s, 6, posts[i].max_units);
        status = store_run(store, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

/* Posts that the scheme no longer has go, and with them who held them. */
static grid_status drop_other_posts(grid_store *store, const grid_post *posts, size_t n,
                                    grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_exec(store, "CREATE TEMP TABLE kept_posts (post TEXT PRIMARY KEY)", err));
    GRID_TRY(store_prepare(store, "INSERT OR IGNORE INTO kept_posts VALUES (?)", &s, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n && status == GRID_OK; i++) {
        store_bind_text(s, 1, posts[i].post);
        status = store_run(store, s, err);
    }
    sqlite3_finalize(s);
    if (status == GRID_OK)
        status = store_exec(store,
                            "DELETE FROM holders WHERE post NOT IN (SELECT post FROM kept_posts);"
                            "DELETE FROM posts WHERE post NOT IN (SELECT post FROM kept_posts);"
                            "DROP TABLE kept_posts",
                            err);
    return status;
}

static grid_status write_rules(grid_store *store, const grid_duty_rule *rules, size_t n,
                               grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_exec(store, "DELETE FROM duties", err));
    GRID_TRY(store_prepare(store,
                           "INSERT INTO duties (kind, class, unit, department, accept_h, limit_h,"
                           " fallback) VALUES (?, ?, ?, ?, ?, ?, ?)",
                           &s, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n && status == GRID_OK; i++) {
        store_bind_text(s, 1, rules[i].kind);
        store_bind_text(s, 2, rules[i].class_code);
        store_bind_text(s, 3, rules[i].unit);
        store_bind_text(s, 4, rules[i].department);
        bind_limit(s, 5, rules[i].accept_h);
        bind_limit(s, 6, rules[i].limit_h);
        sqlite3_bind_int(s, 7, rules[i].fallback);
        status = store_run(store, s, err);
    }
    sqlite3_finalize(s);
    return status;
}

grid_status grid_store_write_duties(grid_store *store, const grid_post *posts, size_t n_posts,
                                    const grid_duty_rule *rules, size_t n_rules, grid_error *err) {
    GRID_TRY(write_posts(store, posts, n_posts, err));
    GRID_TRY(drop_other_posts(store, posts, n_posts, err));
    return write_rules(store, rules, n_rules, err);
}

static grid_status write_holder(grid_store *store, sqlite3_stmt *person, sqlite3_stmt *holder,
                                const grid_holder *h, grid_error *err) {
    sqlite3_bind_text(person, 1, h->person, -1, SQLITE_STATIC);
    sqlite3_bind_text(person, 2, h->phone, -1, SQLITE_STATIC);
    store_bind_text(person, 3, h->department);
    GRID_TRY(store_run(store, person, err));
    store_bind_text(holder, 1, h->post);
    store_bind_text(holder, 2, h->unit_code);
    sqlite3_bind_text(holder, 3, h->person, -1, SQLITE_STATIC);
    sqlite3_bind_text(holder, 4, h->phone, -1, SQLITE_STATIC);
    store_bind_text(holder, 5, h->shift);
    store_bind_text(holder, 6, h->valid_from);
    store_bind_text(holder, 7, h->valid_to);
    return store_run(store, holder, err);
}

grid_status grid_store_write_roster(grid_store *store, const grid_holder *holders, size_t n,
                                    grid_error *err) {
    sqlite3_stmt *person = NULL, *holder = NULL;
    GRID_TRY(store_exec(store, "DELETE FROM holders; DELETE FROM persons", err));
    grid_status status = store_prepare(store,
                                       "INSERT OR IGNORE INTO persons (name, phone, department)"
                                       " VALUES (?, ?, ?)",
                                       &person, err);
    if (status == GRID_OK)
        status = store_prepare(store,
                               "INSERT INTO holders (post, unit_code, person_id, shift,"
                               " valid_from, valid_to) SELECT ?1, ?2, id, ?5, ?6, ?7 FROM persons"
                               " WHERE name = ?3 AND phone = ?4",
                               &holder, err);
    for (size_t i = 0; i < n && status == GRID_OK; i++)
        status = write_holder(store, person, holder, &holders[i], err);
    sqlite3_finalize(person);
    sqlite3_finalize(holder);
    return status;
}

/* ---- reading ------------------------------------------------------------------------ */

/* The tables in memory; `input` points into the rest. */
typedef struct duty_tables {
    grid_duty_tables told;
    grid_arena arena;
    GRID_VEC(grid_duty_unit) units;
    GRID_VEC(grid_post) posts;
    GRID_VEC(grid_holder) holders;
    GRID_VEC(grid_duty_rule) rules;
} duty_tables;

static double column_limit(sqlite3_stmt *s, int i) {
    return sqlite3_column_type(s, i) == SQLITE_NULL ? NAN : sqlite3_column_double(s, i);
}

static bool add_unit(duty_tables *t, sqlite3_stmt *s) {
    const char *text[4];
    for (int i = 0; i < 4; i++)
        if ((text[i] = store_column_text(s, i, &t->arena)) == NULL)
            return false;
    return GRID_PUSH(&t->units, (grid_duty_unit){text[0], text[1], text[2], text[3]});
}

static bool add_post(duty_tables *t, sqlite3_stmt *s) {
    grid_post post = {.post = store_column_text(s, 0, &t->arena),
                      .name = store_column_text(s, 1, &t->arena),
                      .level = store_column_text(s, 2, &t->arena),
                      .min = store_column_count(s, 3),
                      .max = store_column_count(s, 4),
                      .max_units = store_column_count(s, 5)};
    return post.post && post.name && post.level && GRID_PUSH(&t->posts, post);
}

static bool add_holder(duty_tables *t, sqlite3_stmt *s) {
    const char *text[8];
    for (int i = 0; i < 8; i++)
        if ((text[i] = store_column_text(s, i, &t->arena)) == NULL)
            return false;
    return GRID_PUSH(&t->holders, (grid_holder){text[0], text[1], text[2], text[3], text[4],
                                                text[5], text[6], text[7]});
}

static bool add_rule(duty_tables *t, sqlite3_stmt *s) {
    grid_duty_rule rule = {.kind = store_column_text(s, 0, &t->arena),
                           .class_code = store_column_text(s, 1, &t->arena),
                           .unit = store_column_text(s, 2, &t->arena),
                           .department = store_column_text(s, 3, &t->arena),
                           .accept_h = column_limit(s, 4),
                           .limit_h = column_limit(s, 5),
                           .fallback = sqlite3_column_int(s, 6) != 0};
    return rule.kind && rule.class_code && rule.unit && rule.department &&
           GRID_PUSH(&t->rules, rule);
}

static grid_status read_rows(grid_store *store, const char *sql,
                             bool (*add)(duty_tables *, sqlite3_stmt *), duty_tables *tables,
                             grid_error *err) {
    sqlite3_stmt *s;
    GRID_TRY(store_prepare(store, sql, &s, err));
    bool row = true;
    grid_status status = GRID_OK;
    while (status == GRID_OK && row) {
        status = store_step(store, s, &row, err);
        if (status == GRID_OK && row && !add(tables, s))
            status = grid_fail_nomem(err);
    }
    sqlite3_finalize(s);
    return status;
}

static grid_status read_all(grid_store *store, duty_tables *t, grid_error *err) {
    GRID_TRY(read_rows(store,
                       "SELECT u.code, u.parent_code, u.name, l.name FROM units u"
                       " JOIN levels l ON l.level = u.level ORDER BY u.level, u.code",
                       add_unit, t, err));
    GRID_TRY(read_rows(store,
                       "SELECT post, name, level, min, max, max_units FROM posts ORDER BY id",
                       add_post, t, err));
    GRID_TRY(read_rows(store,
                       "SELECT p.name, p.phone, p.department, h.post, h.unit_code, h.shift,"
                       " h.valid_from, h.valid_to FROM holders h"
                       " JOIN persons p ON p.id = h.person_id ORDER BY h.id",
                       add_holder, t, err));
    return read_rows(store,
                     "SELECT kind, class, unit, department, accept_h, limit_h, fallback"
                     " FROM duties ORDER BY id",
                     add_rule, t, err);
}

grid_status grid_store_read_duty_tables(grid_store *store, grid_duty_tables **out,
                                        grid_error *err) {
    *out = NULL;
    duty_tables *t = calloc(1, sizeof *t);
    if (t == NULL)
        return grid_fail_nomem(err);
    grid_status status = read_all(store, t, err);
    t->told.input = (grid_duty_input){t->units.at,   t->units.n,   t->posts.at, t->posts.n,
                                      t->holders.at, t->holders.n, t->rules.at, t->rules.n};
    if (status != GRID_OK) {
        grid_duty_tables_free(&t->told);
        return status;
    }
    *out = &t->told;
    return GRID_OK;
}

void grid_duty_tables_free(grid_duty_tables *tables) {
    duty_tables *t = (duty_tables *)tables;
    if (t == NULL)
        return;
    grid_arena_free(&t->arena);
    GRID_VEC_FREE(&t->units);
    GRID_VEC_FREE(&t->posts);
    GRID_VEC_FREE(&t->holders);
    GRID_VEC_FREE(&t->rules);
    free(t);
}

grid_status grid_store_read_duty(grid_store *store, grid_duty **out, grid_error *err) {
    grid_duty_tables *tables;
    *out = NULL;
    GRID_TRY(grid_store_read_duty_tables(store, &tables, err));
    grid_status status = grid_duty_build(&tables->input, out, err);
    grid_duty_tables_free(tables);
    return status;
}
