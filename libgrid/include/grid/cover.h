/*
 * grid/cover.h - the proof that areas tile their parent, and what is wrong where they do not.
 *
 * The certificate: orient every ring with its inside on the left, turn it into directed edges,
 * add up the children's and subtract the parent's. If all edges cancel and the rings
 * are simple, the children tile the parent exactly. What does not cancel, the residual,
 * carries every gap, overlap and overflow.
 */
#ifndef GRID_COVER_H
#define GRID_COVER_H

#include <grid/plane.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A keyed 128-bit digest. The key is fixed, so digests may be kept and compared later. */
typedef struct grid_digest {
    uint64_t a, b;
} grid_digest;

/** The verdict on one parent and its children. */
typedef struct grid_seam {
    bool exact; /**< the children tile the parent */
    size_t n_children;
    size_t n_residual_edges; /**< directed edges that do not cancel */
    double residual_length;  /**< their length, in units of the coordinates */
    size_t n_bad;            /**< areas, the parent among them, whose rings are not simple */
    grid_digest digest;      /**< of the rings of parent and children, whatever their order, start
                                  vertex and direction; changes when any vertex does */
} grid_seam;

/**
 * Certifies a level: parent_of[c] is the feature of `parents` that child c belongs to. seam[p] is
 * filled for every parent; children with parent GRID_NONE count against no parent.
 * Coordinates are compared bit by bit (-0 equals 0).
 *
 * One pass over the coordinates adds up keyed 128-bit values of the directed edges, which cancel
 * when the edges do (and else only with a probability below 2^-120); edges are compared
 * one by one only below parents where the sum is not zero. Ring directions of the input do not
 * matter; what is no area (no geometry, NaN, rings that cross) counts in n_bad, except that a
 * ring may touch itself or another in single points.
 */
GRID_API GRID_MUST_USE grid_status grid_cover_check(const grid_shapes *parents,
                                                    const grid_shapes *children,
                                                    const uint32_t *parent_of,
                                                    const grid_context *ctx, grid_seam *seam,
                                                    grid_error *err);

/** A point inside area feature f, NAN where it has no area. */
GRID_API GRID_MUST_USE grid_status grid_shapes_inside(const grid_shapes *shapes, size_t f,
                                                      grid_xy *out, grid_error *err);

/** parent_of[c] becomes the parent that a point inside child c lies in, GRID_NONE for none. */
GRID_API GRID_MUST_USE grid_status grid_cover_place(const grid_shapes *parents,
                                                    const grid_shapes *children,
                                                    uint32_t *parent_of, grid_error *err);

/** out[w] becomes the first i with codes[i] equal to wanted[w]; GRID_NONE for none, NULL, "". */
GRID_API GRID_MUST_USE grid_status grid_cover_match(const char *const *codes, size_t n,
                                                    const char *const *wanted, size_t n_wanted,
                                                    uint32_t *out, grid_error *err);

#ifdef __cplusplus
}
#endif

#endif
