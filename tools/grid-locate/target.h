/*
 * target.h - a file that appears under its name when all went well, and else not at all.
 */
#ifndef GRID_LOCATE_TARGET_H
#define GRID_LOCATE_TARGET_H

#include "base/replace.h"

typedef struct target {
    const char *path; /**< NULL for none */
    int fd;           /**< to write to; -1 for none */
    grid_replace file;
} target;

/** A `path` of NULL opens nothing. */
GRID_MUST_USE grid_status target_open(target *t, const char *path, bool overwrite, grid_error *err);

/** Puts the file in its place if `status` is GRID_OK, else removes it. Returns what went wrong
 *  first. */
GRID_MUST_USE grid_status target_close(target *t, grid_status status, grid_error *err);

#endif
