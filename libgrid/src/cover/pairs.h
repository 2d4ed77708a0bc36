/*
 * pairs.h - which of many small boxes overlap. The boxes come in an order in which neighbours lie
 * near each other (along a ring, along a Hilbert curve); runs of them are bounded by larger
 * boxes, level by level, and the hierarchy is joined with itself.
 */
#ifndef GRID_SRC_COVER_PAIRS_H
#define GRID_SRC_COVER_PAIRS_H

#include <grid/geom.h>

/** Boxes as four columns. Floats: rounding is monotone, so no overlap gets lost. */
typedef struct pair_boxes {
    size_t n, cap;
    float *min_x, *min_y, *max_x, *max_y; /**< one block of memory, owned by min_x */
} pair_boxes;

/** Makes room for n boxes, keeping none; false when memory ran out. */
bool pair_boxes_reserve(pair_boxes *boxes, size_t n);
void pair_boxes_free(pair_boxes *boxes);

/** Sets box i to that of segment a -> b, seen from `origin` (so that floats are fine enough). */
static inline void pair_boxes_set(pair_boxes *boxes, size_t i, grid_xy origin, grid_xy a,
                                  grid_xy b) {
    float ax = (float)(a.x - origin.x), ay = (float)(a.y - origin.y);
    float bx = (float)(b.x - origin.x), by = (float)(b.y - origin.y);
    boxes->min_x[i] = ax < bx ? ax : bx;
    boxes->max_x[i] = ax < bx ? bx : ax;
    boxes->min_y[i] = ay < by ? ay : by;
    boxes->max_y[i] = ay < by ? by : ay;
}

/** Makes box i of `to` the same as box j of `from`. */
static inline void pair_boxes_copy(pair_boxes *to, size_t i, const pair_boxes *from, size_t j) {
    to->min_x[i] = from->min_x[j];
    to->min_y[i] = from->min_y[j];
    to->max_x[i] = from->max_x[j];
    to->max_y[i] = from->max_y[j];
}

/** Makes box i of `to` as large as it takes to hold box j of `from` as well. */
static inline void pair_boxes_extend(pair_boxes *to, size_t i, const pair_boxes *from, size_t j) {
    to->min_x[i] = from->min_x[j] < to->min_x[i] ? from->min_x[j] : to->min_x[i];
    to->min_y[i] = from->min_y[j] < to->min_y[i] ? from->min_y[j] : to->min_y[i];
    to->max_x[i] = from->max_x[j] > to->max_x[i] ? from->max_x[j] : to->max_x[i];
    to->max_y[i] = from->max_y[j] > to->max_y[i] ? from->max_y[j] : to->max_y[i];
}

/** Whether boxes i and j overlap or touch. */
static inline bool pair_boxes_overlap(const pair_boxes *b, size_t i, size_t j) {
    return (b->min_x[i] <= b->max_x[j]) & (b->min_x[j] <= b->max_x[i]) &
           (b->min_y[i] <= b->max_y[j]) & (b->min_y[j] <= b->max_y[i]);
}

/** How many boxes pair_boxes_overlapping looks at. */
enum { PAIR_BLOCK = 8 };

/** Which of boxes at .. at + PAIR_BLOCK-1 of `b` overlap box i of `a`, a bit for each; there is
 * room for reading behind the last, whose bits mean nothing. */
unsigned pair_boxes_overlapping(const pair_boxes *a, size_t i, const pair_boxes *b, size_t at);

/** Which is the lowest bit that is set; one is. */
static inline unsigned lowest_bit(unsigned bits) {
    return (unsigned)__builtin_ctz(bits);
}

/** Called for a pair i < j of overlapping boxes; false ends the search. */
typedef bool pair_visit(void *user, size_t i, size_t j);

/** Visits all overlapping (or touching) pairs, in a fixed order. False when memory ran out. */
bool pair_boxes_join(const pair_boxes *boxes, pair_visit *visit, void *user);

#endif
