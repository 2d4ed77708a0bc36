/*
 * town_graph.h - made-up towns as graphs of cells on a raster. The ground is cut into ever smaller
 * rectangles, first by arterials, then by roads, lanes and walls; the last ones are compounds
 * of several cells (buildings with their surroundings), some high, some low, some without people.
 */
#ifndef GRID_TESTS_TOWN_GRAPH_H
#define GRID_TESTS_TOWN_GRAPH_H

#include <grid/partition.h>
#include <stdlib.h>

typedef struct town_plan {
    uint32_t width, height;              /* in cells */
    uint32_t cell_m;                     /* side of a cell */
    uint32_t arterial, road, lane, wall; /* cells above which a rectangle is cut by one of these */
    uint32_t community; /* cells below which a rectangle is a community of its own */
    int64_t mean;       /* households a cell */
    uint32_t seed;
} town_plan;

typedef struct town {
    grid_graph graph;
    int64_t *measure, *length_mm, *cost;
    uint32_t *start, *to, *region, *compound;
    uint8_t *border_class;
    grid_xy *place;
} town;

/** What the ground is like while it is being cut. */
typedef struct town_ground {
    const town_plan *plan;
    uint8_t *east, *north; /* class of the border beyond each raster cell */
    uint32_t *compound, *community, *density;
    uint32_t n_compounds, n_communities;
    uint64_t random;
} town_ground;

static inline uint32_t town_random(uint64_t *state) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33);
}

static inline void town_fill(town_ground *g, uint32_t *what, uint32_t value, const uint32_t *box) {
    for (uint32_t y = box[1]; y < box[3]; y++)
        for (uint32_t x = box[0]; x < box[2]; x++)
            what[x + y * g->plan->width] = value;
}

static inline void town_cut(town_ground *g, const uint32_t *box, bool in_community) {
    const town_plan *p = g->plan;
    uint32_t w = box[2] - box[0], h = box[3] - box[1], area = w * h;
    if (!in_community && area <= p->community) {
        in_community = true;
        town_fill(g, g->community, g->n_communities++, box);
    }
    bool leaf = area <= p->wall || (w < 4 && h < 4) ||
                (area <= 2 * p->wall && town_random(&g->random) % 2);
    if (leaf) {
        uint32_t turn = town_random(&g->random) % 10; /* parks, low, middle, towers */
        uint32_t density = turn == 0 ? 0 : turn < 4 ? 50 : turn < 8 ? 110 : 180;
        town_fill(g, g->compound, g->n_compounds++, box);
        town_fill(g, g->density, density, box);
        return;
    }
    uint8_t cls = area > p->arterial ? GRID_BORDER_ARTERIAL
                  : area > p->road   ? GRID_BORDER_ROAD
                  : area > p->lane   ? GRID_BORDER_LANE
                                     : GRID_BORDER_WALL;
    bool upright = w > h;
    uint32_t length = upright ? w : h;
    uint32_t at = length * 3 / 10 + town_random(&g->random) % (length * 4 / 10 + 1);
    at = at < 1 ? 1 : at >= length ? length - 1 : at;
    uint32_t a[4] = {box[0], box[1], box[2], box[3]}, b[4] = {box[0], box[1], box[2], box[3]};
    if (upright) {
        a[2] = b[0] = box[0] + at;
        for (uint32_t y = box[1]; y < box[3]; y++)
            g->east[a[2] - 1 + y * p->width] = cls;
    } else {
        a[3] = b[1] = box[1] + at;
        for (uint32_t x = box[0]; x < box[2]; x++)
            g->north[x + (a[3] - 1) * p->width] = cls;
    }
    town_cut(g, a, in_community);
    town_cut(g, b, in_community);
}

static inline void town_join(town *t, uint32_t a, uint32_t b, uint8_t cls, uint32_t cell_m) {
    const grid_border_prices prices = grid_border_prices_default();
    uint32_t e = t->start[a + 1]++;
    t->to[e] = b;
    t->border_class[e] = cls;
    t->length_mm[e] = (int64_t)cell_m * 1000;
    t->cost[e] = t->length_mm[e] *
                 (cls == GRID_BORDER_GAP ? prices.inside_compound : prices.tenths[cls]);
}

static inline void town_place(town *t, const town_plan *p, const town_ground *g, uint32_t i,
                              uint32_t v, uint64_t *random) {
    uint32_t x = i % p->width, y = i / p->width;
    int64_t households = (p->mean * g->density[i] * (50 + town_random(random) % 101) + 5000) /
                         10000;
    t->measure[2 * v] = households;
    t->measure[2 * v + 1] = households * (250 + town_random(random) % 40) / 100;
    t->region[v] = g->community[i];
    t->compound[v] = g->compound[i];
    t->place[v] = (grid_xy){(x + .5) * p->cell_m, (y + .5) * p->cell_m};
    t->start[v + 2] = (x > 0) + (x + 1 < p->width) + (y > 0) + (y + 1 < p->height);
}

/**
 * Two measures: households and persons. number[i] is the node of raster cell i; NULL for i itself.
 */
static inline void town_build(town *t, const town_plan *p, const uint32_t *number) {
    uint32_t n = p->width * p->height;
    t->measure = calloc(2 * (size_t)n, sizeof *t->measure);
    t->start = calloc((size_t)n + 2, sizeof *t->start);
    t->to = calloc(4 * (size_t)n, sizeof *t->to);
    t->length_mm = calloc(4 * (size_t)n, sizeof *t->length_mm);
    t->cost = calloc(4 * (size_t)n, sizeof *t->cost);
    t->border_class = calloc(4 * (size_t)n, 1);
    t->region = calloc(n, sizeof *t->region);
    t->compound = calloc(n, sizeof *t->compound);
    t->place = calloc(n, sizeof *t->place);
    town_ground g = {.plan = p,
                     .east = malloc(n),
                     .north = malloc(n),
                     .compound = calloc(n, sizeof(uint32_t)),
                     .community = calloc(n, sizeof(uint32_t)),
                     .density = calloc(n, sizeof(uint32_t)),
                     .random = p->seed * UINT64_C(2654435761) + 1};
    for (uint32_t i = 0; i < n; i++)
        g.east[i] = g.north[i] = GRID_BORDER_GAP;
    for (int i = 0; i < 8; i++)
        town_random(&g.random);
    const uint32_t all[4] = {0, 0, p->width, p->height};
    town_cut(&g, all, false);
    for (uint32_t i = 0; i < n; i++)
        town_place(t, p, &g, i, number ? number[i] : i, &g.random);
    for (uint32_t v = 2; v <= n; v++)
        t->start[v] += t->start[v - 1];
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = number ? number[i] : i;
        for (int up = 0; up < 2; up++) {
            if (up ? i / p->width + 1 == p->height : i % p->width + 1 == p->width)
                continue;
            uint32_t j = up ? i + p->width : i + 1, u = number ? number[j] : j;
            town_join(t, v, u, up ? g.north[i] : g.east[i], p->cell_m);
            town_join(t, u, v, up ? g.north[i] : g.east[i], p->cell_m);
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
        .n_regions = g.n_communities,
        .compound = t->compound,
        .place = t->place,
    };
    free(g.east);
    free(g.north);
    free(g.compound);
    free(g.community);
    free(g.density);
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

#endif
