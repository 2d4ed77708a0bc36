/* layer.h - a layer in memory together with what it owns. */
#ifndef GRID_SRC_IO_LAYER_H
#define GRID_SRC_IO_LAYER_H

#include <grid/io.h>

#include "base/arena.h"

typedef struct io_layer {
    grid_layer layer;
    grid_arena strings; /* all text values and column names */
    int *width;         /* bytes of a column's values in the source; 0 when not limited */
} io_layer;

#endif
