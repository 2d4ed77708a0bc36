#include "cli.h"

#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "common/session.h"
#include "points.h"

locate_cli cli = {.rows = {.format = "auto", .header = "auto", .max_bad = -1}};

static const char *fail_on = "bad,outside,gap", *patrol;
static patrol_rule rule = {.gap_minutes = 10};

static const tool_option options[] = {
    {.kind = TOOL_HEADING, .help = "Grids"},
    {"grids", 'g', TOOL_LIST, "GRIDS",
     "Grid database, or any polygon layer (FILE or FILE:LAYER). Of several the first decides the "
     "status.",
     &cli.sources, .required = true},
    {"code-field", 0, TOOL_TEXT, "COL",
     "Column of a polygon layer that holds the codes; further layers may have one with a usual "
     "name instead.",
     &cli.grids.code_field},
    {"name-field", 0, TOOL_TEXT, "COL", "Column of a polygon layer that holds the names.",
     &cli.grids.name_field},
    {"build-index", 0, TOOL_FLAG, NULL,
     "Write the index to a file beside the grids (GRIDS.gridx), which is found and checked from "
     "then "
     "on, and end.",
     &cli.build_index},
    {"no-index", 0, TOOL_FLAG, NULL, "Read the grids themselves even if there is an index file.",
     &cli.grids.no_index},
    {"no-directory", 0, TOOL_FLAG, NULL,
     "Start every look-up at the root of the tree. Slower; the answers are the same.",
     &cli.grids.no_directory},
    {.kind = TOOL_HEADING, .help = "Points"},
    {"x", 0, TOOL_TEXT, "COL",
     "Column of the easting or longitude: its name, or its number from 1. Usual names (lon/lat, "
     "x/y, 经度/纬度) are found.",
     &cli.rows.x},
    {"y", 0, TOOL_TEXT, "COL", "Column of the northing or latitude.", &cli.rows.y},
    {"crs", 0, TOOL_TEXT, "CRS",
     "CRS of the points: EPSG:n, wgs84, gcj02 or bd09. Without it, columns named like longitude "
     "and latitude are WGS 84 and others are in the CRS of the grids.",
     &cli.rows.crs},
    {"format", 'f', TOOL_CHOICE, "FORMAT", "How rows are written.", &cli.rows.format,
     .choices = "auto|csv|tsv|ndjson"},
    {"delimiter", 0, TOOL_TEXT, "CHAR", "What separates fields, when it is not detected.",
     &cli.rows.delimiter},
    {"header", 0, TOOL_CHOICE, "WHEN", "Whether the first row holds the columns' names.",
     &cli.rows.header, .choices = "auto|yes|no"},
    {.kind = TOOL_HEADING, .help = "Answers"},
    {"columns", 0, TOOL_TEXT, "LIST",
     "What to append: LAYER (its code), LAYER.code, LAYER.name, LAYER.kind, LAYER.place (inside, "
     "or nearest), status, distance. Without it: the code of every layer, finest level first, and "
     "the status.",
     &cli.rows.columns},
    {"kind", 0, TOOL_TEXT, "KIND",
     "What is reported there: component or event, with a class or not (component:01003, "
     "event:06012, component:雨水井盖). Appends department, limit_h, duty (how it was decided), "
     "persons and chain (the persons above them).",
     &cli.kind},
    {"at", 0, TOOL_TEXT, "TIME",
     "When: 2026-11-22T08:30, or 08:30 on any day. Only persons on duty then are given.",
     &cli.when},
    {"nearest", 0, TOOL_REAL, "METRES",
     "Give a point that is in no unit to the nearest one within this distance, with the status "
     "nearest and the distance: whatever is reported has somebody who goes there. A point in a "
     "grid "
     "is given the building it is next to (building.place tells).",
     &cli.rows.nearest_m},
    {"fail-on", 0, TOOL_TEXT, "LIST",
     "Statuses that make the exit code 1: any of inside, border, overlap, nearest, gap, outside, "
     "bad; or none.",
     &fail_on},
    {"rejects", 0, TOOL_TEXT, "FILE", "Write the rows of the statuses of --fail-on there as well.",
     &cli.rows.rejects},
    {"max-bad", 0, TOOL_INT, "N",
     "Give up, with exit code 3, after more than N rows without usable coordinates.",
     &cli.rows.max_bad, .min = 0, .max = INT64_MAX},
    {"explain", 0, TOOL_FLAG, NULL,
     "Say of the point LON LAT who claims it, on whose border it lies, which rule chose, and how "
     "it "
     "was looked up.",
     &cli.explain},
    {.kind = TOOL_HEADING, .help = "Tables instead of rows"},
    {"count", 0, TOOL_FLAG, NULL,
     "Write the points of every unit of the finest layer as CSV or, when --output is a .gpkg, "
     ".shp, "
     ".geojson or the like, as a layer of the units with the points as a column.",
     &cli.rows.count},
    {"by", 0, TOOL_TEXT, "COL",
     "Count for every value of this column apart; in a layer each value is a column n_VALUE.",
     &cli.rows.by},
    {"patrol", 0, TOOL_TEXT, "NxMINUTES",
     "Take the points for tracks, and tell for every unit and day the visits of at least so many "
     "minutes, and whether there were N: 2x60, or 1 for one visit of any length. Exit code 1 tells "
     "that units were missed.",
     &patrol},
    {"person", 0, TOOL_TEXT, "COL", "Column of the person, for --patrol.", &cli.rows.person},
    {"time", 0, TOOL_TEXT, "COL",
     "Column of the time, for --patrol: 2026-03-01 08:15:30 (local; a zone is not applied), "
     "20260301081530, or seconds or milliseconds since 1970.",
     &cli.rows.time},
    {"gap", 0, TOOL_REAL, "MINUTES", "A visit ends after so long without a fix, for --patrol.",
     &rule.gap_minutes},
    {.kind = TOOL_HEADING, .help = "Output"},
    {"output", 'o', TOOL_TEXT, "FILE", "Write here instead of to standard output.",
     &cli.rows.output},
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
        "point), nearest (see --nearest), gap (a parent holds it, no unit does), outside, or bad "
        "(no "
        "usable coordinates). One line in is exactly one line out.\n\n"
        "Rows are CSV, TSV or JSON objects, one a line, that get the answers as their last "
        "members. A FILE that is a layer of points (GPX, GeoPackage, shapefile ...) is written as "
        "the CSV table of its attributes, with the x and y of its geometries; a workbook (.xlsx) "
        "is a table, too.\n\n"
        "Exit code 1 tells that some points have a status of --fail-on.",
    .examples =
        "# points with longitude and latitude against a grid database\n"
        "grid-locate -g town.sqlite points.csv > located.csv\n"
        "# chosen columns, coordinates from a Chinese web map\n"
        "cut -f 1-3 reports.tsv | grid-locate -g town.sqlite --x 2 --y 3 --crs gcj02\n"
        "# any polygon layer\n"
        "grid-locate -g city.gpkg:blocks --code-field GEOID points.csv\n"
        "# who handles a broken storm drain cover there, at that time\n"
        "grid-locate -g town.sqlite --kind component:01003 --at 2026-11-22T20:30 112.84 34.17\n"
        "# one point\n"
        "grid-locate -g town.sqlite 112.84 34.17\n"
        "# why a point is where it is\n"
        "grid-locate -g town.sqlite --explain 112.84 34.17\n"
        "# grids that were not visited twice for an hour\n"
        "grid-locate -g town.sqlite --patrol 2x60 --person name --time time tracks.csv",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .max_operands = 2,
};

/* "bad,outside" as bits. */
static int take_fail_on(void) {
    for (const char *at = fail_on; *at != '\0' && strcmp(fail_on, "none") != 0;) {
        size_t n = strcspn(at, ",");
        unsigned bit = 0;
        for (int i = 0; i < ANSWER_STATUSES; i++) {
            const char *name = answer_status_name((answer_status)i);
            if (strlen(name) == n && strncmp(name, at, n) == 0)
                bit = 1u << i;
        }
        if (bit == 0)
            return tool_usage("statuses are inside, border, overlap, nearest, gap, outside, bad",
                              "--fail-on: there is no status '%.*s'", (int)n, at);
        cli.rows.fail_on |= bit;
        at += n + (at[n] == ',');
    }
    return TOOL_GO_ON;
}

/* A point on the command line becomes a table of one row. */
static int take_point(const char *x, const char *y) {
    static char text[256];
    const char *x_end = x + strlen(x), *y_end = y + strlen(y);
    if (grid_number_parse(x, x_end, &cli.point.x) != x_end ||
        grid_number_parse(y, y_end, &cli.point.y) != y_end)
        return tool_usage(NULL, "a point is two numbers, not '%s' and '%s'", x, y);
    if ((size_t)snprintf(text, sizeof text, "%s\n%s,%s\n", cli.rows.crs ? "x,y" : "lon,lat", x,
                         y) >= sizeof text)
        return tool_usage(NULL, "the numbers are too long");
    cli.has_point = true;
    cli.rows.header = "yes";
    cli.rows.text = text;
    return TOOL_GO_ON;
}

static int take_patrol(void) {
    if (patrol == NULL)
        return TOOL_GO_ON;
    if (!patrol_rule_read(patrol, &rule))
        return tool_usage("2x60 means two visits a day of an hour each",
                          "--patrol takes NxMINUTES, not '%s'", patrol);
    if (cli.rows.person == NULL || cli.rows.time == NULL)
        return tool_usage(NULL, "--patrol needs the columns --person and --time");
    cli.rows.rule = &rule;
    return TOOL_GO_ON;
}

/* Options that would have no effect are mistakes: they are said, not passed over. */
static int check_tables(const filter_options *o) {
    if (o->count && o->rule != NULL)
        return tool_usage(NULL, "--count and --patrol make different tables; choose one");
    if (o->by != NULL && !o->count)
        return tool_usage("add --count", "--by says what to count");
    if (o->rule == NULL && (o->person != NULL || o->time != NULL))
        return tool_usage("add --patrol NxMINUTES", "--person and --time are for --patrol");
    if (rule.gap_minutes < 0)
        return tool_usage(NULL, "--gap takes minutes from 0");
    if ((o->count || o->rule != NULL) && o->columns != NULL)
        return tool_usage(NULL, "--columns is for rows, not for the table of %s",
                          o->count ? "--count" : "--patrol");
    return TOOL_GO_ON;
}

/* Rows are written as text, and so not into a file that its name promises to be a layer. */
static int check_output(const filter_options *o) {
    if (o->output == NULL)
        return TOOL_GO_ON;
    if (cli.build_index)
        return tool_usage(NULL, "--build-index writes beside the grids and takes no --output");
    if (o->rejects != NULL && strcmp(o->output, o->rejects) == 0)
        return tool_usage(NULL, "--output and --rejects cannot be the same file");
    const char *dot = strrchr(o->output, '.');
    if (!o->count && points_is_layer(o->output) && strcmp(dot, ".json") != 0)
        return tool_usage("name it .csv; ogr2ogr makes a layer of that",
                          "%s: only --count writes layers; %s are text", o->output,
                          o->rule != NULL ? "patrols" : "rows");
    return TOOL_GO_ON;
}

static int check(void) {
    const filter_options *o = &cli.rows;
    if (o->delimiter != NULL && strlen(o->delimiter) != 1 && strcmp(o->delimiter, "\\t") != 0)
        return tool_usage("\\t stands for a tab", "--delimiter takes one character of ASCII");
    if (cli.explain && !cli.has_point)
        return tool_usage("grid-locate -g GRIDS --explain LON LAT", "--explain needs a point");
    if (o->nearest_m < 0)
        return tool_usage(NULL, "--nearest takes a distance in metres");
    if (tool_common.json && o->output == NULL && !cli.build_index)
        return tool_usage("give the rows a file with --output",
                          "the rows and the report of --json cannot both go to standard output");
    int code = check_tables(o);
    return code == TOOL_GO_ON ? check_output(o) : code;
}

int cli_start(int argc, char **argv) {
    tool_list operands;
    int code = tool_start(&spec, argc, argv, &operands);
    if (code == TOOL_GO_ON && operands.n == 2)
        code = take_point(operands.at[0], operands.at[1]);
    if (cli.rows.output != NULL && strcmp(cli.rows.output, "-") == 0)
        cli.rows.output = NULL; /* as without it */
    if (code == TOOL_GO_ON)
        code = take_fail_on();
    if (code == TOOL_GO_ON)
        code = take_patrol();
    if (code == TOOL_GO_ON)
        code = check();
    if (code != TOOL_GO_ON)
        return code;
    if (operands.n == 1)
        cli.rows.input = operands.at[0];
    cli.rows.overwrite = tool_common.overwrite;
    cli.grids.sources = &cli.sources;
    bool points = points_is_input(cli.rows.input, cli.rows.format);
    cli.grids.layer = points ? NULL : tool_common.layer; /* grids are then FILE:LAYER */
    cli.grids.src_crs = tool_common.src_crs;
    cli.grids.no_index |= cli.build_index;
    cli.rows.joined = cli.rows.count && cli.rows.output != NULL && points_is_layer(cli.rows.output);
    cli.grids.keep_shapes = cli.rows.joined;
    return TOOL_GO_ON;
}
