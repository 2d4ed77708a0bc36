#include "draw/place.h"

#include <math.h>
#include <string.h>

void place_begin(place *p, ink_box frame, double gap) {
    memset(p, 0, sizeof *p);
    p->frame = frame;
    p->gap = gap;
}

void place_next(place *p) {
    p->label++;
}

void place_end(place *p) {
    GRID_VEC_FREE(&p->taken);
    for (size_t i = 0; i < sizeof p->cell / sizeof *p->cell; i++)
        GRID_VEC_FREE(&p->cell[i]);
}

static int column(double v, double low, double high) {
    double at = (v - low) / (high - low) * PLACE_COLUMNS;
    return at < 0 ? 0 : at >= PLACE_COLUMNS ? PLACE_COLUMNS - 1 : (int)at;
}

static bool overlap(ink_box a, ink_box b) {
    return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

typedef struct window {
    int x0, x1, y0, y1;
} window;

static window cells_of(const place *p, ink_box b) {
    const ink_box *f = &p->frame;
    return (window){column(b.x0, f->x0, f->x1), column(b.x1, f->x0, f->x1),
                    column(b.y0, f->y0, f->y1), column(b.y1, f->y0, f->y1)};
}

static bool covers_nothing(const place *p, ink_box box) {
    window w = cells_of(p, box);
    for (int y = w.y0; y <= w.y1; y++) {
        for (int x = w.x0; x <= w.x1; x++) {
            const place_cell *cell = &p->cell[y * PLACE_COLUMNS + x];
            for (size_t i = 0; i < cell->n; i++)
                if (overlap(p->taken.at[cell->at[i]].box, box))
                    return false;
        }
    }
    return true;
}

bool place_free(const place *p, ink_box b) {
    const ink_box *f = &p->frame;
    ink_box around = {b.x0 - p->gap, b.y0 - p->gap, b.x1 + p->gap, b.y1 + p->gap};
    return b.x0 >= f->x0 && b.y0 >= f->y0 && b.x1 <= f->x1 && b.y1 <= f->y1 &&
           covers_nothing(p, around);
}

bool place_take(place *p, ink_box box) {
    uint32_t number = (uint32_t)p->taken.n;
    if (!GRID_PUSH(&p->taken, (place_box){box, p->label}))
        return false;
    window w = cells_of(p, box);
    for (int y = w.y0; y <= w.y1; y++)
        for (int x = w.x0; x <= w.x1; x++)
            if (!GRID_PUSH(&p->cell[y * PLACE_COLUMNS + x], number))
                return false;
    return true;
}

/* Small boxes along a line, each handed to `each` until it is false. */
static bool along(place *p, double x0, double y0, double x1, double y1,
                  bool (*each)(place *p, ink_box box)) {
    int steps = 1 + (int)(hypot(x1 - x0, y1 - y0) / .5);
    for (int i = 0; i <= steps; i++) {
        double t = (double)i / steps, x = x0 + t * (x1 - x0), y = y0 + t * (y1 - y0);
        if (!each(p, (ink_box){x - .1, y - .1, x + .1, y + .1}))
            return false;
    }
    return true;
}

static bool is_free(place *p, ink_box box) {
    return covers_nothing(p, box);
}

bool place_line_free(place *p, double x0, double y0, double x1, double y1) {
    return along(p, x0, y0, x1, y1, is_free);
}

bool place_take_line(place *p, double x0, double y0, double x1, double y1) {
    return along(p, x0, y0, x1, y1, place_take);
}
