#include "cover/region_outline.h"

#include "cover/region.h"

#include <math.h>
#include <string.h>

/* ---- from the arrangement ------------------------------------------------------- */

static bool take_cycle(outline *o, const arrangement *a, arrange_cycle c, double aspect) {
    size_t n = c.end - c.begin;
    if (!GRID_PUSH(&o->start, o->point.n) || !GRID_RESERVE(&o->point, n + 1))
        return false;
    outline_point *p = o->point.at + o->point.n;
    for (size_t i = 0; i < n; i++) {
        uint32_t h = a->ring[c.begin + i];
        p[i] = (outline_point){arrange_place_of(a, a->origin[h]), h};
    }
    p[n] = p[0];
    o->point.n += n + 1;
    for (size_t i = 0; i < n; i++) {
        double y = p[i].place.at.y,
               length = region_length(aspect, p[i].place.at, p[i + 1].place.at);
        bool two_sided = arrange_is_bridge(a, p[i].half);
        o->perimeter += two_sided ? 0 : length;
        o->two_sided |= two_sided;
        o->low = y < o->low ? y : o->low;
        o->high = y > o->high ? y : o->high;
    }
    return true;
}

bool outline_take(outline *o, const arrangement *a, uint32_t face, double aspect) {
    o->point.n = o->start.n = 0;
    o->perimeter = 0;
    o->two_sided = false;
    o->low = INFINITY;
    o->high = -INFINITY;
    for (uint32_t i = a->cycle_of[face]; i < a->cycle_of[face + 1]; i++)
        if (!take_cycle(o, a, a->cycle[i], aspect))
            return false;
    return GRID_PUSH(&o->start, o->point.n);
}

void outline_free(outline *o) {
    GRID_VEC_FREE(&o->point);
    GRID_VEC_FREE(&o->start);
    GRID_VEC_FREE(&o->edge);
    GRID_VEC_FREE(&o->across);
}

/* ---- area ----------------------------------------------------------------------- */

dd outline_area(const outline *o) {
    dd sum = {0, 0};
    for (size_t r = 0; r + 1 < o->start.n; r++) {
        const outline_point *p = o->point.at + o->start.at[r];
        arrange_fan fan = arrange_fan_from(p->place);
        for (const outline_point *q = p + 1; q + 1 < o->point.at + o->start.at[r + 1]; q++)
            arrange_fan_to(&fan, q->place);
        sum = dd_add(sum, fan.area2);
    }
    return (dd){sum.hi / 2, sum.lo / 2};
}

/* ---- writing -------------------------------------------------------------------- */

static bool are_opposite(const outline *o, uint32_t i, uint32_t j) {
    return o->point.at[i].half == (o->point.at[j].half ^ 1);
}

/* The edges of a ring; ways there and back again are left out, also those that lead over its
 * start. */
static bool list_edges(outline *o, size_t start, size_t end) {
    o->edge.n = 0;
    for (size_t i = start; i + 1 < end; i++) {
        if (o->edge.n > 0 && are_opposite(o, o->edge.at[o->edge.n - 1], (uint32_t)i))
            o->edge.n--;
        else if (!GRID_PUSH(&o->edge, (uint32_t)i))
            return false;
    }
    size_t first = 0, n = o->edge.n;
    for (; n >= first + 2 && are_opposite(o, o->edge.at[first], o->edge.at[n - 1]); first++)
        n--;
    o->edge.n = n - first;
    memmove(o->edge.at, o->edge.at + first, o->edge.n * sizeof *o->edge.at);
    return true;
}

static bool write_some_edges(outline *o, size_t start, size_t end, grid_shapes *out) {
    if (!list_edges(o, start, end))
        return false;
    bool done = o->edge.n < 3 || grid_shapes_begin_chain(out);
    for (size_t i = 0; i <= o->edge.n && o->edge.n >= 3 && done; i++) {
        grid_xy p = o->point.at[o->edge.at[i < o->edge.n ? i : 0]].place.at;
        done = grid_shapes_add(out, p.x, p.y);
    }
    return done;
}

static bool write_ring(outline *o, size_t start, size_t end, grid_shapes *out) {
    if (o->two_sided)
        return write_some_edges(o, start, end, out);
    if (end - start < 4)
        return true;
    if (!grid_shapes_begin_chain(out) ||
        !grid_vec_reserve((void **)&out->xy, out->n_xy, &out->cap_xy, end - start, sizeof *out->xy))
        return false;
    for (size_t i = start; i < end; i++)
        out->xy[out->n_xy++] = o->point.at[i].place.at;
    out->xy_start[out->n_chains] = out->n_xy;
    return true;
}

bool outline_write(outline *o, grid_shapes *out) {
    bool done = grid_shapes_begin_part(out);
    for (size_t r = 0; r + 1 < o->start.n && done; r++)
        done = write_ring(o, o->start.at[r], o->start.at[r + 1], out);
    return done;
}

/* ---- a point inside ------------------------------------------------------------- */

static int compare_numbers(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The edges that pass a height; without a branch, since which do nobody can foresee. */
static bool list_passing(outline *o, double y) {
    o->edge.n = 0;
    if (!GRID_RESERVE(&o->edge, o->point.n))
        return false;
    for (size_t r = 0; r + 1 < o->start.n; r++)
        for (size_t i = o->start.at[r]; i + 1 < o->start.at[r + 1]; i++) {
            const outline_point *p = &o->point.at[i];
            o->edge.at[o->edge.n] = (uint32_t)i;
            o->edge.n += (p[0].place.at.y > y) != (p[1].place.at.y > y);
        }
    return true;
}

/* Where the outline passes a height, from west to east. */
static bool cut_across(outline *o, double y) {
    o->across.n = 0;
    if (!list_passing(o, y) || !GRID_RESERVE(&o->across, o->edge.n))
        return false;
    double *x = o->across.at;
    for (size_t i = 0; i < o->edge.n; i++) {
        const outline_point *p = &o->point.at[o->edge.at[i]];
        grid_xy u = p[0].place.at, v = p[1].place.at;
        x[o->across.n++] = u.x + (y - u.y) / (v.y - u.y) * (v.x - u.x);
    }
    if (o->across.n == 2 && x[0] > x[1]) {
        double swap = x[0];
        x[0] = x[1];
        x[1] = swap;
    } else if (o->across.n > 2) {
        qsort(x, o->across.n, sizeof *x, compare_numbers);
    }
    return true;
}

static grid_xy middle_of_longest(const outline *o) {
    grid_xy middle = {NAN, NAN};
    double longest = -1;
    for (size_t r = 0; r + 1 < o->start.n; r++)
        for (size_t i = o->start.at[r]; i + 1 < o->start.at[r + 1]; i++) {
            grid_xy u = o->point.at[i].place.at, v = o->point.at[i + 1].place.at;
            if (region_length(1, u, v) > longest) {
                longest = region_length(1, u, v);
                middle = (grid_xy){u.x + (v.x - u.x) / 2, u.y + (v.y - u.y) / 2};
            }
        }
    return middle;
}

/* The middle of the widest stretch at half the height. */
bool outline_inside(outline *o, grid_xy *out) {
    double y = o->low + (o->high - o->low) / 2, width = 0;
    if (!cut_across(o, y))
        return false;
    for (size_t i = 0; i + 1 < o->across.n; i += 2) {
        double wide = o->across.at[i + 1] - o->across.at[i];
        if (wide > width) {
            width = wide;
            *out = (grid_xy){o->across.at[i] + wide / 2, y};
        }
    }
    if (width == 0)
        *out = middle_of_longest(o);
    return true;
}
