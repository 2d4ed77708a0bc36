/*
 * The validation cases of other projects. Where they and we differ, the difference is one of these:
 *   - they judge pairs of polygons and call a coverage with holes valid: an enclosed gap is a
 *     defect to us unless a parent has the hole;
 *   - they ask for a vertex where another polygon touches an edge in one point only: no border is
 *     shared there, so nothing can be unequal along it;
 *   - they call gaps narrower than a given width invalid also at the outer edge: without a parent
 *     nobody can say that such a gore is one.
 */
#include <grid/cover.h>

#include "cases.h"
#include "wkt.h"

static grid_cover_report *find(const json_t *c, double tolerance) {
    grid_shapes *units = grid_shapes_new();
    size_t i;
    json_t *wkt;
    json_array_foreach(json_object_get(c, "polygons"), i, wkt)
        wkt_add(units, json_string_value(wkt));
    const grid_cover_level level = {.name = "unit", .shapes = units};
    const grid_cover_options options = {.tolerance = tolerance};
    grid_cover_report *r;
    assert_int_equal(grid_cover_find(&level, 1, &options, NULL, &r, NULL), GRID_OK);
    grid_shapes_free(units);
    return r;
}

static size_t count(const grid_cover_report *r, bool (*of)(grid_defect_kind)) {
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += of(r->defect[i].kind);
    return n;
}

static bool is_overlap(grid_defect_kind k) {
    return k == GRID_DEFECT_OVERLAP || k == GRID_DEFECT_DUPLICATE || k == GRID_DEFECT_CONTAINED;
}

static bool is_mismatch(grid_defect_kind k) {
    return k == GRID_DEFECT_VERTEX_MISMATCH;
}

static bool is_gap(grid_defect_kind k) {
    return k == GRID_DEFECT_GAP;
}

static size_t checked;

/* The rational oracle says of every case whether areas overlap and whether edges differ. */
static void check_validate(const json_t *c) {
    const char *kind = json_string_value(json_object_get(c, "kind"));
    if (strncmp(kind, "validate", 8) != 0)
        return;
    const char *id = json_string_value(json_object_get(c, "id"));
    const json_t *oracle = json_object_get(c, "oracle");
    bool overlap = json_is_true(json_object_get(oracle, "overlap"));
    bool mismatch = json_is_true(json_object_get(oracle, "edge_mismatch"));
    bool valid = json_is_true(json_object_get(oracle, "pairwise_valid"));
    grid_cover_report *r = find(c, 1);
    size_t n_overlaps = count(r, is_overlap), n_mismatches = count(r, is_mismatch);
    if ((n_overlaps > 0) != overlap)
        fail_msg("%s: %zu overlaps", id, n_overlaps);
    if (valid && n_overlaps + n_mismatches > 0)
        fail_msg("%s: false alarm", id);
    bool touch_only = strstr(id, "VertexTouchesSegment") != NULL ||
                      strstr(id, "test_non_planar_edges") != NULL;
    if (!overlap && mismatch && !touch_only && n_mismatches + count(r, is_gap) == 0)
        fail_msg("%s: no mismatch", id);
    grid_cover_report_free(r);
    checked++;
}

/* Gaps that they list are among ours, with the same area. */
static void check_gaps(const json_t *c) {
    if (strcmp(json_string_value(json_object_get(c, "kind")), "gaps") != 0)
        return;
    const json_t *expected = json_object_get(c, "expected");
    grid_cover_report *r = find(c, 1);
    size_t i;
    json_t *gap;
    json_array_foreach(json_object_get(expected, "gaps"), i, gap) {
        grid_shapes *one = grid_shapes_new();
        wkt_add(one, json_string_value(gap));
        bool found = false;
        for (size_t d = 0; d < r->n; d++)
            found |= is_gap(r->defect[d].kind) &&
                     fabs(r->defect[d].area - grid_shapes_area(one, 0)) < 1e-9;
        assert_true(found);
        grid_shapes_free(one);
    }
    /* Gaps in a row between the same units are one defect. */
    double theirs = 0, ours = 0;
    json_array_foreach(json_object_get(expected, "gap_areas"), i, gap)
        theirs += json_number_value(gap);
    for (size_t d = 0; d < r->n; d++)
        ours += is_gap(r->defect[d].kind) ? r->defect[d].area : 0;
    if (theirs > 0)
        assert_true(fabs(ours - theirs) < 1e-9);
    grid_cover_report_free(r);
    checked++;
}

#define SNAPS "they snap vertices within a distance; we move no vertex that is not wrong"
#define EMPTIES "they empty the smaller of two; we empty no unit"
#define LEAVES_WIDE "they leave gaps above a width; asked to, we fill all"
#define OTHER_RULE                                                                                 \
    "another rule by option; ours is longest border, then larger area, then lower code"

/* Where a cleaned coverage of ours has other areas than theirs, and why. */
static const struct {
    const char *id, *why;
} other_areas[] = {{"jts/CoverageCleanerTest/testPolygonSnappedPreserved", SNAPS},
                   {"jts/CoverageCleanerTest/testPolygonsSnappedPreserved", SNAPS},
                   {"jts/CoverageCleanerTest/testPolygonsSnappedCollapse", SNAPS},
                   {"geoplanar/test_gap/test_snap_above_threshold", SNAPS},
                   {"jts/CoverageCleanerTest/testMergeGapWidth_0", LEAVES_WIDE},
                   {"jts/CoverageCleanerTest/testMergeGapWidth_1", LEAVES_WIDE},
                   {"jts/CoverageCleanerTest/testDuplicateItems", EMPTIES},
                   {"jts/CoverageCleanerTest/testCoveredItem", EMPTIES},
                   {"jts/CoverageCleanerTest/testCoveredItemMultiPolygon", EMPTIES},
                   {"geoplanar/test_overlap/test_trim_overlaps_multiple#2", EMPTIES},
                   {"jts/CoverageCleanerTest/testMergeOverlapMaxArea", OTHER_RULE},
                   {"geoplanar/test_gap/test_fill_gaps", OTHER_RULE},
                   {"geoplanar/test_gap/test_fill_gaps_gaps_df", OTHER_RULE},
                   {"geoplanar/test_overlap/test_trim_overlaps", OTHER_RULE}};

static const char *why_others(const char *id) {
    for (size_t i = 0; i < sizeof other_areas / sizeof *other_areas; i++)
        if (strcmp(other_areas[i].id, id) == 0)
            return other_areas[i].why;
    return NULL;
}

/* The areas that they expect, unit by unit; false where they only say "valid". */
static bool expected_areas(const json_t *c, double *area) {
    const json_t *expected = json_object_get(c, "expected");
    const json_t *areas = json_object_get(expected, "cleaned_areas");
    const json_t *shapes = json_object_get(expected, "cleaned");
    size_t i;
    json_t *one;
    json_array_foreach(areas, i, one) area[i] = json_number_value(one);
    json_array_foreach(shapes, i, one) {
        grid_shapes *s = grid_shapes_new();
        if (strstr(json_string_value(one), "EMPTY") == NULL)
            wkt_add(s, json_string_value(one));
        area[i] = s->n > 0 ? grid_shapes_area(s, 0) : 0;
        grid_shapes_free(s);
    }
    return json_is_array(areas) || json_is_array(shapes);
}

static void compare_areas(const json_t *c, const char *id, const grid_shapes *ours) {
    double theirs[16];
    assert_true(ours->n <= 16);
    if (!expected_areas(c, theirs))
        return;
    bool same = true;
    for (size_t f = 0; f < ours->n; f++)
        same &= fabs(grid_shapes_area(ours, f) - theirs[f]) < 1e-9;
    const char *why = why_others(id);
    if (same && why != NULL)
        fail_msg("%s: no longer different (%s)", id, why);
    for (size_t f = 0; !same && why == NULL && f < ours->n; f++)
        print_error("unit %zu: theirs %g, ours %g\n", f, theirs[f], grid_shapes_area(ours, f));
    if (!same && why == NULL)
        fail_msg("%s: other areas than theirs", id);
}

/* Their cleaned coverages are valid; ours are when everything may be changed. */
static void check_clean(const json_t *c) {
    if (strcmp(json_string_value(json_object_get(c, "kind")), "clean") != 0)
        return;
    const char *id = json_string_value(json_object_get(c, "id"));
    grid_shapes *units = grid_shapes_new();
    size_t i;
    json_t *wkt;
    json_array_foreach(json_object_get(c, "polygons"), i, wkt)
        wkt_add(units, json_string_value(wkt));
    const grid_cover_level level = {.name = "unit", .shapes = units};
    static const bool may_change[] = {true};
    const grid_fix_options options = {.tolerance = 2, .all = true, .may_change = may_change};
    grid_cover_fixed *fixed;
    assert_int_equal(grid_cover_fix(&level, 1, &options, NULL, &fixed, NULL), GRID_OK);
    grid_cover_level after = level;
    if (fixed->shapes[0] != NULL)
        after.shapes = fixed->shapes[0];
    const grid_cover_options how = {.tolerance = 1};
    grid_cover_report *r;
    assert_int_equal(grid_cover_find(&after, 1, &how, NULL, &r, NULL), GRID_OK);
    for (i = 0; i < r->n; i++) {
        grid_defect_kind k = r->defect[i].kind;
        /* What is no area stays for a human; no unit is emptied, so duplicates stay too. */
        if (is_overlap(k) ? k != GRID_DEFECT_DUPLICATE : is_gap(k) || is_mismatch(k))
            fail_msg("%s: %s is left", id, grid_defect_name(k));
    }
    compare_areas(c, id, after.shapes);
    for (size_t f = 0; f < units->n; f++)
        if (grid_shapes_area(units, f) > 0)
            assert_true(grid_shapes_area(after.shapes, f) > 0);
    grid_cover_report_free(r);
    grid_cover_fixed_free(fixed);
    grid_shapes_free(units);
    checked++;
}

static void each_peer(void (*check)(const json_t *)) {
    checked = 0;
    each_case("jts", check);
    each_case("shapely_geopandas", check);
    each_case("geoplanar", check);
    print_message("%zu cases\n", checked);
    assert_true(checked > 0);
}

static void validation_agrees(void **state) {
    (void)state;
    each_peer(check_validate);
}

static void gaps_are_found(void **state) {
    (void)state;
    each_peer(check_gaps);
}

static void cleaned_coverages_are_valid(void **state) {
    (void)state;
    each_peer(check_clean);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(validation_agrees),
        cmocka_unit_test(gaps_are_found),
        cmocka_unit_test(cleaned_coverages_are_valid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
