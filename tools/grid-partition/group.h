/*
 * group.h - neighbouring communities of a street joined to groups, such as blocks (街区).
 */
#ifndef GRID_PARTITION_GROUP_H
#define GRID_PARTITION_GROUP_H

#include "demands.h"
#include "scheme.h"

/** The groups, numbered street by street in reading order. */
typedef struct groups {
    grid_division *division; /**< its nodes are the communities, its regions the streets */
    uint32_t *of_cell;
    grid_code *code;
    char (*name)[48];
} groups;

/**
 * Joins the communities by the level's rule. A number of groups that a street cannot have is
 * refused with the arithmetic. `graph` is that of the cells, `codes` knows the streets'.
 */
grid_status groups_build(const inputs *in, const grid_cells *cells, const grid_graph *graph,
                         const grid_codes *codes, const scheme_level *level,
                         const demand_options *wanted, const grid_partition_options *engine,
                         const grid_context *ctx, groups *out, grid_error *err);
void groups_free(groups *g);

#endif
