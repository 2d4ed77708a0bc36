/*
 * solve.h - the division of one piece as its nodes are: start, improvement, new starts while grids
 * are out of range, proof.
 */
#ifndef GRID_SRC_PARTITION_SOLVE_H
#define GRID_SRC_PARTITION_SOLVE_H

#include "partition/exact.h"

typedef struct piece_result {
    uint32_t k;
    uint32_t *label;       /* per node of the piece; room is the caller's */
    uint32_t *id;          /* the same, per grid: the old grid that lives on in it; GRID_NONE */
    uint32_t *tied;        /* the same: nodes that had to be together have the same number */
    uint32_t n_out;        /* grids out of range that no indivisible cell excuses */
    exact_verdict verdict; /* EXACT_GAVE_UP where no proof was tried */
    int64_t price;         /* of the division */
    int64_t found_price;   /* of the best one that improvement alone found */
} piece_result;

/** What stays the same while one piece is divided. */
typedef struct task {
    const grid_partition_options *options;
    const rule_set *rules;
    int64_t wanted; /* number of grids; 0 for free */
    bool whole;     /* compounds are nodes: a proof about grids out of range would say nothing */
    const grid_context *ctx;
} task;

/** Cells a grid up to which proofs about grids out of range are tried. */
enum { COARSE_CELLS = 14 };

/** The effort asked for, or the usual one. */
unsigned solve_effort(const grid_partition_options *o);

/** Whether the piece must become one grid, whatever it has. */
bool solve_is_one_grid(const piece *p);

/** Divides a piece as its nodes are. False when memory ran out. */
GRID_MUST_USE bool solve(const task *t, const piece *p, piece_result *out);

#endif
