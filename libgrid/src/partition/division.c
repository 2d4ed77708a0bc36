/*
 * division.c - the whole graph: pieces are divided side by side, then numbered region by region
 * in reading order, and every grid says how it stands to the rules.
 */
#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/parallel.h"
#include "base/vec.h"
#include "partition/counts.h"
#include "partition/divide.h"
#include "partition/judge.h"
#include "partition/quarter.h"
#include "partition/reading.h"

typedef struct job {
    const grid_graph *graph;
    const grid_partition_options *options;
    const grid_context *ctx;
    rule_set rules;
    piece_list pieces;
    int64_t *wanted; /* per piece: number of grids; 0 for free */
    uint32_t *order; /* pieces, large ones first */
    piece_result *result;
    atomic_bool failed;
    atomic_size_t nodes_done;
} job;

/* ---- all pieces -------------------------------------------------------------------------------
 */

static void divide_range(void *user, size_t begin, size_t end, unsigned worker) {
    job *j = user;
    for (size_t i = begin; i < end; i++) {
        uint32_t at = j->order[i];
        const piece *p = &j->pieces.at[at];
        if (atomic_load(&j->failed) || grid_cancelled(j->ctx))
            return;
        if (!divide_piece(p, j->options, &j->rules, j->wanted[at], j->ctx, &j->result[at]))
            atomic_store(&j->failed, true);
        size_t done = atomic_fetch_add(&j->nodes_done, p->n) + p->n;
        if (worker == 0)
            grid_report_progress(j->ctx, "dividing", (double)done / j->graph->n);
    }
}

static int compare_size(const void *pa, const void *pb, void *user) {
    const piece_list *list = user;
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    if (list->at[a].n != list->at[b].n)
        return list->at[a].n > list->at[b].n ? -1 : 1;
    return (a > b) - (a < b);
}

/* ---- numbering ---------------------------------------------------------------------------------
 */

/** The grids of a piece with their centres. */
static void add_centres(const job *j, uint32_t at, reading_item *out, uint32_t *count) {
    const piece *p = &j->pieces.at[at];
    const piece_result *r = &j->result[at];
    for (uint32_t i = 0; i < r->k; i++) {
        out[i] = (reading_item){.group = at, .item = i};
        count[i] = 0;
    }
    for (uint32_t v = 0; v < p->n; v++) {
        const grid_xy *place = &j->graph->place[p->node[v]];
        out[r->label[v]].x += place->x;
        out[r->label[v]].y += place->y;
        count[r->label[v]]++;
    }
    for (uint32_t i = 0; i < r->k; i++) {
        out[i].x /= count[i];
        out[i].y /= count[i];
    }
}

/* ---- putting it together
 * ------------------------------------------------------------------------- */

static grid_status allocate(grid_division **out, const grid_graph *graph, uint32_t n_grids,
                            grid_error *err) {
    grid_division *d = GRID_NEW(grid_division, 1);
    if (d == NULL)
        return grid_fail_nomem(err);
    d->n_grids = n_grids;
    d->grid = GRID_NEW(uint32_t, graph->n);
    d->region = GRID_NEW(uint32_t, n_grids);
    d->old = GRID_NEW(uint32_t, n_grids);
    d->measure = GRID_NEW(int64_t, (size_t)n_grids * graph->n_measures);
    d->status = GRID_NEW(uint8_t, n_grids);
    d->reason = grid_new(n_grids, sizeof *d->reason);
    d->solved_price = GRID_NEW(int64_t, graph->n_regions);
    d->searched_price = GRID_NEW(int64_t, graph->n_regions);
    if (!d->grid || !d->region || !d->old || !d->measure || !d->status || !d->reason ||
        !d->solved_price || !d->searched_price) {
        grid_division_free(d);
        return grid_fail_nomem(err);
    }
    *out = d;
    return GRID_OK;
}

/** Fills the grids of pieces from .. to-1, one region, which get the numbers from `first` on. */
static bool fill_region(const job *j, uint32_t from, uint32_t to, uint32_t first, grid_division *d,
                        reading_item *grids, uint32_t *number) {
    uint32_t n = 0, m = j->graph->n_measures;
    for (uint32_t at = from; at < to; at++) {
        add_centres(j, at, grids + n, number);
        n += j->result[at].k;
    }
    reading_sort(grids, n);
    for (uint32_t at = from; at < to; at++) {
        const piece *p = &j->pieces.at[at];
        uint32_t k = j->result[at].k;
        for (uint32_t i = 0; i < n; i++)
            if (grids[i].group == at)
                number[grids[i].item] = first + i;
        for (uint32_t v = 0; v < p->n; v++) {
            uint32_t label = j->result[at].label[v], g = number[label];
            d->grid[p->node[v]] = g;
            for (uint32_t i = 0; i < m; i++)
                d->measure[(size_t)g * m + i] += p->w[(size_t)v * m + i];
        }
        for (uint32_t i = 0; i < k; i++) {
            d->region[number[i]] = p->region;
            d->old[number[i]] = j->result[at].id[i];
        }
        d->n_pieces += !p->extended && !p->locked;
        if (!p->quarter &&
            (j->result[at].verdict == EXACT_OPTIMAL || j->result[at].verdict == EXACT_LEAST_OUT)) {
            d->n_solved++;
            d->solved_price[p->region] += j->result[at].price;
            d->searched_price[p->region] += j->result[at].found_price;
        }
        if (!judge_piece(p, &j->result[at], &j->rules, j->options->rules, number, d))
            return false;
    }
    return true;
}

static void price_borders(const grid_graph *g, grid_division *d) {
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t e = g->start[v]; e < g->start[v + 1]; e++)
            if (v < g->to[e] && g->region[v] == g->region[g->to[e]] &&
                d->grid[v] != d->grid[g->to[e]])
                d->cost += g->cost[e];
}

/** An old grid lives on in one grid only: the one with most households, the first of equals. */
static bool settle_old(const job *j, grid_division *d) {
    uint32_t n_old = j->options->old_grid ? j->options->n_old : 0;
    uint32_t m = j->graph->n_measures, *heir = GRID_NEW(uint32_t, n_old);
    for (uint32_t i = 0; heir && i < n_old; i++)
        heir[i] = GRID_NONE;
    for (uint32_t g = 0; heir && g < d->n_grids; g++) {
        uint32_t old = d->old[g];
        if (old == GRID_NONE)
            continue;
        if (heir[old] == GRID_NONE) {
            heir[old] = g;
        } else if (d->measure[(size_t)g * m] > d->measure[(size_t)heir[old] * m]) {
            d->old[heir[old]] = GRID_NONE;
            heir[old] = g;
        } else {
            d->old[g] = GRID_NONE;
        }
    }
    free(heir);
    return heir != NULL;
}

static grid_status assemble(const job *j, grid_division **out, grid_error *err) {
    uint32_t n_grids = 0;
    for (uint32_t p = 0; p < j->pieces.n; p++)
        n_grids += j->result[p].k;
    GRID_TRY(allocate(out, j->graph, n_grids, err));
    reading_item *grids = GRID_NEW(reading_item, n_grids);
    uint32_t *number = GRID_NEW(uint32_t, n_grids);
    bool ok = grids && number;
    uint32_t first = 0;
    for (uint32_t from = 0, to; ok && from < j->pieces.n; from = to) {
        uint32_t n = 0;
        for (to = from; to < j->pieces.n && j->pieces.at[to].region == j->pieces.at[from].region;
             to++)
            n += j->result[to].k;
        ok = fill_region(j, from, to, first, *out, grids, number);
        first += n;
    }
    price_borders(j->graph, *out);
    ok = ok && settle_old(j, *out);
    free(grids);
    free(number);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

/* ---- the call
 * ------------------------------------------------------------------------------------ */

static grid_status check_arguments(const grid_graph *g, const grid_partition_options *o,
                                   grid_error *err) {
    if (g->n == 0)
        return grid_fail(err, GRID_E_INPUT, "", "there are no cells to divide");
    if (o->rules == NULL || o->effort > 9)
        return grid_fail(err, GRID_E_ARG, "", "a division needs rules and an effort of 1 to 9");
    for (uint32_t v = 0; v < g->n; v++) {
        if (g->region[v] >= g->n_regions)
            return grid_fail(err, GRID_E_ARG, "", "cell %" PRIu32 " belongs to no region", v);
        for (uint32_t m = 0; m < g->n_measures; m++)
            if (g->measure[(size_t)v * g->n_measures + m] < 0)
                return grid_fail(err, GRID_E_INPUT, "",
                                 "cell %" PRIu32 " has a negative count of %s", v,
                                 o->rules[m].measure);
    }
    return GRID_OK;
}

static grid_status prepare(job *j, grid_error *err) {
    GRID_TRY(rule_set_read(j->options->rules, j->graph->n_measures, &j->rules, err));
    GRID_TRY(check_arguments(j->graph, j->options, err));
    GRID_TRY(piece_list_build(j->graph, j->options, &j->pieces, err));
    if (j->options->old_grid == NULL)
        GRID_TRY(quarter_pieces(&j->pieces, &j->rules, j->options, err));
    j->wanted = GRID_NEW(int64_t, j->pieces.n);
    j->order = GRID_NEW(uint32_t, j->pieces.n);
    j->result = GRID_NEW(piece_result, j->pieces.n);
    if (!j->wanted || !j->order || !j->result)
        return grid_fail_nomem(err);
    for (uint32_t i = 0; i < j->pieces.n; i++) {
        j->order[i] = i;
        j->result[i].label = GRID_NEW(uint32_t, j->pieces.at[i].n);
        j->result[i].id = GRID_NEW(uint32_t, j->pieces.at[i].n);
        j->result[i].tied = GRID_NEW(uint32_t, j->pieces.at[i].n);
        if (!j->result[i].label || !j->result[i].id || !j->result[i].tied)
            return grid_fail_nomem(err);
    }
    GRID_TRY(counts_share(&j->pieces, &j->rules, j->options, j->wanted, err));
    qsort_r(j->order, j->pieces.n, sizeof *j->order, compare_size, &j->pieces);
    return GRID_OK;
}

static void release(job *j) {
    for (uint32_t i = 0; j->result && i < j->pieces.n; i++) {
        free(j->result[i].label);
        free(j->result[i].id);
        free(j->result[i].tied);
    }
    free(j->wanted);
    free(j->order);
    free(j->result);
    piece_list_free(&j->pieces);
}

grid_status grid_partition_build(const grid_graph *graph, const grid_partition_options *options,
                                 const grid_context *ctx, grid_division **out, grid_error *err) {
    job j = {.graph = graph, .options = options, .ctx = ctx};
    *out = NULL;
    grid_status status = prepare(&j, err);
    if (status == GRID_OK) {
        grid_parallel_for(grid_threads(ctx), j.pieces.n, 1, divide_range, &j);
        if (grid_cancelled(ctx))
            status = grid_fail(err, GRID_E_CANCEL, "", "interrupted");
        else if (j.failed)
            status = grid_fail_nomem(err);
        else
            status = assemble(&j, out, err);
    }
    release(&j);
    if (status != GRID_OK) {
        grid_division_free(*out);
        *out = NULL;
    }
    return status;
}

void grid_division_free(grid_division *d) {
    if (d == NULL)
        return;
    free(d->grid);
    free(d->region);
    free(d->old);
    free(d->measure);
    free(d->status);
    free(d->reason);
    free(d->solved_price);
    free(d->searched_price);
    free(d);
}
