/* The layers of the ground that a map shows under the division. */
#include "map.h"

#include <grid/cells.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

static const char *const name_words[] = {"name",      "名称", "NAME",     "Street",   "STREET",
                                         "road_name", "路名", "道路名称", "小区名称", "MC"};
static const char *const class_words[] = {"class",  "类别",      "道路等级", "highway",
                                          "fclass", "MajorRoad", "等级",     "type"};

enum { COUNT_OF_NAMES = sizeof name_words / sizeof *name_words };
enum { COUNT_OF_CLASSES = sizeof class_words / sizeof *class_words };

static grid_status take_names(map_ground *g, grid_error *err) {
    const grid_column *column = grid_layer_alias(g->layer, name_words, COUNT_OF_NAMES);
    char buffer[32];
    g->name = GRID_NEW(const char *, g->layer->n);
    if (g->name == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < g->layer->n; i++) {
        g->name[i] = "";
        if (column != NULL && column->type == GRID_COLUMN_TEXT)
            g->name[i] = grid_column_text(column, i, buffer);
    }
    return GRID_OK;
}

/* Roads are roads, rails and rivers what their layer is called, unless a column says more. */
static grid_border_class class_of_layer(const grid_layer *layer) {
    grid_border_class class;
    if (strstr(layer->name, "rail") != NULL)
        return GRID_BORDER_RAIL;
    if (strstr(layer->name, "river") != NULL || strstr(layer->name, "water") != NULL)
        return GRID_BORDER_RIVER;
    return grid_border_class_parse(layer->name, &class) ? class : GRID_BORDER_ROAD;
}

static grid_status take_classes(map_ground *g, grid_error *err) {
    const grid_column *column = grid_layer_alias(g->layer, class_words, COUNT_OF_CLASSES);
    grid_border_class otherwise = class_of_layer(g->layer), class;
    char buffer[32];
    g->border_class = GRID_NEW(uint8_t, g->layer->n);
    if (g->border_class == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < g->layer->n; i++) {
        const char *text = column != NULL ? grid_column_text(column, i, buffer) : "";
        g->border_class[i] = (uint8_t)(grid_border_class_parse(text, &class) ? class : otherwise);
    }
    return GRID_OK;
}

grid_status map_ground_read(const char *spec, const char *crs, bool lines, const grid_context *ctx,
                            map_ground *g, grid_error *err) {
    grid_layer_options options = {.to_crs = crs};
    GRID_TRY(grid_layer_read(spec, &options, ctx, &g->layer, err));
    GRID_TRY(take_names(g, err));
    return lines ? take_classes(g, err) : GRID_OK;
}

void map_ground_free(map_ground *g) {
    grid_layer_free(g->layer);
    free(g->name);
    free(g->border_class);
    *g = (map_ground){0};
}

grid_map_layer map_ground_layer(const map_ground *g) {
    if (g->layer == NULL)
        return (grid_map_layer){0};
    return (grid_map_layer){g->layer->shapes, g->name, g->border_class};
}

/* Several line layers become one; classes and names come along. */
grid_status map_ground_join(map_ground *g, const map_ground *more, grid_error *err) {
    size_t n = g->layer->n, m = more->layer->n;
    const char **name = realloc(g->name, (n + m + 1) * sizeof *name);
    if (name != NULL)
        g->name = name;
    uint8_t *class = realloc(g->border_class, n + m + 1);
    if (class != NULL)
        g->border_class = class;
    if (name == NULL || class == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < m; i++) {
        if (!grid_shapes_copy(g->layer->shapes, more->layer->shapes, i))
            return grid_fail_nomem(err);
        g->name[n + i] = more->name[i];
        g->border_class[n + i] = more->border_class[i];
    }
    return GRID_OK;
}
