/*
 * units.h - from a labelling of cells to the units of each level, with their areas read off the
 * planar graph.
 */
#ifndef GRID_PARTITION_UNITS_H
#define GRID_PARTITION_UNITS_H

#include <grid/cells.h>
#include <grid/cover.h>
#include <grid/partition.h>
#include <grid/store.h>

/** A level's units, ordered by code, and which of them each cell belongs to. */
typedef struct unit_table {
    const char *name; /**< of the level: "street", "community", "grid" */
    grid_units units;
    uint32_t *of_cell;     /**< per cell: row of units */
    uint32_t *row;         /**< per label given to unit_table_build: its row */
    uint32_t *parent;      /**< per row: row of the level above; NULL for the top */
    grid_quality *quality; /**< per row: of the grids in it; NULL where nothing is split */
    grid_seam *seam;       /**< per row of the level above, once certified; else NULL */
} unit_table;

/** What is known of the units before they get their order; arrays per label. */
typedef struct unit_labels {
    int level;
    const char *name; /**< of the level, and the kind of its units unless `kind` says otherwise */
    uint32_t n;
    const uint32_t *of_cell; /**< per cell: a label */
    const char *const *code; /**< distinct */
    const char *const *unit_name;
    const char *const *kind;   /**< NULL: all of the level's name */
    const char *const *status; /**< NULL: all "OK" */
    const char *const *reason; /**< NULL: none */
    bool persons_known;
} unit_labels;

/** Builds the table; `above` is the level above, NULL for the top. Texts and codes are borrowed. */
grid_status unit_table_build(const grid_cells *cells, const unit_labels *labels,
                             const unit_table *above, unit_table *out, grid_error *err);
void unit_table_free(unit_table *table);

/** Room for so many units, all zero; false without memory. */
bool unit_table_allocate(unit_table *t, size_t n_cells, size_t n, bool has_parent);

/** Certifies that the units of `table` tile those of `above`, unit by unit, and keeps the seams. */
grid_status unit_table_check(const unit_table *above, unit_table *table, const grid_context *ctx,
                             grid_error *err);

#endif
