/*
 * What is wrong with a scene, by brute force: the plane is cut into slabs between all corners and
 * crossings, and whatever lies between two edges in a slab is counted by itself. For tests only.
 */
#ifndef GRID_TESTS_COVER_ORACLE_H
#define GRID_TESTS_COVER_ORACLE_H

#include "cover_scene.h"

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

#endif
