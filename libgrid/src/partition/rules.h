/*
 * rules.h - the ranges of a division as integer prices: what a grid costs for being away from its
 * target, and what for being out of range.
 */
#ifndef GRID_SRC_PARTITION_RULES_H
#define GRID_SRC_PARTITION_RULES_H

#include <grid/partition.h>

/** Cost units per metre of border of price 1. */
#define COST_PER_M INT64_C(10000)

typedef struct rule_set {
    uint32_t n;
    struct rule_price {
        int64_t min, max;
        bool hard;
        double target;
        double edge;       /**< width of the zone at either end that is better kept clear */
        double edge_price; /**< for being at the very end */
        double fixed;      /**< for being out of range at all */
        double relative;   /**< per target's worth of being out */
        double balance;    /**< times the squared relative deviation from the target */
    } at[GRID_MAX_MEASURES];
} rule_set;

/** Checks the caller's rules. Targets still to be set by rule_set_aim. */
GRID_MUST_USE grid_status rule_set_read(const grid_rule *rules, uint32_t n, rule_set *out,
                                        grid_error *err);

/**
 * Sets the targets for a piece with these totals: the middle of the window that all hard ranges
 * leave together at the piece's mix of measures, unless the caller named one.
 */
void rule_set_aim(rule_set *set, const grid_rule *rules, const int64_t *total);

/** Price of `parts` grids that together have w[]: 0 at the target. */
int64_t rule_set_price(const rule_set *set, const int64_t *w, int64_t parts);

/** True when w[] is above a hard maximum: a cell like that cannot be in range. */
bool rule_set_exceeded(const rule_set *set, const int64_t *w);

/** True when a grid with w[] is in every hard range. */
bool rule_set_holds(const rule_set *set, const int64_t *w);

/** Numbers of grids that the hard ranges allow for w[]; empty when min > max. */
typedef struct grid_window {
    int64_t min, max;
    uint32_t min_rule, max_rule; /**< which rule sets it */
} grid_window;
grid_window rule_set_window(const rule_set *set, const int64_t *w);

/** The number of grids that suits w[] best: in the window, or least out of range. At least 1. */
int64_t rule_set_best_count(const rule_set *set, const int64_t *w);

#endif
