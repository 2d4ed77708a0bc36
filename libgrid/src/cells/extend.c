/*
 * Roads that end shortly before another line are led on to it, so that the block closes: people
 * see the road meet the wall, whatever the drawing says. Other dead ends stay as they are.
 */
#include "cells/cells.h"

#include "base/base.h"

#include <math.h>
#include <stdio.h>

static const double REACH_MM = 15000;
/* A line this near to an end touches it once everything is snapped. */
static const double TOUCH_MM = .75;
/* An end this near behind another line is a stub that was drawn too far, no road. */
static const double STUB_MM = 3000;

/* Where a road ends, and the way it goes there. */
typedef struct dead_end {
    grid_ixy at;
    double dx, dy; /* of length 1 */
    uint32_t source;
} dead_end;

typedef struct extender {
    const arrangement *a;
    line_list *lines;
    size_t n_lines; /* before any was added */
    uint32_t *line; /* what the tree holds: lines that a road may end at */
    grid_rtree *tree;
    /* of the search now on */
    dead_end end;
    bool touched;
    double nearest;
    grid_ixy hit;
} extender;

/* ---- what stops roads ----------------------------------------------------------------- */

static bool stops_roads(const arrangement *a, const grid_segment *s) {
    uint32_t source = s->source / 2;
    const source_layer *house = &a->layer[LAYER_HOUSEHOLD], *bridge = &a->layer[LAYER_BRIDGE];
    for (int i = 0; i < 2; i++) {
        const source_layer *l = i == 0 ? house : bridge;
        if (l->shapes != NULL && source >= l->first && source < l->first + l->shapes->n)
            return false;
    }
    return true;
}

static grid_status index_lines(extender *x, grid_error *err) {
    grid_box *box = GRID_NEW(grid_box, x->n_lines);
    x->line = GRID_NEW(uint32_t, x->n_lines);
    size_t n = 0;
    if (box == NULL || x->line == NULL) {
        free(box);
        return grid_fail_nomem(err);
    }
    for (size_t i = 0; i < x->n_lines; i++) {
        const grid_segment *s = &x->lines->at[i];
        if (!stops_roads(x->a, s))
            continue;
        box[n] = grid_box_empty();
        grid_box_add(&box[n], (double)s->a.x, (double)s->a.y);
        grid_box_add(&box[n], (double)s->b.x, (double)s->b.y);
        x->line[n++] = (uint32_t)i;
    }
    grid_status status = grid_rtree_build(box, n, &x->tree, err);
    free(box);
    return status;
}

/* ---- ends of roads -------------------------------------------------------------------- */

static bool is_same(grid_ixy p, grid_ixy q) {
    return p.x == q.x && p.y == q.y;
}

/* The stretch of the road that leads to its end. */
static bool is_own(const extender *x, const grid_segment *s) {
    return s->source / 2 == x->end.source && (is_same(s->a, x->end.at) || is_same(s->b, x->end.at));
}

static double distance(const grid_segment *s, double px, double py) {
    double dx = (double)(s->b.x - s->a.x), dy = (double)(s->b.y - s->a.y);
    double x = px - (double)s->a.x, y = py - (double)s->a.y;
    double t = (x * dx + y * dy) / (dx * dx + dy * dy);
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(x - t * dx, y - t * dy);
}

/* How far behind the end its own direction meets the line; INFINITY when it does not. */
static double meets_at(const dead_end *end, const grid_segment *s, double *t) {
    double sx = (double)(s->b.x - s->a.x), sy = (double)(s->b.y - s->a.y);
    double ax = (double)(s->a.x - end->at.x), ay = (double)(s->a.y - end->at.y);
    double cross = end->dx * sy - end->dy * sx;
    if (cross == 0)
        return INFINITY;
    *t = (ax * end->dy - ay * end->dx) / cross;
    return *t < 0 || *t > 1 ? INFINITY : (ax * sy - ay * sx) / cross;
}

static bool meet_line(void *user, size_t i) {
    extender *x = user;
    const grid_segment *s = &x->lines->at[x->line[i]];
    if (is_own(x, s))
        return true;
    double t = 0, ahead = meets_at(&x->end, s, &t);
    if (distance(s, (double)x->end.at.x, (double)x->end.at.y) <= TOUCH_MM ||
        (ahead < 0 && ahead > -STUB_MM)) {
        x->touched = true;
        return false;
    }
    if (ahead > 0 && ahead < x->nearest) {
        x->nearest = ahead;
        x->hit = (grid_ixy){s->a.x + (int64_t)floor(t * (double)(s->b.x - s->a.x) + .5),
                            s->a.y + (int64_t)floor(t * (double)(s->b.y - s->a.y) + .5)};
    }
    return true;
}

static bool lead_on(extender *x, const grid_barriers *layer, uint32_t feature) {
    const dead_end *end = &x->end;
    double ax = (double)end->at.x, ay = (double)end->at.y;
    grid_box box = grid_box_empty();
    grid_box_add(&box, ax - STUB_MM * end->dx, ay - STUB_MM * end->dy);
    grid_box_add(&box, ax + REACH_MM * end->dx, ay + REACH_MM * end->dy);
    box = (grid_box){box.min_x - 1, box.min_y - 1, box.max_x + 1, box.max_y + 1};
    x->touched = false;
    x->nearest = REACH_MM;
    grid_rtree_find(x->tree, &box, meet_line, x);
    if (x->touched || x->nearest >= REACH_MM)
        return true;
    char where[128];
    snprintf(where, sizeof where, "%s:%u", layer->layer != NULL ? layer->layer : "barriers",
             feature + 1);
    grid_find_at(x->a->ctx, GRID_NOTE, "road-extended", where, x->nearest / GRID_LATTICE_PER_M, "m",
                 ax / GRID_LATTICE_PER_M, ay / GRID_LATTICE_PER_M,
                 "ends shortly before another line and was led on to it");
    return GRID_PUSH(x->lines, (grid_segment){end->at, x->hit, 2 * end->source});
}

/* The end at the chain's first coordinate, or last when `step` is -1. */
static bool find_end(extender *x, const grid_xy *xy, size_t n, int step) {
    const double far_enough_mm = 1000; /* to tell the direction */
    size_t at = step > 0 ? 0 : n - 1;
    x->end.at = grid_lattice_snap(xy[at]);
    for (size_t i = 1; i < n; i++) {
        grid_ixy p = grid_lattice_snap(xy[step > 0 ? i : n - 1 - i]);
        double dx = (double)(x->end.at.x - p.x), dy = (double)(x->end.at.y - p.y);
        double d = hypot(dx, dy);
        if (d < far_enough_mm && i + 1 < n)
            continue;
        x->end.dx = dx / d;
        x->end.dy = dy / d;
        return d > 0;
    }
    return false;
}

static bool is_road(uint8_t border_class) {
    return border_class == GRID_BORDER_ARTERIAL || border_class == GRID_BORDER_ROAD ||
           border_class == GRID_BORDER_LANE;
}

static bool extend_feature(extender *x, const grid_barriers *layer, uint32_t feature) {
    const grid_shapes *s = layer->shapes;
    if (s->kind[feature] != GRID_SHAPE_LINE || !is_road(layer->border_class[feature]))
        return true;
    for (size_t p = s->part_start[feature]; p < s->part_start[feature + 1]; p++)
        for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++) {
            const grid_xy *xy = s->xy + s->xy_start[c];
            size_t n = s->xy_start[c + 1] - s->xy_start[c];
            for (int step = 1; step >= -1; step -= 2)
                if (n > 1 && find_end(x, xy, n, step) && !lead_on(x, layer, feature))
                    return false;
        }
    return true;
}

/* Features in an order that rows cannot change, since findings are said on the way. */
static bool extend_layer(extender *x, size_t l) {
    const grid_barriers *layer = &x->a->input->barriers[l - LAYER_BARRIER];
    size_t n = layer->shapes->n;
    uint32_t *order = GRID_NEW(uint32_t, n);
    bool ok = order != NULL;
    for (uint32_t f = 0; ok && f < n; f++)
        order[x->a->layer[l].rank[f]] = f;
    for (size_t i = 0; ok && i < n; i++) {
        x->end.source = x->a->layer[l].first + order[i];
        ok = extend_feature(x, layer, order[i]);
    }
    free(order);
    return ok;
}

grid_status lines_extend(const arrangement *a, line_list *lines, grid_error *err) {
    extender x = {.a = a, .lines = lines, .n_lines = lines->n};
    grid_status status = index_lines(&x, err);
    for (size_t l = LAYER_BARRIER; status == GRID_OK && l < a->n_layers; l++)
        if (!extend_layer(&x, l))
            status = grid_fail_nomem(err);
    grid_rtree_free(x.tree);
    free(x.line);
    return status;
}
