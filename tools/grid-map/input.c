#include "map.h"

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
    *in = (map_input){0};
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

void map_input_free(map_input *in) {
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
