#include "answer.h"

static bool has_parent(const grids *g, const grid_hit *hits) {
    for (size_t i = 0; i < g->main_layer; i++)
        if (hits[i].unit != GRID_NONE)
            return true;
    return false;
}

static uint32_t nearest(const grids *g, size_t layer, grid_xy p, double nearest_m,
                        double *distance_m) {
    return grid_locator_nearest(g->locator, layer, p, nearest_m, g->metre_x, g->metre_y,
                                distance_m);
}

/* Puts the nearest units where there are none in layers from .. to-1; no claims tell it. */
static void find_nearest(const grids *g, grid_xy p, grid_hit *hits, double nearest_m, size_t from,
                         size_t to) {
    double distance_m;
    for (size_t i = from; i < to; i++)
        if (hits[i].unit == GRID_NONE)
            hits[i].unit = nearest(g, i, p, nearest_m, &distance_m);
}

void answer_find(const grids *g, grid_xy p, grid_hit *hits, double nearest_m, answer *out) {
    grid_hit *hit = &hits[g->main_layer];
    out->hits = hits;
    out->distance_m = 0;
    if (hit->unit != GRID_NONE) {
        out->status = answer_is_inside(hit)             ? ANSWER_INSIDE
                      : hit->border && hit->claims <= 1 ? ANSWER_BORDER
                                                        : ANSWER_OVERLAP;
        if (nearest_m > 0) /* a point is in a grid, and beside its building */
            find_nearest(g, p, hits, nearest_m, g->main_layer + 1,
                         g->main_layer + 1 + g->n_records);
    } else if (nearest_m > 0 && (hit->unit = nearest(g, g->main_layer, p, nearest_m,
                                                     &out->distance_m)) != GRID_NONE) {
        out->status = ANSWER_NEAREST;
        find_nearest(g, p, hits, nearest_m, 0, g->n_layers);
    } else {
        out->status = has_parent(g, hits) ? ANSWER_GAP : ANSWER_OUTSIDE;
    }
}
