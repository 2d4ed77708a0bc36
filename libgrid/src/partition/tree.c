#include "partition/tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

enum {
    RANK_STEP = 32,    /* key units per step of piece.rank, of which an octave has 8 */
    NOISE = 8 * 32 * 2 /* borders whose prices differ by less than two octaves may swap */
};

bool tree_init(tree *t, const piece *p) {
    size_t n = p->n, m = p->start[p->n] / 2 + 1;
    *t = (tree){.p = p};
    t->node = GRID_NEW(uint32_t, n);
    t->local = GRID_NEW(uint32_t, n);
    t->edge = grid_new(m, sizeof *t->edge);
    t->key = GRID_NEW(uint16_t, m);
    t->sorted = GRID_NEW(uint32_t, m);
    t->spare = GRID_NEW(uint32_t, m);
    t->leader = GRID_NEW(uint32_t, n);
    t->link = GRID_NEW(uint32_t, 2 * n);
    t->link_start = GRID_NEW(uint32_t, n + 2);
    t->order = GRID_NEW(uint32_t, n);
    t->at = GRID_NEW(uint32_t, n);
    t->parent = GRID_NEW(uint32_t, n);
    t->size = GRID_NEW(uint32_t, n);
    t->w = GRID_NEW(int64_t, n * p->n_measures);
    t->cut = GRID_NEW(int64_t, n);
    t->cut_mm = GRID_NEW(int64_t, n);
    t->area_dm2 = GRID_NEW(int64_t, n);
    t->rim_mm = GRID_NEW(int64_t, n);
    t->rim_of = GRID_NEW(int64_t, n);
    t->inlabel = GRID_NEW(uint32_t, n);
    t->ascendant = GRID_NEW(uint32_t, n);
    t->head = GRID_NEW(uint32_t, n + 1);
    return t->node && t->local && t->edge && t->key && t->sorted && t->spare && t->leader &&
           t->link && t->link_start && t->order && t->at && t->parent && t->size && t->w &&
           t->cut && t->cut_mm && t->area_dm2 && t->rim_mm && t->rim_of && t->inlabel &&
           t->ascendant && t->head;
}

void tree_free(tree *t) {
    free(t->node);
    free(t->local);
    free(t->edge);
    free(t->key);
    free(t->sorted);
    free(t->spare);
    free(t->leader);
    free(t->link);
    free(t->link_start);
    free(t->order);
    free(t->at);
    free(t->parent);
    free(t->size);
    free(t->w);
    free(t->cut);
    free(t->cut_mm);
    free(t->area_dm2);
    free(t->rim_mm);
    free(t->rim_of);
    free(t->inlabel);
    free(t->ascendant);
    free(t->head);
    *t = (tree){0};
}

/** Number of piece node v in the set, or GRID_NONE. */
static uint32_t find_local(const tree *t, uint32_t v) {
    uint32_t i = t->local[v];
    return i < t->n && t->node[i] == v ? i : GRID_NONE;
}

void tree_load(tree *t, const uint32_t *nodes, uint32_t n) {
    const piece *p = t->p;
    t->n = n;
    for (uint32_t i = 0; i < n; i++) {
        t->node[i] = nodes[i];
        t->local[nodes[i]] = i;
    }
    t->n_edges = 0;
    for (uint32_t i = 0; i < n; i++) {
        t->rim_of[i] = p->rim_mm[nodes[i]];
        for (uint32_t e = p->start[nodes[i]]; e < p->start[nodes[i] + 1]; e++) {
            uint32_t j = find_local(t, p->to[e]);
            if (j == GRID_NONE)
                t->rim_of[i] += p->length_mm[e];
            else if (p->to[e] > nodes[i])
                t->edge[t->n_edges++] = (struct tree_edge){i, j, p->cost[e], p->length_mm[e],
                                                           p->rank[e]};
        }
    }
}

/* ---- drawing: Kruskal on rank + noise ------------------------------------------------------ */

/** One stable pass of a radix sort by 8 bits of the key. */
static void sort_pass(const uint16_t *key, const uint32_t *from, uint32_t *to, uint32_t n,
                      int shift) {
    uint32_t count[257] = {0};
    for (uint32_t i = 0; i < n; i++)
        count[((key[from[i]] >> shift) & 255) + 1]++;
    for (int i = 0; i < 256; i++)
        count[i + 1] += count[i];
    for (uint32_t i = 0; i < n; i++)
        to[count[(key[from[i]] >> shift) & 255]++] = from[i];
}

static void sort_edges(tree *t, random_source *random) {
    for (uint32_t i = 0; i < t->n_edges; i++) {
        t->key[i] = (uint16_t)(t->edge[i].rank * RANK_STEP + (int)random_below(random, NOISE));
        t->spare[i] = i;
    }
    sort_pass(t->key, t->spare, t->sorted, t->n_edges, 0);
    sort_pass(t->key, t->sorted, t->spare, t->n_edges, 8);
}

static uint32_t find_leader(uint32_t *leader, uint32_t v) {
    while (leader[v] != v)
        v = leader[v] = leader[leader[v]];
    return v;
}

/** Chooses the tree's edges, into t->sorted; returns how many. */
static uint32_t choose_edges(tree *t) {
    for (uint32_t i = 0; i < t->n; i++)
        t->leader[i] = i;
    uint32_t n = 0;
    for (uint32_t i = 0; i < t->n_edges && n + 1 < t->n; i++) {
        const struct tree_edge *e = &t->edge[t->spare[i]];
        uint32_t a = find_leader(t->leader, e->a), b = find_leader(t->leader, e->b);
        if (a == b)
            continue;
        t->leader[a] = b;
        t->sorted[n++] = t->spare[i];
    }
    return n;
}

static void link_edges(tree *t, uint32_t n) {
    memset(t->link_start, 0, ((size_t)t->n + 2) * sizeof *t->link_start);
    for (uint32_t i = 0; i < n; i++) {
        t->link_start[t->edge[t->sorted[i]].a + 2]++;
        t->link_start[t->edge[t->sorted[i]].b + 2]++;
    }
    for (uint32_t i = 2; i <= t->n; i++)
        t->link_start[i] += t->link_start[i - 1];
    for (uint32_t i = 0; i < n; i++) {
        const struct tree_edge *e = &t->edge[t->sorted[i]];
        t->link[t->link_start[e->a + 1]++] = e->b;
        t->link[t->link_start[e->b + 1]++] = e->a;
    }
}

/** Preorder from number 0; the stack borrows t->leader. */
static void walk(tree *t) {
    uint32_t *stack = t->leader, top = 0, n = 0;
    for (uint32_t i = 0; i < t->n; i++)
        t->at[i] = GRID_NONE;
    stack[top++] = 0;
    t->parent[0] = 0;
    t->head[0] = 0; /* position of the parent of what is on the stack, by number */
    while (top > 0) {
        uint32_t v = stack[--top], position = n++;
        t->order[position] = v;
        t->at[v] = position;
        t->parent[position] = t->head[v];
        t->size[position] = 1;
        for (uint32_t l = t->link_start[v]; l < t->link_start[v + 1]; l++)
            if (t->at[t->link[l]] == GRID_NONE) {
                t->head[t->link[l]] = position;
                stack[top++] = t->link[l];
            }
    }
    for (uint32_t i = n - 1; i > 0; i--)
        t->size[t->parent[i]] += t->size[i];
}

/* ---- lowest common ancestors ----------------------------------------------------------------
 * Source: B. Schieber, U. Vishkin, "On finding lowest common ancestors: simplification and
 * parallelization", SIAM Journal on Computing 17 (1988). Positions count from 1 here. */

static uint32_t highest_bit(uint32_t x) {
    return UINT32_C(1) << (31 - __builtin_clz(x));
}

static void prepare_ancestors(tree *t) {
    for (uint32_t i = 0; i < t->n; i++) {
        /* The number with most trailing zeros among the positions i+1 .. i+size. */
        uint32_t low = i, high = i + t->size[i];
        uint32_t mask = highest_bit(low ^ high);
        t->inlabel[i] = high & ~(mask - 1);
    }
    t->ascendant[0] = t->inlabel[0] & -t->inlabel[0];
    t->head[t->inlabel[0]] = 0;
    for (uint32_t i = 1; i < t->n; i++) {
        uint32_t up = t->parent[i];
        t->ascendant[i] = t->ascendant[up] | (t->inlabel[i] & -t->inlabel[i]);
        if (t->inlabel[i] != t->inlabel[up])
            t->head[t->inlabel[i]] = i;
    }
}

/** The position on the way up from x that has x's ancestor's inlabel path of height `bit`. */
static uint32_t climb(const tree *t, uint32_t x, uint32_t bit) {
    uint32_t below = t->ascendant[x] & (bit - 1);
    if (below == 0)
        return x;
    uint32_t k = highest_bit(below);
    uint32_t label = (t->inlabel[x] & ~(k - 1)) | k;
    return t->parent[t->head[label]];
}

static uint32_t common_ancestor(const tree *t, uint32_t x, uint32_t y) {
    uint32_t lx = t->inlabel[x], ly = t->inlabel[y];
    if (lx == ly)
        return x < y ? x : y;
    uint32_t i = highest_bit(lx ^ ly);
    uint32_t lowx = lx & -lx, lowy = ly & -ly;
    i = i > lowx ? i : lowx;
    i = i > lowy ? i : lowy;
    uint32_t common = t->ascendant[x] & t->ascendant[y] & ~(i - 1);
    uint32_t bit = common & -common;
    x = climb(t, x, bit);
    y = climb(t, y, bit);
    return x < y ? x : y;
}

/* ---- prices of cuts -------------------------------------------------------------------------- */

static void price_cuts(tree *t) {
    uint32_t m = t->p->n_measures;
    memset(t->cut, 0, t->n * sizeof *t->cut);
    memset(t->cut_mm, 0, t->n * sizeof *t->cut_mm);
    for (uint32_t i = 0; i < t->n_edges; i++) {
        const struct tree_edge *e = &t->edge[i];
        uint32_t a = t->at[e->a], b = t->at[e->b];
        t->cut[a] += e->cost;
        t->cut[b] += e->cost;
        t->cut_mm[a] += e->length_mm;
        t->cut_mm[b] += e->length_mm;
        uint32_t above = common_ancestor(t, a, b);
        t->cut[above] -= 2 * e->cost;
        t->cut_mm[above] -= 2 * e->length_mm;
    }
    for (uint32_t i = 0; i < t->n; i++) {
        uint32_t v = t->node[t->order[i]];
        memcpy(&t->w[(size_t)i * m], &t->p->w[(size_t)v * m], m * sizeof *t->w);
        t->area_dm2[i] = t->p->area_dm2[v];
        t->rim_mm[i] = t->rim_of[t->order[i]];
    }
    for (uint32_t i = t->n - 1; i > 0; i--) {
        uint32_t up = t->parent[i];
        t->cut[up] += t->cut[i];
        t->cut_mm[up] += t->cut_mm[i];
        t->area_dm2[up] += t->area_dm2[i];
        t->rim_mm[up] += t->rim_mm[i];
        for (uint32_t j = 0; j < m; j++)
            t->w[(size_t)up * m + j] += t->w[(size_t)i * m + j];
    }
}

bool tree_draw(tree *t, random_source *random) {
    sort_edges(t, random);
    uint32_t n = choose_edges(t);
    if (n + 1 != t->n)
        return false;
    link_edges(t, n);
    walk(t);
    prepare_ancestors(t);
    price_cuts(t);
    return true;
}
