#include "answer.h"

static bool has_parent(const grids *g, const grid_hit *hits) {
    for (size_t i = 0; i < g->main_layer; i++)
        if (hits[i].unit != GRID_NONE)
            return true;
    return false;
}

answer answer_of(const grids *g, grid_xy p, grid_hit *hits, double nearest_m) {
    const grid_hit *hit = &hits[g->main_layer];
    if (hit->unit != GRID_NONE)
        return (answer){hits, hit->claims > 1 ? ANSWER_OVERLAP
                              : hit->border   ? ANSWER_BORDER
                                              : ANSWER_INSIDE};
    double distance_m = 0;
    uint32_t unit = nearest_m > 0 ? grid_locator_nearest(g->locator, g->main_layer, p, nearest_m,
                                                         g->metre_x, g->metre_y, &distance_m)
                                  : GRID_NONE;
    if (unit == GRID_NONE)
        return (answer){hits, has_parent(g, hits) ? ANSWER_GAP : ANSWER_OUTSIDE};
    answer a = {hits, ANSWER_NEAREST, distance_m};
    for (size_t i = 0; i < g->n_layers; i++)
        if (hits[i].unit == GRID_NONE)
            hits[i].unit = grid_locator_nearest(g->locator, i, p, nearest_m, g->metre_x, g->metre_y,
                                                &distance_m);
    return a;
}
