/*
 * join.c - the graph of larger units out of the graph of what they are made of.
 */
#include <grid/partition.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"
#include "partition/graph.h"

/* A border entry between two units, of one class. */
typedef struct stretch {
    uint32_t from, to;
    uint8_t border_class;
    int64_t length_mm, cost;
} stretch;

static int compare(const void *pa, const void *pb) {
    const stretch *a = pa, *b = pb;
    if (a->from != b->from)
        return a->from < b->from ? -1 : 1;
    if (a->to != b->to)
        return a->to < b->to ? -1 : 1;
    return a->border_class - b->border_class;
}

/* The entries that lead from one unit to another, ordered. */
static size_t collect(const grid_graph *g, const uint32_t *label, stretch *s) {
    size_t n = 0;
    for (uint32_t v = 0; v < g->n; v++)
        for (uint32_t e = g->start[v]; e < g->start[v + 1]; e++)
            if (label[v] != label[g->to[e]])
                s[n++] = (stretch){label[v], label[g->to[e]], g->border_class[e], g->length_mm[e],
                                   g->cost[e]};
    qsort(s, n, sizeof *s, compare);
    return n;
}

/* One entry per neighbour: lengths and costs added up, the class of the longest part. */
static void fill_borders(owned_graph *g, const stretch *s, size_t n) {
    uint32_t at = 0;
    int64_t longest = 0, part = 0;
    for (size_t i = 0; i < n; i++) {
        bool same = i > 0 && s[i].from == s[i - 1].from && s[i].to == s[i - 1].to;
        if (!same) {
            g->start[s[i].from + 1]++;
            g->to[at] = s[i].to;
            g->length_mm[at] = g->cost[at] = 0;
            longest = -1;
            at++;
        }
        part = same && s[i].border_class == s[i - 1].border_class ? part + s[i].length_mm
                                                                  : s[i].length_mm;
        if (part > longest) {
            longest = part;
            g->border_class[at - 1] = s[i].border_class;
        }
        g->length_mm[at - 1] += s[i].length_mm;
        g->cost[at - 1] += s[i].cost;
    }
    for (uint32_t u = 0; u < g->view.n; u++)
        g->start[u + 1] += g->start[u];
}

/* The middle of each unit's nodes, exact whatever their order. */
static bool fill_places(const grid_graph *from, const uint32_t *label, owned_graph *g) {
    struct sum {
        int64_t x, y, n;
    } *sum = grid_new(g->view.n, sizeof *sum);
    if (sum == NULL)
        return false;
    for (uint32_t v = 0; v < from->n; v++) {
        grid_ixy place = grid_lattice_snap(from->place[v]);
        sum[label[v]].x += place.x;
        sum[label[v]].y += place.y;
        sum[label[v]].n++;
    }
    for (uint32_t u = 0; u < g->view.n; u++) {
        int64_t n = sum[u].n ? sum[u].n : 1;
        g->place[u] = grid_lattice_metres((grid_ixy){sum[u].x / n, sum[u].y / n});
    }
    free(sum);
    return true;
}

grid_status grid_graph_join(const grid_graph *graph, const uint32_t *label,
                            const grid_joined_units *units, grid_graph **out, grid_error *err) {
    stretch *s = GRID_NEW(stretch, graph->start[graph->n]);
    size_t n = s ? collect(graph, label, s) : 0;
    owned_graph *g = graph_new(units->n, units->n_measures, n);
    bool ok = s && g && fill_places(graph, label, g);
    if (ok) {
        memcpy(g->measure, units->measure,
               (size_t)units->n * units->n_measures * sizeof *g->measure);
        memcpy(g->region, units->region, units->n * sizeof *g->region);
        for (uint32_t u = 0; u < units->n; u++)
            g->compound[u] = g->block[u] = g->extended[u] = GRID_NONE;
        g->view.n_regions = units->n_regions;
        fill_borders(g, s, n);
        *out = &g->view;
    } else {
        grid_graph_free(g ? &g->view : NULL);
    }
    free(s);
    return ok ? GRID_OK : grid_fail_nomem(err);
}
