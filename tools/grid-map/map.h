/*
 * map.h - the pieces of grid-map.
 */
#ifndef GRID_MAP_H
#define GRID_MAP_H

#include <grid/draw.h>
#include <grid/io.h>

/** A grid database in memory, with the layers of the ground that were asked for. */
typedef struct map_input {
    grid_store *store;
    grid_level *level;
    size_t n_levels;
    grid_units **units;
    grid_cell_rows *cells;
    grid_border_rows *borders;
    grid_map map; /**< of what is above; for the drawing library */
    grid_atlas *atlas;
} map_input;

GRID_MUST_USE grid_status map_input_read(const char *path, map_input *in, grid_error *err);
void map_input_free(map_input *in);

/** How features are written. */
typedef struct map_format {
    const char *extension; /**< ".shp" and so on */
    const char *encoding;  /**< of shapefiles */
    bool overwrite;
} map_format;

/** The layers that a database gives: one per level, then cells and borders. */
typedef struct map_layers map_layers;

GRID_MUST_USE grid_status map_layers_new(const map_input *in, map_layers **out, grid_error *err);
void map_layers_free(map_layers *layers);

/** Writes one layer (with its style) to a file; `name` is a level's name, "cells" or "borders". */
GRID_MUST_USE grid_status map_layers_write_one(const map_layers *layers, const char *name,
                                               const char *path, const map_format *format,
                                               grid_error *err);

/** Writes every layer to a file of its own in a folder, whole or not at all. */
GRID_MUST_USE grid_status map_layers_write_folder(const map_layers *layers, const char *folder,
                                                  const map_format *format, grid_error *err);

/** A folder that is filled under a temporary name and appears whole. */
typedef struct map_folder {
    char *target, *temporary;
    bool overwrite, existed;
} map_folder;

/** An existing folder is added to; the files it has are kept unless `overwrite`. */
GRID_MUST_USE grid_status map_folder_begin(map_folder *f, const char *target, bool overwrite,
                                           grid_error *err);
GRID_MUST_USE grid_status map_folder_commit(map_folder *f, grid_error *err);
void map_folder_abort(map_folder *f);

/** "folder/name" + extension, in memory of its own. */
char *map_path(const char *folder, const char *name, const char *extension);

#endif
