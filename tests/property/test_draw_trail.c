/*
 * Chains on the page: whatever a random chain does, each of its vertices in the frame stays within
 * a hair of the path drawn, and the path has no vertex that the chain has not.
 */
#include "draw/ink.h"

#include "random.h"
#include "unit.h"

enum { MOST = 300 };

/* Straight for a while, jagged, spikes, and leaps out of the frame. */
static size_t random_chain(grid_xy *out) {
    size_t n = 2 + (size_t)((random_unit() + 1) / 2 * (MOST - 3));
    grid_xy at = {100 * random_unit(), 100 * random_unit()};
    double turn = 3 * random_unit(), step = .02 + fabs(random_unit());
    for (size_t i = 0; i < n; i++) {
        out[i] = at;
        if (random_unit() > .9)
            turn += 3.14 * random_unit();
        if (random_unit() > .97)
            step = random_unit() > .8 ? 60 : .02 + fabs(random_unit());
        turn += .05 * random_unit();
        at.x += step * cos(turn) + .03 * random_unit();
        at.y += step * sin(turn) + .03 * random_unit();
    }
    return n;
}

static double distance(grid_xy p, grid_xy a, grid_xy b) {
    double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    double t = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
    t = fmax(0, fmin(1, t));
    return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

static size_t drawn(cairo_t *cr, grid_xy *out) {
    cairo_path_t *path = cairo_copy_path(cr);
    size_t n = 0;
    for (int i = 0; i < path->num_data; i += path->data[i].header.length)
        if (path->data[i].header.type != CAIRO_PATH_CLOSE_PATH)
            out[n++] = (grid_xy){path->data[i + 1].point.x, path->data[i + 1].point.y};
    cairo_path_destroy(path);
    cairo_new_path(cr);
    return n;
}

/* Nearest of what the path has to a place; `points` only looks at its vertices. */
static double nearest(grid_xy p, const grid_xy *path, size_t n, bool points) {
    double best = INFINITY;
    for (size_t i = 0; i + 1 < n || (points && i < n); i++)
        best = fmin(best, points ? hypot(p.x - path[i].x, p.y - path[i].y)
                                 : distance(p, path[i], path[i + 1]));
    return best;
}

static void paths_stay_within_a_hair(void **state) {
    (void)state;
    const double fixed = 1.0 / 128; /* Cairo's coordinates are multiples of 1/256 */
    const char *wanted = getenv("GRID_SEEDS");
    unsigned seeds = wanted != NULL ? (unsigned)atoi(wanted) : 3000;
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, NULL);
    ink pen = {.cr = cairo_create(surface)};
    size_t before = 0, after = 0;
    for (unsigned seed = 1; seed <= seeds; seed++) {
        grid_xy chain[MOST], page[MOST], path[MOST];
        random_state = 0x9e3779b97f4a7c15u * seed;
        ink_view v = {.frame = {20, 30, 120, 110}, .mm_per_m = 1, .hair = .05 + .2 * (seed % 3)};
        size_t n = random_chain(chain);
        for (size_t i = 0; i < n; i++)
            page[i] = (grid_xy){view_x(&v, chain[i].x), view_y(&v, chain[i].y)};
        ink_path(&pen, &v, chain, n);
        size_t m = drawn(pen.cr, path);
        assert_true(m >= 2 && m <= n);
        for (size_t i = 0; i < n; i++) {
            bool seen = page[i].x > v.frame.x0 && page[i].x < v.frame.x1 &&
                        page[i].y > v.frame.y0 && page[i].y < v.frame.y1;
            double off = seen ? nearest(page[i], path, m, false) : 0;
            if (off > v.hair + fixed)
                fail_msg("seed %u: vertex %zu is %g mm off, not %g", seed, i, off, v.hair);
        }
        for (size_t i = 0; i < m; i++)
            assert_true(nearest(path[i], page, n, true) < fixed);
        before += n;
        after += m;
    }
    assert_true(after < before * 3 / 4);
    cairo_destroy(pen.cr);
    cairo_surface_destroy(surface);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_stay_within_a_hair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
