/*
 * Checks of single rings against a brute-force oracle in integers: rings without any contact pass,
 * rings with a crossing do not. Stars, which have a short cut of their own, spirals that go round
 * twice, and random rings, in metres, at zone-prefixed eastings and in degrees.
 */
#include "unit.h"

#include "cover/ring.h"

#include <math.h>
#include <stdlib.h>

enum { MOST = 40 };

typedef struct point {
    int64_t x, y;
} point;

static uint64_t state;

static uint32_t below(uint32_t n) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 33) % n;
}

static int orient(point a, point b, point c) {
    int64_t d = (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
    return (d > 0) - (d < 0);
}

static bool on(point p, point a, point b) {
    return orient(a, b, p) == 0 && (p.x - a.x) * (p.x - b.x) <= 0 && (p.y - a.y) * (p.y - b.y) <= 0;
}

static bool crosses(point a, point b, point c, point d) {
    return orient(a, b, c) * orient(a, b, d) < 0 && orient(c, d, a) * orient(c, d, b) < 0;
}

static bool meets(point a, point b, point c, point d) {
    return crosses(a, b, c, d) || on(a, c, d) || on(b, c, d) || on(c, a, b) || on(d, a, b);
}

/* Of the open ring p[0 .. n-1]: some edges cross inside both; nothing touches anything else. */
static void judge(const point *p, size_t n, bool *crossing, bool *simple) {
    *crossing = false;
    *simple = n >= 3;
    for (size_t i = 0; i < n; i++) {
        point a = p[i], b = p[(i + 1) % n];
        if (a.x == b.x && a.y == b.y)
            *simple = false;
        if (orient(a, b, p[(i + 2) % n]) == 0)
            *simple = false; /* straight on or back: not for this oracle */
        for (size_t j = i + 2; j < n; j++) {
            if (i == 0 && j == n - 1)
                continue;
            *crossing |= crosses(a, b, p[j], p[(j + 1) % n]);
            if (meets(a, b, p[j], p[(j + 1) % n]))
                *simple = false;
        }
    }
}

static bool count_fault(void *user, ring_fault fault, grid_xy at) {
    (void)fault;
    (void)at;
    ++*(size_t *)user;
    return true;
}

static size_t faults_of(const point *p, size_t n, double step, grid_xy origin) {
    grid_shapes *s = grid_shapes_new();
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
                grid_shapes_begin_chain(s));
    for (size_t i = 0; i <= n; i++)
        assert_true(grid_shapes_add(s, origin.x + step * (double)p[i % n].x,
                                    origin.y + step * (double)p[i % n].y));
    ring_scratch *scratch = ring_scratch_new();
    size_t faults = 0;
    grid_error err;
    assert_int_equal(ring_check(s, 0, scratch, count_fault, &faults, &err), GRID_OK);
    ring_scratch_free(scratch);
    grid_shapes_free(s);
    return faults;
}

/* Round a middle, `turns` times; radii at random, now and then a step back. */
static size_t make_round(point *p, unsigned turns, bool stumbling) {
    size_t n = 4 + below(MOST - 4);
    double angle = 0;
    for (size_t i = 0; i < n; i++) {
        double radius = 40 + below(60);
        p[i] = (point){llround(radius * cos(angle)), llround(radius * sin(angle))};
        angle += 2 * M_PI * turns / (double)n * (stumbling && below(8) == 0 ? -1 : 1);
    }
    return n;
}

static size_t make_any(point *p, uint32_t size) {
    size_t n = 3 + below(8);
    for (size_t i = 0; i < n; i++)
        p[i] = (point){below(size), below(size)};
    return n;
}

static void turn_round(point *p, size_t n) {
    for (size_t i = 0; i < n / 2; i++) {
        point swap = p[i];
        p[i] = p[n - 1 - i];
        p[n - 1 - i] = swap;
    }
}

static void rings_are_judged_as_by_definition(void **unused) {
    (void)unused;
    /* Steps are powers of two, so that the doubles are as the integers. */
    static const struct {
        double step;
        grid_xy origin;
    } ground[] = {{1, {500000, 3400000}}, {0x1p-10, {38500000, 3400000}}, {0x1p-24, {112.5, 34}}};
    size_t n_simple = 0, n_crossing = 0;
    for (uint64_t seed = 1; seed <= 30000; seed++) {
        point p[MOST];
        state = seed * 0x9e3779b97f4a7c15u;
        size_t n = seed % 4 == 0   ? make_any(p, 6)
                   : seed % 4 == 1 ? make_any(p, 1000)
                   : seed % 4 == 2 ? make_round(p, 1 + below(2), false)
                                   : make_round(p, 1, true);
        if (below(2))
            turn_round(p, n);
        bool crossing, simple;
        judge(p, n, &crossing, &simple);
        n_simple += simple;
        n_crossing += crossing;
        for (size_t g = 0; g < 3; g++) {
            size_t faults = faults_of(p, n, ground[g].step, ground[g].origin);
            if ((simple && faults > 0) || (crossing && faults == 0))
                fail_msg("seed %d, ground %d: %s, %zu faults", (int)seed, (int)g,
                         simple ? "simple" : "crossing", faults);
        }
    }
    assert_true(n_simple > 5000 && n_crossing > 5000);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(rings_are_judged_as_by_definition)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
