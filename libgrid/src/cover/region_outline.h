/*
 * region_outline.h - the outline of a face, taken from the arrangement once, for all that is
 * measured along it.
 */
#ifndef GRID_SRC_COVER_REGION_OUTLINE_H
#define GRID_SRC_COVER_REGION_OUTLINE_H

#include "base/vec.h"
#include "cover/arrange.h"

/** A point of the outline, and the edge from there to the next. */
typedef struct outline_point {
    arrange_place place;
    uint32_t half; /**< the half-edge of that edge */
} outline_point;

typedef struct outline {
    GRID_VEC(outline_point) point; /**< ring by ring, the outer one first; closed */
    GRID_VEC(size_t) start;        /**< of each ring, and the end of the last */
    double perimeter;        /**< in units of y, without edges that have the face on both sides */
    bool two_sided;          /**< there are such edges */
    double low, high;        /**< the least and the greatest y */
    GRID_VEC(uint32_t) edge; /**< scratch: edges, by their first points */
    GRID_VEC(double) across; /**< scratch */
} outline;

/** Takes the outline of a face, instead of what was there; a unit of x is `aspect` units of y.
 * False when memory ran out. */
GRID_MUST_USE bool outline_take(outline *o, const arrangement *a, uint32_t face, double aspect);
void outline_free(outline *o);

/** As exact as arrange_area. */
dd outline_area(const outline *o);

/** Appends a part with the rings; ways there and back again are left out. */
GRID_MUST_USE bool outline_write(outline *o, grid_shapes *out);

/** A point inside as far as doubles have one, else on the longest edge. */
GRID_MUST_USE bool outline_inside(outline *o, grid_xy *out);

#endif
