#include "cover/close.h"

#include "base/base.h"

/* Not so where the ends are NaN, which nothing closes. */
static bool is_open(const grid_shapes *s, size_t chain) {
    size_t begin = s->xy_start[chain], end = s->xy_start[chain + 1];
    if (begin == end)
        return false;
    grid_xy a = s->xy[begin], b = s->xy[end - 1];
    return a.x < b.x || a.x > b.x || a.y < b.y || a.y > b.y;
}

bool has_open_ring(const grid_shapes *s, size_t f) {
    size_t first = s->chain_start[s->part_start[f]], end = s->chain_start[s->part_start[f + 1]];
    for (size_t c = first; c < end && s->kind[f] == GRID_SHAPE_AREA; c++)
        if (is_open(s, c))
            return true;
    return false;
}

static bool copy_closed(grid_shapes *out, const grid_shapes *from, size_t f) {
    bool done = grid_shapes_begin(out, (grid_shape_kind)from->kind[f]);
    for (size_t p = from->part_start[f]; p < from->part_start[f + 1] && done; p++) {
        done = grid_shapes_begin_part(out);
        for (size_t c = from->chain_start[p]; c < from->chain_start[p + 1] && done; c++) {
            size_t begin = from->xy_start[c], end = from->xy_start[c + 1];
            done = grid_shapes_begin_chain(out);
            for (size_t i = begin; i < end && done; i++)
                done = grid_shapes_add(out, from->xy[i].x, from->xy[i].y);
            if (done && is_open(from, c))
                done = grid_shapes_add(out, from->xy[begin].x, from->xy[begin].y);
        }
    }
    return done;
}

grid_status close_rings(const grid_shapes *s, grid_shapes **out, grid_error *err) {
    *out = NULL;
    size_t first = 0;
    while (first < s->n && !has_open_ring(s, first))
        first++;
    if (first == s->n)
        return GRID_OK;
    grid_shapes *closed = grid_shapes_new();
    bool done = closed != NULL;
    for (size_t f = 0; f < s->n && done; f++)
        done = copy_closed(closed, s, f);
    if (!done) {
        grid_shapes_free(closed);
        return grid_fail_nomem(err);
    }
    *out = closed;
    return GRID_OK;
}
