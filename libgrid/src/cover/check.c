#include <grid/cover.h>

#include "base/base.h"
#include "base/parallel.h"
#include "base/vec.h"
#include "cover/cancel.h"
#include "cover/digest.h"
#include "cover/ring.h"

#include <math.h>

/* What is added up for one parent; sums of it do not depend on the order of adding. */
typedef struct group_sums {
    grid_digest edges, rings;
    size_t n_children, n_bad;
} group_sums;

typedef struct checker {
    const grid_shapes *parents, *children;
    const uint32_t *parent_of;
    unsigned threads;
    group_sums *sums;       /* per thread and parent */
    ring_scratch **scratch; /* per thread */
    bool *unusable, *unusable_parent;
    bool no_memory;
} checker;

typedef struct feature_verdict {
    bool simple, usable;
} feature_verdict;

static bool note_fault(void *user, ring_fault fault, grid_xy at) {
    (void)at;
    feature_verdict *v = user;
    v->simple = false;
    if (fault == RING_BAD)
        v->usable = false;
    return v->usable && fault <= RING_SPIKE; /* a bad coordinate may be still to come */
}

static void check_feature(checker *k, const grid_shapes *shapes, size_t f, bool parent,
                          group_sums *into, unsigned worker) {
    feature_verdict v = {true, true};
    if (ring_check(shapes, f, k->scratch[worker], note_fault, &v, NULL) != GRID_OK) {
        __atomic_store_n(&k->no_memory, true, __ATOMIC_RELAXED);
        return;
    }
    (parent ? k->unusable_parent : k->unusable)[f] = !v.usable;
    grid_digest edges = {0, 0}, rings = {0, 0};
    if (v.usable)
        feature_digest(shapes, f, &edges, &rings);
    into->edges = parent ? digest_minus(into->edges, edges) : digest_plus(into->edges, edges);
    into->rings = digest_plus(into->rings, digest_mix(rings, parent ? 2 : 1));
    into->n_children += !parent;
    into->n_bad += !v.simple;
}

static void check_children(void *user, size_t begin, size_t end, unsigned worker) {
    checker *k = user;
    group_sums *sums = k->sums + worker * k->parents->n;
    for (size_t c = begin; c < end; c++)
        if (k->parent_of[c] < k->parents->n)
            check_feature(k, k->children, c, false, &sums[k->parent_of[c]], worker);
}

static void check_parents(void *user, size_t begin, size_t end, unsigned worker) {
    checker *k = user;
    for (size_t p = begin; p < end; p++)
        check_feature(k, k->parents, p, true, &k->sums[worker * k->parents->n + p], worker);
}

static group_sums add_up(const checker *k, size_t p) {
    group_sums total = {0};
    for (size_t t = 0; t < k->threads; t++) {
        const group_sums *s = &k->sums[t * k->parents->n + p];
        total.edges = digest_plus(total.edges, s->edges);
        total.rings = digest_plus(total.rings, s->rings);
        total.n_children += s->n_children;
        total.n_bad += s->n_bad;
    }
    return total;
}

static grid_status count_residual(const checker *k, const bool *wanted, const grid_context *ctx,
                                  grid_seam *seam, grid_error *err) {
    cancel_input in = {.parents = k->parents,
                       .children = k->children,
                       .parent_of = k->parent_of,
                       .n_groups = k->parents->n,
                       .wanted = wanted,
                       .unusable_parent = k->unusable_parent,
                       .unusable = k->unusable};
    residual r;
    grid_status status = cancel_edges(&in, ctx, &r, err);
    residual_count(seam, k->parents, k->children, r.edge, r.n);
    residual_free(&r);
    return status;
}

static grid_status run(checker *k, const grid_context *ctx, bool *wanted, grid_seam *seam,
                       grid_error *err) {
    for (unsigned t = 0; t < k->threads; t++)
        if ((k->scratch[t] = ring_scratch_new()) == NULL)
            return grid_fail_nomem(err);
    grid_parallel_for(k->threads, k->children->n, 1024, check_children, k);
    grid_parallel_for(k->threads, k->parents->n, 64, check_parents, k);
    if (k->no_memory)
        return grid_fail_nomem(err);
    bool any = false;
    for (size_t p = 0; p < k->parents->n; p++) {
        group_sums s = add_up(k, p);
        wanted[p] = !digest_is_zero(s.edges);
        any |= wanted[p];
        seam[p] = (grid_seam){.exact = !wanted[p] && s.n_bad == 0,
                              .n_children = s.n_children,
                              .n_bad = s.n_bad,
                              .digest = s.rings};
    }
    return any ? count_residual(k, wanted, ctx, seam, err) : GRID_OK;
}

grid_status grid_cover_check(const grid_shapes *parents, const grid_shapes *children,
                             const uint32_t *parent_of, const grid_context *ctx, grid_seam *seam,
                             grid_error *err) {
    unsigned threads = grid_threads(ctx);
    checker k = {parents,
                 children,
                 parent_of,
                 threads,
                 GRID_NEW(group_sums, threads * parents->n),
                 GRID_NEW(ring_scratch *, threads),
                 GRID_NEW(bool, children->n),
                 GRID_NEW(bool, parents->n),
                 false};
    bool *wanted = GRID_NEW(bool, parents->n);
    grid_status status = GRID_OK;
    if (k.sums == NULL || k.scratch == NULL || k.unusable == NULL || k.unusable_parent == NULL ||
        wanted == NULL)
        status = grid_fail_nomem(err);
    else
        status = run(&k, ctx, wanted, seam, err);
    for (unsigned t = 0; k.scratch != NULL && t < threads; t++)
        ring_scratch_free(k.scratch[t]);
    free(k.sums);
    free(k.scratch);
    free(k.unusable);
    free(k.unusable_parent);
    free(wanted);
    return status;
}
