/*
 * A small coverage whose inner vertices are all off by up to a millimetre, at random: what overlaps
 * beyond once, less what is left uncovered, must be what the units have more than their parent. So
 * no sliver gets lost, however small, also where crossings alone bound it.
 */
#include <grid/cover.h>

#include "unit.h"

#include <math.h>

enum { SIDE = 4, STEPS = 3 }; /* quads across and down; edges of a quad's side */

static uint64_t random_state;

static double random_offset(void) {
    random_state = random_state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return ((double)(random_state >> 11) * 0x1p-53 - 0.5) * 0.001;
}

/* Vertex (i, j) of the lattice that the quads' sides run along, not straight. */
static grid_xy vertex(uint32_t i, uint32_t j) {
    double bend = 0.3 * sin(i * 12.9898 + j * 78.233);
    return (grid_xy){500000 + 10.0 * i + bend, 3400000 + 10.0 * j - bend};
}

static void add_vertex(grid_shapes *s, uint32_t i, uint32_t j, bool exactly) {
    grid_xy p = vertex(i, j);
    bool inner = i > 0 && j > 0 && i < SIDE * STEPS && j < SIDE * STEPS;
    if (inner && !exactly) {
        p.x += random_offset();
        p.y += random_offset();
    }
    assert_true(grid_shapes_add(s, p.x, p.y));
}

static void add_square(grid_shapes *s, uint32_t i, uint32_t j, uint32_t n) {
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
                grid_shapes_begin_chain(s));
    size_t first = s->n_xy;
    for (uint32_t k = 0; k < n; k++)
        add_vertex(s, i + k, j, n > STEPS);
    for (uint32_t k = 0; k < n; k++)
        add_vertex(s, i + n, j + k, n > STEPS);
    for (uint32_t k = 0; k < n; k++)
        add_vertex(s, i + n - k, j + n, n > STEPS);
    for (uint32_t k = 0; k < n; k++)
        add_vertex(s, i, j + n - k, n > STEPS);
    grid_xy start = s->xy[first];
    assert_true(grid_shapes_add(s, start.x, start.y));
}

static long double area_of(const grid_shapes *s) {
    long double area2 = 0;
    for (size_t c = 0; c < s->n_chains; c++)
        for (size_t i = s->xy_start[c]; i + 1 < s->xy_start[c + 1]; i++) {
            long double ax = s->xy[i].x - 500000.0L, ay = s->xy[i].y - 3400000.0L;
            long double bx = s->xy[i + 1].x - 500000.0L, by = s->xy[i + 1].y - 3400000.0L;
            area2 += ax * by - ay * bx;
        }
    return area2 / 2;
}

static long double area_told(const grid_cover_report *r) {
    long double sum = 0;
    for (size_t i = 0; i < r->n; i++) {
        const grid_defect *d = &r->defect[i];
        if (d->kind == GRID_DEFECT_OVERLAP)
            sum += (d->n_units - 1) * (long double)d->area;
        else if (d->kind == GRID_DEFECT_GAP || d->kind == GRID_DEFECT_PARENT_UNCOVERED)
            sum -= d->area;
        else
            assert_int_equal(d->kind, GRID_DEFECT_OVERLAP);
    }
    return sum;
}

/* With `apart`, the first quad keeps its vertices and has neighbours that fit: edges cancel. */
static void check_balance(uint64_t seed, bool apart) {
    random_state = seed;
    grid_shapes *units = grid_shapes_new(), *parent = grid_shapes_new();
    assert_true(units != NULL && parent != NULL);
    add_square(parent, 0, 0, SIDE * STEPS);
    for (uint32_t j = 0; j < SIDE; j++)
        for (uint32_t i = 0; i < SIDE; i++)
            add_square(units, i * STEPS, j * STEPS, STEPS);
    for (size_t f = 0; apart && f < units->n; f++)
        for (size_t i = units->xy_start[f]; i < units->xy_start[f + 1]; i++)
            if (units->xy[i].x < 500000 + 10.0 * STEPS + 5)
                units->xy[i] = (grid_xy){round(units->xy[i].x), round(units->xy[i].y)};
    for (size_t i = 0; apart && i < parent->n_xy; i++)
        if (parent->xy[i].x < 500000 + 10.0 * STEPS + 5)
            parent->xy[i] = (grid_xy){round(parent->xy[i].x), round(parent->xy[i].y)};
    const grid_cover_level levels[] = {{.name = "parent", .shapes = parent},
                                       {.name = "unit", .shapes = units}};
    grid_cover_report *report;
    assert_int_equal(grid_cover_find(levels, 2, NULL, NULL, &report, NULL), GRID_OK);
    long double more = area_of(units) - area_of(parent), told = area_told(report);
    if (fabsl(more - told) > 1e-13L)
        fail_msg("seed %llu: %.17Lg more, but %.17Lg told", (unsigned long long)seed, more, told);
    grid_cover_report_free(report);
    grid_shapes_free(units);
    grid_shapes_free(parent);
}

static void slivers_make_up_the_difference(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= 300; seed++) {
        check_balance(seed, false);
        check_balance(seed, true);
    }
}

static void check_same(const grid_cover_report *a, const grid_cover_report *b) {
    assert_int_equal(a->n, b->n);
    for (size_t i = 0; i < a->n; i++) {
        const grid_defect *d = &a->defect[i], *e = &b->defect[i];
        assert_string_equal(d->id, e->id);
        assert_int_equal(d->shape, e->shape);
        assert_int_equal(d->n_units, e->n_units);
        assert_memory_equal(d->unit, e->unit, d->n_units * sizeof *d->unit);
        assert_true(d->area == e->area && d->at.x == e->at.x && d->at.y == e->at.y);
    }
    assert_int_equal(a->shapes->n, b->shapes->n);
    assert_int_equal(a->shapes->n_xy, b->shapes->n_xy);
    assert_memory_equal(a->shapes->xy, b->shapes->xy, a->shapes->n_xy * sizeof *a->shapes->xy);
}

/* Every quad below a parent of its own. */
static void threads_do_not_show(void **state) {
    (void)state;
    grid_shapes *units = grid_shapes_new(), *parents = grid_shapes_new();
    assert_true(units != NULL && parents != NULL);
    for (uint32_t j = 0; j < SIDE; j++)
        for (uint32_t i = 0; i < SIDE; i++) {
            random_state = 7;
            add_square(parents, i * STEPS, j * STEPS, STEPS);
            add_square(units, i * STEPS, j * STEPS, STEPS);
        }
    const grid_cover_level levels[] = {{.name = "parent", .shapes = parents},
                                       {.name = "unit", .shapes = units}};
    const grid_context three = {.threads = 3};
    grid_cover_report *by_one, *by_three;
    assert_int_equal(grid_cover_find(levels, 2, NULL, NULL, &by_one, NULL), GRID_OK);
    assert_int_equal(grid_cover_find(levels, 2, NULL, &three, &by_three, NULL), GRID_OK);
    assert_true(by_one->n > SIDE * SIDE);
    check_same(by_one, by_three);
    grid_cover_report_free(by_one);
    grid_cover_report_free(by_three);
    grid_shapes_free(units);
    grid_shapes_free(parents);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(slivers_make_up_the_difference),
                                       cmocka_unit_test(threads_do_not_show)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
