#include "old_records.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

static const double SAME_PLACE_M = 1;

static int compare_place(const void *pa, const void *pb, void *user) {
    const old_records *o = user;
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    int order = strcmp(o->units->name[a], o->units->name[b]);
    order = order ? order : (o->middle[a].x > o->middle[b].x) - (o->middle[a].x < o->middle[b].x);
    return order ? order : (a > b) - (a < b);
}

static int compare_parent(const void *pa, const void *pb, void *user) {
    const grid_units *u = ((const old_records *)user)->units;
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    int order = strcmp(u->parent_code[a], u->parent_code[b]);
    order = order ? order : strcmp(u->name[a], u->name[b]);
    return order ? order : strcmp(u->code[a], u->code[b]);
}

static int compare_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Those without a shape are left out of `by_place`: a comparison with NAN orders nothing. */
static void find_middles(old_records *o, size_t *n_placed) {
    const grid_units *u = o->units;
    *n_placed = 0;
    for (uint32_t i = 0; i < u->n; i++) {
        grid_box box = grid_shapes_box(u->shapes, i);
        bool placed = u->shapes->kind[i] == GRID_SHAPE_AREA;
        o->middle[i] = placed ? (grid_xy){(box.min_x + box.max_x) / 2, (box.min_y + box.max_y) / 2}
                              : (grid_xy){NAN, NAN};
        o->by_parent[i] = i;
        if (placed)
            o->by_place[(*n_placed)++] = i;
    }
}

static void collect_used(const update *u, old_records *o) {
    for (size_t i = 0; i < o->units->n; i++)
        o->used[o->n_used++] = o->units->code[i];
    for (size_t i = 0; i < u->history->n; i++) {
        o->used[o->n_used++] = u->history->old_code[i];
        o->used[o->n_used++] = u->history->new_code[i];
    }
    qsort(o->used, o->n_used, sizeof *o->used, compare_text);
}

grid_status old_records_open(const update *u, size_t i, old_records *o, grid_error *err) {
    *o = (old_records){0};
    if (u->grids == NULL || i >= u->n_records)
        return GRID_OK;
    size_t n = u->record[i]->n, n_placed;
    o->units = u->record[i];
    o->by_place = GRID_NEW(uint32_t, n);
    o->by_parent = GRID_NEW(uint32_t, n);
    o->middle = GRID_NEW(grid_xy, n);
    o->taken = GRID_NEW(bool, n);
    o->used = GRID_NEW(const char *, n + 2 * u->history->n);
    if (!o->by_place || !o->by_parent || !o->middle || !o->taken || !o->used)
        return grid_fail_nomem(err);
    find_middles(o, &n_placed);
    o->n_placed = n_placed;
    qsort_r(o->by_place, n_placed, sizeof *o->by_place, compare_place, o);
    qsort_r(o->by_parent, n, sizeof *o->by_parent, compare_parent, o);
    collect_used(u, o);
    return GRID_OK;
}

void old_records_free(old_records *o) {
    free(o->by_place);
    free(o->by_parent);
    free(o->middle);
    free(o->taken);
    free(o->used);
    *o = (old_records){0};
}

/* The first place of by_place that is not before this name and x. */
static size_t first_at(const old_records *o, const char *name, double x) {
    size_t from = 0, to = o->n_placed;
    while (from < to) {
        size_t at = from + (to - from) / 2;
        uint32_t row = o->by_place[at];
        int order = strcmp(o->units->name[row], name);
        if (order < 0 || (order == 0 && o->middle[row].x < x))
            from = at + 1;
        else
            to = at;
    }
    return from;
}

uint32_t old_records_take_at(old_records *o, const char *name, double x, double y) {
    uint32_t best = GRID_NONE;
    double best_m = SAME_PLACE_M;
    if (o->units == NULL)
        return GRID_NONE;
    for (size_t i = first_at(o, name, x - SAME_PLACE_M); i < o->n_placed; i++) {
        uint32_t row = o->by_place[i];
        if (strcmp(o->units->name[row], name) != 0 || o->middle[row].x > x + SAME_PLACE_M)
            break;
        double away = hypot(o->middle[row].x - x, o->middle[row].y - y);
        if (!o->taken[row] && (best == GRID_NONE ? away <= best_m : away < best_m)) {
            best = row;
            best_m = away;
        }
    }
    if (best != GRID_NONE)
        o->taken[best] = true;
    return best;
}

uint32_t old_records_take_below(old_records *o, const char *parent, const char *name) {
    size_t from = 0, to = o->units ? o->units->n : 0, n = to;
    while (from < to) {
        size_t at = from + (to - from) / 2;
        uint32_t row = o->by_parent[at];
        int order = strcmp(o->units->parent_code[row], parent);
        order = order ? order : strcmp(o->units->name[row], name);
        if (order < 0)
            from = at + 1;
        else
            to = at;
    }
    for (size_t i = from; i < n; i++) {
        uint32_t row = o->by_parent[i];
        if (strcmp(o->units->parent_code[row], parent) != 0 ||
            strcmp(o->units->name[row], name) != 0)
            break;
        if (!o->taken[row]) {
            o->taken[row] = true;
            return row;
        }
    }
    return GRID_NONE;
}

uint32_t old_records_last(const old_records *o, const char *parent, const char *pattern) {
    size_t from = 0, to = o->n_used, above = strlen(parent);
    uint32_t last = 0;
    while (from < to) {
        size_t at = from + (to - from) / 2;
        if (strcmp(o->used[at], parent) < 0)
            from = at + 1;
        else
            to = at;
    }
    for (size_t i = from; i < o->n_used && strncmp(o->used[i], parent, above) == 0; i++) {
        uint32_t number = grid_code_number(o->used[i], parent, pattern);
        last = number > last ? number : last;
    }
    return last;
}
