/* graph.h - a graph with room to write to, while it is being built. */
#ifndef GRID_SRC_PARTITION_GRAPH_H
#define GRID_SRC_PARTITION_GRAPH_H

#include <grid/partition.h>

/** The public graph is its first member and shows the arrays below. */
typedef struct owned_graph {
    grid_graph view;
    int64_t *measure, *length_mm, *cost, *area_dm2, *outline_mm;
    uint32_t *start, *to, *region, *compound, *block, *extended;
    uint8_t *border_class;
    grid_xy *place;
} owned_graph;

/** All zero, with room for so many nodes and neighbour entries; NULL without memory. */
owned_graph *graph_new(uint32_t n, uint32_t n_measures, size_t n_entries);

#endif
