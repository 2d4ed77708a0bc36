#include "emit.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "json.h"

/* Rows and answers are copied in steps of such sizes, up to as much beyond their ends. */
enum { STEP = 64, ANSWER_STEP = 32 };

/* While rows are written those of the next batch are fetched, which are about so far behind. */
enum { NEXT_BATCH = 64 * MAX_ROWS };

/* A rendered answer: what to append for these hits, status inside. The text is behind the hits,
 * with room for whole steps. */
typedef struct memo {
    const grid_hit *hits; /* NULL: not yet */
    size_t n;
} memo;

bool emitter_init(emitter *e, const grids *g, const columns *c) {
    *e = (emitter){.g = g, .columns = c};
    e->memo = GRID_NEW(memo, grid_locator_units(g->locator, g->main_layer));
    return e->memo != NULL;
}

void emitter_free(emitter *e) {
    free(e->memo);
    grid_arena_free(&e->memory);
}

static bool same_hits(const grid_hit *a, const grid_hit *b, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (a[i].unit != b[i].unit || a[i].claims != b[i].claims || a[i].border != b[i].border)
            return false;
    return true;
}

static void remember(emitter *e, memo *m, const answer *a, const char *text, size_t n) {
    size_t n_layers = e->g->n_layers;
    grid_hit *hits = grid_arena_alloc(&e->memory, n_layers * sizeof *hits + n + STEP);
    if (hits == NULL)
        return; /* only slower */
    memcpy(hits, a->hits, n_layers * sizeof *hits);
    memcpy(hits + n_layers, text, n);
    *m = (memo){hits, n};
}

/* Renders the answer; those of points that are simply inside a unit are kept. */
static void append_answer(emitter *e, const answer *a, bytes *out) {
    size_t begin = out->n;
    columns_append(e->columns, a, out);
    memo *m = a->status == ANSWER_INSIDE ? &e->memo[a->hits[e->g->main_layer].unit] : NULL;
    if (m != NULL && m->hits == NULL)
        remember(e, m, a, out->at + begin, out->n - begin);
}

static void append(bytes *out, const char *begin, const char *end) {
    memcpy(out->at + out->n, begin, (size_t)(end - begin));
    out->n += (size_t)(end - begin);
}

bool emit_row(emitter *e, const row *r, const answer *a, bytes *out) {
    if (!bytes_reserve(out, (size_t)(r->next - r->text.begin) + e->columns->widest))
        return false;
    bool is_empty = false;
    const char *place = e->columns->style.json ? json_end(r->text, &is_empty) : r->text.end;
    if (place == NULL) {
        append(out, r->text.begin, r->next); /* there is nowhere to put an answer */
        return true;
    }
    append(out, r->text.begin, place);
    size_t begin = out->n;
    append_answer(e, a, out);
    if (is_empty) /* no comma before the first member */
        memmove(out->at + begin, out->at + begin + 1, --out->n - begin);
    append(out, place, r->next);
    return true;
}

bool emit_reserve(const emitter *e, const row_list *rows, bytes *out) {
    size_t text = (size_t)(rows->row[rows->n - 1].next - rows->row[0].text.begin);
    return bytes_reserve(out, text + rows->n * e->columns->widest + STEP);
}

/* Copies n bytes where up to `step` more may be read and written; returns the end of the copy. */
static inline char *copy(char *to, const char *text, size_t n, size_t step) {
    for (size_t at = 0; at < n; at += step)
        memcpy(to + at, text + at, step);
    return to + n;
}

/* A record's last bytes, from where its answer goes: a brace, and what ends the line. */
static inline char *copy_end(char *to, const char *text, size_t n) {
    enum { END_STEP = 8 };
    memcpy(to, text, END_STEP);
    return to + n;
}

size_t emit_inside(const emitter *e, const row_list *rows, size_t first, const grid_hit *hits,
                   const char *readable, bytes *out) {
    const size_t n_layers = e->g->n_layers;
    const bool json = e->columns->style.json;
    char *to = out->at + out->n;
    size_t i = first;
    for (; i < rows->n; i++) {
        const row *r = &rows->row[i];
        const char *place = r->text.end;
        const grid_hit *of_row = hits + i * n_layers;
        const uint32_t unit = of_row[e->g->main_layer].unit;
        if (unit == GRID_NONE || readable - r->next < STEP)
            break;
        if (json && (place == r->text.begin || *--place != '}'))
            break;
        const memo *m = &e->memo[unit];
        if (m->hits == NULL || !same_hits(m->hits, of_row, n_layers))
            break;
        __builtin_prefetch(r->text.begin + NEXT_BATCH, 0, 2);
        to = copy(to, r->text.begin, (size_t)(place - r->text.begin), STEP);
        to = copy(to, (const char *)(m->hits + n_layers), m->n, ANSWER_STEP);
        to = copy_end(to, place, (size_t)(r->next - place));
    }
    out->n = (size_t)(to - out->at);
    return i;
}
