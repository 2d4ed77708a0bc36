#include <grid/plane.h>

#include "unit.h"

/* A 2 x 2 board of squares of 10 mm with a square island of 2 mm in its first field. */
static void add_square(grid_segment *s, size_t *n, int64_t x, int64_t y, int64_t side) {
    grid_ixy p[] = {{x, y}, {x + side, y}, {x + side, y + side}, {x, y + side}, {x, y}};
    for (int i = 0; i < 4; i++)
        s[(*n)++] = (grid_segment){p[i], p[i + 1], (uint32_t)*n};
}

static grid_plane *board(void) {
    grid_segment s[20];
    size_t n = 0;
    for (int i = 0; i < 4; i++)
        add_square(s, &n, i % 2 * 10, i / 2 * 10, 10);
    add_square(s, &n, 4, 4, 2);
    grid_plane *plane = NULL;
    assert_int_equal(grid_plane_build(s, n, &plane, NULL), GRID_OK);
    return plane;
}

static void faces_and_holes_are_found(void **state) {
    (void)state;
    grid_plane *plane = board();
    assert_int_equal(plane->n_vertices, 13);
    assert_int_equal(plane->n_edges, 16);
    assert_int_equal(plane->n_faces, 6);
    assert_true(plane->face_area_m2[1] == 96e-6); /* numbered by the smallest vertex */
    assert_true(plane->face_area_m2[3] == 4e-6);
    for (uint32_t h = 0; h < 2 * plane->n_edges; h++) {
        assert_int_equal(plane->face[h], plane->face[plane->next[h]]);
        assert_int_equal(plane->origin[h ^ 1], plane->origin[plane->next[h]]);
    }
    grid_plane_free(plane);
}

static void points_find_their_face(void **state) {
    (void)state;
    grid_plane *plane = board();
    const grid_ixy p[] = {{5, 5}, {15, 15}, {-1, 5}, {5, 15}, {1, 9}, {5, 21}, {15, 5}};
    uint32_t face[7];
    assert_int_equal(grid_plane_find(plane, p, 7, face, NULL), GRID_OK);
    const uint32_t expected[] = {3, 5, 0, 2, 1, 0, 4};
    assert_memory_equal(face, expected, sizeof expected);
    grid_plane_free(plane);
}

static void dissolving_gives_simple_rings(void **state) {
    (void)state;
    grid_plane *plane = board();
    /* Two fields that touch in a corner, the island left out. */
    const uint32_t label[] = {GRID_NONE, 1, 0, GRID_NONE, 0, 1};
    grid_shapes *s = NULL;
    assert_int_equal(grid_plane_dissolve(plane, label, 3, &s, NULL), GRID_OK);
    assert_int_equal(s->n, 3);
    assert_int_equal(s->kind[2], GRID_SHAPE_NONE);
    assert_int_equal(s->part_start[2] - s->part_start[1], 2);
    assert_int_equal(s->chain_start[s->part_start[1] + 1] - s->chain_start[s->part_start[1]], 2);
    assert_true(fabs(grid_shapes_area(s, 1) - 196e-6) < 1e-12);
    assert_true(s->xy[s->xy_start[s->chain_start[s->part_start[1]]]].x == 0);
    grid_shapes_free(s);
    grid_plane_free(plane);
}

static void a_ring_of_faces_round_a_corner_touch_is_cut(void **state) {
    (void)state;
    grid_plane *plane = board();
    /* Three fields round the fourth, which is left out: the outline touches nothing twice. */
    const uint32_t label[] = {GRID_NONE, 0, 0, 0, 0, GRID_NONE};
    grid_shapes *s = NULL;
    assert_int_equal(grid_plane_dissolve(plane, label, 1, &s, NULL), GRID_OK);
    assert_int_equal(s->n_parts, 1);
    assert_int_equal(s->n_chains, 1);
    assert_int_equal(s->n_xy, 9);
    grid_shapes_free(s);
    const uint32_t outside[] = {3, GRID_NONE, GRID_NONE, GRID_NONE, GRID_NONE, GRID_NONE};
    assert_int_equal(grid_plane_dissolve(plane, outside, 4, &s, NULL), GRID_E_ARG);
    grid_plane_free(plane);
}

static void crossing_segments_are_refused(void **state) {
    (void)state;
    const grid_segment s[] = {{{0, 0}, {10, 10}, 0}, {{0, 9}, {9, 1}, 1}, {{20, 0}, {20, 4}, 2}};
    grid_plane *plane = NULL;
    grid_error err = {0};
    assert_int_equal(grid_plane_build(s, 3, &plane, &err), GRID_E_ARG);
    assert_null(plane);
}

static void nothing_gives_the_outer_face(void **state) {
    (void)state;
    const grid_segment s[] = {{{3, 3}, {3, 3}, 0}};
    grid_plane *plane = NULL;
    assert_int_equal(grid_plane_build(s, 1, &plane, NULL), GRID_OK);
    assert_int_equal(plane->n_faces, 1);
    assert_int_equal(plane->n_edges, 0);
    grid_plane_free(plane);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faces_and_holes_are_found),
        cmocka_unit_test(points_find_their_face),
        cmocka_unit_test(dissolving_gives_simple_rings),
        cmocka_unit_test(a_ring_of_faces_round_a_corner_touch_is_cut),
        cmocka_unit_test(crossing_segments_are_refused),
        cmocka_unit_test(nothing_gives_the_outer_face),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
