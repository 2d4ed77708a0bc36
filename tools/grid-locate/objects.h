/*
 * objects.h - JSON objects, one on a line, and the two members that hold a point.
 */
#ifndef GRID_LOCATE_OBJECTS_H
#define GRID_LOCATE_OBJECTS_H

#include "json.h"

/**
 * Appends lines with the texts of their two members, until the list is full. Stops before one that
 * lacks them or ends with the data.
 */
void objects_take(const json_keys *keys, const char *data, const char *end, row_list *out);

#endif
