/*
 * grid-locate: a point per line in, the same line plus its grid, its parents and a status out.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "common/options.h"
#include "common/session.h"
#include "duty.h"
#include "filter.h"
#include "grids.h"
#include "summary.h"

static tool_list grid_sources;
static const char *code_field, *name_field;
static const char *kind, *when;
static const char *fail_on = "bad,outside,gap";
static bool build_index, no_index, no_directory;
static filter_options rows = {.format = "auto", .header = "auto", .max_bad = -1};

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
    {"build-index", 0, TOOL_FLAG, NULL,
     "Write the index to a file beside the grids (GRIDS.gridx), which is found and checked from "
     "then "
     "on, and end.",
     &build_index},
    {"no-index", 0, TOOL_FLAG, NULL, "Read the grids themselves even if there is an index file.",
     &no_index},
    {"no-directory", 0, TOOL_FLAG, NULL,
     "Start every look-up at the root of the tree. Slower; the answers are the same.",
     &no_directory},
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
     .choices = "auto|csv|tsv|ndjson"},
    {"delimiter", 0, TOOL_TEXT, "CHAR", "What separates fields, when it is not detected.",
     &rows.delimiter},
    {"header", 0, TOOL_CHOICE, "WHEN", "Whether the first row holds the columns' names.",
     &rows.header, .choices = "auto|yes|no"},
    {.kind = TOOL_HEADING, .help = "Answers"},
    {"columns", 0, TOOL_TEXT, "LIST",
     "What to append: LAYER (its code), LAYER.code, LAYER.name, LAYER.kind, status, distance. "
     "Without it: the code of every layer, finest first, and the status.",
     &rows.columns},
    {"kind", 0, TOOL_TEXT, "KIND",
     "What is reported there: component or event, with a class or not (component:01003, "
     "event:06012, component:雨水井盖). Appends department, limit_h, duty (how it was decided), "
     "persons and chain (the persons above them).",
     &kind},
    {"at", 0, TOOL_TEXT, "TIME",
     "When: 2026-11-22T08:30, or 08:30 on any day. Only persons on duty then are given.", &when},
    {"nearest", 0, TOOL_REAL, "METRES",
     "Give a point that is in no unit to the nearest one within this distance, with the status "
     "nearest and the distance: whatever is reported has somebody who goes there.",
     &rows.nearest_m},
    {"fail-on", 0, TOOL_TEXT, "LIST",
     "Statuses that make the exit code 1: any of inside, border, overlap, nearest, gap, outside, "
     "bad; or none.",
     &fail_on},
    {"rejects", 0, TOOL_TEXT, "FILE", "Write the rows of the statuses of --fail-on there as well.",
     &rows.rejects},
    {"max-bad", 0, TOOL_INT, "N",
     "Give up, with exit code 3, after more than N rows without usable coordinates.", &rows.max_bad,
     .min = 0, .max = INT64_MAX},
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
        "grid-locate -g town.sqlite 112.84 34.17",
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
        rows.fail_on |= bit;
        at += n + (at[n] == ',');
    }
    return TOOL_GO_ON;
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
    if (tool_common.json && rows.output == NULL && !build_index)
        return tool_usage("give the rows a file with --output",
                          "the rows and the report of --json cannot both go to standard output");
    rows.overwrite = tool_common.overwrite;
    return TOOL_GO_ON;
}

static grid_status write_index(const grids *g, const grids_options *source, grid_error *err) {
    char path[4096];
    grid_status status = grids_save(g, source, path, sizeof path, err);
    if (status == GRID_OK)
        tool_say("%s written", path);
    return status;
}

int main(int argc, char **argv) {
    tool_list operands;
    int code = tool_start(&spec, argc, argv, &operands);
    if (code != TOOL_GO_ON)
        return code;
    if ((code = take_operands(&operands)) != TOOL_GO_ON || (code = take_fail_on()) != TOOL_GO_ON)
        return code;
    const grids_options source = {&grid_sources,     code_field,          name_field,
                                  tool_common.layer, tool_common.src_crs, no_index || build_index,
                                  no_directory};
    grids g;
    grid_error err = {0};
    filter_counts counts = {0};
    duty_words duty = {0};
    grid_status status = grids_open(&source, tool_context(), &g, &err);
    if (status == GRID_OK && (kind != NULL || when != NULL)) {
        status = duty_words_open(grid_sources.at[0], kind, when, &duty, &err);
        g.duty = &duty;
    }
    if (status == GRID_OK)
        status = build_index ? write_index(&g, &source, &err)
                             : filter_run(&g, &rows, tool_context(), &counts, &err);
    grids_close(&g);
    duty_words_close(&duty);
    if (status != GRID_OK)
        return tool_finish(tool_fail(status, &err));
    if (!build_index)
        summary_say(&counts);
    summary_report(&counts);
    uint64_t findings = 0;
    for (int i = 0; i < ANSWER_STATUSES; i++)
        findings += rows.fail_on >> i & 1 ? counts.by_status[i] : 0;
    return tool_finish(findings > 0 ? TOOL_FINDINGS : TOOL_DONE);
}
