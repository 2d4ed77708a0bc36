/*
 * Lines of all layers, snapped to the lattice and noded once.
 */
#include "cells/cells.h"

#include "base/base.h"

#include <math.h>

/* ---- an order of features that rows cannot change ------------------------------------- */

static int compare_features(const void *a, const void *b, void *user) {
    const grid_shapes *s = user;
    uint32_t f = *(const uint32_t *)a, g = *(const uint32_t *)b;
    size_t f_begin = s->xy_start[s->chain_start[s->part_start[f]]];
    size_t g_begin = s->xy_start[s->chain_start[s->part_start[g]]];
    size_t f_n = s->xy_start[s->chain_start[s->part_start[f + 1]]] - f_begin;
    size_t g_n = s->xy_start[s->chain_start[s->part_start[g + 1]]] - g_begin;
    for (size_t i = 0; i < f_n && i < g_n; i++) {
        grid_xy p = s->xy[f_begin + i], q = s->xy[g_begin + i];
        if (p.x != q.x)
            return p.x < q.x ? -1 : 1;
        if (p.y != q.y)
            return p.y < q.y ? -1 : 1;
    }
    if (f_n != g_n)
        return f_n < g_n ? -1 : 1;
    return f < g ? -1 : f > g;
}

static bool rank_features(source_layer *layer) {
    size_t n = layer->shapes == NULL ? 0 : layer->shapes->n;
    uint32_t *order = GRID_NEW(uint32_t, n);
    layer->rank = GRID_NEW(uint32_t, n);
    if (order != NULL && layer->rank != NULL) {
        for (size_t f = 0; f < n; f++)
            order[f] = (uint32_t)f;
        qsort_r(order, n, sizeof *order, compare_features, (void *)(uintptr_t)layer->shapes);
        for (size_t i = 0; i < n; i++)
            layer->rank[order[i]] = (uint32_t)i;
    }
    bool ok = order != NULL && layer->rank != NULL;
    free(order);
    return ok;
}

/* ---- layers to segments --------------------------------------------------------------- */

static bool on_the_map(grid_xy p) {
    const double limit = 1e9; /* metres; keeps products of lattice coordinates in 128 bits */
    return fabs(p.x) < limit && fabs(p.y) < limit;
}

static grid_status add_chain(const grid_xy *xy, size_t n, bool closed, bool reverse,
                             uint32_t source, line_list *out, grid_error *err) {
    if (n == 0)
        return GRID_OK;
    for (size_t i = 0; i < n; i++)
        if (!on_the_map(xy[i]))
            return grid_fail(err, GRID_E_INPUT, "", "the coordinate (%g, %g) is not on any map",
                             xy[i].x, xy[i].y);
    if (!GRID_RESERVE(out, n))
        return grid_fail_nomem(err);
    for (size_t i = 0; i + (closed ? 0 : 1) < n; i++) {
        grid_ixy p = grid_lattice_snap(xy[i]), q = grid_lattice_snap(xy[(i + 1) % n]);
        if (p.x != q.x || p.y != q.y)
            out->at[out->n++] = reverse ? (grid_segment){q, p, source}
                                        : (grid_segment){p, q, source};
    }
    return GRID_OK;
}

/* Outer rings run counter-clockwise, holes clockwise. */
static grid_status add_feature(const grid_shapes *s, size_t f, uint32_t source, line_list *out,
                               grid_error *err) {
    if (s->kind[f] != GRID_SHAPE_LINE && s->kind[f] != GRID_SHAPE_AREA)
        return GRID_OK;
    bool area = s->kind[f] == GRID_SHAPE_AREA;
    for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++)
        for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++) {
            const grid_xy *xy = s->xy + s->xy_start[c];
            size_t n = s->xy_start[c + 1] - s->xy_start[c];
            bool hole = c > s->chain_start[p];
            bool reverse = area && (grid_ring_area2(xy, n) < 0) != hole;
            GRID_TRY(add_chain(xy, n, area, reverse, 2 * source, out, err));
        }
    return GRID_OK;
}

static const grid_shapes *shapes_of(const grid_cells_input *in, size_t layer) {
    switch (layer) {
    case LAYER_STREET:
        return in->street;
    case LAYER_COMMUNITY:
        return in->community;
    case LAYER_COMPOUND:
        return in->compound;
    case LAYER_EXTENDED:
        return in->extended;
    case LAYER_HOUSEHOLD:
        return in->household;
    case LAYER_BRIDGE:
        return in->bridge;
    default:
        return in->barriers[layer - LAYER_BARRIER].shapes;
    }
}

static grid_status collect_lines(arrangement *a, line_list *out, grid_error *err) {
    uint64_t source = 0;
    for (size_t l = 0; l < a->n_layers; l++) {
        source_layer *layer = &a->layer[l];
        layer->shapes = shapes_of(a->input, l);
        layer->first = (uint32_t)source;
        if (!rank_features(layer))
            return grid_fail_nomem(err);
        if (layer->shapes == NULL)
            continue;
        if (source + layer->shapes->n >= SOURCE_CUT)
            return grid_fail(err, GRID_E_INPUT, "", "too many features for one street");
        for (size_t f = 0; f < layer->shapes->n; f++)
            GRID_TRY(add_feature(layer->shapes, f, (uint32_t)(source + f), out, err));
        source += layer->shapes->n;
    }
    return GRID_OK;
}

/* ---- pieces and edges ----------------------------------------------------------------- */

static int compare_points(grid_ixy p, grid_ixy q) {
    return p.x != q.x ? (p.x < q.x ? -1 : 1) : (p.y > q.y) - (p.y < q.y);
}

static int compare_pieces(const void *a, const void *b) {
    const grid_segment *s = a, *t = b;
    int order = compare_points(s->a, t->a);
    if (order == 0)
        order = compare_points(s->b, t->b);
    return order != 0 ? order : (s->source > t->source) - (s->source < t->source);
}

static void order_pieces(arrangement *a) {
    for (size_t i = 0; i < a->n_pieces; i++) {
        grid_segment *s = &a->piece[i];
        if (compare_points(s->a, s->b) > 0)
            *s = (grid_segment){s->b, s->a, s->source ^ 1};
    }
    qsort(a->piece, a->n_pieces, sizeof *a->piece, compare_pieces);
}

/* Edges and pieces have the same order; equal pieces are one edge. */
static bool index_pieces(arrangement *a) {
    a->edge_piece = GRID_NEW(size_t, (size_t)a->plane->n_edges + 1);
    if (a->edge_piece == NULL)
        return false;
    size_t e = 0;
    for (size_t i = 0; i < a->n_pieces; i++)
        if (i == 0 || compare_points(a->piece[i].a, a->piece[i - 1].a) != 0 ||
            compare_points(a->piece[i].b, a->piece[i - 1].b) != 0)
            a->edge_piece[e++] = i;
    a->edge_piece[e] = a->n_pieces;
    return true;
}

static bool index_faces(arrangement *a) {
    const grid_plane *plane = a->plane;
    size_t n = 2 * (size_t)plane->n_edges;
    a->face_start = GRID_NEW(size_t, (size_t)plane->n_faces + 2);
    a->face_half = GRID_NEW(uint32_t, n);
    if (a->face_start == NULL || a->face_half == NULL)
        return false;
    size_t *start = a->face_start + 1; /* filled one place ahead, then moved */
    for (size_t h = 0; h < n; h++)
        start[plane->face[h] + 1]++;
    for (uint32_t f = 0; f < plane->n_faces; f++)
        start[f + 1] += start[f];
    for (size_t h = 0; h < n; h++)
        a->face_half[start[plane->face[h]]++] = (uint32_t)h;
    return true;
}

/* Nodes the lines and builds what is derived from them. */
static grid_status node_lines(arrangement *a, const grid_segment *lines, size_t n,
                              grid_error *err) {
    GRID_TRY(grid_segments_node(lines, n, a->ctx, &a->piece, &a->n_pieces, err));
    order_pieces(a);
    GRID_TRY(grid_plane_build(a->piece, a->n_pieces, &a->plane, err));
    return index_pieces(a) && index_faces(a) ? GRID_OK : grid_fail_nomem(err);
}

static void free_lines(arrangement *a) {
    free(a->piece);
    grid_plane_free(a->plane);
    free(a->edge_piece);
    free(a->face_start);
    free(a->face_half);
    a->piece = NULL;
    a->plane = NULL;
    a->edge_piece = a->face_start = NULL;
    a->face_half = NULL;
}

grid_status arrangement_build(const grid_cells_input *input, const grid_context *ctx,
                              arrangement *out, grid_error *err) {
    *out = (arrangement){.input = input, .ctx = ctx, .n_layers = LAYER_BARRIER + input->n_barriers};
    out->layer = GRID_NEW(source_layer, out->n_layers);
    if (out->layer == NULL || !names_collect(input, &out->names))
        return grid_fail_nomem(err);
    line_list lines = {0};
    grid_status status = collect_lines(out, &lines, err);
    if (status == GRID_OK)
        status = lines_extend(out, &lines, err);
    if (status == GRID_OK)
        status = node_lines(out, lines.at, lines.n, err);
    GRID_VEC_FREE(&lines);
    return status;
}

grid_status arrangement_refine(arrangement *a, grid_segment *lines, size_t n, grid_error *err) {
    line_list all = {.at = a->piece, .n = a->n_pieces, .cap = a->n_pieces};
    a->piece = NULL;
    free_lines(a);
    grid_status status = GRID_OK;
    if (!GRID_RESERVE(&all, n))
        status = grid_fail_nomem(err);
    for (size_t i = 0; status == GRID_OK && i < n; i++)
        all.at[all.n++] = (grid_segment){lines[i].a, lines[i].b,
                                         2 * (SOURCE_CUT + lines[i].source)};
    if (status == GRID_OK)
        status = node_lines(a, all.at, all.n, err);
    GRID_VEC_FREE(&all);
    return status;
}

void arrangement_free(arrangement *a) {
    for (size_t l = 0; a->layer != NULL && l < a->n_layers; l++)
        free(a->layer[l].rank);
    free(a->layer);
    free(a->names.name);
    free_lines(a);
    *a = (arrangement){0};
}

static size_t source_layer_of(const arrangement *a, uint32_t source, uint32_t *feature) {
    size_t l = a->n_layers - 1;
    while (a->layer[l].shapes == NULL || a->layer[l].first > source)
        l--;
    *feature = source - a->layer[l].first;
    return l;
}

size_t piece_layer(const arrangement *a, size_t piece, uint32_t *feature) {
    uint32_t source = a->piece[piece].source / 2;
    *feature = 0;
    return source >= SOURCE_CUT ? a->n_layers : source_layer_of(a, source, feature);
}

size_t piece_barrier(const arrangement *a, size_t piece, uint32_t *feature) {
    uint32_t source = a->piece[piece].source / 2;
    if (source == SOURCE_CUT || source == SOURCE_CUT + 1)
        return 0;
    if (source > SOURCE_CUT)
        source -= SOURCE_CUT + 2;
    size_t l = source_layer_of(a, source, feature);
    return l >= LAYER_BARRIER ? l : 0;
}

bool edge_is_barrier(const arrangement *a, uint32_t edge) {
    uint32_t feature;
    for (size_t i = a->edge_piece[edge]; i < a->edge_piece[edge + 1]; i++) {
        size_t l = piece_layer(a, i, &feature);
        if (l >= LAYER_BARRIER && l < a->n_layers)
            return true;
    }
    return false;
}

bool edge_is_cut(const arrangement *a, uint32_t edge) {
    return a->piece[a->edge_piece[edge + 1] - 1].source / 2 >= SOURCE_CUT;
}

bool edge_is_middle(const arrangement *a, uint32_t edge) {
    return a->piece[a->edge_piece[edge + 1] - 1].source / 2 > SOURCE_CUT;
}

double edge_length_mm(const grid_plane *plane, uint32_t edge) {
    grid_ixy p = plane->vertex[plane->origin[2 * edge]];
    grid_ixy q = plane->vertex[plane->origin[2 * edge + 1]];
    return hypot((double)(q.x - p.x), (double)(q.y - p.y));
}
