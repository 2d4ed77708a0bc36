/*
 * old_records.h - in an update: which building or household of the old division is which of the
 * new one, so that codes live on.
 */
#ifndef GRID_PARTITION_OLD_RECORDS_H
#define GRID_PARTITION_OLD_RECORDS_H

#include "update.h"

typedef struct old_records {
    const grid_units *units; /**< NULL: nothing is updated */
    uint32_t *by_place;      /**< rows by name, then from west to east */
    size_t n_placed;         /**< entries of it: rows with a shape */
    uint32_t *by_parent;     /**< rows by parent, name, code */
    grid_xy *middle;         /**< per row; NAN without a shape */
    bool *taken;             /**< per row */
    const char **used;       /**< codes given before, ordered */
    size_t n_used;
} old_records;

/** Prepares level `i` of the old records; without such a level everything is new. */
grid_status old_records_open(const update *u, size_t i, old_records *out, grid_error *err);
void old_records_free(old_records *o);

/** A record of that name with its middle within a metre, not taken yet: its row; GRID_NONE. */
uint32_t old_records_take_at(old_records *o, const char *name, double x, double y);

/** The same below a parent, wherever it is. */
uint32_t old_records_take_below(old_records *o, const char *parent, const char *name);

/** The last number that was ever given below `parent`. */
uint32_t old_records_last(const old_records *o, const char *parent, const char *pattern);

#endif
