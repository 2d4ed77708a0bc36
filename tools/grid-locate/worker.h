/*
 * worker.h - what becomes of a piece of the table: rows read, located, answered or counted.
 */
#ifndef GRID_LOCATE_WORKER_H
#define GRID_LOCATE_WORKER_H

#include <grid/crs.h>

#include "base/vec.h"
#include "batch.h"
#include "crs/shift.h"
#include "diagnose.h"
#include "emit.h"
#include "patrol.h"
#include "tally.h"

enum { SAMPLE = 40 };

typedef struct bad_row {
    size_t line; /**< within the piece, from 0 */
    fault fault;
    char sample[SAMPLE];
} bad_row;

/** What a piece tells in its turn. */
typedef struct notes {
    size_t lines;
    filter_counts counts;
    GRID_VEC(bad_row) bad;
    bytes rejects;
    lost_points lost; /**< lines within the piece */
} notes;

/** What all workers share and none changes. */
typedef struct job {
    const grids *g;
    const filter_options *o;
    table table;
    table_column by, person, time;
    columns columns;
} job;

/** What a worker has to itself. */
typedef struct worker {
    const job *job;
    grid_crs_transform *transform; /**< NULL where nothing is to be done, or a shift is all */
    crs_shift shift;               /**< against the grids' WGS 84, to be undone */
    grid_xy xy[MAX_ROWS];          /**< points in the CRS of the grids, where that is another */
    grid_hit *hits;                /**< MAX_ROWS * n_layers */
    emitter emitter;
    tally tally;
    patrol_log log;
} worker;

/** Makes n workers, or leaves what worker_free_all takes. */
GRID_MUST_USE grid_status worker_new_all(const job *j, unsigned n, worker **out, grid_error *err);
void worker_free_all(worker *workers, unsigned n);

/** Works on a piece, whose notes it makes or uses again; false when memory ran out. */
bool worker_run(worker *w, piece *p);

void notes_free(void *notes_of_piece);

#endif
