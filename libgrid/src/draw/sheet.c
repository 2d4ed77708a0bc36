/* One sheet: its paper and scale, its title, and what is drawn on it in which order. */
#include "draw/sheet.h"

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

grid_status sheet_lay_out(sheet_page *p, grid_error *err) {
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

/* Appends a name, with a blank where two Latin ones would run into one word. */
static void append(char out[512], const char *name) {
    size_t n = strlen(out);
    bool latin = n > 0 && (unsigned char)out[n - 1] < 0x80 && (unsigned char)name[0] < 0x80;
    snprintf(out + n, 512 - n, "%s%s", latin ? " " : "", name);
}

/* The unit and the one above it, as people call them; a code only where the unit has no name. */
static void append_names(const grid_atlas *a, grid_sheet sheet, char out[512]) {
    for (size_t l = sheet.level > 1 ? sheet.level - 1 : 0; l <= sheet.level; l++) {
        uint32_t u = atlas_ancestor(a, sheet.level, (uint32_t)sheet.unit, l);
        bool named = u != GRID_NONE && a->map.units[l]->name[u][0] != '\0';
        char number[256];
        if (named) {
            append(out, atlas_place(a, l, u));
        } else if (l == sheet.level) {
            snprintf(number, sizeof number, l == a->grids ? "第%s网格" : "%s",
                     sheet_number(a, l, u));
            append(out, number);
        }
    }
}

void sheet_title(const grid_atlas *a, grid_sheet sheet, char out[512]) {
    static const char word[] = "网格";
    bool whole = sheet.level >= a->n_levels;
    out[0] = '\0';
    if (whole && a->map.title != NULL) {
        snprintf(out, 512, "%s", a->map.title);
        return;
    }
    if (!whole)
        append_names(a, sheet, out);
    else if (a->map.units[0]->n == 1 && a->map.units[0]->name[0][0] != '\0')
        append(out, atlas_place(a, 0, 0));
    size_t n = strlen(out), m = sizeof word - 1;
    bool said = n >= m && strcmp(out + n - m, word) == 0;
    append(out, said ? "图" : "网格图");
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

size_t sheet_draw(sheet_page *p, const char *title) {
    white(p);
    place_begin(&p->labels, p->view.frame, .3 * p->s);
    if (!sheet_draw_map(p))
        p->pen.failed = true;
    draw_north(p);
    if (!p->pen.failed && !sheet_draw_labels(p))
        p->pen.failed = true;
    place_end(&p->labels);
    return sheet_draw_surroundings(p, title);
}
