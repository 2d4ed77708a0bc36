#include "cover/crossing.h"

#include "cover/dd.h"
#include "cover/exact.h"

/* Twice the area of (c, d, p), with a bound of its error. */
typedef struct measured {
    double value, error;
} measured;

static measured side_measure(grid_xy c, grid_xy d, grid_xy p) {
    dd left = dd_mul(dd_difference(d.x, c.x), dd_difference(p.y, c.y));
    dd right = dd_mul(dd_difference(d.y, c.y), dd_difference(p.x, c.x));
    return (measured){dd_value(dd_sub(left, right)), 0x1p-96 * (fabs(left.hi) + fabs(right.hi))};
}

/* The same by plain doubles. */
static measured side_roughly(grid_xy c, grid_xy d, grid_xy p) {
    double left = (d.x - c.x) * (p.y - c.y), right = (d.y - c.y) * (p.x - c.x);
    return (measured){left - right, 0x1p-50 * (fabs(left) + fabs(right))};
}

static void side_exact(grid_xy c, grid_xy d, grid_xy p, exact_sum *out) {
    out->n = 0;
    exact_add_product(out, c.x, d.y);
    exact_add_product(out, -c.x, p.y);
    exact_add_product(out, -p.x, d.y);
    exact_add_product(out, -c.y, d.x);
    exact_add_product(out, c.y, p.x);
    exact_add_product(out, p.y, d.x);
}

static void add_product_of(exact_sum *sum, const exact_sum *a, const exact_sum *b, double sign) {
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < b->n; j++)
            exact_add_product(sum, sign * a->part[i], b->part[j]);
}

/* Sign of |a1 / b1| - |a2 / b2|; 0 where the errors allow both. */
static int compare_ratios(measured a1, measured b1, measured a2, measured b2) {
    double left = fabs(a1.value) * fabs(b2.value), right = fabs(a2.value) * fabs(b1.value);
    double error = a1.error * (fabs(b2.value) + b2.error) + b2.error * fabs(a1.value) +
                   a2.error * (fabs(b1.value) + b1.error) + b1.error * fabs(a2.value);
    error = 2 * error + 0x1p-50 * (left + right);
    return fabs(left - right) > error ? (left > right ? 1 : -1) : 0;
}

/* A and B are the (opposite) sides of a and b of a line, which a -> b crosses at A / (A - B) of its
 * length. */
int crossing_compare(grid_xy a, grid_xy b, arrange_segment one, arrange_segment two) {
    int order = compare_ratios(side_roughly(one.a, one.b, a), side_roughly(one.a, one.b, b),
                               side_roughly(two.a, two.b, a), side_roughly(two.a, two.b, b));
    if (order == 0)
        order = compare_ratios(side_measure(one.a, one.b, a), side_measure(one.a, one.b, b),
                               side_measure(two.a, two.b, a), side_measure(two.a, two.b, b));
    if (order != 0)
        return order;
    exact_sum ea1, eb1, ea2, eb2, sum;
    side_exact(one.a, one.b, a, &ea1);
    side_exact(one.a, one.b, b, &eb1);
    side_exact(two.a, two.b, a, &ea2);
    side_exact(two.a, two.b, b, &eb2);
    sum.n = 0;
    /* |A1| |B2| - |A2| |B1| */
    add_product_of(&sum, &ea1, &eb2, exact_sign(&ea1) * exact_sign(&eb2));
    add_product_of(&sum, &ea2, &eb1, -exact_sign(&ea2) * exact_sign(&eb1));
    return exact_sign(&sum);
}

int crossing_side(grid_xy a, grid_xy b, arrange_segment line, grid_xy c, grid_xy d) {
    int from = grid_orient(c, d, a), to = grid_orient(c, d, b);
    if (from * to >= 0) /* c d passes at one side of a -> b, or through an end */
        return from != 0 ? from : to;
    int order = crossing_compare(a, b, line, (arrange_segment){c, d});
    return order < 0 ? from : order > 0 ? to : 0;
}
