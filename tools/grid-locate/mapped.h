/*
 * mapped.h - a file's bytes seen in place, without a copy.
 *
 * A file that is cut off while it is seen would end the process by SIGBUS. Here its lost pages are
 * replaced by empty ones, and mapped_is_whole tells it.
 */
#ifndef GRID_LOCATE_MAPPED_H
#define GRID_LOCATE_MAPPED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What is left of a file to be looked at: at .. end-1. Nothing is, in one of zeros. */
typedef struct mapped {
    const char *at, *end;
    char *base;
    size_t n;         /**< bytes from base on */
    size_t forgotten; /**< so many of them do not count as memory in use */
    int fd;
    int64_t file_end; /**< where `end` is in the file */
} mapped;

/**
 * Maps a file from an offset to its present end. Leaves a mapping of nothing when that is no
 * regular file, when less than `least` bytes of it are left, or when the system refuses. One at a
 * time in a process.
 */
void mapped_open(mapped *m, int fd, int64_t from, size_t least);
void mapped_close(mapped *m);

/** Moves on by n bytes. What is far behind may still be looked at, but takes longer. */
void mapped_move(mapped *m, size_t n);

/** Whether the file still is as long as it was: if so, all bytes seen so far were the file's. */
bool mapped_is_whole(const mapped *m);

#endif
