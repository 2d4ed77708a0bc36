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
 * Size, time and SHA-256 of the source's file, with the options that matter. NULL with err filled
 * when the file cannot be read. The caller frees it.
 */
char *origin_describe(const grids_options *options, size_t main_layer, grid_error *err);

/**
 * True when an index with this origin still stands for the source: the options are the same,
 * and so is the file, by size and time or else by its SHA-256.
 */
bool origin_holds(const char *origin, const grids_options *options);

/** The main layer that the origin names. */
size_t origin_main_layer(const char *origin);

#endif
