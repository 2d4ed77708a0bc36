#include "tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "csv.h"

static size_t hash(uint32_t unit, span value) {
    uint64_t h = unit * UINT64_C(0x9e3779b97f4a7c15);
    for (const char *c = value.begin; c < value.end; c++)
        h = (h ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
    return (size_t)(h ^ h >> 32);
}

static tally_entry *find(const tally *t, uint32_t unit, span value) {
    size_t length = (size_t)(value.end - value.begin), i = hash(unit, value) & (t->size - 1);
    for (;; i = (i + 1) & (t->size - 1)) {
        tally_entry *e = &t->at[i];
        if (e->points == 0 ||
            (e->unit == unit && e->length == length && memcmp(e->value, value.begin, length) == 0))
            return e;
    }
}

static bool grow(tally *t) {
    tally bigger = {.size = t->size ? 2 * t->size : 1024, .n = t->n};
    if ((bigger.at = calloc(bigger.size, sizeof *bigger.at)) == NULL)
        return false;
    for (size_t i = 0; i < t->size; i++)
        if (t->at[i].points > 0)
            *find(&bigger, t->at[i].unit,
                  (span){t->at[i].value, t->at[i].value + t->at[i].length}) = t->at[i];
    free(t->at);
    *t = bigger;
    return true;
}

bool tally_add(tally *t, uint32_t unit, span value, uint64_t points) {
    if (2 * (t->n + 1) > t->size && !grow(t))
        return false;
    tally_entry *e = find(t, unit, value);
    if (e->points == 0) {
        size_t length = (size_t)(value.end - value.begin);
        char *copy = malloc(length + 1);
        if (copy == NULL)
            return false;
        memcpy(copy, value.begin, length);
        copy[length] = '\0';
        *e = (tally_entry){unit, copy, length, 0};
        t->n++;
    }
    e->points += points;
    return true;
}

void tally_free(tally *t) {
    for (size_t i = 0; i < t->size; i++)
        if (t->at[i].points > 0)
            free(t->at[i].value);
    free(t->at);
    *t = (tally){0};
}

bool tally_merge(tally *t, const tally *from) {
    for (size_t i = 0; i < from->size; i++) {
        const tally_entry *e = &from->at[i];
        if (e->points > 0 &&
            !tally_add(t, e->unit, (span){e->value, e->value + e->length}, e->points))
            return false;
    }
    return true;
}

static int by_unit_and_value(const void *a, const void *b) {
    const tally_entry *x = *(const tally_entry *const *)a, *y = *(const tally_entry *const *)b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    size_t n = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->value, y->value, n);
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static bool print_row(const grids *g, uint32_t unit, const char *by, const char *value,
                      uint64_t points, bytes *out) {
    char number[32];
    snprintf(number, sizeof number, "%llu", (unsigned long long)points);
    return csv_put(out, grid_locator_code(g->locator, g->main_layer, unit), ',') &&
           csv_put(out, grid_locator_label(g->locator, g->main_layer, unit), ',') &&
           (by == NULL || csv_put(out, value, ',')) && csv_put(out, number, '\n');
}

bool tally_print(const tally *t, const grids *g, const char *by, bytes *out) {
    const tally_entry **sorted = malloc((t->n + 1) * sizeof(tally_entry *));
    size_t n = 0;
    for (size_t i = 0; sorted != NULL && i < t->size; i++)
        if (t->at[i].points > 0)
            sorted[n++] = &t->at[i];
    if (sorted != NULL)
        qsort(sorted, n, sizeof *sorted, by_unit_and_value);
    bool ok = sorted != NULL && csv_put(out, "code", ',') && csv_put(out, "name", ',') &&
              (by == NULL || csv_put(out, by, ',')) && csv_put(out, "points", '\n');
    uint32_t units = grid_locator_units(g->locator, g->main_layer);
    size_t i = 0;
    for (uint32_t unit = 0; ok && unit < units; unit++) {
        if (i == n || sorted[i]->unit != unit)
            ok = print_row(g, unit, by, "", 0, out);
        for (; ok && i < n && sorted[i]->unit == unit; i++)
            ok = print_row(g, unit, by, sorted[i]->value, sorted[i]->points, out);
    }
    for (; ok && i < n; i++) /* in no unit */
        ok = print_row(g, GRID_NONE, by, sorted[i]->value, sorted[i]->points, out);
    free(sorted);
    return ok;
}
