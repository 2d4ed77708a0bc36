/*
 * Thinned coverages are coverages: random maps with jagged borders, strips so narrow that
 * their two sides would cross if each were thinned by itself, islands close to borders. The
 * certificate of libgrid must hold before and after.
 */
#include <grid/cover.h>
#include <grid/draw.h>

#include "random.h"
#include "unit.h"

enum { SIDE = 5, STEPS = 14, PITCH = 100, MARGIN = 50 };

/* Corners of SIDE x SIDE cells; the sides between them, each as STEPS + 1 points; every upright
   side twice, as the two sides of a strip that begin and end in the same corners. */
typedef struct scene {
    grid_xy corner[SIDE + 1][SIDE + 1];
    grid_xy flat[SIDE + 1][SIDE][STEPS + 1];
    grid_xy west[SIDE + 1][SIDE][STEPS + 1], east[SIDE + 1][SIDE][STEPS + 1];
    bool strip[SIDE + 1][SIDE]; /* along upright line i, beside row j */
    bool island[SIDE][SIDE];
    grid_xy ring[SIDE][SIDE][STEPS + 1];
} scene;

/* Jagged, but in a lens around the straight line so narrow that no two sides meet in one. */
static void make_side(grid_xy a, grid_xy b, grid_xy out[STEPS + 1]) {
    for (int k = 0; k <= STEPS; k++) {
        double f = (double)k / STEPS, off = .45 * f * (1 - f) * random_unit();
        out[k] = (grid_xy){a.x + f * (b.x - a.x) - off * (b.y - a.y),
                           a.y + f * (b.y - a.y) + off * (b.x - a.x)};
    }
    out[0] = a;
    out[STEPS] = b;
}

/* The other side of a strip: the same zigzag a little farther east. */
static void shift_side(const grid_xy from[STEPS + 1], grid_xy out[STEPS + 1]) {
    double width = .05 + .5 * fabs(random_unit());
    for (int k = 0; k <= STEPS; k++)
        out[k] = (grid_xy){from[k].x + (k > 0 && k < STEPS ? width : 0), from[k].y};
}

static void make_island(scene *s, int i, int j) {
    grid_xy m = {0, 0};
    for (int c = 0; c < 4; c++) {
        m.x += s->corner[i + c % 2][j + c / 2].x / 4;
        m.y += s->corner[i + c % 2][j + c / 2].y / 4;
    }
    for (int k = 0; k < STEPS; k++) {
        double r = 18 + 8 * random_unit(), turn = 2 * M_PI * k / STEPS;
        s->ring[i][j][k] = (grid_xy){m.x + r * cos(turn), m.y + r * sin(turn)};
    }
    s->ring[i][j][STEPS] = s->ring[i][j][0];
}

static void make_scene(scene *s) {
    for (int i = 0; i <= SIDE; i++)
        for (int j = 0; j <= SIDE; j++)
            s->corner[i][j] = (grid_xy){500000 + PITCH * i + 8 * random_unit(),
                                        3700000 + PITCH * j + 8 * random_unit()};
    for (int i = 0; i <= SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            make_side(s->corner[j][i], s->corner[j + 1][i], s->flat[i][j]);
            make_side(s->corner[i][j], s->corner[i][j + 1], s->west[i][j]);
            memcpy(s->east[i][j], s->west[i][j], sizeof s->west[i][j]);
            s->strip[i][j] = i > 0 && i < SIDE && random_unit() > -.4;
            if (s->strip[i][j])
                shift_side(s->west[i][j], s->east[i][j]);
        }
    }
    for (int i = 0; i < SIDE; i++) {
        for (int j = 0; j < SIDE; j++) {
            s->island[i][j] = random_unit() > .2;
            make_island(s, i, j);
        }
    }
}

/* ---- as features -------------------------------------------------------------------- */

static void walk(grid_shapes *out, const grid_xy *side, bool back) {
    for (int k = 0; k < STEPS; k++) {
        const grid_xy *p = &side[back ? STEPS - k : k];
        assert_true(grid_shapes_add(out, p->x, p->y));
    }
}

static void close_ring(grid_shapes *out, grid_xy first) {
    assert_true(grid_shapes_add(out, first.x, first.y));
}

static void begin(grid_shapes *out) {
    assert_true(grid_shapes_begin(out, GRID_SHAPE_AREA) && grid_shapes_begin_part(out) &&
                grid_shapes_begin_chain(out));
}

static void add_cell(const scene *s, int i, int j, grid_shapes *out) {
    begin(out);
    walk(out, s->flat[j][i], false);
    walk(out, s->west[i + 1][j], false);
    walk(out, s->flat[j + 1][i], true);
    walk(out, s->east[i][j], true);
    close_ring(out, s->corner[i][j]);
    if (s->island[i][j]) {
        assert_true(grid_shapes_begin_chain(out));
        walk(out, s->ring[i][j], true);
        close_ring(out, s->ring[i][j][0]);
        begin(out);
        walk(out, s->ring[i][j], false);
        close_ring(out, s->ring[i][j][0]);
    }
    if (s->strip[i][j]) {
        begin(out);
        walk(out, s->east[i][j], false);
        walk(out, s->west[i][j], true);
        close_ring(out, s->corner[i][j]);
    }
}

static void add_rectangle(grid_shapes *out) {
    static const int turns[][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}};
    begin(out);
    for (int k = 0; k < 5; k++)
        assert_true(grid_shapes_add(out,
                                    500000 - MARGIN + turns[k][0] * (PITCH * SIDE + 2 * MARGIN),
                                    3700000 - MARGIN + turns[k][1] * (PITCH * SIDE + 2 * MARGIN)));
}

/* What lies around the cells is a feature too, so that all of them tile a rectangle. */
static grid_shapes *features(const scene *s) {
    grid_shapes *out = grid_shapes_new();
    assert_non_null(out);
    add_rectangle(out);
    assert_true(grid_shapes_begin_chain(out));
    for (int j = 0; j < SIDE; j++)
        walk(out, s->west[0][j], false);
    for (int i = 0; i < SIDE; i++)
        walk(out, s->flat[SIDE][i], false);
    for (int j = SIDE; j-- > 0;)
        walk(out, s->west[SIDE][j], true);
    for (int i = SIDE; i-- > 0;)
        walk(out, s->flat[0][i], true);
    close_ring(out, s->corner[0][0]);
    for (int i = 0; i < SIDE; i++)
        for (int j = 0; j < SIDE; j++)
            add_cell(s, i, j, out);
    return out;
}

/* The coverage that the arcs stand for. */
static grid_shapes *rebuild(const grid_shapes *like, const grid_arcs *arcs) {
    grid_shapes *out = grid_shapes_new();
    assert_non_null(out);
    for (size_t f = 0; f < like->n; f++) {
        assert_true(grid_shapes_begin(out, GRID_SHAPE_AREA) && grid_shapes_begin_part(out));
        for (size_t c = like->chain_start[f]; c < like->chain_start[f + 1]; c++) {
            assert_true(grid_shapes_begin_chain(out));
            for (size_t r = arcs->ref_start[c]; r < arcs->ref_start[c + 1]; r++) {
                bool back = arcs->ref[r] < 0;
                const grid_arc *arc = &arcs->arc[back ? ~arcs->ref[r] : arcs->ref[r]];
                for (size_t k = r > arcs->ref_start[c]; k < arc->n_xy; k++) {
                    grid_xy p = arcs->xy[arc->xy_start + (back ? arc->n_xy - 1 - k : k)];
                    assert_true(grid_shapes_add(out, p.x, p.y));
                }
            }
        }
    }
    return out;
}

static void assert_tiles(const grid_shapes *children, unsigned seed, double area_m2) {
    grid_shapes *parent = grid_shapes_new();
    uint32_t *parent_of = calloc(children->n, sizeof *parent_of);
    grid_seam seam;
    assert_true(parent != NULL && parent_of != NULL);
    add_rectangle(parent);
    assert_int_equal(grid_cover_check(parent, children, parent_of, NULL, &seam, NULL), GRID_OK);
    if (!seam.exact)
        fail_msg("seed %u at %g m2: %zu edges do not cancel, %zu rings are bad", seed, area_m2,
                 seam.n_residual_edges, seam.n_bad);
    free(parent_of);
    grid_shapes_free(parent);
}

static void thinned_coverages_are_coverages(void **state) {
    (void)state;
    static const double areas_m2[] = {.2, 2, 20, 200, 1000};
    const char *wanted = getenv("GRID_SEEDS");
    unsigned seeds = wanted != NULL ? (unsigned)atoi(wanted) : 150;
    static scene s;
    for (unsigned seed = 1; seed <= seeds; seed++) {
        random_state = 0x9e3779b97f4a7c15u * seed;
        make_scene(&s);
        grid_shapes *whole = features(&s);
        grid_arcs *arcs;
        assert_tiles(whole, seed, 0);
        assert_int_equal(grid_arcs_build(whole, &arcs, NULL), GRID_OK);
        size_t before = arcs->n_xy;
        for (size_t i = 0; i < sizeof areas_m2 / sizeof *areas_m2; i++) {
            assert_int_equal(grid_arcs_simplify(arcs, areas_m2[i], NULL), GRID_OK);
            grid_shapes *thin = rebuild(whole, arcs);
            assert_tiles(thin, seed, areas_m2[i]);
            grid_shapes_free(thin);
        }
        assert_true(arcs->n_xy < before / 2); /* strips keep theirs, the rest goes */
        grid_arcs_free(arcs);
        grid_shapes_free(whole);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thinned_coverages_are_coverages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
