/*
 * rows.h - delimited text as it comes: records, their fields, the header. No byte is changed or
 * copied.
 */
#ifndef GRID_LOCATE_ROWS_H
#define GRID_LOCATE_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/number.h"

typedef grid_chars span;

/** How records are written. */
typedef struct row_format {
    bool json; /**< every line is an object; there are no fields */
    char delimiter;
    bool quotes; /**< a field may be enclosed in '"' and then hold delimiters and line ends */
} row_format;

/** One record: its text without the line end, and where the next one begins. */
typedef struct row {
    span text;
    const char *next;
} row;

/**
 * Takes the record at data .. end-1. False when its line end is not there yet; with `last`
 * the end of the data ends the record. A quote that stays open for MAX_QUOTED bytes, or up to
 * the end of the input, is taken for an ordinary character.
 */
bool row_take(row_format format, const char *data, const char *end, bool last, row *out);

enum { MAX_ROWS = 256 };

/** Records, and two fields of those that were taken quickly. */
typedef struct row_list {
    size_t n;
    row row[MAX_ROWS];
    span a[MAX_ROWS], b[MAX_ROWS];
} row_list;

/**
 * Appends records with their fields number `a` and `b` (from 0) by looking at 64 bytes at a time,
 * until the list is full. Stops before one that this quick way does not do for, which says nothing
 * about it: it holds a quote, has too few fields, or ends near the end of the data.
 */
void rows_take_quickly(row_format format, const char *data, const char *end, size_t a, size_t b,
                       row_list *out);

/** Length of the complete records in data[0 .. n-1]. */
size_t rows_complete(row_format format, const char *data, size_t n, bool last);

/** Field number `index` (from 0) of a record's text, still quoted; false when there is none. */
bool row_field(row_format format, span text, size_t index, span *out);

/** Takes blanks and enclosing quotes off (doubled quotes stay as they are). */
span field_content(span field);

#endif
