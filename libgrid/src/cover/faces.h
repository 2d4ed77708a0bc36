/*
 * faces.h - the faces around the residual of one parent, and which units are over each that has
 * too many or too few.
 */
#ifndef GRID_SRC_COVER_FACES_H
#define GRID_SRC_COVER_FACES_H

#include "base/vec.h"
#include "cover/arrange.h"
#include "cover/region.h"

/** Owner of the parent's edges, and of auxiliary cuts that bound nothing. */
#define FACES_PARENT GRID_NONE
#define FACES_CUT (GRID_NONE - 1)

typedef struct coverer {
    uint32_t owner;
    int32_t count;
} coverer;

typedef struct faces {
    const region_level *level;
    uint32_t group;
    arrange_lines lines;           /**< the residual, then edges put back, then cuts */
    const residual_edge *residual; /**< borrowed */
    GRID_VEC(uint32_t) vertex;     /**< per edge put back: where it starts in its shapes */
    GRID_VEC(arrange_segment) cut; /**< for the next faces_rebuild */
    size_t n_residual;
    bool whole; /**< every edge of the group is among the segments */
    arrangement *a;
    bool *labelled;        /**< per face: too much or too little over it, so `set` holds */
    uint32_t *set, *set_n; /**< per face: in `coverers`, ordered by owner */
    GRID_VEC(coverer) coverers;
    grid_rtree *excess;  /* boxes of faces covered too often */
    size_t n_children;   /* of the group */
    grid_box *child_box; /* empty for those that cannot be computed with */
    grid_rtree *children;
} faces;

/** Arranges the residual of a group and finds the sets. Free it also after a failure. */
GRID_MUST_USE grid_status faces_build(faces *f, const region_level *level, uint32_t group,
                                      const residual_edge *edges, size_t n, grid_error *err);

/** Finds the sets over the faces of an arrangement: a part of building. */
GRID_MUST_USE grid_status faces_label(faces *f, grid_error *err);

/** Adds a cut; faces_rebuild takes all of them into account. */
GRID_MUST_USE bool faces_add_cut(faces *f, grid_xy a, grid_xy b);
GRID_MUST_USE grid_status faces_rebuild(faces *f, grid_error *err);
void faces_free(faces *f);

/** More over the face than there may be; less. */
bool faces_is_excess(const faces *f, uint32_t face);
bool faces_is_lack(const faces *f, uint32_t face);

/** How owners' counts change from the left of half-edge h to its right; 0 for cuts. */
int faces_change(const faces *f, uint32_t h, uint32_t piece);

/** Where a segment of a unit or the parent starts in its shapes. */
static inline uint32_t faces_vertex(const faces *f, size_t segment) {
    return segment < f->n_residual ? f->residual[segment].vertex
                                   : f->vertex.at[segment - f->n_residual];
}

/** Lengths and widths, in units of y. */
double faces_distance(const faces *f, grid_xy from, grid_xy to);
double faces_length(const faces *f, uint32_t half);
double faces_perimeter(const faces *f, uint32_t face);

#endif
