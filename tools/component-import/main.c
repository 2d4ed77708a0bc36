/* component-import: city components from any file into the grid database. */
#include "import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "common/classes.h"
#include "common/session.h"

static struct {
    const char *grids, *standard, *county, *source, *rejects, *encoding;
    mapping_options map;
    const char *scheme, *statistics;
    tool_list classes, rosters;
    bool strict, delete_missing;
} args = {.standard = "2026"};

static const tool_option options[] = {
    {"grids", 'g', TOOL_TEXT, "FILE", "Grid database that the components go into.", &args.grids,
     .required = true},
    {"standard", 0, TOOL_CHOICE, "YEAR",
     "Generation of codes and classes: 2026 (17 digits) or 2013 (16 digits).", &args.standard,
     .choices = "2013|2026"},
    {"county", 0, TOOL_TEXT, "NNNNNN",
     "County code that component codes begin with; by default that of the grids' codes.",
     &args.county},
    {.kind = TOOL_HEADING, .help = "Reading"},
    {"map", 'm', TOOL_LIST, "COL=FIELD", "Column that holds a field, e.g. PoleID=local_id.",
     &args.map.pairs},
    {"set", 0, TOOL_LIST, "FIELD=VALUE", "One value of a field for all rows, e.g. class=01037.",
     &args.map.constants},
    {"mapping", 0, TOOL_TEXT, "FILE",
     "Table of mappings with the columns layer, field, column, value.", &args.map.table},
    {"x", 0, TOOL_TEXT, "COL", "Column of x or longitude, for tables without geometry.",
     &args.map.x},
    {"y", 0, TOOL_TEXT, "COL", "Column of y or latitude.", &args.map.y},
    {"encoding", 0, TOOL_TEXT, "NAME",
     "Encoding of a CSV file or shapefile; by default detected (UTF-8 or GBK).", &args.encoding},
    {"classes", 0, TOOL_LIST, "FILE|DIR",
     "Further class table, or a folder that replaces the shipped tables.", &args.classes},
    {.kind = TOOL_HEADING, .help = "Checking and writing"},
    {"source", 0, TOOL_TEXT, "NAME",
     "Name of the inventory, by which its rows are found again; by default the layer's.",
     &args.source},
    {"strict", 0, TOOL_FLAG, NULL, "Refuse rows that lack a field the standard demands.",
     &args.strict},
    {"delete-missing", 0, TOOL_FLAG, NULL,
     "Take out components of the same source that the input no longer has.", &args.delete_missing},
    {"rejects", 0, TOOL_TEXT, "FILE",
     "Write refused rows there, as delivered, with file, line, field, reason and detail.",
     &args.rejects},
    {"statistics", 0, TOOL_TEXT, "FILE",
     "Write counts by grid, class and status there, with what they are counted out of.",
     &args.statistics},
    {.kind = TOOL_HEADING, .help = "People and duties"},
    {"scheme", 0, TOOL_TEXT, "NAME|DIR|XLSX",
     "Take posts and duties from a scheme (ruzhou, shibei, anding, jingan, huizhou, or your own).",
     &args.scheme},
    {"roster", 0, TOOL_LIST, "FILE",
     "Roster sheet: person, phone, post, unit, shift, valid_from, valid_to. Replaces all persons.",
     &args.rosters},
};

static const tool_spec spec = {
    .name = "component-import",
    .summary = "put city components (部件) into their grids, checked and coded",
    .operands = "[INPUT]...",
    .description =
        "Reads points, lines or areas of city components from any file that GDAL reads (shapefile, "
        "CSV, XLSX, GeoJSON, GeoPackage, DXF, KML ...; - is CSV on standard input), checks each "
        "row, gives codes to those that have none, finds the grid each lies in, and writes them "
        "into the table components of a grid database.\n\n"
        "Every row ends either in the database or among the rejects with a reason; each input is "
        "one transaction. Importing a file again changes nothing; changed rows are updated and "
        "their old state kept in component_history. Codes are never given twice: new ones follow "
        "the last serial of their class, from north to south and then from west to east.\n\n"
        "Lines are placed at half their length, areas at their centroid or, if that lies outside, "
        "in their middle at its height. A component whose accuracy circle (class A 0.5 m, B 1 m, "
        "C 10 m) crosses a border is marked uncertain.\n\n"
        "With --scheme and --roster it also takes in posts, duties and the persons who hold the "
        "posts, finds their units by code or name, and reports posts that are empty, crowded or "
        "held in too many units.",
    .examples =
        "# street lights, one class for all rows\n"
        "component-import -g town.sqlite --set class=01037 --map PoleID=local_id lights.shp\n"
        "# a whole inventory by a table of mappings, refused rows to a file\n"
        "component-import -g town.sqlite --mapping map.csv --rejects bad.csv city.gpkg:hydrants\n"
        "# points that grid-locate has passed on\n"
        "grid-locate -g town.sqlite points.csv | component-import -g town.sqlite -\n",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .min_operands = 0,
    .max_operands = SIZE_MAX,
};

static void report(const char *name, const import_counts *c) {
    tool_say("%s: %zu rows: %zu new, %zu changed, %zu the same, %zu refused; %zu taken out", name,
             c->rows, c->added, c->changed, c->same, c->refused, c->deleted);
    json_t *reasons = json_object();
    for (int r = 1; r < GRID_REJECTS; r++)
        if (c->by_reason[r])
            json_object_set_new(reasons, grid_reject_name((grid_reject)r),
                                json_integer((json_int_t)c->by_reason[r]));
    json_t *entry = json_pack("{ss sI sI sI sI sI sI sI sI sI sI so}", "input", name, "rows",
                              (json_int_t)c->rows, "new", (json_int_t)c->added, "changed",
                              (json_int_t)c->changed, "same", (json_int_t)c->same, "refused",
                              (json_int_t)c->refused, "deleted", (json_int_t)c->deleted,
                              "uncertain", (json_int_t)c->uncertain, "id_repeated",
                              (json_int_t)c->id_repeated, "id_missing", (json_int_t)c->id_missing,
                              "place_repeated", (json_int_t)c->place_repeated, "reasons", reasons);
    json_t *inputs = json_object_get(tool_report(), "inputs");
    if (inputs == NULL) {
        inputs = json_array();
        json_object_set_new(tool_report(), "inputs", inputs);
    }
    json_array_append_new(inputs, entry);
}

static grid_status import_all(importer *all, const tool_list *inputs, grid_error *err) {
    for (size_t i = 0; i < inputs->n; i++) {
        import_counts counts;
        GRID_TRY(import_source(all, inputs->at[i], &counts, err));
        report(inputs->at[i], &counts);
    }
    return args.rejects ? refused_write(&all->refused, args.rejects, err) : GRID_OK;
}

static grid_status run(const tool_list *inputs, grid_error *err) {
    grids where = {0};
    grid_classes *classes = NULL;
    importer all = {.database = args.grids,
                    .encoding = args.encoding,
                    .source_name = args.source,
                    .delete_missing = args.delete_missing};
    grid_status status = grids_read(&where, args.grids, err);
    if (status == GRID_OK)
        status = grids_county(&where, args.grids, args.county, all.rules.county, err);
    if (status == GRID_OK)
        status = tool_classes_read("components", &args.classes, &classes, err);
    if (status == GRID_OK)
        status = mapping_read(&all.map, &args.map, err);
    if (status == GRID_OK) {
        all.crs = where.crs;
        all.rules.standard = strcmp(args.standard, "2013") == 0 ? GRID_STANDARD_2013
                                                                : GRID_STANDARD_2026;
        all.rules.classes = classes;
        all.rules.units = where.units->shapes;
        all.rules.unit_code = where.units->code;
        all.rules.locator = where.locator;
        all.rules.strict = args.strict;
        status = import_all(&all, inputs, err);
    }
    mapping_free(&all.map);
    refused_free(&all.refused);
    grid_classes_free(classes);
    grids_free(&where);
    return status;
}

int main(int argc, char **argv) {
    tool_list inputs = {0};
    grid_error err = {0};
    int code = tool_start(&spec, argc, argv, &inputs);
    if (code != TOOL_GO_ON)
        return code;
    bool duties = args.scheme != NULL || args.rosters.n > 0;
    if (inputs.n == 0 && !duties && args.statistics == NULL)
        return tool_usage("give an inventory, --scheme, --roster or --statistics",
                          "there is nothing to do");
    /* Nothing is imported when what comes of it cannot be written. */
    grid_status status = output_check(args.rejects, &err);
    if (status == GRID_OK)
        status = output_check(args.statistics, &err);
    if (status == GRID_OK && duties)
        status = people_import(args.grids, args.scheme, &args.rosters, &err);
    if (status == GRID_OK && inputs.n > 0)
        status = run(&inputs, &err);
    if (status == GRID_OK && args.statistics != NULL)
        status = statistics_write(args.grids, args.statistics, &err);
    return status == GRID_OK ? tool_finish(TOOL_DONE) : tool_finish(tool_fail(status, &err));
}
