#include "partition/split.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

bool splitter_init(splitter *s, const piece *p, const rule_set *rules, random_source *random) {
    *s = (splitter){.rules = rules, .random = random, .trees = 1};
    s->spare = GRID_NEW(uint32_t, p->n);
    s->inside = GRID_NEW(bool, p->n);
    return tree_init(&s->tree, p) && s->spare && s->inside;
}

void splitter_free(splitter *s) {
    tree_free(&s->tree);
    free(s->spare);
    free(s->inside);
}

/** A cut: the subtree gets `k` of the grids. */
typedef struct cut {
    int64_t price;
    uint32_t at, k;
} cut;

/** The cheapest of the tree's cuts that leaves enough nodes on both sides. */
static cut best_cut(const splitter *s, uint32_t k) {
    const tree *t = &s->tree;
    uint32_t m = t->p->n_measures;
    const int64_t *total = &t->w[0];
    cut best = {INT64_MAX, 0, 0};
    for (uint32_t i = 1; i < t->n; i++) {
        const int64_t *w = &t->w[(size_t)i * m];
        int64_t rest[GRID_MAX_MEASURES];
        for (uint32_t j = 0; j < m; j++)
            rest[j] = total[j] - w[j];
        /* Every grid needs a node; n >= k leaves at least one such share. */
        uint32_t size = t->size[i], others = t->n - size;
        uint32_t from = k > others + 1 ? k - others : 1, to = size < k - 1 ? size : k - 1;
        if (k > 2) { /* the share that the weight suggests, and its neighbours */
            int64_t share = rule_set_best_count(s->rules, w);
            uint32_t low = share > 1 ? (uint32_t)(share < k ? share : k) - 1 : 1;
            uint32_t high = low + 2 < to ? low + 2 : to;
            to = high > from ? high : from;
            from = low > from ? low < to ? low : to : from;
        }
        for (uint32_t part = from; part <= to && t->cut[i] < best.price; part++) {
            int64_t price = t->cut[i] + rule_set_price(s->rules, w, part);
            if (price >= best.price)
                continue;
            price += rule_set_price(s->rules, rest, k - part);
            if (price < best.price)
                best = (cut){price, i, part};
        }
    }
    return best;
}

/** Moves the nodes inside the cut to the front; returns how many they are. */
static uint32_t arrange(splitter *s, uint32_t *node, uint32_t n) {
    uint32_t inside = 0, outside = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (s->inside[i])
            node[inside++] = node[i];
        else
            s->spare[outside++] = node[i];
    }
    memcpy(node + inside, s->spare, outside * sizeof *node);
    return inside;
}

static int64_t price_alone(const splitter *s, const uint32_t *node, uint32_t n) {
    uint32_t m = s->tree.p->n_measures;
    int64_t w[GRID_MAX_MEASURES] = {0};
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < m; j++)
            w[j] += s->tree.p->w[(size_t)node[i] * m + j];
    return rule_set_price(s->rules, w, 1);
}

/** Cuts node[from .. to-1] into k grids, the first of which is number `first`. */
static bool run(splitter *s, split *out, uint32_t from, uint32_t to, uint32_t first, uint32_t k) {
    uint32_t *node = out->node + from, n = to - from;
    if (k == 1) {
        out->start[first] = from;
        out->price += price_alone(s, node, n);
        return true;
    }
    tree_load(&s->tree, node, n);
    cut best = {INT64_MAX, 0, 0};
    int64_t border = 0;
    for (unsigned i = 0; i < s->trees; i++) {
        if (!tree_draw(&s->tree, s->random))
            return false;
        cut c = best_cut(s, k);
        if (c.price >= best.price)
            continue;
        best = c;
        border = s->tree.cut[c.at];
        for (uint32_t j = 0; j < n; j++)
            s->inside[j] = s->tree.at[j] - c.at < s->tree.size[c.at];
    }
    if (best.at == 0)
        return false;
    uint32_t middle = from + arrange(s, node, n);
    out->price += border;
    return run(s, out, from, middle, first, best.k) &&
           run(s, out, middle, to, first + best.k, k - best.k);
}

bool splitter_run(splitter *s, uint32_t n, uint32_t k, split *out) {
    out->k = k;
    out->price = 0;
    out->start[k] = n;
    return k >= 1 && n >= k && run(s, out, 0, n, 0, k);
}
