#include "joined.h"

#include <grid/io.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/vec.h"

enum { CODE, NAME, POINTS, FIRST_VALUE, MAX_VALUES = 1000 };

typedef struct joined {
    const grids *g;
    size_t n_units, n_values;
    const char **value; /* sorted by their bytes */
    grid_field *field;
    grid_arena memory;
} joined;

static int compare_texts(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The values that occur in some unit, each once. */
static grid_status find_values(joined *j, const tally *t, const char *by, grid_error *err) {
    j->value = grid_arena_alloc(&j->memory, (t->n + 1) * sizeof *j->value);
    if (j->value == NULL)
        return grid_fail_nomem(err);
    size_t n = 0;
    for (size_t i = 0; i < t->size; i++)
        if (t->at[i].points > 0 && t->at[i].unit != GRID_NONE)
            j->value[n++] = t->at[i].value;
    qsort(j->value, n, sizeof *j->value, compare_texts);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || strcmp(j->value[i], j->value[j->n_values - 1]) != 0)
            j->value[j->n_values++] = j->value[i];
    if (j->n_values <= MAX_VALUES)
        return GRID_OK;
    grid_fail(err, GRID_E_INPUT, by, "%zu values would be as many columns, which no layer takes",
              j->n_values);
    return grid_hint(err, GRID_E_INPUT, "count them as a table: without --output, or into a .csv");
}

static bool add_texts(joined *j, grid_field *field, const char *name,
                      const char *(*text_of)(const grid_locator *, size_t, uint32_t)) {
    const char **text = grid_arena_alloc(&j->memory, (j->n_units + 1) * sizeof *text);
    for (uint32_t u = 0; text != NULL && u < j->n_units; u++)
        text[u] = text_of(j->g->locator, j->g->main_layer, u);
    *field = (grid_field){.name = name, .type = GRID_COLUMN_TEXT, .text = text};
    return text != NULL;
}

static int64_t *add_counts(joined *j, grid_field *field, const char *name) {
    int64_t *count = grid_arena_alloc(&j->memory, (j->n_units + 1) * sizeof *count);
    if (count != NULL)
        memset(count, 0, (j->n_units + 1) * sizeof *count);
    *field = (grid_field){.name = name, .type = GRID_COLUMN_INT, .integer = count};
    return count;
}

static const char *name_of(joined *j, const char *value) {
    size_t n = strlen(value) + 3;
    char *name = grid_arena_alloc(&j->memory, n);
    if (name != NULL)
        snprintf(name, n, "n_%s", value);
    return name;
}

static bool fill(joined *j, const tally *t) {
    int64_t **count = grid_arena_alloc(&j->memory, (j->n_values + 1) * sizeof *count);
    j->field = grid_arena_alloc(&j->memory, (FIRST_VALUE + j->n_values) * sizeof *j->field);
    if (count == NULL || j->field == NULL ||
        !add_texts(j, &j->field[CODE], "code", grid_locator_code) ||
        !add_texts(j, &j->field[NAME], "name", grid_locator_label))
        return false;
    int64_t *points = add_counts(j, &j->field[POINTS], "points");
    if (points == NULL)
        return false;
    for (size_t v = 0; v < j->n_values; v++) {
        const char *name = name_of(j, j->value[v]);
        count[v] = add_counts(j, &j->field[FIRST_VALUE + v], name);
        if (name == NULL || count[v] == NULL)
            return false;
    }
    for (size_t i = 0; i < t->size; i++) {
        const tally_entry *e = &t->at[i];
        if (e->points == 0 || e->unit == GRID_NONE)
            continue;
        points[e->unit] += (int64_t)e->points;
        if (j->n_values == 0)
            continue;
        const char **found = bsearch(&(const char *){e->value}, j->value, j->n_values,
                                     sizeof *j->value, compare_texts);
        count[found - j->value][e->unit] += (int64_t)e->points;
    }
    return true;
}

grid_status joined_write(const tally *t, const grids *g, const char *by, const char *path,
                         bool overwrite, grid_error *err) {
    joined j = {.g = g, .n_units = grid_locator_units(g->locator, g->main_layer)};
    grid_status status = by != NULL ? find_values(&j, t, by, err) : GRID_OK;
    if (status == GRID_OK && !fill(&j, t))
        status = grid_fail_nomem(err);
    if (status == GRID_OK) {
        const grid_layer_out layer = {.name = "points_per_unit",
                                      .crs = g->crs,
                                      .shapes = g->shapes,
                                      .field = j.field,
                                      .n_fields = FIRST_VALUE + j.n_values,
                                      .n = j.n_units};
        status = grid_layer_write(path, &layer, 1, NULL, overwrite, err);
    }
    grid_arena_free(&j.memory);
    return status;
}
