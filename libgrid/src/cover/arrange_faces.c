/*
 * From half-edges to faces: cycles of half-edges that have one face on their left, the connected
 * components that these make up, and the faces that components lie in.
 */
#include "cover/arrange_build.h"

#include "base/base.h"
#include "cover/dd.h"

#include <string.h>

/* ---- cycles and components ------------------------------------------------------ */

/* Cycles are traced one after another, and each is linked to those on the other sides of its edges
 * that were before. What is not linked yet makes a part by itself, until a later cycle joins it. */

/* Where a part's heights count from, over where those of the part `up` do. */
typedef struct joined_part {
    uint32_t up; /* itself where it has joined none; then `over` is 0 */
    int32_t over;
} joined_part;

typedef struct tracer {
    builder *b;
    GRID_VEC(joined_part) part;
} tracer;

/* The part that it is of in the end, with its height over that. */
static joined_part resolve(tracer *t, uint32_t i) {
    joined_part *p = t->part.at, found = {i, 0};
    for (; p[found.up].up != found.up; found.up = p[found.up].up)
        found.over += p[found.up].over;
    for (joined_part rest = found; i != found.up;) {
        joined_part next = p[i];
        p[i] = rest;
        rest.over -= next.over;
        i = next.up;
    }
    return found;
}

/* Cycles c and `over` are on the two sides of half-edge h, which is of cycle c. */
static void link_cycles(tracer *t, traced_cycle *c, const traced_cycle *over, uint32_t h) {
    int32_t gain = arrange_gain(t->b->a, h >> 1);
    int32_t rise = over->rise + ((h & 1) != 0 ? -gain : gain);
    if (c->component == GRID_NONE) {
        c->component = over->component;
        c->rise = rise;
        return;
    }
    joined_part mine = resolve(t, c->component), theirs = resolve(t, over->component);
    int32_t more = theirs.over + rise - mine.over - c->rise; /* my part over theirs */
    if (mine.up < theirs.up)
        t->part.at[theirs.up] = (joined_part){mine.up, -more};
    else if (mine.up > theirs.up)
        t->part.at[mine.up] = (joined_part){theirs.up, more};
}

/* Returns where the cycle ends in the ring. */
static uint32_t trace_cycle(tracer *t, traced_cycle *c, uint32_t start) {
    builder *b = t->b;
    uint32_t number = (uint32_t)b->cycle.n, end = c->begin;
    for (uint32_t h = start; b->cycle_of[h] == GRID_NONE; h = b->next[h]) {
        uint32_t over = b->cycle_of[h ^ 1];
        b->cycle_of[h] = number;
        b->a->ring[end++] = h;
        if (over == GRID_NONE)
            continue;
        if (over == number) {
            b->a->has_bridges = true;
            continue;
        }
        const traced_cycle *other = &b->cycle.at[over];
        if (c->component != other->component)
            link_cycles(t, c, other, h);
    }
    return end;
}

static bool trace_all(tracer *t) {
    builder *b = t->b;
    size_t n = 2 * (size_t)b->a->n_edges;
    b->a->ring = GRID_RAW(uint32_t, n);
    if (b->a->ring == NULL)
        return false;
    memset(b->cycle_of, 0xff, n * sizeof *b->cycle_of);
    for (uint32_t h = 0, end = 0; h < n; h++) {
        if (b->cycle_of[h] != GRID_NONE)
            continue;
        traced_cycle c = {end, GRID_NONE, 0};
        end = trace_cycle(t, &c, h);
        if (c.component == GRID_NONE) {
            c.component = (uint32_t)t->part.n;
            if (!GRID_PUSH(&t->part, (joined_part){c.component, 0}))
                return false;
        }
        if (!GRID_PUSH(&b->cycle, c))
            return false;
    }
    return true;
}

/* From parts to components, numbered through. */
static bool number_components(tracer *t) {
    builder *b = t->b;
    uint32_t *number = GRID_NEW(uint32_t, t->part.n);
    if (number == NULL)
        return false;
    for (uint32_t i = 0; i < t->part.n; i++)
        if (t->part.at[i].up == i)
            number[i] = b->a->n_components++;
    for (size_t i = 0; i < b->cycle.n; i++) {
        traced_cycle *c = &b->cycle.at[i];
        joined_part whole = resolve(t, c->component);
        c->component = number[whole.up];
        c->rise += whole.over;
    }
    free(number);
    return true;
}

static bool find_cycles(builder *b) {
    tracer t = {.b = b};
    bool done = trace_all(&t) && number_components(&t);
    GRID_VEC_FREE(&t.part);
    return done;
}

static bool precedes(grid_xy p, grid_xy q) {
    return p.x < q.x || (p.x == q.x && p.y < q.y);
}

static void extend_component(builder *b, uint32_t c, uint32_t half, grid_xy at) {
    const arrangement *a = b->a;
    grid_box_add(&b->box[c], at.x, at.y);
    if (b->corner[c] == GRID_NONE || precedes(at, a->node[a->origin[b->corner[c]]]))
        b->corner[c] = half;
}

/* The cycle west of a component's corner, from where all edges go east, or straight north: left of
 * the leftmost one. */
static uint32_t cycle_west_of(const builder *b, uint32_t corner) {
    const arrangement *a = b->a;
    uint32_t leftmost = corner;
    for (uint32_t h = b->next[corner ^ 1]; h != corner; h = b->next[h ^ 1])
        if (way_turn(arrange_way_of(a, leftmost), arrange_way_of(a, h)) > 0)
            leftmost = h;
    return b->cycle_of[leftmost];
}

static bool measure_components(builder *b) {
    arrangement *a = b->a;
    uint32_t n = a->n_components;
    b->box = GRID_NEW(grid_box, n);
    b->corner = GRID_NEW(uint32_t, n);
    b->outer_cycle = GRID_NEW(uint32_t, n);
    if (n > 1)
        a->component = GRID_NEW(uint32_t, a->n_segments);
    if (b->box == NULL || b->corner == NULL || b->outer_cycle == NULL ||
        (n > 1 && a->component == NULL))
        return false;
    for (uint32_t c = 0; c < n; c++) {
        b->box[c] = grid_box_empty();
        b->corner[c] = GRID_NONE;
    }
    for (uint32_t s = 0, last = GRID_NONE; s < a->n_segments; s++) {
        uint32_t first = b->pieces.start[s], end = b->pieces.start[s + 1];
        if (first == end) /* without length */
            continue;
        uint32_t half = half_of_piece(b, first), c = b->cycle.at[b->cycle_of[half]].component;
        if (n > 1)
            a->component[s] = c;
        uint32_t tail = a->tail[s], head = tail + 1;
        if (tail != last)
            extend_component(b, c, half, a->node[tail]);
        extend_component(b, c, half_of_piece(b, end - 1) ^ 1, a->node[head]);
        last = head;
    }
    for (uint32_t c = 0; c < n; c++)
        b->outer_cycle[c] = cycle_west_of(b, b->corner[c]);
    return true;
}

/* ---- which face a component lies in --------------------------------------------- */

static bool box_contains(const grid_box *outer, const grid_box *inner) {
    return outer->min_x <= inner->min_x && outer->min_y <= inner->min_y &&
           outer->max_x >= inner->max_x && outer->max_y >= inner->max_y;
}

typedef struct nest_query {
    const builder *b;
    uint32_t component;
    grid_xy at;
    double lowest; /* of the components that may hold this one */
    bool held;
    uint32_t best; /* segment directly below so far; GRID_NONE */
} nest_query;

static bool visit_box(void *user, size_t c) {
    nest_query *q = user;
    if (c != q->component && box_contains(&q->b->box[c], &q->b->box[q->component])) {
        q->held = true;
        q->lowest = fmin(q->lowest, q->b->box[c].min_y);
    }
    return true;
}

static arrange_way eastward(const arrangement *a, uint32_t segment) {
    arrange_segment s = arrange_segment_of(a, segment);
    return s.a.x < s.b.x ? (arrange_way){s.a, s.b} : (arrange_way){s.b, s.a};
}

static dd height_at(arrange_way w, double x) {
    dd part = dd_div(dd_difference(x, w.from.x), dd_difference(w.to.x, w.from.x));
    return dd_add(dd_of(w.from.y), dd_mul(part, dd_difference(w.to.y, w.from.y)));
}

/* Both pass below the point; just east of it, which is higher? */
static bool is_higher(arrange_way v, arrange_way w, double x) {
    dd above = dd_sub(height_at(v, x), height_at(w, x));
    double margin = 0x1p-90 * (fabs(v.from.y) + fabs(v.to.y) + fabs(w.from.y) + fabs(w.to.y));
    if (fabs(dd_value(above)) > margin)
        return dd_value(above) > 0;
    return way_turn(w, v) > 0;
}

static bool visit_below(void *user, size_t i) {
    nest_query *q = user;
    const arrangement *a = q->b->a;
    arrange_way w = eastward(a, (uint32_t)i);
    if (a->component[i] == q->component || !(w.from.x <= q->at.x) || !(q->at.x < w.to.x) ||
        grid_orient(w.from, w.to, q->at) <= 0)
        return true;
    if (q->best == GRID_NONE || is_higher(w, eastward(a, q->best), q->at.x))
        q->best = (uint32_t)i;
    return true;
}

/* The cycle above the piece of a segment that passes below x, or around that segment's component.
 */
static uint32_t cycle_above(const builder *b, uint32_t segment, double x) {
    const arrangement *a = b->a;
    arrange_segment g = arrange_segment_of(a, segment);
    uint32_t found = GRID_NONE;
    for (uint32_t i = b->pieces.start[segment]; i < b->pieces.start[segment + 1]; i++) {
        uint32_t h = half_of_piece(b, i);
        double u = a->node[a->origin[h]].x, v = a->node[a->origin[h ^ 1]].x;
        if (found == GRID_NONE || (fmin(u, v) <= x && x < fmax(u, v)))
            found = g.a.x < g.b.x ? h : h ^ 1;
    }
    uint32_t cycle = b->cycle_of[found], c = a->component[segment];
    return cycle == b->outer_cycle[c] ? b->cycle_around[c] : cycle;
}

typedef struct place_key {
    grid_xy at;
    uint32_t component;
} place_key;

static int compare_places(const void *x, const void *y) {
    const place_key *p = x, *q = y;
    if (p->at.x != q->at.x)
        return p->at.x < q->at.x ? -1 : 1;
    if (p->at.y != q->at.y)
        return p->at.y < q->at.y ? -1 : 1;
    return p->component < q->component ? -1 : p->component > q->component;
}

static grid_status nest_from_west(builder *b, const place_key *order, grid_error *err) {
    const arrangement *a = b->a;
    grid_rtree *components = NULL, *segments = NULL;
    GRID_TRY(grid_rtree_build(b->box, a->n_components, &components, err));
    grid_status status = GRID_OK;
    for (uint32_t i = 0; i < a->n_components && status == GRID_OK; i++) {
        uint32_t c = order[i].component;
        nest_query q = {b, c, order[i].at, INFINITY, false, GRID_NONE};
        const grid_box at = {q.at.x, q.at.y, q.at.x, q.at.y};
        grid_rtree_find(components, &at, visit_box, &q);
        if (!q.held)
            continue;
        if (segments == NULL) {
            grid_box *boxes = GRID_NEW(grid_box, a->n_segments);
            for (uint32_t s = 0; s < a->n_segments && boxes != NULL; s++) {
                arrange_segment g = arrange_segment_of(a, s);
                boxes[s] = grid_box_empty();
                grid_box_add(&boxes[s], g.a.x, g.a.y);
                grid_box_add(&boxes[s], g.b.x, g.b.y);
            }
            status = boxes != NULL ? grid_rtree_build(boxes, a->n_segments, &segments, err)
                                   : grid_fail_nomem(err);
            free(boxes);
            if (status != GRID_OK)
                break;
        }
        const grid_box ray = {q.at.x, q.lowest, q.at.x, q.at.y};
        grid_rtree_find(segments, &ray, visit_below, &q);
        if (q.best != GRID_NONE)
            b->cycle_around[c] = cycle_above(b, q.best, q.at.x);
    }
    grid_rtree_free(components);
    grid_rtree_free(segments);
    return status;
}

/* From the height over some cycle of the component to that over the outer face. What lies around a
 * component comes before it in the order. */
static bool set_heights(builder *b, const place_key *order) {
    const arrangement *a = b->a;
    int32_t *base = GRID_NEW(int32_t, a->n_components);
    if (base == NULL)
        return false;
    for (uint32_t i = 0; i < a->n_components; i++) {
        uint32_t c = order[i].component, around = b->cycle_around[c];
        base[c] = -b->cycle.at[b->outer_cycle[c]].rise;
        if (around != GRID_NONE)
            base[c] += base[b->cycle.at[around].component] + b->cycle.at[around].rise;
    }
    for (size_t i = 0; i < b->cycle.n; i++)
        b->cycle.at[i].rise += base[b->cycle.at[i].component];
    free(base);
    return true;
}

static grid_status nest_in_order(builder *b, const place_key *order, grid_error *err) {
    GRID_TRY(nest_from_west(b, order, err));
    return set_heights(b, order) ? GRID_OK : grid_fail_nomem(err);
}

/* From west to east, so that what lies around a component is known before. */
static grid_status nest_components(builder *b, grid_error *err) {
    const arrangement *a = b->a;
    b->cycle_around = GRID_NEW(uint32_t, a->n_components);
    place_key *order = GRID_NEW(place_key, a->n_components);
    if (b->cycle_around == NULL || order == NULL) {
        free(order);
        return grid_fail_nomem(err);
    }
    for (uint32_t c = 0; c < a->n_components; c++) {
        b->cycle_around[c] = GRID_NONE;
        order[c] = (place_key){a->node[a->origin[b->corner[c]]], c};
    }
    qsort(order, a->n_components, sizeof *order, compare_places);
    grid_status status = nest_in_order(b, order, err);
    free(order);
    return status;
}

/* ---- faces ---------------------------------------------------------------------- */

static bool is_outer(const builder *b, uint32_t cycle) {
    return b->outer_cycle[b->cycle.at[cycle].component] == cycle;
}

/* A face is known by its outer cycle; the unbounded one has none. */
static bool number_faces(builder *b) {
    arrangement *a = b->a;
    uint32_t n = (uint32_t)b->cycle.n;
    b->face_of = GRID_NEW(uint32_t, n);
    if (b->face_of == NULL)
        return false;
    a->n_faces = 1;
    for (uint32_t i = 0; i < n; i++)
        if (!is_outer(b, i))
            b->face_of[i] = a->n_faces++;
    for (uint32_t c = 0; c < a->n_components; c++) {
        uint32_t around = b->cycle_around[c];
        b->face_of[b->outer_cycle[c]] = around == GRID_NONE ? ARRANGE_OUTER : b->face_of[around];
    }
    a->height = GRID_NEW(int32_t, a->n_faces);
    for (uint32_t i = 0; i < n && a->height != NULL; i++)
        if (!is_outer(b, i))
            a->height[b->face_of[i]] = b->cycle.at[i].rise;
    return a->height != NULL;
}

static arrange_cycle cycle_in_ring(const builder *b, uint32_t i) {
    bool last = i + 1 == b->cycle.n;
    return (arrange_cycle){b->cycle.at[i].begin,
                           last ? 2 * b->a->n_edges : b->cycle.at[i + 1].begin};
}

static bool list_cycles(builder *b) {
    arrangement *a = b->a;
    uint32_t n = (uint32_t)b->cycle.n;
    a->cycle_of = GRID_NEW(uint32_t, (size_t)a->n_faces + 2);
    a->cycle = GRID_NEW(arrange_cycle, n);
    if (a->cycle_of == NULL || a->cycle == NULL)
        return false;
    /* Outer cycles of bounded faces first, so that they lead their lists. */
    for (uint32_t i = 0; i < n; i++)
        a->cycle_of[b->face_of[i] + 2]++;
    for (uint32_t f = 0; f < a->n_faces; f++)
        a->cycle_of[f + 2] += a->cycle_of[f + 1];
    for (int holes = 0; holes < 2; holes++)
        for (uint32_t i = 0; i < n; i++)
            if (is_outer(b, i) == holes)
                a->cycle[a->cycle_of[b->face_of[i] + 1]++] = cycle_in_ring(b, i);
    return true;
}

grid_status arrange_faces(builder *b, grid_error *err) {
    if (!find_cycles(b) || !measure_components(b))
        return grid_fail_nomem(err);
    GRID_TRY(nest_components(b, err));
    if (!number_faces(b) || !list_cycles(b))
        return grid_fail_nomem(err);
    b->a->cycle_at = b->cycle_of;
    b->a->face_of = b->face_of;
    b->cycle_of = b->face_of = NULL;
    return GRID_OK;
}
