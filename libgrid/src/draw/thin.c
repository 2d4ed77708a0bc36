/*
 * Thinning of shared arcs that keeps the coverage a coverage: a vertex goes only when the triangle
 * it spans with its neighbours holds no other vertex. Then nothing can cross the new edge: what
 * entered the triangle through it would have to end inside or cross one of the two old edges.
 */
#include <grid/draw.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

/* The boxes in the tree are those of so many consecutive vertices. */
enum { RUN = 8 };

/* A stretch of an arc's vertices. */
typedef struct run {
    size_t begin, end;
} run;

typedef struct thinning {
    grid_arcs *arcs;
    bool *gone; /* per vertex of all arcs */
    run *runs;  /* what the tree's boxes hold */
    size_t n_runs;
    grid_rtree *tree;
    const grid_xy *xy; /* of the present arc, as are all below */
    double *area;
    uint32_t *before, *after; /* neighbours still there */
    uint32_t *heap, *place;   /* a binary heap by area, and where each vertex is in it */
    size_t n_heap;
} thinning;

static double triangle(const grid_xy *a, const grid_xy *b, const grid_xy *c) {
    return fabs((b->x - a->x) * (c->y - a->y) - (b->y - a->y) * (c->x - a->x)) / 2;
}

static bool heap_less(const thinning *t, uint32_t a, uint32_t b) {
    return t->area[a] < t->area[b] || (t->area[a] == t->area[b] && a < b);
}

static void heap_set(thinning *t, size_t slot, uint32_t v) {
    t->heap[slot] = v;
    t->place[v] = (uint32_t)slot;
}

static void heap_settle(thinning *t, size_t slot) {
    uint32_t v = t->heap[slot];
    while (slot > 0 && heap_less(t, v, t->heap[(slot - 1) / 2])) {
        heap_set(t, slot, t->heap[(slot - 1) / 2]);
        slot = (slot - 1) / 2;
    }
    for (size_t child; (child = 2 * slot + 1) < t->n_heap; slot = child) {
        if (child + 1 < t->n_heap && heap_less(t, t->heap[child + 1], t->heap[child]))
            child++;
        if (!heap_less(t, t->heap[child], v))
            break;
        heap_set(t, slot, t->heap[child]);
    }
    heap_set(t, slot, v);
}

static uint32_t heap_pop(thinning *t) {
    uint32_t top = t->heap[0];
    t->heap[0] = t->heap[--t->n_heap];
    if (t->n_heap > 0)
        heap_settle(t, 0);
    return top;
}

/* ---- what is in the way ------------------------------------------------------------- */

/* Inside or on the outline. */
static bool in_triangle(const grid_xy t[3], grid_xy p) {
    int a = grid_orient(t[0], t[1], p), b = grid_orient(t[1], t[2], p),
        c = grid_orient(t[2], t[0], p);
    return (a >= 0 && b >= 0 && c >= 0) || (a <= 0 && b <= 0 && c <= 0);
}

typedef struct probe {
    const thinning *t;
    const grid_xy *triangle;
    grid_box box; /* of the triangle */
    bool hit;
} probe;

static bool look_at_run(void *user, size_t r) {
    probe *p = user;
    for (size_t i = p->t->runs[r].begin; i < p->t->runs[r].end; i++) {
        grid_xy at = p->t->arcs->xy[i];
        if (p->t->gone[i] || at.x < p->box.min_x || at.x > p->box.max_x || at.y < p->box.min_y ||
            at.y > p->box.max_y)
            continue;
        const grid_xy *t = p->triangle;
        if (!grid_xy_equal(at, t[0]) && !grid_xy_equal(at, t[1]) && !grid_xy_equal(at, t[2]) &&
            in_triangle(t, at)) {
            p->hit = true;
            return false;
        }
    }
    return true;
}

static bool is_free(const thinning *t, const grid_xy triangle[3]) {
    probe p = {.t = t, .triangle = triangle, .box = grid_box_empty()};
    for (int i = 0; i < 3; i++)
        grid_box_add(&p.box, triangle[i].x, triangle[i].y);
    grid_rtree_find(t->tree, &p.box, look_at_run, &p);
    return !p.hit;
}

/* Never smaller than the area of the vertex removed before it, so that order is kept. */
static void reweigh(thinning *t, uint32_t v, double least) {
    if (t->place[v] == GRID_NONE)
        return;
    double area = triangle(&t->xy[t->before[v]], &t->xy[v], &t->xy[t->after[v]]);
    t->area[v] = area > least ? area : least;
    heap_settle(t, t->place[v]);
}

/* Smallest triangles first. A vertex whose triangle is not free stays. */
static void thin_arc(thinning *t, const grid_arc *arc, size_t keep, double area_m2) {
    const grid_xy *xy = t->xy = t->arcs->xy + arc->xy_start;
    if (arc->n_xy < 3)
        return;
    t->n_heap = 0;
    t->place[0] = t->place[arc->n_xy - 1] = GRID_NONE;
    for (uint32_t v = 1; v + 1 < arc->n_xy; v++) {
        t->before[v] = v - 1;
        t->after[v] = v + 1;
        t->area[v] = triangle(&xy[v - 1], &xy[v], &xy[v + 1]);
        t->heap[t->n_heap] = v;
        t->place[v] = (uint32_t)t->n_heap++;
        heap_settle(t, t->place[v]);
    }
    size_t left = arc->n_xy;
    while (left > keep && t->n_heap > 0 && t->area[t->heap[0]] < area_m2) {
        uint32_t v = heap_pop(t), u = t->before[v], w = t->after[v];
        t->place[v] = GRID_NONE;
        if (!is_free(t, (const grid_xy[]){xy[u], xy[v], xy[w]}))
            continue;
        t->gone[arc->xy_start + v] = true;
        left--;
        t->after[u] = w;
        t->before[w] = u;
        reweigh(t, u, t->area[v]);
        reweigh(t, w, t->area[v]);
    }
}

/* ---- all arcs ----------------------------------------------------------------------- */

static grid_status index_runs(thinning *t, grid_error *err) {
    const grid_arcs *arcs = t->arcs;
    size_t n = 0;
    for (size_t a = 0; a < arcs->n; a++)
        n += arcs->arc[a].n_xy / RUN + 1;
    grid_box *boxes = GRID_NEW(grid_box, n);
    t->runs = GRID_NEW(run, n);
    if (boxes == NULL || t->runs == NULL) {
        free(boxes);
        return grid_fail_nomem(err);
    }
    for (size_t a = 0; a < arcs->n; a++) {
        size_t end = arcs->arc[a].xy_start + arcs->arc[a].n_xy;
        for (size_t i = arcs->arc[a].xy_start; i < end; i += RUN, t->n_runs++) {
            run r = {i, end - i < RUN ? end : i + RUN};
            boxes[t->n_runs] = grid_box_empty();
            for (size_t k = r.begin; k < r.end; k++)
                grid_box_add(&boxes[t->n_runs], arcs->xy[k].x, arcs->xy[k].y);
            t->runs[t->n_runs] = r;
        }
    }
    grid_status status = grid_rtree_build(boxes, t->n_runs, &t->tree, err);
    free(boxes);
    return status;
}

/* An arc by its two ends, whichever comes first. */
typedef struct chord {
    grid_xy low, high;
    size_t arc;
} chord;

static int compare_xy(grid_xy a, grid_xy b) {
    if (a.x != b.x)
        return a.x < b.x ? -1 : 1;
    return a.y < b.y ? -1 : a.y > b.y;
}

static int by_ends(const void *x, const void *y) {
    const chord *a = x, *b = y;
    int c = compare_xy(a->low, b->low);
    return c != 0 ? c : compare_xy(a->high, b->high);
}

/* Fewest vertices of each arc: a ring keeps three places, and of arcs between the same two
   junctions none becomes the straight line, lest two do. */
static bool find_least(const grid_arcs *arcs, uint8_t *least) {
    chord *chords = GRID_NEW(chord, arcs->n);
    if (chords == NULL)
        return false;
    for (size_t a = 0; a < arcs->n; a++) {
        const grid_arc *arc = &arcs->arc[a];
        if (arc->n_xy == 0) /* of lines that are thinned like borders */
            continue;
        grid_xy p = arcs->xy[arc->xy_start], q = arcs->xy[arc->xy_start + arc->n_xy - 1];
        bool turned = compare_xy(p, q) > 0;
        chords[a] = (chord){turned ? q : p, turned ? p : q, a};
        least[a] = grid_xy_equal(p, q) ? 4 : 2;
    }
    qsort(chords, arcs->n, sizeof *chords, by_ends);
    for (size_t i = 1; i < arcs->n; i++)
        if (by_ends(&chords[i - 1], &chords[i]) == 0)
            for (size_t k = i - 1; k <= i; k++)
                if (least[chords[k].arc] == 2)
                    least[chords[k].arc] = 3;
    free(chords);
    return true;
}

static void close_up(thinning *t) {
    grid_arcs *arcs = t->arcs;
    size_t to = 0;
    for (size_t a = 0; a < arcs->n; a++) {
        grid_arc *arc = &arcs->arc[a];
        size_t begin = arc->xy_start, end = begin + arc->n_xy;
        arc->xy_start = to;
        for (size_t i = begin; i < end; i++)
            if (!t->gone[i])
                arcs->xy[to++] = arcs->xy[i];
        arc->n_xy = to - arc->xy_start;
    }
    arcs->n_xy = to;
}

grid_status grid_arcs_simplify(grid_arcs *arcs, double area_m2, grid_error *err) {
    size_t longest = 0;
    for (size_t a = 0; a < arcs->n; a++)
        longest = arcs->arc[a].n_xy > longest ? arcs->arc[a].n_xy : longest;
    uint8_t *least = GRID_NEW(uint8_t, arcs->n);
    thinning t = {.arcs = arcs,
                  .gone = GRID_NEW(bool, arcs->n_xy),
                  .area = GRID_NEW(double, longest),
                  .before = GRID_NEW(uint32_t, longest),
                  .after = GRID_NEW(uint32_t, longest),
                  .heap = GRID_NEW(uint32_t, longest),
                  .place = GRID_NEW(uint32_t, longest)};
    bool ok = least && t.gone && t.area && t.before && t.after && t.heap && t.place &&
              find_least(arcs, least);
    grid_status status = ok ? index_runs(&t, err) : grid_fail_nomem(err);
    for (size_t a = 0; status == GRID_OK && a < arcs->n; a++)
        thin_arc(&t, &arcs->arc[a], least[a], area_m2);
    if (status == GRID_OK)
        close_up(&t);
    grid_rtree_free(t.tree);
    free(t.runs);
    free(t.gone);
    free(least);
    free(t.area);
    free(t.before);
    free(t.after);
    free(t.heap);
    free(t.place);
    return status;
}
