#include "base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct grid_arena_block {
    struct grid_arena_block *below;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

void *grid_arena_alloc(grid_arena *arena, size_t size) {
    const size_t align = alignof(max_align_t);
    if (size > SIZE_MAX / 2)
        return NULL;
    size = (size + align - 1) / align * align;
    struct grid_arena_block *top = arena->top;
    if (top == NULL || top->size - top->used < size) {
        size_t room = size > BLOCK_SIZE ? size : BLOCK_SIZE;
        struct grid_arena_block *block = malloc(sizeof *block + room);
        if (block == NULL)
            return NULL;
        *block = (struct grid_arena_block){.below = top, .size = room};
        arena->top = top = block;
    }
    void *memory = top->bytes + top->used;
    top->used += size;
    return memory;
}

char *grid_arena_text_n(grid_arena *arena, const char *text, size_t n) {
    char *copy = grid_arena_alloc(arena, n + 1);
    if (copy != NULL) {
        memcpy(copy, text, n);
        copy[n] = '\0';
    }
    return copy;
}

char *grid_arena_text(grid_arena *arena, const char *text) {
    return grid_arena_text_n(arena, text, strlen(text));
}

void grid_arena_join(grid_arena *to, grid_arena *from) {
    if (from->top == NULL)
        return;
    struct grid_arena_block *bottom = from->top;
    while (bottom->below != NULL)
        bottom = bottom->below;
    bottom->below = to->top;
    *to = *from;
    from->top = NULL;
}

void grid_arena_free(grid_arena *arena) {
    while (arena->top != NULL) {
        struct grid_arena_block *block = arena->top;
        arena->top = block->below;
        free(block);
    }
}
