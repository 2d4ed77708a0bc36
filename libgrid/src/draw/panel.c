/* Everything around the map: title, counts, bounds, scale bar, and the blocks beside it. */
#include <math.h>
#include <stdio.h>

#include "draw/flow.h"

/* ---- counts and bounds -------------------------------------------------------------- */

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
    ink_type name = sheet_type(p, 2.7, false, INK_LEFT),
             number = sheet_type(p, 2.9, true, INK_LEFT);
    double width = flow_width(f), row = 5 * p->s;
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
    if (!flow_need(f, 20 * p->s))
        return;
    flow_heading(f, "统计");
    if (p->sheet.level != p->a->grids) {
        snprintf(key[n], sizeof *key, "网格");
        flow_thousands(t.grids, number);
        snprintf(value[n++], sizeof *value, "%s 个", number);
    }
    snprintf(key[n], sizeof *key, "户数");
    flow_thousands(t.households, number);
    snprintf(value[n++], sizeof *value, "%s 户", number);
    if (t.persons_known) {
        snprintf(key[n], sizeof *key, "人口");
        flow_thousands(t.persons, number);
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
    ink_type type = sheet_type(p, 2.7, false, INK_LEFT);
    double height = ink_paragraph(&p->pen, 0, 0, flow_width(f), text, &type, true);
    if (text[0] == '\0' || !flow_need(f, height + 9 * p->s))
        return;
    flow_heading(f, "四至");
    ink_paragraph(&p->pen, f->column[f->at].x0, f->y, flow_width(f), text, &type, false);
    f->y += height + 3 * p->s;
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
    ink_type type = sheet_type(p, 2.3, false, INK_CENTRE), big = sheet_type(p, 3, true, INK_CENTRE);
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
    flow_thousands(p->scale, number);
    snprintf(text, sizeof text, "比例尺 1:%s", number);
    ink_text(&p->pen, x + 2 * mm, y - 2.6 * p->s, text, &big);
}

static void draw_foot(sheet_page *p) {
    const grid_map *m = &p->a->map;
    ink_box f = p->foot;
    ink_type left = sheet_type(p, 2.4, false, INK_LEFT),
             right = sheet_type(p, 2.4, false, INK_RIGHT);
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

size_t sheet_draw_surroundings(sheet_page *p, const char *title) {
    flow f;
    flow_begin(&f, p, p->panel, p->landscape ? 1 : 3);
    draw_frame(p);
    draw_title(p, title);
    draw_foot(p);
    flow_inset(&f);
    flow_legend(&f);
    draw_counts(&f);
    draw_bounds(&f);
    return flow_roster(&f);
}

size_t sheet_draw_roster(sheet_page *p, const char *title, size_t first) {
    flow f;
    ink_box box = {p->title.x0, p->title.y1 + 2 * p->s, p->title.x1, p->foot.y1};
    flow_begin(&f, p, box, p->landscape ? 4 : 2);
    draw_title(p, title);
    return flow_roster_on(&f, first);
}
