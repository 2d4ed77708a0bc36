/*
 * arrange_splitter.h - what the parts of cutting segments share: arrange_meet.c finds where they
 * meet, arrange_split.c puts the meetings of each in order and cuts it.
 */
#ifndef GRID_SRC_COVER_ARRANGE_SPLITTER_H
#define GRID_SRC_COVER_ARRANGE_SPLITTER_H

#include "base/vec.h"
#include "cover/arrange_split.h"

typedef struct split {
    uint32_t segment, node;
} split;

typedef struct splitter {
    arrange_lines *lines;
    uint32_t n;           /* segments */
    const uint32_t *tail; /* where each starts */
    const grid_xy *node;
    uint32_t n_nodes;                    /* of the input */
    GRID_VEC(arrange_crossing) crossing; /* nodes after those; they split both segments */
    GRID_VEC(split) split;               /* at input nodes */
    uint32_t *same_as;                   /* per node: union-find, smallest number on top */
    bool *along;                         /* per segment: it runs along another */
    bool no_memory;
} splitter;

/* Where segment i ends. */
static inline uint32_t splitter_head(const splitter *s, uint32_t i) {
    return s->tail[i] + 1;
}

static inline arrange_segment splitter_segment(const splitter *s, uint32_t i) {
    return arrange_segment_at(&s->node[s->tail[i]]);
}

static inline uint32_t splitter_top(uint32_t *same_as, uint32_t node) {
    while (same_as[node] != node)
        node = same_as[node] = same_as[same_as[node]];
    return node;
}

static inline void splitter_unite(uint32_t *same_as, uint32_t a, uint32_t b) {
    a = splitter_top(same_as, a);
    b = splitter_top(same_as, b);
    if (a < b)
        same_as[b] = a;
    else
        same_as[a] = b;
}

/** Some pairs of segments, g and h, in columns: what is computed of several at once does not wait
 * for itself. */
enum { SEGMENT_PAIRS = 8 };

typedef struct segment_pairs {
    double g_ax[SEGMENT_PAIRS], g_ay[SEGMENT_PAIRS], g_bx[SEGMENT_PAIRS], g_by[SEGMENT_PAIRS];
    double h_ax[SEGMENT_PAIRS], h_ay[SEGMENT_PAIRS], h_bx[SEGMENT_PAIRS], h_by[SEGMENT_PAIRS];
} segment_pairs;

static inline void segment_pairs_set(segment_pairs *k, size_t i, arrange_segment g,
                                     arrange_segment h) {
    k->g_ax[i] = g.a.x;
    k->g_ay[i] = g.a.y;
    k->g_bx[i] = g.b.x;
    k->g_by[i] = g.b.y;
    k->h_ax[i] = h.a.x;
    k->h_ay[i] = h.a.y;
    k->h_bx[i] = h.b.x;
    k->h_by[i] = h.b.y;
}

/** Finds crossings, splits at ends that lie on other segments, and ends at one place. */
GRID_MUST_USE bool splitter_meet(splitter *s);

#endif
