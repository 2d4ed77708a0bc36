/*
 * The planar graph: sorted edges, half-edges linked around their faces, faces numbered and
 * their holes found by one sweep. Every decision is taken on integers.
 */
#include "cover/sweep.h"

#include "base/base.h"
#include "base/vec.h"

/* A closed walk along one side of the graph. The outer rings of faces run counter-clockwise;
 * the others are the outside of a connected piece of the graph, so the rim of a hole. */
typedef struct ring {
    uint32_t start; /* half-edge */
    __int128 area2; /* twice the signed area, mm2 */
    uint32_t face;  /* GRID_NONE until known */
} ring;

typedef struct builder {
    grid_plane *plane;
    grid_segment *edge;  /* n_edges */
    uint32_t *out_start; /* n_vertices + 1 */
    uint32_t *out;       /* half-edges that leave a vertex, counter-clockwise */
    uint32_t *ring_of;   /* per half-edge */
    GRID_VEC(ring) rings;
} builder;

/* ---- vertices and edges --------------------------------------------------------------- */

static int compare_points(const void *a, const void *b) {
    return grid_ixy_compare(*(const grid_ixy *)a, *(const grid_ixy *)b);
}

static int compare_segments(const void *a, const void *b) {
    const grid_segment *s = a, *t = b;
    int order = grid_ixy_compare(s->a, t->a);
    if (order == 0)
        order = grid_ixy_compare(s->b, t->b);
    return order != 0 ? order : (s->source > t->source) - (s->source < t->source);
}

/* Segments from their smaller to their larger end, ordered, each once. */
static bool collect_edges(builder *b, const grid_segment *segments, size_t n) {
    b->edge = GRID_NEW(grid_segment, n);
    if (b->edge == NULL)
        return false;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        grid_segment s = segments[i];
        int order = grid_ixy_compare(s.a, s.b);
        if (order > 0) {
            s.a = segments[i].b;
            s.b = segments[i].a;
        }
        if (order != 0)
            b->edge[kept++] = s;
    }
    qsort(b->edge, kept, sizeof *b->edge, compare_segments);
    uint32_t unique = 0;
    for (size_t i = 0; i < kept; i++)
        if (unique == 0 || grid_ixy_compare(b->edge[i].a, b->edge[unique - 1].a) != 0 ||
            grid_ixy_compare(b->edge[i].b, b->edge[unique - 1].b) != 0)
            b->edge[unique++] = b->edge[i];
    b->plane->n_edges = unique;
    return true;
}

static bool collect_vertices(builder *b) {
    grid_plane *plane = b->plane;
    size_t n = 2 * (size_t)plane->n_edges;
    plane->vertex = GRID_NEW(grid_ixy, n);
    if (plane->vertex == NULL)
        return false;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        plane->vertex[2 * e] = b->edge[e].a;
        plane->vertex[2 * e + 1] = b->edge[e].b;
    }
    qsort(plane->vertex, n, sizeof *plane->vertex, compare_points);
    uint32_t unique = 0;
    for (size_t i = 0; i < n; i++)
        if (unique == 0 || grid_ixy_compare(plane->vertex[i], plane->vertex[unique - 1]) != 0)
            plane->vertex[unique++] = plane->vertex[i];
    plane->n_vertices = unique;
    return true;
}

static uint32_t find_vertex(const grid_plane *plane, grid_ixy p) {
    uint32_t low = 0, high = plane->n_vertices;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (grid_ixy_compare(plane->vertex[middle], p) <= 0)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static bool name_ends(builder *b) {
    grid_plane *plane = b->plane;
    plane->origin = GRID_NEW(uint32_t, 2 * (size_t)plane->n_edges);
    plane->source = GRID_NEW(uint32_t, plane->n_edges);
    if (plane->origin == NULL || plane->source == NULL)
        return false;
    uint32_t v = 0; /* the edges are ordered by their first ends, as the vertices are */
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        while (grid_ixy_compare(plane->vertex[v], b->edge[e].a) != 0)
            v++;
        plane->origin[2 * e] = v;
        plane->origin[2 * e + 1] = find_vertex(plane, b->edge[e].b);
        plane->source[e] = b->edge[e].source;
    }
    return true;
}

/* ---- half-edges ----------------------------------------------------------------------- */

static grid_ixy direction(const grid_plane *plane, uint32_t half) {
    grid_ixy a = plane->vertex[plane->origin[half]], b = plane->vertex[plane->origin[half ^ 1]];
    return (grid_ixy){b.x - a.x, b.y - a.y};
}

/* Order by angle from east, counter-clockwise. */
static int compare_angles(const void *a, const void *b, void *user) {
    grid_ixy d = direction(user, *(const uint32_t *)a), e = direction(user, *(const uint32_t *)b);
    bool lower_d = d.y < 0 || (d.y == 0 && d.x < 0), lower_e = e.y < 0 || (e.y == 0 && e.x < 0);
    if (lower_d != lower_e)
        return lower_d ? 1 : -1;
    return grid_lattice_orient((grid_ixy){0, 0}, e, d);
}

static bool link_half_edges(builder *b) {
    grid_plane *plane = b->plane;
    size_t n = 2 * (size_t)plane->n_edges;
    b->out_start = GRID_NEW(uint32_t, (size_t)plane->n_vertices + 2);
    b->out = GRID_NEW(uint32_t, n);
    plane->next = GRID_NEW(uint32_t, n);
    if (b->out_start == NULL || b->out == NULL || plane->next == NULL)
        return false;
    uint32_t *start = b->out_start + 1; /* filled one place ahead, then moved */
    for (size_t h = 0; h < n; h++)
        start[plane->origin[h] + 1]++;
    for (uint32_t v = 0; v < plane->n_vertices; v++)
        start[v + 1] += start[v];
    for (size_t h = 0; h < n; h++)
        b->out[start[plane->origin[h]]++] = (uint32_t)h;
    for (uint32_t v = 0; v < plane->n_vertices; v++) {
        uint32_t *out = b->out + b->out_start[v];
        uint32_t degree = b->out_start[v + 1] - b->out_start[v];
        if (degree > 2) /* the order of two in a circle is any */
            qsort_r(out, degree, sizeof *out, compare_angles, plane);
        for (uint32_t i = 0; i < degree; i++)
            plane->next[out[i] ^ 1] = out[i > 0 ? i - 1 : degree - 1];
    }
    return true;
}

/* ---- rings and faces ------------------------------------------------------------------ */

static __int128 walk_ring(builder *b, uint32_t start, uint32_t number) {
    const grid_plane *plane = b->plane;
    grid_ixy base = plane->vertex[plane->origin[start]];
    __int128 area2 = 0;
    uint32_t h = start;
    do {
        grid_ixy p = plane->vertex[plane->origin[h]], q = plane->vertex[plane->origin[h ^ 1]];
        area2 += (__int128)(p.x - base.x) * (q.y - base.y) -
                 (__int128)(q.x - base.x) * (p.y - base.y);
        b->ring_of[h] = number;
        h = plane->next[h];
    } while (h != start);
    return area2;
}

/* Every ring leaves its smallest vertex along an even half-edge, and those are in order. */
static bool find_rings(builder *b) {
    grid_plane *plane = b->plane;
    size_t n = 2 * (size_t)plane->n_edges;
    b->ring_of = GRID_NEW(uint32_t, n);
    if (b->ring_of == NULL)
        return false;
    for (size_t h = 0; h < n; h++)
        b->ring_of[h] = GRID_NONE;
    plane->n_faces = 1;
    for (size_t h = 0; h < n; h += 2) {
        if (b->ring_of[h] != GRID_NONE)
            continue;
        ring r = {.start = (uint32_t)h, .face = GRID_NONE};
        r.area2 = walk_ring(b, r.start, (uint32_t)b->rings.n);
        if (r.area2 > 0)
            r.face = plane->n_faces++;
        if (!GRID_PUSH(&b->rings, r))
            return false;
    }
    return true;
}

/* Which face each piece of the graph lies in: the one above the edge below its smallest vertex. */
static grid_status place_holes(builder *b, grid_error *err) {
    const grid_plane *plane = b->plane;
    grid_ixy *point = GRID_NEW(grid_ixy, b->rings.n);
    uint32_t *below = GRID_NEW(uint32_t, b->rings.n);
    grid_status status = GRID_OK;
    size_t n = 0;
    if (point == NULL || below == NULL) {
        status = grid_fail_nomem(err);
        goto done;
    }
    for (size_t r = 0; r < b->rings.n; r++)
        if (b->rings.at[r].area2 <= 0)
            point[n++] = plane->vertex[plane->origin[b->rings.at[r].start]];
    status = grid_sweep_below(plane, point, n, below, err);
    if (status != GRID_OK)
        goto done;
    n = 0;
    for (size_t r = 0; r < b->rings.n; r++) {
        if (b->rings.at[r].area2 > 0)
            continue;
        uint32_t edge = below[n++];
        b->rings.at[r].face = edge == GRID_NONE ? 0 : b->rings.at[b->ring_of[2 * edge]].face;
    }
done:
    free(point);
    free(below);
    return status;
}

static bool fill_faces(builder *b) {
    grid_plane *plane = b->plane;
    size_t n = 2 * (size_t)plane->n_edges;
    plane->face = GRID_NEW(uint32_t, n);
    plane->face_edge = GRID_NEW(uint32_t, plane->n_faces);
    plane->face_area_m2 = GRID_NEW(double, plane->n_faces);
    __int128 *area2 = GRID_NEW(__int128, plane->n_faces);
    bool ok = plane->face != NULL && plane->face_edge != NULL && plane->face_area_m2 != NULL &&
              area2 != NULL;
    for (size_t h = 0; ok && h < n; h++)
        plane->face[h] = b->rings.at[b->ring_of[h]].face;
    for (size_t r = 0; ok && r < b->rings.n; r++) {
        const ring *at = &b->rings.at[r];
        area2[at->face] += at->area2;
        if (at->area2 > 0)
            plane->face_edge[at->face] = at->start;
    }
    for (uint32_t f = 1; ok && f < plane->n_faces; f++)
        plane->face_area_m2[f] = (double)area2[f] / (2.0 * GRID_LATTICE_PER_M * GRID_LATTICE_PER_M);
    if (ok)
        plane->face_edge[0] = GRID_NONE;
    free(area2);
    return ok;
}

/* ---- a point inside ------------------------------------------------------------------- */

/* The rings of a face one behind the other. */
typedef struct face_rings {
    size_t *start;  /* n_faces + 1 */
    uint32_t *edge; /* a half-edge of each ring */
} face_rings;

static bool sort_rings(const builder *b, face_rings *rings) {
    size_t n_faces = b->plane->n_faces;
    rings->start = GRID_NEW(size_t, n_faces + 2);
    rings->edge = GRID_NEW(uint32_t, b->rings.n);
    if (rings->start == NULL || rings->edge == NULL)
        return false;
    size_t *start = rings->start + 1;
    for (size_t r = 0; r < b->rings.n; r++)
        start[b->rings.at[r].face + 1]++;
    for (size_t f = 0; f < n_faces; f++)
        start[f + 1] += start[f];
    for (size_t r = 0; r < b->rings.n; r++)
        rings->edge[start[b->rings.at[r].face]++] = b->rings.at[r].start;
    return true;
}

typedef GRID_VEC(double) crossings;

static int compare_doubles(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Where the line of height y + 1/2 crosses a ring. It meets no vertex. */
static bool cross_ring(const grid_plane *plane, uint32_t start, int64_t y, crossings *at) {
    uint32_t h = start;
    do {
        grid_ixy p = plane->vertex[plane->origin[h]], q = plane->vertex[plane->origin[h ^ 1]];
        if ((p.y > y) != (q.y > y)) {
            double t = ((double)(y - p.y) + .5) / (double)(q.y - p.y);
            if (!GRID_PUSH(at, (double)p.x + t * (double)(q.x - p.x)))
                return false;
        }
        h = plane->next[h];
    } while (h != start);
    return true;
}

/* The middle of the widest stretch of that line inside the face; returns its width. */
static double widest_stretch(const crossings *at, double *x) {
    double width = -1;
    for (size_t i = 0; i + 1 < at->n; i += 2)
        if (at->at[i + 1] - at->at[i] > width) {
            width = at->at[i + 1] - at->at[i];
            *x = at->at[i] + width / 2;
        }
    return width;
}

/* Half way up the face, or at other heights as long as it is narrow there. */
static bool find_point(const grid_plane *plane, const face_rings *rings, uint32_t f, crossings *at,
                       grid_xy *out) {
    int64_t low = INT64_MAX, high = INT64_MIN;
    uint32_t h = plane->face_edge[f];
    do {
        int64_t y = plane->vertex[plane->origin[h]].y;
        low = y < low ? y : low;
        high = y > high ? y : high;
        h = plane->next[h];
    } while (h != plane->face_edge[f]);

    static const int eighths[] = {4, 2, 6, 1, 3, 5, 7};
    const double wide_enough_mm = 100;
    double best = -1;
    for (size_t i = 0; i < sizeof eighths / sizeof *eighths && best < wide_enough_mm; i++) {
        int64_t y = low + (high - low) / 8 * eighths[i] + (high - low) % 8 * eighths[i] / 8;
        at->n = 0;
        for (size_t r = rings->start[f]; r < rings->start[f + 1]; r++)
            if (!cross_ring(plane, rings->edge[r], y, at))
                return false;
        qsort(at->at, at->n, sizeof *at->at, compare_doubles);
        double x = 0, width = widest_stretch(at, &x);
        if (width > best) {
            best = width;
            *out = (grid_xy){x / GRID_LATTICE_PER_M, ((double)y + .5) / GRID_LATTICE_PER_M};
        }
    }
    return true;
}

static bool find_points(builder *b) {
    grid_plane *plane = b->plane;
    face_rings rings = {0};
    crossings at = {0};
    plane->face_point = GRID_NEW(grid_xy, plane->n_faces);
    bool ok = plane->face_point != NULL && sort_rings(b, &rings);
    for (uint32_t f = 1; ok && f < plane->n_faces; f++)
        ok = find_point(plane, &rings, f, &at, &plane->face_point[f]);
    free(rings.start);
    free(rings.edge);
    GRID_VEC_FREE(&at);
    return ok;
}

/* --------------------------------------------------------------------------------------- */

static grid_status build(builder *b, const grid_segment *segments, size_t n, grid_error *err) {
    if (!collect_edges(b, segments, n) || !collect_vertices(b) || !name_ends(b) ||
        !link_half_edges(b) || !find_rings(b))
        return grid_fail_nomem(err);
    GRID_TRY(place_holes(b, err));
    if (!fill_faces(b) || !find_points(b))
        return grid_fail_nomem(err);
    return GRID_OK;
}

grid_status grid_plane_build(const grid_segment *segments, size_t n, grid_plane **out,
                             grid_error *err) {
    *out = NULL;
    if (n > UINT32_MAX / 4)
        return grid_fail(err, GRID_E_ARG, "", "%zu segments are more than a plane holds", n);
    builder b = {.plane = GRID_NEW(grid_plane, 1)};
    if (b.plane == NULL)
        return grid_fail_nomem(err);
    grid_status status = build(&b, segments, n, err);
    free(b.edge);
    free(b.out_start);
    free(b.out);
    free(b.ring_of);
    GRID_VEC_FREE(&b.rings);
    if (status == GRID_OK)
        *out = b.plane;
    else
        grid_plane_free(b.plane);
    return status;
}

void grid_plane_free(grid_plane *plane) {
    if (plane == NULL)
        return;
    free(plane->vertex);
    free(plane->origin);
    free(plane->next);
    free(plane->face);
    free(plane->source);
    free(plane->face_edge);
    free(plane->face_point);
    free(plane->face_area_m2);
    free(plane);
}

/* ---- point location ------------------------------------------------------------------- */

typedef struct query {
    grid_ixy point;
    size_t number;
} query;

static int compare_queries(const void *a, const void *b) {
    return grid_ixy_compare(((const query *)a)->point, ((const query *)b)->point);
}

grid_status grid_plane_find(const grid_plane *plane, const grid_ixy *points, size_t n,
                            uint32_t *face, grid_error *err) {
    query *queries = GRID_NEW(query, n);
    grid_ixy *point = GRID_NEW(grid_ixy, n);
    uint32_t *below = GRID_NEW(uint32_t, n);
    grid_status status = GRID_OK;
    if (queries == NULL || point == NULL || below == NULL) {
        status = grid_fail_nomem(err);
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        queries[i] = (query){points[i], i};
    qsort(queries, n, sizeof *queries, compare_queries);
    for (size_t i = 0; i < n; i++)
        point[i] = queries[i].point;
    status = grid_sweep_below(plane, point, n, below, err);
    for (size_t i = 0; status == GRID_OK && i < n; i++)
        face[queries[i].number] = below[i] == GRID_NONE ? 0 : plane->face[2 * below[i]];
done:
    free(queries);
    free(point);
    free(below);
    return status;
}
