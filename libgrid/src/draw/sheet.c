/* Sheets: paper, scale, the pages one after the other, and the file they go to. */
#include "draw/sheet.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"

/* ---- paper and scale ---------------------------------------------------------------- */

static const struct {
    const char *name;
    double width, height; /* portrait, mm */
} papers[] = {
    {"A4", 210, 297}, {"A3", 297, 420}, {"A2", 420, 594},  {"A1", 594, 841},  {"A0", 841, 1189},
    {"8K", 270, 390}, {"4K", 390, 540}, {"8开", 270, 390}, {"4开", 390, 540},
};

static grid_status find_paper(const char *name, double *width, double *height, grid_error *err) {
    for (size_t i = 0; i < sizeof papers / sizeof *papers; i++) {
        if (grid_text_same(papers[i].name, name)) {
            *width = papers[i].width;
            *height = papers[i].height;
            return GRID_OK;
        }
    }
    return grid_hint(err, grid_fail(err, GRID_E_ARG, "", "\"%s\" is no paper size known", name),
                     "use A4, A3, A2, A1, A0, 8K (8开) or 4K (4开)");
}

static grid_box sheet_extent(const grid_atlas *a, grid_sheet sheet) {
    return sheet.level >= a->n_levels ? a->box : a->level[sheet.level].box[sheet.unit];
}

/* Where title, map, panel and foot lie on the paper. */
static void lay_out(sheet_page *p, double paper_width, double paper_height, bool landscape) {
    p->landscape = landscape;
    p->width = landscape ? paper_height : paper_width;
    p->height = landscape ? paper_width : paper_height;
    p->s = sqrt(paper_width * paper_height / (297.0 * 420.0));
    p->s = p->s < 1 ? pow(p->s, .6) : pow(p->s, .8);
    double s = p->s, margin = 10 * s, gap = 5 * s, title = 15 * s, foot = 13 * s;
    double x0 = margin, x1 = p->width - margin, y0 = margin * .7 + title,
           y1 = p->height - margin * .6;
    p->title = (ink_box){x0, margin * .7, x1, y0 - 2 * s};
    p->foot = (ink_box){x0, y1 - foot, x1, y1};
    ink_box map = {x0 + 1.2 * s, y0, x1 - 1.2 * s, y1 - foot - 3 * s};
    if (landscape) {
        double panel = fmin(92 * s, .27 * p->width);
        p->panel = (ink_box){x1 - panel, map.y0, x1, map.y1};
        map.x1 = x1 - panel - gap - 1.2 * s;
    } else {
        double panel = .29 * p->height;
        p->panel = (ink_box){x0, map.y1 - panel, x1, map.y1};
        map.y1 -= panel + gap;
    }
    p->view.frame = map;
    p->view.hair = INK_HAIR_FINE;
}

/* Smallest denominator of the form 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times ten to some power. */
static int64_t round_scale(double least) {
    static const double steps[] = {1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10};
    double unit = pow(10, floor(log10(fmax(least, 100))));
    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++)
        if (steps[i] * unit >= least)
            return (int64_t)llround(steps[i] * unit);
    return (int64_t)llround(10 * unit);
}

/* The denominator at which the extent just fits, with some air around it. */
static double fitting_scale(const sheet_page *p, const grid_box *extent) {
    double width = p->view.frame.x1 - p->view.frame.x0,
           height = p->view.frame.y1 - p->view.frame.y0;
    double air = 12 * p->s;
    return 1000 * fmax((extent->max_x - extent->min_x) / (width - air),
                       (extent->max_y - extent->min_y) / (height - air));
}

static grid_status choose_scale(sheet_page *p, grid_error *err) {
    const grid_atlas *a = p->a;
    grid_box extent = sheet_extent(a, p->sheet);
    double least = fitting_scale(p, &extent);
    p->scale = p->o->scale > 0 ? p->o->scale : round_scale(fmax(least, 200));
    if (extent.min_x > extent.max_x)
        return grid_fail(err, GRID_E_INPUT, a->map.units[p->sheet.level]->code[p->sheet.unit],
                         "has no geometry to draw");
    if (p->o->scale > 0 && least > (double)p->o->scale)
        return grid_hint(err,
                         grid_fail(err, GRID_E_ARG,
                                   p->sheet.level < a->n_levels
                                       ? a->map.units[p->sheet.level]->code[p->sheet.unit]
                                       : "",
                                   "does not fit on %s at 1:%lld",
                                   p->o->paper != NULL ? p->o->paper : "A3",
                                   (long long)p->o->scale),
                         "1:%lld fits; or take larger paper", (long long)round_scale(least));
    p->view.x = (extent.min_x + extent.max_x) / 2;
    p->view.y = (extent.min_y + extent.max_y) / 2;
    p->view.mm_per_m = 1000 / (double)p->scale;
    return GRID_OK;
}

static grid_status lay_out_page(sheet_page *p, grid_error *err) {
    double width = 0, height = 0;
    GRID_TRY(find_paper(p->o->paper != NULL ? p->o->paper : "A3", &width, &height, err));
    grid_box extent = sheet_extent(p->a, p->sheet);
    lay_out(p, width, height, true);
    bool landscape = p->o->turn == GRID_PAPER_LANDSCAPE;
    if (p->o->turn == GRID_PAPER_AUTO) {
        double lying = fitting_scale(p, &extent);
        lay_out(p, width, height, false);
        landscape = lying <= fitting_scale(p, &extent);
    }
    lay_out(p, width, height, landscape);
    return choose_scale(p, err);
}

/* ---- pages -------------------------------------------------------------------------- */

static void sheet_title(const grid_atlas *a, grid_sheet sheet, char out[512]) {
    if (sheet.level >= a->n_levels) {
        const char *whole = a->map.units[0]->n == 1 ? atlas_name(a, 0, 0) : "";
        snprintf(out, 512, "%.400s网格图", whole);
        if (a->map.title != NULL)
            snprintf(out, 512, "%s", a->map.title);
        return;
    }
    uint32_t unit = (uint32_t)sheet.unit;
    char names[400] = "";
    size_t from = sheet.level > 1 ? sheet.level - 1 : 0, used = 0;
    for (size_t l = from; l <= sheet.level; l++) {
        uint32_t u = atlas_ancestor(a, sheet.level, unit, l);
        if (u == GRID_NONE || used >= sizeof names)
            continue;
        bool named = a->map.units[l]->name[u][0] != '\0';
        if (l == a->grids && !named)
            used += (size_t)snprintf(names + used, sizeof names - used, "第%s网格",
                                     sheet_number(a, l, u));
        else
            used += (size_t)snprintf(names + used, sizeof names - used, "%s", atlas_name(a, l, u));
    }
    const char *word = "网格";
    size_t n = strlen(names), m = strlen(word);
    bool said = n >= m && strcmp(names + n - m, word) == 0;
    snprintf(out, 512, "%s%s图", names, said ? "" : word);
}

static void draw_north(sheet_page *p) {
    double s = p->s, x = p->view.frame.x1 - 9 * s, y = p->view.frame.y0 + 7 * s, h = 13 * s;
    ink_box box = {x - 6 * s, p->view.frame.y0 + 1 * s, x + 6 * s, y + h + 2 * s};
    if (!place_take(&p->labels, box))
        p->pen.failed = true;
    ink_rectangle(&p->pen, box);
    ink_paint(&p->pen, 0xffffff, .75, 0, 0);
    for (int half = -1; half <= 1; half += 2) {
        cairo_move_to(p->pen.cr, x, y);
        cairo_line_to(p->pen.cr, x + half * 3.2 * s, y + h);
        cairo_line_to(p->pen.cr, x, y + .76 * h);
        cairo_close_path(p->pen.cr);
        ink_paint(&p->pen, half < 0 ? 0x1a1a1a : 0xffffff, 1, 0x1a1a1a, .2 * s);
    }
    ink_type type = {.size = 3.6 * s, .bold = true, .align = INK_CENTRE, .colour = 0x1a1a1a};
    ink_text(&p->pen, x, y - 2.6 * s, "北", &type);
}

static void white(sheet_page *p) {
    ink_rectangle(&p->pen, (ink_box){0, 0, p->width, p->height});
    ink_paint(&p->pen, 0xffffff, 1, 0, 0);
}

/* Returns the rows of the roster that found no room. */
static size_t draw_page(sheet_page *p, const char *title) {
    white(p);
    place_begin(&p->labels, p->view.frame);
    if (!sheet_draw_map(p))
        p->pen.failed = true;
    draw_north(p);
    if (!p->pen.failed && !sheet_draw_labels(p))
        p->pen.failed = true;
    place_end(&p->labels);
    return sheet_draw_surroundings(p, title);
}

/* ---- files -------------------------------------------------------------------------- */

static const double points_per_mm = 72 / 25.4;

typedef enum sheet_format { SHEET_PDF, SHEET_SVG, SHEET_PNG } sheet_format;

typedef struct output {
    sheet_format format;
    const char *path;
    FILE *file;
    int failure; /* errno of the first write that failed */
    double dpi;
    cairo_surface_t *surface;
    cairo_t *cr;
    ink_store *store;
} output;

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

/* Cairo's PDF surface does not survive a failed write: failures are kept until it is closed. */
static cairo_status_t take_bytes(void *user, const unsigned char *bytes, unsigned int n) {
    output *o = user;
    if (o->failure == 0 && fwrite(bytes, 1, n, o->file) != n)
        o->failure = errno;
    return CAIRO_STATUS_SUCCESS;
}

static grid_status open_surface(output *o, const sheet_page *p, grid_error *err) {
    o->file = fopen(o->path, "wb");
    if (o->file == NULL)
        return grid_fail(err, GRID_E_WRITE, o->path, "cannot be written: %s", strerror(errno));
    double width = p->width * points_per_mm, height = p->height * points_per_mm, unit;
    if (o->format == SHEET_PDF) {
        o->surface = cairo_pdf_surface_create_for_stream(take_bytes, o, width, height);
        cairo_pdf_surface_set_metadata(o->surface, CAIRO_PDF_METADATA_CREATOR, "grid-map");
        char date[21];
        grid_text_output_date(date);
        cairo_pdf_surface_set_metadata(o->surface, CAIRO_PDF_METADATA_CREATE_DATE, date);
        unit = points_per_mm;
    } else if (o->format == SHEET_SVG) {
        o->surface = cairo_svg_surface_create_for_stream(take_bytes, o, width, height);
        unit = points_per_mm;
    } else {
        unit = o->dpi / 25.4;
        o->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)lround(p->width * unit),
                                                (int)lround(p->height * unit));
    }
    o->cr = cairo_create(o->surface);
    cairo_scale(o->cr, unit, unit);
    return GRID_OK;
}

static void begin_page(output *o, const sheet_page *p, const char *title) {
    if (o->format != SHEET_PDF)
        return;
    cairo_pdf_surface_set_size(o->surface, p->width * points_per_mm, p->height * points_per_mm);
    cairo_pdf_surface_set_page_label(o->surface, title);
}

static void add_outline(output *o, const char *title, int page) {
    char link[32];
    snprintf(link, sizeof link, "page=%d", page);
    if (o->format == SHEET_PDF)
        cairo_pdf_surface_add_outline(o->surface, CAIRO_PDF_OUTLINE_ROOT, title, link,
                                      CAIRO_PDF_OUTLINE_FLAG_OPEN);
}

static grid_status close_surface(output *o, grid_error *err) {
    cairo_status_t status = cairo_status(o->cr);
    if (status == CAIRO_STATUS_SUCCESS && o->format == SHEET_PNG)
        status = cairo_surface_write_to_png_stream(o->surface, take_bytes, o);
    cairo_destroy(o->cr);
    cairo_surface_finish(o->surface);
    if (status == CAIRO_STATUS_SUCCESS)
        status = cairo_surface_status(o->surface);
    cairo_surface_destroy(o->surface);
    if (fclose(o->file) != 0 && o->failure == 0)
        o->failure = errno;
    if (o->failure != 0)
        return grid_fail(err, GRID_E_WRITE, o->path, "cannot be written: %s", strerror(o->failure));
    if (status == CAIRO_STATUS_NO_MEMORY)
        return grid_fail_nomem(err);
    if (status != CAIRO_STATUS_SUCCESS)
        return grid_fail(err, GRID_E_WRITE, o->path, "cannot be drawn: %s",
                         cairo_status_to_string(status));
    return GRID_OK;
}

static const char *sheet_code(const sheet_page *p) {
    return p->sheet.level < p->a->n_levels ? p->a->map.units[p->sheet.level]->code[p->sheet.unit]
                                           : "";
}

static void report(const sheet_page *p, size_t unlisted, const grid_context *ctx) {
    if (p->homeless > 0)
        grid_find(ctx, GRID_WARNING, "label-left-out", sheet_code(p),
                  "%zu labels found no place at 1:%lld; take a larger scale or paper", p->homeless,
                  (long long)p->scale);
    if (p->pen.missing > 0)
        grid_find(ctx, GRID_WARNING, "glyph-missing", sheet_code(p),
                  "%zu characters have no glyph in the installed fonts; install fonts-noto-cjk",
                  p->pen.missing);
    if (unlisted > 0)
        grid_find(ctx, GRID_WARNING, "roster-cut", sheet_code(p),
                  "%zu lines of the roster found no room; a PDF continues it on further pages",
                  unlisted);
}

static grid_status draw_sheet(sheet_page *p, output *o, int *page, const grid_context *ctx,
                              grid_error *err) {
    char title[512];
    sheet_title(p->a, p->sheet, title);
    begin_page(o, p, title);
    ink_begin(&p->pen, o->cr, o->store);
    add_outline(o, title, ++*page);
    size_t left = draw_page(p, title), total = left > 0 ? sheet_roster_count(p) : 0;
    while (left > 0 && o->format == SHEET_PDF && !p->pen.failed) {
        cairo_show_page(o->cr);
        ++*page;
        size_t next = sheet_draw_roster(p, title, total - left);
        if (total - next == left)
            break;
        left = total - next;
    }
    if (o->format == SHEET_PDF)
        cairo_show_page(o->cr);
    ink_end(&p->pen);
    report(p, left, ctx);
    return p->pen.failed ? grid_fail_nomem(err) : GRID_OK;
}

static grid_status draw_all(const grid_atlas *a, const grid_sheet *sheet, size_t n_sheets,
                            const grid_sheet_options *options, const theme_classes *theme,
                            output *o, const grid_context *ctx, grid_error *err) {
    int page = 0;
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n_sheets && status == GRID_OK; i++) {
        sheet_page p = {.a = a, .o = options, .sheet = sheet[i], .theme = theme};
        status = lay_out_page(&p, err);
        if (status == GRID_OK && grid_cancelled(ctx))
            status = grid_fail(err, GRID_E_CANCEL, "", "interrupted");
        if (status == GRID_OK && o->surface == NULL)
            status = open_surface(o, &p, err);
        /* A surface that cannot be drawn on tells why when it is closed. */
        if (status == GRID_OK && cairo_status(o->cr) != CAIRO_STATUS_SUCCESS)
            break;
        if (status == GRID_OK)
            status = draw_sheet(&p, o, &page, ctx, err);
        grid_report_progress(ctx, "drawing", (double)(i + 1) / (double)n_sheets);
    }
    return status;
}

grid_status grid_sheets_draw(const grid_atlas *a, const grid_sheet *sheet, size_t n_sheets,
                             const grid_sheet_options *options, const char *path,
                             const grid_context *ctx, grid_error *err) {
    output o = {.path = path, .dpi = options->dpi > 0 ? options->dpi : 150};
    theme_classes theme;
    GRID_TRY(find_format(path, n_sheets, &o.format, err));
    if (n_sheets == 0)
        return grid_fail(err, GRID_E_ARG, path, "there is no sheet to draw");
    if (options->theme != GRID_THEME_NONE)
        theme_build(a, options->theme, &theme);
    if ((o.store = ink_store_new()) == NULL)
        return grid_fail_nomem(err);
    grid_status status = draw_all(a, sheet, n_sheets, options,
                                  options->theme != GRID_THEME_NONE ? &theme : NULL, &o, ctx, err);
    grid_error late;
    grid_status closed = o.surface != NULL ? close_surface(&o, &late) : GRID_OK;
    ink_store_free(o.store);
    if (status == GRID_OK && closed != GRID_OK && err != NULL)
        *err = late;
    return status != GRID_OK ? status : closed;
}
