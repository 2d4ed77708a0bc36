/* Snap rounding of random segments against the definition: nothing crosses afterwards, no end lies
 * inside another piece, chains stay connected, and the order of the input does not matter. */
#include <grid/plane.h>

#include "unit.h"

enum { N = 24 };

static uint64_t next_random(uint64_t *state) {
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static bool strictly_between(grid_ixy a, grid_ixy b, grid_ixy p) {
    if (grid_lattice_orient(a, b, p) != 0)
        return false;
    int64_t t = (p.x - a.x) * (b.x - a.x) + (p.y - a.y) * (b.y - a.y);
    return t > 0 && t < (b.x - a.x) * (b.x - a.x) + (b.y - a.y) * (b.y - a.y);
}

static bool cross_inside(const grid_segment *s, const grid_segment *t) {
    return grid_lattice_orient(s->a, s->b, t->a) * grid_lattice_orient(s->a, s->b, t->b) < 0 &&
           grid_lattice_orient(t->a, t->b, s->a) * grid_lattice_orient(t->a, t->b, s->b) < 0;
}

static void check_noded(const grid_segment *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            assert_false(cross_inside(&s[i], &s[j]));
            assert_false(strictly_between(s[i].a, s[i].b, s[j].a));
            assert_false(strictly_between(s[i].a, s[i].b, s[j].b));
        }
}

static bool same(grid_ixy a, grid_ixy b) {
    return a.x == b.x && a.y == b.y;
}

/* The pieces of each segment lead from its one end to the other. */
static void check_chains(const grid_segment *in, const grid_segment *out, size_t n_out) {
    size_t at = 0;
    for (size_t i = 0; i < N; i++) {
        grid_ixy p = in[i].a;
        for (; at < n_out && out[at].source == in[i].source; at++) {
            assert_true(same(out[at].a, p));
            p = out[at].b;
        }
        assert_true(same(p, in[i].b));
    }
    assert_int_equal(at, n_out);
}

static int compare(const void *a, const void *b) {
    const grid_segment *s = a, *t = b;
    const int64_t k[] = {s->source, s->a.x, s->a.y, s->b.x, s->b.y};
    const int64_t l[] = {t->source, t->a.x, t->a.y, t->b.x, t->b.y};
    for (int i = 0; i < 5; i++)
        if (k[i] != l[i])
            return k[i] < l[i] ? -1 : 1;
    return 0;
}

static void check_order_is_no_matter(const grid_segment *in, grid_segment *out, size_t n) {
    grid_segment shuffled[N], *again = NULL;
    for (size_t i = 0; i < N; i++)
        shuffled[i] = in[i * 7 % N];
    grid_context two = {.threads = 2};
    size_t n_again = 0;
    assert_int_equal(grid_segments_node(shuffled, N, &two, &again, &n_again, NULL), GRID_OK);
    assert_int_equal(n, n_again);
    qsort(out, n, sizeof *out, compare);
    qsort(again, n, sizeof *again, compare);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(compare(&out[i], &again[i]), 0);
    free(again);
}

/* Small ranges are full of overlaps and near misses, large ones of slanting crossings. */
static void make_segments(uint64_t seed, grid_segment *in) {
    uint64_t rng = seed, range = UINT64_C(4) << (seed % 24);
    for (uint32_t i = 0; i < N; i++) {
        int64_t at[4];
        for (int k = 0; k < 4; k++)
            at[k] = (int64_t)(next_random(&rng) % range);
        in[i] = (grid_segment){
            {500000000 + at[0], 4000000000 + at[1]}, {500000000 + at[2], 4000000000 + at[3]}, i};
    }
}

static void snap_rounding_nodes_everything(void **state) {
    (void)state;
    const char *wanted = getenv("GRID_SEEDS");
    uint64_t seeds = wanted ? strtoull(wanted, NULL, 10) : 400;
    for (uint64_t seed = 0; seed < seeds; seed++) {
        grid_segment in[N], *out = NULL;
        size_t n = 0;
        make_segments(seed, in);
        assert_int_equal(grid_segments_node(in, N, NULL, &out, &n, NULL), GRID_OK);
        check_noded(out, n);
        check_chains(in, out, n);
        check_order_is_no_matter(in, out, n);
        grid_plane *plane = NULL; /* and the sweep finds nothing that crosses */
        assert_int_equal(grid_plane_build(out, n, &plane, NULL), GRID_OK);
        grid_plane_free(plane);
        free(out);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(snap_rounding_nodes_everything)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
