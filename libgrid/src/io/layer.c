#include "io/layer.h"

#include "base/base.h"
#include "base/text.h"
#include "base/vec.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void grid_layer_free(grid_layer *layer) {
    if (layer == NULL)
        return;
    io_layer *own = (io_layer *)layer;
    for (size_t c = 0; c < layer->n_columns; c++) {
        free(layer->column[c].null);
        free(layer->column[c].text);
    }
    free(layer->column);
    free(layer->path);
    free(layer->name);
    free(layer->crs);
    free(layer->fid);
    grid_shapes_free(layer->shapes);
    grid_arena_free(&own->strings);
    free(own);
}

const grid_column *grid_layer_column(const grid_layer *layer, const char *name) {
    for (size_t c = 0; c < layer->n_columns; c++)
        if (grid_text_same(layer->column[c].name, name))
            return &layer->column[c];
    return NULL;
}

grid_status grid_layer_find_column(const grid_layer *layer, const char *name,
                                   const grid_column **out, grid_error *err) {
    *out = grid_layer_column(layer, name);
    if (*out != NULL)
        return GRID_OK;
    char where[256];
    snprintf(where, sizeof where, "%s:%s", layer->path, layer->name);
    grid_fail(err, GRID_E_INPUT, where, "there is no column \"%s\"", name);
    const char **names = GRID_NEW(const char *, layer->n_columns);
    if (names == NULL)
        return grid_fail_nomem(err);
    for (size_t c = 0; c < layer->n_columns; c++)
        names[c] = layer->column[c].name;
    const char *nearest = grid_text_nearest(name, names, layer->n_columns);
    char list[200];
    if (nearest != NULL)
        grid_hint(err, GRID_E_INPUT, "did you mean \"%s\"?", nearest);
    else if (layer->n_columns == 0)
        grid_hint(err, GRID_E_INPUT, "it has no columns");
    else
        grid_hint(err, GRID_E_INPUT, "its columns: %s",
                  grid_text_list(names, layer->n_columns, list, sizeof list));
    free(names);
    return GRID_E_INPUT;
}

const grid_column *grid_layer_alias(const grid_layer *layer, const char *const *aliases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        const grid_column *column = grid_layer_column(layer, aliases[i]);
        if (column != NULL)
            return column;
    }
    return NULL;
}

const char *grid_layer_where(const grid_layer *layer, size_t i, char *out) {
    snprintf(out, 256, "%s:%s:%" PRId64, layer->path, layer->name, layer->fid[i]);
    return out;
}

const char *grid_column_text(const grid_column *column, size_t i, char *buffer) {
    if (column->null[i])
        return "";
    switch (column->type) {
    case GRID_COLUMN_TEXT:
        return column->text[i];
    case GRID_COLUMN_INT:
        snprintf(buffer, 32, "%" PRId64, column->integer[i]);
        return buffer;
    case GRID_COLUMN_REAL:
        grid_text_from_double(buffer, column->real[i]);
        return buffer;
    }
    return "";
}

bool grid_column_integer(const grid_column *column, size_t i, int64_t *out) {
    double real;
    if (column->null[i])
        return false;
    switch (column->type) {
    case GRID_COLUMN_INT:
        *out = column->integer[i];
        return true;
    case GRID_COLUMN_TEXT:
        if (grid_text_to_int(column->text[i], out))
            return true;
        if (!grid_text_to_double(column->text[i], &real))
            return false;
        break;
    case GRID_COLUMN_REAL:
        real = column->real[i];
        break;
    default:
        return false;
    }
    /* "12.0" is a count too; beyond 2^53 a double no longer tells integers apart. */
    if (!(real >= -0x1p53 && real <= 0x1p53) || real != (double)(int64_t)real)
        return false;
    *out = (int64_t)real;
    return true;
}

bool grid_column_number(const grid_column *column, size_t i, double *out) {
    if (column->null[i])
        return false;
    switch (column->type) {
    case GRID_COLUMN_INT:
        *out = (double)column->integer[i];
        return true;
    case GRID_COLUMN_REAL:
        *out = column->real[i];
        return *out - *out == 0;
    case GRID_COLUMN_TEXT:
        return grid_text_to_double(column->text[i], out);
    }
    return false;
}
