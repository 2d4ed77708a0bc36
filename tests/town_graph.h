/*
 * town_graph.h - made-up towns as graphs of cells: blocks between roads, compounds of several
 * cells, some high, some low, communities of several blocks. Cells are squares of a raster, so that
 * borders and areas are easy to check.
 */
#ifndef GRID_TESTS_TOWN_GRAPH_H
#define GRID_TESTS_TOWN_GRAPH_H

#include <grid/partition.h>
#include <stdlib.h>

typedef struct town_plan {
    uint32_t width, height; /* in cells */
    uint32_t cell_m;        /* side of a cell */
    uint32_t block;         /* cells along a block's side; a block is one compound */
    uint32_t arterial;      /* every so many blocks a road is an arterial; 0 for none */
    uint32_t community;     /* blocks along a community's side */
    int64_t mean;           /* households a cell */
    uint32_t seed;
} town_plan;

typedef struct town {
    grid_graph graph;
    int64_t *measure, *length_mm, *cost;
    uint32_t *start, *to, *region, *compound;
    uint8_t *border_class;
    grid_xy *place;
} town;

static uint32_t town_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static inline void town_free(town *t) {
    free(t->measure);
    free(t->length_mm);
    free(t->cost);
    free(t->start);
    free(t->to);
    free(t->region);
    free(t->compound);
    free(t->border_class);
    free(t->place);
}

/** Class of the border before column (or row) x; inside a block there is only a gap. */
static inline grid_border_class town_class(const town_plan *p, uint32_t x) {
    if (x % p->block != 0)
        return GRID_BORDER_GAP;
    if (p->arterial && x / p->block % p->arterial == 0)
        return GRID_BORDER_ARTERIAL;
    return x / p->block % 2 ? GRID_BORDER_LANE : GRID_BORDER_ROAD;
}

static inline void town_join(town *t, uint32_t a, uint32_t b, grid_border_class cls,
                             uint32_t cell_m) {
    const grid_border_prices prices = grid_border_prices_default();
    uint32_t e = t->start[a + 1]++;
    t->to[e] = b;
    t->border_class[e] = (uint8_t)cls;
    t->length_mm[e] = (int64_t)cell_m * 1000;
    t->cost[e] = t->length_mm[e] *
                 (cls == GRID_BORDER_GAP ? prices.inside_compound : prices.tenths[cls]);
}

/** Two measures: households and persons. number[i] is the node of raster cell i. */
static inline void town_build(town *t, const town_plan *p, const uint32_t *number) {
    uint32_t n = p->width * p->height, across = (p->width + p->block - 1) / p->block;
    uint32_t side = p->block * p->community;
    uint32_t regions_across = (p->width + side - 1) / side;
    t->measure = calloc(2 * (size_t)n, sizeof *t->measure);
    t->start = calloc((size_t)n + 2, sizeof *t->start);
    t->to = calloc(4 * (size_t)n, sizeof *t->to);
    t->length_mm = calloc(4 * (size_t)n, sizeof *t->length_mm);
    t->cost = calloc(4 * (size_t)n, sizeof *t->cost);
    t->border_class = calloc(4 * (size_t)n, 1);
    t->region = calloc(n, sizeof *t->region);
    t->compound = calloc(n, sizeof *t->compound);
    t->place = calloc(n, sizeof *t->place);
    uint64_t state = p->seed * UINT64_C(2654435761) + 1;
    for (int i = 0; i < 8; i++)
        town_random(&state);
    uint32_t *dense = calloc((size_t)across * (p->height / p->block + 1), sizeof *dense);
    for (uint32_t b = 0; b < across * (p->height / p->block + 1); b++)
        dense[b] = 25 + town_random(&state) % 150; /* per cent of the mean */
    for (uint32_t i = 0; i < n; i++) {
        uint32_t x = i % p->width, y = i / p->width, v = number ? number[i] : i;
        uint32_t b = x / p->block + y / p->block * across;
        int64_t households = p->mean * dense[b] * (50 + town_random(&state) % 101) / 10000;
        t->measure[2 * v] = households;
        t->measure[2 * v + 1] = households * (250 + town_random(&state) % 40) / 100;
        t->region[v] = x / side + y / side * regions_across;
        t->compound[v] = b;
        t->place[v] = (grid_xy){(x + .5) * p->cell_m, (y + .5) * p->cell_m};
        t->start[v + 2] = (x > 0) + (x + 1 < p->width) + (y > 0) + (y + 1 < p->height);
    }
    free(dense);
    for (uint32_t v = 2; v <= n; v++)
        t->start[v] += t->start[v - 1];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t x = i % p->width, y = i / p->width;
        uint32_t v = number ? number[i] : i;
        if (x + 1 < p->width) {
            uint32_t u = number ? number[i + 1] : i + 1;
            town_join(t, v, u, town_class(p, x + 1), p->cell_m);
            town_join(t, u, v, town_class(p, x + 1), p->cell_m);
        }
        if (y + 1 < p->height) {
            uint32_t u = number ? number[i + p->width] : i + p->width;
            town_join(t, v, u, town_class(p, y + 1), p->cell_m);
            town_join(t, u, v, town_class(p, y + 1), p->cell_m);
        }
    }
    t->graph = (grid_graph){
        .n = n,
        .n_measures = 2,
        .measure = t->measure,
        .start = t->start,
        .to = t->to,
        .border_class = t->border_class,
        .length_mm = t->length_mm,
        .cost = t->cost,
        .region = t->region,
        .n_regions = regions_across * ((p->height + side - 1) / side),
        .compound = t->compound,
        .place = t->place,
    };
}

#endif
