/*
 * replace.h - outputs that appear whole or not at all. Everything is written
 * to a temporary name beside the target, which takes the target's name last.
 */
#ifndef GRID_SRC_REPLACE_H
#define GRID_SRC_REPLACE_H

#include <grid/base.h>

typedef struct grid_replace {
    char *target;
    char *temporary; /**< write here */
} grid_replace;

/**
 * Refuses an existing target unless `overwrite`, and a folder that cannot be
 * written to. The temporary name keeps the target's extension, since format
 * drivers choose by it.
 */
GRID_MUST_USE grid_status grid_replace_begin(grid_replace *r, const char *target, bool overwrite,
                                             grid_error *err);

/** Flushes the temporary file to disk and gives it the target's name; releases r. */
GRID_MUST_USE grid_status grid_replace_commit(grid_replace *r, grid_error *err);

/** Removes the temporary file and releases r; does nothing after a commit. */
void grid_replace_abort(grid_replace *r);

#endif
