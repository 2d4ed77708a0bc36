/* Names of roads, railways and rivers, letter by letter along their lines. */
#include <math.h>
#include <string.h>

#include "draw/sheet.h"

enum { MAX_LETTERS = 64 };

typedef struct letters {
    const char *whole;
    char text[MAX_LETTERS][8];
    double width[MAX_LETTERS];
    int n;
    bool han; /* written in Chinese: letters stay upright on steep lines */
    double total;
} letters;

static size_t letter_bytes(const char *s) {
    unsigned char c = (unsigned char)*s;
    size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
    return strnlen(s, n);
}

/* False for a name too long to be written along a line. */
static bool letters_of(sheet_page *p, const char *name, const ink_type *type, letters *out) {
    out->whole = name;
    out->n = 0;
    out->total = 0;
    out->han = (unsigned char)name[0] >= 0xe2;
    double gap = out->han ? .25 * type->size : .04 * type->size;
    for (; *name != '\0'; out->n++) {
        size_t bytes = letter_bytes(name);
        if (out->n == MAX_LETTERS)
            return false;
        memcpy(out->text[out->n], name, bytes);
        out->text[out->n][bytes] = '\0';
        out->width[out->n] = ink_width(&p->pen, out->text[out->n], type) + gap;
        out->total += out->width[out->n];
        name += bytes;
    }
    return true;
}

/* A vertex of a line on the page, and how far along the line it is. */
typedef struct station {
    double x, y, along;
} station;

/* The stations of one visible stretch. */
typedef GRID_VEC(station) run;

static bool run_add(run *r, double x, double y) {
    double along = 0;
    if (r->n > 0) {
        const station *last = &r->at[r->n - 1];
        along = last->along + hypot(x - last->x, y - last->y);
    }
    return GRID_PUSH(r, (station){x, y, along});
}

static double run_length(const run *r) {
    return r->at[r->n - 1].along - r->at[0].along;
}

/* The point `along` mm from the run's beginning, and the direction there. */
static grid_xy along_run(const run *r, double along, double *angle) {
    size_t low = 0, high = r->n - 1;
    along += r->at[0].along;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (r->at[middle].along < along)
            low = middle;
        else
            high = middle;
    }
    const station *a = &r->at[low], *b = &r->at[high];
    double length = b->along - a->along, t = length > 0 ? (along - a->along) / length : 0;
    *angle = atan2(b->y - a->y, b->x - a->x);
    return (grid_xy){a->x + t * (b->x - a->x), a->y + t * (b->y - a->y)};
}

typedef struct letter_place {
    double x, y, angle;
} letter_place;

/* What a letter takes up; more when it is turned. */
static ink_box letter_box(const letter_place *at, double size) {
    double half = size * .53 * (fabs(cos(at->angle)) + fabs(sin(at->angle)));
    return (ink_box){at->x - half, at->y - half, at->x + half, at->y + half};
}

/* Lays the letters out from `begin` on; false where the line bends too much or room is taken. */
static bool lay_out(const sheet_page *p, const run *r, const letters *t, double size, double begin,
                    letter_place *out, double *bend) {
    double from, to, at = begin;
    grid_xy a = along_run(r, begin, &from), b = along_run(r, begin + t->total, &to);
    double direction = atan2(b.y - a.y, b.x - a.x);
    bool steep = fabs(sin(direction)) > .8;
    /* Read from left to right, or from the top down. */
    bool backwards = steep ? b.y < a.y : b.x < a.x;
    if (steep && !t->han)
        backwards = b.y > a.y;
    double turn = backwards ? M_PI : 0, first = 0;
    *bend = 0;
    for (int i = 0; i < t->n; i++) {
        int letter = backwards ? t->n - 1 - i : i;
        double width = t->width[letter], angle, before, after;
        grid_xy c = along_run(r, at + width / 2, &angle);
        along_run(r, at, &before);
        along_run(r, at + width, &after);
        if (i == 0)
            first = angle;
        *bend = fmax(*bend, fabs(remainder(angle - first, 2 * M_PI)));
        if (fabs(remainder(after - before, 2 * M_PI)) > .6)
            return false;
        double tilt = angle + turn - (steep && t->han ? M_PI / 2 : 0);
        out[letter] = (letter_place){c.x, c.y, tilt};
        if (!place_free(&p->labels, letter_box(&out[letter], size)))
            return false;
        at += width;
    }
    return *bend < .9;
}

/* The row that the letters stand in, from the first one's left to the last one's right. */
static void spell(sheet_page *p, const letters *t, const ink_type *type,
                  const letter_place *places) {
    const letter_place *a = &places[0], *b = &places[t->n - 1];
    double length = hypot(b->x - a->x, b->y - a->y);
    double ux = length > 0 ? (b->x - a->x) / length : 1,
           uy = length > 0 ? (b->y - a->y) / length : 0;
    double first = t->width[0] / 2, last = t->width[t->n - 1] / 2;
    ink_spell(&p->pen, (grid_xy){a->x - first * ux, a->y - first * uy},
              (grid_xy){b->x + last * ux, b->y + last * uy}, t->whole, type);
}

static bool write_along(sheet_page *p, const letters *t, const ink_type *type,
                        const letter_place *places) {
    for (int pass = 0; pass < 2; pass++) { /* no letter's rim may cover the letter before it */
        for (int i = 0; i < t->n; i++) {
            ink_type one = *type;
            one.halo = pass == 0 ? type->halo : 0;
            ink_letter(&p->pen, places[i].x, places[i].y, places[i].angle, t->text[i], &one);
        }
    }
    spell(p, t, type, places);
    place_next(&p->labels);
    for (int i = 0; i < t->n; i++)
        if (!place_take(&p->labels, letter_box(&places[i], type->size)))
            return false;
    return true;
}

/* One name on one visible run, near its middle where it is straightest. */
static bool label_run(sheet_page *p, const run *r, const letters *t, const ink_type *type) {
    double best_cost = INFINITY, free_length = run_length(r) - t->total - 2 * p->s;
    letter_place trial[MAX_LETTERS], best[MAX_LETTERS];
    if (free_length < 0)
        return true;
    int steps = (int)fmin(24, 1 + free_length / (2 * p->s));
    for (int k = 0; k <= steps; k++) {
        double begin = p->s + free_length * k / steps, bend;
        if (!lay_out(p, r, t, type->size, begin, trial, &bend))
            continue;
        double cost = bend + fabs((double)k / steps - .5);
        if (cost < best_cost) {
            best_cost = cost;
            memcpy(best, trial, sizeof best);
        }
    }
    return isinf(best_cost) || write_along(p, t, type, best);
}

/* Long roads bear their name more than once. */
static bool label_runs(sheet_page *p, run *r, const letters *t, const ink_type *type) {
    const double apart = 160 * p->s;
    size_t begin = 0;
    for (size_t i = 1; i < r->n; i++) {
        run part = {r->at + begin, i - begin + 1, 0};
        if (run_length(&part) < apart && i + 1 < r->n)
            continue;
        if (!label_run(p, &part, t, type))
            return false;
        begin = i;
    }
    return true;
}

static bool in_frame(const ink_box *f, double x, double y) {
    return x > f->x0 && x < f->x1 && y > f->y0 && y < f->y1;
}

static bool label_stroke(sheet_page *p, uint32_t f, run *r) {
    const strokes *s = p->a->names;
    uint8_t c = s->border_class[f];
    bool water = c == GRID_BORDER_RIVER, major = c <= GRID_BORDER_ARTERIAL;
    ink_type type = {.size = (major                   ? 2.5
                              : c == GRID_BORDER_ROAD ? 2.1
                                                      : 1.8) *
                             p->s,
                     .align = INK_CENTRE,
                     .colour = water ? 0x2b6c99 : 0x4a4038,
                     .halo = .3 * p->s};
    letters t;
    if (!letters_of(p, s->name[f], &type, &t))
        return true;
    size_t at = s->shapes->xy_start[f], end = s->shapes->xy_start[f + 1];
    r->n = 0;
    for (; at < end; at++) {
        double x = view_x(&p->view, s->shapes->xy[at].x), y = view_y(&p->view, s->shapes->xy[at].y);
        bool inside = in_frame(&p->view.frame, x, y);
        if (inside && !run_add(r, x, y))
            return false;
        if (inside && at + 1 < end)
            continue;
        if (r->n > 1 && !label_runs(p, r, &t, &type))
            return false;
        r->n = 0;
    }
    return true;
}

bool sheet_label_lines(sheet_page *p, const grid_box *box, place_cell *found) {
    run r = {0};
    bool ok = sheet_gather(p->a->names->tree, box, found);
    uint8_t last = p->scale > 18000   ? GRID_BORDER_ARTERIAL
                   : p->scale > 12000 ? GRID_BORDER_ROAD
                                      : GRID_BORDER_WALL;
    for (uint8_t c = 0; ok && c <= last; c++) /* important roads choose first */
        for (size_t i = 0; ok && i < found->n; i++)
            if (p->a->names->border_class[found->at[i]] == c)
                ok = label_stroke(p, found->at[i], &r);
    GRID_VEC_FREE(&r);
    return ok;
}
