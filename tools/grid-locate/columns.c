#include "columns.h"
#include "duty.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/text.h"
#include "base/vec.h"

static const char *const status_names[ANSWER_STATUSES] = {"inside", "border",  "overlap", "nearest",
                                                          "gap",    "outside", "bad"};

const char *answer_status_name(answer_status status) {
    return status_names[status];
}

/* ---- choosing ----------------------------------------------------------------------- */

static const struct {
    const char *word;
    column_kind kind;
} kinds[] = {
    {"code", COLUMN_CODE}, {"name", COLUMN_NAME}, {"kind", COLUMN_KIND}, {"place", COLUMN_PLACE}};

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
    const char *names[MAX_SUGGESTIONS] = {"status", "distance"};
    size_t n = 2;
    for (size_t i = 0; i < g->n_layers && n < MAX_SUGGESTIONS; i++)
        names[n++] = grid_locator_layer_name(g->locator, i);
    grid_fail(err, GRID_E_ARG, "--columns", "there is no column '%s'", word);
    const char *nearest = grid_text_nearest(word, names, n);
    if (nearest != NULL)
        return grid_hint(err, GRID_E_ARG, "did you mean %s?", nearest);
    for (int d = 0; d < DUTY_COLUMNS; d++)
        if (g->duty == NULL && strcmp(word, duty_column_name((duty_column)d)) == 0)
            return grid_hint(err, GRID_E_ARG, "%s comes with --kind or --at", word);
    char layers[200];
    return grid_hint(err, GRID_E_ARG,
                     "columns are status, distance, and LAYER.code, .name, .kind and .place of the "
                     "layers %s",
                     grid_text_list(names + 2, n - 2, layers, sizeof layers));
}

static grid_status add_word(columns *c, const grids *g, const char *word, grid_error *err) {
    if (strcmp(word, "status") == 0)
        return add(c, COLUMN_STATUS, 0) ? GRID_OK : grid_fail_nomem(err);
    if (strcmp(word, "distance") == 0)
        return add(c, COLUMN_DISTANCE, 0) ? GRID_OK : grid_fail_nomem(err);
    for (int d = 0; g->duty != NULL && d < DUTY_COLUMNS; d++)
        if (strcmp(word, duty_column_name((duty_column)d)) == 0)
            return add(c, (column_kind)(COLUMN_DUTY + d), (uint32_t)g->main_layer)
                       ? GRID_OK
                       : grid_fail_nomem(err);
    column_kind kind;
    for (uint32_t i = 0; i < g->n_layers; i++)
        if (matches(word, grid_locator_layer_name(g->locator, i), &kind))
            return add(c, kind, i) ? GRID_OK : grid_fail_nomem(err);
    return unknown(g, word, err);
}

static grid_status choose(columns *c, const grids *g, const char *list, grid_error *err) {
    char word[256];
    while (*list != '\0') {
        list += strspn(list, " ");
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

static grid_status choose_usual(columns *c, const grids *g, bool nearest, grid_error *err) {
    /* The first source, which decides the status, comes first; its levels finest first. */
    size_t own = g->main_layer + g->n_records + 1;
    for (size_t i = 0; i < g->n_layers; i++)
        if (!add(c, COLUMN_CODE, (uint32_t)(i < own ? own - 1 - i : i)))
            return grid_fail_nomem(err);
    for (int d = 0; g->duty != NULL && d < DUTY_COLUMNS; d++)
        if (!add(c, (column_kind)(COLUMN_DUTY + d), (uint32_t)g->main_layer))
            return grid_fail_nomem(err);
    if (nearest && !add(c, COLUMN_DISTANCE, 0))
        return grid_fail_nomem(err);
    return add(c, COLUMN_STATUS, 0) ? GRID_OK : grid_fail_nomem(err);
}

/* ---- rendering ---------------------------------------------------------------------- */

static bool needs_quotes(const char *text, char delimiter) {
    return strchr(text, delimiter) != NULL || strpbrk(text, "\"\r\n") != NULL;
}

static char *put_delimited(column_style style, const char *text, char *at) {
    bool quoted = style.quotes && needs_quotes(text, style.delimiter);
    *at++ = style.delimiter;
    if (quoted)
        *at++ = '"';
    for (; *text != '\0'; text++) {
        if (quoted && *text == '"')
            *at++ = '"';
        /* Without quotes there is no way to write a delimiter; it becomes a blank. */
        *at++ = !style.quotes && strchr("\t\r\n", *text) ? ' ' : *text;
    }
    if (quoted)
        *at++ = '"';
    return at;
}

/* RFC 8259: quotes, backslashes and control characters are escaped; text is UTF-8 already. */
static char *put_json_string(const char *text, char *at) {
    *at++ = '"';
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\')
            *at++ = '\\';
        if ((unsigned char)*text < ' ')
            at += sprintf(at, "\\u%04x", (unsigned)(unsigned char)*text);
        else
            *at++ = *text;
    }
    *at++ = '"';
    return at;
}

static char *put_member(const char *name, const char *text, char *at) {
    *at++ = ',';
    at = put_json_string(name, at);
    *at++ = ':';
    return *text != '\0' ? put_json_string(text, at) : stpcpy(at, "null");
}

/* Bytes that put_cell needs at most. */
static size_t cell_room(const char *name, const char *text) {
    return 6 * (strlen(text) + strlen(name)) + 16;
}

static char *put_cell(column_style style, const char *name, const char *text, char *at) {
    return style.json ? put_member(name, text, at) : put_delimited(style, text, at);
}

/* `buffer` is for what is put together; units from `n` on stand for no unit at all. */
static const char *text_of(const grids *g, const column *col, uint32_t i, char *buffer,
                           size_t size) {
    uint32_t unit = i < col->n ? i : GRID_NONE;
    if (col->kind >= COLUMN_DUTY)
        return duty_words_text(g->duty, (duty_column)(col->kind - COLUMN_DUTY),
                               grid_locator_code(g->locator, col->layer, unit), buffer, size);
    if (unit == GRID_NONE)
        return "";
    switch (col->kind) {
    case COLUMN_CODE:
        return grid_locator_code(g->locator, col->layer, i);
    case COLUMN_NAME:
        return grid_locator_label(g->locator, col->layer, i);
    case COLUMN_KIND:
        return grid_locator_kind(g->locator, col->layer, i);
    case COLUMN_PLACE:
        return status_names[i == 0 ? ANSWER_INSIDE : ANSWER_NEAREST];
    case COLUMN_STATUS:
        return status_names[i];
    case COLUMN_DISTANCE:
    case COLUMN_DUTY:
        break;
    }
    return "";
}

static uint32_t count_cells(const grids *g, const column *col) {
    return col->kind == COLUMN_STATUS     ? ANSWER_STATUSES
           : col->kind == COLUMN_PLACE    ? 2
           : col->kind == COLUMN_DISTANCE ? 0
                                          : grid_locator_units(g->locator, col->layer);
}

enum { DISTANCE_WIDTH = 32, MAX_TEXT = 4096 };

static bool render_column(columns *c, const grids *g, column *col) {
    size_t widest = DISTANCE_WIDTH + strlen(col->header);
    col->n = count_cells(g, col);
    col->cell = grid_arena_alloc(&c->text, (col->n + (size_t)1) * sizeof *col->cell);
    if (col->cell == NULL)
        return false;
    for (uint32_t i = 0; i <= col->n; i++) {
        char buffer[MAX_TEXT];
        const char *text = text_of(g, col, i, buffer, sizeof buffer);
        c->scratch.n = 0;
        if (!bytes_reserve(&c->scratch, cell_room(col->header, text)))
            return false;
        char *end = put_cell(c->style, col->header, text, c->scratch.at);
        col->cell[i].n = (size_t)(end - c->scratch.at);
        col->cell[i].text = grid_arena_text_n(&c->text, c->scratch.at, col->cell[i].n);
        if (col->cell[i].text == NULL)
            return false;
        widest = col->cell[i].n > widest ? col->cell[i].n : widest;
    }
    c->widest += widest;
    return true;
}

/* Whether a column before `col` has this name. */
static bool is_named(const columns *c, const column *col, const char *name) {
    for (const column *other = c->at; other < col; other++)
        if (strcmp(other->header, name) == 0)
            return true;
    return false;
}

static bool name_column(columns *c, const grids *g, column *col) {
    char name[512];
    if (col->kind == COLUMN_STATUS)
        snprintf(name, sizeof name, "status");
    else if (col->kind == COLUMN_DISTANCE)
        snprintf(name, sizeof name, "distance_m");
    else if (col->kind >= COLUMN_DUTY)
        snprintf(name, sizeof name, "%s", duty_column_name((duty_column)(col->kind - COLUMN_DUTY)));
    else
        snprintf(name, sizeof name, "%s_%s", grid_locator_layer_name(g->locator, col->layer),
                 kinds[col->kind].word);
    /* Layers of one name, such as last year's grids and this year's, are told apart. */
    size_t length = strlen(name);
    for (int k = 2; is_named(c, col, name); k++)
        snprintf(name + length, sizeof name - length, "_%d", k);
    col->header = grid_arena_text(&c->text, name);
    return col->header != NULL;
}

grid_status columns_open(const grids *g, const char *list, bool nearest, column_style style,
                         columns *out, grid_error *err) {
    *out = (columns){.style = style};
    GRID_TRY(list != NULL ? choose(out, g, list, err) : choose_usual(out, g, nearest, err));
    for (size_t i = 0; i < out->n; i++)
        if (!name_column(out, g, &out->at[i]) || !render_column(out, g, &out->at[i]))
            return grid_fail_nomem(err);
    return GRID_OK;
}

void columns_close(columns *c) {
    free(c->at);
    free(c->scratch.at);
    grid_arena_free(&c->text);
}

bool columns_header(const columns *c, bool (*taken)(void *user, const char *name), void *user,
                    bytes *out) {
    for (size_t i = 0; i < c->n; i++) {
        char name[600];
        snprintf(name, sizeof name, "%s", c->at[i].header);
        for (int k = 2; taken(user, name); k++)
            snprintf(name, sizeof name, "%.500s_%d", c->at[i].header, k);
        if (!bytes_reserve(out, cell_room("", name)))
            return false;
        out->n = (size_t)(put_cell(c->style, "", name, out->at + out->n) - out->at);
    }
    return true;
}

static void append_distance(const columns *c, const column *col, const answer *a, bytes *out) {
    if (a->hits == NULL || a->status == ANSWER_OUTSIDE || a->status == ANSWER_GAP) {
        memcpy(out->at + out->n, col->cell[0].text, col->cell[0].n);
        out->n += col->cell[0].n;
        return;
    }
    char *at = out->at + out->n;
    *at++ = c->style.json ? ',' : c->style.delimiter;
    if (c->style.json) {
        at = put_json_string(col->header, at);
        *at++ = ':';
    }
    /* Whole decimetres, so that no locale's decimal comma can come in. */
    long long decimetres = llround(a->distance_m * 10);
    at += snprintf(at, DISTANCE_WIDTH, "%lld.%lld", decimetres / 10, decimetres % 10);
    out->n = (size_t)(at - out->at);
}

void columns_append(const columns *c, const answer *a, bytes *out) {
    for (size_t i = 0; i < c->n; i++) {
        const column *col = &c->at[i];
        if (col->kind == COLUMN_DISTANCE) {
            append_distance(c, col, a, out);
            continue;
        }
        uint32_t index = col->kind == COLUMN_STATUS ? (uint32_t)a->status
                         : a->hits == NULL          ? GRID_NONE
                                                    : a->hits[col->layer].unit;
        if (col->kind == COLUMN_PLACE && index != GRID_NONE)
            index = a->hits[col->layer].claims == 0;
        const cell *chosen = &col->cell[index < col->n ? index : col->n];
        memcpy(out->at + out->n, chosen->text, chosen->n);
        out->n += chosen->n;
    }
}
