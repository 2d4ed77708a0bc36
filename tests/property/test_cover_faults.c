/*
 * Random coverages with faults of every kind put in, one or several at once, against an oracle
 * that cuts the plane into slabs: kind, units, area and place must agree, and nothing else may be
 * told. Coordinates are small integers, so the oracle is exact but for the rounding of areas; a
 * power of two and a false easting make doubles of them without a rounding.
 */
#include <grid/cover.h>

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

static uint64_t random_state;

static uint32_t random_below(uint32_t n) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return n > 0 ? (uint32_t)(random_state >> 33) % n : 0;
}

static int random_within(int most) {
    return (int)random_below(2 * (uint32_t)most + 1) - most;
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

/* ---- faults --------------------------------------------------------------------- */

static void expect(scene *s, uint32_t at, uint32_t parent, int kind, uint64_t units) {
    put(&s->expected, (entry){at, parent, kind, false, units, 0});
}

static uint64_t bit(uint32_t unit) {
    return UINT64_C(1) << unit;
}

static uint32_t ring_parent(const scene *s, uint32_t at, uint32_t unit) {
    return at > 0 ? s->level[at].at[unit].given : GRID_NONE;
}

/* A unit nothing was done to yet. Faults that leave several units out avoid those with parts. */
static area *pick(scene *s, uint32_t at, uint32_t *number) {
    *number = 0;
    for (int tries = 0; tries < 100 && s->level[at].n > 0; tries++) {
        *number = random_below(s->level[at].n);
        area *a = &s->level[at].at[*number];
        if (!a->touched && a->ring[0].n >= 4)
            return a;
    }
    return NULL;
}

static bool move_vertex(scene *s, uint32_t at) {
    uint32_t u;
    area *a = pick(s, at, &u);
    if (a == NULL)
        return false;
    const area before = *a;
    ring *r = &a->ring[random_below((uint32_t)a->n)];
    point *p = &r->at[random_below((uint32_t)r->n)];
    *p = (point){p->x + random_within(10), p->y + random_within(10)};
    a->touched = true;
    if (memcmp(&before.ring, &a->ring, sizeof a->ring) != 0 && crossings(a) == 0)
        return true;
    *a = before;
    return false;
}

static bool shift_whole(scene *s, uint32_t at) {
    uint32_t u;
    area *a = pick(s, at, &u);
    if (a == NULL || a->n != 1)
        return false;
    int most = at == 2 ? 40 : 15, dx = random_within(most), dy = random_within(most);
    const ring before = a->ring[0];
    for (int i = 0; i < before.n; i++)
        a->ring[0].at[i] = (point){before.at[i].x + dx, before.at[i].y + dy};
    point west = a->ring[0].at[0], east = a->ring[0].at[a->ring[0].n / 2];
    /* A building stays in its unit with a part at least. */
    if (at < 2 || winding_at(&s->level[1].at[a->given], (west.x + east.x) / 2.0L, west.y) > 0)
        return a->touched = true;
    a->ring[0] = before;
    return false;
}

static void insert(ring *r, int at, point p) {
    assert_true(r->n < MOST_POINTS);
    memmove(&r->at[at + 1], &r->at[at], (size_t)(r->n++ - at) * sizeof *r->at);
    r->at[at] = p;
}

static bool insert_middle(scene *s, uint32_t at) {
    uint32_t u;
    area *a = pick(s, at, &u);
    if (a == NULL)
        return false;
    ring *r = &a->ring[random_below((uint32_t)a->n)];
    int i = (int)random_below((uint32_t)r->n);
    point p = r->at[i], q = r->at[(i + 1) % r->n];
    if ((p.x + q.x) % 2 != 0 || (p.y + q.y) % 2 != 0 || r->n == MOST_POINTS)
        return false;
    insert(r, i + 1, (point){(p.x + q.x) / 2, (p.y + q.y) / 2});
    return a->touched = true;
}

/* Whether a spike from v meets an edge other than in v. */
static bool is_crossed(point v, point tip, point a, point b) {
    return do_cross(v, tip, a, b) || is_on(tip, a, b) || is_within(a, v, tip) ||
           is_within(b, v, tip) || is_within(v, a, b);
}

static bool add_spike(scene *s, uint32_t at) {
    uint32_t u;
    area *a = pick(s, at, &u);
    if (a == NULL || a->n != 1 || a->ring[0].n + 2 > MOST_POINTS)
        return false;
    ring *r = &a->ring[0];
    int k = (int)random_below((uint32_t)r->n);
    point v = r->at[k], tip = {v.x + random_within(30), v.y + random_within(30)};
    bool clear = !is_same(v, tip);
    for (int i = 0; i < r->n && clear; i++)
        clear = !is_crossed(v, tip, r->at[i], r->at[(i + 1) % r->n]);
    if (!clear)
        return false;
    insert(r, k + 1, tip);
    insert(r, k + 2, v);
    expect(s, at, ring_parent(s, at, u), GRID_DEFECT_SPIKE, bit(u));
    return a->touched = true;
}

static bool tie_bow(scene *s, uint32_t at) {
    uint32_t u;
    area *a = pick(s, at, &u);
    if (a == NULL || a->n != 1)
        return false;
    ring *r = &a->ring[0];
    const ring before = *r;
    int k = (int)random_below((uint32_t)r->n), next = (k + 1) % r->n;
    r->at[k] = before.at[next];
    r->at[next] = before.at[k];
    if (crossings(a) < 1 || area2(r) == 0) {
        *r = before;
        return false;
    }
    expect(s, at, ring_parent(s, at, u), GRID_DEFECT_SELF_INTERSECTION, bit(u));
    return a->touched = a->bow_tie = true;
}

/* A hole beside the shell, or a part that lies in another one. */
static bool misplace_ring(scene *s, uint32_t at) {
    uint32_t u;
    area *a = pick(s, at, &u);
    if (a == NULL || a->n != 1)
        return false;
    ring extra = diamond(&a->ring[0], 6, at > 0 && random_below(2));
    for (int i = 0; i < extra.n && extra.hole; i++)
        extra.at[i].x += SIDE;
    add_ring(a, extra);
    expect(s, at, ring_parent(s, at, u), GRID_DEFECT_INVALID_GEOMETRY, bit(u));
    return a->touched = true;
}

/* Units that go by place need a parent that has one. */
static bool spoil(scene *s, uint32_t at, grid_defect_kind kind) {
    uint32_t u;
    area *a = pick(s, at, &u);
    if (a == NULL || (at == 0 && s->by_place && kind != GRID_DEFECT_UNCLOSED))
        return false;
    a->unclosed = kind == GRID_DEFECT_UNCLOSED;
    a->bad = kind == GRID_DEFECT_BAD_COORDINATE;
    a->missing = kind == GRID_DEFECT_EMPTY;
    if (s->by_place && at == 1 && kind == GRID_DEFECT_EMPTY)
        a->given = a->home = GRID_NONE; /* it lies nowhere */
    expect(s, at, ring_parent(s, at, u), kind, bit(u));
    return a->touched = true;
}

static bool duplicate(scene *s) {
    uint32_t u;
    area *a = pick(s, 1, &u);
    if (a == NULL)
        return false;
    area *copy = add_area(s, 1, a->given);
    memcpy(copy->ring, a->ring, sizeof a->ring);
    copy->n = a->n;
    return a->touched = copy->touched = true;
}

/* A small unit in another one, by itself or along its border. */
static bool put_inside(scene *s) {
    uint32_t u;
    area *a = pick(s, 1, &u);
    if (a == NULL || a->n != 1)
        return false;
    ring inner = diamond(&a->ring[0], 8, false);
    if (random_below(2)) {
        int k = (int)random_below((uint32_t)a->ring[0].n);
        point middle = {inner.at[1].x, inner.at[0].y};
        inner = (ring){.n = 3,
                       .at = {a->ring[0].at[k], a->ring[0].at[(k + 1) % a->ring[0].n], middle}};
    }
    area *new = add_area(s, 1, a->given);
    add_ring(new, inner);
    return a->touched = new->touched = true;
}

/* With the buildings that name it. */
static void rename_unit(scene *s, uint32_t u, char first) {
    s->level[1].at[u].code[0] = first;
    for (uint32_t b = 0; b < s->level[2].n; b++)
        if (s->level[2].at[b].given == u)
            s->level[2].at[b].code[0] = s->level[2].at[b].up[0] = first;
}

/* The parents stay as they are, so that it is clear in which of them a unit lies. */
static bool keep_parents(scene *s) {
    for (uint32_t p = 0; p < s->level[0].n; p++)
        if (s->level[0].at[p].touched)
            return false;
    for (uint32_t p = 0; p < s->level[0].n; p++)
        s->level[0].at[p].touched = true;
    return true;
}

static bool name_wrong_parent(scene *s) {
    uint32_t u;
    area *a = pick(s, 1, &u);
    if (a == NULL || s->by_place || !keep_parents(s))
        return false;
    a->given = (a->home + 1) % s->level[0].n;
    snprintf(a->up, sizeof a->up, "%s", s->level[0].at[a->given].code);
    rename_unit(s, u, a->up[0]);
    expect(s, 1, a->given, GRID_DEFECT_WRONG_PARENT, bit(u));
    return a->touched = true;
}

static bool name_missing_parent(scene *s) {
    uint32_t u;
    area *a = pick(s, 1, &u);
    if (a == NULL || s->by_place || !keep_parents(s))
        return false;
    a->given = GRID_NONE;
    snprintf(a->up, sizeof a->up, "%s", random_below(2) ? "Q" : "");
    expect(s, 1, GRID_NONE, GRID_DEFECT_MISSING_PARENT, bit(u));
    return a->touched = true;
}

static bool repeat_code(scene *s) {
    uint32_t u, w;
    area *a = pick(s, 1, &u), *b = pick(s, 1, &w);
    if (a == NULL || b == NULL || u == w || a->given != b->given)
        return false;
    for (uint32_t i = 0; i < s->level[2].n; i++)
        if (s->level[2].at[i].touched)
            return false;
    s->level[2].n = 0; /* whose parents would not be clear */
    memcpy(b->code, a->code, sizeof b->code);
    expect(s, 1, a->given, GRID_DEFECT_CODE_DUPLICATE, bit(u) | bit(w));
    return a->touched = b->touched = true;
}

static bool break_prefix(scene *s) {
    uint32_t u;
    area *a = pick(s, 1, &u);
    if (a == NULL || s->by_place)
        return false;
    rename_unit(s, u, 'Z');
    expect(s, 1, a->given, GRID_DEFECT_PREFIX_MISMATCH, bit(u));
    return a->touched = true;
}

/* The kinds that a moved vertex makes depend on where it goes: the oracle tells. */
static bool inject(scene *s, int what) {
    switch (what) {
    case GRID_DEFECT_GAP:
    case GRID_DEFECT_OVERLAP:
        return move_vertex(s, 1);
    case GRID_DEFECT_PARENT_UNCOVERED:
        return move_vertex(s, 0);
    case GRID_DEFECT_OUTSIDE_PARENT:
        return shift_whole(s, 1 + random_below(2));
    case GRID_DEFECT_DUPLICATE:
        return duplicate(s);
    case GRID_DEFECT_CONTAINED:
        return put_inside(s);
    case GRID_DEFECT_VERTEX_MISMATCH:
        return insert_middle(s, random_below(2));
    case GRID_DEFECT_SPIKE:
        return add_spike(s, random_below(3));
    case GRID_DEFECT_SELF_INTERSECTION:
        return tie_bow(s, random_below(3));
    case GRID_DEFECT_INVALID_GEOMETRY:
        return misplace_ring(s, s->by_place ? 1 : random_below(2));
    case GRID_DEFECT_WRONG_PARENT:
        return name_wrong_parent(s);
    case GRID_DEFECT_MISSING_PARENT:
        return name_missing_parent(s);
    case GRID_DEFECT_CODE_DUPLICATE:
        return repeat_code(s);
    case GRID_DEFECT_PREFIX_MISMATCH:
        return break_prefix(s);
    default:
        return spoil(s, random_below(2), (grid_defect_kind)what);
    }
}

/* ---- the oracle: slabs ---------------------------------------------------------- */

/* An edge with its owner's inside (the parent's outside) on its left. Owner 63 is the parent. */
enum { PARENT_BIT = 63 };

typedef struct edge {
    point a, b;
    uint32_t owner;
} edge;

/* What lies between two edges in a slab, where nothing or too little is. */
typedef struct cell {
    long double low[2], high[2], area; /* heights at the slab's left and right */
    uint64_t owners;                   /* whose edges bound it */
    uint32_t joined;                   /* union of neighbouring cells */
    bool open;                         /* reaches beyond everything */
} cell;

typedef struct slabs {
    scene *s;
    uint32_t at, group; /* the level, and whose children are looked at */
    edge edge[MOST_EDGES];
    size_t n;
    cell *cell;
    size_t n_cells, last_first, last_end; /* the slab before */
} slabs;

static const area *parent_of_group(const slabs *k) {
    return k->at > 0 ? &k->s->level[k->at - 1].at[k->group] : NULL;
}

static void add_edges(slabs *k, const area *a, uint32_t owner) {
    for (int i = 0; i < a->n && !a->missing && !a->bad; i++) {
        const ring *r = &a->ring[i];
        bool forward = ((area2(r) > 0) != r->hole) != (owner == PARENT_BIT);
        for (int j = 0; j < r->n; j++) {
            point p = r->at[j], q = r->at[(j + 1) % r->n];
            assert_true(k->n < MOST_EDGES);
            if (!is_same(p, q))
                k->edge[k->n++] = forward ? (edge){p, q, owner} : (edge){q, p, owner};
        }
    }
}

/* Equal edges in opposite directions cancel. */
static void cancel(slabs *k) {
    for (size_t i = 0; i < k->n; i++)
        for (size_t j = i + 1; j < k->n; j++)
            if (is_same(k->edge[i].a, k->edge[j].b) && is_same(k->edge[i].b, k->edge[j].a)) {
                k->edge[j] = k->edge[--k->n];
                k->edge[i--] = k->edge[--k->n];
                break;
            }
}

/* Sheared, so that no edge is upright. */
static long double sheared(long double x, long double y) {
    return x + y / 1021;
}

static long double abscissa(point p) {
    return sheared(p.x, p.y);
}

static long double height_at(const edge *e, long double x) {
    long double ax = abscissa(e->a), bx = abscissa(e->b);
    return e->a.y + (x - ax) / (bx - ax) * (e->b.y - e->a.y);
}

static int compare_numbers(const void *a, const void *b) {
    long double x = *(const long double *)a, y = *(const long double *)b;
    return (x > y) - (x < y);
}

static size_t slab_sides(const slabs *k, long double *x) {
    size_t n = 0;
    for (size_t i = 0; i < k->n; i++) {
        const edge *e = &k->edge[i];
        x[n++] = abscissa(e->a);
        for (size_t j = 0; j < i; j++) {
            const edge *f = &k->edge[j];
            if (!do_cross(e->a, e->b, f->a, f->b))
                continue;
            long double c = cross(f->a, f->b, e->a), d = cross(f->a, f->b, e->b);
            long double t = c / (c - d);
            assert_true(n < MOST_CELLS);
            x[n++] = sheared(e->a.x + t * (e->b.x - e->a.x), e->a.y + t * (e->b.y - e->a.y));
        }
    }
    if (n > 0)
        qsort(x, n, sizeof *x, compare_numbers);
    return n;
}

typedef struct border {
    long double y;
    const edge *edge;
} border;

static int compare_borders(const void *a, const void *b) {
    const border *x = a, *y = b;
    return (x->y > y->y) - (x->y < y->y);
}

static bool is_collinear(const edge *a, const edge *b) {
    return cross(a->a, a->b, b->a) == 0 && cross(a->a, a->b, b->b) == 0;
}

/* Edges that lie on one line count as one border; false where they change nothing. */
static bool cross_border(const border *b, size_t n, int *count, uint64_t *owners) {
    int change[PARENT_BIT + 1] = {0};
    for (size_t i = 0; i < n; i++) {
        bool right = abscissa(b[i].edge->a) < abscissa(b[i].edge->b);
        uint32_t owner = b[i].edge->owner;
        change[owner] += right == (owner != PARENT_BIT) ? 1 : -1;
    }
    *owners = 0;
    for (uint32_t o = 0; o <= PARENT_BIT; o++) {
        count[o] += change[o];
        *owners |= change[o] != 0 ? bit(o) : 0;
    }
    return *owners != 0;
}

static void put_area(slabs *k, int kind, uint64_t units, long double size) {
    uint32_t parent = k->at > 0 ? k->group : GRID_NONE;
    put(&k->s->expected, (entry){k->at, parent, kind, false, units, size});
}

/* A piece of a slab where too much is. */
static void tell_excess(slabs *k, const int *count, long double size) {
    uint64_t covering = 0;
    for (uint32_t o = 0; o < PARENT_BIT; o++) {
        covering |= count[o] > 0 ? bit(o) : 0;
        if (count[o] == 1 && k->at > 0 && count[PARENT_BIT] <= 0)
            put_area(k, GRID_DEFECT_OUTSIDE_PARENT, bit(o), size);
    }
    if ((covering & (covering - 1)) != 0)
        put_area(k, GRID_DEFECT_OVERLAP, covering, size);
}

static void tell_windings(slabs *k, const int *count, long double size) {
    for (uint32_t o = 0; o < PARENT_BIT; o++)
        if (count[o] < 0 || count[o] > 1)
            put_area(k, WOUND, bit(o), size);
}

static uint32_t root_of(const slabs *k, uint32_t c) {
    while (k->cell[c].joined != c)
        c = k->cell[c].joined;
    return c;
}

static void join(slabs *k, uint32_t a, uint32_t b) {
    uint32_t x = root_of(k, a), y = root_of(k, b);
    cell *to = &k->cell[x], *from = &k->cell[y];
    if (x == y)
        return;
    to->area += from->area;
    to->owners |= from->owners;
    to->open |= from->open;
    from->joined = x;
}

/* A piece where too little is, joined to those left of it. */
static void add_cell(slabs *k, cell c) {
    assert_true(k->n_cells < MOST_CELLS);
    uint32_t n = (uint32_t)k->n_cells++;
    c.joined = n;
    k->cell[n] = c;
    for (size_t i = k->last_first; i < k->last_end; i++)
        if (fminl(k->cell[i].high[1], c.high[0]) - fmaxl(k->cell[i].low[1], c.low[0]) > 1e-13L)
            join(k, (uint32_t)i, n);
}

static cell cell_between(const edge *low, const edge *high, long double x0, long double x1) {
    const long double beyond = 1e6L;
    cell c = {.open = low == NULL || high == NULL};
    for (int i = 0; i < 2; i++) {
        c.low[i] = low != NULL ? height_at(low, i ? x1 : x0) : -beyond;
        c.high[i] = high != NULL ? height_at(high, i ? x1 : x0) : beyond;
    }
    c.area = c.open ? 0 : (x1 - x0) * (c.high[0] + c.high[1] - c.low[0] - c.low[1]) / 2;
    return c;
}

static void tell_piece(slabs *k, const int *count, cell c) {
    int sum = 0, most = k->at > 0 ? 0 : 1;
    bool backwards = false;
    for (uint32_t o = 0; o < PARENT_BIT; o++) {
        sum += count[o];
        backwards |= count[o] < 0;
    }
    int height = sum - (k->at > 0 ? count[PARENT_BIT] : 0);
    bool lack = k->at == 0 ? height <= 0 : k->at == 1 && height < 0;
    if (height > most)
        tell_excess(k, count, c.area);
    if (height > most || lack)
        tell_windings(k, count, c.area);
    if (lack && !backwards && sum == 0)
        add_cell(k, c);
}

/* From the bottom to the top of a slab. */
static void cut_slab(slabs *k, long double x0, long double x1) {
    static border b[MOST_EDGES];
    size_t n = 0;
    long double x = (x0 + x1) / 2;
    for (size_t i = 0; i < k->n; i++)
        if ((abscissa(k->edge[i].a) < x) != (abscissa(k->edge[i].b) < x))
            b[n++] = (border){height_at(&k->edge[i], x), &k->edge[i]};
    if (n > 0)
        qsort(b, n, sizeof *b, compare_borders);
    int count[PARENT_BIT + 1] = {0};
    const edge *low = NULL;
    uint64_t below = 0, owners;
    size_t first = k->n_cells;
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && is_collinear(b[i].edge, b[j].edge);)
            j++;
        int before[PARENT_BIT + 1];
        memcpy(before, count, sizeof count);
        if (!cross_border(b + i, j - i, count, &owners))
            continue;
        cell c = cell_between(low, b[i].edge, x0, x1);
        c.owners = below | owners;
        tell_piece(k, before, c);
        low = b[i].edge;
        below = owners;
    }
    cell top = cell_between(low, NULL, x0, x1);
    tell_piece(k, count, top);
    k->last_first = first;
    k->last_end = k->n_cells;
}

static void tell_gaps(slabs *k) {
    for (uint32_t i = 0; i < k->n_cells; i++) {
        const cell *c = &k->cell[i];
        if (c->joined != i || (c->open && k->at == 0))
            continue;
        bool along = (c->owners & bit(PARENT_BIT)) != 0;
        put_area(k, along ? GRID_DEFECT_PARENT_UNCOVERED : GRID_DEFECT_GAP,
                 c->owners & ~bit(PARENT_BIT), c->area);
    }
}

/* ---- the oracle: lines ---------------------------------------------------------- */

static long double along(const edge *e, point p) {
    long double dx = e->b.x - e->a.x, dy = e->b.y - e->a.y;
    return ((p.x - e->a.x) * dx + (p.y - e->a.y) * dy) / (dx * dx + dy * dy);
}

/* A piece of an edge with just one other edge on it, the other way round, of another owner. */
static void tell_shared(slabs *k, size_t i, long double from, long double to) {
    const edge *e = &k->edge[i];
    size_t other = SIZE_MAX, n = 0;
    for (size_t j = 0; j < k->n; j++) {
        const edge *f = &k->edge[j];
        if (j == i || !is_collinear(e, f))
            continue;
        long double s = along(e, f->a), t = along(e, f->b), middle = (from + to) / 2;
        if ((s < middle) == (t < middle))
            continue;
        n += s > t ? 1 : 2; /* the same way round is one too many */
        other = j;
    }
    if (n != 1 || other < i || k->edge[other].owner == e->owner)
        return;
    uint64_t owners = bit(e->owner) | bit(k->edge[other].owner);
    uint32_t parent = k->at > 0 ? k->group : GRID_NONE;
    put(&k->s->expected,
        (entry){k->at, parent, GRID_DEFECT_VERTEX_MISMATCH, (owners & bit(PARENT_BIT)) != 0,
                owners & ~bit(PARENT_BIT), (to - from) * hypotl(e->b.x - e->a.x, e->b.y - e->a.y)});
}

static void tell_lines(slabs *k) {
    for (size_t i = 0; i < k->n; i++) {
        const edge *e = &k->edge[i];
        long double cut[2 * MOST_EDGES];
        size_t n = 0;
        cut[n++] = 0;
        cut[n++] = 1;
        for (size_t j = 0; j < k->n; j++)
            if (j != i && is_collinear(e, &k->edge[j])) {
                cut[n++] = fminl(1, fmaxl(0, along(e, k->edge[j].a)));
                cut[n++] = fminl(1, fmaxl(0, along(e, k->edge[j].b)));
            }
        qsort(cut, n, sizeof *cut, compare_numbers);
        for (size_t j = 0; j + 1 < n; j++)
            if (cut[j + 1] - cut[j] > 1e-12L)
                tell_shared(k, i, cut[j], cut[j + 1]);
    }
}

/* ---- the oracle: all ------------------------------------------------------------ */

/* Overlaps as large as their units are those units. */
static void name_overlaps(scene *s) {
    for (size_t i = 0; i < s->expected.n; i++) {
        entry *e = &s->expected.at[i];
        int units = 0, whole = 0;
        for (uint32_t u = 0; u < s->level[e->level].n && e->kind == GRID_DEFECT_OVERLAP; u++)
            if ((e->units & bit(u)) != 0) {
                units++;
                long double size = (long double)area_of(&s->level[e->level].at[u]) / 2;
                whole += fabsl(size - e->size) <= 1e-9L * size;
            }
        if (units > 0 && whole == units)
            e->kind = GRID_DEFECT_DUPLICATE;
        else if (units == 2 && whole == 1)
            e->kind = GRID_DEFECT_CONTAINED;
    }
}

static void judge_group(scene *s, uint32_t at, uint32_t group) {
    static slabs k;
    static cell cells[MOST_CELLS];
    static long double sides[MOST_CELLS];
    k = (slabs){.s = s, .at = at, .group = group, .cell = cells};
    for (uint32_t u = 0; u < s->level[at].n; u++)
        if (at == 0 || s->level[at].at[u].home == group)
            add_edges(&k, &s->level[at].at[u], u);
    if (at > 0)
        add_edges(&k, parent_of_group(&k), PARENT_BIT);
    size_t n = slab_sides(&k, sides);
    for (size_t i = 0; i + 1 < n; i++)
        if (sides[i + 1] - sides[i] > 1e-9L)
            cut_slab(&k, sides[i], sides[i + 1]);
    tell_gaps(&k);
    cancel(&k);
    if (at < 2) /* buildings stand against each other wherever they like */
        tell_lines(&k);
}

static void judge(scene *s) {
    for (uint32_t l = 0; l < LEVELS; l++)
        for (uint32_t p = 0; p < (l > 0 ? s->level[l - 1].n : 1); p++)
            judge_group(s, l, p);
    name_overlaps(s);
}

/* ---- the library ---------------------------------------------------------------- */

typedef struct layers {
    grid_shapes *shapes[LEVELS];
    const char *code[LEVELS][MOST_AREAS], *up[LEVELS][MOST_AREAS];
    uint32_t number[LEVELS][MOST_AREAS]; /* of the features, which stand in any order */
    grid_cover_level level[LEVELS];
} layers;

static void write_point(const scene *s, grid_shapes *out, point p) {
    assert_true(grid_shapes_add(out, s->east + s->unit * p.x, s->unit * p.y));
}

/* From any start, in any direction, with vertices repeated here and there. */
static void write_ring(const scene *s, grid_shapes *out, const ring *r, const area *a) {
    static const double bad[] = {NAN, INFINITY, 1e300};
    assert_true(grid_shapes_begin_chain(out));
    int start = (int)random_below((uint32_t)r->n), step = random_below(2) ? 1 : r->n - 1;
    for (int i = 0; i < r->n + !a->unclosed; i++) {
        point p = r->at[(start + i * step) % r->n];
        write_point(s, out, p);
        if (random_below(16) == 0)
            write_point(s, out, p);
    }
    if (a->bad)
        out->xy[out->n_xy - 2].x = bad[random_below(3)];
}

static void write_area(const scene *s, grid_shapes *out, const area *a) {
    assert_true(grid_shapes_begin(out, a->missing ? GRID_SHAPE_NONE : GRID_SHAPE_AREA));
    for (int i = 0; i < a->n && !a->missing; i++) {
        if (!a->ring[i].hole)
            assert_true(grid_shapes_begin_part(out));
        write_ring(s, out, &a->ring[i], a);
    }
}

static void write_level(const scene *s, uint32_t l, layers *out) {
    static const char *const names[] = {"parent", "unit", "building"};
    out->shapes[l] = grid_shapes_new();
    assert_non_null(out->shapes[l]);
    uint32_t n = s->level[l].n, shift = random_below(n);
    for (uint32_t i = 0; i < n; i++) {
        const area *a = &s->level[l].at[out->number[l][i] = (i + shift) % n];
        out->code[l][i] = a->code;
        out->up[l][i] = a->up;
        write_area(s, out->shapes[l], a);
    }
    bool named = l == 2 || (l == 1 && !s->by_place);
    out->level[l] = (grid_cover_level){names[l], out->shapes[l], out->code[l],
                                       named ? out->up[l] : NULL, l == 2};
}

static void free_layers(layers *w) {
    for (int l = 0; l < LEVELS; l++)
        grid_shapes_free(w->shapes[l]);
}

/* Told defects in the scene's numbers and units. What a bow-tie winds round wrongly may be told in
 * several pieces, of which the first is the bow-tie itself. */
static void take_defect(const scene *s, const layers *w, const grid_defect *d, entry_list *told) {
    entry e = {.level = d->level, .kind = (int)d->kind, .with_parent = d->with_parent};
    e.parent = d->parent == GRID_NONE ? GRID_NONE : w->number[d->level - 1][d->parent];
    for (uint32_t i = 0; i < d->n_units; i++)
        e.units |= bit(w->number[d->level][d->unit[i]]);
    if (s->by_place && d->kind == GRID_DEFECT_BAD_COORDINATE) /* what is left of it lies anywhere */
        e.parent = s->level[d->level].at[w->number[d->level][d->unit[0]]].given;
    long double size = (long double)d->area / s->unit / s->unit;
    bool rings = d->kind == GRID_DEFECT_SELF_INTERSECTION ||
                 d->kind == GRID_DEFECT_INVALID_GEOMETRY;
    if (rings && size > 0)
        put(told, (entry){e.level, e.parent, WOUND, false, e.units, size});
    if (d->kind == GRID_DEFECT_INVALID_GEOMETRY &&
        s->level[d->level].at[w->number[d->level][d->unit[0]]].bow_tie)
        return;
    e.size = d->kind <= GRID_DEFECT_CONTAINED         ? size
             : d->kind == GRID_DEFECT_VERTEX_MISMATCH ? (long double)d->length / s->unit
                                                      : 0;
    put(told, e);
}

/* ---- comparing ------------------------------------------------------------------ */

static const char *kind_name(int kind) {
    return kind == WOUND ? "wound" : grid_defect_name((grid_defect_kind)kind);
}

static void print_entries(const char *title, const entry_list *list) {
    print_message("%s:\n", title);
    for (size_t i = 0; i < list->n; i++) {
        const entry *e = &list->at[i];
        print_message("  level %u parent %d %s%s units %llx size %.15Lg\n", e->level,
                      (int)e->parent, kind_name(e->kind), e->with_parent ? " with parent" : "",
                      (unsigned long long)e->units, e->size);
    }
}

/* Everything of one list that the other has not. */
static bool covers_all(const entry_list *a, const entry_list *b) {
    for (size_t i = 0; i < a->n; i++) {
        const entry *x = &a->at[i];
        size_t j = 0;
        for (; j < b->n; j++) {
            const entry *y = &b->at[j];
            if (x->level == y->level && x->parent == y->parent && x->kind == y->kind &&
                x->with_parent == y->with_parent && x->units == y->units &&
                fabsl(x->size - y->size) <= 1e-9L * x->size)
                break;
        }
        if (j == b->n)
            return false;
    }
    return true;
}

/* The place is where the defect is: in its units, in no unit of a gap. */
static bool is_in_place(const scene *s, const layers *w, const grid_defect *d) {
    long double x = ((long double)d->at.x - s->east) / s->unit, y = d->at.y / s->unit;
    bool lack = d->kind == GRID_DEFECT_GAP || d->kind == GRID_DEFECT_PARENT_UNCOVERED;
    if (d->kind > GRID_DEFECT_CONTAINED || d->width < 1e-3 * s->unit)
        return true;
    for (uint32_t i = 0; i < d->n_units; i++) {
        const area *a = &s->level[d->level].at[w->number[d->level][d->unit[i]]];
        if ((winding_at(a, x, y) > 0) == lack)
            return false;
    }
    if (d->level == 0 || (!lack && d->kind != GRID_DEFECT_OUTSIDE_PARENT))
        return true;
    const area *parent = &s->level[d->level - 1].at[w->number[d->level - 1][d->parent]];
    const area *into = d->into == GRID_NONE
                           ? NULL
                           : &s->level[d->level - 1].at[w->number[d->level - 1][d->into]];
    return (winding_at(parent, x, y) > 0) == lack && (into == NULL || winding_at(into, x, y) != 0);
}

static size_t n_seen[WOUND + 1];

static void compare(scene *s, uint64_t seed, const layers *w, const grid_cover_report *report) {
    static entry_list told;
    told.n = 0;
    bool right = true;
    for (size_t i = 0; i < report->n; i++) {
        const grid_defect *d = &report->defect[i];
        take_defect(s, w, d, &told);
        right &= is_in_place(s, w, d);
        if (d->shape != GRID_NONE && d->kind <= GRID_DEFECT_CONTAINED)
            right &= fabs(grid_shapes_area(report->shapes, d->shape) - d->area) <=
                     1e-6 * d->area + 1e-4 * s->unit * s->unit;
    }
    for (size_t i = 0; i < told.n; i++)
        n_seen[told.at[i].kind]++;
    if (right && covers_all(&s->expected, &told) && covers_all(&told, &s->expected))
        return;
    print_entries("expected", &s->expected);
    print_entries("told", &told);
    fail_msg("seed %llu%s", (unsigned long long)seed, right ? "" : ": a place is wrong");
}

static grid_cover_report *find(const scene *s, const layers *w, const grid_digest *const *since) {
    const grid_cover_options options = {.tolerance = s->unit, .since = since};
    grid_cover_report *report;
    assert_int_equal(
        grid_cover_find(w->level, s->level[2].n > 0 ? 3 : 2, &options, NULL, &report, NULL),
        GRID_OK);
    return report;
}

/* What was proved of every parent, by the scene's numbers. */
typedef struct proofs {
    grid_digest at[LEVELS][MOST_AREAS];
} proofs;

static void prove(const scene *s, proofs *out) {
    layers w = {0};
    *out = (proofs){0};
    for (uint32_t l = 0; l < LEVELS; l++)
        write_level(s, l, &w);
    grid_cover_report *report = find(s, &w, NULL);
    for (uint32_t p = 0; p < s->level[0].n; p++)
        if (report->seam[1][p].exact)
            out->at[1][w.number[0][p]] = report->seam[1][p].digest;
    grid_cover_report_free(report);
    free_layers(&w);
}

/* A check that knows what was proved before tells the same as one that does not. */
static void compare_since(const scene *s, uint64_t seed, const layers *w, const proofs *before,
                          const grid_cover_report *full) {
    grid_digest known[MOST_AREAS];
    for (uint32_t p = 0; p < s->level[0].n; p++)
        known[p] = before->at[1][w->number[0][p]];
    const grid_digest *const since[LEVELS] = {NULL, known, NULL};
    grid_cover_report *report = find(s, w, since);
    bool same = report->n == full->n;
    for (size_t i = 0; i < full->n && same; i++)
        same = strcmp(report->defect[i].id, full->defect[i].id) == 0;
    for (size_t l = 1; l < full->n_levels; l++)
        for (uint32_t p = 0; p < s->level[l - 1].n; p++)
            same &= report->seam[l][p].exact == full->seam[l][p].exact &&
                    report->seam[l][p].n_bad == full->seam[l][p].n_bad;
    if (!same)
        fail_msg("seed %llu: not the same since an earlier check", (unsigned long long)seed);
    grid_cover_report_free(report);
}

static void check(scene *s, uint64_t seed, const proofs *before) {
    layers w = {0};
    for (uint32_t l = 0; l < LEVELS; l++)
        write_level(s, l, &w);
    judge(s);
    grid_cover_report *report = find(s, &w, NULL);
    compare(s, seed, &w, report);
    compare_since(s, seed, &w, before, report);
    grid_cover_report_free(report);
    free_layers(&w);
}

/* ---- repair --------------------------------------------------------------------- */

static size_t defects_of(const grid_cover_level *levels, grid_defect_kind from,
                         grid_defect_kind to) {
    grid_cover_report *report;
    const grid_cover_options options = {.tolerance = 0};
    assert_int_equal(grid_cover_find(levels, 2, &options, NULL, &report, NULL), GRID_OK);
    size_t n = 0;
    for (size_t i = 0; i < report->n; i++)
        n += report->defect[i].level == 1 && report->defect[i].kind >= from &&
             report->defect[i].kind <= to;
    grid_cover_report_free(report);
    return n;
}

static void repair(grid_cover_level levels[2], grid_cover_fixed **fixed) {
    static const bool may_change[] = {false, true};
    const grid_fix_options options = {.all = true, .may_change = may_change};
    assert_int_equal(grid_cover_fix(levels, 2, &options, NULL, fixed, NULL), GRID_OK);
    for (int l = 0; l < 2; l++)
        if ((*fixed)->shapes[l] != NULL)
            levels[l].shapes = (*fixed)->shapes[l];
}

/* Only faults that repair takes on; each unit is still there, and a second time nothing changes. */
static void repair_one(uint64_t seed, int faults) {
    static const int mendable[] = {GRID_DEFECT_GAP,
                                   GRID_DEFECT_OVERLAP,
                                   GRID_DEFECT_OUTSIDE_PARENT,
                                   GRID_DEFECT_VERTEX_MISMATCH,
                                   GRID_DEFECT_SPIKE,
                                   GRID_DEFECT_UNCLOSED};
    static scene s;
    make_scene(&s, seed);
    for (int i = 0; i < faults; i++)
        inject(&s, mendable[random_below(sizeof mendable / sizeof *mendable)]);
    layers w = {0};
    for (uint32_t l = 0; l < LEVELS; l++)
        write_level(&s, l, &w);
    grid_cover_fixed *fixed, *again;
    repair(w.level, &fixed);
    size_t left = defects_of(w.level, GRID_DEFECT_GAP, GRID_DEFECT_EMPTY);
    repair(w.level, &again);
    if (left > 0 || again->n > 0)
        fail_msg("seed %llu: %zu defects are left; again %zu units change",
                 (unsigned long long)seed, left, again->n);
    grid_cover_fixed_free(fixed);
    grid_cover_fixed_free(again);
    free_layers(&w);
}

/* A coverage with `faults` faults; of the kind `what`, or of any where that is negative. */
static void run(uint64_t seed, int what, int faults) {
    static scene s;
    make_scene(&s, seed);
    proofs before;
    prove(&s, &before);
    for (int i = 0; i < faults; i++)
        for (int tries = 0; tries < 50; tries++)
            if (inject(&s, what >= 0 ? what : (int)random_below(GRID_DEFECT_KINDS)))
                break;
    check(&s, seed, &before);
}

static uint64_t seeds(uint64_t usual) {
    const char *more = getenv("GRID_SEEDS");
    return more != NULL ? strtoull(more, NULL, 10) : usual;
}

static void sound_coverages_raise_no_alarm(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= seeds(100); seed++)
        run(seed, -1, 0);
    for (int k = GRID_DEFECT_GAP + 1; k <= WOUND; k++) /* lakes are gaps between the parents */
        assert_int_equal(n_seen[k], 0);
}

static void one_fault_of_every_kind_is_found(void **state) {
    (void)state;
    for (int kind = 0; kind < GRID_DEFECT_KINDS; kind++)
        for (uint64_t seed = 1; seed <= seeds(40); seed++)
            run(seed, kind, 1);
    for (int k = 0; k <= WOUND; k++)
        if (n_seen[k] == 0)
            fail_msg("no %s was told", kind_name(k));
}

static void several_faults_are_told_apart(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= seeds(1000); seed++)
        run(seed, -1, 2 + (int)(seed % 4));
}

static void repair_leaves_nothing(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= seeds(500); seed++)
        repair_one(seed, 1 + (int)(seed % 4));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sound_coverages_raise_no_alarm),
        cmocka_unit_test(one_fault_of_every_kind_is_found),
        cmocka_unit_test(several_faults_are_told_apart),
        cmocka_unit_test(repair_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
