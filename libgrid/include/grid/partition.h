/*
 * grid/partition.h - dividing communities into grids: a labelling of a graph's nodes with integer
 * weights and integer border costs. Results depend on the input and the options only, not on
 * threads, time or the order of nodes' arrival.
 */
#ifndef GRID_PARTITION_H
#define GRID_PARTITION_H

#include <grid/cells.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The range a measure must keep in every grid. */
typedef struct grid_rule {
    const char *measure; /**< "households", "persons", "area" or a column's name */
    int64_t min, max;    /**< inclusive */
    int64_t target;      /**< 0: the middle of the range */
    bool hard;
} grid_rule;

/** A graph of base cells. Arrays are borrowed and must be symmetric (each border twice). */
typedef struct grid_graph {
    uint32_t n; /**< nodes */
    uint32_t n_measures;
    const int64_t *measure;      /**< n * n_measures, node by node */
    const uint32_t *start;       /**< n + 1: first neighbour of each node */
    const uint32_t *to;          /**< neighbour */
    const uint8_t *border_class; /**< of each neighbour entry: the class most of it runs along */
    const int64_t *length_mm;    /**< of each neighbour entry: total length of common border */
    const int64_t *cost;    /**< of each neighbour entry: price of having a grid border there */
    const uint32_t *region; /**< community of each node; regions are divided independently */
    uint32_t n_regions;
    const uint32_t *compound; /**< of each node; GRID_NONE */
    const grid_xy *place;     /**< of each node: a point inside, for numbering and compactness */
} grid_graph;

typedef struct grid_partition_options {
    const grid_rule *rules; /**< one per measure, in the graph's order */
    const int64_t *grids;   /**< per region: exact number wanted, 0 for free; may be NULL */
    unsigned effort;        /**< 1 .. 9; 0 means 5 */
    uint64_t seed;
} grid_partition_options;

/** Why a grid is as it is. */
typedef enum grid_unit_status {
    GRID_UNIT_OK = 0,           /**< every rule holds */
    GRID_UNIT_UNDER_COMMUNITY,  /**< the community (or its component) is below one grid's minimum */
    GRID_UNIT_INFEASIBLE,       /**< no number of grids fits: the arithmetic of the component */
    GRID_UNIT_OVER_INDIVISIBLE, /**< one cell alone is above the maximum */
    GRID_UNIT_PROVED,           /**< proved out of range by exact search */
    GRID_UNIT_BEST_FOUND,       /**< out of range; no proof that it must be */
    GRID_UNIT_SOFT,             /**< a rule that is not hard does not hold */
    GRID_UNIT_EMPTY,            /**< no households here at all */
} grid_unit_status;

/** A division of the graph. Grids are numbered region by region. */
typedef struct grid_division {
    uint32_t n_grids;
    uint32_t *grid;      /**< per node */
    uint32_t *region;    /**< per grid */
    int64_t *measure;    /**< n_grids * n_measures */
    uint8_t *status;     /**< per grid: a grid_unit_status */
    char (*reason)[160]; /**< per grid: the numbers behind the status; empty when OK */
    int64_t cost;        /**< sum of the cost of borders between grids */
} grid_division;

GRID_API GRID_MUST_USE grid_status grid_partition_build(const grid_graph *graph,
                                                        const grid_partition_options *options,
                                                        const grid_context *ctx,
                                                        grid_division **out, grid_error *err);
GRID_API void grid_division_free(grid_division *division);

/** Fixed vocabulary of units.status: "OK", "UNDER_COMMUNITY", "INFEASIBLE", ... */
GRID_API const char *grid_unit_status_name(grid_unit_status status);

#ifdef __cplusplus
}
#endif

#endif
