/* 图例: the signs that the map shows, neither more nor fewer. */
#include <math.h>
#include <stdio.h>

#include "draw/flow.h"
#include "draw/tints.h"

typedef enum sign { SIGN_BORDER, SIGN_LINE, SIGN_AREA, SIGN_DOT, SIGN_NUMBER } sign;

typedef struct entry {
    sign kind;
    size_t number; /* rank of a border, class of a line */
    bool rim;
    ink_colour fill, line;
    double alpha;
    char text[96];
} entry;

enum { MAX_ENTRIES = 32 };

static void draw_sign(sheet_page *p, const entry *e, double x, double y, double width) {
    double half = 1.6 * p->s;
    ink_type type = {.size = 2.8 * p->s, .bold = true, .align = INK_CENTRE, .colour = 0x1c1c1c};
    switch (e->kind) {
    case SIGN_BORDER:
    case SIGN_LINE:
        cairo_move_to(p->pen.cr, x, y);
        cairo_line_to(p->pen.cr, x + width, y);
        if (e->kind == SIGN_BORDER)
            sheet_border_stroke(p, e->number, e->rim);
        else
            sheet_line_stroke(p, (uint8_t)e->number);
        break;
    case SIGN_AREA:
        ink_rectangle(&p->pen, (ink_box){x, y - half, x + width, y + half});
        ink_paint(&p->pen, e->fill, e->alpha, e->line, .15 * p->s);
        break;
    case SIGN_DOT:
        cairo_arc(p->pen.cr, x + width / 2, y, .6 * p->s, 0, 2 * M_PI);
        ink_paint(&p->pen, e->fill, 1, 0xffffff, 0);
        break;
    case SIGN_NUMBER:
        ink_text(&p->pen, x + width / 2, y, "001", &type);
        break;
    }
}

static entry *add(entry *list, int *n, sign kind, const char *text) {
    entry *e = &list[(*n)++];
    *e = (entry){.kind = kind, .fill = 0xffffff, .line = 0x808080, .alpha = 1};
    snprintf(e->text, sizeof e->text, "%s", text);
    return e;
}

static void add_border(const sheet_page *p, entry *list, int *n, size_t rank, bool rim) {
    entry *e = add(list, n, SIGN_BORDER, "");
    snprintf(e->text, sizeof e->text, "%s界", grid_level_word(p->a->map.level[rank].name));
    e->number = rank;
    e->rim = rim;
}

static void add_borders(const sheet_page *p, entry *list, int *n) {
    if (p->shown & SHOWN_TOP)
        add_border(p, list, n, 0, true);
    for (size_t rank = 1; rank < p->a->grids; rank++)
        if (p->shown & SHOWN_UNIT)
            add_border(p, list, n, rank, false);
    if (p->shown & SHOWN_GRID && p->a->grids > 0)
        add_border(p, list, n, p->a->grids, false);
    if (p->shown & SHOWN_NUMBER) {
        char text[64];
        snprintf(text, sizeof text, "%s编号", grid_level_word(p->a->map.level[p->a->grids].name));
        add(list, n, SIGN_NUMBER, text);
    }
}

static void add_ground(const sheet_page *p, entry *list, int *n) {
    for (uint8_t c = GRID_BORDER_EXPRESSWAY; c < GRID_BORDER_WALL; c++)
        if (p->shown & (uint32_t)SHOWN_LINE << c)
            add(list, n, SIGN_LINE, atlas_class_word(c))->number = c;
    static const struct {
        sheet_shown shown;
        const char *text;
        ink_colour fill, line;
        double alpha;
    } areas[] = {
        {SHOWN_WATER, "水域", 0xb5d9ee, 0x7fb2d3, 1},
        {SHOWN_COMPOUND, "小区（院落）", 0xc9a36b, 0x8c6d46, .1},
        {SHOWN_BUILDING, "建筑", 0xcbbfb2, 0x93867a, .9},
        {SHOWN_NEIGHBOUR, "相邻区域", NEIGHBOUR, 0xb4b0aa, 1},
    };
    for (size_t i = 0; i < sizeof areas / sizeof *areas; i++) {
        if (!(p->shown & areas[i].shown))
            continue;
        entry *e = add(list, n, SIGN_AREA, areas[i].text);
        e->fill = areas[i].fill;
        e->line = areas[i].line;
        e->alpha = areas[i].alpha;
    }
    if (p->shown & SHOWN_COMPONENT)
        add(list, n, SIGN_DOT, "部件")->fill = 0x1f6fb2;
}

static void add_theme(const sheet_page *p, entry *list, int *n) {
    const theme_classes *t = p->theme;
    for (int c = 0; t != NULL && c < THEME_CLASSES; c++) {
        entry *e = add(list, n, SIGN_AREA, "");
        e->fill = t->colour[c];
        if (c == 0)
            snprintf(e->text, sizeof e->text, "＜ %.4g %s", t->limit[0], t->unit);
        else if (c + 1 == THEME_CLASSES)
            snprintf(e->text, sizeof e->text, "≥ %.4g %s", t->limit[c - 1], t->unit);
        else
            snprintf(e->text, sizeof e->text, "%.4g – %.4g %s", t->limit[c - 1], t->limit[c],
                     t->unit);
    }
    if (p->shown & SHOWN_NO_VALUE)
        add(list, n, SIGN_AREA, "不适用")->fill = NO_VALUE;
}

static void draw_entries(flow *f, const char *title, const entry *list, int n) {
    sheet_page *p = f->p;
    ink_type type = sheet_type(p, 2.6, false, INK_LEFT);
    double width = flow_width(f), sign_width = 11 * p->s, row = 5.2 * p->s;
    int columns = width > 64 * p->s ? 2 : 1;
    int rows = (n + columns - 1) / columns;
    if (n == 0 || !flow_need(f, 6.4 * p->s + rows * row))
        return;
    flow_heading(f, title);
    type.max = width / columns - sign_width - 4 * p->s;
    for (int i = 0; i < n; i++) {
        double x = f->column[f->at].x0 + i / rows * width / columns;
        double y = f->y + (i % rows + .5) * row;
        draw_sign(p, &list[i], x, y, sign_width);
        ink_text(&p->pen, x + sign_width + 2 * p->s, y, list[i].text, &type);
    }
    f->y += rows * row + 2.5 * p->s;
}

void flow_legend(flow *f) {
    entry list[MAX_ENTRIES];
    int n = 0;
    add_borders(f->p, list, &n);
    add_ground(f->p, list, &n);
    draw_entries(f, "图例", list, n);
    n = 0;
    add_theme(f->p, list, &n);
    if (n > 0)
        draw_entries(f, f->p->theme->title, list, n);
}
