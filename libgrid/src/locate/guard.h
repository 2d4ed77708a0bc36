/*
 * guard.h - trust in a mapped image, one block after the other.
 *
 * An index of a city is a hundred megabytes, of which one answer touches a few kilobytes. So a file
 * has a checksum per block, and a block is checked when it is first read, along with the
 * numbers in it that lead elsewhere: whatever the file holds, nothing is read outside of it. A
 * block that fails leaves a mark (`damaged`) and is answered as nobody's; see grid_locator_check.
 * When so many points have been looked up that asking costs more than it saves, the rest is checked
 * at once and nobody asks any more.
 */
#ifndef GRID_LOCATE_GUARD_H
#define GRID_LOCATE_GUARD_H

#include <stdatomic.h>

#include "locate/image.h"

enum { GUARD_BLOCK = 4096 };

typedef struct image_guard {
    const unsigned char *bytes;
    size_t begin, end;      /* of what the blocks' sums cover */
    const uint64_t *sum;    /* per block of the file */
    _Atomic uint8_t *known; /* per block: was checked */
    atomic_bool whole, damaged;
    atomic_uint_fast64_t points;
} image_guard;

/** A checksum; any single damaged word shows. Not meant against forgery. */
uint64_t guard_sum(const void *bytes, size_t n);

/** Sums of the blocks that bytes begin .. end lie in, into sum[guard_blocks(end)]. */
size_t guard_blocks(size_t end);
void guard_sum_blocks(const unsigned char *bytes, size_t begin, size_t end, uint64_t *sum);

/** NULL when memory ran out. */
image_guard *guard_new(const unsigned char *bytes, size_t begin, size_t end, const uint64_t *sum);
void guard_free(image_guard *guard);

/** Whether n bytes at `at`, within the image, are as they were written. */
bool guard_holds(image_guard *guard, const void *at, size_t n);

/** Checks all that was not looked at yet. */
bool guard_check_all(const grid_locator *l);

/** The guard to ask before n points are looked up; NULL when nobody needs to. */
image_guard *guard_for(const grid_locator *l, size_t n_points);

/** The entry, or nobody where what it leads to cannot be trusted. */
entry guard_entry(image_guard *guard, const nest_view *n, entry e);

/** The entry in a cell of the directory, likewise. */
entry guard_cell(image_guard *guard, const nest_view *n, uint32_t cell);

/** Whether `count` edges from first_edge on, and their vertices, can be read. */
bool guard_edges(image_guard *guard, const nest_view *n, uint32_t first_edge, uint32_t count);

#endif
