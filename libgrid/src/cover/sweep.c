/*
 * The sweep's status - the edges that cross the sweep line, from south to north - is a
 * treap whose nodes are the edges themselves and whose priorities are a hash of their
 * numbers. The sweep line leans a little to the right, so that points of equal x come in the
 * order of their y and upright edges need no special case.
 *
 * Source: M. I. Shamos, D. Hoey, "Geometric intersection problems", FOCS 1976; R. Seidel,
 * C. R. Aragon, "Randomized search trees", Algorithmica 16 (1996).
 */
#include "cover/sweep.h"

#include "base/base.h"
#include "base/vec.h"

typedef struct sweep {
    const grid_plane *plane;
    uint32_t root;
    uint32_t *left, *right; /* per edge */
    uint32_t *ending;       /* edges by their larger vertex */
    uint32_t *ending_start; /* per vertex, + 1 */
} sweep;

static uint32_t priority(uint32_t edge) {
    uint64_t h = (edge + 1) * UINT64_C(0x9e3779b97f4a7c15);
    return (uint32_t)(h >> 32) ^ (uint32_t)h;
}

static grid_ixy first(const sweep *s, uint32_t edge) {
    return s->plane->vertex[s->plane->origin[2 * edge]];
}

static grid_ixy last(const sweep *s, uint32_t edge) {
    return s->plane->vertex[s->plane->origin[2 * edge + 1]];
}

/* 1 when the point is north of the edge, -1 south, 0 on its line. */
static int side(const sweep *s, uint32_t edge, grid_ixy p) {
    return grid_lattice_orient(first(s, edge), last(s, edge), p);
}

/* The tree as the edges below `edge` and those above it. */
static void split(sweep *s, uint32_t tree, uint32_t edge, uint32_t *low, uint32_t *high) {
    if (tree == GRID_NONE) {
        *low = *high = GRID_NONE;
        return;
    }
    int where = side(s, tree, first(s, edge));
    if (where == 0)
        where = side(s, tree, last(s, edge));
    if (where > 0) {
        *low = tree;
        split(s, s->right[tree], edge, &s->right[tree], high);
    } else {
        *high = tree;
        split(s, s->left[tree], edge, low, &s->left[tree]);
    }
}

static uint32_t merge(sweep *s, uint32_t low, uint32_t high) {
    if (low == GRID_NONE)
        return high;
    if (high == GRID_NONE)
        return low;
    if (priority(low) > priority(high)) {
        s->right[low] = merge(s, s->right[low], high);
        return low;
    }
    s->left[high] = merge(s, low, s->left[high]);
    return high;
}

static void insert(sweep *s, uint32_t edge) {
    uint32_t *at = &s->root;
    while (*at != GRID_NONE && priority(*at) >= priority(edge)) {
        int where = side(s, *at, first(s, edge));
        if (where == 0)
            where = side(s, *at, last(s, edge));
        at = where > 0 ? &s->right[*at] : &s->left[*at];
    }
    uint32_t low, high;
    split(s, *at, edge, &low, &high);
    s->left[edge] = low;
    s->right[edge] = high;
    *at = edge;
}

/* False when the edge is not where it must be: something crosses it. */
static bool take_out(sweep *s, uint32_t edge) {
    uint32_t *at = &s->root;
    while (*at != edge) {
        if (*at == GRID_NONE)
            return false;
        int where = side(s, *at, last(s, edge));
        if (where == 0)
            where = side(s, *at, first(s, edge));
        at = where > 0 ? &s->right[*at] : &s->left[*at];
    }
    *at = merge(s, s->left[edge], s->right[edge]);
    return true;
}

static uint32_t find_below(const sweep *s, grid_ixy p) {
    uint32_t below = GRID_NONE;
    for (uint32_t at = s->root; at != GRID_NONE;) {
        if (side(s, at, p) >= 0) {
            below = at;
            at = s->right[at];
        } else {
            at = s->left[at];
        }
    }
    return below;
}

static bool set_up(sweep *s) {
    const grid_plane *plane = s->plane;
    s->left = GRID_NEW(uint32_t, plane->n_edges);
    s->right = GRID_NEW(uint32_t, plane->n_edges);
    s->ending = GRID_NEW(uint32_t, plane->n_edges);
    s->ending_start = GRID_NEW(uint32_t, (size_t)plane->n_vertices + 2);
    if (s->left == NULL || s->right == NULL || s->ending == NULL || s->ending_start == NULL)
        return false;
    uint32_t *start = s->ending_start + 1; /* filled one place ahead, then moved */
    for (uint32_t e = 0; e < plane->n_edges; e++)
        start[plane->origin[2 * e + 1] + 1]++;
    for (uint32_t v = 0; v < plane->n_vertices; v++)
        start[v + 1] += start[v];
    for (uint32_t e = 0; e < plane->n_edges; e++)
        s->ending[start[plane->origin[2 * e + 1]]++] = e;
    return true;
}

static bool run(sweep *s, const grid_ixy *points, size_t n, uint32_t *below) {
    const grid_plane *plane = s->plane;
    size_t q = 0;
    for (uint32_t v = 0, e = 0; v < plane->n_vertices && q < n; v++) {
        for (; q < n && grid_ixy_compare(points[q], plane->vertex[v]) < 0; q++)
            below[q] = find_below(s, points[q]);
        for (uint32_t i = s->ending_start[v]; i < s->ending_start[v + 1]; i++)
            if (!take_out(s, s->ending[i]))
                return false;
        for (; q < n && grid_ixy_compare(points[q], plane->vertex[v]) == 0; q++)
            below[q] = find_below(s, points[q]);
        for (; e < plane->n_edges && plane->origin[2 * e] == v; e++)
            insert(s, e);
    }
    for (; q < n; q++)
        below[q] = find_below(s, points[q]);
    return true;
}

grid_status grid_sweep_below(const grid_plane *plane, const grid_ixy *points, size_t n,
                             uint32_t *below, grid_error *err) {
    sweep s = {.plane = plane, .root = GRID_NONE};
    grid_status status = GRID_OK;
    if (!set_up(&s))
        status = grid_fail_nomem(err);
    else if (!run(&s, points, n, below))
        status = grid_fail(err, GRID_E_ARG, "",
                           "the segments of a plane cross: they are not noded");
    free(s.left);
    free(s.right);
    free(s.ending);
    free(s.ending_start);
    return status;
}
