/*
 * The areas of labels, read off the planar graph. A walk keeps its label on its left and turns
 * within one sector of it at every vertex, so areas that touch in a corner stay
 * apart; what comes back to a vertex is cut there, so every ring is simple. Faces joined through
 * edges make one part, which has exactly one outer ring.
 */
#include "cover/sweep.h"

#include "base/base.h"
#include "base/vec.h"

typedef struct loop {
    uint32_t label, part; /* part: the smallest face joined to the face on its left */
    bool hole;
    size_t begin, n; /* vertices in dissolver.path */
} loop;

typedef struct dissolver {
    const grid_plane *plane;
    const uint32_t *label;
    uint32_t *part_of; /* per face: union-find, roots are smallest faces */
    bool *done;        /* per half-edge */
    uint32_t *height;  /* per vertex: 1 + its place on the stack, 0 when not there */
    GRID_VEC(uint32_t) stack;
    GRID_VEC(uint32_t) path;
    GRID_VEC(loop) loops;
} dissolver;

static uint32_t find_part(uint32_t *part_of, uint32_t f) {
    while (part_of[f] != f)
        f = part_of[f] = part_of[part_of[f]];
    return f;
}

static void join_faces(dissolver *d) {
    const grid_plane *plane = d->plane;
    for (uint32_t f = 0; f < plane->n_faces; f++)
        d->part_of[f] = f;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t left = plane->face[2 * e], right = plane->face[2 * e + 1];
        if (d->label[left] != d->label[right])
            continue;
        left = find_part(d->part_of, left);
        right = find_part(d->part_of, right);
        if (left < right)
            d->part_of[right] = left;
        else
            d->part_of[left] = right;
    }
}

static uint32_t left_label(const dissolver *d, uint32_t half) {
    return d->label[d->plane->face[half]];
}

static bool is_border(const dissolver *d, uint32_t half) {
    return left_label(d, half) != GRID_NONE && left_label(d, half) != left_label(d, half ^ 1);
}

static uint32_t next_border(const dissolver *d, uint32_t half) {
    uint32_t h = d->plane->next[half];
    while (!is_border(d, h))
        h = d->plane->next[h ^ 1];
    return h;
}

static __int128 area2_of(const dissolver *d, const uint32_t *vertices, size_t n) {
    grid_ixy base = d->plane->vertex[vertices[0]];
    __int128 area2 = 0;
    for (size_t i = 1; i + 1 < n; i++) {
        grid_ixy p = d->plane->vertex[vertices[i]], q = d->plane->vertex[vertices[i + 1]];
        area2 += (__int128)(p.x - base.x) * (q.y - base.y) -
                 (__int128)(q.x - base.x) * (p.y - base.y);
    }
    return area2;
}

/* Keeps a simple closed walk, starting at its smallest vertex. */
static bool keep_loop(dissolver *d, uint32_t half, const uint32_t *vertices, size_t n) {
    size_t smallest = 0;
    for (size_t i = 1; i < n; i++)
        if (vertices[i] < vertices[smallest])
            smallest = i;
    loop l = {.label = left_label(d, half),
              .part = find_part(d->part_of, d->plane->face[half]),
              .hole = area2_of(d, vertices, n) < 0,
              .begin = d->path.n,
              .n = n};
    if (!GRID_RESERVE(&d->path, n) || !GRID_PUSH(&d->loops, l))
        return false;
    for (size_t i = 0; i < n; i++)
        d->path.at[d->path.n++] = vertices[(smallest + i) % n];
    return true;
}

static bool walk(dissolver *d, uint32_t start) {
    d->stack.n = 0;
    uint32_t h = start;
    do {
        uint32_t v = d->plane->origin[h];
        d->done[h] = true;
        if (d->height[v] != 0) { /* back at v: what lies above it on the stack is a loop */
            size_t begin = d->height[v] - 1;
            if (!keep_loop(d, start, d->stack.at + begin, d->stack.n - begin))
                return false;
            while (d->stack.n > begin)
                d->height[d->stack.at[--d->stack.n]] = 0;
        }
        if (!GRID_PUSH(&d->stack, v))
            return false;
        d->height[v] = (uint32_t)d->stack.n;
        h = next_border(d, h);
    } while (h != start);
    if (!keep_loop(d, start, d->stack.at, d->stack.n))
        return false;
    while (d->stack.n > 0)
        d->height[d->stack.at[--d->stack.n]] = 0;
    return true;
}

static bool walk_all(dissolver *d) {
    for (uint32_t e = 0; e < d->plane->n_edges; e++)
        for (uint32_t h = 2 * e; h <= 2 * e + 1; h++)
            if (!d->done[h] && is_border(d, h) && !walk(d, h))
                return false;
    return true;
}

/* By label, then part; in a part the outer ring, then holes by their smallest vertex. */
static int compare_loops(const void *a, const void *b, void *user) {
    const loop *l = a, *m = b;
    const uint32_t *path = user;
    if (l->label != m->label)
        return l->label < m->label ? -1 : 1;
    if (l->part != m->part)
        return l->part < m->part ? -1 : 1;
    if (l->hole != m->hole)
        return l->hole ? 1 : -1;
    for (size_t i = 0; i < 2; i++) /* holes may share their smallest vertex, not an edge */
        if (path[l->begin + i] != path[m->begin + i])
            return path[l->begin + i] < path[m->begin + i] ? -1 : 1;
    return 0;
}

static bool write_ring(const dissolver *d, const loop *l, grid_shapes *out) {
    if (!grid_shapes_begin_chain(out))
        return false;
    for (size_t i = 0; i <= l->n; i++) {
        grid_ixy v = d->plane->vertex[d->path.at[l->begin + i % l->n]];
        grid_xy p = grid_lattice_metres(v);
        if (!grid_shapes_add(out, p.x, p.y))
            return false;
    }
    return true;
}

static bool write_shapes(dissolver *d, uint32_t n_labels, grid_shapes *out) {
    if (d->loops.n > 0)
        qsort_r(d->loops.at, d->loops.n, sizeof *d->loops.at, compare_loops, d->path.at);
    size_t i = 0;
    for (uint32_t label = 0; label < n_labels; label++) {
        bool any = i < d->loops.n && d->loops.at[i].label == label;
        if (!grid_shapes_begin(out, any ? GRID_SHAPE_AREA : GRID_SHAPE_NONE))
            return false;
        for (; i < d->loops.n && d->loops.at[i].label == label; i++) {
            if (!d->loops.at[i].hole && !grid_shapes_begin_part(out))
                return false;
            if (!write_ring(d, &d->loops.at[i], out))
                return false;
        }
    }
    return true;
}

static grid_status check_labels(const grid_plane *plane, const uint32_t *label, uint32_t n_labels,
                                grid_error *err) {
    for (uint32_t f = 0; f < plane->n_faces; f++)
        if (label[f] != GRID_NONE && (f == 0 || label[f] >= n_labels))
            return grid_fail(err, GRID_E_ARG, "", "face %u cannot have the label %u", f, label[f]);
    return GRID_OK;
}

grid_status grid_plane_dissolve(const grid_plane *plane, const uint32_t *label, uint32_t n_labels,
                                grid_shapes **out, grid_error *err) {
    *out = NULL;
    GRID_TRY(check_labels(plane, label, n_labels, err));
    dissolver d = {.plane = plane, .label = label};
    d.part_of = GRID_NEW(uint32_t, plane->n_faces);
    d.done = GRID_NEW(bool, 2 * (size_t)plane->n_edges);
    d.height = GRID_NEW(uint32_t, plane->n_vertices);
    grid_shapes *shapes = grid_shapes_new();
    bool ok = d.part_of != NULL && d.done != NULL && d.height != NULL && shapes != NULL;
    if (ok) {
        join_faces(&d);
        ok = walk_all(&d) && write_shapes(&d, n_labels, shapes);
    }
    free(d.part_of);
    free(d.done);
    free(d.height);
    GRID_VEC_FREE(&d.stack);
    GRID_VEC_FREE(&d.path);
    GRID_VEC_FREE(&d.loops);
    if (!ok) {
        grid_shapes_free(shapes);
        return grid_fail_nomem(err);
    }
    *out = shapes;
    return GRID_OK;
}
