#include "partition/divide.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "partition/repair.h"
#include "partition/tie.h"

/** Grids up to which what was cut is made whole one by one. */
enum { MEND_GRIDS = 80 };

/* ---- compounds kept whole ----------------------------------------------------------------------
 */

static void mark_heavy(const piece *p, const rule_set *rules) {
    for (uint32_t v = 0; v < p->n; v++)
        p->heavy[v] = rule_set_exceeded(rules, &p->w[(size_t)v * p->n_measures]);
}

/**
 * Nodes in groups: the connected parts of compounds that fit into a grid, else of the blocks in
 * them, the rest alone.
 */
typedef struct grouping {
    uint32_t n;
    uint32_t *group; /* per node */
    bool *cut;       /* per number of piece.whole: may be cut */
    uint32_t *queue;
} grouping;

static bool grouping_init(grouping *w, const piece *p) {
    *w = (grouping){.group = GRID_NEW(uint32_t, p->n),
                    .cut = GRID_NEW(bool, 2 * (size_t)p->n),
                    .queue = GRID_NEW(uint32_t, p->n)};
    return w->group && w->cut && w->queue;
}

static void grouping_free(grouping *w) {
    free(w->group);
    free(w->cut);
    free(w->queue);
}

/** Makes v's part of what it belongs to (0: compound, 1: block) a group; false if it is too large.
 */
static bool group_around(const piece *p, const rule_set *rules, grouping *w, uint32_t v, int what) {
    uint32_t n = 0, m = p->n_measures, number = p->whole[2 * (size_t)v + what];
    int64_t sum[GRID_MAX_MEASURES] = {0};
    w->queue[n++] = v;
    w->group[v] = w->n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = w->queue[i];
        for (uint32_t j = 0; j < m; j++)
            sum[j] += p->w[(size_t)at * m + j];
        for (uint32_t e = p->start[at]; e < p->start[at + 1]; e++) {
            uint32_t u = p->to[e];
            if (p->whole[2 * (size_t)u + what] == number && w->group[u] == GRID_NONE) {
                w->group[u] = w->n;
                w->queue[n++] = u;
            }
        }
    }
    if (n == 1 || !rule_set_exceeded(rules, sum))
        return true;
    for (uint32_t i = 0; i < n; i++)
        w->group[w->queue[i]] = GRID_NONE;
    w->cut[number] = true;
    return false;
}

/** Numbers groups by their first nodes; what is marked `cut`, or proves too large, is none. */
static void group_nodes(const piece *p, const rule_set *rules, grouping *w) {
    w->n = 0;
    for (uint32_t v = 0; v < p->n; v++)
        w->group[v] = GRID_NONE;
    for (uint32_t v = 0; v < p->n; v++) {
        if (w->group[v] != GRID_NONE)
            continue;
        bool done = false;
        for (int what = 0; what < 2 && !done; what++) {
            uint32_t number = p->whole[2 * (size_t)v + what];
            done = number != GRID_NONE && !w->cut[number] && group_around(p, rules, w, v, what);
        }
        w->group[v] = w->n++;
    }
}

/** The result of a contracted piece, for the nodes of the whole one. */
static void spread_result(piece_result *out, const piece_result *from, const uint32_t *group,
                          uint32_t n) {
    piece_result room = *out;
    *out = *from;
    out->label = room.label;
    out->tied = room.tied;
    out->id = room.id;
    for (uint32_t v = 0; v < n; v++)
        out->label[v] = from->label[group[v]];
}

/** Divides the piece with its groups as nodes. */
static bool solve_grouped(const task *t, const piece *p, const grouping *w, piece_result *out) {
    piece coarse;
    bool ok = piece_contract(p, w->group, w->n, &coarse);
    piece_result result = {.label = GRID_NEW(uint32_t, w->n)};
    if (ok && result.label) {
        mark_heavy(&coarse, t->rules);
        ok = solve(t, &coarse, &result);
        spread_result(out, &result, w->group, p->n);
    }
    ok = ok && result.label;
    free(result.label);
    piece_free(&coarse);
    return ok;
}

/** Marks what two grids share of compounds and blocks. */
static void mark_cut(const piece *p, const uint32_t *label, bool *cut) {
    memset(cut, 0, 2 * (size_t)p->n * sizeof *cut);
    for (uint32_t v = 0; v < p->n; v++)
        for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++)
            for (int what = 0; what < 2 && label[v] != label[p->to[e]]; what++) {
                uint32_t number = p->whole[2 * (size_t)v + what];
                if (number != GRID_NONE && number == p->whole[2 * (size_t)p->to[e] + what])
                    cut[number] = true;
            }
}

static void copy_result(piece_result *to, const piece_result *from, uint32_t n) {
    piece_result room = *to;
    memcpy(room.label, from->label, n * sizeof *room.label);
    *to = *from;
    to->label = room.label;
    to->tied = room.tied;
    to->id = room.id;
}

/** Makes what `out` cuts whole again, one thing at a time, where no grid goes out of range by it.
 */
static bool mend(const task *t, const piece *p, grouping *w, piece_result *out) {
    piece_result trial = {.label = GRID_NEW(uint32_t, p->n)};
    bool *tried = GRID_NEW(bool, 2 * (size_t)p->n), ok = trial.label && tried;
    for (uint32_t i = 0; i < 2 * p->n && ok; i++) {
        mark_cut(p, out->label, w->cut);
        if (!w->cut[i] || tried[i])
            continue;
        tried[i] = true;
        w->cut[i] = false;
        group_nodes(p, t->rules, w);
        if (w->cut[i])
            continue; /* too large for a grid */
        ok = solve_grouped(t, p, w, &trial);
        if (ok && trial.n_out <= out->n_out)
            copy_result(out, &trial, p->n);
    }
    free(trial.label);
    free(tried);
    return ok;
}

/** Lets all compounds be cut, then all blocks as well; false when nothing was left to give up. */
static bool give_up_wholes(const piece *p, int what, grouping *w) {
    bool any = false;
    for (uint32_t v = 0; v < p->n; v++) {
        uint32_t number = p->whole[2 * (size_t)v + what];
        if (number != GRID_NONE && !w->cut[number])
            any = w->cut[number] = true;
    }
    return any;
}

/** First with compounds and blocks whole; they are cut only where grids stay out of range. */
static bool divide_grouped(task *t, const piece *p, grouping *w, piece_result *out) {
    group_nodes(p, t->rules, w);
    if (w->n == p->n || solve_is_one_grid(p))
        return solve(t, p, out);
    t->whole = true;
    if (!solve_grouped(t, p, w, out))
        return false;
    piece_result trial = {.label = GRID_NEW(uint32_t, p->n)};
    bool ok = trial.label != NULL, better = false;
    for (int what = 0; what < 2 && ok && out->n_out > 0; what++) {
        if (!give_up_wholes(p, what, w))
            continue;
        group_nodes(p, t->rules, w);
        t->whole = w->n < p->n;
        ok = solve_grouped(t, p, w, &trial);
        out->verdict = trial.verdict; /* what holds for smaller parts holds for larger ones */
        if (ok && trial.n_out < out->n_out) {
            copy_result(out, &trial, p->n);
            better = true;
        }
    }
    free(trial.label);
    t->whole = true;
    return ok && (!better || out->k > MEND_GRIDS || mend(t, p, w, out));
}

static bool divide(task *t, const piece *p, piece_result *out) {
    grouping w;
    bool ok = grouping_init(&w, p) && divide_grouped(t, p, &w, out);
    grouping_free(&w);
    return ok;
}

/** Divides the piece with nodes that must be together made into one. */
static bool divide_tied(task *t, const piece *p, uint32_t n, piece_result *out) {
    piece tied;
    piece_result result = {.label = GRID_NEW(uint32_t, n)};
    bool ok = piece_contract(p, out->tied, n, &tied) && result.label;
    if (ok) {
        mark_heavy(&tied, t->rules);
        ok = divide(t, &tied, &result);
        spread_result(out, &result, out->tied, p->n);
    }
    free(result.label);
    piece_free(&tied);
    return ok;
}

/** From scratch; nodes that must be together are one. */
static bool divide_anew(task *t, const piece *p, piece_result *out) {
    uint32_t n = tie_nodes(p, t->rules, out->tied);
    bool ok = n == p->n ? divide(t, p, out) : n > 0 && divide_tied(t, p, n, out);
    return ok && repair_name(p, out->label, out->k, out->id);
}

/** Looks for the division in range that moves least; small pieces only. */
static bool move_least(const task *t, net *g) {
    if (g->p->n > COARSE_CELLS * (uint64_t)g->k)
        return true;
    exact_result exact = {.label = GRID_NEW(uint32_t, g->p->n), .id = GRID_NEW(uint32_t, g->p->n)};
    size_t limit = (size_t)16000 << solve_effort(t->options);
    bool ok = exact.label && exact.id && exact_solve(g, g->p->home, t->wanted, limit, &exact);
    if (ok && exact.k > 0) {
        net_set(g, exact.label, exact.k);
        memcpy(g->id, exact.id, g->k * sizeof *g->id);
    }
    free(exact.label);
    free(exact.id);
    return ok;
}

/** Looks for the division of `g` that comes from the old grids with the fewest moved. */
static bool follow_old(const task *t, net *g) {
    random_source random = {random_mix(g->p->seed ^ t->options->seed)};
    if (!repair_start(g))
        return false;
    return g->n_out == 0 || (repair(g, solve_effort(t->options), t->wanted > 0, &random, t->ctx) &&
                             move_least(t, g));
}

/** The division of the tied nodes, for the nodes themselves. */
static void spread_update(const net *g, piece_result *out, uint32_t n) {
    out->k = g->k;
    out->price = g->price;
    out->n_out = g->n_out;
    /* A proof that nothing can be in range holds; one of the best price is of another one. */
    out->verdict = out->verdict >= EXACT_INFEASIBLE ? EXACT_INFEASIBLE : EXACT_GAVE_UP;
    for (uint32_t v = 0; v < n; v++)
        out->label[v] = g->label[out->tied[v]];
    memcpy(out->id, g->id, g->k * sizeof *out->id);
}

/** From the old grids; anew only where that brings more grids into range. */
static bool divide_update(task *t, const piece *p, piece_result *out) {
    uint32_t n = tie_nodes(p, t->rules, out->tied);
    piece tied;
    net g = {0};
    bool ok = n > 0 && piece_contract(p, out->tied, n, &tied);
    if (ok) {
        mark_heavy(&tied, t->rules);
        ok = net_init(&g, &tied, t->rules) && follow_old(t, &g);
        bool counts = t->wanted == 0 || g.k == t->wanted, good = counts && g.n_out == 0;
        if (ok && !good) {
            ok = divide_anew(t, p, out);
            good = counts && out->n_out >= g.n_out;
        }
        if (ok && good)
            spread_update(&g, out, p->n);
        net_free(&g);
    }
    if (n > 0)
        piece_free(&tied);
    return ok;
}

bool divide_piece(const piece *p, const grid_partition_options *options, const rule_set *rules,
                  int64_t wanted, const grid_context *ctx, piece_result *out) {
    rule_set own = *rules;
    rule_set_aim(&own, options->rules, p->total);
    mark_heavy(p, &own);
    task t = {options, &own, wanted, false, ctx};
    return !solve_is_one_grid(p) && repair_has_old(p) ? divide_update(&t, p, out)
                                                      : divide_anew(&t, p, out);
}
