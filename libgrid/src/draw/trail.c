/*
 * Chains of world coordinates as paths on the page: only as much of them as the frame shows, and
 * only as many vertices as a printer can show.
 * Source of the thinning: Z. Zhao, A. Saalfeld, "Linear-time sleeve-fitting polyline simplification
 * algorithms", AutoCarto 13 (1997).
 */
#include <math.h>

#include "draw/ink.h"

/* So far beyond the frame that no stroke reaches in. */
static const double beyond_mm = 4;

typedef struct trail {
    cairo_t *cr;
    double hair;    /* a line may be moved by so much sideways, and end so much too early */
    ink_box reach;  /* the frame and what is near it */
    grid_xy anchor; /* the last vertex of the path */
    grid_xy last;   /* the chain's last vertex, not in the path yet */
    bool pending;   /* there is one */
    bool aimed;     /* directions that stay within a hair of all vertices since the anchor: */
    grid_xy right, left;
    double far; /* distance of the farthest of them */
} trail;

static double cross(grid_xy a, grid_xy b) {
    return a.x * b.y - a.y * b.x;
}

/* Narrows the sleeve to the directions that pass within a hair of an offset from the anchor. */
static void aim(trail *t, grid_xy offset, double distance) {
    double sine = t->hair / distance, cosine = sqrt(1 - sine * sine);
    grid_xy right = {offset.x * cosine + offset.y * sine, offset.y * cosine - offset.x * sine};
    grid_xy left = {offset.x * cosine - offset.y * sine, offset.y * cosine + offset.x * sine};
    if (!t->aimed || cross(t->right, right) > 0)
        t->right = right;
    if (!t->aimed || cross(left, t->left) > 0)
        t->left = left;
    t->aimed = true;
}

static void commit(trail *t) {
    cairo_line_to(t->cr, t->last.x, t->last.y);
    t->anchor = t->last;
    t->pending = t->aimed = false;
    t->far = 0;
}

/* Sides of what is in reach that both points lie beyond. */
static unsigned sides(const ink_box *b, grid_xy p) {
    return (unsigned)(p.x < b->x0) | (unsigned)(p.x > b->x1) << 1 | (unsigned)(p.y < b->y0) << 2 |
           (unsigned)(p.y > b->y1) << 3;
}

static void trail_add(trail *t, grid_xy at) {
    /* What lies beyond one side of the frame may run there as it likes. */
    bool unseen = t->pending && (sides(&t->reach, t->anchor) & sides(&t->reach, t->last) &
                                 sides(&t->reach, at)) != 0;
    grid_xy offset = {at.x - t->anchor.x, at.y - t->anchor.y};
    double distance = hypot(offset.x, offset.y);
    if (unseen) {
        t->aimed = false;
        t->far = 0;
    } else if (t->pending) {
        bool back = distance < t->far - t->hair;
        bool off = t->aimed && (cross(t->right, offset) < 0 || cross(offset, t->left) < 0);
        if (back || off) {
            commit(t);
            offset = (grid_xy){at.x - t->anchor.x, at.y - t->anchor.y};
            distance = hypot(offset.x, offset.y);
        }
    }
    if (distance > t->hair)
        aim(t, offset, distance);
    t->far = fmax(t->far, distance);
    t->last = at;
    t->pending = true;
}

void ink_path(ink *pen, const ink_view *v, const grid_xy *xy, size_t n) {
    trail t = {.cr = pen->cr,
               .hair = v->hair / M_SQRT2,
               .reach = {v->frame.x0 - beyond_mm, v->frame.y0 - beyond_mm, v->frame.x1 + beyond_mm,
                         v->frame.y1 + beyond_mm}};
    for (size_t i = 0; i < n; i++) {
        grid_xy at = {view_x(v, xy[i].x), view_y(v, xy[i].y)};
        if (i > 0) {
            trail_add(&t, at);
        } else {
            cairo_move_to(pen->cr, at.x, at.y);
            t.anchor = at;
        }
    }
    if (t.pending)
        commit(&t);
}

void ink_path_feature(ink *pen, const ink_view *v, const grid_shapes *s, size_t f) {
    for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++) {
        for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++) {
            ink_path(pen, v, s->xy + s->xy_start[c], s->xy_start[c + 1] - s->xy_start[c]);
            if (s->kind[f] == GRID_SHAPE_AREA)
                cairo_close_path(pen->cr);
        }
    }
}
