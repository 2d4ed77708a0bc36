/*
 * stage.h - outputs of one or several files that appear whole or not at all: they are made in
 * a folder of their own beside the target and moved out of it when all is well.
 */
#ifndef GRID_SRC_IO_STAGE_H
#define GRID_SRC_IO_STAGE_H

#include "base/replace.h"

typedef struct io_stage {
    grid_replace replace; /* its temporary name is the folder's */
    char *file;           /* write here: the target's own name inside the folder */
} io_stage;

GRID_MUST_USE grid_status io_stage_begin(io_stage *stage, const char *target, bool overwrite,
                                         grid_error *err);

/** Writes a whole file of the stage; `name` without folder. */
GRID_MUST_USE grid_status io_stage_put(const io_stage *stage, const char *name, const void *bytes,
                                       size_t n, grid_error *err);

/** Flushes all files of the folder to disk and moves them beside the target, which comes last. */
GRID_MUST_USE grid_status io_stage_commit(io_stage *stage, grid_error *err);

/** Removes everything; does nothing after a commit. */
void io_stage_abort(io_stage *stage);

#endif
