/*
 * measures.h - what rules count, per base cell.
 */
#ifndef GRID_PARTITION_MEASURES_H
#define GRID_PARTITION_MEASURES_H

#include "inputs.h"
#include "scheme.h"

/** What the rules of the split level count. Rules on what the input does not have are left out. */
typedef struct measures {
    uint32_t n;
    const int64_t *of[SCHEME_MAX_RULES];
    grid_rule rule[SCHEME_MAX_RULES];
    int64_t *own[SCHEME_MAX_RULES]; /**< those summed up here */
} measures;

/** Says which rules do not apply; fails when none does. */
grid_status measures_collect(const inputs *in, const grid_cells *cells, const scheme *plan,
                             const grid_context *ctx, measures *out, grid_error *err);
void measures_free(measures *m);

/**
 * "households", "persons", "area" (m2) or a column of the household layer, per cell; *own is the
 * array when it was made for this, else NULL. *out is NULL when the input has no persons.
 */
grid_status measure_of(const inputs *in, const grid_cells *cells, const char *name, int64_t **own,
                       const int64_t **out, grid_error *err);

#endif
