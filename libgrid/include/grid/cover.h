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

/* ---- defects ------------------------------------------------------------------------ */

typedef enum grid_defect_kind {
    GRID_DEFECT_GAP = 0,           /**< no unit here: 遗漏 */
    GRID_DEFECT_PARENT_UNCOVERED,  /**< the same, along the parent's edge */
    GRID_DEFECT_OVERLAP,           /**< two units or more here: 交叉 */
    GRID_DEFECT_OUTSIDE_PARENT,    /**< a unit beyond its parent: 越界 */
    GRID_DEFECT_DUPLICATE,         /**< units with one and the same area */
    GRID_DEFECT_CONTAINED,         /**< the first unit lies wholly in the second */
    GRID_DEFECT_VERTEX_MISMATCH,   /**< one line, but not the same vertices on it */
    GRID_DEFECT_SPIKE,             /**< a ring turns back along itself */
    GRID_DEFECT_SELF_INTERSECTION, /**< a ring crosses itself */
    GRID_DEFECT_INVALID_GEOMETRY,  /**< rings that cross, overlap or lie where they must not */
    GRID_DEFECT_UNCLOSED,          /**< a ring that does not end where it starts */
    GRID_DEFECT_BAD_COORDINATE,    /**< NaN, infinite, or out of all proportion */
    GRID_DEFECT_EMPTY,             /**< a unit without area geometry */
    GRID_DEFECT_WRONG_PARENT,      /**< says one parent and lies in another, or in none */
    GRID_DEFECT_MISSING_PARENT,    /**< says a parent that does not exist */
    GRID_DEFECT_CODE_DUPLICATE,    /**< several units have one code */
    GRID_DEFECT_PREFIX_MISMATCH,   /**< the code does not start with the parent's, as others do */
    GRID_DEFECT_KINDS
} grid_defect_kind;

/** "gap", "parent_uncovered" ... and what the field calls it. */
GRID_API const char *grid_defect_name(grid_defect_kind kind);
GRID_API const char *grid_defect_name_zh(grid_defect_kind kind);

typedef enum grid_defect_severity {
    GRID_DEFECT_ROUNDING, /**< narrower than 4 units in the last place of the coordinates */
    GRID_DEFECT_SLIVER,   /**< narrower than the tolerance */
    GRID_DEFECT_REAL
} grid_defect_severity;

/** "rounding", "sliver", "real". */
GRID_API const char *grid_defect_severity_name(grid_defect_severity severity);

/** One level of a hierarchy, from the top. Everything is borrowed. */
typedef struct grid_cover_level {
    const char *name;
    const grid_shapes *shapes;
    const char *const *code;        /**< per feature; need not be unique */
    const char *const *parent_code; /**< per feature; NULL: the parent is where it lies */
    bool within; /**< lies in the level above, disjoint but without tiling it (buildings); where
                      no feature has a shape (households), codes are all that is checked */
} grid_cover_level;

/** Areas are in units of the coordinates, lengths too, but for the options' aspect. */
typedef struct grid_defect {
    grid_defect_kind kind;
    grid_defect_severity severity;
    uint32_t level;
    uint32_t parent; /**< feature of the level above; GRID_NONE */
    uint32_t into;   /**< of what lies outside its parent: the parent it lies in; GRID_NONE */
    uint32_t *unit;  /**< features concerned, ordered by code; for a gap its neighbours */
    uint32_t n_units;
    bool with_parent; /**< of a vertex mismatch: with the parent's outline */
    uint32_t pieces;  /**< faces, edges or points that were put together */
    double area;      /**< exact but for one rounding; 0 for what has none */
    double width;     /**< twice the area over the perimeter */
    double length;    /**< of lines; of areas, half their perimeter */
    grid_xy at;       /**< a place inside, or on it; NAN for none */
    uint32_t shape;   /**< feature of the report's shapes; GRID_NONE */
    char id[17];      /**< the same for the same kind, level, parent and units */
} grid_defect;

typedef struct grid_cover_report {
    grid_defect *defect; /**< by level, parent, kind and units */
    size_t n;
    grid_shapes *shapes; /**< areas, lines and points of the defects */
    size_t n_levels;
    grid_seam **seam;     /**< per level and parent, by the codes as given; [0] is NULL */
    uint32_t **parent_of; /**< per level and unit, by the codes as given; [0] is NULL */
} grid_cover_report;

typedef struct grid_cover_options {
    double tolerance; /**< below this width a defect is a sliver; units of the coordinates */
    /** What a unit of x is in units of y, in which all lengths are measured: 1, or 0 for the same;
     * for degrees, about the cosine of the latitude. */
    double aspect;
    /** Per level (or NULL) and parent (or NULL): what an earlier check found exact; see -since. */
    const grid_digest *const *since;
} grid_cover_options;

/**
 * Finds every defect of a hierarchy. The first level has no parent: there only overlaps, enclosed
 * gaps and mismatches between its units are found. Lakes and enclaves are gaps unless the
 * parent has the hole.
 *
 * What does not cancel below a parent is noded with exact predicates; the faces of that
 * arrangement carry how often they are covered, and neighbouring faces of one kind and
 * the same units are one defect. The result depends on the features' order only where codes are
 * equal.
 */
GRID_API GRID_MUST_USE grid_status grid_cover_find(const grid_cover_level *levels, size_t n,
                                                   const grid_cover_options *options,
                                                   const grid_context *ctx, grid_cover_report **out,
                                                   grid_error *err);
GRID_API void grid_cover_report_free(grid_cover_report *report);

/* ---- repair --------------------------------------------------------------------------- */

typedef struct grid_fix_options {
    double tolerance; /**< faces narrower than this are given to one unit, or taken away */
    double aspect;    /**< as in grid_cover_options */
    bool all;         /**< wider ones and contained units too */
    /** Per level (or NULL) and unit: who has more keeps or gets; NULL where all are equal. */
    const double *const *priority;
    const bool *may_change; /**< per level; others only get vertices, where units meet on them or
                               their rings do not end where they start */
} grid_fix_options;

typedef struct grid_fix_change {
    uint32_t level, unit;
    double area_before, area_after; /**< in squared units of the coordinates */
    size_t vertices_before, vertices_after;
} grid_fix_change;

typedef struct grid_cover_fixed {
    size_t n_levels;
    grid_shapes **shapes; /**< per level; NULL where nothing changed */
    grid_fix_change *change;
    size_t n; /**< units that changed, by level and number */
} grid_cover_fixed;

/**
 * Repairs a hierarchy from the top: what lies beyond a parent is cut off, narrow gaps and overlaps
 * go to one unit (priority, longest common border, larger area, smaller number), vertices
 * that one side of a border lacks are inserted, spikes are removed, rings closed. Vertices that no
 * repair touches stay as they are to the bit, as do whole units; no unit is emptied. The parent's
 * outline stays, but for vertices where two units meet on it. What remains is for
 * grid_cover_find to tell.
 */
GRID_API GRID_MUST_USE grid_status grid_cover_fix(const grid_cover_level *levels, size_t n,
                                                  const grid_fix_options *options,
                                                  const grid_context *ctx, grid_cover_fixed **out,
                                                  grid_error *err);
GRID_API void grid_cover_fixed_free(grid_cover_fixed *fixed);

#ifdef __cplusplus
}
#endif

#endif
