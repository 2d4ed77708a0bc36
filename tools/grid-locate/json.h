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

/** Reads the point. False when the text is no object, or holds none. */
bool json_read_point(span text, const json_keys *keys, grid_xy *out);

/** The text of a member at the top level, without the quotes of a string; false when there is
 *  none. */
bool json_member(span text, const char *name, span *value);

/** True when the object has a member of this name at its top level. */
bool json_has(span text, const char *name);

/** Where members can be added to the object: its closing brace. NULL when it is no object. */
const char *json_end(span text, bool *is_empty);

#endif
