/*
 * find.h - what the passes of grid_cover_find share.
 */
#ifndef GRID_SRC_COVER_FIND_H
#define GRID_SRC_COVER_FIND_H

#include "base/vec.h"
#include "cover/region.h"

/** What is known of a level. */
typedef struct find_level {
    const grid_cover_level *in;
    const grid_shapes *given; /**< the shapes before rings were closed; else those of `in` */
    grid_cover_level own;     /**< what `in` is where they were */
    grid_shapes *closed;
    size_t n;            /**< features */
    grid_digest *edges;  /**< per feature */
    grid_digest *rings;  /**< per feature */
    bool *unusable;      /**< per feature: coordinates that cannot be computed with */
    bool *simple;        /**< per feature */
    uint32_t *parent_of; /**< as given */
    uint32_t *home;      /**< the same, mended where what is given is wrong */
    grid_seam *seam;     /**< per parent */
    bool *unchanged;     /**< per parent: proved before */
    bool moved;          /**< the home of some unit is not the parent given */
} find_level;

typedef struct finder {
    find_level *level;
    uint32_t n_levels;
    const grid_cover_options *options;
    const grid_context *ctx;
    defect_list defect;
    grid_shapes *shapes;
} finder;

/** What a unit of x is in units of y. */
static inline double find_aspect(const finder *k) {
    return k->options->aspect > 0 ? k->options->aspect : 1;
}

/** Appends a defect that takes over copies of the units; `d` has everything but them. */
GRID_MUST_USE grid_status find_add(finder *k, grid_defect d, const uint32_t *units, size_t n,
                                   grid_error *err);

/** Checks the rings of all features that are not in unchanged groups. */
GRID_MUST_USE grid_status find_ring_faults(finder *k, uint32_t level, grid_error *err);

/** Wrong and missing parents, by place; sets home. */
GRID_MUST_USE grid_status find_homes(finder *k, uint32_t level, grid_error *err);

/** Codes used twice, and such that do not start with their parent's. */
GRID_MUST_USE grid_status find_code_faults(finder *k, uint32_t level, grid_error *err);

/** The edges below one parent that do not cancel. */
typedef struct residual_group {
    uint32_t group;
    const residual_edge *edge;
    size_t n;
} residual_group;

/** Called once with all groups of a level that have such edges. */
typedef grid_status find_groups_fn(void *user, const region_level *level,
                                   const residual_group *groups, size_t n, grid_error *err);
GRID_MUST_USE grid_status find_each_residual(finder *k, uint32_t level, find_groups_fn *fn,
                                             void *user, grid_error *err);

/** Opens levels 0 .. n_levels-1: digests, and parents as given. */
GRID_MUST_USE grid_status find_open(finder *k, const grid_cover_level *levels, grid_error *err);
void find_close(finder *k);

/** The passes before find_each_residual. */
GRID_MUST_USE grid_status find_prepare(finder *k, uint32_t level, grid_error *err);

/** Puts the defects in the order of a report and gives them their identities. */
void find_sort(finder *k);

/** Gaps, overlaps and so on. */
GRID_MUST_USE grid_status find_residual_faults(finder *k, uint32_t level, grid_error *err);

#endif
