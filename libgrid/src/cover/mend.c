#include "cover/mend.h"

#include "base/base.h"
#include "cover/digest.h"
#include "cover/exact.h"
#include "cover/faces.h"
#include "cover/stitch.h"
#include "cover/winding.h"

#include <math.h>
#include <string.h>

/* A directed edge of a unit's new outline. */
typedef struct outline {
    uint32_t unit, from, to; /* nodes */
    uint64_t key;
} outline;

typedef GRID_VEC(uint32_t) unit_list;

/* What a unit shares with others, face by face, and then in all. */
typedef struct stake {
    uint32_t unit;
    double area;
} stake;

typedef struct mender {
    mend_level *m;
    const region_level *level;
    faces f;
    bool *settled;      /* per face: it gets one owner, or none */
    uint32_t *final;    /* per face: that one; GRID_NONE */
    uint64_t *own_edge; /* edges in the arrangement: child << 32 | vertex, ascending */
    size_t n_own_edges;
    GRID_VEC(stake) stake; /* by unit */
    GRID_VEC(outline) outline;
    unit_list touched;  /* units that are written anew, ascending */
    uint8_t *degree;    /* per node: final edges there, 3 for more */
    uint32_t *at_node;  /* per node: two of them */
    bool *anchored;     /* per node: other edges of units end there */
    bool *near_settled; /* per node */
    bool *drop;         /* per node: no outline needs it */
} mender;

/* ---- who gets a face ------------------------------------------------------------ */

static int32_t cover_of(const faces *f, uint32_t face, uint32_t unit) {
    for (uint32_t i = 0; i < f->set_n[face]; i++)
        if (f->coverers.at[f->set[face] + i].owner == unit)
            return f->coverers.at[f->set[face] + i].count;
    return 0;
}

/* The only unit over the face across h from a labelled one; GRID_NONE for none or several. */
static uint32_t sole_neighbour(const faces *f, uint32_t h) {
    const arrangement *a = f->a;
    uint32_t face = a->face[h], sole = GRID_NONE, n = 0;
    const coverer *set = f->coverers.at + f->set[face];
    for (uint32_t i = 0; i < f->set_n[face]; i++) {
        int count = set[i].count;
        for (uint32_t p = a->piece_of[h >> 1]; p < a->piece_of[(h >> 1) + 1]; p++)
            if (a->owner[a->piece[p] >> 1] == set[i].owner)
                count += faces_change(f, h, p);
        if (set[i].owner != FACES_PARENT && count > 0) {
            sole = set[i].owner;
            n++;
        }
    }
    for (uint32_t p = a->piece_of[h >> 1]; p < a->piece_of[(h >> 1) + 1]; p++) {
        uint32_t owner = a->owner[a->piece[p] >> 1];
        if (owner < FACES_CUT && faces_change(f, h, p) > 0 && cover_of(f, face, owner) == 0) {
            sole = owner;
            n++;
        }
    }
    return n == 1 ? sole : GRID_NONE;
}

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
    EACH_HALF_EDGE(a, face, h) {
        uint32_t unit = a->face[h ^ 1] == face ? GRID_NONE : sole_neighbour(&k->f, h);
        if (unit == GRID_NONE || (covering > 0 && cover_of(&k->f, face, unit) == 0))
            continue;
        grid_xy u = a->node[a->origin[h]], v = a->node[a->origin[h ^ 1]];
        if (!add_border(c, unit, hypot(v.x - u.x, v.y - u.y)))
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
    double area = dd_value(arrange_area(k->f.a, face));
    bool narrow = 2 * area < k->m->tolerance * faces_perimeter(&k->f, face);
    if ((!narrow && !k->m->all) || !all_simple(k, face))
        return true;
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

static bool settle_faces(mender *k) {
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

/* ---- cutting long gaps ---------------------------------------------------------- */

/* From where two neighbours of a gap meet, the nearest node that lies on neither. */
static bool cut_at(mender *k, uint32_t face, uint32_t before, uint32_t after) {
    const arrangement *a = k->f.a;
    uint32_t v = a->origin[after], u1 = sole_neighbour(&k->f, before),
             u2 = sole_neighbour(&k->f, after);
    if (u1 == u2 || u1 == GRID_NONE || u2 == GRID_NONE)
        return true;
    uint32_t best = GRID_NONE;
    double nearest = INFINITY;
    EACH_HALF_EDGE(a, face, h) {
        uint32_t w = a->origin[h], side = sole_neighbour(&k->f, h);
        grid_xy p = a->node[v], q = a->node[w];
        double away = hypot(q.x - p.x, q.y - p.y);
        if (w != v && side != u1 && side != u2 &&
            (away < nearest || (away == nearest && w < best))) {
            nearest = away;
            best = w;
        }
    }
    return best == GRID_NONE || faces_add_cut(&k->f, a->node[v], a->node[best]);
}

static bool cut_gaps(mender *k) {
    const arrangement *a = k->f.a;
    for (uint32_t face = 1; face < a->n_faces; face++) {
        if (!k->f.labelled[face] || !faces_is_lack(&k->f, face) ||
            2 * dd_value(arrange_area(a, face)) >= k->m->tolerance * faces_perimeter(&k->f, face))
            continue;
        uint32_t start = a->cycle[a->cycle_of[face]], h = start;
        do {
            if (!cut_at(k, face, h, a->next[h]))
                return false;
            h = a->next[h];
        } while (h != start);
    }
    return true;
}

/* ---- new outlines --------------------------------------------------------------- */

static int32_t gain_of(const mender *k, uint32_t face, uint32_t unit) {
    if (!k->settled[face])
        return 0;
    return (k->final[face] == unit) - cover_of(&k->f, face, unit);
}

static bool add_unit_once(unit_list *units, uint32_t unit) {
    if (unit >= FACES_CUT)
        return true;
    for (size_t i = 0; i < units->n; i++)
        if (units->at[i] == unit)
            return true;
    return GRID_PUSH(units, unit);
}

static bool list_face_units(const mender *k, uint32_t face, unit_list *units) {
    if (!k->settled[face])
        return true;
    for (uint32_t i = 0; i < k->f.set_n[face]; i++)
        if (!add_unit_once(units, k->f.coverers.at[k->f.set[face] + i].owner))
            return false;
    return add_unit_once(units, k->final[face]);
}

/* Everybody whose outline may run along edge e. */
static bool list_edge_units(const mender *k, uint32_t e, unit_list *units) {
    const arrangement *a = k->f.a;
    units->n = 0;
    for (uint32_t p = a->piece_of[e]; p < a->piece_of[e + 1]; p++)
        if (!add_unit_once(units, a->owner[a->piece[p] >> 1]))
            return false;
    return list_face_units(k, a->face[2 * e], units) &&
           list_face_units(k, a->face[2 * e + 1], units);
}

/* How often the unit runs along half-edge 2e with its inside on the left, in the end. */
static int32_t final_runs(const mender *k, uint32_t e, uint32_t unit, uint64_t *key) {
    const arrangement *a = k->f.a;
    int32_t runs = 0;
    *key = (UINT64_C(1) << 40) + 2 * (uint64_t)e;
    for (uint32_t p = a->piece_of[e]; p < a->piece_of[e + 1]; p++) {
        uint32_t s = a->piece[p] >> 1;
        if (a->segment[s].owner != unit)
            continue;
        runs += (a->piece[p] & 1) != 0 ? -1 : 1;
        const grid_xy at = a->node[a->origin[2 * e + (a->piece[p] & 1)]];
        bool starts = at.x == a->segment[s].a.x && at.y == a->segment[s].a.y;
        *key = 2 * (uint64_t)k->f.vertex.at[s] + !starts;
    }
    return runs + gain_of(k, a->face[2 * e], unit) - gain_of(k, a->face[2 * e + 1], unit);
}

static bool is_parent_edge(const arrangement *a, uint32_t e) {
    for (uint32_t p = a->piece_of[e]; p < a->piece_of[e + 1]; p++)
        if (a->owner[a->piece[p] >> 1] == FACES_PARENT)
            return true;
    return false;
}

static void count_at_node(mender *k, uint32_t v, uint32_t e) {
    if (k->degree[v] < 2)
        k->at_node[2 * v + k->degree[v]] = e;
    if (k->degree[v] < 3)
        k->degree[v]++;
}

/* False also when a unit would run along an edge twice. */
static bool outline_edge(mender *k, uint32_t e, unit_list *units, bool *sound) {
    const arrangement *a = k->f.a;
    bool is_final = is_parent_edge(a, e);
    if (!list_edge_units(k, e, units))
        return false;
    for (size_t i = 0; i < units->n; i++) {
        uint64_t key;
        int32_t runs = final_runs(k, e, units->at[i], &key);
        if (runs == 0)
            continue;
        if (runs < -1 || runs > 1) {
            *sound = false;
            return true;
        }
        is_final = true;
        uint32_t h = 2 * e + (runs < 0);
        if (!GRID_PUSH(&k->outline, (outline){units->at[i], a->origin[h], a->origin[h ^ 1], key}))
            return false;
    }
    if (is_final) {
        count_at_node(k, a->origin[2 * e], e);
        count_at_node(k, a->origin[2 * e + 1], e);
    }
    for (int side = 0; side < 2; side++)
        if (k->settled[a->face[2 * e + (uint32_t)side]])
            k->near_settled[a->origin[2 * e]] = k->near_settled[a->origin[2 * e + 1]] = true;
    return true;
}

static bool outline_all(mender *k, bool *sound) {
    uint32_t n = k->f.a->n_nodes;
    k->degree = GRID_NEW(uint8_t, n);
    k->at_node = GRID_NEW(uint32_t, 2 * (size_t)n);
    k->near_settled = GRID_NEW(bool, n);
    k->anchored = GRID_NEW(bool, n);
    k->drop = GRID_NEW(bool, n);
    unit_list units = {0};
    bool done = k->degree != NULL && k->at_node != NULL && k->near_settled != NULL &&
                k->anchored != NULL && k->drop != NULL;
    for (uint32_t e = 0; e < k->f.a->n_edges && done && *sound; e++)
        done = outline_edge(k, e, &units, sound);
    GRID_VEC_FREE(&units);
    return done;
}

/* ---- edges outside the arrangement ---------------------------------------------- */

static int compare_numbers(const void *a, const void *b) {
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static bool list_own_edges(mender *k) {
    k->own_edge = GRID_NEW(uint64_t, k->f.segment.n);
    if (k->own_edge == NULL)
        return false;
    for (size_t s = 0; s < k->f.segment.n; s++)
        if (k->f.segment.at[s].owner < FACES_CUT)
            k->own_edge[k->n_own_edges++] = (uint64_t)k->f.segment.at[s].owner << 32 |
                                            k->f.vertex.at[s];
    if (k->n_own_edges > 0)
        qsort(k->own_edge, k->n_own_edges, sizeof *k->own_edge, compare_numbers);
    return true;
}

static bool is_arranged(const mender *k, uint32_t unit, size_t vertex) {
    uint64_t key = (uint64_t)unit << 32 | vertex;
    return bsearch(&key, k->own_edge, k->n_own_edges, sizeof key, compare_numbers) != NULL;
}

/* Units with an outline, and those whose part in the arrangement goes to others: both lists are
 * ordered by unit. */
static bool list_touched(mender *k) {
    size_t i = 0, j = 0;
    while (i < k->outline.n || j < k->n_own_edges) {
        uint32_t a = i < k->outline.n ? k->outline.at[i].unit : GRID_NONE;
        uint32_t b = j < k->n_own_edges ? (uint32_t)(k->own_edge[j] >> 32) : GRID_NONE;
        uint32_t unit = a < b ? a : b;
        if (!GRID_PUSH(&k->touched, unit))
            return false;
        while (i < k->outline.n && k->outline.at[i].unit == unit)
            i++;
        while (j < k->n_own_edges && k->own_edge[j] >> 32 == unit)
            j++;
    }
    return true;
}

typedef struct node_index {
    uint32_t *slot; /* node + 1 */
    size_t mask;
    const grid_xy *node;
} node_index;

static bool index_nodes(const arrangement *a, node_index *out) {
    size_t size = 16;
    while (size < 3 * (size_t)a->n_input_nodes)
        size *= 2;
    *out = (node_index){GRID_NEW(uint32_t, size), size - 1, a->node};
    for (uint32_t v = 0; out->slot != NULL && v < a->n_input_nodes; v++) {
        size_t at = hash_vertex(a->node[v]).f1 & out->mask;
        while (out->slot[at] != 0)
            at = (at + 1) & out->mask;
        out->slot[at] = v + 1;
    }
    return out->slot != NULL;
}

static uint32_t node_at(const node_index *index, grid_xy p) {
    for (size_t at = hash_vertex(p).f1 & index->mask; index->slot[at] != 0;
         at = (at + 1) & index->mask) {
        grid_xy q = index->node[index->slot[at] - 1];
        if (q.x == p.x && q.y == p.y)
            return index->slot[at] - 1;
    }
    return GRID_NONE;
}

typedef struct outside_edges {
    mender *k;
    uint32_t unit;
    const node_index *index; /* to anchor nodes ... */
    stitch_edges *to;        /* ... or to collect edges */
} outside_edges;

static bool visit_outside(void *user, grid_xy a, grid_xy b, size_t vertex) {
    outside_edges *o = user;
    if (is_arranged(o->k, o->unit, vertex))
        return true;
    if (o->to != NULL)
        return GRID_PUSH(o->to, (stitch_edge){a, b, 2 * (uint64_t)vertex, false});
    uint32_t u = node_at(o->index, a), v = node_at(o->index, b);
    if (u != GRID_NONE)
        o->k->anchored[u] = true;
    if (v != GRID_NONE)
        o->k->anchored[v] = true;
    return true;
}

static int compare_outlines(const void *a, const void *b) {
    const outline *x = a, *y = b;
    if (x->unit != y->unit)
        return x->unit < y->unit ? -1 : 1;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->from < y->from ? -1 : x->from > y->from;
}

static bool anchor_nodes(mender *k) {
    node_index index;
    if (!index_nodes(k->f.a, &index))
        return false;
    bool done = true;
    for (size_t i = 0; i < k->touched.n && done; i++) {
        outside_edges o = {k, k->touched.at[i], &index, NULL};
        done = each_inward_edge(k->level->children, o.unit, visit_outside, &o);
    }
    free(index.slot);
    return done;
}

/* ---- vertices that nobody needs ------------------------------------------------- */

/* The segment that both edges are pieces of, of the parent if `of_parent`; GRID_NONE. */
static uint32_t common_segment(const arrangement *a, uint32_t e, uint32_t g, bool of_parent) {
    for (uint32_t i = a->piece_of[e]; i < a->piece_of[e + 1]; i++)
        for (uint32_t j = a->piece_of[g]; j < a->piece_of[g + 1]; j++) {
            uint32_t s = a->piece[i] >> 1;
            if (s == a->piece[j] >> 1 && (!of_parent || a->segment[s].owner == FACES_PARENT))
                return s;
        }
    return GRID_NONE;
}

/*
 * A crossing goes where a line passes straight through it, or where nothing around was settled. A
 * given vertex goes only from the parent's outline, which then stays as it is.
 */
static void choose_dropped(mender *k) {
    const arrangement *a = k->f.a;
    for (uint32_t v = 0; v < a->n_nodes; v++) {
        bool crossing = v >= a->n_input_nodes;
        bool straight = k->degree[v] == 2 &&
                        common_segment(a, k->at_node[2 * v], k->at_node[2 * v + 1], !crossing) !=
                            GRID_NONE;
        k->drop[v] = crossing ? straight || !k->near_settled[v] : straight && !k->anchored[v];
    }
}

typedef struct needed {
    uint32_t segment, node;
    double away;
} needed;

static int compare_needed(const void *a, const void *b) {
    const needed *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    if (x->node == y->node)
        return 0;
    return x->away != y->away ? (x->away < y->away ? -1 : 1) : x->node < y->node ? -1 : 1;
}

static bool is_end(const arrange_segment *s, grid_xy p) {
    return (p.x == s->a.x && p.y == s->a.y) || (p.x == s->b.x && p.y == s->b.y);
}

/* Vertices that the parent's edges get. */
static bool insert_in_parent(mender *k) {
    const arrangement *a = k->f.a;
    GRID_VEC(needed) list = {0};
    bool done = true;
    for (uint32_t e = 0; e < a->n_edges && done; e++)
        for (uint32_t p = a->piece_of[e]; p < a->piece_of[e + 1] && done; p++) {
            uint32_t segment = a->piece[p] >> 1;
            const arrange_segment *s = &a->segment[segment];
            for (uint32_t end = 0; end < 2 && s->owner == FACES_PARENT && done; end++) {
                uint32_t v = a->origin[2 * e + end];
                grid_xy at = a->node[v];
                if (!k->drop[v] && !is_end(s, at))
                    done = GRID_PUSH(&list,
                                     (needed){segment, v, hypot(at.x - s->a.x, at.y - s->a.y)});
            }
        }
    if (list.n > 0)
        qsort(list.at, list.n, sizeof *list.at, compare_needed);
    for (size_t i = 0; i < list.n && done; i++) {
        const arrange_segment *s = &a->segment[list.at[i].segment];
        if (i == 0 || compare_needed(&list.at[i - 1], &list.at[i]) != 0)
            done = GRID_PUSH(&k->m->insert, (mend_insert){s->a, s->b, a->node[list.at[i].node]});
    }
    GRID_VEC_FREE(&list);
    return done;
}

/* ---- writing units -------------------------------------------------------------- */

static bool turns_clockwise(const grid_shapes *s, uint32_t f) {
    size_t c = s->chain_start[s->part_start[f]];
    return s->part_start[f] < s->part_start[f + 1] &&
           ring_sign(s->xy + s->xy_start[c], s->xy_start[c + 1] - s->xy_start[c]) < 0;
}

static bool same_geometry(const grid_shapes *a, size_t f, const grid_shapes *b, size_t g) {
    grid_digest edges_a, rings_a, edges_b, rings_b;
    feature_digest(a, f, &edges_a, &rings_a);
    feature_digest(b, g, &edges_b, &rings_b);
    return rings_a.a == rings_b.a && rings_a.b == rings_b.b;
}

/* Appends the unit's new geometry; *sound turns false when there is none. */
static bool write_unit(mend_level *m, const grid_shapes *children, uint32_t unit,
                       stitch_edges *edges, bool *sound) {
    bool whole;
    uint32_t at = (uint32_t)m->mended->n;
    if (!stitch(edges, turns_clockwise(children, unit), m->mended, &whole))
        return false;
    *sound = *sound && whole;
    if (whole && !same_geometry(children, unit, m->mended, at))
        m->mended_of[unit] = at;
    return true;
}

/* The unit's outline in the arrangement, from the o-th on, and its edges outside of that. */
static bool write_outlined(mender *k, uint32_t unit, size_t o, stitch_edges *edges, bool *sound) {
    const grid_xy *node = k->f.a->node;
    edges->n = 0;
    for (; o < k->outline.n && k->outline.at[o].unit == unit; o++) {
        const outline *at = &k->outline.at[o];
        if (!GRID_PUSH(edges,
                       (stitch_edge){node[at->from], node[at->to], at->key, k->drop[at->from]}))
            return false;
    }
    outside_edges outside = {k, unit, NULL, edges};
    if (!each_inward_edge(k->level->children, unit, visit_outside, &outside))
        return false;
    *sound = *sound && edges->n > 0;
    return edges->n == 0 || write_unit(k->m, k->level->children, unit, edges, sound);
}

static bool write_units(mender *k, bool *sound) {
    stitch_edges edges = {0};
    bool done = true;
    size_t o = 0;
    for (size_t i = 0; i < k->touched.n && done && *sound; i++) {
        uint32_t unit = k->touched.at[i];
        done = write_outlined(k, unit, o, &edges, sound);
        while (o < k->outline.n && k->outline.at[o].unit == unit)
            o++;
    }
    GRID_VEC_FREE(&edges);
    return done;
}

/* A group that cannot be mended whole is left as it was. */
static void take_back(mender *k, size_t inserts) {
    for (size_t i = 0; i < k->touched.n; i++)
        k->m->mended_of[k->touched.at[i]] = GRID_NONE;
    k->m->insert.n = inserts;
}

static bool mend(mender *k) {
    bool sound = true;
    size_t inserts = k->m->insert.n;
    if (!settle_faces(k) || !list_own_edges(k) || !outline_all(k, &sound))
        return false;
    if (k->outline.n > 0)
        qsort(k->outline.at, k->outline.n, sizeof *k->outline.at, compare_outlines);
    if (!list_touched(k))
        return false;
    if (sound) {
        if (!anchor_nodes(k))
            return false;
        choose_dropped(k);
        if (!insert_in_parent(k) || !write_units(k, &sound))
            return false;
    }
    if (!sound)
        take_back(k, inserts);
    for (size_t i = 0; i < k->touched.n; i++)
        k->m->changed |= k->m->mended_of[k->touched.at[i]] != GRID_NONE;
    k->m->changed |= k->m->insert.n > inserts;
    return true;
}

grid_status mend_group(mend_level *m, const region_level *level, uint32_t group,
                       const residual_edge *edges, size_t n, grid_error *err) {
    mender k = {.m = m, .level = level};
    grid_status status = faces_build(&k.f, level, group, edges, n, err);
    if (status == GRID_OK && !cut_gaps(&k))
        status = grid_fail_nomem(err);
    if (status == GRID_OK && k.f.cut.n > 0)
        status = faces_rebuild(&k.f, err);
    if (status == GRID_OK && !mend(&k))
        status = grid_fail_nomem(err);
    faces_free(&k.f);
    free(k.settled);
    free(k.final);
    free(k.own_edge);
    GRID_VEC_FREE(&k.stake);
    GRID_VEC_FREE(&k.outline);
    GRID_VEC_FREE(&k.touched);
    free(k.degree);
    free(k.at_node);
    free(k.anchored);
    free(k.near_settled);
    free(k.drop);
    return status;
}

static bool collect_edge(void *user, grid_xy a, grid_xy b, size_t vertex) {
    stitch_edges *edges = user;
    return GRID_PUSH(edges, (stitch_edge){a, b, 2 * (uint64_t)vertex, false});
}

grid_status mend_spikes(mend_level *m, const grid_shapes *children, uint32_t f, grid_error *err) {
    stitch_edges edges = {0};
    bool sound = true;
    bool done = each_inward_edge(children, f, collect_edge, &edges) &&
                write_unit(m, children, f, &edges, &sound);
    GRID_VEC_FREE(&edges);
    m->changed |= done && m->mended_of[f] != GRID_NONE;
    return done ? GRID_OK : grid_fail_nomem(err);
}
