/*
 * Points per second of the index, beside GEOS (STRtree over prepared polygons) on the same made-up
 * towns and the same traces, with the goals in the end. CPU time of one thread; medians of five
 * runs. S2 and Boost are measured by bench_locate_peers.
 *
 *   bench_locate [millions of points]
 */
#include <grid/locate.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "goals.h"
#include "locate/kernel.h"
#include "trace.h"

#ifdef HAVE_GEOS
#include <geos_c.h>
#endif

enum { RUNS = 5 };

static goal_table goals;

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values) {
    qsort(values, RUNS, sizeof *values, by_value);
    return values[RUNS / 2];
}

typedef void answer_fn(void *user, const grid_xy *xy, size_t n, grid_hit *hits);

/* Millions of points a second. */
static double measure(answer_fn *fn, void *user, const grid_xy *xy, size_t n, grid_hit *hits) {
    double taken[RUNS];
    for (int i = 0; i < RUNS; i++) {
        double begin = seconds(CLOCK_PROCESS_CPUTIME_ID);
        fn(user, xy, n, hits);
        taken[i] = seconds(CLOCK_PROCESS_CPUTIME_ID) - begin;
    }
    return (double)n / median(taken) / 1e6;
}

static void batch(void *user, const grid_xy *xy, size_t n, grid_hit *hits) {
    for (size_t i = 0; i < n; i += 4096)
        grid_locator_find_many(user, xy + i, n - i < 4096 ? n - i : 4096, hits + i % 65536);
}

static void one_by_one(void *user, const grid_xy *xy, size_t n, grid_hit *hits) {
    for (size_t i = 0; i < n; i++)
        grid_locator_find(user, xy[i].x, xy[i].y, hits + i % 65536);
}

#ifdef HAVE_GEOS
static void geos_say(const char *format, ...) {
    (void)format;
}

typedef struct geos {
    GEOSContextHandle_t h;
    GEOSSTRtree *tree;
    size_t n;
    GEOSGeometry **area;
    const GEOSPreparedGeometry **prepared;
    GEOSGeometry *point;
    size_t found;
} geos;

static GEOSGeometry *geos_area(GEOSContextHandle_t h, const grid_shapes *s, size_t f) {
    size_t c = s->chain_start[s->part_start[f]], begin = s->xy_start[c],
           n = s->xy_start[c + 1] - begin;
    GEOSCoordSequence *seq = GEOSCoordSeq_create_r(h, (unsigned)n, 2);
    for (size_t i = 0; i < n; i++)
        GEOSCoordSeq_setXY_r(h, seq, (unsigned)i, s->xy[begin + i].x, s->xy[begin + i].y);
    return GEOSGeom_createPolygon_r(h, GEOSGeom_createLinearRing_r(h, seq), NULL, 0);
}

static void geos_visit(void *item, void *user) {
    geos *g = user;
    g->found += GEOSPreparedIntersects_r(g->h, g->prepared[(size_t)item], g->point) == 1;
}

static void geos_all(void *user, const grid_xy *xy, size_t n, grid_hit *hits) {
    geos *g = user;
    (void)hits;
    for (size_t i = 0; i < n; i++) {
        g->point = GEOSGeom_createPointFromXY_r(g->h, xy[i].x, xy[i].y);
        GEOSSTRtree_query_r(g->h, g->tree, g->point, geos_visit, g);
        GEOSGeom_destroy_r(g->h, g->point);
    }
}

static geos *geos_open(const grid_shapes *s) {
    geos *g = calloc(1, sizeof *g);
    town_need(g != NULL);
    g->h = GEOS_init_r();
    GEOSContext_setNoticeHandler_r(g->h, geos_say);
    g->tree = GEOSSTRtree_create_r(g->h, 10);
    g->n = s->n;
    g->area = calloc(s->n, sizeof(GEOSGeometry *));
    g->prepared = calloc(s->n, sizeof(GEOSPreparedGeometry *));
    town_need(g->area != NULL && g->prepared != NULL);
    for (size_t f = 0; f < s->n; f++) {
        g->area[f] = geos_area(g->h, s, f);
        g->prepared[f] = GEOSPrepare_r(g->h, g->area[f]);
        GEOSSTRtree_insert_r(g->h, g->tree, g->area[f], (void *)f);
    }
    return g;
}

static void geos_close(geos *g) {
    GEOSSTRtree_destroy_r(g->h, g->tree);
    for (size_t f = 0; f < g->n; f++) {
        GEOSPreparedGeom_destroy_r(g->h, g->prepared[f]);
        GEOSGeom_destroy_r(g->h, g->area[f]);
    }
    GEOS_finish_r(g->h);
    free(g->area);
    free(g->prepared);
    free(g);
}

static double geos_speed(const grid_shapes *s, const grid_xy *xy, size_t n, grid_hit *hits) {
    geos *g = geos_open(s);
    double speed = measure(geos_all, g, xy, n, hits);
    geos_close(g);
    return speed;
}
#else
static double geos_speed(const grid_shapes *s, const grid_xy *xy, size_t n, grid_hit *hits) {
    (void)s, (void)xy, (void)n, (void)hits;
    return NAN;
}
#endif

static void describe(const grid_locator *l) {
    const nest_image *h = l->nest[0].head;
    size_t faces = 0;
    for (uint64_t i = 0; i < h->dir.n; i++)
        faces += entry_kind(l->nest[0].dir[i]) == ENTRY_FACE;
    printf("  %llu border tiles, %llu nodes, %llu directory cells of which %.0f %% are faces\n",
           (unsigned long long)h->tile.n, (unsigned long long)h->node.n,
           (unsigned long long)h->dir.n, 100.0 * (double)faces / (double)h->dir.n);
}

static grid_locator *build(const grid_shapes *s, const char *const *codes) {
    const grid_locate_layer layer = {.name = "grid", .shapes = s, .code = codes};
    const grid_context ctx = {.threads = 2};
    grid_locator *l = NULL;
    double wall[RUNS], cpu[RUNS];
    for (int i = 0; i < RUNS; i++) {
        grid_locator_free(l);
        double begin = seconds(CLOCK_MONOTONIC), begin_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
        town_need(grid_locator_build(&layer, 1, &ctx, &l, NULL) == GRID_OK);
        wall[i] = seconds(CLOCK_MONOTONIC) - begin;
        cpu[i] = seconds(CLOCK_PROCESS_CPUTIME_ID) - begin_cpu;
    }
    if (s->n == 20000)
        goals_add(&goals, "build, 20,000 grids, 2 threads, wall", "", "s", 0.6, 2, median(wall));
    printf("%zu grids, %zu vertices: built in %.3f s wall (2 threads), %.3f s CPU\n", s->n, s->n_xy,
           median(wall), median(cpu));
    return l;
}

typedef grid_status open_fn(const char *path, grid_locator **out, grid_error *err);

/* Milliseconds of CPU from a file to the first answer. */
static double start(open_fn *open, grid_xy p) {
    double taken[RUNS];
    grid_hit hit;
    for (int i = 0; i < RUNS; i++) {
        grid_locator *mapped;
        double begin = seconds(CLOCK_PROCESS_CPUTIME_ID);
        town_need(open("bench_locate.gridx", &mapped, NULL) == GRID_OK);
        grid_locator_find(mapped, p.x, p.y, &hit);
        town_need(grid_locator_check(mapped, NULL) == GRID_OK);
        taken[i] = seconds(CLOCK_PROCESS_CPUTIME_ID) - begin;
        grid_locator_free(mapped);
    }
    return 1000 * median(taken);
}

static void starts(const grid_locator *l, const grid_shapes *s, grid_xy p) {
    town_need(grid_locator_save(l, "bench_locate.gridx", "", "", true, NULL) == GRID_OK);
    double lazily = start(grid_locator_open_lazily, p), whole = start(grid_locator_open, p);
    remove("bench_locate.gridx");
    printf("  %.1f MB mapped, first answer: %.2f ms CPU; all checked: %.1f ms\n",
           (double)l->size / 1e6, lazily, whole);
    if (s->n == 20000)
        goals_add(&goals, "start to first answer, 20,000 grids, the library's part", "", "ms", 3,
                  10, lazily);
}

static void kernels(grid_locator *l, const grid_xy *xy, size_t n, grid_hit *hits) {
    static const char *const names[] = {"plain", "SSE", "AVX2"};
    kernel_id best = l->kernel;
    printf("    by kernel:");
    for (int k = KERNEL_PLAIN; k <= KERNEL_AVX2 && kernel_runs((kernel_id)k); k++) {
        l->kernel = (kernel_id)k;
        printf(" %s %.1f", names[k], measure(batch, l, xy, n, hits));
    }
    printf("\n");
    l->kernel = best;
}

static void add_goals(size_t n_grids, const char *name, double many, double tree_many) {
    char what[64];
    snprintf(what, sizeof what, "batch / GEOS, %zu grids", n_grids);
    goals_add(&goals, what, name, "x", n_grids > 10000 ? 200 : n_grids > 500 ? 120 : 75, 40, many);
    snprintf(what, sizeof what, "tree alone / GEOS, %zu grids", n_grids);
    goals_add(&goals, what, name, "x", 12, 6, tree_many);
}

/* The goals are those of many devices reporting at once; walks, one after the other, are shown as
 * well: whatever caches there are, they suit these best. */
static void bench_trace(grid_locator *l, const grid_shapes *s, const grid_xy *xy, size_t n,
                        bool is_walk) {
    const char *name = is_walk ? "walks" : "devices interleaved";
    grid_hit *hits = calloc(65536 + 4096, sizeof *hits);
    town_need(hits != NULL);
    double many = measure(batch, l, xy, n, hits), single = measure(one_by_one, l, xy, n, hits);
    grid_locator_use_directory(l, false);
    double tree_many = measure(batch, l, xy, n, hits),
           tree_single = measure(one_by_one, l, xy, n, hits);
    grid_locator_use_directory(l, true);
    double geos_many = geos_speed(s, xy, n / 20, hits);
    printf(
        "  %s, M points/s: directory %.1f batch, %.1f single; tree alone %.1f batch, %.1f single; "
        "GEOS %.2f\n    times GEOS: batch %.0f, tree alone %.1f\n",
        name, many, single, tree_many, tree_single, geos_many, many / geos_many,
        tree_many / geos_many);
    kernels(l, xy, n, hits);
    if (!is_walk)
        add_goals(s->n, name, many / geos_many, tree_many / geos_many);
    free(hits);
}

static void bench(size_t nx, size_t ny, size_t per_side, size_t points) {
    const town t = {nx, ny, per_side, 300, 500000, 3400000, 1};
    grid_shapes *s = town_grids(&t);
    const char **codes = town_codes(s->n);
    grid_locator *l = build(s, codes);
    describe(l);
    starts(l, s, (grid_xy){500100, 3400100});
    for (int walks = 0; walks < 2; walks++) {
        grid_xy *xy = make_trace(&t, points, walks);
        bench_trace(l, s, xy, points, walks);
        free(xy);
    }
    grid_locator_free(l);
    grid_shapes_free(s);
    free(codes);
}

int main(int argc, char **argv) {
    size_t points = (size_t)(argc > 1 ? atof(argv[1]) * 1e6 : 4e6);
    bench(20, 10, 51, points);
    bench(38, 28, 49, points);
    bench(160, 125, 46, points);
    goals_print(&goals);
    return 0;
}
