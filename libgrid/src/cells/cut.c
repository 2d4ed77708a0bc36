/*
 * Lines half way between buildings, and along the middle of ribbons. The rims of the open ground
 * of a cell are sampled, each sample owned by what lies across: a building, or the cell beside a
 * ribbon. Samples of a rim with nobody across belong to the owner nearest along the
 * triangulation. Where a Delaunay triangle has corners of different owners, a line runs
 * between the middles of its mixed sides. This is the medial axis of the ground to
 * within the sampling distance.
 *
 * Source: F. Aurenhammer, "Voronoi diagrams - a survey of a fundamental geometric data structure",
 * ACM Computing Surveys 23 (1991); D. H. Douglas, T. K. Peucker, "Algorithms for the
 * reduction of the number of points", Cartographica 10 (1973).
 */
#include "cells/maker.h"

#include "base/base.h"
#include "base/parallel.h"
#include "geos/geos.h"

#include <math.h>

static const double SAMPLE_MM = 2000;   /* between samples of a rim */
static const double SHORTEST_MM = 20;   /* a shorter edge has no sample */
static const double TOLERANCE_MM = 300; /* by which midlines are straightened */

typedef struct site {
    grid_ixy at;
    uint32_t owner;     /* household feature or cell; GRID_NONE on a rim until it is known */
    uint32_t edge;      /* of the plane; GRID_NONE for a household that is a point */
    double t;           /* where on the edge, 0 .. 1 */
    uint32_t corner[2]; /* ends of the edge that no other sample is nearer to; GRID_NONE */
    bool rim;           /* of the cell, with nobody across */
    grid_ixy nearest;   /* the owner's sample that it is nearest to, itself if owned */
    double distance;    /* to that, mm */
} site;

/* A side of a triangle: sites u < v. */
typedef struct side {
    uint32_t u, v;
} side;

typedef struct cutter {
    const maker *m;
    const bool *cut;
    const ribbons *share; /* NULL where buildings own the ground */
    uint32_t *owner;      /* per face: household feature on it; GRID_NONE for open ground */
    const uint32_t *rank; /* of household features */
    uint32_t *cells;      /* those to be cut */
    size_t n_cells;
    size_t *face_start;      /* per cell, + 1 */
    uint32_t *faces;         /* of each cell */
    size_t *household_start; /* per cell, + 1 */
    uint32_t *households;    /* point features of each cell */
    struct drawing *drawing; /* per cell to be cut */
} cutter;

typedef struct drawing {
    GRID_VEC(site) sites;
    GRID_VEC(side) sides;
    GRID_VEC(grid_segment) lines;
    grid_status status;
    grid_error error;
} drawing;

/* ---- sites ---------------------------------------------------------------------------- */

static int64_t round_down(double v) {
    return (int64_t)floor(v + .5); /* as pixels are half open */
}

static double gap(grid_ixy p, grid_ixy q) {
    return hypot((double)(p.x - q.x), (double)(p.y - q.y));
}

static grid_ixy along(const grid_plane *plane, uint32_t edge, double t) {
    grid_ixy a = plane->vertex[plane->origin[2 * edge]];
    grid_ixy b = plane->vertex[plane->origin[2 * edge + 1]];
    return (grid_ixy){a.x + round_down(t * (double)(b.x - a.x)),
                      a.y + round_down(t * (double)(b.y - a.y))};
}

static bool sample_edge(const grid_plane *plane, uint32_t edge, uint32_t owner, bool rim,
                        drawing *d) {
    double length = edge_length_mm(plane, edge);
    if (length < SHORTEST_MM)
        return true;
    size_t n = (size_t)(length / SAMPLE_MM) + 1;
    for (size_t i = 0; i < n; i++) {
        double t = ((double)i + .5) / (double)n;
        site s = {.at = along(plane, edge, t),
                  .t = t,
                  .owner = owner,
                  .nearest = along(plane, edge, t),
                  .edge = edge,
                  .rim = rim,
                  .corner = {i == 0 ? plane->origin[2 * edge] : GRID_NONE,
                             i == n - 1 ? plane->origin[2 * edge + 1] : GRID_NONE},
                  .distance = owner == GRID_NONE ? INFINITY : 0};
        if (!GRID_PUSH(&d->sites, s))
            return false;
    }
    return true;
}

static bool is_open(const cutter *c, uint32_t f) {
    return c->share != NULL || c->owner[f] == GRID_NONE;
}

static bool sample_half_edge(const cutter *c, uint32_t h, drawing *d) {
    const grid_plane *plane = c->m->a.plane;
    uint32_t across = plane->face[h ^ 1];
    bool inside = c->m->cell[across] == c->m->cell[plane->face[h]];
    if (inside && is_open(c, across))
        return true;
    if (inside)
        return sample_edge(plane, h / 2, c->owner[across], false, d);
    if (c->share != NULL && ribbon_gives(c->m, c->share, h))
        return sample_edge(plane, h / 2, c->m->cell[across], false, d);
    return sample_edge(plane, h / 2, GRID_NONE, true, d);
}

static bool sample_face(const cutter *c, uint32_t f, drawing *d) {
    const arrangement *a = &c->m->a;
    for (size_t i = a->face_start[f]; i < a->face_start[f + 1]; i++)
        if (!sample_half_edge(c, a->face_half[i], d))
            return false;
    return true;
}

static bool place_points(const cutter *c, uint32_t cell, drawing *d) {
    const grid_shapes *s = c->m->in->household;
    for (size_t i = c->household_start[cell]; i < c->household_start[cell + 1]; i++) {
        uint32_t f = c->households[i];
        grid_xy at = s->xy[s->xy_start[s->chain_start[s->part_start[f]]]];
        site p = {.at = grid_lattice_snap(at),
                  .owner = f,
                  .nearest = grid_lattice_snap(at),
                  .edge = GRID_NONE,
                  .corner = {GRID_NONE, GRID_NONE}};
        if (!GRID_PUSH(&d->sites, p))
            return false;
    }
    return true;
}

/* An order of owners that rows cannot change. */
static uint32_t rank_of(const cutter *c, uint32_t owner) {
    return owner == GRID_NONE || c->share != NULL ? owner : c->rank[owner];
}

static int compare_sites(const void *a, const void *b, void *user) {
    const site *s = a, *t = b;
    const cutter *c = user;
    if (s->at.x != t->at.x)
        return s->at.x < t->at.x ? -1 : 1;
    if (s->at.y != t->at.y)
        return s->at.y < t->at.y ? -1 : 1;
    uint32_t r = rank_of(c, s->owner), q = rank_of(c, t->owner);
    return (r > q) - (r < q);
}

/* All sites of a cell, each place once; false when memory ran out. */
static bool collect_sites(const cutter *c, uint32_t cell, drawing *d) {
    for (size_t i = c->face_start[cell]; i < c->face_start[cell + 1]; i++)
        if (is_open(c, c->faces[i]) && !sample_face(c, c->faces[i], d))
            return false;
    if (c->share == NULL && !place_points(c, cell, d))
        return false;
    if (d->sites.n == 0)
        return true;
    qsort_r(d->sites.at, d->sites.n, sizeof *d->sites.at, compare_sites, (void *)(uintptr_t)c);
    size_t n = 0;
    for (size_t i = 0; i < d->sites.n; i++) {
        const site *s = &d->sites.at[i];
        if (n == 0 || s->at.x != d->sites.at[n - 1].at.x || s->at.y != d->sites.at[n - 1].at.y)
            d->sites.at[n++] = *s;
    }
    d->sites.n = n;
    return true;
}

static bool has_two_owners(const drawing *d) {
    uint32_t one = GRID_NONE;
    for (size_t i = 0; i < d->sites.n; i++) {
        uint32_t owner = d->sites.at[i].owner;
        if (owner == GRID_NONE)
            continue;
        if (one != GRID_NONE && owner != one)
            return true;
        one = owner;
    }
    return false;
}

/* ---- triangles ------------------------------------------------------------------------ */

static grid_status triangulate(const drawing *d, grid_triangle **out, size_t *n, grid_error *err) {
    grid_xy *points = GRID_NEW(grid_xy, d->sites.n);
    if (points == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < d->sites.n; i++)
        points[i] = (grid_xy){(double)(d->sites.at[i].at.x - d->sites.at[0].at.x),
                              (double)(d->sites.at[i].at.y - d->sites.at[0].at.y)};
    grid_status status = grid_triangulate(points, d->sites.n, out, n, err);
    free(points);
    return status;
}

static int compare_sides(const void *a, const void *b) {
    const side *s = a, *t = b;
    if (s->u != t->u)
        return s->u < t->u ? -1 : 1;
    return (s->v > t->v) - (s->v < t->v);
}

static bool collect_sides(drawing *d, const grid_triangle *triangle, size_t n) {
    if (n == 0 || !GRID_RESERVE(&d->sides, 3 * n))
        return n == 0;
    for (size_t i = 0; i < n; i++)
        for (int k = 0; k < 3; k++) {
            uint32_t u = triangle[i].corner[k], v = triangle[i].corner[(k + 1) % 3];
            d->sides.at[d->sides.n++] = u < v ? (side){u, v} : (side){v, u};
        }
    qsort(d->sides.at, d->sides.n, sizeof *d->sides.at, compare_sides);
    size_t unique = 0;
    for (size_t i = 0; i < d->sides.n; i++)
        if (unique == 0 || compare_sides(&d->sides.at[i], &d->sides.at[unique - 1]) != 0)
            d->sides.at[unique++] = d->sides.at[i];
    d->sides.n = unique;
    return true;
}

/* Takes over the owner of `from` where that is nearer. */
static bool relax(const cutter *c, const site *from, site *to) {
    if (from->owner == GRID_NONE || !to->rim)
        return false;
    double d = gap(from->nearest, to->at);
    if (d > to->distance || (d == to->distance && rank_of(c, from->owner) >= rank_of(c, to->owner)))
        return false;
    to->distance = d;
    to->nearest = from->nearest;
    to->owner = from->owner;
    return true;
}

/* Samples of the rim get the owner nearest along the sides (Bellman-Ford: few rounds do). */
static void spread_owners(const cutter *c, drawing *d) {
    for (bool changed = true; changed;) {
        changed = false;
        for (size_t i = 0; i < d->sides.n; i++) {
            site *u = &d->sites.at[d->sides.at[i].u], *v = &d->sites.at[d->sides.at[i].v];
            bool one = relax(c, u, v), other = relax(c, v, u);
            changed |= one || other;
        }
    }
}

/* ---- lines ---------------------------------------------------------------------------- */

/* Where two rims meet, the line ends in their common corner. */
static bool common_corner(const grid_plane *plane, const site *s, const site *t, grid_ixy *out) {
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            if (s->corner[i] != GRID_NONE && s->corner[i] == t->corner[j]) {
                *out = plane->vertex[s->corner[i]];
                return true;
            }
    return false;
}

/* Samples of the cell's rim on different edges: the nearest corner between them is on the rim. */
static bool near_corner(const grid_plane *plane, const site *s, const site *t, grid_ixy middle,
                        grid_ixy *out) {
    const uint32_t corner[] = {s->corner[0], s->corner[1], t->corner[0], t->corner[1]};
    double best = gap(s->at, t->at);
    bool any = false;
    for (int i = 0; i < 4; i++) {
        if (corner[i] == GRID_NONE || gap(plane->vertex[corner[i]], middle) >= best)
            continue;
        best = gap(plane->vertex[corner[i]], middle);
        *out = plane->vertex[corner[i]];
        any = true;
    }
    return any;
}

static double square(grid_ixy p, grid_ixy q) {
    double dx = (double)(p.x - q.x), dy = (double)(p.y - q.y);
    return dx * dx + dy * dy;
}

/* Where between two samples, 0 .. 1, it is as far to the one's owner as to the other's. */
static double part_between(const site *s, const site *t) {
    double along_x = (double)(t->at.x - s->at.x), along_y = (double)(t->at.y - s->at.y);
    double across = along_x * (double)(t->nearest.x - s->nearest.x) +
                    along_y * (double)(t->nearest.y - s->nearest.y);
    double part = across == 0
                      ? .5
                      : (square(s->at, t->nearest) - square(s->at, s->nearest)) / (2 * across);
    return part < 0 ? 0 : part > 1 ? 1 : part;
}

/* The place between two samples where their owners' ground meets. */
static grid_ixy middle_of(const grid_plane *plane, const site *s, const site *t) {
    grid_ixy corner = {0, 0};
    if (common_corner(plane, s, t, &corner))
        return corner;
    double part = part_between(s, t);
    if (s->rim && t->rim && s->edge == t->edge) /* the pixel of this place is on the edge */
        return along(plane, s->edge, s->t + part * (t->t - s->t));
    grid_ixy middle = {s->at.x + round_down(part * (double)(t->at.x - s->at.x)),
                       s->at.y + round_down(part * (double)(t->at.y - s->at.y))};
    if (s->rim && t->rim && near_corner(plane, s, t, middle, &corner))
        return corner;
    return middle;
}

static bool add_line(drawing *d, grid_ixy a, grid_ixy b, uint32_t source) {
    return (a.x == b.x && a.y == b.y) || GRID_PUSH(&d->lines, (grid_segment){a, b, source});
}

/* The middle of a ribbon stands for the barrier beside it. */
static uint32_t stands_for(const cutter *c, const site *s, const site *t) {
    if (c->share == NULL)
        return 0;
    uint32_t source = s->rim ? 0 : edge_barrier_source(&c->m->a, s->edge);
    if (source == 0 && !t->rim)
        source = edge_barrier_source(&c->m->a, t->edge);
    return 1 + source;
}

static bool draw_triangle(const cutter *c, drawing *d, const grid_triangle *triangle) {
    const site *s[3];
    grid_ixy middle[3], centre = {0, 0};
    uint32_t source = 0;
    int n = 0;
    for (int k = 0; k < 3; k++)
        s[k] = &d->sites.at[triangle->corner[k]];
    for (int k = 0; k < 3; k++) {
        const site *t = s[(k + 1) % 3];
        if (s[k]->owner == GRID_NONE || t->owner == GRID_NONE)
            return true;
        if (s[k]->owner != t->owner) {
            middle[n++] = middle_of(c->m->a.plane, s[k], t);
            source = source > 1 ? source : stands_for(c, s[k], t);
        }
    }
    if (n == 2)
        return add_line(d, middle[0], middle[1], source);
    for (int k = 0; k < n; k++) {
        centre.x += middle[k].x;
        centre.y += middle[k].y;
    }
    centre = (grid_ixy){round_down((double)centre.x / 3), round_down((double)centre.y / 3)};
    for (int k = 0; k < n; k++)
        if (!add_line(d, middle[k], centre, source))
            return false;
    return true;
}

static grid_status draw_cell(const cutter *c, uint32_t cell, drawing *d, grid_error *err) {
    if (!collect_sites(c, cell, d))
        return grid_fail_nomem(err);
    if (!has_two_owners(d))
        return GRID_OK;
    grid_triangle *triangle = NULL;
    size_t n = 0;
    GRID_TRY(triangulate(d, &triangle, &n, err));
    bool ok = collect_sides(d, triangle, n);
    if (ok)
        spread_owners(c, d);
    for (size_t i = 0; ok && i < n; i++)
        ok = draw_triangle(c, d, &triangle[i]);
    free(triangle);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

static void draw_cells(void *user, size_t begin, size_t end, unsigned worker) {
    (void)worker;
    const cutter *c = user;
    for (size_t i = begin; i < end && !grid_cancelled(c->m->ctx); i++) {
        drawing *d = &c->drawing[i];
        d->status = draw_cell(c, c->cells[i], d, &d->error);
        GRID_VEC_FREE(&d->sites);
        GRID_VEC_FREE(&d->sides);
    }
}

/* ---- gathering ------------------------------------------------------------------------ */

typedef GRID_VEC(grid_segment) segments;

typedef GRID_VEC(uint32_t) numbers;

/* Lines of all cells, and the cell of each. */
static grid_status gather(const cutter *c, segments *out, numbers *cell, grid_error *err) {
    for (size_t i = 0; i < c->n_cells; i++) {
        const drawing *d = &c->drawing[i];
        if (d->status != GRID_OK) {
            if (err != NULL)
                *err = d->error;
            return d->status;
        }
        if (!GRID_RESERVE(out, d->lines.n) || !GRID_RESERVE(cell, d->lines.n))
            return grid_fail_nomem(err);
        for (size_t k = 0; k < d->lines.n; k++) {
            out->at[out->n++] = d->lines.at[k];
            cell->at[cell->n++] = c->cells[i];
        }
    }
    if (grid_cancelled(c->m->ctx))
        return grid_fail(err, GRID_E_CANCEL, "", "cancelled");
    return GRID_OK;
}

/* The triangulation is that of a convex region: keeps what lies on open ground of its cell. */
static grid_status keep_open(const cutter *c, segments *lines, const numbers *cell,
                             grid_error *err) {
    grid_ixy *middle = GRID_NEW(grid_ixy, lines->n);
    uint32_t *face = GRID_NEW(uint32_t, lines->n);
    grid_status status = GRID_OK;
    if (middle == NULL || face == NULL) {
        status = grid_fail_nomem(err);
        goto done;
    }
    for (size_t i = 0; i < lines->n; i++) {
        const grid_segment *s = &lines->at[i];
        middle[i] = (grid_ixy){(s->a.x + s->b.x) / 2, (s->a.y + s->b.y) / 2};
    }
    status = grid_plane_find(c->m->a.plane, middle, lines->n, face, err);
    size_t n = 0;
    for (size_t i = 0; status == GRID_OK && i < lines->n; i++)
        if (c->m->cell[face[i]] == cell->at[i] && is_open(c, face[i]))
            lines->at[n++] = lines->at[i];
    lines->n = n;
done:
    free(middle);
    free(face);
    return status;
}

/* ---- what belongs to the cells -------------------------------------------------------- */

static bool sort_faces(cutter *c) {
    const maker *m = c->m;
    c->face_start = GRID_NEW(size_t, (size_t)m->n_cells + 2);
    c->faces = GRID_NEW(uint32_t, m->a.plane->n_faces);
    if (c->face_start == NULL || c->faces == NULL)
        return false;
    size_t *start = c->face_start + 1; /* filled one place ahead, then moved */
    for (uint32_t f = 0; f < m->a.plane->n_faces; f++)
        if (m->cell[f] != GRID_NONE)
            start[m->cell[f] + 1]++;
    for (uint32_t cell = 0; cell < m->n_cells; cell++)
        start[cell + 1] += start[cell];
    for (uint32_t f = 0; f < m->a.plane->n_faces; f++)
        if (m->cell[f] != GRID_NONE)
            c->faces[start[m->cell[f]]++] = f;
    return true;
}

static bool is_point_in_cell(const maker *m, uint32_t f) {
    return m->in->household->kind[f] == GRID_SHAPE_POINT && m->cell_of_household[f] != GRID_NONE &&
           m->in->households[f] > 0;
}

static bool sort_points(cutter *c) {
    const maker *m = c->m;
    c->household_start = GRID_NEW(size_t, (size_t)m->n_cells + 2);
    c->households = GRID_NEW(uint32_t, m->in->household->n);
    if (c->household_start == NULL || c->households == NULL)
        return false;
    size_t *start = c->household_start + 1; /* filled one place ahead, then moved */
    for (uint32_t f = 0; f < m->in->household->n; f++)
        if (is_point_in_cell(m, f))
            start[m->cell_of_household[f] + 1]++;
    for (uint32_t cell = 0; cell < m->n_cells; cell++)
        start[cell + 1] += start[cell];
    for (uint32_t f = 0; f < m->in->household->n; f++)
        if (is_point_in_cell(m, f))
            c->households[start[m->cell_of_household[f]]++] = f;
    return true;
}

static bool list_cells(cutter *c) {
    c->cells = GRID_NEW(uint32_t, c->m->n_cells);
    for (uint32_t cell = 0; c->cells != NULL && cell < c->m->n_cells; cell++)
        if (c->cut[cell])
            c->cells[c->n_cells++] = cell;
    c->drawing = GRID_NEW(drawing, c->n_cells);
    return c->cells != NULL && c->drawing != NULL;
}

static grid_status draw(cutter *c, segments *lines, grid_error *err) {
    if (!list_cells(c) || !sort_faces(c) || !sort_points(c))
        return grid_fail_nomem(err);
    grid_parallel_for(grid_threads(c->m->ctx), c->n_cells, 1, draw_cells, c);
    numbers cell = {0};
    grid_status status = gather(c, lines, &cell, err);
    if (status == GRID_OK)
        status = keep_open(c, lines, &cell, err);
    GRID_VEC_FREE(&cell);
    return status;
}

grid_status maker_draw_midlines(const maker *m, const bool *cut, const ribbons *share,
                                grid_segment **out, size_t *n_out, grid_error *err) {
    *out = NULL;
    *n_out = 0;
    cutter c = {.m = m, .cut = cut, .share = share, .owner = maker_owners(m)};
    c.rank = m->a.layer[LAYER_HOUSEHOLD].rank;
    segments lines = {0};
    grid_status status = c.owner == NULL ? grid_fail_nomem(err) : draw(&c, &lines, err);
    for (size_t i = 0; c.drawing != NULL && i < c.n_cells; i++)
        GRID_VEC_FREE(&c.drawing[i].lines);
    free(c.drawing);
    free(c.owner);
    free(c.cells);
    free(c.face_start);
    free(c.faces);
    free(c.household_start);
    free(c.households);
    if (status == GRID_OK)
        status = segments_straighten(lines.at, lines.n, TOLERANCE_MM, out, n_out, err);
    GRID_VEC_FREE(&lines);
    return status;
}
