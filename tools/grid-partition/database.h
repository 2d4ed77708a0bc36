/*
 * database.h - writes a finished division into a grid database.
 */
#ifndef GRID_PARTITION_DATABASE_H
#define GRID_PARTITION_DATABASE_H

#include "work.h"

/** Says early what would fail late: an existing output, a folder that cannot be written to. */
grid_status database_check(const char *path, bool overwrite, grid_error *err);

grid_status database_write(const char *path, bool overwrite, const inputs *in, const scheme *plan,
                           const work *w, grid_error *err);

#endif
