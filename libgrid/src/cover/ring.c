#include "cover/ring.h"

#include "base/base.h"
#include "base/vec.h"
#include "cover/exact.h"
#include "geom/orient.h"

#include <math.h>

/* A ring without repeated points: vertices begin .. end-1, the last joined to the first. */
typedef struct ring {
    uint32_t begin, end;
    bool hole;
    grid_box box;
} ring;

struct ring_scratch {
    GRID_VEC(grid_xy) vertex;
    GRID_VEC(ring) rings;
    pair_boxes boxes;
    ring_report *report;
    void *user;
    bool found, ended;
};

ring_scratch *ring_scratch_new(void) {
    return GRID_NEW(ring_scratch, 1);
}

void ring_scratch_free(ring_scratch *s) {
    if (s == NULL)
        return;
    GRID_VEC_FREE(&s->vertex);
    GRID_VEC_FREE(&s->rings);
    pair_boxes_free(&s->boxes);
    free(s);
}

/* False when the caller wants no more. */
static bool fault_found(ring_scratch *s, ring_fault fault, grid_xy at) {
    s->found = true;
    if (!s->report(s->user, fault, at))
        s->ended = true;
    return !s->ended;
}

/* ---- collecting ----------------------------------------------------------------- */

static bool all_usable(ring_scratch *s, const grid_xy *xy, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!exact_takes_xy(xy[i])) {
            fault_found(s, RING_BAD, xy[i]);
            return false;
        }
    return true;
}

/* Takes a chain over; false when memory ran out. */
static bool add_ring(ring_scratch *s, const grid_shapes *shapes, size_t chain, bool hole) {
    size_t n = shapes->xy_start[chain + 1] - shapes->xy_start[chain];
    if (n == 0) {
        fault_found(s, RING_EMPTY, (grid_xy){NAN, NAN});
        return true;
    }
    const grid_xy *xy = shapes->xy + shapes->xy_start[chain];
    if (!all_usable(s, xy, n))
        return true;
    if (!grid_xy_equal(xy[0], xy[n - 1]) || n == 1)
        fault_found(s, RING_UNCLOSED, xy[n - 1]);
    ring r = {(uint32_t)s->vertex.n, 0, hole, grid_box_empty()};
    if (!GRID_RESERVE(&s->vertex, n))
        return false;
    grid_xy *out = s->vertex.at + s->vertex.n;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || !grid_xy_equal(out[kept - 1], xy[i]))
            out[kept++] = xy[i];
    while (kept > 1 && grid_xy_equal(out[kept - 1], out[0]))
        kept--;
    if (kept < 3) { /* nothing but a spike */
        fault_found(s, RING_SPIKE, xy[0]);
        return true;
    }
    s->vertex.n += kept;
    r.end = (uint32_t)s->vertex.n;
    return GRID_PUSH(&s->rings, r);
}

static bool collect(ring_scratch *s, const grid_shapes *shapes, size_t f) {
    s->vertex.n = s->rings.n = 0;
    if (shapes->kind[f] != GRID_SHAPE_AREA || shapes->part_start[f] == shapes->part_start[f + 1]) {
        fault_found(s, RING_EMPTY, (grid_xy){NAN, NAN});
        return true;
    }
    for (size_t p = shapes->part_start[f]; p < shapes->part_start[f + 1] && !s->ended; p++) {
        size_t first = shapes->chain_start[p];
        if (first == shapes->chain_start[p + 1])
            fault_found(s, RING_EMPTY, (grid_xy){NAN, NAN});
        for (size_t c = first; c < shapes->chain_start[p + 1] && !s->ended; c++)
            if (!add_ring(s, shapes, c, c > first))
                return false;
    }
    return true;
}

/* ---- contacts between edges ----------------------------------------------------- */

/* Edge i runs from vertex i to next_of(i). Most features have one ring: look there first. */
static const ring *ring_of(const ring_scratch *s, size_t i) {
    size_t low = 0, high = s->rings.n;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (s->rings.at[middle].begin <= i)
            low = middle;
        else
            high = middle;
    }
    return &s->rings.at[low];
}

static size_t next_of(const ring_scratch *s, size_t i) {
    const ring *r = ring_of(s, i);
    return i + 1 < r->end ? i + 1 : r->begin;
}

static bool crossing_found(ring_scratch *s, size_t i, size_t j, grid_xy at) {
    return fault_found(s, ring_of(s, i) == ring_of(s, j) ? RING_CROSSING : RINGS_CROSSING, at);
}

/* On one line; true when they share more than a point. */
static bool run_along(grid_xy a, grid_xy b, grid_xy c, grid_xy d) {
    bool by_x = fabs(b.x - a.x) >= fabs(b.y - a.y);
    double a1 = by_x ? a.x : a.y, b1 = by_x ? b.x : b.y;
    double c1 = by_x ? c.x : c.y, d1 = by_x ? d.x : d.y;
    return fmax(fmin(a1, b1), fmin(c1, d1)) < fmin(fmax(a1, b1), fmax(c1, d1));
}

/* Whether q lies left of the chain before -> v -> after, seen from v. */
static bool left_of_corner(grid_xy before, grid_xy v, grid_xy after, grid_xy q) {
    int turn = grid_orient(before, v, after);
    bool first = grid_orient(before, v, q) > 0, second = grid_orient(v, after, q) > 0;
    return turn > 0 ? first && second : turn < 0 ? first || second : first;
}

/* Whether p and q lie in one direction from v: a spike or edges along each other, told as such. */
static bool same_way(grid_xy v, grid_xy p, grid_xy q) {
    return (p.x - v.x) * (q.x - v.x) + (p.y - v.y) * (q.y - v.y) > 0 && grid_orient(v, p, q) == 0;
}

/* Edge i ends at v, which is also on edge j but not where j starts. */
static bool head_touches(ring_scratch *s, size_t i, size_t j) {
    const grid_xy *p = s->vertex.at;
    size_t ni = next_of(s, i), nj = next_of(s, j);
    grid_xy v = p[ni], before = p[i], after = p[next_of(s, ni)];
    grid_xy c = p[j], d = p[nj];
    bool crossing;
    if (grid_xy_equal(v, d)) {
        grid_xy beyond = p[next_of(s, nj)];
        if (same_way(v, before, c) || same_way(v, before, beyond) || same_way(v, after, c) ||
            same_way(v, after, beyond))
            return true;
        crossing = left_of_corner(c, d, beyond, before) != left_of_corner(c, d, beyond, after);
    } else {
        crossing = grid_orient(c, d, before) * grid_orient(c, d, after) < 0;
    }
    return !crossing || crossing_found(s, i, j, v);
}

static grid_xy crossing_place(grid_xy a, grid_xy b, grid_xy c, grid_xy d) {
    double bx = b.x - a.x, by = b.y - a.y, dx = d.x - c.x, dy = d.y - c.y;
    double t = ((c.x - a.x) * dy - (c.y - a.y) * dx) / (bx * dy - by * dx);
    return isfinite(t) ? (grid_xy){a.x + t * bx, a.y + t * by} : a;
}

/* Two edges that do not follow one another. */
static bool check_pair(ring_scratch *s, size_t i, size_t j) {
    const grid_xy *p = s->vertex.at;
    grid_xy a = p[i], b = p[next_of(s, i)], c = p[j], d = p[next_of(s, j)];
    int c_side = grid_orient(a, b, c), d_side = grid_orient(a, b, d);
    if (c_side * d_side > 0)
        return true;
    int a_side = grid_orient(c, d, a), b_side = grid_orient(c, d, b);
    if (a_side * b_side > 0)
        return true;
    if (c_side * d_side < 0 && a_side * b_side < 0)
        return crossing_found(s, i, j, crossing_place(a, b, c, d));
    if (c_side == 0 && d_side == 0 && run_along(a, b, c, d))
        return fault_found(s, RING_ALONG, orient_on_segment(b, c, d) ? b : a);
    /* What is left is a contact in one point; it counts at the edges that end there. */
    if (b_side == 0 && orient_on_segment(b, c, d) && !grid_xy_equal(b, c) && !head_touches(s, i, j))
        return false;
    if (d_side == 0 && orient_on_segment(d, a, b) && !grid_xy_equal(d, a) && !grid_xy_equal(d, b))
        return head_touches(s, j, i);
    return true;
}

/* Edges a -> b and b -> c follow one another. */
static bool check_corner(ring_scratch *s, grid_xy a, grid_xy b, grid_xy c) {
    if ((b.x - a.x) * (c.x - b.x) + (b.y - a.y) * (c.y - b.y) >= 0 || grid_orient(a, b, c) != 0)
        return true;
    return fault_found(s, RING_SPIKE, b);
}

static bool check_corner_at(ring_scratch *s, size_t i, size_t j) {
    const grid_xy *p = s->vertex.at;
    return check_corner(s, p[i], p[j], p[next_of(s, j)]);
}

static bool visit_pair(void *user, size_t i, size_t j) {
    ring_scratch *s = user;
    bool follows = next_of(s, i) == j, precedes = next_of(s, j) == i;
    if (!follows && !precedes)
        return check_pair(s, i, j);
    return (!follows || check_corner_at(s, i, j)) && (!precedes || check_corner_at(s, j, i));
}

/* Rings of at most so many edges are checked pair by pair, without a hierarchy of boxes. */
enum { SMALL_RING = 64 };

static bool check_corners(ring_scratch *s) {
    size_t n = s->vertex.n;
    const grid_xy *p = s->vertex.at;
    grid_xy before = p[n - 2], at = p[n - 1];
    for (size_t i = 0; i < n; i++) {
        if (!check_corner(s, before, at, p[i]))
            return false;
        before = at;
        at = p[i];
    }
    return true;
}

/* Whether any of n boxes overlaps the one `steps` further on; without a branch, for the sake of
 * vector instructions. */
static bool any_overlap(const pair_boxes *b, size_t n, size_t steps) {
    const float *min_x = b->min_x, *min_y = b->min_y, *max_x = b->max_x, *max_y = b->max_y;
    int any = 0;
    for (size_t i = 0; i < n; i++)
        any |= (min_x[i] <= max_x[i + steps]) & (min_x[i + steps] <= max_x[i]) &
               (min_y[i] <= max_y[i + steps]) & (min_y[i + steps] <= max_y[i]);
    return any != 0;
}

static bool check_steps(ring_scratch *s, size_t pairs, size_t steps) {
    size_t n = s->vertex.n;
    for (size_t i = 0; i < pairs; i++) {
        size_t j = i + steps < n ? i + steps : i + steps - n;
        if (pair_boxes_overlap(&s->boxes, i, i + steps) &&
            !check_pair(s, i < j ? i : j, i < j ? j : i))
            return false;
    }
    return true;
}

/* The only ring, a small one: pairs of edges by how many steps along the ring they are apart. The
 * first half of the boxes stands again behind the last, so that no step has to wrap round. */
static bool check_small_ring(ring_scratch *s) {
    size_t n = s->vertex.n;
    const grid_xy *p = s->vertex.at;
    if (!pair_boxes_reserve(&s->boxes, n + n / 2))
        return false;
    for (size_t i = 0; i < n; i++)
        pair_boxes_set(&s->boxes, i, p[0], p[i], p[i + 1 < n ? i + 1 : 0]);
    for (size_t i = 0; i < n / 2; i++)
        pair_boxes_copy(&s->boxes, n + i, &s->boxes, i);
    if (!check_corners(s))
        return true;
    for (size_t steps = 2; steps <= n / 2; steps++) {
        size_t pairs = 2 * steps == n ? steps : n; /* opposite edges meet once */
        if (any_overlap(&s->boxes, pairs, steps) && !check_steps(s, pairs, steps))
            return true;
    }
    return true;
}

/* False when memory ran out. */
static bool check_contacts(ring_scratch *s) {
    size_t n = s->vertex.n;
    if (s->rings.n == 1 && n <= SMALL_RING)
        return check_small_ring(s);
    if (!pair_boxes_reserve(&s->boxes, n))
        return false;
    const grid_xy *p = s->vertex.at;
    for (size_t r = 0; r < s->rings.n; r++) {
        ring *this = &s->rings.at[r];
        for (size_t i = this->begin; i < this->end; i++) {
            size_t j = i + 1 < this->end ? i + 1 : this->begin;
            pair_boxes_set(&s->boxes, i, p[0], p[i], p[j]);
            if (s->rings.n > 1)
                grid_box_add(&this->box, p[i].x, p[i].y);
        }
    }
    return pair_boxes_join(&s->boxes, visit_pair, s);
}

/* ---- nesting -------------------------------------------------------------------- */

/* 1 inside, -1 outside, 0 on the ring. */
static int side_of_ring(const ring_scratch *s, const ring *r, grid_xy q) {
    const grid_xy *p = s->vertex.at;
    bool inside = false;
    for (size_t i = r->begin, last = r->end - 1; i < r->end; last = i++) {
        grid_xy a = p[last], b = p[i];
        if (!orient_within(q.y, a.y, b.y))
            continue;
        int side = grid_orient(a, b, q);
        if (side == 0 && orient_on_segment(q, a, b))
            return 0;
        if ((a.y > q.y) != (b.y > q.y) && (side > 0) == (b.y > a.y))
            inside = !inside;
    }
    return inside ? 1 : -1;
}

static int sign_of_ring(const ring_scratch *s, const ring *r) {
    exact_sum sum;
    sum.n = 0;
    const grid_xy *p = s->vertex.at;
    for (size_t i = r->begin, last = r->end - 1; i < r->end; last = i++) {
        exact_add_product(&sum, p[last].x, p[i].y);
        exact_add_product(&sum, -p[last].y, p[i].x);
    }
    return exact_sign(&sum);
}

/* All vertices of `inner` lie on `outer`: the way from one of them to the next tells the side. */
static bool starts_inside(const ring_scratch *s, const ring *outer, const ring *inner) {
    const grid_xy *p = s->vertex.at;
    grid_xy q = p[inner->begin], towards = p[inner->begin + 1];
    for (size_t i = outer->begin; i < outer->end; i++) {
        size_t j = next_of(s, i);
        bool left;
        if (grid_xy_equal(p[j], q))
            left = left_of_corner(p[i], q, p[next_of(s, j)], towards);
        else if (!grid_xy_equal(p[i], q) && grid_orient(p[i], p[j], q) == 0 &&
                 orient_on_segment(q, p[i], p[j]))
            left = grid_orient(p[i], p[j], towards) > 0;
        else
            continue;
        return left == (sign_of_ring(s, outer) > 0);
    }
    return false;
}

static bool contains(const ring_scratch *s, const ring *outer, const ring *inner) {
    if (!(outer->box.min_x <= inner->box.min_x && inner->box.max_x <= outer->box.max_x &&
          outer->box.min_y <= inner->box.min_y && inner->box.max_y <= outer->box.max_y))
        return false;
    for (size_t i = inner->begin; i < inner->end; i++) {
        int side = side_of_ring(s, outer, s->vertex.at[i]);
        if (side != 0)
            return side > 0;
    }
    return starts_inside(s, outer, inner);
}

/* Without crossings a ring lies on one side of each other ring: count how often it is covered. */
static void check_nesting(ring_scratch *s) {
    for (size_t i = 0; i < s->rings.n; i++) {
        const ring *inner = &s->rings.at[i];
        int covered = 0;
        for (size_t j = 0; j < s->rings.n; j++)
            if (j != i && contains(s, &s->rings.at[j], inner))
                covered += s->rings.at[j].hole ? -1 : 1;
        if (covered != (inner->hole ? 1 : 0) &&
            !fault_found(s, RING_MISPLACED, s->vertex.at[inner->begin]))
            return;
    }
}

/* ---- star-shaped rings ---------------------------------------------------------- */

/*
 * Whether a closed ring goes once round a point inside, always the same way: then every ray from
 * there meets it once, and nothing can be wrong with it. Most units of most coverages are like
 * that; for the others this says nothing. The test of orientation is the filter of grid_orient,
 * and what does not pass that is taken for a no.
 */
static const double TINY = 1e-290; /* what an underflow may cost, and more */

static bool is_star(const grid_xy *xy, size_t n) {
    double sum_x = 0, sum_y = 0;
    bool usable = n >= 4 && grid_xy_equal(xy[0], xy[n - 1]);
    for (size_t i = 0; i + 1 < n && usable; i++) {
        usable = exact_takes_xy(xy[i]);
        sum_x += xy[i].x - xy[0].x;
        sum_y += xy[i].y - xy[0].y;
    }
    if (!usable)
        return false;
    grid_xy c = {xy[0].x + sum_x / (double)(n - 1), xy[0].y + sum_y / (double)(n - 1)};
    unsigned left = 0, right = 0, up = 0, down = 0;
    double ax = xy[0].x - c.x, ay = xy[0].y - c.y;
    for (size_t i = 1; i < n; i++) {
        double bx = xy[i].x - c.x, by = xy[i].y - c.y;
        double plus = ax * by, minus = ay * bx, det = plus - minus;
        double error = ORIENT_FILTER * (fabs(plus) + fabs(minus)) + TINY;
        left += det > error;
        right += -det > error;
        up += xy[i - 1].y < c.y && xy[i].y >= c.y;
        down += xy[i - 1].y >= c.y && xy[i].y < c.y;
        ax = bx;
        ay = by;
    }
    /* Turning left only, it goes up to the right of the point and nowhere else. */
    return (left == n - 1 && up == 1) || (right == n - 1 && down == 1);
}

static bool is_one_star(const grid_shapes *s, size_t f) {
    size_t p = s->part_start[f];
    if (s->kind[f] != GRID_SHAPE_AREA || s->part_start[f + 1] != p + 1 ||
        s->chain_start[p + 1] != s->chain_start[p] + 1)
        return false;
    size_t c = s->chain_start[p];
    return is_star(s->xy + s->xy_start[c], s->xy_start[c + 1] - s->xy_start[c]);
}

grid_status ring_check(const grid_shapes *shapes, size_t f, ring_scratch *s, ring_report *report,
                       void *user, grid_error *err) {
    if (is_one_star(shapes, f))
        return GRID_OK;
    s->report = report;
    s->user = user;
    s->found = s->ended = false;
    if (!collect(s, shapes, f))
        return grid_fail_nomem(err);
    if (s->vertex.n >= UINT32_MAX)
        return grid_fail(err, GRID_E_INPUT, "", "a feature has more than 4,294,967,294 vertices");
    if (s->ended || s->vertex.n == 0)
        return GRID_OK;
    if (!check_contacts(s))
        return grid_fail_nomem(err);
    if (!s->found && s->rings.n > 1)
        check_nesting(s);
    return GRID_OK;
}
