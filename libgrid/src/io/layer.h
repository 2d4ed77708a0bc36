/* layer.h - a layer in memory together with what it owns. */
#ifndef GRID_SRC_IO_LAYER_H
#define GRID_SRC_IO_LAYER_H

#include <grid/io.h>

#include "base/arena.h"

typedef struct io_layer {
    grid_layer layer;
    grid_arena strings; /* all text values and column names */
} io_layer;

#endif
