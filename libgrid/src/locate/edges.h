/*
 * edges.h - the borders of a layer of areas: every ring edge once, with the units on its sides.
 *
 * Crossing an edge toggles the units whose rings run along it, which is the even-odd rule
 * whatever the rings' direction, overlaps or gaps. An edge that two units share is kept once.
 */
#ifndef GRID_LOCATE_EDGES_H
#define GRID_LOCATE_EDGES_H

#include <grid/locate.h>

/** The edges of one layer. Edge i runs from xy[i] to xy[i + 1] of the shapes' coordinates. */
typedef struct edges {
    const grid_shapes *shapes;
    uint32_t n_units;
    uint32_t *rank;    /**< per feature: place of its code in the order of codes */
    uint32_t *by_rank; /**< the features in that order */
    uint32_t *left;    /**< per coordinate; GRID_NONE for what is no edge; n_units for nobody */
    uint32_t *right;   /**< per coordinate; for an edge, never equal to left */
    uint32_t *slot;    /**< hash table: 1 + edge, 0 for free */
    uint32_t mask;
    size_t n;    /**< edges */
    bool simple; /**< no edge is shared by more than two rings */
} edges;

/** Finds the edges; the layer is borrowed until edges_free. */
GRID_MUST_USE grid_status edges_build(const grid_locate_layer *layer, edges *out, grid_error *err);
void edges_free(edges *e);

static inline bool edges_is_edge(const edges *e, size_t i) {
    return e->left[i] != GRID_NONE;
}

/**
 * Finds whether every unit of `coarse` is a union of units of `fine`: whether crossing any edge
 * toggles in `coarse` just what it would if every fine unit belonged to its parent. This
 * is a proof, since both are nowhere far away. parent[u] gets the coarse unit of fine unit
 * u (coarse->n_units for none) for u = 0 .. fine->n_units, the last being nobody.
 */
GRID_MUST_USE grid_status edges_nest(const edges *fine, const edges *coarse, uint32_t *parent,
                                     bool *nested, grid_error *err);

#endif
