#include "partition/start.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "partition/tree_cut.h"

/** Metres of border that a grid may be made dearer or cheaper to get the number wanted. */
enum { CHARGE_M = 2000 };

typedef struct starter {
    net *g;
    splitter split;
    uint32_t *label, *best;
    uint32_t best_k;
    int64_t best_price;
} starter;

static void offer(starter *s, uint32_t k) {
    net_set(s->g, s->label, k);
    if (s->g->price >= s->best_price)
        return;
    s->best_price = s->g->price;
    s->best_k = k;
    memcpy(s->best, s->label, s->g->p->n * sizeof *s->best);
}

static bool cut_one_by_one(starter *s, uint32_t k) {
    uint32_t n = s->g->p->n;
    split whole = {.node = GRID_NEW(uint32_t, n), .start = GRID_NEW(uint32_t, (size_t)k + 1)};
    bool ok = whole.node && whole.start;
    for (uint32_t v = 0; ok && v < n; v++)
        whole.node[v] = v;
    ok = ok && splitter_run(&s->split, n, k, &whole);
    for (uint32_t i = 0; ok && i < k; i++)
        for (uint32_t j = whole.start[i]; j < whole.start[i + 1]; j++)
            s->label[whole.node[j]] = i;
    if (ok)
        offer(s, k);
    free(whole.node);
    free(whole.start);
    return ok;
}

/** Where the number is fixed, a charge on every grid is drawn to what gives it. */
static bool cut_trees(starter *s, uint32_t k, bool fixed, unsigned trees, random_source *random) {
    tree *t = &s->split.tree;
    int64_t low = -CHARGE_M * COST_PER_M, high = CHARGE_M * COST_PER_M, charge = 0;
    for (uint32_t v = 0; v < s->g->p->n; v++)
        s->label[v] = v;
    tree_load(t, s->label, s->g->p->n);
    for (unsigned i = 0; i < trees; i++) {
        uint32_t found;
        if (!tree_draw(t, random) || !tree_cut(t, s->g->rules, charge, s->label, &found))
            return false;
        if (found == 0)
            break;
        if (found == k || !fixed) {
            offer(s, found);
            continue;
        }
        *(found > k ? &low : &high) = charge;
        charge = low + (high - low) / 2;
    }
    return true;
}

bool start(net *g, uint32_t k, bool fixed, unsigned trees, random_source *random) {
    starter s = {.g = g,
                 .label = GRID_NEW(uint32_t, g->p->n),
                 .best = GRID_NEW(uint32_t, g->p->n),
                 .best_price = INT64_MAX};
    bool ok = splitter_init(&s.split, g->p, g->rules, random) && s.label && s.best;
    s.split.trees = trees;
    ok = ok && cut_one_by_one(&s, k) && (k == 1 || cut_trees(&s, k, fixed, trees, random));
    if (ok)
        net_set(g, s.best, s.best_k);
    splitter_free(&s.split);
    free(s.label);
    free(s.best);
    return ok;
}
