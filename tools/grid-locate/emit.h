/*
 * emit.h - a row with its answer, as bytes.
 */
#ifndef GRID_LOCATE_EMIT_H
#define GRID_LOCATE_EMIT_H

#include "columns.h"
#include "rows.h"

/** What is written behind rows; one per worker. */
typedef struct emitter {
    const grids *g;
    const columns *columns;
    struct memo *memo; /**< per unit of the main layer */
    grid_arena memory; /**< of the memos */
} emitter;

/** False when memory ran out; emitter_free in any case. */
bool emitter_init(emitter *e, const grids *g, const columns *c);
void emitter_free(emitter *e);

/** Appends the row, with the answer behind its last field or as last members of its object. False
 * when memory ran out. */
bool emit_row(emitter *e, const row *r, const answer *a, bytes *out);

/** Room for all rows of the list, which lie behind each other, as emit_inside needs it. */
bool emit_reserve(const emitter *e, const row_list *rows, bytes *out);

/**
 * The quick way for points that are simply inside units that were answered before: appends rows
 * from number `first` on, into room that is there, with the answers to their hits. Stops before one
 * that it does not do for, and returns its number. Text up to `readable` may be read.
 */
size_t emit_inside(const emitter *e, const row_list *rows, size_t first, const grid_hit *hits,
                   const char *readable, bytes *out);

#endif
