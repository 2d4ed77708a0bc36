#include "run.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "common/session.h"
#include "map.h"

/* ".shp" and so on: of the file, or what a folder's files get. */
static void extension_of(const map_request *asked, char out[16]) {
    const char *path = asked->output;
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    if (map_is_folder(path))
        snprintf(out, 16, ".%s", asked->format != NULL ? asked->format : "shp");
    else
        snprintf(out, 16, "%s", dot != NULL && (slash == NULL || dot > slash) ? dot : "");
    for (char *c = out; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
}

static bool is_one_of(const char *extension, const char *list) {
    size_t n = strlen(extension);
    for (const char *at = list; n > 0 && (at = strstr(at, extension)) != NULL; at += n)
        if (at[n] == ' ' || at[n] == '\0')
            return true;
    return false;
}

/* ---- layers ------------------------------------------------------------------------- */

static grid_status write_layers(map_input *in, const map_request *asked, const map_format *format,
                                grid_error *err) {
    const char *lowest = in->level[in->n_levels - 1].name;
    GRID_TRY(map_input_atlas(in, tool_context(), err));
    if (strcmp(format->extension, ".dxf") == 0)
        return map_drawing_write(in, asked->output, format, err);
    map_layers *layers;
    GRID_TRY(map_layers_new(in, format, &layers, err));
    bool several = is_one_of(format->extension, ".gpkg .kml .gml .sqlite .xlsx");
    grid_status status;
    if (map_is_folder(asked->output))
        status = map_layers_write_folder(layers, asked->output, format, err);
    else if (several && asked->level == NULL)
        status = map_layers_write_all(layers, in, asked->output, format, err);
    else
        status = map_layers_write_one(layers, asked->level != NULL ? asked->level : lowest,
                                      asked->output, format, err);
    map_layers_free(layers);
    return status;
}

/* ---- sheets and page ---------------------------------------------------------------- */

static grid_status surround(map_input *in, const map_request *asked, grid_error *err) {
    const map_wishes wishes = {asked->roads.at,  asked->roads.n,   asked->water,
                               asked->compounds, asked->buildings, asked->components};
    in->map.title = asked->title;
    in->map.date = asked->date;
    in->map.source = asked->source;
    GRID_TRY(map_input_surround(in, &wishes, tool_context(), err));
    if (strcmp(asked->theme, "changes") == 0 && in->kept == NULL)
        return grid_fail(err, GRID_E_INPUT, in->path,
                         "tells of no division before this one; there are no changes to show");
    return map_input_atlas(in, tool_context(), err);
}

static grid_theme theme_of(const char *name) {
    grid_theme t = GRID_THEME_NONE;
    while (t + 1 < GRID_THEMES && strcmp(grid_theme_name(t), name) != 0)
        t++;
    return t;
}

static grid_status write_sheets(map_input *in, const map_request *asked, const map_format *format,
                                grid_error *err) {
    map_sheets sheets = {
        .which = asked->which.at,
        .n_which = asked->which.n,
        .unit = asked->units.at,
        .n_units = asked->units.n,
        .look = {.paper = asked->paper, .scale = asked->scale, .dpi = asked->dpi},
    };
    sheets.look.turn = *asked->turn == 'l'   ? GRID_PAPER_LANDSCAPE
                       : *asked->turn == 'p' ? GRID_PAPER_PORTRAIT
                                             : GRID_PAPER_AUTO;
    sheets.look.style = *asked->style == 'p'   ? GRID_STYLE_PLAIN
                        : *asked->style == 'b' ? GRID_STYLE_BEIJING
                                               : GRID_STYLE_COLOUR;
    sheets.look.theme = theme_of(asked->theme);
    size_t n = 0;
    GRID_TRY(surround(in, asked, err));
    GRID_TRY(map_sheets_write(in, &sheets, asked->output, format, tool_context(), &n, err));
    json_object_set_new(tool_report(), "sheets", json_integer((json_int_t)n));
    tool_say("%zu sheet%s", n, n == 1 ? "" : "s");
    return GRID_OK;
}

static grid_status write_page(map_input *in, const map_request *asked, const map_format *format,
                              grid_error *err) {
    grid_page_options options = {.theme = theme_of(asked->theme), .gcj02 = asked->gcj02};
    if (strcmp(asked->simplify, "auto") == 0)
        options.simplify_m2 = GRID_PAGE_SIMPLIFY_AUTO;
    else if (!grid_text_to_double(asked->simplify, &options.simplify_m2) || options.simplify_m2 < 0)
        return grid_fail(err, GRID_E_ARG, "--simplify", "\"%s\" is no number of square metres",
                         asked->simplify);
    GRID_TRY(surround(in, asked, err));
    return map_page_write(in, &options, asked->output, format, tool_context(), err);
}

grid_status map_run(const char *database, const map_request *asked, grid_error *err) {
    char extension[16];
    extension_of(asked, extension);
    const map_format format = {.extension = extension,
                               .encoding = asked->encoding,
                               .names = strcmp(asked->fields, "2013") == 0   ? FIELDS_2013
                                        : strcmp(asked->fields, "2026") == 0 ? FIELDS_2026
                                                                             : FIELDS_PLAIN,
                               .overwrite = tool_common.overwrite};
    map_input in;
    GRID_TRY(map_input_read(database, &in, err));
    grid_status status;
    if (is_one_of(extension, ".pdf .svg .png"))
        status = write_sheets(&in, asked, &format, err);
    else if (is_one_of(extension, ".html .htm"))
        status = write_page(&in, asked, &format, err);
    else
        status = write_layers(&in, asked, &format, err);
    map_input_free(&in);
    return status;
}
