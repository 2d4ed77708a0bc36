/*
 * Random sound coverages of three levels: parents beside each other, units that tile them,
 * buildings in the units. Coordinates are small integers, so that what is computed from them is
 * exact. For tests only.
 */
#ifndef GRID_TESTS_COVER_SCENE_H
#define GRID_TESTS_COVER_SCENE_H

#include <grid/cover.h>

#include "random.h"
#include "unit.h"

enum {
    MOST_POINTS = 48,
    MOST_RINGS = 6,
    MOST_AREAS = 48, /* of a level; with the parent they fit into 64 bits */
    LEVELS = 3,      /* parents, units, buildings */
    MOST_ENTRIES = 512,
    MOST_EDGES = 1024,
    MOST_CELLS = 1 << 16,
    SIDE = 80,                /* of a cell of the coverage */
    WOUND = GRID_DEFECT_KINDS /* area that a unit winds round backwards or twice */
};

typedef struct point {
    int x, y;
} point;

typedef struct ring {
    point at[MOST_POINTS];
    int n; /* the last is not the first again */
    bool hole;
} ring;

typedef struct area {
    ring ring[MOST_RINGS];
    int n; /* rings: a shell, its holes, the next part's shell ... */
    char code[8], up[8];
    uint32_t given, home; /* parents: the one it names, the one it lies in */
    bool missing, bad, unclosed, touched, bow_tie;
} area;

typedef struct level {
    area at[MOST_AREAS];
    uint32_t n;
} level;

/* A defect as the oracle expects it, or as it was told; equal ones are put together. */
typedef struct entry {
    uint32_t level, parent;
    int kind;
    bool with_parent;
    uint64_t units;
    long double size; /* area, or length of lines */
} entry;

typedef struct entry_list {
    entry at[MOST_ENTRIES];
    size_t n;
} entry_list;

typedef struct scene {
    level level[LEVELS];
    int columns, rows, parents;
    double unit, east;
    bool by_place; /* units name no parents */
    entry_list expected;
} scene;

static int random_within(int most) {
    return (int)random_below(2 * (uint32_t)most + 1) - most;
}

static uint64_t bit(uint32_t unit) {
    return UINT64_C(1) << unit;
}

static void put(entry_list *list, entry e) {
    for (size_t i = 0; i < list->n; i++) {
        entry *o = &list->at[i];
        if (o->level == e.level && o->parent == e.parent && o->kind == e.kind &&
            o->with_parent == e.with_parent && o->units == e.units) {
            o->size += e.size;
            return;
        }
    }
    assert_true(list->n < MOST_ENTRIES);
    list->at[list->n++] = e;
}

/* ---- a sound coverage ----------------------------------------------------------- */

/* Corners and middles of sides, moved a little; even, so that a middle can be put between two. */
static point lattice[64][64];

static void draw_lattice(const scene *s) {
    for (int i = 0; i <= 2 * s->columns * s->parents; i++)
        for (int j = 0; j <= 2 * s->rows; j++)
            lattice[i][j] = (point){SIDE / 2 * i + 2 * random_within(4),
                                    SIDE / 2 * j + 2 * random_within(4)};
}

static void add_point(ring *r, point p) {
    assert_true(r->n < MOST_POINTS);
    r->at[r->n++] = p;
}

static ring box_ring(int i0, int j0, int i1, int j1) {
    ring r = {.n = 0};
    for (int i = i0; i < i1; i++)
        add_point(&r, lattice[i][j0]);
    for (int j = j0; j < j1; j++)
        add_point(&r, lattice[i1][j]);
    for (int i = i1; i > i0; i--)
        add_point(&r, lattice[i][j1]);
    for (int j = j1; j > j0; j--)
        add_point(&r, lattice[i0][j]);
    return r;
}

static void add_ring(area *a, ring r) {
    assert_true(a->n < MOST_RINGS);
    a->ring[a->n++] = r;
}

/* A diamond around a cell's middle. */
static ring diamond(const ring *cell, int half, bool hole) {
    point c = {(cell->at[0].x + cell->at[cell->n / 2].x) / 4 * 2,
               (cell->at[0].y + cell->at[cell->n / 2].y) / 4 * 2};
    ring r = {.hole = hole};
    add_point(&r, (point){c.x - half, c.y});
    add_point(&r, (point){c.x, c.y - half});
    add_point(&r, (point){c.x + half, c.y});
    add_point(&r, (point){c.x, c.y + half});
    return r;
}

static area *add_area(scene *s, uint32_t at, uint32_t parent) {
    level *l = &s->level[at];
    assert_true(l->n < MOST_AREAS);
    area *a = &l->at[l->n];
    *a = (area){.given = parent, .home = parent};
    char up[8] = "", code[16];
    if (at > 0)
        memcpy(up, s->level[at - 1].at[parent].code, sizeof up);
    if (at > 0)
        snprintf(code, sizeof code, "%s%02u", up, (unsigned)l->n);
    else
        snprintf(code, sizeof code, "%c", (char)('A' + l->n));
    memcpy(a->up, up, sizeof up);
    memcpy(a->code, code, sizeof a->code);
    l->n++;
    return a;
}

/* A hole in the unit of a cell, with another unit in it (enclave) or in the parent too (lake). */
static void add_hole(scene *s, uint32_t unit, bool lake) {
    area *u = &s->level[1].at[unit];
    add_ring(u, diamond(&u->ring[0], 12, true));
    if (lake)
        add_ring(&s->level[0].at[u->given], diamond(&u->ring[0], 12, true));
    else
        add_ring(add_area(s, 1, u->given), diamond(&u->ring[0], 12, false));
}

static void add_building(scene *s, uint32_t unit) {
    area *b = add_area(s, 2, unit);
    ring r = diamond(&s->level[1].at[unit].ring[0], 4, false);
    for (int i = 0; i < r.n; i++)
        r.at[i].x -= 20;
    add_ring(b, r);
}

static void add_parent(scene *s, int p) {
    int left = 2 * s->columns * p;
    add_ring(add_area(s, 0, GRID_NONE), box_ring(left, 0, left + 2 * s->columns, 2 * s->rows));
    uint32_t first = s->level[1].n;
    bool multipart = random_below(3) == 0;
    for (int i = 0; i < s->columns; i++)
        for (int j = 0; j < s->rows; j++) {
            ring cell = box_ring(left + 2 * i, 2 * j, left + 2 * i + 2, 2 * j + 2);
            bool last = i == s->columns - 1 && j == s->rows - 1;
            add_ring(last && multipart ? &s->level[1].at[first] : add_area(s, 1, (uint32_t)p),
                     cell);
        }
    for (uint32_t u = first; u < first + (uint32_t)(s->columns * s->rows) - 1; u++)
        add_building(s, u);
    if (random_below(2))
        add_hole(s, first + 1, false);
    if (random_below(2))
        add_hole(s, first + 2, true);
}

static void make_scene(scene *s, uint64_t seed) {
    random_state = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    for (int i = 0; i < 8; i++)
        random_below(2);
    *s = (scene){.columns = 2 + (int)random_below(2),
                 .rows = 2 + (int)random_below(2),
                 .parents = 2 + (int)random_below(2)};
    static const double easts[] = {0, 500000, 38500000, 113.25};
    s->east = easts[random_below(4)];
    s->unit = ldexp(1, s->east == 113.25 ? -24 : (int)random_below(8) - 6);
    s->by_place = random_below(4) == 0;
    draw_lattice(s);
    for (int p = 0; p < s->parents; p++)
        add_parent(s, p);
}

/* ---- rings, by brute force ------------------------------------------------------ */

static int64_t cross(point a, point b, point c) {
    return (int64_t)(b.x - a.x) * (c.y - a.y) - (int64_t)(b.y - a.y) * (c.x - a.x);
}

static int sign(int64_t v) {
    return (v > 0) - (v < 0);
}

static bool is_same(point a, point b) {
    return a.x == b.x && a.y == b.y;
}

static bool is_on(point p, point a, point b) {
    return cross(a, b, p) == 0 && (p.x - a.x) * (p.x - b.x) <= 0 && (p.y - a.y) * (p.y - b.y) <= 0;
}

static bool do_cross(point a, point b, point c, point d) {
    return sign(cross(a, b, c)) * sign(cross(a, b, d)) < 0 &&
           sign(cross(c, d, a)) * sign(cross(c, d, b)) < 0;
}

static int64_t area2(const ring *r) {
    int64_t sum = 0;
    for (int i = 0; i < r->n; i++)
        sum += cross(r->at[0], r->at[i], r->at[(i + 1) % r->n]);
    return sum;
}

static int64_t area_of(const area *a) {
    int64_t sum = 0;
    for (int i = 0; i < a->n; i++)
        sum += a->ring[i].hole ? -llabs(area2(&a->ring[i])) : llabs(area2(&a->ring[i]));
    return sum;
}

/* p lies on the edge a-b, but is none of its ends. */
static bool is_within(point p, point a, point b) {
    return is_on(p, a, b) && !is_same(p, a) && !is_same(p, b);
}

static bool is_corner(point p, point a, point b) {
    return is_same(p, a) || is_same(p, b);
}

/* How many pairs of edges of the area's rings cross; -1 where any touch but at a corner that
 * edges next to each other, or two rings, share. */
static int crossings(const area *a) {
    int n = 0;
    for (int r = 0; r < a->n; r++)
        for (int q = 0; q <= r; q++)
            for (int i = 0; i < a->ring[r].n; i++)
                for (int j = 0; j < (q == r ? i : a->ring[q].n); j++) {
                    const ring *x = &a->ring[r], *y = &a->ring[q];
                    point b = x->at[i], c = x->at[(i + 1) % x->n];
                    point d = y->at[j], e = y->at[(j + 1) % y->n];
                    bool next = q == r && (i == j + 1 || (j == 0 && i == x->n - 1));
                    if (is_within(b, d, e) || is_within(c, d, e) || is_within(d, b, c) ||
                        is_within(e, b, c) || (is_corner(b, d, e) && is_corner(c, d, e)) ||
                        (q == r && !next && (is_corner(b, d, e) || is_corner(c, d, e))))
                        return -1;
                    n += do_cross(b, c, d, e);
                }
    return n;
}

/* How often an area winds round a place, in the scene's coordinates. */
static int winding_at(const area *a, long double x, long double y) {
    int sum = 0;
    for (int i = 0; i < a->n && !a->missing && !a->bad; i++) {
        const ring *r = &a->ring[i];
        int turns = 0;
        for (int j = 0; j < r->n; j++) {
            point p = r->at[j], q = r->at[(j + 1) % r->n];
            long double side = (q.x - p.x) * (y - p.y) - (q.y - p.y) * (x - p.x);
            if ((p.y <= y) != (q.y <= y) && (side > 0) == (q.y > p.y))
                turns += q.y > p.y ? 1 : -1;
        }
        sum += (area2(r) > 0) != r->hole ? turns : -turns;
    }
    return sum;
}

#endif
