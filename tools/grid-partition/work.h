/*
 * work.h - the division itself: cells, graph, grids, codes, and the tables of every level, proved
 * seamless.
 */
#ifndef GRID_PARTITION_WORK_H
#define GRID_PARTITION_WORK_H

#include "inputs.h"
#include "merge.h"
#include "scheme.h"
#include "units.h"
#include "update.h"

typedef struct work_options {
    int64_t effort, seed;
    int64_t grids;           /**< wanted in each street; 0: as many as suit */
    const char *grids_field; /**< column of numbers wanted, of communities or streets; NULL */
    const char *update;      /**< database of the division to update; NULL */
    tool_list locks;         /**< codes of its grids that must stay */
    const char *date;        /**< of the update; NULL */
    tool_list nets;          /**< other nets to be followed and re-expressed */
    const char *crosswalk;   /**< file for the crosswalk; NULL */
    bool strict;             /**< refuse what would have to be repaired */
} work_options;

typedef struct work {
    grid_cells *cells;
    grid_division *division;
    update old;       /**< the division that was updated */
    merge nets;       /**< other departments' nets */
    uint32_t n_rules; /**< those that apply to this input */
    grid_rule rule[SCHEME_MAX_RULES];
    grid_quality_report *quality;
    double division_s;                   /**< time that the division took */
    unit_table level[SCHEME_MAX_LEVELS]; /**< top first */
    size_t n_levels;                     /**< street, community if there are any, grid */
    grid_codes *codes;                   /**< owns the codes and names in the tables */
} work;

grid_status work_divide(const inputs *in, const input_options *input, const scheme *plan,
                        const work_options *options, const grid_context *ctx, work *out,
                        grid_error *err);
void work_free(work *w);

#endif
