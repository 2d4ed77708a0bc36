/*
 * random.h - reproducible random numbers: the same on every machine, for the price of a few
 * instructions. Source: G. L. Steele, D. Lea, C. H. Flood, "Fast Splittable Pseudorandom Number
 * Generators", OOPSLA 2014 (SplitMix64).
 */
#ifndef GRID_SRC_PARTITION_RANDOM_H
#define GRID_SRC_PARTITION_RANDOM_H

#include <stdint.h>

typedef struct random_source {
    uint64_t state;
} random_source;

static inline uint64_t random_mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

static inline uint64_t random_next(random_source *r) {
    return random_mix(r->state += UINT64_C(0x9E3779B97F4A7C15));
}

/** 0 .. n-1; n > 0. */
static inline uint32_t random_below(random_source *r, uint32_t n) {
    return (uint32_t)(((random_next(r) >> 32) * n) >> 32);
}

/** Uniform in [0, 1). */
static inline double random_unit(random_source *r) {
    return (double)(random_next(r) >> 11) * 0x1p-53;
}

/**
 * Exponentially distributed with mean 1, by comparing uniforms only, so that no two math
 * libraries can disagree. Source: J. von Neumann, "Various techniques used in connection with
 * random digits", NBS Applied Mathematics Series 12 (1951).
 */
static inline double random_exponential(random_source *r) {
    for (double whole = 0;; whole += 1) {
        double first = random_unit(r), last = first;
        for (;;) {
            double next = random_unit(r);
            if (next >= last)
                return whole + first; /* a descending run of odd length */
            last = next;
            next = random_unit(r);
            if (next >= last)
                break;
            last = next;
        }
    }
}

#endif
