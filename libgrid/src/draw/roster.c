/* The table of units with their people, on the sheet and on pages of its own. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "draw/flow.h"

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
        flow_thousands(u->households[w->unit], out);
    else if (u->persons[w->unit] >= 0)
        flow_thousands(u->persons[w->unit], out);
}

static void table_widths(sheet_page *p, const roster *r, double width, double height,
                         double out[TABLE_COLUMNS]) {
    double sum = 0;
    for (int c = 0; c < TABLE_COLUMNS; c++)
        out[c] = has_column(r, c) ? table[c].width * p->s : 0;
    for (size_t i = 0; i < r->rows.n && !r->posts; i++) { /* some numbers are whole codes */
        ink_type type = sheet_type(p, 1, false, INK_LEFT);
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
        ink_type type = sheet_type(p, 1, w == NULL, table[c].align);
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
    table_widths(f->p, r, flow_width(f), height, width);
    size_t i = first;
    while (i < r->rows.n && flow_need(f, 6.4 * f->p->s + 3 * height)) {
        if (i == first && title != NULL)
            flow_heading(f, title);
        ink_rectangle(&f->p->pen,
                      (ink_box){f->column[f->at].x0, f->y, f->column[f->at].x1, f->y + height});
        ink_paint(&f->p->pen, 0xecebe6, 1, 0, 0);
        table_row(f, width, NULL, height);
        while (i < r->rows.n && flow_room(f) >= height)
            table_row(f, width, &r->rows.at[i++], height);
        if (i < r->rows.n)
            flow_next_column(f);
    }
    return i;
}

static const char *roster_title(const sheet_page *p) {
    return p->sheet.level == p->a->grids && p->a->n_levels > p->sheet.level ? "责任人" : "网格一览";
}

size_t flow_roster(flow *f) {
    sheet_page *p = f->p;
    roster r;
    if (!roster_build(p, &r)) {
        p->pen.failed = true;
        GRID_VEC_FREE(&r.rows);
        return 0;
    }
    double height = 4.3 * p->s, space = 0;
    for (int c = f->at; c < f->n; c++)
        space += c == f->at ? flow_room(f) - 8 * p->s : f->column[c].y1 - f->column[c].y0;
    double wanted = space / (double)(r.rows.n + (size_t)(f->n - f->at) + 1);
    height = fmax(3.1 * p->s, fmin(height, wanted));
    size_t left = r.rows.n - draw_rows(f, &r, 0, roster_title(p), height);
    GRID_VEC_FREE(&r.rows);
    return left;
}

size_t flow_roster_on(flow *f, size_t first) {
    roster r;
    size_t next = first;
    if (roster_build(f->p, &r))
        next = draw_rows(f, &r, first, NULL, 4.3 * f->p->s);
    else
        f->p->pen.failed = true;
    GRID_VEC_FREE(&r.rows);
    return next;
}
