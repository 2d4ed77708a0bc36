#include "partition/exact.h"

#include <stdlib.h>
#include <string.h>

#include "partition/candidates.h"

typedef struct solver {
    candidates of;
    int64_t wanted;
    int64_t price[EXACT_MOST_NODES]; /* dual prices */
    int64_t slack[EXACT_MOST_NODES]; /* least reduced cost of sets by lowest node, at most 0 */
    int64_t best;                    /* cost of the best division known */
    uint32_t best_k, chosen_n;
    size_t chosen[EXACT_MOST_NODES], best_chosen[EXACT_MOST_NODES];
} solver;

int64_t exact_move_price(const piece *p, const uint32_t *home, uint32_t v, uint32_t id) {
    enum { PER_CELL_M = 30, PER_HOUSEHOLD_M = 1000 };
    if (home == NULL || home[v] == GRID_NONE || home[v] == id)
        return 0;
    return (PER_CELL_M + PER_HOUSEHOLD_M * p->w[(size_t)v * p->n_measures]) * COST_PER_M;
}

/* ---- bound -------------------------------------------------------------------------------------
 */

static int64_t reduced_cost(const candidate *c, const int64_t *price) {
    int64_t sum = c->cost;
    mask nodes = c->nodes;
    while (!mask_empty(&nodes))
        sum -= price[mask_take_lowest(&nodes)];
    return sum;
}

/**
 * The Lagrangian bound for dual prices: each node pays its price, and per lowest node at most one
 * set is bought, if its reduced cost is negative. covered[v] counts the sets bought that cover v.
 */
static int64_t bound(solver *s, const int64_t *price, uint32_t *covered) {
    int64_t sum = 0;
    memset(covered, 0, s->of.p->n * sizeof *covered);
    for (uint32_t v = 0; v < s->of.p->n; v++) {
        int64_t least = 0;
        size_t which = SIZE_MAX;
        for (size_t i = s->of.first[v]; i < s->of.first[v + 1]; i++) {
            candidate *c = &s->of.sets.at[i];
            c->reduced = reduced_cost(c, price);
            if (c->reduced < least) {
                least = c->reduced;
                which = i;
            }
        }
        s->slack[v] = least;
        sum += price[v] + least;
        for (mask nodes = which == SIZE_MAX ? (mask){{0}} : s->of.sets.at[which].nodes;
             !mask_empty(&nodes);)
            covered[mask_take_lowest(&nodes)]++;
    }
    return sum;
}

/** Raises the bound by subgradient steps (M. Held, P. Wolfe, H. Crowder, 1974). */
static void raise_bound(solver *s, int64_t goal, unsigned steps) {
    uint32_t n = s->of.p->n, covered[EXACT_MOST_NODES];
    int64_t price[EXACT_MOST_NODES], best = INT64_MIN;
    for (uint32_t v = 0; v < n; v++)
        price[v] = s->price[v] = goal / n;
    double pace = 1;
    for (unsigned i = 0, stale = 0; i < steps; i++) {
        int64_t value = bound(s, price, covered);
        if (value > best) {
            best = value;
            memcpy(s->price, price, n * sizeof *price);
            stale = 0;
        } else if (++stale == 10) {
            pace /= 2;
            stale = 0;
        }
        double squares = 0;
        for (uint32_t v = 0; v < n; v++)
            squares += (1.0 - covered[v]) * (1.0 - covered[v]);
        if (squares == 0 || value >= goal)
            break;
        double step = pace * (double)(goal - value) / squares;
        for (uint32_t v = 0; v < n; v++)
            price[v] += (int64_t)(step * (1.0 - covered[v]));
    }
    bound(s, s->price, covered); /* reduced costs and slacks for the best prices */
}

/* ---- branch and bound
 * ---------------------------------------------------------------------------- */

static int compare_reduced(const void *pa, const void *pb) {
    const candidate *a = pa, *b = pb;
    if (a->reduced != b->reduced)
        return a->reduced < b->reduced ? -1 : 1;
    int order = memcmp(&a->nodes, &b->nodes, sizeof a->nodes);
    return order != 0 ? order : (a->id > b->id) - (a->id < b->id);
}

static void sort_sets(solver *s) {
    for (uint32_t v = 0; v < s->of.p->n; v++)
        if (s->of.first[v + 1] > s->of.first[v])
            qsort(&s->of.sets.at[s->of.first[v]], s->of.first[v + 1] - s->of.first[v],
                  sizeof *s->of.sets.at, compare_reduced);
}

/** An old grid lives on in one grid only. */
static bool lives_already(const solver *s, uint32_t id) {
    for (uint32_t i = 0; id != GRID_NONE && i < s->chosen_n; i++)
        if (s->of.sets.at[s->chosen[i]].id == id)
            return true;
    return false;
}

static bool count_is_possible(const solver *s, const mask *left) {
    if (s->wanted == 0)
        return true;
    int64_t w[GRID_MAX_MEASURES], rest = s->wanted - s->chosen_n;
    if (mask_empty(left))
        return rest == 0;
    if (s->of.all || mask_meet(left, &s->of.heavy))
        return rest > 0;
    candidates_weigh(&s->of, *left, w);
    grid_window window = rule_set_window(s->of.rules, w);
    return rest >= window.min && rest <= window.max;
}

/**
 * Completes the chosen sets, which cost `cost` and leave `left` uncovered; `price` and `slack` are
 * the sums over what is left. False when the work limit is reached.
 */
static bool branch(solver *s, mask left, int64_t cost, int64_t price, int64_t slack) {
    if (++s->of.work > s->of.limit)
        return false;
    if (!count_is_possible(s, &left))
        return true;
    if (mask_empty(&left)) {
        s->best = cost;
        s->best_k = s->chosen_n;
        memcpy(s->best_chosen, s->chosen, s->chosen_n * sizeof *s->chosen);
        return true;
    }
    uint32_t v = mask_lowest(&left);
    mask taken = mask_without(s->of.every, left);
    for (size_t i = s->of.first[v]; i < s->of.first[v + 1]; i++) {
        const candidate *c = &s->of.sets.at[i];
        if (cost + price + c->reduced + slack - s->slack[v] >= s->best)
            break; /* sorted: the others are no better */
        if (mask_meet(&c->nodes, &taken) || lives_already(s, c->id))
            continue;
        int64_t prices = 0, slacks = 0;
        for (mask nodes = c->nodes; !mask_empty(&nodes);) {
            uint32_t u = mask_take_lowest(&nodes);
            prices += s->price[u];
            slacks += s->slack[u];
        }
        if (cost + c->cost + price - prices + slack - slacks >= s->best)
            continue;
        s->chosen[s->chosen_n++] = i;
        bool ok = branch(s, mask_without(left, c->nodes), cost + c->cost, price - prices,
                         slack - slacks);
        s->chosen_n--;
        if (!ok)
            return false;
    }
    return true;
}

/** True when the best division made of the candidate sets, if any is below s->best, is known. */
static bool search(solver *s, int64_t goal) {
    if (!candidates_enumerate(&s->of))
        return false;
    size_t steps = 8 * s->of.limit / (s->of.sets.n + 1);
    raise_bound(s, goal, steps > 200 ? 200 : (unsigned)steps);
    sort_sets(s);
    s->of.work = 0;
    s->chosen_n = 0;
    s->best_k = 0;
    int64_t price = 0, slack = 0;
    for (uint32_t v = 0; v < s->of.p->n; v++) {
        price += s->price[v];
        slack += s->slack[v];
    }
    return branch(s, s->of.every, 0, price, slack);
}

/* ---- the call
 * ------------------------------------------------------------------------------------ */

static void read_labels(const solver *s, exact_result *out) {
    out->k = s->best_k;
    for (uint32_t i = 0; i < s->best_k; i++) {
        if (s->of.home)
            out->id[i] = s->of.sets.at[s->best_chosen[i]].id;
        for (mask nodes = s->of.sets.at[s->best_chosen[i]].nodes; !mask_empty(&nodes);)
            out->label[mask_take_lowest(&nodes)] = i;
    }
}

static void prepare(solver *s, const net *g) {
    for (uint32_t v = 0; v < g->p->n; v++) {
        mask_put(&s->of.every, v);
        if (g->p->heavy[v])
            mask_put(&s->of.heavy, v);
        for (uint32_t e = g->p->start[v]; e < g->p->start[v + 1]; e++)
            mask_put(&s->of.neighbour[v], g->p->to[e]);
    }
}

/** All in range, if that is possible at all. */
static void solve_in_range(solver *s, const net *g, int64_t price, exact_result *out) {
    s->best = g->n_out == 0 ? 2 * price : INT64_MAX / 4;
    if (!search(s, 2 * price))
        return;
    if (s->best_k > 0)
        read_labels(s, out);
    out->verdict = s->best_k > 0 || g->n_out == 0 ? EXACT_OPTIMAL : EXACT_INFEASIBLE;
}

/** As little as possible out of range. */
static void solve_any(solver *s, int64_t price, exact_result *out) {
    s->of.all = true;
    s->best = 2 * price;
    if (!search(s, s->best))
        return;
    if (s->best_k > 0)
        read_labels(s, out);
    out->verdict = EXACT_LEAST_OUT;
}

bool exact_solve(const net *g, const uint32_t *home, int64_t wanted, size_t limit,
                 exact_result *out) {
    out->verdict = EXACT_GAVE_UP;
    out->k = 0;
    if (g->p->n > EXACT_MOST_NODES)
        return true;
    solver *s = GRID_NEW(solver, 1);
    if (s == NULL)
        return false;
    s->of.p = g->p;
    s->of.rules = g->rules;
    s->of.home = home;
    s->wanted = wanted;
    s->of.limit = limit;
    prepare(s, g);
    int64_t price = g->price;
    for (uint32_t v = 0; v < g->p->n; v++)
        price += exact_move_price(g->p, home, v, g->id[g->label[v]]);
    solve_in_range(s, g, price, out);
    if (out->verdict == EXACT_INFEASIBLE)
        solve_any(s, price, out);
    bool ok = !s->of.no_memory;
    GRID_VEC_FREE(&s->of.sets);
    free(s);
    return ok;
}
