#include "locate/tiles.h"

#include <math.h>

#include "base/base.h"

/* Lattice steps that are left free around the areas, so that anchors lie on the lattice. */
enum { MARGIN = 8 };

static bool add_vertex(borders *b, grid_xy xy) {
    return GRID_PUSH(&b->xy, xy) && GRID_PUSH(&b->arc_of, (uint32_t)b->arcs.n - 1);
}

static bool add_edge(borders *b, const edges *e, size_t i, bool go_on) {
    if (!go_on) {
        const border_arc fresh = {(uint32_t)b->xy.n, e->left[i], e->right[i]};
        if (!GRID_PUSH(&b->arcs, fresh) || !add_vertex(b, e->shapes->xy[i]))
            return false;
    }
    return add_vertex(b, e->shapes->xy[i + 1]);
}

static bool join_edges(borders *b, const edges *e) {
    for (size_t c = 0; c < e->shapes->n_chains; c++) {
        bool open = false;
        for (size_t i = e->shapes->xy_start[c]; i + 1 < e->shapes->xy_start[c + 1]; i++) {
            if (!edges_is_edge(e, i)) {
                open = false;
                continue;
            }
            bool go_on = open && e->left[i] == e->left[i - 1] && e->right[i] == e->right[i - 1];
            if (!add_edge(b, e, i, go_on))
                return false;
            open = true;
        }
    }
    return true;
}

/* The finest scale at which the range fits the lattice and a step is several ulps of the
 * coordinates, so that rounding never moves anything by as much as a step. */
static double choose_scale(double min, double max) {
    double biggest = fmax(fabs(min), fabs(max));
    double step = (max - min) / (double)((1u << LATTICE_BITS) - 4 * MARGIN);
    step = fmax(step, 8 * (nextafter(biggest, INFINITY) - biggest));
    step = fmax(step, 0x1p-1000); /* everything is at 0 */
    int exponent;
    frexp(step, &exponent); /* step <= 2^exponent */
    return ldexp(1, -exponent);
}

static void lay_lattice(nest_image *h, const grid_xy *xy, size_t n) {
    grid_box box = grid_box_empty();
    for (size_t i = 0; i < n; i++)
        grid_box_add(&box, xy[i].x, xy[i].y);
    if (n == 0)
        box = (grid_box){0, 0, 0, 0};
    h->min_x = box.min_x;
    h->min_y = box.min_y;
    h->max_x = box.max_x;
    h->max_y = box.max_y;
    h->scale_x = choose_scale(box.min_x, box.max_x);
    h->scale_y = choose_scale(box.min_y, box.max_y);
    h->origin_x = box.min_x - MARGIN / h->scale_x;
    h->origin_y = box.min_y - MARGIN / h->scale_y;
}

grid_status borders_build(const edges *e, borders *out, grid_error *err) {
    *out = (borders){0};
    if (!join_edges(out, e))
        return grid_fail_nomem(err);
    out->head.n_units = e->n_units;
    lay_lattice(&out->head, out->xy.at, out->xy.n);
    if (!isfinite(out->head.max_x - out->head.min_x) ||
        !isfinite(out->head.max_y - out->head.min_y) || !isnormal(out->head.scale_x) ||
        !isnormal(out->head.scale_y))
        return grid_fail(err, GRID_E_INPUT, "", "the coordinates span more than numbers can hold");
    return GRID_OK;
}

void borders_free(borders *b) {
    GRID_VEC_FREE(&b->arcs);
    GRID_VEC_FREE(&b->xy);
    GRID_VEC_FREE(&b->arc_of);
}

const border_arc *arc_of_vertex(const border_arc *arcs, uint32_t n, uint32_t v) {
    uint32_t low = 0, high = n;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (arcs[middle].first_vertex <= v)
            low = middle;
        else
            high = middle;
    }
    return &arcs[low];
}
