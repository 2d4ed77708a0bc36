/* orient.h - the filter of exact orientation, for loops that want it inline. */
#ifndef GRID_SRC_GEOM_ORIENT_H
#define GRID_SRC_GEOM_ORIENT_H

/**
 * (a - c) x (b - c) in doubles has the right sign when it is larger than this times the sum of
 * the sizes of its two products: (3 + 16 u) u with u = 2^-53, where nothing underflows.
 * Source: J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric
 * Predicates", Discrete & Computational Geometry 18 (1997).
 */
#define ORIENT_FILTER 3.3306690738754716e-16

#endif
