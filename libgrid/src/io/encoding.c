/*
 * Text must be UTF-8 in the end. Where nobody said the encoding and the bytes are not UTF-8, they
 * are GBK, which old Chinese software writes; GB 18030 is its superset. Fields of fixed width
 * (.dbf) cut their values at a byte, often in the middle of the last character.
 */
#include "io/io.h"
#include "io/layer.h"

#include "base/text.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <string.h>

enum { LONGEST = 4 }; /* bytes of a character, in UTF-8 as in GB 18030 */

/* True when the n bytes are the beginning of one UTF-8 character, but not all of it. */
static bool is_begun_utf8(const unsigned char *s, size_t n) {
    size_t length = s[0] >= 0xf0 && s[0] <= 0xf4   ? 4
                    : s[0] >= 0xe0 && s[0] <= 0xef ? 3
                    : s[0] >= 0xc2 && s[0] <= 0xdf ? 2
                                                   : 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return false;
    return n < length;
}

/* Bytes of `text` that are whole UTF-8 characters; SIZE_MAX when something else is in it. */
static size_t utf8_length(const char *text, size_t n, bool may_be_cut) {
    if (grid_text_is_utf8(text, n))
        return n;
    for (size_t cut = 1; may_be_cut && cut < LONGEST && cut <= n; cut++)
        if (is_begun_utf8((const unsigned char *)text + n - cut, cut) &&
            grid_text_is_utf8(text, n - cut))
            return n - cut;
    return SIZE_MAX;
}

/* Bytes of `text` that are whole characters of GB 18030. */
static size_t gbk_length(const char *text, size_t n) {
    const unsigned char *s = (const unsigned char *)text;
    for (size_t i = 0; i < n;) {
        size_t length = s[i] < 0x80 ? 1 : i + 1 < n && s[i + 1] >= '0' && s[i + 1] <= '9' ? 4 : 2;
        if (length > n - i)
            return i;
        i += length;
    }
    return n;
}

/* A value that leaves no room for another character may have been cut. */
static bool fills_field(const io_layer *own, size_t c, size_t n) {
    return own->width[c] > 0 && n + LONGEST > (size_t)own->width[c];
}

/* What a look at all texts says. */
typedef struct verdict {
    bool utf8;     /* but for values that were cut */
    bool speaking; /* some character beyond ASCII is whole UTF-8: it is not so by chance */
    size_t cut;
} verdict;

static void judge(verdict *v, const char *text, bool may_be_cut) {
    size_t n = strlen(text), kept = utf8_length(text, n, may_be_cut);
    if (kept == SIZE_MAX) {
        v->utf8 = false;
        return;
    }
    v->cut += kept < n;
    for (size_t i = 0; i < kept && !v->speaking; i++)
        v->speaking = (unsigned char)text[i] >= 0x80;
}

static verdict judge_layer(const io_layer *own) {
    const grid_layer *layer = &own->layer;
    verdict v = {.utf8 = true};
    for (size_t c = 0; c < layer->n_columns && v.utf8; c++) {
        const grid_column *column = &layer->column[c];
        judge(&v, column->name, false);
        for (size_t i = 0; column->type == GRID_COLUMN_TEXT && i < layer->n && v.utf8; i++)
            judge(&v, column->text[i], fills_field(own, c, strlen(column->text[i])));
    }
    v.utf8 = v.utf8 && (v.cut == 0 || v.speaking);
    return v;
}

/* Takes off what was cut; returns from how many values. */
static size_t trim_layer(io_layer *own, bool utf8) {
    grid_layer *layer = &own->layer;
    size_t trimmed = 0;
    for (size_t c = 0; c < layer->n_columns; c++) {
        grid_column *column = &layer->column[c];
        for (size_t i = 0; column->type == GRID_COLUMN_TEXT && i < layer->n; i++) {
            size_t n = strlen(column->text[i]), kept = n;
            if (fills_field(own, c, n))
                kept = utf8 ? utf8_length(column->text[i], n, true)
                            : gbk_length(column->text[i], n);
            trimmed += kept < n;
            column->text[i][kept] = '\0';
        }
    }
    return trimmed;
}

static bool recode_text(grid_arena *strings, char **text, const char *encoding) {
    char *recoded = CPLRecode(*text, encoding, "UTF-8");
    *text = recoded ? grid_arena_text(strings, recoded) : NULL;
    CPLFree(recoded);
    return *text != NULL;
}

static bool recode_layer(io_layer *own, const char *encoding) {
    grid_layer *layer = &own->layer;
    for (size_t c = 0; c < layer->n_columns; c++) {
        grid_column *column = &layer->column[c];
        if (!recode_text(&own->strings, &column->name, encoding))
            return false;
        for (size_t i = 0; column->type == GRID_COLUMN_TEXT && i < layer->n; i++)
            if (!recode_text(&own->strings, &column->text[i], encoding))
                return false;
    }
    return true;
}

static grid_status recode(io_layer *own, const char *encoding, const char *refusal,
                          grid_error *err) {
    io_log log;
    io_begin(&log);
    bool done = recode_layer(own, encoding);
    io_end();
    if (!done)
        return grid_fail_nomem(err);
    if (log.failures == 0 && log.warnings == 0)
        return GRID_OK;
    grid_fail(err, GRID_E_INPUT, own->layer.path, "its text is not in %s", refusal);
    return grid_hint(err, GRID_E_INPUT, "save it anew in UTF-8");
}

static void tell_cut(const io_layer *own, size_t n, const grid_context *ctx) {
    if (n > 0)
        grid_find_at(ctx, GRID_WARNING, "text-cut", own->layer.path, (double)n, "values", NAN, NAN,
                     "%zu texts end in the middle of a character, cut by their field's width; that "
                     "character was taken off",
                     n);
}

grid_status io_settle_encoding(io_layer *own, const io_source *source, const char *encoding,
                               const grid_context *ctx, grid_error *err) {
    if (encoding != NULL && !source->recoded)
        return recode(own, encoding, encoding, err);
    verdict v = judge_layer(own);
    if (v.utf8 && v.cut == 0)
        return GRID_OK;
    size_t trimmed = trim_layer(own, v.utf8);
    if (!v.utf8)
        GRID_TRY(recode(own, "GB18030", "UTF-8, and not in GBK either", err));
    if (!v.utf8)
        grid_find(ctx, GRID_NOTE, "encoding-detected", own->layer.path,
                  "its text is not UTF-8; read as GBK");
    tell_cut(own, trimmed, ctx);
    return GRID_OK;
}
