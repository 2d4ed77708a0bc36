#include "partition/rules.h"

#include <math.h>
#include <string.h>

#include "base/base.h"

/* Metres of border that it may cost to ... */
static const double FIXED_M = 3000;     /* bring a grid into its range */
static const double RELATIVE_M = 12000; /* ... per target's worth out of range */
static const double BALANCE_M = 120;    /* bring a grid twice as large as its target to it */
static const double EDGE_M = 500;       /* have a grid at the very end of a hard range */
static const double SOFT_SHARE = 0.10;  /* of that for the first rule that is not hard, beside one
                                           that is */

/**
 * Share of a hard range, at either end, in which a grid is soon out of it: counts drift. The price
 * falls fast where several rules leave a narrow range, in which nobody can keep clear of the ends.
 */
static const double EDGE_SHARE = 0.10;

grid_status rule_set_read(const grid_rule *rules, uint32_t n, rule_set *out, grid_error *err) {
    if (n == 0 || n > GRID_MAX_MEASURES)
        return grid_fail(err, GRID_E_ARG, "", "%u measures; 1 to %d are possible", (unsigned)n,
                         GRID_MAX_MEASURES);
    memset(out, 0, sizeof *out);
    out->n = n;
    bool any_hard = false;
    for (uint32_t m = 0; m < n; m++)
        any_hard |= rules[m].hard;
    double soft = any_hard ? SOFT_SHARE : 1;
    for (uint32_t m = 0; m < n; m++) {
        const grid_rule *r = &rules[m];
        if (r->min < 0 || r->max < r->min || r->max == 0)
            return grid_fail(err, GRID_E_ARG, r->measure, "range %lld..%lld makes no sense",
                             (long long)r->min, (long long)r->max);
        bool free = r->min == 0 && r->max == INT64_MAX;
        double share = free ? 0 : r->hard ? 1 : soft;
        if (!free && !r->hard)
            soft = soft > SOFT_SHARE ? SOFT_SHARE : soft / 2;
        out->at[m] = (struct rule_price){
            .min = r->min,
            .max = r->max,
            .hard = r->hard,
            .fixed = share * FIXED_M * (double)COST_PER_M,
            .relative = share * RELATIVE_M * (double)COST_PER_M,
            .balance = free ? 0 : BALANCE_M * (double)COST_PER_M,
        };
    }
    return GRID_OK;
}

/** The span of a measure, in its own units. */
typedef struct span {
    double lo, hi;
} span;

/** Narrows the span of measure m by rule r at the piece's mix of measures. */
static span narrow(const rule_set *set, span s, uint32_t m, uint32_t r, const int64_t *total) {
    if (total[r] == 0)
        return s;
    double mix = (double)total[m] / (double)total[r];
    s.lo = fmax(s.lo, (double)set->at[r].min * mix);
    if (set->at[r].max < INT64_MAX)
        s.hi = fmin(s.hi, (double)set->at[r].max * mix);
    return s;
}

/** What all hard ranges together leave of measure m. */
static span hard_span(const rule_set *set, uint32_t m, const int64_t *total) {
    span s = {0, INFINITY};
    for (uint32_t r = 0; r < set->n; r++)
        if (set->at[r].hard)
            s = narrow(set, s, m, r, total);
    return s;
}

/** The same with the ranges that are not hard, while any is left. */
static span joint_span(const rule_set *set, uint32_t m, const int64_t *total) {
    span s = hard_span(set, m, total);
    for (uint32_t r = 0; r < set->n; r++) {
        span less = set->at[r].hard ? s : narrow(set, s, m, r, total);
        s = less.lo <= less.hi ? less : s;
    }
    return s;
}

void rule_set_aim(rule_set *set, const grid_rule *rules, const int64_t *total) {
    for (uint32_t m = 0; m < set->n; m++) {
        span s = joint_span(set, m, total);
        double target = (double)rules[m].target;
        if (isfinite(s.hi) && (target < s.lo || target > s.hi))
            target = (s.lo + s.hi) / 2;
        if (target <= 0 || !isfinite(target)) {
            target = 1;
            set->at[m].balance = 0;
        }
        set->at[m].target = target;
        s = hard_span(set, m, total);
        bool wide = set->at[m].hard && s.hi > s.lo && isfinite(s.hi);
        double width = wide ? fmin(4 * (s.hi - s.lo) / (s.hi + s.lo), 1) : 0; /* 1: 300..500 */
        set->at[m].edge = wide ? EDGE_SHARE * (s.hi - s.lo) : 0;
        set->at[m].edge_price = EDGE_M * (double)COST_PER_M * pow(width, 4);
    }
}

/** How far `w` is into the edge of a range of `parts` grids: 0 .. 1 at the end and beyond. */
static double edge_depth(const struct rule_price *r, double w, double parts) {
    double room = fmin(r->min > 0 ? w - (double)r->min * parts : INFINITY,
                       (double)r->max * parts - w);
    return r->edge > 0 ? fmin(fmax(1 - room / (r->edge * parts), 0), 1) : 0;
}

int64_t rule_set_price(const rule_set *set, const int64_t *w, int64_t parts) {
    double price = 0;
    for (uint32_t m = 0; m < set->n; m++) {
        const struct rule_price *r = &set->at[m];
        double p = (double)parts, x = (double)w[m], out = 0;
        if (x < (double)r->min * p)
            out = (double)r->min * p - x;
        else if (x > (double)r->max * p)
            out = x - (double)r->max * p;
        if (out > 0)
            price += r->fixed + r->relative * fmin(out / r->target, 1e3);
        double depth = edge_depth(r, x, p);
        price += r->edge_price * depth * depth * p;
        double off = fmin(fabs(x - r->target * p) / r->target, 1e3);
        price += r->balance * off * off / p;
    }
    return (int64_t)price;
}

bool rule_set_holds(const rule_set *set, const int64_t *w) {
    for (uint32_t m = 0; m < set->n; m++)
        if (set->at[m].hard && (w[m] < set->at[m].min || w[m] > set->at[m].max))
            return false;
    return true;
}

bool rule_set_exceeded(const rule_set *set, const int64_t *w) {
    for (uint32_t m = 0; m < set->n; m++)
        if (set->at[m].hard && w[m] > set->at[m].max)
            return true;
    return false;
}

grid_window rule_set_window(const rule_set *set, const int64_t *w) {
    grid_window window = {1, INT64_MAX, 0, 0};
    for (uint32_t m = 0; m < set->n; m++) {
        const struct rule_price *r = &set->at[m];
        if (!r->hard)
            continue;
        int64_t least = w[m] / r->max + (w[m] % r->max != 0);
        if (least > window.min) {
            window.min = least;
            window.min_rule = m;
        }
        if (r->min > 0 && w[m] / r->min < window.max) {
            window.max = w[m] / r->min;
            window.max_rule = m;
        }
    }
    return window;
}

int64_t rule_set_best_count(const rule_set *set, const int64_t *w) {
    grid_window window = rule_set_window(set, w);
    int64_t from = window.min, to = window.max;
    if (from > to) { /* nothing fits: one of the numbers around is least bad */
        from = window.max > 1 ? window.max : 1;
        to = window.min;
    }
    int64_t best = from, best_price = INT64_MAX;
    for (int64_t k = from; k <= to; k++) {
        int64_t price = rule_set_price(set, w, k);
        if (price >= best_price && k > from)
            break; /* convex in k */
        best = k;
        best_price = price;
    }
    return best;
}
