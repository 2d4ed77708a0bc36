/* The names on the map: grids, units, neighbours, roads, compounds; none covers another. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "draw/sheet.h"
#include "draw/tints.h"

const char *sheet_number(const grid_atlas *a, size_t level, uint32_t unit) {
    const grid_units *u = a->map.units[level];
    const char *code = u->code[unit], *parent = u->parent_code[unit];
    size_t n = strlen(parent);
    return n > 0 && strncmp(code, parent, n) == 0 && code[n] != '\0' ? code + n : code;
}

/* One or two lines of text around one middle. */
typedef struct label {
    const char *text[2];
    ink_type type[2];
    int n;
} label;

typedef struct extent {
    double width, height;
} extent;

static const double leading = 1.18;

static extent measure(sheet_page *p, const label *l, int n, double factor) {
    extent e = {0, 0};
    for (int i = 0; i < n; i++) {
        ink_type type = l->type[i];
        type.size *= factor;
        e.width = fmax(e.width, ink_width(&p->pen, l->text[i], &type));
        e.height += type.size * leading;
    }
    return e;
}

static void draw_label(sheet_page *p, const label *l, int n, double factor, double x, double y) {
    extent e = measure(p, l, n, factor);
    double top = y - e.height / 2;
    for (int i = 0; i < n; i++) {
        ink_type type = l->type[i];
        type.size *= factor;
        ink_text(&p->pen, x, top + type.size * leading / 2, l->text[i], &type);
        top += type.size * leading;
    }
}

static ink_box box_around(double x, double y, extent e) {
    return (ink_box){x - e.width / 2, y - e.height / 2, x + e.width / 2, y + e.height / 2};
}

/* ---- in an area --------------------------------------------------------------------- */

static bool covers(const sheet_page *p, const grid_shapes *s, uint32_t f, double x, double y) {
    return grid_shapes_covers(s, f, world_x(&p->view, x), world_y(&p->view, y));
}

/* The corners and the middles of the long sides lie inside. */
static bool box_inside(const sheet_page *p, const grid_shapes *s, uint32_t f, ink_box b) {
    for (int i = 0; i < 3; i++) {
        double x = b.x0 + (b.x1 - b.x0) * i / 2;
        if (!covers(p, s, f, x, b.y0) || !covers(p, s, f, x, b.y1))
            return false;
    }
    return true;
}

typedef struct spot {
    double x, y, far;
} spot;

static int by_distance(const void *x, const void *y) {
    const spot *a = x, *b = y;
    if (a->far != b->far)
        return a->far < b->far ? -1 : 1;
    if (a->x != b->x)
        return a->x < b->x ? -1 : 1;
    return a->y < b->y ? -1 : a->y > b->y;
}

enum { SPOTS = 13 };

/* The part of the page that area f takes up in the frame. */
static ink_box visible_part(const sheet_page *p, const grid_box *b) {
    const ink_view *v = &p->view;
    return (ink_box){fmax(v->frame.x0, view_x(v, b->min_x)), fmax(v->frame.y0, view_y(v, b->max_y)),
                     fmin(v->frame.x1, view_x(v, b->max_x)),
                     fmin(v->frame.y1, view_y(v, b->min_y))};
}

/* Which of the SPOTS places on the level y, from x0 on and `step` apart, lie in the area. */
static void row_inside(const sheet_page *p, const grid_shapes *s, uint32_t f, double y, double x0,
                       double step, bool inside[SPOTS]) {
    double level = world_y(&p->view, y);
    memset(inside, 0, SPOTS * sizeof *inside);
    for (size_t c = s->chain_start[s->part_start[f]]; c < s->chain_start[s->part_start[f + 1]];
         c++) {
        for (size_t i = s->xy_start[c]; i + 1 < s->xy_start[c + 1]; i++) {
            const grid_xy *a = &s->xy[i], *b = &s->xy[i + 1];
            if ((a->y > level) == (b->y > level))
                continue;
            double x = view_x(&p->view, a->x + (level - a->y) / (b->y - a->y) * (b->x - a->x));
            for (int k = 0; k < SPOTS && x0 + k * step < x; k++)
                inside[k] = !inside[k];
        }
    }
}

/* Places inside the visible part of an area, those near (ax, ay) first. */
static int spots_in(const sheet_page *p, const grid_shapes *s, uint32_t f, const ink_box *see,
                    double ax, double ay, spot *out) {
    double dx = (see->x1 - see->x0) / SPOTS, dy = (see->y1 - see->y0) / SPOTS;
    int n = 0;
    for (int k = 0; k < SPOTS; k++) {
        bool inside[SPOTS];
        double y = see->y0 + (k + .5) * dy;
        row_inside(p, s, f, y, see->x0 + dx / 2, dx, inside);
        for (int i = 0; i < SPOTS; i++) {
            double x = see->x0 + (i + .5) * dx;
            if (inside[i])
                out[n++] = (spot){x, y, hypot(x - ax, y - ay)};
        }
    }
    qsort(out, (size_t)n, sizeof *out, by_distance);
    return n;
}

static bool put(sheet_page *p, const label *l, int n, double factor, const spot *at) {
    extent e = measure(p, l, n, factor);
    draw_label(p, l, n, factor, at->x, at->y);
    place_next(&p->labels);
    return place_take(&p->labels, box_around(at->x, at->y, e));
}

typedef enum outcome { PLACED, NO_ROOM, NO_MEMORY } outcome;

static outcome try_spots(sheet_page *p, const grid_shapes *s, uint32_t f, const label *l,
                         const spot *spots, int n_spots, int lines, double factor, bool inside) {
    extent e = measure(p, l, lines, factor);
    for (int i = 0; i < n_spots; i++) {
        ink_box box = box_around(spots[i].x, spots[i].y, e);
        if (place_free(&p->labels, box) && (!inside || box_inside(p, s, f, box)))
            return put(p, l, lines, factor, &spots[i]) ? PLACED : NO_MEMORY;
    }
    return NO_ROOM;
}

/* Inside the area, if need be smaller or with its first line only; then over its border. */
static outcome label_area(sheet_page *p, size_t level, uint32_t f, const label *l, bool over) {
    static const double factors[] = {1, .85, .7};
    const grid_shapes *s = p->a->map.units[level]->shapes;
    ink_box see = visible_part(p, &p->a->level[level].box[f]);
    double ax = view_x(&p->view, p->a->level[level].anchor[f].x);
    double ay = view_y(&p->view, p->a->level[level].anchor[f].y);
    spot spots[SPOTS * SPOTS + 1];
    int n = 0;
    if (see.x0 >= see.x1 || see.y0 >= see.y1)
        return NO_ROOM;
    if (ax > see.x0 && ax < see.x1 && ay > see.y0 && ay < see.y1) {
        spots[n++] = (spot){ax, ay, 0};
        outcome o = try_spots(p, s, f, l, spots, 1, l->n, 1, true);
        if (o != NO_ROOM) /* most labels find theirs here */
            return o;
    } else {
        ax = (see.x0 + see.x1) / 2;
        ay = (see.y0 + see.y1) / 2;
    }
    n += spots_in(p, s, f, &see, ax, ay, spots + n);
    for (int inside = 1; inside >= (over ? 0 : 1); inside--) {
        for (int lines = inside ? l->n : 1; lines > 0; lines--) {
            for (size_t k = 0; k < sizeof factors / sizeof *factors; k++) {
                outcome o = try_spots(p, s, f, l, spots, n, lines, factors[k], inside);
                if (o != NO_ROOM)
                    return o;
            }
        }
    }
    return NO_ROOM;
}

/* Beside the area, with a line to it. */
static outcome label_aside(sheet_page *p, size_t level, uint32_t f, const label *l) {
    double x = view_x(&p->view, p->a->level[level].anchor[f].x);
    double y = view_y(&p->view, p->a->level[level].anchor[f].y);
    extent e = measure(p, l, 1, .8);
    for (double r = 3 * p->s; r < 30 * p->s; r += 1.5 * p->s) {
        for (int k = 0; k < 16; k++) {
            double dx = cos(M_PI * k / 8), dy = sin(M_PI * k / 8);
            spot at = {x + r * dx, y + r * dy, 0};
            double end = fmin(e.width / 2 / fmax(fabs(dx), .01),
                              e.height / 2 / fmax(fabs(dy), .01));
            if (r < end || !place_free(&p->labels, box_around(at.x, at.y, e)) ||
                !place_line_free(&p->labels, x, y, at.x - end * dx, at.y - end * dy))
                continue;
            cairo_move_to(p->pen.cr, x, y);
            cairo_line_to(p->pen.cr, at.x - end * dx, at.y - end * dy);
            ink_stroke(&p->pen, 0x404040, .15 * p->s, NULL, 0);
            cairo_arc(p->pen.cr, x, y, .3 * p->s, 0, 2 * M_PI);
            ink_paint(&p->pen, 0x404040, 1, 0, 0);
            bool ok = put(p, l, 1, .8, &at) &&
                      place_take_line(&p->labels, x, y, at.x - end * dx, at.y - end * dy);
            return ok ? PLACED : NO_MEMORY;
        }
    }
    return NO_ROOM;
}

/* Where there is no room inside, and it may, over the border or beside. */
static bool must(sheet_page *p, size_t level, uint32_t f, const label *l, bool over) {
    outcome o = label_area(p, level, f, l, over);
    if (o == NO_ROOM && over)
        o = label_aside(p, level, f, l);
    p->homeless += o == NO_ROOM;
    return o != NO_MEMORY;
}

/* ---- units -------------------------------------------------------------------------- */

static bool visible(const sheet_page *p, const grid_xy *at) {
    double x = view_x(&p->view, at->x), y = view_y(&p->view, at->y);
    const ink_box *f = &p->view.frame;
    return x > f->x0 && x < f->x1 && y > f->y0 && y < f->y1;
}

/* Number and name of a grid, or number and households where it has no name of its own. */
static bool label_grid(sheet_page *p, uint32_t grid, double size, bool over) {
    const grid_units *u = p->a->map.units[p->a->grids];
    char second[64];
    if (u->kind != NULL && strcmp(u->kind[grid], "extended") == 0)
        snprintf(second, sizeof second, "%s", grid_level_word("extended"));
    else
        snprintf(second, sizeof second, "%lld户", (long long)u->households[grid]);
    label l = {
        .text = {sheet_number(p->a, p->a->grids, grid), second},
        .type = {{.size = size,
                  .bold = true,
                  .align = INK_CENTRE,
                  .colour = 0x1c1c1c,
                  .halo = .35 * p->s},
                 {.size = .65 * size, .align = INK_CENTRE, .colour = 0x3c3c3c, .halo = .3 * p->s}},
        .n = p->sheet.level + 1 >= p->a->grids && p->sheet.level <= p->a->grids ? 2 : 1};
    p->shown |= SHOWN_NUMBER;
    return must(p, p->a->grids, grid, &l, over);
}

/* Small grids first: they have the fewest places. */
static int by_clearance(const void *x, const void *y, void *user) {
    const double *c = user;
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    if (c[a] != c[b])
        return c[a] < c[b] ? -1 : 1;
    return a < b ? -1 : a > b;
}

static bool gather_by_size(const sheet_page *p, size_t level, const grid_box *box,
                           place_cell *found) {
    if (!sheet_gather(p->a->level[level].tree, box, found))
        return false;
    if (found->n > 0)
        qsort_r(found->at, found->n, sizeof *found->at, by_clearance, p->a->level[level].clearance);
    return true;
}

/* Room in the middling one of areas ordered by size: half of it, in mm. */
static double middling_room(const sheet_page *p, size_t level, const place_cell *by_size) {
    if (by_size->n == 0)
        return 0;
    return p->a->level[level].clearance[by_size->at[by_size->n / 2]] * p->view.mm_per_m;
}

static bool label_grids(sheet_page *p, const grid_box *box, place_cell *found) {
    const atlas_level *level = &p->a->level[p->a->grids];
    if (!gather_by_size(p, p->a->grids, box, found))
        return false;
    double room = middling_room(p, p->a->grids, found);
    if (p->sheet.level != p->a->grids && room < 1.3 * p->s)
        return true; /* most could not hold their number: none is numbered */
    bool over = p->sheet.level == p->a->grids || room > 3 * p->s;
    double size = p->sheet.level == p->a->grids       ? 4.6
                  : p->sheet.level + 1 == p->a->grids ? 3.3
                                                      : 2.9;
    size = fmin(size * p->s, fmax(2 * p->s, .9 * room));
    for (size_t i = 0; i < found->n; i++) {
        uint32_t grid = found->at[i];
        if (sheet_has_grid(p, grid) && level->clearance[grid] > 0 &&
            visible(p, &level->anchor[grid]) && !label_grid(p, grid, size, over))
            return false;
    }
    return true;
}

static bool unit_inside(const sheet_page *p, size_t level, uint32_t unit) {
    return p->sheet.level >= p->a->n_levels ||
           (level > p->sheet.level &&
            atlas_ancestor(p->a, level, unit, p->sheet.level) == p->sheet.unit);
}

/* Names of the units between the page's own level and the grids. */
static bool label_units(sheet_page *p, const grid_box *box, place_cell *found) {
    size_t top = p->sheet.level >= p->a->n_levels ? 0 : p->sheet.level + 1;
    for (size_t level = top; level < p->a->grids; level++) {
        if (p->a->map.units[level]->n == 1)
            continue; /* the title says it */
        if (!gather_by_size(p, level, box, found))
            return false;
        double room = .55 * middling_room(p, level, found);
        double size = fmax(2.4 * p->s, fmin(room, (level == 0 ? 7 : 4) * p->s));
        for (size_t i = 0; i < found->n; i++) {
            uint32_t u = found->at[i];
            if (!unit_inside(p, level, u) || !visible(p, &p->a->level[level].anchor[u]))
                continue;
            label l = {.text = {atlas_place(p->a, level, u)},
                       .type = {{.size = size,
                                 .bold = true,
                                 .align = INK_CENTRE,
                                 .colour = INK_UNIT,
                                 .halo = .12 * size}},
                       .n = 1};
            if (!must(p, level, u, &l, true))
                return false;
        }
    }
    return true;
}

/* Names of what lies around the unit, in grey; where there is no room, none. */
static bool label_neighbours(sheet_page *p, const grid_box *box, place_cell *found) {
    if (p->sheet.level >= p->a->n_levels)
        return true;
    size_t level = p->sheet.level;
    if (!sheet_gather(p->a->level[level].tree, box, found))
        return false;
    for (size_t i = 0; i < found->n; i++) {
        uint32_t u = found->at[i];
        if (u == p->sheet.unit)
            continue;
        bool grids = level == p->a->grids;
        label l = {.text = {grids ? sheet_number(p->a, level, u) : atlas_place(p->a, level, u)},
                   .type = {{.size = (grids ? 3 : 3.6) * p->s,
                             .align = INK_CENTRE,
                             .colour = 0x8a8a86,
                             .halo = .35 * p->s}},
                   .n = 1};
        if (label_area(p, level, u, &l, false) == NO_MEMORY)
            return false;
    }
    return true;
}

/* Large scales have room for larger names. */
static double nearness(const sheet_page *p) {
    return p->scale <= 2500 ? 1.3 : p->scale <= 5000 ? 1.12 : 1;
}

/* ---- compounds ---------------------------------------------------------------------- */

static bool label_compounds(sheet_page *p, const grid_box *box, place_cell *found) {
    const grid_map_layer *layer = &p->a->map.compounds;
    if (layer->shapes == NULL || layer->name == NULL || p->scale > 8000)
        return true;
    if (!sheet_gather(p->a->compounds, box, found))
        return false;
    for (size_t i = 0; i < found->n; i++) {
        uint32_t f = found->at[i];
        if (layer->name[f] == NULL || layer->name[f][0] == '\0')
            continue;
        grid_xy at;
        if (atlas_anchor_find(layer->shapes, f, &at) <= 0 || !visible(p, &at))
            continue;
        label l = {.text = {layer->name[f]},
                   .type = {{.size = 1.9 * p->s * nearness(p),
                             .align = INK_CENTRE,
                             .colour = 0x6b4f26,
                             .halo = .3 * p->s}},
                   .n = 1};
        spot spots[9];
        double x = view_x(&p->view, at.x), y = view_y(&p->view, at.y);
        for (int k = 0; k < 9; k++) /* the middle, then further and further up and down */
            spots[k] = (spot){x, y + (k % 2 ? -1 : 1) * ((k + 1) / 2) * 1.1 * p->s, 0};
        if (try_spots(p, layer->shapes, f, &l, spots, 9, 1, 1, true) == NO_MEMORY)
            return false;
    }
    return true;
}

bool sheet_draw_labels(sheet_page *p) {
    grid_box box = ink_view_box(&p->view);
    place_cell found = {0};
    bool ok = label_units(p, &box, &found) && label_grids(p, &box, &found) &&
              sheet_label_lines(p, &box, &found) && label_compounds(p, &box, &found) &&
              label_neighbours(p, &box, &found);
    GRID_VEC_FREE(&found);
    return ok;
}
