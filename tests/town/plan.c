/* The plan: half-edges that are split and joined as roads are drawn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "town.h"

void town_die(const char *what) {
    fprintf(stderr, "make-town: %s\n", what);
    exit(70);
}

grid_xy town_round(grid_xy p) {
    return grid_lattice_metres(grid_lattice_snap(p));
}

int town_plan_vertex(town_plan *plan, grid_xy p) {
    TOWN_PUSH(&plan->vertex, town_round(p));
    return (int)plan->vertex.n - 1;
}

int town_plan_name(town_plan *plan, const char *name) {
    char *copy = strdup(name);
    if (copy == NULL)
        town_die("out of memory");
    TOWN_PUSH(&plan->name, copy);
    return (int)plan->name.n - 1;
}

int town_plan_edge(town_plan *plan, int from, int to, town_edge edge) {
    TOWN_PUSH(&plan->half, (town_half){from, -1, -1, -1});
    TOWN_PUSH(&plan->half, (town_half){to, -1, -1, -1});
    TOWN_PUSH(&plan->edge, edge);
    return (int)plan->half.n - 2;
}

static void link_halves(town_plan *plan, int a, int b) {
    if (a >= 0)
        plan->half.at[a].next = b;
    if (b >= 0)
        plan->half.at[b].prev = a;
}

int town_plan_split_edge(town_plan *plan, int h, grid_xy p) {
    int t = h ^ 1;
    int v = town_plan_vertex(plan, p);
    int n = town_plan_edge(plan, v, plan->half.at[t].origin, plan->edge.at[h / 2]);
    plan->half.at[n].face = plan->half.at[h].face;
    plan->half.at[n ^ 1].face = plan->half.at[t].face;
    plan->half.at[t].origin = v;
    if (plan->half.at[h].face >= 0) {
        link_halves(plan, n, plan->half.at[h].next);
        link_halves(plan, h, n);
    }
    if (plan->half.at[t].face >= 0) {
        link_halves(plan, plan->half.at[t].prev, n ^ 1);
        link_halves(plan, n ^ 1, t);
    }
    return v;
}

int town_plan_split_face(town_plan *plan, int a, int b, const grid_xy *way, int n, town_edge edge) {
    int old = plan->half.at[a].face;
    int before_a = plan->half.at[a].prev, before_b = plan->half.at[b].prev;
    int from = plan->half.at[a].origin, end = plan->half.at[b].origin;
    int left = before_a, right = b; // the two sides of the way so far
    int last = -1;
    for (int i = 0; i <= n; i++) {
        int to = i == n ? end : town_plan_vertex(plan, way[i]);
        int h = town_plan_edge(plan, from, to, edge);
        link_halves(plan, left, h);
        if (i == 0)
            link_halves(plan, h ^ 1, a);
        else
            link_halves(plan, h ^ 1, right);
        left = h;
        right = h ^ 1;
        last = h;
        from = to;
    }
    link_halves(plan, left, b);
    link_halves(plan, before_b, right);

    // Left of the way lies a cycle of its own now: the way, then b and on to before_a.
    town_face face = plan->face.at[old];
    face.half = last;
    TOWN_PUSH(&plan->face, face);
    int made = (int)plan->face.n - 1;
    for (int h = b;; h = plan->half.at[h].next) {
        plan->half.at[h].face = made;
        if (h == last)
            break;
    }
    plan->face.at[old].half = a;
    for (int h = right; plan->half.at[h].face < 0; h = plan->half.at[h].next)
        plan->half.at[h].face = old;
    return made;
}

void town_plan_ring(const town_plan *plan, int face, town_path *out) {
    out->n = 0;
    int h = plan->face.at[face].half;
    do {
        TOWN_PUSH(out, plan->vertex.at[plan->half.at[h].origin]);
        h = plan->half.at[h].next;
    } while (h != plan->face.at[face].half);
}

bool town_plan_on_block(const town_plan *plan, int h) {
    int f = plan->half.at[h].face, g = plan->half.at[h ^ 1].face;
    return g < 0 || plan->face.at[g].block != plan->face.at[f].block;
}

void town_plan_block(const town_plan *plan, int start, town_halves *out) {
    out->n = 0;
    int h = start;
    do {
        TOWN_PUSH(out, h);
        h = plan->half.at[h].next;
        while (!town_plan_on_block(plan, h))
            h = plan->half.at[h ^ 1].next;
    } while (h != start);
}

typedef struct ring_walk {
    const town_plan *plan;
    const int *label;
    int wanted;
    bool *seen; /**< per half-edge */
} ring_walk;

static bool on_outline(const ring_walk *w, int h) {
    int f = w->plan->half.at[h].face, g = w->plan->half.at[h ^ 1].face;
    return f >= 0 && w->label[f] == w->wanted && (g < 0 || w->label[g] != w->wanted);
}

static void walk_ring(ring_walk *w, int start, town_path *ring) {
    ring->n = 0;
    int h = start;
    do {
        w->seen[h] = true;
        TOWN_PUSH(ring, w->plan->vertex.at[w->plan->half.at[h].origin]);
        h = w->plan->half.at[h].next;
        while (!on_outline(w, h))
            h = w->plan->half.at[h ^ 1].next;
    } while (h != start);
    TOWN_PUSH(ring, ring->at[0]);
}

static void add_ring(grid_shapes *shapes, const town_path *ring) {
    bool ok = grid_shapes_begin_chain(shapes);
    for (size_t i = 0; i < ring->n; i++)
        ok = ok && grid_shapes_add(shapes, ring->at[i].x, ring->at[i].y);
    if (!ok)
        town_die("out of memory");
}

/* Outer rings are parts of their own; a hole goes to the part before it, which holds while a unit
 * has one outer ring with holes or several without. */
void town_plan_union(const town_plan *plan, const int *label, int wanted, grid_shapes *shapes) {
    ring_walk w = {plan, label, wanted, GRID_NEW(bool, plan->half.n)};
    town_path ring = {0};
    if (w.seen == NULL || !grid_shapes_begin(shapes, GRID_SHAPE_AREA))
        town_die("out of memory");
    for (int pass = 0; pass < 2; pass++) { // outer rings first
        memset(w.seen, 0, plan->half.n);
        for (int h = 0; h < (int)plan->half.n; h++) {
            if (w.seen[h] || !on_outline(&w, h))
                continue;
            walk_ring(&w, h, &ring);
            bool outer = grid_ring_area2(ring.at, ring.n) > 0;
            if (outer != (pass == 0))
                continue;
            if (outer && !grid_shapes_begin_part(shapes))
                town_die("out of memory");
            add_ring(shapes, &ring);
        }
    }
    GRID_VEC_FREE(&ring);
    free(w.seen);
}

void town_plan_free(town_plan *plan) {
    for (size_t i = 0; i < plan->name.n; i++)
        free(plan->name.at[i]);
    GRID_VEC_FREE(&plan->name);
    GRID_VEC_FREE(&plan->vertex);
    GRID_VEC_FREE(&plan->half);
    GRID_VEC_FREE(&plan->edge);
    GRID_VEC_FREE(&plan->face);
}
