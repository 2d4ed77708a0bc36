/*
 * Random rings on a small grid, where segments cross, touch and overlap all the time, against
 * a cut into vertical slabs: the area at every height must agree.
 */
#include "cover/arrange.h"

#include "random.h"
#include "unit.h"

enum { MOST = 64, HEIGHTS = 41 };

typedef struct scene {
    arrange_segment segment[MOST];
    arrange_label label[MOST];
    size_t n;
} scene;

static arrange_lines lines_of(const scene *s) {
    arrange_lines lines = {0};
    for (size_t i = 0; i < s->n; i++)
        assert_true(arrange_lines_add(&lines, s->segment[i].a, s->segment[i].b, s->label[i]));
    return lines;
}

/* Scaled and shifted by powers of two and a false easting, all exactly. */
static grid_xy random_point(uint32_t size, double unit, double east) {
    return (grid_xy){east + unit * random_below(size), unit * random_below(size)};
}

static void add_ring(scene *s, uint32_t size, double unit, double east) {
    uint32_t n = 3 + random_below(4);
    int32_t weight = random_below(3) ? 1 : -1;
    grid_xy first = random_point(size, unit, east), last = first;
    for (uint32_t i = 1; i <= n; i++) {
        grid_xy p = i < n ? random_point(size, unit, east) : first;
        if (p.x != last.x || p.y != last.y) {
            s->segment[s->n] = (arrange_segment){last, p};
            s->label[s->n++] = (arrange_label){0, weight};
        }
        last = p;
    }
}

/* ---- the oracle ----------------------------------------------------------------- */

static int compare_long(const void *a, const void *b) {
    long double x = *(const long double *)a, y = *(const long double *)b;
    return (x > y) - (x < y);
}

static size_t slab_sides(const scene *s, double east, long double *xs) {
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        long double ax = s->segment[i].a.x - east, ay = s->segment[i].a.y;
        long double bx = s->segment[i].b.x - east, by = s->segment[i].b.y;
        xs[n++] = ax;
        for (size_t j = 0; j < i; j++) {
            long double cx = s->segment[j].a.x - east, cy = s->segment[j].a.y;
            long double dx = s->segment[j].b.x - east, dy = s->segment[j].b.y;
            long double down = (bx - ax) * (dy - cy) - (by - ay) * (dx - cx);
            long double t = ((cx - ax) * (dy - cy) - (cy - ay) * (dx - cx)) / down;
            long double u = ((cx - ax) * (by - ay) - (cy - ay) * (bx - ax)) / down;
            if (down != 0 && t >= 0 && t <= 1 && u >= 0 && u <= 1)
                xs[n++] = ax + t * (bx - ax);
        }
    }
    qsort(xs, n, sizeof *xs, compare_long);
    return n;
}

typedef struct crossing {
    long double y;
    int gain;
} crossing;

static int compare_crossings(const void *a, const void *b) {
    return compare_long(&((const crossing *)a)->y, &((const crossing *)b)->y);
}

static void areas_by_slabs(const scene *s, double east, long double *area) {
    static long double xs[MOST * MOST];
    size_t n = slab_sides(s, east, xs);
    for (size_t k = 0; k + 1 < n; k++) {
        long double x = (xs[k] + xs[k + 1]) / 2, width = xs[k + 1] - xs[k];
        crossing c[MOST];
        size_t m = 0;
        for (size_t i = 0; i < s->n; i++) {
            long double ax = s->segment[i].a.x - east, bx = s->segment[i].b.x - east;
            if ((ax <= x) == (bx <= x))
                continue;
            long double ay = s->segment[i].a.y, by = s->segment[i].b.y;
            c[m++] = (crossing){ay + (x - ax) / (bx - ax) * (by - ay),
                                ax < bx ? s->label[i].weight : -s->label[i].weight};
        }
        qsort(c, m, sizeof *c, compare_crossings);
        int height = 0;
        for (size_t i = 0; i + 1 < m; i++) {
            height += c[i].gain;
            area[HEIGHTS / 2 + height] += width * (c[i + 1].y - c[i].y);
        }
    }
}

/* ---- the comparison ------------------------------------------------------------- */

static void check_topology(const arrangement *a) {
    uint32_t n = 0;
    for (uint32_t f = 0; f < a->n_faces; f++)
        for (uint32_t i = a->cycle_of[f]; i < a->cycle_of[f + 1]; i++) {
            arrange_cycle c = a->cycle[i];
            for (uint32_t k = c.begin; k < c.end; k++, n++) {
                uint32_t h = a->ring[k], next = a->ring[k + 1 < c.end ? k + 1 : c.begin];
                assert_int_equal(arrange_face(a, h), f);
                assert_int_equal(a->origin[next], a->origin[h ^ 1]);
            }
        }
    assert_int_equal(n, 2 * a->n_edges);
    for (uint32_t e = 0; e < a->n_edges; e++)
        assert_int_equal(a->height[arrange_face(a, 2 * e)] - a->height[arrange_face(a, 2 * e + 1)],
                         arrange_gain(a, e));
}

static void compare_once(uint64_t seed) {
    random_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (int i = 0; i < 8; i++)
        random_below(2);
    scene s = {0};
    uint32_t size = 3 + random_below(14);
    double unit = ldexp(1, (int)random_below(8) - 6);
    double east = random_below(2) ? 38500000 : 0;
    for (uint32_t rings = 1 + random_below(8); rings > 0; rings--)
        add_ring(&s, size, unit, east);
    arrange_lines lines = lines_of(&s);
    arrangement *a;
    assert_int_equal(arrange_build(&lines, &a, NULL), GRID_OK);
    check_topology(a);
    long double expected[HEIGHTS] = {0}, found[HEIGHTS] = {0};
    areas_by_slabs(&s, east, expected);
    for (uint32_t f = 1; f < a->n_faces; f++) {
        if (!(dd_value(arrange_area(a, f)) > 0))
            fail_msg("seed %llu: a face without area", (unsigned long long)seed);
        found[HEIGHTS / 2 + a->height[f]] += (long double)dd_value(arrange_area(a, f));
    }
    for (int h = 0; h < HEIGHTS; h++)
        if (h != HEIGHTS / 2 && fabsl(found[h] - expected[h]) > 1e-12L * unit * unit)
            fail_msg("seed %llu: height %d has %.17Lg, should have %.17Lg",
                     (unsigned long long)seed, h - HEIGHTS / 2, found[h], expected[h]);
    arrange_free(a);
    arrange_lines_free(&lines);
}

static void areas_agree_with_slabs(void **state) {
    (void)state;
    const char *more = getenv("GRID_SEEDS");
    uint64_t n = more != NULL ? strtoull(more, NULL, 10) : 3000;
    for (uint64_t seed = 1; seed <= n; seed++)
        compare_once(seed);
}

/* A million-to-one sliver between two crossings: its area to ten digits. */
static void slivers_keep_their_area(void **state) {
    (void)state;
    const double e = 38500000;
    const grid_xy a = {e, 0}, b = {e + 300, 1e-6}, c = {e, 1e-6}, d = {e + 300, 0};
    const arrange_label l = {0, 1};
    const scene s = {{{a, b}, {b, d}, {d, c}, {c, a}}, {l, l, l, l}, 4};
    arrange_lines lines = lines_of(&s);
    arrangement *g;
    assert_int_equal(arrange_build(&lines, &g, NULL), GRID_OK);
    assert_int_equal(g->n_faces, 3);
    double total = fabs(dd_value(arrange_area(g, 1))) + fabs(dd_value(arrange_area(g, 2)));
    assert_true(fabs(total - 300 * 1e-6 / 2) < 1e-10 * total);
    arrange_free(g);
    arrange_lines_free(&lines);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas_agree_with_slabs),
        cmocka_unit_test(slivers_keep_their_area),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
