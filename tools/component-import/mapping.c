#include "import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "common/data.h"

const char *map_field_name(int field) {
    if (field == MAP_X)
        return "x";
    if (field == MAP_Y)
        return "y";
    return grid_component_field_name((grid_component_field)field);
}

static grid_status find_field(const char *name, const char *where, int *out, grid_error *err) {
    const char *names[MAP_FIELDS];
    for (int f = 0; f < MAP_FIELDS; f++) {
        names[f] = map_field_name(f);
        if (grid_text_same(name, names[f])) {
            *out = f;
            return GRID_OK;
        }
    }
    const char *nearest = grid_text_nearest(name, names, MAP_FIELDS);
    grid_fail(err, GRID_E_ARG, where, "there is no field '%s'", name);
    if (nearest != NULL)
        return grid_hint(err, GRID_E_ARG, "did you mean '%s'?", nearest);
    return grid_hint(err, GRID_E_ARG, "data/classes/fields.csv lists the fields");
}

/* A rule from texts that live shorter than the mapping. */
static grid_status add_rule(mapping *map, const char *layer, const char *field, const char *column,
                            const char *value, const char *where, grid_error *err) {
    map_rule rule;
    GRID_TRY(find_field(field, where, &rule.field, err));
    rule.layer = grid_arena_text(&map->arena, layer);
    rule.column = grid_arena_text(&map->arena, column);
    rule.value = grid_arena_text(&map->arena, value);
    if (!rule.layer || !rule.column || !rule.value || !GRID_PUSH(&map->rules, rule))
        return grid_fail_nomem(err);
    return GRID_OK;
}

/* "LEFT=RIGHT" of --map and --set. */
static grid_status add_pair(mapping *map, const char *pair, bool constant, grid_error *err) {
    char left[256];
    const char *equals = strchr(pair, '=');
    if (equals == NULL || equals == pair || (size_t)(equals - pair) >= sizeof left)
        return grid_fail(err, GRID_E_ARG, pair, "is not of the form %s",
                         constant ? "FIELD=VALUE" : "COL=FIELD");
    snprintf(left, sizeof left, "%.*s", (int)(equals - pair), pair);
    if (constant)
        return add_rule(map, "", left, "", equals + 1, pair, err);
    return add_rule(map, "", equals + 1, left, "", pair, err);
}

static const char *cell(const grid_layer *layer, const char *column, size_t row, char buffer[32]) {
    const grid_column *c = grid_layer_column(layer, column);
    return c ? grid_column_text(c, row, buffer) : "";
}

static grid_status add_table(mapping *map, const char *path, grid_error *err) {
    grid_layer *layer;
    GRID_TRY(
        grid_layer_read(path, &(grid_layer_options){.attributes_only = true}, NULL, &layer, err));
    const grid_column *field;
    grid_status status = grid_layer_find_column(layer, "field", &field, err);
    for (size_t i = 0; i < layer->n && status == GRID_OK; i++) {
        char buffer[4][32], where[256];
        status = add_rule(map, cell(layer, "layer", i, buffer[0]),
                          grid_column_text(field, i, buffer[1]),
                          cell(layer, "column", i, buffer[2]), cell(layer, "value", i, buffer[3]),
                          grid_layer_where(layer, i, where), err);
    }
    grid_layer_free(layer);
    return status;
}

static grid_status add_aliases(mapping *map, grid_error *err) {
    char path[4096];
    grid_layer *layer;
    if (!tool_data_path("classes/fields.csv", path, sizeof path))
        return grid_fail(err, GRID_E_READ, "classes/fields.csv", "is not installed");
    GRID_TRY(
        grid_layer_read(path, &(grid_layer_options){.attributes_only = true}, NULL, &layer, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < layer->n && status == GRID_OK; i++) {
        char buffer[2][32], where[256];
        map_alias alias;
        grid_layer_where(layer, i, where);
        alias.written = grid_arena_text(&map->arena, cell(layer, "written", i, buffer[1]));
        status = find_field(cell(layer, "field", i, buffer[0]), where, &alias.field, err);
        if (status == GRID_OK && (alias.written == NULL || !GRID_PUSH(&map->aliases, alias)))
            status = grid_fail_nomem(err);
    }
    grid_layer_free(layer);
    return status;
}

grid_status mapping_read(mapping *map, const mapping_options *options, grid_error *err) {
    for (size_t i = 0; i < options->pairs.n; i++)
        GRID_TRY(add_pair(map, options->pairs.at[i], false, err));
    for (size_t i = 0; i < options->constants.n; i++)
        GRID_TRY(add_pair(map, options->constants.at[i], true, err));
    if (options->x != NULL)
        GRID_TRY(add_rule(map, "", "x", options->x, "", "--x", err));
    if (options->y != NULL)
        GRID_TRY(add_rule(map, "", "y", options->y, "", "--y", err));
    if (options->table != NULL)
        GRID_TRY(add_table(map, options->table, err));
    return add_aliases(map, err);
}

void mapping_free(mapping *map) {
    grid_arena_free(&map->arena);
    GRID_VEC_FREE(&map->rules);
    GRID_VEC_FREE(&map->aliases);
}

/* ---- one layer ---------------------------------------------------------------------- */

static bool concerns(const map_rule *rule, const grid_layer *layer) {
    return rule->layer[0] == '\0' || strcmp(rule->layer, "*") == 0 ||
           grid_text_same(rule->layer, layer->name);
}

/*
 * grid-locate appends a column "status" of its own, which tells about the place and not about
 * the component. Its words are nobody else's.
 */
static bool is_of_locate(const grid_column *column, size_t n) {
    static const char *const words[] = {"inside", "border", "nearest", "outside", "bad"};
    if (column == NULL || column->type != GRID_COLUMN_TEXT)
        return false;
    for (size_t i = 0; i < n; i++) {
        bool known = column->null[i];
        for (size_t w = 0; w < sizeof words / sizeof *words && !known; w++)
            known = strcmp(column->text[i], words[w]) == 0;
        if (!known)
            return false;
    }
    return true;
}

grid_status mapping_settle(const mapping *map, const grid_layer *layer, mapped *out,
                           grid_error *err) {
    *out = (mapped){0};
    bool settled[MAP_FIELDS] = {false};
    for (size_t i = 0; i < map->rules.n; i++) {
        const map_rule *rule = &map->rules.at[i];
        if (!concerns(rule, layer) || settled[rule->field])
            continue;
        settled[rule->field] = true;
        if (rule->value[0] != '\0')
            out->value[rule->field] = rule->value;
        if (rule->column[0] != '\0')
            GRID_TRY(grid_layer_find_column(layer, rule->column, &out->column[rule->field], err));
    }
    for (size_t i = 0; i < map->aliases.n; i++) {
        const map_alias *alias = &map->aliases.at[i];
        if (settled[alias->field])
            continue;
        const grid_column *column = grid_layer_column(layer, alias->written);
        if (alias->field == GRID_FIELD_STATUS && is_of_locate(column, layer->n))
            continue;
        out->column[alias->field] = column;
        settled[alias->field] = out->column[alias->field] != NULL;
    }
    return GRID_OK;
}

/* What "from=to;from=to" makes of a word: itself when it is not among them. */
static const char *translate(const char *table, const char *word, char *buffer, size_t size) {
    size_t n = strlen(word);
    for (const char *at = table; *at != '\0';) {
        size_t length = strcspn(at, ";");
        if (length > n && at[n] == '=' && strncmp(at, word, n) == 0) {
            snprintf(buffer, size, "%.*s", (int)(length - n - 1), at + n + 1);
            return buffer;
        }
        at += length + (at[length] == ';');
    }
    return word;
}

const char *mapped_text(const mapped *m, int field, size_t row, char *buffer, size_t size) {
    const grid_column *column = m->column[field];
    const char *value = m->value[field];
    if (column == NULL)
        return value;
    if (column->null[row])
        return "";
    const char *text = grid_column_text(column, row, buffer);
    if (value == NULL)
        return text;
    char word[256]; /* the buffer takes the translation */
    snprintf(word, sizeof word, "%s", text);
    const char *translated = translate(value, word, buffer, size);
    return translated == word ? text : translated;
}

void mapped_describe(const mapped *m, char *out, size_t size) {
    size_t used = 0;
    out[0] = '\0';
    for (int f = 0; f < MAP_FIELDS; f++) {
        if (m->column[f] == NULL && m->value[f] == NULL)
            continue;
        const char *from = m->column[f] ? m->column[f]->name : m->value[f];
        int n = snprintf(out + used, size - used, "%s%s=%s", used ? ", " : "", map_field_name(f),
                         from);
        if (n < 0 || used + (size_t)n >= size)
            return;
        used += (size_t)n;
    }
}
