/*
 * piece.h - what of a nest's borders lies in a tile, on the tile's own small lattice.
 */
#ifndef GRID_LOCATE_PIECE_H
#define GRID_LOCATE_PIECE_H

#include "locate/tiles.h"

/** A rectangle of the nest's lattice: x0 <= x < x0 + 2^sx. */
typedef struct rect {
    uint32_t x0, y0;
    uint8_t sx, sy;
} rect;

/** 2^shift, for shift up to LATTICE_BITS. */
static inline double rect_side(unsigned shift) {
    return (double)(UINT32_C(1) << shift);
}

/** Lattice steps around a rectangle in which an edge still belongs to it. */
#define RECT_SLACK 2.0

/** True when edge a-b may come within RECT_SLACK of the rectangle; errs to true. */
bool rect_meets(const nest_image *h, const rect *r, grid_xy a, grid_xy b);

/**
 * Fills v, plane, live, sx, sy of `out` and the labels that its planes stand for: bit j toggles
 * label_of_bit[j] against root_of_bit[j]. False when the borders do not fit into a tile.
 */
bool pieces_fit(const borders *b, const rect *r, const uint32_t *edge, size_t n, border_tile *out,
                uint32_t label_of_bit[TILE_PLANES], uint32_t root_of_bit[TILE_PLANES],
                unsigned *n_bits);

#endif
