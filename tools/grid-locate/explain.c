#include "explain.h"

#include <grid/crs.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"

enum { FAR_M = 100000 };

static void print_unit(const grids *g, size_t layer, uint32_t unit) {
    const char *label = grid_locator_label(g->locator, layer, unit);
    printf("%s%s%s%s", grid_locator_code(g->locator, layer, unit), *label ? " (" : "", label,
           *label ? ")" : "");
}

/* "3: A, B (name), C", of the units that the point is in or on the border of. */
static grid_status print_candidates(const grids *g, size_t layer, grid_xy p, grid_error *err) {
    const grid_box here = {p.x, p.y, p.x, p.y};
    uint32_t *units;
    size_t n;
    GRID_TRY(grid_locator_find_box(g->locator, layer, &here, &units, &n, err));
    printf("%zu:", n);
    for (size_t i = 0; i < n; i++) {
        printf(i > 0 ? ", " : " ");
        print_unit(g, layer, units[i]);
    }
    printf("\n");
    free(units);
    return GRID_OK;
}

static grid_status explain_claims(const grids *g, size_t layer, grid_xy p, grid_error *err) {
    printf("  units overlap here; the smallest code is given of ");
    return print_candidates(g, layer, p, err);
}

static grid_status explain_border(const grids *g, size_t layer, grid_xy p, grid_error *err) {
    printf("  it lies exactly on the border of ");
    GRID_TRY(print_candidates(g, layer, p, err));
    printf("  rule: a point stands for (x + e, y + e^2), so a unit owns its west and south\n"
           "  borders; on the outer rim the smallest code has it\n");
    return GRID_OK;
}

static void explain_nowhere(const grids *g, size_t layer, grid_xy p) {
    double distance_m;
    uint32_t unit = grid_locator_nearest(g->locator, layer, p, FAR_M, g->metre_x, g->metre_y,
                                         &distance_m);
    if (unit == GRID_NONE) {
        printf("  no unit within %d km\n", FAR_M / 1000);
        return;
    }
    printf("  nearest: ");
    print_unit(g, layer, unit);
    printf(", %.1f m away\n", distance_m);
}

static grid_status explain_layer(const grids *g, size_t layer, grid_xy p, const grid_hit *hit,
                                 grid_error *err) {
    printf("%s: ", grid_locator_layer_name(g->locator, layer));
    if (hit->unit == GRID_NONE)
        printf("nobody");
    else
        print_unit(g, layer, hit->unit);
    if (hit->claims > 1)
        printf(", claimed by %u units", hit->claims);
    printf("\n");
    if (hit->unit == GRID_NONE)
        explain_nowhere(g, layer, p);
    if (hit->claims > 1)
        GRID_TRY(explain_claims(g, layer, p, err));
    return hit->border ? explain_border(g, layer, p, err) : GRID_OK;
}

static void explain_path(const grids *g, size_t layer, grid_xy p) {
    grid_locate_path path;
    grid_locator_trace(g->locator, layer, p, &path);
    printf("path of the look-up: ");
    if (!path.in_box)
        printf("outside the box of all units\n");
    else
        printf("%s, %u node%s, then %s\n", path.by_directory ? "directory" : "root", path.nodes,
               path.nodes == 1 ? "" : "s",
               path.edges == 0 ? "a tile that no border enters"
               : path.exact    ? "a border tile, answered exactly"
                               : "a border tile, answered by its pieces");
    if (path.edges > 0)
        printf("  the tile has %u edge%s\n", path.edges, path.edges == 1 ? "" : "s");
}

grid_status explain_point(const grids *g, const char *crs, grid_xy p, grid_error *err) {
    printf("point: %.15g %.15g%s%s\n", p.x, p.y, crs ? " in " : "", crs ? crs : "");
    if (crs != NULL && g->crs != NULL) {
        grid_crs_transform *transform;
        GRID_TRY(grid_crs_transform_new(crs, g->crs, &transform, err));
        grid_crs_transform_apply(transform, &p, 1);
        grid_crs_transform_free(transform);
        int digits = g->metres_per_unit > 0 ? 4 : 9; /* else degrees */
        printf("in the CRS of the grids: %.*f %.*f\n", digits, p.x, digits, p.y);
    }
    grid_hit *hits = GRID_NEW(grid_hit, g->n_layers);
    if (hits == NULL)
        return grid_fail_nomem(err);
    grid_locator_find(g->locator, p.x, p.y, hits);
    grid_status status = grid_locator_check(g->locator, err);
    for (size_t i = 0; i < g->n_layers && status == GRID_OK; i++)
        status = explain_layer(g, i, p, &hits[i], err);
    free(hits);
    if (status == GRID_OK)
        explain_path(g, g->main_layer, p);
    return status;
}
