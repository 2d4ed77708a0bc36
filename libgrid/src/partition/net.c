#include "partition/net.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "partition/shape.h"

bool net_init(net *g, const piece *p, const rule_set *rules) {
    size_t n = p->n;
    *g = (net){.p = p, .rules = rules};
    g->label = GRID_NEW(uint32_t, n);
    g->next = GRID_NEW(uint32_t, n);
    g->prev = GRID_NEW(uint32_t, n);
    g->head = GRID_NEW(uint32_t, n);
    g->size = GRID_NEW(uint32_t, n);
    g->heavy = GRID_NEW(uint32_t, n);
    g->w = GRID_NEW(int64_t, n * p->n_measures);
    g->beside = GRID_NEW(int64_t, n * p->n_measures);
    g->area_dm2 = GRID_NEW(int64_t, n);
    g->rim_mm = GRID_NEW(int64_t, n);
    g->cut_mm = GRID_NEW(int64_t, n);
    g->own = GRID_NEW(int64_t, n);
    g->id = GRID_NEW(uint32_t, n);
    g->mark = GRID_NEW(uint32_t, n);
    g->queue = GRID_NEW(uint32_t, n);
    return g->label && g->next && g->prev && g->head && g->size && g->heavy && g->w && g->beside &&
           g->area_dm2 && g->rim_mm && g->cut_mm && g->own && g->id && g->mark && g->queue;
}

void net_free(net *g) {
    free(g->label);
    free(g->next);
    free(g->prev);
    free(g->head);
    free(g->size);
    free(g->heavy);
    free(g->w);
    free(g->beside);
    free(g->area_dm2);
    free(g->rim_mm);
    free(g->cut_mm);
    free(g->own);
    free(g->id);
    free(g->mark);
    free(g->queue);
    *g = (net){0};
}

/* ---- members ------------------------------------------------------------------------------- */

/** Adds node v to the sums of a grid, or takes it off for sign -1. */
static void add_weights(net *g, uint32_t v, uint32_t grid, int sign) {
    uint32_t n = g->p->n_measures;
    bool heavy = g->p->heavy[v];
    g->size[grid] += (uint32_t)sign;
    g->heavy[grid] += heavy ? (uint32_t)sign : 0;
    g->area_dm2[grid] += sign * g->p->area_dm2[v];
    g->rim_mm[grid] += sign * g->p->rim_mm[v];
    for (uint32_t m = 0; m < n; m++) {
        int64_t w = sign * g->p->w[(size_t)v * n + m];
        g->w[(size_t)grid * n + m] += w;
        g->beside[(size_t)grid * n + m] += heavy ? 0 : w;
    }
}

static void insert(net *g, uint32_t v, uint32_t grid) {
    uint32_t first = g->head[grid];
    g->label[v] = grid;
    g->next[v] = first;
    g->prev[v] = GRID_NONE;
    if (first != GRID_NONE)
        g->prev[first] = v;
    g->head[grid] = v;
    add_weights(g, v, grid, 1);
}

static void take_out(net *g, uint32_t v) {
    uint32_t grid = g->label[v];
    if (g->prev[v] != GRID_NONE)
        g->next[g->prev[v]] = g->next[v];
    else
        g->head[grid] = g->next[v];
    if (g->next[v] != GRID_NONE)
        g->prev[g->next[v]] = g->prev[v];
    add_weights(g, v, grid, -1);
}

static void clear_grid(net *g, uint32_t grid) {
    g->head[grid] = GRID_NONE;
    g->size[grid] = 0;
    g->heavy[grid] = 0;
    g->area_dm2[grid] = g->rim_mm[grid] = g->cut_mm[grid] = 0;
    size_t at = (size_t)grid * g->p->n_measures, size = g->p->n_measures * sizeof *g->w;
    memset(&g->w[at], 0, size);
    memset(&g->beside[at], 0, size);
}

static const int64_t *weight(const net *g, uint32_t grid) {
    return &g->w[(size_t)grid * g->p->n_measures];
}

bool net_is_out(const net *g, uint32_t grid) {
    if (rule_set_holds(g->rules, weight(g, grid)))
        return false;
    return g->heavy[grid] == 0 ||
           rule_set_exceeded(g->rules, &g->beside[(size_t)grid * g->p->n_measures]);
}

/** Takes a grid's own price into or out of the sums. */
static void count_in(net *g, uint32_t grid) {
    g->own[grid] = rule_set_price(g->rules, weight(g, grid), 1) +
                   shape_price(g->area_dm2[grid], g->rim_mm[grid] + g->cut_mm[grid]);
    g->price += g->own[grid];
    g->n_out += net_is_out(g, grid);
}

static void count_out(net *g, uint32_t grid) {
    g->price -= g->own[grid];
    g->n_out -= net_is_out(g, grid);
}

void net_set(net *g, const uint32_t *label, uint32_t k) {
    const piece *p = g->p;
    g->k = k;
    g->border = g->price = 0;
    g->n_out = 0;
    for (uint32_t i = 0; i < k; i++) {
        clear_grid(g, i);
        g->id[i] = GRID_NONE;
    }
    for (uint32_t v = p->n; v-- > 0;)
        insert(g, v, label[v]);
    for (uint32_t v = 0; v < p->n; v++)
        for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++)
            if (label[v] != label[p->to[e]]) {
                g->cut_mm[label[v]] += p->length_mm[e];
                g->border += v < p->to[e] ? p->cost[e] : 0;
            }
    for (uint32_t i = 0; i < k; i++)
        count_in(g, i);
    g->price += g->border;
}

/** Gives grid `from`, the last one, the number `to`. */
static void renumber(net *g, uint32_t from, uint32_t to) {
    for (uint32_t v = g->head[from]; v != GRID_NONE; v = g->next[v])
        g->label[v] = to;
    g->head[to] = g->head[from];
    g->size[to] = g->size[from];
    g->heavy[to] = g->heavy[from];
    g->own[to] = g->own[from];
    g->area_dm2[to] = g->area_dm2[from];
    g->rim_mm[to] = g->rim_mm[from];
    g->cut_mm[to] = g->cut_mm[from];
    g->id[to] = g->id[from];
    size_t n = g->p->n_measures;
    memcpy(&g->w[to * n], &g->w[from * n], n * sizeof *g->w);
    memcpy(&g->beside[to * n], &g->beside[from * n], n * sizeof *g->w);
}

/** Borders of a grid with all others, once every node has its label. */
static void measure_cut(net *g, uint32_t grid) {
    const piece *p = g->p;
    for (uint32_t v = g->head[grid]; v != GRID_NONE; v = g->next[v])
        for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++)
            if (g->label[p->to[e]] != grid)
                g->cut_mm[grid] += p->length_mm[e];
}

void net_replace(net *g, const uint32_t *old, uint32_t n_old, int64_t old_border, const split *s) {
    for (uint32_t i = 0; i < n_old; i++) {
        count_out(g, old[i]);
        clear_grid(g, old[i]);
    }
    int64_t border = s->price;
    for (uint32_t i = 0; i < s->k; i++) {
        uint32_t grid = i < n_old ? old[i] : g->k++;
        if (i >= n_old)
            g->id[grid] = GRID_NONE;
        clear_grid(g, grid);
        for (uint32_t j = s->start[i]; j < s->start[i + 1]; j++)
            insert(g, s->node[j], grid);
    }
    for (uint32_t i = 0; i < s->k; i++) {
        uint32_t grid = g->label[s->node[s->start[i]]];
        measure_cut(g, grid);
        count_in(g, grid);
        border -= g->own[grid];
    }
    g->border += border - old_border;
    g->price += border - old_border;
    for (uint32_t i = n_old; i-- > s->k;) /* the last grid takes the place of one that is gone */
        if (old[i] != --g->k)
            renumber(g, g->k, old[i]);
}

/** What node v, going to grid `to`, adds to the borders of the grid it leaves and of that one. */
static void change_cuts(const net *g, uint32_t v, uint32_t to, int64_t *left_mm, int64_t *met_mm) {
    const piece *p = g->p;
    uint32_t from = g->label[v];
    *left_mm = *met_mm = 0;
    for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++) {
        uint32_t other = g->label[p->to[e]];
        *left_mm += other == from ? p->length_mm[e] : -p->length_mm[e];
        *met_mm += other == to ? -p->length_mm[e] : p->length_mm[e];
    }
}

int64_t net_own_gain(const net *g, uint32_t v, uint32_t to) {
    const piece *p = g->p;
    uint32_t m = p->n_measures, from = g->label[v];
    int64_t a[GRID_MAX_MEASURES], b[GRID_MAX_MEASURES], left_mm, met_mm;
    for (uint32_t j = 0; j < m; j++) {
        int64_t w = p->w[(size_t)v * m + j];
        a[j] = weight(g, from)[j] - w;
        b[j] = weight(g, to)[j] + w;
    }
    change_cuts(g, v, to, &left_mm, &met_mm);
    int64_t rules = rule_set_price(g->rules, a, 1) + rule_set_price(g->rules, b, 1);
    int64_t shapes = shape_price(g->area_dm2[from] - p->area_dm2[v],
                                 g->rim_mm[from] - p->rim_mm[v] + g->cut_mm[from] + left_mm) +
                     shape_price(g->area_dm2[to] + p->area_dm2[v],
                                 g->rim_mm[to] + p->rim_mm[v] + g->cut_mm[to] + met_mm);
    return g->own[from] + g->own[to] - rules - shapes;
}

void net_move(net *g, uint32_t v, uint32_t to, int64_t border_gain) {
    uint32_t from = g->label[v];
    int64_t left_mm, met_mm;
    change_cuts(g, v, to, &left_mm, &met_mm);
    count_out(g, from);
    count_out(g, to);
    g->cut_mm[from] += left_mm;
    g->cut_mm[to] += met_mm;
    take_out(g, v);
    insert(g, v, to);
    count_in(g, from);
    count_in(g, to);
    g->border -= border_gain;
    g->price -= border_gain;
}

/* ---- contiguity ---------------------------------------------------------------------------- */

bool net_can_leave(net *g, uint32_t v) {
    const piece *p = g->p;
    uint32_t grid = g->label[v], wanted = 0, n = 0;
    if (g->size[grid] == 1)
        return false;
    g->stamp += 2;
    uint32_t to_find = g->stamp - 1, seen = g->stamp;
    for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++) {
        uint32_t u = p->to[e];
        if (g->label[u] != grid)
            continue;
        g->mark[u] = to_find;
        if (wanted++ == 0)
            g->queue[n++] = u;
    }
    if (wanted <= 1)
        return wanted == 1;
    g->mark[g->queue[0]] = seen;
    g->mark[v] = seen;
    wanted--;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t e = p->start[g->queue[i]]; e < p->start[g->queue[i] + 1]; e++) {
            uint32_t u = p->to[e];
            if (g->label[u] != grid || g->mark[u] == seen)
                continue;
            if (g->mark[u] == to_find && --wanted == 0)
                return true;
            g->mark[u] = seen;
            g->queue[n++] = u;
        }
    return false;
}

/* ---- some grids by themselves -------------------------------------------------------------- */

bool net_is_among(const uint32_t *grids, uint32_t n, uint32_t grid) {
    for (uint32_t i = 0; i < n; i++)
        if (grids[i] == grid)
            return true;
    return false;
}

uint32_t net_list_nodes(const net *g, const uint32_t *grids, uint32_t n, uint32_t *node) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t v = g->head[grids[i]]; v != GRID_NONE; v = g->next[v])
            node[count++] = v;
    return count;
}

bool net_take_grids(const net *g, const uint32_t *grids, uint32_t n, uint32_t *node,
                    uint32_t n_nodes, uint32_t *label, piece *part, net *local) {
    *local = (net){0};
    if (!piece_induce(g->p, node, n_nodes, part) || !net_init(local, part, g->rules))
        return false;
    for (uint32_t v = 0; v < n_nodes; v++) {
        part->heavy[v] = g->p->heavy[node[v]];
        for (uint32_t i = 0; i < n; i++)
            if (g->label[node[v]] == grids[i])
                label[v] = i;
    }
    net_set(local, label, n);
    for (uint32_t i = 0; i < n; i++)
        local->id[i] = g->id[grids[i]];
    return true;
}
