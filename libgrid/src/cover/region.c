/*
 * What is wrong with the faces and edges around a residual; neighbouring ones of one kind with the
 * same units are put together.
 */
#include "cover/region.h"

#include "base/base.h"
#include "cover/faces.h"
#include "cover/winding.h"

#include <math.h>
#include <string.h>

/* A face, or an edge, with the units it concerns. */
typedef struct trace {
    grid_defect_kind kind;
    bool with_parent;
    uint32_t units, n_units; /* in the pool */
    uint32_t component;
    uint32_t item; /* face, or half-edge of a line */
} trace;

typedef struct region {
    faces faces;
    const arrangement *a; /* of the faces */
    GRID_VEC(uint32_t) pool;
    GRID_VEC(trace) trace;
    GRID_VEC(double) across; /* scratch */
    GRID_VEC(uint32_t) way;  /* scratch */
    grid_shapes *shapes;
    region_finds *out;
} region;

static uint32_t component_of(const arrangement *a, uint32_t f) {
    return a->component[a->origin[a->cycle[a->cycle_of[f]]]];
}

/* ---- what is wrong with a face -------------------------------------------------- */

static bool add_unit(region *r, uint32_t unit) {
    return GRID_PUSH(&r->pool, unit);
}

static int compare_units(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Ends a trace whose units are those pushed since `units`; sorts them, each once. */
static bool add_trace(region *r, grid_defect_kind kind, bool with_parent, size_t units,
                      uint32_t component, uint32_t item) {
    size_t n = r->pool.n - units, kept = 0;
    uint32_t *at = n > 0 ? r->pool.at + units : NULL;
    if (n > 0)
        qsort(at, n, sizeof *at, compare_units);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || at[kept - 1] != at[i])
            at[kept++] = at[i];
    r->pool.n = units + kept;
    return GRID_PUSH(&r->trace,
                     (trace){kind, with_parent, (uint32_t)units, (uint32_t)kept, component, item});
}

static bool trace_lack(region *r, uint32_t f) {
    const arrangement *a = r->a;
    size_t units = r->pool.n;
    bool parent = false;
    EACH_HALF_EDGE(a, f, h) {
        if (a->face[h ^ 1] == f)
            continue;
        for (uint32_t i = a->piece_of[h >> 1]; i < a->piece_of[(h >> 1) + 1]; i++) {
            uint32_t owner = a->segment[a->piece[i] >> 1].owner;
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
    return add_trace(r, GRID_DEFECT_VERTEX_MISMATCH, parent, units,
                     r->a->component[r->a->origin[half]], half);
}

/* Edges that cancel only now that the segments have been cut. */
static bool trace_cut_edges(region *r, size_t n_residual) {
    const arrangement *a = r->a;
    for (uint32_t e = 0; e < a->n_edges; e++) {
        uint32_t first = a->piece_of[e], n = a->piece_of[e + 1] - first;
        if (a->gain[e] != 0 || n != 2 || (a->piece[first] >> 1) >= n_residual)
            continue;
        uint32_t owners[2];
        for (uint32_t i = 0; i < 2; i++)
            owners[i] = a->segment[a->piece[first + i] >> 1].owner;
        if (owners[0] != owners[1] && !trace_mismatch(r, owners, 2, 2 * e))
            return false;
    }
    return true;
}

static double distance(grid_xy a, grid_xy b) {
    return hypot(b.x - a.x, b.y - a.y);
}

static double ulp_at(grid_xy p) {
    double largest = fmax(fabs(p.x), fabs(p.y));
    return nextafter(largest, INFINITY) - largest;
}

/*
 * A face as thin as rounding between one segment of one side and several of the other: a vertex
 * was put on the line on one side only, as near as doubles come to it.
 */
static bool trace_rounded_vertex(region *r, uint32_t f) {
    const arrangement *a = r->a;
    grid_xy at = a->node[a->origin[a->cycle[a->cycle_of[f]]]];
    if (a->cycle_of[f + 1] - a->cycle_of[f] != 1 ||
        2 * dd_value(a->area[f]) >= 4 * ulp_at(at) * faces_perimeter(&r->faces, f))
        return true;
    uint32_t owner[2], segments[2] = {0, 0}, n_owners = 0, longest = 0;
    double length = -1;
    EACH_HALF_EDGE(a, f, h) {
        uint32_t e = h >> 1;
        if (a->piece_of[e + 1] - a->piece_of[e] != 1)
            return true;
        uint32_t mine = a->segment[a->piece[a->piece_of[e]] >> 1].owner, k = 0;
        while (k < n_owners && owner[k] != mine)
            k++;
        if (k == 2)
            return true;
        if (k == n_owners)
            owner[n_owners++] = mine;
        segments[k]++;
        double l = distance(a->node[a->origin[h]], a->node[a->origin[h ^ 1]]);
        if (l > length) {
            length = l;
            longest = h;
        }
    }
    bool one_sided = n_owners == 2 && segments[0] + segments[1] > 2 &&
                     (segments[0] == 1 || segments[1] == 1);
    return !one_sided || trace_mismatch(r, owner, 2, longest);
}

/* ---- from traces to finds ------------------------------------------------------- */

static int compare_traces(const void *a, const void *b, void *user) {
    const trace *x = a, *y = b;
    const uint32_t *pool = user;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->with_parent != y->with_parent)
        return x->with_parent ? 1 : -1;
    for (uint32_t i = 0; i < x->n_units && i < y->n_units; i++)
        if (pool[x->units + i] != pool[y->units + i])
            return pool[x->units + i] < pool[y->units + i] ? -1 : 1;
    if (x->n_units != y->n_units)
        return x->n_units < y->n_units ? -1 : 1;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return x->item < y->item ? -1 : x->item > y->item;
}

static bool same_units(const trace *x, const trace *y, const uint32_t *pool) {
    return x->kind == y->kind && x->with_parent == y->with_parent && x->n_units == y->n_units &&
           (x->n_units == 0 ||
            memcmp(pool + x->units, pool + y->units, x->n_units * sizeof *pool) == 0);
}

/* A cycle as a ring; ways there and back again are left out. */
static bool write_cycle(region *r, uint32_t start, grid_shapes *out) {
    const arrangement *a = r->a;
    uint32_t h = start;
    r->way.n = 0;
    do {
        if (r->way.n > 0 && r->way.at[r->way.n - 1] == (h ^ 1))
            r->way.n--;
        else if (!GRID_PUSH(&r->way, h))
            return false;
        h = a->next[h];
    } while (h != start);
    size_t first = 0, n = r->way.n;
    while (n >= first + 2 && r->way.at[n - 1] == (r->way.at[first] ^ 1)) {
        first++;
        n--;
    }
    if (n < first + 3)
        return true;
    if (!grid_shapes_begin_chain(out))
        return false;
    for (size_t i = first; i <= n; i++) {
        grid_xy p = a->node[a->origin[r->way.at[i < n ? i : first]]];
        if (!grid_shapes_add(out, p.x, p.y))
            return false;
    }
    return true;
}

static bool write_face(region *r, uint32_t f, grid_shapes *out) {
    bool done = grid_shapes_begin_part(out);
    for (uint32_t i = r->a->cycle_of[f]; i < r->a->cycle_of[f + 1] && done; i++)
        done = write_cycle(r, r->a->cycle[i], out);
    return done;
}

static bool write_line(const region *r, uint32_t half, grid_shapes *out) {
    const arrangement *a = r->a;
    grid_xy u = a->node[a->origin[half]], v = a->node[a->origin[half ^ 1]];
    return grid_shapes_begin_part(out) && grid_shapes_begin_chain(out) &&
           grid_shapes_add(out, u.x, u.y) && grid_shapes_add(out, v.x, v.y);
}

static grid_xy middle_of(const arrangement *a, uint32_t half) {
    grid_xy u = a->node[a->origin[half]], v = a->node[a->origin[half ^ 1]];
    return (grid_xy){u.x + (v.x - u.x) / 2, u.y + (v.y - u.y) / 2};
}

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The middle of the widest stretch of the face at half its height. */
static bool widest_at_middle(region *r, uint32_t f, grid_xy *out, double *width) {
    const arrangement *a = r->a;
    double low = INFINITY, high = -INFINITY;
    EACH_HALF_EDGE(a, f, h) {
        low = fmin(low, a->node[a->origin[h]].y);
        high = fmax(high, a->node[a->origin[h]].y);
    }
    double y = low + (high - low) / 2;
    r->across.n = 0;
    EACH_HALF_EDGE(a, f, h) {
        grid_xy u = a->node[a->origin[h]], v = a->node[a->origin[h ^ 1]];
        if ((u.y > y) != (v.y > y) &&
            !GRID_PUSH(&r->across, u.x + (y - u.y) / (v.y - u.y) * (v.x - u.x)))
            return false;
    }
    if (r->across.n > 0)
        qsort(r->across.at, r->across.n, sizeof *r->across.at, compare_numbers);
    for (size_t i = 0; i + 1 < r->across.n; i += 2) {
        double wide = r->across.at[i + 1] - r->across.at[i];
        if (wide > *width) {
            *width = wide;
            *out = (grid_xy){r->across.at[i] + wide / 2, y};
        }
    }
    return true;
}

/* A point inside the face as far as doubles have one, else on its longest edge. */
static grid_status place_in_face(region *r, uint32_t f, grid_xy *out, grid_error *err) {
    double width = 0, longest = -1;
    if (!widest_at_middle(r, f, out, &width))
        return grid_fail_nomem(err);
    if (width > 0)
        return GRID_OK;
    EACH_HALF_EDGE(r->a, f, h) {
        double length = distance(r->a->node[r->a->origin[h]], r->a->node[r->a->origin[h ^ 1]]);
        if (length > longest) {
            longest = length;
            *out = middle_of(r->a, h);
        }
    }
    return GRID_OK;
}

static grid_status find_areas(region *r, const trace *t, size_t n, region_find *find,
                              grid_error *err) {
    dd area = {0, 0};
    uint32_t largest = t[0].item;
    bool done = grid_shapes_begin(r->shapes, GRID_SHAPE_AREA);
    for (size_t i = 0; i < n && done; i++) {
        uint32_t f = t[i].item;
        area = dd_add(area, r->a->area[f]);
        find->perimeter += faces_perimeter(&r->faces, f);
        if (dd_value(r->a->area[f]) > dd_value(r->a->area[largest]))
            largest = f;
        done = write_face(r, f, r->shapes);
    }
    find->area = dd_value(area);
    find->length = find->perimeter / 2;
    return done ? place_in_face(r, largest, &find->at, err) : grid_fail_nomem(err);
}

static grid_status find_lines(region *r, const trace *t, size_t n, region_find *find,
                              grid_error *err) {
    bool done = grid_shapes_begin(r->shapes, GRID_SHAPE_LINE);
    for (size_t i = 0; i < n && done; i++) {
        uint32_t h = t[i].item;
        find->length += distance(r->a->node[r->a->origin[h]], r->a->node[r->a->origin[h ^ 1]]);
        done = write_line(r, h, r->shapes);
    }
    find->at = middle_of(r->a, t[0].item);
    return done ? GRID_OK : grid_fail_nomem(err);
}

static grid_status add_find(region *r, const trace *t, size_t n, grid_error *err) {
    region_find find = {.kind = t->kind,
                        .n_units = t->n_units,
                        .with_parent = t->with_parent,
                        .pieces = (uint32_t)n,
                        .shape = (uint32_t)r->shapes->n};
    grid_status status = t->kind == GRID_DEFECT_VERTEX_MISMATCH ? find_lines(r, t, n, &find, err)
                                                                : find_areas(r, t, n, &find, err);
    GRID_TRY(status);
    find.unit = GRID_NEW(uint32_t, t->n_units);
    if (find.unit == NULL)
        return grid_fail_nomem(err);
    if (t->n_units > 0)
        memcpy(find.unit, r->pool.at + t->units, t->n_units * sizeof *find.unit);
    if (!GRID_PUSH(r->out, find)) {
        free(find.unit);
        return grid_fail_nomem(err);
    }
    return GRID_OK;
}

/* Whether overlaps in several places are, taken together, as large as one of their units. */
static bool is_whole_unit(const region *r, const trace *t, size_t n) {
    if (t->kind != GRID_DEFECT_OVERLAP || t[0].component == t[n - 1].component)
        return false;
    dd sum = {0, 0};
    for (size_t i = 0; i < n; i++)
        sum = dd_add(sum, r->a->area[t[i].item]);
    for (uint32_t i = 0; i < t->n_units; i++)
        if (region_is_whole(r->faces.level->children, r->pool.at[t->units + i], dd_value(sum)))
            return true;
    return false;
}

/* One find each for the connected runs, but for a unit with several parts that lies in another. */
static grid_status add_finds(region *r, const trace *t, size_t n, grid_error *err) {
    if (is_whole_unit(r, t, n))
        return add_find(r, t, n, err);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && t[j].component == t[i].component;)
            j++;
        GRID_TRY(add_find(r, t + i, j - i, err));
    }
    return GRID_OK;
}

static grid_status gather_finds(region *r, grid_error *err) {
    trace *t = r->trace.at;
    if (r->trace.n > 0)
        qsort_r(t, r->trace.n, sizeof *t, compare_traces, r->pool.at);
    for (size_t i = 0, j; i < r->trace.n; i = j) {
        for (j = i + 1; j < r->trace.n && same_units(&t[i], &t[j], r->pool.at);)
            j++;
        GRID_TRY(add_finds(r, t + i, j - i, err));
    }
    return GRID_OK;
}

static grid_status search(region *r, size_t n_residual, grid_error *err) {
    /* Buildings may stand against each other and the border wherever they like. */
    bool meet = r->faces.level->mode != REGION_WITHIN;
    bool done = !meet || trace_cut_edges(r, n_residual);
    for (uint32_t f = 1; f < r->a->n_faces && done; f++)
        if (r->faces.labelled[f])
            done = trace_face(r, f) && (!meet || trace_rounded_vertex(r, f));
    return done ? gather_finds(r, err) : grid_fail_nomem(err);
}

grid_status region_search(const region_level *level, uint32_t group, const residual_edge *edges,
                          size_t n, grid_shapes *shapes, region_finds *out, grid_error *err) {
    region r = {.shapes = shapes, .out = out};
    grid_status status = faces_build(&r.faces, level, group, edges, n, err);
    r.a = r.faces.a;
    if (status == GRID_OK)
        status = search(&r, n, err);
    faces_free(&r.faces);
    GRID_VEC_FREE(&r.pool);
    GRID_VEC_FREE(&r.trace);
    GRID_VEC_FREE(&r.across);
    GRID_VEC_FREE(&r.way);
    return status;
}

bool region_is_whole(const grid_shapes *shapes, uint32_t unit, double area) {
    double whole = grid_shapes_area(shapes, unit);
    return fabs(whole - area) <= 1e-6 * whole;
}

/* ---- two areas ------------------------------------------------------------------ */

typedef GRID_VEC(arrange_segment) segment_list;

typedef struct outline_copy {
    segment_list *to;
    int32_t weight;
} outline_copy;

static bool copy_edge(void *user, grid_xy a, grid_xy b, size_t vertex) {
    (void)vertex;
    outline_copy *copy = user;
    return GRID_PUSH(copy->to, (arrange_segment){a, b, 0, copy->weight});
}

grid_status region_compare(const grid_shapes *as, uint32_t a, const grid_shapes *bs, uint32_t b,
                           region_relation *out, grid_error *err) {
    enum { A = 1, B = 2 };
    segment_list segments = {0};
    outline_copy copy_a = {&segments, A}, copy_b = {&segments, B};
    grid_status status = GRID_OK;
    arrangement *g = NULL;
    if (!each_inward_edge(as, a, copy_edge, &copy_a) ||
        !each_inward_edge(bs, b, copy_edge, &copy_b))
        status = grid_fail_nomem(err);
    else
        status = arrange_build(segments.at, segments.n, &g, err);
    *out = (region_relation){false, true, true};
    for (uint32_t f = 1; status == GRID_OK && f < g->n_faces; f++) {
        if (g->height[f] == A)
            out->a_in_b = false;
        if (g->height[f] == B)
            out->b_in_a = false;
        if (g->height[f] == A + B)
            out->overlap = true;
    }
    arrange_free(g);
    GRID_VEC_FREE(&segments);
    return status;
}
