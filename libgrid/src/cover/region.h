/*
 * region.h - from the residual of one parent to its defects: noding, faces, who covers them.
 */
#ifndef GRID_SRC_COVER_REGION_H
#define GRID_SRC_COVER_REGION_H

#include "base/arena.h"
#include "base/vec.h"
#include "cover/cancel.h"

#include <math.h>

/** What is expected of the children. */
typedef enum region_mode {
    REGION_TILE,   /**< tile the parent */
    REGION_WITHIN, /**< lie in the parent, disjoint */
    REGION_ROOT    /**< no parent: disjoint, without enclosed gaps */
} region_mode;

/** The level, as all its groups need it. */
typedef struct region_level {
    const grid_shapes *parents; /**< NULL in REGION_ROOT */
    const grid_shapes *children;
    region_mode mode;
    const bool *unusable, *unusable_parent;
    const bool *simple, *simple_parent; /**< rings bound an area: over a place once or not at all */
    const uint32_t *child_of;           /**< children by group ... */
    const size_t *child_of_start;       /**< ... n_groups + 1 */
    const uint8_t *residual_mark, *residual_parent_mark; /**< a bit per vertex: its edge stays */
    bool residual_complete;                              /**< all of them stay */
    double aspect;                                       /**< a unit of x, in units of y */
} region_level;

typedef struct defect_list {
    grid_defect *at;
    size_t n, cap;
    grid_arena units; /**< holds the defects' units */
} defect_list;

/** Appends a defect with a copy of the units. */
GRID_MUST_USE bool defect_list_add(defect_list *list, const grid_defect *defect,
                                   const uint32_t *units, size_t n);
void defect_list_free(defect_list *list);

/**
 * Appends what is wrong in group g: some faces or edges of one kind with the same units, near each
 * other, each with all that is known without the level's name and parents. The units ascend; the
 * shapes go to `shapes`.
 */
GRID_MUST_USE grid_status region_search(const region_level *level, uint32_t group,
                                        const residual_edge *edges, size_t n, grid_shapes *shapes,
                                        defect_list *out, grid_error *err);

/** How far it is from one place to another, in units of y, of which a unit of x is `aspect`. */
static inline double region_length(double aspect, grid_xy p, grid_xy q) {
    double x = (q.x - p.x) * aspect, y = q.y - p.y;
    return sqrt(x * x + y * y);
}

/** The mean width of an area, in units of y as its perimeter: what is twice the area over that. */
static inline double region_width(double aspect, double area, double perimeter) {
    return perimeter > 0 ? 2 * aspect * area / perimeter : 0;
}

static inline bool region_is_narrower(double aspect, double area, double perimeter, double width) {
    return 2 * aspect * area < width * perimeter;
}

/** How far apart doubles are where coordinates are as large as these. */
double region_ulp(grid_xy at);

/** Whether the area may be all of a unit's: it is as large but for rounding. */
bool region_is_whole(double unit_area, double area);

/** How two areas lie to each other. */
typedef struct region_relation {
    bool overlap, a_in_b, b_in_a;
} region_relation;

/** Exact. */
GRID_MUST_USE grid_status region_compare(const grid_shapes *as, uint32_t a, const grid_shapes *bs,
                                         uint32_t b, region_relation *out, grid_error *err);

#endif
