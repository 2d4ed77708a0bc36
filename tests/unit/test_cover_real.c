/*
 * Repair of dirty layers as a city delivers them: afterwards the certificate holds, and every edge
 * that no listed defect is near is the same to the bit, in the same unit.
 */
#include "unit.h"

#include <grid/cover.h>
#include <grid/io.h>

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#define CAMBRIDGE GRID_SHARED_DIR "/data/cambridge/cambridge.gpkg"

static grid_layer *read_layer(const char *name) {
    char spec[512];
    grid_error err;
    grid_layer *layer;
    const grid_layer_options as_is = {.as_is = true};
    snprintf(spec, sizeof spec, "%s:%s", CAMBRIDGE, name);
    if (grid_layer_read(spec, &as_is, NULL, &layer, &err) != GRID_OK)
        fail_msg("%s: %s", spec, err.message);
    return layer;
}

/* An edge and whose it is. */
typedef struct edge {
    uint32_t unit;
    grid_xy a, b;
} edge;

static int compare_edges(const void *pa, const void *pb) {
    const edge *a = pa, *b = pb;
    const double x[] = {a->unit, a->a.x, a->a.y, a->b.x, a->b.y};
    const double y[] = {b->unit, b->a.x, b->a.y, b->b.x, b->b.y};
    for (int i = 0; i < 5; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

/* All edges, each from its smaller to its larger end, ordered: rings may turn round. */
static edge *edges_of(const grid_shapes *s, size_t *n) {
    edge *out = calloc(s->n_xy + 1, sizeof *out);
    *n = 0;
    for (uint32_t f = 0; f < s->n; f++)
        for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++)
            for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++)
                for (size_t i = s->xy_start[c]; i + 1 < s->xy_start[c + 1]; i++) {
                    grid_xy a = s->xy[i], b = s->xy[i + 1];
                    bool turned = b.x < a.x || (b.x == a.x && b.y < a.y);
                    if (a.x != b.x || a.y != b.y)
                        out[(*n)++] = turned ? (edge){f, b, a} : (edge){f, a, b};
                }
    qsort(out, *n, sizeof *out, compare_edges);
    return out;
}

/* From p to the segment a - b. */
static double distance(grid_xy p, grid_xy a, grid_xy b) {
    double dx = b.x - a.x, dy = b.y - a.y, length2 = dx * dx + dy * dy;
    double t = length2 > 0 ? ((p.x - a.x) * dx + (p.y - a.y) * dy) / length2 : 0;
    t = fmin(fmax(t, 0), 1);
    return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

static bool cross(grid_xy a, grid_xy b, grid_xy c, grid_xy d) {
    return grid_orient(a, b, c) * grid_orient(a, b, d) <= 0 &&
           grid_orient(c, d, a) * grid_orient(c, d, b) <= 0;
}

typedef struct search {
    const grid_shapes *defects;
    const edge *edge;
    double tolerance;
    bool near;
} search;

static bool look_at(void *user, size_t f) {
    search *s = user;
    const grid_shapes *d = s->defects;
    grid_xy a = s->edge->a, b = s->edge->b;
    for (size_t p = d->part_start[f]; p < d->part_start[f + 1] && !s->near; p++)
        for (size_t c = d->chain_start[p]; c < d->chain_start[p + 1] && !s->near; c++)
            for (size_t i = d->xy_start[c]; i < d->xy_start[c + 1] && !s->near; i++) {
                grid_xy v = d->xy[i], w = i + 1 < d->xy_start[c + 1] ? d->xy[i + 1] : v;
                s->near = distance(v, a, b) <= s->tolerance || distance(a, v, w) <= s->tolerance ||
                          distance(b, v, w) <= s->tolerance || cross(a, b, v, w);
            }
    return !s->near;
}

/* Whether an edge comes within a tolerance of a defect. */
static bool is_near(const grid_rtree *index, const grid_shapes *defects, const edge *e,
                    double tolerance) {
    grid_box box = grid_box_empty();
    grid_box_add(&box, e->a.x, e->a.y);
    grid_box_add(&box, e->b.x, e->b.y);
    box = (grid_box){box.min_x - tolerance, box.min_y - tolerance, box.max_x + tolerance,
                     box.max_y + tolerance};
    search s = {defects, e, tolerance, false};
    grid_rtree_find(index, &box, look_at, &s);
    return s.near;
}

static void compare_level(const grid_shapes *before, const grid_shapes *after,
                          const grid_rtree *index, const grid_shapes *defects, double tolerance,
                          size_t *n, size_t *same, size_t *near) {
    size_t n_after;
    edge *old = edges_of(before, n), *new = edges_of(after, &n_after);
    *same = *near = 0;
    for (size_t i = 0; i < *n; i++)
        if (bsearch(&old[i], new, n_after, sizeof *new, compare_edges) != NULL)
            ++*same;
        else if (is_near(index, defects, &old[i], tolerance))
            ++*near;
        else
            fail_msg("unit %u: the edge at %.3f %.3f changed, and no defect is near it",
                     old[i].unit, old[i].a.x, old[i].a.y);
    free(old);
    free(new);
}

static void repair(const char *parent_name, const char *name) {
    const double tolerance = 1;
    if (access(CAMBRIDGE, R_OK) != 0) {
        print_message("%s is not here\n", CAMBRIDGE);
        skip();
    }
    grid_layer *parent = parent_name ? read_layer(parent_name) : NULL, *layer = read_layer(name);
    grid_cover_level levels[2] = {{.name = "parent"}, {.name = name}};
    if (parent != NULL)
        levels[0].shapes = parent->shapes;
    levels[1].shapes = layer->shapes;
    grid_cover_level *used = levels + (parent == NULL);
    size_t n_levels = parent == NULL ? 1 : 2;
    const bool may_change[] = {parent == NULL, true};
    const grid_fix_options fix = {.tolerance = tolerance, .all = true, .may_change = may_change};
    const grid_cover_options how = {.tolerance = tolerance};
    grid_error err;
    grid_cover_report *before, *after;
    grid_cover_fixed *fixed;
    assert_int_equal(grid_cover_find(used, n_levels, &how, NULL, &before, &err), GRID_OK);
    assert_true(before->n > 0);
    assert_int_equal(grid_cover_fix(used, n_levels, &fix, NULL, &fixed, &err), GRID_OK);

    grid_rtree *index;
    assert_int_equal(grid_rtree_build_shapes(before->shapes, &index, &err), GRID_OK);
    for (size_t l = 0; l < n_levels; l++) {
        if (fixed->shapes[l] == NULL)
            continue;
        size_t n, same, near;
        compare_level(used[l].shapes, fixed->shapes[l], index, before->shapes, tolerance, &n, &same,
                      &near);
        print_message("%s, %zu defects: of %zu edges %zu are the same, %zu near a defect are not\n",
                      used[l].name, before->n, n, same, near);
        assert_true(same > n / 2);
        used[l].shapes = fixed->shapes[l];
    }
    assert_int_equal(grid_cover_find(used, n_levels, &how, NULL, &after, &err), GRID_OK);
    for (size_t p = 0; n_levels == 2 && p < parent->shapes->n; p++)
        assert_true(after->seam[1][p].exact);
    for (size_t i = 0; i < after->n; i++)
        print_message("left: %s\n", grid_defect_name(after->defect[i].kind));
    assert_int_equal(after->n, 0);
    grid_rtree_free(index);
    grid_cover_report_free(before);
    grid_cover_report_free(after);
    grid_cover_fixed_free(fixed);
    grid_layer_free(layer);
    grid_layer_free(parent);
}

static void neighbourhoods_in_the_city(void **state) {
    (void)state;
    repair("city_boundary", "neighborhoods13");
}

static void block_groups(void **state) {
    (void)state;
    repair(NULL, "blockgroups2020_dirty");
}

static void zip_codes(void **state) {
    (void)state;
    repair(NULL, "zipcodes_dirty");
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(neighbourhoods_in_the_city),
                                       cmocka_unit_test(block_groups), cmocka_unit_test(zip_codes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
