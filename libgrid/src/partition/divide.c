#include "partition/divide.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "partition/improve.h"
#include "partition/polish.h"
#include "partition/repair.h"
#include "partition/start.h"
#include "partition/tie.h"

enum {
    ATTEMPTS = 6,       /* starts for a piece that keeps grids out of range */
    MEND_GRIDS = 80,    /* grids up to which what was cut is made whole one by one */
    WHOLE_ATTEMPTS = 3, /* the same while compounds are whole */
    COARSE_CELLS = 14,  /* cells a grid up to which proofs about grids out of range are tried, */
    FEW_CELLS = 8,      /* and proofs that there is no lower price */
    COARSE_STARTS = 3   /* starts of a piece of so few cells, even if the first is in range */
};

/** First temperature, as a share of the border that a grid has; */
static const double HOT_SHARE = 0.12;
/** where cells are coarse, one that changes sides sways the prices of both grids. */
static const double COARSE_HOT_SHARE = 1.0;

static unsigned effort_of(const grid_partition_options *o) {
    return o->effort == 0 ? 5 : o->effort;
}

static bool one_grid(const piece *p) {
    return p->extended || p->locked;
}

static void keep(const net *g, piece_result *out) {
    out->k = g->k;
    out->price = g->price;
    memcpy(out->label, g->label, g->p->n * sizeof *out->label);
}

/** A number of grids for another attempt: any that the ranges allow. */
static int64_t other_count(const net *g, int64_t wanted, int64_t usual, random_source *random) {
    grid_window window = rule_set_window(g->rules, g->p->total);
    if (wanted > 0 || window.min > window.max)
        return usual;
    int64_t spread = window.max - window.min < 8 ? window.max - window.min : 8;
    int64_t k = usual - spread / 2 + random_below(random, (uint32_t)spread + 1);
    k = k < window.min ? window.min : k > window.max ? window.max : k;
    return k > g->p->n ? usual : k;
}

/** What stays the same while one piece is divided. */
typedef struct task {
    const grid_partition_options *options;
    const rule_set *rules;
    int64_t wanted; /* number of grids; 0 for free */
    bool whole;     /* compounds are nodes: a proof about grids out of range would say nothing */
    const grid_context *ctx;
} task;

/** Whether somebody named a target: then the number of grids follows it while it can. */
static bool is_aimed(const task *t) {
    for (uint32_t m = 0; m < t->rules->n; m++)
        if (t->options->rules[m].hard && t->options->rules[m].target > 0)
            return true;
    return false;
}

/** The number of grids that suits the piece. */
static int64_t usual_count(const task *t, const piece *p) {
    int64_t k = t->wanted > 0 ? t->wanted : rule_set_best_count(t->rules, p->total);
    return one_grid(p) ? 1 : k > p->n ? p->n : k;
}

/** Starts and improves until all grids are in range or the attempts are used up. */
static bool search(const task *t, net *g, piece_result *out) {
    const piece *p = g->p;
    unsigned effort = effort_of(t->options);
    random_source random = {random_mix(p->seed ^ t->options->seed)};
    grid_window window = rule_set_window(g->rules, p->total);
    int64_t usual = usual_count(t, p);
    bool alone = usual == 1 && (one_grid(p) || t->wanted > 0 || window.max <= 1);
    bool coarse = p->n <= COARSE_CELLS * (uint64_t)usual;
    uint32_t n_out = UINT32_MAX; /* of the best so far */
    unsigned attempts = t->whole ? WHOLE_ATTEMPTS : ATTEMPTS;
    for (unsigned attempt = 0; attempt < attempts; attempt++) {
        bool aimed = is_aimed(t) && attempt < attempts / 2;
        bool fixed = t->wanted > 0 || aimed;
        int64_t k = n_out > 0 && attempt && !aimed ? other_count(g, t->wanted, usual, &random)
                                                   : usual;
        if (!start(g, (uint32_t)k, fixed, 4 + effort, &random))
            return false;
        const improve_plan plan = {.trees = 1,
                                   .fixed_count = fixed,
                                   .rounds = (5u << (effort - 1)) * (1 + 100 / p->n),
                                   .hot = 10 + (coarse ? COARSE_HOT_SHARE : HOT_SHARE) *
                                                   (double)g->border / (double)COST_PER_M / g->k};
        if (!alone && !improve(g, &plan, &random, t->ctx))
            return false;
        if (attempt == 0 || g->price < out->price) {
            keep(g, out);
            n_out = g->n_out;
        }
        if ((n_out == 0 && (!coarse || attempt + 1 >= COARSE_STARTS)) || window.min > window.max ||
            alone)
            break;
    }
    net_set(g, out->label, out->k);
    return true;
}

/** Cells are so few to a grid that a division can be proved; out of range more work is worth it. */
static bool is_coarse(const net *g) {
    return g->p->n <= (g->n_out > 0 ? COARSE_CELLS : FEW_CELLS) * (uint64_t)g->k;
}

/** Where cells are coarse, few grids at a time are divided the best way there is. */
static bool refine(const task *t, net *g, piece_result *out) {
    if (g->k < 2 || !is_coarse(g))
        return true;
    random_source random = {random_mix(g->p->seed ^ t->options->seed)};
    const polish_plan plan = {.limit = (size_t)512 << effort_of(t->options),
                              .rounds = effort_of(t->options),
                              .fixed_count = t->wanted > 0 || is_aimed(t)};
    if (!polish(g, &plan, &random, t->ctx))
        return false;
    keep(g, out);
    return true;
}

/** Tries to prove that nothing better exists, or finds it. */
static bool prove(const task *t, net *g, piece_result *out) {
    if (one_grid(g->p) || g->p->n == 1 || !is_coarse(g) || (t->whole && g->n_out > 0))
        return true;
    exact_result exact = {.label = GRID_NEW(uint32_t, g->p->n)};
    /* A grid out of range is worth more work than a proof that a good division is the best. */
    size_t limit = (size_t)(g->n_out > 0 ? 128000 : 16000) << effort_of(t->options);
    bool aimed = t->wanted > 0 || (is_aimed(t) && g->n_out == 0 && g->k == usual_count(t, g->p));
    bool ok = exact.label && exact_solve(g, NULL, aimed ? g->k : 0, limit, &exact);
    if (ok) {
        out->verdict = exact.verdict;
        if (exact.k > 0) {
            net_set(g, exact.label, exact.k);
            keep(g, out);
        }
    }
    free(exact.label);
    return ok;
}

/** Divides a piece as its nodes are. */
static bool solve(const task *t, const piece *p, piece_result *out) {
    net g;
    bool ok = net_init(&g, p, t->rules) && search(t, &g, out) && refine(t, &g, out);
    if (ok) {
        out->found_price = out->price;
        ok = prove(t, &g, out);
        out->n_out = g.n_out;
    }
    net_free(&g);
    return ok;
}

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
    if (w->n == p->n || one_grid(p))
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
    size_t limit = (size_t)16000 << effort_of(t->options);
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
    return g->n_out == 0 ||
           (repair(g, effort_of(t->options), t->wanted > 0, &random, t->ctx) && move_least(t, g));
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
    return !one_grid(p) && repair_has_old(p) ? divide_update(&t, p, out) : divide_anew(&t, p, out);
}
