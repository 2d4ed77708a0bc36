#include "cover/winding.h"

#include "cover/crossing.h"
#include "cover/exact.h"

static bool runs_inward(const grid_shapes *s, size_t c, bool hole) {
    const grid_xy *ring = s->xy + s->xy_start[c];
    size_t n = s->xy_start[c + 1] - s->xy_start[c];
    return (ring_sign(ring, n) >= 0) != hole;
}

/* On which side of a -> b the place is. */
static int side_of_place(const winding_place *p, grid_xy a, grid_xy b) {
    return p->at_crossing ? crossing_side(p->from, p->to, p->line, a, b)
                          : grid_orient(a, b, p->from);
}

/*
 * Crossings of the ray from the place onwards, turned to the left by less than anything: points on
 * its line count as right of it, and edges through the place are not met.
 */
static int ring_crossings(const grid_xy *ring, size_t n, const winding_place *p) {
    int crossings = 0;
    bool from_left = grid_orient(p->from, p->to, ring[0]) > 0;
    for (size_t i = 1; i < n; i++) {
        bool to_left = grid_orient(p->from, p->to, ring[i]) > 0;
        if (from_left != to_left) {
            int side = side_of_place(p, ring[i - 1], ring[i]);
            if (side > 0 && to_left)
                crossings++;
            if (side < 0 && from_left)
                crossings--;
        }
        from_left = to_left;
    }
    return crossings;
}

int winding_beside(const grid_shapes *s, size_t f, const winding_place *place) {
    int winding = 0;
    for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++)
        for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++) {
            size_t n = s->xy_start[c + 1] - s->xy_start[c];
            int crossings = n > 0 ? ring_crossings(s->xy + s->xy_start[c], n, place) : 0;
            if (crossings != 0)
                winding += runs_inward(s, c, c > s->chain_start[p]) ? crossings : -crossings;
        }
    return winding;
}

bool each_inward_edge(const grid_shapes *s, size_t f, inward_edge_fn *fn, void *user) {
    for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++)
        for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++) {
            if (s->xy_start[c + 1] - s->xy_start[c] < 2)
                continue;
            bool inward = runs_inward(s, c, c > s->chain_start[p]);
            for (size_t i = s->xy_start[c]; i + 1 < s->xy_start[c + 1]; i++) {
                grid_xy a = s->xy[i], b = s->xy[i + 1];
                if (a.x == b.x && a.y == b.y)
                    continue;
                if (!(inward ? fn(user, a, b, i) : fn(user, b, a, i)))
                    return false;
            }
        }
    return true;
}
