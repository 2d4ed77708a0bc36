/*
 * grid-coverage: proves that every level tiles its parent exactly, or says where it does not.
 */
#include "input.h"

#include "base/base.h"
#include "base/vec.h"
#include "common/session.h"

#include <stdio.h>

static coverage_request request;

static const tool_option options[] = {
    {.kind = TOOL_HEADING, .help = "Layers"},
    {"parent", 'p', TOOL_LIST, "LAYER",
     "Areas that the layer must tile. Given several times, from coarse to fine, each must "
     "tile the one before.",
     &request.parents},
    {"code-field", 'c', TOOL_TEXT, "FIELD", "Field with the units' codes.", &request.code_field},
    {"parent-field", 'P', TOOL_TEXT, "FIELD",
     "Field with the code of each unit's parent; without it a unit belongs to the parent it "
     "lies in.",
     &request.parent_field},
};

static const tool_spec spec = {
    .name = "grid-coverage",
    .summary = "prove that grids tile their parents exactly",
    .operands = "GRIDS.sqlite | LAYER",
    .description =
        "Adds up the directed edges of a parent and its children. When all of them cancel and the "
        "rings are simple, the children tile the parent exactly: no place in two of them, "
        "none in no one. Coordinates are compared bit by bit, in the CRS of the data; there is "
        "no tolerance in the verdict.\n\n"
        "Exit code 0: every level tiles its parent; 1: some do not.",
    .examples = "# every level of a grid database\n"
                "grid-coverage town.sqlite\n"
                "# any layers\n"
                "grid-coverage --parent city.gpkg:boundary city.gpkg:neighbourhoods\n",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .min_operands = 1,
    .max_operands = 1,
};

/* One line per parent that is not tiled, and one for the level. */
static void report_level(const coverage_level *above, const coverage_level *level,
                         const grid_seam *seam) {
    size_t exact = 0, residual = 0, bad = 0;
    for (size_t p = 0; p < above->shapes->n; p++) {
        exact += seam[p].exact;
        residual += seam[p].n_residual_edges;
        bad += seam[p].n_bad;
        if (!seam[p].exact)
            grid_find(tool_context(), GRID_FAULT, "not-tiled", above->code[p],
                      "%s does not tile it: %zu edges do not cancel, %zu units are no areas",
                      level->name, seam[p].n_residual_edges, seam[p].n_bad);
    }
    json_array_append_new(json_object_get(tool_report(), "levels"),
                          json_pack("{ss ss sI sI sI sI sI}", "name", level->name, "parent",
                                    above->name, "parents", (json_int_t)above->shapes->n, "exact",
                                    (json_int_t)exact, "units", (json_int_t)level->shapes->n,
                                    "residual_edges", (json_int_t)residual, "bad_areas",
                                    (json_int_t)bad));
    if (!tool_common.json && !tool_common.quiet)
        printf("%s in %s: %zu units, %zu of %zu parents tiled exactly, %zu residual edges\n",
               level->name, above->name, level->shapes->n, exact, above->shapes->n, residual);
}

static grid_status check_levels(const coverage_input *in, grid_error *err) {
    json_object_set_new(tool_report(), "levels", json_array());
    for (size_t l = 1; l < in->n_levels; l++) {
        const coverage_level *above = &in->level[l - 1], *level = &in->level[l];
        grid_seam *seam = GRID_NEW(grid_seam, above->shapes->n);
        if (seam == NULL)
            return grid_fail_nomem(err);
        grid_status status = grid_cover_check(above->shapes, level->shapes, level->parent_of,
                                              tool_context(), seam, err);
        if (status == GRID_OK)
            report_level(above, level, seam);
        free(seam);
        GRID_TRY(status);
    }
    return GRID_OK;
}

int main(int argc, char **argv) {
    tool_list operands = {0};
    int code = tool_start(&spec, argc, argv, &operands);
    if (code != TOOL_GO_ON)
        return code;
    request.subject = operands.at[0];
    grid_error err = {0};
    coverage_input input;
    grid_status status = coverage_input_read(&request, tool_context(), &input, &err);
    if (status == GRID_OK)
        status = check_levels(&input, &err);
    coverage_input_free(&input);
    if (status != GRID_OK)
        return tool_fail(status, &err);
    return tool_finish(TOOL_DONE);
}
