#include "unit.h"

#include "town_graph.h"

static const grid_rule usual[] = {{"households", 300, 500, 0, true},
                                  {"persons", 0, INT64_MAX, 0, false}};
static const town_plan plan = {40, 30, 40, 700, 200, 80, 20, 350, 20, 1};

static grid_division *divide(const grid_graph *g, const grid_partition_options *o,
                             unsigned threads) {
    grid_context ctx = {.threads = threads};
    grid_division *d = NULL;
    grid_error err = {0};
    grid_status status = grid_partition_build(g, o, &ctx, &d, &err);
    if (status != GRID_OK)
        fail_msg("%s", err.message);
    return d;
}

static uint32_t count_reachable(const grid_graph *g, const grid_division *d, uint32_t from,
                                uint8_t *seen) {
    uint32_t *stack = calloc(g->n, sizeof *stack), top = 0, n = 0;
    stack[top++] = from;
    seen[from] = 1;
    while (top) {
        uint32_t v = stack[--top];
        n++;
        for (uint32_t e = g->start[v]; e < g->start[v + 1]; e++)
            if (!seen[g->to[e]] && d->grid[g->to[e]] == d->grid[v]) {
                seen[g->to[e]] = 1;
                stack[top++] = g->to[e];
            }
    }
    free(stack);
    return n;
}

/** Every node in one grid, grids connected and inside one region, sums right. */
static void check(const grid_graph *g, const grid_division *d) {
    uint32_t *size = calloc(d->n_grids, sizeof *size);
    int64_t *sum = calloc((size_t)d->n_grids * g->n_measures, sizeof *sum);
    uint8_t *seen = calloc(g->n, 1);
    int64_t cost = 0;
    for (uint32_t v = 0; v < g->n; v++) {
        assert_true(d->grid[v] < d->n_grids);
        assert_int_equal(d->region[d->grid[v]], g->region[v]);
        size[d->grid[v]]++;
        for (uint32_t m = 0; m < g->n_measures; m++)
            sum[d->grid[v] * g->n_measures + m] += g->measure[v * g->n_measures + m];
        for (uint32_t e = g->start[v]; e < g->start[v + 1]; e++)
            if (g->to[e] > v && g->region[v] == g->region[g->to[e]] &&
                d->grid[v] != d->grid[g->to[e]])
                cost += g->cost[e];
    }
    assert_true(cost == d->cost);
    for (uint32_t v = 0; v < g->n; v++)
        if (!seen[v])
            assert_int_equal(count_reachable(g, d, v, seen), size[d->grid[v]]);
    for (uint32_t i = 0; i < d->n_grids; i++) {
        assert_true(size[i] > 0);
        for (uint32_t m = 0; m < g->n_measures; m++)
            assert_true(sum[i * g->n_measures + m] == d->measure[i * g->n_measures + m]);
    }
    free(size);
    free(sum);
    free(seen);
}

static void town_is_divided_in_range(void **state) {
    (void)state;
    town t = {0};
    town_build(&t, &plan, NULL);
    grid_partition_options o = {.rules = usual, .seed = 1, .effort = 3};
    grid_division *d = divide(&t.graph, &o, 1);
    check(&t.graph, d);
    for (uint32_t i = 0; i < d->n_grids; i++) {
        if (d->status[i] != GRID_UNIT_OK)
            print_message("%s: %s\n", grid_unit_status_name(d->status[i]), d->reason[i]);
        assert_int_equal(d->status[i], GRID_UNIT_OK);
    }
    grid_division_free(d);
    town_free(&t);
}

/** The same division from any order of nodes and any number of threads. */
static void order_and_threads_change_nothing(void **state) {
    (void)state;
    uint32_t n = plan.width * plan.height, *number = calloc(n, sizeof *number);
    uint64_t random = 5;
    for (uint32_t i = 0; i < n; i++)
        number[i] = i;
    for (uint32_t i = n - 1; i > 0; i--) {
        uint32_t j = town_random(&random) % (i + 1), swap = number[i];
        number[i] = number[j];
        number[j] = swap;
    }
    town a = {0}, b = {0};
    town_build(&a, &plan, NULL);
    town_build(&b, &plan, number);
    grid_partition_options o = {.rules = usual, .seed = 3, .effort = 3};
    grid_division *da = divide(&a.graph, &o, 1), *db = divide(&b.graph, &o, 2);
    assert_int_equal(da->n_grids, db->n_grids);
    for (uint32_t i = 0; i < n; i++)
        assert_int_equal(da->grid[i], db->grid[number[i]]);
    grid_division_free(da);
    grid_division_free(db);
    town_free(&a);
    town_free(&b);
    free(number);
}

/** A line of four cells, as a graph by hand. */
typedef struct line {
    int64_t measure[4];
    uint32_t start[5], to[6], region[4];
    uint8_t border_class[6];
    int64_t length[6], cost[6];
    grid_xy place[4];
    grid_graph graph;
} line;

static void line_build(line *l, const int64_t *households) {
    *l = (line){.start = {0, 1, 3, 5, 6}, .to = {1, 0, 2, 1, 3, 2}};
    for (int i = 0; i < 4; i++) {
        l->measure[i] = households[i];
        l->place[i] = (grid_xy){i, 0};
    }
    for (int i = 0; i < 6; i++) {
        l->length[i] = 100000;
        l->cost[i] = 500000;
    }
    l->graph = (grid_graph){.n = 4,
                            .n_measures = 1,
                            .measure = l->measure,
                            .start = l->start,
                            .to = l->to,
                            .border_class = l->border_class,
                            .length_mm = l->length,
                            .cost = l->cost,
                            .region = l->region,
                            .n_regions = 1,
                            .place = l->place};
}

static void statuses_carry_their_numbers(void **state) {
    (void)state;
    static const struct {
        int64_t households[4];
        grid_unit_status status;
        uint32_t n_grids;
        const char *part;
    } cases[] = {
        {{100, 100, 100, 100}, GRID_UNIT_OK, 1, ""},
        {{200, 200, 200, 200}, GRID_UNIT_OK, 2, ""},
        {{20, 30, 20, 10}, GRID_UNIT_UNDER_COMMUNITY, 1, "only 80 households"},
        {{0, 0, 0, 0}, GRID_UNIT_EMPTY, 1, "no households"},
        {{130, 140, 140, 140}, GRID_UNIT_INFEASIBLE, 1, "550 households need at least 2 grids"},
        {{0, 800, 0, 0}, GRID_UNIT_OVER_INDIVISIBLE, 1, "have 800 households"},
        {{120, 450, 0, 400}, GRID_UNIT_OVER_INDIVISIBLE, 2, "2 cells that reach the rest"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        line l;
        line_build(&l, cases[i].households);
        grid_partition_options o = {.rules = usual};
        grid_division *d = divide(&l.graph, &o, 1);
        check(&l.graph, d);
        bool met = false;
        for (uint32_t g = 0; g < d->n_grids; g++)
            met |= d->status[g] == cases[i].status && strstr(d->reason[g], cases[i].part);
        if (!met)
            fail_msg("case %zu: %s: %s", i, grid_unit_status_name(d->status[0]), d->reason[0]);
        assert_int_equal(d->n_grids, cases[i].n_grids);
        grid_division_free(d);
    }
}

static void demanded_numbers_are_hit_or_refused(void **state) {
    (void)state;
    town t = {0};
    town_build(&t, &plan, NULL);
    grid_partition_options o = {.rules = usual, .seed = 1, .effort = 3};
    grid_division *d = divide(&t.graph, &o, 1);
    int64_t free_count = d->n_grids;
    grid_division_free(d);
    for (int64_t wanted = free_count - 2; wanted <= free_count + 2; wanted++) {
        o.street_grids = &wanted;
        o.n_streets = 1;
        d = divide(&t.graph, &o, 1);
        check(&t.graph, d);
        assert_int_equal(d->n_grids, wanted);
        for (uint32_t i = 0; i < d->n_grids; i++)
            assert_int_equal(d->status[i], GRID_UNIT_OK);
        grid_division_free(d);
    }
    int64_t too_many = 3 * free_count;
    grid_error err = {0};
    o.street_grids = &too_many;
    assert_int_equal(grid_partition_build(&t.graph, &o, NULL, &d, &err), GRID_E_INPUT);
    assert_non_null(strstr(err.message, "in range"));
    assert_null(d);
    town_free(&t);
}

/** A street without communities, large enough to be cut into quarters first. */
static void large_regions_are_divided_in_quarters(void **state) {
    (void)state;
    static const town_plan large = {60, 58, 22, 1700, 250, 90, 24, 100000, 16, 1};
    town t = {0};
    town_build(&t, &large, NULL);
    assert_int_equal(t.graph.n_regions, 1);
    grid_partition_options o = {.rules = usual, .seed = 1, .effort = 1};
    grid_division *a = divide(&t.graph, &o, 1), *b = divide(&t.graph, &o, 2);
    check(&t.graph, a);
    assert_memory_equal(a->grid, b->grid, t.graph.n * sizeof *a->grid);
    uint32_t ok = 0;
    for (uint32_t i = 0; i < a->n_grids; i++)
        ok += a->status[i] == GRID_UNIT_OK;
    assert_true(ok >= a->n_grids - 1);
    int64_t wanted = a->n_grids + 3;
    grid_division_free(a);
    o.street_grids = &wanted;
    o.n_streets = 1;
    a = divide(&t.graph, &o, 1);
    assert_int_equal(a->n_grids, wanted);
    grid_division_free(a);
    grid_division_free(b);
    town_free(&t);
}

/* ---- updates ----------------------------------------------------------------------------- */

static int64_t moved_households(const grid_graph *g, const uint32_t *old, const grid_division *d) {
    int64_t moved = 0;
    for (uint32_t v = 0; v < g->n; v++)
        moved += d->old[d->grid[v]] == old[v] ? 0 : g->measure[v * g->n_measures];
    return moved;
}

static int64_t all_households(const grid_graph *g) {
    int64_t sum = 0;
    for (uint32_t v = 0; v < g->n; v++)
        sum += g->measure[v * g->n_measures];
    return sum;
}

static grid_division *update(const grid_graph *g, const grid_division *old, const bool *locked) {
    grid_partition_options o = {
        .rules = usual, .seed = 1, .old_grid = old->grid, .n_old = old->n_grids, .locked = locked};
    grid_division *d = divide(g, &o, 1);
    check(g, d);
    return d;
}

static void update_without_change_changes_nothing(void **state) {
    (void)state;
    town t = {0};
    town_build(&t, &plan, NULL);
    grid_partition_options o = {.rules = usual, .seed = 1, .effort = 3};
    grid_division *old = divide(&t.graph, &o, 1), *d = update(&t.graph, old, NULL);
    assert_int_equal(d->n_grids, old->n_grids);
    assert_true(moved_households(&t.graph, old->grid, d) == 0);
    grid_division_free(d);
    grid_division_free(old);
    town_free(&t);
}

static void drift_moves_few_and_only_where_it_must(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= 3; seed++) {
        town t = {0};
        town_plan p = plan;
        p.seed = seed;
        town_build(&t, &p, NULL);
        grid_partition_options o = {.rules = usual, .seed = 1, .effort = 3};
        grid_division *old = divide(&t.graph, &o, 1);
        uint64_t random = seed;
        for (uint32_t v = 0; v < t.graph.n; v++) /* +-5 % a cell */
            t.measure[2 * v] = t.measure[2 * v] * (95 + town_random(&random) % 11) / 100;
        bool *touched = calloc(t.graph.n_regions, 1);
        int64_t *w = calloc(old->n_grids, sizeof *w);
        for (uint32_t v = 0; v < t.graph.n; v++)
            w[old->grid[v]] += t.measure[2 * v];
        for (uint32_t i = 0; i < old->n_grids; i++)
            touched[old->region[i]] |= w[i] < 300 || w[i] > 500;
        grid_division *d = update(&t.graph, old, NULL);
        for (uint32_t i = 0; i < d->n_grids; i++)
            assert_int_equal(d->status[i], GRID_UNIT_OK);
        for (uint32_t v = 0; v < t.graph.n; v++)
            if (!touched[t.region[v]])
                assert_int_equal(d->old[d->grid[v]], old->grid[v]);
        double share = (double)moved_households(&t.graph, old->grid, d) /
                       (double)all_households(&t.graph);
        print_message("seed %u: %.2f %% of households moved\n", seed, 100 * share);
        assert_true(share <= 0.01);
        free(touched);
        free(w);
        grid_division_free(d);
        grid_division_free(old);
        town_free(&t);
    }
}

static void growth_moves_what_it_must(void **state) {
    (void)state;
    town t = {0};
    town_build(&t, &plan, NULL);
    grid_partition_options o = {.rules = usual, .seed = 1, .effort = 3};
    grid_division *old = divide(&t.graph, &o, 1);
    uint32_t grown = 0, before = GRID_NONE;
    for (uint32_t v = 0; v < t.graph.n && grown < 3; v++) /* three compounds x 1.6 */
        if (t.compound[v] != before && t.measure[2 * v] > 20) {
            before = t.compound[v];
            grown++;
            for (uint32_t u = 0; u < t.graph.n; u++)
                if (t.compound[u] == before)
                    t.measure[2 * u] = t.measure[2 * u] * 16 / 10;
        }
    grid_division *d = update(&t.graph, old, NULL);
    for (uint32_t i = 0; i < d->n_grids; i++)
        assert_int_equal(d->status[i], GRID_UNIT_OK);
    double share = (double)moved_households(&t.graph, old->grid, d) /
                   (double)all_households(&t.graph);
    print_message("%.2f %% of households moved\n", 100 * share);
    assert_true(share <= 0.015);
    grid_division_free(d);
    grid_division_free(old);
    town_free(&t);
}

static void locked_grids_stay(void **state) {
    (void)state;
    town t = {0};
    town_build(&t, &plan, NULL);
    grid_partition_options o = {.rules = usual, .seed = 1, .effort = 3};
    grid_division *old = divide(&t.graph, &o, 1);
    for (uint32_t v = 0; v < t.graph.n; v++) /* everything grows, all grids are too large */
        t.measure[2 * v] *= 2;
    bool *locked = calloc(old->n_grids, 1);
    locked[3] = true;
    grid_division *d = update(&t.graph, old, locked);
    uint32_t kept = GRID_NONE;
    for (uint32_t i = 0; i < d->n_grids; i++)
        if (d->old[i] == 3)
            kept = i;
    assert_int_not_equal(kept, GRID_NONE);
    for (uint32_t v = 0; v < t.graph.n; v++)
        assert_int_equal(d->grid[v] == kept, old->grid[v] == 3);
    assert_int_equal(d->status[kept], GRID_UNIT_LOCKED);
    free(locked);
    grid_division_free(d);
    grid_division_free(old);
    town_free(&t);
}

static void names_are_chinese_numbers(void **state) {
    (void)state;
    static const struct {
        uint32_t number;
        const char *name;
    } cases[] = {{1, "第一网格"},         {10, "第十网格"},        {12, "第十二网格"},
                 {20, "第二十网格"},      {35, "第三十五网格"},    {100, "第一百网格"},
                 {105, "第一百零五网格"}, {110, "第一百一十网格"}, {999, "第九百九十九网格"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[64];
        grid_name_write(name, sizeof name, cases[i].number, "网格");
        assert_string_equal(name, cases[i].name);
    }
}

static void codes_are_made_by_pattern_and_read_back(void **state) {
    (void)state;
    static const struct {
        const char *parent, *pattern, *code;
        uint32_t number;
    } cases[] = {{"410482001001", "###", "410482001001007", 7},
                 {"410482001", "B##", "410482001B32", 32},
                 {"41", "A####Z", "41A0012Z", 12}};
    grid_code code;
    grid_error err;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(
            grid_code_write(cases[i].parent, cases[i].pattern, cases[i].number, code, &err),
            GRID_OK);
        assert_string_equal(code, cases[i].code);
        assert_int_equal(grid_code_number(code, cases[i].parent, cases[i].pattern),
                         cases[i].number);
        assert_int_equal(grid_code_number(code, "9", cases[i].pattern), 0);
    }
    assert_int_equal(grid_code_number("410482001C32", "410482001", "B##"), 0);
    assert_int_equal(grid_code_number("410482001B3x", "410482001", "B##"), 0);
    assert_int_equal(grid_code_number("410482001B321", "410482001", "B##"), 0);
    assert_int_equal(grid_code_write("410482001", "B##", 100, code, &err), GRID_E_INPUT);
    static const char *const wrong[] = {"", "B", "#B#", "b##", "##########", "第##"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(grid_code_check(wrong[i]));
}

/* Against the definition: borders between units are the sums over pairs of their nodes. */
static void joined_borders_are_sums(void **state) {
    (void)state;
    town t = {0};
    town_build(&t, &plan, NULL);
    const grid_graph *g = &t.graph;
    uint32_t n = g->n_regions, *region = calloc(n, sizeof *region);
    int64_t *measure = calloc(n, sizeof *measure);
    for (uint32_t v = 0; v < g->n; v++)
        measure[g->region[v]] += g->measure[v * g->n_measures];
    const grid_joined_units units = {n, 1, 1, measure, region};
    grid_graph *joined;
    grid_error err;
    assert_int_equal(grid_graph_join(g, g->region, &units, &joined, &err), GRID_OK);
    assert_int_equal(joined->n, n);
    for (uint32_t a = 0; a < n; a++) {
        assert_true(joined->measure[a] == measure[a]);
        for (uint32_t b = 0; b < n; b++) {
            int64_t cost = 0, length = 0, by_class[GRID_BORDER_CLASSES] = {0};
            for (uint32_t v = 0; v < g->n; v++)
                for (uint32_t e = g->start[v]; e < g->start[v + 1]; e++)
                    if (a != b && g->region[v] == a && g->region[g->to[e]] == b) {
                        cost += g->cost[e];
                        length += g->length_mm[e];
                        by_class[g->border_class[e]] += g->length_mm[e];
                    }
            for (uint32_t e = joined->start[a]; e < joined->start[a + 1]; e++) {
                if (joined->to[e] != b)
                    continue;
                cost -= joined->cost[e];
                length -= joined->length_mm[e];
                for (int c = 0; c < GRID_BORDER_CLASSES; c++)
                    assert_true(by_class[c] <= by_class[joined->border_class[e]]);
            }
            assert_true(cost == 0 && length == 0);
        }
    }
    grid_graph_free(joined);
    free(region);
    free(measure);
    town_free(&t);
}

static void codes_follow_their_parents(void **state) {
    (void)state;
    town t = {0};
    town_build(&t, &plan, NULL);
    grid_partition_options o = {.rules = usual, .seed = 1, .effort = 3};
    grid_division *d = divide(&t.graph, &o, 1);
    uint32_t street_of[16] = {0};
    const char *given[16];
    char text[16][13];
    for (uint32_t r = 0; r < t.graph.n_regions; r++) {
        snprintf(text[r], sizeof text[r], "410482001%03u", (unsigned)(r + 7) % 1000);
        given[r] = text[r];
    }
    grid_codes_input in = {.graph = &t.graph,
                           .division = d,
                           .n_streets = 1,
                           .street_of_community = street_of,
                           .community_code = given};
    grid_codes *c = NULL;
    grid_error err;
    assert_int_equal(grid_codes_build(&in, NULL, &c, &err), GRID_OK);
    assert_false(c->streets_assigned);
    assert_string_equal(c->street[0], "410482001");
    assert_string_equal(c->grid[0], "410482001007001");
    assert_string_equal(c->name[0], "第一网格");
    grid_codes_free(c);

    given[1] = given[0]; /* twice the same: not usable */
    assert_int_equal(grid_codes_build(&in, NULL, &c, &err), GRID_OK);
    assert_true(c->streets_assigned && c->communities_assigned);
    assert_string_equal(c->street[0], "000000001");
    assert_int_equal(strncmp(c->grid[0], "000000001", 9), 0);
    grid_codes_free(c);
    grid_division_free(d);
    town_free(&t);
}

/* Twelve cells of one grid each, in three rows that are not quite straight, in any order. */
static void numbers_run_west_to_east_then_north_to_south(void **state) {
    (void)state;
    enum { COLUMNS = 4, ROWS = 3, N = COLUMNS * ROWS };
    uint32_t node[N], start[N + 1] = {0}, to[4 * N], region[N] = {0};
    int64_t measure[2 * N], length[4 * N], cost[4 * N];
    uint8_t border[4 * N];
    grid_xy place[N];
    for (uint32_t i = 0; i < N; i++)
        node[i * 5 % N] = i; /* node[v] is the place of v, row by row from the north-west */
    for (uint32_t v = 0; v < N; v++) {
        uint32_t column = node[v] % COLUMNS, row = node[v] / COLUMNS, end = start[v];
        place[v] = (grid_xy){100.0 * column, -100.0 * row + (column % 2 ? 5 : -5)};
        measure[2 * v] = 400;
        measure[2 * v + 1] = 1000;
        for (uint32_t u = 0; u < N; u++) {
            uint32_t dx = node[u] % COLUMNS - column + 1, dy = node[u] / COLUMNS - row + 1;
            if (dx > 2 || dy > 2 || (dx == 1) == (dy == 1))
                continue;
            to[end] = u;
            border[end] = GRID_BORDER_ROAD;
            length[end] = 100000;
            cost[end++] = 500000;
        }
        start[v + 1] = end;
    }
    const grid_graph g = {.n = N,
                          .n_measures = 2,
                          .measure = measure,
                          .start = start,
                          .to = to,
                          .border_class = border,
                          .length_mm = length,
                          .cost = cost,
                          .region = region,
                          .n_regions = 1,
                          .place = place};
    const grid_partition_options o = {.rules = usual, .seed = 1};
    grid_division *d = divide(&g, &o, 1);
    assert_int_equal(d->n_grids, N);
    for (uint32_t v = 0; v < N; v++)
        assert_int_equal(d->grid[v], node[v]);
    grid_division_free(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(town_is_divided_in_range),
        cmocka_unit_test(order_and_threads_change_nothing),
        cmocka_unit_test(statuses_carry_their_numbers),
        cmocka_unit_test(demanded_numbers_are_hit_or_refused),
        cmocka_unit_test(large_regions_are_divided_in_quarters),
        cmocka_unit_test(update_without_change_changes_nothing),
        cmocka_unit_test(drift_moves_few_and_only_where_it_must),
        cmocka_unit_test(growth_moves_what_it_must),
        cmocka_unit_test(locked_grids_stay),
        cmocka_unit_test(names_are_chinese_numbers),
        cmocka_unit_test(codes_are_made_by_pattern_and_read_back),
        cmocka_unit_test(joined_borders_are_sums),
        cmocka_unit_test(codes_follow_their_parents),
        cmocka_unit_test(numbers_run_west_to_east_then_north_to_south),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
