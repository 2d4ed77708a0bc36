/*
 * Where segments meet. Those that follow on each other in one direction meet nowhere else, so runs
 * of them, which mostly are far apart, are looked at first, and only then their segments.
 */
#include "cover/arrange_splitter.h"

#include "base/radix.h"
#include "cover/pairs.h"
#include "geom/orient.h"

/* ---- where two segments meet ---------------------------------------------------- */

static bool add_split(splitter *s, uint32_t segment, uint32_t node) {
    if (!GRID_PUSH(&s->split, (split){segment, node}))
        s->no_memory = true;
    return !s->no_memory;
}

/* Segments with a common end: the other end of the shorter may lie on the longer. */
static bool meet_from(splitter *s, uint32_t i, bool i_head, uint32_t j, bool j_head) {
    uint32_t end_i = i_head ? s->tail[i] : s->head[i], end_j = j_head ? s->tail[j] : s->head[j];
    uint32_t common = i_head ? s->head[i] : s->tail[i];
    splitter_unite(s->same_as, common, j_head ? s->head[j] : s->tail[j]);
    grid_xy c = s->node.at[common], p = s->node.at[end_i], q = s->node.at[end_j];
    if (grid_orient(c, p, q) != 0)
        return true;
    bool p_inside = orient_on_segment(p, c, q), q_inside = orient_on_segment(q, c, p);
    if (!p_inside && !q_inside) /* in opposite directions */
        return true;
    s->along[i] = s->along[j] = true;
    return p_inside ? add_split(s, j, end_i) : add_split(s, i, end_j);
}

static bool meet_at_crossing(splitter *s, uint32_t i, uint32_t j) {
    uint32_t node = (uint32_t)(s->node.n + s->crossing.n);
    if (!GRID_PUSH(&s->crossing, (arrange_crossing){i, j}))
        s->no_memory = true;
    return !s->no_memory && add_split(s, i, node) && add_split(s, j, node);
}

static bool meet(splitter *s, uint32_t i, uint32_t j) {
    grid_xy a = s->segment[i].a, b = s->segment[i].b, c = s->segment[j].a, d = s->segment[j].b;
    int c_side = grid_orient(a, b, c), d_side = grid_orient(a, b, d);
    if (c_side * d_side > 0)
        return true;
    int a_side = grid_orient(c, d, a), b_side = grid_orient(c, d, b);
    if (a_side * b_side > 0)
        return true;
    if (c_side * d_side < 0 && a_side * b_side < 0)
        return meet_at_crossing(s, i, j);
    if (c_side == 0 && d_side == 0)
        s->along[i] = s->along[j] = true;
    return (c_side != 0 || !orient_on_segment(c, a, b) || add_split(s, i, s->tail[j])) &&
           (d_side != 0 || !orient_on_segment(d, a, b) || add_split(s, i, s->head[j])) &&
           (a_side != 0 || !orient_on_segment(a, c, d) || add_split(s, j, s->tail[i])) &&
           (b_side != 0 || !orient_on_segment(b, c, d) || add_split(s, j, s->head[i]));
}

static bool meet_pair(splitter *s, uint32_t i, uint32_t j) {
    const arrange_segment *g = &s->segment[i], *h = &s->segment[j];
    bool aa = same_place(g->a, h->a), ab = same_place(g->a, h->b), ba = same_place(g->b, h->a),
         bb = same_place(g->b, h->b);
    if ((aa && bb) || (ab && ba)) {
        splitter_unite(s->same_as, s->tail[i], aa ? s->tail[j] : s->head[j]);
        splitter_unite(s->same_as, s->head[i], aa ? s->head[j] : s->tail[j]);
        s->along[i] = s->along[j] = true;
        return true;
    }
    return aa || ab || ba || bb ? meet_from(s, i, ba || bb, j, ab || bb) : meet(s, i, j);
}

/* ---- runs ----------------------------------------------------------------------- */

enum { MOST_IN_RUN = 8, EAST = 1, WEST = 2, NORTH = 4, SOUTH = 8 };

typedef struct run {
    uint32_t first, end; /* segments */
    grid_box box;
} run;

typedef GRID_VEC(run) runs;

typedef struct run_join {
    splitter *s;
    runs run; /* along a Hilbert curve */
} run_join;

static unsigned heading(const arrange_segment *g) {
    unsigned along = g->b.x > g->a.x ? EAST : g->b.x < g->a.x ? WEST : 0;
    return along | (g->b.y > g->a.y ? NORTH : g->b.y < g->a.y ? SOUTH : 0);
}

static uint32_t end_of_run(const splitter *s, uint32_t first) {
    unsigned common = heading(&s->segment[first]);
    uint32_t i = first + 1;
    for (; i < s->n && i < first + MOST_IN_RUN && s->tail[i] == s->head[i - 1]; i++) {
        common &= heading(&s->segment[i]);
        if (common == 0)
            break;
    }
    return i;
}

static grid_box box_of_segment(const arrange_segment *g) {
    bool east = g->a.x < g->b.x, north = g->a.y < g->b.y;
    return (grid_box){east ? g->a.x : g->b.x, north ? g->a.y : g->b.y, east ? g->b.x : g->a.x,
                      north ? g->b.y : g->a.y};
}

static bool list_runs(const splitter *s, runs *out) {
    for (uint32_t i = 0; i < s->n;) {
        run r = {i, end_of_run(s, i), grid_box_empty()};
        grid_box_add(&r.box, s->segment[i].a.x, s->segment[i].a.y);
        for (; i < r.end; i++)
            grid_box_add(&r.box, s->segment[i].b.x, s->segment[i].b.y);
        if (!GRID_PUSH(out, r))
            return false;
    }
    return true;
}

static bool order_runs(const runs *in, const grid_box *all, runs *out) {
    radix_keys keys = {0};
    bool done = GRID_RESERVE(&keys, in->n) && GRID_RESERVE(out, in->n);
    for (size_t i = 0; i < in->n && done; i++) {
        const grid_box *b = &in->at[i].box;
        uint32_t key = grid_hilbert(all, b->min_x + (b->max_x - b->min_x) / 2,
                                    b->min_y + (b->max_y - b->min_y) / 2);
        keys.at[keys.n++] = (radix_key){key, (uint32_t)i};
    }
    done = done && radix_sort(&keys);
    for (size_t i = 0; i < in->n && done; i++)
        out->at[out->n++] = in->at[keys.at[i].item];
    GRID_VEC_FREE(&keys);
    return done;
}

/* Without branches, which nobody could foresee. */
static unsigned boxes_overlap(const grid_box *a, const grid_box *b) {
    return (a->min_x <= b->max_x) & (b->min_x <= a->max_x) & (a->min_y <= b->max_y) &
           (b->min_y <= a->max_y);
}

/* The boxes of a run's segments that lie in a box at least partly; returns how many. */
typedef struct near_segment {
    grid_box box;
    uint32_t segment;
} near_segment;

static unsigned list_near(const splitter *s, const run *r, const grid_box *in, near_segment *out) {
    unsigned n = 0;
    for (uint32_t i = r->first; i < r->end; i++) {
        out[n] = (near_segment){box_of_segment(&s->segment[i]), i};
        n += boxes_overlap(&out[n].box, in);
    }
    return n;
}

static grid_box common_box(const grid_box *a, const grid_box *b) {
    return (grid_box){
        a->min_x > b->min_x ? a->min_x : b->min_x, a->min_y > b->min_y ? a->min_y : b->min_y,
        a->max_x < b->max_x ? a->max_x : b->max_x, a->max_y < b->max_y ? a->max_y : b->max_y};
}

static bool visit_runs(void *user, size_t first, size_t second) {
    run_join *k = user;
    const run *r = &k->run.at[first], *q = &k->run.at[second];
    if (r->first > q->first) {
        const run *swap = r;
        r = q;
        q = swap;
    }
    grid_box common = common_box(&r->box, &q->box);
    near_segment mine[MOST_IN_RUN], theirs[MOST_IN_RUN];
    unsigned n = list_near(k->s, r, &common, mine);
    unsigned m = n > 0 ? list_near(k->s, q, &common, theirs) : 0;
    for (unsigned i = 0; i < n; i++)
        for (unsigned j = 0; j < m; j++)
            if (boxes_overlap(&mine[i].box, &theirs[j].box) &&
                !meet_pair(k->s, mine[i].segment, theirs[j].segment))
                return false;
    return true;
}

static bool join_runs(run_join *k) {
    grid_box all = grid_box_empty();
    for (size_t i = 0; i < k->s->node.n; i++)
        grid_box_add(&all, k->s->node.at[i].x, k->s->node.at[i].y);
    runs listed = {0};
    pair_boxes boxes = {0};
    bool done = list_runs(k->s, &listed) && order_runs(&listed, &all, &k->run) &&
                pair_boxes_reserve(&boxes, k->run.n);
    GRID_VEC_FREE(&listed);
    const grid_xy origin = {all.min_x, all.min_y};
    for (size_t r = 0; r < k->run.n && done; r++) {
        const grid_box *b = &k->run.at[r].box;
        pair_boxes_set(&boxes, r, origin, (grid_xy){b->min_x, b->min_y},
                       (grid_xy){b->max_x, b->max_y});
    }
    done = done && pair_boxes_join(&boxes, visit_runs, k);
    pair_boxes_free(&boxes);
    return done;
}

bool splitter_meet(splitter *s) {
    run_join k = {.s = s};
    bool done = join_runs(&k);
    GRID_VEC_FREE(&k.run);
    return done && !s->no_memory;
}
