#include "partition/polish.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"
#include "partition/exact.h"

/* How many grids are divided together: a few, which can be gone through to the end, and so many
 * that a better division of them is likely to be found before the limit. */
static const uint32_t together[] = {3, 8};
enum { SIZES = sizeof together / sizeof *together, MOST_TOGETHER = 8 };

typedef struct polisher {
    net *g;
    const polish_plan *plan;
    random_source *random;
    uint32_t *node;  /* of the group being divided anew */
    uint32_t *label; /* per node of the piece: the division to come */
} polisher;

/** A random border's other side, among all borders of the chosen grids; GRID_NONE without any. */
static uint32_t pick_neighbour(const polisher *po, const uint32_t *chosen, uint32_t n) {
    const net *g = po->g;
    const piece *p = g->p;
    uint32_t found = GRID_NONE, seen = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t v = g->head[chosen[i]]; v != GRID_NONE; v = g->next[v])
            for (uint32_t e = p->start[v]; e < p->start[v + 1]; e++) {
                uint32_t other = g->label[p->to[e]];
                if (!net_is_among(chosen, n, other) && random_below(po->random, ++seen) == 0)
                    found = other;
            }
    return found;
}

/** Chooses up to `wanted` connected grids, `centre` among them; returns how many. */
static uint32_t choose_grids(const polisher *po, uint32_t centre, uint32_t wanted,
                             uint32_t *chosen) {
    uint32_t n = 0;
    for (uint32_t next = centre; next != GRID_NONE && n < wanted;
         next = n < wanted ? pick_neighbour(po, chosen, n) : GRID_NONE)
        chosen[n++] = next;
    return n;
}

/** Numbers the grids of `label`, all below `bound`, without gaps; returns how many there are. */
static uint32_t close_gaps(polisher *po, uint32_t bound) {
    uint32_t n = po->g->p->n, k = 0, *number = po->g->queue; /* bound <= n: no grid is empty */
    for (uint32_t i = 0; i < bound; i++)
        number[i] = GRID_NONE;
    for (uint32_t v = 0; v < n; v++) {
        if (number[po->label[v]] == GRID_NONE)
            number[po->label[v]] = k++;
        po->label[v] = number[po->label[v]];
    }
    return k;
}

/** Puts the grids of `local`, k of them on the listed nodes, in the place of the chosen ones. */
static void put_back(polisher *po, const uint32_t *chosen, uint32_t n, uint32_t n_nodes,
                     const uint32_t *local, uint32_t k) {
    net *g = po->g;
    memcpy(po->label, g->label, g->p->n * sizeof *po->label);
    for (uint32_t i = 0; i < n_nodes; i++)
        po->label[po->node[i]] = local[i] < n ? chosen[local[i]] : g->k + local[i] - n;
    net_set(g, po->label, close_gaps(po, k > n ? g->k + k - n : g->k));
}

/** Divides the chosen grids anew, as the piece that they make up. */
static bool divide_anew(polisher *po, const uint32_t *chosen, uint32_t n, bool *better) {
    uint32_t n_nodes = net_list_nodes(po->g, chosen, n, po->node);
    if (n_nodes > EXACT_MOST_NODES)
        return true;
    piece part = {0};
    net local = {0};
    exact_result found = {.label = GRID_NEW(uint32_t, n_nodes)};
    bool ok = found.label &&
              net_take_grids(po->g, chosen, n, po->node, n_nodes, found.label, &part, &local);
    if (ok) {
        int64_t price = local.price;
        uint32_t n_out = local.n_out;
        ok = exact_solve(&local, NULL, po->plan->fixed_count ? n : 0, po->plan->limit, &found);
        if (ok && found.k > 0) {
            net_set(&local, found.label, found.k);
            *better = local.price < price && local.n_out <= n_out;
        }
        if (ok && *better)
            put_back(po, chosen, n, n_nodes, found.label, found.k);
    }
    free(found.label);
    net_free(&local);
    piece_free(&part);
    return ok;
}

/** One group of each size round every grid. */
static bool round_of_groups(polisher *po, const grid_context *ctx, bool *better) {
    uint32_t chosen[MOST_TOGETHER];
    for (uint32_t centre = 0; centre < po->g->k; centre++)
        for (unsigned size = 0; size < SIZES; size++) {
            if (centre >= po->g->k || grid_cancelled(ctx))
                return true;
            bool gained = false;
            uint32_t n = choose_grids(po, centre, together[size], chosen);
            if (n > 1 && !divide_anew(po, chosen, n, &gained))
                return false;
            *better |= gained;
            if (n < together[size])
                break; /* the whole piece has no more */
        }
    return true;
}

bool polish(net *g, const polish_plan *plan, random_source *random, const grid_context *ctx) {
    polisher po = {.g = g,
                   .plan = plan,
                   .random = random,
                   .node = GRID_NEW(uint32_t, g->p->n),
                   .label = GRID_NEW(uint32_t, g->p->n)};
    bool ok = po.node && po.label, better = true;
    for (unsigned i = 0; i < plan->rounds && ok && better; i++) {
        better = false;
        ok = round_of_groups(&po, ctx, &better);
    }
    free(po.node);
    free(po.label);
    return ok;
}
