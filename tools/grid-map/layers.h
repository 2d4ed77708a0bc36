/*
 * layers.h - the database's content as layers of features, shared by those who write them.
 */
#ifndef GRID_MAP_LAYERS_H
#define GRID_MAP_LAYERS_H

#include "base/arena.h"
#include "map.h"

enum { MAX_FIELDS = 20 };

typedef struct layer {
    grid_layer_out out;
    grid_field field[MAX_FIELDS];
    grid_qml_kind style;
    const char *title;
    const char *code, *name, *households, *class; /* columns that the style refers to */
} layer;

struct map_layers {
    layer *at;
    size_t n;
    bool shapefile;
    field_names names;
    int64_t *tint; /* of the grids */
    bool *unknown; /* counts that are not known; one array after the other */
    size_t n_unknown;
    grid_layer *components;
    grid_shapes **moved; /* shapes in another CRS than the database's */
    grid_arena text;
};

/** What a style refers to; `names` holds the names of all columns. */
grid_qml_fields layer_fields(const layer *l, const char *names[MAX_FIELDS]);

/** The layer's style as QGIS reads it; free with free(). */
char *layer_style(const layer *l);

#endif
