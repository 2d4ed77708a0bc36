/*
 * duties.h - posts and duties of a scheme: the tables posts and duties of a folder of CSV files
 * or of a workbook.
 */
#ifndef GRID_TOOLS_DUTIES_H
#define GRID_TOOLS_DUTIES_H

#include <grid/duty.h>

#include "base/arena.h"
#include "base/vec.h"

typedef struct tool_duties {
    grid_arena arena;
    GRID_VEC(grid_post) posts;
    GRID_VEC(grid_duty_rule) rules;
} tool_duties;

/** Whether the scheme has both tables: a scheme of levels alone is one, too. */
bool tool_duties_found(const char *scheme);

/** `scheme` is a shipped one's name or a path. Free with tool_duties_free, also on failure. */
GRID_MUST_USE grid_status tool_duties_read(const char *scheme, tool_duties *out, grid_error *err);
void tool_duties_free(tool_duties *duties);

#endif
