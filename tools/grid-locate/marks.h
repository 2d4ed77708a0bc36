/*
 * marks.h - text as bits, 64 bytes in a word: what rows_quick.c and objects_quick.c share.
 *
 * Where something is within its 64 bytes is different from line to line, so no branch should depend
 * on it. Source: G. Langdale and D. Lemire, "Parsing Gigabytes of JSON per Second", The VLDB
 * Journal 28, 2019, for working on bits, and for writing more places than there may be.
 */
#ifndef GRID_LOCATE_MARKS_H
#define GRID_LOCATE_MARKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/cpu.h"
#include "rows.h"

/** Bytes in a block, blocks in a stretch of text, and bytes to be fetched ahead of those read. */
enum { BLOCK = 64, BLOCKS = 512, AHEAD = 2048, MAX_PLACES = 4 * MAX_ROWS };

/** Places in a stretch, in order. */
typedef struct places {
    size_t n;
    uint32_t at[MAX_PLACES + BLOCK];
} places;

INLINE size_t marks_first(uint64_t bits) {
    return (size_t)__builtin_ctzll(bits);
}

/** Adds the places of a block's bits: two are written whether or not there are so many. */
INLINE void marks_add(places *p, size_t block, uint64_t bits) {
    enum { AT_ONCE = 2 };
    const uint64_t any = UINT64_C(1) << (BLOCK - 1);
    uint32_t *to = p->at + p->n;
    p->n += (size_t)__builtin_popcountll(bits);
    do
        for (size_t i = 0; i < AT_ONCE; i++, bits &= bits - 1)
            *to++ = (uint32_t)(block * BLOCK + marks_first(bits | any));
    while (bits != 0);
}

/** The bits of the 64 bytes from `at` on; there is a block behind that of `at`. */
INLINE uint64_t marks_from(const uint64_t *blocks, size_t at) {
    const size_t block = at / BLOCK, bit = at % BLOCK;
    return blocks[block] >> bit | blocks[block + 1] << 1 << (BLOCK - 1 - bit);
}

#endif
