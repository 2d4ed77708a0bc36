/*
 * The residual of a parent is arranged; where its faces are covered too often, the edges that did
 * cancel are put back, so that every face has one set of units over it. The sets are
 * found by winding numbers beside one node and carried on from face to face.
 */
#include "cover/region.h"

#include "base/base.h"
#include "cover/arrange.h"
#include "cover/winding.h"

#include <math.h>
#include <string.h>

/* Owner of the parent's edges. */
#define PARENT GRID_NONE

typedef struct coverer {
    uint32_t owner;
    int32_t count;
} coverer;

/* A face, or an edge, with the units it concerns. */
typedef struct trace {
    grid_defect_kind kind;
    bool with_parent;
    uint32_t units, n_units; /* in the pool */
    uint32_t component;
    uint32_t item; /* face, or half-edge of a line */
} trace;

typedef struct region {
    const region_level *level;
    uint32_t group;
    GRID_VEC(arrange_segment) segment;
    arrangement *a;
    grid_rtree *faces;     /* boxes of faces covered too often */
    grid_rtree *children;  /* of the group */
    bool *labelled;        /* per face */
    uint32_t *set, *set_n; /* per face: in `coverers` */
    GRID_VEC(coverer) coverers;
    GRID_VEC(uint32_t) pool;
    GRID_VEC(trace) trace;
    grid_shapes *shapes;
    region_finds *out;
} region;

/* ---- faces --------------------------------------------------------------------------------------
 */

static bool is_excess(const region *r, uint32_t f) {
    return f != ARRANGE_OUTER && r->a->height[f] > (r->level->mode == REGION_ROOT ? 1 : 0);
}

static bool is_lack(const region *r, uint32_t f) {
    if (f == ARRANGE_OUTER)
        return false;
    return r->level->mode == REGION_TILE   ? r->a->height[f] < 0
           : r->level->mode == REGION_ROOT ? r->a->height[f] <= 0
                                           : false;
}

static grid_box face_box(const arrangement *a, uint32_t f) {
    grid_box box = grid_box_empty();
    uint32_t start = a->cycle[a->cycle_of[f]], h = start;
    do {
        grid_box_add(&box, a->node[a->origin[h]].x, a->node[a->origin[h]].y);
        h = a->next[h];
    } while (h != start);
    /* Crossings are rounded. */
    return (grid_box){nextafter(box.min_x, -INFINITY), nextafter(box.min_y, -INFINITY),
                      nextafter(box.max_x, INFINITY), nextafter(box.max_y, INFINITY)};
}

static uint32_t component_of(const arrangement *a, uint32_t f) {
    return a->component[a->origin[a->cycle[a->cycle_of[f]]]];
}

/* ---- putting edges back
 * ----------------------------------------------------------------------------- */

static grid_status index_excess(region *r, grid_error *err) {
    GRID_VEC(grid_box) boxes = {0};
    bool done = true;
    for (uint32_t f = 1; f < r->a->n_faces && done; f++)
        if (is_excess(r, f))
            done = GRID_PUSH(&boxes, face_box(r->a, f));
    grid_status status = !done          ? grid_fail_nomem(err)
                         : boxes.n == 0 ? GRID_OK
                                        : grid_rtree_build(boxes.at, boxes.n, &r->faces, err);
    GRID_VEC_FREE(&boxes);
    return status;
}

static bool any_box(void *user, size_t i) {
    (void)i;
    *(bool *)user = true;
    return false;
}

static bool is_near_excess(const region *r, const grid_box *box) {
    bool near = false;
    grid_rtree_find(r->faces, box, any_box, &near);
    return near;
}

typedef struct putter {
    region *r;
    bool parent;
    uint32_t feature;
} putter;

static bool is_marked(const uint8_t *marks, size_t vertex) {
    return (marks[vertex / 8] >> vertex % 8 & 1) != 0;
}

static bool put_edge_back(void *user, grid_xy a, grid_xy b, size_t vertex) {
    putter *p = user;
    const region_level *l = p->r->level;
    if (is_marked(p->parent ? l->residual_parent_mark : l->residual_mark, vertex))
        return true;
    grid_box box = grid_box_empty();
    grid_box_add(&box, a.x, a.y);
    grid_box_add(&box, b.x, b.y);
    if (!is_near_excess(p->r, &box))
        return true;
    arrange_segment s = p->parent ? (arrange_segment){b, a, PARENT, 1}
                                  : (arrange_segment){a, b, p->feature, 1};
    return GRID_PUSH(&p->r->segment, s);
}

static bool put_feature_back(region *r, const grid_shapes *shapes, uint32_t f, bool parent) {
    grid_box box = grid_shapes_box(shapes, f);
    putter p = {r, parent, f};
    return !is_near_excess(r, &box) || each_inward_edge(shapes, f, put_edge_back, &p);
}

static bool put_edges_back(region *r) {
    const region_level *l = r->level;
    for (size_t i = l->child_of_start[r->group]; i < l->child_of_start[r->group + 1]; i++)
        if (!l->unusable[l->child_of[i]] &&
            !put_feature_back(r, l->children, l->child_of[i], false))
            return false;
    return l->parents == NULL || l->unusable_parent[r->group] ||
           put_feature_back(r, l->parents, r->group, true);
}

static grid_status arrange_all(region *r, grid_error *err) {
    GRID_TRY(arrange_build(r->segment.at, r->segment.n, &r->a, err));
    GRID_TRY(index_excess(r, err));
    if (r->faces == NULL)
        return GRID_OK;
    size_t before = r->segment.n;
    if (!put_edges_back(r))
        return grid_fail_nomem(err);
    if (r->segment.n == before)
        return GRID_OK;
    arrange_free(r->a);
    r->a = NULL;
    return arrange_build(r->segment.at, r->segment.n, &r->a, err);
}

/* ---- who covers a face
 * --------------------------------------------------------------------------------- */

static grid_status index_children(region *r, grid_error *err) {
    const region_level *l = r->level;
    size_t first = l->child_of_start[r->group], n = l->child_of_start[r->group + 1] - first;
    grid_box *boxes = GRID_NEW(grid_box, n);
    if (boxes == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        boxes[i] = l->unusable[l->child_of[first + i]]
                       ? grid_box_empty()
                       : grid_shapes_box(l->children, l->child_of[first + i]);
    grid_status status = grid_rtree_build(boxes, n, &r->children, err);
    free(boxes);
    return status;
}

static grid_xy far_end(const arrangement *a, uint32_t half) {
    uint32_t piece = a->piece[a->piece_of[half >> 1]];
    const arrange_segment *s = &a->segment[piece >> 1];
    return ((piece ^ half) & 1) != 0 ? s->a : s->b;
}

typedef struct cover_query {
    region *r;
    grid_xy v, q;
    bool no_memory;
} cover_query;

static bool visit_child(void *user, size_t i) {
    cover_query *c = user;
    const region_level *l = c->r->level;
    uint32_t f = l->child_of[l->child_of_start[c->r->group] + i];
    int winding = winding_beside(l->children, f, c->v, c->q);
    if (winding != 0 && !GRID_PUSH(&c->r->coverers, (coverer){f, winding}))
        c->no_memory = true;
    return !c->no_memory;
}

static int compare_coverers(const void *a, const void *b) {
    const coverer *x = a, *y = b;
    return x->owner < y->owner ? -1 : x->owner > y->owner;
}

/* The set of the face left of h, whose origin is known exactly unless there is no such. */
static bool cover_beside(region *r, uint32_t h) {
    const arrangement *a = r->a;
    const region_level *l = r->level;
    cover_query c = {r, a->node[a->origin[h]], far_end(a, h), false};
    uint32_t f = a->face[h];
    r->set[f] = (uint32_t)r->coverers.n;
    const grid_box at = {c.v.x, c.v.y, c.v.x, c.v.y};
    grid_rtree_find(r->children, &at, visit_child, &c);
    int parent = l->parents == NULL             ? 1
                 : l->unusable_parent[r->group] ? 0
                                                : winding_beside(l->parents, r->group, c.v, c.q);
    if (c.no_memory || (parent != 0 && !GRID_PUSH(&r->coverers, (coverer){PARENT, parent})))
        return false;
    r->set_n[f] = (uint32_t)r->coverers.n - r->set[f];
    qsort(r->coverers.at + r->set[f], r->set_n[f], sizeof *r->coverers.at, compare_coverers);
    r->labelled[f] = true;
    return true;
}

/* Adds `by` to the owner's count in the set that ends the list. */
static bool count_in(region *r, uint32_t set, uint32_t owner, int32_t by) {
    size_t i = set;
    while (i < r->coverers.n && r->coverers.at[i].owner < owner)
        i++;
    if (i < r->coverers.n && r->coverers.at[i].owner == owner) {
        coverer *c = &r->coverers.at[i];
        c->count += by;
        if (c->count == 0)
            memmove(c, c + 1, (--r->coverers.n - i) * sizeof *c);
        return true;
    }
    if (!GRID_RESERVE(&r->coverers, 1))
        return false;
    memmove(&r->coverers.at[i + 1], &r->coverers.at[i], (r->coverers.n++ - i) * sizeof(coverer));
    r->coverers.at[i] = (coverer){owner, by};
    return true;
}

/* The set over the face right of h, from that over its left. */
static bool carry_over(region *r, uint32_t h) {
    const arrangement *a = r->a;
    uint32_t from = a->face[h], to = a->face[h ^ 1], e = h >> 1;
    uint32_t set = (uint32_t)r->coverers.n;
    if (!GRID_RESERVE(&r->coverers, r->set_n[from]))
        return false;
    memcpy(r->coverers.at + set, r->coverers.at + r->set[from],
           r->set_n[from] * sizeof *r->coverers.at);
    r->coverers.n += r->set_n[from];
    for (uint32_t i = a->piece_of[e]; i < a->piece_of[e + 1]; i++) {
        uint32_t owner = a->segment[a->piece[i] >> 1].owner;
        bool along = ((a->piece[i] ^ h) & 1) == 0;
        /* Left of a child's edge is its inside; the parent's edges are turned round. */
        if (!count_in(r, set, owner, along == (owner == PARENT) ? 1 : -1))
            return false;
    }
    r->set[to] = set;
    r->set_n[to] = (uint32_t)r->coverers.n - set;
    r->labelled[to] = true;
    return true;
}

typedef GRID_VEC(uint32_t) face_list;

/* Calls for every half-edge along a face. */
#define EACH_HALF_EDGE(a, f, h)                                                                    \
    for (uint32_t i_ = (a)->cycle_of[f]; i_ < (a)->cycle_of[(f) + 1]; i_++)                        \
        for (uint32_t h = (a)->cycle[i_], first_ = 1; first_ || h != (a)->cycle[i_];               \
             h = (a)->next[h], first_ = 0)

/* A half-edge of the face that starts at an input node, or just any. */
static uint32_t firm_start(const arrangement *a, uint32_t f) {
    EACH_HALF_EDGE(a, f, h) {
        if (a->origin[h] < a->n_input_nodes)
            return h;
    }
    return a->cycle[a->cycle_of[f]];
}

/* The faces reached from `seed` through faces to be labelled. */
static bool flood(const region *r, const bool *wanted, uint32_t seed, bool *reached,
                  face_list *list) {
    list->n = 0;
    reached[seed] = true;
    if (!GRID_PUSH(list, seed))
        return false;
    for (size_t k = 0; k < list->n; k++) {
        uint32_t f = list->at[k];
        EACH_HALF_EDGE(r->a, f, h) {
            uint32_t g = r->a->face[h ^ 1];
            if (!wanted[g] || reached[g])
                continue;
            reached[g] = true;
            if (!GRID_PUSH(list, g))
                return false;
        }
    }
    return true;
}

static bool label_from(region *r, uint32_t start, const bool *wanted, face_list *open) {
    open->n = 0;
    if (!cover_beside(r, start) || !GRID_PUSH(open, r->a->face[start]))
        return false;
    while (open->n > 0) {
        uint32_t f = open->at[--open->n];
        EACH_HALF_EDGE(r->a, f, h) {
            uint32_t g = r->a->face[h ^ 1];
            if (!wanted[g] || r->labelled[g])
                continue;
            if (!carry_over(r, h) || !GRID_PUSH(open, g))
                return false;
        }
    }
    return true;
}

static bool label_patch(region *r, const bool *wanted, const face_list *patch, face_list *open) {
    uint32_t start = GRID_NONE;
    for (size_t i = 0; i < patch->n && start == GRID_NONE; i++) {
        uint32_t h = firm_start(r->a, patch->at[i]);
        if (r->a->origin[h] < r->a->n_input_nodes)
            start = h;
    }
    if (start == GRID_NONE) /* bounded by crossings alone: their rounded places must do */
        start = r->a->cycle[r->a->cycle_of[patch->at[0]]];
    return label_from(r, start, wanted, open);
}

static bool label_wanted(region *r, const bool *wanted) {
    bool *reached = GRID_NEW(bool, r->a->n_faces);
    face_list patch = {0}, open = {0};
    bool done = reached != NULL;
    for (uint32_t f = 1; f < r->a->n_faces && done; f++)
        if (wanted[f] && !reached[f])
            done = flood(r, wanted, f, reached, &patch) && label_patch(r, wanted, &patch, &open);
    free(reached);
    GRID_VEC_FREE(&patch);
    GRID_VEC_FREE(&open);
    return done;
}

/* Faces with too much or too little over them. */
static grid_status label_faces(region *r, grid_error *err) {
    uint32_t n = r->a->n_faces;
    r->labelled = GRID_NEW(bool, n);
    r->set = GRID_NEW(uint32_t, n);
    r->set_n = GRID_NEW(uint32_t, n);
    bool *wanted = GRID_NEW(bool, n);
    bool done = r->labelled != NULL && r->set != NULL && r->set_n != NULL && wanted != NULL;
    grid_status status = done ? index_children(r, err) : grid_fail_nomem(err);
    for (uint32_t f = 1; f < n && status == GRID_OK; f++)
        wanted[f] = is_excess(r, f) || is_lack(r, f);
    if (status == GRID_OK && !label_wanted(r, wanted))
        status = grid_fail_nomem(err);
    free(wanted);
    return status;
}

/* ---- what is wrong with a face
 * ---------------------------------------------------------------------------- */

static bool add_unit(region *r, uint32_t unit) {
    return GRID_PUSH(&r->pool, unit);
}

static int compare_units(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Ends a trace whose units are those pushed since `units`; sorts them, each once. */
static bool add_trace(region *r, grid_defect_kind kind, bool with_parent, size_t units,
                      uint32_t component, uint32_t item) {
    uint32_t *at = r->pool.at + units;
    size_t n = r->pool.n - units, kept = 0;
    if (n > 0)
        qsort(at, n, sizeof *at, compare_units);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || at[kept - 1] != at[i])
            at[kept++] = at[i];
    r->pool.n = units + kept;
    return GRID_PUSH(&r->trace,
                     (trace){kind, with_parent, (uint32_t)units, (uint32_t)kept, component, item});
}

static bool trace_lack(region *r, uint32_t f) {
    const arrangement *a = r->a;
    size_t units = r->pool.n;
    bool parent = false;
    EACH_HALF_EDGE(a, f, h) {
        if (a->face[h ^ 1] == f)
            continue;
        for (uint32_t i = a->piece_of[h >> 1]; i < a->piece_of[(h >> 1) + 1]; i++) {
            uint32_t owner = a->segment[a->piece[i] >> 1].owner;
            if (owner == PARENT)
                parent = true;
            else if (!add_unit(r, owner))
                return false;
        }
    }
    return add_trace(r, parent ? GRID_DEFECT_PARENT_UNCOVERED : GRID_DEFECT_GAP, false, units,
                     component_of(a, f), f);
}

/* Units that wind round the face backwards or twice are no areas. */
static bool trace_windings(region *r, uint32_t f, const coverer *set, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (set[i].owner == PARENT || set[i].count == 1)
            continue;
        size_t units = r->pool.n;
        if (!add_unit(r, set[i].owner) ||
            !add_trace(r, GRID_DEFECT_INVALID_GEOMETRY, false, units, component_of(r->a, f), f))
            return false;
    }
    return true;
}

/* Each covering unit by itself; what one covers twice is a fault of its rings. */
static bool trace_outside(region *r, uint32_t f, const coverer *set, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        size_t units = r->pool.n;
        if (set[i].owner == PARENT || set[i].count != 1)
            continue;
        if (!add_unit(r, set[i].owner) ||
            !add_trace(r, GRID_DEFECT_OUTSIDE_PARENT, false, units, component_of(r->a, f), f))
            return false;
    }
    return true;
}

static bool trace_face(region *r, uint32_t f) {
    const coverer *set = r->coverers.at + r->set[f];
    uint32_t n = r->set_n[f], covering = 0;
    bool backwards = false;
    int parent = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (set[i].owner == PARENT)
            parent = set[i].count;
        else if (set[i].count > 0)
            covering++;
        else
            backwards = true;
    }
    if (!trace_windings(r, f, set, n))
        return false;
    if (covering == 0)
        return backwards || parent <= 0 || !is_lack(r, f) || trace_lack(r, f);
    size_t units = r->pool.n;
    for (uint32_t i = 0; covering > 1 && i < n; i++)
        if (set[i].owner != PARENT && set[i].count > 0 && !add_unit(r, set[i].owner))
            return false;
    if (covering > 1 && !add_trace(r, GRID_DEFECT_OVERLAP, false, units, component_of(r->a, f), f))
        return false;
    return parent > 0 || trace_outside(r, f, set, n);
}

/* ---- vertices that one side lacks
 * ---------------------------------------------------------------------------- */

static bool trace_mismatch(region *r, const uint32_t *owners, size_t n, uint32_t half) {
    size_t units = r->pool.n;
    bool parent = false;
    for (size_t i = 0; i < n; i++) {
        if (owners[i] == PARENT)
            parent = true;
        else if (!add_unit(r, owners[i]))
            return false;
    }
    return add_trace(r, GRID_DEFECT_VERTEX_MISMATCH, parent, units,
                     r->a->component[r->a->origin[half]], half);
}

/* Edges that cancel only now that the segments have been cut. */
static bool trace_cut_edges(region *r, size_t n_residual) {
    const arrangement *a = r->a;
    for (uint32_t e = 0; e < a->n_edges; e++) {
        uint32_t first = a->piece_of[e], n = a->piece_of[e + 1] - first;
        if (a->gain[e] != 0 || n != 2 || (a->piece[first] >> 1) >= n_residual)
            continue;
        uint32_t owners[2];
        for (uint32_t i = 0; i < 2; i++)
            owners[i] = a->segment[a->piece[first + i] >> 1].owner;
        if (owners[0] != owners[1] && !trace_mismatch(r, owners, 2, 2 * e))
            return false;
    }
    return true;
}

static double distance(grid_xy a, grid_xy b) {
    return hypot(b.x - a.x, b.y - a.y);
}

static double face_perimeter(const arrangement *a, uint32_t f) {
    double sum = 0;
    EACH_HALF_EDGE(a, f, h) {
        if (a->face[h ^ 1] != f)
            sum += distance(a->node[a->origin[h]], a->node[a->origin[h ^ 1]]);
    }
    return sum;
}

static double ulp_at(grid_xy p) {
    double largest = fmax(fabs(p.x), fabs(p.y));
    return nextafter(largest, INFINITY) - largest;
}

/*
 * A face as thin as rounding between one segment of one side and several of the other: a vertex
 * was put on the line on one side only, as near as doubles come to it.
 */
static bool trace_rounded_vertex(region *r, uint32_t f) {
    const arrangement *a = r->a;
    grid_xy at = a->node[a->origin[a->cycle[a->cycle_of[f]]]];
    if (a->cycle_of[f + 1] - a->cycle_of[f] != 1 ||
        2 * dd_value(a->area[f]) >= 4 * ulp_at(at) * face_perimeter(a, f))
        return true;
    uint32_t owner[2], segments[2] = {0, 0}, n_owners = 0, longest = 0;
    double length = -1;
    EACH_HALF_EDGE(a, f, h) {
        uint32_t e = h >> 1;
        if (a->piece_of[e + 1] - a->piece_of[e] != 1)
            return true;
        uint32_t mine = a->segment[a->piece[a->piece_of[e]] >> 1].owner, k = 0;
        while (k < n_owners && owner[k] != mine)
            k++;
        if (k == 2)
            return true;
        if (k == n_owners)
            owner[n_owners++] = mine;
        segments[k]++;
        double l = distance(a->node[a->origin[h]], a->node[a->origin[h ^ 1]]);
        if (l > length) {
            length = l;
            longest = h;
        }
    }
    bool one_sided = n_owners == 2 && segments[0] + segments[1] > 2 &&
                     (segments[0] == 1 || segments[1] == 1);
    return !one_sided || trace_mismatch(r, owner, 2, longest);
}

/* ---- from traces to finds
 * --------------------------------------------------------------------------------------- */

static int compare_traces(const void *a, const void *b, void *user) {
    const trace *x = a, *y = b;
    const uint32_t *pool = user;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->with_parent != y->with_parent)
        return x->with_parent ? 1 : -1;
    for (uint32_t i = 0; i < x->n_units && i < y->n_units; i++)
        if (pool[x->units + i] != pool[y->units + i])
            return pool[x->units + i] < pool[y->units + i] ? -1 : 1;
    if (x->n_units != y->n_units)
        return x->n_units < y->n_units ? -1 : 1;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return x->item < y->item ? -1 : x->item > y->item;
}

static bool same_run(const trace *x, const trace *y, const uint32_t *pool) {
    return x->kind == y->kind && x->with_parent == y->with_parent && x->n_units == y->n_units &&
           x->component == y->component &&
           memcmp(pool + x->units, pool + y->units, x->n_units * sizeof *pool) == 0;
}

/* A cycle as a ring; ways there and back again are left out. */
static bool write_cycle(const region *r, uint32_t start, grid_shapes *out) {
    const arrangement *a = r->a;
    GRID_VEC(uint32_t) way = {0};
    uint32_t h = start;
    bool done = true;
    do {
        if (way.n > 0 && way.at[way.n - 1] == (h ^ 1))
            way.n--;
        else
            done = GRID_PUSH(&way, h);
        h = a->next[h];
    } while (h != start && done);
    size_t first = 0;
    while (way.n >= first + 2 && way.at[way.n - 1] == (way.at[first] ^ 1)) {
        first++;
        way.n--;
    }
    if (done && way.n >= first + 3) {
        done = grid_shapes_begin_chain(out);
        for (size_t i = first; i <= way.n && done; i++) {
            grid_xy p = a->node[a->origin[way.at[i < way.n ? i : first]]];
            done = grid_shapes_add(out, p.x, p.y);
        }
    }
    GRID_VEC_FREE(&way);
    return done;
}

static bool write_face(const region *r, uint32_t f, grid_shapes *out) {
    bool done = grid_shapes_begin_part(out);
    for (uint32_t i = r->a->cycle_of[f]; i < r->a->cycle_of[f + 1] && done; i++)
        done = write_cycle(r, r->a->cycle[i], out);
    return done;
}

static bool write_line(const region *r, uint32_t half, grid_shapes *out) {
    const arrangement *a = r->a;
    grid_xy u = a->node[a->origin[half]], v = a->node[a->origin[half ^ 1]];
    return grid_shapes_begin_part(out) && grid_shapes_begin_chain(out) &&
           grid_shapes_add(out, u.x, u.y) && grid_shapes_add(out, v.x, v.y);
}

static grid_xy middle_of(const arrangement *a, uint32_t half) {
    grid_xy u = a->node[a->origin[half]], v = a->node[a->origin[half ^ 1]];
    return (grid_xy){u.x + (v.x - u.x) / 2, u.y + (v.y - u.y) / 2};
}

/* A point inside the face as far as doubles have one, else on its longest edge. */
static grid_status place_in_face(const region *r, uint32_t f, grid_xy *out, grid_error *err) {
    grid_shapes *one = grid_shapes_new();
    grid_status status = one != NULL && grid_shapes_begin(one, GRID_SHAPE_AREA) &&
                                 write_face(r, f, one)
                             ? grid_shapes_inside(one, 0, out, err)
                             : grid_fail_nomem(err);
    grid_shapes_free(one);
    if (status != GRID_OK || isfinite(out->x))
        return status;
    double longest = -1;
    EACH_HALF_EDGE(r->a, f, h) {
        double length = distance(r->a->node[r->a->origin[h]], r->a->node[r->a->origin[h ^ 1]]);
        if (length > longest) {
            longest = length;
            *out = middle_of(r->a, h);
        }
    }
    return GRID_OK;
}

static grid_status find_areas(region *r, const trace *t, size_t n, region_find *find,
                              grid_error *err) {
    dd area = {0, 0};
    uint32_t largest = t[0].item;
    bool done = grid_shapes_begin(r->shapes, GRID_SHAPE_AREA);
    for (size_t i = 0; i < n && done; i++) {
        uint32_t f = t[i].item;
        area = dd_add(area, r->a->area[f]);
        find->perimeter += face_perimeter(r->a, f);
        if (dd_value(r->a->area[f]) > dd_value(r->a->area[largest]))
            largest = f;
        done = write_face(r, f, r->shapes);
    }
    find->area = dd_value(area);
    find->length = find->perimeter / 2;
    return done ? place_in_face(r, largest, &find->at, err) : grid_fail_nomem(err);
}

static grid_status find_lines(region *r, const trace *t, size_t n, region_find *find,
                              grid_error *err) {
    bool done = grid_shapes_begin(r->shapes, GRID_SHAPE_LINE);
    for (size_t i = 0; i < n && done; i++) {
        uint32_t h = t[i].item;
        find->length += distance(r->a->node[r->a->origin[h]], r->a->node[r->a->origin[h ^ 1]]);
        done = write_line(r, h, r->shapes);
    }
    find->at = middle_of(r->a, t[0].item);
    return done ? GRID_OK : grid_fail_nomem(err);
}

static grid_status add_find(region *r, const trace *t, size_t n, grid_error *err) {
    region_find find = {.kind = t->kind,
                        .n_units = t->n_units,
                        .with_parent = t->with_parent,
                        .pieces = (uint32_t)n,
                        .shape = (uint32_t)r->shapes->n};
    grid_status status = t->kind == GRID_DEFECT_VERTEX_MISMATCH ? find_lines(r, t, n, &find, err)
                                                                : find_areas(r, t, n, &find, err);
    GRID_TRY(status);
    find.unit = GRID_NEW(uint32_t, t->n_units);
    if (find.unit == NULL)
        return grid_fail_nomem(err);
    if (t->n_units > 0)
        memcpy(find.unit, r->pool.at + t->units, t->n_units * sizeof *find.unit);
    if (!GRID_PUSH(r->out, find)) {
        free(find.unit);
        return grid_fail_nomem(err);
    }
    return GRID_OK;
}

static grid_status gather_finds(region *r, grid_error *err) {
    trace *t = r->trace.at;
    if (r->trace.n > 0)
        qsort_r(t, r->trace.n, sizeof *t, compare_traces, r->pool.at);
    for (size_t i = 0, j; i < r->trace.n; i = j) {
        for (j = i + 1; j < r->trace.n && same_run(&t[i], &t[j], r->pool.at);)
            j++;
        GRID_TRY(add_find(r, t + i, j - i, err));
    }
    return GRID_OK;
}

static grid_status search(region *r, size_t n_residual, grid_error *err) {
    GRID_TRY(arrange_all(r, err));
    GRID_TRY(label_faces(r, err));
    bool done = trace_cut_edges(r, n_residual);
    for (uint32_t f = 1; f < r->a->n_faces && done; f++)
        if (r->labelled[f])
            done = trace_face(r, f) && trace_rounded_vertex(r, f);
    return done ? gather_finds(r, err) : grid_fail_nomem(err);
}

static void free_region(region *r) {
    GRID_VEC_FREE(&r->segment);
    arrange_free(r->a);
    grid_rtree_free(r->faces);
    grid_rtree_free(r->children);
    free(r->labelled);
    free(r->set);
    free(r->set_n);
    GRID_VEC_FREE(&r->coverers);
    GRID_VEC_FREE(&r->pool);
    GRID_VEC_FREE(&r->trace);
}

grid_status region_search(const region_level *level, uint32_t group, const residual_edge *edges,
                          size_t n, grid_shapes *shapes, region_finds *out, grid_error *err) {
    region r = {.level = level, .group = group, .shapes = shapes, .out = out};
    if (!GRID_RESERVE(&r.segment, n))
        return grid_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        r.segment.at[r.segment.n++] = (arrange_segment){
            edges[i].a, edges[i].b, edges[i].parent ? PARENT : edges[i].feature, 1};
    grid_status status = search(&r, n, err);
    free_region(&r);
    return status;
}

/* ---- two units
 * ------------------------------------------------------------------------------------------------------
 */

typedef GRID_VEC(arrange_segment) segment_list;

typedef struct outline_copy {
    segment_list *to;
    int32_t weight;
} outline_copy;

static bool copy_edge(void *user, grid_xy a, grid_xy b, size_t vertex) {
    (void)vertex;
    outline_copy *copy = user;
    return GRID_PUSH(copy->to, (arrange_segment){a, b, 0, copy->weight});
}

grid_status region_compare(const grid_shapes *as, uint32_t a, const grid_shapes *bs, uint32_t b,
                           region_relation *out, grid_error *err) {
    enum { A = 1, B = 2 };
    segment_list segments = {0};
    outline_copy copy_a = {&segments, A}, copy_b = {&segments, B};
    grid_status status = GRID_OK;
    arrangement *g = NULL;
    if (!each_inward_edge(as, a, copy_edge, &copy_a) ||
        !each_inward_edge(bs, b, copy_edge, &copy_b))
        status = grid_fail_nomem(err);
    else
        status = arrange_build(segments.at, segments.n, &g, err);
    *out = (region_relation){false, true, true};
    for (uint32_t f = 1; status == GRID_OK && f < g->n_faces; f++) {
        if (g->height[f] == A)
            out->a_in_b = false;
        if (g->height[f] == B)
            out->b_in_a = false;
        if (g->height[f] == A + B)
            out->overlap = true;
    }
    arrange_free(g);
    GRID_VEC_FREE(&segments);
    return status;
}
