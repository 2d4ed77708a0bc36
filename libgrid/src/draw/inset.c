/* 位置图: where the page's unit lies in the one above it. */
#include <math.h>
#include <stdio.h>

#include "draw/flow.h"
#include "draw/tints.h"

enum { SIBLING = 0xdcdcd8, STRANGER = 0xf2f2ee, INSET_GROUND = 0xfafaf8 };

static uint32_t parent_of(const sheet_page *p) {
    return p->sheet.level == 0 ? GRID_NONE : p->a->level[p->sheet.level].parent[p->sheet.unit];
}

static grid_box extent_of(const sheet_page *p) {
    uint32_t parent = parent_of(p);
    return parent == GRID_NONE ? p->a->box : p->a->level[p->sheet.level - 1].box[parent];
}

/* The parent and its neighbours; on the highest level, the units themselves. */
static void fill_areas(ink *pen, const ink_view *v, const sheet_page *p) {
    uint32_t parent = parent_of(p);
    size_t level = parent == GRID_NONE ? p->sheet.level : p->sheet.level - 1;
    const grid_units *u = p->a->map.units[level];
    grid_box shown = ink_view_box(v);
    for (uint32_t i = 0; i < u->n; i++) {
        if (!grid_box_overlaps(&shown, &p->a->level[level].box[i]))
            continue;
        ink_colour fill = parent == GRID_NONE || i == parent ? SIBLING : STRANGER;
        ink_path_feature(pen, v, u->shapes, i);
        ink_paint(pen, fill, 1, fill, .06);
    }
}

/* The borders of all units on the page's level, each once. */
static bool stroke_borders(ink *pen, const ink_view *v, const sheet_page *p) {
    place_cell found = {0};
    grid_box shown = ink_view_box(v);
    bool ok = sheet_gather(p->a->arc_tree, &shown, &found);
    for (size_t i = 0; ok && i < found.n; i++) {
        const grid_arc *arc = &p->a->arcs->arc[found.at[i]];
        if (p->a->arc_rank[found.at[i]] <= p->sheet.level)
            ink_path(pen, v, p->a->arcs->xy + arc->xy_start, arc->n_xy);
    }
    ink_stroke(pen, 0xffffff, .2 * p->s, NULL, 0);
    GRID_VEC_FREE(&found);
    return ok;
}

/* What the insets of all units of one parent have in common; kept, so that a PDF has it once. */
static cairo_surface_t *ground(sheet_page *p, const ink_view *v) {
    char key[96];
    snprintf(key, sizeof key, "inset %zu %u %.3f %.3f", p->sheet.level, parent_of(p), v->frame.x1,
             v->frame.y1);
    cairo_surface_t *kept = ink_kept(&p->pen, key);
    if (kept != NULL)
        return kept;
    cairo_rectangle_t extent = {0, 0, v->frame.x1, v->frame.y1};
    cairo_surface_t *surface = cairo_recording_surface_create(CAIRO_CONTENT_COLOR_ALPHA, &extent);
    ink pen = {.cr = cairo_create(surface)};
    ink_rectangle(&pen, v->frame);
    ink_paint(&pen, INSET_GROUND, 1, 0, 0);
    fill_areas(&pen, v, p);
    if (!stroke_borders(&pen, v, p))
        p->pen.failed = true;
    cairo_destroy(pen.cr);
    ink_keep(&p->pen, key, surface);
    return surface;
}

static void mark_unit(sheet_page *p, const ink_view *v) {
    size_t level = p->sheet.level, unit = p->sheet.unit;
    const grid_box *box = &p->a->level[level].box[unit];
    const grid_xy *at = &p->a->level[level].anchor[unit];
    ink_path_feature(&p->pen, v, p->a->map.units[level]->shapes, unit);
    ink_paint(&p->pen, INK_GRID, .85, INK_GRID, .3 * p->s);
    if ((box->max_x - box->min_x) * v->mm_per_m < 4 * p->s) {
        /* too small to be seen without a ring around it */
        cairo_arc(p->pen.cr, view_x(v, at->x), view_y(v, at->y), 4 * p->s, 0, 2 * M_PI);
        ink_stroke(&p->pen, INK_GRID, .5 * p->s, NULL, 0);
    }
}

void flow_inset(flow *f) {
    sheet_page *p = f->p;
    if (p->sheet.level >= p->a->n_levels || p->a->map.units[p->sheet.level]->n < 2)
        return;
    grid_box extent = extent_of(p);
    double width = flow_width(f), height = fmin(width * .62, 62 * p->s);
    if (!flow_need(f, height + 8 * p->s))
        return;
    flow_heading(f, "位置图");
    ink_view v = {.frame = {0, 0, width, height},
                  .x = (extent.min_x + extent.max_x) / 2,
                  .y = (extent.min_y + extent.max_y) / 2,
                  .hair = INK_HAIR_COARSE};
    v.mm_per_m = .92 * fmin(width / (extent.max_x - extent.min_x),
                            height / (extent.max_y - extent.min_y));
    cairo_save(p->pen.cr);
    cairo_translate(p->pen.cr, f->column[f->at].x0, f->y);
    ink_rectangle(&p->pen, v.frame);
    cairo_clip(p->pen.cr);
    cairo_set_source_surface(p->pen.cr, ground(p, &v), 0, 0);
    cairo_paint(p->pen.cr);
    mark_unit(p, &v);
    cairo_reset_clip(p->pen.cr);
    ink_rectangle(&p->pen, v.frame);
    ink_stroke(&p->pen, 0x6a6a6a, .2 * p->s, NULL, 0);
    cairo_restore(p->pen.cr);
    f->y += height + 4 * p->s;
}
