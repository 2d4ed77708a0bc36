/*
 * input.h - what is to be checked: the levels of a grid database, or layers from coarse to fine.
 */
#ifndef GRID_COVERAGE_INPUT_H
#define GRID_COVERAGE_INPUT_H

#include <grid/cover.h>
#include <grid/io.h>
#include <grid/store.h>

#include "base/arena.h"
#include "common/options.h"

typedef struct coverage_level {
    const char *name;
    const grid_shapes *shapes;
    const char **code; /* per feature: its code, or "#7" by its number in the layer */
    bool has_codes;
    const char **parent_code; /* per feature; NULL when parents are found by place */
    uint32_t *parent_of;      /* feature of the level above; NULL on the first level */
    bool within;              /* lies in its parents without having to tile them */
    grid_layer *layer;        /* where it was read from: a layer, */
    grid_units *units;        /* or a level of a database */
} coverage_level;

typedef struct coverage_input {
    coverage_level *level;
    size_t n_levels;
    const char *crs; /* NULL when the layers do not say */
    grid_arena texts;
    grid_level *levels; /* of a database: owns the levels' names */
    char *database_crs;
} coverage_input;

/* What the user asked for. */
typedef struct coverage_request {
    const char *subject;    /* the database or layer that is checked */
    tool_list parents;      /* layers above it, coarse to fine */
    tool_list within;       /* layers that lie in it */
    const char *code_field; /* NULL, or where the codes stand */
    const char *parent_field;
} coverage_request;

grid_status coverage_input_read(const coverage_request *request, const grid_context *ctx,
                                coverage_input *out, grid_error *err);
void coverage_input_free(coverage_input *input);

#endif
