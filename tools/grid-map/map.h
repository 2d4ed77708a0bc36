/*
 * map.h - the pieces of grid-map.
 */
#ifndef GRID_MAP_H
#define GRID_MAP_H

#include <grid/draw.h>
#include <grid/io.h>

#include "fields.h"

/** A layer of the ground: something to see on a map besides the division. */
typedef struct map_ground {
    grid_layer *layer; /**< NULL: none */
    const char **name;
    uint8_t *border_class; /**< of lines */
} map_ground;

/** Reads a layer in the CRS of the map. Names and classes come from the columns usual for them. */
GRID_MUST_USE grid_status map_ground_read(const char *spec, const char *crs, bool lines,
                                          const grid_context *ctx, map_ground *g, grid_error *err);
void map_ground_free(map_ground *g);
grid_map_layer map_ground_layer(const map_ground *g);

/** Appends the features of `more`, which stays the caller's and must live as long. */
GRID_MUST_USE grid_status map_ground_join(map_ground *g, const map_ground *more, grid_error *err);

/** Who holds which post now. */
typedef struct map_people {
    grid_duty_tables *tables;
    grid_map_person *list;
    size_t n;
} map_people;

GRID_MUST_USE grid_status map_people_read(grid_store *store, map_people *people, grid_error *err);
void map_people_free(map_people *people);

/**
 * Per grid the share of the households of its old self that stayed in it (none for a new code);
 * NULL when the database tells of none. Free with free().
 */
GRID_MUST_USE grid_status map_lineage_read(grid_store *store, const grid_units *grids,
                                           double **kept, grid_error *err);

enum { MAX_LINE_LAYERS = 16 };

/** A grid database in memory, with the layers of the ground that were asked for. */
typedef struct map_input {
    const char *path;
    grid_store *store;
    map_ground lines[MAX_LINE_LAYERS], water, compounds, buildings, components;
    size_t n_lines;
    map_people people;
    double *kept;                /**< see map_lineage_read */
    const uint8_t *border_class; /**< of the borders, where they stand for roads */
    char crs_name[192];
    grid_level *level;
    size_t n_levels;
    grid_units **units;
    grid_cell_rows *cells;
    grid_border_rows *borders;
    grid_map map; /**< of what is above; for the drawing library */
    grid_atlas *atlas;
} map_input;

/** Layers of the ground to show, "FILE" or "FILE:LAYER" each; NULL: none. */
typedef struct map_wishes {
    const char *const *roads;
    size_t n_roads;
    const char *water, *compounds, *buildings, *components;
} map_wishes;

GRID_MUST_USE grid_status map_input_read(const char *path, map_input *in, grid_error *err);

/** Derives what all outputs need; the last step before writing. */
GRID_MUST_USE grid_status map_input_atlas(map_input *in, const grid_context *ctx, grid_error *err);

/** Reads what sheets and pages show besides the division. */
GRID_MUST_USE grid_status map_input_surround(map_input *in, const map_wishes *wishes,
                                             const grid_context *ctx, grid_error *err);
void map_input_free(map_input *in);

/** How features are written. */
typedef struct map_format {
    const char *extension; /**< ".shp" and so on, in lower case */
    const char *encoding;  /**< of shapefiles */
    field_names names;
    bool overwrite;
} map_format;

/** The layers that a database gives: one per level, then cells, borders, components. */
typedef struct map_layers map_layers;

GRID_MUST_USE grid_status map_layers_new(const map_input *in, const map_format *format,
                                         map_layers **out, grid_error *err);
void map_layers_free(map_layers *layers);

/** Writes one layer (with its style) to a file; `name` is a level's name, "cells" or "borders". */
GRID_MUST_USE grid_status map_layers_write_one(const map_layers *layers, const char *name,
                                               const char *path, const map_format *format,
                                               grid_error *err);

/** Writes every layer to a file of its own in a folder, whole or not at all. */
GRID_MUST_USE grid_status map_layers_write_folder(const map_layers *layers, const char *folder,
                                                  const map_format *format, grid_error *err);

/** Writes all layers to one file; a GeoPackage gets their styles and a QGIS project as well. */
GRID_MUST_USE grid_status map_layers_write_all(map_layers *layers, const map_input *in,
                                               const char *path, const map_format *format,
                                               grid_error *err);

/** What of the database gets a sheet, and how sheets look. */
typedef struct map_sheets {
    const char *const *which; /**< "overview", names of levels; none: the usual ones */
    size_t n_which;
    const char *const *unit; /**< codes: only their sheets; none: all */
    size_t n_units;
    grid_sheet_options look;
} map_sheets;

/** All sheets into one file, or a file each into a folder (`extension` ".png" and so on). */
GRID_MUST_USE grid_status map_sheets_write(const map_input *in, const map_sheets *sheets,
                                           const char *path, const map_format *format,
                                           const grid_context *ctx, size_t *n, grid_error *err);

/** The division as a CAD drawing. */
GRID_MUST_USE grid_status map_drawing_write(const map_input *in, const char *path,
                                            const map_format *format, grid_error *err);

/** The division as a web page. */
GRID_MUST_USE grid_status map_page_write(const map_input *in, const grid_page_options *options,
                                         const char *path, const map_format *format,
                                         const grid_context *ctx, grid_error *err);

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

/** Lets an error name the file that the user asked for, not its temporary place. */
void map_folder_explain(const map_folder *f, grid_error *err);

/** True for an existing folder, and for a name that ends in "/". */
bool map_is_folder(const char *path);

/** "folder/name" + extension, in memory of its own. */
char *map_path(const char *folder, const char *name, const char *extension);

#endif
