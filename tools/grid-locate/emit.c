#include "emit.h"

#include <stdlib.h>
#include <string.h>

#include "base/vec.h"
#include "json.h"

/* A rendered answer: what to append for these hits, status inside. The text is behind the hits. */
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

/* Renders the answer, or takes it from the memo of the unit that the point is simply inside of. */
static void append_answer(emitter *e, const answer *a, bytes *out) {
    size_t n_layers = e->g->n_layers, begin = out->n;
    memo *m = a->status == ANSWER_INSIDE ? &e->memo[a->hits[e->g->main_layer].unit] : NULL;
    if (m != NULL && m->hits != NULL && same_hits(m->hits, a->hits, n_layers)) {
        memcpy(out->at + out->n, m->hits + n_layers, m->n);
        out->n += m->n;
        return;
    }
    columns_append(e->columns, a, out);
    if (m == NULL || m->hits != NULL)
        return;
    size_t n = out->n - begin;
    grid_hit *hits = grid_arena_alloc(&e->memory, n_layers * sizeof *hits + n);
    if (hits == NULL)
        return; /* only slower */
    memcpy(hits, a->hits, n_layers * sizeof *hits);
    memcpy(hits + n_layers, out->at + begin, n);
    *m = (memo){hits, n};
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
