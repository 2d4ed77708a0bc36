/*
 * Where segments meet. Those that follow on each other in one direction meet nowhere else, so runs
 * of them, which mostly are far apart, are looked at first, and only then their segments.
 */
#include "cover/arrange_splitter.h"

#include "base/cpu.h"
#include "base/radix.h"
#include "cover/pairs.h"
#include "geom/orient.h"

#include <math.h>

/* ---- where two segments meet ---------------------------------------------------- */

static bool add_split(splitter *s, uint32_t segment, uint32_t node) {
    if (!GRID_PUSH(&s->split, (split){segment, node}))
        s->no_memory = true;
    return !s->no_memory;
}

/* Segments with a common end: the other end of the shorter may lie on the longer. */
static bool meet_from(splitter *s, uint32_t i, bool i_head, uint32_t j, bool j_head) {
    uint32_t end_i = i_head ? s->tail[i] : splitter_head(s, i),
             end_j = j_head ? s->tail[j] : splitter_head(s, j);
    uint32_t common = i_head ? splitter_head(s, i) : s->tail[i];
    splitter_unite(s->same_as, common, j_head ? splitter_head(s, j) : s->tail[j]);
    grid_xy c = s->node[common], p = s->node[end_i], q = s->node[end_j];
    if (grid_orient(c, p, q) != 0)
        return true;
    bool p_inside = orient_on_segment(p, c, q), q_inside = orient_on_segment(q, c, p);
    if (!p_inside && !q_inside) /* in opposite directions */
        return true;
    s->along[i] = s->along[j] = true;
    return p_inside ? add_split(s, j, end_i) : add_split(s, i, end_j);
}

static bool meet_at_crossing(splitter *s, uint32_t i, uint32_t j, bool to_left) {
    if (!GRID_PUSH(&s->crossing, (arrange_crossing){i, j & INT32_MAX, to_left}))
        s->no_memory = true;
    return !s->no_memory;
}

/* Segments without a common end. */
static bool meet_apart(splitter *s, uint32_t i, uint32_t j) {
    arrange_segment g = splitter_segment(s, i), h = splitter_segment(s, j);
    grid_xy a = g.a, b = g.b, c = h.a, d = h.b;
    int c_side = grid_orient(a, b, c), d_side = grid_orient(a, b, d);
    if (c_side * d_side > 0)
        return true;
    int a_side = grid_orient(c, d, a), b_side = grid_orient(c, d, b);
    if (a_side * b_side > 0)
        return true;
    if (c_side * d_side < 0 && a_side * b_side < 0)
        return meet_at_crossing(s, i, j, d_side > 0);
    if (c_side == 0 && d_side == 0)
        s->along[i] = s->along[j] = true;
    return (c_side != 0 || !orient_on_segment(c, a, b) || add_split(s, i, s->tail[j])) &&
           (d_side != 0 || !orient_on_segment(d, a, b) || add_split(s, i, splitter_head(s, j))) &&
           (a_side != 0 || !orient_on_segment(a, c, d) || add_split(s, j, s->tail[i])) &&
           (b_side != 0 || !orient_on_segment(b, c, d) || add_split(s, j, splitter_head(s, i)));
}

static bool meet_exactly(splitter *s, uint32_t i, uint32_t j) {
    arrange_segment g = splitter_segment(s, i), h = splitter_segment(s, j);
    bool aa = grid_xy_equal(g.a, h.a), ab = grid_xy_equal(g.a, h.b), ba = grid_xy_equal(g.b, h.a),
         bb = grid_xy_equal(g.b, h.b);
    if ((aa && bb) || (ab && ba)) {
        splitter_unite(s->same_as, s->tail[i], aa ? s->tail[j] : splitter_head(s, j));
        splitter_unite(s->same_as, splitter_head(s, i), aa ? splitter_head(s, j) : s->tail[j]);
        s->along[i] = s->along[j] = true;
        return true;
    }
    return aa || ab || ba || bb ? meet_from(s, i, ba || bb, j, ab || bb) : meet_apart(s, i, j);
}

/* ---- many pairs ----------------------------------------------------------------- */

/* Pairs in the order in which they were found, to be looked at together. */
typedef struct meeting {
    splitter *s;
    segment_pairs pair;
    uint32_t i[SEGMENT_PAIRS], j[SEGMENT_PAIRS];
    size_t n;
} meeting;

enum { APART, CROSS_TO_RIGHT, CROSS_TO_LEFT, UNSURE };

/* As grid_orient, by plain doubles; 0 when those do not tell. */
INLINE double side_roughly(double ux, double uy, double vx, double vy) {
    double left = ux * vy, right = uy * vx, bound = ORIENT_FILTER * (fabs(left) + fabs(right));
    return (left - right > bound ? 1.0 : 0.0) - (right - left > bound ? 1.0 : 0.0);
}

/* Most pairs are decided by plain doubles: whether they cross, nobody can foresee. */
INLINE void judge(const segment_pairs *k, double *verdict) {
    for (size_t i = 0; i < SEGMENT_PAIRS; i++) {
        double aa_x = k->g_ax[i] - k->h_ax[i], aa_y = k->g_ay[i] - k->h_ay[i];
        double ab_x = k->g_ax[i] - k->h_bx[i], ab_y = k->g_ay[i] - k->h_by[i];
        double ba_x = k->g_bx[i] - k->h_ax[i], ba_y = k->g_by[i] - k->h_ay[i];
        double bb_x = k->g_bx[i] - k->h_bx[i], bb_y = k->g_by[i] - k->h_by[i];
        double end_side = side_roughly(ab_x, ab_y, bb_x, bb_y);
        double g_sides = side_roughly(aa_x, aa_y, ba_x, ba_y) * end_side;
        double h_sides = side_roughly(aa_x, aa_y, ab_x, ab_y) *
                         side_roughly(ba_x, ba_y, bb_x, bb_y);
        double most = g_sides > h_sides ? g_sides : h_sides;
        double crossing = end_side > 0 ? (double)CROSS_TO_LEFT : (double)CROSS_TO_RIGHT;
        double decided = most < 0 ? crossing : (double)APART;
        verdict[i] = g_sides * h_sides == 0 ? (double)UNSURE : decided;
    }
}

TARGET_AVX2 static void judge_avx2(const segment_pairs *k, double *verdict) {
    judge(k, verdict);
}

static void judge_plain(const segment_pairs *k, double *verdict) {
    judge(k, verdict);
}

static bool meet_all(meeting *m) {
    double verdict[SEGMENT_PAIRS];
    (cpu_has_avx2() ? judge_avx2 : judge_plain)(&m->pair, verdict);
    for (size_t k = 0; k < m->n; k++) {
        uint32_t i = m->i[k], j = m->j[k];
        if (verdict[k] == APART)
            continue;
        if (!(verdict[k] == UNSURE ? meet_exactly(m->s, i, j)
                                   : meet_at_crossing(m->s, i, j, verdict[k] == CROSS_TO_LEFT)))
            return false;
    }
    m->n = 0;
    return true;
}

static bool meet_pair(meeting *m, uint32_t i, uint32_t j) {
    segment_pairs_set(&m->pair, m->n, splitter_segment(m->s, i), splitter_segment(m->s, j));
    m->i[m->n] = i;
    m->j[m->n] = j;
    return ++m->n < SEGMENT_PAIRS || meet_all(m);
}

/* ---- runs ----------------------------------------------------------------------- */

enum { MOST_IN_RUN = PAIR_BLOCK, EAST = 1, WEST = 2, NORTH = 4, SOUTH = 8 };

typedef struct run {
    uint32_t first, end; /* segments */
} run;

typedef GRID_VEC(run) runs;

typedef struct run_join {
    splitter *s;
    meeting meeting;
    pair_boxes segment_box;
    runs run; /* along a Hilbert curve, as are their boxes */
    pair_boxes box;
} run_join;

static unsigned heading(arrange_segment g) {
    return (g.b.x > g.a.x) * EAST | (g.b.x < g.a.x) * WEST | (g.b.y > g.a.y) * NORTH |
           (g.b.y < g.a.y) * SOUTH;
}

static uint32_t end_of_run(const splitter *s, uint32_t first) {
    unsigned common = heading(splitter_segment(s, first));
    uint32_t i = first + 1;
    for (; i < s->n && i < first + MOST_IN_RUN && s->tail[i] == splitter_head(s, i - 1); i++) {
        common &= heading(splitter_segment(s, i));
        if (common == 0)
            break;
    }
    return i;
}

static grid_box box_of_run(const splitter *s, const run *r) {
    grid_box box = grid_box_empty();
    for (uint32_t v = s->tail[r->first]; v <= splitter_head(s, r->end - 1); v++)
        grid_box_add(&box, s->node[v].x, s->node[v].y);
    return box;
}

/* The runs as they follow on each other, and where on the Hilbert curve each lies. */
static bool list_runs(const splitter *s, const grid_box *all, runs *out, radix_keys *keys) {
    for (uint32_t i = 0; i < s->n;) {
        run r = {i, end_of_run(s, i)};
        grid_box b = box_of_run(s, &r);
        uint32_t key = grid_hilbert(all, b.min_x + (b.max_x - b.min_x) / 2,
                                    b.min_y + (b.max_y - b.min_y) / 2);
        if (!GRID_PUSH(keys, (radix_key){key, (uint32_t)out->n}) || !GRID_PUSH(out, r))
            return false;
        i = r.end;
    }
    return true;
}

static bool order_runs(run_join *k, const grid_box *all) {
    runs listed = {0};
    radix_keys keys = {0};
    bool done = list_runs(k->s, all, &listed, &keys) && radix_sort(&keys) &&
                GRID_RESERVE(&k->run, listed.n);
    for (size_t i = 0; i < listed.n && done; i++)
        k->run.at[k->run.n++] = listed.at[keys.at[i].item];
    GRID_VEC_FREE(&listed);
    GRID_VEC_FREE(&keys);
    return done;
}

static bool box_segments(run_join *k, grid_xy origin) {
    if (!pair_boxes_reserve(&k->segment_box, k->s->n))
        return false;
    for (uint32_t i = 0; i < k->s->n; i++) {
        arrange_segment g = splitter_segment(k->s, i);
        pair_boxes_set(&k->segment_box, i, origin, g.a, g.b);
    }
    return true;
}

static bool box_runs(run_join *k) {
    if (!pair_boxes_reserve(&k->box, k->run.n))
        return false;
    for (size_t r = 0; r < k->run.n; r++) {
        pair_boxes_copy(&k->box, r, &k->segment_box, k->run.at[r].first);
        for (uint32_t i = k->run.at[r].first + 1; i < k->run.at[r].end; i++)
            pair_boxes_extend(&k->box, r, &k->segment_box, i);
    }
    return true;
}

/* The segments of run r, a bit for each, whose boxes overlap box i of `boxes`. */
static unsigned near_segments(const run_join *k, const run *r, const pair_boxes *boxes, size_t i) {
    return pair_boxes_overlapping(boxes, i, &k->segment_box, r->first) &
           ((1u << (r->end - r->first)) - 1);
}

static bool visit_runs(void *user, size_t first, size_t second) {
    run_join *k = user;
    bool swap = k->run.at[first].first > k->run.at[second].first;
    size_t mine = swap ? second : first, theirs = swap ? first : second;
    const run *r = &k->run.at[mine], *q = &k->run.at[theirs];
    unsigned in_r = near_segments(k, r, &k->box, theirs);
    unsigned in_q = in_r != 0 ? near_segments(k, q, &k->box, mine) : 0;
    if (in_q == 0)
        return true;
    for (; in_r != 0; in_r &= in_r - 1) {
        uint32_t i = r->first + lowest_bit(in_r);
        unsigned hits = near_segments(k, q, &k->segment_box, i) & in_q;
        for (; hits != 0; hits &= hits - 1)
            if (!meet_pair(&k->meeting, i, q->first + lowest_bit(hits)))
                return false;
    }
    return true;
}

static bool join_runs(run_join *k) {
    grid_box all = grid_box_empty();
    for (uint32_t v = 0; v < k->s->n_nodes; v++)
        grid_box_add(&all, k->s->node[v].x, k->s->node[v].y);
    /* From the middle, floats are finest. */
    const grid_xy middle = {all.min_x + (all.max_x - all.min_x) / 2,
                            all.min_y + (all.max_y - all.min_y) / 2};
    return order_runs(k, &all) && box_segments(k, middle) && box_runs(k) &&
           pair_boxes_join(&k->box, visit_runs, k) && meet_all(&k->meeting);
}

bool splitter_meet(splitter *s) {
    run_join k = {.s = s, .meeting = {.s = s}};
    bool done = join_runs(&k);
    GRID_VEC_FREE(&k.run);
    pair_boxes_free(&k.segment_box);
    pair_boxes_free(&k.box);
    return done && !s->no_memory;
}
