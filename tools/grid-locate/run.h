/*
 * run.h - what the parts of the pipeline share: pieces come in by intake.c, are worked on, and go
 * out by outlet.c in the order in which they came.
 */
#ifndef GRID_LOCATE_RUN_H
#define GRID_LOCATE_RUN_H

#include <pthread.h>
#include <stdint.h>

#include "mapped.h"
#include "pipeline.h"

enum { PIECE = 256 << 10, MAX_WORKERS = 256 };

/** A piece on its way. */
typedef struct parcel {
    piece it;
    size_t ticket;
    bool guessed; /**< cut at a line end that may be within a record */
    bool worked;  /**< or memory ran out */
    struct parcel *next;
} parcel;

typedef struct run {
    pipeline *p;
    pthread_mutex_t reading;
    size_t next_ticket; /**< under `reading` */
    bool ended;         /**< under `reading` */
    mapped file;        /**< under `reading`: the input, or what there was of it when we began */

    pthread_mutex_t writing; /**< and all that follows is under it */
    pthread_cond_t turn_changed;
    grid_status status; /**< once not OK nobody starts anything new */
    grid_error *err;
    parcel *spare;

    /* Finding records takes a look at every byte, so a mapped file is cut into pieces at any line
     * ends, until a piece is in doubt: it and all behind it are then cut again, and with care. */
    bool guess;
    const char *again; /**< from where on to cut again, or NULL */

    /* Parcels wait for their turn, in slot ticket % n_slots, while their workers go on. */
    size_t turn, n_slots;
    parcel *waiting[2 * MAX_WORKERS];
    bool letting_out; /**< somebody is, and takes those that come meanwhile */
} run;

void run_fail(run *r, grid_status status, const char *where, const char *what);

void intake_open(run *r);
/** Fills the parcel with the next piece; false when there is none. */
bool intake_take(run *r, parcel *it);
void intake_close(run *r);

void outlet_open(run *r);
/** Lets the parcel out in its turn, by whoever has it then, with those behind it that are there. */
void outlet_put(run *r, parcel *it);
void outlet_close(run *r);

#endif
