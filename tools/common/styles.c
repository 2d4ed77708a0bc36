#include "common/styles.h"

#include "base/base.h"
#include "base/text.h"

#include <string.h>

/* The same text in every row. */
static const char **repeat(grid_arena *arena, const char *text, size_t n) {
    const char **out = grid_arena_alloc(arena, (n + 1) * sizeof *out);
    for (size_t i = 0; out != NULL && i < n; i++)
        out[i] = text;
    return out;
}

grid_status tool_styles_table(const char *const *layer, const char *const *qml, size_t n,
                              grid_arena *arena, grid_field field[TOOL_STYLE_FIELDS],
                              grid_layer_out *out, grid_error *err) {
    char now[21];
    grid_text_output_date(now);
    const char *stamp = grid_arena_text(arena, now);
    const char **none = repeat(arena, "", n), **column = repeat(arena, "geom", n);
    const char **date = repeat(arena, stamp, n);
    int64_t *is_default = grid_arena_alloc(arena, (n + 1) * sizeof *is_default);
    if (stamp == NULL || none == NULL || column == NULL || date == NULL || is_default == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        is_default[i] = 1;
    const struct {
        const char *name;
        const char *const *text;
    } columns[TOOL_STYLE_FIELDS - 1] = {
        {"f_table_catalog", none}, {"f_table_schema", none},
        {"f_table_name", layer},   {"f_geometry_column", column},
        {"styleName", layer},      {"styleQML", qml},
        {"styleSLD", none},        {"description", none},
        {"owner", none},           {"ui", NULL},
        {"update_time", date},
    };
    for (size_t i = 0; i < TOOL_STYLE_FIELDS - 1; i++)
        field[i] = (grid_field){
            .name = columns[i].name, .type = GRID_COLUMN_TEXT, .text = columns[i].text};
    field[TOOL_STYLE_FIELDS - 1] = (grid_field){
        .name = "useAsDefault", .type = GRID_COLUMN_INT, .integer = is_default};
    *out = (grid_layer_out){
        .name = "layer_styles", .field = field, .n_fields = TOOL_STYLE_FIELDS, .n = n};
    return GRID_OK;
}
