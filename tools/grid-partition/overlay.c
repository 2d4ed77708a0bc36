#include "overlay.h"

#include <grid/plane.h>

#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"

typedef GRID_VEC(grid_segment) segment_list;

static bool add_segment(segment_list *list, grid_xy from, grid_xy to) {
    grid_segment s = {grid_lattice_snap(from), grid_lattice_snap(to), 0};
    return (s.a.x == s.b.x && s.a.y == s.b.y) || GRID_PUSH(list, s);
}

/* The rings of all areas; one that does not end where it began is closed. */
static bool add_rings(segment_list *list, const grid_shapes *s) {
    bool ok = true;
    for (size_t f = 0; f < s->n; f++)
        for (size_t part = s->part_start[f]; part < s->part_start[f + 1]; part++)
            for (size_t c = s->chain_start[part]; c < s->chain_start[part + 1]; c++) {
                size_t from = s->xy_start[c], to = s->xy_start[c + 1];
                for (size_t i = from; ok && s->kind[f] == GRID_SHAPE_AREA && i < to; i++)
                    ok = add_segment(list, s->xy[i], s->xy[i + 1 < to ? i + 1 : from]);
            }
    return ok;
}

static grid_status make_plane(const grid_shapes *a, const grid_shapes *b, const grid_context *ctx,
                              grid_plane **out, grid_error *err) {
    segment_list list = {0};
    grid_segment *noded = NULL;
    size_t n = 0;
    grid_status status = add_rings(&list, a) && add_rings(&list, b) ? GRID_OK
                                                                    : grid_fail_nomem(err);
    if (status == GRID_OK)
        status = grid_segments_node(list.at, list.n, ctx, &noded, &n, err);
    if (status == GRID_OK)
        status = grid_plane_build(noded, n, out, err);
    free(noded);
    GRID_VEC_FREE(&list);
    return status;
}

typedef struct lookup {
    const grid_shapes *shapes;
    grid_xy at;
    uint32_t found;
} lookup;

static bool visit(void *user, size_t i) {
    lookup *l = user;
    if (!grid_shapes_covers(l->shapes, i, l->at.x, l->at.y))
        return true;
    l->found = (uint32_t)i;
    return false;
}

uint32_t overlay_at(const grid_shapes *s, const grid_rtree *tree, double x, double y) {
    lookup l = {s, {x, y}, GRID_NONE};
    const grid_box box = {x, y, x, y};
    grid_rtree_find(tree, &box, visit, &l);
    return l.found;
}

grid_status overlay_find(const grid_shapes *a, const grid_shapes *b, const grid_context *ctx,
                         overlap **out, size_t *n, grid_error *err) {
    grid_plane *plane = NULL;
    grid_rtree *tree_a = NULL, *tree_b = NULL;
    *out = NULL;
    *n = 0;
    grid_status status = make_plane(a, b, ctx, &plane, err);
    if (status == GRID_OK)
        status = grid_rtree_build_shapes(a, &tree_a, err);
    if (status == GRID_OK)
        status = grid_rtree_build_shapes(b, &tree_b, err);
    if (status == GRID_OK && (*out = GRID_NEW(overlap, plane->n_faces)) == NULL)
        status = grid_fail_nomem(err);
    for (uint32_t f = 1; status == GRID_OK && f < plane->n_faces; f++) {
        grid_xy at = plane->face_point[f];
        (*out)[(*n)++] = (overlap){overlay_at(a, tree_a, at.x, at.y),
                                   overlay_at(b, tree_b, at.x, at.y), plane->face_area_m2[f]};
    }
    grid_rtree_free(tree_a);
    grid_rtree_free(tree_b);
    grid_plane_free(plane);
    return status;
}
