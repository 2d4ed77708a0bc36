/*
 * Whether a circle crosses a border: an R-tree over short runs of border segments. A border
 * shared by two units is in it twice, which costs a little time and changes no answer.
 */
#include "component/component.h"

#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"

enum { RUN = 8 }; /* segments to a box */

typedef struct run {
    const grid_xy *xy;
    size_t n; /* coordinates */
} run;

struct component_borders {
    GRID_VEC(run) runs;
    grid_rtree *tree;
};

static grid_status index_runs(component_borders *borders, grid_error *err) {
    grid_box *boxes = GRID_NEW(grid_box, borders->runs.n);
    if (boxes == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < borders->runs.n; i++) {
        boxes[i] = grid_box_empty();
        for (size_t k = 0; k < borders->runs.at[i].n; k++)
            grid_box_add(&boxes[i], borders->runs.at[i].xy[k].x, borders->runs.at[i].xy[k].y);
    }
    grid_status status = grid_rtree_build(boxes, borders->runs.n, &borders->tree, err);
    free(boxes);
    return status;
}

grid_status component_borders_build(const grid_shapes *units, component_borders **out,
                                    grid_error *err) {
    component_borders *borders = calloc(1, sizeof *borders);
    if (borders == NULL)
        return grid_fail_nomem(err);
    for (size_t c = 0; c < units->n_chains; c++)
        for (size_t i = units->xy_start[c]; i + 1 < units->xy_start[c + 1]; i += RUN) {
            size_t left = units->xy_start[c + 1] - i;
            run next = {units->xy + i, left < RUN + 1 ? left : RUN + 1};
            if (!GRID_PUSH(&borders->runs, next)) {
                component_borders_free(borders);
                return grid_fail_nomem(err);
            }
        }
    grid_status status = index_runs(borders, err);
    if (status != GRID_OK) {
        component_borders_free(borders);
        return status;
    }
    *out = borders;
    return GRID_OK;
}

void component_borders_free(component_borders *borders) {
    if (borders == NULL)
        return;
    GRID_VEC_FREE(&borders->runs);
    grid_rtree_free(borders->tree);
    free(borders);
}

typedef struct circle {
    const component_borders *borders;
    double x, y, radius2;
    bool crossed;
} circle;

/* Squared distance from p to the segment a-b. */
static double distance2(double px, double py, grid_xy a, grid_xy b) {
    double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy, t = 0;
    if (length2 > 0)
        t = ((px - a.x) * dx + (py - a.y) * dy) / length2;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    double ex = a.x + t * dx - px, ey = a.y + t * dy - py;
    return ex * ex + ey * ey;
}

static bool visit_run(void *user, size_t i) {
    circle *c = user;
    const run *r = &c->borders->runs.at[i];
    for (size_t k = 0; k + 1 < r->n && !c->crossed; k++)
        c->crossed = distance2(c->x, c->y, r->xy[k], r->xy[k + 1]) < c->radius2;
    return !c->crossed;
}

bool component_borders_within(const component_borders *borders, double x, double y, double radius) {
    circle c = {borders, x, y, radius * radius, false};
    grid_box box = {x - radius, y - radius, x + radius, y + radius};
    grid_rtree_find(borders->tree, &box, visit_run, &c);
    return c.crossed;
}
