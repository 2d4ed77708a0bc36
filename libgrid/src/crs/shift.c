/*
 * The shifted coordinates of Chinese web maps. GCJ-02 moves WGS 84 by a few hundred metres, by
 * a published approximation of an unpublished rule; BD-09 (Baidu) moves GCJ-02 again. Both leave
 * alone what is outside a box around China. The inverses have no closed form: they
 * are found by fixed-point iteration, which converges because the shifts change slowly.
 */
#include "crs/crs.h"

#include <math.h>

#define SEMI_MAJOR_M 6378245.0 /* Krassowsky's ellipsoid */
#define ECCENTRICITY2 0.00669342162296594323
#define DEG (180 / M_PI)

static bool in_china_box(grid_xy p) {
    return p.x >= 72.004 && p.x <= 137.8347 && p.y >= 0.8293 && p.y <= 55.8271;
}

/* Three pairs of waves: long ones of the given amplitudes, and the ripple of both shifts. */
static double waves(double t, double a12, double a30) {
    double sum = 20 * sin(t * M_PI) + 40 * sin(t / 3 * M_PI);
    sum += a12 * sin(t / 12 * M_PI) + a30 * sin(t / 30 * M_PI);
    return sum * 2 / 3;
}

static grid_xy gcj02_offset(grid_xy p) {
    double x = p.x - 105, y = p.y - 35, root = sqrt(fabs(x));
    double ripple = (20 * sin(6 * x * M_PI) + 20 * sin(2 * x * M_PI)) * 2 / 3;
    double north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple +
                     waves(y, 160, 320);
    double east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple +
                    waves(x, 150, 300);
    double latitude = p.y / DEG;
    double w2 = 1 - ECCENTRICITY2 * sin(latitude) * sin(latitude), w = sqrt(w2);
    double meridian_radius_m = SEMI_MAJOR_M * (1 - ECCENTRICITY2) / (w2 * w);
    double parallel_radius_m = SEMI_MAJOR_M / w * cos(latitude);
    return (grid_xy){east_m / parallel_radius_m * DEG, north_m / meridian_radius_m * DEG};
}

static grid_xy bd09_offset(grid_xy p) {
    const double k = M_PI * 3000 / 180;
    double radius = sqrt(p.x * p.x + p.y * p.y) + 0.00002 * sin(p.y * k);
    double angle = atan2(p.y, p.x) + 0.000003 * cos(p.x * k);
    return (grid_xy){radius * cos(angle) + 0.0065 - p.x, radius * sin(angle) + 0.006 - p.y};
}

typedef grid_xy offset_fn(grid_xy p);

static grid_xy shift(offset_fn *offset, grid_xy p) {
    if (!in_china_box(p))
        return p;
    grid_xy d = offset(p);
    return (grid_xy){p.x + d.x, p.y + d.y};
}

/* The p with p + offset(p) = q. */
static grid_xy unshift(offset_fn *offset, grid_xy q) {
    grid_xy p = q;
    for (int i = 0; i < 30; i++) {
        grid_xy d = offset(p), better = {q.x - d.x, q.y - d.y};
        double change = fmax(fabs(better.x - p.x), fabs(better.y - p.y));
        p = better;
        if (!(change > 1e-14))
            break;
    }
    return in_china_box(p) ? p : q;
}

grid_xy crs_shift_apply(crs_shift s, grid_xy p) {
    if (s == CRS_PLAIN)
        return p;
    p = shift(gcj02_offset, p);
    return s == CRS_BD09 ? shift(bd09_offset, p) : p;
}

grid_xy crs_shift_undo(crs_shift s, grid_xy p) {
    if (s == CRS_BD09)
        p = unshift(bd09_offset, p);
    return s == CRS_PLAIN ? p : unshift(gcj02_offset, p);
}
