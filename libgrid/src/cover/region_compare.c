#include "cover/region.h"

#include "base/base.h"
#include "cover/arrange.h"
#include "cover/winding.h"

typedef struct outline_copy {
    arrange_lines lines;
    int32_t weight; /* of those to come */
} outline_copy;

static bool copy_edge(void *user, grid_xy a, grid_xy b, size_t vertex) {
    (void)vertex;
    outline_copy *copy = user;
    return arrange_lines_add(&copy->lines, a, b, (arrange_label){0, copy->weight});
}

grid_status region_compare(const grid_shapes *as, uint32_t a, const grid_shapes *bs, uint32_t b,
                           region_relation *out, grid_error *err) {
    enum { A = 1, B = 2 };
    outline_copy copy = {.weight = A};
    bool done = each_inward_edge(as, a, copy_edge, &copy);
    copy.weight = B;
    done = done && each_inward_edge(bs, b, copy_edge, &copy);
    arrangement *g = NULL;
    grid_status status = done ? arrange_build(&copy.lines, &g, err) : grid_fail_nomem(err);
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
    arrange_lines_free(&copy.lines);
    return status;
}
