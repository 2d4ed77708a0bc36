#include "cover/arrange_splitter.h"

#include "base/base.h"
#include "base/cpu.h"
#include "cover/crossing.h"

/* ---- end points ----------------------------------------------------------------- */

/* Segments that follow on each other share a node; other ends at one place are found to be the same
 * when their segments meet. */
static bool unite_ends(splitter *s) {
    s->same_as = GRID_RAW(uint32_t, s->n_nodes);
    if (s->same_as == NULL)
        return false;
    for (uint32_t v = 0; v < s->n_nodes; v++)
        s->same_as[v] = v;
    for (uint32_t i = 0; i < s->n; i++) {
        arrange_segment g = splitter_segment(s, i);
        if (grid_xy_equal(g.a, g.b))
            s->same_as[splitter_head(s, i)] = s->tail[i];
    }
    return true;
}

/* ---- order along a segment ------------------------------------------------------ */

/* Which of two points on a -> b comes first. */
static int compare_points(grid_xy a, grid_xy b, grid_xy p, grid_xy q) {
    double u = p.x, v = q.x;
    bool forward = b.x > a.x;
    if (a.x == b.x) {
        u = p.y;
        v = q.y;
        forward = b.y > a.y;
    }
    return u == v ? 0 : (u < v) == forward ? -1 : 1;
}

static arrange_segment other_segment(const splitter *s, uint32_t segment, uint32_t node) {
    const arrange_crossing *c = &s->crossing.at[node - s->n_nodes];
    return splitter_segment(s, c->i ^ c->j ^ segment);
}

static int compare_nodes(const splitter *s, uint32_t segment, uint32_t m, uint32_t n) {
    if (m == n)
        return 0;
    arrange_segment g = splitter_segment(s, segment);
    bool m_crosses = m >= s->n_nodes, n_crosses = n >= s->n_nodes;
    if (!m_crosses && !n_crosses)
        return compare_points(g.a, g.b, s->node[m], s->node[n]);
    arrange_segment line = other_segment(s, segment, m_crosses ? m : n);
    if (m_crosses && n_crosses)
        return crossing_compare(g.a, g.b, line, other_segment(s, segment, n));
    grid_xy point = s->node[m_crosses ? n : m];
    /* The point comes before the crossing when it is on the same side as the start. */
    int point_first = grid_orient(line.a, line.b, point) * grid_orient(line.a, line.b, g.a);
    return m_crosses ? point_first : -point_first;
}

typedef struct node_order {
    splitter *s;
    uint32_t segment;
} node_order;

/* Unites nodes at one place: those that follow on each other in the end have all been compared. */
static int compare_for_sort(const void *a, const void *b, void *user) {
    const node_order *order = user;
    uint32_t m = *(const uint32_t *)a, n = *(const uint32_t *)b;
    int by_place = compare_nodes(order->s, order->segment, m, n);
    if (by_place == 0)
        splitter_unite(order->s->same_as, m, n);
    return by_place != 0 ? by_place : (m > n) - (m < n);
}

static void sort_nodes(splitter *s, uint32_t segment, uint32_t *nodes, size_t n) {
    node_order order = {s, segment};
    if (n > 16) {
        qsort_r(nodes, n, sizeof *nodes, compare_for_sort, &order);
        return;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && compare_for_sort(&nodes[j - 1], &nodes[j], &order) > 0; j--) {
            uint32_t swap = nodes[j];
            nodes[j] = nodes[j - 1];
            nodes[j - 1] = swap;
        }
}

/* ---- pieces --------------------------------------------------------------------- */

static size_t count_splits(const splitter *s) {
    return s->split.n + 2 * s->crossing.n;
}

/* The splits as lists per segment: from start[i] on, up to start[i + 1]. */
static void list_splits(const splitter *s, uint32_t *start, uint32_t *nodes) {
    for (size_t k = 0; k < s->split.n; k++)
        start[s->split.at[k].segment + 2]++;
    for (size_t k = 0; k < s->crossing.n; k++) {
        start[s->crossing.at[k].i + 2]++;
        start[s->crossing.at[k].j + 2]++;
    }
    for (uint32_t i = 0; i < s->n; i++)
        start[i + 2] += start[i + 1];
    for (size_t k = 0; k < s->split.n; k++)
        nodes[start[s->split.at[k].segment + 1]++] = s->split.at[k].node;
    for (size_t k = 0; k < s->crossing.n; k++) {
        uint32_t node = (uint32_t)(s->n_nodes + k);
        nodes[start[s->crossing.at[k].i + 1]++] = node;
        nodes[start[s->crossing.at[k].j + 1]++] = node;
    }
}

/* The same, each in order along its segment; equal places are united. */
static bool order_splits(splitter *s, uint32_t **start_out, uint32_t **nodes_out) {
    uint32_t *start = GRID_NEW(uint32_t, s->n + 2), *nodes = GRID_NEW(uint32_t, count_splits(s));
    *start_out = start;
    *nodes_out = nodes;
    if (start == NULL || nodes == NULL)
        return false;
    list_splits(s, start, nodes);
    for (uint32_t i = 0; i < s->n; i++)
        sort_nodes(s, i, nodes + start[i], start[i + 1] - start[i]);
    return true;
}

/* Where pairs of segments cross. */
typedef struct crossing_places {
    double x[SEGMENT_PAIRS], y[SEGMENT_PAIRS], rest_x[SEGMENT_PAIRS], rest_y[SEGMENT_PAIRS];
} crossing_places;

INLINE void place(const segment_pairs *k, crossing_places *out) {
    for (size_t i = 0; i < SEGMENT_PAIRS; i++) {
        dd gx = dd_difference(k->g_bx[i], k->g_ax[i]), gy = dd_difference(k->g_by[i], k->g_ay[i]);
        dd hx = dd_difference(k->h_bx[i], k->h_ax[i]), hy = dd_difference(k->h_by[i], k->h_ay[i]);
        dd a = dd_cross(hx, hy, dd_difference(k->g_ax[i], k->h_ax[i]),
                        dd_difference(k->g_ay[i], k->h_ay[i]));
        dd b = dd_cross(hx, hy, dd_difference(k->g_bx[i], k->h_ax[i]),
                        dd_difference(k->g_by[i], k->h_ay[i]));
        dd t = dd_div(a, dd_sub(a, b));
        dd x = dd_add(dd_of(k->g_ax[i]), dd_mul(t, gx));
        dd y = dd_add(dd_of(k->g_ay[i]), dd_mul(t, gy));
        out->x[i] = x.hi;
        out->y[i] = y.hi;
        out->rest_x[i] = x.lo;
        out->rest_y[i] = y.lo;
    }
}

/* The same code for CPUs with wider registers; it is written to give the same on all. */

TARGET_AVX2 static void place_avx2(const segment_pairs *k, crossing_places *out) {
    place(k, out);
}

static void place_plain(const segment_pairs *k, crossing_places *out) {
    place(k, out);
}

static void place_crossings(const splitter *s, grid_xy *at, grid_xy *rest) {
    segment_pairs k = {0};
    crossing_places p;
    for (size_t first = 0; first < s->crossing.n; first += SEGMENT_PAIRS) {
        size_t left = s->crossing.n - first, n = left < SEGMENT_PAIRS ? left : SEGMENT_PAIRS;
        const arrange_crossing *c = s->crossing.at + first;
        for (size_t i = 0; i < n; i++)
            segment_pairs_set(&k, i, splitter_segment(s, c[i].i), splitter_segment(s, c[i].j));
        (cpu_has_avx2() ? place_avx2 : place_plain)(&k, &p);
        for (size_t i = 0; i < n; i++) {
            at[first + i] = (grid_xy){p.x[i], p.y[i]};
            rest[first + i] = (grid_xy){p.rest_x[i], p.rest_y[i]};
        }
    }
}

static bool take_crossings(splitter *s, arrange_pieces *out) {
    out->n_crossings = (uint32_t)s->crossing.n;
    out->node_rest = GRID_RAW(grid_xy, s->crossing.n);
    if (out->node_rest == NULL || !GRID_RESERVE(&s->lines->node, s->crossing.n))
        return false;
    s->node = s->lines->node.at;
    place_crossings(s, s->lines->node.at + s->n_nodes, out->node_rest);
    s->lines->node.n += s->crossing.n;
    out->crossing = s->crossing.at;
    s->crossing.at = NULL;
    return true;
}

/* A piece up to node `to`, unless that is where the last one ended. */
static void add_piece(arrange_pieces *out, uint32_t segment, uint32_t *last, uint32_t to) {
    if (to == *last)
        return;
    out->of[out->n_pieces] = segment << 1;
    out->end[2 * out->n_pieces] = *last;
    out->end[2 * out->n_pieces++ + 1] = to;
    *last = to;
}

/* Where each segment's splits start in `nodes`, its pieces do in the end. */
static bool cut_pieces(splitter *s, uint32_t *start, const uint32_t *nodes, arrange_pieces *out) {
    size_t most = s->n + count_splits(s);
    out->end = GRID_RAW(uint32_t, 2 * most);
    out->of = GRID_RAW(uint32_t, most);
    if (out->end == NULL || out->of == NULL)
        return false;
    for (uint32_t i = 0, k = 0; i < s->n; i++) {
        uint32_t last = splitter_top(s->same_as, s->tail[i]);
        start[i] = out->n_pieces;
        for (; k < start[i + 1]; k++)
            add_piece(out, i, &last, splitter_top(s->same_as, nodes[k]));
        add_piece(out, i, &last, splitter_top(s->same_as, splitter_head(s, i)));
    }
    start[s->n] = out->n_pieces;
    return true;
}

/* Puts crossings in the order of their first segments, in which all walks to come go: they were
 * found along a curve through the plane. */
static bool order_crossings(splitter *s) {
    size_t n = s->crossing.n;
    uint32_t *place = GRID_NEW(uint32_t, (size_t)s->n + 1);
    arrange_crossing *ordered = GRID_RAW(arrange_crossing, n);
    if (place == NULL || ordered == NULL) {
        free(place);
        free(ordered);
        return false;
    }
    for (size_t k = 0; k < n; k++)
        place[s->crossing.at[k].i + 1]++;
    for (uint32_t i = 0; i < s->n; i++)
        place[i + 1] += place[i];
    for (size_t k = 0; k < n; k++)
        ordered[place[s->crossing.at[k].i]++] = s->crossing.at[k];
    free(place);
    free(s->crossing.at);
    s->crossing.at = ordered;
    s->crossing.cap = n;
    return true;
}

static bool number_crossings(splitter *s) {
    size_t n = (size_t)s->n_nodes + s->crossing.n;
    uint32_t *same_as = realloc(s->same_as, (n > 0 ? n : 1) * sizeof *same_as);
    if (same_as == NULL)
        return false;
    s->same_as = same_as;
    for (size_t v = s->n_nodes; v < n; v++)
        same_as[v] = (uint32_t)v;
    return true;
}

static bool run(splitter *s, arrange_pieces *out) {
    s->along = out->along = GRID_NEW(bool, s->n);
    /* Room that is not used costs nothing, but growing does. */
    if (s->along == NULL || !GRID_RESERVE(&s->crossing, s->n) || !unite_ends(s) ||
        !splitter_meet(s))
        return false;
    size_t n_nodes = s->n_nodes + s->crossing.n;
    if (n_nodes >= UINT32_MAX || s->n + count_splits(s) >= UINT32_MAX / 2)
        return false;
    if (!order_crossings(s) || !number_crossings(s))
        return false;
    uint32_t *nodes;
    bool done = order_splits(s, &out->start, &nodes) && cut_pieces(s, out->start, nodes, out) &&
                take_crossings(s, out);
    free(nodes);
    return done;
}

grid_status arrange_split(arrange_lines *lines, arrange_pieces *out, grid_error *err) {
    *out = (arrange_pieces){0};
    splitter s = {.lines = lines,
                  .n = (uint32_t)lines->tail.n,
                  .tail = lines->tail.at,
                  .node = lines->node.at,
                  .n_nodes = (uint32_t)lines->node.n};
    bool done = run(&s, out);
    free(s.same_as);
    GRID_VEC_FREE(&s.crossing);
    GRID_VEC_FREE(&s.split);
    if (!done) {
        arrange_pieces_free(out);
        return grid_fail_nomem(err);
    }
    return GRID_OK;
}

void arrange_pieces_free(arrange_pieces *pieces) {
    free(pieces->node_rest);
    free(pieces->crossing);
    free(pieces->start);
    free(pieces->end);
    free(pieces->of);
    free(pieces->along);
    *pieces = (arrange_pieces){0};
}
