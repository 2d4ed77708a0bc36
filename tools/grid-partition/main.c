/*
 * grid-partition - divides street offices into grids. Layers in, a grid database out.
 */
#include "database.h"
#include "inputs.h"
#include "report.h"
#include "scheme.h"
#include "work.h"

#include "common/session.h"

static input_options input = {.cells = "auto"};
static work_options work_wanted = {.effort = 5, .seed = 1};
static tool_list rules;
static const char *scheme_name = "ruzhou", *output;

static const tool_option table[] = {
    {.kind = TOOL_HEADING, .help = "Layers (FILE or FILE:LAYER, any OGR source)"},
    {"street", 0, TOOL_TEXT, "F", "Outlines of the street offices (街道).", &input.street,
     .required = true},
    {"community", 0, TOOL_TEXT, "F",
     "Communities (社区). Without it each street is divided as one. What none of them covers, or "
     "several do, goes to a neighbour, and is a finding where it is wider than 5 m.",
     &input.community},
    {"households", 0, TOOL_TEXT, "F",
     "Buildings, parcels, statistical areas or points with household counts.", &input.households,
     .required = true},
    {"households-table", 0, TOOL_TEXT, "F",
     "Table (CSV, XLSX ...) of the counts, where the layer itself has none: summed by --key; "
     "without a column of households each row is one.",
     &input.households_table},
    {"key", 0, TOOL_TEXT, "COL[=COL]",
     "Column that joins the layer (first) and the table (second, where it differs).", &input.key},
    {"barriers", 0, TOOL_LIST, "F", "Roads, railways, rivers: what borders may run along.",
     &input.barriers},
    {"compounds", 0, TOOL_TEXT, "F", "Compounds (小区), kept whole where possible.",
     &input.compounds},
    {"extended", 0, TOOL_TEXT, "F", "Plants, parks, campuses: grids of their own (拓展网格).",
     &input.extended},
    {"bridges", 0, TOOL_TEXT, "F",
     "Ways across rivers, railways and expressways, which part grids; roads that cross count "
     "anyway.",
     &input.bridges},
    {.kind = TOOL_HEADING, .help = "Columns (found by their usual names unless given)"},
    {"households-field", 0, TOOL_TEXT, "COL", "Column of the household counts (户数).",
     &input.households_field},
    {"persons-field", 0, TOOL_TEXT, "COL", "Column of the person counts (人口).",
     &input.persons_field},
    {"persons-per-household", 0, TOOL_REAL, "N",
     "Where the input has no persons, take this many for each household.",
     &input.persons_per_household},
    {"barrier-class-field", 0, TOOL_TEXT, "COL", "Column of the barriers' classes.",
     &input.barrier_class_field},
    {"code-field", 0, TOOL_TEXT, "COL", "Column of the streets' and communities' codes.",
     &input.code_field},
    {"name-field", 0, TOOL_TEXT, "COL", "Column of their names.", &input.name_field},
    {.kind = TOOL_HEADING, .help = "Division"},
    {"scheme", 0, TOOL_TEXT, "NAME|DIR|XLSX", "Levels and rules.", &scheme_name},
    {"rule", 0, TOOL_LIST, "MEASURE=MIN..MAX[,hard]",
     "A range in place of the scheme's, or besides: households=300..500. A measure is households, "
     "persons, area (m2) or a column of whole numbers of the household layer.",
     &rules},
    {"grids", 0, TOOL_INT, "N", "Exactly so many grids in each street (extended grids apart).",
     &work_wanted.grids.each, .min = 1, .max = 999999},
    {"grids-field", 0, TOOL_TEXT, "COL",
     "Column of the communities or streets that says how many grids each shall have.",
     &work_wanted.grids.field},
    {"groups", 0, TOOL_INT, "N",
     "Exactly so many groups of communities (街区) in each street, where the scheme has such.",
     &work_wanted.groups.each, .min = 1, .max = 999999},
    {"groups-field", 0, TOOL_TEXT, "COL",
     "Column of the streets that says how many groups each shall have.", &work_wanted.groups.field},
    {"district", 0, TOOL_TEXT, "CODE[=NAME]",
     "District (six digits) of streets that bring no codes, and its name.", &work_wanted.district},
    {"update", 0, TOOL_TEXT, "OLD.sqlite",
     "Update this division: as few households as possible change grids, grids that live on keep "
     "code and name, retired codes are never given again.",
     &work_wanted.update},
    {"lock", 0, TOOL_LIST, "CODE", "Grid of the old division that must stay as it is.",
     &work_wanted.locks},
    {"date", 0, TOOL_TEXT, "YYYY-MM-DD", "Day of the update, for the lineage of grids.",
     &work_wanted.date},
    {"merge", 0, TOOL_LIST, "F",
     "Another department's net (多网合一): the division follows its borders where it can, and its "
     "units that are no set of whole grids are listed.",
     &work_wanted.nets},
    {"crosswalk", 0, TOOL_TEXT, "FILE",
     "Table of the other nets' units and our grids with their shares (.csv, .xlsx ...).",
     &work_wanted.crosswalk},
    {"cells", 0, TOOL_CHOICE, "HOW",
     "Base cells: the household areas as given, made from the barriers, or whichever fits (auto).",
     &input.cells, .choices = "auto|given|made"},
    {"effort", 0, TOOL_INT, "1..9", "How long to look for a better division.", &work_wanted.effort,
     .min = 1, .max = 9},
    {"seed", 0, TOOL_INT, "N", "Another seed gives another division as good.", &work_wanted.seed},
    {"policy", 0, TOOL_LIST, "CASE=WHAT",
     "small-community=advise|accept (one below a grid's minimum: a finding and who it could join, "
     "or neither), community-part=own|join (what a river cuts off), extended=give-back|own|ignore, "
     "enclave=warn|accept. The first of each is usual.",
     &work_wanted.policy},
    {"strict", 0, TOOL_FLAG, NULL,
     "Refuse input that would need any repair, instead of mending it.", &work_wanted.strict},
    {.kind = TOOL_HEADING, .help = "Output"},
    {"output", 'o', TOOL_TEXT, "FILE", "The grid database to write (SpatiaLite).", &output,
     .required = true},
};

static const tool_spec spec = {
    .name = "grid-partition",
    .summary = "divides street offices into responsibility grids (网格划分)",
    .operands = "",
    .description =
        "Divides each community into contiguous grids whose household and person counts are in "
        "range, on borders that people recognise. All areas are noded once on a lattice of "
        "1 mm, so that neighbours share every vertex and each level tiles its parent exactly; "
        "this is proved before the database is written.\n\n"
        "Grids that cannot be in range say why in their status and reason. The same input and "
        "options give the same bytes, whatever the number of threads or the order of rows.",
    .examples = "# households on areas that tile the city\n"
                "grid-partition --street city.gpkg:streets --community city.gpkg:communities \\\n"
                "    --households city.gpkg:areas -o city.sqlite\n"
                "# a year later, with new counts\n"
                "grid-partition --update city.sqlite --street city.gpkg:streets \\\n"
                "    --community city.gpkg:communities --households new.gpkg:areas -o new.sqlite\n"
                "# cells made from roads and parcels, a range of our own\n"
                "grid-partition --street s.shp --households parcels.shp --barriers roads.shp \\\n"
                "    --rule households=200..400 -o out.sqlite\n",
    .options = table,
    .n_options = sizeof table / sizeof *table,
};

static grid_status run(const grid_context *ctx, grid_error *err) {
    scheme plan;
    inputs in = {0};
    work result = {0};
    grid_status status = scheme_read(scheme_name, ctx, &plan, err);
    if (status == GRID_OK)
        status = scheme_override(&plan, &rules, err);
    if (status == GRID_OK)
        status = work_check(&input, &plan, &work_wanted, err);
    if (status == GRID_OK)
        status = database_check(output, tool_common.overwrite, err);
    if (status == GRID_OK)
        status = inputs_read(&input, ctx, &in, err);
    if (status == GRID_OK)
        status = work_divide(&in, &input, &plan, &work_wanted, ctx, &result, err);
    if (status == GRID_OK)
        status = database_write(output, tool_common.overwrite, &in, &plan, &result, err);
    if (status == GRID_OK)
        report(&in, &plan, &result);
    work_free(&result);
    inputs_free(&in);
    scheme_free(&plan);
    return status;
}

int main(int argc, char **argv) {
    tool_list operands;
    int code = tool_start(&spec, argc, argv, &operands);
    if (code != TOOL_GO_ON)
        return code;
    grid_error err = {0};
    grid_status status = run(tool_context(), &err);
    return tool_finish(status == GRID_OK ? TOOL_DONE : tool_fail(status, &err));
}
