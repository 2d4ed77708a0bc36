#include "partition/repair.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "partition/improve.h"

enum { ATTEMPTS = 4 };

bool repair_has_old(const piece *p) {
    for (uint32_t v = 0; v < p->n; v++)
        if (p->home[v] != GRID_NONE)
            return true;
    return false;
}

/* ---- old grids as a start ------------------------------------------------------------------- */

/** A connected part of an old grid. */
typedef struct old_part {
    uint32_t id, first, n;
    int64_t households;
} old_part;

/** Largest part of each old grid first. */
static int compare_parts(const void *pa, const void *pb) {
    const old_part *a = pa, *b = pb;
    if (a->id != b->id)
        return a->id < b->id ? -1 : 1;
    if (a->households != b->households)
        return a->households > b->households ? -1 : 1;
    if (a->n != b->n)
        return a->n > b->n ? -1 : 1;
    return a->first < b->first ? -1 : a->first > b->first;
}

/** Numbers the connected parts of old grids in part_of; returns how many there are. */
static uint32_t find_parts(const piece *p, uint32_t *part_of, uint32_t *queue, old_part *part) {
    uint32_t n_parts = 0;
    for (uint32_t v = 0; v < p->n; v++)
        part_of[v] = GRID_NONE;
    for (uint32_t s = 0; s < p->n; s++) {
        if (p->home[s] == GRID_NONE || part_of[s] != GRID_NONE)
            continue;
        old_part *o = &part[n_parts];
        *o = (old_part){.id = p->home[s], .first = s};
        queue[o->n++] = s;
        part_of[s] = n_parts;
        for (uint32_t i = 0; i < o->n; i++) {
            uint32_t v = queue[i];
            o->households += p->w[(size_t)v * p->n_measures];
            for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++)
                if (p->home[p->to[e]] == o->id && part_of[p->to[e]] == GRID_NONE) {
                    part_of[p->to[e]] = n_parts;
                    queue[o->n++] = p->to[e];
                }
        }
        n_parts++;
    }
    return n_parts;
}

/** The neighbouring grid that node v has the dearest border with; GRID_NONE if it has none. */
static uint32_t nearest_grid(const piece *p, const uint32_t *label, uint32_t v) {
    uint32_t best = GRID_NONE;
    int64_t best_cost = -1;
    for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++) {
        uint32_t grid = label[p->to[e]];
        if (grid == GRID_NONE)
            continue;
        int64_t cost = 0;
        for (uint32_t f = p->start[v]; f < p->start[v + 1]; f++)
            cost += label[p->to[f]] == grid ? p->cost[f] : 0;
        if (cost > best_cost || (cost == best_cost && grid < best)) {
            best = grid;
            best_cost = cost;
        }
    }
    return best;
}

/** What is in no grid yet joins neighbours, ring by ring. */
static void fill_up(const piece *p, uint32_t *label, uint32_t *found) {
    for (bool more = true; more;) {
        more = false;
        for (uint32_t v = 0; v < p->n; v++)
            found[v] = label[v] == GRID_NONE ? nearest_grid(p, label, v) : label[v];
        for (uint32_t v = 0; v < p->n; v++) {
            more |= label[v] != found[v];
            label[v] = found[v];
        }
    }
}

bool repair_start(net *g) {
    const piece *p = g->p;
    uint32_t *part_of = GRID_NEW(uint32_t, p->n), *queue = GRID_NEW(uint32_t, p->n);
    uint32_t *label = GRID_NEW(uint32_t, p->n), *grid_of = GRID_NEW(uint32_t, p->n);
    old_part *part = GRID_NEW(old_part, p->n);
    bool ok = part_of && queue && label && grid_of && part;
    if (ok) {
        uint32_t n = find_parts(p, part_of, queue, part), k = 0;
        qsort(part, n, sizeof *part, compare_parts);
        for (uint32_t i = 0; i < n; i++) {
            bool largest = i == 0 || part[i].id != part[i - 1].id;
            grid_of[part_of[part[i].first]] = largest ? k : GRID_NONE;
            if (largest)
                part[k++].id = part[i].id;
        }
        for (uint32_t v = 0; v < p->n; v++)
            label[v] = part_of[v] == GRID_NONE ? GRID_NONE : grid_of[part_of[v]];
        fill_up(p, label, queue);
        net_set(g, label, k);
        for (uint32_t i = 0; i < k; i++)
            g->id[i] = part[i].id;
    }
    free(part_of);
    free(queue);
    free(label);
    free(grid_of);
    free(part);
    return ok;
}

/* ---- repair --------------------------------------------------------------------------------- */

bool repair(net *g, unsigned effort, bool fixed_count, random_source *random,
            const grid_context *ctx) {
    uint32_t n_out = g->n_out, k = g->k, n = g->p->n;
    uint32_t *label = GRID_NEW(uint32_t, n), *id = GRID_NEW(uint32_t, n);
    bool ok = label && id;
    if (ok) {
        memcpy(label, g->label, n * sizeof *label);
        memcpy(id, g->id, k * sizeof *id);
    }
    const improve_plan plan = {.rounds = 10u << (effort - 1),
                               .trees = 2,
                               .hot = 60,
                               .fixed_count = fixed_count,
                               .home = g->p->home};
    for (unsigned attempt = 0; ok && attempt < ATTEMPTS && g->n_out > 0; attempt++)
        ok = improve(g, &plan, random, ctx);
    if (ok && g->n_out >= n_out) { /* nobody moves for nothing */
        net_set(g, label, k);
        memcpy(g->id, id, k * sizeof *id);
    }
    free(label);
    free(id);
    return ok;
}

/* ---- names ---------------------------------------------------------------------------------- */

typedef struct overlap {
    uint32_t label, id;
    int64_t households, nodes;
} overlap;

static int compare_keys(const void *pa, const void *pb) {
    const overlap *a = pa, *b = pb;
    if (a->label != b->label)
        return a->label < b->label ? -1 : 1;
    return a->id < b->id ? -1 : a->id > b->id;
}

static int compare_overlaps(const void *pa, const void *pb) {
    const overlap *a = pa, *b = pb;
    if (a->households != b->households)
        return a->households > b->households ? -1 : 1;
    if (a->nodes != b->nodes)
        return a->nodes > b->nodes ? -1 : 1;
    return compare_keys(pa, pb);
}

static int compare_ids(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/** Place of an id among the n sorted ones. */
static uint32_t place_of(const uint32_t *ids, uint32_t n, uint32_t id) {
    const uint32_t *at = bsearch(&id, ids, n, sizeof *ids, compare_ids);
    return (uint32_t)(at - ids);
}

bool repair_name(const piece *p, const uint32_t *label, uint32_t k, uint32_t *id) {
    overlap *o = GRID_NEW(overlap, p->n);
    uint32_t *ids = GRID_NEW(uint32_t, p->n), n = 0, n_ids = 0;
    bool *taken = GRID_NEW(bool, p->n), ok = o && ids && taken;
    for (uint32_t i = 0; i < k; i++)
        id[i] = GRID_NONE;
    for (uint32_t v = 0; ok && v < p->n; v++)
        if (p->home[v] != GRID_NONE) {
            ids[n] = p->home[v];
            o[n++] = (overlap){label[v], p->home[v], p->w[(size_t)v * p->n_measures], 1};
        }
    if (ok && n > 0) {
        qsort(ids, n, sizeof *ids, compare_ids);
        for (uint32_t i = 0; i < n; i++)
            if (i == 0 || ids[i] != ids[i - 1])
                ids[n_ids++] = ids[i];
        qsort(o, n, sizeof *o, compare_keys);
        uint32_t pairs = 0;
        for (uint32_t i = 0; i < n; i++)
            if (pairs > 0 && compare_keys(&o[pairs - 1], &o[i]) == 0) {
                o[pairs - 1].households += o[i].households;
                o[pairs - 1].nodes++;
            } else {
                o[pairs++] = o[i];
            }
        qsort(o, pairs, sizeof *o, compare_overlaps);
        for (uint32_t i = 0; i < pairs; i++) {
            uint32_t at = place_of(ids, n_ids, o[i].id);
            if (id[o[i].label] == GRID_NONE && !taken[at]) {
                id[o[i].label] = o[i].id;
                taken[at] = true;
            }
        }
    }
    free(o);
    free(ids);
    free(taken);
    return ok;
}
