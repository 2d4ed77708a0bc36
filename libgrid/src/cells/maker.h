/*
 * maker.h - the state of one grid_cells_build, handed from step to step.
 */
#ifndef GRID_SRC_CELLS_MAKER_H
#define GRID_SRC_CELLS_MAKER_H

#include "cells/cells.h"

typedef struct maker {
    const grid_cells_input *in;
    const grid_context *ctx, *asked; /**< in use now; the caller's */
    arrangement a;
    territory t;
    face_cover households;
    bool given; /**< the household areas are the cells */
    /* per face of a.plane */
    uint32_t *compound, *extended; /**< feature; GRID_NONE */
    uint32_t *area;                /**< household area, where those are the cells */
    uint32_t *root;                /**< groups of faces that become cells: union-find */
    uint32_t *cell;                /**< GRID_NONE outside the streets */
    uint32_t n_cells;
    uint32_t *block; /**< per face: the cell before cutting, where it was cut; NULL: none was */
    uint32_t *cell_of_household; /**< per household feature; GRID_NONE */
    household_notes notes;
} maker;

/** Labels and groups the faces and puts the households in: cells, uncut. */
GRID_MUST_USE grid_status maker_group(maker *m, grid_error *err);

/** Gives slivers to what lies beside them, numbers the cells and puts the households in. */
GRID_MUST_USE grid_status maker_tidy(maker *m, grid_error *err);

/** Frees what belongs to the faces of one arrangement. */
void maker_clear_faces(maker *m);

/** Whether cell `c` is to be cut, per cell; all false when nothing is. */
GRID_MUST_USE grid_status maker_choose_cuts(const maker *m, bool **out, bool *any, grid_error *err);

/** Per face the household area on it that its ground belongs to; GRID_NONE for open ground. */
uint32_t *maker_owners(const maker *m);

/** Lines half way between the buildings of the cells to be cut. */
GRID_MUST_USE grid_status maker_draw_midlines(const maker *m, const bool *cut, grid_segment **out,
                                              size_t *n_out, grid_error *err);

/** Splits the chosen cells into one cell per building, along the midlines. */
GRID_MUST_USE grid_status maker_split(maker *m, const bool *cut, grid_error *err);

/**
 * Follows segments that meet end to end and leaves out what keeps them within `tolerance_mm` of
 * where they were; junctions and ends stay.
 */
GRID_MUST_USE grid_status segments_straighten(grid_segment *segments, size_t n, double tolerance_mm,
                                              grid_segment **out, size_t *n_out, grid_error *err);

/** Numbers the groups by their smallest face. */
void maker_number_cells(maker *m);

/** What the caller gets. */
GRID_MUST_USE grid_status maker_write(maker *m, grid_cells *out, grid_error *err);

#endif
