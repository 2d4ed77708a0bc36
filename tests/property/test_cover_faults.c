/*
 * Random coverages with faults of every kind put in, one or several at once, against an oracle
 * that cuts the plane into slabs: kind, units, area and place must agree, and nothing else may be
 * told. A power of two and a false easting make doubles of the scene's integers without a rounding.
 */
#include "cover_oracle.h"

/* ---- faults --------------------------------------------------------------------- */

static void expect(scene *s, uint32_t at, uint32_t parent, int kind, uint64_t units) {
    put(&s->expected, (entry){at, parent, kind, false, units, 0});
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
        for (uint64_t seed = 1; seed <= seeds(30); seed++)
            run(seed, kind, 1);
    for (int k = 0; k <= WOUND; k++)
        if (n_seen[k] == 0)
            fail_msg("no %s was told", kind_name(k));
}

static void several_faults_are_told_apart(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= seeds(500); seed++)
        run(seed, -1, 2 + (int)(seed % 4));
}

static void repair_leaves_nothing(void **state) {
    (void)state;
    for (uint64_t seed = 1; seed <= seeds(250); seed++)
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
