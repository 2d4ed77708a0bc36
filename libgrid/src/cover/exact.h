/*
 * exact.h - sums and products of doubles without rounding, as expansions: doubles that
 * do not overlap, smallest first, whose sum is the number.
 * Source: J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust
 * Geometric Predicates", Discrete & Computational Geometry 18 (1997).
 */
#ifndef GRID_SRC_COVER_EXACT_H
#define GRID_SRC_COVER_EXACT_H

#include <grid/geom.h>

/** Room for any compressed expansion of finite doubles, and for some terms more. */
enum { EXACT_ROOM = 96 };

typedef struct exact_sum {
    int n;
    double part[EXACT_ROOM];
} exact_sum;

void exact_add(exact_sum *sum, double term);
void exact_add_product(exact_sum *sum, double a, double b);

/** -1, 0 or 1. */
int exact_sign(const exact_sum *sum);

/** True for 0 and magnitudes whose products neither overflow nor underflow. False for NaN. */
static inline bool exact_takes(double v) {
    double magnitude = v < 0 ? -v : v;
    return v == 0 || (magnitude >= 1e-70 && magnitude <= 1e70);
}

static inline bool exact_takes_xy(grid_xy p) {
    return exact_takes(p.x) && exact_takes(p.y);
}

/**
 * Sign of a ring's area; `ring` is closed (first and last point equal). 1 for a ring with
 * coordinates that exact_takes refuses.
 */
int exact_ring_sign(const grid_xy *ring, size_t n);

/** The same, by plain doubles where their error allows it. */
int ring_sign(const grid_xy *ring, size_t n);

#endif
