/*
 * Speed of the certificate, the full check, the report and the repair, on a generated coverage of
 * quads with jagged shared borders, 25 vertices each, in memory. CPU seconds of one thread.
 *
 *   bench_cover [POLYGONS] [out.geojson]     writes the coverage too, for other systems to check:
 *   time mapshaper out.geojson -mosaic       and, for what reading alone takes,
 *   time mapshaper out.geojson -info
 * bench_cover_peers.sh does so, and sets PEER_CPU_S and PEER_MB for the table of goals.
 */
#include "base/memory.h"
#include "cover/digest.h"

#include <grid/cover.h>

#include "base/vec.h"

#include <math.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SIDE = 6 }; /* edges of a side */

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double peak_mb(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_maxrss / 1024;
}

static uint64_t mix(uint64_t v) {
    v = (v ^ v >> 31) * UINT64_C(0x9e3779b97f4a7c15);
    return (v ^ v >> 29) * UINT64_C(0xbf58476d1ce4e5b9) >> 11;
}

static double unit_interval(uint64_t v) {
    return (double)mix(v) * 0x1p-53;
}

/* Vertex k of the side that starts at corner (i, j) and goes east or north: shared by both units.
 */
static grid_xy side_vertex(uint64_t i, uint64_t j, bool north, uint64_t k) {
    uint64_t seed = ((i * 100003 + j) * 2 + north) * 8 + k;
    double along = k == 0 ? 0 : (double)k / SIDE + (unit_interval(seed) - 0.5) * 0.08;
    double across = k == 0 ? 0 : (unit_interval(seed + 77777777) - 0.5) * 0.12;
    double x = (double)i + (north ? across : along), y = (double)j + (north ? along : across);
    return (grid_xy){500000 + 30 * x, 3400000 + 30 * y};
}

static void must(bool done) {
    if (!done) {
        fprintf(stderr, "bench_cover: out of memory\n");
        exit(70);
    }
}

static void add(grid_shapes *s, grid_xy p, double jitter, uint64_t *random) {
    if (jitter > 0) {
        p.x += jitter * (unit_interval(++*random) - 0.5);
        p.y += jitter * (unit_interval(++*random) - 0.5);
    }
    must(grid_shapes_add(s, p.x, p.y));
}

static void add_quad(grid_shapes *s, uint64_t i, uint64_t j, double jitter, uint64_t *random) {
    must(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
         grid_shapes_begin_chain(s));
    size_t first = s->n_xy;
    for (uint64_t k = 0; k < SIDE; k++)
        add(s, side_vertex(i, j, false, k), jitter, random);
    for (uint64_t k = 0; k < SIDE; k++)
        add(s, side_vertex(i + 1, j, true, k), jitter, random);
    for (uint64_t k = SIDE; k > 0; k--)
        add(s, k == SIDE ? side_vertex(i + 1, j + 1, false, 0) : side_vertex(i, j + 1, false, k),
            jitter, random);
    for (uint64_t k = SIDE; k > 0; k--)
        add(s, k == SIDE ? side_vertex(i, j + 1, false, 0) : side_vertex(i, j, true, k), jitter,
            random);
    grid_xy start = s->xy[first];
    add(s, start, 0, random);
}

/* Quads, and a strip along the south side with all their vertices if `giant`. */
static grid_shapes *coverage(uint64_t across, uint64_t down, double jitter, bool giant) {
    grid_shapes *s = grid_shapes_new();
    uint64_t random = 1;
    must(s != NULL);
    for (uint64_t j = 0; j < down; j++)
        for (uint64_t i = 0; i < across; i++)
            add_quad(s, i, j, jitter, &random);
    if (!giant)
        return s;
    must(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
         grid_shapes_begin_chain(s));
    add(s, (grid_xy){500000, 3400000 - 90}, 0, &random);
    add(s, (grid_xy){500000 + 30 * (double)across, 3400000 - 90}, 0, &random);
    for (uint64_t i = across; i > 0; i--)
        for (uint64_t k = SIDE; k > 0; k--)
            add(s, k == SIDE ? side_vertex(i, 0, false, 0) : side_vertex(i - 1, 0, false, k), 0,
                &random);
    add(s, side_vertex(0, 0, false, 0), 0, &random);
    add(s, (grid_xy){500000, 3400000 - 90}, 0, &random);
    return s;
}

/* The outline of all, with the strip's south side if `giant`. */
static grid_shapes *outline(uint64_t across, uint64_t down, bool giant) {
    grid_shapes *s = grid_shapes_new();
    uint64_t random = 1;
    must(s != NULL && grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
         grid_shapes_begin_chain(s));
    if (giant) {
        add(s, side_vertex(0, 0, false, 0), 0, &random);
        add(s, (grid_xy){500000, 3400000 - 90}, 0, &random);
        add(s, (grid_xy){500000 + 30 * (double)across, 3400000 - 90}, 0, &random);
    }
    for (uint64_t i = 0; i < across && !giant; i++)
        for (uint64_t k = 0; k < SIDE; k++)
            add(s, side_vertex(i, 0, false, k), 0, &random);
    for (uint64_t j = 0; j < down; j++)
        for (uint64_t k = 0; k < SIDE; k++)
            add(s, side_vertex(across, j, true, k), 0, &random);
    for (uint64_t i = across; i > 0; i--)
        for (uint64_t k = SIDE; k > 0; k--)
            add(s, k == SIDE ? side_vertex(i, down, false, 0) : side_vertex(i - 1, down, false, k),
                0, &random);
    for (uint64_t j = down; j > 0; j--)
        for (uint64_t k = SIDE; k > 0; k--)
            add(s, k == SIDE ? side_vertex(0, j, true, 0) : side_vertex(0, j - 1, true, k), 0,
                &random);
    add(s, side_vertex(0, 0, false, 0), 0, &random);
    return s;
}

static double plain_pass(const grid_shapes *s) {
    double sum = 0;
    for (size_t f = 0; f < s->n; f++)
        for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++)
            for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++)
                for (size_t i = s->xy_start[c]; i < s->xy_start[c + 1]; i++)
                    sum += s->xy[i].x + s->xy[i].y;
    return sum;
}

static grid_digest signed_edges(const grid_shapes *s) {
    grid_digest sum = {0, 0};
    for (size_t f = 0; f < s->n; f++) {
        grid_digest edges, rings;
        feature_digest(s, f, &edges, &rings);
        sum = digest_plus(sum, edges);
    }
    return sum;
}

/* ---- goals ------------------------------------------------------------------------ */

typedef struct goal {
    const char *what, *unit;
    double measured, most;
} goal;

static goal goals[8];
static size_t n_goals;

static void note_goal(const char *what, double measured, double most, const char *unit) {
    goals[n_goals++] = (goal){what, unit, measured, most};
}

static void print_goals(void) {
    if (n_goals == 0)
        return;
    printf("\n%-44s %10s %10s\n", "goal", "at most", "measured");
    for (size_t i = 0; i < n_goals; i++) {
        const goal *g = &goals[i];
        printf("%-44s %10.2f %10.2f %-6s %s\n", g->what, g->most, g->measured, g->unit,
               g->measured <= g->most ? "met" : "NOT MET");
    }
}

/* ---- what is measured ------------------------------------------------------------- */

static double report(const char *what, double seconds, double beside) {
    printf("%-44s %8.3f CPU s", what, seconds);
    if (beside > 0)
        printf("  %6.2f x", seconds / beside);
    printf("   peak %.0f MB\n", peak_mb());
    return seconds;
}

static double check(const char *what, const grid_shapes *parent, const grid_shapes *units,
                    bool exact, double beside) {
    uint32_t *parent_of = GRID_NEW(uint32_t, units->n);
    must(parent_of != NULL);
    grid_seam seam;
    double start = cpu_seconds();
    if (grid_cover_check(parent, units, parent_of, NULL, &seam, NULL) != GRID_OK ||
        seam.exact != exact) {
        printf("WRONG: %s\n", what);
        free(parent_of);
        return INFINITY;
    }
    free(parent_of);
    return report(what, cpu_seconds() - start, beside);
}

typedef struct measured {
    double seconds, mb;
    size_t n; /* of what was found */
} measured;

typedef measured measure_fn(const grid_cover_level *levels);

static measured find(const grid_cover_level *levels) {
    const grid_cover_options options = {.tolerance = 0.5};
    grid_cover_report *r;
    double start = cpu_seconds();
    if (grid_cover_find(levels, 2, &options, NULL, &r, NULL) != GRID_OK)
        return (measured){.seconds = INFINITY};
    measured m = {cpu_seconds() - start, peak_mb(), r->n};
    grid_cover_report_free(r);
    return m;
}

static measured repair(const grid_cover_level *levels) {
    static const bool may_change[] = {false, true};
    const grid_fix_options options = {.tolerance = 3, .may_change = may_change};
    grid_cover_fixed *fixed;
    double start = cpu_seconds();
    if (grid_cover_fix(levels, 2, &options, NULL, &fixed, NULL) != GRID_OK)
        return (measured){.seconds = INFINITY};
    measured m = {cpu_seconds() - start, peak_mb(), fixed->n};
    grid_cover_fixed_free(fixed);
    return m;
}

/* In a process of its own, as a command does it: later runs in one process find the memory that
 * the system had to clear for the first. */
static measured measure_apart(measure_fn *fn, const grid_cover_level *levels) {
    measured m = {.seconds = INFINITY};
    int ends[2];
    if (pipe(ends) != 0)
        return m;
#ifdef __GLIBC__
    malloc_trim(0); /* what is free here would be copied there, page by page */
#endif
    pid_t child = fork();
    if (child == 0) {
        m = fn(levels);
        _exit(write(ends[1], &m, sizeof m) == sizeof m ? 0 : 1);
    }
    close(ends[1]);
    if (child > 0 && read(ends[0], &m, sizeof m) != sizeof m)
        m.seconds = INFINITY;
    close(ends[0]);
    waitpid(child, NULL, 0);
    return m;
}

static int compare_measured(const void *pa, const void *pb) {
    const measured *a = pa, *b = pb;
    return (a->seconds > b->seconds) - (a->seconds < b->seconds);
}

/* The median of five; of large coverages one has to do. */
static double measure(const char *what, measure_fn *fn, const grid_shapes *parent,
                      const grid_shapes *units) {
    enum { ROUNDS = 5 };
    const grid_cover_level levels[] = {{.name = "parent", .shapes = parent},
                                       {.name = "unit", .shapes = units}};
    int rounds = units->n <= 400000 ? ROUNDS : 1;
    measured round[ROUNDS];
    for (int i = 0; i < rounds; i++)
        round[i] = measure_apart(fn, levels);
    qsort(round, (size_t)rounds, sizeof *round, compare_measured);
    const measured *m = &round[rounds / 2];
    printf("%-44s %8.3f CPU s   peak %.0f MB\n    %zu %s\n", what, m->seconds, m->mb, m->n,
           fn == repair ? "units changed" : "defects");
    return m->seconds;
}

/* Moves one vertex of every hundredth unit by up to a metre. */
static void spoil(grid_shapes *s) {
    uint64_t random = 99;
    for (size_t f = 0; f < s->n; f += 100) {
        size_t i = s->xy_start[s->chain_start[s->part_start[f]]] + 2 + mix(++random) % (SIDE - 3);
        s->xy[i].x += 0.7 * (unit_interval(++random) - 0.5);
        s->xy[i].y += 0.7 * (unit_interval(++random) - 0.5);
    }
}

static void write_geojson(const grid_shapes *s, const char *path) {
    FILE *file = fopen(path, "w");
    if (file == NULL)
        return;
    fputs("{\"type\":\"FeatureCollection\",\"features\":[\n", file);
    for (size_t f = 0; f < s->n; f++) {
        fprintf(file,
                "%s{\"type\":\"Feature\",\"properties\":{\"id\":%zu},\"geometry\":"
                "{\"type\":\"Polygon\",\"coordinates\":[[",
                f > 0 ? ",\n" : "", f);
        size_t c = s->chain_start[s->part_start[f]];
        for (size_t i = s->xy_start[c]; i < s->xy_start[c + 1]; i++)
            fprintf(file, "%s[%.17g,%.17g]", i > s->xy_start[c] ? "," : "", s->xy[i].x, s->xy[i].y);
        fputs("]]}}", file);
    }
    fputs("\n]}\n", file);
    fclose(file);
}

/* A neighbour that shares 50,000 vertices with 8,334 units. */
static void measure_giant(uint64_t polygons) {
    grid_shapes *flat = coverage(8334, polygons / 8334, 0, false),
                *with = coverage(8334, polygons / 8334, 0, true);
    grid_shapes *box = outline(8334, polygons / 8334, false),
                *long_box = outline(8334, polygons / 8334, true);
    double without = check("in a band 8,334 wide", box, flat, true, 0);
    double beside = check("the same with a neighbour of 50,000 vertices", long_box, with, true,
                          without);
    note_goal("one giant neighbour, beside none", beside / without, 1.1, "x");
    grid_shapes_free(flat);
    grid_shapes_free(with);
    grid_shapes_free(box);
    grid_shapes_free(long_box);
}

/* The certificate and the full check. */
static void measure_proof(const grid_shapes *parent, const grid_shapes *units) {
    enum { ROUNDS = 5 }; /* the best of each: a small coverage is summed in a millisecond */
    double best_plain = INFINITY, best_signs = INFINITY;
    volatile double sum = 0;
    volatile uint64_t keep = 0;
    for (int round = 0; round < ROUNDS; round++) {
        double start = cpu_seconds();
        sum = plain_pass(units);
        double middle = cpu_seconds();
        keep = signed_edges(units).a;
        best_plain = fmin(best_plain, middle - start);
        best_signs = fmin(best_signs, cpu_seconds() - middle);
    }
    double plain = report("sum of all coordinates", best_plain, 0);
    double signs = report("certificate: sum of signed edges", best_signs, plain);
    if (units->n >= 900000) /* fewer stay in the cache, which the plain sum profits from most */
        note_goal("certificate, beside the plain sum", signs / plain, 3, "x");
    double full = check("full validation, with ring checks", parent, units, true, plain);
    const char *peer = getenv("PEER_CPU_S"), *peer_mb = getenv("PEER_MB");
    if (peer != NULL)
        note_goal("full validation, of mapshaper's time", 100 * full / atof(peer), 100.0 / 30, "%");
    if (peer_mb != NULL)
        note_goal("memory of it, of mapshaper's", 100 * peak_mb() / atof(peer_mb), 50, "%");
    (void)sum;
    (void)keep;
}

int main(int argc, char **argv) {
    uint64_t polygons = argc > 1 ? strtoull(argv[1], NULL, 10) : 100000;
    bool hundred_thousand = polygons >= 90000 && polygons <= 110000; /* what the goals are for */
    uint64_t across = (uint64_t)sqrt((double)polygons), down = polygons / across;
    grid_shapes *units = coverage(across, down, 0, false), *parent = outline(across, down, false);
    setvbuf(stdout, NULL, _IOLBF, 0);
    printf("%zu polygons, %zu vertices\n", units->n, units->n_xy);
    if (argc > 2)
        write_geojson(units, argv[2]);
    grid_keep_memory(); /* as grid-coverage does */
    measure_proof(parent, units);
    if (polygons >= 40000 && polygons <= 400000)
        measure_giant(polygons);
    measure("report, no faults", find, parent, units);
    spoil(units);
    double faulty = measure("report, 1 % of the units faulty", find, parent, units);
    double repaired = measure("repair of these", repair, parent, units);
    grid_shapes_free(units);
    if (hundred_thousand) {
        note_goal("report, 1 % of the units faulty", faulty, 0.25, "CPU s");
        note_goal("repair of these", repaired, 0.6, "CPU s");
    }
    if (polygons <= 400000) {
        units = coverage(across, down, 0.001, false);
        double moved = measure("report, every vertex off by up to 1 mm", find, parent, units);
        if (hundred_thousand)
            note_goal("report, every vertex off by up to 1 mm", moved, 1.5, "CPU s");
        grid_shapes_free(units);
    }
    grid_shapes_free(parent);
    print_goals();
    return 0;
}
