/*
 * Every directed edge becomes a record of 16 bytes: a hash of its end points and group that
 * does not depend on its direction, and where it comes from. Records are dealt to tiles by
 * the smaller end point, so that a tile's edges fit the cache; in a tile a hash table
 * finds the edges with the same ends, and opposite ones go in pairs.
 */
#include "cover/cancel.h"

#include "base/base.h"
#include "base/parallel.h"
#include "base/vec.h"
#include "cover/digest.h"
#include "cover/exact.h"
#include "cover/standing.h"

#include <math.h>
#include <string.h>

enum { TILE_EDGES = 1024, MAX_TILES_ACROSS = 2048 };

/* source: the edge's first vertex in its shapes << 2 | belongs to a parent << 1 | backwards */
typedef struct edge_record {
    uint64_t hash, source;
} edge_record;

typedef struct canceller {
    const cancel_input *in;
    grid_xy origin;
    double tiles_per_unit_x, tiles_per_unit_y;
    size_t across, n_tiles;
    unsigned n_shares; /* of the features, for the threads */
    bool dealing;      /* else counting */
    size_t *place;     /* per share and tile: how many records, then where the next one goes */
    size_t *tile_start;
    size_t *kept; /* per tile */
    edge_record *record;
    bool no_memory;
} canceller;

/* ---- who takes part ------------------------------------------------------------- */

static bool takes_part(const cancel_input *in, size_t f, bool parent) {
    const bool *unusable = parent ? in->unusable_parent : in->unusable;
    uint32_t group = cancel_group(in, f, parent);
    return cancel_side(in, parent)->kind[f] == GRID_SHAPE_AREA && group < in->n_groups &&
           in->wanted[group] && (unusable == NULL || !unusable[f]);
}

/* ---- dealing -------------------------------------------------------------------- */

static size_t tile_part(double offset, double per_unit, size_t across) {
    double t = offset * per_unit;
    return t > 0 ? t < (double)across ? (size_t)t : across - 1 : 0;
}

/* By the middle: the same for both directions. */
static size_t tile_of(const canceller *k, grid_xy a, grid_xy b) {
    double x = a.x / 2 + b.x / 2 - k->origin.x, y = a.y / 2 + b.y / 2 - k->origin.y;
    return tile_part(y, k->tiles_per_unit_y, k->across) * k->across +
           tile_part(x, k->tiles_per_unit_x, k->across);
}

/* Equal for equal ends, whatever the direction, if and only if the groups are equal. Without a
 * branch, which would be a guess for every edge. */
static uint64_t edge_key(grid_digest edge, uint32_t group) {
    uint64_t turn = -(edge.a >> 63), a = (edge.a ^ turn) - turn, b = (edge.b ^ turn) - turn;
    return (a ^ rotate(b, 29) ^ (group * KEY_4)) * KEY_5;
}

static void count_ring(canceller *k, size_t *place, const grid_xy *ring, size_t n) {
    for (size_t i = 0; i + 1 < n; i++)
        if (!grid_xy_equal(ring[i], ring[i + 1]))
            place[tile_of(k, ring[i], ring[i + 1])]++;
}

static void deal_ring(canceller *k, size_t *place, const grid_xy *ring, size_t n, size_t first,
                      bool hole, bool parent, uint32_t group) {
    bool forward = ((ring_sign(ring, n) >= 0) != hole) != parent;
    uint64_t flags = (uint64_t)parent << 1 | !forward;
    vertex_hash from = hash_vertex(ring[0]);
    for (size_t i = 0; i + 1 < n; i++) {
        vertex_hash to = hash_vertex(ring[i + 1]);
        if (!grid_xy_equal(ring[i], ring[i + 1])) {
            uint64_t hash = edge_key(hash_edge(&from, &to), group);
            k->record[place[tile_of(k, ring[i], ring[i + 1])]++] = (edge_record){
                hash, (first + i) << 2 | flags};
        }
        from = to;
    }
}

static void deal_feature(canceller *k, size_t *place, size_t f, bool parent) {
    const grid_shapes *s = cancel_side(k->in, parent);
    if (!takes_part(k->in, f, parent))
        return;
    for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++)
        for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++) {
            size_t first = s->xy_start[c], n = s->xy_start[c + 1] - first;
            if (n < 2)
                continue;
            if (k->dealing)
                deal_ring(k, place, s->xy + first, n, first, c > s->chain_start[p], parent,
                          cancel_group(k->in, f, parent));
            else
                count_ring(k, place, s->xy + first, n);
        }
}

static void deal_share(void *user, size_t begin, size_t end, unsigned worker) {
    (void)worker;
    canceller *k = user;
    size_t n = cancel_features(k->in), n_children = k->in->children->n;
    for (size_t share = begin; share < end; share++) {
        size_t *place = k->place + share * k->n_tiles;
        size_t last = n / k->n_shares * (share + 1) +
                      (share + 1 == k->n_shares ? n % k->n_shares : 0);
        for (size_t f = n / k->n_shares * share; f < last; f++)
            deal_feature(k, place, f < n_children ? f : f - n_children, f >= n_children);
    }
}

/* From counts to places: tile by tile, in a tile share by share, so shares do not show. */
static size_t plan_places(canceller *k) {
    size_t total = 0;
    for (size_t t = 0; t < k->n_tiles; t++) {
        k->tile_start[t] = total;
        for (size_t share = 0; share < k->n_shares; share++) {
            size_t *place = &k->place[share * k->n_tiles + t];
            size_t count = *place;
            *place = total;
            total += count;
        }
    }
    k->tile_start[k->n_tiles] = total;
    return total;
}

/* ---- cancelling ----------------------------------------------------------------- */

typedef struct edge_ends {
    grid_xy a, b;
} edge_ends;

static edge_ends ends_of(const cancel_input *in, uint64_t source) {
    const grid_xy *p = cancel_side(in, (source & 2) != 0)->xy + (source >> 2);
    return source & 1 ? (edge_ends){p[1], p[0]} : (edge_ends){p[0], p[1]};
}

/* Per record of a tile: a stack of equal edges that still stand, all in one direction. */
typedef struct edge_stack {
    uint32_t top;   /* of the stack that this record founded; record + 1, 0 when there is none */
    uint32_t below; /* this one; record + 1 */
} edge_stack;

typedef struct tile_scratch {
    GRID_VEC(uint32_t) table; /* founder of a stack + 1 */
    GRID_VEC(edge_stack) stack;
} tile_scratch;

static uint32_t *find_slot(const cancel_input *in, const edge_record *records, size_t i,
                           const tile_scratch *s) {
    edge_ends mine = ends_of(in, records[i].source);
    size_t mask = s->table.n - 1, at = records[i].hash & mask;
    for (; s->table.at[at] != 0; at = (at + 1) & mask) {
        const edge_record *founder = &records[s->table.at[at] - 1];
        if (founder->hash != records[i].hash)
            continue;
        edge_ends theirs = ends_of(in, founder->source);
        if ((grid_xy_equal(mine.a, theirs.b) && grid_xy_equal(mine.b, theirs.a)) ||
            (grid_xy_equal(mine.a, theirs.a) && grid_xy_equal(mine.b, theirs.b)))
            break;
    }
    return &s->table.at[at];
}

static bool prepare_scratch(tile_scratch *s, size_t n) {
    size_t size = 16;
    while (size < 2 * n)
        size *= 2;
    s->table.n = s->stack.n = 0;
    if (!GRID_RESERVE(&s->table, size) || !GRID_RESERVE(&s->stack, n))
        return false;
    memset(s->table.at, 0, size * sizeof *s->table.at);
    s->table.n = size;
    return true;
}

/* Moves what stays to the front, in order; returns how many. */
static size_t keep_standing(edge_record *records, size_t n, const edge_stack *stack) {
    enum { GOES, STANDS };
    for (size_t i = 0; i < n; i++)
        records[i].hash = GOES;
    for (size_t i = 0; i < n; i++)
        for (uint32_t r = stack[i].top; r != 0; r = stack[r - 1].below)
            records[r - 1].hash = STANDS;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        if (records[i].hash == STANDS)
            records[kept++] = records[i];
    return kept;
}

static size_t cancel_tile(const cancel_input *in, edge_record *records, size_t n, tile_scratch *s) {
    edge_stack *stack = s->stack.at;
    for (size_t i = 0; i < n; i++) {
        uint32_t *slot = find_slot(in, records, i, s);
        if (*slot == 0) {
            *slot = (uint32_t)i + 1;
            stack[i] = (edge_stack){(uint32_t)i + 1, 0};
            continue;
        }
        edge_stack *founder = &stack[*slot - 1];
        uint32_t top = founder->top;
        bool opposite = top != 0 && !grid_xy_equal(ends_of(in, records[i].source).a,
                                                   ends_of(in, records[top - 1].source).a);
        stack[i] = (edge_stack){0, top};
        if (opposite) {
            founder->top = stack[top - 1].below;
        } else {
            founder->top = (uint32_t)i + 1;
        }
    }
    return keep_standing(records, n, stack);
}

static void cancel_tiles(void *user, size_t begin, size_t end, unsigned worker) {
    (void)worker;
    canceller *k = user;
    tile_scratch s = {0};
    for (size_t t = begin; t < end; t++) {
        size_t n = k->tile_start[t + 1] - k->tile_start[t];
        k->kept[t] = 0;
        if (n == 0)
            continue;
        if (n >= UINT32_MAX || !prepare_scratch(&s, n)) {
            __atomic_store_n(&k->no_memory, true, __ATOMIC_RELAXED);
            break;
        }
        k->kept[t] = cancel_tile(k->in, k->record + k->tile_start[t], n, &s);
    }
    GRID_VEC_FREE(&s.table);
    GRID_VEC_FREE(&s.stack);
}

/* ---- the residual --------------------------------------------------------------- */

static size_t mark_standing(const canceller *k, standing_edges *e) {
    size_t total = 0;
    for (size_t t = 0; t < k->n_tiles; t++) {
        const edge_record *r = k->record + k->tile_start[t];
        for (size_t i = 0; i < k->kept[t]; i++)
            standing_mark(e, (r[i].source & 2) != 0, r[i].source >> 2, (r[i].source & 1) != 0);
        total += k->kept[t];
    }
    return total;
}

/* Gives back what the records take beyond n edges. */
static residual_edge *shrink(void *records, size_t n) {
    residual_edge *edges = realloc(records, (n > 0 ? n : 1) * sizeof *edges);
    return edges != NULL ? edges : records;
}

/* The edges are listed where the records were, which once they are marked nobody needs: fresh
 * memory costs more than what is written there. */
static grid_status collect_residual(canceller *k, residual *out, grid_error *err) {
    _Static_assert(sizeof(residual_edge) <= sizeof(edge_record), "edges fit in place of records");
    standing_edges e;
    bool done = standing_open(&e, k->in);
    if (done) {
        out->n = mark_standing(k, &e);
        out->complete = out->n == k->tile_start[k->n_tiles];
        out->edge = shrink(k->record, out->n);
        k->record = NULL;
        done = standing_list(&e, out->edge);
        for (int parent = 0; parent < 2; parent++) {
            out->mark[parent] = e.stands[parent];
            e.stands[parent] = NULL;
        }
    }
    standing_close(&e);
    return done ? GRID_OK : grid_fail_nomem(err);
}

static void plan_tiles(canceller *k) {
    const cancel_input *in = k->in;
    grid_box box = grid_box_empty();
    grid_shapes_box_finite(in->children, &box);
    if (in->parents != NULL)
        grid_shapes_box_finite(in->parents, &box);
    size_t edges = in->children->n_xy + (in->parents != NULL ? in->parents->n_xy : 0);
    k->across = (size_t)sqrt((double)edges / TILE_EDGES) + 1;
    if (k->across > MAX_TILES_ACROSS)
        k->across = MAX_TILES_ACROSS;
    k->n_tiles = k->across * k->across;
    k->origin = (grid_xy){box.min_x, box.min_y};
    double width = box.max_x - box.min_x, height = box.max_y - box.min_y;
    k->tiles_per_unit_x = width > 0 ? (double)k->across / width : 0;
    k->tiles_per_unit_y = height > 0 ? (double)k->across / height : 0;
}

static grid_status run(canceller *k, const grid_context *ctx, residual *out, grid_error *err) {
    unsigned threads = grid_threads(ctx);
    plan_tiles(k);
    k->n_shares = threads;
    k->place = GRID_NEW(size_t, k->n_tiles * k->n_shares);
    k->tile_start = GRID_NEW(size_t, k->n_tiles + 1);
    k->kept = GRID_NEW(size_t, k->n_tiles);
    if (k->place == NULL || k->tile_start == NULL || k->kept == NULL)
        return grid_fail_nomem(err);
    grid_parallel_for(threads, k->n_shares, 1, deal_share, k);
    size_t total = plan_places(k);
    k->record = GRID_RAW(edge_record, total);
    if (k->record == NULL)
        return grid_fail_nomem(err);
    k->dealing = true;
    grid_parallel_for(threads, k->n_shares, 1, deal_share, k);
    grid_parallel_for(threads, k->n_tiles, 16, cancel_tiles, k);
    if (k->no_memory)
        return grid_fail_nomem(err);
    return collect_residual(k, out, err);
}

grid_status cancel_edges(const cancel_input *input, const grid_context *ctx, residual *out,
                         grid_error *err) {
    *out = (residual){0};
    canceller k = {.in = input};
    grid_status status = run(&k, ctx, out, err);
    free(k.place);
    free(k.tile_start);
    free(k.kept);
    free(k.record);
    return status;
}

void residual_free(residual *r) {
    free(r->edge);
    free(r->mark[0]);
    free(r->mark[1]);
    *r = (residual){0};
}
