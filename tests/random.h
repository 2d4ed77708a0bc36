/*
 * The random numbers of property tests: the same at every run, from a state that a test sets.
 * Source: G. Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8 (2003).
 */
#ifndef GRID_TESTS_RANDOM_H
#define GRID_TESTS_RANDOM_H

#include <stdint.h>

static uint64_t random_state = 1;

static inline uint64_t random_next(void) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

/* 0 .. n-1; 0 for n = 0. */
static inline uint32_t random_below(uint32_t n) {
    uint64_t next = random_next();
    return n > 0 ? (uint32_t)(next >> 33) % n : 0;
}

/* -1 .. 1 */
static inline double random_unit(void) {
    return (double)(random_next() >> 11) * 0x1p-52 - 1;
}

#endif
