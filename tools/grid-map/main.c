/* grid-map: the maps of a grid database, as layers, as sheets or as a web page. */
#include "common/session.h"
#include "run.h"

static map_request asked = {
    .encoding = "UTF-8",
    .fields = "plain",
    .paper = "A3",
    .turn = "auto",
    .style = "colour",
    .theme = "none",
    .date = "",
    .source = "",
    .dpi = 150,
    .simplify = "auto",
};

static const tool_option options[] = {
    {"output", 'o', TOOL_TEXT, "OUT",
     "File to write; its extension names the format. A name that ends in / (or an existing folder) "
     "gets one file per layer or sheet.",
     &asked.output, .required = true},
    {"format", 'f', TOOL_CHOICE, "FORMAT", "Format of the files in a folder. [shp]", &asked.format,
     .choices = "shp|gpkg|geojson|kml|fgb|pdf|svg|png"},
    {.kind = TOOL_HEADING, .help = "Layers (.shp .gpkg .geojson .kml .fgb .dxf)"},
    {"level", 0, TOOL_TEXT, "NAME",
     "Level (or \"cells\", \"borders\", \"components\") that a file of one layer holds. [the "
     "lowest "
     "level; all in .gpkg and .kml]",
     &asked.level},
    {"encoding", 0, TOOL_CHOICE, "NAME", "Encoding of shapefiles; GBK for old ArcGIS.",
     &asked.encoding, .choices = "UTF-8|GBK"},
    {"fields", 0, TOOL_CHOICE, "NAMES",
     "Field names: ours, or those of platforms after the standards of 2013 or 2026.", &asked.fields,
     .choices = "plain|2013|2026"},
    {.kind = TOOL_HEADING, .help = "Sheets (.pdf .svg .png)"},
    {"sheets", 0, TOOL_LIST, "NAME",
     "Level whose units get a sheet each, or \"overview\" for one of the whole. Repeatable. [every "
     "level above the lowest]",
     &asked.which},
    {"unit", 0, TOOL_LIST, "CODE", "Only the sheet of this unit.", &asked.units},
    {"paper", 0, TOOL_TEXT, "SIZE", "A4, A3, A2, A1, A0, 8K (8开) or 4K (4开).", &asked.paper},
    {"turn", 0, TOOL_CHOICE, "HOW", "Which way the paper lies; auto takes the larger map.",
     &asked.turn, .choices = "auto|landscape|portrait"},
    {"scale", 0, TOOL_INT, "N", "Scale 1:N. [the largest round one that fits]", &asked.scale,
     .min = 1, .max = 100000000},
    {"dpi", 0, TOOL_REAL, "N", "Dots per inch of PNG.", &asked.dpi},
    {"style", 0, TOOL_CHOICE, "NAME",
     "Tints in which neighbours differ, none, or the magenta grid lines of Beijing's rule.",
     &asked.style, .choices = "colour|plain|beijing"},
    {"theme", 0, TOOL_CHOICE, "NAME",
     "Shade grids by deviation from the target, share of the border on roads, compactness, "
     "changes since the last division, households, persons or households per hectare.",
     &asked.theme, .choices = "none|deviation|road|compact|changes|households|persons|density"},
    {"title", 0, TOOL_TEXT, "TEXT", "Title of the overview. [<name>网格图]", &asked.title},
    {"date", 0, TOOL_TEXT, "TEXT", "Date to be printed.", &asked.date},
    {"source", 0, TOOL_TEXT, "TEXT", "Source to be printed.", &asked.source},
    {.kind = TOOL_HEADING, .help = "Page (.html)"},
    {"simplify", 0, TOOL_TEXT, "M2",
     "Leave out vertices of borders that carry less than this many square metres; auto does so "
     "only "
     "when the page would be too large for a phone.",
     &asked.simplify},
    {"gcj02", 0, TOOL_FLAG, NULL,
     "Take coordinates that are searched as GCJ-02 (Chinese web maps) at first.", &asked.gcj02},
    {.kind = TOOL_HEADING, .help = "What is shown under the borders (FILE or FILE:LAYER)"},
    {"roads", 0, TOOL_LIST, "F",
     "Roads, railways, rivers as lines. Repeatable. [those that borders run along]", &asked.roads},
    {"water", 0, TOOL_TEXT, "F", "Rivers and lakes as areas.", &asked.water},
    {"compounds", 0, TOOL_TEXT, "F", "Compounds (小区).", &asked.compounds},
    {"buildings", 0, TOOL_TEXT, "F", "Buildings.", &asked.buildings},
    {"components", 0, TOOL_TEXT, "F", "Components (部件) as points.", &asked.components},
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
        "words (四至) and the roster; as many pages as there are units. All text is found by a "
        "search, "
        "in PDF and in SVG.\n\n"
        "Page: one HTML file for phones and offices, without server or network: search, position, "
        "people, numbers, and what grid-coverage would find wrong.\n\n"
        "Nothing that exists is replaced without --overwrite, and an output appears whole or not "
        "at all.",
    .examples = "# shapefiles of every level for the platform\n"
                "grid-map grids.sqlite -o maps/\n"
                "# the same for an ArcGIS that expects GBK\n"
                "grid-map grids.sqlite -o maps/ --encoding GBK\n"
                "# an atlas for the office: one page per street office and community\n"
                "grid-map grids.sqlite -o atlas.pdf --roads town.gpkg:roads --buildings "
                "town.gpkg:buildings\n"
                "# a page for the grid workers' phones\n"
                "grid-map grids.sqlite -o grids.html --roads town.gpkg:roads\n"
                "# one grid on A4\n"
                "grid-map grids.sqlite -o grid.png --unit 410482001001003 --paper A4\n",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .min_operands = 1,
    .max_operands = 1,
};

int main(int argc, char **argv) {
    tool_list operands;
    grid_error err = {0};
    int code = tool_start(&spec, argc, argv, &operands);
    if (code != TOOL_GO_ON)
        return code;
    grid_status status = map_run(operands.at[0], &asked, &err);
    if (status != GRID_OK)
        return tool_finish(tool_fail(status, &err));
    tool_say("wrote %s", asked.output);
    json_object_set_new(tool_report(), "output", json_string(asked.output));
    return tool_finish(TOOL_DONE);
}
