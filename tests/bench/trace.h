/*
 * The traces that locating is measured with: positions around places where people are, either one
 * person's walk after the other or, as they arrive from many devices at once, interleaved.
 */
#ifndef GRID_TESTS_TRACE_H
#define GRID_TESTS_TRACE_H

#include "town.h"

enum { TRACE_WALK = 200, TRACE_DEVICES = 5000 };

static inline grid_xy trace_start(const town *t, uint64_t who) {
    uint64_t r = town_hash(t->seed, who, 5, 5);
    double w = (double)t->nx * t->cell_m, h = (double)t->ny * t->cell_m;
    return (grid_xy){t->x0 + w * (double)(r & 0xffff) / 65536,
                     t->y0 + h * (double)(r >> 48) / 65536};
}

static inline grid_xy trace_step(const town *t, grid_xy from, uint64_t i) {
    uint64_t r = town_hash(t->seed, i, 99, 7);
    return (grid_xy){from.x + 20 * ((double)(r & 0xffff) / 65536 - 0.5),
                     from.y + 20 * ((double)(r >> 16 & 0xffff) / 65536 - 0.5)};
}

static inline grid_xy *make_trace(const town *t, size_t n, int walks) {
    grid_xy *p = (grid_xy *)malloc(n * sizeof *p);
    town_need(p != NULL);
    for (size_t i = 0; i < n; i++) {
        size_t before = walks ? 1 : TRACE_DEVICES;
        bool starts = walks ? i % TRACE_WALK == 0 : i < TRACE_DEVICES;
        p[i] = starts ? trace_start(t, i) : trace_step(t, p[i - before], i);
    }
    return p;
}

#endif
