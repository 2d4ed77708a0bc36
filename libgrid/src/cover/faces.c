/*
 * The residual of a parent is arranged; where its faces are covered too often, the edges that did
 * cancel are put back, so that every face has one set of units over it. The sets are
 * found by winding numbers beside one node and carried on from face to face.
 */
#include "cover/faces.h"

#include "base/base.h"
#include "cover/winding.h"

#include <math.h>
#include <string.h>

/* ---- faces ---------------------------------------------------------------------- */

bool faces_is_excess(const faces *r, uint32_t f) {
    return f != ARRANGE_OUTER && r->a->height[f] > (r->level->mode == REGION_ROOT ? 1 : 0);
}

bool faces_is_lack(const faces *r, uint32_t f) {
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

/* ---- putting edges back --------------------------------------------------------- */

static grid_status index_excess(faces *r, grid_error *err) {
    GRID_VEC(grid_box) boxes = {0};
    bool done = true;
    for (uint32_t f = 1; f < r->a->n_faces && done; f++)
        if (faces_is_excess(r, f))
            done = GRID_PUSH(&boxes, face_box(r->a, f));
    grid_status status = !done          ? grid_fail_nomem(err)
                         : boxes.n == 0 ? GRID_OK
                                        : grid_rtree_build(boxes.at, boxes.n, &r->excess, err);
    GRID_VEC_FREE(&boxes);
    return status;
}

static bool any_box(void *user, size_t i) {
    (void)i;
    *(bool *)user = true;
    return false;
}

static bool is_near_excess(const faces *r, const grid_box *box) {
    bool near = false;
    grid_rtree_find(r->excess, box, any_box, &near);
    return near;
}

typedef struct putter {
    faces *r;
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
    arrange_segment s = p->parent ? (arrange_segment){b, a, FACES_PARENT, 1}
                                  : (arrange_segment){a, b, p->feature, 1};
    return GRID_PUSH(&p->r->segment, s) && GRID_PUSH(&p->r->vertex, (uint32_t)vertex);
}

static bool put_feature_back(faces *r, const grid_shapes *shapes, uint32_t f, bool parent) {
    grid_box box = grid_shapes_box(shapes, f);
    putter p = {r, parent, f};
    return !is_near_excess(r, &box) || each_inward_edge(shapes, f, put_edge_back, &p);
}

static bool put_edges_back(faces *r) {
    const region_level *l = r->level;
    for (size_t i = l->child_of_start[r->group]; i < l->child_of_start[r->group + 1]; i++)
        if (!l->unusable[l->child_of[i]] &&
            !put_feature_back(r, l->children, l->child_of[i], false))
            return false;
    return l->parents == NULL || l->unusable_parent[r->group] ||
           put_feature_back(r, l->parents, r->group, true);
}

static grid_status arrange_all(faces *r, grid_error *err) {
    GRID_TRY(arrange_build(r->segment.at, r->segment.n, &r->a, err));
    GRID_TRY(index_excess(r, err));
    if (r->excess == NULL)
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

/* ---- who covers a face ---------------------------------------------------------- */

static grid_status index_children(faces *r, grid_error *err) {
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
    faces *r;
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
static bool cover_beside(faces *r, uint32_t h) {
    const arrangement *a = r->a;
    const region_level *l = r->level;
    cover_query c = {r, a->node[a->origin[h]], far_end(a, h), false};
    uint32_t f = a->face[h];
    r->set[f] = (uint32_t)r->coverers.n;
    const grid_box at = {c.v.x, c.v.y, c.v.x, c.v.y};
    grid_rtree_find(r->children, &at, visit_child, &c);
    /* The height tells the children's count less the parent's. */
    int parent = l->parents == NULL ? 1 : -a->height[f];
    for (size_t i = r->set[f]; i < r->coverers.n && l->parents != NULL; i++)
        parent += r->coverers.at[i].count;
    if (c.no_memory || (parent != 0 && !GRID_PUSH(&r->coverers, (coverer){FACES_PARENT, parent})))
        return false;
    r->set_n[f] = (uint32_t)r->coverers.n - r->set[f];
    qsort(r->coverers.at + r->set[f], r->set_n[f], sizeof *r->coverers.at, compare_coverers);
    r->labelled[f] = true;
    return true;
}

/* Adds `by` to the owner's count in the set that ends the list. */
static bool count_in(faces *r, uint32_t set, uint32_t owner, int32_t by) {
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

int faces_change(const faces *r, uint32_t h, uint32_t piece) {
    uint32_t owner = r->a->segment[r->a->piece[piece] >> 1].owner;
    bool along = ((r->a->piece[piece] ^ h) & 1) == 0;
    /* Left of a child's edge is its inside; the parent's edges are turned round. */
    return owner == FACES_CUT ? 0 : along == (owner == FACES_PARENT) ? 1 : -1;
}

/* The set over the face right of h, from that over its left. */
static bool carry_over(faces *r, uint32_t h) {
    const arrangement *a = r->a;
    uint32_t from = a->face[h], to = a->face[h ^ 1], e = h >> 1;
    uint32_t set = (uint32_t)r->coverers.n;
    if (!GRID_RESERVE(&r->coverers, r->set_n[from]))
        return false;
    memcpy(r->coverers.at + set, r->coverers.at + r->set[from],
           r->set_n[from] * sizeof *r->coverers.at);
    r->coverers.n += r->set_n[from];
    for (uint32_t i = a->piece_of[e]; i < a->piece_of[e + 1]; i++) {
        int change = faces_change(r, h, i);
        if (change != 0 && !count_in(r, set, a->segment[a->piece[i] >> 1].owner, change))
            return false;
    }
    r->set[to] = set;
    r->set_n[to] = (uint32_t)r->coverers.n - set;
    r->labelled[to] = true;
    return true;
}

typedef GRID_VEC(uint32_t) face_list;

/* A half-edge of the face that starts at an input node, or just any. */
static uint32_t firm_start(const arrangement *a, uint32_t f) {
    EACH_HALF_EDGE(a, f, h) {
        if (a->origin[h] < a->n_input_nodes)
            return h;
    }
    return a->cycle[a->cycle_of[f]];
}

/* The faces reached from `seed` through faces to be labelled. */
static bool flood(const faces *r, const bool *wanted, uint32_t seed, bool *reached,
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

static bool label_from(faces *r, uint32_t start, const bool *wanted, face_list *open) {
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

static bool label_patch(faces *r, const bool *wanted, const face_list *patch, face_list *open) {
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

static bool label_wanted(faces *r, const bool *wanted) {
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
static grid_status label_faces(faces *r, grid_error *err) {
    uint32_t n = r->a->n_faces;
    r->labelled = GRID_NEW(bool, n);
    r->set = GRID_NEW(uint32_t, n);
    r->set_n = GRID_NEW(uint32_t, n);
    bool *wanted = GRID_NEW(bool, n);
    bool done = r->labelled != NULL && r->set != NULL && r->set_n != NULL && wanted != NULL;
    grid_status status = !done                 ? grid_fail_nomem(err)
                         : r->children == NULL ? index_children(r, err)
                                               : GRID_OK;
    for (uint32_t f = 1; f < n && status == GRID_OK; f++)
        wanted[f] = faces_is_excess(r, f) || faces_is_lack(r, f);
    if (status == GRID_OK && !label_wanted(r, wanted))
        status = grid_fail_nomem(err);
    free(wanted);
    return status;
}

/* ---- all together --------------------------------------------------------------- */

double faces_perimeter(const faces *r, uint32_t f) {
    const arrangement *a = r->a;
    double sum = 0;
    EACH_HALF_EDGE(a, f, h) {
        grid_xy u = a->node[a->origin[h]], v = a->node[a->origin[h ^ 1]];
        if (a->face[h ^ 1] != f)
            sum += hypot(v.x - u.x, v.y - u.y);
    }
    return sum;
}

grid_status faces_build(faces *r, const region_level *level, uint32_t group,
                        const residual_edge *edges, size_t n, grid_error *err) {
    *r = (faces){.level = level, .group = group, .n_residual = n};
    if (!GRID_RESERVE(&r->segment, n) || !GRID_RESERVE(&r->vertex, n))
        return grid_fail_nomem(err);
    for (size_t i = 0; i < n; i++) {
        r->segment.at[r->segment.n++] = (arrange_segment){
            edges[i].a, edges[i].b, edges[i].parent ? FACES_PARENT : edges[i].feature, 1};
        r->vertex.at[r->vertex.n++] = edges[i].vertex;
    }
    GRID_TRY(arrange_all(r, err));
    return label_faces(r, err);
}

bool faces_add_cut(faces *r, grid_xy a, grid_xy b) {
    return GRID_PUSH(&r->cut, (arrange_segment){a, b, FACES_CUT, 0});
}

static void free_labels(faces *r) {
    free(r->labelled);
    free(r->set);
    free(r->set_n);
    r->labelled = NULL;
    r->set = r->set_n = NULL;
    r->coverers.n = 0;
}

grid_status faces_rebuild(faces *r, grid_error *err) {
    free_labels(r);
    arrange_free(r->a);
    r->a = NULL;
    for (size_t i = 0; i < r->cut.n; i++)
        if (!GRID_PUSH(&r->segment, r->cut.at[i]) || !GRID_PUSH(&r->vertex, GRID_NONE))
            return grid_fail_nomem(err);
    r->cut.n = 0;
    GRID_TRY(arrange_build(r->segment.at, r->segment.n, &r->a, err));
    return label_faces(r, err);
}

void faces_free(faces *r) {
    GRID_VEC_FREE(&r->segment);
    GRID_VEC_FREE(&r->vertex);
    GRID_VEC_FREE(&r->cut);
    free_labels(r);
    arrange_free(r->a);
    GRID_VEC_FREE(&r->coverers);
    grid_rtree_free(r->excess);
    grid_rtree_free(r->children);
}
