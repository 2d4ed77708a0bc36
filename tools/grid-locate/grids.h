/*
 * grids.h - what points are located in: the levels of grid databases and polygon layers, as one
 * index with the words to answer in.
 */
#ifndef GRID_LOCATE_GRIDS_H
#define GRID_LOCATE_GRIDS_H

#include <grid/locate.h>

#include "common/options.h"

struct duty_words;

typedef struct grids {
    grid_locator *locator;
    size_t n_layers;
    size_t main_layer; /**< whose answer decides the status: the finest division of the first
                            source */
    size_t n_records; /**< layers right behind it that are of things in it: buildings, households */
    char *crs;        /**< that all coordinates are in; NULL when no source names one */
    grid_box box;     /**< of the main layer */
    const grid_shapes *shapes;     /**< of the main layer; NULL unless they were to be kept */
    struct grid_units *units;      /**< owns the shapes, or else */
    struct grid_layer *layer;      /**< this */
    const struct duty_words *duty; /**< borrowed; NULL when nobody asked for them */
    double metres_per_unit;        /**< of the CRS; 0 for degrees, 1 when no source names a CRS */
    double metre_x, metre_y; /**< metres of one unit of the coordinates, in the middle of the box */
} grids;

typedef struct grids_options {
    const tool_list *sources;
    const char *code_field, *name_field; /**< of polygon layers; NULL: the usual names */
    const char *layer, *src_crs;
    bool no_index;     /**< do not look for an index file */
    bool keep_shapes;  /**< read the sources themselves and keep the shapes of the main layer */
    bool no_directory; /**< start every look-up at the root of the tree */
} grids_options;

/**
 * Opens the index file of the source, if it has a valid one, or reads the sources and builds
 * the index. Release with grids_close in any case.
 */
grid_status grids_open(const grids_options *options, const grid_context *ctx, grids *out,
                       grid_error *err);
void grids_close(grids *g);

/** True when the grids' CRS is written like this one, or both are WGS 84: told without PROJ. */
bool grids_are_in(const grids *g, const char *crs);

/** Writes the index file beside the first source. */
grid_status grids_save(const grids *g, const grids_options *options, char *path, size_t size,
                       grid_error *err);

#endif
