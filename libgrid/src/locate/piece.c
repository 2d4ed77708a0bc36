#include "locate/piece.h"

#include <math.h>
#include <string.h>

enum { MAX_LABELS = 2 * TILE_PIECES };

bool rect_meets(const nest_image *h, const rect *r, grid_xy a, grid_xy b) {
    const double slack = RECT_SLACK;
    double half_x = rect_side(r->sx) / 2 + slack, half_y = rect_side(r->sy) / 2 + slack;
    double cx = (double)r->x0 + half_x - slack, cy = (double)r->y0 + half_y - slack;
    double ax = lattice_x(h, a.x) - cx, ay = lattice_y(h, a.y) - cy;
    double bx = lattice_x(h, b.x) - cx, by = lattice_y(h, b.y) - cy;
    if ((ax > half_x && bx > half_x) || (ax < -half_x && bx < -half_x) ||
        (ay > half_y && by > half_y) || (ay < -half_y && by < -half_y))
        return false;
    double dx = bx - ax, dy = by - ay;
    return fabs(dx * ay - dy * ax) <= fabs(dx) * half_y + fabs(dy) * half_x;
}

/* ---- clipping ------------------------------------------------------------------------ */

/*
 * The rectangle that pieces are cut to: it begins exactly at the anchor's coordinates and
 * exceeds the tile by a step on the other sides, so that where a piece was cut is outside the
 * tile by more than any rounding.
 */
typedef struct window {
    double west, south, east, north;
} window;

typedef struct piece {
    double ax, ay, bx, by;
    bool a_cut, b_cut;         /* the end was moved */
    bool a_on_west, b_on_west; /* it was moved to the west side */
} piece;

/* Cuts off what lies on the low side of `limit`, in one coordinate. */
static bool cut_low(double *a, double *a_other, double *b, double *b_other, double limit,
                    bool *a_cut, bool *b_cut) {
    bool a_out = *a < limit, b_out = *b < limit;
    if (a_out && b_out)
        return false;
    if (a_out == b_out)
        return true;
    double other = *a_other + (*b_other - *a_other) * ((limit - *a) / (*b - *a));
    *(a_out ? a : b) = limit;
    *(a_out ? a_other : b_other) = other;
    *(a_out ? a_cut : b_cut) = true;
    return true;
}

static bool cut_high(double *a, double *a_other, double *b, double *b_other, double limit,
                     bool *a_cut, bool *b_cut) {
    *a = -*a;
    *b = -*b;
    bool some = cut_low(a, a_other, b, b_other, -limit, a_cut, b_cut);
    *a = -*a;
    *b = -*b;
    return some;
}

static bool clip(const window *w, piece *p) {
    bool a_cut = false, b_cut = false;
    if (!cut_low(&p->ay, &p->ax, &p->by, &p->bx, w->south, &a_cut, &b_cut) ||
        !cut_high(&p->ay, &p->ax, &p->by, &p->bx, w->north, &a_cut, &b_cut) ||
        !cut_high(&p->ax, &p->ay, &p->bx, &p->by, w->east, &a_cut, &b_cut) ||
        !cut_low(&p->ax, &p->ay, &p->bx, &p->by, w->west, &p->a_on_west, &p->b_on_west))
        return false;
    p->a_cut = a_cut || p->a_on_west;
    p->b_cut = b_cut || p->b_on_west;
    return true;
}

/* ---- putting pieces together ---------------------------------------------------------- */

typedef struct builder {
    const borders *b;
    const rect *r;
    window w;
    border_tile *out;
    unsigned n;                      /* vertices so far */
    uint32_t labels[TILE_PIECES][2]; /* what crossing a piece toggles; equal where nothing */
} builder;

static int16_t to_tile(double at, uint32_t origin, uint8_t shift) {
    return (int16_t)floor((at - (double)origin) * (rect_side(TILE_BITS) / rect_side(shift)));
}

static bool add_vertex(builder *t, int16_t x, int16_t y, const border_arc *toggled, bool live) {
    if (t->n > TILE_PIECES)
        return false;
    t->out->v[t->n][0] = x;
    t->out->v[t->n][1] = y;
    if (t->n > 0) {
        t->labels[t->n - 1][0] = toggled ? toggled->left : GRID_NONE;
        t->labels[t->n - 1][1] = toggled ? toggled->right : GRID_NONE;
        if (live)
            t->out->live |= (uint8_t)(1u << (t->n - 1));
    }
    t->n++;
    return true;
}

/*
 * Where a border leaves by the west side it goes on north along it: who goes from a point west
 * and then down the west side to the corner crosses it above that place.
 */
static bool add_west_end(builder *t, int16_t x, const border_arc *toggled) {
    return add_vertex(t, x, to_tile(t->w.north, t->r->y0, t->r->sy), toggled, false);
}

static bool add_piece(builder *t, const piece *p, const border_arc *on, bool joined) {
    int16_t ax = to_tile(p->ax, t->r->x0, t->r->sx), ay = to_tile(p->ay, t->r->y0, t->r->sy);
    int16_t bx = to_tile(p->bx, t->r->x0, t->r->sx), by = to_tile(p->by, t->r->y0, t->r->sy);
    if (!joined) {
        bool ok = p->a_on_west ? add_west_end(t, ax, NULL) && add_vertex(t, ax, ay, on, false)
                               : add_vertex(t, ax, ay, NULL, false);
        if (!ok)
            return false;
    }
    return add_vertex(t, bx, by, on, true) && (!p->b_on_west || add_west_end(t, bx, on));
}

static bool add_pieces(builder *t, const uint32_t *edge, size_t n) {
    const borders *b = t->b;
    const nest_image *h = &b->head;
    bool open = false; /* the piece before ended at its own end */
    for (size_t i = 0; i < n; i++) {
        uint32_t v = edge[i];
        grid_xy a = b->xy.at[v], c = b->xy.at[v + 1];
        const border_arc *on = &b->arcs.at[b->arc_of.at[v]];
        piece p = {lattice_x(h, a.x),
                   lattice_y(h, a.y),
                   lattice_x(h, c.x),
                   lattice_y(h, c.y),
                   false,
                   false,
                   false,
                   false};
        bool follows = open && i > 0 && edge[i - 1] + 1 == v;
        open = false;
        if (!clip(&t->w, &p))
            continue;
        if (!add_piece(t, &p, on, follows && !p.a_cut))
            return false;
        open = !p.b_cut;
    }
    return true;
}

/* ---- labels to planes ----------------------------------------------------------------- */

typedef struct labelling {
    uint32_t label[MAX_LABELS];
    uint8_t code[MAX_LABELS];
    unsigned root[MAX_LABELS]; /* of the connected labels; codes are relative to it */
    unsigned n;
} labelling;

static unsigned label_index(labelling *l, uint32_t label) {
    for (unsigned i = 0; i < l->n; i++)
        if (l->label[i] == label)
            return i;
    l->label[l->n] = label;
    l->root[l->n] = l->n;
    return l->n++;
}

static void join_labels(labelling *l, uint32_t a, uint32_t b) {
    unsigned i = label_index(l, a), j = label_index(l, b);
    unsigned keep = l->root[i], drop = l->root[j];
    for (unsigned k = 0; k < l->n; k++)
        if (l->root[k] == drop)
            l->root[k] = keep;
}

/*
 * Every label but one of those that pieces connect gets a bit. Crossing a piece between a and b
 * flips the bits of both, so the bits of a point tell the toggled labels without loss.
 */
static bool choose_planes(builder *t, uint32_t *label_of_bit, uint32_t *root_of_bit,
                          unsigned *n_bits) {
    labelling l = {.n = 0};
    *n_bits = 0;
    for (unsigned i = 0; i + 1 < t->n; i++)
        if (t->labels[i][0] != t->labels[i][1])
            join_labels(&l, t->labels[i][0], t->labels[i][1]);
    for (unsigned i = 0; i < l.n; i++) {
        l.code[i] = 0;
        if (l.root[i] == i)
            continue;
        if (*n_bits == TILE_PLANES)
            return false;
        label_of_bit[*n_bits] = l.label[i];
        root_of_bit[*n_bits] = l.label[l.root[i]];
        l.code[i] = (uint8_t)(1u << (*n_bits)++);
    }
    for (unsigned i = 0; i + 1 < t->n; i++) {
        if (t->labels[i][0] == t->labels[i][1])
            continue;
        unsigned code = l.code[label_index(&l, t->labels[i][0])] ^
                        l.code[label_index(&l, t->labels[i][1])];
        for (unsigned j = 0; j < TILE_PLANES; j++)
            if (code >> j & 1)
                t->out->plane[j] |= (uint8_t)(1u << i);
    }
    return true;
}

/* An edge that all but meets the anchor may be on either side of it after rounding. */
static bool near_anchor(const window *w, const nest_image *h, grid_xy a, grid_xy b) {
    const double near = 1.0 / 256;
    double ax = lattice_x(h, a.x) - w->west, ay = lattice_y(h, a.y) - w->south;
    double bx = lattice_x(h, b.x) - w->west, by = lattice_y(h, b.y) - w->south;
    if ((ax > near && bx > near) || (ax < -near && bx < -near) || (ay > near && by > near) ||
        (ay < -near && by < -near))
        return false;
    double dx = bx - ax, dy = by - ay;
    return fabs(dx * ay - dy * ax) <= (fabs(dx) + fabs(dy)) * near;
}

bool pieces_fit(const borders *b, const rect *r, const uint32_t *edge, size_t n, border_tile *out,
                uint32_t label_of_bit[TILE_PLANES], uint32_t root_of_bit[TILE_PLANES],
                unsigned *n_bits) {
    grid_xy anchor = lattice_anchor(&b->head, r->x0, r->y0);
    builder t = {.b = b, .r = r, .out = out};
    t.w = (window){lattice_x(&b->head, anchor.x), lattice_y(&b->head, anchor.y),
                   (double)r->x0 + rect_side(r->sx) + 1, (double)r->y0 + rect_side(r->sy) + 1};
    *out = (border_tile){.sx = r->sx, .sy = r->sy};
    for (size_t i = 0; i < n; i++)
        if (near_anchor(&t.w, &b->head, b->xy.at[edge[i]], b->xy.at[edge[i] + 1]))
            return false;
    if (!add_pieces(&t, edge, n) || !choose_planes(&t, label_of_bit, root_of_bit, n_bits))
        return false;
    for (unsigned i = t.n; i > 0 && i <= TILE_PIECES; i++)
        memcpy(out->v[i], out->v[i - 1], sizeof out->v[i]);
    return true;
}
