/*
 * grid/cover.h - the planar graph that all levels are made of, and the proof that areas
 * tile their parent.
 *
 * The certificate: orient every ring with its inside on the left, turn it into directed edges,
 * add up the children's and subtract the parent's. If all edges cancel and the rings
 * are simple, the children tile the parent exactly. What does not cancel, the residual,
 * carries every gap, overlap and overflow.
 */
#ifndef GRID_COVER_H
#define GRID_COVER_H

#include <grid/geom.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- planar graph ------------------------------------------------------------------- */

/** No face, no label, no unit. */
#define GRID_NONE UINT32_MAX

/** A noded segment on the lattice; `source` is the caller's (a line, a class ...). */
typedef struct grid_segment {
    grid_ixy a, b;
    uint32_t source;
} grid_segment;

/**
 * A planar subdivision as a half-edge structure (doubly connected edge list) on the lattice.
 * Edge e has the half-edges 2e (as given) and 2e+1 (its twin). The face of a half-edge
 * lies on its left. Face 0 is the unbounded one. Immutable once built.
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
    grid_ixy *face_point; /**< n_faces: a lattice point of the face, strictly inside whenever
                               the face contains a lattice point; unused for face 0 */
    double *face_area_m2; /**< n_faces; holes taken off; 0 for face 0 */
} grid_plane;

/**
 * Builds the subdivision from segments that meet only at their end points (noded); equal
 * segments become one edge, zero-length ones are dropped. Faces are numbered by the place
 * of their smallest vertex, so the result does not depend on the order of the segments.
 */
GRID_API GRID_MUST_USE grid_status grid_plane_build(const grid_segment *segments, size_t n,
                                                    grid_plane **out, grid_error *err);
GRID_API void grid_plane_free(grid_plane *plane);

/**
 * The areas of labels 0 .. n_labels-1, feature by feature, where label[f] is the label of face
 * f (GRID_NONE: in none). Rings are read off the half-edges with a different label on their
 * right: outer rings counter-clockwise, starting at their smallest vertex; a label without
 * faces becomes a feature without geometry. Neighbours get identical vertices.
 */
GRID_API GRID_MUST_USE grid_status grid_plane_dissolve(const grid_plane *plane,
                                                       const uint32_t *label, uint32_t n_labels,
                                                       grid_shapes **out, grid_error *err);

/* ---- certificate -------------------------------------------------------------------- */

/** The verdict on one parent and its children. */
typedef struct grid_seam {
    bool exact; /**< the children tile the parent */
    size_t n_children;
    size_t n_residual_edges; /**< directed edges that do not cancel */
    double residual_length;  /**< their length, in units of the coordinates */
} grid_seam;

/**
 * Certifies a level: parent_of[c] is the feature of `parents` that child c belongs to. seam[p] is
 * filled for every parent; children with parent GRID_NONE count against no parent.
 * Coordinates are compared bit by bit (-0 equals 0).
 */
GRID_API GRID_MUST_USE grid_status grid_cover_check(const grid_shapes *parents,
                                                    const grid_shapes *children,
                                                    const uint32_t *parent_of,
                                                    const grid_context *ctx, grid_seam *seam,
                                                    grid_error *err);

#ifdef __cplusplus
}
#endif

#endif
