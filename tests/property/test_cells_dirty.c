/*
 * Random towns with injected dirt. Whatever comes in - overlapping and duplicate footprints,
 * spikes, bow ties, communities that miss the street's outline, roads that end anywhere - cells
 * must tile communities and communities the street to the bit, be connected, lose no
 * household, and not depend on the order of rows or the number of threads.
 */
#include <grid/cells.h>
#include <grid/cover.h>

#include "unit.h"

enum { MAX_HOUSES = 160 };

typedef struct town {
    grid_shapes *street, *community, *road, *compound, *house;
    uint8_t road_class[32];
    int64_t households[MAX_HOUSES], persons[MAX_HOUSES];
    grid_barriers barriers;
    grid_cells_input in;
} town;

/* ---- random numbers ------------------------------------------------------------------- */

static uint64_t next_random(uint64_t *state) {
    *state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = *state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static double uniform(uint64_t *rng, double low, double high) {
    return low + (high - low) * (double)(next_random(rng) >> 11) * 0x1p-53;
}

static bool chance(uint64_t *rng, double p) {
    return uniform(rng, 0, 1) < p;
}

/* ---- drawing -------------------------------------------------------------------------- */

static void begin(grid_shapes *s, grid_shape_kind kind) {
    assert_true(grid_shapes_begin(s, kind));
    assert_true(grid_shapes_begin_part(s));
    assert_true(grid_shapes_begin_chain(s));
}

static void add(grid_shapes *s, grid_xy p) {
    assert_true(grid_shapes_add(s, p.x, p.y));
}

/* A street of 400 m with a wavy outline; waves[k] is its radius in direction k. */
enum { WAVES = 24 };

static grid_xy on_circle(double radius, double k, double n) {
    double angle = 2 * M_PI * k / n;
    return (grid_xy){38512345.678 + radius * cos(angle), 3456789.012 + radius * sin(angle)};
}

static void draw_street(town *t, uint64_t *rng, double *waves) {
    begin(t->street, GRID_SHAPE_AREA);
    for (int k = 0; k < WAVES; k++)
        add(t->street, on_circle(waves[k] = uniform(rng, 180, 220), k, WAVES));
    add(t->street, on_circle(waves[0], 0, WAVES));
}

/* Sectors of the street, their outlines off by up to `dirt` metres, so with gaps and overlaps. */
static void draw_communities(town *t, uint64_t *rng, const double *waves, double dirt) {
    int n = 2 + (int)(next_random(rng) % 3);
    for (int c = 0; c < n; c++) {
        int from = WAVES * c / n, to = WAVES * (c + 1) / n;
        grid_xy middle = on_circle(uniform(rng, 0, dirt), 1, 3);
        begin(t->community, GRID_SHAPE_AREA);
        add(t->community, middle);
        for (int k = from; k <= to; k++)
            add(t->community, on_circle(waves[k % WAVES] + uniform(rng, -dirt, dirt), k, WAVES));
        add(t->community, middle);
    }
}

static void draw_roads(town *t, uint64_t *rng) {
    int n = (int)(next_random(rng) % 9);
    for (int r = 0; r < n; r++) {
        double k = uniform(rng, 0, WAVES);
        t->road_class[t->road->n] = (uint8_t)(GRID_BORDER_EXPRESSWAY +
                                              next_random(rng) % (GRID_BORDER_GAP - 1));
        begin(t->road, GRID_SHAPE_LINE);
        add(t->road, on_circle(uniform(rng, 150, 250), k, WAVES));
        add(t->road, on_circle(uniform(rng, 0, 60), uniform(rng, 0, WAVES), WAVES));
        add(t->road, on_circle(uniform(rng, 100, 250), k + uniform(rng, 6, 18), WAVES));
    }
}

/* A rotated box, sometimes turned into a bow tie, sometimes with a spike, sometimes unclosed. */
static void draw_box(grid_shapes *s, uint64_t *rng, grid_xy centre, double size) {
    double angle = uniform(rng, 0, 6), wide = uniform(rng, size / 2, size);
    double high = uniform(rng, size / 2, size);
    double c = cos(angle), d = sin(angle);
    const double side[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
    bool tie = chance(rng, .05), spike = chance(rng, .05), unclosed = chance(rng, .05);
    bool clockwise = chance(rng, .5);
    begin(s, GRID_SHAPE_AREA);
    for (int i = 0; i < (unclosed ? 4 : 5); i++) {
        int k = clockwise ? (8 - i) % 4 : i % 4;
        if (tie && k >= 2)
            k = 5 - k;
        double x = side[k][0] * wide / 2, y = side[k][1] * high / 2;
        grid_xy p = {centre.x + c * x - d * y, centre.y + d * x + c * y};
        add(s, p);
        if (spike && i == 1) {
            add(s, (grid_xy){p.x + 30, p.y + 11});
            add(s, p);
        }
    }
}

static void draw_houses(town *t, uint64_t *rng) {
    int n = 20 + (int)(next_random(rng) % (MAX_HOUSES - 20));
    while ((int)t->house->n < n) {
        size_t i = t->house->n;
        t->households[i] = chance(rng, .2) ? 0 : (int64_t)(next_random(rng) % 40);
        t->persons[i] = 3 * t->households[i];
        grid_xy centre = on_circle(uniform(rng, 0, 205), uniform(rng, 0, WAVES), WAVES);
        if (chance(rng, .03)) {
            assert_true(grid_shapes_begin(t->house, GRID_SHAPE_NONE));
        } else if (chance(rng, .1)) {
            begin(t->house, GRID_SHAPE_POINT);
            add(t->house, centre);
        } else if (i > 0 && chance(rng, .05)) {
            grid_shapes *copy = grid_shapes_new(); /* of itself: growing may move the arrays */
            assert_true(grid_shapes_copy(copy, t->house, next_random(rng) % i));
            assert_true(grid_shapes_copy(t->house, copy, 0));
            grid_shapes_free(copy);
        } else {
            draw_box(t->house, rng, centre, uniform(rng, 5, 25));
        }
    }
}

static void draw_compounds(town *t, uint64_t *rng) {
    for (int i = 0; i < 3; i++)
        draw_box(t->compound, rng, on_circle(uniform(rng, 0, 150), uniform(rng, 0, WAVES), WAVES),
                 90);
}

static void view(town *t) {
    t->barriers = (grid_barriers){t->road, t->road_class, NULL, "roads"};
    t->in.street = t->street;
    t->in.community = t->community;
    t->in.compound = t->compound;
    t->in.barriers = &t->barriers;
    t->in.n_barriers = 1;
    t->in.household = t->house;
    t->in.households = t->households;
    t->in.persons = t->persons;
    t->in.mode = GRID_CELLS_MADE;
}

static void draw_town(town *t, uint64_t seed) {
    uint64_t rng = seed;
    double waves[WAVES];
    *t = (town){grid_shapes_new(), grid_shapes_new(), grid_shapes_new(), grid_shapes_new(),
                grid_shapes_new()};
    draw_street(t, &rng, waves);
    draw_communities(t, &rng, waves, seed % 3 == 0 ? 0 : seed % 3 == 1 ? .5 : 6);
    draw_roads(t, &rng);
    draw_houses(t, &rng);
    draw_compounds(t, &rng);
    view(t);
    t->in.cut_above = seed % 4 == 0 ? 0 : (int64_t)(next_random(&rng) % 200);
}

static void free_town(town *t) {
    grid_shapes_free(t->street);
    grid_shapes_free(t->community);
    grid_shapes_free(t->road);
    grid_shapes_free(t->compound);
    grid_shapes_free(t->house);
}

/* ---- what must hold ------------------------------------------------------------------- */

static grid_cells *build(const town *t, unsigned threads) {
    const grid_context ctx = {.threads = threads};
    grid_error err = {0};
    grid_cells *cells = NULL;
    if (grid_cells_build(&t->in, &ctx, &cells, &err) != GRID_OK)
        fail_msg("%s", err.message);
    return cells;
}

static grid_shapes *dissolve(const grid_cells *cells, const uint32_t *label, uint32_t n) {
    uint32_t *of_face = malloc(cells->plane->n_faces * sizeof *of_face);
    assert_non_null(of_face);
    for (uint32_t f = 0; f < cells->plane->n_faces; f++) {
        uint32_t cell = cells->cell_of_face[f];
        of_face[f] = cell == GRID_NONE ? GRID_NONE : label == NULL ? cell : label[cell];
    }
    grid_shapes *s = NULL;
    assert_int_equal(grid_plane_dissolve(cells->plane, of_face, n, &s, NULL), GRID_OK);
    free(of_face);
    return s;
}

static void check_seam(const grid_shapes *parents, const grid_shapes *children,
                       const uint32_t *parent_of) {
    grid_seam *seam = calloc(parents->n, sizeof *seam);
    assert_non_null(seam);
    assert_int_equal(grid_cover_check(parents, children, parent_of, NULL, seam, NULL), GRID_OK);
    for (size_t p = 0; p < parents->n; p++)
        assert_true(seam[p].exact);
    free(seam);
}

static void check_tiling(const town *t, const grid_cells *cells) {
    grid_shapes *cell = dissolve(cells, NULL, cells->n_cells);
    grid_shapes *community = dissolve(cells, cells->community, cells->n_communities);
    grid_shapes *street = dissolve(cells, cells->street, cells->n_streets);
    for (size_t c = 0; c < cell->n; c++)
        assert_int_equal(cell->part_start[c + 1] - cell->part_start[c], 1); /* connected */
    check_seam(community, cell, cells->community);
    check_seam(street, community, cells->street_of_community);
    assert_true(fabs(grid_shapes_area(street, 0) - grid_shapes_area(t->street, 0)) < 2);
    grid_shapes_free(cell);
    grid_shapes_free(community);
    grid_shapes_free(street);
}

static void check_counts(const town *t, const grid_cells *cells) {
    int64_t households = 0, persons = 0;
    for (size_t i = 0; i < t->house->n; i++) {
        bool has_place = t->house->kind[i] != GRID_SHAPE_NONE;
        assert_int_equal(cells->cell_of_household[i] != GRID_NONE, has_place);
        households += has_place ? t->households[i] : 0;
        persons += has_place ? t->persons[i] : 0;
    }
    for (uint32_t c = 0; c < cells->n_cells; c++) {
        households -= cells->households[c];
        persons -= cells->persons[c];
    }
    assert_int_equal(households, 0);
    assert_int_equal(persons, 0);
}

static void check_same(const grid_cells *a, const grid_cells *b) {
    assert_int_equal(a->plane->n_vertices, b->plane->n_vertices);
    assert_memory_equal(a->plane->vertex, b->plane->vertex,
                        a->plane->n_vertices * sizeof *a->plane->vertex);
    assert_int_equal(a->plane->n_edges, b->plane->n_edges);
    assert_memory_equal(a->plane->origin, b->plane->origin,
                        2 * a->plane->n_edges * sizeof *a->plane->origin);
    assert_memory_equal(a->edge_class, b->edge_class, a->plane->n_edges);
    assert_int_equal(a->n_cells, b->n_cells);
    assert_memory_equal(a->households, b->households, a->n_cells * sizeof *a->households);
    assert_int_equal(a->n_borders, b->n_borders);
    for (size_t i = 0; i < a->n_borders; i++) {
        assert_int_equal(a->border[i].left, b->border[i].left);
        assert_int_equal(a->border[i].right, b->border[i].right);
        assert_int_equal(a->border[i].border_class, b->border[i].border_class);
        assert_int_equal(a->border[i].length_mm, b->border[i].length_mm);
    }
}

/* ---- rows in another order ------------------------------------------------------------ */

static grid_shapes *turned(const grid_shapes *s) {
    grid_shapes *out = grid_shapes_new();
    for (size_t f = s->n; f-- > 0;)
        assert_true(grid_shapes_copy(out, s, f));
    return out;
}

static void turn_town(const town *t, town *out) {
    *out = (town){turned(t->street), turned(t->community), turned(t->road), turned(t->compound),
                  turned(t->house)};
    for (size_t f = 0; f < t->road->n; f++)
        out->road_class[f] = t->road_class[t->road->n - 1 - f];
    for (size_t f = 0; f < t->house->n; f++) {
        out->households[f] = t->households[t->house->n - 1 - f];
        out->persons[f] = t->persons[t->house->n - 1 - f];
    }
    view(out);
    out->in.cut_above = t->in.cut_above;
}

static void dirty_towns_become_seamless_cells(void **state) {
    (void)state;
    const char *wanted = getenv("GRID_SEEDS");
    uint64_t seeds = wanted ? strtoull(wanted, NULL, 10) : 250;
    const char *first = getenv("GRID_SEED");
    for (uint64_t seed = first ? strtoull(first, NULL, 10) : 0, n = 0; n < seeds; n++, seed++) {
        if (first || wanted)
            fprintf(stderr, "\rseed %llu ", (unsigned long long)seed);
        town t, other;
        draw_town(&t, seed);
        turn_town(&t, &other);
        grid_cells *cells = build(&t, 1), *again = build(&other, 2);
        check_tiling(&t, cells);
        check_counts(&t, cells);
        check_same(cells, again);
        grid_cells_free(cells);
        grid_cells_free(again);
        free_town(&t);
        free_town(&other);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(dirty_towns_become_seamless_cells)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
