/*
 * What borders run along.
 */
#include "cells/cells.h"

#include <string.h>

static const char *name_of(const grid_barriers *b, uint32_t feature) {
    return b->name != NULL && b->name[feature] != NULL ? b->name[feature] : "";
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool names_collect(const grid_cells_input *in, name_list *out) {
    size_t n = 0;
    for (size_t l = 0; l < in->n_barriers; l++)
        n += in->barriers[l].shapes->n;
    *out = (name_list){.name = GRID_NEW(const char *, n)};
    if (out->name == NULL)
        return false;
    n = 0;
    for (size_t l = 0; l < in->n_barriers; l++)
        for (uint32_t f = 0; f < in->barriers[l].shapes->n; f++)
            if (*name_of(&in->barriers[l], f) != '\0')
                out->name[n++] = name_of(&in->barriers[l], f);
    qsort(out->name, n, sizeof *out->name, compare_names);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || strcmp(out->name[i], out->name[i - 1]) != 0)
            out->name[out->n++] = out->name[i];
    return true;
}

static uint32_t find_name(const name_list *names, const char *name) {
    const char **found = bsearch(&name, names->name, names->n, sizeof *names->name, compare_names);
    return found == NULL ? GRID_NONE : (uint32_t)(found - names->name);
}

/* The stronger of two barriers; of two alike the one whose name comes first. */
static bool is_stronger(const arrangement *a, size_t l, uint32_t f, size_t m, uint32_t g) {
    const grid_barriers *b = &a->input->barriers[l - LAYER_BARRIER];
    const grid_barriers *c = &a->input->barriers[m - LAYER_BARRIER];
    if (b->border_class[f] != c->border_class[g])
        return b->border_class[f] < c->border_class[g];
    const char *p = name_of(b, f), *q = name_of(c, g);
    if ((*p == '\0') != (*q == '\0'))
        return *p != '\0';
    int order = strcmp(p, q);
    return order != 0 ? order < 0 : l != m ? l < m : a->layer[l].rank[f] < a->layer[l].rank[g];
}

/* The strongest barrier on an edge: its layer, 0 for none, and feature. */
static size_t find_strongest(const arrangement *a, uint32_t edge, uint32_t *best) {
    size_t best_layer = 0;
    for (size_t i = a->edge_piece[edge]; i < a->edge_piece[edge + 1]; i++) {
        uint32_t feature;
        size_t l = piece_barrier(a, i, &feature);
        if (l == 0 || (best_layer != 0 && !is_stronger(a, l, feature, best_layer, *best)))
            continue;
        best_layer = l;
        *best = feature;
    }
    return best_layer;
}

uint32_t edge_barrier_source(const arrangement *a, uint32_t edge) {
    uint32_t feature = 0;
    size_t l = find_strongest(a, edge, &feature);
    return l == 0 ? 0 : a->layer[l].first + feature + 1;
}

/* What an edge without a barrier runs along. */
static uint8_t class_of_area(const arrangement *a, uint32_t edge) {
    bool wall = false;
    for (size_t i = a->edge_piece[edge]; i < a->edge_piece[edge + 1]; i++) {
        uint32_t feature;
        size_t l = piece_layer(a, i, &feature);
        if (l == LAYER_STREET || l == LAYER_COMMUNITY)
            return GRID_BORDER_OUTLINE;
        wall |= l == LAYER_COMPOUND || l == LAYER_EXTENDED;
    }
    return wall ? GRID_BORDER_WALL : GRID_BORDER_GAP;
}

uint8_t edge_border_class(const arrangement *a, uint32_t edge, uint32_t *name) {
    uint32_t feature = 0;
    size_t l = find_strongest(a, edge, &feature);
    *name = GRID_NONE;
    if (l == 0)
        return class_of_area(a, edge);
    const grid_barriers *barriers = &a->input->barriers[l - LAYER_BARRIER];
    *name = find_name(&a->names, name_of(barriers, feature));
    return barriers->border_class[feature];
}
