#include "map.h"

#include <grid/cells.h>
#include <grid/crs.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

static grid_status read_all(const char *path, map_input *in, grid_error *err) {
    GRID_TRY(grid_store_open(path, false, &in->store, err));
    GRID_TRY(grid_store_read_levels(in->store, &in->level, &in->n_levels, err));
    if (in->n_levels == 0)
        return grid_fail(err, GRID_E_INPUT, path, "has no levels");
    in->units = GRID_NEW(grid_units *, in->n_levels);
    if (in->units == NULL)
        return grid_fail_nomem(err);
    for (size_t l = 0; l < in->n_levels; l++)
        GRID_TRY(grid_store_read_units(in->store, in->level[l].level, &in->units[l], err));
    GRID_TRY(grid_store_read_cells(in->store, &in->cells, err));
    return grid_store_read_borders(in->store, &in->borders, err);
}

grid_status map_input_read(const char *path, map_input *in, grid_error *err) {
    *in = (map_input){.path = path};
    grid_status status = read_all(path, in, err);
    if (status != GRID_OK) {
        map_input_free(in);
        return status;
    }
    in->map = (grid_map){.crs = grid_store_crs(in->store),
                         .date = "",
                         .source = "",
                         .level = in->level,
                         .units = (const grid_units *const *)in->units,
                         .n_levels = in->n_levels,
                         .borders = in->borders};
    return GRID_OK;
}

/* ---- surroundings ------------------------------------------------------------------- */

/* A layer of the database itself. What is odd in its columns that maps do not show (digests wider
   than GDAL's integers) is no finding. */
static grid_status read_own(map_input *in, const char *name, bool lines, map_ground *ground,
                            bool *there, grid_error *err) {
    char *spec;
    if (asprintf(&spec, "%s:%s", in->path, name) < 0)
        return grid_fail_nomem(err);
    grid_status status = map_ground_read(spec, in->map.crs, lines, NULL, ground, err);
    free(spec);
    *there = status == GRID_OK && ground->layer->n > 0;
    if (status == GRID_OK && !*there)
        map_ground_free(ground);
    return status;
}

static grid_status read_lines(map_input *in, const map_wishes *wishes, const grid_context *ctx,
                              grid_error *err) {
    if (wishes->n_roads > MAX_LINE_LAYERS)
        return grid_fail(err, GRID_E_ARG, "", "at most %d layers of roads can be shown",
                         MAX_LINE_LAYERS);
    for (; in->n_lines < wishes->n_roads; in->n_lines++)
        GRID_TRY(map_ground_read(wishes->roads[in->n_lines], in->map.crs, true, ctx,
                                 &in->lines[in->n_lines], err));
    if (in->n_lines == 0) {
        bool there = false;
        GRID_TRY(read_own(in, "roads", true, &in->lines[0], &there, err));
        in->n_lines = there;
    }
    for (size_t i = 1; i < in->n_lines; i++)
        GRID_TRY(map_ground_join(&in->lines[0], &in->lines[i], err));
    return GRID_OK;
}

/* Without a layer of roads, those that borders run along are known. */
static grid_status lines_from_borders(map_input *in, grid_error *err) {
    const grid_border_rows *b = in->borders;
    uint8_t *classes = GRID_NEW(uint8_t, b->n);
    if (classes == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < b->n; i++) {
        grid_border_class class;
        classes[i] = GRID_BORDER_GAP;
        if (grid_border_class_parse(b->border_class[i], &class))
            classes[i] = (uint8_t) class;
    }
    in->border_class = classes;
    in->map.lines = (grid_map_layer){b->shapes, b->name, classes};
    return GRID_OK;
}

static grid_status name_crs(map_input *in, grid_error *err) {
    grid_crs_info info;
    GRID_TRY(grid_crs_check(in->map.crs, &info, err));
    snprintf(in->crs_name, sizeof in->crs_name, "%s%s%s%s", info.name, info.id[0] ? " (" : "",
             info.id, info.id[0] ? ")" : "");
    in->map.crs_name = in->crs_name;
    return GRID_OK;
}

grid_status map_input_surround(map_input *in, const map_wishes *wishes, const grid_context *ctx,
                               grid_error *err) {
    const struct {
        const char *spec;
        map_ground *ground;
        grid_map_layer *layer;
    } areas[] = {
        {wishes->water, &in->water, &in->map.water},
        {wishes->compounds, &in->compounds, &in->map.compounds},
        {wishes->buildings, &in->buildings, &in->map.buildings},
        {wishes->components, &in->components, &in->map.components},
    };
    GRID_TRY(name_crs(in, err));
    GRID_TRY(read_lines(in, wishes, ctx, err));
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        if (areas[i].spec == NULL)
            continue;
        GRID_TRY(map_ground_read(areas[i].spec, in->map.crs, false, ctx, areas[i].ground, err));
        *areas[i].layer = map_ground_layer(areas[i].ground);
    }
    bool there = false;
    if (wishes->components == NULL)
        GRID_TRY(read_own(in, "components", false, &in->components, &there, err));
    in->map.components = map_ground_layer(&in->components);
    if (in->n_lines > 0)
        in->map.lines = map_ground_layer(&in->lines[0]);
    else
        GRID_TRY(lines_from_borders(in, err));
    GRID_TRY(map_people_read(in->store, &in->people, err));
    in->map.person = in->people.list;
    in->map.n_persons = in->people.n;
    GRID_TRY(map_lineage_read(in->store, in->units[in->n_levels - 1], &in->kept, err));
    in->map.households_kept = in->kept;
    return GRID_OK;
}

grid_status map_input_atlas(map_input *in, const grid_context *ctx, grid_error *err) {
    return grid_atlas_build(&in->map, ctx, &in->atlas, err);
}

void map_input_free(map_input *in) {
    map_ground *grounds[] = {&in->water, &in->compounds, &in->buildings, &in->components};
    for (size_t i = 0; i < sizeof grounds / sizeof *grounds; i++)
        map_ground_free(grounds[i]);
    for (size_t i = 0; i < in->n_lines; i++)
        map_ground_free(&in->lines[i]);
    map_people_free(&in->people);
    free(in->kept);
    free((void *)(uintptr_t)in->border_class);
    grid_atlas_free(in->atlas);
    for (size_t l = 0; in->units != NULL && l < in->n_levels; l++)
        grid_units_free(in->units[l]);
    free(in->units);
    grid_levels_free(in->level);
    grid_cell_rows_free(in->cells);
    grid_border_rows_free(in->borders);
    grid_store_close(in->store);
    *in = (map_input){0};
}
