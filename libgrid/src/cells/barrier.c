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

uint8_t edge_border_class(const arrangement *a, uint32_t edge, uint32_t *barrier) {
    size_t best_layer = 0;
    uint32_t best = 0;
    bool wall = false, outline = false;
    for (size_t i = a->edge_piece[edge]; i < a->edge_piece[edge + 1]; i++) {
        uint32_t feature;
        size_t l = piece_layer(a, i, &feature);
        wall |= l == LAYER_COMPOUND || l == LAYER_EXTENDED;
        outline |= l == LAYER_STREET || l == LAYER_COMMUNITY;
        if (l < LAYER_BARRIER || l == a->n_layers ||
            (best_layer != 0 && !is_stronger(a, l, feature, best_layer, best)))
            continue;
        best_layer = l;
        best = feature;
    }
    if (best_layer == 0) {
        *barrier = GRID_NONE;
        return outline ? GRID_BORDER_OUTLINE : wall ? GRID_BORDER_WALL : GRID_BORDER_GAP;
    }
    *barrier = find_name(&a->names, name_of(&a->input->barriers[best_layer - LAYER_BARRIER], best));
    return a->input->barriers[best_layer - LAYER_BARRIER].border_class[best];
}
