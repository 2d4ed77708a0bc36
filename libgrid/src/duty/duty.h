/*
 * duty.h - the index behind grid_duty: units with their parents, holders by unit, rules by what
 * they are for.
 */
#ifndef GRID_SRC_DUTY_H
#define GRID_SRC_DUTY_H

#include <grid/duty.h>

#include "base/arena.h"

enum { DUTY_NONE = UINT32_MAX };

typedef struct duty_unit {
    const char *code, *name, *level;
    uint32_t parent;       /* DUTY_NONE at the top */
    uint32_t first, after; /* its holders */
} duty_unit;

typedef struct duty_holder {
    grid_holder told;
    uint32_t unit, post, person; /* person: the same number for the same name and phone */
    uint32_t order;              /* as they came */
} duty_holder;

typedef struct duty_rule {
    grid_duty_rule told;
    uint32_t order;
} duty_rule;

struct grid_duty {
    grid_arena arena;
    duty_unit *units; /* by code */
    size_t n_units;
    grid_post *posts;
    size_t n_posts;
    duty_holder *holders; /* by unit, post and order */
    size_t n_holders, n_persons;
    duty_rule *rules; /* by fallback, kind, class, unit, order */
    size_t n_rules;
};

/** The unit with the code, or DUTY_NONE. */
uint32_t duty_find_unit(const grid_duty *duty, const char *code);

#endif
