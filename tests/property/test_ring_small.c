/*
 * Random small rings on a small grid, where edges cross, touch and run along each other all the
 * time. A ring by itself is checked pair by pair; beside a second one, far away, by way of a
 * hierarchy of boxes: both must find the same. Crossings are counted by brute force, too.
 */
#include "cover/ring.h"

#include "random.h"
#include "unit.h"

enum { MOST_VERTICES = 70, MOST_FAULTS = 4096, ROUNDS = 20000 };

typedef struct fault {
    ring_fault kind;
    grid_xy at;
} fault;

typedef struct fault_list {
    fault at[MOST_FAULTS];
    size_t n;
} fault_list;

static bool take_fault(void *user, ring_fault kind, grid_xy at) {
    fault_list *list = user;
    assert_true(list->n < MOST_FAULTS);
    list->at[list->n++] = (fault){kind, at};
    return true;
}

static int compare_faults(const void *a, const void *b) {
    const fault *x = a, *y = b;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->at.x != y->at.x)
        return x->at.x < y->at.x ? -1 : 1;
    return (x->at.y > y->at.y) - (x->at.y < y->at.y);
}

static void add_part(grid_shapes *s, const grid_xy *ring, size_t n) {
    assert_true(grid_shapes_begin_part(s) && grid_shapes_begin_chain(s));
    for (size_t i = 0; i <= n; i++)
        assert_true(grid_shapes_add(s, ring[i % n].x, ring[i % n].y));
}

static void find_faults(const grid_xy *ring, size_t n, bool with_second, ring_scratch *scratch,
                        fault_list *out) {
    static const grid_xy second[] = {{-900, -900}, {-800, -900}, {-900, -800}};
    grid_shapes *s = grid_shapes_new();
    assert_true(s != NULL && grid_shapes_begin(s, GRID_SHAPE_AREA));
    add_part(s, ring, n);
    if (with_second)
        add_part(s, second, 3);
    out->n = 0;
    assert_int_equal(ring_check(s, 0, scratch, take_fault, out, NULL), GRID_OK);
    qsort(out->at, out->n, sizeof *out->at, compare_faults);
    grid_shapes_free(s);
}

static int side(grid_xy a, grid_xy b, grid_xy c) {
    double cross = (b.x - a.x) * (c.y - a.y) - (c.x - a.x) * (b.y - a.y); /* small integers */
    return (cross > 0) - (cross < 0);
}

/* Pairs of edges that cross inside both. */
static size_t count_crossings(const grid_xy *p, size_t n) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            grid_xy a = p[i], b = p[(i + 1) % n], c = p[j], d = p[(j + 1) % n];
            found += side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0;
        }
    return found;
}

/* Half of the rings go round a middle, which leaves few crossings or none; half go anywhere. */
static size_t make_ring(grid_xy *p) {
    size_t n = 3 + random_below(MOST_VERTICES - 3);
    bool round = random_below(2) == 0;
    double size = 4 << random_below(5);
    for (size_t i = 0; i < n; i++) {
        double angle = 6.283185307179586 * (double)i / (double)n;
        double reach = size * (4 + random_below(3));
        if (round)
            p[i] = (grid_xy){rint(reach * cos(angle)), rint(reach * sin(angle))};
        else
            p[i] = (grid_xy){random_below((uint32_t)size), random_below((uint32_t)size)};
    }
    return n;
}

static void both_ways_find_the_same(void **state) {
    (void)state;
    static fault_list alone, beside;
    ring_scratch *scratch = ring_scratch_new();
    assert_non_null(scratch);
    size_t clean = 0, crossed = 0;
    for (int round = 0; round < ROUNDS; round++) {
        grid_xy ring[MOST_VERTICES];
        size_t n = make_ring(ring), crossings = 0;
        find_faults(ring, n, false, scratch, &alone);
        find_faults(ring, n, true, scratch, &beside);
        assert_int_equal(alone.n, beside.n);
        for (size_t i = 0; i < alone.n; i++) {
            assert_int_equal(compare_faults(&alone.at[i], &beside.at[i]), 0);
            crossings += alone.at[i].kind == RING_CROSSING;
        }
        assert_true(crossings >= count_crossings(ring, n)); /* more where a vertex is on an edge */
        clean += alone.n == 0;
        crossed += crossings > 0;
    }
    assert_true(clean > ROUNDS / 100 && crossed > ROUNDS / 100);
    ring_scratch_free(scratch);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_ways_find_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
