/*
 * overlay.h - what the areas of two layers have in common, on the lattice.
 */
#ifndef GRID_PARTITION_OVERLAY_H
#define GRID_PARTITION_OVERLAY_H

#include <grid/geom.h>

typedef struct overlap {
    uint32_t a, b; /**< features; GRID_NONE where the layer has none */
    double area_m2;
} overlap;

/** Pieces of ground in a, b or both, in no order; several of the same pair. The caller frees them.
 */
grid_status overlay_find(const grid_shapes *a, const grid_shapes *b, const grid_context *ctx,
                         overlap **out, size_t *n, grid_error *err);

/** The feature whose area a place is in; GRID_NONE. */
uint32_t overlay_at(const grid_shapes *s, const grid_rtree *tree, double x, double y);

#endif
