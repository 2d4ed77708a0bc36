#include "partition/split.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "partition/shape.h"

bool splitter_init(splitter *s, const piece *p, const rule_set *rules, random_source *random) {
    *s = (splitter){.rules = rules, .random = random, .trees = 1};
    s->spare = GRID_NEW(uint32_t, p->n);
    s->inside = GRID_NEW(bool, p->n);
    s->part = GRID_NEW(uint32_t, p->n);
    for (uint32_t v = 0; s->part && v < p->n; v++)
        s->part[v] = GRID_NONE;
    return tree_init(&s->tree, p) && s->spare && s->inside && s->part;
}

void splitter_free(splitter *s) {
    tree_free(&s->tree);
    free(s->spare);
    free(s->inside);
    free(s->part);
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
            if (part == 1) /* of more than one grid the shapes are not known yet */
                price += shape_price(t->area_dm2[i], t->rim_mm[i] + t->cut_mm[i]);
            if (k - part == 1)
                price += shape_price(t->area_dm2[0] - t->area_dm2[i],
                                     t->rim_mm[0] - t->rim_mm[i] + t->cut_mm[i]);
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

/** The own price of part i, once every node has its part. */
static int64_t price_part(const splitter *s, const split *out, uint32_t i) {
    const piece *p = s->tree.p;
    uint32_t m = p->n_measures;
    int64_t w[GRID_MAX_MEASURES] = {0}, area_dm2 = 0, perimeter_mm = 0;
    for (uint32_t at = out->start[i]; at < out->start[i + 1]; at++) {
        uint32_t v = out->node[at];
        for (uint32_t j = 0; j < m; j++)
            w[j] += p->w[(size_t)v * m + j];
        area_dm2 += p->area_dm2[v];
        perimeter_mm += p->rim_mm[v];
        for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++)
            perimeter_mm += s->part[p->to[e]] != i ? p->length_mm[e] : 0;
    }
    return rule_set_price(s->rules, w, 1) + shape_price(area_dm2, perimeter_mm);
}

static void price_parts(splitter *s, split *out) {
    for (uint32_t i = 0; i < out->k; i++)
        for (uint32_t at = out->start[i]; at < out->start[i + 1]; at++)
            s->part[out->node[at]] = i;
    for (uint32_t i = 0; i < out->k; i++)
        out->price += price_part(s, out, i);
    for (uint32_t at = 0; at < out->start[out->k]; at++)
        s->part[out->node[at]] = GRID_NONE;
}

/** Cuts node[from .. to-1] into k grids, the first of which is number `first`. */
static bool run(splitter *s, split *out, uint32_t from, uint32_t to, uint32_t first, uint32_t k) {
    uint32_t *node = out->node + from, n = to - from;
    if (k == 1) {
        out->start[first] = from;
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
    if (k < 1 || n < k || !run(s, out, 0, n, 0, k))
        return false;
    price_parts(s, out);
    return true;
}
