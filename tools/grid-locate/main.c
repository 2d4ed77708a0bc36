/*
 * grid-locate: a point per line in, the same line plus its grid, its parents and a status out.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "common/options.h"
#include "common/session.h"
#include "filter.h"
#include "grids.h"

static tool_list grid_sources;
static const char *code_field, *name_field;
static filter_options rows = {.format = "auto", .header = "auto"};

static const tool_option options[] = {
    {.kind = TOOL_HEADING, .help = "Grids"},
    {"grids", 'g', TOOL_LIST, "GRIDS",
     "Grid database, or any polygon layer (FILE or FILE:LAYER). May be repeated; the first decides "
     "the status.",
     &grid_sources, .required = true},
    {"code-field", 0, TOOL_TEXT, "COL", "Column of a polygon layer that holds the codes.",
     &code_field},
    {"name-field", 0, TOOL_TEXT, "COL", "Column of a polygon layer that holds the names.",
     &name_field},
    {.kind = TOOL_HEADING, .help = "Points"},
    {"x", 0, TOOL_TEXT, "COL",
     "Column of the easting or longitude: its name, or its number from 1. Usual names (lon/lat, "
     "x/y, 经度/纬度) are found.",
     &rows.x},
    {"y", 0, TOOL_TEXT, "COL", "Column of the northing or latitude.", &rows.y},
    {"crs", 0, TOOL_TEXT, "CRS",
     "CRS of the points: EPSG:n, wgs84, gcj02 or bd09. Without it, columns named like longitude "
     "and latitude are WGS 84 and others are in the CRS of the grids.",
     &rows.crs},
    {"format", 'f', TOOL_CHOICE, "FORMAT", "How rows are written.", &rows.format,
     .choices = "auto|csv|tsv"},
    {"delimiter", 0, TOOL_TEXT, "CHAR", "What separates fields, when it is not detected.",
     &rows.delimiter},
    {"header", 0, TOOL_CHOICE, "WHEN", "Whether the first row holds the columns' names.",
     &rows.header, .choices = "auto|yes|no"},
    {.kind = TOOL_HEADING, .help = "Answers"},
    {"columns", 0, TOOL_TEXT, "LIST",
     "What to append: LAYER (its code), LAYER.code, LAYER.name, LAYER.kind, status. Without it: "
     "the code of every layer, finest first, and the status.",
     &rows.columns},
    {"output", 'o', TOOL_TEXT, "FILE", "Write here instead of to standard output.", &rows.output},
};

static const tool_spec spec = {
    .name = "grid-locate",
    .summary = "find the grid of every point",
    .operands = "[FILE | LON LAT]",
    .description =
        "Reads a table of points and writes every line again, in the same order and byte for byte, "
        "with the codes of the units that hold its point and a status appended: inside, border "
        "(exactly on one; a unit owns its west and south borders), overlap (several units claim "
        "the "
        "point), gap (a parent holds it, no unit does), outside, or bad (no usable coordinates). "
        "One line in is exactly one line out.\n\n"
        "Exit code 1 tells that some points are in no unit or have no usable coordinates.",
    .examples = "# points with longitude and latitude against a grid database\n"
                "grid-locate -g town.sqlite points.csv > located.csv\n"
                "# chosen columns, coordinates from a Chinese web map\n"
                "cut -f 1-3 reports.tsv | grid-locate -g town.sqlite --x 2 --y 3 --crs gcj02\n"
                "# any polygon layer\n"
                "grid-locate -g city.gpkg:blocks --code-field GEOID points.csv\n"
                "# one point\n"
                "grid-locate -g town.sqlite 112.84 34.17",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .max_operands = 2,
};

static void report(const filter_counts *c) {
    json_t *by_status = json_object();
    for (int i = 0; i < ANSWER_STATUSES; i++)
        json_object_set_new(by_status, answer_status_name((answer_status)i),
                            json_integer((json_int_t)c->by_status[i]));
    json_object_set_new(tool_report(), "rows", json_integer((json_int_t)c->rows));
    json_object_set_new(tool_report(), "rows_by_status", by_status);
}

static void summarize(const filter_counts *c) {
    char words[256] = "";
    uint64_t located = 0;
    for (int i = 0; i < ANSWER_STATUSES; i++) {
        if (i <= ANSWER_OVERLAP)
            located += c->by_status[i];
        if (i != ANSWER_INSIDE && c->by_status[i] > 0)
            snprintf(words + strlen(words), sizeof words - strlen(words), ", %llu %s",
                     (unsigned long long)c->by_status[i], answer_status_name((answer_status)i));
    }
    tool_say("%llu of %llu points located%s", (unsigned long long)located,
             (unsigned long long)c->rows, words);
}

/* Takes the operands: a file, or a point, which becomes a table of one row. */
static int take_operands(const tool_list *operands) {
    static char point[256];
    if (operands->n == 2) {
        bool degrees = rows.crs == NULL;
        rows.header = "yes";
        rows.text = point;
        if ((size_t)snprintf(point, sizeof point, "%s\n%s,%s\n", degrees ? "lon,lat" : "x,y",
                             operands->at[0], operands->at[1]) >= sizeof point)
            return tool_usage(NULL, "a point is two numbers");
    } else if (operands->n == 1) {
        rows.input = operands->at[0];
    }
    if (rows.delimiter != NULL && strlen(rows.delimiter) != 1 && strcmp(rows.delimiter, "\\t") != 0)
        return tool_usage(NULL, "--delimiter takes one character");
    if (tool_common.json && rows.output == NULL)
        return tool_usage("give the rows a file with --output",
                          "the rows and the report of --json cannot both go to standard output");
    rows.overwrite = tool_common.overwrite;
    return TOOL_GO_ON;
}

int main(int argc, char **argv) {
    tool_list operands;
    int code = tool_start(&spec, argc, argv, &operands);
    if (code != TOOL_GO_ON)
        return code;
    if ((code = take_operands(&operands)) != TOOL_GO_ON)
        return code;
    const grids_options source = {&grid_sources, code_field, name_field, tool_common.layer,
                                  tool_common.src_crs};
    grids g;
    grid_error err = {0};
    filter_counts counts = {0};
    grid_status status = grids_open(&source, tool_context(), &g, &err);
    if (status == GRID_OK)
        status = filter_run(&g, &rows, tool_context(), &counts, &err);
    grids_close(&g);
    if (status != GRID_OK)
        return tool_finish(tool_fail(status, &err));
    summarize(&counts);
    report(&counts);
    uint64_t nowhere = counts.by_status[ANSWER_GAP] + counts.by_status[ANSWER_OUTSIDE] +
                       counts.by_status[ANSWER_BAD];
    return tool_finish(nowhere > 0 ? TOOL_FINDINGS : TOOL_DONE);
}
