/*
 * Exact orientation. A floating-point filter decides nearly always; otherwise the
 * determinant is summed as an expansion of non-overlapping doubles, after Shewchuk
 * (1997), with the six products taken directly so that no difference is rounded.
 */
#include <grid/geom.h>

#include <math.h>

#include "geom/orient.h"

/* Adds b to the expansion e[0 .. n-1] (components of growing size); returns the new length. */
static int expansion_add(double *e, int n, double b) {
    double q = b;
    for (int i = 0; i < n; i++) {
        double sum = q + e[i];
        double virtual_b = sum - q;
        double tail = (q - (sum - virtual_b)) + (e[i] - virtual_b);
        e[i] = tail;
        q = sum;
    }
    e[n] = q;
    return n + 1;
}

static int expansion_add_product(double *e, int n, double a, double b) {
    double product = a * b;
    n = expansion_add(e, n, fma(a, b, -product));
    return expansion_add(e, n, product);
}

/* ax by - ax cy - cx by - ay bx + ay cx + cy bx (the terms cx cy cancel) */
static int orient_exact(grid_xy a, grid_xy b, grid_xy c) {
    double e[12];
    int n = 0;
    n = expansion_add_product(e, n, a.x, b.y);
    n = expansion_add_product(e, n, -a.x, c.y);
    n = expansion_add_product(e, n, -c.x, b.y);
    n = expansion_add_product(e, n, -a.y, b.x);
    n = expansion_add_product(e, n, a.y, c.x);
    n = expansion_add_product(e, n, c.y, b.x);
    for (int i = n - 1; i >= 0; i--)
        if (e[i] != 0)
            return e[i] > 0 ? 1 : -1;
    return 0;
}

int grid_orient(grid_xy a, grid_xy b, grid_xy c) {
    double left = (a.x - c.x) * (b.y - c.y);
    double right = (a.y - c.y) * (b.x - c.x);
    double det = left - right;
    double bound = ORIENT_FILTER * (fabs(left) + fabs(right));
    if (det > bound)
        return 1;
    if (-det > bound)
        return -1;
    return orient_exact(a, b, c);
}

int grid_lattice_orient(grid_ixy a, grid_ixy b, grid_ixy c) {
    __int128 left = (__int128)(a.x - c.x) * (b.y - c.y);
    __int128 right = (__int128)(a.y - c.y) * (b.x - c.x);
    return (left > right) - (left < right);
}

grid_ixy grid_lattice_snap(grid_xy metres) {
    return (grid_ixy){llround(metres.x * GRID_LATTICE_PER_M),
                      llround(metres.y * GRID_LATTICE_PER_M)};
}

grid_xy grid_lattice_metres(grid_ixy lattice) {
    return (grid_xy){(double)lattice.x / GRID_LATTICE_PER_M,
                     (double)lattice.y / GRID_LATTICE_PER_M};
}
