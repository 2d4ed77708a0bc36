/*
 * tints.h - the colours that all maps share.
 */
#ifndef GRID_SRC_TINTS_H
#define GRID_SRC_TINTS_H

#include <stdint.h>

/**
 * Tints of grids: light enough for black text, each of its own lightness so that
 * neighbours also differ in a black-and-white copy.
 */
static const uint32_t grid_tints[] = {0xfdf3c4, 0xcfe3f2, 0xf3cdb5, 0xcbe4bd, 0xdccdea, 0xeee2d6};

enum {
    INK_GRID = 0xa3195b,    /* borders of grids */
    INK_UNIT = 0x5b1a72,    /* borders of communities and other levels between */
    INK_TOP = 0x2b2b2b,     /* borders of the highest level */
    INK_MAGENTA = 0xff00ff, /* grid lines as Beijing's rule wants them */
};

#endif
