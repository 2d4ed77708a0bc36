/*
 * parallel.h - a loop over independent items on several threads. What runs in
 * it must write only to places that belong to its items, so that the result does
 * not depend on the number of threads.
 */
#ifndef GRID_SRC_PARALLEL_H
#define GRID_SRC_PARALLEL_H

#include <stddef.h>

/** Handles items begin .. end-1; `worker` is 0 .. threads-1, for scratch memory. */
typedef void grid_range_fn(void *user, size_t begin, size_t end, unsigned worker);

/**
 * Calls `fn` for ranges of at most `grain` items until all `n` are done. With
 * one thread, or when no thread can be started, the caller does everything.
 */
void grid_parallel_for(unsigned threads, size_t n, size_t grain, grid_range_fn *fn, void *user);

#endif
