#include "cover/mend_build.h"

#include "base/base.h"

#include <math.h>

/* The only unit over the face across h from a labelled one; GRID_NONE for none or several. */
static uint32_t sole_neighbour(const faces *f, uint32_t h) {
    const arrangement *a = f->a;
    uint32_t face = arrange_face(a, h), sole = GRID_NONE, n = 0;
    const coverer *set = f->coverers.at + f->set[face];
    for (uint32_t i = 0; i < f->set_n[face]; i++) {
        int count = set[i].count;
        for (uint32_t p = arrange_piece_of(a, h >> 1); p < arrange_piece_of(a, (h >> 1) + 1); p++)
            if (a->label[a->piece[p] >> 1].owner == set[i].owner)
                count += faces_change(f, h, p);
        if (set[i].owner != FACES_PARENT && count > 0) {
            sole = set[i].owner;
            n++;
        }
    }
    for (uint32_t p = arrange_piece_of(a, h >> 1); p < arrange_piece_of(a, (h >> 1) + 1); p++) {
        uint32_t owner = a->label[a->piece[p] >> 1].owner;
        if (owner < FACES_CUT && faces_change(f, h, p) > 0 && cover_of(f, face, owner) == 0) {
            sole = owner;
            n++;
        }
    }
    return n == 1 ? sole : GRID_NONE;
}

/* ---- cutting long gaps ---------------------------------------------------------- */

/* From where two neighbours of a gap meet, the nearest node that lies on neither; GRID_NONE. */
static uint32_t cut_from(const mender *k, uint32_t face, uint32_t before, uint32_t after) {
    const arrangement *a = k->f.a;
    uint32_t v = a->origin[after], u1 = sole_neighbour(&k->f, before),
             u2 = sole_neighbour(&k->f, after);
    if (u1 == u2 || u1 == GRID_NONE || u2 == GRID_NONE)
        return GRID_NONE;
    uint32_t best = GRID_NONE;
    double nearest = INFINITY;
    ARRANGE_EACH_HALF(a, face, h) {
        uint32_t w = a->origin[h], side = sole_neighbour(&k->f, h);
        grid_xy p = a->node[v], q = a->node[w];
        double away = faces_distance(&k->f, p, q);
        if (w != v && side != u1 && side != u2 &&
            (away < nearest || (away == nearest && w < best))) {
            nearest = away;
            best = w;
        }
    }
    return best;
}

/*
 * A cut that starts or ends where a crossing was rounded to misses the lines that cross there, and
 * meets them again anywhere near. So it is put off to a later round, when the crossing has become a
 * vertex.
 */
static bool is_put_off(const mender *k, uint32_t v, uint32_t w) {
    uint32_t given = k->f.a->n_input_nodes;
    return k->m->puts_off && (v >= given || w >= given);
}

static bool is_narrow(const mender *k, uint32_t face) {
    double area = dd_value(arrange_area(k->f.a, face)), perimeter = faces_perimeter(&k->f, face);
    return region_is_narrower(k->level->aspect, area, perimeter, k->m->tolerance);
}

/* The half-edge after that in place i of the ring. */
static uint32_t half_after(const arrangement *a, arrange_cycle c, uint32_t i) {
    return a->ring[i + 1 < c.end ? i + 1 : c.begin];
}

static bool waits_for_cut(const mender *k, uint32_t face) {
    const arrangement *a = k->f.a;
    if (!k->m->puts_off || !faces_is_lack(&k->f, face) || !is_narrow(k, face))
        return false;
    arrange_cycle around = arrange_first_cycle(a, face);
    for (uint32_t i = around.begin; i < around.end; i++) {
        uint32_t after = half_after(a, around, i), w = cut_from(k, face, a->ring[i], after);
        if (w != GRID_NONE && is_put_off(k, a->origin[after], w))
            return true;
    }
    return false;
}

bool mend_cut_gaps(mender *k) {
    const arrangement *a = k->f.a;
    for (uint32_t face = 1; face < a->n_faces; face++) {
        if (!k->f.labelled[face] || !faces_is_lack(&k->f, face) || !is_narrow(k, face))
            continue;
        arrange_cycle around = arrange_first_cycle(a, face);
        for (uint32_t i = around.begin; i < around.end; i++) {
            uint32_t after = half_after(a, around, i), w = cut_from(k, face, a->ring[i], after);
            uint32_t v = a->origin[after];
            if (w != GRID_NONE && !is_put_off(k, v, w) &&
                !faces_add_cut(&k->f, a->node[v], a->node[w]))
                return false;
        }
    }
    return true;
}

/* ---- who gets a face ------------------------------------------------------------ */

typedef struct candidate {
    uint32_t unit;
    double border, area;
} candidate;

typedef GRID_VEC(candidate) candidates;

static bool add_border(candidates *c, uint32_t unit, double length) {
    for (size_t i = 0; i < c->n; i++)
        if (c->at[i].unit == unit) {
            c->at[i].border += length;
            return true;
        }
    return GRID_PUSH(c, (candidate){unit, length, 0});
}

static bool is_better(const mender *k, const candidate *a, const candidate *b) {
    double more = k->m->priority != NULL ? k->m->priority[a->unit] - k->m->priority[b->unit] : 0;
    if (more != 0)
        return more > 0;
    if (a->border != b->border)
        return a->border > b->border;
    return a->area != b->area ? a->area > b->area : a->unit < b->unit;
}

static bool find_candidates(const mender *k, uint32_t face, candidates *c) {
    const arrangement *a = k->f.a;
    c->n = 0;
    const coverer *set = k->f.coverers.at + k->f.set[face];
    size_t covering = 0;
    for (uint32_t i = 0; i < k->f.set_n[face]; i++)
        if (set[i].owner != FACES_PARENT && ++covering && !add_border(c, set[i].owner, 0))
            return false;
    ARRANGE_EACH_HALF(a, face, h) {
        uint32_t unit = arrange_face(a, h ^ 1) == face ? GRID_NONE : sole_neighbour(&k->f, h);
        if (unit == GRID_NONE || (covering > 0 && cover_of(&k->f, face, unit) == 0))
            continue;
        if (!add_border(c, unit, faces_length(&k->f, h)))
            return false;
    }
    for (size_t i = 0; i < c->n; i++)
        c->at[i].area = grid_shapes_area(k->level->children, c->at[i].unit);
    return true;
}

static int compare_stakes(const void *a, const void *b) {
    const stake *x = a, *y = b;
    return x->unit < y->unit ? -1 : x->unit > y->unit;
}

static bool add_up_stakes(mender *k) {
    for (uint32_t face = 1; face < k->f.a->n_faces; face++)
        for (uint32_t i = 0; k->f.labelled[face] && i < k->f.set_n[face]; i++) {
            uint32_t owner = k->f.coverers.at[k->f.set[face] + i].owner;
            if (owner != FACES_PARENT &&
                !GRID_PUSH(&k->stake, (stake){owner, dd_value(arrange_area(k->f.a, face))}))
                return false;
        }
    if (k->stake.n > 0)
        qsort(k->stake.at, k->stake.n, sizeof *k->stake.at, compare_stakes);
    size_t kept = 0;
    for (size_t i = 0; i < k->stake.n; i++) {
        if (kept > 0 && k->stake.at[kept - 1].unit == k->stake.at[i].unit)
            k->stake.at[kept - 1].area += k->stake.at[i].area;
        else
            k->stake.at[kept++] = k->stake.at[i];
    }
    k->stake.n = kept;
    return true;
}

static double stake_of(const mender *k, uint32_t unit) {
    const stake key = {unit, 0};
    const stake *s = k->stake.n > 0
                         ? bsearch(&key, k->stake.at, k->stake.n, sizeof key, compare_stakes)
                         : NULL;
    return s != NULL ? s->area : 0;
}

/* Units that have most of their area at stake: taking it all away would empty them. */
static size_t count_vulnerable(const mender *k, const candidates *c, uint32_t *last) {
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++)
        if (stake_of(k, c->at[i].unit) > 0.5 * c->at[i].area) {
            *last = c->at[i].unit;
            n++;
        }
    return n;
}

static bool all_simple(const mender *k, uint32_t face) {
    const coverer *set = k->f.coverers.at + k->f.set[face];
    for (uint32_t i = 0; i < k->f.set_n[face]; i++)
        if (set[i].owner != FACES_PARENT && (set[i].count != 1 || !k->m->simple[set[i].owner]))
            return false;
    return true;
}

static void settle(mender *k, uint32_t face, uint32_t unit) {
    k->settled[face] = true;
    k->final[face] = unit;
}

static bool settle_face(mender *k, uint32_t face, candidates *c) {
    if ((!is_narrow(k, face) && !k->m->all) || !all_simple(k, face))
        return true;
    if (waits_for_cut(k, face)) {
        k->m->put_off = true;
        return true;
    }
    if (!find_candidates(k, face, c))
        return false;
    int32_t parent = cover_of(&k->f, face, FACES_PARENT); /* 1 where there is none */
    bool covered = k->f.set_n[face] > (parent != 0 ? 1u : 0u);
    uint32_t vulnerable = GRID_NONE;
    size_t n = covered ? count_vulnerable(k, c, &vulnerable) : 0;
    if (covered && parent <= 0) {
        if (n == 0)
            settle(k, face, GRID_NONE);
        return true;
    }
    if (n > 1 || c->n == 0 || (n == 1 && !k->m->all))
        return true;
    size_t best = 0;
    for (size_t i = 1; i < c->n; i++)
        if (is_better(k, &c->at[i], &c->at[best]))
            best = i;
    if (k->m->simple[c->at[best].unit])
        settle(k, face, n == 1 ? vulnerable : c->at[best].unit);
    return true;
}

bool mend_settle_faces(mender *k) {
    k->settled = GRID_NEW(bool, k->f.a->n_faces);
    k->final = GRID_NEW(uint32_t, k->f.a->n_faces);
    candidates c = {0};
    bool done = k->settled != NULL && k->final != NULL && add_up_stakes(k);
    for (uint32_t face = 1; face < k->f.a->n_faces && done; face++)
        if (k->f.labelled[face])
            done = settle_face(k, face, &c);
    GRID_VEC_FREE(&c);
    return done;
}
