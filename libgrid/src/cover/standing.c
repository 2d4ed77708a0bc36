#include "cover/standing.h"

#include "base/vec.h"

#include <math.h>

static bool has_bit(const uint8_t *bits, size_t i) {
    return (bits[i / 8] >> i % 8 & 1) != 0;
}

static void set_bit(uint8_t *bits, size_t i) {
    bits[i / 8] |= (uint8_t)(1u << i % 8);
}

bool standing_open(standing_edges *e, const cancel_input *in) {
    bool done = true;
    *e = (standing_edges){.in = in};
    for (int parent = 0; parent < 2; parent++) {
        const grid_shapes *s = cancel_side(in, parent);
        size_t bytes = s != NULL ? s->n_xy / 8 + 1 : 1;
        e->stands[parent] = GRID_NEW(uint8_t, bytes);
        e->backwards[parent] = GRID_NEW(uint8_t, bytes);
        done = done && e->stands[parent] != NULL && e->backwards[parent] != NULL;
    }
    return done;
}

void standing_close(standing_edges *e) {
    for (int parent = 0; parent < 2; parent++) {
        free(e->stands[parent]);
        free(e->backwards[parent]);
    }
}

void standing_mark(standing_edges *e, bool parent, size_t vertex, bool backwards) {
    set_bit(e->stands[parent], vertex);
    if (backwards)
        set_bit(e->backwards[parent], vertex);
}

/* The first marked vertex from i on; `end` when there is none. */
static size_t next_standing(const uint8_t *bits, size_t i, size_t end) {
    while (i < end && !has_bit(bits, i))
        i += i % 8 == 0 && bits[i / 8] == 0 ? 8 : 1;
    return i < end ? i : end;
}

/* A feature's vertices. Features are numbered through: children, then parents. */
typedef struct vertex_range {
    const grid_shapes *shapes;
    size_t f, begin, end;
    bool parent;
} vertex_range;

static vertex_range range_of(const standing_edges *e, size_t feature) {
    size_t n_children = e->in->children->n;
    bool parent = feature >= n_children;
    const grid_shapes *s = cancel_side(e->in, parent);
    size_t f = parent ? feature - n_children : feature;
    return (vertex_range){s, f, s->xy_start[s->chain_start[s->part_start[f]]],
                          s->xy_start[s->chain_start[s->part_start[f + 1]]], parent};
}

/* start[g + 2] becomes how many edges stand in group g, then start[g + 1] where they begin. */
static void count_by_group(const standing_edges *e, size_t *start) {
    for (size_t feature = 0; feature < cancel_features(e->in); feature++) {
        vertex_range r = range_of(e, feature);
        const uint8_t *stands = e->stands[r.parent];
        for (size_t i = r.begin; (i = next_standing(stands, i, r.end)) < r.end; i++)
            start[cancel_group(e->in, r.f, r.parent) + 2]++;
    }
    for (size_t g = 0; g < e->in->n_groups; g++)
        start[g + 2] += start[g + 1];
}

/* Children in order, then parents: so are the edges of each group. */
static void list_by_group(const standing_edges *e, size_t *start, residual_edge *edge) {
    for (size_t feature = 0; feature < cancel_features(e->in); feature++) {
        vertex_range r = range_of(e, feature);
        const uint8_t *stands = e->stands[r.parent];
        for (size_t i = r.begin; (i = next_standing(stands, i, r.end)) < r.end; i++) {
            uint32_t group = cancel_group(e->in, r.f, r.parent);
            edge[start[group + 1]++] = (residual_edge){(uint32_t)i, (uint32_t)r.f, group, r.parent,
                                                       has_bit(e->backwards[r.parent], i)};
        }
    }
}

bool standing_list(const standing_edges *e, residual_edge *out) {
    size_t *start = GRID_NEW(size_t, e->in->n_groups + 2);
    if (start == NULL)
        return false;
    count_by_group(e, start);
    list_by_group(e, start, out);
    free(start);
    return true;
}

void residual_count(grid_seam *seam, const grid_shapes *parents, const grid_shapes *children,
                    const residual_edge *edges, size_t n) {
    for (size_t i = 0; i < n; i++) {
        grid_seam *s = &seam[edges[i].group];
        residual_ends ends = residual_ends_of(&edges[i], parents, children);
        s->n_residual_edges++;
        double x = ends.b.x - ends.a.x, y = ends.b.y - ends.a.y;
        s->residual_length += sqrt(x * x + y * y);
    }
}
