/* grid-map: the maps of a grid database, as layers or as sheets. */
#include "common/session.h"
#include "map.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"

static const char *output, *format_name, *encoding = "UTF-8", *level, *fields = "plain";
static const char *paper = "A3", *turn = "auto", *style = "colour", *theme = "none";
static const char *title, *date = "", *source = "";
static const char *water, *compounds, *buildings, *components;
static tool_list roads, which, units;
static int64_t scale;
static double dpi = 150;

static const tool_option options[] = {
    {"output", 'o', TOOL_TEXT, "OUT",
     "File to write; its extension names the format. A name that ends in / (or an existing folder) "
     "gets one file per layer or sheet.",
     &output, .required = true},
    {"format", 'f', TOOL_CHOICE, "FORMAT", "Format of the files in a folder. [shp]", &format_name,
     .choices = "shp|gpkg|geojson|kml|fgb|pdf|svg|png"},
    {.kind = TOOL_HEADING, .help = "Layers (.shp .gpkg .geojson .kml .fgb .dxf)"},
    {"level", 0, TOOL_TEXT, "NAME",
     "Level (or \"cells\", \"borders\", \"components\") that a file of one layer holds. [the "
     "lowest "
     "level; all in .gpkg and .kml]",
     &level},
    {"encoding", 0, TOOL_CHOICE, "NAME", "Encoding of shapefiles; GBK for old ArcGIS.", &encoding,
     .choices = "UTF-8|GBK"},
    {"fields", 0, TOOL_CHOICE, "NAMES",
     "Field names: ours, or those of platforms after the standards of 2013 or 2026.", &fields,
     .choices = "plain|2013|2026"},
    {.kind = TOOL_HEADING, .help = "Sheets (.pdf .svg .png)"},
    {"sheets", 0, TOOL_LIST, "NAME",
     "Level whose units get a sheet each, or \"overview\" for one of the whole. Repeatable. [every "
     "level above the lowest]",
     &which},
    {"unit", 0, TOOL_LIST, "CODE", "Only the sheet of this unit. Repeatable.", &units},
    {"paper", 0, TOOL_TEXT, "SIZE", "A4, A3, A2, A1, A0, 8K (8开) or 4K (4开).", &paper},
    {"turn", 0, TOOL_CHOICE, "HOW", "Which way the paper lies; auto takes the larger map.", &turn,
     .choices = "auto|landscape|portrait"},
    {"scale", 0, TOOL_INT, "N", "Scale 1:N. [the largest round one that fits]", &scale, .min = 1,
     .max = 100000000},
    {"dpi", 0, TOOL_REAL, "N", "Dots per inch of PNG.", &dpi},
    {"style", 0, TOOL_CHOICE, "NAME",
     "Tints in which neighbours differ, none, or the magenta grid lines of Beijing's rule.", &style,
     .choices = "colour|plain|beijing"},
    {"theme", 0, TOOL_CHOICE, "NAME",
     "Shade grids by deviation from the target, share of the border on roads, compactness, "
     "households, persons or households per hectare.",
     &theme, .choices = "none|deviation|road|compact|households|persons|density"},
    {"title", 0, TOOL_TEXT, "TEXT", "Title of the overview. [<name>网格图]", &title},
    {"date", 0, TOOL_TEXT, "TEXT", "Date to be printed.", &date},
    {"source", 0, TOOL_TEXT, "TEXT", "Source to be printed.", &source},
    {.kind = TOOL_HEADING, .help = "What is shown under the borders (FILE or FILE:LAYER)"},
    {"roads", 0, TOOL_LIST, "F",
     "Roads, railways, rivers as lines. Repeatable. [those that borders run along]", &roads},
    {"water", 0, TOOL_TEXT, "F", "Rivers and lakes as areas.", &water},
    {"compounds", 0, TOOL_TEXT, "F", "Compounds (小区).", &compounds},
    {"buildings", 0, TOOL_TEXT, "F", "Buildings.", &buildings},
    {"components", 0, TOOL_TEXT, "F", "Components (部件) as points.", &components},
};

static const tool_spec spec = {
    .name = "grid-map",
    .summary = "makes the maps of a grid database (网格图)",
    .operands = "GRIDS.sqlite",
    .description =
        "Layers: every level, the base cells and the borders, each with a style that QGIS picks "
        "up; a GeoPackage holds them all with a QGIS project. Shapefiles get .cpg, .prj, .qix and "
        ".qml files; their field names are ASCII of at "
        "most 10 characters, and a value that does not fit is refused.\n\n"
        "Sheets: maps for the wall with title, legend, scale bar, north arrow, the four bounds in "
        "words (四至) and the roster; as many pages as there are units.\n\n"
        "Nothing that exists is replaced without --overwrite, and an output appears whole or not "
        "at all.",
    .examples = "# shapefiles of every level for the platform\n"
                "grid-map grids.sqlite -o maps/\n"
                "# the same for an ArcGIS that expects GBK\n"
                "grid-map grids.sqlite -o maps/ --encoding GBK\n"
                "# an atlas for the office: one page per street office and community\n"
                "grid-map grids.sqlite -o atlas.pdf --roads town.gpkg:roads --buildings "
                "town.gpkg:buildings\n"
                "# one grid on A4\n"
                "grid-map grids.sqlite -o grid.png --unit 410482001001003 --paper A4\n",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .min_operands = 1,
    .max_operands = 1,
};

/* ".shp" and so on: of the file, or what a folder's files get. */
static void extension_of(const char *path, char out[16]) {
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    if (map_is_folder(path))
        snprintf(out, 16, ".%s", format_name != NULL ? format_name : "shp");
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

static grid_status write_layers(map_input *in, const map_format *format, grid_error *err) {
    GRID_TRY(map_input_atlas(in, tool_context(), err));
    if (strcmp(format->extension, ".dxf") == 0)
        return map_drawing_write(in, output, format, err);
    map_layers *layers;
    GRID_TRY(map_layers_new(in, format, tool_context(), &layers, err));
    bool several = is_one_of(format->extension, ".gpkg .kml .gml .sqlite .xlsx");
    grid_status status;
    if (map_is_folder(output))
        status = map_layers_write_folder(layers, output, format, err);
    else if (several && level == NULL)
        status = map_layers_write_all(layers, in, output, format, err);
    else
        status = map_layers_write_one(
            layers, level != NULL ? level : in->level[in->n_levels - 1].name, output, format, err);
    map_layers_free(layers);
    return status;
}

static grid_theme theme_of(const char *name) {
    grid_theme t = GRID_THEME_NONE;
    while (t + 1 < GRID_THEMES && strcmp(grid_theme_name(t), name) != 0)
        t++;
    return t;
}

static grid_status write_sheets(map_input *in, const map_format *format, grid_error *err) {
    const map_wishes wishes = {roads.at, roads.n, water, compounds, buildings, components};
    map_sheets sheets = {.which = which.at,
                         .n_which = which.n,
                         .unit = units.at,
                         .n_units = units.n,
                         .look = {.paper = paper, .scale = scale, .dpi = dpi}};
    sheets.look.turn = *turn == 'l'   ? GRID_PAPER_LANDSCAPE
                       : *turn == 'p' ? GRID_PAPER_PORTRAIT
                                      : GRID_PAPER_AUTO;
    sheets.look.style = *style == 'p'   ? GRID_STYLE_PLAIN
                        : *style == 'b' ? GRID_STYLE_BEIJING
                                        : GRID_STYLE_COLOUR;
    sheets.look.theme = theme_of(theme);
    in->map.title = title;
    in->map.date = date;
    in->map.source = source;
    GRID_TRY(map_input_surround(in, &wishes, tool_context(), err));
    GRID_TRY(map_input_atlas(in, tool_context(), err));
    size_t n = 0;
    GRID_TRY(map_sheets_write(in, &sheets, output, format, tool_context(), &n, err));
    json_object_set_new(tool_report(), "sheets", json_integer((json_int_t)n));
    tool_say("%zu sheet%s", n, n == 1 ? "" : "s");
    return GRID_OK;
}

static grid_status run(const char *path, grid_error *err) {
    char extension[16];
    extension_of(output, extension);
    const map_format format = {.extension = extension,
                               .encoding = encoding,
                               .names = strcmp(fields, "2013") == 0   ? FIELDS_2013
                                        : strcmp(fields, "2026") == 0 ? FIELDS_2026
                                                                      : FIELDS_PLAIN,
                               .overwrite = tool_common.overwrite};
    map_input in;
    GRID_TRY(map_input_read(path, &in, err));
    grid_status status = is_one_of(extension, ".pdf .svg .png") ? write_sheets(&in, &format, err)
                                                                : write_layers(&in, &format, err);
    map_input_free(&in);
    return status;
}

int main(int argc, char **argv) {
    tool_list operands;
    grid_error err = {0};
    int code = tool_start(&spec, argc, argv, &operands);
    if (code != TOOL_GO_ON)
        return code;
    grid_status status = run(operands.at[0], &err);
    if (status != GRID_OK)
        return tool_finish(tool_fail(status, &err));
    tool_say("wrote %s", output);
    json_object_set_new(tool_report(), "output", json_string(output));
    return tool_finish(TOOL_DONE);
}
