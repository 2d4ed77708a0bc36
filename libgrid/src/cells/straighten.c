/*
 * Chains of segments with fewer vertices (Douglas and Peucker 1973).
 */
#include "cells/maker.h"

#include "base/base.h"

#include <math.h>

/* One of the two ends of a segment. */
typedef struct end {
    grid_ixy at;
    uint32_t segment;
} end;

typedef struct chains {
    const grid_segment *segment;
    size_t n;
    end *ends; /* 2 n, ordered by place, so the ends of a node lie together */
    bool *used;
    GRID_VEC(grid_ixy) chain;
    GRID_VEC(grid_segment) out;
} chains;

static int compare_points(grid_ixy p, grid_ixy q) {
    return p.x != q.x ? (p.x < q.x ? -1 : 1) : (p.y > q.y) - (p.y < q.y);
}

static int compare_ends(const void *a, const void *b) {
    const end *s = a, *t = b;
    int order = compare_points(s->at, t->at);
    return order != 0 ? order : (s->segment > t->segment) - (s->segment < t->segment);
}

static int compare_segments(const void *a, const void *b) {
    const grid_segment *s = a, *t = b;
    int order = compare_points(s->a, t->a);
    if (order == 0)
        order = compare_points(s->b, t->b);
    return order != 0 ? order : (s->source > t->source) - (s->source < t->source);
}

static bool is_same(const grid_segment *s, const grid_segment *t) {
    return compare_points(s->a, t->a) == 0 && compare_points(s->b, t->b) == 0;
}

/* Each segment once, from its smaller end; returns how many. */
static size_t order_segments(grid_segment *s, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (compare_points(s[i].a, s[i].b) > 0)
            s[i] = (grid_segment){s[i].b, s[i].a, s[i].source};
    if (n > 0)
        qsort(s, n, sizeof *s, compare_segments);
    size_t unique = 0;
    for (size_t i = 0; i < n; i++)
        if (unique == 0 || !is_same(&s[i], &s[unique - 1]))
            s[unique++] = s[i];
    return unique;
}

/* The ends at a place: first and how many. */
static size_t ends_at(const chains *net, grid_ixy p, size_t *first) {
    size_t low = 0, high = 2 * net->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_points(net->ends[middle].at, p) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    size_t n = 0;
    while (low + n < 2 * net->n && compare_points(net->ends[low + n].at, p) == 0)
        n++;
    return n;
}

/* Whether a chain goes on at p: two segments of one source meet there. */
static bool goes_on(const chains *net, grid_ixy p, size_t *first) {
    return ends_at(net, p, first) == 2 && net->segment[net->ends[*first].segment].source ==
                                              net->segment[net->ends[*first + 1].segment].source;
}

/* Follows a chain from p along segment i until it ends, forks or closes. */
static bool follow(chains *net, grid_ixy p, uint32_t i) {
    net->chain.n = 0;
    if (!GRID_PUSH(&net->chain, p))
        return false;
    for (;;) {
        net->used[i] = true;
        const grid_segment *s = &net->segment[i];
        p = compare_points(s->a, p) == 0 ? s->b : s->a;
        if (!GRID_PUSH(&net->chain, p))
            return false;
        size_t first;
        if (!goes_on(net, p, &first))
            return true;
        uint32_t one = net->ends[first].segment, other = net->ends[first + 1].segment;
        uint32_t next = one == i ? other : one;
        if (net->used[next])
            return true;
        i = next;
    }
}

static double distance(grid_ixy a, grid_ixy b, grid_ixy p) {
    double dx = (double)(b.x - a.x), dy = (double)(b.y - a.y);
    double px = (double)(p.x - a.x), py = (double)(p.y - a.y);
    double length2 = dx * dx + dy * dy;
    double t = length2 > 0 ? (px * dx + py * dy) / length2 : 0;
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(px - t * dx, py - t * dy);
}

/* Writes the chain between its places i and k, without what is nearly straight. */
static bool straighten(chains *net, size_t i, size_t k, uint32_t source, double tolerance) {
    const grid_ixy *p = net->chain.at;
    size_t farthest = i;
    double most = 0;
    for (size_t j = i + 1; j < k; j++) {
        double d = distance(p[i], p[k], p[j]);
        if (d > most) {
            most = d;
            farthest = j;
        }
    }
    if (most > tolerance)
        return straighten(net, i, farthest, source, tolerance) &&
               straighten(net, farthest, k, source, tolerance);
    return compare_points(p[i], p[k]) == 0 ||
           GRID_PUSH(&net->out, (grid_segment){p[i], p[k], source});
}

static bool straighten_all(chains *net, double tolerance) {
    /* Open chains begin where other than two segments meet; what is left are closed ones. */
    for (int closed = 0; closed < 2; closed++)
        for (size_t i = 0; i < 2 * net->n; i++) {
            size_t first;
            const end *e = &net->ends[i];
            if (net->used[e->segment] || (!closed && goes_on(net, e->at, &first)))
                continue;
            if (!follow(net, e->at, e->segment) ||
                !straighten(net, 0, net->chain.n - 1, net->segment[e->segment].source, tolerance))
                return false;
        }
    return true;
}

grid_status segments_straighten(grid_segment *segments, size_t n, double tolerance_mm,
                                grid_segment **out, size_t *n_out, grid_error *err) {
    n = order_segments(segments, n);
    chains net = {.segment = segments, .n = n};
    net.ends = GRID_NEW(end, 2 * n);
    net.used = GRID_NEW(bool, n);
    bool ok = net.ends != NULL && net.used != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        net.ends[2 * i] = (end){segments[i].a, (uint32_t)i};
        net.ends[2 * i + 1] = (end){segments[i].b, (uint32_t)i};
    }
    if (ok) {
        qsort(net.ends, 2 * n, sizeof *net.ends, compare_ends);
        ok = straighten_all(&net, tolerance_mm);
    }
    free(net.ends);
    free(net.used);
    GRID_VEC_FREE(&net.chain);
    if (!ok) {
        GRID_VEC_FREE(&net.out);
        return grid_fail_nomem(err);
    }
    *out = net.out.at;
    *n_out = net.out.n;
    return GRID_OK;
}
