/*
 * tally.h - points per unit and value, counted by each worker for itself and put together.
 */
#ifndef GRID_LOCATE_TALLY_H
#define GRID_LOCATE_TALLY_H

#include <stdint.h>

#include "grids.h"
#include "pipeline.h"
#include "rows.h"

typedef struct tally_entry {
    uint32_t unit; /**< of the main layer; GRID_NONE for nowhere */
    char *value;
    size_t length;
    uint64_t points;
} tally_entry;

/** A hash table; all zero is an empty one. */
typedef struct tally {
    tally_entry *at; /**< entries with points == 0 are free */
    size_t n, size;
} tally;

bool tally_add(tally *t, uint32_t unit, span value, uint64_t points);
void tally_free(tally *t);

/** Adds all of `from` to t. */
bool tally_merge(tally *t, const tally *from);

/**
 * The table as CSV: code, name, the value's column if `by` is not NULL, points; units in their own
 * order, every one at least once, what is in no unit last; values in the order of their bytes.
 */
bool tally_print(const tally *t, const grids *g, const char *by, bytes *out);

#endif
