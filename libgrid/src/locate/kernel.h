/*
 * kernel.h - the inner loops of locating: points to their cells of the directory, against the
 * children of a node and against the pieces of a border tile. Written for any CPU and, where that
 * is of use, for x86-64-v2 (SSE4.2) and for AVX2; in integers, so that all answer the same.
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

/** The cell of the directory that holds the point. */
static inline uint32_t cell_of(const nest_view *n, lattice_point p) {
    return ((p.y >> n->dir_shift_y) << n->head->dir_bits_x) + (p.x >> n->dir_shift_x);
}

/** For each i < n, where e[i] is not 0, the entry in the point's cell, and else nobody. */
typedef void cells_kernel(const nest_view *nest, const lattice_point *at, size_t n, entry *e);

extern cells_kernel cells_plain, cells_avx2;

/**
 * For each i < n the slot of point which[i] in the border tile that e[which[i]] leads to, or
 * FACE_EXACT when the point must be answered exactly.
 */
typedef void tile_kernel(const border_tile *tiles, const uint32_t *palette, const lattice_point *at,
                         const uint32_t *which, size_t n, const entry *e, uint32_t *slot);

extern tile_kernel tile_plain, tile_sse, tile_avx2;

/** For each i < n the child that holds point which[i] replaces its node, e[which[i]]. */
typedef void step_kernel(const tree_node *nodes, const lattice_point *at, const uint32_t *which,
                         size_t n, entry *e);

extern step_kernel step_plain, step_sse;

#endif
