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

/** Labels and groups the faces and puts the households in: cells, ribbons and all, uncut. */
GRID_MUST_USE grid_status maker_group(maker *m, grid_error *err);

/** Gives slivers to what lies beside them, numbers the cells and puts the households in. */
GRID_MUST_USE grid_status maker_tidy(maker *m, grid_error *err);

/** A face of every cell, to be freed; NULL when memory ran out. */
GRID_MUST_USE uint32_t *maker_face_of_cells(const maker *m);

/** Numbers the groups by their smallest face and puts the households in. */
GRID_MUST_USE grid_status maker_assign(maker *m, grid_error *err);

/** The same after ground moved that nobody lives on: households stay where they are. */
GRID_MUST_USE grid_status maker_renumber(maker *m, grid_error *err);

/**
 * Groups afresh by labels that are faces of the groups so far, GRID_NONE outside; what is moved
 * takes over what is said of its receiver. Returns the area moved, m2.
 */
double maker_regroup(maker *m, const uint32_t *label);

/** Whether two faces are of the same street, community and extended area. */
bool maker_is_one_territory(const maker *m, uint32_t f, uint32_t g);

/** Frees what belongs to the faces of one arrangement. */
void maker_clear_faces(maker *m);

/** Which ground is of ribbons still to be shared, and where each ribbon may go by now. */
typedef struct ribbons {
    bool *left;       /**< per face: of a ribbon, and nobody's yet */
    bool *joins;      /**< per face: without it, ground among extended areas would be cut off */
    bool *gives;      /**< per cell: a ribbon that somebody beside it may receive */
    uint8_t *softest; /**< per cell: the softest class that a good part of such borders has */
    bool any;         /**< some ribbon gives */
} ribbons;

GRID_MUST_USE grid_status maker_find_ribbons(const maker *m, ribbons *out, grid_error *err);
void ribbons_free(ribbons *r);

/** Whether the cell across half-edge h may receive ground of the ribbon on its left. */
bool ribbon_gives(const maker *m, const ribbons *r, uint32_t h);

/**
 * Gives ribbons to the cells beside them, each side its half where a line was drawn. Ribbons with
 * nothing but ribbons beside them follow in the next round.
 */
GRID_MUST_USE grid_status maker_share(maker *m, ribbons *r, unsigned rounds, grid_error *err);

/**
 * Adds to joins[], per face, what joins parts of a community's ground that would fall apart if
 * ribbons went to extended areas as label[] says; *any: something was added.
 */
GRID_MUST_USE grid_status maker_find_joints(const maker *m, const uint32_t *label, bool *joins,
                                            bool *any, grid_error *err);

/** Whether cell `c` has so many households that it is to be cut, per cell. */
GRID_MUST_USE grid_status maker_choose_cuts(const maker *m, bool **out, bool *any, grid_error *err);

/** Splits the chosen cells into one cell per building, along the lines between them. */
GRID_MUST_USE grid_status maker_split(maker *m, const bool *cut, grid_error *err);

/** Per face the household area on it that its ground belongs to; GRID_NONE for open ground. */
uint32_t *maker_owners(const maker *m);

/**
 * Lines half way between the buildings of the cells in `cut`, or, where `share` is given, half way
 * between the receivers of each ribbon. Their source is what arrangement_refine wants.
 */
GRID_MUST_USE grid_status maker_draw_midlines(const maker *m, const bool *cut, const ribbons *share,
                                              grid_segment **out, size_t *n_out, grid_error *err);

/**
 * Follows segments that meet end to end and leaves out what keeps them within `tolerance_mm` of
 * where they were; junctions, ends and places where the source changes stay.
 */
GRID_MUST_USE grid_status segments_straighten(grid_segment *segments, size_t n, double tolerance_mm,
                                              grid_segment **out, size_t *n_out, grid_error *err);

/** Fills the borders of `out`: who neighbours whom. */
GRID_MUST_USE grid_status maker_meet(const maker *m, grid_cells *out, grid_error *err);

/** What the caller gets. */
GRID_MUST_USE grid_status maker_write(maker *m, grid_cells *out, grid_error *err);

#endif
