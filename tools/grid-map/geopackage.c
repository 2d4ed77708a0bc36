/* All layers in one file; a GeoPackage gets their styles and a QGIS project as well. */
#include "layers.h"

#include <grid/crs.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"
#include "common/styles.h"

static grid_status styles_build(map_layers *all, grid_field *field, grid_layer_out *out,
                                grid_error *err) {
    size_t bytes = (all->n + 1) * sizeof(char *);
    const char **name = grid_arena_alloc(&all->text, bytes);
    const char **style = grid_arena_alloc(&all->text, bytes);
    if (name == NULL || style == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < all->n; i++) {
        char *qml = layer_style(&all->at[i]);
        name[i] = all->at[i].out.name;
        style[i] = qml == NULL ? NULL : grid_arena_text(&all->text, qml);
        free(qml);
        if (style[i] == NULL)
            return grid_fail_nomem(err);
    }
    return tool_styles_table(name, style, all->n, &all->text, field, out, err);
}

/* Points lie over lines, lines over areas, large areas over small ones. */
static size_t list_top_down(const map_layers *all, grid_qgis_layer *out,
                            const char *(*names)[MAX_FIELDS]) {
    static const grid_qml_kind order[] = {GRID_QML_COMPONENTS, GRID_QML_LEVEL, GRID_QML_BORDERS,
                                          GRID_QML_GRID, GRID_QML_CELLS};
    size_t n = 0;
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        for (size_t i = 0; i < all->n; i++) {
            const layer *l = &all->at[i];
            if (l->style != order[k])
                continue;
            out[n] = (grid_qgis_layer){l->out.name, l->title, l->style, layer_fields(l, names[n])};
            n++;
        }
    }
    return n;
}

static grid_status project_text(const map_layers *all, const map_input *in, const char *path,
                                char **out, grid_error *err) {
    grid_crs_info info;
    char *wkt;
    GRID_TRY(grid_crs_check(in->map.crs, &info, err));
    GRID_TRY(grid_crs_write(in->map.crs, GRID_CRS_WKT2, &wkt, err));
    grid_qgis_layer *list = GRID_NEW(grid_qgis_layer, all->n);
    const char *(*names)[MAX_FIELDS] = calloc(all->n + 1, sizeof *names);
    const char *slash = strrchr(path, '/');
    *out = NULL;
    if (list != NULL && names != NULL) {
        size_t n = list_top_down(all, list, names);
        grid_box extent = grid_shapes_box_all(in->units[0]->shapes);
        *out = grid_qgis_project(list, n, slash != NULL ? slash + 1 : path,
                                 &(grid_qgis_crs){info.id, wkt}, &extent);
    }
    free(list);
    free(names);
    free(wkt);
    return *out != NULL ? GRID_OK : grid_fail_nomem(err);
}

static grid_status write_geopackage(map_layers *all, const map_input *in, const char *path,
                                    const map_format *format, grid_layer_out *out,
                                    grid_error *err) {
    grid_field style_columns[TOOL_STYLE_FIELDS];
    GRID_TRY(styles_build(all, style_columns, &out[all->n], err));
    char *content;
    GRID_TRY(project_text(all, in, path, &content, err));
    const char *const contents[] = {content}, *const names[] = {"网格图"},
                      *const metadata[] = {"{}"};
    const grid_field project[] = {
        {.name = "name", .type = GRID_COLUMN_TEXT, .text = names},
        {.name = "metadata", .type = GRID_COLUMN_TEXT, .text = metadata},
        {.name = "content", .type = GRID_COLUMN_TEXT, .text = contents},
    };
    out[all->n + 1] = (grid_layer_out){
        .name = "qgis_projects", .field = project, .n_fields = 3, .n = 1};
    grid_status status = grid_layer_write(path, out, all->n + 2, format->encoding,
                                          format->overwrite, err);
    free(content);
    return status;
}

grid_status map_layers_write_all(map_layers *all, const map_input *in, const char *path,
                                 const map_format *format, grid_error *err) {
    grid_layer_out *out = GRID_NEW(grid_layer_out, all->n + 2);
    if (out == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < all->n; i++)
        out[i] = all->at[i].out;
    grid_status status = strcmp(format->extension, ".gpkg") == 0
                             ? write_geopackage(all, in, path, format, out, err)
                             : grid_layer_write(path, out, all->n, format->encoding,
                                                format->overwrite, err);
    free(out);
    return status;
}
