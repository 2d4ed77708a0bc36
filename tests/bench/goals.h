/*
 * The table of goals that a benchmark ends with: what was wanted, what must hold, what was
 * measured.
 */
#ifndef GRID_TESTS_GOALS_H
#define GRID_TESTS_GOALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct goal_row {
    char what[96];
    const char *unit;
    double goal, floor, measured; /* more is better when the goal is above the floor */
} goal_row;

enum { MAX_GOALS = 64 };

typedef struct goal_table {
    size_t n;
    goal_row row[MAX_GOALS];
} goal_table;

static inline void goals_add(goal_table *t, const char *what, const char *detail, const char *unit,
                             double goal, double floor, double measured) {
    if (t->n == MAX_GOALS)
        return;
    goal_row *r = &t->row[t->n++];
    snprintf(r->what, sizeof r->what, "%s%s%s", what, *detail ? ", " : "", detail);
    r->unit = unit;
    r->goal = goal;
    r->floor = floor;
    r->measured = measured;
}

static inline bool goal_reached(const goal_row *r, double wanted) {
    return r->goal > r->floor ? r->measured >= wanted : r->measured <= wanted;
}

static inline void goals_print(const goal_table *t) {
    printf("\n%-56s %9s %9s %9s\n", "", "goal", "floor", "measured");
    for (size_t i = 0; i < t->n; i++) {
        const goal_row *r = &t->row[i];
        const char *verdict = goal_reached(r, r->goal)    ? "goal met"
                              : goal_reached(r, r->floor) ? "floor met"
                                                          : "NOT MET";
        printf("%-56s %9.4g %9.4g %9.4g %-3s %s\n", r->what, r->goal, r->floor, r->measured,
               r->unit, verdict);
    }
}

#endif
