/*
 * columns.h - what is appended to a row: which columns, and their text for an answer.
 */
#ifndef GRID_LOCATE_COLUMNS_H
#define GRID_LOCATE_COLUMNS_H

#include "base/arena.h"
#include "grids.h"
#include "pipeline.h"

/** How a point was answered. */
typedef enum answer_status {
    ANSWER_INSIDE,
    ANSWER_BORDER,  /**< exactly on a border; the border rule chose */
    ANSWER_OVERLAP, /**< several units claim the point; the one with the smallest code is given */
    ANSWER_NEAREST, /**< in no unit; the nearest one within reach is given */
    ANSWER_GAP,     /**< a parent covers the point, but no unit of the main layer */
    ANSWER_OUTSIDE,
    ANSWER_BAD, /**< no usable coordinates */
    ANSWER_STATUSES
} answer_status;

const char *answer_status_name(answer_status status);

typedef struct answer {
    const grid_hit *hits; /**< per layer; NULL for a bad row */
    answer_status status;
    double distance_m; /**< to the unit's border for ANSWER_NEAREST, else 0 */
} answer;

/** How text is written: as members of a JSON object, or with a delimiter, and quotes around what
 *  needs them. */
typedef struct column_style {
    bool json;
    char delimiter;
    bool quotes;
} column_style;

typedef struct cell {
    const char *text; /**< with the delimiter, or the member's name, before it */
    size_t n;
} cell;

typedef enum column_kind {
    COLUMN_CODE,
    COLUMN_NAME,
    COLUMN_KIND,
    COLUMN_PLACE, /**< whether the point is inside the layer's unit, or it is only the nearest */
    COLUMN_STATUS,
    COLUMN_DISTANCE,
    COLUMN_DUTY /**< and the columns of duty.h after it */
} column_kind;

typedef struct column {
    column_kind kind;
    uint32_t layer;
    uint32_t n; /**< units, statuses or places */
    cell *cell; /**< per unit, status or place, and one more for none */
    const char *header;
} column;

typedef struct columns {
    column *at;
    size_t n;
    size_t widest; /**< bytes that one answer needs at most */
    column_style style;
    grid_arena text;
    bytes scratch; /**< for one cell at a time */
} columns;

/**
 * Chooses columns from a comma-separated list of `LAYER` (its code), `LAYER.code`, `LAYER.name`,
 * `LAYER.kind`, `LAYER.place`, `status`, `distance` and, where there are duties, `department`,
 * `limit_h`, `duty`, `persons` and `chain`; NULL: the code of every layer, finest first, the
 * duties, the distance if `nearest`, and the status.
 */
grid_status columns_open(const grids *g, const char *list, bool nearest, column_style style,
                         columns *out, grid_error *err);
void columns_close(columns *c);

/** Appends the columns' names; `taken` tells names that the input has already. */
bool columns_header(const columns *c, bool (*taken)(void *user, const char *name), void *user,
                    bytes *out);

/** Appends the answer; room for c->widest bytes must have been made. */
void columns_append(const columns *c, const answer *a, bytes *out);

#endif
