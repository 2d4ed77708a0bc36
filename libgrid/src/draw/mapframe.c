/* The map itself: areas, lines and borders inside the frame. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw/sheet.h"
#include "draw/tints.h"

bool sheet_has_grid(const sheet_page *p, uint32_t grid) {
    if (grid == GRID_NONE)
        return false;
    if (p->sheet.level >= p->a->n_levels)
        return true;
    return atlas_ancestor(p->a, p->a->grids, grid, p->sheet.level) == p->sheet.unit;
}

typedef struct gathering {
    place_cell *out;
    bool failed;
} gathering;

static bool gather_one(void *user, size_t i) {
    gathering *g = user;
    g->failed = !GRID_PUSH(g->out, (uint32_t)i);
    return !g->failed;
}

static int by_number(const void *x, const void *y) {
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    return a < b ? -1 : a > b;
}

bool sheet_gather(const grid_rtree *tree, const grid_box *query, place_cell *out) {
    gathering g = {out, false};
    out->n = 0;
    if (tree != NULL)
        grid_rtree_find(tree, query, gather_one, &g);
    if (out->n > 0)
        qsort(out->at, out->n, sizeof *out->at, by_number);
    return !g.failed;
}

/* From this denominator on, what is small or far from the page's unit is left out. */
enum { SMALL_SCALE = 20000 };

/* ---- areas -------------------------------------------------------------------------- */

static ink_colour grid_fill(sheet_page *p, uint32_t grid) {
    if (p->theme != NULL) {
        double value = grid_atlas_value(p->a, p->o->theme, grid);
        if (isnan(value))
            p->shown |= SHOWN_NO_VALUE;
        return isnan(value) ? NO_VALUE : p->theme->colour[theme_class(p->theme, value)];
    }
    if (p->o->style != GRID_STYLE_COLOUR)
        return 0xffffff;
    return grid_tints[p->a->colour[grid] % (sizeof grid_tints / sizeof *grid_tints)];
}

static bool arc_rim(const sheet_page *p, uint32_t arc) {
    return p->a->arcs->arc[arc].left == GRID_NONE || p->a->arcs->arc[arc].right == GRID_NONE;
}

/* All that is around the page's unit, in one tint. */
static bool fill_neighbours(sheet_page *p, const grid_box *box, place_cell *found) {
    if (p->sheet.level >= p->a->n_levels)
        return true;
    if (!sheet_gather(p->a->level[0].tree, box, found))
        return false;
    for (size_t i = 0; i < found->n; i++)
        ink_path_feature(&p->pen, &p->view, p->a->map.units[0]->shapes, found->at[i]);
    ink_paint(&p->pen, NEIGHBOUR, 1, NEIGHBOUR, .06);
    return true;
}

static bool fill_grids(sheet_page *p, const grid_box *box, place_cell *found) {
    const grid_shapes *s = p->a->map.units[p->a->grids]->shapes;
    if (!sheet_gather(p->a->level[p->a->grids].tree, box, found))
        return false;
    for (size_t i = 0; i < found->n; i++) {
        if (!sheet_has_grid(p, found->at[i])) {
            p->shown |= SHOWN_NEIGHBOUR;
            continue;
        }
        ink_path_feature(&p->pen, &p->view, s, found->at[i]);
        ink_colour fill = grid_fill(p, found->at[i]);
        /* The hairline of its own colour closes the seams that anti-aliasing leaves. */
        ink_paint(&p->pen, fill, 1, fill, .06);
        p->shown |= SHOWN_GRID;
    }
    return true;
}

typedef struct area_look {
    ink_colour fill;
    double alpha;
    ink_colour line;
    double width;
    sheet_shown shown;
} area_look;

static bool draw_areas(sheet_page *p, const grid_box *box, const grid_map_layer *layer,
                       const grid_rtree *tree, const area_look *look, place_cell *found) {
    if (layer->shapes == NULL)
        return true;
    if (!sheet_gather(tree, box, found))
        return false;
    for (size_t i = 0; i < found->n; i++) {
        if (layer->shapes->kind[found->at[i]] != GRID_SHAPE_AREA)
            continue;
        ink_path_feature(&p->pen, &p->view, layer->shapes, found->at[i]);
        ink_paint(&p->pen, look->fill, look->alpha, look->line, look->width * p->s);
        p->shown |= look->shown;
    }
    return true;
}

/* ---- lines -------------------------------------------------------------------------- */

static const struct {
    double width;
    ink_colour ink;
} lines[GRID_BORDER_CLASSES] = {
    [GRID_BORDER_EXPRESSWAY] = {1.5, 0xf3b562}, [GRID_BORDER_RAIL] = {.55, 0x404040},
    [GRID_BORDER_RIVER] = {.8, 0x86bfe0},       [GRID_BORDER_ARTERIAL] = {1.2, 0xfbdf8f},
    [GRID_BORDER_ROAD] = {.8, 0xffffff},        [GRID_BORDER_LANE] = {.4, 0xffffff},
    [GRID_BORDER_WALL] = {.15, 0x8c6d46},
};

double sheet_line_width(const sheet_page *p, uint8_t c) {
    /* On small scales roads must leave room for what lies between them. */
    double finer = p->scale > 10000 ? sqrt(10000.0 / (double)p->scale) : 1;
    return c < GRID_BORDER_CLASSES ? lines[c].width * p->s * finer : 0;
}

ink_colour sheet_line_ink(uint8_t c) {
    return c < GRID_BORDER_CLASSES ? lines[c].ink : 0;
}

/* On small scales lanes would be all there is to see. */
static bool is_drawn(const sheet_page *p, uint8_t c) {
    return c < GRID_BORDER_CLASSES && lines[c].width > 0 &&
           (c < GRID_BORDER_LANE || p->scale <= SMALL_SCALE);
}

static void stroke_case(sheet_page *p, uint8_t c) {
    double width = sheet_line_width(p, c);
    if (c == GRID_BORDER_RAIL || c == GRID_BORDER_RIVER || c == GRID_BORDER_WALL) {
        cairo_new_path(p->pen.cr);
        return;
    }
    ink_stroke(&p->pen, 0x9a948c, width + .22 * p->s, NULL, 0);
}

static void stroke_core(sheet_page *p, uint8_t c) {
    double width = sheet_line_width(p, c);
    const double dashes[] = {2 * p->s, 2 * p->s}, short_dashes[] = {.8 * p->s, .5 * p->s};
    cairo_path_t *path = NULL;
    switch (c) {
    case GRID_BORDER_RAIL:
        path = cairo_copy_path(p->pen.cr);
        ink_stroke(&p->pen, lines[c].ink, width, NULL, 0);
        cairo_append_path(p->pen.cr, path);
        ink_stroke(&p->pen, 0xffffff, width * .6, dashes, 2);
        cairo_path_destroy(path);
        break;
    case GRID_BORDER_WALL:
        ink_stroke(&p->pen, lines[c].ink, width, short_dashes, 2);
        break;
    default:
        ink_stroke(&p->pen, lines[c].ink, width, NULL, 0);
    }
}

void sheet_line_stroke(sheet_page *p, uint8_t c) {
    cairo_path_t *path = cairo_copy_path(p->pen.cr);
    stroke_case(p, c);
    cairo_append_path(p->pen.cr, path);
    stroke_core(p, c);
    cairo_path_destroy(path);
}

/* All casings first, so that roads run into each other; the least important lowest. */
static bool draw_lines(sheet_page *p, const grid_box *box, place_cell *found) {
    static const uint8_t order[] = {GRID_BORDER_RIVER,    GRID_BORDER_LANE, GRID_BORDER_ROAD,
                                    GRID_BORDER_ARTERIAL, GRID_BORDER_RAIL, GRID_BORDER_EXPRESSWAY};
    const grid_map_layer *layer = &p->a->map.lines;
    if (layer->shapes == NULL)
        return true;
    if (!sheet_gather(p->a->lines, box, found))
        return false;
    cairo_set_line_cap(p->pen.cr, CAIRO_LINE_CAP_ROUND);
    for (int core = 0; core < 2; core++) {
        for (size_t k = 0; k < sizeof order; k++) {
            for (size_t i = 0; i < found->n; i++) {
                uint32_t f = found->at[i];
                uint8_t c = layer->border_class != NULL ? layer->border_class[f] : GRID_BORDER_ROAD;
                if (c != order[k] || !is_drawn(p, c))
                    continue;
                ink_path_feature(&p->pen, &p->view, layer->shapes, f);
                p->shown |= (uint32_t)SHOWN_LINE << c;
            }
            if (core)
                stroke_core(p, order[k]);
            else
                stroke_case(p, order[k]);
        }
    }
    cairo_set_line_cap(p->pen.cr, CAIRO_LINE_CAP_BUTT);
    return true;
}

/* ---- borders ------------------------------------------------------------------------ */

void sheet_border_stroke(sheet_page *p, size_t rank, bool rim) {
    double s = p->s;
    const double unit[] = {3.2 * s, .9 * s, .6 * s, .9 * s};
    const double top[] = {4.5 * s, 1 * s, .7 * s, 1 * s, .7 * s, 1 * s};
    bool magenta = p->o->style == GRID_STYLE_BEIJING;
    if (rim || (rank == 0 && p->a->grids > 0))
        ink_stroke(&p->pen, INK_TOP, 1 * s, top, 6);
    else if (rank < p->a->grids)
        ink_stroke(&p->pen, INK_UNIT, .7 * s, unit, 4);
    else
        ink_stroke(&p->pen, magenta ? INK_MAGENTA : INK_GRID, (magenta ? .5 : .35) * s, NULL, 0);
}

static void arc_path(sheet_page *p, uint32_t arc) {
    const grid_arc *a = &p->a->arcs->arc[arc];
    ink_path(&p->pen, &p->view, p->a->arcs->xy + a->xy_start, a->n_xy);
}

typedef enum arc_place { ARC_OUTSIDE, ARC_INSIDE, ARC_OUTLINE } arc_place;

static arc_place place_of(const sheet_page *p, uint32_t arc) {
    bool left = sheet_has_grid(p, p->a->arcs->arc[arc].left);
    bool right = sheet_has_grid(p, p->a->arcs->arc[arc].right);
    return left && right ? ARC_INSIDE : left || right ? ARC_OUTLINE : ARC_OUTSIDE;
}

static void draw_outside(sheet_page *p, const place_cell *found) {
    /* Where the lines are the borders themselves, they show the grids already. */
    const grid_map *map = &p->a->map;
    bool shown = map->borders != NULL && map->lines.shapes == map->borders->shapes;
    size_t lowest = p->scale <= SMALL_SCALE && !shown ? p->a->grids + 1 : p->a->grids;
    for (size_t rank = lowest; rank-- > 0;) {
        for (size_t i = 0; i < found->n; i++)
            if (place_of(p, found->at[i]) == ARC_OUTSIDE && p->a->arc_rank[found->at[i]] == rank)
                arc_path(p, found->at[i]);
        ink_stroke(&p->pen, 0xb4b0aa, (rank < p->a->grids ? .45 : .2) * p->s, NULL, 0);
    }
}

/* A band along the unit's outline lifts it off its neighbours. */
static void draw_band(sheet_page *p, const place_cell *found) {
    for (size_t i = 0; i < found->n; i++)
        if (place_of(p, found->at[i]) == ARC_OUTLINE)
            arc_path(p, found->at[i]);
    ink_set(&p->pen, INK_UNIT, p->o->style == GRID_STYLE_COLOUR ? .22 : .12);
    cairo_set_line_width(p->pen.cr, 3 * p->s);
    cairo_stroke(p->pen.cr);
}

static bool draw_borders(sheet_page *p, const grid_box *box, place_cell *found) {
    if (!sheet_gather(p->a->arc_tree, box, found))
        return false;
    draw_outside(p, found);
    draw_band(p, found);
    for (size_t rank = p->a->grids + 1; rank-- > 0;) {
        for (int rim = 0; rim < 2; rim++) {
            for (size_t i = 0; i < found->n; i++) {
                uint32_t arc = found->at[i];
                if (place_of(p, arc) == ARC_OUTSIDE || p->a->arc_rank[arc] != rank ||
                    arc_rim(p, arc) != rim)
                    continue;
                arc_path(p, arc);
                p->shown |= rim || (rank == 0 && p->a->grids > 0) ? SHOWN_TOP
                            : rank < p->a->grids                  ? SHOWN_UNIT
                                                                  : SHOWN_GRID;
            }
            sheet_border_stroke(p, rank, rim);
        }
    }
    return true;
}

static bool draw_components(sheet_page *p, const grid_box *box, place_cell *found) {
    const grid_map_layer *layer = &p->a->map.components;
    if (layer->shapes == NULL || p->scale > 6000)
        return true;
    if (!sheet_gather(p->a->components, box, found))
        return false;
    for (size_t i = 0; i < found->n; i++) {
        size_t c = layer->shapes->chain_start[layer->shapes->part_start[found->at[i]]];
        if (layer->shapes->kind[found->at[i]] == GRID_SHAPE_NONE)
            continue;
        const grid_xy *at = &layer->shapes->xy[layer->shapes->xy_start[c]];
        cairo_new_sub_path(p->pen.cr);
        cairo_arc(p->pen.cr, view_x(&p->view, at->x), view_y(&p->view, at->y), .45 * p->s, 0,
                  2 * M_PI);
        p->shown |= SHOWN_COMPONENT;
    }
    ink_paint(&p->pen, 0x1f6fb2, 1, 0xffffff, .1 * p->s);
    return true;
}

bool sheet_draw_map(sheet_page *p) {
    const area_look water = {0xb5d9ee, 1, 0x7fb2d3, .1, SHOWN_WATER};
    const area_look compound = {0xc9a36b, .1, 0x8c6d46, .18, SHOWN_COMPOUND};
    const area_look building = {0xcbbfb2, .9, 0x93867a, .07, SHOWN_BUILDING};
    const grid_map *map = &p->a->map;
    grid_box box = ink_view_box(&p->view);
    place_cell found = {0};
    cairo_save(p->pen.cr);
    ink_rectangle(&p->pen, p->view.frame);
    cairo_clip(p->pen.cr);
    bool ok = fill_neighbours(p, &box, &found) && fill_grids(p, &box, &found) &&
              draw_areas(p, &box, &map->water, p->a->water, &water, &found) &&
              (p->scale > 25000 ||
               draw_areas(p, &box, &map->compounds, p->a->compounds, &compound, &found)) &&
              (p->scale > 12000 ||
               draw_areas(p, &box, &map->buildings, p->a->buildings, &building, &found)) &&
              draw_lines(p, &box, &found) && draw_borders(p, &box, &found) &&
              draw_components(p, &box, &found);
    cairo_restore(p->pen.cr);
    GRID_VEC_FREE(&found);
    return ok;
}
