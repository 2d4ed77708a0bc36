#include "update.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "base/vec.h"
#include "heirs.h"
#include "overlay.h"

/* ---- the old division --------------------------------------------------------------- */

static grid_status read_grids(grid_store *store, const char *path, update *u, grid_error *err) {
    grid_level *levels = NULL;
    size_t n = 0;
    int split = 0;
    GRID_TRY(grid_store_read_levels(store, &levels, &n, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n && status == GRID_OK; i++)
        if (strcmp(levels[i].how, "split") == 0)
            split = levels[i].level;
        else if (strcmp(levels[i].how, "record") == 0 && u->n_records < UPDATE_MAX_RECORDS)
            status = grid_store_read_units(store, levels[i].level, &u->record[u->n_records++], err);
    grid_levels_free(levels);
    GRID_TRY(status);
    if (split == 0)
        return grid_fail(err, GRID_E_INPUT, path, "no level of this database was made by dividing");
    GRID_TRY(grid_store_read_units(store, split, &u->grids, err));
    return grid_store_read_lineage(store, &u->history, err);
}

static grid_status check_crs(grid_store *store, const char *path, const char *crs,
                             grid_error *err) {
    if (strcmp(grid_store_crs(store), crs) == 0)
        return GRID_OK;
    grid_fail(err, GRID_E_INPUT, path, "the database is in %s, the new layers in %s",
              grid_store_crs(store), crs);
    return grid_hint(err, GRID_E_INPUT, "reproject the street layer to %s", grid_store_crs(store));
}

static grid_status lock_grids(const tool_list *locks, update *u, grid_error *err) {
    u->locked = GRID_NEW(bool, u->grids->n);
    if (u->locked == NULL)
        return grid_fail_nomem(err);
    for (size_t l = 0; l < locks->n; l++) {
        size_t g = 0;
        while (g < u->grids->n && strcmp(u->grids->code[g], locks->at[l]) != 0)
            g++;
        if (g == u->grids->n) {
            const char *near = grid_text_nearest(locks->at[l], u->grids->code, u->grids->n);
            grid_fail(err, GRID_E_ARG, "", "--lock %s: the old division has no such grid",
                      locks->at[l]);
            return near ? grid_hint(err, GRID_E_ARG, "did you mean %s?", near) : GRID_E_ARG;
        }
        u->locked[g] = true;
    }
    return GRID_OK;
}

static grid_status collect_codes(update *u, grid_error *err) {
    u->used_code = GRID_NEW(const char *, u->grids->n + 2 * u->history->n);
    if (u->used_code == NULL)
        return grid_fail_nomem(err);
    for (size_t g = 0; g < u->grids->n; g++)
        u->used_code[u->n_used++] = u->grids->code[g];
    for (size_t h = 0; h < u->history->n; h++) {
        u->used_code[u->n_used++] = u->history->old_code[h];
        u->used_code[u->n_used++] = u->history->new_code[h];
    }
    return GRID_OK;
}

static grid_status check_date(const char *date, grid_error *err) {
    if (date == NULL || (grid_text_begins_with_day(date) && date[10] == '\0'))
        return GRID_OK;
    return grid_fail(err, GRID_E_ARG, "", "--date %s is no day: write it as 2026-03-01", date);
}

grid_status update_check(const char *path, const tool_list *locks, const char *date,
                         grid_error *err) {
    if (path == NULL && (locks->n > 0 || date != NULL))
        return grid_fail(err, GRID_E_ARG, "", "%s is for updates (--update)",
                         locks->n > 0 ? "--lock" : "--date");
    return check_date(date, err);
}

grid_status update_read(const char *path, const tool_list *locks, const char *date, const char *crs,
                        update *u, grid_error *err) {
    *u = (update){0};
    if (path == NULL)
        return GRID_OK;
    char stamp[21];
    grid_text_output_date(stamp);
    if (date || getenv("SOURCE_DATE_EPOCH"))
        snprintf(u->date, sizeof u->date, "%.10s", date ? date : stamp);
    grid_store *store;
    GRID_TRY(grid_store_open(path, false, &store, err));
    grid_status status = check_crs(store, path, crs, err);
    if (status == GRID_OK)
        status = read_grids(store, path, u, err);
    grid_store_close(store);
    if (status == GRID_OK)
        status = grid_rtree_build_shapes(u->grids->shapes, &u->tree, err);
    if (status == GRID_OK)
        status = lock_grids(locks, u, err);
    return status == GRID_OK ? collect_codes(u, err) : status;
}

void update_free(update *u) {
    grid_units_free(u->grids);
    for (size_t i = 0; i < u->n_records; i++)
        grid_units_free(u->record[i]);
    grid_lineage_rows_free(u->history);
    free(u->locked);
    free(u->used_code);
    grid_rtree_free(u->tree);
    free(u->grid_of_feature);
    free(u->was);
    free(u->old_grid);
    free(u->street_code);
    free(u->street_text);
    free(u->community_code);
    free(u->community_text);
    free(u->code);
    free(u->name);
    free(u->now.old_code);
    free(u->now.new_code);
    free(u->now.area_share);
    free(u->now.households_share);
    free(u->now.date);
    free(u->now.reason);
    *u = (update){0};
}

/* ---- matching ----------------------------------------------------------------------- */

static uint32_t find_grid(const update *u, double x, double y) {
    return overlay_at(u->grids->shapes, u->tree, x, y);
}

grid_status update_find_features(update *u, const grid_shapes *features, grid_error *err) {
    if (u->grids == NULL)
        return GRID_OK;
    u->grid_of_feature = GRID_NEW(uint32_t, features->n);
    if (u->grid_of_feature == NULL)
        return grid_fail_nomem(err);
    for (size_t f = 0; f < features->n; f++) {
        grid_box box = grid_shapes_box(features, f);
        u->grid_of_feature[f] = find_grid(u, (box.min_x + box.max_x) / 2,
                                          (box.min_y + box.max_y) / 2);
    }
    return GRID_OK;
}

/* Old grids that no cell lies in will end. Where that is all of them, or a part of the town is not
 * in the input, nobody may have wanted it. */
static grid_status check_meeting(const update *u, uint32_t n_cells, const grid_context *ctx,
                                 grid_error *err) {
    bool *met = GRID_NEW(bool, u->grids->n);
    if (met == NULL)
        return grid_fail_nomem(err);
    for (uint32_t c = 0; c < n_cells; c++)
        if (u->was[c] != GRID_NONE)
            met[u->was[c]] = true;
    size_t n_ended = 0, first = 0;
    for (size_t g = u->grids->n; g-- > 0;)
        if (!met[g]) {
            n_ended++;
            first = g;
        }
    free(met);
    if (n_ended == u->grids->n)
        return grid_fail(err, GRID_E_INPUT, "",
                         "--update: no grid of the old division lies in the streets given");
    if (n_ended > 0)
        grid_find(ctx, GRID_WARNING, "grids-ended", u->grids->code[first],
                  "%zu of the %zu grids of the old division, the first of them this one, have no "
                  "ground left in the streets given and end",
                  n_ended, u->grids->n);
    return GRID_OK;
}

grid_status update_match(update *u, const grid_cells *cells, const grid_graph *graph,
                         const grid_context *ctx, grid_error *err) {
    if (u->grids == NULL)
        return GRID_OK;
    u->was = GRID_NEW(uint32_t, cells->n_cells);
    u->old_grid = GRID_NEW(uint32_t, cells->n_cells);
    if (u->was == NULL || u->old_grid == NULL)
        return grid_fail_nomem(err);
    for (uint32_t c = 0; c < cells->n_cells; c++) {
        uint32_t was = u->was[c] = find_grid(u, graph->place[c].x, graph->place[c].y);
        bool extended = was != GRID_NONE && strcmp(u->grids->kind[was], "extended") == 0;
        u->old_grid[c] = extended == (cells->extended[c] != GRID_NONE) ? was : GRID_NONE;
    }
    return check_meeting(u, cells->n_cells, ctx, err);
}

/* What lives on of the codes of streets (9 characters) or communities (12). */
static bool keep_parents(const update *u, const grid_cells *cells, size_t length,
                         const uint32_t *unit_of_cell, uint32_t n_units, const char ***code,
                         char **text) {
    heir_share *s = GRID_NEW(heir_share, cells->n_cells);
    *code = GRID_NEW(const char *, n_units);
    *text = GRID_NEW(char, n_units *(length + 1));
    size_t n = 0;
    bool ok = s && *code && *text;
    for (uint32_t c = 0; ok && c < cells->n_cells; c++)
        if (u->was[c] != GRID_NONE && strlen(u->grids->code[u->was[c]]) > length)
            s[n++] = (heir_share){unit_of_cell[c], u->grids->code[u->was[c]], cells->households[c],
                                  cells->area_m2[c]};
    if (ok)
        heirs_find(s, n, length, n_units, *code, *text);
    free(s);
    return ok;
}

grid_status update_keep_parents(update *u, const grid_cells *cells, grid_error *err) {
    if (u->grids == NULL)
        return GRID_OK;
    bool ok = keep_parents(u, cells, 9, cells->street, cells->n_streets, &u->street_code,
                           &u->street_text) &&
              keep_parents(u, cells, 12, cells->community, cells->n_communities, &u->community_code,
                           &u->community_text);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

grid_status update_keep(update *u, const grid_division *d, grid_error *err) {
    if (u->grids == NULL)
        return GRID_OK;
    u->code = GRID_NEW(const char *, d->n_grids);
    u->name = GRID_NEW(const char *, d->n_grids);
    if (u->code == NULL || u->name == NULL)
        return grid_fail_nomem(err);
    for (uint32_t g = 0; g < d->n_grids; g++)
        if (d->old[g] != GRID_NONE) {
            u->code[g] = u->grids->code[d->old[g]];
            u->name[g] = u->grids->name[d->old[g]];
        }
    return GRID_OK;
}

/* ---- lineage ------------------------------------------------------------------------ */

/* A piece of ground that went from an old grid to a new one. */
typedef struct passage {
    uint32_t old, grid;
    int64_t households;
    double area_m2;
} passage;

static int compare_passages(const void *pa, const void *pb) {
    const passage *a = pa, *b = pb;
    if (a->old != b->old)
        return a->old < b->old ? -1 : 1;
    return a->grid < b->grid ? -1 : a->grid > b->grid;
}

/* One passage per pair of old and new grid, ordered by old grid. */
static size_t collect_passages(const update *u, const grid_cells *cells, const grid_division *d,
                               passage *p) {
    size_t n = 0;
    for (uint32_t c = 0; c < cells->n_cells; c++)
        p[c] = (passage){u->was[c], d->grid[c], cells->households[c], cells->area_m2[c]};
    qsort(p, cells->n_cells, sizeof *p, compare_passages);
    for (uint32_t c = 0; c < cells->n_cells; c++)
        if (n > 0 && compare_passages(&p[n - 1], &p[c]) == 0) {
            p[n - 1].households += p[c].households;
            p[n - 1].area_m2 += p[c].area_m2;
        } else {
            p[n++] = p[c];
        }
    return n;
}

/* Makes room for one more row. */
static bool reserve_row(update *u) {
    grid_lineage_rows *rows = &u->now;
    if (rows->n < u->room)
        return true;
    size_t room = 2 * u->room + 64;
    const char ***texts[] = {&rows->old_code, &rows->new_code, &rows->date, &rows->reason};
    double **shares[] = {&rows->area_share, &rows->households_share};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        const char **larger = realloc(*texts[i], room * sizeof *larger);
        if (larger == NULL)
            return false;
        *texts[i] = larger;
    }
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) {
        double *larger = realloc(*shares[i], room * sizeof *larger);
        if (larger == NULL)
            return false;
        *shares[i] = larger;
    }
    u->room = room;
    return true;
}

static bool add_row(update *u, const char *old, const char *new_code, double area,
                    double households, const char *date, const char *reason) {
    if (!reserve_row(u))
        return false;
    grid_lineage_rows *rows = &u->now;
    size_t i = rows->n++;
    rows->old_code[i] = old;
    rows->new_code[i] = new_code;
    rows->area_share[i] = area;
    rows->households_share[i] = households;
    rows->date[i] = date;
    rows->reason[i] = reason;
    return true;
}

bool update_tell(update *u, const char *old, const char *new_code, const char *reason) {
    double all = *new_code != '\0' ? 1 : NAN;
    return add_row(u, old, new_code, all, all, u->date, reason);
}

/* The passages p[0 .. n-1] out of one old grid; nothing is said of a grid that stayed as it was. */
static bool trace_grid(update *u, const passage *p, size_t n, const grid_code *code,
                       const uint32_t *lives_on) {
    if (p->old == GRID_NONE)
        return true;
    const char *old = u->grids->code[p->old];
    if (n == 1 && strcmp(old, code[p->grid]) == 0)
        return true;
    int64_t households = 0;
    double area = 0;
    for (size_t i = 0; i < n; i++) {
        households += p[i].households;
        area += p[i].area_m2;
    }
    bool ok = true;
    for (size_t i = 0; ok && i < n; i++)
        ok = add_row(u, old, code[p[i].grid], area > 0 ? p[i].area_m2 / area : NAN,
                     households > 0 ? (double)p[i].households / (double)households : NAN, u->date,
                     strcmp(old, code[p[i].grid]) == 0 ? "lives on"
                     : lives_on[p[i].grid] == p->old   ? "lives on under another community's code"
                                                       : "moved by an update");
    return ok;
}

/* Old grids without any ground left are told as well: their codes are spent. */
static bool trace_ended(update *u, const passage *p, size_t n) {
    bool *there = GRID_NEW(bool, u->grids->n), ok = there != NULL;
    for (size_t i = 0; ok && i < n; i++)
        if (p[i].old != GRID_NONE)
            there[p[i].old] = true;
    for (size_t g = 0; ok && g < u->grids->n; g++)
        ok = there[g] || update_tell(u, u->grids->code[g], "", "nothing of it is left");
    free(there);
    return ok;
}

static bool copy_history(update *u) {
    const grid_lineage_rows *h = u->history;
    bool ok = true;
    for (size_t i = 0; ok && i < h->n; i++)
        ok = add_row(u, h->old_code[i], h->new_code[i], h->area_share[i], h->households_share[i],
                     h->date[i], h->reason[i]);
    return ok;
}

grid_status update_trace(update *u, const grid_cells *cells, const grid_division *d,
                         const grid_code *code, grid_error *err) {
    if (u->grids == NULL)
        return GRID_OK;
    passage *p = GRID_NEW(passage, cells->n_cells);
    size_t n = p ? collect_passages(u, cells, d, p) : 0;
    bool ok = p && copy_history(u);
    for (size_t from = 0, to; ok && from < n; from = to) {
        for (to = from + 1; to < n && p[to].old == p[from].old;)
            to++;
        ok = trace_grid(u, p + from, to - from, code, d->old);
    }
    ok = ok && trace_ended(u, p, n);
    free(p);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

double update_moved_share(const update *u, const grid_cells *cells, const grid_division *d) {
    int64_t moved = 0, all = 0;
    for (uint32_t c = 0; c < cells->n_cells; c++) {
        all += cells->households[c];
        moved += u->was[c] != GRID_NONE && d->old[d->grid[c]] != u->was[c] ? cells->households[c]
                                                                           : 0;
    }
    return all > 0 ? (double)moved / (double)all : 0;
}
