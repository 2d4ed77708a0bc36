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
    const char *const *code;                /**< per feature */
    const char *const *label, *const *kind; /**< per feature, for those who ask; may be NULL */
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

/** How a look-up went, for those who want to know. */
typedef struct grid_locate_path {
    bool in_box;       /**< the point is in the box of all units */
    bool by_directory; /**< the descent began at a directory's entry, not at the root */
    uint32_t nodes;    /**< nodes of the tree that were passed */
    uint32_t edges;    /**< edges of the border tile it ended in; 0 for a tile without borders */
    bool exact;        /**< the point was too near to a border for the tile's pieces */
} grid_locate_path;

/** Follows the look-up of one point in a layer. */
GRID_API void grid_locator_trace(const grid_locator *locator, size_t layer, grid_xy p,
                                 grid_locate_path *path);

/**
 * Whether look-ups start at the directory (as they do from the beginning) or at the root of the
 * tree. Answers are the same. Not to be called while others look up.
 */
GRID_API void grid_locator_use_directory(grid_locator *locator, bool use);

/**
 * The unit of a layer whose border is nearest to a point that no unit covers, and how far it
 * is, when that is at most within_m; else GRID_NONE. metre_x and metre_y are the lengths of one
 * unit of the coordinates there. Equal distances go to the smaller code. Thread-safe, no
 * allocation.
 */
GRID_API uint32_t grid_locator_nearest(const grid_locator *locator, size_t layer, grid_xy p,
                                       double within_m, double metre_x, double metre_y,
                                       double *distance_m);

/**
 * The units of a layer that meet a closed box, in the order of their numbers: those with a border
 * in it or on it, and those that cover its south-west corner. `units` is the caller's, freed
 * with free().
 */
GRID_API GRID_MUST_USE grid_status grid_locator_find_box(const grid_locator *locator, size_t layer,
                                                         const grid_box *box, uint32_t **units,
                                                         size_t *n, grid_error *err);

/* ---- what an index holds ------------------------------------------------------------- */

GRID_API size_t grid_locator_layers(const grid_locator *locator);
GRID_API const char *grid_locator_layer_name(const grid_locator *locator, size_t layer);
GRID_API uint32_t grid_locator_units(const grid_locator *locator, size_t layer);

/** Words of a unit as given when building; "" where there are none, or for GRID_NONE. */
GRID_API const char *grid_locator_code(const grid_locator *locator, size_t layer, uint32_t unit);
GRID_API const char *grid_locator_label(const grid_locator *locator, size_t layer, uint32_t unit);
GRID_API const char *grid_locator_kind(const grid_locator *locator, size_t layer, uint32_t unit);

/** Box of everything the layer's look-up covers. */
GRID_API grid_box grid_locator_box(const grid_locator *locator, size_t layer);

/* ---- index files ------------------------------------------------------------------------ */

/**
 * Writes the index to a file that any process may map. `origin` says what it was built from, in the
 * caller's own words, and `crs` what its coordinates are in; both come back on opening.
 */
GRID_API GRID_MUST_USE grid_status grid_locator_save(const grid_locator *locator, const char *path,
                                                     const char *origin, const char *crs,
                                                     bool overwrite, grid_error *err);

/**
 * Maps an index file. The whole of it is checked against its checksum first; one that is damaged,
 * cut short or of another version is refused with GRID_E_INPUT.
 */
GRID_API GRID_MUST_USE grid_status grid_locator_open(const char *path, grid_locator **out,
                                                     grid_error *err);

/**
 * As grid_locator_open, but in a moment whatever the size: of the file's blocks only those that are
 * needed to begin are checked, and each of the others when a look-up first reads it. So ask
 * grid_locator_check after looking up, before anything is done with the answers. Whatever
 * the file holds, nothing outside of it is read.
 */
GRID_API GRID_MUST_USE grid_status grid_locator_open_lazily(const char *path, grid_locator **out,
                                                            grid_error *err);

/** Fails with GRID_E_INPUT once a look-up, by any thread, has met a damaged block. Cheap. */
GRID_API GRID_MUST_USE grid_status grid_locator_check(const grid_locator *locator, grid_error *err);

/** As given to grid_locator_save; "" for an index that was just built. */
GRID_API const char *grid_locator_origin(const grid_locator *locator);
GRID_API const char *grid_locator_crs(const grid_locator *locator);

#ifdef __cplusplus
}
#endif

#endif
