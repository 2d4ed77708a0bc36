#include <stdlib.h>

#include "base/vec.h"
#include "partition/repair.h"

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
