/*
 * grids.h - what points are located in: the levels of grid databases and polygon layers, as one
 * index with the words to answer in.
 */
#ifndef GRID_LOCATE_GRIDS_H
#define GRID_LOCATE_GRIDS_H

#include <grid/locate.h>

#include "base/arena.h"
#include "common/options.h"

/** One layer of answers. */
typedef struct grids_layer {
    const char *name;                   /**< "grid", "community", or the layer's name */
    uint32_t n;                         /**< units */
    const char **code, **label, **kind; /**< per unit, UTF-8, "" where there is none */
} grids_layer;

typedef struct grids {
    grids_layer *layer; /**< top level first; several sources follow each other */
    size_t n_layers;
    size_t
        main_layer; /**< whose answer decides the status: the finest division of the first source */
    grid_locator *locator;
    char *crs;    /**< that all coordinates are in; NULL when no source names one */
    grid_box box; /**< of the main layer */
    grid_arena words;
} grids;

typedef struct grids_options {
    const tool_list *sources;
    const char *code_field, *name_field; /**< of polygon layers; NULL: the usual names */
    const char *layer, *src_crs;
} grids_options;

/** Reads the sources and builds the index. Release with grids_close in any case. */
grid_status grids_open(const grids_options *options, const grid_context *ctx, grids *out,
                       grid_error *err);
void grids_close(grids *g);

#endif
