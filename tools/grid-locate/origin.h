/*
 * origin.h - what binds an index file to the source it was built from.
 */
#ifndef GRID_LOCATE_ORIGIN_H
#define GRID_LOCATE_ORIGIN_H

#include <stddef.h>

#include "grids.h"

/** Where the index file of a source is: "town.sqlite" has "town.sqlite.gridx" beside it. */
bool origin_index_path(const char *source, char *out, size_t size);

/**
 * Size, time and SHA-256 of the source's file, with the options that matter, and what is known of
 * the grids beside their index. NULL with err filled when the file cannot be read. The caller frees
 * it.
 */
char *origin_describe(const grids_options *options, const grids *g, grid_error *err);

/**
 * True when an index with this origin still stands for the source: the options are the same,
 * and so is the file, by size, time and (of SQLite) count of changes, or else by its SHA-256.
 */
bool origin_holds(const char *origin, const grids_options *options);

/**
 * Takes the main layer and the unit of the coordinates from the origin, so that PROJ need not be
 * asked. False when grid-locate did not write it.
 */
bool origin_take(const char *origin, grids *g);

#endif
