/*
 * piece.h - a connected part of one region, in an order of its own that depends on places and
 * counts only: the unit of work of the division.
 */
#ifndef GRID_SRC_PARTITION_PIECE_H
#define GRID_SRC_PARTITION_PIECE_H

#include <grid/partition.h>

typedef struct piece {
    uint32_t n, n_measures;
    uint32_t region;
    bool quarter;    /* cut out of a larger piece: what holds for it need not hold for that */
    bool locked;     /* an old grid that must stay: one grid */
    bool extended;   /* an extended area: one grid */
    uint32_t *node;  /* the graph's number of each node */
    bool *heavy;     /* per node: above a hard maximum alone; filled by the division */
    int64_t *w;      /* n * n_measures */
    int64_t *total;  /* n_measures */
    uint32_t *start; /* n + 1 */
    uint32_t *to;
    int64_t *cost;
    int64_t *length_mm;
    int64_t *area_dm2; /* per node; 0 where unknown */
    int64_t *rim_mm;   /* per node: its outline but for the borders with nodes of the piece */
    uint8_t *rank;   /* per entry: 0 for the dearest border per metre, rising as it gets cheaper */
    uint32_t *home;  /* per node: its old grid in an update; GRID_NONE */
    uint32_t *whole; /* per node two things to be kept whole, its compound and its block: numbers
                        below 2 n of the piece's own; GRID_NONE */
    uint64_t seed;   /* from places and counts */
} piece;

/** Room for the p->n nodes and so many entries, all zero. False when memory ran out. */
GRID_MUST_USE bool piece_allocate(piece *p, uint32_t n_measures, size_t n_entries);

/**
 * The piece with each group of nodes made into one node. group[v] is 0 .. n_groups-1, groups are
 * connected and numbered by their first nodes. False when memory ran out; piece_free either way.
 */
GRID_MUST_USE bool piece_contract(const piece *p, const uint32_t *group, uint32_t n_groups,
                                  piece *out);
void piece_free(piece *p);

/** The connected part of a piece that has the nodes node[0 .. n-1], which are sorted here. */
GRID_MUST_USE bool piece_induce(const piece *p, uint32_t *node, uint32_t n, piece *out);

typedef struct piece_list {
    piece *at;
    uint32_t n;
} piece_list;

/**
 * Splits the graph's regions into connected pieces, ordered by region, then by their first node.
 */
GRID_MUST_USE grid_status piece_list_build(const grid_graph *graph,
                                           const grid_partition_options *options, piece_list *out,
                                           grid_error *err);
void piece_list_free(piece_list *list);

#endif
