/*
 * Snap rounding. One R-tree over short stretches of the segments answers both questions:
 * which segments cross each other, and which segments pass the pixel of a point. Both
 * are decided on integers; the tree only has to offer enough candidates.
 */
#include "cover/sweep.h"

#include "base/base.h"
#include "base/parallel.h"
#include "base/vec.h"

#include <math.h>

typedef GRID_VEC(grid_ixy) points;

/* A segment passes the pixel of a point that is none of its ends. */
typedef struct pass {
    uint32_t segment, point;
} pass;

typedef GRID_VEC(pass) passes;

typedef struct noder {
    const grid_segment *segment;
    size_t n;
    grid_ixy origin;      /* of the tree's coordinates, so that its doubles are exact */
    uint32_t *stretch_of; /* per stretch: its segment */
    grid_box *stretch;    /* boxes, kept for the searches */
    size_t n_stretches;
    grid_rtree *tree;
    points point;       /* ends and crossings, ordered, each once */
    size_t *pass_start; /* per segment, + 1 */
    uint32_t *pass_point;
    const grid_context *ctx;
    points *found_point; /* per worker */
    passes *found_pass;  /* per worker */
    bool *failed;        /* per worker: memory ran out */
} noder;

/* ---- stretches ------------------------------------------------------------------------ */

static double length_of(const grid_segment *s) {
    return hypot((double)(s->b.x - s->a.x), (double)(s->b.y - s->a.y));
}

/* Long segments have large boxes that hold half the town; short stretches do not. */
static size_t stretches_of(const grid_segment *s, double longest) {
    return (size_t)(length_of(s) / longest) + 1;
}

static grid_box box_of(grid_xy a, grid_xy b) {
    grid_box box = grid_box_empty();
    grid_box_add(&box, a.x, a.y);
    grid_box_add(&box, b.x, b.y);
    return (grid_box){box.min_x - 1, box.min_y - 1, box.max_x + 1, box.max_y + 1};
}

static grid_status cut_stretches(noder *d, grid_error *err) {
    double total = 0;
    for (size_t i = 0; i < d->n; i++)
        total += length_of(&d->segment[i]);
    double longest = 4 * total / (double)(d->n + 1) + 1;
    size_t n = 0;
    for (size_t i = 0; i < d->n; i++)
        n += stretches_of(&d->segment[i], longest);
    d->stretch = GRID_NEW(grid_box, n);
    d->stretch_of = GRID_NEW(uint32_t, n);
    if (d->stretch == NULL || d->stretch_of == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < d->n; i++) {
        const grid_segment *s = &d->segment[i];
        size_t k = stretches_of(s, longest);
        double x = (double)(s->a.x - d->origin.x), y = (double)(s->a.y - d->origin.y);
        double dx = (double)(s->b.x - s->a.x) / (double)k,
               dy = (double)(s->b.y - s->a.y) / (double)k;
        for (size_t j = 0; j < k; j++) {
            grid_xy from = {x + dx * (double)j, y + dy * (double)j};
            grid_xy to = {x + dx * (double)(j + 1), y + dy * (double)(j + 1)};
            d->stretch_of[d->n_stretches] = (uint32_t)i;
            d->stretch[d->n_stretches++] = box_of(from, to);
        }
    }
    return grid_rtree_build(d->stretch, d->n_stretches, &d->tree, err);
}

/* ---- crossings ------------------------------------------------------------------------ */

static __int128 cross(grid_ixy a, grid_ixy b, grid_ixy c) {
    return (__int128)(b.x - a.x) * (c.y - a.y) - (__int128)(c.x - a.x) * (b.y - a.y);
}

static int sign(__int128 v) {
    return (v > 0) - (v < 0);
}

/* numerator / denominator to the nearest integer, halves up, as pixels are half open. */
static int64_t round_ratio(__int128 numerator, __int128 denominator) {
    numerator = 2 * numerator + denominator;
    denominator *= 2;
    if (denominator < 0) {
        numerator = -numerator;
        denominator = -denominator;
    }
    __int128 q = numerator / denominator;
    return (int64_t)(q - (numerator % denominator < 0));
}

/* Where two segments cross inside both, rounded to the lattice. */
static bool find_crossing(const grid_segment *s, const grid_segment *t, grid_ixy *out) {
    __int128 from = cross(t->a, t->b, s->a), to = cross(t->a, t->b, s->b);
    if (sign(from) * sign(to) >= 0 ||
        sign(cross(s->a, s->b, t->a)) * sign(cross(s->a, s->b, t->b)) >= 0)
        return false;
    out->x = s->a.x + round_ratio(from * (s->b.x - s->a.x), from - to);
    out->y = s->a.y + round_ratio(from * (s->b.y - s->a.y), from - to);
    return true;
}

typedef struct search {
    noder *noder;
    uint32_t item;
    unsigned worker;
} search;

static bool meet_segment(void *user, size_t i) {
    search *at = user;
    noder *d = at->noder;
    uint32_t other = d->stretch_of[i];
    grid_ixy p;
    if (other <= at->item || !find_crossing(&d->segment[at->item], &d->segment[other], &p))
        return true;
    if (!GRID_PUSH(&d->found_point[at->worker], p))
        d->failed[at->worker] = true;
    return !d->failed[at->worker];
}

static void find_crossings(void *user, size_t begin, size_t end, unsigned worker) {
    noder *d = user;
    for (size_t i = begin; i < end && !grid_cancelled(d->ctx); i++) {
        search at = {d, d->stretch_of[i], worker};
        grid_rtree_find(d->tree, &d->stretch[i], meet_segment, &at);
    }
}

/* ---- pixels --------------------------------------------------------------------------- */

/*
 * Whether a segment meets the half-open pixel of p: west and south side in, east and
 * north side out. In doubled coordinates the pixel's corners are odd and the ends even, so a
 * segment that misses the inside can touch the rim in one corner only, and of the
 * corners only the south-west one is in.
 */
static bool passes_pixel(const grid_segment *s, grid_ixy p) {
    int64_t ax = 2 * (s->a.x - p.x), ay = 2 * (s->a.y - p.y);
    int64_t bx = 2 * (s->b.x - p.x), by = 2 * (s->b.y - p.y);
    if ((ax < -1 && bx < -1) || (ax > 1 && bx > 1) || (ay < -1 && by < -1) || (ay > 1 && by > 1))
        return false;
    const grid_ixy a = {ax, ay}, b = {bx, by};
    int sw = sign(cross(a, b, (grid_ixy){-1, -1})), se = sign(cross(a, b, (grid_ixy){1, -1}));
    int nw = sign(cross(a, b, (grid_ixy){-1, 1})), ne = sign(cross(a, b, (grid_ixy){1, 1}));
    bool left = sw > 0 || se > 0 || nw > 0 || ne > 0, right = sw < 0 || se < 0 || nw < 0 || ne < 0;
    return (left && right) || sw == 0;
}

static bool meet_pixel(void *user, size_t i) {
    search *at = user;
    noder *d = at->noder;
    uint32_t segment = d->stretch_of[i];
    const grid_segment *s = &d->segment[segment];
    grid_ixy p = d->point.at[at->item];
    if (grid_ixy_compare(s->a, p) == 0 || grid_ixy_compare(s->b, p) == 0 || !passes_pixel(s, p))
        return true;
    if (!GRID_PUSH(&d->found_pass[at->worker], (pass){segment, at->item}))
        d->failed[at->worker] = true;
    return !d->failed[at->worker];
}

static void find_passes(void *user, size_t begin, size_t end, unsigned worker) {
    noder *d = user;
    for (size_t i = begin; i < end && !grid_cancelled(d->ctx); i++) {
        search at = {d, (uint32_t)i, worker};
        double x = (double)(d->point.at[i].x - d->origin.x);
        double y = (double)(d->point.at[i].y - d->origin.y);
        grid_box box = {x - 1, y - 1, x + 1, y + 1};
        grid_rtree_find(d->tree, &box, meet_pixel, &at);
    }
}

/* ---- gathering ------------------------------------------------------------------------ */

static int compare_points(const void *a, const void *b) {
    return grid_ixy_compare(*(const grid_ixy *)a, *(const grid_ixy *)b);
}

static bool gather_points(noder *d, unsigned workers) {
    size_t n = 2 * d->n;
    for (unsigned w = 0; w < workers; w++)
        n += d->found_point[w].n;
    if (!GRID_RESERVE(&d->point, n))
        return false;
    for (size_t i = 0; i < d->n; i++) {
        d->point.at[d->point.n++] = d->segment[i].a;
        d->point.at[d->point.n++] = d->segment[i].b;
    }
    for (unsigned w = 0; w < workers; w++)
        for (size_t i = 0; i < d->found_point[w].n; i++)
            d->point.at[d->point.n++] = d->found_point[w].at[i];
    if (d->point.n > 0)
        qsort(d->point.at, d->point.n, sizeof *d->point.at, compare_points);
    size_t unique = 0;
    for (size_t i = 0; i < d->point.n; i++)
        if (unique == 0 || grid_ixy_compare(d->point.at[i], d->point.at[unique - 1]) != 0)
            d->point.at[unique++] = d->point.at[i];
    d->point.n = unique;
    return true;
}

static bool gather_passes(noder *d, unsigned workers) {
    size_t n = 0;
    for (unsigned w = 0; w < workers; w++)
        n += d->found_pass[w].n;
    d->pass_start = GRID_NEW(size_t, d->n + 2);
    d->pass_point = GRID_NEW(uint32_t, n);
    if (d->pass_start == NULL || d->pass_point == NULL)
        return false;
    size_t *start = d->pass_start + 1; /* filled one place ahead, then moved */
    for (unsigned w = 0; w < workers; w++)
        for (size_t i = 0; i < d->found_pass[w].n; i++)
            start[d->found_pass[w].at[i].segment + 1]++;
    for (size_t i = 0; i < d->n; i++)
        start[i + 1] += start[i];
    for (unsigned w = 0; w < workers; w++)
        for (size_t i = 0; i < d->found_pass[w].n; i++) {
            pass at = d->found_pass[w].at[i];
            d->pass_point[start[at.segment]++] = at.point;
        }
    return true;
}

/* ---- pieces --------------------------------------------------------------------------- */

typedef struct along {
    const noder *noder;
    const grid_segment *segment;
} along;

static __int128 progress(const along *at, uint32_t point) {
    const grid_segment *s = at->segment;
    grid_ixy p = at->noder->point.at[point];
    return (__int128)(p.x - s->a.x) * (s->b.x - s->a.x) +
           (__int128)(p.y - s->a.y) * (s->b.y - s->a.y);
}

/* Two pixels that one segment passes never lie abreast of it. */
static int compare_along(const void *a, const void *b, void *user) {
    uint32_t p = *(const uint32_t *)a, q = *(const uint32_t *)b;
    return p == q ? 0 : sign(progress(user, p) - progress(user, q));
}

typedef GRID_VEC(grid_segment) pieces;

static bool push_piece(pieces *out, grid_ixy a, grid_ixy b, uint32_t source) {
    return grid_ixy_compare(a, b) == 0 || GRID_PUSH(out, (grid_segment){a, b, source});
}

static bool bend(const noder *d, size_t i, pieces *out) {
    const grid_segment *s = &d->segment[i];
    along at = {d, s};
    uint32_t *point = d->pass_point + d->pass_start[i];
    size_t n = d->pass_start[i + 1] - d->pass_start[i];
    qsort_r(point, n, sizeof *point, compare_along, &at);
    grid_ixy from = s->a;
    for (size_t j = 0; j < n; j++) { /* several stretches may have met the same pixel */
        grid_ixy to = d->point.at[point[j]];
        if (!push_piece(out, from, to, s->source))
            return false;
        from = to;
    }
    return push_piece(out, from, s->b, s->source);
}

/* --------------------------------------------------------------------------------------- */

static bool any(const bool *failed, unsigned n) {
    for (unsigned i = 0; i < n; i++)
        if (failed[i])
            return true;
    return false;
}

static grid_status node(noder *d, unsigned workers, pieces *out, grid_error *err) {
    enum { GRAIN = 4096 };
    GRID_TRY(cut_stretches(d, err));
    grid_parallel_for(workers, d->n_stretches, GRAIN, find_crossings, d);
    if (any(d->failed, workers) || !gather_points(d, workers))
        return grid_fail_nomem(err);
    grid_parallel_for(workers, d->point.n, GRAIN, find_passes, d);
    if (grid_cancelled(d->ctx))
        return grid_fail(err, GRID_E_CANCEL, "", "cancelled");
    if (any(d->failed, workers) || !gather_passes(d, workers))
        return grid_fail_nomem(err);
    for (size_t i = 0; i < d->n; i++)
        if (!bend(d, i, out))
            return grid_fail_nomem(err);
    return GRID_OK;
}

grid_status grid_segments_node(const grid_segment *segments, size_t n, const grid_context *ctx,
                               grid_segment **out, size_t *n_out, grid_error *err) {
    *out = NULL;
    *n_out = 0;
    if (n > UINT32_MAX / 4)
        return grid_fail(err, GRID_E_ARG, "", "%zu segments are more than can be noded", n);
    unsigned workers = grid_threads(ctx);
    noder d = {.segment = segments, .n = n, .ctx = ctx};
    pieces result = {0};
    if (n > 0)
        d.origin = segments[0].a;
    d.found_point = GRID_NEW(points, workers);
    d.found_pass = GRID_NEW(passes, workers);
    d.failed = GRID_NEW(bool, workers);
    grid_status status = GRID_OK;
    if (d.found_point == NULL || d.found_pass == NULL || d.failed == NULL)
        status = grid_fail_nomem(err);
    else
        status = node(&d, workers, &result, err);
    for (unsigned w = 0; w < workers; w++) {
        if (d.found_point != NULL)
            GRID_VEC_FREE(&d.found_point[w]);
        if (d.found_pass != NULL)
            GRID_VEC_FREE(&d.found_pass[w]);
    }
    free(d.found_point);
    free(d.found_pass);
    free(d.failed);
    free(d.stretch);
    free(d.stretch_of);
    grid_rtree_free(d.tree);
    GRID_VEC_FREE(&d.point);
    free(d.pass_start);
    free(d.pass_point);
    if (status != GRID_OK) {
        GRID_VEC_FREE(&result);
        return status;
    }
    *out = result.at;
    *n_out = result.n;
    return GRID_OK;
}
