#include <grid/locate.h>

#include "base/base.h"
#include "base/vec.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct layer {
    grid_shapes *shapes;
    uint32_t *rank; /* place of each feature's code in their order */
    grid_rtree *tree;
} layer;

struct grid_locator {
    size_t n_layers;
    layer *layer;
};

static int by_code(const void *a, const void *b, void *codes) {
    const char *const *code = codes;
    uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
    int order = strcmp(code[i], code[j]);
    return order != 0 ? order : (i > j) - (i < j);
}

static bool rank_codes(layer *l, const grid_locate_layer *from) {
    size_t n = from->shapes->n;
    uint32_t *order = GRID_NEW(uint32_t, n);
    l->rank = GRID_NEW(uint32_t, n);
    if (order == NULL || l->rank == NULL)
        return free(order), false;
    for (uint32_t i = 0; i < n; i++)
        order[i] = i;
    qsort_r(order, n, sizeof *order, by_code, (void *)from->code);
    for (uint32_t i = 0; i < n; i++)
        l->rank[order[i]] = i;
    free(order);
    return true;
}

static grid_status build_layer(layer *l, const grid_locate_layer *from, grid_error *err) {
    l->shapes = grid_shapes_new();
    if (l->shapes == NULL || !rank_codes(l, from))
        return grid_fail_nomem(err);
    for (size_t f = 0; f < from->shapes->n; f++)
        if (!grid_shapes_copy(l->shapes, from->shapes, f))
            return grid_fail_nomem(err);
    return grid_rtree_build_shapes(l->shapes, &l->tree, err);
}

grid_status grid_locator_build(const grid_locate_layer *layers, size_t n_layers,
                               const grid_context *ctx, grid_locator **out, grid_error *err) {
    *out = NULL;
    grid_locator *locator = GRID_NEW(grid_locator, 1);
    if (locator == NULL || (locator->layer = GRID_NEW(layer, n_layers)) == NULL)
        return free(locator), grid_fail_nomem(err);
    locator->n_layers = n_layers;
    for (size_t i = 0; i < n_layers; i++) {
        grid_status status = build_layer(&locator->layer[i], &layers[i], err);
        if (status == GRID_OK && grid_cancelled(ctx))
            status = grid_fail(err, GRID_E_CANCEL, "", "cancelled");
        if (status != GRID_OK)
            return grid_locator_free(locator), status;
    }
    *out = locator;
    return GRID_OK;
}

void grid_locator_free(grid_locator *locator) {
    if (locator == NULL)
        return;
    for (size_t i = 0; i < locator->n_layers; i++) {
        grid_shapes_free(locator->layer[i].shapes);
        grid_rtree_free(locator->layer[i].tree);
        free(locator->layer[i].rank);
    }
    free(locator->layer);
    free(locator);
}

static bool on_segment(grid_xy a, grid_xy b, grid_xy p) {
    return p.x >= fmin(a.x, b.x) && p.x <= fmax(a.x, b.x) && p.y >= fmin(a.y, b.y) &&
           p.y <= fmax(a.y, b.y) && grid_orient(a, b, p) == 0;
}

static bool on_border(const grid_shapes *s, size_t f, grid_xy p) {
    for (size_t c = s->chain_start[s->part_start[f]]; c < s->chain_start[s->part_start[f + 1]]; c++)
        for (size_t i = s->xy_start[c]; i + 1 < s->xy_start[c + 1]; i++)
            if (on_segment(s->xy[i], s->xy[i + 1], p))
                return true;
    return false;
}

typedef struct search {
    const layer *layer;
    grid_xy p;
    grid_hit *hit;
    uint32_t rim; /* smallest code among the units whose border the point lies on */
} search;

static uint32_t smaller(const layer *l, uint32_t best, uint32_t f) {
    return best == GRID_NONE || l->rank[f] < l->rank[best] ? f : best;
}

static bool visit(void *user, size_t i) {
    search *s = user;
    uint32_t f = (uint32_t)i;
    if (s->layer->shapes->kind[f] != GRID_SHAPE_AREA)
        return true;
    if (grid_shapes_covers(s->layer->shapes, f, s->p.x, s->p.y)) {
        s->hit->unit = smaller(s->layer, s->hit->unit, f);
        if (s->hit->claims < UINT16_MAX)
            s->hit->claims++;
    }
    if (on_border(s->layer->shapes, f, s->p)) {
        s->hit->border = true;
        s->rim = smaller(s->layer, s->rim, f);
    }
    return true;
}

void grid_locator_find(const grid_locator *locator, double x, double y, grid_hit *hits) {
    const grid_box query = {x, y, x, y};
    for (size_t i = 0; i < locator->n_layers; i++) {
        hits[i] = (grid_hit){.unit = GRID_NONE};
        if (!isfinite(x) || !isfinite(y))
            continue;
        search s = {&locator->layer[i], {x, y}, &hits[i], GRID_NONE};
        grid_rtree_find(s.layer->tree, &query, visit, &s);
        if (hits[i].claims == 0 && s.rim != GRID_NONE) {
            hits[i].unit = s.rim;
            hits[i].claims = 1;
        }
    }
}
