#include "cover/arrange.h"

#include "base/base.h"
#include "base/vec.h"
#include "cover/arrange_split.h"
#include "cover/exact.h"

#include <string.h>

/* What is only needed while building. */
typedef struct builder {
    arrangement *a;
    arrange_pieces pieces;
    uint32_t *edge_of;  /* per piece */
    uint32_t *cycle_of; /* per half-edge */
    uint32_t n_cycles;
    uint32_t *cycle_start; /* per cycle: a half-edge */
    int32_t *rise;         /* per cycle: height over its component's outside */
    uint32_t *outer_cycle; /* per component */
    uint32_t *first_node;  /* per component: its smallest node by x, then y */
    uint32_t *face_around; /* per component: the face it lies in */
    grid_box *box;         /* per component */
} builder;

/* ---- edges ---------------------------------------------------------------------- */

typedef struct piece_key {
    uint32_t to, piece;
} piece_key;

static int compare_piece_keys(const void *a, const void *b) {
    const piece_key *x = a, *y = b;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return x->piece < y->piece ? -1 : x->piece > y->piece;
}

static void sort_piece_keys(piece_key *keys, size_t n) {
    if (n > 16) {
        qsort(keys, n, sizeof *keys, compare_piece_keys);
        return;
    }
    for (size_t i = 1; i < n; i++)
        for (size_t j = i; j > 0 && compare_piece_keys(&keys[j - 1], &keys[j]) > 0; j--) {
            piece_key swap = keys[j];
            keys[j] = keys[j - 1];
            keys[j - 1] = swap;
        }
}

/* Pieces by their smaller node; in each list by the larger one. */
static piece_key *group_pieces(const builder *b, uint32_t *start) {
    const arrange_pieces *p = &b->pieces;
    piece_key *keys = GRID_NEW(piece_key, p->n_pieces);
    if (keys == NULL)
        return NULL;
    for (uint32_t i = 0; i < p->n_pieces; i++)
        start[(p->from[i] < p->to[i] ? p->from[i] : p->to[i]) + 2]++;
    for (uint32_t v = 0; v < p->n_nodes; v++)
        start[v + 2] += start[v + 1];
    for (uint32_t i = 0; i < p->n_pieces; i++) {
        bool up = p->from[i] < p->to[i];
        keys[start[(up ? p->from[i] : p->to[i]) + 1]++] = (piece_key){up ? p->to[i] : p->from[i],
                                                                      i};
    }
    for (uint32_t v = 0; v < p->n_nodes; v++)
        sort_piece_keys(keys + start[v], start[v + 1] - start[v]);
    return keys;
}

static void take_edges(builder *b, const piece_key *keys, const uint32_t *start,
                       const uint32_t *segment) {
    arrangement *a = b->a;
    uint32_t n = 0, n_pieces = 0;
    for (uint32_t v = 0; v < b->pieces.n_nodes; v++)
        for (uint32_t k = start[v]; k < start[v + 1]; k++) {
            uint32_t piece = keys[k].piece, s = segment[piece];
            if (k == start[v] || keys[k].to != keys[k - 1].to) {
                a->origin[2 * n] = v;
                a->origin[2 * n + 1] = keys[k].to;
                a->piece_of[n++] = n_pieces;
            }
            bool against = b->pieces.from[piece] != v;
            a->gain[n - 1] += against ? -a->segment[s].weight : a->segment[s].weight;
            a->piece[n_pieces++] = s << 1 | against;
            b->edge_of[piece] = n - 1;
        }
    a->n_edges = n;
    a->piece_of[n] = n_pieces;
}

static bool make_edges(builder *b) {
    arrangement *a = b->a;
    uint32_t n = b->pieces.n_pieces;
    uint32_t *start = GRID_NEW(uint32_t, (size_t)b->pieces.n_nodes + 2);
    uint32_t *segment = GRID_NEW(uint32_t, n);
    a->origin = GRID_NEW(uint32_t, 2 * (size_t)n);
    a->gain = GRID_NEW(int32_t, n);
    a->piece_of = GRID_NEW(uint32_t, (size_t)n + 1);
    a->piece = GRID_NEW(uint32_t, n);
    b->edge_of = GRID_NEW(uint32_t, n);
    bool done = start != NULL && segment != NULL && a->origin != NULL && a->gain != NULL &&
                a->piece_of != NULL && a->piece != NULL && b->edge_of != NULL;
    piece_key *keys = done ? group_pieces(b, start) : NULL;
    if (keys != NULL) {
        for (uint32_t s = 0; s < a->n_segments; s++)
            for (uint32_t i = b->pieces.start[s]; i < b->pieces.start[s + 1]; i++)
                segment[i] = s;
        take_edges(b, keys, start, segment);
    }
    free(start);
    free(segment);
    free(keys);
    return keys != NULL;
}

/* ---- half-edges around nodes ---------------------------------------------------- */

/* The way a half-edge goes: from one end of its segment to the other. */
typedef struct way {
    grid_xy from, to;
} way;

static way way_of(const arrangement *a, uint32_t half) {
    uint32_t piece = a->piece[a->piece_of[half >> 1]];
    const arrange_segment *s = &a->segment[piece >> 1];
    return ((piece ^ half) & 1) != 0 ? (way){s->b, s->a} : (way){s->a, s->b};
}

/* 0 for directions from east (included) to west (excluded), counter-clockwise. */
static int half_plane(way w) {
    return w.to.y > w.from.y || (w.to.y == w.from.y && w.to.x > w.from.x) ? 0 : 1;
}

static int cross_sign_exactly(way v, way w) {
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

/* 1 when w points to the left of v. */
static int cross_sign(way v, way w) {
    double left = (v.to.x - v.from.x) * (w.to.y - w.from.y);
    double right = (v.to.y - v.from.y) * (w.to.x - w.from.x);
    double bound = 0x1p-50 * (fabs(left) + fabs(right));
    if (fabs(left - right) > bound)
        return left > right ? 1 : -1;
    return cross_sign_exactly(v, w);
}

static bool comes_before(const arrangement *a, uint32_t g, uint32_t h) {
    way v = way_of(a, g), w = way_of(a, h);
    int half_v = half_plane(v), half_w = half_plane(w);
    return half_v != half_w ? half_v < half_w : cross_sign(v, w) > 0;
}

/* Merge sort by angle; nodes of high degree are rare but must not be slow. */
static void sort_around(const arrangement *a, uint32_t *halves, uint32_t *spare, size_t n) {
    if (n <= 8) {
        for (size_t i = 1; i < n; i++)
            for (size_t j = i; j > 0 && comes_before(a, halves[j], halves[j - 1]); j--) {
                uint32_t swap = halves[j];
                halves[j] = halves[j - 1];
                halves[j - 1] = swap;
            }
        return;
    }
    size_t middle = n / 2, i = 0, j = middle;
    sort_around(a, halves, spare, middle);
    sort_around(a, halves + middle, spare, n - middle);
    for (size_t k = 0; k < n; k++) {
        bool second = i == middle || (j < n && comes_before(a, halves[j], halves[i]));
        spare[k] = second ? halves[j++] : halves[i++];
    }
    memcpy(halves, spare, n * sizeof *halves);
}

static bool sort_half_edges(arrangement *a) {
    size_t n = 2 * (size_t)a->n_edges;
    uint32_t *spare = GRID_NEW(uint32_t, n);
    a->around = GRID_NEW(uint32_t, n);
    a->around_of = GRID_NEW(uint32_t, (size_t)a->n_nodes + 2);
    a->place = GRID_NEW(uint32_t, n);
    a->next = GRID_NEW(uint32_t, n);
    bool done = spare != NULL && a->around != NULL && a->around_of != NULL && a->place != NULL &&
                a->next != NULL;
    if (done) {
        for (uint32_t h = 0; h < n; h++)
            a->around_of[a->origin[h] + 2]++;
        for (uint32_t v = 0; v < a->n_nodes; v++)
            a->around_of[v + 2] += a->around_of[v + 1];
        for (uint32_t h = 0; h < n; h++)
            a->around[a->around_of[a->origin[h] + 1]++] = h;
        for (uint32_t v = 0; v < a->n_nodes; v++)
            sort_around(a, a->around + a->around_of[v], spare,
                        a->around_of[v + 1] - a->around_of[v]);
        for (uint32_t i = 0; i < n; i++)
            a->place[a->around[i]] = i;
        for (uint32_t h = 0; h < n; h++) {
            /* The next one of the face on the left is clockwise from the way back. */
            uint32_t v = a->origin[h ^ 1], at = a->place[h ^ 1];
            a->next[h] = a->around[at > a->around_of[v] ? at - 1 : a->around_of[v + 1] - 1];
        }
    }
    free(spare);
    return done;
}

/* ---- cycles and components ------------------------------------------------------ */

static bool trace_cycles(builder *b) {
    const arrangement *a = b->a;
    size_t n = 2 * (size_t)a->n_edges;
    b->cycle_of = GRID_NEW(uint32_t, n);
    b->cycle_start = GRID_NEW(uint32_t, n);
    if (b->cycle_of == NULL || b->cycle_start == NULL)
        return false;
    memset(b->cycle_of, 0xff, n * sizeof *b->cycle_of);
    for (uint32_t h = 0; h < n; h++) {
        if (b->cycle_of[h] != GRID_NONE)
            continue;
        b->cycle_start[b->n_cycles] = h;
        for (uint32_t g = h; b->cycle_of[g] == GRID_NONE; g = a->next[g])
            b->cycle_of[g] = b->n_cycles;
        b->n_cycles++;
    }
    return true;
}

static bool precedes(const arrangement *a, uint32_t u, uint32_t v) {
    grid_xy p = a->node[u], q = a->node[v];
    return p.x < q.x || (p.x == q.x && (p.y < q.y || (p.y == q.y && u < v)));
}

/* Numbers components in the order of their first nodes by number; fills what is known of them. */
static bool find_components(builder *b) {
    arrangement *a = b->a;
    a->component = GRID_NEW(uint32_t, a->n_nodes);
    GRID_VEC(uint32_t) open = {0};
    GRID_VEC(uint32_t) first = {0};
    if (a->component == NULL)
        return false;
    memset(a->component, 0xff, (size_t)a->n_nodes * sizeof *a->component);
    bool done = true;
    for (uint32_t seed = 0; seed < a->n_nodes && done; seed++) {
        if (a->component[seed] != GRID_NONE || a->around_of[seed] == a->around_of[seed + 1])
            continue;
        uint32_t c = (uint32_t)first.n, smallest = seed;
        a->component[seed] = c;
        done = GRID_PUSH(&open, seed);
        while (open.n > 0 && done) {
            uint32_t v = open.at[--open.n];
            if (v < a->n_input_nodes && precedes(a, v, smallest))
                smallest = v;
            for (uint32_t i = a->around_of[v]; i < a->around_of[v + 1] && done; i++) {
                uint32_t w = a->origin[a->around[i] ^ 1];
                if (a->component[w] == GRID_NONE) {
                    a->component[w] = c;
                    done = GRID_PUSH(&open, w);
                }
            }
        }
        done = done && GRID_PUSH(&first, smallest);
    }
    a->n_components = (uint32_t)first.n;
    b->first_node = first.at;
    GRID_VEC_FREE(&open);
    return done;
}

/* The cycle west of a component's first node: all its edges go east, or straight north. */
static uint32_t cycle_west_of(const builder *b, uint32_t node) {
    const arrangement *a = b->a;
    uint32_t begin = a->around_of[node], end = a->around_of[node + 1];
    uint32_t last_north = end - 1;
    for (uint32_t i = begin; i < end; i++)
        if (half_plane(way_of(a, a->around[i])) == 0)
            last_north = i;
    return b->cycle_of[a->around[last_north]];
}

static bool measure_rises(builder *b) {
    const arrangement *a = b->a;
    b->rise = GRID_NEW(int32_t, b->n_cycles);
    b->outer_cycle = GRID_NEW(uint32_t, a->n_components);
    bool *seen = GRID_NEW(bool, b->n_cycles);
    GRID_VEC(uint32_t) open = {0};
    bool done = b->rise != NULL && b->outer_cycle != NULL && seen != NULL;
    for (uint32_t c = 0; c < a->n_components && done; c++) {
        uint32_t outside = b->outer_cycle[c] = cycle_west_of(b, b->first_node[c]);
        seen[outside] = true;
        done = GRID_PUSH(&open, outside);
        while (open.n > 0 && done) {
            uint32_t cycle = open.at[--open.n], h = b->cycle_start[cycle];
            do {
                uint32_t over = b->cycle_of[h ^ 1];
                if (!seen[over]) {
                    seen[over] = true;
                    int32_t gain = a->gain[h >> 1];
                    b->rise[over] = b->rise[cycle] + ((h & 1) != 0 ? gain : -gain);
                    done = GRID_PUSH(&open, over);
                }
                h = a->next[h];
            } while (h != b->cycle_start[cycle] && done);
        }
    }
    free(seen);
    GRID_VEC_FREE(&open);
    return done;
}

/* ---- which face a component lies in --------------------------------------------- */

static bool box_contains(const grid_box *outer, const grid_box *inner) {
    return outer->min_x <= inner->min_x && outer->min_y <= inner->min_y &&
           outer->max_x >= inner->max_x && outer->max_y >= inner->max_y;
}

typedef struct nest_query {
    const builder *b;
    uint32_t component;
    grid_xy at;
    double lowest; /* of the components that may hold this one */
    bool held;
    uint32_t best; /* segment directly below so far; GRID_NONE */
} nest_query;

static bool visit_box(void *user, size_t c) {
    nest_query *q = user;
    if (c != q->component && box_contains(&q->b->box[c], &q->b->box[q->component])) {
        q->held = true;
        q->lowest = fmin(q->lowest, q->b->box[c].min_y);
    }
    return true;
}

static way eastward(const arrange_segment *s) {
    return s->a.x < s->b.x ? (way){s->a, s->b} : (way){s->b, s->a};
}

static dd height_at(way w, double x) {
    dd part = dd_div(dd_difference(x, w.from.x), dd_difference(w.to.x, w.from.x));
    return dd_add(dd_of(w.from.y), dd_mul(part, dd_difference(w.to.y, w.from.y)));
}

/* Both pass below the point; just east of it, which is higher? */
static bool is_higher(way v, way w, double x) {
    dd above = dd_sub(height_at(v, x), height_at(w, x));
    double margin = 0x1p-90 * (fabs(v.from.y) + fabs(v.to.y) + fabs(w.from.y) + fabs(w.to.y));
    if (fabs(dd_value(above)) > margin)
        return dd_value(above) > 0;
    return cross_sign(w, v) > 0;
}

static bool visit_below(void *user, size_t i) {
    nest_query *q = user;
    const arrangement *a = q->b->a;
    const arrange_segment *s = &a->segment[i];
    const arrange_pieces *p = &q->b->pieces;
    way w = eastward(s);
    if (a->component[p->from[p->start[i]]] == q->component || !(w.from.x <= q->at.x) ||
        !(q->at.x < w.to.x) || grid_orient(w.from, w.to, q->at) <= 0)
        return true;
    if (q->best == GRID_NONE || is_higher(w, eastward(&a->segment[q->best]), q->at.x))
        q->best = (uint32_t)i;
    return true;
}

/* The face above the piece of a segment that passes below x. */
static uint32_t face_above(const builder *b, uint32_t segment, double x) {
    const arrangement *a = b->a;
    const arrange_pieces *p = &b->pieces;
    const arrange_segment *g = &a->segment[segment];
    uint32_t found = GRID_NONE;
    for (uint32_t i = p->start[segment]; i < p->start[segment + 1]; i++) {
        grid_xy u = a->node[p->from[i]], v = a->node[p->to[i]];
        if (found == GRID_NONE || (fmin(u.x, v.x) <= x && x < fmax(u.x, v.x))) {
            uint32_t h = 2 * b->edge_of[i];
            uint32_t west = g->a.x < g->b.x ? p->from[i] : p->to[i];
            found = a->origin[h] == west ? h : h ^ 1;
        }
    }
    uint32_t cycle = b->cycle_of[found];
    uint32_t c = a->component[a->origin[found]];
    return cycle == b->outer_cycle[c] ? b->face_around[c] : b->cycle_of[found];
}

typedef struct place_key {
    grid_xy at;
    uint32_t component;
} place_key;

static int compare_places(const void *x, const void *y) {
    const place_key *p = x, *q = y;
    if (p->at.x != q->at.x)
        return p->at.x < q->at.x ? -1 : 1;
    if (p->at.y != q->at.y)
        return p->at.y < q->at.y ? -1 : 1;
    return p->component < q->component ? -1 : p->component > q->component;
}

static grid_status nest_from_west(builder *b, const place_key *order, grid_error *err) {
    const arrangement *a = b->a;
    grid_rtree *components = NULL, *segments = NULL;
    GRID_TRY(grid_rtree_build(b->box, a->n_components, &components, err));
    grid_status status = GRID_OK;
    for (uint32_t i = 0; i < a->n_components && status == GRID_OK; i++) {
        uint32_t c = order[i].component;
        nest_query q = {b, c, order[i].at, INFINITY, false, GRID_NONE};
        const grid_box at = {q.at.x, q.at.y, q.at.x, q.at.y};
        grid_rtree_find(components, &at, visit_box, &q);
        if (!q.held)
            continue;
        if (segments == NULL) {
            grid_box *boxes = GRID_NEW(grid_box, a->n_segments);
            for (uint32_t s = 0; s < a->n_segments && boxes != NULL; s++) {
                boxes[s] = grid_box_empty();
                grid_box_add(&boxes[s], a->segment[s].a.x, a->segment[s].a.y);
                grid_box_add(&boxes[s], a->segment[s].b.x, a->segment[s].b.y);
            }
            status = boxes != NULL ? grid_rtree_build(boxes, a->n_segments, &segments, err)
                                   : grid_fail_nomem(err);
            free(boxes);
            if (status != GRID_OK)
                break;
        }
        const grid_box ray = {q.at.x, q.lowest, q.at.x, q.at.y};
        grid_rtree_find(segments, &ray, visit_below, &q);
        if (q.best != GRID_NONE)
            b->face_around[c] = face_above(b, q.best, q.at.x);
    }
    grid_rtree_free(components);
    grid_rtree_free(segments);
    return status;
}

/* From west to east, so that what lies around a component is known before. */
static grid_status nest_components(builder *b, grid_error *err) {
    const arrangement *a = b->a;
    b->box = GRID_NEW(grid_box, a->n_components);
    b->face_around = GRID_NEW(uint32_t, a->n_components);
    place_key *order = GRID_NEW(place_key, a->n_components);
    if (b->box == NULL || b->face_around == NULL || order == NULL) {
        free(order);
        return grid_fail_nomem(err);
    }
    for (uint32_t c = 0; c < a->n_components; c++) {
        b->box[c] = grid_box_empty();
        b->face_around[c] = GRID_NONE;
        order[c] = (place_key){a->node[b->first_node[c]], c};
    }
    for (uint32_t v = 0; v < a->n_input_nodes; v++)
        if (a->component[v] != GRID_NONE)
            grid_box_add(&b->box[a->component[v]], a->node[v].x, a->node[v].y);
    qsort(order, a->n_components, sizeof *order, compare_places);
    grid_status status = nest_from_west(b, order, err);
    free(order);
    return status;
}

/* ---- faces ---------------------------------------------------------------------- */

/* Until here a face is known by its outer cycle; the unbounded one is GRID_NONE. */
static bool number_faces(builder *b) {
    arrangement *a = b->a;
    uint32_t *face_of_cycle = GRID_NEW(uint32_t, b->n_cycles);
    bool *is_outside = GRID_NEW(bool, b->n_cycles);
    a->face = GRID_NEW(uint32_t, 2 * (size_t)a->n_edges);
    bool done = face_of_cycle != NULL && is_outside != NULL && a->face != NULL;
    if (done) {
        for (uint32_t c = 0; c < a->n_components; c++)
            is_outside[b->outer_cycle[c]] = true;
        a->n_faces = 1;
        for (uint32_t i = 0; i < b->n_cycles; i++)
            face_of_cycle[i] = is_outside[i] ? GRID_NONE : a->n_faces++;
        for (uint32_t c = 0; c < a->n_components; c++) {
            uint32_t around = b->face_around[c];
            face_of_cycle[b->outer_cycle[c]] = around == GRID_NONE ? ARRANGE_OUTER
                                                                   : face_of_cycle[around];
        }
        for (uint32_t h = 0; h < 2 * a->n_edges; h++)
            a->face[h] = face_of_cycle[b->cycle_of[h]];
    }
    free(face_of_cycle);
    free(is_outside);
    return done;
}

static bool list_cycles(builder *b) {
    arrangement *a = b->a;
    a->cycle_of = GRID_NEW(uint32_t, (size_t)a->n_faces + 2);
    a->cycle = GRID_NEW(uint32_t, b->n_cycles);
    if (a->cycle_of == NULL || a->cycle == NULL)
        return false;
    /* Outer cycles of bounded faces first, so that they lead their lists. */
    for (uint32_t i = 0; i < b->n_cycles; i++)
        a->cycle_of[a->face[b->cycle_start[i]] + 2]++;
    for (uint32_t f = 0; f < a->n_faces; f++)
        a->cycle_of[f + 2] += a->cycle_of[f + 1];
    for (int holes = 0; holes < 2; holes++)
        for (uint32_t i = 0; i < b->n_cycles; i++) {
            uint32_t h = b->cycle_start[i];
            bool is_hole = b->outer_cycle[a->component[a->origin[h]]] == i;
            if (is_hole == holes)
                a->cycle[a->cycle_of[a->face[h] + 1]++] = h;
        }
    return true;
}

/* A face is as high as the outside of a component in it, or the cycle says over its own. */
static bool find_heights(builder *b) {
    arrangement *a = b->a;
    a->height = GRID_NEW(int32_t, a->n_faces);
    int32_t *base = GRID_NEW(int32_t, a->n_components);
    place_key *order = GRID_NEW(place_key, a->n_components);
    bool done = a->height != NULL && base != NULL && order != NULL;
    if (done) {
        for (uint32_t c = 0; c < a->n_components; c++)
            order[c] = (place_key){a->node[b->first_node[c]], c};
        qsort(order, a->n_components, sizeof *order, compare_places);
        for (uint32_t i = 0; i < a->n_components; i++) {
            uint32_t c = order[i].component, around = b->face_around[c];
            if (around != GRID_NONE)
                base[c] = base[a->component[a->origin[b->cycle_start[around]]]] + b->rise[around];
        }
        for (uint32_t i = 0; i < b->n_cycles; i++) {
            uint32_t h = b->cycle_start[i];
            uint32_t c = a->component[a->origin[h]];
            if (i != b->outer_cycle[c])
                a->height[a->face[h]] = base[c] + b->rise[i];
        }
    }
    free(base);
    free(order);
    return done;
}

static dd coordinate(const arrangement *a, uint32_t v, bool y) {
    grid_xy at = a->node[v];
    if (v < a->n_input_nodes)
        return dd_of(y ? at.y : at.x);
    grid_xy rest = a->node_rest[v - a->n_input_nodes];
    return (dd){y ? at.y : at.x, y ? rest.y : rest.x};
}

static dd cycle_area2(const arrangement *a, uint32_t start) {
    dd sum = {0, 0};
    uint32_t origin = a->origin[start], h = start;
    dd ox = coordinate(a, origin, false), oy = coordinate(a, origin, true);
    dd ux = {0, 0}, uy = {0, 0};
    do {
        uint32_t v = a->origin[h ^ 1];
        dd vx = dd_sub(coordinate(a, v, false), ox), vy = dd_sub(coordinate(a, v, true), oy);
        sum = dd_add(sum, dd_sub(dd_mul(ux, vy), dd_mul(uy, vx)));
        ux = vx;
        uy = vy;
        h = a->next[h];
    } while (h != start);
    return sum;
}

static bool measure_areas(arrangement *a) {
    a->area = GRID_NEW(dd, a->n_faces);
    if (a->area == NULL)
        return false;
    for (uint32_t f = ARRANGE_OUTER + 1; f < a->n_faces; f++) {
        for (uint32_t i = a->cycle_of[f]; i < a->cycle_of[f + 1]; i++)
            a->area[f] = dd_add(a->area[f], cycle_area2(a, a->cycle[i]));
        a->area[f].hi /= 2;
        a->area[f].lo /= 2;
    }
    return true;
}

/* ---- all together --------------------------------------------------------------- */

static grid_status build(builder *b, grid_error *err) {
    arrangement *a = b->a;
    GRID_TRY(arrange_split(a->segment, a->n_segments, &b->pieces, err));
    a->n_nodes = b->pieces.n_nodes;
    a->n_input_nodes = b->pieces.n_input_nodes;
    a->node = b->pieces.node;
    a->node_rest = b->pieces.node_rest;
    b->pieces.node = b->pieces.node_rest = NULL;
    if (!make_edges(b) || !sort_half_edges(a) || !trace_cycles(b) || !find_components(b) ||
        !measure_rises(b))
        return grid_fail_nomem(err);
    GRID_TRY(nest_components(b, err));
    if (!number_faces(b) || !list_cycles(b) || !find_heights(b) || !measure_areas(a))
        return grid_fail_nomem(err);
    return GRID_OK;
}

grid_status arrange_build(const arrange_segment *segments, size_t n, arrangement **out,
                          grid_error *err) {
    *out = NULL;
    if (n >= UINT32_C(1) << 30)
        return grid_fail(err, GRID_E_INPUT, "", "more than 2^30 edges do not cancel");
    builder b = {.a = GRID_NEW(arrangement, 1)};
    if (b.a == NULL)
        return grid_fail_nomem(err);
    b.a->segment = segments;
    b.a->n_segments = (uint32_t)n;
    grid_status status = build(&b, err);
    arrange_pieces_free(&b.pieces);
    free(b.edge_of);
    free(b.cycle_of);
    free(b.cycle_start);
    free(b.rise);
    free(b.outer_cycle);
    free(b.first_node);
    free(b.face_around);
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
    free(a->node);
    free(a->node_rest);
    free(a->origin);
    free(a->gain);
    free(a->piece_of);
    free(a->piece);
    free(a->around);
    free(a->around_of);
    free(a->place);
    free(a->next);
    free(a->face);
    free(a->component);
    free(a->height);
    free(a->area);
    free(a->cycle_of);
    free(a->cycle);
    free(a);
}
