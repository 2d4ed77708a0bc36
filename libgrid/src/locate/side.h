/*
 * side.h - the exact decisions that everything rests on. Every point stands for
 * (x + e, y + e^2) with e -> 0, so no point lies on an edge or beside a vertex.
 * Source: H. Edelsbrunner, E. P. Muecke, "Simulation of Simplicity", ACM Transactions on Graphics 9
 * (1990).
 */
#ifndef GRID_LOCATE_SIDE_H
#define GRID_LOCATE_SIDE_H

#include "geom/orient.h"

/** True when the shifted p is left of a -> b. Exact. */
static inline bool is_left(grid_xy a, grid_xy b, grid_xy p) {
    int o = grid_orient(a, b, p);
    if (o != 0)
        return o > 0;
    return a.y != b.y ? b.y < a.y : b.x > a.x;
}

/** True when edge a-b separates p from q on the level line through both (p.y == q.y). */
static inline bool crosses_level(grid_xy a, grid_xy b, grid_xy p, grid_xy q) {
    return (a.y > p.y) != (b.y > p.y) && is_left(a, b, p) != is_left(a, b, q);
}

/** The same on the upright line through both (p.x == q.x). */
static inline bool crosses_upright(grid_xy a, grid_xy b, grid_xy p, grid_xy q) {
    return (a.x > p.x) != (b.x > p.x) && is_left(a, b, p) != is_left(a, b, q);
}

/** True when the edge is crossed an odd number of times from p west to (anchor.x, p.y), then on to
 *  the anchor. */
static inline bool is_between(grid_xy a, grid_xy b, grid_xy p, grid_xy anchor) {
    grid_xy corner = {anchor.x, p.y};
    return crosses_level(a, b, p, corner) != crosses_upright(a, b, corner, anchor);
}

/** True when p itself (not shifted) lies on the closed edge a-b. */
static inline bool is_on(grid_xy a, grid_xy b, grid_xy p) {
    return orient_on_segment(p, a, b) && grid_orient(a, b, p) == 0;
}

#endif
