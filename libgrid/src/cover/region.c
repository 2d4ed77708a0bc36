/*
 * What is wrong with the faces and edges around a residual; neighbouring ones of one kind with the
 * same units are put together.
 */
#include "base/base.h"
#include "cover/region_trace.h"

#include <math.h>
#include <string.h>

static uint32_t component_of(const arrangement *a, uint32_t f) {
    return arrange_component(a, arrange_first_half(a, f));
}

/* ---- what is wrong with a face -------------------------------------------------- */

static bool add_unit(region *r, uint32_t unit) {
    return GRID_PUSH(&r->pool, unit);
}

/* Sorts the units, each once; mostly there are two or three. */
static size_t sort_units(uint32_t *unit, size_t n) {
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        uint32_t u = unit[i];
        size_t at = kept;
        while (at > 0 && unit[at - 1] > u)
            at--;
        if (at > 0 && unit[at - 1] == u)
            continue;
        memmove(unit + at + 1, unit + at, (kept++ - at) * sizeof *unit);
        unit[at] = u;
    }
    return kept;
}

/* Ends a trace whose units are those pushed since `units`; sorts them, each once. */
static bool add_trace(region *r, grid_defect_kind kind, bool with_parent, size_t units,
                      uint32_t component, uint32_t item) {
    size_t n = r->pool.n > units ? sort_units(r->pool.at + units, r->pool.n - units) : 0;
    r->pool.n = units + n;
    return GRID_PUSH(&r->trace,
                     (trace){kind, with_parent, (uint32_t)units, (uint32_t)n, component, item});
}

static bool trace_lack(region *r, uint32_t f) {
    const arrangement *a = r->a;
    size_t units = r->pool.n;
    bool parent = false;
    ARRANGE_EACH_HALF(a, f, h) {
        if (arrange_is_bridge(a, h))
            continue;
        for (uint32_t i = arrange_piece_of(a, h >> 1); i < arrange_piece_of(a, (h >> 1) + 1); i++) {
            uint32_t owner = a->label[a->piece[i] >> 1].owner;
            if (owner == FACES_PARENT)
                parent = true;
            else if (!add_unit(r, owner))
                return false;
        }
    }
    return add_trace(r, parent ? GRID_DEFECT_PARENT_UNCOVERED : GRID_DEFECT_GAP, false, units,
                     component_of(a, f), f);
}

/* Units that wind round the face backwards or twice are no areas. */
static bool trace_windings(region *r, uint32_t f, const coverer *set, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        if (set[i].owner == FACES_PARENT || set[i].count == 1)
            continue;
        size_t units = r->pool.n;
        if (!add_unit(r, set[i].owner) ||
            !add_trace(r, GRID_DEFECT_INVALID_GEOMETRY, false, units, component_of(r->a, f), f))
            return false;
    }
    return true;
}

/* Each covering unit by itself; what one covers twice is a fault of its rings. */
static bool trace_outside(region *r, uint32_t f, const coverer *set, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        size_t units = r->pool.n;
        if (set[i].owner == FACES_PARENT || set[i].count != 1)
            continue;
        if (!add_unit(r, set[i].owner) ||
            !add_trace(r, GRID_DEFECT_OUTSIDE_PARENT, false, units, component_of(r->a, f), f))
            return false;
    }
    return true;
}

static bool trace_face(region *r, uint32_t f) {
    const coverer *set = r->faces.coverers.at + r->faces.set[f];
    uint32_t n = r->faces.set_n[f], covering = 0;
    bool backwards = false;
    int parent = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (set[i].owner == FACES_PARENT)
            parent = set[i].count;
        else if (set[i].count > 0)
            covering++;
        else
            backwards = true;
    }
    if (!trace_windings(r, f, set, n))
        return false;
    if (covering == 0)
        return backwards || parent <= 0 || !faces_is_lack(&r->faces, f) || trace_lack(r, f);
    size_t units = r->pool.n;
    for (uint32_t i = 0; covering > 1 && i < n; i++)
        if (set[i].owner != FACES_PARENT && set[i].count > 0 && !add_unit(r, set[i].owner))
            return false;
    if (covering > 1 && !add_trace(r, GRID_DEFECT_OVERLAP, false, units, component_of(r->a, f), f))
        return false;
    return parent > 0 || trace_outside(r, f, set, n);
}

/* ---- vertices that one side lacks ----------------------------------------------- */

static bool trace_mismatch(region *r, const uint32_t *owners, size_t n, uint32_t half) {
    size_t units = r->pool.n;
    bool parent = false;
    for (size_t i = 0; i < n; i++) {
        if (owners[i] == FACES_PARENT)
            parent = true;
        else if (!add_unit(r, owners[i]))
            return false;
    }
    return add_trace(r, GRID_DEFECT_VERTEX_MISMATCH, parent, units, arrange_component(r->a, half),
                     half);
}

/* Edges that cancel only now that the segments have been cut. */
static bool trace_cut_edges(region *r, size_t n_residual) {
    const arrangement *a = r->a;
    for (uint32_t e = 0; e < a->n_edges && a->piece_of != NULL; e++) {
        uint32_t first = arrange_piece_of(a, e), n = arrange_piece_of(a, e + 1) - first;
        if (n != 2 || (a->piece[first] >> 1) >= n_residual || arrange_gain(a, e) != 0)
            continue;
        uint32_t owners[2];
        for (uint32_t i = 0; i < 2; i++)
            owners[i] = a->label[a->piece[first + i] >> 1].owner;
        if (owners[0] != owners[1] && !trace_mismatch(r, owners, 2, 2 * e))
            return false;
    }
    return true;
}

/* Whether a face with one cycle is narrower than 4 ulp: first by plain doubles, where the rounding
 * of crossings and of the sum is small beside the area. */
static bool is_thin(const region *r, uint32_t f) {
    const arrangement *a = r->a;
    grid_xy o = a->node[a->origin[arrange_first_half(a, f)]];
    double ulp = region_ulp(o), area2 = 0, magnitude = 0, length = 0, fx = 0, fy = 0;
    ARRANGE_EACH_HALF(a, f, h) {
        grid_xy p = a->node[a->origin[h ^ 1]];
        double tx = p.x - o.x, ty = p.y - o.y, left = fx * ty, right = fy * tx;
        area2 += left - right;
        magnitude += fabs(left) + fabs(right);
        length += fabs(tx - fx) + fabs(ty - fy);
        fx = tx;
        fy = ty;
    }
    if (area2 > 8 * ulp * length + 0x1p-40 * magnitude)
        return false;
    double area = dd_value(arrange_area(a, f)), perimeter = faces_perimeter(&r->faces, f);
    return region_is_narrower(r->faces.level->aspect, area, perimeter, 4 * ulp);
}

static uint32_t longest_edge(const region *r, uint32_t f) {
    uint32_t longest = 0;
    double length = -1;
    ARRANGE_EACH_HALF(r->a, f, h) {
        double l = faces_length(&r->faces, h);
        if (l > length) {
            length = l;
            longest = h;
        }
    }
    return longest;
}

/* Whether there are two owners around a face, each of them alone at its edges; and how many edges
 * each has. Without branches: which is whose, nobody can foresee. */
static bool has_two_sides(const arrangement *a, uint32_t f, uint32_t *owner, uint32_t *edges) {
    bool more = false;
    uint32_t first_edge = arrange_first_half(a, f) >> 1;
    owner[0] = owner[1] = a->label[a->piece[arrange_piece_of(a, first_edge)] >> 1].owner;
    edges[0] = edges[1] = 0;
    ARRANGE_EACH_HALF(a, f, h) {
        uint32_t first = arrange_piece_of(a, h >> 1), mine = a->label[a->piece[first] >> 1].owner;
        bool other = mine != owner[0];
        more |= (arrange_piece_of(a, (h >> 1) + 1) - first != 1) |
                (other & (edges[1] > 0) & (mine != owner[1]));
        owner[1] = other ? mine : owner[1];
        edges[other]++;
    }
    return !more && edges[1] > 0;
}

/*
 * A face as thin as rounding between one segment of one side and several of the other: a vertex
 * was put on the line on one side only, as near as doubles come to it.
 */
static bool trace_rounded_vertex(region *r, uint32_t f) {
    const arrangement *a = r->a;
    if (a->cycle_of[f + 1] - a->cycle_of[f] != 1)
        return true;
    uint32_t owner[2], edges[2];
    if (!has_two_sides(a, f, owner, edges) || edges[0] == edges[1] ||
        (edges[0] != 1 && edges[1] != 1) || !is_thin(r, f))
        return true;
    return trace_mismatch(r, owner, 2, longest_edge(r, f));
}

/* ---- all together --------------------------------------------------------------- */

static grid_status search(region *r, size_t n_residual, grid_error *err) {
    /* Buildings may stand against each other and the border wherever they like. */
    bool meet = r->faces.level->mode != REGION_WITHIN;
    bool done = GRID_RESERVE(&r->trace, r->a->n_faces) && (!meet || trace_cut_edges(r, n_residual));
    for (uint32_t f = 1; f < r->a->n_faces && done; f++)
        if (r->faces.labelled[f])
            done = trace_face(r, f) && (!meet || trace_rounded_vertex(r, f));
    return done ? region_gather(r, err) : grid_fail_nomem(err);
}

grid_status region_search(const region_level *level, uint32_t group, const residual_edge *edges,
                          size_t n, grid_shapes *shapes, defect_list *out, grid_error *err) {
    region r = {.shapes = shapes, .out = out};
    grid_status status = faces_build(&r.faces, level, group, edges, n, err);
    r.a = r.faces.a;
    if (status == GRID_OK)
        status = search(&r, n, err);
    faces_free(&r.faces);
    GRID_VEC_FREE(&r.pool);
    GRID_VEC_FREE(&r.trace);
    outline_free(&r.outline);
    return status;
}

/* As nextafter, which takes longer than all else that is asked of a small face. */
double region_ulp(grid_xy at) {
    double x = fabs(at.x), y = fabs(at.y), largest = x > y ? x : y, next;
    uint64_t bits;
    memcpy(&bits, &largest, sizeof bits);
    bits++;
    memcpy(&next, &bits, sizeof next);
    return next - largest;
}

bool defect_list_add(defect_list *list, const grid_defect *defect, const uint32_t *units,
                     size_t n) {
    uint32_t *unit = grid_arena_alloc(&list->units, n * sizeof *unit);
    if (unit == NULL || !GRID_PUSH(list, *defect))
        return false;
    if (n > 0)
        memcpy(unit, units, n * sizeof *unit);
    list->at[list->n - 1].unit = unit;
    list->at[list->n - 1].n_units = (uint32_t)n;
    return true;
}

void defect_list_free(defect_list *list) {
    GRID_VEC_FREE(list);
    grid_arena_free(&list->units);
}

bool region_is_whole(double unit_area, double area) {
    return fabs(unit_area - area) <= 1e-6 * unit_area;
}
