/*
 * region_trace.h - what the halves of a region's search share: region.c traces what is wrong face
 * by face and edge by edge, region_gather.c puts together what belongs together.
 */
#ifndef GRID_SRC_COVER_REGION_TRACE_H
#define GRID_SRC_COVER_REGION_TRACE_H

#include "cover/faces.h"
#include "cover/region_outline.h"

/** A face, or an edge, with the units it concerns. */
typedef struct trace {
    grid_defect_kind kind;
    bool with_parent;
    uint32_t units, n_units; /**< in the pool */
    uint32_t component;
    uint32_t item; /**< face, or half-edge of a line */
} trace;

typedef GRID_VEC(trace) traces;

typedef struct region {
    faces faces;
    const arrangement *a; /**< of the faces */
    GRID_VEC(uint32_t) pool;
    traces trace;
    outline outline; /**< scratch */
    grid_shapes *shapes;
    defect_list *out;
} region;

/** Neighbouring traces of one kind with the same units become one defect. */
GRID_MUST_USE grid_status region_gather(region *r, grid_error *err);

#endif
