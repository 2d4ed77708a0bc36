/*
 * Cells of generated towns: time, memory and growth with the number of buildings; and, on the
 * smallest, side by side with the usual recipe (Voronoi polygons of densified outlines, dissolved
 * by building, clipped by block).
 *
 *     bench_cells [buildings ...]        default 5000 50000; 500000 needs a few minutes
 */
#include <grid/cells.h>
#include <grid/cover.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#ifdef HAVE_GEOS
#include <geos_c.h>
#endif

enum { PER_BLOCK = 20 };
static const double BLOCK_W = 120, BLOCK_H = 100;

typedef struct town {
    size_t columns, rows, n_buildings;
    grid_shapes *street, *block, *road, *building;
    uint8_t *road_class;
    int64_t *households;
} town;

static uint64_t rng_state = 1;

static double uniform(double low, double high) {
    rng_state += UINT64_C(0x9e3779b97f4a7c15);
    uint64_t z = rng_state;
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return low + (high - low) * (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

/* CPU time of all threads: what others do on the machine hardly shows. */
static double seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void need(bool ok) {
    if (!ok) {
        fputs("out of memory\n", stderr);
        exit(1);
    }
}

/* ---- the town ------------------------------------------------------------------------- */

/* Streets curve: a place on the plan, bent. */
static grid_xy bend(double x, double y) {
    return (grid_xy){500000 + x + 20 * sin(y / 300), 4000000 + y + 15 * sin(x / 250)};
}

static void begin(grid_shapes *s, grid_shape_kind kind) {
    need(grid_shapes_begin(s, kind) && grid_shapes_begin_part(s) && grid_shapes_begin_chain(s));
}

static void add(grid_shapes *s, grid_xy p) {
    need(grid_shapes_add(s, p.x, p.y));
}

/* A line on the plan in pieces of 20 m; the last point is left to what follows. */
static void add_side(grid_shapes *s, double x, double y, double to_x, double to_y) {
    int n = (int)(hypot(to_x - x, to_y - y) / 20 + .5);
    for (int i = 0; i < n; i++)
        add(s, bend(x + (to_x - x) * i / n, y + (to_y - y) * i / n));
}

static void add_area(grid_shapes *s, double x, double y, double w, double h) {
    begin(s, GRID_SHAPE_AREA);
    add_side(s, x, y, x + w, y);
    add_side(s, x + w, y, x + w, y + h);
    add_side(s, x + w, y + h, x, y + h);
    add_side(s, x, y + h, x, y);
    add(s, bend(x, y));
}

static void add_road(town *t, double x, double y, double to_x, double to_y, size_t line) {
    t->road_class[t->road->n] = line % 5 == 0 ? GRID_BORDER_ARTERIAL : GRID_BORDER_ROAD;
    begin(t->road, GRID_SHAPE_LINE);
    add_side(t->road, x, y, to_x, to_y);
    add(t->road, bend(to_x, to_y));
}

static void add_building(town *t, double x, double y) {
    double w = uniform(8, 16), h = uniform(8, 13), a = uniform(-.2, .2);
    double cx = x + uniform(-2, 2), cy = y + uniform(-2, 2);
    static const double corner[5][2] = {{-.5, -.5}, {.5, -.5}, {.5, .5}, {-.5, .5}, {-.5, -.5}};
    t->households[t->building->n] = (int64_t)uniform(1, 40);
    begin(t->building, GRID_SHAPE_AREA);
    grid_xy centre = bend(cx, cy);
    for (int i = 0; i < 5; i++) {
        double dx = corner[i][0] * w, dy = corner[i][1] * h;
        add(t->building,
            (grid_xy){centre.x + dx * cos(a) - dy * sin(a), centre.y + dx * sin(a) + dy * cos(a)});
    }
}

static void make_town(town *t, size_t buildings) {
    size_t blocks = buildings / PER_BLOCK;
    t->columns = (size_t)ceil(sqrt((double)blocks));
    t->rows = blocks / t->columns;
    t->n_buildings = t->columns * t->rows * PER_BLOCK;
    t->street = grid_shapes_new();
    t->block = grid_shapes_new();
    t->road = grid_shapes_new();
    t->building = grid_shapes_new();
    t->road_class = calloc(2 * (t->columns + 1) * (t->rows + 1), 1);
    t->households = calloc(t->n_buildings, sizeof *t->households);
    need(t->street && t->block && t->road && t->building && t->road_class && t->households);
    add_area(t->street, 0, 0, BLOCK_W * (double)t->columns, BLOCK_H * (double)t->rows);
    for (size_t r = 0; r < t->rows; r++)
        for (size_t c = 0; c < t->columns; c++) {
            double x = BLOCK_W * (double)c, y = BLOCK_H * (double)r;
            add_area(t->block, x, y, BLOCK_W, BLOCK_H);
            add_road(t, x, y, x + BLOCK_W, y, r);
            add_road(t, x, y, x, y + BLOCK_H, c);
            for (int i = 0; i < PER_BLOCK; i++)
                add_building(t, x + 17 + 21.5 * (i % 5), y + 16 + 22.5 * (i / 5));
        }
}

static void free_town(town *t) {
    grid_shapes_free(t->street);
    grid_shapes_free(t->block);
    grid_shapes_free(t->road);
    grid_shapes_free(t->building);
    free(t->road_class);
    free(t->households);
}

/* ---- ours ----------------------------------------------------------------------------- */

static long peak_mb(void) {
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return use.ru_maxrss / 1024;
}

/* Buildings that are not wholly in the area they belong to, by their corners. */
static size_t count_cut(const grid_shapes *building, const grid_shapes *area, const uint32_t *of) {
    size_t cut = 0;
    for (size_t b = 0; b < building->n; b++) {
        grid_xy middle = {0, 0};
        const grid_xy *p = building->xy + 5 * b;
        for (int i = 0; i < 4; i++) {
            middle.x += p[i].x / 4;
            middle.y += p[i].y / 4;
        }
        bool inside = of[b] != GRID_NONE;
        for (int i = 0; i < 4 && inside; i++) /* a centimetre inside each corner */
            inside = grid_shapes_covers(area, of[b], p[i].x + .001 * (middle.x - p[i].x),
                                        p[i].y + .001 * (middle.y - p[i].y));
        cut += !inside;
    }
    return cut;
}

static void report(const char *name, double time, const grid_shapes *children, size_t residual,
                   size_t cut, double moved_m2) {
    printf("  %-28s %8.2f CPU s %9zu cells %9zu edges, %6zu without twin (%.2f %%), %.3f m2 amiss, "
           "%zu buildings cut\n",
           name, time, children->n, children->n_xy - children->n_chains, residual,
           100 * (double)residual / (double)(children->n_xy - children->n_chains), moved_m2, cut);
}

static void bench_ours(const town *t, unsigned threads) {
    const grid_barriers roads = {t->road, t->road_class, NULL, "roads"};
    const grid_cells_input in = {.street = t->street,
                                 .barriers = &roads,
                                 .n_barriers = 1,
                                 .household = t->building,
                                 .households = t->households,
                                 .mode = GRID_CELLS_MADE,
                                 .cut_above = 100};
    const grid_context ctx = {.threads = threads};
    grid_error err = {0};
    grid_cells *cells = NULL;
    double start = seconds();
    if (grid_cells_build(&in, &ctx, &cells, &err) != GRID_OK) {
        fprintf(stderr, "%s\n", err.message);
        exit(1);
    }
    double time = seconds() - start;
    grid_shapes *cell = NULL, *street = NULL;
    uint32_t *whole = calloc(cells->plane->n_faces, sizeof *whole);
    need(whole != NULL);
    for (uint32_t f = 0; f < cells->plane->n_faces; f++)
        whole[f] = cells->cell_of_face[f] == GRID_NONE ? GRID_NONE : 0;
    need(grid_plane_dissolve(cells->plane, cells->cell_of_face, cells->n_cells, &cell, NULL) ==
             GRID_OK &&
         grid_plane_dissolve(cells->plane, whole, 1, &street, NULL) == GRID_OK);
    grid_seam seam;
    need(grid_cover_check(street, cell, cells->street, &ctx, &seam, NULL) == GRID_OK);
    report("libgrid", time, cell, seam.n_residual_edges,
           count_cut(t->building, cell, cells->cell_of_household), 0);
    printf("  %u threads; peak of the process %ld MB\n", threads, peak_mb());
    grid_shapes_free(cell);
    grid_shapes_free(street);
    free(whole);
    grid_cells_free(cells);
}

/* ---- the recipe ----------------------------------------------------------------------- */

#ifdef HAVE_GEOS

static GEOSContextHandle_t geos;

static GEOSGeometry *to_polygon(const grid_shapes *s, size_t f) {
    size_t begin_xy = s->xy_start[s->chain_start[s->part_start[f]]];
    size_t n = s->xy_start[s->chain_start[s->part_start[f]] + 1] - begin_xy;
    GEOSCoordSequence *xy = GEOSCoordSeq_create_r(geos, (unsigned)n, 2);
    for (unsigned i = 0; i < n; i++)
        GEOSCoordSeq_setXY_r(geos, xy, i, s->xy[begin_xy + i].x, s->xy[begin_xy + i].y);
    return GEOSGeom_createPolygon_r(geos, GEOSGeom_createLinearRing_r(geos, xy), NULL, 0);
}

static void add_polygon(grid_shapes *out, const GEOSGeometry *polygon) {
    need(grid_shapes_begin_part(out));
    for (int r = -1; r < GEOSGetNumInteriorRings_r(geos, polygon); r++) {
        const GEOSGeometry *ring = r < 0 ? GEOSGetExteriorRing_r(geos, polygon)
                                         : GEOSGetInteriorRingN_r(geos, polygon, r);
        const GEOSCoordSequence *xy = GEOSGeom_getCoordSeq_r(geos, ring);
        unsigned n = 0;
        GEOSCoordSeq_getSize_r(geos, xy, &n);
        need(grid_shapes_begin_chain(out));
        for (unsigned i = 0; i < n; i++) {
            grid_xy p;
            GEOSCoordSeq_getXY_r(geos, xy, i, &p.x, &p.y);
            add(out, p);
        }
    }
}

static void add_geometry(grid_shapes *out, const GEOSGeometry *g) {
    need(grid_shapes_begin(out, GRID_SHAPE_AREA));
    for (int i = 0; i < GEOSGetNumGeometries_r(geos, g); i++) {
        const GEOSGeometry *part = GEOSGetGeometryN_r(geos, g, i);
        if (GEOSGeomTypeId_r(geos, part) == GEOS_POLYGON && !GEOSisEmpty_r(geos, part))
            add_polygon(out, part);
    }
}

/* Samples of building outlines, half a metre apart. */
static size_t densify(const town *t, size_t first, grid_xy **out, uint32_t **owner) {
    size_t n = 0, cap = 200 * PER_BLOCK;
    *out = malloc(cap * sizeof **out);
    *owner = malloc(cap * sizeof **owner);
    need(*out && *owner);
    for (size_t b = first; b < first + PER_BLOCK; b++)
        for (int i = 0; i < 4; i++) {
            grid_xy p = t->building->xy[5 * b + (size_t)i],
                    q = t->building->xy[5 * b + (size_t)i + 1];
            int m = (int)(hypot(q.x - p.x, q.y - p.y) / .5) + 1;
            for (int k = 0; k < m && n < cap; k++, n++) {
                (*out)[n] = (grid_xy){p.x + (q.x - p.x) * k / m, p.y + (q.y - p.y) * k / m};
                (*owner)[n] = (uint32_t)(b - first);
            }
        }
    return n;
}

typedef struct site {
    const grid_shapes *pieces;
    grid_xy at;
    uint32_t piece;
} site;

static bool meet_piece(void *user, size_t i) {
    site *s = user;
    if (!grid_shapes_covers(s->pieces, i, s->at.x, s->at.y))
        return true;
    s->piece = (uint32_t)i;
    return false;
}

/* Voronoi polygons of one block, dissolved by building and clipped. */
static void recipe_block(const town *t, size_t block, grid_shapes *out) {
    grid_xy *point;
    uint32_t *owner;
    size_t n = densify(t, block * PER_BLOCK, &point, &owner);
    GEOSCoordSequence *xy = GEOSCoordSeq_create_r(geos, (unsigned)n, 2);
    for (unsigned i = 0; i < n; i++)
        GEOSCoordSeq_setXY_r(geos, xy, i, point[i].x, point[i].y);
    GEOSGeometry *cloud = GEOSGeom_createLineString_r(geos, xy);
    GEOSGeometry *clip = to_polygon(t->block, block);
    GEOSGeometry *all = GEOSVoronoiDiagram_r(geos, cloud, clip, 0, 0);
    int m = GEOSGetNumGeometries_r(geos, all);
    grid_shapes *piece = grid_shapes_new();
    need(piece != NULL);
    for (int i = 0; i < m; i++)
        add_geometry(piece, GEOSGetGeometryN_r(geos, all, i));
    GEOSGeometry ***of = calloc(PER_BLOCK, sizeof *of);
    unsigned count[PER_BLOCK] = {0};
    need(of != NULL);
    for (int b = 0; b < PER_BLOCK; b++)
        need((of[b] = calloc((size_t)m, sizeof **of)) != NULL);
    grid_rtree *tree;
    need(grid_rtree_build_shapes(piece, &tree, NULL) == GRID_OK);
    for (size_t k = 0; k < n; k++) {
        site at = {piece, point[k], GRID_NONE};
        const grid_box box = {point[k].x, point[k].y, point[k].x, point[k].y};
        grid_rtree_find(tree, &box, meet_piece, &at);
        if (at.piece != GRID_NONE)
            of[owner[k]][count[owner[k]]++] = GEOSGeom_clone_r(
                geos, GEOSGetGeometryN_r(geos, all, (int)at.piece));
    }
    grid_rtree_free(tree);
    for (int b = 0; b < PER_BLOCK; b++) {
        GEOSGeometry *some = GEOSGeom_createCollection_r(geos, GEOS_MULTIPOLYGON, of[b], count[b]);
        GEOSGeometry *one = GEOSUnaryUnion_r(geos, some);
        GEOSGeometry *clipped = GEOSIntersection_r(geos, one, clip);
        add_geometry(out, clipped);
        GEOSGeom_destroy_r(geos, some);
        GEOSGeom_destroy_r(geos, one);
        GEOSGeom_destroy_r(geos, clipped);
        free(of[b]);
    }
    free(of);
    grid_shapes_free(piece);
    GEOSGeom_destroy_r(geos, all);
    GEOSGeom_destroy_r(geos, cloud);
    GEOSGeom_destroy_r(geos, clip);
    free(point);
    free(owner);
}

static void bench_recipe(const town *t) {
    geos = GEOS_init_r();
    grid_shapes *cell = grid_shapes_new();
    need(cell != NULL);
    double start = seconds();
    for (size_t b = 0; b < t->block->n; b++)
        recipe_block(t, b, cell);
    double time = seconds() - start, amiss = 0;
    uint32_t *parent = calloc(cell->n, sizeof *parent), *of = calloc(cell->n, sizeof *of);
    grid_seam *seam = calloc(t->block->n, sizeof *seam);
    need(parent && of && seam);
    for (size_t c = 0; c < cell->n; c++) {
        parent[c] = (uint32_t)(c / PER_BLOCK);
        of[c] = (uint32_t)c;
        amiss -= grid_shapes_area(cell, c);
    }
    for (size_t b = 0; b < t->block->n; b++)
        amiss += grid_shapes_area(t->block, b);
    need(grid_cover_check(t->block, cell, parent, NULL, seam, NULL) == GRID_OK);
    size_t residual = 0;
    for (size_t b = 0; b < t->block->n; b++)
        residual += seam[b].n_residual_edges;
    report("Voronoi, dissolved, clipped", time, cell, residual, count_cut(t->building, cell, of),
           fabs(amiss));
    free(parent);
    free(of);
    free(seam);
    grid_shapes_free(cell);
    GEOS_finish_r(geos);
}

#endif

int main(int argc, char **argv) {
    static char *usual[] = {"", "5000", "50000"};
    if (argc < 2) {
        argc = 3;
        argv = usual;
    }
    for (int i = 1; i < argc; i++) {
        town t;
        make_town(&t, strtoull(argv[i], NULL, 10));
        printf("%zu buildings, %zu road segments\n", t.n_buildings, t.road->n);
        bench_ours(&t, 2);
#ifdef HAVE_GEOS
        if (i == 1)
            bench_recipe(&t);
#endif
        free_town(&t);
    }
    return 0;
}
