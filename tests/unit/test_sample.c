/* data/sample keeps its promises: real codes, a tiled town, totals that 200 grids fit. */
#include "unit.h"

#include <grid/cover.h>
#include <grid/io.h>

#define TOWN GRID_DATA_DIR "/sample/town.gpkg"

static grid_layer *read_layer(const char *name) {
    grid_layer *layer = NULL;
    grid_error err;
    grid_context quiet = {0};
    grid_layer_options options = {.layer = name};
    assert_int_equal(grid_layer_read(TOWN, &options, &quiet, &layer, &err), GRID_OK);
    return layer;
}

static const grid_column *column(const grid_layer *layer, const char *name) {
    const grid_column *found = grid_layer_column(layer, name);
    assert_non_null(found);
    return found;
}

static size_t find_row(const grid_column *code, size_t n, const char *wanted) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(code->text[i], wanted) == 0)
            return i;
    fail_msg("no unit %s", wanted);
    return 0;
}

static void streets_are_meant_for_200_grids(void **state) {
    (void)state;
    static const struct {
        const char *code, *name;
        int64_t grids;
    } expected[] = {{"410482001", "煤山街道", 123},
                    {"410482002", "风穴路街道", 32},
                    {"410482003", "钟楼街道", 26},
                    {"410482004", "洗耳河街道", 19}};
    grid_layer *streets = read_layer("streets");
    assert_int_equal(streets->n, 4);
    for (size_t i = 0; i < 4; i++) {
        size_t row = find_row(column(streets, "code"), streets->n, expected[i].code);
        assert_string_equal(column(streets, "name")->text[row], expected[i].name);
        assert_int_equal(column(streets, "grids")->integer[row], expected[i].grids);
    }
    grid_layer_free(streets);
}

/* Every community's count is the one nearest to 400 households and 1,250 persons a grid, and stays
 * possible when grids differ from the mean by a sixth. */
static void communities_have_feasible_totals(void **state) {
    (void)state;
    grid_layer *communities = read_layer("communities");
    assert_int_equal(communities->n, 32);
    for (size_t i = 0; i < communities->n; i++) {
        int64_t grids = column(communities, "grids")->integer[i];
        int64_t households = column(communities, "households")->integer[i];
        int64_t persons = column(communities, "persons")->integer[i];
        assert_int_equal((households + 200) / 400, grids);
        assert_int_equal((persons + 625) / 1250, grids);
        assert_in_range(households, 360 * grids, 440 * grids);
        assert_in_range(persons, 1150 * grids, 1350 * grids);
    }
    grid_layer_free(communities);
}

static void communities_tile_the_streets(void **state) {
    (void)state;
    grid_layer *streets = read_layer("streets"), *communities = read_layer("communities");
    const grid_column *parent = column(communities, "parent");
    uint32_t *parent_of = calloc(communities->n, sizeof *parent_of);
    int64_t households[4] = {0}, persons[4] = {0};
    for (size_t i = 0; i < communities->n; i++) {
        size_t row = find_row(column(streets, "code"), streets->n, parent->text[i]);
        parent_of[i] = (uint32_t)row;
        households[row] += column(communities, "households")->integer[i];
        persons[row] += column(communities, "persons")->integer[i];
    }
    grid_seam seam[4];
    grid_error err;
    grid_context quiet = {0};
    assert_int_equal(
        grid_cover_check(streets->shapes, communities->shapes, parent_of, &quiet, seam, &err),
        GRID_OK);
    for (size_t s = 0; s < 4; s++) {
        assert_true(seam[s].exact);
        assert_int_equal(households[s], column(streets, "households")->integer[s]);
        assert_int_equal(persons[s], column(streets, "persons")->integer[s]);
    }
    free(parent_of);
    grid_layer_free(streets);
    grid_layer_free(communities);
}

/* Each building stands in one community, whose totals are the sums of its buildings'. */
static void buildings_add_up(void **state) {
    (void)state;
    grid_layer *communities = read_layer("communities"), *buildings = read_layer("buildings");
    uint32_t *community = calloc(buildings->n, sizeof *community);
    int64_t *households = calloc(communities->n, sizeof *households);
    int64_t *persons = calloc(communities->n, sizeof *persons);
    grid_error err;
    assert_int_equal(grid_cover_place(communities->shapes, buildings->shapes, community, &err),
                     GRID_OK);
    size_t tall = 0;
    for (size_t i = 0; i < buildings->n; i++) {
        assert_in_range(community[i], 0, communities->n - 1);
        int64_t homes = column(buildings, "households")->integer[i];
        households[community[i]] += homes;
        persons[community[i]] += column(buildings, "persons")->integer[i];
        tall += column(buildings, "floors")->integer[i] >= 17;
        assert_in_range(homes, 0, 299); // else no grid could hold the building's neighbours
    }
    for (size_t i = 0; i < communities->n; i++) {
        assert_int_equal(households[i], column(communities, "households")->integer[i]);
        assert_int_equal(persons[i], column(communities, "persons")->integer[i]);
    }
    assert_true(tall > 50);
    free(community);
    free(households);
    free(persons);
    grid_layer_free(communities);
    grid_layer_free(buildings);
}

static void compounds_are_mostly_one_grid_or_less(void **state) {
    (void)state;
    grid_layer *compounds = read_layer("compounds");
    size_t large = 0;
    for (size_t i = 0; i < compounds->n; i++)
        large += column(compounds, "households")->integer[i] > 500;
    assert_true(large > 0);
    assert_true(large * 20 < compounds->n);
    grid_layer_free(compounds);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streets_are_meant_for_200_grids),
        cmocka_unit_test(communities_have_feasible_totals),
        cmocka_unit_test(communities_tile_the_streets),
        cmocka_unit_test(buildings_add_up),
        cmocka_unit_test(compounds_are_mostly_one_grid_or_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
