/* Everything around the map: title, legend, inset, counts, bounds, roster, scale bar. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draw/sheet.h"
#include "draw/tints.h"

enum { MAX_COLUMNS = 4 };

/* Blocks flow down a column and on into the next. */
typedef struct flow {
    sheet_page *p;
    ink_box column[MAX_COLUMNS];
    int n, at;
    double y;
} flow;

static ink_type type_of(const sheet_page *p, double size, bool bold, ink_align align) {
    return (ink_type){.size = size * p->s, .bold = bold, .align = align, .colour = 0x222222};
}

static double room(const flow *f) {
    return f->at < f->n ? f->column[f->at].y1 - f->y : 0;
}
static double column_width(const flow *f) {
    return f->column[0].x1 - f->column[0].x0;
}

static void next_column(flow *f) {
    f->at++;
    if (f->at < f->n)
        f->y = f->column[f->at].y0;
}

/* Goes on to a column with that much room; false when there is none. */
static bool need(flow *f, double height) {
    while (f->at < f->n && room(f) < height)
        next_column(f);
    return f->at < f->n;
}

static void heading(flow *f, const char *text) {
    sheet_page *p = f->p;
    ink_type type = type_of(p, 3.4, true, INK_LEFT);
    double x = f->column[f->at].x0, height = 5.6 * p->s;
    ink_text(&p->pen, x, f->y + height * .42, text, &type);
    cairo_move_to(p->pen.cr, x, f->y + height * .9);
    cairo_line_to(p->pen.cr, f->column[f->at].x1, f->y + height * .9);
    ink_stroke(&p->pen, 0x8a8a8a, .15 * p->s, NULL, 0);
    f->y += height + .8 * p->s;
}

/* ---- inset -------------------------------------------------------------------------- */

static grid_box inset_extent(const sheet_page *p, size_t *siblings) {
    const grid_atlas *a = p->a;
    size_t level = p->sheet.level;
    *siblings = a->map.units[level]->n;
    if (level == 0)
        return grid_shapes_box_all(a->map.units[0]->shapes);
    uint32_t parent = a->level[level].parent[p->sheet.unit];
    return parent == GRID_NONE ? a->box : a->level[level - 1].box[parent];
}

static void draw_inset(flow *f) {
    sheet_page *p = f->p;
    size_t level = p->sheet.level, siblings;
    if (level >= p->a->n_levels)
        return;
    grid_box extent = inset_extent(p, &siblings);
    double width = column_width(f), height = fmin(width * .62, 62 * p->s);
    if (siblings < 2 || !need(f, height + 8 * p->s))
        return;
    heading(f, "位置图");
    ink_view v = {.frame = {f->column[f->at].x0, f->y, f->column[f->at].x0 + width, f->y + height},
                  .x = (extent.min_x + extent.max_x) / 2,
                  .y = (extent.min_y + extent.max_y) / 2,
                  .hair = INK_HAIR_COARSE};
    v.mm_per_m = .92 * fmin(width / (extent.max_x - extent.min_x),
                            height / (extent.max_y - extent.min_y));
    cairo_save(p->pen.cr);
    ink_rectangle(&p->pen, v.frame);
    cairo_clip_preserve(p->pen.cr);
    ink_paint(&p->pen, 0xfafaf8, 1, 0, 0);
    const grid_units *u = p->a->map.units[level];
    grid_box shown = ink_view_box(&v);
    for (uint32_t i = 0; i < u->n; i++) {
        if (i == p->sheet.unit || !grid_box_overlaps(&shown, &p->a->level[level].box[i]))
            continue;
        ink_path_feature(&p->pen, &v, u->shapes, i);
        bool sibling = level == 0 ||
                       p->a->level[level].parent[i] == p->a->level[level].parent[p->sheet.unit];
        ink_paint(&p->pen, sibling ? 0xdcdcd8 : 0xf2f2ee, 1, 0xffffff, .2 * p->s);
    }
    ink_path_feature(&p->pen, &v, u->shapes, p->sheet.unit);
    ink_paint(&p->pen, INK_GRID, .85, INK_GRID, .3 * p->s);
    double cx = view_x(&v, p->a->level[level].anchor[p->sheet.unit].x);
    double cy = view_y(&v, p->a->level[level].anchor[p->sheet.unit].y);
    if ((p->a->level[level].box[p->sheet.unit].max_x -
         p->a->level[level].box[p->sheet.unit].min_x) *
            v.mm_per_m <
        4 * p->s) { /* too small to be seen without a ring around it */
        cairo_arc(p->pen.cr, cx, cy, 4 * p->s, 0, 2 * M_PI);
        ink_stroke(&p->pen, INK_GRID, .5 * p->s, NULL, 0);
    }
    cairo_restore(p->pen.cr);
    ink_rectangle(&p->pen, v.frame);
    ink_stroke(&p->pen, 0x6a6a6a, .2 * p->s, NULL, 0);
    f->y += height + 4 * p->s;
}

/* ---- legend ------------------------------------------------------------------------- */

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
    ink_type type = type_of(p, 2.6, false, INK_LEFT);
    double width = column_width(f), sign_width = 11 * p->s, row = 5.2 * p->s;
    int columns = width > 64 * p->s ? 2 : 1;
    int rows = (n + columns - 1) / columns;
    if (n == 0 || !need(f, 6.4 * p->s + rows * row))
        return;
    heading(f, title);
    type.max = width / columns - sign_width - 4 * p->s;
    for (int i = 0; i < n; i++) {
        double x = f->column[f->at].x0 + i / rows * width / columns;
        double y = f->y + (i % rows + .5) * row;
        draw_sign(p, &list[i], x, y, sign_width);
        ink_text(&p->pen, x + sign_width + 2 * p->s, y, list[i].text, &type);
    }
    f->y += rows * row + 2.5 * p->s;
}

static void draw_legend(flow *f) {
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

/* ---- counts and bounds -------------------------------------------------------------- */

/* 12345 as "12,345". */
static void thousands(int64_t value, char out[32]) {
    char digits[24];
    int n = snprintf(digits, sizeof digits, "%lld", (long long)value), k = 0;
    for (int i = 0; i < n; i++) {
        out[k++] = digits[i];
        if (i + 1 < n && (n - 1 - i) % 3 == 0 && digits[i] != '-')
            out[k++] = ',';
    }
    out[k] = '\0';
}

typedef struct totals {
    int64_t grids, households, persons;
    double area_m2;
    bool persons_known;
} totals;

static totals count(const sheet_page *p) {
    const grid_units *u = p->a->map.units[p->a->grids];
    totals t = {.persons_known = true};
    for (uint32_t i = 0; i < u->n; i++) {
        if (!sheet_has_grid(p, i))
            continue;
        t.grids++;
        t.households += u->households[i];
        t.persons += u->persons[i] > 0 ? u->persons[i] : 0;
        t.persons_known = t.persons_known && u->persons[i] >= 0;
        t.area_m2 += u->area_m2[i];
    }
    t.persons_known = t.persons_known && t.persons > 0;
    return t;
}

static void draw_pairs(flow *f, const char (*key)[16], const char (*value)[48], int n) {
    sheet_page *p = f->p;
    ink_type name = type_of(p, 2.7, false, INK_LEFT), number = type_of(p, 2.9, true, INK_LEFT);
    double width = column_width(f), row = 5 * p->s;
    name.colour = 0x606060;
    for (int i = 0; i < n; i++) {
        double x = f->column[f->at].x0 + i % 2 * width / 2, y = f->y + (i / 2 + .5) * row;
        ink_text(&p->pen, x, y, key[i], &name);
        number.max = width / 2 - 13 * p->s;
        ink_text(&p->pen, x + 11 * p->s, y, value[i], &number);
    }
    f->y += (n + 1) / 2 * row + 2 * p->s;
}

static void draw_counts(flow *f) {
    sheet_page *p = f->p;
    totals t = count(p);
    char key[4][16], value[4][48], number[32];
    int n = 0;
    if (!need(f, 20 * p->s))
        return;
    heading(f, "统计");
    if (p->sheet.level != p->a->grids) {
        snprintf(key[n], sizeof *key, "网格");
        thousands(t.grids, number);
        snprintf(value[n++], sizeof *value, "%s 个", number);
    }
    snprintf(key[n], sizeof *key, "户数");
    thousands(t.households, number);
    snprintf(value[n++], sizeof *value, "%s 户", number);
    if (t.persons_known) {
        snprintf(key[n], sizeof *key, "人口");
        thousands(t.persons, number);
        snprintf(value[n++], sizeof *value, "%s 人", number);
    }
    snprintf(key[n], sizeof *key, "面积");
    if (t.area_m2 < 1e6)
        snprintf(value[n++], sizeof *value, "%.2f 公顷", t.area_m2 / 1e4);
    else
        snprintf(value[n++], sizeof *value, "%.2f 平方千米", t.area_m2 / 1e6);
    draw_pairs(f, (const char(*)[16])key, (const char(*)[48])value, n);
}

static void draw_bounds(flow *f) {
    sheet_page *p = f->p;
    if (p->sheet.level >= p->a->n_levels)
        return;
    const char *text = grid_atlas_bounds(p->a, p->sheet.level, p->sheet.unit);
    ink_type type = type_of(p, 2.7, false, INK_LEFT);
    double height = ink_paragraph(&p->pen, 0, 0, column_width(f), text, &type, true);
    if (text[0] == '\0' || !need(f, height + 9 * p->s))
        return;
    heading(f, "四至");
    ink_paragraph(&p->pen, f->column[f->at].x0, f->y, column_width(f), text, &type, false);
    f->y += height + 3 * p->s;
}

/* ---- roster ------------------------------------------------------------------------- */

/* One line of the roster: a unit, or a further person of the unit above. */
typedef struct row {
    size_t level;
    uint32_t unit;
    uint32_t person; /* GRID_NONE: nobody is known */
    bool first;      /* of its unit */
} row;

typedef struct roster {
    GRID_VEC(row) rows;
    bool names, persons, people, phones;
    bool posts; /* of one grid: who does what there, not a list of units */
} roster;

static bool roster_unit(const sheet_page *p, roster *r, size_t level, uint32_t unit) {
    const grid_units *u = p->a->map.units[level];
    size_t begin, end;
    atlas_persons(p->a, u->code[unit], &begin, &end);
    r->names |= u->name[unit][0] != '\0' && strcmp(u->name[unit], u->code[unit]) != 0;
    r->persons |= u->persons[unit] > 0;
    if (begin == end && !r->posts && !GRID_PUSH(&r->rows, (row){level, unit, GRID_NONE, true}))
        return false;
    for (size_t i = begin; i < end; i++) {
        r->people = true;
        r->phones |= p->a->map.person[p->a->person_of[i]].phone[0] != '\0';
        if (!GRID_PUSH(&r->rows, (row){level, unit, p->a->person_of[i], i == begin}))
            return false;
    }
    return true;
}

/* The units one level below the page's, or everybody who answers for the page's one grid. */
static bool roster_build(const sheet_page *p, roster *r) {
    const grid_atlas *a = p->a;
    *r = (roster){0};
    size_t level = p->sheet.level;
    if (level == a->grids && level < a->n_levels) {
        r->posts = true;
        for (size_t l = a->grids + 1; l-- > 0;) {
            uint32_t unit = atlas_ancestor(a, a->grids, (uint32_t)p->sheet.unit, l);
            if (unit != GRID_NONE && !roster_unit(p, r, l, unit))
                return false;
        }
        return true;
    }
    /* Of the whole: the highest level that has several units. */
    size_t below = level >= a->n_levels ? 0 : level + 1;
    while (level >= a->n_levels && below < a->grids && a->map.units[below]->n == 1)
        below++;
    for (uint32_t i = 0; i < a->map.units[below]->n; i++)
        if ((level >= a->n_levels || a->level[below].parent[i] == p->sheet.unit) &&
            !roster_unit(p, r, below, i))
            return false;
    return true;
}

size_t sheet_roster_count(const sheet_page *p) {
    roster r;
    size_t n = roster_build(p, &r) ? r.rows.n : 0;
    GRID_VEC_FREE(&r.rows);
    return n;
}

enum { NUMBER, NAME, HOUSEHOLDS, PERSONS, POST, PERSON, PHONE, TABLE_COLUMNS };

static const struct {
    const char *title;
    double width; /* in mm at s = 1; the name takes what is left */
    ink_align align;
} table[TABLE_COLUMNS] = {
    [NUMBER] = {"编号", 10, INK_LEFT},      [NAME] = {"名称", 18, INK_LEFT},
    [HOUSEHOLDS] = {"户数", 12, INK_RIGHT}, [PERSONS] = {"人数", 13, INK_RIGHT},
    [POST] = {"岗位", 17, INK_LEFT},        [PERSON] = {"姓名", 14, INK_LEFT},
    [PHONE] = {"电话", 23, INK_LEFT},
};

static bool has_column(const roster *r, int c) {
    switch (c) {
    case NUMBER:
    case HOUSEHOLDS:
        return !r->posts;
    case NAME:
        return r->names && !r->posts;
    case PERSONS:
        return r->persons && !r->posts;
    case POST:
    case PERSON:
        return r->people;
    default:
        return r->phones;
    }
}

static void cell_text(const sheet_page *p, const row *w, int c, char out[128]) {
    const grid_units *u = p->a->map.units[w->level];
    const grid_map_person *person = w->person == GRID_NONE ? NULL : &p->a->map.person[w->person];
    out[0] = '\0';
    if (c == POST && person != NULL)
        snprintf(out, 128, "%s", person->post);
    else if (c == PERSON && person != NULL)
        snprintf(out, 128, "%s", person->name);
    else if (c == PHONE && person != NULL)
        snprintf(out, 128, "%s", person->phone);
    if (c >= POST || !w->first)
        return;
    if (c == NUMBER)
        snprintf(out, 128, "%s", sheet_number(p->a, w->level, w->unit));
    else if (c == NAME)
        snprintf(out, 128, "%s", u->name[w->unit]);
    else if (c == HOUSEHOLDS)
        thousands(u->households[w->unit], out);
    else if (u->persons[w->unit] >= 0)
        thousands(u->persons[w->unit], out);
}

static void table_widths(sheet_page *p, const roster *r, double width, double height,
                         double out[TABLE_COLUMNS]) {
    double sum = 0;
    for (int c = 0; c < TABLE_COLUMNS; c++)
        out[c] = has_column(r, c) ? table[c].width * p->s : 0;
    for (size_t i = 0; i < r->rows.n && !r->posts; i++) { /* some numbers are whole codes */
        ink_type type = type_of(p, 1, false, INK_LEFT);
        char text[128];
        type.size = height * .6;
        cell_text(p, &r->rows.at[i], NUMBER, text);
        out[NUMBER] = fmax(out[NUMBER], ink_width(&p->pen, text, &type) + 2 * p->s);
    }
    for (int c = 0; c < TABLE_COLUMNS; c++)
        sum += out[c];
    if (out[NAME] > 0 && sum < width)
        out[NAME] += width - sum;
    else
        for (int c = 0; c < TABLE_COLUMNS && sum > 0; c++)
            out[c] *= width / sum;
}

static void table_row(flow *f, const double width[TABLE_COLUMNS], const row *w, double height) {
    sheet_page *p = f->p;
    double x = f->column[f->at].x0;
    for (int c = 0; c < TABLE_COLUMNS; c++) {
        if (width[c] <= 0)
            continue;
        char text[128];
        ink_type type = type_of(p, 1, w == NULL, table[c].align);
        type.size = height * .6;
        type.max = width[c] - 1.4 * p->s;
        if (w == NULL)
            snprintf(text, sizeof text, "%s", table[c].title);
        else
            cell_text(p, w, c, text);
        double at = table[c].align == INK_RIGHT ? x + width[c] - .7 * p->s : x + .7 * p->s;
        ink_text(&p->pen, at, f->y + height / 2, text, &type);
        x += width[c];
    }
    f->y += height;
    cairo_move_to(p->pen.cr, f->column[f->at].x0, f->y);
    cairo_line_to(p->pen.cr, x, f->y);
    ink_stroke(&p->pen, w == NULL ? 0x6a6a6a : 0xd0d0cc, (w == NULL ? .2 : .1) * p->s, NULL, 0);
}

/* Rows from `first` on; returns the first that found no room. */
static size_t draw_rows(flow *f, const roster *r, size_t first, const char *title, double height) {
    double width[TABLE_COLUMNS];
    table_widths(f->p, r, column_width(f), height, width);
    size_t i = first;
    while (i < r->rows.n && need(f, 6.4 * f->p->s + 3 * height)) {
        if (i == first && title != NULL)
            heading(f, title);
        ink_rectangle(&f->p->pen,
                      (ink_box){f->column[f->at].x0, f->y, f->column[f->at].x1, f->y + height});
        ink_paint(&f->p->pen, 0xecebe6, 1, 0, 0);
        table_row(f, width, NULL, height);
        while (i < r->rows.n && room(f) >= height)
            table_row(f, width, &r->rows.at[i++], height);
        if (i < r->rows.n)
            next_column(f);
    }
    return i;
}

static const char *roster_title(const sheet_page *p) {
    return p->sheet.level == p->a->grids && p->a->n_levels > p->sheet.level ? "责任人" : "网格一览";
}

static size_t draw_roster_block(flow *f) {
    sheet_page *p = f->p;
    roster r;
    if (!roster_build(p, &r)) {
        p->pen.failed = true;
        GRID_VEC_FREE(&r.rows);
        return 0;
    }
    double height = 4.3 * p->s, space = 0;
    for (int c = f->at; c < f->n; c++)
        space += c == f->at ? room(f) - 8 * p->s : f->column[c].y1 - f->column[c].y0;
    double wanted = space / (double)(r.rows.n + (size_t)(f->n - f->at) + 1);
    height = fmax(3.1 * p->s, fmin(height, wanted));
    size_t left = r.rows.n - draw_rows(f, &r, 0, roster_title(p), height);
    GRID_VEC_FREE(&r.rows);
    return left;
}

/* ---- frame, title, foot ------------------------------------------------------------- */

static void draw_frame(sheet_page *p) {
    ink_box f = p->view.frame,
            outer = {f.x0 - 1.2 * p->s, f.y0 - 1.2 * p->s, f.x1 + 1.2 * p->s, f.y1 + 1.2 * p->s};
    ink_rectangle(&p->pen, f);
    ink_stroke(&p->pen, 0x1a1a1a, .2 * p->s, NULL, 0);
    ink_rectangle(&p->pen, outer);
    ink_stroke(&p->pen, 0x1a1a1a, .8 * p->s, NULL, 0);
}

static void draw_title(sheet_page *p, const char *title) {
    ink_box t = p->title;
    ink_type big = {.size = .62 * (t.y1 - t.y0),
                    .bold = true,
                    .align = INK_CENTRE,
                    .colour = 0x1a1a1a,
                    .max = t.x1 - t.x0,
                    .spacing = .08 * (t.y1 - t.y0)};
    ink_text(&p->pen, (t.x0 + t.x1) / 2, (t.y0 + t.y1) / 2 - .04 * (t.y1 - t.y0), title, &big);
}

static double round_length(double metres) {
    double unit = pow(10, floor(log10(metres)));
    double m = metres / unit;
    return (m >= 5 ? 5 : m >= 2 ? 2 : 1) * unit;
}

static void draw_scale(sheet_page *p, double x, double y) {
    double step = round_length(16 * p->s * (double)p->scale / 1000);
    double mm = step * 1000 / (double)p->scale, height = 1.2 * p->s;
    char text[48], number[32];
    ink_type type = type_of(p, 2.3, false, INK_CENTRE), big = type_of(p, 3, true, INK_CENTRE);
    x -= 2 * mm;
    for (int i = 0; i < 4; i++) {
        ink_rectangle(&p->pen, (ink_box){x + i * mm, y, x + (i + 1) * mm, y + height});
        ink_paint(&p->pen, i % 2 ? 0xffffff : 0x1a1a1a, 1, 0x1a1a1a, .15 * p->s);
    }
    for (int i = 0; i <= 4; i++) {
        double metres = i * step;
        if (step >= 1000)
            snprintf(text, sizeof text, "%g%s", metres / 1000, i == 4 ? " km" : "");
        else
            snprintf(text, sizeof text, "%g%s", metres, i == 4 ? " m" : "");
        ink_text(&p->pen, x + i * mm, y + height + 2 * p->s, text, &type);
    }
    thousands(p->scale, number);
    snprintf(text, sizeof text, "比例尺 1:%s", number);
    ink_text(&p->pen, x + 2 * mm, y - 2.6 * p->s, text, &big);
}

static void draw_foot(sheet_page *p) {
    const grid_map *m = &p->a->map;
    ink_box f = p->foot;
    ink_type left = type_of(p, 2.4, false, INK_LEFT), right = type_of(p, 2.4, false, INK_RIGHT);
    char text[256];
    double y = f.y0 + 3 * p->s;
    left.colour = right.colour = 0x404040;
    left.max = right.max = (f.x1 - f.x0) / 2 - 45 * p->s;
    if (m->source != NULL && m->source[0] != '\0') {
        snprintf(text, sizeof text, "资料来源：%s", m->source);
        ink_text(&p->pen, f.x0, y, text, &left);
        y += 4 * p->s;
    }
    if (m->date != NULL && m->date[0] != '\0') {
        snprintf(text, sizeof text, "制图日期：%s", m->date);
        ink_text(&p->pen, f.x0, y, text, &left);
    }
    snprintf(text, sizeof text, "坐标系：%s", m->crs_name != NULL ? m->crs_name : m->crs);
    ink_text(&p->pen, f.x1, f.y0 + 3 * p->s, text, &right);
    if (p->o->paper != NULL) {
        snprintf(text, sizeof text, "图幅：%s", p->o->paper);
        ink_text(&p->pen, f.x1, f.y0 + 7 * p->s, text, &right);
    }
    draw_scale(p, (f.x0 + f.x1) / 2, f.y0 + 5 * p->s);
}

static void begin_flow(flow *f, sheet_page *p, ink_box box, int columns) {
    double gap = 5 * p->s, width = (box.x1 - box.x0 - gap * (columns - 1)) / columns;
    *f = (flow){.p = p, .n = columns, .y = box.y0};
    for (int i = 0; i < columns; i++)
        f->column[i] = (ink_box){box.x0 + i * (width + gap), box.y0,
                                 box.x0 + i * (width + gap) + width, box.y1};
}

size_t sheet_draw_surroundings(sheet_page *p, const char *title) {
    flow f;
    begin_flow(&f, p, p->panel, p->landscape ? 1 : 3);
    draw_frame(p);
    draw_title(p, title);
    draw_foot(p);
    draw_inset(&f);
    draw_legend(&f);
    draw_counts(&f);
    draw_bounds(&f);
    return draw_roster_block(&f);
}

size_t sheet_draw_roster(sheet_page *p, const char *title, size_t first) {
    flow f;
    roster r;
    ink_box box = {p->title.x0, p->title.y1 + 2 * p->s, p->title.x1, p->foot.y1};
    begin_flow(&f, p, box, p->landscape ? 4 : 2);
    draw_title(p, title);
    size_t next = first;
    if (roster_build(p, &r))
        next = draw_rows(&f, &r, first, NULL, 4.3 * p->s);
    else
        p->pen.failed = true;
    GRID_VEC_FREE(&r.rows);
    return next;
}
