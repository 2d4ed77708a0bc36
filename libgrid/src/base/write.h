/*
 * write.h - all of a block of bytes into a file descriptor.
 */
#ifndef GRID_SRC_WRITE_H
#define GRID_SRC_WRITE_H

#include <stdbool.h>
#include <stddef.h>

/** Writes n bytes, going on after short writes and interruptions; false, with errno, on failure. */
bool grid_write_all(int fd, const char *data, size_t n);

#endif
