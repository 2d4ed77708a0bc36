/*
 * arrange.h - the planar subdivision by segments on doubles that cross, touch and overlap
 * freely. All decisions are exact: a crossing is known by its two segments, and compared
 * without ever being rounded. Only the coordinates that are reported of it are (to some 100
 * bits). On the lattice, use grid_plane instead.
 */
#ifndef GRID_SRC_COVER_ARRANGE_H
#define GRID_SRC_COVER_ARRANGE_H

#include "base/vec.h"
#include "cover/dd.h"

#include <grid/cover.h>

/** A directed segment; what it bounds lies on its left. */
typedef struct arrange_segment {
    grid_xy a, b;
} arrange_segment;

/** What else a segment has: apart from its place, since either is mostly asked for alone. */
typedef struct arrange_label {
    uint32_t owner;
    int32_t weight; /**< what is gained on crossing it from right to left */
} arrange_label;

/** Segments as they follow on each other: each goes from a node to the node after that. */
typedef struct arrange_lines {
    GRID_VEC(grid_xy) node;
    GRID_VEC(uint32_t) tail;       /**< per segment: the node where it starts */
    GRID_VEC(arrange_label) label; /**< per segment */
} arrange_lines;

/** Makes room for n further segments, and for the nodes where they cross. */
GRID_MUST_USE bool arrange_lines_reserve(arrange_lines *lines, size_t n);

/** Adds a segment; one that starts where the last one ends shares that node. */
GRID_MUST_USE bool arrange_lines_add(arrange_lines *lines, grid_xy a, grid_xy b,
                                     arrange_label label);
void arrange_lines_free(arrange_lines *lines);

/** Two segments that cross, i < j. */
typedef struct arrange_crossing {
    uint32_t i, j : 31, to_left : 1; /**< j goes to the left of i */
} arrange_crossing;

/** Half-edges begin .. end-1 in the ring: they follow on each other, and the first on the last. */
typedef struct arrange_cycle {
    uint32_t begin, end;
} arrange_cycle;

/** The outer face. */
enum { ARRANGE_OUTER = 0 };

/**
 * Edge e has the half-edges 2e, which runs the way of the edge's first piece, and 2e + 1. Segments
 * that ran along each other share their edges.
 */
typedef struct arrangement {
    arrange_lines *lines; /**< borrowed; has crossings behind its own nodes while this exists */
    const arrange_label *label; /**< of the lines, per segment */
    const uint32_t *tail;       /**< the same */
    uint32_t n_segments;
    uint32_t n_nodes, n_input_nodes; /**< end points of segments come first; some have no edges */
    const grid_xy *node;             /**< of the lines; rounded for crossings */
    grid_xy *node_rest;              /**< what rounding took away, of crossings only */
    arrange_crossing *crossing;      /**< of crossings only: two of the segments through them */
    uint32_t n_edges;
    uint32_t *origin;    /**< 2 n_edges */
    uint32_t *piece_of;  /**< n_edges + 1: first of the edge's pieces; NULL: edge e is piece e */
    uint32_t *piece;     /**< segment << 1 | it runs against half-edge 2e */
    uint32_t *cycle_at;  /**< 2 n_edges: a number for the cycle that it is of */
    uint32_t *face_of;   /**< per such number */
    uint32_t *ring;      /**< 2 n_edges: the half-edges, cycle by cycle along their faces */
    bool has_bridges;    /**< some edges have one face on both sides */
    uint32_t *component; /**< n_segments: the connected part that it is of; NULL: there is one */
    uint32_t n_components;
    uint32_t n_faces;     /**< with the outer one */
    int32_t *height;      /**< n_faces: sum of gains from the outer face to here */
    uint32_t *cycle_of;   /**< n_faces + 1: first of the face's cycles */
    arrange_cycle *cycle; /**< of a bounded face, the outer one first */
} arrangement;

/** Fails for want of memory, or with GRID_E_INPUT beyond 2^30 segments. To add more of them, free
 * the arrangement first. */
GRID_MUST_USE grid_status arrange_build(arrange_lines *lines, arrangement **out, grid_error *err);

/** Also takes the crossings out of the lines. */
void arrange_free(arrangement *arrangement);

static inline arrange_segment arrange_segment_at(const grid_xy *tail) {
    return (arrange_segment){tail[0], tail[1]};
}

static inline arrange_segment arrange_segment_of(const arrangement *a, uint32_t segment) {
    return arrange_segment_at(&a->node[a->tail[segment]]);
}

/** Visits every half-edge along a face. */
#define ARRANGE_EACH_HALF(a, f, h)                                                                 \
    for (uint32_t i_ = (a)->cycle_of[f]; i_ < (a)->cycle_of[(f) + 1]; i_++)                        \
        for (uint32_t k_ = (a)->cycle[i_].begin, h;                                                \
             k_ < (a)->cycle[i_].end && (h = (a)->ring[k_], true); k_++)

/** The first cycle of a face, which is around it unless that is the outer one. */
static inline arrange_cycle arrange_first_cycle(const arrangement *a, uint32_t face) {
    return a->cycle[a->cycle_of[face]];
}

/** Some half-edge along a face: on the first cycle. */
static inline uint32_t arrange_first_half(const arrangement *a, uint32_t face) {
    return a->ring[arrange_first_cycle(a, face).begin];
}

/** Area of a bounded face. */
dd arrange_area(const arrangement *arrangement, uint32_t face);

/** Where a node is: rounded, and what that took away. */
typedef struct arrange_place {
    grid_xy at, rest;
} arrange_place;

static inline arrange_place arrange_place_of(const arrangement *a, uint32_t node) {
    static const grid_xy none = {0, 0};
    const grid_xy *rest = node < a->n_input_nodes ? &none : &a->node_rest[node - a->n_input_nodes];
    return (arrange_place){a->node[node], *rest};
}

/** Triangles from a ring's first place to its other edges, one after another. */
typedef struct arrange_fan {
    arrange_place from;
    dd x, y;  /**< the last place, seen from there */
    dd area2; /**< twice the area of those so far */
} arrange_fan;

static inline arrange_fan arrange_fan_from(arrange_place from) {
    return (arrange_fan){.from = from};
}

static inline void arrange_fan_to(arrange_fan *fan, arrange_place to) {
    dd x = dd_difference(to.at.x, fan->from.at.x), y = dd_difference(to.at.y, fan->from.at.y);
    x = dd_two_sum(x.hi, x.lo + (to.rest.x - fan->from.rest.x));
    y = dd_two_sum(y.hi, y.lo + (to.rest.y - fan->from.rest.y));
    fan->area2 = dd_add(fan->area2, dd_cross(fan->x, fan->y, x, y));
    fan->x = x;
    fan->y = y;
}

/** The face left of a half-edge. */
static inline uint32_t arrange_face(const arrangement *a, uint32_t half) {
    return a->face_of[a->cycle_at[half]];
}

/** The first piece of an edge; that of the edge after it follows on its last. */
static inline uint32_t arrange_piece_of(const arrangement *a, uint32_t edge) {
    return a->piece_of != NULL ? a->piece_of[edge] : edge;
}

/** Whether its edge has one face on both sides. */
static inline bool arrange_is_bridge(const arrangement *a, uint32_t half) {
    return a->has_bridges && arrange_face(a, half) == arrange_face(a, half ^ 1);
}

/** The way a half-edge goes: from one end of its segment to the other. */
typedef struct arrange_way {
    grid_xy from, to;
} arrange_way;

static inline arrange_way arrange_way_of(const arrangement *a, uint32_t half) {
    uint32_t piece = a->piece[arrange_piece_of(a, half >> 1)];
    arrange_segment s = arrange_segment_of(a, piece >> 1);
    return ((piece ^ half) & 1) != 0 ? (arrange_way){s.b, s.a} : (arrange_way){s.a, s.b};
}

/** What is gained on crossing half-edge 2 edge from right to left. */
static inline int32_t arrange_gain(const arrangement *a, uint32_t edge) {
    int32_t gain = 0;
    for (uint32_t i = arrange_piece_of(a, edge); i < arrange_piece_of(a, edge + 1); i++) {
        int32_t weight = a->label[a->piece[i] >> 1].weight;
        gain += (a->piece[i] & 1) != 0 ? -weight : weight;
    }
    return gain;
}

/** The connected part that a half-edge belongs to. */
static inline uint32_t arrange_component(const arrangement *a, uint32_t half) {
    return a->component == NULL ? 0 : a->component[a->piece[arrange_piece_of(a, half >> 1)] >> 1];
}

#endif
