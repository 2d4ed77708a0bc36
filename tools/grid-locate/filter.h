/*
 * filter.h - rows in, the same rows with their answers out.
 */
#ifndef GRID_LOCATE_FILTER_H
#define GRID_LOCATE_FILTER_H

#include "columns.h"
#include "grids.h"
#include "patrol.h"

typedef struct filter_options {
    const char *input;         /**< path; NULL or "-" for stdin */
    const char *text;          /**< the input itself; NULL to read `input` */
    const char *name;          /**< what `text` is of; NULL for the command line */
    const char *output;        /**< path; NULL for stdout */
    const char *rejects;       /**< path: rows that `fail_on` names go there too; NULL */
    bool overwrite;            /**< `output` and `rejects` */
    const char *format;        /**< "auto", "csv", "tsv" or "ndjson" */
    const char *delimiter;     /**< one character; NULL to detect */
    const char *header;        /**< "auto", "yes" or "no" */
    const char *x, *y;         /**< column names or numbers from 1; NULL to detect */
    const char *crs;           /**< of the points; NULL to tell from the columns */
    const char *columns;       /**< what to append; NULL for the usual */
    double nearest_m;          /**< how far the nearest unit may be; 0 for none */
    int64_t max_bad;           /**< bad rows that are borne; -1 for any number */
    bool count;                /**< write points per unit instead of rows */
    bool joined;               /**< and those into `output` as a layer of the units */
    const char *by;            /**< count per value of this column, too; NULL */
    const patrol_rule *rule;   /**< write visits per unit and day instead of rows; NULL */
    const char *person, *time; /**< columns of the tracks, for `rule` */
    unsigned fail_on;          /**< bits 1 << answer_status: what counts as a finding */
} filter_options;

/** What became of the rows. */
typedef struct filter_counts {
    uint64_t rows;
    uint64_t by_status[ANSWER_STATUSES];
    uint64_t patrols, missed; /**< days of units, and those that the rule was not met on */
} filter_counts;

/** Runs the filter from the input to the output. */
grid_status filter_run(const grids *g, const filter_options *options, const grid_context *ctx,
                       filter_counts *counts, grid_error *err);

#endif
