#include "partition/tie.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"

typedef struct tier {
    const piece *p;
    const rule_set *rules;
    uint32_t *order;  /* by discovery: node */
    uint32_t *seen;   /* per node: time of discovery, from 1 */
    uint32_t *low;    /* per node: earliest node reached from its subtree */
    uint32_t *parent; /* per node */
    uint32_t *entry;  /* per node: next neighbour to look at */
    uint32_t *last;   /* per node: last discovery in its subtree */
    int64_t *w;       /* per node: n_measures, of its subtree */
    uint32_t *leader; /* union-find; the smallest node leads */
} tier;

static bool tier_init(tier *t, const piece *p, const rule_set *rules) {
    size_t n = p->n;
    *t = (tier){.p = p,
                .rules = rules,
                .order = GRID_NEW(uint32_t, n),
                .seen = GRID_NEW(uint32_t, n),
                .low = GRID_NEW(uint32_t, n),
                .parent = GRID_NEW(uint32_t, n),
                .entry = GRID_NEW(uint32_t, n),
                .last = GRID_NEW(uint32_t, n),
                .w = GRID_NEW(int64_t, n * p->n_measures),
                .leader = GRID_NEW(uint32_t, n)};
    return t->order && t->seen && t->low && t->parent && t->entry && t->last && t->w && t->leader;
}

static void tier_free(tier *t) {
    free(t->order);
    free(t->seen);
    free(t->low);
    free(t->parent);
    free(t->entry);
    free(t->last);
    free(t->w);
    free(t->leader);
}

/** Depth first from node 0, without recursion. */
static void walk(tier *t) {
    const piece *p = t->p;
    uint32_t m = p->n_measures, time = 0, v = 0;
    memcpy(t->w, p->w, (size_t)p->n * m * sizeof *t->w);
    for (uint32_t i = 0; i < p->n; i++)
        t->entry[i] = p->start[i];
    t->parent[0] = GRID_NONE;
    t->order[time++] = 0;
    t->seen[0] = t->low[0] = time;
    while (v != GRID_NONE) {
        if (t->entry[v] < p->start[v + 1]) {
            uint32_t u = p->to[t->entry[v]++];
            if (t->seen[u] == 0) {
                t->parent[u] = v;
                t->order[time++] = u;
                t->seen[u] = t->low[u] = time;
                v = u;
            } else if (t->seen[u] < t->low[v]) {
                t->low[v] = t->seen[u];
            }
            continue;
        }
        t->last[v] = time;
        uint32_t up = t->parent[v];
        if (up != GRID_NONE) {
            t->low[up] = t->low[v] < t->low[up] ? t->low[v] : t->low[up];
            for (uint32_t j = 0; j < m; j++)
                t->w[(size_t)up * m + j] += t->w[(size_t)v * m + j];
        }
        v = up;
    }
}

static uint32_t find_leader(uint32_t *leader, uint32_t v) {
    while (leader[v] != v)
        v = leader[v] = leader[leader[v]];
    return v;
}

static void unite(tier *t, uint32_t a, uint32_t b) {
    a = find_leader(t->leader, a);
    b = find_leader(t->leader, b);
    if (a < b)
        t->leader[b] = a;
    else
        t->leader[a] = b;
}

/** Below a hard minimum: no grid by itself. */
static bool too_small(const rule_set *rules, const int64_t *w) {
    for (uint32_t m = 0; m < rules->n; m++)
        if (rules->at[m].hard && w[m] < rules->at[m].min)
            return true;
    return false;
}

/** Ties the parts that node v alone holds to the rest, where they are too small. */
static void tie_parts(tier *t, uint32_t v) {
    const piece *p = t->p;
    uint32_t m = p->n_measures, hanging = 0;
    int64_t rest[GRID_MAX_MEASURES];
    for (uint32_t j = 0; j < m; j++)
        rest[j] = p->total[j] - p->w[(size_t)v * m + j];
    for (uint32_t i = t->seen[v]; i < t->last[v]; i = t->last[t->order[i]]) {
        uint32_t child = t->order[i];
        if (t->low[child] < t->seen[v])
            continue; /* reaches past v */
        hanging++;
        for (uint32_t j = 0; j < m; j++)
            rest[j] -= t->w[(size_t)child * m + j];
        for (uint32_t k = i; k < t->last[child] && too_small(t->rules, &t->w[(size_t)child * m]);
             k++)
            unite(t, v, t->order[k]);
    }
    if (hanging == 0 || v == 0 || !too_small(t->rules, rest))
        return;
    /* The part above v, with those below that reach past v. */
    for (uint32_t i = 0; i + 1 < t->seen[v]; i++)
        unite(t, v, t->order[i]);
    for (uint32_t i = t->last[v]; i < p->n; i++)
        unite(t, v, t->order[i]);
    for (uint32_t i = t->seen[v]; i < t->last[v]; i = t->last[t->order[i]])
        for (uint32_t k = i; k < t->last[t->order[i]] && t->low[t->order[i]] < t->seen[v]; k++)
            unite(t, v, t->order[k]);
}

uint32_t tie_nodes(const piece *p, const rule_set *rules, uint32_t *group) {
    tier t;
    uint32_t n = 0;
    if (tier_init(&t, p, rules)) {
        walk(&t);
        for (uint32_t v = 0; v < p->n; v++)
            t.leader[v] = v;
        for (uint32_t v = 0; v < p->n; v++)
            tie_parts(&t, v);
        for (uint32_t v = 0; v < p->n; v++) {
            uint32_t first = find_leader(t.leader, v);
            group[v] = first == v ? n++ : group[first];
        }
    }
    tier_free(&t);
    return n;
}
