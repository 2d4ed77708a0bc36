#include "cover/digest.h"

#include "cover/exact.h"

#include <float.h>
#include <math.h>

grid_digest digest_mix(grid_digest d, uint64_t with) {
    unsigned __int128 p = wide_product(d.a ^ KEY_3 ^ with, d.b ^ KEY_0);
    uint64_t low = (uint64_t)p, high = (uint64_t)(p >> 64);
    unsigned __int128 q = wide_product(low ^ KEY_1, d.a + KEY_4);
    unsigned __int128 r = wide_product(high ^ KEY_2, (d.b ^ with) + KEY_5);
    return (grid_digest){(uint64_t)q ^ (uint64_t)(r >> 64), (uint64_t)r ^ (uint64_t)(q >> 64)};
}

ring_sums ring_sum(const grid_xy *ring, size_t n) {
    ring_sums s = {0};
    double magnitude = 0;
    vertex_hash from = hash_vertex(ring[0]);
    double fx = 0, fy = 0;
    for (size_t i = 1; i < n; i++) {
        vertex_hash to = hash_vertex(ring[i]);
        s.edges = digest_plus(s.edges, hash_edge(&from, &to));
        s.vertices += to.f1 ^ rotate(to.g2, 7);
        double tx = ring[i].x - ring[0].x, ty = ring[i].y - ring[0].y;
        double left = fx * ty, right = fy * tx;
        s.area2 += left - right;
        magnitude += fabs(left) + fabs(right);
        from = to;
        fx = tx;
        fy = ty;
    }
    /* Four roundings before the sum and fewer than n in it. */
    s.error2 = magnitude * ((double)n + 8) * DBL_EPSILON;
    return s;
}

int ring_direction(const ring_sums *sums, const grid_xy *ring, size_t n) {
    if (sums->area2 > sums->error2)
        return 1;
    if (-sums->area2 > sums->error2)
        return -1;
    return exact_ring_sign(ring, n);
}

void feature_digest(const grid_shapes *shapes, size_t f, grid_digest *edges, grid_digest *rings) {
    *edges = *rings = (grid_digest){0, 0};
    if (shapes->kind[f] != GRID_SHAPE_AREA)
        return;
    for (size_t p = shapes->part_start[f]; p < shapes->part_start[f + 1]; p++)
        for (size_t c = shapes->chain_start[p]; c < shapes->chain_start[p + 1]; c++) {
            size_t n = shapes->xy_start[c + 1] - shapes->xy_start[c];
            if (n == 0)
                continue;
            const grid_xy *ring = shapes->xy + shapes->xy_start[c];
            bool hole = c > shapes->chain_start[p];
            ring_sums s = ring_sum(ring, n);
            bool forward = (ring_direction(&s, ring, n) >= 0) != hole;
            grid_digest inward = forward ? s.edges : digest_minus((grid_digest){0, 0}, s.edges);
            *edges = digest_plus(*edges, inward);
            *rings = digest_plus(*rings, digest_mix(inward, s.vertices + hole));
        }
}
