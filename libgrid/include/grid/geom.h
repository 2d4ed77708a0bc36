/*
 * grid/geom.h - coordinates, shapes, exact predicates and the packed R-tree.
 *
 * Coordinates are doubles with x = east or longitude and y = north or latitude,
 * always in this order. Where a function speaks of the *lattice*, coordinates
 * are integers in millimetres of the working metric CRS.
 */
#ifndef GRID_GEOM_H
#define GRID_GEOM_H

#include <grid/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct grid_xy {
    double x, y;
} grid_xy;

/** A closed box. An empty one has min > max. */
typedef struct grid_box {
    double min_x, min_y, max_x, max_y;
} grid_box;

/** What a feature of grid_shapes is. */
typedef enum grid_shape_kind {
    GRID_SHAPE_NONE = 0, /**< no geometry */
    GRID_SHAPE_POINT,    /**< each part has one chain of one coordinate */
    GRID_SHAPE_LINE,     /**< each part has one chain of at least two coordinates */
    GRID_SHAPE_AREA,     /**< each part has an outer ring, then its holes; rings are closed */
} grid_shape_kind;

/**
 * The geometry of n features, flat: feature f has the parts
 * part_start[f] .. part_start[f+1]-1, part p the chains chain_start[p] ..
 * chain_start[p+1]-1, chain c the coordinates xy_start[c] .. xy_start[c+1]-1. The
 * chains of areas are rings whose last coordinate repeats the first. Ring direction
 * is not fixed on input; what libgrid makes has outer rings counter-clockwise.
 *
 * The fields may be read; writing goes through the functions below.
 */
typedef struct grid_shapes {
    size_t n; /**< features */
    size_t n_parts, n_chains, n_xy;
    uint8_t *kind;                               /**< n: a grid_shape_kind */
    size_t *part_start;                          /**< n + 1 */
    size_t *chain_start;                         /**< n_parts + 1 */
    size_t *xy_start;                            /**< n_chains + 1 */
    grid_xy *xy;                                 /**< n_xy */
    size_t cap_n, cap_parts, cap_chains, cap_xy; /**< of the arrays; not for callers */
} grid_shapes;

/** A new empty set of shapes; NULL when memory ran out. */
GRID_API grid_shapes *grid_shapes_new(void);
GRID_API void grid_shapes_free(grid_shapes *shapes);

/**
 * Building: begin a feature, begin its parts and their chains, add coordinates; the next
 * begin ends what was open. All are false when memory ran out.
 */
GRID_API GRID_MUST_USE bool grid_shapes_begin(grid_shapes *shapes, grid_shape_kind kind);
GRID_API GRID_MUST_USE bool grid_shapes_begin_part(grid_shapes *shapes);
GRID_API GRID_MUST_USE bool grid_shapes_begin_chain(grid_shapes *shapes);
GRID_API GRID_MUST_USE bool grid_shapes_add(grid_shapes *shapes, double x, double y);

/** Appends feature f of another set, as it is. */
GRID_API GRID_MUST_USE bool grid_shapes_copy(grid_shapes *shapes, const grid_shapes *from,
                                             size_t f);

/** Box of feature f; empty for a feature without coordinates. */
GRID_API grid_box grid_shapes_box(const grid_shapes *shapes, size_t f);

/** Box of all features. */
GRID_API grid_box grid_shapes_box_all(const grid_shapes *shapes);

/** Extends a box to all coordinates that are finite. */
GRID_API void grid_shapes_box_finite(const grid_shapes *shapes, grid_box *box);

/** Area of feature f (outer rings minus holes, whatever their direction), in squared units. */
GRID_API double grid_shapes_area(const grid_shapes *shapes, size_t f);

/**
 * True when area feature f covers the point: even-odd over all its rings, the point
 * standing for (x + e, y + e^2) with e -> 0, so that a ring's west and south sides
 * belong to the inside and two areas that share a border never both claim it.
 * Exact.
 */
GRID_API bool grid_shapes_covers(const grid_shapes *shapes, size_t f, double x, double y);

/** One place; -0 equals 0, and NaN nothing. */
static inline bool grid_xy_equal(grid_xy a, grid_xy b) {
    return a.x == b.x && a.y == b.y;
}

GRID_API grid_box grid_box_empty(void);

/** Extends the box to a point; a NaN extends nothing. */
static inline void grid_box_add(grid_box *box, double x, double y) {
    box->min_x = x < box->min_x ? x : box->min_x;
    box->min_y = y < box->min_y ? y : box->min_y;
    box->max_x = x > box->max_x ? x : box->max_x;
    box->max_y = y > box->max_y ? y : box->max_y;
}

static inline bool grid_box_overlaps(const grid_box *a, const grid_box *b) {
    return a->min_x <= b->max_x && b->min_x <= a->max_x && a->min_y <= b->max_y &&
           b->min_y <= a->max_y;
}

/**
 * Sign of the orientation of c against the directed line a -> b: 1 left, -1 right, 0 on
 * it. Exact for all finite inputs whose products neither overflow nor underflow.
 * Source: J. R. Shewchuk, "Adaptive Precision Floating-Point Arithmetic and Fast Robust
 * Geometric Predicates", Discrete & Computational Geometry 18 (1997).
 */
GRID_API int grid_orient(grid_xy a, grid_xy b, grid_xy c);

/**
 * Twice the signed area of a closed chain (positive when counter-clockwise), with
 * coordinates taken relative to its first point so that false eastings cost no digits.
 */
GRID_API double grid_ring_area2(const grid_xy *ring, size_t n);

/** Position of (x, y) along a Hilbert curve of order 16 over `box`. */
GRID_API uint32_t grid_hilbert(const grid_box *box, double x, double y);

/**
 * A packed R-tree over boxes: built once, bulk-loaded along the Hilbert curve, never
 * changed, safe to search from several threads.
 * Source: I. Kamel, C. Faloutsos, "On Packing R-trees", CIKM 1993.
 */
typedef struct grid_rtree grid_rtree;

/** Indexes boxes[0 .. n-1]; empty boxes are never found. The boxes are copied. */
GRID_API GRID_MUST_USE grid_status grid_rtree_build(const grid_box *boxes, size_t n,
                                                    grid_rtree **out, grid_error *err);

/** Indexes the boxes of all features. */
GRID_API GRID_MUST_USE grid_status grid_rtree_build_shapes(const grid_shapes *shapes,
                                                           grid_rtree **out, grid_error *err);
GRID_API void grid_rtree_free(grid_rtree *tree);

/** Called with the number of each box found; false ends the search. */
typedef bool grid_rtree_visit(void *user, size_t i);

/** Visits every box that overlaps `query` (touching counts), in a fixed order. */
GRID_API void grid_rtree_find(const grid_rtree *tree, const grid_box *query,
                              grid_rtree_visit *visit, void *user);

/** Millimetres of the lattice. */
typedef struct grid_ixy {
    int64_t x, y;
} grid_ixy;

/** Lattice points per metre. */
#define GRID_LATTICE_PER_M 1000

/** Nearest lattice point; halves go away from zero. |x|, |y| must be below 2^52 / 1000. */
GRID_API grid_ixy grid_lattice_snap(grid_xy metres);

/** The double nearest to the lattice point: snap and back is the identity. */
GRID_API grid_xy grid_lattice_metres(grid_ixy lattice);

/** Exact sign of the orientation of lattice points within 2^62 mm of each other. */
GRID_API int grid_lattice_orient(grid_ixy a, grid_ixy b, grid_ixy c);

#ifdef __cplusplus
}
#endif

#endif
