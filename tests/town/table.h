/* A layer under construction: shapes and a few columns. */
#ifndef GRID_TOWN_TABLE_H
#define GRID_TOWN_TABLE_H

#include "town.h"

enum { TABLE_COLUMNS = 12 };

typedef struct table_column {
    const char *name;
    grid_column_type type;
    GRID_VEC(const char *) text;
    GRID_VEC(int64_t) integer;
    GRID_VEC(double) real;
} table_column;

typedef struct table {
    const char *name;
    grid_shapes *shapes;
    table_column column[TABLE_COLUMNS];
    size_t n_columns;
    size_t at; /**< column that the next value goes to */
} table;

void table_begin(table *t, const char *name);
void table_add_column(table *t, const char *name, grid_column_type type);

/** Values of a row, in the order of the columns. Text is borrowed until the layer is written. */
void table_text(table *t, const char *value);
void table_integer(table *t, int64_t value);
void table_real(table *t, double value);

void table_point(table *t, grid_xy at);                     /**< none when it is NAN */
void table_ring(table *t, const grid_xy *corner, size_t n); /**< closes it; none without corners */

/** What grid_layer_write takes; `field` needs TABLE_COLUMNS entries. */
grid_layer_out table_layer(const table *t, const char *crs, grid_field *field);
void table_free(table *t);

#endif
