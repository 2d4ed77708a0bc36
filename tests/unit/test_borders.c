#include <grid/cells.h>

#include "unit.h"

/* Two unit squares side by side; the common side is in two pieces. */
static const grid_segment segments[] = {
    {{0, 0}, {1000, 0}, 0},          {{1000, 0}, {2000, 0}, 0},      {{2000, 0}, {2000, 1000}, 0},
    {{2000, 1000}, {1000, 1000}, 0}, {{1000, 1000}, {0, 1000}, 0},   {{0, 1000}, {0, 0}, 0},
    {{1000, 0}, {1000, 400}, 1},     {{1000, 400}, {1000, 1000}, 1},
};

static void every_border_is_one_line(void **state) {
    (void)state;
    grid_plane *plane;
    assert_int_equal(grid_plane_build(segments, 8, &plane, NULL), GRID_OK);
    assert_int_equal(plane->n_faces, 3);
    uint32_t cell_of_face[] = {GRID_NONE, 0, 1}, label[] = {0, 1}, barrier[8];
    uint8_t cls[8];
    const char *names[] = {"朝阳路"};
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        barrier[e] = plane->source[e] == 1 ? 0 : GRID_NONE;
        cls[e] = plane->source[e] == 1 ? GRID_BORDER_ROAD : GRID_BORDER_OUTLINE;
    }
    grid_cells cells = {.plane = plane,
                        .n_cells = 2,
                        .cell_of_face = cell_of_face,
                        .edge_class = cls,
                        .edge_barrier = barrier,
                        .barrier_name = names};
    grid_border_lines *lines;
    assert_int_equal(grid_borders_build(&cells, label, &lines, NULL), GRID_OK);
    assert_int_equal(lines->n, 3);
    assert_int_equal(lines->line[0].left, 0);
    assert_int_equal(lines->line[0].right, 1);
    assert_string_equal(lines->line[0].name, "朝阳路");
    assert_true(lines->line[0].length_m == 1);
    assert_int_equal(lines->shapes->xy_start[1], 3);
    /* The left square is on the left: the line goes up. */
    assert_true(lines->shapes->xy[0].y < lines->shapes->xy[2].y);
    assert_int_equal(lines->line[1].left, 0);
    assert_int_equal(lines->line[1].right, GRID_NONE);
    assert_true(lines->line[1].length_m == 3);
    assert_true(lines->line[2].length_m == 3);
    grid_border_lines_free(lines);

    label[1] = 0; /* one unit: its outline is one closed line */
    assert_int_equal(grid_borders_build(&cells, label, &lines, NULL), GRID_OK);
    assert_int_equal(lines->n, 1);
    assert_true(lines->line[0].length_m == 6);
    assert_int_equal(lines->shapes->n_xy, 7);
    grid_border_lines_free(lines);
    grid_plane_free(plane);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_border_is_one_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
