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

/* A level, its units ordered by code. */
typedef struct coverage_level {
    grid_cover_level in;
    size_t *row;         /* per unit: its row in the layer or in the database's level */
    bool has_codes;      /* else units are called "#7", by their number in the layer */
    grid_shapes *sorted; /* the shapes, where they had to be put in order */
    grid_layer *layer;   /* where it was read from ... */
    grid_units *units;   /* ... or this */
} coverage_level;

/* Metres per unit of x and of y. */
typedef struct coverage_scale {
    double x, y;
} coverage_scale;

typedef struct coverage_input {
    coverage_level *level;
    size_t n_levels;
    size_t subject; /* the level that repair works on */
    bool database;
    char *crs; /* NULL when the layers do not say */
    bool geographic;
    double metres_per_unit; /* of a length in the CRS; at the equator for degrees */
    coverage_scale scale;   /* in the middle of the data */
    grid_arena texts;
} coverage_input;

/* What the user asked for. */
typedef struct coverage_request {
    const char *subject;    /* the database or layer that is checked */
    tool_list parents;      /* layers above it, coarse to fine */
    tool_list within;       /* layers that lie in it */
    const char *code_field; /* NULL, or where the codes stand */
    const char *parent_field;
    double lattice_m; /* 0, or what coordinates are put on before they are compared */
} coverage_request;

grid_status coverage_input_read(const coverage_request *request, const grid_context *ctx,
                                coverage_input *out, grid_error *err);
void coverage_input_free(coverage_input *input);

/* The levels as the library takes them; freed with free(). */
grid_cover_level *coverage_levels(const coverage_input *input);

/* Of degrees at a place, on the GRS 80 ellipsoid; elsewhere the CRS's unit. */
coverage_scale coverage_scale_at(const coverage_input *input, grid_xy at);

/* Code of a unit; "" for GRID_NONE. */
const char *coverage_code(const coverage_input *input, size_t level, uint32_t unit);

#endif
