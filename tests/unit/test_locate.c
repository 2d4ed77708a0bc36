#include <grid/locate.h>

#include <unistd.h>

#include "locate/guard.h"
#include "town.h"
#include "unit.h"

static void add_box(grid_shapes *s, double x0, double y0, double x1, double y1) {
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA));
    assert_true(grid_shapes_begin_part(s));
    assert_true(grid_shapes_begin_chain(s));
    assert_true(grid_shapes_add(s, x0, y0));
    assert_true(grid_shapes_add(s, x1, y0));
    assert_true(grid_shapes_add(s, x1, y1));
    assert_true(grid_shapes_add(s, x0, y1));
    assert_true(grid_shapes_add(s, x0, y0));
}

static grid_locator *build(const grid_locate_layer *layers, size_t n) {
    grid_locator *locator;
    grid_error err;
    assert_int_equal(grid_locator_build(layers, n, NULL, &locator, &err), GRID_OK);
    return locator;
}

/* Four unit squares around (1, 1), given east before west, and the one area they make up. */
static grid_locator *four_squares(void) {
    static const char *const codes[] = {"d", "c", "b", "a"}, *const whole[] = {"w"};
    grid_shapes *grids = grid_shapes_new(), *street = grid_shapes_new();
    add_box(grids, 1, 1, 2, 2);
    add_box(grids, 0, 1, 1, 2);
    add_box(grids, 1, 0, 2, 1);
    add_box(grids, 0, 0, 1, 1);
    add_box(street, 0, 0, 2, 2);
    const grid_locate_layer layers[] = {{"street", street, whole}, {"grid", grids, codes}};
    grid_locator *locator = build(layers, 2);
    grid_shapes_free(grids);
    grid_shapes_free(street);
    return locator;
}

static void expect(const grid_locator *locator, double x, double y, uint32_t unit, int claims,
                   bool border) {
    grid_hit hits[2];
    grid_locator_find(locator, x, y, hits);
    assert_int_equal(hits[1].unit, unit);
    assert_int_equal(hits[1].claims, claims);
    assert_int_equal(hits[1].border, border);
    assert_int_equal(hits[0].unit, unit == GRID_NONE ? GRID_NONE : 0);
}

static void a_unit_owns_its_west_and_south_borders(void **state) {
    (void)state;
    grid_locator *l = four_squares();
    expect(l, 0.5, 0.5, 3, 1, false);
    expect(l, 1.5, 1.5, 0, 1, false);
    expect(l, 1, 1, 0, 1, true);
    expect(l, 1, 0.5, 2, 1, true);
    expect(l, 0.5, 1, 1, 1, true);
    expect(l, nextafter(1, 0), nextafter(1, 0), 3, 1, false);
    expect(l, nextafter(1, 0), 1, 1, 1, true);
    grid_locator_free(l);
}

static void the_outer_rim_is_closed(void **state) {
    (void)state;
    grid_locator *l = four_squares();
    expect(l, 0, 0, 3, 1, true);
    expect(l, 2, 0.5, 2, 1, true);
    expect(l, 0.5, 2, 1, 1, true);
    expect(l, 2, 2, 0, 1, true);
    expect(l, 2, 1, 2, 1, true); /* of b and d, b has the smaller code */
    expect(l, nextafter(2, 3), 1, GRID_NONE, 0, false);
    grid_locator_free(l);
}

static void what_is_no_place_is_nowhere(void **state) {
    (void)state;
    grid_locator *l = four_squares();
    expect(l, NAN, 1, GRID_NONE, 0, false);
    expect(l, 1, INFINITY, GRID_NONE, 0, false);
    expect(l, -INFINITY, NAN, GRID_NONE, 0, false);
    expect(l, 1e300, -1e300, GRID_NONE, 0, false);
    grid_locator_free(l);
}

static void overlaps_and_gaps_are_told(void **state) {
    (void)state;
    static const char *const codes[] = {"z", "a"};
    grid_shapes *s = grid_shapes_new();
    add_box(s, 0, 0, 2, 2);
    add_box(s, 1, 0, 3, 2);
    const grid_locate_layer layers[] = {{"", s, codes}};
    grid_locator *l = build(layers, 1);
    grid_hit hit;
    grid_locator_find(l, 1.5, 1, &hit);
    assert_int_equal(hit.claims, 2);
    assert_int_equal(hit.unit, 1); /* the smaller code */
    grid_locator_find(l, 0.5, 1, &hit);
    assert_int_equal(hit.claims, 1);
    assert_int_equal(hit.unit, 0);
    grid_locator_find(l, 4, 1, &hit);
    assert_int_equal(hit.claims, 0);
    grid_locator_free(l);
    grid_shapes_free(s);
}

static void a_layer_without_areas_answers_nobody(void **state) {
    (void)state;
    static const char *const codes[] = {"p"};
    grid_shapes *s = grid_shapes_new(), *none = grid_shapes_new();
    assert_true(grid_shapes_begin(s, GRID_SHAPE_NONE));
    const grid_locate_layer layers[] = {{"", s, codes}, {"", none, NULL}};
    grid_locator *l = build(layers, 2);
    expect(l, 0, 0, GRID_NONE, 0, false);
    grid_locator_free(l);
    grid_shapes_free(s);
    grid_shapes_free(none);
}

static void the_nearest_unit_is_found(void **state) {
    (void)state;
    grid_locator *l = four_squares();
    double distance = -1;
    const grid_xy east = {2.5, 1.5}, corner = {-3, -4}, tie = {3, 1};
    assert_int_equal(grid_locator_nearest(l, 1, east, 1, 1, 1, &distance), 0);
    assert_true(distance == 0.5);
    assert_int_equal(grid_locator_nearest(l, 1, east, 0.4, 1, 1, &distance), GRID_NONE);
    assert_int_equal(grid_locator_nearest(l, 1, corner, 5, 1, 1, &distance), 3);
    assert_true(distance == 5);
    assert_int_equal(grid_locator_nearest(l, 1, tie, 5, 1, 1, &distance), 2); /* b before d */
    assert_int_equal(grid_locator_nearest(l, 0, tie, 5, 10, 10, &distance), GRID_NONE);
    assert_int_equal(grid_locator_nearest(l, 0, tie, 50, 10, 10, &distance), 0);
    assert_true(distance == 10);
    grid_locator_free(l);
}

static void expect_box(const grid_locator *l, grid_box box, size_t wanted, uint32_t first) {
    uint32_t *units;
    size_t n;
    assert_int_equal(grid_locator_find_box(l, 1, &box, &units, &n, NULL), GRID_OK);
    assert_int_equal(n, wanted);
    if (n > 0)
        assert_int_equal(units[0], first);
    free(units);
}

static void units_in_a_box_are_found(void **state) {
    (void)state;
    grid_locator *l = four_squares();
    expect_box(l, (grid_box){0.25, 0.25, 0.75, 0.75}, 1, 3);
    expect_box(l, (grid_box){0.25, 0.25, 1.75, 0.75}, 2, 2);
    expect_box(l, (grid_box){1, 1, 1, 1}, 4, 0);
    expect_box(l, (grid_box){-10, -10, 10, 10}, 4, 0);
    expect_box(l, (grid_box){3, 3, 4, 4}, 0, 0);
    expect_box(l, (grid_box){1, 1, 0, 0}, 0, 0);
    grid_locator_free(l);
}

/* Stacks of boxes: whoever covers a point is found, on borders and vertices too. */
static void units_that_overlap_in_a_point_are_found(void **state) {
    (void)state;
    enum { BOXES = 40 };
    grid_shapes *s = grid_shapes_new();
    char name[BOXES][8];
    const char *codes[BOXES];
    for (int i = 0; i < BOXES; i++) {
        add_box(s, i % 7, i % 5, i % 7 + 3 + i % 4, i % 5 + 2 + i % 3);
        snprintf(name[i], sizeof name[i], "u%02d", i);
        codes[i] = name[i];
    }
    const grid_locate_layer layer = {"u", s, codes};
    grid_locator *l = build(&layer, 1);
    for (double y = -0.5; y < 10; y += 0.5)
        for (double x = -0.5; x < 14; x += 0.5) {
            const grid_box here = {x, y, x, y};
            uint32_t *units;
            size_t n, wanted = 0;
            for (int i = 0; i < BOXES; i++)
                wanted += x >= i % 7 && x <= i % 7 + 3 + i % 4 && y >= i % 5 &&
                          y <= i % 5 + 2 + i % 3;
            assert_int_equal(grid_locator_find_box(l, 0, &here, &units, &n, NULL), GRID_OK);
            assert_int_equal(n, wanted);
            free(units);
        }
    grid_locator_free(l);
    grid_shapes_free(s);
}

static void flip(const char *path, long at) {
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    int byte = fgetc(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    fputc(byte ^ 0x20, file);
    fclose(file);
}

static void an_index_file_is_used_only_when_whole(void **state) {
    (void)state;
    const char *path = "test_locate.gridx";
    grid_locator *l = four_squares(), *mapped;
    grid_error err = {0};
    assert_int_equal(grid_locator_save(l, path, "here", "EPSG:4547", true, &err), GRID_OK);
    assert_int_equal(grid_locator_save(l, path, "", "", false, &err), GRID_E_EXISTS);
    grid_locator_free(l);
    assert_int_equal(grid_locator_open(path, &mapped, &err), GRID_OK);
    assert_string_equal(grid_locator_origin(mapped), "here");
    assert_string_equal(grid_locator_crs(mapped), "EPSG:4547");
    assert_int_equal(grid_locator_layers(mapped), 2);
    assert_string_equal(grid_locator_layer_name(mapped, 1), "grid");
    assert_int_equal(grid_locator_units(mapped, 1), 4);
    assert_string_equal(grid_locator_code(mapped, 1, 0), "d");
    assert_string_equal(grid_locator_label(mapped, 1, 0), "");
    expect(mapped, 1, 1, 0, 1, true);
    grid_locator_free(mapped);
    FILE *file = fopen(path, "rb");
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    fclose(file);
    for (long at = 0; at < size; at += at < 300 ? 1 : 97) {
        flip(path, at);
        assert_int_equal(grid_locator_open(path, &mapped, &err), GRID_E_INPUT);
        flip(path, at);
    }
    assert_int_equal(truncate(path, size - 8), 0);
    assert_int_equal(grid_locator_open(path, &mapped, &err), GRID_E_INPUT);
    assert_int_equal(truncate(path, 10), 0);
    assert_int_equal(grid_locator_open(path, &mapped, &err), GRID_E_INPUT);
    remove(path);
    assert_int_equal(grid_locator_open(path, &mapped, &err), GRID_E_READ);
}

/* ---- files that are opened lazily ------------------------------------------------------- */

enum { POINTS = 3000 };

static void look_up(const grid_locator *l, const town *t, grid_hit *hits, double *nearest_m) {
    for (size_t i = 0; i < POINTS; i++) {
        uint64_t r = town_hash(7, i, 1, 2);
        double w = (double)t->nx * t->cell_m, h = (double)t->ny * t->cell_m;
        grid_xy p = {t->x0 + w * (double)(r & 0xffff) / 65500,
                     t->y0 + h * (double)(r >> 48) / 65500};
        if (i % 3 == 0) /* exactly on a border */
            p = town_side(t, r % t->nx, (r >> 8) % t->ny, (int)(r >> 16 & 1), r % t->per_side);
        grid_locator_find(l, p.x, p.y, &hits[i]);
        nearest_m[i] = -1;
        if (i % 16 == 0)
            (void)grid_locator_nearest(l, 0, p, 50, 1, 1, &nearest_m[i]);
    }
}

static void assert_same(const grid_hit *hits, const grid_hit *right) {
    for (size_t i = 0; i < POINTS; i++)
        assert_true(hits[i].unit == right[i].unit && hits[i].claims == right[i].claims &&
                    hits[i].border == right[i].border);
}

/* Wherever a byte is changed: refused on opening, told afterwards, or never looked at. */
static void a_damaged_block_is_told_before_it_is_trusted(void **state) {
    (void)state;
    const char *path = "test_locate_lazy.gridx";
    const town t = {24, 16, 40, 300, 500000, 3400000, 1};
    grid_shapes *s = town_grids(&t);
    const char **codes = town_codes(s->n);
    const grid_locate_layer layer = {.name = "grid", .shapes = s, .code = codes};
    static grid_hit right[POINTS], hits[POINTS];
    static double right_m[POINTS], nearest_m[POINTS];
    grid_locator *l;
    grid_error err;
    assert_int_equal(grid_locator_build(&layer, 1, NULL, &l, &err), GRID_OK);
    look_up(l, &t, right, right_m);
    assert_int_equal(grid_locator_save(l, path, "", "", true, &err), GRID_OK);
    grid_locator_free(l);
    assert_int_equal(grid_locator_open_lazily(path, &l, &err), GRID_OK);
    long size = (long)l->image->size;
    assert_true(size > 1 << 20);
    assert_false(atomic_load(&l->guard->whole));
    look_up(l, &t, hits, nearest_m);
    assert_int_equal(grid_locator_check(l, &err), GRID_OK);
    assert_same(hits, right);
    assert_memory_equal(nearest_m, right_m, sizeof right_m);
    grid_locator_free(l);

    size_t refused = 0, told = 0, unseen = 0;
    for (long at = 3; at < size; at += size / 150) {
        flip(path, at);
        assert_int_equal(grid_locator_open(path, &l, &err), GRID_E_INPUT);
        if (grid_locator_open_lazily(path, &l, &err) != GRID_OK) {
            refused++;
        } else {
            look_up(l, &t, hits, nearest_m);
            if (grid_locator_check(l, &err) == GRID_OK) {
                unseen++;
                assert_same(hits, right);
                assert_memory_equal(nearest_m, right_m, sizeof right_m);
            } else {
                told++;
            }
            assert_int_equal(grid_locator_save(l, "never.gridx", "", "", true, &err), GRID_E_INPUT);
            grid_locator_free(l);
        }
        flip(path, at);
    }
    assert_true(refused > 0 && told > 50 && refused + told + unseen >= 150);
    remove(path);
    grid_shapes_free(s);
    free(codes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unit_owns_its_west_and_south_borders),
        cmocka_unit_test(the_outer_rim_is_closed),
        cmocka_unit_test(what_is_no_place_is_nowhere),
        cmocka_unit_test(overlaps_and_gaps_are_told),
        cmocka_unit_test(a_layer_without_areas_answers_nobody),
        cmocka_unit_test(the_nearest_unit_is_found),
        cmocka_unit_test(units_in_a_box_are_found),
        cmocka_unit_test(units_that_overlap_in_a_point_are_found),
        cmocka_unit_test(an_index_file_is_used_only_when_whole),
        cmocka_unit_test(a_damaged_block_is_told_before_it_is_trusted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
