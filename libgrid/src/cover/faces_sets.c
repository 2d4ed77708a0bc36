/*
 * Which units are over each face that has too many or too few: carried over from face to face, from
 * outside where every edge is there, else from a place in each patch of such faces.
 */
#include "cover/faces.h"

#include "base/base.h"
#include "cover/winding.h"

#include <math.h>
#include <string.h>

/* Where half-edge h starts, exactly. Through a crossing pass at least two segments, of which h's is
 * one, or runs along it. */
static winding_place start_of(const arrangement *a, uint32_t h) {
    uint32_t v = a->origin[h];
    arrange_way w = arrange_way_of(a, h);
    if (v < a->n_input_nodes)
        return (winding_place){.from = a->node[v], .to = w.to};
    arrange_crossing c = a->crossing[v - a->n_input_nodes];
    arrange_segment i = arrange_segment_of(a, c.i);
    bool crosses = grid_orient(i.a, i.b, w.from) * grid_orient(i.a, i.b, w.to) < 0;
    return (winding_place){w.from, w.to, true, crosses ? i : arrange_segment_of(a, c.j)};
}

typedef struct cover_query {
    faces *r;
    winding_place place;
    bool no_memory;
} cover_query;

static bool visit_child(void *user, size_t i) {
    cover_query *c = user;
    const region_level *l = c->r->level;
    uint32_t f = l->child_of[l->child_of_start[c->r->group] + i];
    int winding = winding_beside(l->children, f, &c->place);
    if (winding != 0 && !GRID_PUSH(&c->r->coverers, (coverer){f, winding}))
        c->no_memory = true;
    return !c->no_memory;
}

static int compare_coverers(const void *a, const void *b) {
    const coverer *x = a, *y = b;
    return x->owner < y->owner ? -1 : x->owner > y->owner;
}

/* Crossings are rounded. */
static grid_box box_around(grid_xy p) {
    return (grid_box){nextafter(p.x, -INFINITY), nextafter(p.y, -INFINITY),
                      nextafter(p.x, INFINITY), nextafter(p.y, INFINITY)};
}

/* The set of the face left of h. */
static bool cover_beside(faces *r, uint32_t h) {
    const arrangement *a = r->a;
    const region_level *l = r->level;
    cover_query c = {r, start_of(a, h), false};
    uint32_t f = arrange_face(a, h);
    r->set[f] = (uint32_t)r->coverers.n;
    const grid_box at = box_around(a->node[a->origin[h]]);
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

/* Adds `by` to an owner's count in a set with room for one more; returns its new size. */
static uint32_t count_in(coverer *set, uint32_t n, uint32_t owner, int32_t by) {
    uint32_t i = n;
    while (i > 0 && set[i - 1].owner > owner)
        i--;
    if (i > 0 && set[i - 1].owner == owner) {
        set[i - 1].count += by;
        if (set[i - 1].count != 0)
            return n;
        for (; i < n; i++)
            set[i - 1] = set[i];
        return n - 1;
    }
    for (uint32_t k = n; k > i; k--)
        set[k] = set[k - 1];
    set[i] = (coverer){owner, by};
    return n + 1;
}

int faces_change(const faces *r, uint32_t h, uint32_t piece) {
    uint32_t owner = r->a->label[r->a->piece[piece] >> 1].owner;
    bool along = ((r->a->piece[piece] ^ h) & 1) == 0;
    /* Left of a child's edge is its inside; the parent's edges are turned round. */
    return owner == FACES_CUT ? 0 : along == (owner == FACES_PARENT) ? 1 : -1;
}

/* The set over the face right of h, from that over its left. */
static bool carry_over(faces *r, uint32_t h) {
    const arrangement *a = r->a;
    uint32_t from = arrange_face(a, h), to = arrange_face(a, h ^ 1), e = h >> 1, n = r->set_n[from];
    if (!GRID_RESERVE(&r->coverers, n + (arrange_piece_of(a, e + 1) - arrange_piece_of(a, e))))
        return false;
    coverer *set = r->coverers.at + r->coverers.n;
    const coverer *before = r->coverers.at + r->set[from];
    for (uint32_t i = 0; i < n; i++)
        set[i] = before[i];
    for (uint32_t i = arrange_piece_of(a, e); i < arrange_piece_of(a, e + 1); i++) {
        int change = faces_change(r, h, i);
        if (change != 0)
            n = count_in(set, n, a->label[a->piece[i] >> 1].owner, change);
    }
    r->set[to] = (uint32_t)r->coverers.n;
    r->set_n[to] = n;
    r->coverers.n += n;
    r->labelled[to] = true;
    return true;
}

typedef GRID_VEC(uint32_t) face_list;

/* The faces reached from `seed` through faces to be labelled. */
static bool flood(const faces *r, const bool *wanted, uint32_t seed, bool *reached,
                  face_list *list) {
    list->n = 0;
    reached[seed] = true;
    if (!GRID_PUSH(list, seed))
        return false;
    for (size_t k = 0; k < list->n; k++) {
        uint32_t f = list->at[k];
        ARRANGE_EACH_HALF(r->a, f, h) {
            uint32_t g = arrange_face(r->a, h ^ 1);
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
    if (!cover_beside(r, start) || !GRID_PUSH(open, arrange_face(r->a, start)))
        return false;
    while (open->n > 0) {
        uint32_t f = open->at[--open->n];
        ARRANGE_EACH_HALF(r->a, f, h) {
            uint32_t g = arrange_face(r->a, h ^ 1);
            if (!wanted[g] || r->labelled[g])
                continue;
            if (!carry_over(r, h) || !GRID_PUSH(open, g))
                return false;
        }
    }
    return true;
}

/* From an input node if there is one: that is the quickest. */
static uint32_t start_of_patch(const arrangement *a, const face_list *patch) {
    for (size_t i = 0; i < patch->n; i++)
        ARRANGE_EACH_HALF(a, patch->at[i], h) {
            if (a->origin[h] < a->n_input_nodes)
                return h;
        }
    return arrange_first_half(a, patch->at[0]);
}

/* With every edge of the group in the arrangement, all sets follow from that over the outer face:
 * nothing, but that what has no parent counts as covered by it. */
static bool spread_sets(faces *r, bool *known) {
    const arrangement *a = r->a;
    face_list open = {0};
    known[ARRANGE_OUTER] = true;
    bool done = GRID_RESERVE(&r->coverers, 2 * (size_t)a->n_faces) &&
                GRID_PUSH(&open, ARRANGE_OUTER);
    if (done && r->level->parents == NULL) {
        done = GRID_PUSH(&r->coverers, (coverer){FACES_PARENT, 1});
        r->set_n[ARRANGE_OUTER] = 1;
    }
    while (open.n > 0 && done) {
        uint32_t f = open.at[--open.n];
        ARRANGE_EACH_HALF(a, f, h) {
            uint32_t g = arrange_face(a, h ^ 1);
            if (known[g])
                continue;
            known[g] = true;
            if (!carry_over(r, h) || !GRID_PUSH(&open, g)) {
                done = false;
                break;
            }
        }
    }
    GRID_VEC_FREE(&open);
    return done;
}

/* Whether the group's units and its parent are over every place once or not at all. */
static bool is_simple(const faces *r) {
    const region_level *l = r->level;
    bool simple = l->parents == NULL || l->simple_parent[r->group];
    for (size_t i = l->child_of_start[r->group]; i < l->child_of_start[r->group + 1] && simple; i++)
        simple = l->simple[l->child_of[i]];
    return simple;
}

/* Puts an owner into a set with room for one more; returns its new size. */
static uint32_t include(coverer *set, uint32_t n, uint32_t owner) {
    uint32_t i = n;
    while (i > 0 && set[i - 1].owner > owner)
        i--;
    if (i > 0 && set[i - 1].owner == owner)
        return n;
    for (uint32_t k = n; k > i; k--)
        set[k] = set[k - 1];
    set[i] = (coverer){owner, 1};
    return n + 1;
}

/* The set over a face from the edges around it. They show all of it if it makes the face's height,
 * with the parent where no edge tells of that. */
static bool label_by_edges(faces *r, uint32_t f) {
    const arrangement *a = r->a;
    bool parent = true;
    uint32_t n = 0;
    ARRANGE_EACH_HALF(a, f, h) {
        uint32_t first = arrange_piece_of(a, h >> 1), end = arrange_piece_of(a, (h >> 1) + 1);
        if (!GRID_RESERVE(&r->coverers, n + (end - first) + 1))
            return false;
        for (uint32_t i = first; i < end; i++) {
            uint32_t owner = a->label[a->piece[i] >> 1].owner;
            bool covers = faces_change(r, h, i) < 0;
            if (owner == FACES_PARENT)
                parent = covers;
            else if (covers)
                n = include(r->coverers.at + r->coverers.n, n, owner);
        }
    }
    if ((int32_t)n != a->height[f] + (r->level->parents != NULL && parent))
        return true;
    if (parent)
        r->coverers.at[r->coverers.n + n++] = (coverer){FACES_PARENT, 1};
    r->set[f] = (uint32_t)r->coverers.n;
    r->set_n[f] = n;
    r->coverers.n += n;
    r->labelled[f] = true;
    return true;
}

/* From a neighbour's set, if there is one. */
static bool label_by_neighbour(faces *r, uint32_t f) {
    ARRANGE_EACH_HALF(r->a, f, h) {
        if (r->labelled[arrange_face(r->a, h ^ 1)])
            return carry_over(r, h ^ 1);
    }
    return true;
}

/* Face by face, where every edge of the group is in the arrangement; *all becomes false when that
 * does not find all. */
static bool label_locally(faces *r, const bool *wanted, bool *all) {
    uint32_t n = r->a->n_faces;
    *all = true;
    for (uint32_t f = 1; f < n; f++)
        if (wanted[f] && !label_by_edges(r, f))
            return false;
    for (uint32_t f = 1; f < n; f++) {
        if (!wanted[f] || r->labelled[f])
            continue;
        if (!label_by_neighbour(r, f))
            return false;
        *all &= r->labelled[f];
    }
    return true;
}

static bool label_wanted(faces *r, const bool *wanted) {
    bool *reached = GRID_NEW(bool, r->a->n_faces);
    face_list patch = {0}, open = {0};
    bool done = reached != NULL;
    for (uint32_t f = 1; f < r->a->n_faces && done; f++)
        if (wanted[f] && !reached[f])
            done = flood(r, wanted, f, reached, &patch) &&
                   label_from(r, start_of_patch(r->a, &patch), wanted, &open);
    free(reached);
    GRID_VEC_FREE(&patch);
    GRID_VEC_FREE(&open);
    return done;
}

/* Of simple areas, faces show their sets themselves; mostly that is enough. */
static bool label_whole(faces *r, const bool *wanted) {
    bool all = false;
    if (is_simple(r) && !label_locally(r, wanted, &all))
        return false;
    if (all)
        return true;
    r->coverers.n = 0;
    memset(r->labelled, 0, r->a->n_faces * sizeof *r->labelled);
    if (!spread_sets(r, r->labelled))
        return false;
    memcpy(r->labelled, wanted, r->a->n_faces * sizeof *wanted);
    return true;
}

static grid_status find_sets(faces *r, bool *wanted, grid_error *err) {
    for (uint32_t f = 1; f < r->a->n_faces; f++)
        wanted[f] = faces_is_excess(r, f) || faces_is_lack(r, f);
    if (r->whole)
        return label_whole(r, wanted) ? GRID_OK : grid_fail_nomem(err);
    if (r->children == NULL)
        GRID_TRY(grid_rtree_build(r->child_box, r->n_children, &r->children, err));
    return label_wanted(r, wanted) ? GRID_OK : grid_fail_nomem(err);
}

/* Faces with too much or too little over them. */
grid_status faces_label(faces *r, grid_error *err) {
    uint32_t n = r->a->n_faces;
    r->labelled = GRID_NEW(bool, n);
    r->set = GRID_NEW(uint32_t, n);
    r->set_n = GRID_NEW(uint32_t, n);
    bool *wanted = GRID_NEW(bool, n);
    bool done = r->labelled != NULL && r->set != NULL && r->set_n != NULL && wanted != NULL;
    grid_status status = done ? find_sets(r, wanted, err) : grid_fail_nomem(err);
    free(wanted);
    return status;
}
