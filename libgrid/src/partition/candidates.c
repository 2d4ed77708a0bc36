#include "partition/candidates.h"

#include <string.h>

#include "partition/shape.h"

mask candidates_flood(const candidates *c, mask inside, uint32_t from) {
    mask seen = {{0}}, front = {{0}};
    mask_put(&front, from);
    while (!mask_empty(&front)) {
        uint32_t v = mask_take_lowest(&front);
        mask_put(&seen, v);
        mask next = c->neighbour[v];
        for (int i = 0; i < 2; i++)
            front.at[i] |= next.at[i] & inside.at[i] & ~seen.at[i];
    }
    return seen;
}

void candidates_weigh(const candidates *c, mask nodes, int64_t *w) {
    uint32_t m = c->p->n_measures;
    memset(w, 0, m * sizeof *w);
    while (!mask_empty(&nodes)) {
        uint32_t v = mask_take_lowest(&nodes);
        for (uint32_t j = 0; j < m; j++)
            w[j] += c->p->w[(size_t)v * m + j];
    }
}

bool candidates_have_count(const candidates *c, const mask *part, const int64_t *w) {
    grid_window window = rule_set_window(c->rules, w);
    return window.min <= window.max || mask_meet(part, &c->heavy);
}

/** Whether every part of what a set of weight w[] leaves over can be made up of grids in range. */
static bool leaves_hope(const candidates *c, mask set, const int64_t *w) {
    mask rest = mask_without(c->every, set);
    int64_t left[GRID_MAX_MEASURES];
    for (uint32_t m = 0; m < c->p->n_measures; m++)
        left[m] = c->p->total[m] - w[m];
    while (!mask_empty(&rest)) {
        int64_t part_w[GRID_MAX_MEASURES];
        mask part = candidates_flood(c, rest, mask_lowest(&rest));
        rest = mask_without(rest, part);
        if (mask_empty(&rest))
            return candidates_have_count(c, &part, left); /* the last part, mostly the only one */
        candidates_weigh(c, part, part_w);
        if (!candidates_have_count(c, &part, part_w))
            return false;
        for (uint32_t m = 0; m < c->p->n_measures; m++)
            left[m] -= part_w[m];
    }
    return true;
}

/** Price of the set's border, and of its shape on either side of it. */
static int64_t outline(const candidates *c, const mask *set) {
    const piece *p = c->p;
    int64_t border = 0, area_dm2 = 0, perimeter_mm = 0;
    mask nodes = *set;
    while (!mask_empty(&nodes)) {
        uint32_t v = mask_take_lowest(&nodes);
        area_dm2 += p->area_dm2[v];
        perimeter_mm += p->rim_mm[v];
        for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++)
            if (!mask_has(set, p->to[e])) {
                border += p->cost[e];
                perimeter_mm += p->length_mm[e];
            }
    }
    return border + 2 * shape_price(area_dm2, perimeter_mm);
}

/** What the nodes of a set pay for being away from home, if it is the old grid `id`. */
static int64_t away(const candidates *c, mask nodes, uint32_t id) {
    int64_t sum = 0;
    while (c->home && !mask_empty(&nodes))
        sum += exact_move_price(c->p, c->home, mask_take_lowest(&nodes), id);
    return sum;
}

static bool add_candidate(candidates *c, const mask *set, int64_t own, uint32_t id) {
    int64_t cost = own + 2 * away(c, *set, id);
    c->no_memory = !GRID_PUSH(&c->sets, (candidate){*set, cost, cost, id});
    return !c->no_memory;
}

/** In an update once for every old grid that may live on in the set, and once for none. */
static bool add_set(candidates *c, const mask *set, const int64_t *w) {
    bool in_range = rule_set_holds(c->rules, w) || mask_meet(set, &c->heavy);
    if (!c->all && (!in_range || !leaves_hope(c, *set, w)))
        return true;
    int64_t own = 2 * rule_set_price(c->rules, w, 1) + outline(c, set);
    for (mask left = *set; c->home && !mask_empty(&left);) {
        uint32_t id = c->home[mask_take_lowest(&left)];
        for (mask rest = left; !mask_empty(&rest);) {
            uint32_t v = mask_take_lowest(&rest);
            if (c->home[v] == id)
                left.at[v / 64] &= ~(UINT64_C(1) << (v % 64));
        }
        if (id != GRID_NONE && !add_candidate(c, set, own, id))
            return false;
    }
    return add_candidate(c, set, own, GRID_NONE);
}

/** An indivisible cell may take along as much as a grid holds. */
static bool too_heavy(const candidates *c, const mask *set, const int64_t *w) {
    if (c->all || !rule_set_exceeded(c->rules, w))
        return false;
    mask heavy = {{set->at[0] & c->heavy.at[0], set->at[1] & c->heavy.at[1]}};
    if (mask_empty(&heavy))
        return true;
    int64_t less[GRID_MAX_MEASURES];
    candidates_weigh(c, mask_without(*set, heavy), less);
    return rule_set_exceeded(c->rules, less);
}

/**
 * All connected sets that contain `set`, some of `front` and none of `barred`, each once. False
 * when the work limit is reached.
 */
static bool grow(candidates *c, const mask *set, const int64_t *w, mask front, mask barred) {
    uint32_t m = c->p->n_measures;
    if (++c->work > c->limit || c->sets.n > c->limit / 4 || !add_set(c, set, w))
        return false;
    while (!mask_empty(&front)) {
        uint32_t v = mask_take_lowest(&front);
        mask_put(&barred, v);
        int64_t heavier[GRID_MAX_MEASURES];
        for (uint32_t j = 0; j < m; j++)
            heavier[j] = w[j] + c->p->w[(size_t)v * m + j];
        mask larger = *set;
        mask_put(&larger, v);
        if (too_heavy(c, &larger, heavier))
            continue;
        mask further = mask_both(front, mask_without(c->neighbour[v], mask_both(barred, larger)));
        if (!grow(c, &larger, heavier, further, barred))
            return false;
    }
    return true;
}

bool candidates_enumerate(candidates *c) {
    uint32_t m = c->p->n_measures;
    c->sets.n = 0;
    c->work = 0;
    mask barred = {{0}};
    for (uint32_t v = 0; v < c->p->n; v++) {
        c->first[v] = c->sets.n;
        mask set = {{0}};
        mask_put(&set, v);
        mask_put(&barred, v);
        const int64_t *w = &c->p->w[(size_t)v * m];
        if (!grow(c, &set, w, mask_without(c->neighbour[v], barred), barred))
            return false;
    }
    c->first[c->p->n] = c->sets.n;
    return true;
}
