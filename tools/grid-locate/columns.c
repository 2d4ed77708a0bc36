#include "columns.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "base/vec.h"

static const char *const status_names[ANSWER_STATUSES] = {"inside", "border",  "overlap",
                                                          "gap",    "outside", "bad"};

const char *answer_status_name(answer_status status) {
    return status_names[status];
}

/* ---- choosing ----------------------------------------------------------------------- */

static const struct {
    const char *word;
    column_kind kind;
} kinds[] = {{"code", COLUMN_CODE}, {"name", COLUMN_NAME}, {"kind", COLUMN_KIND}};

enum { N_KINDS = sizeof kinds / sizeof *kinds, MAX_SUGGESTIONS = 64 };

static bool add(columns *c, column_kind kind, uint32_t layer) {
    column *more = realloc(c->at, (c->n + 1) * sizeof *more);
    if (more == NULL)
        return false;
    c->at = more;
    c->at[c->n++] = (column){.kind = kind, .layer = layer};
    return true;
}

/* True when `word` of n bytes is `name`, followed or not by ".kind". */
static bool matches(const char *word, const char *name, column_kind *kind) {
    size_t n = strlen(name);
    if (strncmp(word, name, n) != 0)
        return false;
    *kind = COLUMN_CODE;
    if (word[n] == '\0')
        return true;
    for (size_t i = 0; i < N_KINDS; i++)
        if (word[n] == '.' && strcmp(word + n + 1, kinds[i].word) == 0) {
            *kind = kinds[i].kind;
            return true;
        }
    return false;
}

static grid_status unknown(const grids *g, const char *word, grid_error *err) {
    const char *names[MAX_SUGGESTIONS] = {"status"};
    size_t n = 1;
    for (size_t i = 0; i < g->n_layers && n < MAX_SUGGESTIONS; i++)
        names[n++] = g->layer[i].name;
    const char *nearest = grid_text_nearest(word, names, n);
    grid_fail(err, GRID_E_ARG, "--columns", "there is no column '%s'", word);
    return nearest != NULL ? grid_hint(err, GRID_E_ARG, "did you mean %s?", nearest)
                           : grid_hint(err, GRID_E_ARG,
                                       "columns are status, and LAYER.code, LAYER.name and "
                                       "LAYER.kind of layers such as %s",
                                       g->layer[g->main_layer].name);
}

static grid_status add_word(columns *c, const grids *g, const char *word, grid_error *err) {
    if (strcmp(word, "status") == 0)
        return add(c, COLUMN_STATUS, 0) ? GRID_OK : grid_fail_nomem(err);
    column_kind kind;
    for (uint32_t i = 0; i < g->n_layers; i++)
        if (matches(word, g->layer[i].name, &kind))
            return add(c, kind, i) ? GRID_OK : grid_fail_nomem(err);
    return unknown(g, word, err);
}

static grid_status choose(columns *c, const grids *g, const char *list, grid_error *err) {
    char word[256];
    while (*list != '\0') {
        size_t n = strcspn(list, ",");
        if (n >= sizeof word)
            return grid_fail(err, GRID_E_ARG, "--columns", "a column's name is too long");
        memcpy(word, list, n);
        word[n] = '\0';
        GRID_TRY(add_word(c, g, word, err));
        list += n + (list[n] == ',');
    }
    return GRID_OK;
}

static grid_status choose_usual(columns *c, const grids *g, grid_error *err) {
    for (size_t i = g->n_layers; i-- > 0;)
        if (!add(c, COLUMN_CODE, (uint32_t)i))
            return grid_fail_nomem(err);
    return add(c, COLUMN_STATUS, 0) ? GRID_OK : grid_fail_nomem(err);
}

/* ---- rendering ---------------------------------------------------------------------- */

static bool needs_quotes(const char *text, char delimiter) {
    return strchr(text, delimiter) != NULL || strpbrk(text, "\"\r\n") != NULL;
}

static bool render(columns *c, const char *text, cell *out) {
    bool quoted = c->style.quotes && *text != '\0' && needs_quotes(text, c->style.delimiter);
    char *at = grid_arena_alloc(&c->text, 2 * strlen(text) + 3);
    if (at == NULL)
        return false;
    out->text = at;
    *at++ = c->style.delimiter;
    if (quoted)
        *at++ = '"';
    for (; *text != '\0'; text++) {
        if (quoted && *text == '"')
            *at++ = '"';
        /* Without quotes there is no way to write a delimiter; it becomes a blank. */
        *at++ = !c->style.quotes && strchr("\t\r\n", *text) ? ' ' : *text;
    }
    if (quoted)
        *at++ = '"';
    out->n = (size_t)(at - out->text);
    return true;
}

static const char *const *texts_of(const grids *g, const column *col, uint32_t *n) {
    const grids_layer *layer = &g->layer[col->layer];
    *n = layer->n;
    switch (col->kind) {
    case COLUMN_CODE:
        return layer->code;
    case COLUMN_NAME:
        return layer->label;
    case COLUMN_KIND:
        return layer->kind;
    case COLUMN_STATUS:
        break;
    }
    *n = ANSWER_STATUSES;
    return status_names;
}

static bool render_column(columns *c, const grids *g, column *col) {
    uint32_t n;
    size_t widest = 0;
    const char *const *texts = texts_of(g, col, &n);
    col->cell = grid_arena_alloc(&c->text, (n + (size_t)1) * sizeof *col->cell);
    col->n = n;
    if (col->cell == NULL)
        return false;
    for (uint32_t i = 0; i <= n; i++) {
        if (!render(c, i < n ? texts[i] : "", &col->cell[i]))
            return false;
        widest = col->cell[i].n > widest ? col->cell[i].n : widest;
    }
    c->widest += widest;
    return true;
}

static bool name_column(columns *c, const grids *g, column *col) {
    char name[512];
    if (col->kind == COLUMN_STATUS)
        snprintf(name, sizeof name, "status");
    else
        snprintf(name, sizeof name, "%s_%s", g->layer[col->layer].name, kinds[col->kind].word);
    col->header = grid_arena_text(&c->text, name);
    return col->header != NULL;
}

grid_status columns_open(const grids *g, const char *list, column_style style, columns *out,
                         grid_error *err) {
    *out = (columns){.style = style};
    GRID_TRY(list != NULL ? choose(out, g, list, err) : choose_usual(out, g, err));
    for (size_t i = 0; i < out->n; i++)
        if (!render_column(out, g, &out->at[i]) || !name_column(out, g, &out->at[i]))
            return grid_fail_nomem(err);
    return GRID_OK;
}

void columns_close(columns *c) {
    free(c->at);
    grid_arena_free(&c->text);
}

bool columns_header(const columns *c, bool (*taken)(void *user, const char *name), void *user,
                    bytes *out) {
    for (size_t i = 0; i < c->n; i++) {
        char name[600];
        snprintf(name, sizeof name, "%s", c->at[i].header);
        for (int k = 2; taken(user, name); k++)
            snprintf(name, sizeof name, "%.500s_%d", c->at[i].header, k);
        columns scratch = {.style = c->style};
        cell rendered;
        bool ok = render(&scratch, name, &rendered) && bytes_reserve(out, rendered.n);
        if (ok) {
            memcpy(out->at + out->n, rendered.text, rendered.n);
            out->n += rendered.n;
        }
        grid_arena_free(&scratch.text);
        if (!ok)
            return false;
    }
    return true;
}

void columns_append(const columns *c, const answer *a, bytes *out) {
    for (size_t i = 0; i < c->n; i++) {
        const column *col = &c->at[i];
        uint32_t index = col->kind == COLUMN_STATUS ? (uint32_t)a->status
                         : a->hits != NULL          ? a->hits[col->layer].unit
                                                    : GRID_NONE;
        const cell *chosen = &col->cell[index < col->n ? index : col->n];
        memcpy(out->at + out->n, chosen->text, chosen->n);
        out->n += chosen->n;
    }
}
