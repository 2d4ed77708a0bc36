/*
 * grid/locate.h - points to units through a frozen index. Build once, map many.
 */
#ifndef GRID_LOCATE_H
#define GRID_LOCATE_H

#include <grid/cover.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One level (or any polygon layer) to be indexed. */
typedef struct grid_locate_layer {
    const char *name;
    const grid_shapes *shapes;
    const char *const *code; /**< per feature */
} grid_locate_layer;

/** An immutable index, shared between threads and, when mapped, between processes. */
typedef struct grid_locator grid_locator;

/**
 * Builds the index of one or several layers, of which nothing is needed afterwards. Every layer is
 * answered in one look-up. Layers may nest (levels of a hierarchy), overlap or have gaps.
 *
 * Border rule: a point stands for (x + e, y + e^2) with e -> 0, so a unit owns its west and south
 * borders and a point on the border of two units has exactly one answer. Where that leaves a point
 * on a border to nobody (the outer rim, the rim of a gap), the unit with the smallest code whose
 * border it lies on has it, so that every vertex of a layer belongs to a unit.
 */
GRID_API GRID_MUST_USE grid_status grid_locator_build(const grid_locate_layer *layers,
                                                      size_t n_layers, const grid_context *ctx,
                                                      grid_locator **out, grid_error *err);
GRID_API void grid_locator_free(grid_locator *locator);

/** What a point is answered with, per layer. */
typedef struct grid_hit {
    uint32_t unit;   /**< feature of the layer, or GRID_NONE */
    uint16_t claims; /**< how many features of the layer cover the point */
    bool border;     /**< the point lies exactly on a border; `unit` follows the border rule */
} grid_hit;

/** Answers all layers for one point into hits[n_layers]. No allocation; thread-safe. */
GRID_API void grid_locator_find(const grid_locator *locator, double x, double y, grid_hit *hits);

/** Answers n points at once into hits[n * n_layers], point by point; the faster way for many. */
GRID_API void grid_locator_find_many(const grid_locator *locator, const grid_xy *xy, size_t n,
                                     grid_hit *hits);

/**
 * Whether look-ups start at the directory (as they do from the beginning) or at the root of the
 * tree. Answers are the same. Not to be called while others look up.
 */
GRID_API void grid_locator_use_directory(grid_locator *locator, bool use);

#ifdef __cplusplus
}
#endif

#endif
