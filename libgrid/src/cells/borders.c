/*
 * Borders of units as lines. The half-edges between two units on the same thing are
 * sorted into groups; within a group they are followed from end to end.
 */
#include <grid/cells.h>

#include "base/base.h"
#include "base/vec.h"

#include <math.h>
#include <string.h>

/* A half-edge with the smaller label on its left. */
typedef struct piece {
    uint32_t left, right;
    uint32_t cls;
    const char *name;
    uint32_t origin, target;
    bool used, fed; /* fed: exactly one piece of the group ends where this one starts */
} piece;

typedef struct pieces {
    GRID_VEC(piece) list;
} pieces;

static int compare_keys(const piece *a, const piece *b) {
    const uint32_t x[] = {a->left, a->right, a->cls};
    const uint32_t y[] = {b->left, b->right, b->cls};
    for (int i = 0; i < 3; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* By group, then by where they start: vertices are numbered by place. */
static int compare_pieces(const void *a, const void *b) {
    const piece *x = a, *y = b;
    int order = compare_keys(x, y);
    if (order != 0)
        return order;
    if (x->origin != y->origin)
        return x->origin < y->origin ? -1 : 1;
    return (x->target > y->target) - (x->target < y->target);
}

static uint32_t label_of_half_edge(const grid_cells *cells, const uint32_t *label, uint32_t h) {
    uint32_t cell = cells->cell_of_face[cells->plane->face[h]];
    return cell == GRID_NONE ? GRID_NONE : label[cell];
}

static const char *name_of_edge(const grid_cells *cells, uint32_t edge) {
    uint32_t barrier = cells->edge_barrier[edge];
    const char *name = barrier == GRID_NONE ? NULL : cells->barrier_name[barrier];
    return name ? name : "";
}

static bool collect(const grid_cells *cells, const uint32_t *label, pieces *out) {
    const grid_plane *plane = cells->plane;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t left = label_of_half_edge(cells, label, 2 * e);
        uint32_t right = label_of_half_edge(cells, label, 2 * e + 1);
        if (left == right)
            continue;
        uint32_t h = left < right ? 2 * e : 2 * e + 1;
        piece p = {left < right ? left : right,
                   left < right ? right : left,
                   cells->edge_class[e],
                   name_of_edge(cells, e),
                   plane->origin[h],
                   plane->origin[h ^ 1],
                   false,
                   false};
        if (!GRID_PUSH(&out->list, p))
            return false;
    }
    qsort(out->list.at, out->list.n, sizeof *out->list.at, compare_pieces);
    return true;
}

/* The pieces of a group that start at `vertex`: first .. returned count. */
static size_t starting_at(const piece *group, size_t n, uint32_t vertex, size_t *first) {
    size_t low = 0, high = n;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (group[mid].origin < vertex)
            low = mid + 1;
        else
            high = mid;
    }
    *first = low;
    size_t count = 0;
    while (low + count < n && group[low + count].origin == vertex)
        count++;
    return count;
}

/* The one piece that goes on from `p`, or NULL at a junction, an end or where it was used. */
static piece *follow(piece *group, size_t n, const piece *p) {
    size_t first;
    if (starting_at(group, n, p->target, &first) != 1)
        return NULL;
    return group[first].used || !group[first].fed ? NULL : &group[first];
}

static void mark_fed(piece *group, size_t n) {
    uint8_t *seen = GRID_NEW(uint8_t, n);
    if (seen == NULL)
        return; /* every piece becomes a line of its own: correct, only longer */
    for (size_t i = 0; i < n; i++) {
        size_t first;
        if (starting_at(group, n, group[i].target, &first) == 1 && seen[first] < 2)
            seen[first]++;
    }
    for (size_t i = 0; i < n; i++)
        group[i].fed = seen[i] == 1;
    free(seen);
}

static bool add_vertex(grid_shapes *shapes, const grid_plane *plane, uint32_t v) {
    grid_xy at = grid_lattice_metres(plane->vertex[v]);
    return grid_shapes_add(shapes, at.x, at.y);
}

/* Reads the line off that begins with `p`. */
static bool trace(const grid_plane *plane, piece *group, size_t n, piece *p, grid_shapes *shapes,
                  double *length_m) {
    if (!grid_shapes_begin(shapes, GRID_SHAPE_LINE) || !grid_shapes_begin_part(shapes) ||
        !grid_shapes_begin_chain(shapes) || !add_vertex(shapes, plane, p->origin))
        return false;
    double length_mm = 0;
    for (; p != NULL; p = follow(group, n, p)) {
        p->used = true;
        grid_ixy a = plane->vertex[p->origin], b = plane->vertex[p->target];
        length_mm += hypot((double)(b.x - a.x), (double)(b.y - a.y));
        if (!add_vertex(shapes, plane, p->target))
            return false;
    }
    *length_m = length_mm / GRID_LATTICE_PER_M;
    return true;
}

static bool trace_group(const grid_plane *plane, piece *group, size_t n, grid_border_lines *out,
                        size_t *cap) {
    mark_fed(group, n);
    /* Open lines start where no single piece leads; what is left then are closed ones. */
    for (int closed = 0; closed < 2; closed++)
        for (size_t i = 0; i < n; i++) {
            piece *p = &group[i];
            if (p->used || (!closed && p->fed))
                continue;
            if (!grid_vec_reserve((void **)&out->line, out->n, cap, 1, sizeof *out->line))
                return false;
            grid_border_line *line = &out->line[out->n];
            *line = (grid_border_line){p->left, p->right, (uint8_t)p->cls, p->name, 0};
            if (!trace(plane, group, n, p, out->shapes, &line->length_m))
                return false;
            out->n++;
        }
    return true;
}

grid_status grid_borders_build(const grid_cells *cells, const uint32_t *label,
                               grid_border_lines **out, grid_error *err) {
    *out = NULL;
    pieces p = {0};
    size_t cap = 0;
    grid_border_lines *lines = GRID_NEW(grid_border_lines, 1);
    bool ok = lines != NULL && (lines->shapes = grid_shapes_new()) != NULL &&
              collect(cells, label, &p);
    for (size_t i = 0, end; ok && i < p.list.n; i = end) {
        for (end = i + 1; end < p.list.n && compare_keys(&p.list.at[i], &p.list.at[end]) == 0;)
            end++;
        ok = trace_group(cells->plane, p.list.at + i, end - i, lines, &cap);
    }
    GRID_VEC_FREE(&p.list);
    if (!ok) {
        grid_border_lines_free(lines);
        return grid_fail_nomem(err);
    }
    *out = lines;
    return GRID_OK;
}

void grid_border_lines_free(grid_border_lines *lines) {
    if (lines == NULL)
        return;
    free(lines->line);
    grid_shapes_free(lines->shapes);
    free(lines);
}
