/*
 * arena.h - memory that is given back all at once: the strings of a table, the
 * scratch of a pass.
 */
#ifndef GRID_SRC_ARENA_H
#define GRID_SRC_ARENA_H

#include <stddef.h>

typedef struct grid_arena {
    struct grid_arena_block *top;
} grid_arena;

/** `size` bytes aligned for any type, not zeroed; NULL when memory ran out. */
void *grid_arena_alloc(grid_arena *arena, size_t size);

/** A copy of `text`, or of its first `n` bytes, with a terminating NUL. */
char *grid_arena_text(grid_arena *arena, const char *text);
char *grid_arena_text_n(grid_arena *arena, const char *text, size_t n);

/** Gives all memory of `from`, which is empty then, to `to`. */
void grid_arena_join(grid_arena *to, grid_arena *from);

void grid_arena_free(grid_arena *arena);

#endif
