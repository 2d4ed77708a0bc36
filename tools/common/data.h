/*
 * data.h - where the files of data/ are: schemes, class tables.
 */
#ifndef GRID_TOOLS_DATA_H
#define GRID_TOOLS_DATA_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Path of a file or folder of data/, e.g. "schemes/ruzhou": under $GRID_DATA, else where the
 * tools are installed (../share/grid beside their folder), else in the source tree they were built
 * from. False when it is in none of them.
 */
bool tool_data_path(const char *name, char *out, size_t size);

#endif
