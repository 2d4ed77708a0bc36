#include "cover/arrange_split.h"

#include "base/base.h"
#include "base/vec.h"
#include "cover/digest.h"
#include "cover/exact.h"
#include "cover/pairs.h"

#include <string.h>

typedef struct crossing {
    uint32_t i, j; /* segments */
} crossing;

typedef struct split {
    uint32_t segment, node;
} split;

typedef struct splitter {
    const arrange_segment *segment;
    uint32_t n;
    uint32_t *tail, *head; /* nodes of each segment */
    uint32_t *order;       /* along a Hilbert curve */
    GRID_VEC(grid_xy) node;
    GRID_VEC(crossing) crossing; /* nodes after the input ones */
    GRID_VEC(split) split;
    uint32_t *same_as; /* per node: union-find, smallest number on top */
    bool no_memory;
} splitter;

/* ---- end points ----------------------------------------------------------------- */

typedef struct node_table {
    uint32_t *slot; /* node + 1 */
    size_t mask;
} node_table;

static bool same(grid_xy a, grid_xy b) {
    return a.x == b.x && a.y == b.y;
}

static bool number_node(splitter *s, const node_table *table, grid_xy p, uint32_t *out) {
    size_t at = hash_vertex(p).f1 & table->mask;
    for (; table->slot[at] != 0; at = (at + 1) & table->mask)
        if (same(s->node.at[table->slot[at] - 1], p)) {
            *out = table->slot[at] - 1;
            return true;
        }
    *out = (uint32_t)s->node.n;
    table->slot[at] = *out + 1;
    return GRID_PUSH(&s->node, p);
}

static bool number_nodes(splitter *s) {
    size_t size = 16;
    while (size < 3 * (size_t)s->n)
        size *= 2;
    node_table table = {GRID_NEW(uint32_t, size), size - 1};
    bool done = table.slot != NULL;
    for (uint32_t i = 0; i < s->n && done; i++)
        done = number_node(s, &table, s->segment[i].a, &s->tail[i]) &&
               number_node(s, &table, s->segment[i].b, &s->head[i]);
    free(table.slot);
    return done;
}

/* ---- order along a curve -------------------------------------------------------- */

typedef struct curve_key {
    uint32_t key, i;
} curve_key;

/* Least significant digits first; equal keys keep their order. */
static void sort_keys(curve_key *keys, curve_key *spare, size_t n) {
    for (int shift = 0; shift < 32; shift += 11) {
        size_t start[2049] = {0};
        for (size_t i = 0; i < n; i++)
            start[(keys[i].key >> shift & 2047) + 1]++;
        for (size_t d = 0; d < 2048; d++)
            start[d + 1] += start[d];
        for (size_t i = 0; i < n; i++)
            spare[start[keys[i].key >> shift & 2047]++] = keys[i];
        curve_key *swap = keys;
        keys = spare;
        spare = swap;
    }
    /* Three passes: the result stands in the caller's spare. */
}

static bool order_segments(splitter *s, const grid_box *box) {
    curve_key *keys = GRID_NEW(curve_key, s->n), *sorted = GRID_NEW(curve_key, s->n);
    bool done = keys != NULL && sorted != NULL;
    for (uint32_t i = 0; i < s->n && done; i++) {
        grid_xy a = s->segment[i].a, b = s->segment[i].b;
        keys[i] = (curve_key){grid_hilbert(box, a.x + (b.x - a.x) / 2, a.y + (b.y - a.y) / 2), i};
    }
    if (done)
        sort_keys(keys, sorted, s->n);
    for (uint32_t i = 0; i < s->n && done; i++)
        s->order[i] = sorted[i].i;
    free(keys);
    free(sorted);
    return done;
}

/* ---- where two segments meet ---------------------------------------------------- */

static bool within(double v, double a, double b) {
    return a < b ? a <= v && v <= b : b <= v && v <= a;
}

static bool on_segment(grid_xy p, grid_xy a, grid_xy b) {
    return within(p.x, a.x, b.x) && within(p.y, a.y, b.y);
}

static bool add_split(splitter *s, uint32_t segment, uint32_t node) {
    if (!GRID_PUSH(&s->split, (split){segment, node}))
        s->no_memory = true;
    return !s->no_memory;
}

/* Segments from a common node: the end of the shorter may lie on the longer. */
static bool meet_from(splitter *s, uint32_t i, uint32_t j, uint32_t common) {
    uint32_t end_i = s->tail[i] == common ? s->head[i] : s->tail[i];
    uint32_t end_j = s->tail[j] == common ? s->head[j] : s->tail[j];
    grid_xy c = s->node.at[common], p = s->node.at[end_i], q = s->node.at[end_j];
    if (grid_orient(c, p, q) != 0)
        return true;
    if (on_segment(p, c, q))
        return add_split(s, j, end_i);
    if (on_segment(q, c, p))
        return add_split(s, i, end_j);
    return true; /* in opposite directions */
}

static bool meet_at_crossing(splitter *s, uint32_t i, uint32_t j) {
    uint32_t node = (uint32_t)(s->node.n + s->crossing.n);
    if (!GRID_PUSH(&s->crossing, (crossing){i, j}))
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
    return (c_side != 0 || !on_segment(c, a, b) || add_split(s, i, s->tail[j])) &&
           (d_side != 0 || !on_segment(d, a, b) || add_split(s, i, s->head[j])) &&
           (a_side != 0 || !on_segment(a, c, d) || add_split(s, j, s->tail[i])) &&
           (b_side != 0 || !on_segment(b, c, d) || add_split(s, j, s->head[i]));
}

static bool visit_pair(void *user, size_t first, size_t second) {
    splitter *s = user;
    uint32_t i = s->order[first], j = s->order[second];
    if (i > j) {
        uint32_t swap = i;
        i = j;
        j = swap;
    }
    bool tail = s->tail[i] == s->tail[j] || s->tail[i] == s->head[j];
    bool head = s->head[i] == s->tail[j] || s->head[i] == s->head[j];
    if (tail && head)
        return true;
    return tail || head ? meet_from(s, i, j, tail ? s->tail[i] : s->head[i]) : meet(s, i, j);
}

static bool find_meetings(splitter *s) {
    grid_box box = grid_box_empty();
    for (size_t i = 0; i < s->node.n; i++)
        grid_box_add(&box, s->node.at[i].x, s->node.at[i].y);
    pair_boxes boxes = {0};
    if (!order_segments(s, &box) || !pair_boxes_reserve(&boxes, s->n)) {
        pair_boxes_free(&boxes);
        return false;
    }
    const grid_xy origin = {box.min_x, box.min_y};
    for (uint32_t i = 0; i < s->n; i++) {
        const arrange_segment *g = &s->segment[s->order[i]];
        pair_boxes_set(&boxes, i, origin, g->a, g->b);
    }
    bool done = pair_boxes_join(&boxes, visit_pair, s);
    pair_boxes_free(&boxes);
    return done && !s->no_memory;
}

/* ---- order along a segment ------------------------------------------------------ */

/* Twice the area of (c, d, p), with a bound of its error. */
typedef struct measured {
    double value, error;
} measured;

static measured side_measure(grid_xy c, grid_xy d, grid_xy p) {
    dd left = dd_mul(dd_difference(d.x, c.x), dd_difference(p.y, c.y));
    dd right = dd_mul(dd_difference(d.y, c.y), dd_difference(p.x, c.x));
    return (measured){dd_value(dd_sub(left, right)), 0x1p-96 * (fabs(left.hi) + fabs(right.hi))};
}

static void side_exact(grid_xy c, grid_xy d, grid_xy p, exact_sum *out) {
    out->n = 0;
    exact_add_product(out, c.x, d.y);
    exact_add_product(out, -c.x, p.y);
    exact_add_product(out, -p.x, d.y);
    exact_add_product(out, -c.y, d.x);
    exact_add_product(out, c.y, p.x);
    exact_add_product(out, p.y, d.x);
}

static void add_product_of(exact_sum *sum, const exact_sum *a, const exact_sum *b, double sign) {
    for (int i = 0; i < a->n; i++)
        for (int j = 0; j < b->n; j++)
            exact_add_product(sum, sign * a->part[i], b->part[j]);
}

/*
 * Segment a -> b crosses the line c1 d1 at t1 = A1 / (A1 - B1) of its length, where A and B
 * are the (opposite) sides of a and b; likewise t2. Sign of t1 - t2.
 */
static int compare_crossings(grid_xy a, grid_xy b, const arrange_segment *one,
                             const arrange_segment *two) {
    measured a1 = side_measure(one->a, one->b, a), b1 = side_measure(one->a, one->b, b);
    measured a2 = side_measure(two->a, two->b, a), b2 = side_measure(two->a, two->b, b);
    double left = fabs(a1.value) * fabs(b2.value), right = fabs(a2.value) * fabs(b1.value);
    double error = 2 * (a1.error * fabs(b2.value) + b2.error * fabs(a1.value) +
                        a2.error * fabs(b1.value) + b1.error * fabs(a2.value)) +
                   0x1p-50 * (left + right);
    if (fabs(left - right) > error)
        return left > right ? 1 : -1;
    exact_sum ea1, eb1, ea2, eb2, sum;
    side_exact(one->a, one->b, a, &ea1);
    side_exact(one->a, one->b, b, &eb1);
    side_exact(two->a, two->b, a, &ea2);
    side_exact(two->a, two->b, b, &eb2);
    sum.n = 0;
    /* |A1| |B2| - |A2| |B1| */
    add_product_of(&sum, &ea1, &eb2, exact_sign(&ea1) * exact_sign(&eb2));
    add_product_of(&sum, &ea2, &eb1, -exact_sign(&ea2) * exact_sign(&eb1));
    return exact_sign(&sum);
}

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

static const arrange_segment *other_segment(const splitter *s, uint32_t segment, uint32_t node) {
    const crossing *c = &s->crossing.at[node - s->node.n];
    return &s->segment[c->i == segment ? c->j : c->i];
}

static int compare_nodes(const splitter *s, uint32_t segment, uint32_t m, uint32_t n) {
    if (m == n)
        return 0;
    const arrange_segment *g = &s->segment[segment];
    bool m_crosses = m >= s->node.n, n_crosses = n >= s->node.n;
    if (!m_crosses && !n_crosses)
        return compare_points(g->a, g->b, s->node.at[m], s->node.at[n]);
    if (m_crosses && n_crosses)
        return compare_crossings(g->a, g->b, other_segment(s, segment, m),
                                 other_segment(s, segment, n));
    const arrange_segment *line = other_segment(s, segment, m_crosses ? m : n);
    grid_xy point = s->node.at[m_crosses ? n : m];
    /* The point comes before the crossing when it is on the same side as the start. */
    int point_first = grid_orient(line->a, line->b, point) * grid_orient(line->a, line->b, g->a);
    return m_crosses ? point_first : -point_first;
}

typedef struct node_order {
    const splitter *s;
    uint32_t segment;
} node_order;

static int compare_for_sort(const void *a, const void *b, void *user) {
    const node_order *order = user;
    uint32_t m = *(const uint32_t *)a, n = *(const uint32_t *)b;
    int by_place = compare_nodes(order->s, order->segment, m, n);
    return by_place != 0 ? by_place : (m > n) - (m < n);
}

static void sort_nodes(const splitter *s, uint32_t segment, uint32_t *nodes, size_t n) {
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

static uint32_t top_of(uint32_t *same_as, uint32_t node) {
    while (same_as[node] != node)
        node = same_as[node] = same_as[same_as[node]];
    return node;
}

static void unite(uint32_t *same_as, uint32_t a, uint32_t b) {
    a = top_of(same_as, a);
    b = top_of(same_as, b);
    if (a < b)
        same_as[b] = a;
    else
        same_as[a] = b;
}

/* The splits as lists per segment, each in order along it; equal places are united. */
static bool order_splits(splitter *s, uint32_t **start_out, uint32_t **nodes_out) {
    uint32_t *start = GRID_NEW(uint32_t, s->n + 2), *nodes = GRID_NEW(uint32_t, s->split.n);
    *start_out = start;
    *nodes_out = nodes;
    if (start == NULL || nodes == NULL)
        return false;
    for (size_t k = 0; k < s->split.n; k++)
        start[s->split.at[k].segment + 2]++;
    for (uint32_t i = 0; i < s->n; i++)
        start[i + 2] += start[i + 1];
    for (size_t k = 0; k < s->split.n; k++)
        nodes[start[s->split.at[k].segment + 1]++] = s->split.at[k].node;
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t *mine = nodes + start[i], n = start[i + 1] - start[i];
        sort_nodes(s, i, mine, n);
        for (uint32_t k = 1; k < n; k++)
            if (compare_nodes(s, i, mine[k - 1], mine[k]) == 0)
                unite(s->same_as, mine[k - 1], mine[k]);
    }
    return true;
}

static void place_crossing(const splitter *s, const crossing *c, grid_xy *at, grid_xy *rest) {
    const arrange_segment *g = &s->segment[c->i], *line = &s->segment[c->j];
    dd dx = dd_difference(line->b.x, line->a.x), dy = dd_difference(line->b.y, line->a.y);
    dd a = dd_sub(dd_mul(dx, dd_difference(g->a.y, line->a.y)),
                  dd_mul(dy, dd_difference(g->a.x, line->a.x)));
    dd b = dd_sub(dd_mul(dx, dd_difference(g->b.y, line->a.y)),
                  dd_mul(dy, dd_difference(g->b.x, line->a.x)));
    dd t = dd_div(a, dd_sub(a, b));
    dd x = dd_add(dd_of(g->a.x), dd_mul(t, dd_difference(g->b.x, g->a.x)));
    dd y = dd_add(dd_of(g->a.y), dd_mul(t, dd_difference(g->b.y, g->a.y)));
    *at = (grid_xy){x.hi, y.hi};
    *rest = (grid_xy){x.lo, y.lo};
}

static bool take_nodes(splitter *s, arrange_pieces *out) {
    out->n_input_nodes = (uint32_t)s->node.n;
    out->n_nodes = (uint32_t)(s->node.n + s->crossing.n);
    out->node_rest = GRID_NEW(grid_xy, s->crossing.n);
    if (out->node_rest == NULL || !GRID_RESERVE(&s->node, s->crossing.n))
        return false;
    for (size_t i = 0; i < s->crossing.n; i++)
        place_crossing(s, &s->crossing.at[i], &s->node.at[s->node.n + i], &out->node_rest[i]);
    out->node = s->node.at;
    s->node.at = NULL;
    return true;
}

static bool cut_pieces(splitter *s, const uint32_t *start, const uint32_t *nodes,
                       arrange_pieces *out) {
    size_t most = s->n + s->split.n;
    out->start = GRID_NEW(uint32_t, s->n + 1);
    out->from = GRID_NEW(uint32_t, most);
    out->to = GRID_NEW(uint32_t, most);
    if (out->start == NULL || out->from == NULL || out->to == NULL)
        return false;
    for (uint32_t i = 0; i < s->n; i++) {
        uint32_t last = top_of(s->same_as, s->tail[i]);
        for (uint32_t k = start[i]; k <= start[i + 1]; k++) {
            uint32_t to = top_of(s->same_as, k < start[i + 1] ? nodes[k] : s->head[i]);
            if (to == last)
                continue;
            out->from[out->n_pieces] = last;
            out->to[out->n_pieces++] = to;
            last = to;
        }
        out->start[i + 1] = out->n_pieces;
    }
    return true;
}

static bool run(splitter *s, arrange_pieces *out) {
    s->tail = GRID_NEW(uint32_t, s->n);
    s->head = GRID_NEW(uint32_t, s->n);
    s->order = GRID_NEW(uint32_t, s->n);
    if (s->tail == NULL || s->head == NULL || s->order == NULL || !number_nodes(s) ||
        !find_meetings(s))
        return false;
    size_t n_nodes = s->node.n + s->crossing.n;
    if (n_nodes >= UINT32_MAX || s->n + s->split.n >= UINT32_MAX / 2)
        return false;
    s->same_as = GRID_NEW(uint32_t, n_nodes);
    if (s->same_as == NULL)
        return false;
    for (uint32_t i = 0; i < n_nodes; i++)
        s->same_as[i] = i;
    uint32_t *start, *nodes;
    bool done = order_splits(s, &start, &nodes) && cut_pieces(s, start, nodes, out) &&
                take_nodes(s, out);
    free(start);
    free(nodes);
    return done;
}

grid_status arrange_split(const arrange_segment *segments, uint32_t n, arrange_pieces *out,
                          grid_error *err) {
    *out = (arrange_pieces){0};
    splitter s = {.segment = segments, .n = n};
    bool done = run(&s, out);
    free(s.tail);
    free(s.head);
    free(s.order);
    free(s.same_as);
    GRID_VEC_FREE(&s.node);
    GRID_VEC_FREE(&s.crossing);
    GRID_VEC_FREE(&s.split);
    if (!done) {
        arrange_pieces_free(out);
        return grid_fail_nomem(err);
    }
    return GRID_OK;
}

void arrange_pieces_free(arrange_pieces *pieces) {
    free(pieces->node);
    free(pieces->node_rest);
    free(pieces->start);
    free(pieces->from);
    free(pieces->to);
    *pieces = (arrange_pieces){0};
}
