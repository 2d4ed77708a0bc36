/* Sheets and the file they go to: a picture of one, or a PDF of many drawn on several threads. */
#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/parallel.h"
#include "base/text.h"
#include "draw/pdf.h"
#include "draw/sheet.h"
#include "draw/svg.h"

static const double points_per_mm = 72 / 25.4;

typedef enum sheet_format { SHEET_PDF, SHEET_SVG, SHEET_PNG } sheet_format;

static grid_status find_format(const char *path, size_t n_sheets, sheet_format *out,
                               grid_error *err) {
    const char *dot = strrchr(path, '.');
    static const char *const names[] = {".pdf", ".svg", ".png"};
    for (int i = 0; dot != NULL && i < 3; i++) {
        if (!grid_text_same(dot, names[i]))
            continue;
        *out = (sheet_format)i;
        if (n_sheets != 1 && i != SHEET_PDF)
            return grid_fail(err, GRID_E_ARG, path, "%s holds one sheet, not %zu", names[i],
                             n_sheets);
        return GRID_OK;
    }
    return grid_fail(err, GRID_E_ARG, path, "sheets are written as .pdf, .svg or .png");
}

/* ---- a document in memory ----------------------------------------------------------- */

typedef GRID_VEC(char) byte_vec;

typedef struct canvas {
    sheet_format format;
    double dpi;
    cairo_surface_t *surface; /* NULL before the first sheet */
    cairo_t *cr;
    ink_store *store;
    ink_words words; /* of SVG */
    byte_vec bytes;
    bool failed; /* memory ran out for the bytes */
} canvas;

/* Cairo's PDF surface does not survive a failed write: failures are kept until it is closed. */
static cairo_status_t take_bytes(void *user, const unsigned char *bytes, unsigned int n) {
    canvas *c = user;
    c->failed = c->failed || !GRID_RESERVE(&c->bytes, n + 1);
    if (!c->failed) {
        memcpy(c->bytes.at + c->bytes.n, bytes, n);
        c->bytes.n += n;
        c->bytes.at[c->bytes.n] = '\0';
    }
    return CAIRO_STATUS_SUCCESS;
}

static void canvas_open(canvas *c, const sheet_page *p) {
    double width = p->width * points_per_mm, height = p->height * points_per_mm;
    double unit = points_per_mm;
    if (c->format == SHEET_PDF) {
        c->surface = cairo_pdf_surface_create_for_stream(take_bytes, c, width, height);
        cairo_pdf_surface_restrict_to_version(c->surface, CAIRO_PDF_VERSION_1_4);
    } else if (c->format == SHEET_SVG) {
        c->surface = cairo_svg_surface_create_for_stream(take_bytes, c, width, height);
    } else {
        unit = c->dpi / 25.4;
        c->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)lround(p->width * unit),
                                                (int)lround(p->height * unit));
    }
    c->cr = cairo_create(c->surface);
    cairo_scale(c->cr, unit, unit);
}

static grid_status canvas_close(canvas *c, grid_error *err) {
    cairo_status_t status = cairo_status(c->cr);
    if (status == CAIRO_STATUS_SUCCESS && c->format == SHEET_PNG)
        status = cairo_surface_write_to_png_stream(c->surface, take_bytes, c);
    cairo_destroy(c->cr);
    cairo_surface_finish(c->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(c->surface);
    cairo_surface_destroy(c->surface);
    if (status == CAIRO_STATUS_NO_MEMORY || c->failed)
        return grid_fail_nomem(err);
    if (status != CAIRO_STATUS_SUCCESS)
        return grid_fail(err, GRID_E_WRITE, "", "cannot be drawn: %s",
                         cairo_status_to_string(status));
    return GRID_OK;
}

/* Puts the layer of text at the end of an SVG. */
static grid_status add_text(canvas *c, grid_error *err) {
    static const char end[] = "</svg>\n";
    size_t n = sizeof end - 1;
    char *layer = svg_text_layer(&c->words, points_per_mm);
    if (layer == NULL)
        return grid_fail_nomem(err);
    if (c->bytes.n >= n && memcmp(c->bytes.at + c->bytes.n - n, end, n) == 0) {
        c->bytes.n -= n;
        take_bytes(c, (const unsigned char *)layer, (unsigned int)strlen(layer));
        take_bytes(c, (const unsigned char *)end, (unsigned int)n);
    }
    free(layer);
    return c->failed ? grid_fail_nomem(err) : GRID_OK;
}

/* ---- sheets ------------------------------------------------------------------------- */

/* What became of a sheet. */
typedef struct sheet_result {
    int64_t scale;
    size_t pages, homeless, missing, unlisted;
} sheet_result;

typedef struct job {
    const grid_atlas *a;
    const grid_sheet *sheet;
    const grid_sheet_options *o;
    const theme_classes *theme; /* NULL: none */
    const grid_context *ctx;
    sheet_format format;
    sheet_result *result; /* per sheet */
} job;

/* A sheet, and in a PDF as many pages more as its roster needs. */
static grid_status draw_sheet(const job *j, canvas *c, sheet_page *p, sheet_result *r,
                              grid_error *err) {
    char title[512];
    sheet_title(j->a, p->sheet, title);
    if (c->format == SHEET_PDF)
        cairo_pdf_surface_set_size(c->surface, p->width * points_per_mm, p->height * points_per_mm);
    ink_begin(&p->pen, c->cr, c->store);
    if (c->format == SHEET_SVG)
        p->pen.words = &c->words;
    size_t left = sheet_draw(p, title), total = left > 0 ? sheet_roster_count(p) : 0;
    r->pages = 1;
    while (left > 0 && c->format == SHEET_PDF && !p->pen.failed) {
        cairo_show_page(c->cr);
        r->pages++;
        size_t next = sheet_draw_roster(p, title, total - left);
        if (total - next == left)
            break;
        left = total - next;
    }
    if (c->format == SHEET_PDF)
        cairo_show_page(c->cr);
    ink_end(&p->pen);
    r->scale = p->scale;
    r->homeless = p->homeless;
    r->missing = p->pen.missing;
    r->unlisted = left;
    return p->pen.failed ? grid_fail_nomem(err) : GRID_OK;
}

static grid_status draw_sheets(const job *j, size_t begin, size_t end, canvas *c, grid_error *err) {
    grid_status status = GRID_OK;
    for (size_t i = begin; i < end && status == GRID_OK; i++) {
        sheet_page p = {.a = j->a, .o = j->o, .sheet = j->sheet[i], .theme = j->theme};
        status = sheet_lay_out(&p, err);
        if (status == GRID_OK && grid_cancelled(j->ctx))
            status = grid_fail(err, GRID_E_CANCEL, "", "interrupted");
        if (status == GRID_OK && c->surface == NULL)
            canvas_open(c, &p);
        /* A surface that cannot be drawn on tells why when it is closed. */
        if (status == GRID_OK && cairo_status(c->cr) != CAIRO_STATUS_SUCCESS)
            break;
        if (status == GRID_OK)
            status = draw_sheet(j, c, &p, &j->result[i], err);
    }
    return status;
}

/* Sheets begin .. end-1 as one document. Its bytes are the caller's, and end in a NUL. */
static grid_status draw_document(const job *j, size_t begin, size_t end, byte_vec *out,
                                 grid_error *err) {
    canvas c = {
        .format = j->format, .dpi = j->o->dpi > 0 ? j->o->dpi : 150, .store = ink_store_new()};
    if (c.store == NULL)
        return grid_fail_nomem(err);
    grid_status status = draw_sheets(j, begin, end, &c, err);
    grid_error late = {0};
    grid_status closed = c.surface != NULL ? canvas_close(&c, &late) : GRID_OK;
    if (closed == GRID_OK && status == GRID_OK && c.format == SHEET_SVG)
        closed = add_text(&c, &late);
    ink_words_free(&c.words);
    ink_store_free(c.store);
    *out = c.bytes;
    if (status == GRID_OK && closed != GRID_OK)
        *err = late;
    return status != GRID_OK ? status : closed;
}

static void report(const job *j, size_t i) {
    const sheet_result *r = &j->result[i];
    const grid_sheet *sheet = &j->sheet[i];
    const char *code = "";
    if (sheet->level < j->a->n_levels)
        code = j->a->map.units[sheet->level]->code[sheet->unit];
    if (r->homeless > 0)
        grid_find(j->ctx, GRID_WARNING, "label-left-out", code,
                  "%zu labels found no place at 1:%lld; take a larger scale or paper", r->homeless,
                  (long long)r->scale);
    if (r->missing > 0)
        grid_find(j->ctx, GRID_WARNING, "glyph-missing", code,
                  "%zu characters have no glyph in the installed fonts; install fonts-noto-cjk",
                  r->missing);
    if (r->unlisted > 0)
        grid_find(j->ctx, GRID_WARNING, "roster-cut", code,
                  "%zu lines of the roster found no room; a PDF continues it on further pages",
                  r->unlisted);
}

/* ---- an atlas on several threads ---------------------------------------------------- */

/* So many sheets are one document, however many threads there are: a file has the same bytes. */
enum { SHEETS_TOGETHER = 16, ROUNDS_AHEAD = 4 };

typedef struct part {
    size_t begin, end;
    byte_vec bytes;
    grid_status status;
    grid_error err;
} part;

typedef struct part_round {
    const job *job;
    part *part;
} part_round;

static void draw_parts(void *user, size_t begin, size_t end, unsigned worker) {
    (void)worker;
    const part_round *r = user;
    for (size_t i = begin; i < end; i++) {
        part *p = &r->part[i];
        p->status = draw_document(r->job, p->begin, p->end, &p->bytes, &p->err);
    }
}

/* The part's pages become the file's; its sheets' titles become the outline. */
static grid_status join_part(const job *j, part *p, pdf *out, grid_error *err) {
    size_t page = pdf_pages(out);
    if (p->status != GRID_OK) {
        *err = p->err;
        return p->status;
    }
    GRID_TRY(pdf_add(out, p->bytes.at, p->bytes.n, err));
    for (size_t i = p->begin; i < p->end; i++) {
        char title[512];
        sheet_title(j->a, j->sheet[i], title);
        if (!pdf_name_page(out, page, title))
            return grid_fail_nomem(err);
        page += j->result[i].pages;
        report(j, i);
    }
    return GRID_OK;
}

static grid_status draw_round(const job *j, size_t begin, size_t end, part *parts, pdf *out,
                              grid_error *err) {
    size_t n = 0;
    for (size_t at = begin; at < end; at += SHEETS_TOGETHER, n++)
        parts[n] = (part){.begin = at,
                          .end = end - at < SHEETS_TOGETHER ? end : at + SHEETS_TOGETHER};
    grid_parallel_for(grid_threads(j->ctx), n, 1, draw_parts, &(part_round){j, parts});
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n; i++) {
        if (status == GRID_OK)
            status = join_part(j, &parts[i], out, err);
        GRID_VEC_FREE(&parts[i].bytes);
    }
    return status;
}

static grid_status draw_atlas(const job *j, size_t n_sheets, FILE *file, grid_error *err) {
    size_t ahead = (size_t)ROUNDS_AHEAD * grid_threads(j->ctx);
    pdf *out = pdf_new(file);
    part *parts = GRID_NEW(part, ahead);
    grid_status status = out == NULL || parts == NULL ? grid_fail_nomem(err) : GRID_OK;
    for (size_t at = 0; at < n_sheets && status == GRID_OK; at += ahead * SHEETS_TOGETHER) {
        size_t end = n_sheets - at < ahead * SHEETS_TOGETHER ? n_sheets
                                                             : at + ahead * SHEETS_TOGETHER;
        status = draw_round(j, at, end, parts, out, err);
        grid_report_progress(j->ctx, "drawing", (double)end / (double)n_sheets);
    }
    char date[21];
    grid_text_output_date(date);
    if (status == GRID_OK)
        status = pdf_end(out, date, err);
    free(parts);
    pdf_free(out);
    return status;
}

/* ---- files -------------------------------------------------------------------------- */

static grid_status draw_picture(const job *j, FILE *file, grid_error *err) {
    byte_vec bytes = {0};
    grid_status status = draw_document(j, 0, 1, &bytes, err);
    if (status == GRID_OK) {
        fwrite(bytes.at, 1, bytes.n, file);
        report(j, 0);
    }
    GRID_VEC_FREE(&bytes);
    return status;
}

/* What does not fit is refused before anything is written. */
static grid_status check_all(const job *j, size_t n_sheets, grid_error *err) {
    for (size_t i = 0; i < n_sheets; i++) {
        sheet_page p = {.a = j->a, .o = j->o, .sheet = j->sheet[i]};
        GRID_TRY(sheet_lay_out(&p, err));
    }
    return GRID_OK;
}

static grid_status draw_file(const job *j, size_t n_sheets, const char *path, grid_error *err) {
    GRID_TRY(check_all(j, n_sheets, err));
    FILE *file = fopen(path, "wb");
    if (file == NULL)
        return grid_fail(err, GRID_E_WRITE, path, "cannot be written: %s", strerror(errno));
    grid_status status = j->format == SHEET_PDF ? draw_atlas(j, n_sheets, file, err)
                                                : draw_picture(j, file, err);
    bool written = !ferror(file);
    int why = errno;
    if (fclose(file) != 0 && written) {
        written = false;
        why = errno;
    }
    if (status == GRID_OK && !written)
        return grid_fail(err, GRID_E_WRITE, path, "cannot be written: %s", strerror(why));
    return status;
}

grid_status grid_sheets_draw(const grid_atlas *a, const grid_sheet *sheet, size_t n_sheets,
                             const grid_sheet_options *options, const char *path,
                             const grid_context *ctx, grid_error *err) {
    job j = {.a = a, .sheet = sheet, .o = options, .ctx = ctx};
    theme_classes theme;
    grid_error none;
    err = err != NULL ? err : &none;
    GRID_TRY(find_format(path, n_sheets, &j.format, err));
    if (n_sheets == 0)
        return grid_fail(err, GRID_E_ARG, path, "there is no sheet to draw");
    if (options->theme != GRID_THEME_NONE) {
        theme_build(a, options->theme, &theme);
        j.theme = &theme;
    }
    j.result = GRID_NEW(sheet_result, n_sheets);
    if (j.result == NULL)
        return grid_fail_nomem(err);
    grid_status status = draw_file(&j, n_sheets, path, err);
    free(j.result);
    return status;
}
