#include "cover/mend_build.h"

#include "base/base.h"
#include "cover/digest.h"

#include <math.h>

/*
 * Crossings are written as doubles, so that those nearer to each other, or to a vertex, than that
 * is exact to may change sides: rings would cross themselves there. They are moved onto one place
 * together, from anywhere within 32 units in the last place.
 */
enum { RADIUS_BITS = 52 - 5 };

static double radius_of(const arrangement *a) {
    double most = 0;
    for (uint32_t v = 0; v < a->n_nodes; v++)
        most = fmax(most, fmax(fabs(a->node[v].x), fabs(a->node[v].y)));
    return most > 0 ? ldexp(1, ilogb(most) - RADIUS_BITS) : 1;
}

static grid_xy cell_of(const mend_places *t, grid_xy p) {
    return (grid_xy){floor(p.x / t->radius), floor(p.y / t->radius)};
}

static void add_place(mend_places *t, uint32_t v) {
    size_t at = hash_vertex(cell_of(t, t->node[v])).f1 & t->mask;
    while (t->slot[at] != 0)
        at = (at + 1) & t->mask;
    t->slot[at] = v + 1;
}

/* The nearest place of a cell that is nearer than *away. */
static void find_nearer(const mend_places *t, grid_xy cell, grid_xy p, double *away,
                        uint32_t *best) {
    for (size_t at = hash_vertex(cell).f1 & t->mask; t->slot[at] != 0; at = (at + 1) & t->mask) {
        grid_xy q = t->node[t->slot[at] - 1];
        double d = hypot(q.x - p.x, q.y - p.y);
        if (d < *away) {
            *away = d;
            *best = t->slot[at] - 1;
        }
    }
}

static uint32_t place_near(const mend_places *t, grid_xy p) {
    grid_xy cell = cell_of(t, p);
    double away = t->radius;
    uint32_t best = GRID_NONE;
    for (int i = -1; i <= 1; i++)
        for (int j = -1; j <= 1; j++)
            find_nearer(t, (grid_xy){cell.x + i, cell.y + j}, p, &away, &best);
    return best;
}

uint32_t mend_place_at(const mend_places *t, grid_xy p) {
    double away = 0x1p-1022; /* only what is the same is nearer */
    uint32_t best = GRID_NONE;
    find_nearer(t, cell_of(t, p), p, &away, &best);
    return best;
}

bool mend_find_places(mender *k, mend_places *out) {
    const arrangement *a = k->f.a;
    size_t size = 16;
    while (size < 3 * (size_t)a->n_nodes)
        size *= 2;
    *out = (mend_places){GRID_NEW(uint32_t, size), size - 1, a->node, radius_of(a)};
    k->place = GRID_NEW(uint32_t, a->n_nodes);
    if (out->slot == NULL || k->place == NULL)
        return false;
    for (uint32_t v = 0; v < a->n_nodes; v++) {
        uint32_t near = v < a->n_input_nodes ? GRID_NONE : place_near(out, a->node[v]);
        k->place[v] = near != GRID_NONE ? near : v;
        if (near == GRID_NONE)
            add_place(out, v);
    }
    return true;
}
