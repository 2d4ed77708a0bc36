#include "common/duties.h"

#include <grid/io.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/text.h"
#include "common/data.h"

/* A table of a scheme as FILE or FILE:LAYER; false when there is no such scheme. */
static bool table_spec(const char *scheme, const char *table, char *out, size_t size) {
    struct stat st;
    char inner[256], path[4096];
    snprintf(inner, sizeof inner, "schemes/%s", scheme);
    if (!tool_data_path(inner, path, sizeof path))
        snprintf(path, sizeof path, "%s", scheme);
    if (stat(path, &st) != 0)
        return false;
    const char *format = S_ISDIR(st.st_mode) ? "%s/%s.csv" : "%s:%s";
    return snprintf(out, size, format, path, table) < (int)size;
}

static grid_status read_table(const char *scheme, const char *table, grid_layer **out,
                              grid_error *err) {
    char spec[4352];
    if (!table_spec(scheme, table, spec, sizeof spec)) {
        grid_fail(err, GRID_E_ARG, "", "there is no scheme '%s'", scheme);
        return grid_hint(err, GRID_E_ARG,
                         "schemes: ruzhou, shibei, anding, jingan, huizhou, or the path of a "
                         "folder or .xlsx of your own");
    }
    return grid_layer_read(spec, &(grid_layer_options){.attributes_only = true}, NULL, out, err);
}

bool tool_duties_found(const char *scheme) {
    static const char *const tables[] = {"posts", "duties"};
    for (int i = 0; i < 2; i++) {
        grid_layer *layer;
        if (read_table(scheme, tables[i], &layer, NULL) != GRID_OK)
            return false;
        grid_layer_free(layer);
    }
    return true;
}

/* A row of a table being taken in; the first thing that goes wrong is kept. */
typedef struct taking {
    grid_arena *arena;
    const grid_layer *layer;
    size_t row;
    grid_status status;
    grid_error *err;
} taking;

static const char *take_text(taking *t, const char *name) {
    const grid_column *column;
    char buffer[32];
    if (t->status == GRID_OK)
        t->status = grid_layer_find_column(t->layer, name, &column, t->err);
    if (t->status != GRID_OK)
        return "";
    const char *text = grid_arena_text(t->arena, grid_column_text(column, t->row, buffer));
    if (text == NULL)
        t->status = grid_fail_nomem(t->err);
    return text ? text : "";
}

static void refuse_number(taking *t, const char *name, const char *text) {
    char where[256];
    t->status = grid_fail(t->err, GRID_E_INPUT, grid_layer_where(t->layer, t->row, where),
                          "column %s: '%s' is no number that is allowed there", name, text);
}

/* Whole and not negative; -1 for an empty cell. */
static int64_t take_count(taking *t, const char *name) {
    const char *text = take_text(t, name);
    int64_t count = -1;
    if (t->status == GRID_OK && text[0] != '\0' && (!grid_text_to_int(text, &count) || count < 0))
        refuse_number(t, name, text);
    return count;
}

static double take_hours(taking *t, const char *name) {
    const char *text = take_text(t, name);
    double hours = NAN;
    if (t->status == GRID_OK && text[0] != '\0' &&
        (!grid_text_to_double(text, &hours) || hours < 0))
        refuse_number(t, name, text);
    return hours;
}

/* A class code; leading zeros that a spreadsheet took are put back. */
static const char *take_class(taking *t) {
    const char *text = take_text(t, "class");
    size_t n = strlen(text), wanted = n == 1 ? 2 : 5;
    if (strspn(text, "0123456789") != n || (n != 1 && n != 4))
        return text;
    char padded[8];
    snprintf(padded, sizeof padded, "%.*s%s", (int)(wanted - n), "0", text);
    const char *kept = grid_arena_text(t->arena, padded);
    if (kept == NULL)
        t->status = grid_fail_nomem(t->err);
    return kept ? kept : "";
}

static void take_post(taking *t, tool_duties *out) {
    grid_post post = {.post = take_text(t, "post"),
                      .name = take_text(t, "name_zh"),
                      .level = take_text(t, "level"),
                      .min = take_count(t, "min"),
                      .max = take_count(t, "max"),
                      .max_units = take_count(t, "max_units")};
    if (post.min < 0)
        post.min = 0;
    if (t->status == GRID_OK && !GRID_PUSH(&out->posts, post))
        t->status = grid_fail_nomem(t->err);
}

static void take_rule(taking *t, tool_duties *out) {
    grid_duty_rule rule = {.kind = take_text(t, "kind"),
                           .class_code = take_class(t),
                           .unit = take_text(t, "unit"),
                           .department = take_text(t, "department"),
                           .accept_h = take_hours(t, "accept_h"),
                           .limit_h = take_hours(t, "limit_h"),
                           .fallback = grid_text_same(take_text(t, "fallback"), "yes")};
    if (t->status == GRID_OK && !GRID_PUSH(&out->rules, rule))
        t->status = grid_fail_nomem(t->err);
}

static grid_status take_table(const char *scheme, const char *table, tool_duties *out,
                              void (*take)(taking *, tool_duties *), grid_error *err) {
    grid_layer *layer;
    GRID_TRY(read_table(scheme, table, &layer, err));
    taking t = {.arena = &out->arena, .layer = layer, .err = err};
    for (; t.row < layer->n && t.status == GRID_OK; t.row++)
        take(&t, out);
    grid_layer_free(layer);
    return t.status;
}

grid_status tool_duties_read(const char *scheme, tool_duties *out, grid_error *err) {
    *out = (tool_duties){0};
    GRID_TRY(take_table(scheme, "posts", out, take_post, err));
    return take_table(scheme, "duties", out, take_rule, err);
}

void tool_duties_free(tool_duties *duties) {
    grid_arena_free(&duties->arena);
    GRID_VEC_FREE(&duties->posts);
    GRID_VEC_FREE(&duties->rules);
}
