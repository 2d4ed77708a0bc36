/*
 * write.h - all of a block of bytes into a file descriptor.
 */
#ifndef GRID_SRC_WRITE_H
#define GRID_SRC_WRITE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Writes n bytes, going on after short writes and interruptions; false, with errno, on failure. */
bool grid_write_all(int fd, const char *data, size_t n);

/** The same at a place of a regular file, wherever the descriptor stands. */
bool grid_write_all_at(int fd, const char *data, size_t n, int64_t offset);

#endif
