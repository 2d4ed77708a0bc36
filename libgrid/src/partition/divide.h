/*
 * divide.h - the division of one piece: start, improvement, new starts while grids are out of
 * range, proof.
 */
#ifndef GRID_SRC_PARTITION_DIVIDE_H
#define GRID_SRC_PARTITION_DIVIDE_H

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

/** Divides a piece into `wanted` grids, or as many as suit when 0. False when memory ran out. */
GRID_MUST_USE bool divide_piece(const piece *p, const grid_partition_options *options,
                                const rule_set *rules, int64_t wanted, const grid_context *ctx,
                                piece_result *out);

#endif
