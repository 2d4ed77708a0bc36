/*
 * dd.h - numbers of twice a double's precision, as a sum of two doubles: for the coordinates of
 * crossings and for areas of slivers. Errors are about 2^-102 of the operands.
 * Source: T. J. Dekker, "A floating-point technique for extending the available precision",
 * Numerische Mathematik 18 (1971).
 */
#ifndef GRID_SRC_COVER_DD_H
#define GRID_SRC_COVER_DD_H

#include <math.h>

typedef struct dd {
    double hi, lo;
} dd;

static inline dd dd_of(double v) {
    return (dd){v, 0};
}

static inline dd dd_two_sum(double a, double b) {
    double sum = a + b, virtual_b = sum - a;
    return (dd){sum, (a - (sum - virtual_b)) + (b - virtual_b)};
}

static inline dd dd_tidy(double hi, double lo) {
    double sum = hi + lo;
    return (dd){sum, lo - (sum - hi)};
}

static inline dd dd_add(dd a, dd b) {
    dd s = dd_two_sum(a.hi, b.hi), t = dd_two_sum(a.lo, b.lo);
    s = dd_tidy(s.hi, s.lo + t.hi);
    return dd_tidy(s.hi, s.lo + t.lo);
}

static inline dd dd_sub(dd a, dd b) {
    return dd_add(a, (dd){-b.hi, -b.lo});
}

/** Exact. */
static inline dd dd_difference(double a, double b) {
    return dd_two_sum(a, -b);
}

static inline dd dd_mul(dd a, dd b) {
    double product = a.hi * b.hi, tail = fma(a.hi, b.hi, -product);
    return dd_tidy(product, tail + (a.hi * b.lo + a.lo * b.hi));
}

static inline dd dd_div(dd a, dd b) {
    double first = a.hi / b.hi;
    dd rest = dd_sub(a, dd_mul(b, dd_of(first)));
    return dd_tidy(first, (rest.hi + rest.lo) / b.hi);
}

/** ux vy - uy vx */
static inline dd dd_cross(dd ux, dd uy, dd vx, dd vy) {
    double left = ux.hi * vy.hi, right = uy.hi * vx.hi;
    double tail = fma(ux.hi, vy.hi, -left) - fma(uy.hi, vx.hi, -right);
    dd sum = dd_two_sum(left, -right);
    tail += (ux.hi * vy.lo + ux.lo * vy.hi) - (uy.hi * vx.lo + uy.lo * vx.hi);
    return dd_tidy(sum.hi, sum.lo + tail);
}

static inline double dd_value(dd a) {
    return a.hi + a.lo;
}

#endif
