/*
 * The place for a label: the point of an area that lies farthest from its outline.
 * Source: D. Garcia-Castellanos, U. Lombardo, "Poles of inaccessibility", Scottish Geographical
 * Journal 123 (2007); the search by quartering cells, best bound first, is branch and bound.
 */
#include <math.h>
#include <stdlib.h>

#include "base/vec.h"
#include "draw/atlas.h"

typedef struct cell {
    double x, y, half, clear, bound;
} cell;

static double segment_distance2(double x, double y, const grid_xy *a, const grid_xy *b) {
    double dx = b->x - a->x, dy = b->y - a->y, px = x - a->x, py = y - a->y;
    double length2 = dx * dx + dy * dy;
    double t = length2 > 0 ? (px * dx + py * dy) / length2 : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    double ex = px - t * dx, ey = py - t * dy;
    return ex * ex + ey * ey;
}

/* Distance to the outline, negative outside. */
static double clearance(const grid_shapes *s, size_t f, double x, double y) {
    double best = INFINITY;
    bool inside = false;
    for (size_t c = s->chain_start[s->part_start[f]]; c < s->chain_start[s->part_start[f + 1]];
         c++) {
        for (size_t i = s->xy_start[c]; i + 1 < s->xy_start[c + 1]; i++) {
            const grid_xy *a = &s->xy[i], *b = &s->xy[i + 1];
            if ((a->y > y) != (b->y > y) && x < (b->x - a->x) * (y - a->y) / (b->y - a->y) + a->x)
                inside = !inside;
            double d = segment_distance2(x, y, a, b);
            best = d < best ? d : best;
        }
    }
    return inside ? sqrt(best) : -sqrt(best);
}

static cell cell_at(const grid_shapes *s, size_t f, double x, double y, double half) {
    double clear = clearance(s, f, x, y);
    return (cell){x, y, half, clear, clear + half * M_SQRT2};
}

typedef struct cells {
    GRID_VEC(cell) v;
} cells;

static bool push(cells *q, cell c) {
    if (!GRID_PUSH(&q->v, c))
        return false;
    size_t i = q->v.n - 1;
    for (; i > 0 && q->v.at[(i - 1) / 2].bound < c.bound; i = (i - 1) / 2)
        q->v.at[i] = q->v.at[(i - 1) / 2];
    q->v.at[i] = c;
    return true;
}

static cell pop(cells *q) {
    cell top = q->v.at[0], last = q->v.at[--q->v.n];
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < q->v.n; i = child) {
        if (child + 1 < q->v.n && q->v.at[child + 1].bound > q->v.at[child].bound)
            child++;
        if (q->v.at[child].bound <= last.bound)
            break;
        q->v.at[i] = q->v.at[child];
    }
    if (q->v.n > 0)
        q->v.at[i] = last;
    return top;
}

double atlas_anchor_find(const grid_shapes *s, size_t f, grid_xy *out) {
    grid_box box = grid_shapes_box(s, f);
    *out = (grid_xy){NAN, NAN};
    double width = box.max_x - box.min_x, height = box.max_y - box.min_y;
    if (s->kind[f] != GRID_SHAPE_AREA || !(width > 0) || !(height > 0))
        return 0;
    double size = fmin(width, height), precision = size / 50;
    cells q = {0};
    cell best = cell_at(s, f, box.min_x + width / 2, box.min_y + height / 2, 0);
    bool ok = true;
    size = fmax(size, fmax(width, height) / 16);
    for (double x = box.min_x; ok && x < box.max_x; x += size)
        for (double y = box.min_y; ok && y < box.max_y; y += size)
            ok = push(&q, cell_at(s, f, x + size / 2, y + size / 2, size / 2));
    while (ok && q.v.n > 0) {
        cell c = pop(&q);
        if (c.clear > best.clear)
            best = c;
        if (c.bound - best.clear <= precision)
            break;
        for (int k = 0; ok && k < 4; k++)
            ok = push(&q, cell_at(s, f, c.x + (k & 1 ? c.half : -c.half) / 2,
                                  c.y + (k & 2 ? c.half : -c.half) / 2, c.half / 2));
    }
    GRID_VEC_FREE(&q.v);
    if (best.clear <= 0) /* narrower than the search is fine: any vertex is better than nothing */
        best = (cell){s->xy[s->xy_start[s->chain_start[s->part_start[f]]]].x,
                      s->xy[s->xy_start[s->chain_start[s->part_start[f]]]].y, 0, precision / 2, 0};
    *out = (grid_xy){best.x, best.y};
    return best.clear;
}
