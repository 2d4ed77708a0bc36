#include <grid/geom.h>

#include "unit.h"

static void orient_is_exact_near_a_line(void **state) {
    (void)state;
    const grid_xy a = {0.5, 0.5}, b = {12, 12}, c = {24, 24};
    assert_int_equal(grid_orient(a, b, c), 0);
    /* One ulp off the diagonal, where plain doubles say zero. */
    const grid_xy above = {0.5, nextafter(0.5, 1)}, below = {0.5, nextafter(0.5, 0)};
    assert_int_equal(grid_orient(above, b, c), 1);
    assert_int_equal(grid_orient(below, b, c), -1);
    assert_int_equal(grid_orient(b, c, above), -grid_orient(c, b, above));
}

static grid_shapes *square_and_hole(void) {
    static const grid_xy outer[] = {{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}};
    static const grid_xy hole[] = {{4, 4}, {6, 4}, {6, 6}, {4, 6}, {4, 4}};
    grid_shapes *s = grid_shapes_new();
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA));
    assert_true(grid_shapes_begin_part(s));
    assert_true(grid_shapes_begin_chain(s));
    for (size_t i = 0; i < 5; i++)
        assert_true(grid_shapes_add(s, outer[i].x, outer[i].y));
    assert_true(grid_shapes_begin_chain(s));
    for (size_t i = 0; i < 5; i++)
        assert_true(grid_shapes_add(s, hole[i].x, hole[i].y));
    return s;
}

static void area_takes_holes_off(void **state) {
    (void)state;
    grid_shapes *s = square_and_hole();
    assert_true(grid_shapes_area(s, 0) == 96);
    grid_box box = grid_shapes_box(s, 0);
    assert_true(box.min_x == 0 && box.max_x == 10 && box.min_y == 0 && box.max_y == 10);
    grid_shapes_free(s);
}

static void west_and_south_borders_belong_inside(void **state) {
    (void)state;
    grid_shapes *s = square_and_hole();
    assert_true(grid_shapes_covers(s, 0, 0, 0));
    assert_true(grid_shapes_covers(s, 0, 0, 5));
    assert_true(grid_shapes_covers(s, 0, 5, 0));
    assert_false(grid_shapes_covers(s, 0, 10, 5));
    assert_false(grid_shapes_covers(s, 0, 5, 10));
    assert_false(grid_shapes_covers(s, 0, 10, 10));
    assert_false(grid_shapes_covers(s, 0, 4, 4)); /* the hole owns its own west and south */
    assert_true(grid_shapes_covers(s, 0, 6, 5));
    grid_shapes_free(s);
}

static void copy_keeps_everything(void **state) {
    (void)state;
    grid_shapes *s = square_and_hole(), *t = grid_shapes_new();
    for (int i = 0; i < 100; i++)
        assert_true(grid_shapes_copy(t, s, 0));
    assert_int_equal(t->n, 100);
    assert_true(grid_shapes_area(t, 99) == 96);
    grid_shapes_free(s);
    grid_shapes_free(t);
}

static void lattice_round_trip_is_the_identity(void **state) {
    (void)state;
    for (int64_t i = 38500000000; i < 38500000000 + 10000; i += 7) {
        grid_ixy p = {i, -i};
        grid_ixy q = grid_lattice_snap(grid_lattice_metres(p));
        assert_true(p.x == q.x && p.y == q.y);
    }
}

typedef struct found {
    bool *seen;
    size_t count;
} found;

static bool mark(void *user, size_t i) {
    found *f = user;
    assert_false(f->seen[i]);
    f->seen[i] = true;
    f->count++;
    return true;
}

static void rtree_finds_what_a_scan_finds(void **state) {
    (void)state;
    for (size_t n = 0; n < 1200; n = n * 3 + 1) {
        grid_box *boxes = calloc(n + 1, sizeof *boxes);
        bool *seen = calloc(n + 1, sizeof *seen);
        unsigned seed = (unsigned)n + 1;
        for (size_t i = 0; i < n; i++) {
            double x = rand_r(&seed) % 1000, y = rand_r(&seed) % 1000;
            boxes[i] = i % 17 == 3 ? grid_box_empty()
                                   : (grid_box){x, y, x + rand_r(&seed) % 50, y + 5};
        }
        grid_rtree *tree;
        assert_int_equal(grid_rtree_build(boxes, n, &tree, NULL), GRID_OK);
        for (int q = 0; q < 50; q++) {
            double x = rand_r(&seed) % 1000, y = rand_r(&seed) % 1000;
            grid_box query = {x, y, x + q, y + q};
            memset(seen, 0, n + 1);
            found f = {seen, 0};
            grid_rtree_find(tree, &query, mark, &f);
            for (size_t i = 0; i < n; i++)
                assert_int_equal(seen[i], grid_box_overlaps(&boxes[i], &query));
        }
        grid_rtree_free(tree);
        free(boxes);
        free(seen);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orient_is_exact_near_a_line),
        cmocka_unit_test(area_takes_holes_off),
        cmocka_unit_test(west_and_south_borders_belong_inside),
        cmocka_unit_test(copy_keeps_everything),
        cmocka_unit_test(lattice_round_trip_is_the_identity),
        cmocka_unit_test(rtree_finds_what_a_scan_finds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
