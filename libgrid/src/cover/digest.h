/*
 * digest.h - keyed values of vertices, edges and rings. Every vertex v gets hashes f(v), g(v);
 * the directed edge a -> b counts f(a) g(b) - g(a) f(b), which changes its sign when the edge is
 * turned round. So a sum over directed edges is zero when they cancel; otherwise it is a
 * polynomial of degree 2 that does not vanish, in values that behave as random ones (Schwartz
 * 1980, Zippel 1979). Two such sums of 64 bits run side by side.
 */
#ifndef GRID_SRC_COVER_DIGEST_H
#define GRID_SRC_COVER_DIGEST_H

#include <grid/cover.h>

#include <string.h>

typedef struct vertex_hash {
    uint64_t f1, g1, f2, g2;
} vertex_hash;

static inline uint64_t double_bits(double v) {
    uint64_t bits;
    v += 0.0; /* -0 becomes 0 */
    memcpy(&bits, &v, sizeof bits);
    return bits;
}

static inline uint64_t rotate(uint64_t v, int by) {
    return v << by | v >> (64 - by);
}

/* The key: digits of pi. */
#define KEY_0 UINT64_C(0x243f6a8885a308d3)
#define KEY_1 UINT64_C(0x13198a2e03707344)
#define KEY_2 UINT64_C(0xa4093822299f31d0)
#define KEY_3 UINT64_C(0x082efa98ec4e6c89)
#define KEY_4 UINT64_C(0x452821e638d01377)
#define KEY_5 UINT64_C(0xbe5466cf34e90c6c)

static inline unsigned __int128 wide_product(uint64_t a, uint64_t b) {
    return (unsigned __int128)a * b;
}

static inline vertex_hash hash_vertex(grid_xy v) {
    unsigned __int128 p = wide_product(double_bits(v.x) ^ KEY_0, double_bits(v.y) ^ KEY_1);
    uint64_t low = (uint64_t)p, high = (uint64_t)(p >> 64);
    unsigned __int128 q = wide_product(low ^ KEY_2, high ^ KEY_3);
    uint64_t q0 = (uint64_t)q, q1 = (uint64_t)(q >> 64);
    /* Sums and shifted exclusive-ors, so that no pair is a multiple of the other. */
    return (vertex_hash){q0 ^ q1, q0 + rotate(q1, 32), rotate(q0, 23) ^ q1, q1 + rotate(q0, 41)};
}

static inline grid_digest hash_edge(const vertex_hash *a, const vertex_hash *b) {
    return (grid_digest){a->f1 * b->g1 - a->g1 * b->f1, a->f2 * b->g2 - a->g2 * b->f2};
}

static inline grid_digest digest_plus(grid_digest a, grid_digest b) {
    return (grid_digest){a.a + b.a, a.b + b.b};
}

static inline grid_digest digest_minus(grid_digest a, grid_digest b) {
    return (grid_digest){a.a - b.a, a.b - b.b};
}

static inline bool digest_is_zero(grid_digest d) {
    return (d.a | d.b) == 0;
}

/** Mixes a digest with a number so that sums of mixed digests tell their terms apart. */
grid_digest digest_mix(grid_digest d, uint64_t with);

/** What one pass over a ring yields. */
typedef struct ring_sums {
    grid_digest edges;    /**< of the ring's directed edges, in its own direction */
    uint64_t vertices;    /**< of its vertices: tells spikes, whose edges cancel */
    double area2, error2; /**< twice the signed area, and a bound of its rounding error */
} ring_sums;

/** `ring` is closed; n >= 1. */
ring_sums ring_sum(const grid_xy *ring, size_t n);

/** Direction of the ring: 1 counter-clockwise, -1 clockwise, 0 without area. Exact. */
int ring_direction(const ring_sums *sums, const grid_xy *ring, size_t n);

/** The edges of area feature f with the inside on the left, and the digest of its rings. */
void feature_digest(const grid_shapes *shapes, size_t f, grid_digest *edges, grid_digest *rings);

#endif
