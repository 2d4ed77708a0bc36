/*
 * mask.h - sets of the nodes of a piece of at most EXACT_MOST_NODES.
 */
#ifndef GRID_SRC_PARTITION_MASK_H
#define GRID_SRC_PARTITION_MASK_H

#include "partition/exact.h"

/** A set of nodes. */
typedef struct mask {
    uint64_t at[EXACT_MOST_NODES / 64];
} mask;

static inline bool mask_has(const mask *m, uint32_t i) {
    return m->at[i / 64] >> (i % 64) & 1;
}

static inline void mask_put(mask *m, uint32_t i) {
    m->at[i / 64] |= UINT64_C(1) << (i % 64);
}

static inline mask mask_both(mask a, mask b) {
    return (mask){{a.at[0] | b.at[0], a.at[1] | b.at[1]}};
}

static inline mask mask_without(mask a, mask b) {
    return (mask){{a.at[0] & ~b.at[0], a.at[1] & ~b.at[1]}};
}

static inline bool mask_meet(const mask *a, const mask *b) {
    return ((a->at[0] & b->at[0]) | (a->at[1] & b->at[1])) != 0;
}

static inline bool mask_empty(const mask *a) {
    return (a->at[0] | a->at[1]) == 0;
}

static inline uint32_t mask_lowest(const mask *a) {
    return a->at[0] ? (uint32_t)__builtin_ctzll(a->at[0])
                    : 64 + (uint32_t)__builtin_ctzll(a->at[1]);
}

static inline uint32_t mask_take_lowest(mask *a) {
    uint32_t i = mask_lowest(a);
    a->at[i / 64] &= a->at[i / 64] - 1;
    return i;
}

#endif
