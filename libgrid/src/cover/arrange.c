#include "cover/arrange.h"

#include "base/base.h"
#include "cover/arrange_build.h"
#include "cover/exact.h"

#include <string.h>

/* ---- segments ------------------------------------------------------------------- */

bool arrange_lines_reserve(arrange_lines *lines, size_t n) {
    return GRID_RESERVE(&lines->node, 2 * n) && GRID_RESERVE_ALL(&lines->node, n) &&
           GRID_RESERVE_ALL(&lines->tail, n) && GRID_RESERVE_ALL(&lines->label, n);
}

bool arrange_lines_add(arrange_lines *lines, grid_xy a, grid_xy b, arrange_label label) {
    size_t n = lines->node.n;
    bool follows = n > 0 && grid_xy_equal(lines->node.at[n - 1], a);
    return (follows || GRID_PUSH(&lines->node, a)) &&
           GRID_PUSH(&lines->tail, (uint32_t)lines->node.n - 1) && GRID_PUSH(&lines->node, b) &&
           GRID_PUSH(&lines->label, label);
}

void arrange_lines_free(arrange_lines *lines) {
    GRID_VEC_FREE(&lines->node);
    GRID_VEC_FREE(&lines->tail);
    GRID_VEC_FREE(&lines->label);
}

/* ---- edges ---------------------------------------------------------------------- */

/* A piece that may coincide with others: between the same nodes, they do. */
typedef struct shared_piece {
    uint32_t low, high, piece;
} shared_piece;

typedef GRID_VEC(shared_piece) shared_pieces;

static int compare_shared(const void *a, const void *b) {
    const shared_piece *x = a, *y = b;
    if (x->low != y->low)
        return x->low < y->low ? -1 : 1;
    if (x->high != y->high)
        return x->high < y->high ? -1 : 1;
    return x->piece < y->piece ? -1 : x->piece > y->piece;
}

static bool list_shared(const builder *b, shared_pieces *out) {
    const arrange_pieces *p = &b->pieces;
    for (uint32_t s = 0; s < b->a->n_segments; s++)
        for (uint32_t i = p->start[s]; p->along[s] && i < p->start[s + 1]; i++) {
            uint32_t u = p->end[2 * i], v = p->end[2 * i + 1];
            if (!GRID_PUSH(out, (shared_piece){u < v ? u : v, u < v ? v : u, i}))
                return false;
        }
    if (out->n > 0)
        qsort(out->at, out->n, sizeof *out->at, compare_shared);
    return true;
}

/* half_of becomes the first piece with the same ends, GRID_NONE for that one itself. */
static void find_leaders(builder *b, const shared_pieces *shared) {
    memset(b->half_of, 0xff, b->pieces.n_pieces * sizeof *b->half_of);
    for (size_t i = 0, j; i < shared->n; i = j)
        for (j = i + 1; j < shared->n && shared->at[j].low == shared->at[i].low &&
                        shared->at[j].high == shared->at[i].high;
             j++)
            b->half_of[shared->at[j].piece] = shared->at[i].piece;
}

/* One edge for pieces with the same ends. The ends of pieces become those of edges in place. */
static void number_edges(builder *b) {
    arrangement *a = b->a;
    uint32_t *end = b->pieces.end, n = 0;
    for (uint32_t i = 0; i < b->pieces.n_pieces; i++) {
        uint32_t leader = b->half_of[i];
        if (leader == GRID_NONE) {
            b->half_of[i] = 2 * n;
            end[2 * n] = end[2 * i];
            end[2 * n + 1] = end[2 * i + 1];
            n++;
        } else {
            uint32_t half = b->half_of[leader];
            b->half_of[i] = end[half] == end[2 * i] ? half : half ^ 1;
        }
        a->piece_of[(b->half_of[i] >> 1) + 1]++;
    }
    a->n_edges = n;
    for (uint32_t e = 0; e < n; e++)
        a->piece_of[e + 1] += a->piece_of[e];
}

/* The pieces of every edge. */
static void list_pieces(builder *b) {
    arrangement *a = b->a;
    for (uint32_t i = 0; i < b->pieces.n_pieces; i++) {
        uint32_t half = b->half_of[i];
        a->piece[a->piece_of[half >> 1]++] = b->pieces.of[i] | (half & 1);
    }
    for (uint32_t e = a->n_edges; e > 0; e--)
        a->piece_of[e] = a->piece_of[e - 1];
    a->piece_of[0] = 0;
}

static bool merge_pieces(builder *b, shared_pieces *shared) {
    uint32_t n = b->pieces.n_pieces;
    b->half_of = GRID_RAW(uint32_t, n);
    b->a->piece = GRID_RAW(uint32_t, n);
    b->a->piece_of = GRID_NEW(uint32_t, (size_t)n + 1);
    if (b->half_of == NULL || b->a->piece == NULL || b->a->piece_of == NULL)
        return false;
    find_leaders(b, shared);
    number_edges(b);
    list_pieces(b);
    return true;
}

/* Every piece is an edge by itself. */
static void take_pieces(builder *b) {
    arrangement *a = b->a;
    a->n_edges = b->pieces.n_pieces;
    a->piece = b->pieces.of;
    b->pieces.of = NULL;
}

static bool make_edges(builder *b) {
    arrangement *a = b->a;
    shared_pieces shared = {0};
    bool done = list_shared(b, &shared);
    if (done && shared.n > 0)
        done = merge_pieces(b, &shared);
    else if (done)
        take_pieces(b);
    GRID_VEC_FREE(&shared);
    a->origin = b->pieces.end;
    b->pieces.end = NULL;
    return done;
}

/* ---- half-edges around nodes ---------------------------------------------------- */

/* 0 for directions from east (included) to west (excluded), counter-clockwise. */
static int half_plane(arrange_way w) {
    return w.to.y > w.from.y || (w.to.y == w.from.y && w.to.x > w.from.x) ? 0 : 1;
}

static int cross_sign_exactly(arrange_way v, arrange_way w) {
    exact_sum sum;
    sum.n = 0;
    exact_add_product(&sum, v.to.x, w.to.y);
    exact_add_product(&sum, -v.to.x, w.from.y);
    exact_add_product(&sum, -v.from.x, w.to.y);
    exact_add_product(&sum, v.from.x, w.from.y);
    exact_add_product(&sum, -v.to.y, w.to.x);
    exact_add_product(&sum, v.to.y, w.from.x);
    exact_add_product(&sum, v.from.y, w.to.x);
    exact_add_product(&sum, -v.from.y, w.from.x);
    return exact_sign(&sum);
}

int way_turn(arrange_way v, arrange_way w) {
    double left = (v.to.x - v.from.x) * (w.to.y - w.from.y);
    double right = (v.to.y - v.from.y) * (w.to.x - w.from.x);
    double bound = 0x1p-50 * (fabs(left) + fabs(right));
    if (fabs(left - right) > bound)
        return (left > right) - (left < right);
    return cross_sign_exactly(v, w);
}

/* A half-edge, to be put in order round its origin. */
typedef struct spoke {
    arrange_way way;
    uint32_t half;
    int half_plane;
} spoke;

typedef GRID_VEC(spoke) spokes;

static bool comes_before(const spoke *a, const spoke *b) {
    return a->half_plane != b->half_plane ? a->half_plane < b->half_plane
                                          : way_turn(a->way, b->way) > 0;
}

static void insertion_sort(spoke *s, size_t n) {
    for (size_t i = 1; i < n; i++) {
        spoke moved = s[i];
        size_t j = i;
        for (; j > 0 && comes_before(&moved, &s[j - 1]); j--)
            s[j] = s[j - 1];
        s[j] = moved;
    }
}

/* Merge sort by angle; nodes of high degree are rare but must not be slow. */
static void sort_spokes(spoke *s, spoke *spare, size_t n) {
    if (n <= 8) {
        insertion_sort(s, n);
        return;
    }
    size_t middle = n / 2, i = 0, j = middle;
    sort_spokes(s, spare, middle);
    sort_spokes(s + middle, spare, n - middle);
    for (size_t k = 0; k < n; k++) {
        bool second = i == middle || (j < n && comes_before(&s[j], &s[i]));
        spare[k] = second ? s[j++] : s[i++];
    }
    memcpy(s, spare, n * sizeof *s);
}

/* The segment of an edge that is a piece of only one; GRID_NONE for others. */
static uint32_t only_segment(const arrangement *a, uint32_t half) {
    uint32_t first = arrange_piece_of(a, half >> 1);
    return arrange_piece_of(a, (half >> 1) + 1) == first + 1 ? a->piece[first] >> 1 : GRID_NONE;
}

/* Where nothing but two segments cross, it is known which way one crosses the other. Of each, the
 * way back has come before the way on. */
static bool order_crossing(const arrangement *a, uint32_t v, uint32_t *halves) {
    arrange_crossing c = a->crossing[v - a->n_input_nodes];
    for (uint32_t k = 0; k < 4; k++)
        if (only_segment(a, halves[k]) != (k < 2 ? c.i : c.j))
            return false;
    uint32_t on_i = halves[1], back_j = halves[2], on_j = halves[3];
    halves[1] = c.to_left ? back_j : on_j;
    halves[2] = on_i;
    halves[3] = c.to_left ? on_j : back_j;
    return true;
}

/* Puts the half-edges from node v in counter-clockwise order. Of two, there is only one. */
static bool order_around(const arrangement *a, uint32_t v, uint32_t *halves, size_t n,
                         spokes *scratch) {
    if (n <= 2 || (n == 4 && v >= a->n_input_nodes && order_crossing(a, v, halves)))
        return true;
    scratch->n = 0;
    if (!GRID_RESERVE(scratch, 2 * n))
        return false;
    spoke *s = scratch->at;
    for (size_t i = 0; i < n; i++) {
        arrange_way w = arrange_way_of(a, halves[i]);
        s[i] = (spoke){w, halves[i], half_plane(w)};
    }
    sort_spokes(s, s + n, n);
    for (size_t i = 0; i < n; i++)
        halves[i] = s[i].half;
    return true;
}

/* Half-edges by their origins: those of node v from start[v] on, up to start[v + 1]. */
static void group_by_origin(const arrangement *a, uint32_t *start, uint32_t *halves) {
    for (uint32_t h = 0; h < 2 * a->n_edges; h++)
        start[a->origin[h] + 2]++;
    for (uint32_t v = 0; v < a->n_nodes; v++)
        start[v + 2] += start[v + 1];
    for (uint32_t h = 0; h < 2 * a->n_edges; h++)
        halves[start[a->origin[h] + 1]++] = h;
}

/* The next one of the face on the left is clockwise from the way back. */
static bool link_half_edges(builder *b) {
    arrangement *a = b->a;
    size_t n = 2 * (size_t)a->n_edges;
    spokes scratch = {0};
    uint32_t *start = GRID_NEW(uint32_t, (size_t)a->n_nodes + 2);
    uint32_t *halves = b->cycle_of = GRID_RAW(uint32_t, n);
    b->next = GRID_RAW(uint32_t, n);
    bool done = start != NULL && halves != NULL && b->next != NULL;
    if (done)
        group_by_origin(a, start, halves);
    for (uint32_t v = 0; v < a->n_nodes && done; v++) {
        uint32_t begin = start[v], end = start[v + 1];
        done = order_around(a, v, halves + begin, end - begin, &scratch);
        for (uint32_t i = begin, before = end - 1; i < end; before = i++)
            b->next[halves[i] ^ 1] = halves[before];
    }
    free(start);
    GRID_VEC_FREE(&scratch);
    return done;
}

/* ---- areas ---------------------------------------------------------------------- */

static dd cycle_area2(const arrangement *a, arrange_cycle c) {
    arrange_fan fan = arrange_fan_from(arrange_place_of(a, a->origin[a->ring[c.begin]]));
    for (uint32_t k = c.begin + 1; k < c.end; k++)
        arrange_fan_to(&fan, arrange_place_of(a, a->origin[a->ring[k]]));
    return fan.area2;
}

dd arrange_area(const arrangement *a, uint32_t face) {
    dd area = {0, 0};
    for (uint32_t i = a->cycle_of[face]; i < a->cycle_of[face + 1]; i++)
        area = dd_add(area, cycle_area2(a, a->cycle[i]));
    return (dd){area.hi / 2, area.lo / 2};
}

/* ---- all together --------------------------------------------------------------- */

static grid_status build(builder *b, grid_error *err) {
    arrangement *a = b->a;
    GRID_TRY(arrange_split(a->lines, &b->pieces, err));
    a->n_nodes = a->n_input_nodes + b->pieces.n_crossings;
    a->node = a->lines->node.at;
    a->node_rest = b->pieces.node_rest;
    a->crossing = b->pieces.crossing;
    b->pieces.node_rest = NULL;
    b->pieces.crossing = NULL;
    if (!make_edges(b) || !link_half_edges(b))
        return grid_fail_nomem(err);
    return arrange_faces(b, err);
}

grid_status arrange_build(arrange_lines *lines, arrangement **out, grid_error *err) {
    *out = NULL;
    if (lines->tail.n >= UINT32_C(1) << 30)
        return grid_fail(err, GRID_E_INPUT, "", "more than 2^30 edges do not cancel");
    builder b = {.a = GRID_NEW(arrangement, 1)};
    if (b.a == NULL)
        return grid_fail_nomem(err);
    b.a->lines = lines;
    b.a->label = lines->label.at;
    b.a->tail = lines->tail.at;
    b.a->n_segments = (uint32_t)lines->tail.n;
    b.a->n_input_nodes = (uint32_t)lines->node.n;
    grid_status status = build(&b, err);
    arrange_pieces_free(&b.pieces);
    free(b.half_of);
    free(b.next);
    free(b.cycle_of);
    GRID_VEC_FREE(&b.cycle);
    free(b.corner);
    free(b.outer_cycle);
    free(b.cycle_around);
    free(b.face_of);
    free(b.box);
    if (status == GRID_OK)
        *out = b.a;
    else
        arrange_free(b.a);
    return status;
}

void arrange_free(arrangement *a) {
    if (a == NULL)
        return;
    a->lines->node.n = a->n_input_nodes;
    free(a->node_rest);
    free(a->crossing);
    free(a->origin);
    free(a->piece_of);
    free(a->piece);
    free(a->cycle_at);
    free(a->face_of);
    free(a->ring);
    free(a->component);
    free(a->height);
    free(a->cycle_of);
    free(a->cycle);
    free(a);
}
