/*
 * digests.h - digests of what was proved, so that a later check redoes only what changed.
 */
#ifndef GRID_COVERAGE_DIGESTS_H
#define GRID_COVERAGE_DIGESTS_H

#include "input.h"

/* Per level (NULL on the first) and parent; zero where nothing is known. */
typedef struct coverage_digests {
    grid_digest **level;
    size_t n_levels;
} coverage_digests;

/* From a file of --digests, or a database of --record; nothing where there is no file yet. */
grid_status coverage_digests_read(const coverage_input *in, const char *path, coverage_digests *out,
                                  grid_error *err);
/* How many parents are as they were then, and so were not checked again. */
void coverage_digests_say(const coverage_digests *since, const grid_cover_report *report,
                          const coverage_input *in, const char *path);
void coverage_digests_free(coverage_digests *digests);

/* Of the parents that were found exact, to a file. */
grid_status coverage_digests_write(const coverage_input *in, const grid_cover_report *report,
                                   const char *path, grid_error *err);

/* The same into the database's meta. */
grid_status coverage_digests_record(const coverage_input *in, const grid_cover_report *report,
                                    const char *database, grid_error *err);

#endif
