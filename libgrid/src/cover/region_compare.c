#include "cover/region.h"

#include "base/base.h"
#include "cover/arrange.h"
#include "cover/winding.h"

typedef GRID_VEC(arrange_segment) segment_list;

typedef struct outline_copy {
    segment_list *to;
    int32_t weight;
} outline_copy;

static bool copy_edge(void *user, grid_xy a, grid_xy b, size_t vertex) {
    (void)vertex;
    outline_copy *copy = user;
    return GRID_PUSH(copy->to, (arrange_segment){a, b, 0, copy->weight});
}

grid_status region_compare(const grid_shapes *as, uint32_t a, const grid_shapes *bs, uint32_t b,
                           region_relation *out, grid_error *err) {
    enum { A = 1, B = 2 };
    segment_list segments = {0};
    outline_copy copy_a = {&segments, A}, copy_b = {&segments, B};
    grid_status status = GRID_OK;
    arrangement *g = NULL;
    if (!each_inward_edge(as, a, copy_edge, &copy_a) ||
        !each_inward_edge(bs, b, copy_edge, &copy_b))
        status = grid_fail_nomem(err);
    else
        status = arrange_build(segments.at, segments.n, &g, err);
    *out = (region_relation){false, true, true};
    for (uint32_t f = 1; status == GRID_OK && f < g->n_faces; f++) {
        if (g->height[f] == A)
            out->a_in_b = false;
        if (g->height[f] == B)
            out->b_in_a = false;
        if (g->height[f] == A + B)
            out->overlap = true;
    }
    arrange_free(g);
    GRID_VEC_FREE(&segments);
    return status;
}
