/* The one point that stands for a line or an area. */
#include "component/component.h"

#include <math.h>
#include <stdlib.h>

static double chain_length(const grid_xy *xy, size_t n) {
    double length = 0;
    for (size_t i = 1; i < n; i++)
        length += hypot(xy[i].x - xy[i - 1].x, xy[i].y - xy[i - 1].y);
    return length;
}

static bool halfway(const grid_xy *xy, size_t n, grid_xy *out) {
    double left = chain_length(xy, n) / 2;
    for (size_t i = 1; i < n; i++) {
        double step = hypot(xy[i].x - xy[i - 1].x, xy[i].y - xy[i - 1].y);
        if (step > 0 && step >= left) {
            double share = left / step;
            out->x = xy[i - 1].x + share * (xy[i].x - xy[i - 1].x);
            out->y = xy[i - 1].y + share * (xy[i].y - xy[i - 1].y);
            return true;
        }
        left -= step;
    }
    *out = xy[0]; /* all coordinates alike */
    return n > 0;
}

static bool place_line(const grid_shapes *s, size_t f, grid_xy *out) {
    size_t best = 0;
    double longest = -1;
    for (size_t c = s->chain_start[s->part_start[f]]; c < s->chain_start[s->part_start[f + 1]];
         c++) {
        double length = chain_length(s->xy + s->xy_start[c], s->xy_start[c + 1] - s->xy_start[c]);
        if (length > longest) {
            longest = length;
            best = c;
        }
    }
    return longest >= 0 &&
           halfway(s->xy + s->xy_start[best], s->xy_start[best + 1] - s->xy_start[best], out);
}

static bool ring_centroid(const grid_xy *ring, size_t n, grid_xy *out) {
    double sum = 0, x = 0, y = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        double ax = ring[i].x - ring[0].x, ay = ring[i].y - ring[0].y;
        double bx = ring[i + 1].x - ring[0].x, by = ring[i + 1].y - ring[0].y;
        double cross = ax * by - ay * bx;
        sum += cross;
        x += (ax + bx) * cross;
        y += (ay + by) * cross;
    }
    if (sum == 0)
        return false;
    out->x = ring[0].x + x / (3 * sum);
    out->y = ring[0].y + y / (3 * sum);
    return true;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Where the area's rings cross the height y, in order; *n is how often. */
static double *crossings(const grid_shapes *s, size_t f, double y, size_t *n) {
    size_t first = s->chain_start[s->part_start[f]], last = s->chain_start[s->part_start[f + 1]];
    double *at = malloc((s->xy_start[last] - s->xy_start[first] + 1) * sizeof *at);
    *n = 0;
    for (size_t c = first; at != NULL && c < last; c++)
        for (size_t i = s->xy_start[c]; i + 1 < s->xy_start[c + 1]; i++) {
            grid_xy a = s->xy[i], b = s->xy[i + 1];
            if ((a.y > y) != (b.y > y))
                at[(*n)++] = a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x);
        }
    if (at != NULL)
        qsort(at, *n, sizeof *at, by_value);
    return at;
}

/* The middle of the longest stretch of the height y that lies inside. */
static bool middle_at(const grid_shapes *s, size_t f, double y, grid_xy *out) {
    size_t n;
    double widest = 0, *at = crossings(s, f, y, &n);
    if (at == NULL)
        return false;
    for (size_t i = 0; i + 1 < n; i += 2)
        if (at[i + 1] - at[i] > widest) {
            widest = at[i + 1] - at[i];
            *out = (grid_xy){(at[i] + at[i + 1]) / 2, y};
        }
    free(at);
    return widest > 0;
}

static bool place_area(const grid_shapes *s, size_t f, grid_xy *out) {
    size_t best = 0;
    double largest = 0;
    for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++) {
        size_t c = s->chain_start[p];
        double area = fabs(
            grid_ring_area2(s->xy + s->xy_start[c], s->xy_start[c + 1] - s->xy_start[c]));
        if (area > largest) {
            largest = area;
            best = c;
        }
    }
    grid_xy centroid;
    if (largest <= 0 || !ring_centroid(s->xy + s->xy_start[best],
                                       s->xy_start[best + 1] - s->xy_start[best], &centroid))
        return false;
    if (grid_shapes_covers(s, f, centroid.x, centroid.y)) {
        *out = centroid;
        return true;
    }
    return middle_at(s, f, centroid.y, out);
}

bool grid_component_place(const grid_shapes *shapes, size_t feature, grid_xy *out) {
    bool found = false;
    if (shapes->part_start[feature] == shapes->part_start[feature + 1])
        return false;
    switch ((grid_shape_kind)shapes->kind[feature]) {
    case GRID_SHAPE_POINT:
        *out = shapes->xy[shapes->xy_start[shapes->chain_start[shapes->part_start[feature]]]];
        found = true;
        break;
    case GRID_SHAPE_LINE:
        found = place_line(shapes, feature, out);
        break;
    case GRID_SHAPE_AREA:
        found = place_area(shapes, feature, out);
        break;
    case GRID_SHAPE_NONE:
        break;
    }
    return found && isfinite(out->x) && isfinite(out->y);
}
