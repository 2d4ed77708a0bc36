#include "partition/divide.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "partition/improve.h"

enum {
    ATTEMPTS = 6,     /* starts for a piece that keeps grids out of range */
    COARSE_CELLS = 14 /* cells a grid up to which proofs are tried */
};

static unsigned effort_of(const grid_partition_options *o) {
    return o->effort == 0 ? 5 : o->effort;
}

/** Cuts the whole piece into k grids. */
static bool start_net(net *g, uint32_t k, unsigned trees, random_source *random) {
    const piece *p = g->p;
    splitter s;
    split whole = {.node = GRID_NEW(uint32_t, p->n), .start = GRID_NEW(uint32_t, (size_t)k + 1)};
    uint32_t *label = GRID_NEW(uint32_t, p->n);
    bool ok = splitter_init(&s, p, g->rules, random) && whole.node && whole.start && label;
    if (ok) {
        s.trees = trees;
        for (uint32_t v = 0; v < p->n; v++)
            whole.node[v] = v;
        ok = splitter_run(&s, p->n, k, &whole);
    }
    for (uint32_t i = 0; ok && i < k; i++)
        for (uint32_t j = whole.start[i]; j < whole.start[i + 1]; j++)
            label[whole.node[j]] = i;
    if (ok)
        net_set(g, label, k);
    splitter_free(&s);
    free(whole.node);
    free(whole.start);
    free(label);
    return ok;
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

/** Starts and improves until all grids are in range or the attempts are used up. */
static bool search(net *g, const grid_partition_options *options, int64_t wanted,
                   const grid_context *ctx, piece_result *out) {
    const piece *p = g->p;
    unsigned effort = effort_of(options);
    random_source random = {random_mix(p->seed ^ options->seed)};
    int64_t usual = p->extended ? 1 : wanted > 0 ? wanted : rule_set_best_count(g->rules, p->total);
    usual = usual > p->n ? p->n : usual;
    grid_window window = rule_set_window(g->rules, p->total);
    bool fixed = wanted > 0 || p->extended || (usual == 1 && window.max <= 1);
    improve_plan plan = {.trees = 1, .hot = 30, .fixed_count = wanted > 0};
    for (unsigned attempt = 0; attempt < ATTEMPTS; attempt++) {
        int64_t k = attempt ? other_count(g, wanted, usual, &random) : usual;
        plan.rounds = 10u << (effort - 1);
        if (!start_net(g, (uint32_t)k, 4 + effort, &random))
            return false;
        if (!(fixed && k == 1) && !improve(g, &plan, &random, ctx))
            return false;
        if (attempt == 0 || g->price < out->price)
            keep(g, out);
        if (g->n_out == 0 || window.min > window.max || (fixed && k == 1))
            break;
    }
    net_set(g, out->label, out->k);
    return true;
}

/** Tries to prove that nothing better exists, or finds it. */
static bool prove(net *g, unsigned effort, int64_t wanted, piece_result *out) {
    bool coarse = g->p->n <= COARSE_CELLS * (uint64_t)g->k;
    if (g->p->extended || g->p->n == 1 || !coarse)
        return true;
    exact_result exact = {.label = GRID_NEW(uint32_t, g->p->n)};
    /* A grid out of range is worth more work than a proof that a good division is the best. */
    size_t limit = (size_t)(g->n_out > 0 ? 128000 : 8000) << effort;
    bool ok = exact.label && exact_solve(g, wanted, limit, &exact);
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

bool divide_piece(const piece *p, const grid_partition_options *options, const rule_set *rules,
                  int64_t wanted, const grid_context *ctx, piece_result *out) {
    rule_set own = *rules;
    rule_set_aim(&own, options->rules, p->total);
    net g;
    bool ok = net_init(&g, p, &own) && search(&g, options, wanted, ctx, out);
    if (ok) {
        out->found_price = out->price;
        ok = prove(&g, effort_of(options), wanted, out);
    }
    net_free(&g);
    return ok;
}
