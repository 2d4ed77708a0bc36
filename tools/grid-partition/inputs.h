/*
 * inputs.h - the layers of the command line, read into one metric CRS and checked, as the
 * cells module wants them.
 */
#ifndef GRID_PARTITION_INPUTS_H
#define GRID_PARTITION_INPUTS_H

#include <grid/cells.h>
#include <grid/io.h>

#include "common/options.h"

/** What the options say. */
typedef struct input_options {
    const char *street, *community, *households;
    const char *compounds, *extended, *bridges; /**< NULL: none */
    tool_list barriers;
    double persons_per_household;                 /**< 0: persons are not estimated */
    const char *households_field, *persons_field; /**< NULL: by the usual names */
    const char *households_table;        /**< counts that are not in the layer itself; NULL */
    const char *key;                     /**< "COL" or "COL=COL OF THE TABLE" that joins it */
    const char *barrier_class_field;     /**< NULL: by the usual names */
    const char *code_field, *name_field; /**< of streets and communities */
    const char *cells;                   /**< "auto", "given" or "made" */
} input_options;

typedef struct inputs {
    char *crs; /**< the working CRS */
    grid_layer *street, *community, *household, *compound, *extended, *bridge; /**< NULL: none */
    grid_layer **barrier_layer;
    grid_barriers *barriers;
    size_t n_barriers;
    grid_layer *household_table; /**< NULL: none */
    const char **household_id;
    int64_t *households, *persons; /**< persons NULL when no column has them */
    uint32_t *feature_of_row; /**< per row of the table: its feature or GRID_NONE, where each row is
                                   a household; else NULL */
    const grid_column *persons_of_row;
    grid_cells_input cells; /**< borrowed views on the above */
} inputs;

/** Reads everything; says which CRS, columns and classes were chosen where nobody named them. */
grid_status inputs_read(const input_options *options, const grid_context *ctx, inputs *out,
                        grid_error *err);
void inputs_free(inputs *in);

/** Value of the first of the layer's columns with a usual name for codes (names), or "". */
const char *inputs_code(const grid_layer *layer, size_t i, const char *field);
const char *inputs_name(const grid_layer *layer, size_t i, const char *field);
/** Makes texts of codes that the layer keeps as numbers, before inputs_code is asked. */
grid_status inputs_make_codes(grid_layer *layer, const char *field, grid_error *err);
/** As these, of the usual names for ids. */
const char *inputs_id(const grid_layer *layer, size_t i);

#endif
