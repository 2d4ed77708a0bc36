/* Rings of single faces: area, box, inset. */
#include <math.h>

#include "town.h"

double town_path_area(const town_path *ring) {
    double area2 = 0;
    for (size_t i = 0; i < ring->n; i++) {
        grid_xy a = ring->at[i], b = ring->at[(i + 1) % ring->n], o = ring->at[0];
        area2 += (a.x - o.x) * (b.y - o.y) - (b.x - o.x) * (a.y - o.y);
    }
    return area2 / 2;
}

/* Smallest box along one of the ring's edges. */
town_frame town_path_frame(const town_path *ring) {
    town_frame best = {0};
    double best_area = INFINITY;
    for (size_t i = 0; i < ring->n; i++) {
        grid_xy p = ring->at[i], q = ring->at[(i + 1) % ring->n];
        double length = hypot(q.x - p.x, q.y - p.y);
        if (length < 10)
            continue;
        town_frame f = {
            {(q.x - p.x) / length, (q.y - p.y) / length}, INFINITY, -INFINITY, INFINITY, -INFINITY};
        for (size_t k = 0; k < ring->n; k++) {
            double x = ring->at[k].x - ring->at[0].x, y = ring->at[k].y - ring->at[0].y;
            double a = x * f.axis.x + y * f.axis.y, b = y * f.axis.x - x * f.axis.y;
            f.low_a = fmin(f.low_a, a);
            f.high_a = fmax(f.high_a, a);
            f.low_b = fmin(f.low_b, b);
            f.high_b = fmax(f.high_b, b);
        }
        double area = (f.high_a - f.low_a) * (f.high_b - f.low_b);
        if (area < best_area) {
            best_area = area;
            best = f;
        }
    }
    if (best.high_b - best.low_b > best.high_a - best.low_a) { // turn: the longer side first
        town_frame turned = {
            {-best.axis.y, best.axis.x}, best.low_b, best.high_b, -best.high_a, -best.low_a};
        best = turned;
    }
    return best;
}

static double turn_of(grid_xy a, grid_xy b) {
    return a.x * b.y - a.y * b.x;
}

static grid_xy minus(grid_xy a, grid_xy b) {
    return (grid_xy){a.x - b.x, a.y - b.y};
}

static bool is_simple(const town_path *ring) {
    size_t n = ring->n;
    for (size_t i = 0; i < n; i++) {
        grid_xy a = ring->at[i], b = ring->at[(i + 1) % n];
        for (size_t j = i + 2; j < n; j++) {
            grid_xy p = ring->at[j], q = ring->at[(j + 1) % n];
            if (i == 0 && j == n - 1)
                continue;
            if (grid_orient(a, b, p) * grid_orient(a, b, q) <= 0 &&
                grid_orient(p, q, a) * grid_orient(p, q, b) <= 0)
                return false;
        }
    }
    return true;
}

bool town_inset(const town_path *ring, const double *distance, town_path *out) {
    size_t n = ring->n;
    out->n = 0;
    for (size_t i = 0; i < n; i++) {
        size_t before = (i + n - 1) % n;
        grid_xy p = ring->at[i];
        grid_xy in = minus(p, ring->at[before]), on = minus(ring->at[(i + 1) % n], p);
        double in_length = hypot(in.x, in.y), on_length = hypot(on.x, on.y);
        double d0 = distance[before], d1 = distance[i];
        grid_xy n0 = {-in.y / in_length, in.x / in_length};
        grid_xy n1 = {-on.y / on_length, on.x / on_length};
        double sine = turn_of(in, on) / (in_length * on_length);
        if (fabs(sine) < .2) { // nearly straight: a step where the distance changes
            TOWN_PUSH(out, town_round((grid_xy){p.x + n0.x * d0, p.y + n0.y * d0}));
            if (d0 != d1)
                TOWN_PUSH(out, town_round((grid_xy){p.x + n1.x * d1, p.y + n1.y * d1}));
            continue;
        }
        // Where the two moved lines meet.
        grid_xy a = {p.x + n0.x * d0, p.y + n0.y * d0}, b = {p.x + n1.x * d1, p.y + n1.y * d1};
        double t = turn_of(minus(b, a), on) / turn_of(in, on);
        TOWN_PUSH(out, town_round((grid_xy){a.x + t * in.x, a.y + t * in.y}));
    }
    double area = town_path_area(out);
    return out->n >= 3 && area >= 400 && area <= town_path_area(ring) && is_simple(out);
}

bool town_path_covers(const town_path *ring, double x, double y) {
    bool inside = false;
    for (size_t i = 0, j = ring->n - 1; i < ring->n; j = i++) {
        grid_xy a = ring->at[i], b = ring->at[j];
        if ((a.y > y) != (b.y > y) && x < (b.x - a.x) * (y - a.y) / (b.y - a.y) + a.x)
            inside = !inside;
    }
    return inside;
}
