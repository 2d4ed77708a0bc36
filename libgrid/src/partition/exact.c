#include "partition/exact.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "partition/shape.h"

/** A set of nodes. */
typedef struct mask {
    uint64_t at[EXACT_MOST_NODES / 64];
} mask;

static bool has(const mask *m, uint32_t i) {
    return m->at[i / 64] >> (i % 64) & 1;
}
static void put(mask *m, uint32_t i) {
    m->at[i / 64] |= UINT64_C(1) << (i % 64);
}
static mask both(mask a, mask b) {
    return (mask){{a.at[0] | b.at[0], a.at[1] | b.at[1]}};
}
static mask without(mask a, mask b) {
    return (mask){{a.at[0] & ~b.at[0], a.at[1] & ~b.at[1]}};
}
static bool meet(const mask *a, const mask *b) {
    return ((a->at[0] & b->at[0]) | (a->at[1] & b->at[1])) != 0;
}
static bool empty(const mask *a) {
    return (a->at[0] | a->at[1]) == 0;
}
static uint32_t lowest(const mask *a) {
    return a->at[0] ? (uint32_t)__builtin_ctzll(a->at[0])
                    : 64 + (uint32_t)__builtin_ctzll(a->at[1]);
}
static uint32_t take_lowest(mask *a) {
    uint32_t i = lowest(a);
    a->at[i / 64] &= a->at[i / 64] - 1;
    return i;
}

/** A connected set that may be a grid. Costs are doubled: every border has two sides. */
typedef struct candidate {
    mask nodes;
    int64_t cost;
    int64_t reduced; /* cost less the prices of its nodes */
    uint32_t id;     /* in an update: the old grid that lives on in it; GRID_NONE */
} candidate;

typedef struct solver {
    const piece *p;
    const rule_set *rules;
    const uint32_t *home;
    int64_t wanted;
    bool all; /* sets out of range are candidates too */
    mask neighbour[EXACT_MOST_NODES];
    mask every, heavy;
    size_t work, limit;
    bool no_memory;
    GRID_VEC(candidate) sets;
    size_t first[EXACT_MOST_NODES + 1]; /* sets by their lowest node */
    int64_t price[EXACT_MOST_NODES];    /* dual prices */
    int64_t slack[EXACT_MOST_NODES];    /* least reduced cost of sets by lowest node, at most 0 */
    int64_t best;                       /* cost of the best division known */
    uint32_t best_k, chosen_n;
    size_t chosen[EXACT_MOST_NODES], best_chosen[EXACT_MOST_NODES];
} solver;

int64_t exact_move_price(const piece *p, const uint32_t *home, uint32_t v, uint32_t id) {
    enum { PER_CELL_M = 30, PER_HOUSEHOLD_M = 1000 };
    if (home == NULL || home[v] == GRID_NONE || home[v] == id)
        return 0;
    return (PER_CELL_M + PER_HOUSEHOLD_M * p->w[(size_t)v * p->n_measures]) * COST_PER_M;
}

/* ---- enumeration -------------------------------------------------------------------------------
 */

static mask flood(const solver *s, mask inside, uint32_t from) {
    mask seen = {{0}}, front = {{0}};
    put(&front, from);
    while (!empty(&front)) {
        uint32_t v = take_lowest(&front);
        put(&seen, v);
        mask next = s->neighbour[v];
        for (int i = 0; i < 2; i++)
            front.at[i] |= next.at[i] & inside.at[i] & ~seen.at[i];
    }
    return seen;
}

static void sum_weights(const solver *s, mask nodes, int64_t *w) {
    uint32_t m = s->p->n_measures;
    memset(w, 0, m * sizeof *w);
    while (!empty(&nodes)) {
        uint32_t v = take_lowest(&nodes);
        for (uint32_t j = 0; j < m; j++)
            w[j] += s->p->w[(size_t)v * m + j];
    }
}

static bool has_count(const solver *s, const mask *part, const int64_t *w) {
    grid_window window = rule_set_window(s->rules, w);
    return window.min <= window.max || meet(part, &s->heavy);
}

/** Whether every part of what a set of weight w[] leaves over can be made up of grids in range. */
static bool leaves_hope(const solver *s, mask set, const int64_t *w) {
    mask rest = without(s->every, set);
    int64_t left[GRID_MAX_MEASURES];
    for (uint32_t m = 0; m < s->p->n_measures; m++)
        left[m] = s->p->total[m] - w[m];
    while (!empty(&rest)) {
        int64_t part_w[GRID_MAX_MEASURES];
        mask part = flood(s, rest, lowest(&rest));
        rest = without(rest, part);
        if (empty(&rest))
            return has_count(s, &part, left); /* the last part, mostly the only one */
        sum_weights(s, part, part_w);
        if (!has_count(s, &part, part_w))
            return false;
        for (uint32_t m = 0; m < s->p->n_measures; m++)
            left[m] -= part_w[m];
    }
    return true;
}

/** Price of the set's border, and of its shape on either side of it. */
static int64_t outline(const solver *s, const mask *set) {
    const piece *p = s->p;
    int64_t border = 0, area_dm2 = 0, perimeter_mm = 0;
    mask nodes = *set;
    while (!empty(&nodes)) {
        uint32_t v = take_lowest(&nodes);
        area_dm2 += p->area_dm2[v];
        perimeter_mm += p->rim_mm[v];
        for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++)
            if (!has(set, p->to[e])) {
                border += p->cost[e];
                perimeter_mm += p->length_mm[e];
            }
    }
    return border + 2 * shape_price(area_dm2, perimeter_mm);
}

/** What the nodes of a set pay for being away from home, if it is the old grid `id`. */
static int64_t away(const solver *s, mask nodes, uint32_t id) {
    int64_t sum = 0;
    while (s->home && !empty(&nodes))
        sum += exact_move_price(s->p, s->home, take_lowest(&nodes), id);
    return sum;
}

static bool add_candidate(solver *s, const mask *set, int64_t own, uint32_t id) {
    int64_t cost = own + 2 * away(s, *set, id);
    s->no_memory = !GRID_PUSH(&s->sets, (candidate){*set, cost, cost, id});
    return !s->no_memory;
}

/** In an update once for every old grid that may live on in the set, and once for none. */
static bool add_set(solver *s, const mask *set, const int64_t *w) {
    bool in_range = rule_set_holds(s->rules, w) || meet(set, &s->heavy);
    if (!s->all && (!in_range || !leaves_hope(s, *set, w)))
        return true;
    int64_t own = 2 * rule_set_price(s->rules, w, 1) + outline(s, set);
    for (mask left = *set; s->home && !empty(&left);) {
        uint32_t id = s->home[take_lowest(&left)];
        for (mask rest = left; !empty(&rest);) {
            uint32_t v = take_lowest(&rest);
            if (s->home[v] == id)
                left.at[v / 64] &= ~(UINT64_C(1) << (v % 64));
        }
        if (id != GRID_NONE && !add_candidate(s, set, own, id))
            return false;
    }
    return add_candidate(s, set, own, GRID_NONE);
}

/** An indivisible cell may take along as much as a grid holds. */
static bool too_heavy(const solver *s, const mask *set, const int64_t *w) {
    if (s->all || !rule_set_exceeded(s->rules, w))
        return false;
    mask heavy = {{set->at[0] & s->heavy.at[0], set->at[1] & s->heavy.at[1]}};
    if (empty(&heavy))
        return true;
    int64_t less[GRID_MAX_MEASURES];
    sum_weights(s, without(*set, heavy), less);
    return rule_set_exceeded(s->rules, less);
}

/**
 * All connected sets that contain `set`, some of `front` and none of `barred`, each once. False
 * when the work limit is reached.
 */
static bool grow(solver *s, const mask *set, const int64_t *w, mask front, mask barred) {
    uint32_t m = s->p->n_measures;
    if (++s->work > s->limit || s->sets.n > s->limit / 4 || !add_set(s, set, w))
        return false;
    while (!empty(&front)) {
        uint32_t v = take_lowest(&front);
        put(&barred, v);
        int64_t heavier[GRID_MAX_MEASURES];
        for (uint32_t j = 0; j < m; j++)
            heavier[j] = w[j] + s->p->w[(size_t)v * m + j];
        mask larger = *set;
        put(&larger, v);
        if (too_heavy(s, &larger, heavier))
            continue;
        mask further = both(front, without(s->neighbour[v], both(barred, larger)));
        if (!grow(s, &larger, heavier, further, barred))
            return false;
    }
    return true;
}

static bool enumerate(solver *s) {
    uint32_t m = s->p->n_measures;
    s->sets.n = 0;
    s->work = 0;
    mask barred = {{0}};
    for (uint32_t v = 0; v < s->p->n; v++) {
        s->first[v] = s->sets.n;
        mask set = {{0}};
        put(&set, v);
        put(&barred, v);
        const int64_t *w = &s->p->w[(size_t)v * m];
        if (!grow(s, &set, w, without(s->neighbour[v], barred), barred))
            return false;
    }
    s->first[s->p->n] = s->sets.n;
    return true;
}

/* ---- bound -------------------------------------------------------------------------------------
 */

static int64_t reduced_cost(const candidate *c, const int64_t *price) {
    int64_t sum = c->cost;
    mask nodes = c->nodes;
    while (!empty(&nodes))
        sum -= price[take_lowest(&nodes)];
    return sum;
}

/**
 * The Lagrangian bound for dual prices: each node pays its price, and per lowest node at most one
 * set is bought, if its reduced cost is negative. covered[v] counts the sets bought that cover v.
 */
static int64_t bound(solver *s, const int64_t *price, uint32_t *covered) {
    int64_t sum = 0;
    memset(covered, 0, s->p->n * sizeof *covered);
    for (uint32_t v = 0; v < s->p->n; v++) {
        int64_t least = 0;
        size_t which = SIZE_MAX;
        for (size_t i = s->first[v]; i < s->first[v + 1]; i++) {
            candidate *c = &s->sets.at[i];
            c->reduced = reduced_cost(c, price);
            if (c->reduced < least) {
                least = c->reduced;
                which = i;
            }
        }
        s->slack[v] = least;
        sum += price[v] + least;
        for (mask nodes = which == SIZE_MAX ? (mask){{0}} : s->sets.at[which].nodes;
             !empty(&nodes);)
            covered[take_lowest(&nodes)]++;
    }
    return sum;
}

/** Raises the bound by subgradient steps (M. Held, P. Wolfe, H. Crowder, 1974). */
static void raise_bound(solver *s, int64_t goal, unsigned steps) {
    uint32_t n = s->p->n, covered[EXACT_MOST_NODES];
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
    for (uint32_t v = 0; v < s->p->n; v++)
        if (s->first[v + 1] > s->first[v])
            qsort(&s->sets.at[s->first[v]], s->first[v + 1] - s->first[v], sizeof *s->sets.at,
                  compare_reduced);
}

/** An old grid lives on in one grid only. */
static bool lives_already(const solver *s, uint32_t id) {
    for (uint32_t i = 0; id != GRID_NONE && i < s->chosen_n; i++)
        if (s->sets.at[s->chosen[i]].id == id)
            return true;
    return false;
}

static bool count_is_possible(const solver *s, const mask *left) {
    if (s->wanted == 0)
        return true;
    int64_t w[GRID_MAX_MEASURES], rest = s->wanted - s->chosen_n;
    if (empty(left))
        return rest == 0;
    if (s->all || meet(left, &s->heavy))
        return rest > 0;
    sum_weights(s, *left, w);
    grid_window window = rule_set_window(s->rules, w);
    return rest >= window.min && rest <= window.max;
}

/**
 * Completes the chosen sets, which cost `cost` and leave `left` uncovered; `price` and `slack` are
 * the sums over what is left. False when the work limit is reached.
 */
static bool branch(solver *s, mask left, int64_t cost, int64_t price, int64_t slack) {
    if (++s->work > s->limit)
        return false;
    if (!count_is_possible(s, &left))
        return true;
    if (empty(&left)) {
        s->best = cost;
        s->best_k = s->chosen_n;
        memcpy(s->best_chosen, s->chosen, s->chosen_n * sizeof *s->chosen);
        return true;
    }
    uint32_t v = lowest(&left);
    mask taken = without(s->every, left);
    for (size_t i = s->first[v]; i < s->first[v + 1]; i++) {
        const candidate *c = &s->sets.at[i];
        if (cost + price + c->reduced + slack - s->slack[v] >= s->best)
            break; /* sorted: the others are no better */
        if (meet(&c->nodes, &taken) || lives_already(s, c->id))
            continue;
        int64_t prices = 0, slacks = 0;
        for (mask nodes = c->nodes; !empty(&nodes);) {
            uint32_t u = take_lowest(&nodes);
            prices += s->price[u];
            slacks += s->slack[u];
        }
        if (cost + c->cost + price - prices + slack - slacks >= s->best)
            continue;
        s->chosen[s->chosen_n++] = i;
        bool ok = branch(s, without(left, c->nodes), cost + c->cost, price - prices,
                         slack - slacks);
        s->chosen_n--;
        if (!ok)
            return false;
    }
    return true;
}

/** True when the best division made of the candidate sets, if any is below s->best, is known. */
static bool search(solver *s, int64_t goal) {
    if (!enumerate(s))
        return false;
    size_t steps = 8 * s->limit / (s->sets.n + 1);
    raise_bound(s, goal, steps > 200 ? 200 : (unsigned)steps);
    sort_sets(s);
    s->work = 0;
    s->chosen_n = 0;
    s->best_k = 0;
    int64_t price = 0, slack = 0;
    for (uint32_t v = 0; v < s->p->n; v++) {
        price += s->price[v];
        slack += s->slack[v];
    }
    return branch(s, s->every, 0, price, slack);
}

/* ---- the call
 * ------------------------------------------------------------------------------------ */

static void read_labels(const solver *s, exact_result *out) {
    out->k = s->best_k;
    for (uint32_t i = 0; i < s->best_k; i++) {
        if (s->home)
            out->id[i] = s->sets.at[s->best_chosen[i]].id;
        for (mask nodes = s->sets.at[s->best_chosen[i]].nodes; !empty(&nodes);)
            out->label[take_lowest(&nodes)] = i;
    }
}

static void prepare(solver *s, const net *g) {
    for (uint32_t v = 0; v < g->p->n; v++) {
        put(&s->every, v);
        if (g->p->heavy[v])
            put(&s->heavy, v);
        for (uint32_t e = g->p->start[v]; e < g->p->start[v + 1]; e++)
            put(&s->neighbour[v], g->p->to[e]);
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
    s->all = true;
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
    s->p = g->p;
    s->rules = g->rules;
    s->home = home;
    s->wanted = wanted;
    s->limit = limit;
    prepare(s, g);
    int64_t price = g->price;
    for (uint32_t v = 0; v < g->p->n; v++)
        price += exact_move_price(g->p, home, v, g->id[g->label[v]]);
    solve_in_range(s, g, price, out);
    if (out->verdict == EXACT_INFEASIBLE)
        solve_any(s, price, out);
    bool ok = !s->no_memory;
    GRID_VEC_FREE(&s->sets);
    free(s);
    return ok;
}
