/*
 * Coverages in which every vertex of every unit is off by a little: repair makes each of them exact
 * below its parent, loses no unit, moves no area that is worth speaking of, and is done after one
 * run. Near zero, at a false easting of zone 38, and in degrees.
 */
#include <grid/cover.h>

#include "random.h"
#include "unit.h"

#include <math.h>

enum { MOST = 8, STEPS = 4 }; /* units in a row, edges of a side */

typedef struct frame {
    const char *name;
    double x, y, metre;
} frame;

static const frame frames[] = {{"near zero", 0, 0, 1},
                               {"zone 38", 38500000, 3400000, 1},
                               {"degrees", 113.25, 23.5, 1 / 111000.0}};
static const double jitters[] = {1e-6, 1e-5, 1e-4, 1e-3, 0.02}; /* metres */

static grid_xy lattice[MOST * STEPS + 1][MOST * STEPS + 1];

static void draw_lattice(const frame *f) {
    for (int i = 0; i <= MOST * STEPS; i++)
        for (int j = 0; j <= MOST * STEPS; j++)
            lattice[i][j] = (grid_xy){f->x + f->metre * (8 * i + 2 * random_unit()),
                                      f->y + f->metre * (8 * j + 2 * random_unit())};
}

static void add_at(grid_shapes *s, int i, int j, double jitter) {
    grid_xy p = lattice[i][j];
    double dx = jitter * random_unit(), dy = jitter * random_unit();
    assert_true(grid_shapes_add(s, p.x + dx, p.y + dy));
}

/* The box from (i0, j0) to (i1, j1), counted in steps. */
static void add_box(grid_shapes *s, int i0, int j0, int i1, int j1, double jitter) {
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
                grid_shapes_begin_chain(s));
    size_t first = s->n_xy;
    for (int i = i0; i < i1; i++)
        add_at(s, i, j0, jitter);
    for (int j = j0; j < j1; j++)
        add_at(s, i1, j, jitter);
    for (int i = i1; i > i0; i--)
        add_at(s, i, j1, jitter);
    for (int j = j1; j > j0; j--)
        add_at(s, i0, j, jitter);
    grid_xy start = s->xy[first];
    assert_true(grid_shapes_add(s, start.x, start.y));
}

static grid_cover_fixed *fix(const grid_cover_level *levels, double tolerance) {
    static const bool may_change[] = {false, true};
    const grid_fix_options options = {.tolerance = tolerance, .may_change = may_change};
    grid_cover_fixed *fixed;
    assert_int_equal(grid_cover_fix(levels, 2, &options, NULL, &fixed, NULL), GRID_OK);
    return fixed;
}

static void expect_exact(const grid_cover_level *levels, const frame *f, double jitter) {
    uint32_t parent_of[MOST * MOST] = {0};
    grid_seam seam;
    assert_int_equal(
        grid_cover_check(levels[0].shapes, levels[1].shapes, parent_of, NULL, &seam, NULL),
        GRID_OK);
    if (!seam.exact)
        fail_msg("%s, jitter %g m: %zu edges do not cancel, %zu rings are not simple", f->name,
                 jitter, seam.n_residual_edges, seam.n_bad);
}

static void expect_little_change(const grid_cover_fixed *fixed, double jitter) {
    double most = 2 * jitter * 4 * STEPS * 15;
    for (size_t i = 0; i < fixed->n; i++) {
        const grid_fix_change *c = &fixed->change[i];
        assert_true(c->area_after > 0 && fabs(c->area_after - c->area_before) < most);
    }
}

static void mend_one(const frame *f, double jitter, int across, int down) {
    grid_shapes *parent = grid_shapes_new(), *units = grid_shapes_new();
    draw_lattice(f);
    add_box(parent, 0, 0, across * STEPS, down * STEPS, 0);
    for (int i = 0; i < across * STEPS; i += STEPS)
        for (int j = 0; j < down * STEPS; j += STEPS)
            add_box(units, i, j, i + STEPS, j + STEPS, jitter * f->metre);
    grid_cover_level levels[] = {{.name = "parent", .shapes = parent},
                                 {.name = "unit", .shapes = units}};
    grid_cover_fixed *fixed = fix(levels, 0.5 * f->metre);
    assert_non_null(fixed->shapes[1]);
    assert_int_equal(fixed->shapes[1]->n, units->n);
    for (size_t l = 0; l < 2; l++)
        if (fixed->shapes[l] != NULL)
            levels[l].shapes = fixed->shapes[l];
    expect_exact(levels, f, jitter);
    expect_little_change(fixed, jitter * f->metre * f->metre);
    grid_cover_fixed *again = fix(levels, 0.5 * f->metre);
    assert_int_equal(again->n, 0);
    grid_cover_fixed_free(again);
    grid_cover_fixed_free(fixed);
    grid_shapes_free(parent);
    grid_shapes_free(units);
}

static void jittered_coverages_become_exact(void **state) {
    (void)state;
    const char *seeds = getenv("GRID_SEEDS");
    int n = seeds != NULL ? atoi(seeds) : 20;
    for (int seed = 1; seed <= n; seed++)
        for (size_t f = 0; f < sizeof frames / sizeof *frames; f++)
            for (size_t j = 0; j < sizeof jitters / sizeof *jitters; j++) {
                random_state = (uint64_t)seed * UINT64_C(0x9e3779b97f4a7c15) + 12 * f + j;
                mend_one(&frames[f], jitters[j], 1 + (int)random_below(MOST),
                         1 + (int)random_below(MOST));
            }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(jittered_coverages_become_exact)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
