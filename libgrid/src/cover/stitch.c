#include "cover/stitch.h"

#include "cover/exact.h"
#include "cover/winding.h"

#include <math.h>
#include <string.h>

static int compare_xy(grid_xy a, grid_xy b) {
    return a.x != b.x ? (a.x < b.x ? -1 : 1) : (a.y > b.y) - (a.y < b.y);
}

/* ---- opposite edges ------------------------------------------------------------- */

static int compare_undirected(const void *a, const void *b) {
    const stitch_edge *x = a, *y = b;
    bool x_up = compare_xy(x->a, x->b) < 0, y_up = compare_xy(y->a, y->b) < 0;
    int order = compare_xy(x_up ? x->a : x->b, y_up ? y->a : y->b);
    if (order == 0)
        order = compare_xy(x_up ? x->b : x->a, y_up ? y->b : y->a);
    if (order == 0)
        order = x_up - y_up;
    return order != 0 ? order : x->key < y->key ? -1 : x->key > y->key;
}

static void cancel_opposites(stitch_edges *e) {
    if (e->n > 0)
        qsort(e->at, e->n, sizeof *e->at, compare_undirected);
    size_t kept = 0;
    for (size_t i = 0; i < e->n; i++) {
        if (grid_xy_equal(e->at[i].a, e->at[i].b)) /* crossings that round to one place */
            continue;
        if (kept > 0 && grid_xy_equal(e->at[kept - 1].a, e->at[i].b) &&
            grid_xy_equal(e->at[kept - 1].b, e->at[i].a))
            kept--;
        else
            e->at[kept++] = e->at[i];
    }
    e->n = kept;
}

/* ---- rings ---------------------------------------------------------------------- */

typedef struct stitch_ring {
    size_t begin, end; /* in the walk */
    uint64_t key;
    int sign;
} stitch_ring;

typedef struct stitcher {
    stitch_edges *e; /* by start, then key */
    bool *used;
    GRID_VEC(size_t) walk; /* edges, ring after ring */
    GRID_VEC(stitch_ring) ring;
} stitcher;

static int compare_starts(const void *a, const void *b) {
    const stitch_edge *x = a, *y = b;
    int order = compare_xy(x->a, y->a);
    return order != 0 ? order : x->key < y->key ? -1 : x->key > y->key;
}

static size_t first_from(const stitcher *s, grid_xy at) {
    size_t low = 0, high = s->e->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_xy(s->e->at[middle].a, at) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Turning clockwise from the way back at v: is p met before q? */
static bool met_first(grid_xy back, grid_xy v, grid_xy p, grid_xy q) {
    int p_side = grid_orient(back, v, p), q_side = grid_orient(back, v, q);
    /* Left of the way in comes first, then straight on, then right. */
    if (p_side != q_side)
        return p_side > q_side;
    return grid_orient(v, p, q) < 0;
}

/* The edge that goes on with the inside on the left; SIZE_MAX for none. */
static size_t next_edge(const stitcher *s, const stitch_edge *in) {
    size_t best = SIZE_MAX;
    for (size_t i = first_from(s, in->b); i < s->e->n && grid_xy_equal(s->e->at[i].a, in->b); i++)
        if (!s->used[i] &&
            (best == SIZE_MAX || met_first(in->a, in->b, s->e->at[i].b, s->e->at[best].b)))
            best = i;
    return best;
}

static int sign_of_ring(const stitcher *s, const stitch_ring *r) {
    exact_sum sum;
    sum.n = 0;
    for (size_t i = r->begin; i < r->end; i++) {
        const stitch_edge *e = &s->e->at[s->walk.at[i]];
        exact_add_product(&sum, e->a.x, e->b.y);
        exact_add_product(&sum, -e->a.y, e->b.x);
    }
    return exact_sign(&sum);
}

static bool end_ring(stitcher *s, size_t begin, size_t end) {
    stitch_ring r = {begin, end, UINT64_MAX, 0};
    for (size_t i = begin; i < end; i++)
        if (s->e->at[s->walk.at[i]].key < r.key)
            r.key = s->e->at[s->walk.at[i]].key;
    r.sign = sign_of_ring(s, &r);
    return GRID_PUSH(&s->ring, r);
}

static bool may_come_again(const stitcher *s, grid_xy at) {
    size_t i = first_from(s, at);
    return i + 1 < s->e->n && grid_xy_equal(s->e->at[i + 1].a, at);
}

/* Where the walk comes to a point again, the loop since then is a ring of its own. */
static bool split_walk(stitcher *s, const size_t *path, size_t n, bool *whole) {
    GRID_VEC(size_t) open = {0};
    bool done = true;
    for (size_t i = 0; i < n && done; i++) {
        done = GRID_PUSH(&open, path[i]);
        grid_xy at = s->e->at[path[i]].b;
        size_t j = 0;
        if (done && (may_come_again(s, at) || grid_xy_equal(at, s->e->at[open.at[0]].a)))
            j = open.n;
        while (j > 0 && !grid_xy_equal(s->e->at[open.at[j - 1]].a, at))
            j--;
        if (!done || j == 0)
            continue;
        size_t begin = s->walk.n;
        for (size_t k = j - 1; k < open.n && done; k++)
            done = GRID_PUSH(&s->walk, open.at[k]);
        open.n = j - 1;
        done = done && end_ring(s, begin, s->walk.n);
    }
    if (open.n > 0)
        *whole = false;
    GRID_VEC_FREE(&open);
    return done;
}

static bool find_rings(stitcher *s, bool *whole) {
    GRID_VEC(size_t) path = {0};
    bool done = true;
    for (size_t seed = 0; seed < s->e->n && done; seed++) {
        if (s->used[seed])
            continue;
        path.n = 0;
        for (size_t i = seed; i != SIZE_MAX && done; i = next_edge(s, &s->e->at[i])) {
            s->used[i] = true;
            done = GRID_PUSH(&path, i);
        }
        done = done && split_walk(s, path.at, path.n, whole);
    }
    GRID_VEC_FREE(&path);
    return done;
}

/* ---- shells and holes ----------------------------------------------------------- */

static int compare_rings(const void *a, const void *b) {
    const stitch_ring *x = a, *y = b;
    return x->key < y->key ? -1 : x->key > y->key;
}

static bool add_ring(const stitcher *s, const stitch_ring *r, bool backwards, grid_shapes *out) {
    size_t n = r->end - r->begin, first = 0, put = 0;
    for (size_t i = 0; i < n; i++)
        if (s->e->at[s->walk.at[r->begin + i]].key == r->key)
            first = i;
    if (!grid_shapes_begin_chain(out))
        return false;
    for (size_t i = 0; i < n; i++) {
        size_t step = (first + (backwards ? n - i : i)) % n;
        const stitch_edge *e = &s->e->at[s->walk.at[r->begin + step]];
        if (e->drop_a)
            continue;
        if (!grid_shapes_add(out, e->a.x, e->a.y))
            return false;
        put++;
    }
    if (put == 0)
        return true;
    const grid_xy start = out->xy[out->n_xy - put];
    return grid_shapes_add(out, start.x, start.y);
}

/* The smallest shell that the inside of the hole's edges lies in; SIZE_MAX for none. */
static size_t shell_of(const stitcher *s, const grid_shapes *shells, const stitch_ring *hole) {
    const stitch_edge *e = &s->e->at[s->walk.at[hole->begin]];
    size_t best = SIZE_MAX;
    for (size_t f = 0; f < shells->n; f++)
        if (winding_beside(shells, f, &(winding_place){e->a, e->b, NULL}) != 0 &&
            (best == SIZE_MAX || grid_shapes_area(shells, f) < grid_shapes_area(shells, best)))
            best = f;
    return best;
}

static bool collect_shells(const stitcher *s, grid_shapes *shells, size_t *ring_of_shell) {
    for (size_t i = 0; i < s->ring.n; i++) {
        if (s->ring.at[i].sign <= 0)
            continue;
        ring_of_shell[shells->n] = i;
        if (!grid_shapes_begin(shells, GRID_SHAPE_AREA) || !grid_shapes_begin_part(shells) ||
            !add_ring(s, &s->ring.at[i], false, shells))
            return false;
    }
    return true;
}

static bool write_parts(const stitcher *s, bool clockwise, grid_shapes *out, bool *whole) {
    grid_shapes *shells = grid_shapes_new();
    size_t *ring_of_shell = GRID_NEW(size_t, s->ring.n), *holder = GRID_NEW(size_t, s->ring.n);
    bool done = shells != NULL && ring_of_shell != NULL && holder != NULL &&
                collect_shells(s, shells, ring_of_shell);
    for (size_t i = 0; i < s->ring.n && done; i++) {
        if (s->ring.at[i].sign < 0)
            holder[i] = shell_of(s, shells, &s->ring.at[i]);
        if (s->ring.at[i].sign == 0 || (s->ring.at[i].sign < 0 && holder[i] == SIZE_MAX))
            *whole = false;
    }
    for (size_t f = 0; done && f < shells->n; f++) {
        done = grid_shapes_begin_part(out) &&
               add_ring(s, &s->ring.at[ring_of_shell[f]], clockwise, out);
        for (size_t i = 0; i < s->ring.n && done; i++)
            if (s->ring.at[i].sign < 0 && holder[i] == f)
                done = add_ring(s, &s->ring.at[i], clockwise, out);
    }
    *whole = *whole && done && shells->n > 0;
    grid_shapes_free(shells);
    free(ring_of_shell);
    free(holder);
    return done;
}

bool stitch(stitch_edges *edges, bool clockwise, grid_shapes *out, bool *whole) {
    *whole = true;
    cancel_opposites(edges);
    if (edges->n > 0)
        qsort(edges->at, edges->n, sizeof *edges->at, compare_starts);
    stitcher s = {.e = edges, .used = GRID_NEW(bool, edges->n)};
    bool done = s.used != NULL && find_rings(&s, whole);
    if (done && s.ring.n > 0)
        qsort(s.ring.at, s.ring.n, sizeof *s.ring.at, compare_rings);
    done = done && grid_shapes_begin(out, GRID_SHAPE_AREA) &&
           write_parts(&s, clockwise, out, whole);
    free(s.used);
    GRID_VEC_FREE(&s.walk);
    GRID_VEC_FREE(&s.ring);
    return done;
}
