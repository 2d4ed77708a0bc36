/*
 * batch.h - the rows of a piece, some at a time, with the points they name.
 */
#ifndef GRID_LOCATE_BATCH_H
#define GRID_LOCATE_BATCH_H

#include <stdint.h>

#include "header.h"

/** Why a row has no usable point. */
typedef enum fault {
    FAULT_NONE,
    FAULT_MISSING,
    FAULT_EMPTY,
    FAULT_NUMBER,
    FAULT_OBJECT,
    FAULT_TRANSFORM,
    FAULT_TRACK,
    FAULTS
} fault;

/** The fault in words, for a message. */
const char *fault_text(fault why);

typedef struct batch {
    row_list rows;
    size_t line[MAX_ROWS]; /**< where the row begins, counted by the caller */
    grid_xy raw[MAX_ROWS]; /**< as read; NAN where there is a fault */
    uint8_t fault[MAX_ROWS];
    bool quoted; /**< some row has a quote, in a format where that may enclose line ends */
} batch;

/** Takes up to MAX_ROWS rows from *at .. end-1, which are whole, and moves *at and *line on. */
void batch_read(const table *t, const char **at, const char *end, size_t *line, batch *b);

/** Line ends in a text. */
size_t batch_count_lines(span text);

#endif
