/* Random small graphs against all divisions there are, and random trees against their definition.
 */
#include "unit.h"

#include "base/vec.h"
#include "partition/divide.h"
#include "partition/polish.h"
#include "partition/tie.h"
#include "partition/tree.h"
#include "partition/tree_cut.h"
#include "town_graph.h"

static unsigned seeds(void) {
    const char *text = getenv("GRID_SEEDS");
    return text ? (unsigned)strtoul(text, NULL, 10) : 200;
}

/** Closes some borders for good, so that cells hang on others: a third of the towns get many. */
static void cut_open(town *t, uint32_t seed) {
    uint64_t random = seed + 77;
    uint32_t at = 0, from = 0;
    for (uint32_t v = 0; v < t->graph.n; v++) {
        uint32_t to = t->start[v + 1];
        for (uint32_t e = from; e < to; e++) {
            uint32_t u = t->to[e], pair = v < u ? v * 1000 + u : u * 1000 + v;
            uint64_t own = random + pair * UINT64_C(0x9E3779B97F4A7C15);
            town_random(&own);
            if (seed % 3 == 0 && town_random(&own) % 3 == 0)
                continue;
            t->to[at] = u;
            t->cost[at] = t->cost[e];
            t->length_mm[at] = t->length_mm[e];
            t->border_class[at++] = t->border_class[e];
        }
        from = to;
        t->start[v + 1] = at;
    }
}

/** A raster town with some cells' borders closed, made over into its first piece. */
static void random_piece(uint32_t seed, uint32_t width, uint32_t height, town *t,
                         piece_list *pieces) {
    town_plan plan = {width, height, 40, 4, 3, 2, 2, width * height + 1, 60 + 40 * (seed % 5),
                      seed};
    town_build(t, &plan, NULL);
    cut_open(t, seed);
    grid_error err;
    assert_int_equal(piece_list_build(&t->graph, NULL, pieces, &err), GRID_OK);
}

/** Two rules, aimed at the piece. */
static rule_set rules_for(const grid_rule rules[2], const piece *p) {
    rule_set set;
    grid_error err;
    assert_int_equal(rule_set_read(rules, 2, &set, &err), GRID_OK);
    rule_set_aim(&set, rules, p->total);
    return set;
}

/* ---- all divisions, by assigning node after node to a grid so far or to a new one -------------
 */

typedef struct oracle {
    const piece *p;
    const rule_set *rules;
    uint32_t label[16], tied[16];
    int64_t best_in_range, best_any; /* prices; INT64_MAX when there is none */
} oracle;

static bool connected(const piece *p, const uint32_t *label, uint32_t grid) {
    uint32_t stack[64], top = 0, reached = 0, size = 0;
    bool seen[64] = {false};
    for (uint32_t v = 0; v < p->n; v++) {
        if (label[v] == grid && size++ == 0) {
            stack[top++] = v;
            seen[v] = true;
        }
    }
    while (top) {
        uint32_t v = stack[--top];
        reached++;
        for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++)
            if (label[p->to[e]] == grid && !seen[p->to[e]]) {
                seen[p->to[e]] = true;
                stack[top++] = p->to[e];
            }
    }
    return reached == size;
}

static void judge(oracle *o, uint32_t k) {
    const piece *p = o->p;
    int64_t price = 0;
    bool in_range = true, any_excused = false;
    for (uint32_t g = 0; g < k; g++) {
        int64_t w[2] = {0}, beside[2] = {0}; /* beside indivisible cells */
        bool excused = false;
        if (!connected(p, o->label, g))
            return;
        for (uint32_t v = 0; v < p->n; v++)
            if (o->label[v] == g) {
                w[0] += p->w[2 * v];
                w[1] += p->w[2 * v + 1];
                excused |= p->heavy[v];
                beside[0] += p->heavy[v] ? 0 : p->w[2 * v];
                beside[1] += p->heavy[v] ? 0 : p->w[2 * v + 1];
            }
        excused = excused && !rule_set_exceeded(o->rules, beside);
        any_excused |= excused;
        price += rule_set_price(o->rules, w, 1);
        in_range &= excused || rule_set_holds(o->rules, w);
    }
    /* What is tied together is together wherever all grids are in range. */
    for (uint32_t v = 0; v < p->n && in_range && !any_excused; v++)
        for (uint32_t u = 0; u < v; u++)
            if (o->tied[u] == o->tied[v])
                assert_int_equal(o->label[u], o->label[v]);
    for (uint32_t v = 0; v < p->n; v++)
        for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++)
            if (p->to[e] > v && o->label[v] != o->label[p->to[e]])
                price += p->cost[e];
    if (price < o->best_any)
        o->best_any = price;
    if (in_range && price < o->best_in_range)
        o->best_in_range = price;
}

static void assign(oracle *o, uint32_t v, uint32_t k) {
    if (v == o->p->n) {
        judge(o, k);
        return;
    }
    for (uint32_t g = 0; g <= k; g++) {
        o->label[v] = g;
        assign(o, v + 1, g == k ? k + 1 : k);
    }
}

static void exact_is_what_all_divisions_say(void **state) {
    (void)state;
    static const grid_rule rules[2] = {{"households", 150, 320, 0, true},
                                       {"persons", 350, 900, 0, true}};
    unsigned infeasible = 0, feasible = 0, ties = 0;
    for (uint32_t seed = 1; seed <= seeds(); seed++) {
        town t = {0};
        piece_list pieces = {0};
        random_piece(seed, 3, 3, &t, &pieces);
        const piece *p = &pieces.at[0];
        rule_set set = rules_for(rules, p);
        for (uint32_t v = 0; v < p->n; v++)
            p->heavy[v] = rule_set_exceeded(&set, &p->w[2 * (size_t)v]);
        oracle o = {.p = p, .rules = &set, .best_in_range = INT64_MAX, .best_any = INT64_MAX};
        ties += p->n - tie_nodes(p, &set, o.tied);
        assign(&o, 0, 0);
        net g;
        uint32_t all_one[16] = {0}, found[16];
        assert_true(net_init(&g, p, &set));
        net_set(&g, all_one, 1);
        exact_result exact = {.label = found};
        assert_true(exact_solve(&g, NULL, 0, 1000000, &exact));
        int64_t start_price = g.price;
        bool start_out = g.n_out > 0;
        if (exact.k > 0)
            net_set(&g, exact.label, exact.k);
        if (o.best_in_range < INT64_MAX) {
            feasible++;
            assert_int_equal(exact.verdict, EXACT_OPTIMAL);
            assert_int_equal(g.n_out, 0);
            assert_true(g.price == o.best_in_range);
        } else {
            infeasible++;
            assert_true(start_out);
            assert_int_equal(exact.verdict, EXACT_LEAST_OUT);
            assert_true(g.price == o.best_any);
        }
        assert_true(g.price <= start_price || start_out);
        net_free(&g);
        piece_list_free(&pieces);
        town_free(&t);
    }
    print_message("%u feasible, %u not, %u ties\n", feasible, infeasible, ties);
    assert_true(feasible > 0 && infeasible > 0 && ties > 0);
}

/* ---- trees
 * --------------------------------------------------------------------------------------- */

static void cuts_cost_what_they_cut(void **state) {
    (void)state;
    for (uint32_t seed = 1; seed <= seeds() / 4 + 1; seed++) {
        town t = {0};
        piece_list pieces = {0};
        random_piece(seed, 9, 7, &t, &pieces);
        const piece *p = &pieces.at[0];
        tree drawn;
        assert_true(tree_init(&drawn, p));
        uint32_t nodes[64];
        for (uint32_t v = 0; v < p->n; v++)
            nodes[v] = v;
        random_source random = {seed};
        tree_load(&drawn, nodes, p->n);
        assert_true(tree_draw(&drawn, &random));
        for (uint32_t i = 1; i < drawn.n; i++) {
            int64_t cost = 0, w = 0;
            for (uint32_t v = 0; v < p->n; v++) {
                bool inside = drawn.at[v] - i < drawn.size[i];
                w += inside ? p->w[2 * v] : 0;
                for (uint32_t e = p->start[v]; inside && e < p->start[v + 1]; e++)
                    cost += drawn.at[p->to[e]] - i < drawn.size[i] ? 0 : p->cost[e];
            }
            assert_true(cost == drawn.cut[i]);
            assert_true(w == drawn.w[2 * i]);
        }
        tree_free(&drawn);
        piece_list_free(&pieces);
        town_free(&t);
    }
}

/** What a choice of the tree's edges costs: bit i - 1 stands for the edge above position i. Never
 *  chosen is one with a part above 256 steps of weight. */
static int64_t price_choice(const tree *t, const rule_set *rules, int64_t charge, uint32_t chosen) {
    int64_t w[16][2] = {{0}}, price = 0;
    uint32_t top[16];
    for (uint32_t i = 0; i < t->n; i++) {
        bool cut = i == 0 || chosen >> (i - 1) & 1;
        top[i] = cut ? i : top[t->parent[i]];
        price += cut && i > 0 ? t->cut[i] : 0;
        for (uint32_t m = 0; m < 2; m++)
            w[top[i]][m] += t->p->w[2 * (size_t)t->node[t->order[i]] + m];
    }
    for (uint32_t i = 0; i < t->n; i++)
        if (top[i] == i && w[i][0] > 256)
            return INT64_MAX;
        else if (top[i] == i)
            price += charge + rule_set_price(rules, w[i], 1);
    return price;
}

/** The choice that parts stand for. */
static uint32_t choice_of(const tree *t, const uint32_t *part) {
    uint32_t chosen = 0;
    for (uint32_t i = 1; i < t->n; i++)
        if (part[t->order[i]] != part[t->order[t->parent[i]]])
            chosen |= 1u << (i - 1);
    return chosen;
}

static void trees_are_cut_the_best_way(void **state) {
    (void)state;
    /* With this maximum a step of weight is one household. */
    static const grid_rule rules[2] = {{"households", 120, 200, 0, true},
                                       {"persons", 0, INT64_MAX, 0, false}};
    unsigned cut = 0;
    for (uint32_t seed = 1; seed <= seeds(); seed++) {
        town t = {0};
        piece_list pieces = {0};
        random_piece(seed, 4, 3, &t, &pieces);
        const piece *p = &pieces.at[0];
        rule_set set = rules_for(rules, p);
        tree drawn;
        assert_true(tree_init(&drawn, p));
        uint32_t nodes[16], part[16], k;
        for (uint32_t v = 0; v < p->n; v++)
            nodes[v] = v;
        random_source random = {seed};
        tree_load(&drawn, nodes, p->n);
        assert_true(tree_draw(&drawn, &random));
        int64_t charge = (int64_t)(seed % 3) * 50 * COST_PER_M, best = INT64_MAX;
        assert_true(tree_cut(&drawn, &set, charge, part, &k));
        for (uint32_t chosen = 0; chosen < 1u << (p->n - 1); chosen++) {
            int64_t price = price_choice(&drawn, &set, charge, chosen);
            best = price < best ? price : best;
        }
        uint32_t chosen = k > 0 ? choice_of(&drawn, part) : 0;
        if (k == 0) { /* nobody lives there */
            assert_int_equal(p->total[0], 0);
        } else {
            assert_true(price_choice(&drawn, &set, charge, chosen) == best);
            assert_int_equal(k, 1 + __builtin_popcount(chosen));
        }
        cut += k > 2;
        tree_free(&drawn);
        piece_list_free(&pieces);
        town_free(&t);
    }
    assert_true(cut > 0);
}

/* ---- the net's running sums
 * ------------------------------------------------------------------------ */

static void improvement_keeps_its_books(void **state) {
    (void)state;
    static const grid_rule rules[2] = {{"households", 300, 500, 0, true},
                                       {"persons", 1000, 1500, 0, false}};
    for (uint32_t seed = 1; seed <= seeds() / 10 + 1; seed++) {
        town t = {0};
        piece_list pieces = {0};
        random_piece(seed, 8, 8, &t, &pieces);
        const piece *p = &pieces.at[0];
        rule_set set;
        grid_error err;
        assert_int_equal(rule_set_read(rules, 2, &set, &err), GRID_OK);
        uint32_t label[64], tied[64], id[64];
        piece_result result = {.label = label, .tied = tied, .id = id};
        grid_partition_options o = {.rules = rules, .seed = seed, .effort = 3};
        assert_true(divide_piece(p, &o, &set, 0, NULL, &result));
        rule_set_aim(&set, rules, p->total);
        net g;
        assert_true(net_init(&g, p, &set));
        net_set(&g, label, result.k);
        assert_true(g.price == result.price);
        assert_true(result.price <= result.found_price || result.verdict == EXACT_OPTIMAL);
        for (uint32_t i = 0; i < g.k; i++)
            assert_true(g.size[i] > 0);
        net_free(&g);
        piece_list_free(&pieces);
        town_free(&t);
    }
}

/* ---- few grids at a time ----------------------------------------------------------------------
 */

/** Cuts the piece into k grids along one random tree; false when it has no room for them. */
static bool cut_once(net *g, uint32_t k, random_source *random) {
    uint32_t node[64], start[8], label[64];
    splitter s;
    split cut = {.node = node, .start = start};
    for (uint32_t v = 0; v < g->p->n; v++)
        node[v] = v;
    assert_true(splitter_init(&s, g->p, g->rules, random));
    s.trees = 1;
    bool ok = splitter_run(&s, g->p->n, k, &cut);
    for (uint32_t i = 0; ok && i < k; i++)
        for (uint32_t j = start[i]; j < start[i + 1]; j++)
            label[node[j]] = i;
    if (ok)
        net_set(g, label, k);
    splitter_free(&s);
    return ok;
}

/** Three grids are one group, so the whole is searched; of more the price falls and nothing tears.
 */
static void polish_gains(const piece *p, const rule_set *set, uint32_t k, uint32_t seed,
                         unsigned *gained) {
    random_source random = {seed};
    net g;
    uint32_t label[64];
    assert_true(net_init(&g, p, set));
    if (cut_once(&g, k, &random)) {
        int64_t before = g.price, best = g.price;
        uint32_t out_before = g.n_out;
        exact_result whole = {.label = label};
        assert_true(k > 3 || exact_solve(&g, NULL, k, 10000000, &whole));
        if (k == 3 && whole.k > 0) {
            net_set(&g, whole.label, whole.k);
            best = g.n_out <= out_before ? g.price : before;
            random = (random_source){seed};
            assert_true(cut_once(&g, k, &random));
        }
        const polish_plan plan = {
            .limit = 10000000 >> (k > 3 ? 8 : 0), .rounds = 2, .fixed_count = true};
        assert_true(polish(&g, &plan, &random, NULL));
        assert_int_equal(g.k, k);
        assert_true(g.price <= before && g.n_out <= out_before);
        assert_true(k > 3 || g.price == best);
        *gained += g.price < before;
        memcpy(label, g.label, p->n * sizeof *label);
        int64_t price = g.price;
        net_set(&g, label, k);
        assert_true(g.price == price);
        for (uint32_t i = 0; i < k; i++)
            assert_true(connected(p, label, i));
    }
    net_free(&g);
}

static void groups_are_divided_the_best_way(void **state) {
    (void)state;
    static const grid_rule rules[2] = {{"households", 150, 320, 0, true},
                                       {"persons", 350, 900, 0, false}};
    unsigned gained = 0;
    for (uint32_t seed = 1; seed <= seeds() / 4 + 1; seed++)
        for (uint32_t k = 3; k <= 6; k += 3) {
            town t = {0};
            piece_list pieces = {0};
            random_piece(seed, k == 3 ? 4 : 6, k == 3 ? 3 : 4, &t, &pieces);
            const piece *p = &pieces.at[0];
            rule_set set = rules_for(rules, p);
            for (uint32_t v = 0; v < p->n; v++)
                p->heavy[v] = rule_set_exceeded(&set, &p->w[2 * (size_t)v]);
            polish_gains(p, &set, k, seed, &gained);
            piece_list_free(&pieces);
            town_free(&t);
        }
    assert_true(gained > 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_is_what_all_divisions_say),
        cmocka_unit_test(cuts_cost_what_they_cut),
        cmocka_unit_test(trees_are_cut_the_best_way),
        cmocka_unit_test(improvement_keeps_its_books),
        cmocka_unit_test(groups_are_divided_the_best_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
