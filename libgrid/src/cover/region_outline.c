#include "cover/region_outline.h"

#include <math.h>

/* ---- from the arrangement ------------------------------------------------------- */

static bool take_cycle(outline *o, const arrangement *a, uint32_t start) {
    uint32_t h = start, face = a->face[start];
    if (!GRID_PUSH(&o->start, o->point.n))
        return false;
    do {
        if (!GRID_PUSH(&o->point, (outline_point){arrange_place_of(a, a->origin[h]), h,
                                                  a->face[h ^ 1] == face}))
            return false;
        h = a->next[h];
    } while (h != start);
    return true;
}

bool outline_take(outline *o, const arrangement *a, uint32_t face) {
    o->point.n = o->start.n = 0;
    for (uint32_t i = a->cycle_of[face]; i < a->cycle_of[face + 1]; i++)
        if (!take_cycle(o, a, a->cycle[i]))
            return false;
    return GRID_PUSH(&o->start, o->point.n);
}

void outline_free(outline *o) {
    GRID_VEC_FREE(&o->point);
    GRID_VEC_FREE(&o->start);
    GRID_VEC_FREE(&o->across);
    GRID_VEC_FREE(&o->way);
}

/* Visits every edge, as its points p and q. */
#define EACH_EDGE(o, p, q)                                                                         \
    for (size_t r_ = 0; r_ + 1 < (o)->start.n; r_++)                                               \
        for (const outline_point *first_ = (o)->point.at + (o)->start.at[r_],                      \
                                 *end_ = (o)->point.at + (o)->start.at[r_ + 1], *p = first_,       \
                                 *q = p + 1 < end_ ? p + 1 : first_;                               \
             p < end_; p++, q = p + 1 < end_ ? p + 1 : first_)

/* ---- measures ------------------------------------------------------------------- */

dd outline_area(const outline *o) {
    dd sum = {0, 0};
    for (size_t r = 0; r + 1 < o->start.n; r++) {
        const outline_point *p = o->point.at + o->start.at[r];
        arrange_fan fan = arrange_fan_from(p->place);
        for (size_t i = 1; i < o->start.at[r + 1] - o->start.at[r]; i++)
            arrange_fan_to(&fan, p[i].place);
        sum = dd_add(sum, fan.area2);
    }
    return (dd){sum.hi / 2, sum.lo / 2};
}

static double length_of(const outline_point *p, const outline_point *q) {
    double x = q->place.at.x - p->place.at.x, y = q->place.at.y - p->place.at.y;
    return sqrt(x * x + y * y);
}

double outline_perimeter(const outline *o) {
    double sum = 0;
    EACH_EDGE(o, p, q) {
        if (!p->two_sided)
            sum += length_of(p, q);
    }
    return sum;
}

/* ---- writing -------------------------------------------------------------------- */

static bool are_opposite(const outline *o, uint32_t i, uint32_t j) {
    return o->point.at[i].half == (o->point.at[j].half ^ 1);
}

/* The edges of a ring, by their first points, without ways there and back again. */
static bool take_way(outline *o, size_t start, size_t end) {
    o->way.n = 0;
    for (size_t i = start; i < end; i++) {
        if (o->way.n > 0 && are_opposite(o, o->way.at[o->way.n - 1], (uint32_t)i))
            o->way.n--;
        else if (!GRID_PUSH(&o->way, (uint32_t)i))
            return false;
    }
    return true;
}

static bool write_ring(outline *o, size_t start, size_t end, grid_shapes *out) {
    if (!take_way(o, start, end))
        return false;
    size_t first = 0; /* such ways may also lead over the ring's start */
    for (; o->way.n >= first + 2 && are_opposite(o, o->way.at[first], o->way.at[o->way.n - 1]);
         first++)
        o->way.n--;
    if (o->way.n < first + 3)
        return true;
    if (!grid_shapes_begin_chain(out))
        return false;
    for (size_t i = first; i <= o->way.n; i++) {
        grid_xy p = o->point.at[o->way.at[i < o->way.n ? i : first]].place.at;
        if (!grid_shapes_add(out, p.x, p.y))
            return false;
    }
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

static double middle_height(const outline *o) {
    double low = INFINITY, high = -INFINITY;
    for (size_t i = 0; i < o->point.n; i++) {
        double at = o->point.at[i].place.at.y;
        low = at < low ? at : low;
        high = at > high ? at : high;
    }
    return low + (high - low) / 2;
}

/* Where the outline passes a height, from west to east. */
static bool cut_across(outline *o, double y) {
    o->across.n = 0;
    EACH_EDGE(o, p, q) {
        grid_xy u = p->place.at, v = q->place.at;
        if ((u.y > y) != (v.y > y) &&
            !GRID_PUSH(&o->across, u.x + (y - u.y) / (v.y - u.y) * (v.x - u.x)))
            return false;
    }
    double *x = o->across.at;
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
    EACH_EDGE(o, p, q) {
        double length = length_of(p, q);
        if (length > longest) {
            longest = length;
            middle = (grid_xy){p->place.at.x + (q->place.at.x - p->place.at.x) / 2,
                               p->place.at.y + (q->place.at.y - p->place.at.y) / 2};
        }
    }
    return middle;
}

/* The middle of the widest stretch at half the height. */
bool outline_inside(outline *o, grid_xy *out) {
    double y = middle_height(o), width = 0;
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
