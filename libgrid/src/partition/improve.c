#include "partition/improve.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

enum { MAX_TOGETHER = 3 }; /* grids recombined at once */

typedef struct improver {
    net *g;
    const improve_plan *plan;
    random_source *random;
    splitter splitter;
    split trial;
    uint32_t *best_label, *best_id;
    uint32_t best_k;
    int64_t moved; /* price of the nodes away from home */
    int64_t best_price;
    double temperature; /* in cost units */
} improver;

/** Metropolis: a change for the worse is taken with probability exp(-worse / temperature). */
static bool accepts(improver *im, int64_t worse) {
    return worse <= 0 || (im->temperature > 0 &&
                          (double)worse <= im->temperature * random_exponential(im->random));
}

static void keep_if_best(improver *im) {
    if (im->g->price + im->moved >= im->best_price)
        return;
    im->best_price = im->g->price + im->moved;
    im->best_k = im->g->k;
    memcpy(im->best_id, im->g->id, im->g->k * sizeof *im->best_id);
    memcpy(im->best_label, im->g->label, im->g->p->n * sizeof *im->best_label);
}

/* ---- updates: households stay at home where they can --------------------------------------------
 */

/** What it costs node v to be in a grid that is `id`: metres of border for what leaves its grid. */
static int64_t move_price(const improver *im, uint32_t v, uint32_t id) {
    enum { PER_CELL_M = 30 };
    const piece *p = im->g->p;
    const uint32_t *home = im->plan->home;
    if (home == NULL || home[v] == GRID_NONE || home[v] == id)
        return 0;
    return (PER_CELL_M + im->plan->move_m * p->w[(size_t)v * p->n_measures]) * COST_PER_M;
}

static int64_t price_of_moved(const improver *im) {
    int64_t sum = 0;
    for (uint32_t v = 0; v < im->g->p->n && im->plan->home; v++)
        sum += move_price(im, v, im->g->id[im->g->label[v]]);
    return sum;
}

/** Which of the grids cut anew takes which old number, so that most households stay at home. */
typedef struct matching {
    uint32_t parts, n;
    int64_t away[MAX_TOGETHER + 1][MAX_TOGETHER + 1]; /* price of part i in slot j */
    uint32_t slot[MAX_TOGETHER + 1], best[MAX_TOGETHER + 1];
    int64_t best_price;
} matching;

static void match_from(matching *m, uint32_t i, int64_t price) {
    if (price >= m->best_price)
        return;
    if (i == m->parts || i > MAX_TOGETHER) {
        m->best_price = price;
        memcpy(m->best, m->slot, sizeof m->best);
        return;
    }
    for (uint32_t j = 0; j < m->n && j <= MAX_TOGETHER; j++) {
        bool taken = false;
        for (uint32_t k = 0; k < i; k++)
            taken |= m->slot[k] == j;
        m->slot[i] = j;
        if (!taken)
            match_from(m, i + 1, price + m->away[i][j]);
    }
}

/** Makes part `i` the last one of the trial. */
static void put_last(improver *im, uint32_t i) {
    split *t = &im->trial;
    uint32_t from = t->start[i], size = t->start[i + 1] - from, end = t->start[t->k];
    memcpy(im->splitter.spare, t->node + from, size * sizeof *t->node);
    memmove(t->node + from, t->node + from + size, (end - from - size) * sizeof *t->node);
    memcpy(t->node + end - size, im->splitter.spare, size * sizeof *t->node);
    for (uint32_t j = i + 1; j < t->k; j++)
        t->start[j] = t->start[j + 1] - size;
}

/**
 * Orders the chosen grids, and the trial's parts if one of them is new, so that part i replaces
 * grid i. Returns what the parts away from home cost then.
 */
static int64_t match_parts(improver *im, uint32_t *chosen, uint32_t n) {
    const split *t = &im->trial;
    matching m = {.parts = t->k, .n = t->k > n ? t->k : n, .best_price = INT64_MAX};
    for (uint32_t i = 0; i < t->k; i++)
        for (uint32_t j = 0; j < m.n; j++)
            for (uint32_t at = t->start[i]; at < t->start[i + 1]; at++)
                m.away[i][j] += move_price(im, t->node[at],
                                           j < n ? im->g->id[chosen[j]] : GRID_NONE);
    match_from(&m, 0, 0);
    uint32_t order[MAX_TOGETHER + 1], used = 0, taken = 0;
    for (uint32_t i = 0; i < t->k; i++)
        if (m.best[i] < n) {
            order[used++] = chosen[m.best[i]];
            taken |= 1u << m.best[i];
        }
    for (uint32_t j = 0; j < n; j++)
        if (!(taken >> j & 1))
            order[used++] = chosen[j];
    memcpy(chosen, order, n * sizeof *chosen);
    for (uint32_t i = 0; i < t->k; i++)
        if (m.best[i] >= n) {
            put_last(im, i);
            break;
        }
    return m.best_price;
}

/* ---- recombination --------------------------------------------------------------------------- */

/** A random node; more often one of a grid out of range, while there are any. */
static uint32_t pick_node(const improver *im) {
    const net *g = im->g;
    if (g->n_out > 0 && random_below(im->random, 4) == 0) {
        uint32_t from = random_below(im->random, g->k);
        for (uint32_t i = 0; i < g->k; i++) {
            uint32_t grid = (from + i) % g->k;
            if (!net_is_out(g, grid))
                continue;
            uint32_t v = g->head[grid];
            for (uint32_t step = random_below(im->random, g->size[grid]); step > 0; step--)
                v = g->next[v];
            return v;
        }
    }
    return random_below(im->random, g->p->n);
}

/** A grid beside one of v's grid's, not among the n chosen; GRID_NONE when none was met. */
static uint32_t pick_neighbour(const improver *im, uint32_t grid, const uint32_t *chosen,
                               uint32_t n) {
    const net *g = im->g;
    const piece *p = g->p;
    uint32_t skip = random_below(im->random, g->size[grid]);
    uint32_t v = g->head[grid];
    while (skip-- > 0)
        v = g->next[v];
    for (uint32_t tried = 0; tried < g->size[grid]; tried++) {
        uint32_t degree = p->start[v + 1] - p->start[v];
        uint32_t turn = degree ? random_below(im->random, degree) : 0;
        for (uint32_t i = 0; i < degree; i++) {
            uint32_t other = g->label[p->to[p->start[v] + (i + turn) % degree]];
            bool known = false;
            for (uint32_t j = 0; j < n; j++)
                known |= chosen[j] == other;
            if (!known)
                return other;
        }
        v = g->next[v] == GRID_NONE ? g->head[grid] : g->next[v];
    }
    return GRID_NONE;
}

/** Gathers the grids' nodes in the trial; returns how many. Also their price and borders. */
static uint32_t gather(improver *im, const uint32_t *chosen, uint32_t n, int64_t *price,
                       int64_t *border, int64_t *w) {
    const net *g = im->g;
    const piece *p = g->p;
    uint32_t count = 0;
    *price = *border = 0;
    memset(w, 0, p->n_measures * sizeof *w);
    for (uint32_t i = 0; i < n; i++) {
        *price += g->own[chosen[i]];
        for (uint32_t m = 0; m < p->n_measures; m++)
            w[m] += g->w[(size_t)chosen[i] * p->n_measures + m];
        for (uint32_t v = g->head[chosen[i]]; v != GRID_NONE; v = g->next[v]) {
            im->trial.node[count++] = v;
            for (uint32_t e = p->start[v]; e < p->start[v + 1] && n > 1; e++) {
                uint32_t other = g->label[p->to[e]];
                for (uint32_t j = 0; j < i; j++)
                    if (other == chosen[j])
                        *border += p->cost[e];
            }
        }
    }
    *price += *border;
    return count;
}

/** Into how many grids to cut what were n: as many, or one more or fewer where that may pay. */
static uint32_t pick_count(improver *im, const uint32_t *chosen, uint32_t n, const int64_t *w) {
    if (im->plan->fixed_count)
        return n;
    const rule_set *rules = im->g->rules;
    uint32_t k = n;
    uint32_t turn = random_below(im->random, 4);
    if (turn == 0)
        k = n + 1;
    else if (turn == 1 && n > 1)
        k = n - 1;
    grid_window window = rule_set_window(rules, w);
    if (k >= window.min && k <= window.max)
        return k;
    for (uint32_t i = 0; i < n; i++) /* out of range already: anything may help */
        if (im->g->heavy[chosen[i]] > 0 || net_is_out(im->g, chosen[i]))
            return k;
    return n;
}

static void sort_grids(uint32_t *grid, uint32_t n) {
    for (uint32_t i = 1; i < n; i++)
        for (uint32_t j = i; j > 0 && grid[j] < grid[j - 1]; j--) {
            uint32_t swap = grid[j];
            grid[j] = grid[j - 1];
            grid[j - 1] = swap;
        }
}

static void recombine(improver *im) {
    net *g = im->g;
    uint32_t chosen[MAX_TOGETHER], n = 1;
    chosen[0] = g->label[pick_node(im)];
    uint32_t wanted = random_below(im->random, 4) == 0 ? 3 : 2;
    while (n < wanted) {
        uint32_t other = pick_neighbour(im, chosen[random_below(im->random, n)], chosen, n);
        if (other == GRID_NONE)
            break;
        chosen[n++] = other;
    }
    sort_grids(chosen, n);
    int64_t price, border, w[GRID_MAX_MEASURES];
    uint32_t count = gather(im, chosen, n, &price, &border, w);
    uint32_t k = pick_count(im, chosen, n, w);
    if (n == 1 && k == 1)
        return;
    if (!splitter_run(&im->splitter, count, k, &im->trial))
        return;
    int64_t moved = 0;
    if (im->plan->home) {
        for (uint32_t i = 0; i < count; i++) {
            uint32_t v = im->trial.node[i];
            moved -= move_price(im, v, g->id[g->label[v]]);
        }
        moved += match_parts(im, chosen, n);
    }
    if (!accepts(im, im->trial.price - price + moved))
        return;
    net_replace(g, chosen, n, border, &im->trial);
    im->moved += moved;
}

/* ---- single nodes ------------------------------------------------------------------------------
 */

/** What the border gains when v goes from its grid to grid `to`. */
static int64_t border_gain(const net *g, uint32_t v, uint32_t to) {
    const piece *p = g->p;
    int64_t gain = 0;
    for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++) {
        uint32_t other = g->label[p->to[e]];
        if (other == to)
            gain += p->cost[e];
        else if (other == g->label[v])
            gain -= p->cost[e];
    }
    return gain;
}

static void flip(improver *im, uint32_t v) {
    net *g = im->g;
    const piece *p = g->p;
    uint32_t degree = p->start[v + 1] - p->start[v];
    if (degree == 0)
        return;
    uint32_t to = g->label[p->to[p->start[v] + random_below(im->random, degree)]];
    if (to == g->label[v])
        return;
    int64_t gain = border_gain(g, v, to);
    int64_t moved = move_price(im, v, g->id[to]) - move_price(im, v, g->id[g->label[v]]);
    if (!accepts(im, moved - gain - net_own_gain(g, v, to)) || !net_can_leave(g, v))
        return;
    net_move(g, v, to, gain);
    im->moved += moved;
}

/* ---- schedule ----------------------------------------------------------------------------------
 */

static void round_of_moves(improver *im) {
    net *g = im->g;
    uint32_t n = g->p->n;
    for (uint32_t i = 0, moves = g->k + 1; i < moves; i++) {
        recombine(im);
        for (uint32_t j = 0; j < 2 * n / moves; j++)
            flip(im, random_below(im->random, n));
    }
}

static bool improver_init(improver *im, net *g, const improve_plan *plan, random_source *random) {
    *im = (improver){.g = g, .plan = plan, .random = random, .best_price = INT64_MAX};
    im->trial.node = GRID_NEW(uint32_t, g->p->n);
    im->trial.start = GRID_NEW(uint32_t, MAX_TOGETHER + 2);
    im->best_label = GRID_NEW(uint32_t, g->p->n);
    im->best_id = GRID_NEW(uint32_t, g->p->n);
    im->moved = price_of_moved(im);
    bool ok = splitter_init(&im->splitter, g->p, g->rules, random);
    im->splitter.trees = plan->trees;
    return ok && im->trial.node && im->trial.start && im->best_label && im->best_id;
}

static void improver_free(improver *im) {
    splitter_free(&im->splitter);
    free(im->trial.node);
    free(im->trial.start);
    free(im->best_label);
    free(im->best_id);
}

bool improve(net *g, const improve_plan *plan, random_source *random, const grid_context *ctx) {
    improver im;
    if (!improver_init(&im, g, plan, random)) {
        improver_free(&im);
        return false;
    }
    keep_if_best(&im);
    for (unsigned r = 0; r < plan->rounds && !grid_cancelled(ctx); r++) {
        double left = 1 - (double)r / (plan->rounds > 1 ? plan->rounds - 1 : 1);
        im.temperature = plan->hot * left * left * (double)COST_PER_M;
        round_of_moves(&im);
        keep_if_best(&im);
    }
    net_set(g, im.best_label, im.best_k);
    memcpy(g->id, im.best_id, im.best_k * sizeof *g->id);
    improver_free(&im);
    return true;
}
