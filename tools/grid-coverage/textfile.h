/*
 * textfile.h - reports as files that appear whole or not at all.
 */
#ifndef GRID_COVERAGE_TEXTFILE_H
#define GRID_COVERAGE_TEXTFILE_H

#include <grid/base.h>

#include <stdio.h>

/*
 * Refuses, before there is any work, outputs (NULL for none) that could not be written in the end:
 * existing ones without --overwrite, in a folder that is not there, two of one name.
 */
grid_status coverage_check_outputs(const char *const *paths, size_t n, grid_error *err);

/* Writes `what`; false when that failed, with errno set. */
typedef bool coverage_write_fn(FILE *file, const void *what);

grid_status coverage_write_file(const char *path, coverage_write_fn *fn, const void *what,
                                grid_error *err);

/* For `what` that is a text. */
bool coverage_put_text(FILE *file, const void *what);

#endif
