/*
 * advice.c - what could be done about communities that no number of grids divides. Nothing is ever
 * joined across a community's border here: that is for the office to decide.
 */
#include <grid/partition.h>

#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"
#include "partition/rules.h"

typedef struct adviser {
    const rule_set *rules;
    const grid_graph *communities;
    const uint32_t *street_of;
    grid_advice_list *out;
    size_t cap;
} adviser;

/* Extended areas are grids of their own and do not count. */
static void sum_regions(const grid_graph *g, int64_t *sum) {
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t m = 0; m < g->n_measures; m++)
            if (g->extended == NULL || g->extended[v] == GRID_NONE)
                sum[(size_t)g->region[v] * g->n_measures + m] +=
                    g->measure[(size_t)v * g->n_measures + m];
}

static const int64_t *total(const adviser *a, uint32_t region) {
    return &a->communities->measure[(size_t)region * a->communities->n_measures];
}

static bool is_divisible(const adviser *a, const int64_t *w) {
    grid_window window = rule_set_window(a->rules, w);
    return window.min <= window.max;
}

static bool advise(adviser *a, uint32_t region) {
    const grid_graph *g = a->communities;
    for (uint32_t e = g->start[region]; e < g->start[region + 1]; e++) {
        uint32_t other = g->to[e];
        int64_t w[GRID_MAX_MEASURES];
        for (uint32_t m = 0; m < g->n_measures; m++)
            w[m] = total(a, region)[m] + total(a, other)[m];
        if (a->street_of[other] != a->street_of[region] || g->length_mm[e] == 0 ||
            !is_divisible(a, w))
            continue;
        grid_window window = rule_set_window(a->rules, w);
        if (!grid_vec_reserve((void **)&a->out->at, a->out->n, &a->cap, 1, sizeof *a->out->at))
            return false;
        a->out->at[a->out->n++] = (grid_advice){
            region, other, g->length_mm[e], total(a, region)[0], w[0], window.min, window.max};
    }
    return true;
}

grid_status grid_advice_build(const grid_graph *graph, const grid_rule *rules,
                              const uint32_t *street_of, grid_advice_list *out, grid_error *err) {
    *out = (grid_advice_list){0};
    rule_set set;
    GRID_TRY(rule_set_read(rules, graph->n_measures, &set, err));
    int64_t *sum = GRID_NEW(int64_t, (size_t)graph->n_regions * graph->n_measures);
    if (sum == NULL)
        return grid_fail_nomem(err);
    sum_regions(graph, sum);
    const grid_joined_units units = {graph->n_regions, graph->n_measures, 1, sum, street_of};
    grid_graph *communities = NULL;
    grid_status status = grid_graph_join(graph, graph->region, &units, &communities, err);
    if (status == GRID_OK) {
        adviser a = {&set, communities, street_of, out, 0};
        bool ok = true;
        for (uint32_t r = 0; r < graph->n_regions && ok; r++)
            ok = total(&a, r)[0] == 0 || is_divisible(&a, total(&a, r)) || advise(&a, r);
        status = ok ? GRID_OK : grid_fail_nomem(err);
    }
    grid_graph_free(communities);
    free(sum);
    return status;
}

void grid_advice_free(grid_advice_list *list) {
    free(list->at);
    *list = (grid_advice_list){0};
}
