/* orient.h - the filter of exact orientation, and where on a line, for loops that want them inline.
 */
#ifndef GRID_SRC_GEOM_ORIENT_H
#define GRID_SRC_GEOM_ORIENT_H

#include <grid/geom.h>

/**
 * (a - c) x (b - c) in doubles has the right sign when it is larger than this times the sum of
 * the sizes of its two products: (3 + 16 u) u with u = 2^-53, where nothing underflows.
 * Source: J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
 * Predicates", Discrete & Computational Geometry 18 (1997).
 */
#define ORIENT_FILTER 3.3306690738754716e-16

/** True when v lies between a and b, whichever is the smaller, or is one of them. */
static inline bool orient_within(double v, double a, double b) {
    return a < b ? a <= v && v <= b : b <= v && v <= a;
}

/** True when p, which is on the line through a and b, lies on the closed segment a-b. */
static inline bool orient_on_segment(grid_xy p, grid_xy a, grid_xy b) {
    return orient_within(p.x, a.x, b.x) && orient_within(p.y, a.y, b.y);
}

#endif
