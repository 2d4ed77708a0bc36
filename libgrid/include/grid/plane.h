/*
 * grid/plane.h - the planar graph that all levels are made of: a half-edge structure
 * on the lattice. Part of module cover.
 */
#ifndef GRID_PLANE_H
#define GRID_PLANE_H

#include <grid/geom.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A noded segment on the lattice; `source` is the caller's (a line, a class ...). */
typedef struct grid_segment {
    grid_ixy a, b;
    uint32_t source;
} grid_segment;

/**
 * Nodes segments by snap rounding: afterwards they meet only at end points and every end
 * is a lattice point. Each segment bends to the ends and crossings whose pixel (the unit square
 * around a lattice point) it passes, so nothing moves by more than .71 mm, a closed
 * chain stays closed and equal lines stay equal. The pieces of a segment keep its source and its
 * direction; pieces of different segments may coincide. The set of pieces depends on the set of
 * segments only; they are ordered by segment and along it.
 * Source: J. D. Hobby, "Practical segment intersection with finite precision output",
 * Computational Geometry 13 (1999).
 */
GRID_API GRID_MUST_USE grid_status grid_segments_node(const grid_segment *segments, size_t n,
                                                      const grid_context *ctx, grid_segment **out,
                                                      size_t *n_out, grid_error *err);

/**
 * A planar subdivision as a half-edge structure (doubly connected edge list) on the lattice.
 * Edge e has the half-edges 2e, from its smaller to its larger vertex, and 2e+1, its twin;
 * edges are ordered by their smaller, then their larger vertex. The face of a half-edge lies on
 * its left. Face 0 is the unbounded one. Immutable once built.
 * Source: D. E. Muller, F. P. Preparata, "Finding the intersection of two convex polyhedra",
 * Theoretical Computer Science 7 (1978); M. de Berg et al., "Computational Geometry", ch. 2.
 */
typedef struct grid_plane {
    uint32_t n_vertices, n_edges, n_faces;
    grid_ixy *vertex;     /**< n_vertices, ordered by x, then y */
    uint32_t *origin;     /**< 2 n_edges: vertex the half-edge starts at */
    uint32_t *next;       /**< 2 n_edges: next half-edge along the same face */
    uint32_t *face;       /**< 2 n_edges */
    uint32_t *source;     /**< n_edges: smallest source of the segments that became this edge */
    uint32_t *face_edge;  /**< n_faces: a half-edge of the outer ring; GRID_NONE for face 0 */
    grid_xy *face_point;  /**< n_faces: a point well inside, in metres; unused for face 0 */
    double *face_area_m2; /**< n_faces; holes taken off; 0 for face 0 */
} grid_plane;

/**
 * Builds the subdivision from segments that meet only at their end points (noded); equal
 * segments become one edge, zero-length ones are dropped. Faces are numbered by the place
 * of their smallest vertex, so the result does not depend on the order of the segments.
 * Segments that cross are a caller's mistake: GRID_E_ARG where it shows, no check of its own.
 */
GRID_API GRID_MUST_USE grid_status grid_plane_build(const grid_segment *segments, size_t n,
                                                    grid_plane **out, grid_error *err);
GRID_API void grid_plane_free(grid_plane *plane);

/**
 * The face of each of n lattice points, by one sweep over plane and points. A point on an edge
 * counts to the face above it (west of it, for an upright edge).
 */
GRID_API GRID_MUST_USE grid_status grid_plane_find(const grid_plane *plane, const grid_ixy *points,
                                                   size_t n, uint32_t *face, grid_error *err);

/**
 * The areas of labels 0 .. n_labels-1, feature by feature, where label[f] is the label of face
 * f (GRID_NONE: in none). Rings are read off the half-edges with a different label on their
 * right: outer rings counter-clockwise, starting at their smallest vertex; a label without
 * faces becomes a feature without geometry. Neighbours get identical vertices.
 */
GRID_API GRID_MUST_USE grid_status grid_plane_dissolve(const grid_plane *plane,
                                                       const uint32_t *label, uint32_t n_labels,
                                                       grid_shapes **out, grid_error *err);

#ifdef __cplusplus
}
#endif

#endif
