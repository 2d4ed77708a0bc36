/*
 * arrange_split.h - the first half of an arrangement: segments cut where others meet them.
 */
#ifndef GRID_SRC_COVER_ARRANGE_SPLIT_H
#define GRID_SRC_COVER_ARRANGE_SPLIT_H

#include "cover/arrange.h"

/** Crossings, and the pieces of every segment in order along it. */
typedef struct arrange_pieces {
    arrange_crossing *crossing;
    uint32_t n_crossings;
    grid_xy *node_rest; /**< per crossing */
    uint32_t n_pieces;
    uint32_t *start; /**< n_segments + 1: first piece of each segment */
    uint32_t *end;   /**< 2 n_pieces: the node where a piece starts, and where it ends */
    uint32_t *of;    /**< n_pieces: its segment << 1 */
    bool *along;     /**< n_segments: may share pieces with another */
} arrange_pieces;

/** Puts the crossings behind the nodes of the lines. */
GRID_MUST_USE grid_status arrange_split(arrange_lines *lines, arrange_pieces *out, grid_error *err);
void arrange_pieces_free(arrange_pieces *pieces);

#endif
