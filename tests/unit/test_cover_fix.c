/* Repair: what is narrow is gone afterwards, what is good stays to the bit. */
#include <grid/cover.h>

#include "cases.h"
#include "wkt.h"

typedef struct layer_pair {
    grid_shapes *parent, *units;
    grid_cover_level level[2];
    const char **code;
} layer_pair;

static void open_pair(layer_pair *p, const char *parent, size_t n, const char *const *units) {
    static const char *const top[] = {"parent"};
    p->parent = grid_shapes_new();
    p->units = grid_shapes_new();
    p->code = calloc(n + 1, sizeof *p->code);
    wkt_add(p->parent, parent);
    for (size_t i = 0; i < n; i++) {
        char *code = malloc(32);
        snprintf(code, 32, "u%03zu", i);
        p->code[i] = code;
        wkt_add(p->units, units[i]);
    }
    p->level[0] = (grid_cover_level){.name = "parent", .shapes = p->parent, .code = top};
    p->level[1] = (grid_cover_level){.name = "unit", .shapes = p->units, .code = p->code};
}

static void close_pair(layer_pair *p) {
    for (size_t i = 0; i < p->units->n; i++)
        free((char *)p->code[i]);
    free(p->code);
    grid_shapes_free(p->parent);
    grid_shapes_free(p->units);
}

static grid_cover_fixed *fix(const grid_cover_level *levels, double tolerance, bool all) {
    static const bool may_change[] = {false, true};
    const grid_fix_options options = {.tolerance = tolerance, .all = all, .may_change = may_change};
    grid_cover_fixed *fixed;
    assert_int_equal(grid_cover_fix(levels, 2, &options, NULL, &fixed, NULL), GRID_OK);
    return fixed;
}

/* The levels with their repaired shapes. */
static void take_fixed(const grid_cover_level *levels, const grid_cover_fixed *fixed,
                       grid_cover_level *out) {
    for (size_t l = 0; l < 2; l++) {
        out[l] = levels[l];
        if (fixed->shapes[l] != NULL)
            out[l].shapes = fixed->shapes[l];
    }
}

static grid_cover_report *find(const grid_cover_level *levels, double tolerance) {
    const grid_cover_options options = {.tolerance = tolerance};
    grid_cover_report *report;
    assert_int_equal(grid_cover_find(levels, 2, &options, NULL, &report, NULL), GRID_OK);
    return report;
}

static size_t narrow_defects(const grid_cover_report *r) {
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->defect[i].severity < GRID_DEFECT_REAL;
    return n;
}

static bool has_vertex(const grid_shapes *s, grid_xy p) {
    for (size_t i = 0; i < s->n_xy; i++)
        if (s->xy[i].x == p.x && s->xy[i].y == p.y)
            return true;
    return false;
}

static size_t new_vertices(const grid_shapes *before, const grid_shapes *parent,
                           const grid_shapes *after) {
    size_t n = 0;
    for (size_t i = 0; i < after->n_xy; i++)
        n += !has_vertex(before, after->xy[i]) && !has_vertex(parent, after->xy[i]);
    return n;
}

static void missing_vertices_are_inserted(void **state) {
    (void)state;
    layer_pair p;
    const char *units[] = {"POLYGON((0 0,4 0,4 4,0 4,0 0))",
                           "POLYGON((4 0,8 0,8 4,4 4,4 3,4 1,4 0))"};
    open_pair(&p, "POLYGON((0 0,4 0,8 0,8 4,4 4,0 4,0 0))", 2, units);
    grid_cover_fixed *fixed = fix(p.level, 0.5, false);
    grid_cover_level after[2];
    take_fixed(p.level, fixed, after);
    grid_cover_report *r = find(after, 0.5);
    assert_int_equal(r->n, 0);
    assert_true(r->seam[1][0].exact);
    assert_int_equal(fixed->n, 1);
    assert_int_equal(fixed->change[0].unit, 0);
    assert_int_equal(fixed->change[0].vertices_after, 7);
    grid_cover_report_free(r);
    grid_cover_fixed_free(fixed);
    close_pair(&p);
}

static void slivers_go_to_one_unit(void **state) {
    (void)state;
    layer_pair p;
    /* A gap between the first two, an overlap between the next, overflow at the end. */
    const char *units[] = {"POLYGON((0 0,3.9 0,3.9 4,0 4,0 0))",
                           "POLYGON((4 0,8.1 0,8.1 4,4 4,4 0))",
                           "POLYGON((8 0,12.1 0,12.1 4,8 4,8 0))"};
    open_pair(&p, "POLYGON((0 0,12 0,12 4,0 4,0 0))", 3, units);
    grid_cover_fixed *fixed = fix(p.level, 0.5, false);
    grid_cover_level after[2];
    take_fixed(p.level, fixed, after);
    grid_cover_report *r = find(after, 0.5);
    assert_int_equal(r->n, 0);
    double area = 0;
    for (size_t f = 0; f < 3; f++)
        area += grid_shapes_area(after[1].shapes, f);
    assert_true(fabs(area - 48) < 1e-12);
    grid_cover_report_free(r);
    grid_cover_fixed_free(fixed);
    close_pair(&p);
}

static void wide_faults_stay_unless_all_are_wanted(void **state) {
    (void)state;
    layer_pair p;
    const char *units[] = {"POLYGON((0 0,3 0,3 4,0 4,0 0))", "POLYGON((4 0,8 0,8 4,4 4,4 0))",
                           "POLYGON((5 1,6 1,6 2,5 2,5 1))"};
    open_pair(&p, "POLYGON((0 0,3 0,4 0,8 0,8 4,4 4,3 4,0 4,0 0))", 3, units);
    grid_cover_fixed *fixed = fix(p.level, 0.1, false);
    assert_int_equal(fixed->n, 0);
    grid_cover_fixed_free(fixed);
    fixed = fix(p.level, 0.1, true);
    grid_cover_level after[2];
    take_fixed(p.level, fixed, after);
    grid_cover_report *r = find(after, 0.1);
    assert_int_equal(r->n, 0);
    /* The contained unit is not emptied: the other one gets a hole. */
    assert_true(grid_shapes_area(after[1].shapes, 2) == 1);
    assert_true(grid_shapes_area(after[1].shapes, 1) == 19 ||
                grid_shapes_area(after[1].shapes, 1) == 15);
    grid_cover_report_free(r);
    grid_cover_fixed_free(fixed);
    close_pair(&p);
}

/* ---- the generated cases ---------------------------------------------------------------- */

static void print_defects(const layer_pair *p, const grid_cover_report *r) {
    for (size_t i = 0; i < r->n; i++) {
        print_message("  %s %s area %.12g width %.3g:", grid_defect_name(r->defect[i].kind),
                      grid_defect_severity_name(r->defect[i].severity), r->defect[i].area,
                      r->defect[i].width);
        for (uint32_t u = 0; u < r->defect[i].n_units; u++)
            print_message(" %s", p->code[r->defect[i].unit[u]]);
        print_message("\n");
    }
}

static void check_case(const json_t *c) {
    const char *id = json_string_value(json_object_get(c, "id"));
    if (strstr(id, "nan_") != NULL || strstr(id, "inf_") != NULL)
        return;
    const json_t *polygons = json_object_get(c, "polygons");
    size_t n = json_array_size(polygons);
    const char **wkt = calloc(n, sizeof *wkt);
    for (size_t i = 0; i < n; i++)
        wkt[i] = json_string_value(json_array_get(polygons, i));
    layer_pair p;
    open_pair(&p, json_string_value(json_object_get(c, "parent")), n, wkt);
    double tolerance = 0.6 * json_number_value(json_object_get(c, "unit_per_metre"));
    grid_cover_report *before = find(p.level, tolerance);
    grid_cover_fixed *fixed = fix(p.level, tolerance, false);
    grid_cover_level after[2];
    take_fixed(p.level, fixed, after);
    grid_cover_report *r = find(after, tolerance);
    bool folded = strstr(id, "bowtie") != NULL || strstr(id, "multipart_shared") != NULL;
    if (narrow_defects(r) > 0 && !folded) {
        print_defects(&p, r);
        fail_msg("%s: %zu narrow defects are left", id, narrow_defects(r));
    }
    if (before->n == 0 && fixed->n > 0)
        fail_msg("%s: %zu units of a valid layer changed", id, fixed->n);
    if (r->n > before->n)
        fail_msg("%s: repair made defects", id);
    size_t fresh = new_vertices(p.units, p.parent, after[1].shapes);
    if (fresh > 16)
        fail_msg("%s: %zu new vertices", id, fresh);
    grid_cover_fixed *again = fix(after, tolerance, false);
    if (again->n > 0)
        fail_msg("%s: a second run changed %zu units", id, again->n);
    grid_cover_fixed_free(again);
    grid_cover_report_free(before);
    grid_cover_report_free(r);
    grid_cover_fixed_free(fixed);
    close_pair(&p);
    free(wkt);
}

static void narrow_faults_of_the_cases_are_repaired(void **state) {
    (void)state;
    each_case("injected", check_case);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_vertices_are_inserted),
        cmocka_unit_test(slivers_go_to_one_unit),
        cmocka_unit_test(wide_faults_stay_unless_all_are_wanted),
        cmocka_unit_test(narrow_faults_of_the_cases_are_repaired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
