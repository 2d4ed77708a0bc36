/*
 * contract.c - pieces made out of a piece: groups of its nodes as nodes, or some of its nodes
 * alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "partition/piece.h"
#include "partition/random.h"

/** Adds the borders of node v to its group's, summed per neighbouring group. */
static void add_borders(const piece *p, const uint32_t *group, uint32_t v, uint32_t *slot,
                        piece *out, uint32_t *end) {
    for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++) {
        uint32_t other = group[p->to[e]], at = slot[other];
        if (other == group[v])
            continue;
        if (at < out->start[group[v]] || at >= *end || out->to[at] != other) {
            at = slot[other] = (*end)++;
            out->to[at] = other;
            out->cost[at] = out->length_mm[at] = 0;
            out->rank[at] = p->rank[e];
        }
        if (p->cost[e] > out->cost[at])
            out->rank[at] = p->rank[e]; /* what most of the border is like */
        out->cost[at] += p->cost[e];
        out->length_mm[at] += p->length_mm[e];
    }
}

/** A group was where most of its households were. */
static void take_home(const piece *p, uint32_t v, uint32_t *home, int64_t *most) {
    int64_t households = p->w[(size_t)v * p->n_measures];
    if (p->home[v] == GRID_NONE || (*home != GRID_NONE && households < *most))
        return;
    *home = p->home[v];
    *most = households;
}

bool piece_contract(const piece *p, const uint32_t *group, uint32_t n_groups, piece *out) {
    *out = (piece){.n = n_groups,
                   .region = p->region,
                   .extended = p->extended,
                   .locked = p->locked,
                   .quarter = p->quarter,
                   .seed = p->seed};
    uint32_t m = p->n_measures, *first = GRID_NEW(uint32_t, n_groups);
    uint32_t *next = GRID_NEW(uint32_t, p->n), *slot = GRID_NEW(uint32_t, n_groups);
    int64_t *most = GRID_NEW(int64_t, n_groups);
    bool ok = piece_allocate(out, m, p->start[p->n]) && first && next && slot && most;
    if (ok) {
        memcpy(out->total, p->total, m * sizeof *out->total);
        for (uint32_t i = 0; i < n_groups; i++)
            first[i] = out->home[i] = GRID_NONE;
        for (uint32_t v = p->n; v-- > 0;) {
            next[v] = first[group[v]];
            first[group[v]] = v;
            out->node[group[v]] = p->node[v];
            take_home(p, v, &out->home[group[v]], &most[group[v]]);
            out->area_dm2[group[v]] += p->area_dm2[v];
            out->rim_mm[group[v]] += p->rim_mm[v];
            memcpy(&out->whole[2 * (size_t)group[v]], &p->whole[2 * (size_t)v],
                   2 * sizeof *out->whole);
            for (uint32_t j = 0; j < m; j++)
                out->w[(size_t)group[v] * m + j] += p->w[(size_t)v * m + j];
        }
        uint32_t end = 0;
        for (uint32_t i = 0; i < n_groups; i++) {
            out->start[i] = end;
            for (uint32_t v = first[i]; v != GRID_NONE; v = next[v])
                add_borders(p, group, v, slot, out, &end);
        }
        out->start[n_groups] = end;
    }
    free(first);
    free(next);
    free(slot);
    free(most);
    return ok;
}

static int compare_u32(const void *pa, const void *pb) {
    uint32_t a = *(const uint32_t *)pa, b = *(const uint32_t *)pb;
    return (a > b) - (a < b);
}

/** Numbers of compounds and blocks below 2 n again, by first nodes. */
static void renumber_wholes(piece *p, uint32_t *number_of) {
    uint32_t next = 0;
    for (size_t i = 0; i < 2 * (size_t)p->n; i++) {
        uint32_t *value = &p->whole[i];
        if (*value == GRID_NONE)
            continue;
        if (number_of[*value] == GRID_NONE)
            number_of[*value] = next++;
        *value = number_of[*value];
    }
}

/** Copies nodes and the borders among them; local[v] is the number of node v in `out`. */
static void copy_nodes(const piece *p, const uint32_t *node, const uint32_t *local, piece *out) {
    uint32_t m = p->n_measures, end = 0;
    for (uint32_t i = 0; i < out->n; i++) {
        uint32_t v = node[i];
        out->node[i] = p->node[v];
        out->home[i] = p->home[v];
        out->area_dm2[i] = p->area_dm2[v];
        out->rim_mm[i] = p->rim_mm[v];
        memcpy(&out->whole[2 * (size_t)i], &p->whole[2 * (size_t)v], 2 * sizeof *out->whole);
        memcpy(&out->w[(size_t)i * m], &p->w[(size_t)v * m], m * sizeof *out->w);
        for (uint32_t j = 0; j < m; j++)
            out->total[j] += p->w[(size_t)v * m + j];
        out->start[i] = end;
        for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++) {
            if (local[p->to[e]] == GRID_NONE) {
                out->rim_mm[i] += p->length_mm[e];
                continue;
            }
            out->to[end] = local[p->to[e]];
            out->cost[end] = p->cost[e];
            out->length_mm[end] = p->length_mm[e];
            out->rank[end++] = p->rank[e];
        }
    }
    out->start[out->n] = end;
}

bool piece_induce(const piece *p, uint32_t *node, uint32_t n, piece *out) {
    qsort(node, n, sizeof *node, compare_u32);
    *out = (piece){
        .n = n, .region = p->region, .quarter = true, .seed = random_mix(p->seed ^ node[0])};
    uint32_t *local = GRID_NEW(uint32_t, p->n), *number_of = GRID_NEW(uint32_t, 2 * (size_t)p->n);
    size_t n_entries = 0;
    for (uint32_t i = 0; i < n; i++)
        n_entries += p->start[node[i] + 1] - p->start[node[i]];
    bool ok = piece_allocate(out, p->n_measures, n_entries) && local && number_of;
    if (ok) {
        for (uint32_t v = 0; v < p->n; v++)
            local[v] = GRID_NONE;
        for (uint32_t i = 0; i < n; i++)
            local[node[i]] = i;
        for (size_t i = 0; i < 2 * (size_t)p->n; i++)
            number_of[i] = GRID_NONE;
        copy_nodes(p, node, local, out);
        renumber_wholes(out, number_of);
    }
    free(local);
    free(number_of);
    return ok;
}
