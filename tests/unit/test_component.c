/* Components from arrays: names, codes, dates, places, checks, duplicates, serials. */
#include "unit.h"

#include <grid/component.h>

static grid_error err;

/* ---- a small table of classes ----------------------------------------------------------- */

static grid_classes *make_classes(void) {
    static const grid_class table[] = {
        {2026, "01001", "供水井盖", "water supply cover", "", "0101", GRID_SHAPE_POINT, 0.5},
        {2026, "01003", "雨水井盖", "storm drain cover", "", "0103", GRID_SHAPE_POINT, 0.5},
        {2026, "01004", "雨水箅子", "storm drain grate", "", "0104", GRID_SHAPE_POINT, 0.5},
        {2026, "01007", "通信井盖", "telecom cover", "", "0107", GRID_SHAPE_POINT, 0.5},
        {2026, "03005", "垃圾箱", "litter bin", "", "0305", GRID_SHAPE_POINT, 1},
        {2026, "03006", "户外广告", "outdoor advertisement", "", "", GRID_SHAPE_POINT, 1},
        {2026, "03007", "牌匾标识", "shop sign", "", "", GRID_SHAPE_POINT, 1},
        {2026, "02001", "停车场", "car park", "", "0201", GRID_SHAPE_AREA, 10},
        {2013, "0101", "上水井盖", "", "", "01001", GRID_SHAPE_POINT, 0.5},
        {2013, "0103", "雨水井盖", "", "", "01003", GRID_SHAPE_POINT, 0.5},
        {2013, "0107", "通讯井盖", "", "", "01007", GRID_SHAPE_POINT, 0.5},
        {2013, "0307", "广告牌匾", "", "", "03006 03007", GRID_SHAPE_POINT, 1},
        {2013, "0502", "人防工事", "", "", "", GRID_SHAPE_AREA, 10},
    };
    grid_classes *classes;
    assert_int_equal(grid_classes_new(&classes, &err), GRID_OK);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_int_equal(grid_classes_add(classes, &table[i], &err), GRID_OK);
    assert_int_equal(grid_classes_alias(classes, "篦子", "箅子", false, &err), GRID_OK);
    assert_int_equal(grid_classes_alias(classes, "通讯", "通信", false, &err), GRID_OK);
    assert_int_equal(grid_classes_alias(classes, "垃圾桶", "垃圾箱", true, &err), GRID_OK);
    return classes;
}

static void finds_classes(void **state) {
    (void)state;
    static const struct {
        const char *text;
        grid_standard standard;
        grid_class_match match;
        const char *code;
    } cases[] = {
        {"01003", 2026, GRID_CLASS_FOUND, "01003"},
        {"雨水井盖", 2026, GRID_CLASS_FOUND, "01003"},
        {"Storm Drain Cover", 2026, GRID_CLASS_FOUND, "01003"},
        {"　雨水井盖 ", 2026, GRID_CLASS_FOUND, "01003"},
        {"０１００３", 2026, GRID_CLASS_FOUND, "01003"},
        {"1003", 2026, GRID_CLASS_MAPPED, "01003"},   /* a spreadsheet ate the zero */
        {"1003.0", 2026, GRID_CLASS_MAPPED, "01003"}, /* ... and made it a number */
        {"103", 2026, GRID_CLASS_MAPPED, "01003"},
        {"0103", 2026, GRID_CLASS_MAPPED, "01003"},
        {"01003", 2013, GRID_CLASS_MAPPED, "0103"},
        {"上水井盖", 2026, GRID_CLASS_MAPPED, "01001"},
        {"雨水篦子", 2026, GRID_CLASS_MAPPED, "01004"},
        {"通讯井盖", 2026, GRID_CLASS_MAPPED, "01007"},
        {"垃圾桶", 2026, GRID_CLASS_MAPPED, "03005"},
        {"广告牌匾", 2026, GRID_CLASS_SPLIT, "0307"},
        {"人防工事", 2026, GRID_CLASS_NO_MATCH, "0502"},
        {"雨水井", 2026, GRID_CLASS_UNKNOWN, "01003"},
        {"water suply cover", 2026, GRID_CLASS_UNKNOWN, "01001"},
        {"火星探测器基地", 2026, GRID_CLASS_UNKNOWN, NULL},
        {"", 2026, GRID_CLASS_UNKNOWN, NULL},
    };
    grid_classes *classes = make_classes();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const grid_class *cls;
        grid_class_match match = grid_classes_find(classes, cases[i].standard, cases[i].text, &cls);
        if (match != cases[i].match)
            fail_msg("'%s' matched as %d", cases[i].text, (int)match);
        if (cases[i].code == NULL)
            assert_null(cls);
        else
            assert_string_equal(cls->code, cases[i].code);
    }
    grid_classes_free(classes);
}

static void replaces_a_class(void **state) {
    (void)state;
    grid_classes *classes = make_classes();
    grid_class mine = {2026, "01003", "雨水检查井", "", "", "", GRID_SHAPE_POINT, 2};
    const grid_class *cls;
    assert_int_equal(grid_classes_add(classes, &mine, &err), GRID_OK);
    assert_int_equal(grid_classes_find(classes, 2026, "01003", &cls), GRID_CLASS_FOUND);
    assert_string_equal(cls->name, "雨水检查井");
    mine.code = "103";
    assert_int_equal(grid_classes_add(classes, &mine, &err), GRID_E_INPUT);
    grid_classes_free(classes);
}

/* ---- words -------------------------------------------------------------------------- */

static void reads_dates(void **state) {
    (void)state;
    static const char *const good[][2] = {
        {"20130405", "2013-04-05"},     {"2013-4-5", "2013-04-05"},
        {"2013/04/05", "2013-04-05"},   {"2013年4月5日", "2013-04-05"},
        {"２０１３-4-5", "2013-04-05"}, {"2024-02-29T08:00:00", "2024-02-29"},
        {" 2000.2.29 ", "2000-02-29"},  {"2013-04-05 08:00", "2013-04-05"},
    };
    static const char *const bad[] = {
        "",         "2013",    "20130230", "1900-02-29", "2013-13-01", "44927",   "2013-4-5x",
        "0001-1-1", "2013--1", "5/4/2013", "99999999",   "2013年",     "2013-1-", "yesterday"};
    char out[11];
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        if (!grid_component_date(good[i][0], out))
            fail_msg("'%s' is a date", good[i][0]);
        assert_string_equal(out, good[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (grid_component_date(bad[i], out))
            fail_msg("'%s' is no date", bad[i]);
}

static void takes_places(void **state) {
    (void)state;
    grid_shapes *s = grid_shapes_new();
    static const double line[] = {0, 0, 10, 0, 10, 10};
    /* A U: its centroid lies outside. */
    static const double u[] = {0, 0, 9, 0, 9, 9, 6, 9, 6, 1, 3, 1, 3, 9, 0, 9, 0, 0};
    assert_true(grid_shapes_begin(s, GRID_SHAPE_LINE) && grid_shapes_begin_part(s) &&
                grid_shapes_begin_chain(s));
    for (size_t i = 0; i < 6; i += 2)
        assert_true(grid_shapes_add(s, line[i], line[i + 1]));
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
                grid_shapes_begin_chain(s));
    for (size_t i = 0; i < 18; i += 2)
        assert_true(grid_shapes_add(s, u[i], u[i + 1]));
    assert_true(grid_shapes_begin(s, GRID_SHAPE_NONE));
    grid_xy at;
    assert_true(grid_component_place(s, 0, &at));
    assert_true(at.x == 10 && at.y == 0);
    assert_true(grid_component_place(s, 1, &at));
    assert_true(grid_shapes_covers(s, 1, at.x, at.y));
    assert_false(grid_component_place(s, 2, &at));
    grid_shapes_free(s);
}

/* ---- import ------------------------------------------------------------------------- */

/* Two square grids of 100 m side by side, A west of B. */
typedef struct bench {
    grid_classes *classes;
    grid_shapes *units, *points;
    grid_locator *locator;
    grid_component_import *import;
    grid_component_verdict verdict;
    size_t line;
} bench;

static const char *const unit_codes[] = {"410482001001001", "410482001001002"};

static void add_square(grid_shapes *s, double x, double y, double side) {
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
                grid_shapes_begin_chain(s));
    assert_true(grid_shapes_add(s, x, y) && grid_shapes_add(s, x + side, y) &&
                grid_shapes_add(s, x + side, y + side) && grid_shapes_add(s, x, y + side) &&
                grid_shapes_add(s, x, y));
}

static void begin(bench *b, grid_standard standard) {
    *b = (bench){.classes = make_classes(), .units = grid_shapes_new()};
    add_square(b->units, 0, 0, 100);
    add_square(b->units, 100, 0, 100);
    grid_locate_layer layer = {"grid", b->units, unit_codes};
    assert_int_equal(grid_locator_build(&layer, 1, NULL, &b->locator, &err), GRID_OK);
    grid_component_rules rules = {standard,   "410482",   b->classes, b->units,
                                  unit_codes, b->locator, false};
    assert_int_equal(grid_component_import_new(&rules, "covers", &b->import, &err), GRID_OK);
    b->points = grid_shapes_new();
}

static void end(bench *b) {
    grid_component_import_free(b->import);
    grid_locator_free(b->locator);
    grid_shapes_free(b->units);
    grid_shapes_free(b->points);
    grid_classes_free(b->classes);
}

static grid_reject add(bench *b, double x, double y, const char *code, const char *cls,
                       const char *id) {
    grid_component_row row = {.shapes = b->points, .feature = b->points->n, .line = ++b->line};
    row.text[GRID_FIELD_CODE] = code;
    row.text[GRID_FIELD_CLASS] = cls;
    row.text[GRID_FIELD_LOCAL_ID] = id;
    assert_true(grid_shapes_begin(b->points, GRID_SHAPE_POINT) &&
                grid_shapes_begin_part(b->points) && grid_shapes_begin_chain(b->points) &&
                grid_shapes_add(b->points, x, y));
    assert_int_equal(grid_component_import_add(b->import, &row, &b->verdict, &err), GRID_OK);
    return b->verdict.reason;
}

static void gives_codes_in_order(void **state) {
    (void)state;
    bench b;
    const grid_component *c;
    size_t n;
    begin(&b, GRID_STANDARD_2026);
    assert_int_equal(add(&b, 10, 10, "", "雨水井盖", ""), GRID_REJECT_NONE);
    assert_int_equal(add(&b, 150, 90, "", "雨水井盖", ""), GRID_REJECT_NONE);
    assert_int_equal(add(&b, 10, 90, "", "雨水井盖", ""), GRID_REJECT_NONE);
    assert_int_equal(add(&b, 20, 20, "41048201003000007", NULL, ""), GRID_REJECT_NONE);
    assert_int_equal(add(&b, 50, 50, "", "垃圾桶", ""), GRID_REJECT_NONE);
    assert_true(b.verdict.class_mapped);
    assert_int_equal(grid_component_import_finish(b.import, &c, &n, &err), GRID_OK);
    assert_int_equal(n, 5);
    /* After serial 7: north first, then west to east. */
    assert_string_equal(c[0].code, "41048201003000007");
    assert_string_equal(c[1].code, "41048201003000008");
    assert_true(c[1].x == 10 && c[1].y == 90);
    assert_true(c[2].x == 150 && c[3].y == 10);
    assert_int_equal(c[2].unit, 1);
    assert_string_equal(c[4].code, "41048203005000001");
    assert_string_equal(grid_component_text(&c[4], GRID_FIELD_NAME), "垃圾箱");
    end(&b);
}

static void refuses_rows(void **state) {
    (void)state;
    bench b;
    begin(&b, GRID_STANDARD_2026);
    assert_int_equal(add(&b, 500, 10, "", "01003", ""), GRID_REJECT_OUTSIDE);
    assert_int_equal(add(&b, 1, 1, "", "", ""), GRID_REJECT_CLASS_MISSING);
    assert_int_equal(add(&b, 1, 1, "", "广告牌匾", ""), GRID_REJECT_CLASS_SPLIT);
    assert_int_equal(add(&b, 1, 1, "", "人防工事", ""), GRID_REJECT_CLASS_NO_MATCH);
    assert_int_equal(add(&b, 1, 1, "", "雨水盖", ""), GRID_REJECT_CLASS_UNKNOWN);
    assert_non_null(strstr(b.verdict.detail, "雨水井盖"));
    assert_int_equal(add(&b, 1, 1, "4.1048201003E+16", "", ""), GRID_REJECT_CODE_NUMBER);
    assert_int_equal(add(&b, 1, 1, "4104820103000000", "01003", ""), GRID_REJECT_CODE_SERIAL);
    assert_int_equal(add(&b, 1, 1, "410482010030", "01003", ""), GRID_REJECT_CODE_FORM);
    assert_int_equal(add(&b, 1, 1, "41048301003000001", "", ""), GRID_REJECT_CODE_COUNTY);
    assert_int_equal(add(&b, 1, 1, "41048201003000001", "01004", ""), GRID_REJECT_CODE_CLASS);
    assert_int_equal(add(&b, 1, 1, "41048201003000000", "", ""), GRID_REJECT_CODE_SERIAL);
    assert_int_equal(add(&b, 1, 1, "", "01003", "\xb2\xe2"), GRID_REJECT_TEXT);
    assert_int_equal(add(&b, 1, 1, "", "01003", "a"), GRID_REJECT_NONE);
    assert_int_equal(add(&b, 2, 1, "", "01003", "a"), GRID_REJECT_ID_DUPLICATE);
    assert_int_equal(add(&b, 1.0004, 1, "", "01003", "b"), GRID_REJECT_PLACE_DUPLICATE);
    assert_int_equal(add(&b, 1, 1, "", "01004", "b"), GRID_REJECT_NONE);
    assert_int_equal(add(&b, 3, 1, "41048201003000009", "", ""), GRID_REJECT_NONE);
    assert_int_equal(add(&b, 4, 1, "41048201003000009", "", ""), GRID_REJECT_CODE_DUPLICATE);
    end(&b);
}

static void marks_the_border(void **state) {
    (void)state;
    bench b;
    const grid_component *c;
    size_t n;
    begin(&b, GRID_STANDARD_2026);
    assert_int_equal(add(&b, 99.4, 50, "", "01003", ""), GRID_REJECT_NONE); /* A: 0.5 m */
    assert_int_equal(add(&b, 99.6, 49, "", "01003", ""), GRID_REJECT_NONE);
    assert_int_equal(add(&b, 95, 48, "", "停车场", ""), GRID_REJECT_NONE); /* C: 10 m */
    assert_true(b.verdict.surveyed_otherwise);
    assert_int_equal(add(&b, 100, 47, "", "01003", ""), GRID_REJECT_NONE); /* the east grid's */
    assert_int_equal(grid_component_import_finish(b.import, &c, &n, &err), GRID_OK);
    assert_int_equal(n, 4);
    assert_false(c[0].uncertain);
    assert_true(c[1].uncertain && c[1].unit == 0);
    assert_true(c[2].uncertain && c[2].unit == 1);
    assert_true(c[3].uncertain && c[3].cls->accuracy_m == 10);
    end(&b);
}

static void knows_what_was_there(void **state) {
    (void)state;
    bench b;
    const grid_component *c;
    const char *const *missing;
    size_t n, n_missing;
    begin(&b, GRID_STANDARD_2026);
    assert_int_equal(add(&b, 10, 10, "", "01003", "a"), GRID_REJECT_NONE);
    assert_int_equal(grid_component_import_finish(b.import, &c, &n, &err), GRID_OK);
    uint64_t digest = c[0].digest;
    end(&b);

    begin(&b, GRID_STANDARD_2026);
    grid_component_known known[] = {
        {"41048201003000001", "01003", "covers", "a", 10, 10, digest},
        {"41048201003000002", "01003", "covers", "b", 20, 10, 1},
        {"41048201003000003", "01003", "covers", "c", 30, 10, 2},
        {"41048201003000004", "01003", "others", "d", 40, 10, 3},
    };
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(grid_component_import_know(b.import, &known[i], &err), GRID_OK);
    assert_int_equal(grid_component_import_know_serial(b.import, "01003", 70, &err), GRID_OK);
    assert_int_equal(add(&b, 10, 10, "", "01003", "a"), GRID_REJECT_NONE);
    assert_int_equal(add(&b, 21, 10, "", "01003", "b"), GRID_REJECT_NONE); /* moved */
    assert_int_equal(add(&b, 40, 10, "", "01003", "x"), GRID_REJECT_NONE); /* found by place */
    assert_int_equal(add(&b, 50, 10, "", "01003", "new"), GRID_REJECT_NONE);
    assert_int_equal(grid_component_import_finish(b.import, &c, &n, &err), GRID_OK);
    assert_int_equal(n, 4);
    assert_int_equal(c[0].action, GRID_COMPONENT_SAME);
    assert_int_equal(c[1].action, GRID_COMPONENT_CHANGED);
    assert_string_equal(c[2].code, "41048201003000004");
    assert_string_equal(c[3].code, "41048201003000071");
    assert_int_equal(c[3].action, GRID_COMPONENT_NEW);
    assert_int_equal(grid_component_import_missing(b.import, &missing, &n_missing, &err), GRID_OK);
    assert_int_equal(n_missing, 1);
    assert_string_equal(missing[0], "41048201003000003");
    end(&b);
}

static void runs_out_of_serials(void **state) {
    (void)state;
    bench b;
    const grid_component *c;
    size_t n;
    begin(&b, GRID_STANDARD_2013);
    assert_int_equal(add(&b, 3, 1, "4104820103999999", "", ""), GRID_REJECT_NONE);
    assert_int_equal(add(&b, 4, 1, "", "雨水井盖", ""), GRID_REJECT_NONE);
    assert_int_equal(grid_component_import_finish(b.import, &c, &n, &err), GRID_E_INPUT);
    end(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_classes),        cmocka_unit_test(replaces_a_class),
        cmocka_unit_test(reads_dates),          cmocka_unit_test(takes_places),
        cmocka_unit_test(gives_codes_in_order), cmocka_unit_test(refuses_rows),
        cmocka_unit_test(marks_the_border),     cmocka_unit_test(knows_what_was_there),
        cmocka_unit_test(runs_out_of_serials),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
