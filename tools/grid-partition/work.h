/*
 * work.h - the division itself: cells, graph, grids, codes, and the tables of every level, proved
 * seamless.
 */
#ifndef GRID_PARTITION_WORK_H
#define GRID_PARTITION_WORK_H

#include "base/arena.h"
#include "demands.h"
#include "group.h"
#include "inputs.h"
#include "merge.h"
#include "parents.h"
#include "policy.h"
#include "scheme.h"
#include "units.h"
#include "update.h"

typedef struct work_options {
    int64_t effort, seed;
    demand_options grids;  /**< how many are wanted */
    demand_options groups; /**< the same of groups of communities */
    const char *district;  /**< "410482=汝州市": code for streets without, and name; NULL */
    const char *update;    /**< database of the division to update; NULL */
    tool_list locks;       /**< codes of its grids that must stay */
    const char *date;      /**< of the update; NULL */
    tool_list nets;        /**< other nets to be followed and re-expressed */
    const char *crosswalk; /**< file for the crosswalk; NULL */
    tool_list policy;      /**< see policy.h */
    bool strict;           /**< refuse what would have to be repaired */
} work_options;

typedef struct work {
    policies policy;
    parents parents;
    grid_cells *cells;
    grid_division *division; /**< NULL where the scheme splits nothing */
    groups groups;           /**< of communities; empty where the scheme joins nothing */
    update old;              /**< the division that was updated */
    merge nets;              /**< other departments' nets */
    uint32_t n_rules;        /**< those that apply to this input */
    grid_rule rule[SCHEME_MAX_RULES];
    grid_quality_report *quality; /**< of the division; NULL without */
    grid_quality total;           /**< of all grids; of units see their tables */
    grid_advice_list advice;      /**< on communities that cannot be divided */
    double division_s;            /**< time that the division took */

    unit_table level[SCHEME_MAX_LEVELS];         /**< top first */
    const scheme_level *made[SCHEME_MAX_LEVELS]; /**< per level of `level`: what it is */
    size_t n_levels;
    size_t n_areas;      /**< levels of areas; records are below these */
    grid_codes *codes;   /**< owns the codes and names in the tables */
    grid_code *district; /**< codes of districts */
    grid_arena texts;    /**< codes of records */
} work;

/** The lowest level of areas: what cells and borders belong to. */
const unit_table *work_leaves(const work *w);

const unit_table *work_streets(const work *w);

/** Refuses options that make no sense together or with the scheme; nothing need be read for it. */
grid_status work_check(const input_options *input, const scheme *plan, const work_options *options,
                       grid_error *err);

grid_status work_divide(const inputs *in, const input_options *input, const scheme *plan,
                        const work_options *options, const grid_context *ctx, work *out,
                        grid_error *err);
void work_free(work *w);

#endif
