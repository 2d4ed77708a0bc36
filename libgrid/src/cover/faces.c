/*
 * The residual of a parent is arranged; where its faces are covered too often, the edges that did
 * cancel are put back, so that every face has one set of units over it.
 */
#include "cover/faces.h"

#include "base/base.h"
#include "cover/winding.h"

#include <math.h>

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
    arrange_cycle around = arrange_first_cycle(a, f);
    for (uint32_t k = around.begin; k < around.end; k++) {
        grid_xy p = a->node[a->origin[a->ring[k]]];
        grid_box_add(&box, p.x, p.y);
    }
    /* Crossings are rounded. */
    return (grid_box){nextafter(box.min_x, -INFINITY), nextafter(box.min_y, -INFINITY),
                      nextafter(box.max_x, INFINITY), nextafter(box.max_y, INFINITY)};
}

/* ---- putting edges back --------------------------------------------------------- */

/* A feature's vertices, or only those where an edge ends. */
static size_t count_vertices(const grid_shapes *s, uint32_t f, bool of_edges) {
    size_t first = s->chain_start[s->part_start[f]], end = s->chain_start[s->part_start[f + 1]];
    if (!of_edges)
        return s->xy_start[end] - s->xy_start[first];
    size_t n = 0;
    for (size_t c = first; c < end; c++)
        for (size_t i = s->xy_start[c] + 1; i < s->xy_start[c + 1]; i++)
            n += s->xy[i].x != s->xy[i - 1].x || s->xy[i].y != s->xy[i - 1].y;
    return n;
}

/* The same of the group's children and its parent. */
static size_t count_in_group(const faces *r, bool of_edges) {
    const region_level *l = r->level;
    size_t n = 0;
    for (size_t i = l->child_of_start[r->group]; i < l->child_of_start[r->group + 1]; i++)
        if (!l->unusable[l->child_of[i]])
            n += count_vertices(l->children, l->child_of[i], of_edges);
    if (l->parents != NULL && !l->unusable_parent[r->group])
        n += count_vertices(l->parents, r->group, of_edges);
    return n;
}

/* Whether none of the group's edges is missing. With far fewer than there are vertices, some are.
 */
static bool has_every_edge(const faces *r) {
    if (r->level->residual_complete)
        return true;
    return 2 * r->lines.tail.n >= count_in_group(r, false) &&
           r->lines.tail.n == count_in_group(r, true);
}

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

typedef struct edge_back {
    grid_xy a, b;
    arrange_label label;
    uint32_t vertex;
} edge_back;

typedef struct putter {
    const faces *r;
    bool parent;
    uint32_t feature;
    GRID_VEC(edge_back) edge;
} putter;

static bool is_marked(const uint8_t *marks, size_t vertex) {
    return (marks[vertex / 8] >> vertex % 8 & 1) != 0;
}

static bool take_edge(void *user, grid_xy a, grid_xy b, size_t vertex) {
    putter *p = user;
    const region_level *l = p->r->level;
    if (is_marked(p->parent ? l->residual_parent_mark : l->residual_mark, vertex))
        return true;
    grid_box box = grid_box_empty();
    grid_box_add(&box, a.x, a.y);
    grid_box_add(&box, b.x, b.y);
    if (!is_near_excess(p->r, &box))
        return true;
    const arrange_label label = {p->parent ? FACES_PARENT : p->feature, 1};
    return GRID_PUSH(&p->edge,
                     (edge_back){p->parent ? b : a, p->parent ? a : b, label, (uint32_t)vertex});
}

static bool seek_in_feature(putter *p, const grid_shapes *shapes, uint32_t f, bool parent,
                            const grid_box *box) {
    p->parent = parent;
    p->feature = f;
    return !is_near_excess(p->r, box) || each_inward_edge(shapes, f, take_edge, p);
}

static bool seek_edges(putter *p) {
    const faces *r = p->r;
    const region_level *l = r->level;
    const uint32_t *child = l->child_of + l->child_of_start[r->group];
    for (size_t i = 0; i < r->n_children; i++)
        if (!l->unusable[child[i]] &&
            !seek_in_feature(p, l->children, child[i], false, &r->child_box[i]))
            return false;
    if (l->parents == NULL || l->unusable_parent[r->group])
        return true;
    grid_box box = grid_shapes_box(l->parents, r->group);
    return seek_in_feature(p, l->parents, r->group, true, &box);
}

/* Arranges anew if there are any. */
static grid_status put_edges_back(faces *r, const putter *p, grid_error *err) {
    if (p->edge.n == 0)
        return GRID_OK;
    arrange_free(r->a);
    r->a = NULL;
    for (size_t i = 0; i < p->edge.n; i++) {
        const edge_back *e = &p->edge.at[i];
        if (!arrange_lines_add(&r->lines, e->a, e->b, e->label) ||
            !GRID_PUSH(&r->vertex, e->vertex))
            return grid_fail_nomem(err);
    }
    r->whole = has_every_edge(r);
    return arrange_build(&r->lines, &r->a, err);
}

static bool box_children(faces *r) {
    const region_level *l = r->level;
    const uint32_t *child = l->child_of + l->child_of_start[r->group];
    r->n_children = l->child_of_start[r->group + 1] - l->child_of_start[r->group];
    r->child_box = GRID_NEW(grid_box, r->n_children);
    for (size_t i = 0; r->child_box != NULL && i < r->n_children; i++)
        r->child_box[i] = l->unusable[child[i]] ? grid_box_empty()
                                                : grid_shapes_box(l->children, child[i]);
    return r->child_box != NULL;
}

/* Where none has cancelled, there is none to put back. */
static grid_status arrange_all(faces *r, grid_error *err) {
    r->whole = has_every_edge(r);
    GRID_TRY(arrange_build(&r->lines, &r->a, err));
    if (r->whole)
        return GRID_OK;
    if (!box_children(r))
        return grid_fail_nomem(err);
    GRID_TRY(index_excess(r, err));
    if (r->excess == NULL)
        return GRID_OK;
    putter p = {.r = r};
    grid_status status = seek_edges(&p) ? put_edges_back(r, &p, err) : grid_fail_nomem(err);
    GRID_VEC_FREE(&p.edge);
    return status;
}

/* ---- all together --------------------------------------------------------------- */

double faces_distance(const faces *r, grid_xy from, grid_xy to) {
    return region_length(r->level->aspect, from, to);
}

double faces_length(const faces *r, uint32_t h) {
    const arrangement *a = r->a;
    return faces_distance(r, a->node[a->origin[h]], a->node[a->origin[h ^ 1]]);
}

double faces_perimeter(const faces *r, uint32_t f) {
    double sum = 0;
    ARRANGE_EACH_HALF(r->a, f, h) {
        if (!arrange_is_bridge(r->a, h))
            sum += faces_length(r, h);
    }
    return sum;
}

grid_status faces_build(faces *r, const region_level *level, uint32_t group,
                        const residual_edge *edges, size_t n, grid_error *err) {
    *r = (faces){.level = level, .group = group, .residual = edges, .n_residual = n};
    if (!arrange_lines_reserve(&r->lines, n))
        return grid_fail_nomem(err);
    for (size_t i = 0; i < n; i++) {
        const residual_edge *e = &edges[i];
        residual_ends ends = residual_ends_of(e, level->parents, level->children);
        const arrange_label label = {e->parent ? FACES_PARENT : e->feature, 1};
        if (!arrange_lines_add(&r->lines, ends.a, ends.b, label))
            return grid_fail_nomem(err);
    }
    GRID_TRY(arrange_all(r, err));
    return faces_label(r, err);
}

bool faces_add_cut(faces *r, grid_xy a, grid_xy b) {
    return GRID_PUSH(&r->cut, (arrange_segment){a, b});
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
        if (!arrange_lines_add(&r->lines, r->cut.at[i].a, r->cut.at[i].b,
                               (arrange_label){FACES_CUT, 0}))
            return grid_fail_nomem(err);
    r->cut.n = 0;
    GRID_TRY(arrange_build(&r->lines, &r->a, err));
    return faces_label(r, err);
}

void faces_free(faces *r) {
    free_labels(r);
    arrange_free(r->a);
    arrange_lines_free(&r->lines);
    GRID_VEC_FREE(&r->vertex);
    GRID_VEC_FREE(&r->cut);
    GRID_VEC_FREE(&r->coverers);
    grid_rtree_free(r->excess);
    grid_rtree_free(r->children);
    free(r->child_box);
}
