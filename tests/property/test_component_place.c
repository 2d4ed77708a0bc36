/*
 * Random inventories against a brute-force oracle: each component's grid, whether its circle
 * crosses a border, that codes are unique and a second run changes nothing. GRID_SEEDS sets how
 * many (200).
 */
#include "unit.h"

#include <grid/component.h>

enum { SIDE = 4, CELL_M = 100, N_UNITS = SIDE * SIDE, N_ROWS = 120 };

static grid_error err;
static uint64_t state_of_random;

static double next_random(void) {
    state_of_random = state_of_random * 6364136223846793005U + 1442695040888963407U;
    return (double)(state_of_random >> 11) / 9007199254740992.0;
}

static void add_chain(grid_shapes *s, grid_shape_kind kind, const grid_xy *xy, size_t n) {
    assert_true(grid_shapes_begin(s, kind) && grid_shapes_begin_part(s) &&
                grid_shapes_begin_chain(s));
    for (size_t i = 0; i < n; i++)
        assert_true(grid_shapes_add(s, xy[i].x, xy[i].y));
}

/* Corners of a lattice, each moved a little, so that borders run in all directions. */
static grid_shapes *make_units(char code[N_UNITS][16], const char **codes) {
    grid_xy corner[SIDE + 1][SIDE + 1];
    for (int i = 0; i <= SIDE; i++)
        for (int k = 0; k <= SIDE; k++)
            corner[i][k] = (grid_xy){i * CELL_M + 40 * next_random(),
                                     k * CELL_M + 40 * next_random()};
    grid_shapes *s = grid_shapes_new();
    for (int i = 0; i < SIDE; i++)
        for (int k = 0; k < SIDE; k++) {
            grid_xy ring[5] = {corner[i][k], corner[i + 1][k], corner[i + 1][k + 1],
                               corner[i][k + 1], corner[i][k]};
            add_chain(s, GRID_SHAPE_AREA, ring, 5);
            snprintf(code[i * SIDE + k], 16, "410482001001%03u",
                     (unsigned)(i * SIDE + k + 1) % 1000U);
            codes[i * SIDE + k] = code[i * SIDE + k];
        }
    return s;
}

static double distance_to_border(const grid_shapes *s, grid_xy p) {
    double best = INFINITY;
    for (size_t c = 0; c < s->n_chains; c++)
        for (size_t i = s->xy_start[c]; i + 1 < s->xy_start[c + 1]; i++) {
            grid_xy a = s->xy[i], b = s->xy[i + 1];
            double dx = b.x - a.x, dy = b.y - a.y;
            double t = ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy);
            t = fmin(1, fmax(0, t));
            best = fmin(best, hypot(a.x + t * dx - p.x, a.y + t * dy - p.y));
        }
    return best;
}

/* Feeds the rows; the components are borrowed from the import. */
static const grid_component *run(grid_component_import *import, const grid_shapes *points,
                                 const bool *coarse, bool *kept, size_t *n) {
    const grid_component *components;
    for (size_t i = 0; i < points->n; i++) {
        grid_component_row row = {.shapes = points, .feature = i, .line = i + 1};
        grid_component_verdict verdict;
        row.text[GRID_FIELD_CLASS] = coarse[i] ? "02001" : "01003";
        assert_int_equal(grid_component_import_add(import, &row, &verdict, &err), GRID_OK);
        kept[i] = verdict.reason == GRID_REJECT_NONE;
        if (!kept[i])
            assert_true(verdict.reason == GRID_REJECT_OUTSIDE ||
                        verdict.reason == GRID_REJECT_PLACE_DUPLICATE);
    }
    assert_int_equal(grid_component_import_finish(import, &components, n, &err), GRID_OK);
    return components;
}

static void check_components(const grid_component *c, size_t n, const grid_shapes *units,
                             const grid_shapes *points) {
    for (size_t i = 0; i < n; i++) {
        grid_xy p = points->xy[c[i].line - 1];
        assert_true(grid_shapes_covers(units, c[i].unit, p.x, p.y));
        double distance = distance_to_border(units, p);
        if (fabs(distance - c[i].cls->accuracy_m) > 1e-9)
            assert_int_equal(c[i].uncertain, distance < c[i].cls->accuracy_m);
        if (i > 0)
            assert_true(strcmp(c[i - 1].code, c[i].code) < 0);
    }
}

static void check_seed(const grid_classes *classes) {
    char code[N_UNITS][16];
    const char *codes[N_UNITS];
    bool coarse[N_ROWS], kept[N_ROWS];
    grid_shapes *units = make_units(code, codes), *points = grid_shapes_new();
    grid_locator *locator;
    grid_locate_layer layer = {"grid", units, codes, NULL, NULL};
    assert_int_equal(grid_locator_build(&layer, 1, NULL, &locator, &err), GRID_OK);
    for (size_t i = 0; i < N_ROWS; i++) {
        grid_xy p = {(SIDE + 0.4) * CELL_M * next_random(), (SIDE + 0.4) * CELL_M * next_random()};
        if (i % 10 == 9)
            p = points->xy[i / 2];
        coarse[i] = next_random() < 0.3;
        add_chain(points, GRID_SHAPE_POINT, &p, 1);
    }
    grid_component_rules rules = {2026, "410482", classes, units, codes, locator, false};
    grid_component_import *first, *second;
    size_t n, n_again;
    assert_int_equal(grid_component_import_new(&rules, "s", &first, &err), GRID_OK);
    const grid_component *c = run(first, points, coarse, kept, &n);
    check_components(c, n, units, points);
    for (size_t i = 0, k = 0; i < N_ROWS; i++) {
        bool inside = false;
        for (size_t u = 0; u < N_UNITS; u++)
            inside |= grid_shapes_covers(units, u, points->xy[i].x, points->xy[i].y);
        if (kept[i])
            assert_true(inside && ++k <= n);
    }
    assert_int_equal(grid_component_import_new(&rules, "s", &second, &err), GRID_OK);
    for (size_t i = 0; i < n; i++) {
        grid_component_known known = {c[i].code, c[i].cls->code, "s",        "",
                                      c[i].x,    c[i].y,         c[i].digest};
        assert_int_equal(grid_component_import_know(second, &known, &err), GRID_OK);
    }
    const grid_component *again = run(second, points, coarse, kept, &n_again);
    assert_int_equal(n_again, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(again[i].action, GRID_COMPONENT_SAME);
        assert_string_equal(again[i].code, c[i].code);
    }
    grid_component_import_free(first);
    grid_component_import_free(second);
    grid_locator_free(locator);
    grid_shapes_free(units);
    grid_shapes_free(points);
}

static void agrees_with_the_oracle(void **state) {
    (void)state;
    const char *wanted = getenv("GRID_SEEDS");
    long seeds = wanted ? atol(wanted) : 200;
    static const grid_class table[] = {
        {2026, "01003", "雨水井盖", "", "", "", GRID_SHAPE_POINT, 0.5},
        {2026, "02001", "停车场", "", "", "", GRID_SHAPE_AREA, 10},
    };
    grid_classes *classes;
    assert_int_equal(grid_classes_new(&classes, &err), GRID_OK);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(grid_classes_add(classes, &table[i], &err), GRID_OK);
    for (long seed = 1; seed <= seeds; seed++) {
        state_of_random = (uint64_t)seed;
        check_seed(classes);
    }
    grid_classes_free(classes);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(agrees_with_the_oracle)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
