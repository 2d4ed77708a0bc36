#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"
#include "locate/guard.h"
#include "locate/side.h"
#include "locate/tiles.h"

enum { NODE_BITS = 8 };

/* ---- the edges in a box ---------------------------------------------------------------------- */

typedef bool visit_fn(void *user, const nest_view *n, uint32_t vertex, const border_arc *on);

/* A walk down the tree to all tiles that a box of the nest's lattice meets. */
typedef struct walk {
    const nest_view *n;
    image_guard *guard; /* NULL: everything can be read */
    uint32_t lo_x, lo_y, hi_x, hi_y;
    visit_fn *visit;
    void *user;
} walk;

static bool visit_tile(const walk *w, const border_tile *t) {
    uint32_t count = border_tile_edges(t);
    if (w->guard != NULL && !guard_edges(w->guard, w->n, t->first_edge, count))
        return true;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t v = w->n->edge[t->first_edge + i];
        if (!w->visit(w->user, w->n, v, arc_of_vertex(w->n->arc, w->n->n_arcs, v)))
            return false;
    }
    return true;
}

/* Every level of the tree halves a side at least once; only what is no tree goes deeper. */
enum { MAX_DEPTH = 2 * LATTICE_BITS };

static bool visit_entry(const walk *w, entry e, uint32_t x0, uint32_t y0, unsigned depth);

static bool visit_node(const walk *w, const tree_node *t, uint32_t x0, uint32_t y0,
                       unsigned depth) {
    unsigned step_x = (t->child[NODE_FANOUT] & 0xff) - NODE_BITS;
    unsigned step_y = (t->child[NODE_FANOUT] >> 8 & 0xff) - NODE_BITS;
    for (unsigned i = 0; i < NODE_FANOUT; i++) {
        uint32_t west = x0 + ((uint32_t)t->lo_x[i] << step_x);
        uint32_t south = y0 + ((uint32_t)t->lo_y[i] << step_y);
        uint32_t east = x0 + (((uint32_t)t->hi_x[i] + 1) << step_x);
        uint32_t north = y0 + (((uint32_t)t->hi_y[i] + 1) << step_y);
        if (t->lo_x[i] > t->hi_x[i] || west > w->hi_x || east <= w->lo_x || south > w->hi_y ||
            north <= w->lo_y)
            continue;
        if (!visit_entry(w, t->child[i], west, south, depth + 1))
            return false;
    }
    return true;
}

static bool visit_entry(const walk *w, entry e, uint32_t x0, uint32_t y0, unsigned depth) {
    if (w->guard != NULL)
        e = guard_entry(w->guard, w->n, e);
    if (entry_kind(e) == ENTRY_TILE)
        return visit_tile(w, &w->n->tile[entry_index(e)]);
    return entry_kind(e) != ENTRY_NODE || depth > MAX_DEPTH ||
           visit_node(w, &w->n->node[entry_index(e)], x0, y0, depth);
}

/* Two steps more on every side than the box, so that rounding loses nothing. */
static uint32_t lattice_bound(double at, double margin) {
    return (uint32_t)fmin(fmax(at + margin, 0), (double)((UINT32_C(1) << LATTICE_BITS) - 1));
}

/* Visits the edges near the box, and some around it; an edge may come several times. */
static bool visit_edges(const grid_locator *l, const nest_view *n, const grid_box *box,
                        visit_fn *visit, void *user) {
    const nest_image *h = n->head;
    const walk w = {n,
                    guard_for(l, 1),
                    lattice_bound(lattice_x(h, box->min_x), -2),
                    lattice_bound(lattice_y(h, box->min_y), -2),
                    lattice_bound(lattice_x(h, box->max_x), 2),
                    lattice_bound(lattice_y(h, box->max_y), 2),
                    visit,
                    user};
    return visit_entry(&w, h->root, 0, 0, 0);
}

/* ---- nearest unit ------------------------------------------------------------------------------
 */

typedef struct nearest {
    const layer_view *layer;
    grid_xy p;
    double metre_x, metre_y;
    double distance2;
    uint32_t rank;
} nearest;

static double distance2_to(const nearest *s, grid_xy a, grid_xy b) {
    double ax = (a.x - s->p.x) * s->metre_x, ay = (a.y - s->p.y) * s->metre_y;
    double bx = (b.x - s->p.x) * s->metre_x, by = (b.y - s->p.y) * s->metre_y;
    double dx = bx - ax, dy = by - ay;
    double t = -(ax * dx + ay * dy) / (dx * dx + dy * dy);
    if (!(t > 0))
        return ax * ax + ay * ay;
    if (t >= 1)
        return bx * bx + by * by;
    double x = ax + t * dx, y = ay + t * dy;
    return x * x + y * y;
}

static bool keep_nearest(void *user, const nest_view *n, uint32_t v, const border_arc *on) {
    nearest *s = user;
    uint32_t left = s->layer->rank[on->left], right = s->layer->rank[on->right];
    uint32_t rank = left < right ? left : right; /* GRID_NONE is the greatest */
    if (left == right)
        return true;
    double d2 = distance2_to(s, n->xy[v], n->xy[v + 1]);
    if (d2 < s->distance2 || (d2 == s->distance2 && rank < s->rank)) {
        s->distance2 = d2;
        s->rank = rank;
    }
    return true;
}

uint32_t grid_locator_nearest(const grid_locator *l, size_t layer, grid_xy p, double within_m,
                              double metre_x, double metre_y, double *distance_m) {
    if (!isfinite(p.x) || !isfinite(p.y) || !(within_m >= 0))
        return GRID_NONE;
    const layer_view *view = &l->layer[layer];
    nearest s = {view, p, metre_x, metre_y, within_m * within_m, GRID_NONE};
    double dx = within_m / metre_x, dy = within_m / metre_y;
    const grid_box box = {p.x - dx, p.y - dy, p.x + dx, p.y + dy};
    visit_edges(l, &l->nest[view->nest], &box, keep_nearest, &s);
    if (s.rank == GRID_NONE)
        return GRID_NONE;
    *distance_m = sqrt(s.distance2);
    return view->by_rank[s.rank];
}

/* ---- units in a box
 * ------------------------------------------------------------------------------ */

typedef struct in_box {
    const layer_view *layer;
    grid_box box;
    GRID_VEC(uint32_t) units;
    bool failed;
} in_box;

/* Exact: the edge meets the closed box. */
static bool edge_meets(const grid_box *box, grid_xy a, grid_xy b) {
    if (fmax(a.x, b.x) < box->min_x || fmin(a.x, b.x) > box->max_x || fmax(a.y, b.y) < box->min_y ||
        fmin(a.y, b.y) > box->max_y)
        return false;
    const grid_xy corner[4] = {{box->min_x, box->min_y},
                               {box->max_x, box->min_y},
                               {box->max_x, box->max_y},
                               {box->min_x, box->max_y}};
    int first = grid_orient(a, b, corner[0]);
    for (int i = 1; i < 4; i++)
        if (first == 0 || grid_orient(a, b, corner[i]) != first)
            return true;
    return false;
}

static bool keep_unit(in_box *s, uint32_t unit) {
    for (size_t i = 0; i < s->units.n; i++)
        if (s->units.at[i] == unit)
            return true;
    s->failed = !GRID_PUSH(&s->units, unit);
    return !s->failed;
}

static bool keep_sides(void *user, const nest_view *n, uint32_t v, const border_arc *on) {
    in_box *s = user;
    uint32_t left = s->layer->feature[on->left], right = s->layer->feature[on->right];
    if (left == right || !edge_meets(&s->box, n->xy[v], n->xy[v + 1]))
        return true;
    return (left == GRID_NONE || keep_unit(s, left)) && (right == GRID_NONE || keep_unit(s, right));
}

/* The edges that a ray to the east crosses, of a point that stands for (x + e, y + e^2). */
typedef struct ray {
    grid_xy p;
    GRID_VEC(uint32_t) crossed; /* their first vertices */
    bool failed;
} ray;

static bool keep_crossed(void *user, const nest_view *n, uint32_t v, const border_arc *on) {
    (void)on;
    ray *r = user;
    grid_xy a = n->xy[v], b = n->xy[v + 1];
    if ((a.y > r->p.y) == (b.y > r->p.y))
        return true;
    bool up = b.y > a.y;
    if (grid_orient(up ? a : b, up ? b : a, r->p) > 0)
        r->failed = !GRID_PUSH(&r->crossed, v);
    return !r->failed;
}

static int by_number(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static bool toggle_unit(in_box *s, uint32_t unit) {
    for (size_t i = 0; i < s->units.n; i++)
        if (s->units.at[i] == unit) {
            s->units.at[i] = s->units.at[--s->units.n];
            return true;
        }
    return keep_unit(s, unit);
}

/* All units that cover a point, where they overlap: those whose border is crossed an odd number of
 * times. */
static void keep_claimers(const grid_locator *l, const nest_view *n, grid_xy p, in_box *s) {
    ray r = {.p = p};
    const grid_box way = {p.x, p.y, n->head->max_x, p.y};
    visit_edges(l, n, &way, keep_crossed, &r);
    if (r.crossed.n > 1)
        qsort(r.crossed.at, r.crossed.n, sizeof *r.crossed.at, by_number);
    s->failed |= r.failed;
    for (size_t i = 0; i < r.crossed.n && !s->failed; i++) {
        uint32_t v = r.crossed.at[i];
        if (i > 0 && v == r.crossed.at[i - 1])
            continue; /* an edge may be visited several times */
        const border_arc *on = arc_of_vertex(n->arc, n->n_arcs, v);
        uint32_t left = s->layer->feature[on->left], right = s->layer->feature[on->right];
        if (left == right)
            continue;
        s->failed |= left != GRID_NONE && !toggle_unit(s, left);
        s->failed |= right != GRID_NONE && !toggle_unit(s, right);
    }
    GRID_VEC_FREE(&r.crossed);
}

grid_status grid_locator_find_box(const grid_locator *l, size_t layer, const grid_box *box,
                                  uint32_t **units, size_t *n, grid_error *err) {
    *units = NULL;
    *n = 0;
    const layer_view *view = &l->layer[layer];
    in_box s = {.layer = view, .box = *box};
    grid_hit *hits = GRID_NEW(grid_hit, l->n_layers);
    if (hits == NULL)
        return grid_fail_nomem(err);
    if (box->min_x <= box->max_x && box->min_y <= box->max_y && isfinite(box->min_x) &&
        isfinite(box->min_y) && isfinite(box->max_x) && isfinite(box->max_y)) {
        /* A unit in the box has an edge there, or covers all of it. */
        grid_locator_find(l, box->min_x, box->min_y, hits);
        if (hits[layer].claims > 1)
            keep_claimers(l, &l->nest[view->nest], (grid_xy){box->min_x, box->min_y}, &s);
        if (!s.failed && (hits[layer].unit == GRID_NONE || keep_unit(&s, hits[layer].unit)))
            visit_edges(l, &l->nest[view->nest], box, keep_sides, &s);
    }
    free(hits);
    if (s.failed)
        return GRID_VEC_FREE(&s.units), grid_fail_nomem(err);
    if (s.units.n > 1)
        qsort(s.units.at, s.units.n, sizeof *s.units.at, by_number);
    *units = s.units.at;
    *n = s.units.n;
    return grid_locator_check(l, err);
}
