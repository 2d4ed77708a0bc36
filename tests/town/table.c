#include "table.h"

#include <math.h>

void table_begin(table *t, const char *name) {
    *t = (table){.name = name, .shapes = grid_shapes_new()};
    if (t->shapes == NULL)
        town_die("out of memory");
}

void table_add_column(table *t, const char *name, grid_column_type type) {
    t->column[t->n_columns].name = name;
    t->column[t->n_columns++].type = type;
}

static table_column *next_column(table *t) {
    table_column *column = &t->column[t->at];
    t->at = (t->at + 1) % t->n_columns;
    return column;
}

void table_text(table *t, const char *value) {
    table_column *column = next_column(t);
    TOWN_PUSH(&column->text, value);
}

void table_integer(table *t, int64_t value) {
    table_column *column = next_column(t);
    TOWN_PUSH(&column->integer, value);
}

void table_real(table *t, double value) {
    table_column *column = next_column(t);
    TOWN_PUSH(&column->real, value);
}

static void begin(table *t, grid_shape_kind kind) {
    if (!grid_shapes_begin(t->shapes, kind) || !grid_shapes_begin_part(t->shapes) ||
        !grid_shapes_begin_chain(t->shapes))
        town_die("out of memory");
}

static void add(table *t, grid_xy p) {
    if (!grid_shapes_add(t->shapes, p.x, p.y))
        town_die("out of memory");
}

static void add_nothing(table *t) {
    if (!grid_shapes_begin(t->shapes, GRID_SHAPE_NONE))
        town_die("out of memory");
}

void table_point(table *t, grid_xy at) {
    if (isnan(at.x)) {
        add_nothing(t);
        return;
    }
    begin(t, GRID_SHAPE_POINT);
    add(t, at);
}

void table_ring(table *t, const grid_xy *corner, size_t n) {
    if (n == 0) {
        add_nothing(t);
        return;
    }
    begin(t, GRID_SHAPE_AREA);
    for (size_t i = 0; i <= n; i++)
        add(t, corner[i % n]);
}

grid_layer_out table_layer(const table *t, const char *crs, grid_field *field) {
    for (size_t i = 0; i < t->n_columns; i++) {
        const table_column *column = &t->column[i];
        field[i] = (grid_field){.name = column->name, .type = column->type};
        if (column->type == GRID_COLUMN_TEXT)
            field[i].text = column->text.at;
        else if (column->type == GRID_COLUMN_INT)
            field[i].integer = column->integer.at;
        else
            field[i].real = column->real.at;
    }
    return (grid_layer_out){.name = t->name,
                            .crs = crs,
                            .shapes = t->shapes,
                            .field = field,
                            .n_fields = t->n_columns,
                            .n = t->shapes->n};
}

void table_free(table *t) {
    grid_shapes_free(t->shapes);
    for (size_t i = 0; i < t->n_columns; i++) {
        GRID_VEC_FREE(&t->column[i].text);
        GRID_VEC_FREE(&t->column[i].integer);
        GRID_VEC_FREE(&t->column[i].real);
    }
}
