#include "partition/tree_cut.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/vec.h"

/* Steps of weight that an open part may have: a bit more than a grid may, since being out of range
 * is possible, but dear. */
enum { STEPS = 256, STEPS_OF_MAX = 200 };

#define NEVER (INT64_MAX / 4)

/** Of a subtree: the least price of everything in it but its root's part, by that part's weight. */
typedef struct table {
    int64_t *price;
    uint32_t top; /* the greatest weight there is */
} table;

typedef struct cutter {
    const tree *t;
    int64_t own[STEPS + 1]; /* price of a part by its weight */
    uint16_t *weight;       /* per position, in steps */
    table *open;            /* per position */
    uint16_t **chosen;      /* per position and weight of the parent's part when it is joined to
                               it or cut off: 1 + the weight that it brings, or 0 for a cut */
    uint16_t *closed;       /* per position: the weight of its part when it is cut off */
    uint32_t *rest;         /* per position: weight of its part less what is told already */
    grid_arena choices;
} cutter;

/** The rule that weights are counted by; GRID_NONE when none has a maximum. */
static uint32_t leading_rule(const rule_set *rules) {
    for (int hard = 1; hard >= 0; hard--)
        for (uint32_t m = 0; m < rules->n; m++)
            if (rules->at[m].hard == hard && rules->at[m].max < INT64_MAX)
                return m;
    return GRID_NONE;
}

/** Rounds so that the steps of a run of positions are those of its sum, give or take one. */
static void count_steps(cutter *c, uint32_t lead, double step) {
    const tree *t = c->t;
    double sum = 0, counted = 0;
    for (uint32_t i = 0; i < t->n; i++) {
        uint32_t v = t->node[t->order[i]];
        sum += (double)t->p->w[(size_t)v * t->p->n_measures + lead] / step;
        double more = floor(sum) - counted;
        counted += more;
        c->weight[i] = more < STEPS ? (uint16_t)more : STEPS;
    }
}

static void price_parts(cutter *c, const rule_set *rules, int64_t charge, uint32_t lead,
                        double step) {
    const int64_t *total = c->t->w;
    for (uint32_t s = 0; s <= STEPS; s++) {
        int64_t w[GRID_MAX_MEASURES];
        for (uint32_t m = 0; m < rules->n; m++)
            w[m] = (int64_t)(s * step * (double)total[m] / (double)total[lead]);
        c->own[s] = charge + rule_set_price(rules, w, 1);
    }
}

/** The weight with which a subtree is closed best. */
static uint32_t best_weight(const cutter *c, const table *of, int64_t *price) {
    uint32_t best = 0;
    *price = INT64_MAX;
    for (uint32_t w = 0; w <= of->top; w++)
        if (of->price[w] + c->own[w] < *price) {
            *price = of->price[w] + c->own[w];
            best = w;
        }
    return best;
}

static bool begin_table(table *of, uint32_t weight) {
    of->top = weight;
    of->price = GRID_NEW(int64_t, weight + 1);
    for (uint32_t w = 0; of->price != NULL && w < weight; w++)
        of->price[w] = NEVER;
    return of->price != NULL;
}

/** Joins a finished child to its parent's table, or cuts it off, for every weight the better. */
static bool merge(cutter *c, table *up, table *child, uint32_t at) {
    int64_t alone;
    c->closed[at] = (uint16_t)best_weight(c, child, &alone);
    alone += c->t->cut[at];
    table both = {.top = up->top + child->top < STEPS ? up->top + child->top : STEPS};
    both.price = GRID_NEW(int64_t, both.top + 1);
    uint16_t *chosen = c->chosen[at] = grid_arena_alloc(&c->choices,
                                                        (both.top + 1) * sizeof *chosen);
    if (both.price == NULL || chosen == NULL)
        return free(both.price), false;
    for (uint32_t w = 0; w <= both.top; w++) {
        both.price[w] = w <= up->top ? up->price[w] + alone : NEVER;
        chosen[w] = 0;
    }
    for (uint32_t w = 0; w <= up->top; w++)
        for (uint32_t more = 0; more <= child->top && w + more <= both.top; more++)
            if (up->price[w] + child->price[more] < both.price[w + more]) {
                both.price[w + more] = up->price[w] + child->price[more];
                chosen[w + more] = (uint16_t)(more + 1);
            }
    free(up->price);
    free(child->price);
    *child = (table){0};
    *up = both;
    return true;
}

/** From the leaves up; children stand behind their parents. */
static bool fill_tables(cutter *c) {
    const tree *t = c->t;
    for (uint32_t i = t->n; i-- > 0;) {
        if (c->open[i].price == NULL && !begin_table(&c->open[i], c->weight[i]))
            return false;
        if (i == 0)
            break;
        table *up = &c->open[t->parent[i]];
        if ((up->price == NULL && !begin_table(up, c->weight[t->parent[i]])) ||
            !merge(c, up, &c->open[i], i))
            return false;
    }
    return true;
}

/** From the root down. A parent's children are told in the order opposite to their merging. */
static uint32_t tell_parts(cutter *c, uint32_t *part) {
    const tree *t = c->t;
    int64_t price;
    uint32_t k = 1;
    c->rest[0] = best_weight(c, &c->open[0], &price);
    part[t->order[0]] = 0;
    for (uint32_t i = 1; i < t->n; i++) {
        uint32_t up = t->parent[i], choice = c->chosen[i][c->rest[up]];
        c->rest[i] = choice > 0 ? choice - 1 : c->closed[i];
        c->rest[up] -= choice > 0 ? choice - 1 : 0;
        part[t->order[i]] = choice > 0 ? part[t->order[up]] : k++;
    }
    return k;
}

static bool run(cutter *c, uint32_t *part, uint32_t *k) {
    uint32_t n = c->t->n;
    c->open = GRID_NEW(table, n);
    c->chosen = GRID_NEW(uint16_t *, n);
    c->closed = GRID_NEW(uint16_t, n);
    c->rest = GRID_NEW(uint32_t, n);
    bool ok = c->open && c->chosen && c->closed && c->rest && fill_tables(c);
    if (ok)
        *k = tell_parts(c, part);
    for (uint32_t i = 0; c->open && i < n; i++)
        free(c->open[i].price);
    free(c->open);
    free(c->chosen);
    free(c->closed);
    free(c->rest);
    grid_arena_free(&c->choices);
    return ok;
}

bool tree_cut(const tree *t, const rule_set *rules, int64_t charge, uint32_t *part, uint32_t *k) {
    uint32_t lead = leading_rule(rules);
    *k = 0;
    if (lead == GRID_NONE || t->w[lead] == 0)
        return true;
    cutter c = {.t = t, .weight = GRID_NEW(uint16_t, t->n)};
    double step = (double)rules->at[lead].max / STEPS_OF_MAX;
    if (c.weight == NULL)
        return false;
    count_steps(&c, lead, step);
    price_parts(&c, rules, charge, lead, step);
    bool ok = run(&c, part, k);
    free(c.weight);
    return ok;
}
