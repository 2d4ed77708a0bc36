/*
 * csv.h - writing CSV (RFC 4180).
 */
#ifndef GRID_LOCATE_CSV_H
#define GRID_LOCATE_CSV_H

#include "pipeline.h"

/** Appends a field, in quotes where it needs them, and the character that follows it. */
bool csv_put(bytes *out, const char *text, char after);

#endif
