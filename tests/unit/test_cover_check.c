/* The certificate: from arrays, and over the generated cases. */
#include <grid/cover.h>

#include "cases.h"
#include "wkt.h"

static grid_shapes *shapes_of(size_t n, const char *const *wkt) {
    grid_shapes *s = grid_shapes_new();
    for (size_t i = 0; i < n; i++)
        wkt_add(s, wkt[i]);
    return s;
}

static grid_seam check(const char *parent, size_t n, const char *const *children,
                       unsigned threads) {
    grid_shapes *p = shapes_of(1, &parent), *c = shapes_of(n, children);
    uint32_t *parent_of = calloc(n + 1, sizeof *parent_of);
    grid_seam seam;
    grid_context ctx = {.threads = threads};
    assert_int_equal(grid_cover_check(p, c, parent_of, &ctx, &seam, NULL), GRID_OK);
    free(parent_of);
    grid_shapes_free(p);
    grid_shapes_free(c);
    return seam;
}

#define CHECK(parent, ...)                                                                         \
    check(parent, sizeof((const char *[]){__VA_ARGS__}) / sizeof(char *),                          \
          (const char *[]){__VA_ARGS__}, 2)

static void halves_tile_a_square(void **state) {
    (void)state;
    grid_seam s = CHECK("POLYGON((0 0,2 0,4 0,4 4,2 4,0 4,0 0))", "POLYGON((0 0,2 0,2 4,0 4,0 0))",
                        "POLYGON((2 0,4 0,4 4,2 4,2 0))");
    assert_true(s.exact);
    assert_int_equal(s.n_children, 2);
    /* Another start, direction, repeated vertices, -0: the same edges and the same digest but for
       the repeated vertex. */
    grid_seam t = CHECK("POLYGON((4 4,4 0,2 0,0 0,0 4,2 4,4 4))", "POLYGON((2 0,4 0,4 4,2 4,2 0))",
                        "POLYGON((-0 4,2 4,2 0,0 -0,0 4))");
    assert_true(t.exact);
    assert_true(s.digest.a == t.digest.a && s.digest.b == t.digest.b);
    grid_seam u = CHECK("POLYGON((4 4,4 0,2 0,0 0,0 4,2 4,4 4))",
                        "POLYGON((2 0,4 0,4 4,4 4,2 4,2 0))", "POLYGON((0 4,2 4,2 0,0 0,0 4))");
    assert_true(u.exact);
    assert_false(s.digest.a == u.digest.a);
}

static void one_ulp_is_a_gap(void **state) {
    (void)state;
    char moved[128];
    snprintf(moved, sizeof moved, "POLYGON((0 0,%.17g 0,2 4,0 4,0 0))", nextafter(2, 0));
    grid_seam s = CHECK("POLYGON((0 0,2 0,4 0,4 4,2 4,0 4,0 0))", moved,
                        "POLYGON((2 0,4 0,4 4,2 4,2 0))");
    assert_false(s.exact);
    assert_int_equal(s.n_bad, 0);
    assert_int_equal(s.n_residual_edges, 4);
    assert_true(fabs(s.residual_length - (2 * 4 + 4)) < 1e-9);
}

static void rings_must_be_simple(void **state) {
    (void)state;
    /* Edges cancel, but a spike sticks out. */
    assert_int_equal(
        CHECK("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((0 0,4 0,5 9,4 0,4 4,0 4,0 0))").n_bad, 1);
    /* A hole outside its shell, made good by another unit: sums agree, areas do not. */
    grid_seam s = CHECK("POLYGON((0 0,4 0,4 4,0 4,0 0))",
                        "POLYGON((0 0,4 0,4 4,0 4,0 0),(8 0,8 1,9 1,9 0,8 0))",
                        "POLYGON((8 0,9 0,9 1,8 1,8 0))");
    assert_int_equal(s.n_residual_edges, 0);
    assert_int_equal(s.n_bad, 1);
    assert_false(s.exact);
    /* Bow-tie through a vertex: it crosses, though no two edges do. */
    assert_int_equal(
        CHECK("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((0 0,2 2,4 4,4 0,2 2,0 4,0 0))").n_bad, 1);
    /* The same touch without crossing is an area. */
    assert_int_equal(
        CHECK("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((0 0,2 2,4 0,4 4,2 2,0 4,0 0))").n_bad, 0);
    assert_int_equal(CHECK("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((0 0,4 0,4 4,0 4))").n_bad,
                     1);
    assert_int_equal(CHECK("POLYGON((0 0,4 0,4 4,0 4,0 0))", NULL).n_bad, 1);
    assert_int_equal(CHECK("POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((0 0,4 0,4 nan,0 0))").n_bad,
                     1);
}

static void holes_and_parts_nest(void **state) {
    (void)state;
    const char *ring = "POLYGON((0 0,9 0,9 9,0 9,0 0),(3 3,6 3,6 6,3 6,3 3))";
    assert_true(CHECK(ring, ring).exact);
    assert_true(
        CHECK("POLYGON((0 0,9 0,9 9,0 9,0 0))", ring, "POLYGON((3 3,3 6,6 6,6 3,3 3))").exact);
    /* An island in a lake of the same unit. */
    assert_int_equal(CHECK(ring, "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0),(3 3,6 3,6 6,3 6,3 3)),"
                                 "((4 4,5 4,5 5,4 5,4 4)))")
                         .n_bad,
                     0);
    /* A part inside another part. */
    assert_int_equal(
        CHECK(ring, "MULTIPOLYGON(((0 0,9 0,9 9,0 9,0 0)),((4 4,5 4,5 5,4 5,4 4)))").n_bad, 1);
    /* A hole with all its vertices on the shell, inside and outside. */
    assert_int_equal(CHECK(ring, "POLYGON((0 0,4 0,8 0,8 8,0 8,0 0),(4 0,8 4,4 8,0 4,4 0))").n_bad,
                     0);
    assert_int_equal(
        CHECK(ring, "POLYGON((4 0,8 0,8 4,4 4,4 8,0 8,0 4,4 4,4 0),(4 4,8 4,8 8,4 8,4 4))").n_bad,
        1);
}

static void shared_edges_are_no_area(void **state) {
    (void)state;
    assert_int_equal(CHECK("POLYGON((0 0,4 0,4 4,0 4,0 0))",
                           "MULTIPOLYGON(((0 0,2 0,2 4,0 4,0 0)),((2 0,4 0,4 4,2 4,2 0)))")
                         .n_bad,
                     1);
}

static void each_parent_has_its_verdict(void **state) {
    (void)state;
    const char *p[] = {"POLYGON((0 0,4 0,4 4,0 4,0 0))", "POLYGON((4 0,8 0,8 4,4 4,4 0))"};
    const char *c[] = {"POLYGON((4 0,8 0,8 4,4 4,4 0))", "POLYGON((0 0,4 0,4 4,0 4,0 0))",
                       "POLYGON((4 0,8 0,8 4,4 4,4 0))", "POLYGON((4 0,8 0,8 4,4 4,4 0))"};
    const uint32_t parent_of[] = {1, 0, GRID_NONE, 1};
    grid_shapes *ps = shapes_of(2, p), *cs = shapes_of(4, c);
    grid_seam seam[2];
    assert_int_equal(grid_cover_check(ps, cs, parent_of, NULL, seam, NULL), GRID_OK);
    assert_true(seam[0].exact);
    assert_false(seam[1].exact);
    assert_int_equal(seam[1].n_children, 2);
    assert_int_equal(seam[1].n_residual_edges, 4);
    grid_shapes_free(ps);
    grid_shapes_free(cs);
}

/* ---- the generated cases -------------------------------------------------------- */

static const char *text_of(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}

static void check_injected(const json_t *c) {
    grid_shapes *parent = grid_shapes_new(), *units = grid_shapes_new();
    wkt_add(parent, text_of(c, "parent"));
    size_t i;
    json_t *wkt;
    json_array_foreach(json_object_get(c, "polygons"), i, wkt)
        wkt_add(units, json_string_value(wkt));
    uint32_t *parent_of = calloc(units->n + 1, sizeof *parent_of);
    grid_seam seam;
    assert_int_equal(grid_cover_check(parent, units, parent_of, NULL, &seam, NULL), GRID_OK);
    const json_t *expected = json_object_get(c, "expected");
    const json_t *residual = json_object_get(json_object_get(c, "oracle"), "residual");
    bool faultless = json_array_size(json_object_get(expected, "defects")) == 0;
    if (seam.exact != faultless)
        fail_msg("%s: exact %d", text_of(c, "id"), seam.exact);
    const json_t *edges = json_object_get(residual, "residual_edges");
    /* Where a ring runs against the parent's, an edge stands twice; the oracle counts it once. */
    bool folded = strstr(text_of(c, "id"), "bowtie") != NULL;
    if (edges != NULL && !folded && (size_t)json_integer_value(edges) != seam.n_residual_edges)
        fail_msg("%s: %zu residual edges, oracle %lld", text_of(c, "id"), seam.n_residual_edges,
                 json_integer_value(edges));
    free(parent_of);
    grid_shapes_free(parent);
    grid_shapes_free(units);
}

static void injected_cases_agree_with_the_oracle(void **state) {
    (void)state;
    each_case("injected", check_injected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_tile_a_square),
        cmocka_unit_test(one_ulp_is_a_gap),
        cmocka_unit_test(rings_must_be_simple),
        cmocka_unit_test(holes_and_parts_nest),
        cmocka_unit_test(shared_edges_are_no_area),
        cmocka_unit_test(each_parent_has_its_verdict),
        cmocka_unit_test(injected_cases_agree_with_the_oracle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
