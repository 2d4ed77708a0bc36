/*
 * What borders run along.
 */
#include "cells/cells.h"

#include <string.h>

static const char *name_of(const grid_barriers *b, uint32_t feature) {
    return b->name != NULL && b->name[feature] != NULL ? b->name[feature] : "";
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

uint8_t edge_barrier_class(const arrangement *a, uint32_t edge, uint32_t *barrier) {
    size_t best_layer = 0;
    uint32_t best = 0;
    bool wall = false, outline = false;
    for (size_t i = a->edge_piece[edge]; i < a->edge_piece[edge + 1]; i++) {
        uint32_t feature;
        size_t l = piece_layer(a, i, &feature);
        wall |= l == LAYER_COMPOUND || l == LAYER_EXTENDED;
        outline |= l == LAYER_STREET || l == LAYER_COMMUNITY;
        if (l < LAYER_BARRIER || (best_layer != 0 && !is_stronger(a, l, feature, best_layer, best)))
            continue;
        best_layer = l;
        best = feature;
    }
    if (best_layer == 0) {
        *barrier = GRID_NONE;
        return outline ? GRID_BORDER_OUTLINE : wall ? GRID_BORDER_WALL : GRID_BORDER_GAP;
    }
    *barrier = a->layer[best_layer].first - a->layer[LAYER_BARRIER].first + best;
    return a->input->barriers[best_layer - LAYER_BARRIER].border_class[best];
}
