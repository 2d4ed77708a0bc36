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

/**
 * Appends lines that are written plainly: flat, without escapes, and without blanks but one behind
 * a colon or a comma. Stops before one that is not, which says nothing about it.
 */
void objects_take_quickly(const json_keys *keys, const char *data, const char *end, row_list *out);

#endif
