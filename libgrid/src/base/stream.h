/*
 * stream.h - files that can be read only once, from the front: pipes, sockets, terminals. Opening
 * one waits for somebody at its other end, and what was read to look at it is gone.
 */
#ifndef GRID_SRC_STREAM_H
#define GRID_SRC_STREAM_H

#include <stdbool.h>
#include <sys/stat.h>

static inline bool is_stream(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 &&
           (S_ISFIFO(st.st_mode) || S_ISSOCK(st.st_mode) || S_ISCHR(st.st_mode));
}

#endif
