/*
 * vec.h - growable arrays. `GRID_VEC(int) v = {0};` then `GRID_PUSH(&v, 7)`,
 * which is false when memory ran out and then leaves v as it was.
 */
#ifndef GRID_SRC_VEC_H
#define GRID_SRC_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define GRID_VEC(T)                                                                                \
    struct {                                                                                       \
        T *at;                                                                                     \
        size_t n, cap;                                                                             \
    }

/** Makes room for `more` further elements of `size` bytes, unless it is there. */
bool grid_vec_reserve(void **at, size_t n, size_t *cap, size_t more, size_t size);

#define GRID_RESERVE(v, more)                                                                      \
    ((v)->cap - (v)->n >= (size_t)(more) ||                                                        \
     grid_vec_reserve((void **)&(v)->at, (v)->n, &(v)->cap, (size_t)(more), sizeof *(v)->at))

#define GRID_PUSH(v, ...) (GRID_RESERVE(v, 1) && ((v)->at[(v)->n] = (__VA_ARGS__), (v)->n++, true))

#define GRID_VEC_FREE(v) (free((v)->at), (v)->at = NULL, (v)->n = (v)->cap = 0)

/** calloc of n elements of T that never returns NULL for n == 0. */
#define GRID_NEW(T, n) ((T *)grid_new((n), sizeof(T)))

void *grid_new(size_t n, size_t size);

/** The same without zeros, for what is written from end to end: the system gives a large array all
 * its memory at once, which takes a third less time than page by page. */
#define GRID_RAW(T, n) ((T *)grid_raw((n), sizeof(T)))

void *grid_raw(size_t n, size_t size);

/** GRID_RESERVE where all of it will be used. */
#define GRID_RESERVE_ALL(v, more)                                                                  \
    (GRID_RESERVE(v, more) &&                                                                      \
     (grid_expect_writing((v)->at + (v)->n, (more) * sizeof *(v)->at), true))

void grid_expect_writing(void *memory, size_t bytes);

#endif
