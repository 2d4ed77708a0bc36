/*
 * tiles.h - cutting a nest into tiles.
 */
#ifndef GRID_LOCATE_TILES_H
#define GRID_LOCATE_TILES_H

#include "base/vec.h"
#include "locate/edges.h"
#include "locate/image.h"

/** A cut of a rectangle into two halves; entries of kind ENTRY_NODE are cuts. */
typedef struct cut {
    entry half[2]; /* lower, upper */
    bool upright;  /* the halves lie west and east */
} cut;

/** The sets of overlapping units that faces stand for. */
typedef struct face_sets {
    GRID_VEC(uint32_t) start;  /* one per set */
    GRID_VEC(uint32_t) member; /* ascending within a set */
} face_sets;

/** What tiling makes: a binary tree of cuts over tiles and faces. */
typedef struct tiling {
    GRID_VEC(cut) cuts;
    GRID_VEC(border_tile) tiles;
    GRID_VEC(uint32_t) palette;
    GRID_VEC(uint32_t) edge;
    face_sets sets;
    entry root;
} tiling;

/** The borders of a nest as arcs, and its lattice. */
typedef struct borders {
    nest_image head; /* box, lattice and n_units are set */
    GRID_VEC(border_arc) arcs;
    GRID_VEC(grid_xy) xy;
    GRID_VEC(uint32_t) arc_of; /* per vertex */
} borders;

/** Joins a layer's edges to arcs and lays a lattice over them. */
GRID_MUST_USE grid_status borders_build(const edges *e, borders *out, grid_error *err);
void borders_free(borders *b);

/** Cuts the nest into tiles. The result does not depend on the number of threads. */
GRID_MUST_USE grid_status tiling_build(const borders *b, const grid_context *ctx, tiling *out,
                                       grid_error *err);
void tiling_free(tiling *t);

/** The arc that vertex v belongs to. */
const border_arc *arc_of_vertex(const border_arc *arcs, uint32_t n, uint32_t v);

#endif
