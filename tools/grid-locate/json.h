/*
 * json.h - the coordinates of a JSON object on a line of its own, read in place.
 */
#ifndef GRID_LOCATE_JSON_H
#define GRID_LOCATE_JSON_H

#include <grid/geom.h>

#include "rows.h"

/** Where an object holds its point: in two members, or in a GeoJSON geometry. */
typedef struct json_keys {
    const char *x, *y; /**< both NULL for a geometry */
} json_keys;

/** The texts of two members at the top level, found in one pass, without the quotes of strings.
 * False when the text is no object, or lacks one. */
bool json_find_pair(span object, const json_keys *keys, span *x, span *y);

/** Reads a GeoJSON point, or the one that is the geometry of a feature. False when there is none.
 */
bool json_read_geometry(span text, grid_xy *out);

/** The text of a member at the top level, without the quotes of a string; false when there is
 *  none. */
bool json_member(span text, const char *name, span *value);

/** True when the object has a member of this name at its top level. */
bool json_has(span text, const char *name);

/** Where members can be added to the object: its closing brace. NULL when it is no object. */
const char *json_end(span text, bool *is_empty);

#endif
