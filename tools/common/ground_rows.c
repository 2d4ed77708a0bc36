#include "common/ground_rows.h"

#include <grid/plane.h>

#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"

grid_status tool_ground_write_cells(grid_store *store, const tool_ground *ground, grid_error *err) {
    const grid_cells *cells = ground->cells;
    grid_cell_rows rows = {.n = cells->n_cells, .households = cells->households};
    rows.unit_code = GRID_NEW(const char *, rows.n);
    rows.persons = GRID_NEW(int64_t, rows.n);
    grid_status status = rows.unit_code && rows.persons ? GRID_OK : grid_fail_nomem(err);
    for (size_t c = 0; status == GRID_OK && c < rows.n; c++) {
        rows.unit_code[c] = ground->code[ground->unit_of_cell[c]];
        rows.persons[c] = ground->has_persons ? cells->persons[c] : -1;
    }
    if (status == GRID_OK)
        status = grid_plane_dissolve(cells->plane, cells->cell_of_face, cells->n_cells,
                                     &rows.shapes, err);
    if (status == GRID_OK)
        status = grid_store_write_cells(store, &rows, err);
    free(rows.unit_code);
    free(rows.persons);
    grid_shapes_free(rows.shapes);
    return status;
}

static const char *code_or_outside(const tool_ground *ground, uint32_t unit) {
    return unit == GRID_NONE ? "" : ground->code[unit];
}

static bool allocate(grid_border_rows *rows) {
    rows->left_code = GRID_NEW(const char *, rows->n);
    rows->right_code = GRID_NEW(const char *, rows->n);
    rows->border_class = GRID_NEW(const char *, rows->n);
    rows->name = GRID_NEW(const char *, rows->n);
    rows->length_m = GRID_NEW(double, rows->n);
    return rows->left_code && rows->right_code && rows->border_class && rows->name &&
           rows->length_m;
}

grid_status tool_ground_write_borders(grid_store *store, const tool_ground *ground,
                                      tool_border_fn *revise, void *user, grid_error *err) {
    grid_border_lines *lines;
    GRID_TRY(grid_borders_build(ground->cells, ground->unit_of_cell, &lines, err));
    grid_border_rows rows = {.n = lines->n, .shapes = lines->shapes};
    bool ok = allocate(&rows);
    for (size_t i = 0; ok && i < lines->n; i++) {
        const grid_border_line *line = &lines->line[i];
        rows.left_code[i] = code_or_outside(ground, line->left);
        rows.right_code[i] = code_or_outside(ground, line->right);
        rows.border_class[i] = grid_border_class_name((grid_border_class)line->border_class);
        rows.name[i] = line->name;
        rows.length_m[i] = line->length_m;
        if (revise != NULL)
            revise(user, line, &rows, i);
    }
    grid_status status = ok ? grid_store_write_borders(store, &rows, err) : grid_fail_nomem(err);
    free(rows.left_code);
    free(rows.right_code);
    free(rows.border_class);
    free(rows.name);
    free(rows.length_m);
    grid_border_lines_free(lines);
    return status;
}
