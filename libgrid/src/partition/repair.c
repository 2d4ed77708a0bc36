#include "partition/repair.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
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

/* ---- groups of grids ------------------------------------------------------------------------ */

enum { MOST_GRIDS = 3, MOST_BESIDE = 24, MOST_GROUPS = 60 };

/** Looks for the group of grids round one out of range that brings it back with fewest moved. */
typedef struct mender {
    net *g;
    const improve_plan *plan;
    random_source *random;
    const grid_context *ctx;
    uint32_t *node, *label; /* of the group at hand */
    unsigned n_groups;      /* tried of one size */
    /* The best group: its grids, nodes, and how these are divided. */
    uint32_t grid[MOST_GRIDS], n_grids, *best_node, n_nodes, *best_label, *best_id, k;
    int64_t moved; /* households, INT64_MAX: none was found */
} mender;

static bool mender_init(mender *me, net *g) {
    uint32_t n = g->p->n;
    me->node = GRID_NEW(uint32_t, n);
    me->label = GRID_NEW(uint32_t, n);
    me->best_node = GRID_NEW(uint32_t, n);
    me->best_label = GRID_NEW(uint32_t, n);
    me->best_id = GRID_NEW(uint32_t, n);
    return me->node && me->label && me->best_node && me->best_label && me->best_id;
}

static void mender_free(mender *me) {
    free(me->node);
    free(me->label);
    free(me->best_node);
    free(me->best_label);
    free(me->best_id);
}

/** Grids beside the n given ones, in the order in which they are met; returns how many. */
static uint32_t find_beside(const net *g, const uint32_t *grid, uint32_t n, uint32_t *beside) {
    const piece *p = g->p;
    uint32_t found = 0;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t v = g->head[grid[i]]; v != GRID_NONE; v = g->next[v])
            for (uint32_t e = p->start[v]; e < p->start[v + 1] && found < MOST_BESIDE; e++) {
                uint32_t other = g->label[p->to[e]];
                if (!net_is_among(grid, n, other) && !net_is_among(beside, found, other))
                    beside[found++] = other;
            }
    return found;
}

static int64_t households_moved(const net *g) {
    int64_t sum = 0;
    for (uint32_t v = 0; v < g->p->n; v++)
        if (g->p->home[v] != GRID_NONE && g->p->home[v] != g->id[g->label[v]])
            sum += g->p->w[(size_t)v * g->p->n_measures];
    return sum;
}

static void keep_group(mender *me, const uint32_t *grid, uint32_t n, const net *local,
                       int64_t moved) {
    uint32_t n_nodes = local->p->n;
    me->moved = moved;
    me->n_grids = n;
    me->n_nodes = n_nodes;
    me->k = local->k;
    memcpy(me->grid, grid, n * sizeof *grid);
    memcpy(me->best_node, me->node, n_nodes * sizeof *me->node);
    memcpy(me->best_label, local->label, n_nodes * sizeof *me->label);
    memcpy(me->best_id, local->id, local->k * sizeof *me->best_id);
}

/** Whether what the grids have together is for as many grids, give or take one. */
static bool may_do(const net *g, const uint32_t *grid, uint32_t n) {
    uint32_t m = g->p->n_measures;
    int64_t sum[GRID_MAX_MEASURES] = {0};
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t j = 0; j < m; j++)
            sum[j] += g->w[(size_t)grid[i] * m + j];
    grid_window window = rule_set_window(g->rules, sum);
    return window.min <= window.max && window.min <= n + INT64_C(1) && window.max + 1 >= (int64_t)n;
}

static bool try_group(mender *me, const uint32_t *grid, uint32_t n) {
    piece part;
    net local = {0};
    if (!may_do(me->g, grid, n))
        return true;
    me->n_groups++;
    uint32_t n_nodes = net_list_nodes(me->g, grid, n, me->node);
    bool ok = net_take_grids(me->g, grid, n, me->node, n_nodes, me->label, &part, &local);
    if (ok) {
        improve_plan plan = *me->plan;
        plan.home = part.home;
        plan.move_m = 40; /* few grids: no need to leave room for large changes */
        ok = improve(&local, &plan, me->random, me->ctx);
    }
    int64_t moved = ok ? households_moved(&local) : 0;
    if (ok && local.n_out == 0 && moved < me->moved)
        keep_group(me, grid, n, &local, moved);
    net_free(&local);
    piece_free(&part);
    return ok;
}

/** All groups of `size` grids with `grid` in them. */
static bool try_groups(mender *me, uint32_t *grid, uint32_t n, uint32_t size) {
    if (n == size)
        return try_group(me, grid, n);
    uint32_t beside[MOST_BESIDE], found = find_beside(me->g, grid, n, beside);
    bool ok = true;
    for (uint32_t i = 0; ok && i < found && me->n_groups < MOST_GROUPS; i++) {
        grid[n] = beside[i];
        ok = try_groups(me, grid, n + 1, size);
    }
    return ok;
}

/** Puts the best group in the place of what it was. */
static void put_group(mender *me) {
    net *g = me->g;
    uint32_t n = g->p->n, k = 0, *label = me->label, *number = me->node, *id = me->best_node;
    memcpy(label, g->label, n * sizeof *label);
    for (uint32_t i = 0; i < me->n_nodes; i++) {
        uint32_t own = me->best_label[i];
        label[me->best_node[i]] = own < me->n_grids ? me->grid[own] : g->k + own - me->n_grids;
    }
    for (uint32_t i = 0; i < n; i++)
        number[i] = GRID_NONE;
    for (uint32_t v = 0; v < n; v++) {
        uint32_t old = label[v];
        if (number[old] == GRID_NONE) {
            id[k] = old < g->k ? g->id[old] : GRID_NONE;
            for (uint32_t i = 0; i < me->k; i++)
                if (old == (i < me->n_grids ? me->grid[i] : g->k + i - me->n_grids))
                    id[k] = me->best_id[i];
            number[old] = k++;
        }
        label[v] = number[old];
    }
    net_set(g, label, k);
    memcpy(g->id, id, k * sizeof *id);
}

/** Mends the grid within as few grids as will do, if these are found. */
static bool mend_grid(mender *me, uint32_t out) {
    uint32_t grid[MOST_GRIDS] = {out};
    bool ok = true;
    me->moved = INT64_MAX;
    for (uint32_t size = 1; ok && me->moved == INT64_MAX && size <= MOST_GRIDS; size++) {
        me->n_groups = 0;
        ok = try_groups(me, grid, 1, size);
    }
    return ok;
}

/** So many grids are out of range that their neighbours are of no help. */
static bool all_is_new(const net *g) {
    return g->n_out > MOST_GRIDS && 2 * g->n_out > g->k;
}

/** Mends grids out of range one after the other, as long as one can be. */
static bool mend_groups(net *g, const improve_plan *plan, random_source *random,
                        const grid_context *ctx) {
    mender me = {.g = g, .plan = plan, .random = random, .ctx = ctx};
    bool ok = mender_init(&me, g), mended = !all_is_new(g);
    while (ok && mended && g->n_out > 0) {
        mended = false;
        for (uint32_t i = 0; ok && i < g->k && !grid_cancelled(ctx); i++) {
            if (!net_is_out(g, i))
                continue;
            ok = mend_grid(&me, i);
            if (ok && me.moved < INT64_MAX) {
                put_group(&me);
                mended = true;
            }
        }
    }
    mender_free(&me);
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
                               .home = g->p->home,
                               .move_m = 8};
    ok = ok && mend_groups(g, &plan, random, ctx);
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
