/*
 * grid-locate: a point per line in, the same line plus its grid, its parents and a status out.
 */
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "cli.h"
#include "common/session.h"
#include "duty.h"
#include "explain.h"
#include "filter.h"
#include "grids.h"
#include "points.h"
#include "summary.h"

static grid_status write_index(const grids *g, grid_error *err) {
    char path[4096];
    grid_status status = grids_save(g, &cli.grids, path, sizeof path, err);
    if (status == GRID_OK)
        tool_say("%s written", path);
    return status;
}

/* A layer of points is located as the table of its attributes. */
static grid_status locate_layer(const grids *g, filter_counts *counts, grid_error *err) {
    points_table table;
    filter_options o = cli.rows;
    GRID_TRY(points_read(o.input, tool_common.layer, o.x == NULL && o.y == NULL, tool_context(),
                         &table, err));
    o.text = table.text.at;
    o.name = o.input;
    o.format = "csv";
    o.delimiter = ",";
    o.header = "yes";
    if (*table.x != '\0') {
        o.x = table.x;
        o.y = table.y;
        o.crs = o.crs ? o.crs : table.crs;
    }
    grid_status status = filter_run(g, &o, tool_context(), counts, err);
    points_free(&table);
    return status;
}

static grid_status run(const grids *g, filter_counts *counts, grid_error *err) {
    if (cli.build_index)
        return write_index(g, err);
    if (cli.explain)
        return explain_point(g,
                             cli.rows.crs ? cli.rows.crs
                             : g->crs     ? "wgs84"
                                          : NULL,
                             cli.point, err);
    grid_status status = points_is_input(cli.rows.input, cli.rows.format)
                             ? locate_layer(g, counts, err)
                             : filter_run(g, &cli.rows, tool_context(), counts, err);
    if (status == GRID_OK)
        summary_say(counts);
    return status;
}

int main(int argc, char **argv) {
    int code = cli_start(argc, argv);
    if (code != TOOL_GO_ON)
        return code;
    grids g;
    grid_error err = {0};
    filter_counts counts = {0};
    duty_words duty = {0};
    grid_status status = grids_open(&cli.grids, tool_context(), &g, &err);
    if (status == GRID_OK && (cli.kind != NULL || cli.when != NULL)) {
        status = duty_words_open(cli.sources.at[0], cli.kind, cli.when, &duty, &err);
        g.duty = &duty;
    }
    if (status == GRID_OK)
        status = run(&g, &counts, &err);
    grids_close(&g);
    duty_words_close(&duty);
    if (status != GRID_OK)
        return tool_finish(tool_fail(status, &err));
    summary_report(&counts);
    uint64_t findings = counts.missed;
    for (int i = 0; i < ANSWER_STATUSES; i++)
        findings += cli.rows.fail_on >> i & 1 ? counts.by_status[i] : 0;
    return tool_finish(findings > 0 ? TOOL_FINDINGS : TOOL_DONE);
}
