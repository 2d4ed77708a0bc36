#include "import.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/replace.h"
#include "base/text.h"

static bool know_column(refused_rows *all, const char *name) {
    for (size_t i = 0; i < all->columns.n; i++)
        if (grid_text_same(all->columns.at[i], name))
            return true;
    const char *copy = grid_arena_text(&all->arena, name);
    return copy != NULL && GRID_PUSH(&all->columns, copy);
}

static json_t *original_value(const grid_column *column, size_t row) {
    char buffer[32];
    return column->null[row] ? json_null() : json_string(grid_column_text(column, row, buffer));
}

/* All columns as delivered, and the place of rows that have a geometry. */
static char *original_row(refused_rows *all, const grid_layer *layer, size_t row) {
    json_t *object = json_object();
    grid_xy at;
    bool good = object != NULL;
    for (size_t c = 0; c < layer->n_columns && good; c++)
        good = know_column(all, layer->column[c].name) &&
               json_object_set_new(object, layer->column[c].name,
                                   original_value(&layer->column[c], row)) == 0;
    if (good && grid_component_place(layer->shapes, row, &at))
        good = know_column(all, "x") && know_column(all, "y") &&
               json_object_set_new(object, "x", json_real(at.x)) == 0 &&
               json_object_set_new(object, "y", json_real(at.y)) == 0;
    char *text = good ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    return text;
}

bool refused_add(refused_rows *all, const char *file, const grid_layer *layer, size_t row,
                 size_t line, const grid_component_verdict *verdict) {
    char *original = original_row(all, layer, row);
    if (original == NULL)
        return false;
    grid_reject_row entry = {
        .file = grid_arena_text(&all->arena, file),
        .field = verdict->field,
        .detail = grid_arena_text(&all->arena, verdict->detail),
        .original = grid_arena_text(&all->arena, original),
        .line = line,
        .reason = verdict->reason,
    };
    free(original);
    return entry.file && entry.detail && entry.original && GRID_PUSH(&all->rows, entry);
}

grid_status output_check(const char *path, grid_error *err) {
    grid_replace target;
    if (path == NULL)
        return GRID_OK;
    GRID_TRY(grid_replace_begin(&target, path, tool_common.overwrite, err));
    grid_replace_abort(&target);
    return GRID_OK;
}

void refused_free(refused_rows *all) {
    grid_arena_free(&all->arena);
    GRID_VEC_FREE(&all->rows);
    GRID_VEC_FREE(&all->columns);
}

/* ---- the file ----------------------------------------------------------------------- */

/* A text per row of one column of the file. */
typedef struct text_column {
    const char *name;
    const char **text;
} text_column;

/* The value of a column, whatever the case of its name in this source. */
static json_t *find_value(json_t *object, const char *name) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        if (grid_text_same(key, name))
            return value;
    }
    return NULL;
}

static bool fill_originals(refused_rows *all, text_column *columns) {
    for (size_t i = 0; i < all->rows.n; i++) {
        json_t *object = json_loads(all->rows.at[i].original, 0, NULL);
        if (object == NULL)
            return false;
        for (size_t c = 0; c < all->columns.n; c++) {
            json_t *value = find_value(object, columns[c].name);
            char number[32] = "";
            if (json_is_real(value))
                grid_text_from_double(number, json_real_value(value));
            const char *text = json_is_string(value) ? json_string_value(value) : number;
            columns[c].text[i] = grid_arena_text(&all->arena, text);
            if (columns[c].text[i] == NULL)
                return json_decref(object), false;
        }
        json_decref(object);
    }
    return true;
}

static bool fill_reasons(refused_rows *all, text_column *columns) {
    static const char *const names[] = {"reject_file", "reject_line", "reject_field",
                                        "reject_reason", "reject_detail"};
    for (size_t k = 0; k < 5; k++)
        columns[k].name = names[k];
    for (size_t i = 0; i < all->rows.n; i++) {
        const grid_reject_row *r = &all->rows.at[i];
        char line[32];
        snprintf(line, sizeof line, "%zu", r->line);
        columns[0].text[i] = r->file;
        columns[1].text[i] = grid_arena_text(&all->arena, line);
        columns[2].text[i] = r->field;
        columns[3].text[i] = grid_reject_name(r->reason);
        columns[4].text[i] = r->detail;
        if (columns[1].text[i] == NULL)
            return false;
    }
    return true;
}

static grid_status write_columns(const refused_rows *all, const char *path, text_column *columns,
                                 size_t n_columns, grid_error *err) {
    grid_field *fields = GRID_NEW(grid_field, n_columns);
    if (fields == NULL)
        return grid_fail_nomem(err);
    for (size_t c = 0; c < n_columns; c++)
        fields[c] = (grid_field){.name = columns[c].name, .text = columns[c].text};
    grid_layer_out layer = {
        .name = "rejects", .field = fields, .n_fields = n_columns, .n = all->rows.n};
    grid_status status = grid_layer_write(path, &layer, 1, NULL, tool_common.overwrite, err);
    free(fields);
    return status;
}

grid_status refused_write(refused_rows *all, const char *path, grid_error *err) {
    size_t n_columns = all->columns.n + 5;
    text_column *columns = GRID_NEW(text_column, n_columns);
    bool good = columns != NULL;
    for (size_t c = 0; good && c < n_columns; c++) {
        columns[c].name = c < all->columns.n ? all->columns.at[c] : "";
        columns[c].text = GRID_NEW(const char *, all->rows.n);
        good = columns[c].text != NULL;
    }
    good = good && fill_originals(all, columns) && fill_reasons(all, columns + all->columns.n);
    grid_status status = good ? write_columns(all, path, columns, n_columns, err)
                              : grid_fail_nomem(err);
    for (size_t c = 0; columns != NULL && c < n_columns; c++)
        free(columns[c].text);
    free(columns);
    return status;
}
