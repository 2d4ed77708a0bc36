#include "answer.h"

static bool has_parent(const grids *g, const grid_hit *hits) {
    for (size_t i = 0; i < g->main_layer; i++)
        if (hits[i].unit != GRID_NONE)
            return true;
    return false;
}

/* Puts the nearest units where there are none; false when none is within reach. */
static bool find_nearest(const grids *g, grid_xy p, grid_hit *hits, double nearest_m,
                         double *distance_m) {
    double other_m;
    uint32_t unit = grid_locator_nearest(g->locator, g->main_layer, p, nearest_m, g->metre_x,
                                         g->metre_y, distance_m);
    for (size_t i = 0; unit != GRID_NONE && i < g->n_layers; i++)
        if (hits[i].unit == GRID_NONE)
            hits[i].unit = grid_locator_nearest(g->locator, i, p, nearest_m, g->metre_x, g->metre_y,
                                                &other_m);
    return unit != GRID_NONE;
}

void answer_find(const grids *g, grid_xy p, grid_hit *hits, double nearest_m, answer *out) {
    const grid_hit *hit = &hits[g->main_layer];
    out->hits = hits;
    out->distance_m = 0;
    if (hit->unit != GRID_NONE)
        out->status = hit->claims > 1 ? ANSWER_OVERLAP
                      : hit->border   ? ANSWER_BORDER
                                      : ANSWER_INSIDE;
    else if (nearest_m > 0 && find_nearest(g, p, hits, nearest_m, &out->distance_m))
        out->status = ANSWER_NEAREST;
    else
        out->status = has_parent(g, hits) ? ANSWER_GAP : ANSWER_OUTSIDE;
}
