/*
 * Made-up coverages for tests and benchmarks of locating: nx * ny grids that tile a rectangle, with
 * jagged borders on the millimetre lattice that neighbours share to the bit.
 */
#ifndef GRID_TESTS_TOWN_H
#define GRID_TESTS_TOWN_H

#include <grid/geom.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct town {
    size_t nx, ny, per_side; /* per_side: edges of a side between two corners */
    double cell_m, x0, y0;
    uint64_t seed;
} town;

static inline uint64_t town_hash(uint64_t a, uint64_t b, uint64_t c, uint64_t d) {
    uint64_t h = a * UINT64_C(0x9e3779b97f4a7c15) + b;
    h = (h ^ h >> 31) * UINT64_C(0xbf58476d1ce4e5b9) + c;
    h = (h ^ h >> 29) * UINT64_C(0x94d049bb133111eb) + d;
    h = (h ^ h >> 32) * UINT64_C(0xd6e8feb86659fd93);
    return h ^ h >> 29;
}

/* -1 .. 1 */
static inline double town_noise(const town *t, uint64_t a, uint64_t b, uint64_t c) {
    return (double)(town_hash(t->seed, a, b, c) >> 11) * 0x1p-52 - 1;
}

static inline double town_round(double metres) {
    return (double)llround(metres * 1000) / 1000;
}

static inline grid_xy town_corner(const town *t, size_t i, size_t j) {
    double x = (double)i, y = (double)j;
    if (i > 0 && i < t->nx)
        x += 0.25 * town_noise(t, 2 * i, j, 0);
    if (j > 0 && j < t->ny)
        y += 0.25 * town_noise(t, 2 * i + 1, j, 0);
    return (grid_xy){town_round(t->x0 + x * t->cell_m), town_round(t->y0 + y * t->cell_m)};
}

/* Point k of the side that leaves corner (i, j) east (upright 0) or north (upright 1). */
static inline grid_xy town_side(const town *t, size_t i, size_t j, int upright, size_t k) {
    grid_xy a = town_corner(t, i, j);
    grid_xy b = upright ? town_corner(t, i, j + 1) : town_corner(t, i + 1, j);
    if (k == 0)
        return a;
    if (k == t->per_side)
        return b;
    double f = (double)k / (double)t->per_side, dx = b.x - a.x, dy = b.y - a.y;
    uint64_t side = (uint64_t)(2 * (j * (t->nx + 1) + i) + (size_t)upright);
    double bend = 0.12 * town_noise(t, side, 1, 1) * sin(6.283185307179586 * f) +
                  0.5 / (double)t->per_side * town_noise(t, side, k, 2);
    bend *= 4 * f * (1 - f);
    return (grid_xy){town_round(a.x + f * dx - bend * dy), town_round(a.y + f * dy + bend * dx)};
}

static inline void town_need(bool ok) {
    if (!ok)
        abort();
}

static inline void town_walk(const town *t, grid_shapes *s, size_t i, size_t j, int upright,
                             bool back) {
    for (size_t k = 0; k < t->per_side; k++) {
        grid_xy p = town_side(t, i, j, upright, back ? t->per_side - k : k);
        town_need(grid_shapes_add(s, p.x, p.y));
    }
}

/* Grid (i, j) is feature j * nx + i. */
static inline grid_shapes *town_grids(const town *t) {
    grid_shapes *s = grid_shapes_new();
    town_need(s != NULL);
    for (size_t j = 0; j < t->ny; j++)
        for (size_t i = 0; i < t->nx; i++) {
            town_need(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
                      grid_shapes_begin_chain(s));
            town_walk(t, s, i, j, 0, false);
            town_walk(t, s, i + 1, j, 1, false);
            town_walk(t, s, i, j + 1, 0, true);
            town_walk(t, s, i, j, 1, true);
            grid_xy first = town_corner(t, i, j);
            town_need(grid_shapes_add(s, first.x, first.y));
        }
    return s;
}

/* The town's outline, with every vertex of the grids on it. */
static inline grid_shapes *town_outline(const town *t) {
    grid_shapes *s = grid_shapes_new();
    town_need(s != NULL && grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
              grid_shapes_begin_chain(s));
    for (size_t i = 0; i < t->nx; i++)
        town_walk(t, s, i, 0, 0, false);
    for (size_t j = 0; j < t->ny; j++)
        town_walk(t, s, t->nx, j, 1, false);
    for (size_t i = t->nx; i-- > 0;)
        town_walk(t, s, i, t->ny, 0, true);
    for (size_t j = t->ny; j-- > 0;)
        town_walk(t, s, 0, j, 1, true);
    grid_xy first = town_corner(t, 0, 0);
    town_need(grid_shapes_add(s, first.x, first.y));
    return s;
}

/* "000001" and so on; one block, freed with free(). */
static inline const char **town_codes(size_t n) {
    const char **code = (const char **)malloc(n * sizeof *code + n * 24);
    town_need(code != NULL);
    char *text = (char *)(code + n);
    for (size_t i = 0; i < n; i++) {
        snprintf(text + 24 * i, 24, "%08zu", i + 1);
        code[i] = text + 24 * i;
    }
    return code;
}

#endif
