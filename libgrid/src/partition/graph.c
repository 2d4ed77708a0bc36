/*
 * graph.c - the neighbourhood graph of base cells, with borders priced by what they run along.
 */
#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"
#include "partition/graph.h"

grid_border_prices grid_border_prices_default(void) {
    return (grid_border_prices){
        .tenths = {[GRID_BORDER_OUTLINE] = 3,
                   [GRID_BORDER_EXPRESSWAY] = 3,
                   [GRID_BORDER_RAIL] = 3,
                   [GRID_BORDER_RIVER] = 3,
                   [GRID_BORDER_ARTERIAL] = 4,
                   [GRID_BORDER_ROAD] = 5,
                   [GRID_BORDER_LANE] = 7,
                   [GRID_BORDER_WALL] = 13,
                   [GRID_BORDER_GAP] = 26},
        .inside_compound = 43,
    };
}

void grid_graph_free(grid_graph *graph) {
    owned_graph *g = (owned_graph *)graph;
    if (g == NULL)
        return;
    free(g->measure);
    free(g->length_mm);
    free(g->cost);
    free(g->area_dm2);
    free(g->outline_mm);
    free(g->start);
    free(g->to);
    free(g->region);
    free(g->compound);
    free(g->block);
    free(g->extended);
    free(g->border_class);
    free(g->place);
    free(g);
}

static int64_t price_of(const grid_cells *c, const grid_border_prices *prices,
                        const grid_cell_border *b) {
    uint32_t left = c->compound[b->left];
    bool inside = left != GRID_NONE && left == c->compound[b->right];
    int64_t tenths = inside && b->border_class >= GRID_BORDER_LANE
                         ? prices->inside_compound
                         : prices->tenths[b->border_class];
    return b->length_mm * tenths;
}

/** The end of the run of stretches between the same two cells. */
static size_t end_of_pair(const grid_cells *c, size_t from) {
    size_t to = from + 1;
    while (to < c->n_borders && c->border[to].left == c->border[from].left &&
           c->border[to].right == c->border[from].right)
        to++;
    return to;
}

/** Each cell's place: the inner point of its largest face. */
static bool find_places(const grid_cells *c, grid_xy *place) {
    const grid_plane *plane = c->plane;
    uint32_t *largest = GRID_NEW(uint32_t, c->n_cells);
    if (largest == NULL)
        return false;
    for (uint32_t i = 0; i < c->n_cells; i++)
        largest[i] = GRID_NONE;
    for (uint32_t f = 1; f < plane->n_faces; f++) {
        uint32_t cell = c->cell_of_face[f];
        if (cell == GRID_NONE)
            continue;
        if (largest[cell] == GRID_NONE ||
            plane->face_area_m2[f] > plane->face_area_m2[largest[cell]])
            largest[cell] = f;
    }
    for (uint32_t i = 0; i < c->n_cells; i++)
        if (largest[i] != GRID_NONE)
            place[i] = plane->face_point[largest[i]];
    free(largest);
    return true;
}

owned_graph *graph_new(uint32_t n, uint32_t n_measures, size_t n_entries) {
    owned_graph *g = GRID_NEW(owned_graph, 1);
    if (g == NULL)
        return NULL;
    g->measure = GRID_NEW(int64_t, (size_t)n * n_measures);
    g->start = GRID_NEW(uint32_t, (size_t)n + 2);
    g->to = GRID_NEW(uint32_t, n_entries);
    g->length_mm = GRID_NEW(int64_t, n_entries);
    g->cost = GRID_NEW(int64_t, n_entries);
    g->border_class = GRID_NEW(uint8_t, n_entries);
    g->region = GRID_NEW(uint32_t, n);
    g->compound = GRID_NEW(uint32_t, n);
    g->block = GRID_NEW(uint32_t, n);
    g->extended = GRID_NEW(uint32_t, n);
    g->place = GRID_NEW(grid_xy, n);
    g->view = (grid_graph){
        .n = n,
        .n_measures = n_measures,
        .measure = g->measure,
        .start = g->start,
        .to = g->to,
        .border_class = g->border_class,
        .length_mm = g->length_mm,
        .cost = g->cost,
        .region = g->region,
        .compound = g->compound,
        .block = g->block,
        .extended = g->extended,
        .place = g->place,
    };
    if (g->measure && g->start && g->to && g->length_mm && g->cost && g->border_class &&
        g->region && g->compound && g->block && g->extended && g->place)
        return g;
    grid_graph_free(&g->view);
    return NULL;
}

/** Areas and perimeters, so that shapes can be priced. */
static bool find_outlines(const grid_cells *c, owned_graph *g) {
    const grid_plane *plane = c->plane;
    g->view.area_dm2 = g->area_dm2 = GRID_NEW(int64_t, c->n_cells);
    g->view.outline_mm = g->outline_mm = GRID_NEW(int64_t, c->n_cells);
    if (g->area_dm2 == NULL || g->outline_mm == NULL)
        return false;
    for (uint32_t i = 0; i < c->n_cells; i++)
        g->area_dm2[i] = llround(c->area_m2[i] * 100);
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t a = c->cell_of_face[plane->face[2 * e]];
        uint32_t b = c->cell_of_face[plane->face[2 * e + 1]];
        grid_ixy from = plane->vertex[plane->origin[2 * e]];
        grid_ixy to = plane->vertex[plane->origin[2 * e + 1]];
        int64_t length_mm = llround(hypot((double)(to.x - from.x), (double)(to.y - from.y)));
        if (a == b)
            continue;
        if (a != GRID_NONE)
            g->outline_mm[a] += length_mm;
        if (b != GRID_NONE)
            g->outline_mm[b] += length_mm;
    }
    return true;
}

static void add_entry(owned_graph *g, uint32_t from, uint32_t to, const grid_cell_border *sum,
                      int64_t cost) {
    uint32_t at = g->start[from + 1]++;
    g->to[at] = to;
    g->length_mm[at] = sum->length_mm;
    g->border_class[at] = sum->border_class;
    g->cost[at] = cost;
}

static void fill(owned_graph *g, const grid_cells *c, const int64_t *const *measures,
                 const grid_border_prices *prices) {
    uint32_t m = g->view.n_measures;
    for (uint32_t i = 0; i < c->n_cells; i++) {
        for (uint32_t j = 0; j < m; j++)
            g->measure[(size_t)i * m + j] = measures[j][i];
        g->region[i] = c->community[i];
        g->compound[i] = c->compound[i];
        g->block[i] = c->block[i];
        g->extended[i] = c->extended[i];
    }
    for (size_t b = 0; b < c->n_borders; b = end_of_pair(c, b)) {
        g->start[c->border[b].left + 2]++;
        g->start[c->border[b].right + 2]++;
    }
    for (uint32_t i = 2; i <= c->n_cells; i++)
        g->start[i] += g->start[i - 1];
    for (size_t b = 0, end; b < c->n_borders; b = end) {
        end = end_of_pair(c, b);
        grid_cell_border sum = c->border[b];
        int64_t cost = price_of(c, prices, &c->border[b]), longest = sum.length_mm;
        for (size_t s = b + 1; s < end; s++) {
            sum.length_mm += c->border[s].length_mm;
            cost += price_of(c, prices, &c->border[s]);
            if (c->border[s].length_mm > longest) {
                longest = c->border[s].length_mm;
                sum.border_class = c->border[s].border_class;
            }
        }
        add_entry(g, sum.left, sum.right, &sum, cost);
        add_entry(g, sum.right, sum.left, &sum, cost);
    }
}

grid_status grid_graph_build(const grid_cells *c, const int64_t *const *measures,
                             uint32_t n_measures, const grid_border_prices *prices,
                             grid_graph **out, grid_error *err) {
    const grid_border_prices usual = grid_border_prices_default();
    size_t n_pairs = 0;
    for (size_t b = 0; b < c->n_borders; b = end_of_pair(c, b))
        n_pairs++;
    if (n_pairs > UINT32_MAX / 2)
        return grid_fail(err, GRID_E_INPUT, "", "%zu pairs of neighbouring cells are too many",
                         n_pairs);
    owned_graph *g = graph_new(c->n_cells, n_measures, 2 * n_pairs);
    if (g == NULL || !find_places(c, g->place) || !find_outlines(c, g)) {
        grid_graph_free(g ? &g->view : NULL);
        return grid_fail_nomem(err);
    }
    g->view.n_regions = c->n_communities;
    fill(g, c, measures, prices ? prices : &usual);
    *out = &g->view;
    return GRID_OK;
}

void grid_graph_favour(grid_graph *graph, const uint32_t *label) {
    owned_graph *g = (owned_graph *)graph;
    for (uint32_t v = 0; v < graph->n; v++)
        for (uint32_t e = graph->start[v]; e < graph->start[v + 1]; e++)
            if (label[v] != label[graph->to[e]])
                g->cost[e] /= 2;
}
