#include <grid/geom.h>

#include "base/vec.h"

#include <math.h>
#include <string.h>

grid_shapes *grid_shapes_new(void) {
    grid_shapes *s = calloc(1, sizeof *s);
    if (s == NULL)
        return NULL;
    s->part_start = GRID_NEW(size_t, 1);
    s->chain_start = GRID_NEW(size_t, 1);
    s->xy_start = GRID_NEW(size_t, 1);
    /* Never NULL, so that an empty chain has an address, too. */
    s->xy = GRID_NEW(grid_xy, s->cap_xy = 1);
    if (s->part_start == NULL || s->chain_start == NULL || s->xy_start == NULL || s->xy == NULL) {
        grid_shapes_free(s);
        return NULL;
    }
    return s;
}

void grid_shapes_free(grid_shapes *s) {
    if (s == NULL)
        return;
    free(s->kind);
    free(s->part_start);
    free(s->chain_start);
    free(s->xy_start);
    free(s->xy);
    free(s);
}

/* The start arrays hold one more element than the counts say. */
static bool grow_starts(size_t **starts, size_t n, size_t *cap) {
    return n < *cap || grid_vec_reserve((void **)starts, n + 1, cap, 1, sizeof **starts);
}

bool grid_shapes_begin(grid_shapes *s, grid_shape_kind kind) {
    size_t cap = s->cap_n;
    if (s->n >= s->cap_n) {
        if (!grid_vec_reserve((void **)&s->kind, s->n, &cap, 1, sizeof *s->kind))
            return false;
        size_t *starts = realloc(s->part_start, (cap + 1) * sizeof *starts);
        if (starts == NULL)
            return false;
        s->part_start = starts;
        s->cap_n = cap;
    }
    s->kind[s->n++] = (uint8_t)kind;
    s->part_start[s->n] = s->n_parts;
    return true;
}

bool grid_shapes_begin_part(grid_shapes *s) {
    if (!grow_starts(&s->chain_start, s->n_parts + 1, &s->cap_parts))
        return false;
    s->n_parts++;
    s->part_start[s->n] = s->n_parts;
    s->chain_start[s->n_parts] = s->n_chains;
    return true;
}

bool grid_shapes_begin_chain(grid_shapes *s) {
    if (!grow_starts(&s->xy_start, s->n_chains + 1, &s->cap_chains))
        return false;
    s->n_chains++;
    s->chain_start[s->n_parts] = s->n_chains;
    s->xy_start[s->n_chains] = s->n_xy;
    return true;
}

bool grid_shapes_add(grid_shapes *s, double x, double y) {
    if (s->n_xy >= s->cap_xy &&
        !grid_vec_reserve((void **)&s->xy, s->n_xy, &s->cap_xy, 1, sizeof *s->xy))
        return false;
    s->xy[s->n_xy++] = (grid_xy){x, y};
    s->xy_start[s->n_chains] = s->n_xy;
    return true;
}

bool grid_shapes_copy(grid_shapes *s, const grid_shapes *from, size_t f) {
    if (!grid_shapes_begin(s, (grid_shape_kind)from->kind[f]))
        return false;
    for (size_t p = from->part_start[f]; p < from->part_start[f + 1]; p++) {
        if (!grid_shapes_begin_part(s))
            return false;
        for (size_t c = from->chain_start[p]; c < from->chain_start[p + 1]; c++) {
            if (!grid_shapes_begin_chain(s))
                return false;
            for (size_t i = from->xy_start[c]; i < from->xy_start[c + 1]; i++)
                if (!grid_shapes_add(s, from->xy[i].x, from->xy[i].y))
                    return false;
        }
    }
    return true;
}

grid_box grid_box_empty(void) {
    return (grid_box){INFINITY, INFINITY, -INFINITY, -INFINITY};
}

static grid_box box_of_range(const grid_shapes *s, size_t begin, size_t end) {
    grid_box box = grid_box_empty();
    for (size_t i = begin; i < end; i++)
        grid_box_add(&box, s->xy[i].x, s->xy[i].y);
    return box;
}

grid_box grid_shapes_box(const grid_shapes *s, size_t f) {
    size_t first_chain = s->chain_start[s->part_start[f]];
    size_t last_chain = s->chain_start[s->part_start[f + 1]];
    return box_of_range(s, s->xy_start[first_chain], s->xy_start[last_chain]);
}

void grid_shapes_box_finite(const grid_shapes *s, grid_box *box) {
    for (size_t i = 0; i < s->n_xy; i++)
        if (isfinite(s->xy[i].x) && isfinite(s->xy[i].y))
            grid_box_add(box, s->xy[i].x, s->xy[i].y);
}

grid_box grid_shapes_box_all(const grid_shapes *s) {
    return box_of_range(s, 0, s->n_xy);
}

double grid_ring_area2(const grid_xy *ring, size_t n) {
    double sum = 0;
    for (size_t i = 1; i + 2 < n; i++) {
        double ax = ring[i].x - ring[0].x, ay = ring[i].y - ring[0].y;
        double bx = ring[i + 1].x - ring[0].x, by = ring[i + 1].y - ring[0].y;
        sum += ax * by - ay * bx;
    }
    return sum;
}

double grid_shapes_area(const grid_shapes *s, size_t f) {
    if (s->kind[f] != GRID_SHAPE_AREA)
        return 0;
    double area2 = 0;
    for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++)
        for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++) {
            size_t begin = s->xy_start[c];
            double ring = fabs(grid_ring_area2(s->xy + begin, s->xy_start[c + 1] - begin));
            area2 += c == s->chain_start[p] ? ring : -ring;
        }
    return area2 / 2;
}

/*
 * Crossing parity of a ray to the east from (x + e, y + e^2). The shifted y is above
 * every vertex with the same y, so "above" is a plain y > test; an edge through the
 * point itself is passed on the right only when the point's shift in x keeps it left.
 */
static bool ring_crosses_odd(const grid_xy *ring, size_t n, grid_xy p) {
    bool odd = false;
    for (size_t i = 0; i + 1 < n; i++) {
        grid_xy a = ring[i], b = ring[i + 1];
        if ((a.y > p.y) == (b.y > p.y))
            continue;
        if (a.y > b.y) {
            grid_xy swap = a;
            a = b;
            b = swap;
        }
        /* a -> b goes up; p is west of it when strictly left. */
        if (grid_orient(a, b, p) > 0)
            odd = !odd;
    }
    return odd;
}

bool grid_shapes_covers(const grid_shapes *s, size_t f, double x, double y) {
    if (s->kind[f] != GRID_SHAPE_AREA)
        return false;
    bool inside = false;
    for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++)
        for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++) {
            size_t begin = s->xy_start[c];
            if (ring_crosses_odd(s->xy + begin, s->xy_start[c + 1] - begin, (grid_xy){x, y}))
                inside = !inside;
        }
    return inside;
}
