/*
 * header.h - how a table is read: delimiter, header, coordinate columns and their CRS, found out
 * from its first record and from what the user said. What was found out is reported, never kept
 * silent.
 */
#ifndef GRID_LOCATE_HEADER_H
#define GRID_LOCATE_HEADER_H

#include "filter.h"
#include "json.h"
#include "rows.h"

typedef struct table {
    row_format format;
    bool has_header;
    size_t x, y;    /**< field numbers from 0 */
    json_keys keys; /**< instead, where rows are objects */
    char crs[512];  /**< of the points; empty when it is the grids' own */
} table;

/** A further column, by its name or number, or a member of an object. */
typedef struct table_column {
    const char *name;
    size_t index;
} table_column;

/** Finds a column; `first` is the first record. */
grid_status table_column_find(const table *t, const char *input, span first, const char *name,
                              table_column *out, grid_error *err);

/** Its text in a record, without quotes; false when the record has none. */
bool table_column_text(const table *t, const table_column *column, span record, span *out);

/**
 * Reads the first record (data .. end-1, the whole beginning of the input that is there) and
 * decides. Findings of kind "columns" and "crs" say what was decided without being told.
 */
grid_status table_open(const grids *g, const filter_options *options, span first,
                       const grid_context *ctx, table *out, grid_error *err);

/** The delimiter and quoting of an input, from the options, its name and its first line. */
row_format table_format(const filter_options *options, span first_line);

/** True when the header has a field of this name. */
bool table_has_name(row_format format, span header, const char *name);

#endif
