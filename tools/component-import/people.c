/* Posts, rosters and duties into the database, checked against the scheme. */
#include "import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "common/duties.h"
#include "common/session.h"

/* ---- roster sheets ------------------------------------------------------------------ */

/* What the columns of a roster may be called. */
enum { PERSON, PHONE, DEPARTMENT, POST, UNIT, SHIFT, FROM, TO, ROSTER_COLUMNS };
static const char *const headings[ROSTER_COLUMNS][6] = {
    [PERSON] = {"person", "name", "姓名", "人员", "人员姓名"},
    [PHONE] = {"phone", "电话", "手机", "手机号", "联系电话", "tel"},
    [DEPARTMENT] = {"department", "部门", "单位", "所在单位"},
    [POST] = {"post", "岗位", "职务", "角色", "网格职务"},
    [UNIT] = {"unit", "unit_code", "网格", "网格名称", "网格编码", "责任区"},
    [SHIFT] = {"shift", "班次", "时段", "值班时间"},
    [FROM] = {"valid_from", "from", "开始日期", "起"},
    [TO] = {"valid_to", "to", "结束日期", "止"},
};

typedef struct sheet {
    const grid_layer *layer;
    const grid_column *column[ROSTER_COLUMNS];
    const grid_duty_tables *tables;
    const grid_roster *names;
    people *out;
    size_t row, skipped;
} sheet;

static grid_status find_columns(sheet *s, grid_error *err) {
    for (int c = 0; c < ROSTER_COLUMNS; c++) {
        size_t n = 0;
        while (n < 6 && headings[c][n] != NULL)
            n++;
        s->column[c] = grid_layer_alias(s->layer, headings[c], n);
        if (s->column[c] == NULL && (c == PERSON || c == POST || c == UNIT)) {
            grid_fail(err, GRID_E_INPUT, s->layer->path, "a roster needs a column '%s' (%s)",
                      headings[c][0], headings[c][2]);
            return grid_hint(err, GRID_E_INPUT,
                             "columns: person 姓名, phone 电话, post 岗位, unit 网格, shift 班次, "
                             "valid_from, valid_to");
        }
    }
    return GRID_OK;
}

/* The cell cleaned, in the arena; "" where the sheet has no such column. */
static const char *take_cell(sheet *s, int column) {
    char buffer[32];
    if (s->column[column] == NULL)
        return "";
    const char *text = grid_column_text(s->column[column], s->row, buffer);
    char *clean = grid_arena_alloc(&s->out->arena, strlen(text) + 1);
    if (clean != NULL)
        grid_component_clean(text, clean);
    return clean;
}

static void complain(sheet *s, const char *kind, const char *format, const char *a, const char *b) {
    char where[256], message[400];
    snprintf(message, sizeof message, format, a, b); /* NOLINT: literals of this file */
    grid_find(tool_context(), GRID_FAULT, kind, grid_layer_where(s->layer, s->row, where), "%s",
              message);
    s->skipped++;
}

/* The post by its id or its name; NULL when there is none, which is said. */
static const grid_post *find_post(sheet *s, const char *written) {
    const grid_duty_input *in = &s->tables->input;
    const char *names[256];
    size_t n = 0;
    for (size_t i = 0; i < in->n_posts; i++) {
        if (grid_text_same(in->posts[i].post, written) || strcmp(in->posts[i].name, written) == 0)
            return &in->posts[i];
        if (n + 2 <= sizeof names / sizeof *names) {
            names[n++] = in->posts[i].post;
            names[n++] = in->posts[i].name;
        }
    }
    const char *nearest = grid_text_nearest(written, names, n);
    complain(s, "roster-post",
             nearest ? "there is no post '%s'; did you mean %s?" : "there is no post '%s'%s",
             written, nearest ? nearest : "");
    return NULL;
}

static bool hold(sheet *s, const grid_holder *holder, const char *unit_code) {
    grid_holder one = *holder;
    one.unit_code = grid_arena_text(&s->out->arena, unit_code);
    return one.unit_code != NULL && GRID_PUSH(&s->out->holders, one);
}

/* "*" stands for all units of the post's level. */
static bool hold_all(sheet *s, const grid_holder *holder, const char *level) {
    const grid_duty_input *in = &s->tables->input;
    for (size_t i = 0; i < in->n_units; i++)
        if (strcmp(in->units[i].level, level) == 0 && !hold(s, holder, in->units[i].code))
            return false;
    return true;
}

static bool hold_one(sheet *s, const grid_holder *holder, const char *written, const char *level) {
    const char *found;
    if (strcmp(written, "*") == 0 || strcmp(written, "全部") == 0)
        return hold_all(s, holder, level);
    switch (grid_roster_find(s->names, written, &found)) {
    case GRID_ROSTER_FOUND:
        return hold(s, holder, found);
    case GRID_ROSTER_AMBIGUOUS:
        complain(s, "roster-unit",
                 "several units are called '%s'; put the community's name before it%s", written,
                 "");
        return true;
    case GRID_ROSTER_UNKNOWN:
        complain(s, "roster-unit",
                 found ? "there is no unit '%s'; did you mean %s?" : "there is no unit '%s'%s",
                 written, found ? found : "");
        return true;
    }
    return true;
}

/* Units are parted by ; 、 or commas. */
static bool hold_units(sheet *s, const grid_holder *holder, char *units, const char *level) {
    static const char *const separators[] = {";", ",", "、", "；", "，"};
    for (char *at = units; *at != '\0';) {
        size_t length = strlen(at), step = 0;
        for (size_t i = 0; i < sizeof separators / sizeof *separators; i++) {
            char *end = strstr(at, separators[i]);
            if (end != NULL && (size_t)(end - at) < length) {
                length = (size_t)(end - at);
                step = strlen(separators[i]);
            }
        }
        char *next = at + length + step, *written = grid_arena_text_n(&s->out->arena, at, length);
        if (written == NULL)
            return false;
        grid_component_clean(written, written);
        if (written[0] != '\0' && !hold_one(s, holder, written, level))
            return false;
        at = next;
    }
    return true;
}

static bool dates_are_good(sheet *s, grid_holder *h) {
    const char **dates[] = {&h->valid_from, &h->valid_to};
    for (int i = 0; i < 2; i++) {
        char *iso = grid_arena_alloc(&s->out->arena, 11);
        if ((*dates[i])[0] == '\0')
            continue;
        if (iso == NULL || !grid_component_date(*dates[i], iso)) {
            complain(s, "roster-date", "'%s' is no day of the calendar%s", *dates[i], "");
            return false;
        }
        *dates[i] = iso;
    }
    return true;
}

static grid_status take_row(sheet *s, grid_error *err) {
    const char *cell[ROSTER_COLUMNS];
    for (int c = 0; c < ROSTER_COLUMNS; c++)
        if ((cell[c] = take_cell(s, c)) == NULL)
            return grid_fail_nomem(err);
    grid_holder holder = {.person = cell[PERSON],
                          .phone = cell[PHONE],
                          .department = cell[DEPARTMENT],
                          .shift = cell[SHIFT],
                          .valid_from = cell[FROM],
                          .valid_to = cell[TO]};
    if (cell[PERSON][0] == '\0') {
        complain(s, "roster-person", "a row without a name%s%s", "", "");
        return GRID_OK;
    }
    if (cell[UNIT][0] == '\0') {
        complain(s, "roster-unit", "%s has no unit%s", cell[PERSON], "");
        return GRID_OK;
    }
    const grid_post *post = find_post(s, cell[POST]);
    if (post == NULL || !dates_are_good(s, &holder))
        return GRID_OK;
    if (!grid_shift_check(holder.shift)) {
        complain(s, "roster-shift", "'%s' is no shift, e.g. 08:00-18:00 or 1-5 08:00-18:00%s",
                 holder.shift, "");
        return GRID_OK;
    }
    holder.post = post->post;
    char *units = grid_arena_text(&s->out->arena, cell[UNIT]);
    if (units == NULL || !hold_units(s, &holder, units, post->level))
        return grid_fail_nomem(err);
    return GRID_OK;
}

static grid_status take_sheet(people *out, const char *spec, const grid_duty_tables *tables,
                              const grid_roster *names, grid_error *err) {
    grid_layer *layer;
    GRID_TRY(grid_layer_read(spec, &(grid_layer_options){.attributes_only = true}, tool_context(),
                             &layer, err));
    sheet s = {.layer = layer, .tables = tables, .names = names, .out = out};
    size_t before = out->holders.n;
    grid_status status = find_columns(&s, err);
    for (; s.row < layer->n && status == GRID_OK; s.row++)
        status = take_row(&s, err);
    if (status == GRID_OK)
        tool_say("%s: %zu rows: %zu posts held, %zu entries not understood", spec, layer->n,
                 out->holders.n - before, s.skipped);
    grid_layer_free(layer);
    return status;
}

static grid_status take_rosters(people *out, const tool_list *rosters,
                                const grid_duty_tables *tables, const char *database,
                                grid_error *err) {
    if (tables->input.n_posts == 0) {
        grid_fail(err, GRID_E_INPUT, database, "has no posts that a roster could fill");
        return grid_hint(err, GRID_E_INPUT, "load them with --scheme");
    }
    grid_roster *names;
    GRID_TRY(grid_roster_new(tables->input.units, tables->input.n_units, &names, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < rosters->n && status == GRID_OK; i++)
        status = take_sheet(out, rosters->at[i], tables, names, err);
    grid_roster_free(names);
    return status;
}

/* ---- the database --------------------------------------------------------------------- */

static void report_posts(const grid_post_count *counts, size_t n) {
    json_t *posts = json_array();
    for (size_t i = 0; i < n; i++) {
        const grid_post_count *c = &counts[i];
        tool_say("%s (%s): %zu of %zu units filled, %zu persons in %zu places", c->name, c->level,
                 c->filled, c->units, c->persons, c->holders);
        json_array_append_new(posts,
                              json_pack("{ss ss ss sI sI sI sI}", "post", c->post, "name", c->name,
                                        "level", c->level, "units", (json_int_t)c->units, "filled",
                                        (json_int_t)c->filled, "holders", (json_int_t)c->holders,
                                        "persons", (json_int_t)c->persons));
    }
    json_object_set_new(tool_report(), "posts", posts);
}

/* Each kind needs an answer where no row fits. */
static void check_fallbacks(const grid_duty_input *in) {
    static const char *const kinds[] = {"component", "event"};
    for (int k = 0; k < 2; k++) {
        bool found = false;
        for (size_t i = 0; i < in->n_rules; i++)
            found |= in->rules[i].fallback && strcmp(in->rules[i].kind, kinds[k]) == 0 &&
                     strcmp(in->rules[i].class_code, "*") == 0 &&
                     strcmp(in->rules[i].unit, "*") == 0;
        if (!found)
            grid_find(tool_context(), GRID_FAULT, "fallback-missing", "duties",
                      "no fallback (托底) row for %ss: class *, unit *, fallback yes", kinds[k]);
    }
}

static grid_status check_people(grid_store *store, grid_error *err) {
    grid_duty_tables *tables;
    grid_duty *duty = NULL;
    GRID_TRY(grid_store_read_duty_tables(store, &tables, err));
    grid_post_count *counts = GRID_NEW(grid_post_count, tables->input.n_posts);
    grid_status status = counts ? grid_duty_build(&tables->input, &duty, err)
                                : grid_fail_nomem(err);
    if (status == GRID_OK)
        status = grid_duty_check(duty, tool_context(), counts, err);
    if (status == GRID_OK) {
        check_fallbacks(&tables->input);
        report_posts(counts, tables->input.n_posts);
    }
    grid_duty_free(duty);
    free(counts);
    grid_duty_tables_free(tables);
    return status;
}

static grid_status write_scheme(grid_store *store, const char *scheme, grid_error *err) {
    tool_duties duties;
    grid_status status = tool_duties_read(scheme, &duties, err);
    if (status == GRID_OK)
        status = grid_store_write_duties(store, duties.posts.at, duties.posts.n, duties.rules.at,
                                         duties.rules.n, err);
    tool_duties_free(&duties);
    return status;
}

static grid_status write_rosters(grid_store *store, const char *database, const tool_list *rosters,
                                 grid_error *err) {
    grid_duty_tables *tables;
    people all = {0};
    GRID_TRY(grid_store_read_duty_tables(store, &tables, err));
    grid_status status = take_rosters(&all, rosters, tables, database, err);
    if (status == GRID_OK)
        status = grid_store_write_roster(store, all.holders.at, all.holders.n, err);
    grid_arena_free(&all.arena);
    GRID_VEC_FREE(&all.holders);
    grid_duty_tables_free(tables);
    return status;
}

grid_status people_import(const char *database, const char *scheme, const tool_list *rosters,
                          grid_error *err) {
    grid_store *store;
    GRID_TRY(grid_store_open(database, true, &store, err));
    grid_status status = scheme ? write_scheme(store, scheme, err) : GRID_OK;
    if (status == GRID_OK && rosters->n > 0)
        status = write_rosters(store, database, rosters, err);
    if (status == GRID_OK)
        status = check_people(store, err);
    if (status == GRID_OK)
        return grid_store_commit(store, err);
    grid_store_close(store);
    return status;
}
