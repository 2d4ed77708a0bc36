#include <grid/cells.h>

#include "unit.h"

/* A street of 100 m x 100 m, everything else drawn into it. */

static grid_shapes *shapes(void) {
    grid_shapes *s = grid_shapes_new();
    assert_non_null(s);
    return s;
}

static void add_box(grid_shapes *s, double x, double y, double width, double height) {
    assert_true(grid_shapes_begin(s, GRID_SHAPE_AREA));
    assert_true(grid_shapes_begin_part(s));
    assert_true(grid_shapes_begin_chain(s));
    assert_true(grid_shapes_add(s, x, y));
    assert_true(grid_shapes_add(s, x, y + height)); /* clockwise, as old files have it */
    assert_true(grid_shapes_add(s, x + width, y + height));
    assert_true(grid_shapes_add(s, x + width, y));
    assert_true(grid_shapes_add(s, x, y));
}

static void add_line(grid_shapes *s, double x, double y, double to_x, double to_y) {
    assert_true(grid_shapes_begin(s, GRID_SHAPE_LINE));
    assert_true(grid_shapes_begin_part(s));
    assert_true(grid_shapes_begin_chain(s));
    assert_true(grid_shapes_add(s, x, y));
    assert_true(grid_shapes_add(s, to_x, to_y));
}

static void add_point(grid_shapes *s, double x, double y) {
    assert_true(grid_shapes_begin(s, GRID_SHAPE_POINT));
    assert_true(grid_shapes_begin_part(s));
    assert_true(grid_shapes_begin_chain(s));
    assert_true(grid_shapes_add(s, x, y));
}

typedef struct town {
    grid_shapes *street, *community, *road, *compound, *household;
    uint8_t road_class[8];
    const char *road_name[8];
    int64_t households[16];
    grid_barriers barriers;
    grid_cells_input in;
    unsigned faults, warnings, notes;
    double amount; /* of the last finding of `kind` */
    const char *kind;
} town;

static void note(void *user, const grid_finding *f) {
    town *t = user;
    t->faults += f->severity == GRID_FAULT;
    t->warnings += f->severity == GRID_WARNING;
    t->notes += f->severity == GRID_NOTE;
    if (t->kind != NULL && strcmp(t->kind, f->kind) == 0)
        t->amount += f->amount;
}

static void set_up(town *t) {
    *t = (town){.street = shapes(), .household = shapes()};
    add_box(t->street, 0, 0, 100, 100);
    t->in.street = t->street;
    t->in.household = t->household;
    t->in.households = t->households;
}

static void add_road(town *t, double x, double y, double to_x, double to_y, grid_border_class c) {
    if (t->road == NULL)
        t->road = shapes();
    t->road_class[t->road->n] = (uint8_t)c;
    t->road_name[t->road->n] = "High Street";
    add_line(t->road, x, y, to_x, to_y);
    t->barriers = (grid_barriers){t->road, t->road_class, t->road_name, "roads"};
    t->in.barriers = &t->barriers;
    t->in.n_barriers = 1;
}

static void add_house(town *t, double x, double y, double side, int64_t households) {
    t->households[t->household->n] = households;
    add_box(t->household, x, y, side, side);
}

static grid_cells *build(town *t) {
    const grid_context ctx = {.on_finding = note, .user = t};
    grid_error err = {0};
    grid_cells *cells = NULL;
    t->in.community = t->community;
    t->in.compound = t->compound;
    if (grid_cells_build(&t->in, &ctx, &cells, &err) != GRID_OK)
        fail_msg("%s", err.message);
    return cells;
}

static void tear_down(town *t, grid_cells *cells) {
    grid_shapes_free(t->street);
    grid_shapes_free(t->community);
    grid_shapes_free(t->road);
    grid_shapes_free(t->compound);
    grid_shapes_free(t->household);
    grid_cells_free(cells);
}

static void areas_that_tile_the_street_are_cells(void **state) {
    (void)state;
    town t;
    set_up(&t);
    for (int i = 0; i < 4; i++)
        add_house(&t, i % 2 * 50, i / 2 * 50, 50, 10 + i);
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 4);
    assert_int_equal(cells->n_borders, 4); /* the corner in the middle is none */
    assert_int_equal(cells->border[0].length_mm, 50000);
    assert_int_equal(cells->border[0].border_class, GRID_BORDER_GAP);
    for (size_t i = 0; i < 4; i++) {
        uint32_t cell = cells->cell_of_household[i];
        assert_int_equal(cells->households[cell], 10 + i);
        assert_true(fabs(cells->area_m2[cell] - 2500) < 1e-6);
    }
    assert_int_equal(t.faults + t.warnings + t.notes, 0);
    tear_down(&t, cells);
}

static void roads_part_cells_and_name_borders(void **state) {
    (void)state;
    town t;
    set_up(&t);
    add_road(&t, 50, -10, 50, 110, GRID_BORDER_ARTERIAL);
    add_road(&t, 50, 40, 120, 40, GRID_BORDER_LANE);
    add_road(&t, 16, 40, 34, 40, GRID_BORDER_LANE); /* a dead end at both ends */
    add_house(&t, 10, 10, 10, 5);
    add_house(&t, 46, 60, 10, 7); /* across the arterial, with more of it east */
    t.kind = "household-straddles";
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 3);
    assert_true(fabs(t.amount - 40) < 1e-6);
    uint32_t west = cells->cell_of_household[0], east = cells->cell_of_household[1];
    assert_true(fabs(cells->area_m2[west] - 4960) < 1e-6); /* the border goes round the house */
    assert_true(fabs(cells->area_m2[east] - 3040) < 1e-6);
    for (size_t i = 0; i < cells->n_borders; i++) {
        const grid_cell_border *b = &cells->border[i];
        bool touches_west = b->left == west || b->right == west;
        if (b->border_class != GRID_BORDER_GAP)
            assert_int_equal(b->border_class,
                             touches_west ? GRID_BORDER_ARTERIAL : GRID_BORDER_LANE);
        else
            assert_int_equal(b->length_mm, 18000);
    }
    bool named = false;
    for (uint32_t e = 0; e < cells->plane->n_edges; e++)
        named |= cells->edge_barrier[e] != GRID_NONE &&
                 strcmp(cells->barrier_name[cells->edge_barrier[e]], "High Street") == 0;
    assert_true(named);
    tear_down(&t, cells);
}

static void communities_are_fitted_to_the_street(void **state) {
    (void)state;
    town t;
    set_up(&t);
    t.community = shapes();
    add_box(t.community, -3, 0, 52, 100); /* over the western rim, 1 m short in the middle */
    add_box(t.community, 50, 0, 48, 100); /* 2 m short in the east */
    add_house(&t, 20, 20, 10, 5);
    add_house(&t, 70, 20, 10, 7);
    add_road(&t, 0, 50, 100, 50, GRID_BORDER_ROAD);
    t.kind = "community-gap";
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 4);
    assert_true(fabs(t.amount - 300) < 1e-6);
    double area[2] = {0};
    for (uint32_t i = 0; i < cells->n_cells; i++)
        area[cells->community[i]] += cells->area_m2[i];
    assert_true(fabs(area[0] + area[1] - 10000) < 1e-6);
    assert_true(area[1] >= 5000 - 1e-6);
    tear_down(&t, cells);
}

static void nobody_is_lost(void **state) {
    (void)state;
    town t;
    set_up(&t);
    t.in.mode = GRID_CELLS_MADE;
    add_road(&t, 50, 0, 50, 100, GRID_BORDER_ROAD);
    add_house(&t, 120, 10, 5, 3); /* outside, nearest to the eastern half */
    t.households[1] = 4;
    add_point(t.household, 20, 20);
    t.households[2] = 5;
    assert_true(grid_shapes_begin(t.household, GRID_SHAPE_NONE));
    t.households[3] = 6;
    add_point(t.household, -400, 20);
    grid_cells *cells = build(&t);
    uint32_t west = cells->cell_of_household[1], east = cells->cell_of_household[0];
    assert_int_not_equal(west, east);
    assert_int_equal(cells->households[west], 10);
    assert_int_equal(cells->households[east], 3);
    assert_int_equal(cells->cell_of_household[2], GRID_NONE);
    assert_int_equal(t.warnings, 1);
    assert_int_equal(t.faults, 2); /* without a place; far outside */
    tear_down(&t, cells);
}

static bool is_in(const grid_shapes *s, size_t f, double x, double y) {
    return grid_shapes_covers(s, f, x, y);
}

/* In an update no cell lies across what was the border of two grids, however few live there. */
static void cells_do_not_straddle_older_units(void **state) {
    (void)state;
    for (int64_t cut_above = 0; cut_above <= 50; cut_above += 50) {
        town t;
        set_up(&t);
        t.in.mode = GRID_CELLS_MADE;
        t.in.cut_above = cut_above;
        add_road(&t, 0, 50, 100, 50, GRID_BORDER_ROAD);
        add_house(&t, 10, 10, 10, 3);
        add_house(&t, 70, 10, 10, 0); /* empty, and there all the same */
        add_house(&t, 10, 70, 10, 4);
        add_house(&t, 70, 70, 10, 5);
        const uint32_t unit[] = {0, 1, 2, 2};
        t.in.household_unit = unit;
        grid_cells *cells = build(&t);
        assert_int_equal(cells->n_cells, 3);
        assert_int_not_equal(cells->cell_of_household[0], cells->cell_of_household[1]);
        assert_int_equal(cells->cell_of_household[2], cells->cell_of_household[3]);
        tear_down(&t, cells);
    }
}

static void large_cells_are_cut_between_buildings(void **state) {
    (void)state;
    town t;
    set_up(&t);
    t.in.mode = GRID_CELLS_MADE;
    t.in.cut_above = 50;
    add_road(&t, 0, 50, 100, 50, GRID_BORDER_ROAD);
    for (int i = 0; i < 4; i++)
        add_house(&t, 10 + 20 * i, 10 + 5 * (i % 2), 10, 20); /* 80 households in the south */
    add_house(&t, 10, 70, 10, 40);
    add_house(&t, 70, 70, 10, 10); /* 50 in the north: not above */
    add_point(t.household, 95, 25);
    t.households[6] = 7;
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 6);
    grid_shapes *s = NULL;
    assert_int_equal(
        grid_plane_dissolve(cells->plane, cells->cell_of_face, cells->n_cells, &s, NULL), GRID_OK);
    for (int i = 0; i < 4; i++) {
        uint32_t cell = cells->cell_of_household[i];
        double x = 10 + 20 * i, y = 10 + 5 * (i % 2);
        assert_int_equal(cells->households[cell], 20);
        assert_true(is_in(s, cell, x + .01, y + .01) && is_in(s, cell, x + 9.99, y + 9.99));
        assert_true(
            is_in(s, cell, x + 5, 1)); /* the ground before the house, up to the street's rim */
        assert_true(is_in(s, cell, x + 5, y + 14));
        assert_true(is_in(s, cell, x - 4, y + 5) && is_in(s, cell, x + (i < 3 ? 14 : 11), y + 5));
    }
    assert_int_equal(cells->households[cells->cell_of_household[6]], 7);
    assert_int_equal(cells->cell_of_household[4], cells->cell_of_household[5]);
    grid_shapes_free(s);
    tear_down(&t, cells);
}

/* Two cells of half the street each, parted by an arterial down the middle. */
static void check_halves(const town *t, const grid_cells *cells) {
    assert_int_equal(cells->n_cells, 2);
    assert_true(fabs(cells->area_m2[0] - 5000) < 50);
    int64_t arterial_mm = 0;
    for (size_t i = 0; i < cells->n_borders; i++)
        if (cells->border[i].border_class == GRID_BORDER_ARTERIAL)
            arterial_mm += cells->border[i].length_mm;
    assert_in_range(arterial_mm, 99000, 102000);
    assert_int_not_equal(cells->cell_of_household[0], cells->cell_of_household[1]);
    assert_int_equal(t->faults + t->warnings, 0);
}

static void carriageways_become_one_border(void **state) {
    (void)state;
    town t;
    set_up(&t);
    add_road(&t, 45, 0, 45, 100, GRID_BORDER_ARTERIAL);
    add_road(&t, 55, 0, 55, 100, GRID_BORDER_ARTERIAL);
    add_house(&t, 10, 10, 10, 5);
    add_house(&t, 70, 60, 10, 7);
    grid_cells *cells = build(&t);
    check_halves(&t, cells);
    tear_down(&t, cells);
}

static void the_area_of_a_road_is_no_cell(void **state) {
    (void)state;
    town t;
    set_up(&t);
    add_road(&t, 300, 0, 300, 100, GRID_BORDER_LANE);
    add_box(t.road, 35, -5, 30, 110);
    t.road_class[1] = GRID_BORDER_ARTERIAL;
    t.road_name[1] = "Wide Road";
    add_house(&t, 10, 10, 10, 5);
    add_house(&t, 70, 60, 10, 7);
    grid_cells *cells = build(&t);
    check_halves(&t, cells);
    tear_down(&t, cells);
}

/* The strip at the rim has nothing but a strip beside it. */
static void strips_behind_strips_are_shared(void **state) {
    (void)state;
    town t;
    set_up(&t);
    add_road(&t, 50, -10, 50, 80, GRID_BORDER_LANE);
    add_road(&t, -10, 80, 110, 80, GRID_BORDER_LANE);
    add_road(&t, -10, 90, 110, 90, GRID_BORDER_LANE);
    add_house(&t, 10, 10, 10, 5);
    add_house(&t, 70, 10, 10, 7);
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 2);
    assert_true(fabs(cells->area_m2[0] - 5000) < 20);
    assert_true(fabs(cells->area_m2[1] - 5000) < 20);
    tear_down(&t, cells);
}

static void a_road_is_led_on_to_the_line_before_it(void **state) {
    (void)state;
    town t;
    set_up(&t);
    add_road(&t, 50, -10, 50, 110, GRID_BORDER_ARTERIAL);
    add_road(&t, 0, 30, 38, 30, GRID_BORDER_LANE);     /* 12 m short of the arterial */
    add_road(&t, 0, 60, 30, 60, GRID_BORDER_LANE);     /* 20 m short: a dead end */
    add_road(&t, 100, 80, 49.9, 80, GRID_BORDER_LANE); /* .1 m too long: a stub */
    add_house(&t, 10, 10, 10, 1);
    add_house(&t, 10, 70, 10, 1);
    add_house(&t, 70, 10, 10, 1);
    add_house(&t, 70, 85, 10, 1);
    t.kind = "road-extended";
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 4);
    assert_true(fabs(t.amount - 12) < 1e-6);
    tear_down(&t, cells);
}

/* A river from west to east, a house on either bank. */
static void set_up_river(town *t) {
    set_up(t);
    add_road(t, -10, 50, 110, 50, GRID_BORDER_RIVER);
    add_house(t, 10, 10, 10, 10);
    add_house(t, 10, 70, 10, 10);
}

static void a_river_parts_cells(void **state) {
    (void)state;
    town t;
    set_up_river(&t);
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 2);
    assert_int_equal(cells->n_borders, 0);
    assert_int_equal(t.warnings, 0);
    tear_down(&t, cells);
}

static void a_small_bank_is_joined_across(void **state) {
    (void)state;
    town t;
    set_up_river(&t);
    t.in.part_min = 11;
    t.kind = "joined-across";
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_borders, 1);
    assert_true(t.warnings > 0 && t.amount >= 10);
    tear_down(&t, cells);
}

static void a_road_or_a_bridge_joins_banks(void **state) {
    (void)state;
    town t;
    set_up_river(&t);
    add_road(&t, 50, -10, 50, 110, GRID_BORDER_LANE);
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 4);
    assert_int_equal(cells->n_borders, 4); /* two along the lane, two along the river */
    tear_down(&t, cells);

    set_up_river(&t);
    grid_shapes *bridge = shapes();
    add_line(bridge, 30, 45, 30, 55);
    t.in.bridge = bridge;
    cells = build(&t);
    assert_int_equal(cells->n_cells, 2);
    assert_int_equal(cells->n_borders, 1);
    assert_int_equal(cells->border[0].border_class, GRID_BORDER_RIVER);
    grid_shapes_free(bridge);
    tear_down(&t, cells);
}

static void a_road_that_ends_at_the_bank_joins_nothing(void **state) {
    (void)state;
    town t;
    set_up_river(&t);
    add_road(&t, 50, 50, 50, 110, GRID_BORDER_LANE);
    add_house(&t, 70, 70, 10, 10);
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 3);
    assert_int_equal(cells->n_borders, 1);
    assert_int_equal(cells->border[0].border_class, GRID_BORDER_LANE);
    tear_down(&t, cells);
}

static void an_island_is_tied_to_what_is_nearest(void **state) {
    (void)state;
    town t;
    set_up(&t);
    assert_true(grid_shapes_begin_part(t.street));
    assert_true(grid_shapes_begin_chain(t.street));
    static const grid_xy ring[] = {{130, 0}, {150, 0}, {150, 20}, {130, 20}, {130, 0}};
    for (int i = 0; i < 5; i++)
        assert_true(grid_shapes_add(t.street, ring[i].x, ring[i].y));
    add_road(&t, 50, -10, 50, 110, GRID_BORDER_LANE);
    add_house(&t, 10, 10, 10, 50);
    add_house(&t, 70, 10, 10, 50);
    add_house(&t, 140, 5, 5, 3);
    t.in.part_min = 10;
    t.kind = "virtual-border";
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 3);
    assert_int_equal(cells->n_borders, 2);
    assert_true(t.amount == 3);
    assert_int_equal(cells->border[1].length_mm, 0);
    assert_int_equal(cells->border[1].left, cells->cell_of_household[1]);
    assert_int_equal(cells->border[1].right, cells->cell_of_household[2]);
    tear_down(&t, cells);
}

/* 560 households beside a campus of 60: 560 cannot be divided into grids of 300 to 500, 620 can. */
static void an_extended_area_is_given_back_when_needed(void **state) {
    (void)state;
    town t;
    set_up(&t);
    t.in.mode = GRID_CELLS_MADE;
    grid_shapes *extended = shapes();
    add_box(extended, 60, 0, 40, 100);
    t.in.extended = extended;
    add_road(&t, 30, -10, 30, 110, GRID_BORDER_LANE);
    add_house(&t, 10, 10, 10, 300);
    add_house(&t, 40, 10, 10, 260);
    add_house(&t, 70, 10, 10, 60);
    t.kind = "extended-given-back";
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 3);
    uint32_t campus = cells->cell_of_household[2];
    assert_int_equal(cells->extended[campus], 0);
    assert_int_equal(cells->extended[cells->cell_of_household[1]], GRID_NONE);
    const grid_context ctx = {.on_finding = note, .user = &t};
    assert_int_equal(grid_cells_give_back(cells, 250, 600, &ctx, NULL), GRID_OK);
    assert_int_equal(cells->extended[campus], 0); /* 560 is one grid of up to 600 */
    assert_int_equal(grid_cells_give_back(cells, 300, 500, &ctx, NULL), GRID_OK);
    assert_int_equal(cells->extended[campus], GRID_NONE);
    assert_true(t.amount == 60);
    grid_shapes_free(extended);
    tear_down(&t, cells);
}

/* Nothing but the ring of road round the campus joins the blocks of 100 and 400 households. */
static void ground_round_an_extended_area_joins_what_cannot_stand_alone(void **state) {
    (void)state;
    for (int64_t north = 100; north <= 400; north += 300) {
        town t;
        set_up(&t);
        t.in.mode = GRID_CELLS_MADE;
        t.in.grid_min = 300;
        t.in.grid_max = 500;
        grid_shapes *extended = shapes();
        add_box(extended, 5, 40, 90, 20);
        t.in.extended = extended;
        add_road(&t, -10, 35, 110, 35, GRID_BORDER_LANE);
        add_road(&t, -10, 65, 110, 65, GRID_BORDER_LANE);
        add_house(&t, 40, 10, 10, 400);
        add_house(&t, 40, 80, 10, north);
        grid_cells *cells = build(&t);
        assert_int_equal(cells->n_cells, 3);
        uint32_t block[] = {cells->cell_of_household[0], cells->cell_of_household[1]};
        bool beside = false;
        for (size_t i = 0; i < cells->n_borders; i++)
            beside |= cells->border[i].left + cells->border[i].right == block[0] + block[1] &&
                      (cells->border[i].left == block[0] || cells->border[i].left == block[1]);
        assert_int_equal(beside, north < 300);
        grid_shapes_free(extended);
        tear_down(&t, cells);
    }
}

static void dirty_rings_count_once(void **state) {
    (void)state;
    town t;
    set_up(&t);
    t.in.mode = GRID_CELLS_MADE;
    /* A ring that runs round its square twice and has a spike. */
    static const grid_xy ring[] = {{10, 10}, {20, 10}, {20, 20}, {40, 20}, {20, 20}, {10, 20},
                                   {10, 10}, {20, 10}, {20, 20}, {10, 20}, {10, 10}};
    assert_true(grid_shapes_begin(t.household, GRID_SHAPE_AREA));
    assert_true(grid_shapes_begin_part(t.household));
    assert_true(grid_shapes_begin_chain(t.household));
    for (size_t i = 0; i < sizeof ring / sizeof *ring; i++)
        assert_true(grid_shapes_add(t.household, ring[i].x, ring[i].y));
    t.households[0] = 9;
    t.kind = "polygon-repaired";
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 1);
    assert_int_equal(cells->households[0], 9);
    assert_true(fabs(t.amount - 100) < 1e-6);
    tear_down(&t, cells);
}

static void compounds_are_carried_and_strips_joined(void **state) {
    (void)state;
    town t;
    set_up(&t);
    t.in.mode = GRID_CELLS_MADE;
    t.compound = shapes();
    add_box(t.compound, 5, 5, 90, 90); /* leaves a ribbon of 5 m round it */
    add_house(&t, 20, 20, 10, 5);
    grid_cells *cells = build(&t);
    assert_int_equal(cells->n_cells, 1);
    assert_int_equal(cells->compound[0], 0);
    assert_true(fabs(cells->area_m2[0] - 10000) < 1e-6);
    tear_down(&t, cells);
}

static void a_street_without_area_is_refused(void **state) {
    (void)state;
    town t;
    set_up(&t);
    grid_shapes_free(t.street);
    t.street = shapes();
    add_line(t.street, 0, 0, 10, 10);
    t.in.street = t.street;
    grid_cells *cells = NULL;
    grid_error err = {0};
    assert_int_equal(grid_cells_build(&t.in, NULL, &cells, &err), GRID_E_INPUT);
    assert_null(cells);
    tear_down(&t, cells);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(areas_that_tile_the_street_are_cells),
        cmocka_unit_test(roads_part_cells_and_name_borders),
        cmocka_unit_test(communities_are_fitted_to_the_street),
        cmocka_unit_test(nobody_is_lost),
        cmocka_unit_test(cells_do_not_straddle_older_units),
        cmocka_unit_test(large_cells_are_cut_between_buildings),
        cmocka_unit_test(carriageways_become_one_border),
        cmocka_unit_test(the_area_of_a_road_is_no_cell),
        cmocka_unit_test(strips_behind_strips_are_shared),
        cmocka_unit_test(a_road_is_led_on_to_the_line_before_it),
        cmocka_unit_test(a_river_parts_cells),
        cmocka_unit_test(a_small_bank_is_joined_across),
        cmocka_unit_test(a_road_or_a_bridge_joins_banks),
        cmocka_unit_test(a_road_that_ends_at_the_bank_joins_nothing),
        cmocka_unit_test(an_island_is_tied_to_what_is_nearest),
        cmocka_unit_test(an_extended_area_is_given_back_when_needed),
        cmocka_unit_test(ground_round_an_extended_area_joins_what_cannot_stand_alone),
        cmocka_unit_test(dirty_rings_count_once),
        cmocka_unit_test(compounds_are_carried_and_strips_joined),
        cmocka_unit_test(a_street_without_area_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
