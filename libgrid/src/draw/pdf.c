/*
 * Source of the format: ISO 32000-1 (PDF 1.7), of which version 1.4 is a part: 7.3 objects,
 * 7.5 file structure, 7.7.3 page tree, 12.3.3 outline, 12.4.2 page labels.
 */
#include "draw/pdf.h"

#include <glib.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

/* Objects that the joined file has of its own; those of the documents follow. */
enum { PAGE_ROOT = 1, CATALOG, INFO, FIRST_FREE };

typedef struct page_name {
    size_t page;
    char *title;
} page_name;

struct pdf {
    FILE *file;
    size_t at;               /* bytes written */
    GRID_VEC(size_t) offset; /* of every object; 0: there is none of this number */
    GRID_VEC(size_t) root;   /* page trees of the documents */
    GRID_VEC(size_t) page;   /* all pages, in order */
    GRID_VEC(page_name) name;
};

pdf *pdf_new(FILE *file) {
    pdf *out = GRID_NEW(pdf, 1);
    if (out == NULL)
        return NULL;
    out->file = file;
    for (int i = 0; i < FIRST_FREE; i++) {
        if (!GRID_PUSH(&out->offset, 0)) {
            pdf_free(out);
            return NULL;
        }
    }
    return out;
}

void pdf_free(pdf *out) {
    if (out == NULL)
        return;
    for (size_t i = 0; i < out->name.n; i++)
        free(out->name.at[i].title);
    GRID_VEC_FREE(&out->offset);
    GRID_VEC_FREE(&out->root);
    GRID_VEC_FREE(&out->page);
    GRID_VEC_FREE(&out->name);
    free(out);
}

size_t pdf_pages(const pdf *out) {
    return out->page.n;
}

bool pdf_name_page(pdf *out, size_t page, const char *title) {
    char *copy = strdup(title);
    if (copy != NULL && GRID_PUSH(&out->name, (page_name){page, copy}))
        return true;
    free(copy);
    return false;
}

static void put(pdf *out, const char *bytes, size_t n) {
    fwrite(bytes, 1, n, out->file);
    out->at += n;
}

static void put_format(pdf *out, const char *format, ...) GRID_PRINTF(2, 3);

static void put_format(pdf *out, const char *format, ...) {
    char text[256];
    va_list list;
    va_start(list, format);
    int n = vsnprintf(text, sizeof text, format, list);
    va_end(list);
    put(out, text, (size_t)n);
}

/* ---- reading a document ------------------------------------------------------------- */

typedef struct object {
    size_t number, begin, end;
} object;

typedef struct document {
    const char *bytes;
    size_t n;
    GRID_VEC(object) objects; /* in the order of their numbers */
    size_t root, info, pages;
} document;

static grid_status odd(const char *what, grid_error *err) {
    return grid_hint(err, grid_fail(err, GRID_E_INTERNAL, "", "Cairo wrote a PDF without %s", what),
                     "this version of Cairo is not known here; please report it");
}

/* The number after the last (or first) place of `key`; false when there is none. */
static bool number_after(const char *begin, const char *end, const char *key, size_t *out) {
    const char *at = memmem(begin, (size_t)(end - begin), key, strlen(key));
    if (at == NULL)
        return false;
    char *rest;
    *out = strtoul(at + strlen(key), &rest, 10);
    return rest > at + strlen(key);
}

static int by_begin(const void *x, const void *y) {
    const object *a = x, *b = y;
    return a->begin < b->begin ? -1 : a->begin > b->begin;
}

static int by_number(const void *x, const void *y) {
    const object *a = x, *b = y;
    return a->number < b->number ? -1 : a->number > b->number;
}

/* The bytes end in a NUL, so that numbers at their end end too. */
static grid_status read_table(document *d, grid_error *err) {
    const char *end = d->bytes + d->n, *tail = d->n > 2048 ? end - 2048 : d->bytes;
    size_t table, count, first;
    if (!number_after(tail, end, "startxref\n", &table) || table >= d->n)
        return odd("startxref", err);
    const char *line = d->bytes + table;
    if (sscanf(line, "xref %zu %zu", &first, &count) != 2 || first != 0 ||
        count > (d->n - table) / 20)
        return odd("a table of objects", err);
    line = strchr(strchr(line, '\n') + 1, '\n') + 1;
    for (size_t i = 0; i < count; i++, line += 20) {
        object o = {.number = i, .begin = strtoul(line, NULL, 10), .end = table};
        if (line[17] == 'n' && o.begin < table && !GRID_PUSH(&d->objects, o))
            return grid_fail_nomem(err);
    }
    if (!number_after(line, end, "/Root ", &d->root) ||
        !number_after(line, end, "/Info ", &d->info) || d->objects.n == 0)
        return odd("a catalog", err);
    qsort(d->objects.at, d->objects.n, sizeof *d->objects.at, by_begin);
    for (size_t i = 0; i + 1 < d->objects.n; i++)
        d->objects.at[i].end = d->objects.at[i + 1].begin;
    qsort(d->objects.at, d->objects.n, sizeof *d->objects.at, by_number);
    return GRID_OK;
}

static const object *find(const document *d, size_t number) {
    const object key = {.number = number};
    return bsearch(&key, d->objects.at, d->objects.n, sizeof key, by_number);
}

static grid_status read_pages(pdf *out, document *d, size_t base, grid_error *err) {
    const object *root = find(d, d->root), *tree;
    if (root == NULL ||
        !number_after(d->bytes + root->begin, d->bytes + root->end, "/Pages ", &d->pages) ||
        (tree = find(d, d->pages)) == NULL)
        return odd("pages", err);
    const char *at = d->bytes + tree->begin, *end = d->bytes + tree->end;
    at = memmem(at, (size_t)(end - at), "/Kids [", 7);
    if (at == NULL)
        return odd("a list of pages", err);
    char *rest;
    for (at += 7;; at = rest + 4) { /* "3 0 R" each */
        size_t page = strtoul(at, &rest, 10);
        if (rest == at || strncmp(rest, " 0 R", 4) != 0)
            break;
        if (!GRID_PUSH(&out->page, base + page))
            return grid_fail_nomem(err);
    }
    return GRID_PUSH(&out->root, base + d->pages) ? GRID_OK : grid_fail_nomem(err);
}

/* ---- copying with new numbers ------------------------------------------------------- */

static bool is_regular(char c) {
    return c != '\0' && strchr(" \n\r\t\f()<>[]{}/%", c) == NULL;
}

/* The end of a string that begins at `at`: "(...)" with escapes and nested ones, or "<...>". */
static const char *string_end(const char *at, const char *end) {
    if (*at == '<') {
        while (at < end && *at != '>')
            at++;
        return at < end ? at + 1 : end;
    }
    int depth = 0;
    for (; at < end; at++) {
        if (*at == '\\')
            at++;
        else if (*at == '(')
            depth++;
        else if (*at == ')' && --depth == 0)
            return at + 1;
    }
    return end;
}

/* A reference "12 0 R" at `at`: its number, and its length in *used. */
static bool is_reference(const char *at, const char *end, size_t *number, size_t *used) {
    const char *c = at;
    for (*number = 0; c < end && *c >= '0' && *c <= '9'; c++)
        *number = 10 * *number + (size_t)(*c - '0');
    if (c == at || end - c < 4 || strncmp(c, " 0 R", 4) != 0 || is_regular(c[4]))
        return false;
    *used = (size_t)(c + 4 - at);
    return true;
}

/* An object's text up to its stream, if it has one; what lies in the stream stays as it is. */
static void copy_body(pdf *out, const char *at, const char *end, size_t base) {
    const char *from = at;
    while (at < end) {
        size_t number, used;
        if (*at == '(' || (*at == '<' && at[1] != '<')) {
            at = string_end(at, end);
        } else if (!is_regular(*at)) {
            at += *at == '<' ? 2 : 1;
        } else if (is_reference(at, end, &number, &used)) {
            put(out, from, (size_t)(at - from));
            put_format(out, "%zu 0 R", base + number);
            from = at += used;
        } else {
            const char *word = at;
            while (at < end && is_regular(*at))
                at++;
            if (at - word == 6 && memcmp(word, "stream", 6) == 0)
                break;
        }
    }
    put(out, from, (size_t)(end - from));
}

static grid_status copy_object(pdf *out, const document *d, const object *o, size_t base,
                               grid_error *err) {
    const char *at = d->bytes + o->begin, *end = d->bytes + o->end;
    const char *body = memmem(at, (size_t)(end - at), " obj\n", 5);
    if (body == NULL)
        return odd("an object where it says there is one", err);
    body += 5;
    out->offset.at[base + o->number] = out->at;
    put_format(out, "%zu 0 obj\n", base + o->number);
    if (o->number == d->pages) {
        const char *open = memmem(body, (size_t)(end - body), "<<", 2);
        if (open == NULL)
            return odd("a dictionary of pages", err);
        put_format(out, "<< /Parent %d 0 R", PAGE_ROOT);
        body = open + 2;
    }
    copy_body(out, body, end, base);
    return GRID_OK;
}

static grid_status add(pdf *out, document *d, grid_error *err) {
    size_t base = out->offset.n;
    GRID_TRY(read_table(d, err));
    GRID_TRY(read_pages(out, d, base, err));
    for (size_t i = 0; i <= d->objects.at[d->objects.n - 1].number; i++)
        if (!GRID_PUSH(&out->offset, 0))
            return grid_fail_nomem(err);
    if (out->at == 0)
        put_format(out, "%%PDF-1.4\n%%\xb5\xed\xae\xfb\n");
    for (size_t i = 0; i < d->objects.n; i++) {
        const object *o = &d->objects.at[i];
        if (o->number != d->root && o->number != d->info)
            GRID_TRY(copy_object(out, d, o, base, err));
    }
    return GRID_OK;
}

grid_status pdf_add(pdf *out, const char *bytes, size_t n, grid_error *err) {
    document d = {.bytes = bytes, .n = n};
    grid_status status = add(out, &d, err);
    GRID_VEC_FREE(&d.objects);
    return status;
}

/* ---- the end ------------------------------------------------------------------------ */

/* Text as UTF-16, which every reader takes. */
static void put_text(pdf *out, const char *text) {
    glong n = 0;
    gunichar2 *units = g_utf8_to_utf16(text, -1, NULL, &n, NULL);
    put_format(out, "<FEFF");
    for (glong i = 0; i < n; i++)
        put_format(out, "%04X", units[i]);
    put_format(out, ">");
    g_free(units);
}

static void begin_object(pdf *out, size_t number) {
    out->offset.at[number] = out->at;
    put_format(out, "%zu 0 obj\n", number);
}

static void put_page_root(pdf *out) {
    begin_object(out, PAGE_ROOT);
    put_format(out, "<< /Type /Pages /Count %zu /Kids [", out->page.n);
    for (size_t i = 0; i < out->root.n; i++)
        put_format(out, " %zu 0 R", out->root.at[i]);
    put_format(out, " ] >>\nendobj\n");
}

/* An entry per named page, in objects of their own from number `first` on. */
static void put_outline(pdf *out, size_t first) {
    size_t n = out->name.n;
    for (size_t i = 0; i < n; i++) {
        begin_object(out, first + 1 + i);
        put_format(out, "<< /Parent %zu 0 R /Dest [%zu 0 R /Fit]", first,
                   out->page.at[out->name.at[i].page]);
        if (i > 0)
            put_format(out, " /Prev %zu 0 R", first + i);
        if (i + 1 < n)
            put_format(out, " /Next %zu 0 R", first + 2 + i);
        put_format(out, "\n   /Title ");
        put_text(out, out->name.at[i].title);
        put_format(out, " >>\nendobj\n");
    }
    begin_object(out, first);
    put_format(out, "<< /Type /Outlines /Count %zu /First %zu 0 R /Last %zu 0 R >>\nendobj\n", n,
               first + 1, first + n);
}

static void put_catalog(pdf *out, size_t outline) {
    begin_object(out, CATALOG);
    put_format(out, "<< /Type /Catalog /Pages %d 0 R /Outlines %zu 0 R /PageMode /UseOutlines\n",
               PAGE_ROOT, outline);
    put_format(out, "   /PageLabels << /Nums [");
    for (size_t i = 0; i < out->name.n; i++) {
        put_format(out, "\n   %zu << /P ", out->name.at[i].page);
        put_text(out, out->name.at[i].title);
        put_format(out, " >>");
    }
    put_format(out, " ] >> >>\nendobj\n");
}

static void put_info(pdf *out, const char *date) {
    begin_object(out, INFO);
    put_format(out, "<< /Creator (grid-map) /Producer (libgriddraw, Cairo) /CreationDate (D:");
    for (const char *c = date; *c != '\0' && *c != 'Z'; c++) /* 2026-11-27T20:00:00Z */
        if (*c >= '0' && *c <= '9')
            put(out, c, 1);
    put_format(out, "Z) >>\nendobj\n");
}

static void put_table(pdf *out) {
    size_t table = out->at;
    put_format(out, "xref\n0 %zu\n0000000000 65535 f \n", out->offset.n);
    for (size_t i = 1; i < out->offset.n; i++)
        put_format(out, "%010zu %05d %c \n", out->offset.at[i], out->offset.at[i] ? 0 : 65535,
                   out->offset.at[i] ? 'n' : 'f');
    put_format(out, "trailer\n<< /Size %zu /Root %d 0 R /Info %d 0 R >>\nstartxref\n%zu\n%%%%EOF\n",
               out->offset.n, CATALOG, INFO, table);
}

grid_status pdf_end(pdf *out, const char *date, grid_error *err) {
    size_t outline = out->offset.n;
    for (size_t i = 0; i <= out->name.n; i++)
        if (!GRID_PUSH(&out->offset, 0))
            return grid_fail_nomem(err);
    put_page_root(out);
    put_outline(out, outline);
    put_catalog(out, outline);
    put_info(out, date);
    put_table(out);
    return GRID_OK;
}
