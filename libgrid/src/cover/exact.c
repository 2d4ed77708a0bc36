#include "cover/exact.h"

#include <float.h>
#include <math.h>

/* Joins neighbouring parts as far as they fit into one double (Shewchuk's COMPRESS). */
static void compress(exact_sum *sum) {
    int bottom = sum->n - 1;
    double q = sum->part[bottom];
    for (int i = sum->n - 2; i >= 0; i--) {
        double total = q + sum->part[i];
        double tail = sum->part[i] - (total - q);
        q = total;
        if (tail != 0) {
            sum->part[bottom--] = q;
            q = tail;
        }
    }
    int n = 0;
    for (int i = bottom + 1; i < sum->n; i++) {
        double total = sum->part[i] + q;
        double tail = q - (total - sum->part[i]);
        q = total;
        if (tail != 0)
            sum->part[n++] = tail;
    }
    sum->part[n++] = q;
    sum->n = n;
}

void exact_add(exact_sum *sum, double term) {
    if (sum->n == EXACT_ROOM)
        compress(sum);
    double q = term;
    int n = 0;
    for (int i = 0; i < sum->n; i++) {
        double part = sum->part[i];
        double total = q + part;
        double virtual_part = total - q;
        double tail = (q - (total - virtual_part)) + (part - virtual_part);
        q = total;
        if (tail != 0)
            sum->part[n++] = tail;
    }
    if (q != 0)
        sum->part[n++] = q;
    sum->n = n;
}

void exact_add_product(exact_sum *sum, double a, double b) {
    double product = a * b;
    exact_add(sum, fma(a, b, -product));
    exact_add(sum, product);
}

int exact_sign(const exact_sum *sum) {
    if (sum->n == 0)
        return 0;
    double top = sum->part[sum->n - 1];
    return (top > 0) - (top < 0);
}

int exact_ring_sign(const grid_xy *ring, size_t n) {
    exact_sum sum;
    sum.n = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        if (!exact_takes_xy(ring[i]) || !exact_takes_xy(ring[i + 1]))
            return 1;
        exact_add_product(&sum, ring[i].x, ring[i + 1].y);
        exact_add_product(&sum, -ring[i].y, ring[i + 1].x);
    }
    return exact_sign(&sum);
}

int ring_sign(const grid_xy *ring, size_t n) {
    double area2 = 0, magnitude = 0, fx = 0, fy = 0;
    for (size_t i = 1; i < n; i++) {
        double tx = ring[i].x - ring[0].x, ty = ring[i].y - ring[0].y;
        double left = fx * ty, right = fy * tx;
        area2 += left - right;
        magnitude += fabs(left) + fabs(right);
        fx = tx;
        fy = ty;
    }
    /* Four roundings before the sum and fewer than n in it. */
    if (fabs(area2) > magnitude * ((double)n + 8) * DBL_EPSILON)
        return area2 > 0 ? 1 : -1;
    return exact_ring_sign(ring, n);
}
