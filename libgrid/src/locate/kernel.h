/*
 * kernel.h - the inner loop of locating: a point against the pieces of a border tile and against
 * the children of a node. Written three times, for any CPU, for x86-64-v2 (SSE4.2) and for AVX2,
 * in integers, so that all answer the same.
 */
#ifndef GRID_LOCATE_KERNEL_H
#define GRID_LOCATE_KERNEL_H

#include "locate/image.h"

/** The best kernel of this CPU. */
kernel_id kernel_best(void);

/** True when this CPU has what the kernel needs. */
bool kernel_runs(kernel_id k);

/** A point on the lattice of a nest. */
typedef struct lattice_point {
    uint32_t x, y;
} lattice_point;

/**
 * Brings n points to the lattice: at[i], and in[i] all ones. Points outside the box of the areas
 * (and NaN) get the lattice's corner and in[i] = 0. Truncation is monotone and so is everything
 * before it: points keep their order.
 */
typedef void lattice_kernel(const nest_image *h, const grid_xy *xy, size_t n, lattice_point *at,
                            uint32_t *in);

extern lattice_kernel lattice_plain, lattice_sse, lattice_avx2;

/**
 * For each i < n the slot of the point in its border tile, or FACE_EXACT when the point must be
 * answered exactly.
 */
typedef void tile_kernel(const border_tile *tiles, const uint32_t *palette, const uint32_t *tile_of,
                         const lattice_point *p, size_t n, uint32_t *slot);

extern tile_kernel tile_plain, tile_sse, tile_avx2;

/** For each i < n the child of node e[i] that holds the point, which replaces e[i]. */
typedef void step_kernel(const tree_node *nodes, const lattice_point *p, size_t n, entry *e);

extern step_kernel step_plain, step_sse;

#endif
