/*
 * arrange.h - the planar subdivision by segments on doubles that cross, touch and overlap
 * freely. All decisions are exact: a crossing is known by its two segments, and compared
 * without ever being rounded. Only the coordinates that are reported of it are (to some 100
 * bits). On the lattice, use grid_plane instead.
 */
#ifndef GRID_SRC_COVER_ARRANGE_H
#define GRID_SRC_COVER_ARRANGE_H

#include "cover/dd.h"

#include <grid/cover.h>

/** A directed segment; what it bounds lies on its left. */
typedef struct arrange_segment {
    grid_xy a, b;
    uint32_t owner;
    int32_t weight; /**< what is gained on crossing it from right to left */
} arrange_segment;

/** The outer face. */
enum { ARRANGE_OUTER = 0 };

/**
 * Edge e joins node[e].. see below; its half-edges are 2e, from the node of the smaller number to
 * the other, and 2e + 1. Segments that ran along each other share their edges.
 */
typedef struct arrangement {
    const arrange_segment *segment; /**< borrowed */
    uint32_t n_segments;
    uint32_t n_nodes, n_input_nodes; /**< end points of segments come first */
    grid_xy *node;                   /**< rounded for crossings */
    grid_xy *node_rest;              /**< what rounding took away, of crossings only */
    uint32_t n_edges;
    uint32_t *origin;    /**< 2 n_edges */
    int32_t *gain;       /**< n_edges: gained on crossing 2e from right to left */
    uint32_t *piece_of;  /**< n_edges + 1: first of the edge's pieces */
    uint32_t *piece;     /**< segment << 1 | it runs against half-edge 2e */
    uint32_t *around;    /**< half-edges by origin, counter-clockwise */
    uint32_t *around_of; /**< n_nodes + 1 */
    uint32_t *place;     /**< 2 n_edges: index in `around` */
    uint32_t *next;      /**< 2 n_edges: along the face on the left */
    uint32_t *face;      /**< 2 n_edges */
    uint32_t *component; /**< n_nodes; GRID_NONE for a node without edges */
    uint32_t n_components;
    uint32_t n_faces;   /**< with the outer one */
    int32_t *height;    /**< n_faces: sum of gains from the outer face to here */
    dd *area;           /**< n_faces; 0 for the outer one */
    uint32_t *cycle_of; /**< n_faces + 1: first of the face's cycles */
    uint32_t *cycle;    /**< a half-edge of each cycle; of a bounded face, the outer one first */
} arrangement;

/** Fails for want of memory, or with GRID_E_INPUT beyond 2^30 segments. */
GRID_MUST_USE grid_status arrange_build(const arrange_segment *segments, size_t n,
                                        arrangement **out, grid_error *err);
void arrange_free(arrangement *arrangement);

#endif
