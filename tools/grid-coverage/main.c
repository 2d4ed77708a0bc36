/*
 * grid-coverage: proves that every level tiles its parent exactly, or says where it does not.
 */
#include "digests.h"
#include "expect.h"
#include "fix.h"
#include "report.h"
#include "textfile.h"

#include "base/base.h"
#include "common/session.h"

#include <stdio.h>
#include <stdlib.h>

static coverage_request request;
static coverage_weights weights = {.fail_on = "rounding"};
static coverage_fix_request repair;
static double tolerance_m = 0.5;
static const char *defects_path, *sarif_path, *junit_path, *expect_path, *since_path, *digests_path;
static bool record;

static const tool_option options[] = {
    {.kind = TOOL_HEADING, .help = "Layers"},
    {"parent", 'p', TOOL_LIST, "LAYER",
     "Areas that the layer must tile. Given several times, from coarse to fine, each must tile "
     "the one before.",
     &request.parents},
    {"within", 'w', TOOL_LIST, "LAYER",
     "Areas that lie in the layer's units without overlapping, such as buildings.",
     &request.within},
    {"code-field", 'c', TOOL_TEXT, "FIELD",
     "Field with the units' codes, in this layer and those above.", &request.code_field},
    {"parent-field", 'P', TOOL_TEXT, "FIELD",
     "Field with the code of each unit's parent; without it a unit belongs to the parent it lies "
     "in.",
     &request.parent_field},
    {"lattice", 0, TOOL_REAL, "LENGTH",
     "Put coordinates on a lattice of this step (1mm) before they are compared; the verdict is "
     "then about the rewritten coordinates.",
     &request.lattice_m},
    {.kind = TOOL_HEADING, .help = "What counts"},
    {"tolerance", 't', TOOL_REAL, "LENGTH", "Width below which a defect is called a sliver.",
     &tolerance_m},
    {"fail-on", 0, TOOL_CHOICE, "SEVERITY", "Least severity that makes the exit code 1.",
     &weights.fail_on, .choices = "rounding|sliver|real"},
    {"waive", 0, TOOL_TEXT, "FILE",
     "Table or layer of defects that are accepted: fields id (or an area and, if wanted, kind), "
     "reason, expires (2027-01-31).",
     &weights.waivers},
    {"baseline", 0, TOOL_TEXT, "FILE",
     "An earlier report of --json: what it has, and what has not grown since, does not count.",
     &weights.baseline},
    {"expect", 0, TOOL_TEXT, "FILE",
     "Table of what must be there: fields unit, level, measure (count, households ...), min, max "
     "and, if wanted, kind: only units of this kind are meant, such as grid, not extended.",
     &expect_path},
    {"since", 0, TOOL_TEXT, "FILE",
     "Digests of an earlier check (a file of --digests, or a database of --record): what has not "
     "changed since is not checked again.",
     &since_path},
    {.kind = TOOL_HEADING, .help = "Repair"},
    {"fix", 0, TOOL_FLAG, NULL,
     "Insert missing vertices, give slivers to one unit, cut off what lies beyond a parent by less "
     "than the tolerance. Needs -o.",
     &repair.fix},
    {"fix-all", 0, TOOL_FLAG, NULL,
     "The same for gaps, overlaps and overflow of any width, and for contained units; --fix only "
     "suggests that, unit by unit.",
     &repair.all},
    {"priority", 0, TOOL_TEXT, "FIELD",
     "Numbers: of the units around a fault, the one with the largest gets it; else the one with "
     "the longest border, the larger, the one with the lower code.",
     &repair.priority_field},
    {"output", 'o', TOOL_TEXT, "FILE", "Where the repaired layer or database goes.",
     &repair.output},
    {.kind = TOOL_HEADING, .help = "Reports"},
    {"defects", 'd', TOOL_TEXT, "FILE", "Write the defects as layers (.gpkg, .geojson, .shp).",
     &defects_path},
    {"sarif", 0, TOOL_TEXT, "FILE", "Write a SARIF report.", &sarif_path},
    {"junit", 0, TOOL_TEXT, "FILE", "Write a JUnit report.", &junit_path},
    {"digests", 0, TOOL_TEXT, "FILE", "Write the digests of what is exact, for --since.",
     &digests_path},
    {"record", 0, TOOL_FLAG, NULL, "Keep these digests in the database itself.", &record},
};

static const tool_spec spec = {
    .name = "grid-coverage",
    .summary = "prove that grids tile their parents exactly, or list every defect",
    .operands = "GRIDS.sqlite | LAYER",
    .description =
        "Adds up the directed edges of a parent and its children. When all of them cancel and the "
        "rings are simple, the children tile the parent exactly: no place in two of them "
        "(不交叉), none in no one (不遗漏), nothing beyond (不越界). Coordinates are "
        "compared bit by bit in the CRS of the data; there is no tolerance in the verdict. What "
        "does not cancel is noded with exact arithmetic and told as defects with their units, "
        "exact area, width and place.\n\n"
        "Without --parent a layer is checked in itself: overlaps, enclosed gaps, vertices that "
        "one side lacks.\n\n"
        "Exit code 0: every level tiles its parent; 1: there are defects.",
    .examples = "# every level of a grid database\n"
                "grid-coverage town.sqlite\n"
                "# any layers, and the defects as a map\n"
                "grid-coverage --parent city.gpkg:boundary city.gpkg:wards --defects faults.gpkg\n"
                "# in CI: only real defects that are not known\n"
                "grid-coverage town.sqlite --fail-on real --waive waivers.csv --junit seams.xml\n"
                "# repair slivers below 10 cm\n"
                "grid-coverage -p city.gpkg:boundary city.gpkg:wards --fix -t 0.1m -o wards.gpkg\n",
    .options = options,
    .n_options = sizeof options / sizeof *options,
    .min_operands = 1,
    .max_operands = 1,
};

static grid_status write_reports(const coverage_input *in, coverage_verdict *v, grid_error *err) {
    if (expect_path != NULL)
        GRID_TRY(coverage_expect(in, v, expect_path, err));
    const coverage_ci ci = {request.subject, expect_path, weights.baseline != NULL};
    if (defects_path != NULL)
        GRID_TRY(coverage_write_layers(in, v, defects_path, err));
    if (sarif_path != NULL)
        GRID_TRY(coverage_write_sarif(in, v, &ci, sarif_path, err));
    if (junit_path != NULL)
        GRID_TRY(coverage_write_junit(in, v, &ci, junit_path, err));
    if (digests_path != NULL)
        GRID_TRY(coverage_digests_write(in, v->report, digests_path, err));
    if (record)
        GRID_TRY(coverage_digests_record(in, v->report, request.subject, err));
    coverage_report(in, v);
    return GRID_OK;
}

/* Repairs first, where that is asked for; the check is then of the outcome. */
static grid_status run(coverage_input *in, coverage_digests *since, grid_cover_fixed **fixed,
                       coverage_verdict *v, grid_error *err) {
    if (since_path != NULL)
        GRID_TRY(coverage_digests_read(in, since_path, since, err));
    if (request.lattice_m > 0) {
        tool_say("coordinates were put on a lattice of %g m; the verdict is about them",
                 request.lattice_m);
        json_object_set_new(tool_report(), "lattice_m", json_real(request.lattice_m));
    }
    if (repair.output != NULL) {
        repair.tolerance_m = tolerance_m;
        GRID_TRY(coverage_fix(in, &repair, fixed, err));
        coverage_fix_report(in, *fixed);
    }
    GRID_TRY(coverage_check(in, tolerance_m, since->level, &weights, v, err));
    if (since_path != NULL)
        coverage_digests_say(since, v->report, in, since_path);
    if (repair.output != NULL)
        GRID_TRY(coverage_fix_write(in, *fixed, &repair, request.subject, err));
    if (repair.output != NULL && in->database)
        GRID_TRY(coverage_digests_record(in, v->report, repair.output, err));
    GRID_TRY(write_reports(in, v, err));
    return repair.output != NULL && !repair.all && v->n > 0 ? coverage_fix_suggest(in, &repair, err)
                                                            : GRID_OK;
}

static int check_usage(void) {
    repair.fix |= repair.all;
    if (repair.fix && repair.output == NULL)
        return tool_usage("give a new file with -o", "--fix never changes its input");
    if (!repair.fix && repair.output != NULL)
        return tool_usage("add --fix, or ask for --defects FILE", "-o takes what --fix makes");
    if (tolerance_m < 0 || request.lattice_m < 0)
        return tool_usage(NULL, "--tolerance and --lattice take lengths from 0");
    if (record && !grid_store_probe(request.subject))
        return tool_usage("for layers there is --digests FILE", "--record is for grid databases");
    return TOOL_GO_ON;
}

int main(int argc, char **argv) {
    tool_list operands = {0};
    int code = tool_start(&spec, argc, argv, &operands);
    if (code != TOOL_GO_ON)
        return code;
    request.subject = operands.at[0];
    if ((code = check_usage()) != TOOL_GO_ON)
        return code;
    grid_error err = {0};
    const char *const outputs[] = {repair.output, defects_path, sarif_path, junit_path,
                                   digests_path};
    grid_status status = coverage_check_outputs(outputs, sizeof outputs / sizeof *outputs, &err);
    if (status != GRID_OK)
        return tool_fail(status, &err);
    coverage_input input;
    coverage_verdict verdict = {0};
    coverage_digests since = {0};
    grid_cover_fixed *fixed = NULL;
    status = coverage_input_read(&request, tool_context(), &input, &err);
    if (status == GRID_OK)
        status = run(&input, &since, &fixed, &verdict, &err);
    code = verdict.n_counting > 0 ? TOOL_FINDINGS : TOOL_DONE;
    coverage_verdict_free(&verdict);
    coverage_digests_free(&since);
    grid_cover_fixed_free(fixed);
    coverage_input_free(&input);
    return status == GRID_OK ? tool_finish(code) : tool_fail(status, &err);
}
