/*
 * ground_rows.h - the tables cells and borders of a grid database, written from a division.
 */
#ifndef GRID_TOOLS_GROUND_ROWS_H
#define GRID_TOOLS_GROUND_ROWS_H

#include <grid/cells.h>
#include <grid/store.h>

/** A division of the ground; everything is borrowed. */
typedef struct tool_ground {
    const grid_cells *cells;
    const uint32_t *unit_of_cell;
    const char *const *code; /**< per unit */
    bool has_persons;        /**< those of the cells are known */
} tool_ground;

GRID_MUST_USE grid_status tool_ground_write_cells(grid_store *store, const tool_ground *ground,
                                                  grid_error *err);

/** Called for every border, which is row i, before the rows are written; may change the row. */
typedef void tool_border_fn(void *user, const grid_border_line *line, grid_border_rows *rows,
                            size_t i);

/** `revise` may be NULL. */
GRID_MUST_USE grid_status tool_ground_write_borders(grid_store *store, const tool_ground *ground,
                                                    tool_border_fn *revise, void *user,
                                                    grid_error *err);

#endif
