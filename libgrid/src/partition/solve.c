#include "partition/solve.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "partition/improve.h"
#include "partition/polish.h"
#include "partition/start.h"

enum {
    ATTEMPTS = 6,       /* starts for a piece that keeps grids out of range */
    WHOLE_ATTEMPTS = 3, /* the same while compounds are whole */
    FEW_CELLS = 8,      /* cells a grid up to which proofs that there is no lower price are tried */
    COARSE_STARTS = 3   /* starts of a piece of coarse cells, even if the first is in range */
};

/** First temperature, as a share of the border that a grid has; */
static const double HOT_SHARE = 0.12;
/** where cells are coarse, one that changes sides sways the prices of both grids. */
static const double COARSE_HOT_SHARE = 1.0;

unsigned solve_effort(const grid_partition_options *o) {
    return o->effort == 0 ? 5 : o->effort;
}

bool solve_is_one_grid(const piece *p) {
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
    return solve_is_one_grid(p) ? 1 : k > p->n ? p->n : k;
}

/** Starts and improves until all grids are in range or the attempts are used up. */
static bool search(const task *t, net *g, piece_result *out) {
    const piece *p = g->p;
    unsigned effort = solve_effort(t->options);
    random_source random = {random_mix(p->seed ^ t->options->seed)};
    grid_window window = rule_set_window(g->rules, p->total);
    int64_t usual = usual_count(t, p);
    bool alone = usual == 1 && (solve_is_one_grid(p) || t->wanted > 0 || window.max <= 1);
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
    const polish_plan plan = {.limit = (size_t)512 << solve_effort(t->options),
                              .rounds = solve_effort(t->options),
                              .fixed_count = t->wanted > 0 || is_aimed(t)};
    if (!polish(g, &plan, &random, t->ctx))
        return false;
    keep(g, out);
    return true;
}

/** Tries to prove that nothing better exists, or finds it. */
static bool prove(const task *t, net *g, piece_result *out) {
    if (solve_is_one_grid(g->p) || g->p->n == 1 || !is_coarse(g) || (t->whole && g->n_out > 0))
        return true;
    exact_result exact = {.label = GRID_NEW(uint32_t, g->p->n)};
    /* A grid out of range is worth more work than a proof that a good division is the best. */
    size_t limit = (size_t)(g->n_out > 0 ? 128000 : 16000) << solve_effort(t->options);
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

bool solve(const task *t, const piece *p, piece_result *out) {
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
