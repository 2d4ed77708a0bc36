/*
 * The shifted coordinates of Chinese web maps. GCJ-02 moves WGS 84 by a few hundred metres, by
 * a published approximation of an unpublished rule; BD-09 (Baidu) moves GCJ-02 again. Both leave
 * alone what is outside a box around China. The inverses have no closed form: they are found
 * by Newton's method, for which every shift comes with its derivatives.
 *
 * GCJ-02 is made of +, -, *, / and sqrt only, so it is the same to the bit on every machine, and
 * four points are worked on at once, each for itself.
 */
#include "crs/shift.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cpu.h"
#include "base/text.h"

#define SEMI_MAJOR_M 6378245.0 /* Krassowsky's ellipsoid */
#define ECCENTRICITY2 0.00669342162296594323
#define RAD (M_PI / 180)

enum { LANES = 4, MAX_STEPS = 30 };

/* Several numbers in one; with one instruction or several, as the CPU has them. Nothing of this is
 * passed across the border of this file. */
#pragma GCC diagnostic ignored "-Wpsabi"
typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));
typedef int64_t mask __attribute__((vector_size(LANES * sizeof(double)))); /* all bits or none */

INLINE lanes choose(mask which, lanes a, lanes b) {
    return (lanes)(((mask)a & which) | ((mask)b & ~which));
}

INLINE lanes magnitude(lanes a) {
    return (lanes)((mask)a & INT64_MAX);
}

INLINE lanes root_of(lanes a) {
    for (int i = 0; i < LANES; i++)
        a[i] = sqrt(a[i]);
    return a;
}

INLINE lanes sine_of(lanes a) {
    for (int i = 0; i < LANES; i++)
        a[i] = sin(a[i]);
    return a;
}

INLINE lanes cosine_of(lanes a) {
    for (int i = 0; i < LANES; i++)
        a[i] = cos(a[i]);
    return a;
}

/* Points, and how far they are moved, in degrees. */
typedef struct places {
    lanes x, y;
} places;

typedef struct offsets {
    lanes x, y;
    lanes x_by_x, x_by_y, y_by_x, y_by_y; /* how that changes with the place */
    lanes enough; /* a step of Newton's method that is not longer leaves no error behind */
} offsets;

/* The box around China that is shifted. */
static const grid_box china = {72.004, 0.8293, 137.8347, 55.8271};

INLINE mask in_china(places p, double margin) {
    return (p.x >= china.min_x - margin) & (p.x <= china.max_x + margin) &
           (p.y >= china.min_y - margin) & (p.y <= china.max_y + margin);
}

/* ---- GCJ-02 ------------------------------------------------------------------------- */

/* Sine and cosine of an angle. */
typedef struct wave {
    lanes s, c;
} wave;

INLINE wave sum(wave a, wave b) {
    return (wave){a.s * b.c + a.c * b.s, a.c * b.c - a.s * b.s};
}

INLINE wave twice(wave a) {
    return (wave){2 * a.s * a.c, a.c * a.c - a.s * a.s};
}

/* For |t| < 0.65: Taylor's series, whose first term left out is below 1e-18. */
INLINE wave wave_of(lanes t) {
    lanes u = t * t;
    lanes s = 1.0 / 5040 -
              u * (1.0 / 362880 -
                   u * (1.0 / 39916800 - u * (1.0 / 6227020800 - u * (1.0 / 1307674368000))));
    lanes c = 1.0 / 40320 -
              u * (1.0 / 3628800 -
                   u * (1.0 / 479001600 - u * (1.0 / 87178291200 - u * (1.0 / 20922789888000))));
    s = 1.0 / 6 - u * (1.0 / 120 - u * s);
    c = 1.0 / 24 - u * (1.0 / 720 - u * c);
    return (wave){t - t * u * s, 1 - u / 2 + u * u * c};
}

/*
 * The waves of pi t / 30, / 12, / 3 and / 1 for t in degrees are multiples of the wave of t itself.
 * Multiplying angles up to 1,080 times costs three digits: some 1e-11 m at these amplitudes.
 */
typedef struct waves {
    wave of_30, of_12, of_3, of_1;
} waves;

INLINE waves waves_of(wave one) {
    wave w3 = sum(twice(one), one), w6 = twice(w3), w15 = sum(twice(w6), w3);
    wave w60 = twice(twice(w15));
    return (waves){w6, w15, w60, sum(twice(w60), w60)};
}

/* Metres of four waves of t, and the change per degree. */
INLINE lanes swell(const waves *w, double a12, double a30, lanes *change) {
    *change = M_PI * 2 / 3 *
              (20 * w->of_1.c + 40.0 / 3 * w->of_3.c + a12 / 12 * w->of_12.c +
               a30 / 30 * w->of_30.c);
    return (20 * w->of_1.s + 40 * w->of_3.s + a12 * w->of_12.s + a30 * w->of_30.s) * (2.0 / 3);
}

/* Metres of the short waves that both directions have from the longitude. */
INLINE lanes ripple(const waves *w, lanes *change) {
    wave two = twice(w->of_1), six = sum(twice(two), two);
    *change = M_PI * 2 / 3 * (120 * six.c + 40 * two.c);
    return (20 * six.s + 20 * two.s) * (2.0 / 3);
}

INLINE offsets gcj02_offsets(places p) {
    const lanes zero = {0};
    const wave of_35 = {0.57357643635104609611 + zero, 0.81915204428899178968 + zero};
    lanes x = p.x - 105, y = p.y - 35, root = root_of(magnitude(x));
    wave north = wave_of(y * RAD), latitude = sum(of_35, north);
    waves in_x = waves_of(wave_of(x * RAD)), in_y = waves_of(north);
    lanes by_ripple, by_x, by_y;
    lanes short_m = ripple(&in_x, &by_ripple);
    lanes north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + short_m +
                    swell(&in_y, 160, 320, &by_y);
    lanes east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + short_m +
                   swell(&in_x, 150, 300, &by_x);

    lanes w2 = 1 - ECCENTRICITY2 * latitude.s * latitude.s, w = root_of(w2);
    lanes secant = 1 / latitude.c; /* a division takes as long as ten products */
    lanes north_deg = w2 * w * (1 / (SEMI_MAJOR_M * (1 - ECCENTRICITY2) * RAD)); /* of one metre */
    lanes east_deg = w * secant * (1 / (SEMI_MAJOR_M * RAD));

    /* How the lengths of the degrees change northwards, relatively, and the first one nearly. */
    lanes flat = ECCENTRICITY2 * RAD * latitude.s * latitude.c;
    lanes narrowing = RAD * latitude.s * secant - flat;

    /* The root has no derivative at 105 degrees and is left out near it: more steps are made. */
    mask steep = magnitude(x) < 0.05;
    lanes by_root = choose(steep, zero, choose(x > 0, 0.05 + zero, -0.05 + zero) / root);
    return (offsets){
        .x = east_m * east_deg,
        .y = north_m * north_deg,
        .x_by_x = (1 + 0.2 * x + 0.1 * y + by_root + by_ripple + by_x) * east_deg,
        .x_by_y = (2 + 0.1 * x + east_m * narrowing) * east_deg,
        .y_by_x = (2 + 0.1 * y + 2 * by_root + by_ripple) * north_deg,
        .y_by_y = (3 + 0.4 * y + 0.1 * x + by_y - 3 * north_m * flat) * north_deg,
        .enough = choose(steep, 1e-14 + zero, 2e-6 + zero),
    };
}

/* ---- BD-09 -------------------------------------------------------------------------- */

/* Baidu turns and stretches the vector from 0, 0; the turn is so small that its sine and cosine
 * need two terms. */
INLINE offsets bd09_offsets(places p) {
    const double k = M_PI * 3000 / 180;
    const lanes zero = {0};
    wave in_x = {sine_of(p.x * k), cosine_of(p.x * k)};
    wave in_y = {sine_of(p.y * k), cosine_of(p.y * k)};
    lanes radius = root_of(p.x * p.x + p.y * p.y);
    lanes stretch = 0.00002 * in_y.s / radius, turn = 0.000003 * in_x.c;
    lanes stretch_by_y = 0.00002 * k * in_y.c / radius, turn_by_x = -0.000003 * k * in_x.s;
    lanes s = turn - turn * turn * turn / 6, c1 = -turn * turn / 2;
    lanes dx = p.x * c1 - p.y * s, dy = p.y * c1 + p.x * s; /* of the turn alone */
    return (offsets){
        .x = dx + stretch * (p.x + dx) + 0.0065,
        .y = dy + stretch * (p.y + dy) + 0.006,
        .x_by_x = stretch - p.y * turn_by_x,
        .x_by_y = p.x * stretch_by_y - turn,
        .y_by_x = p.x * turn_by_x + turn,
        .y_by_y = stretch + p.y * stretch_by_y,
        .enough = 1e-8 + zero,
    };
}

/* ---- there and back ----------------------------------------------------------------- */

typedef offsets offsets_fn(places p);

INLINE places shift(offsets_fn *find, places p) {
    offsets o = find(p);
    mask ours = in_china(p, 0);
    return (places){choose(ours, p.x + o.x, p.x), choose(ours, p.y + o.y, p.y)};
}

INLINE bool is_any(mask m) {
    int64_t all = 0;
    for (int i = 0; i < LANES; i++)
        all |= m[i];
    return all != 0;
}

/* The p with p + offset(p) = q; q itself where that is outside the box, which is not shifted. A
 * point that has arrived stays as it is while others are on the way. */
INLINE places unshift(offsets_fn *find, places q) {
    const double longest = 0.1, rounding = 1e-12;
    const lanes zero = {0};
    mask moving = in_china(q, longest);
    places p = q;
    for (int i = 0; i < MAX_STEPS && is_any(moving); i++) {
        offsets o = find(p);
        lanes ex = p.x - q.x + o.x, ey = p.y - q.y + o.y;
        lanes a = 1 + o.x_by_x, d = 1 + o.y_by_y, determinant = a * d - o.x_by_y * o.y_by_x;
        lanes inverse = 1 / determinant;
        lanes step_x = (ex * d - ey * o.x_by_y) * inverse;
        lanes step_y = (ey * a - ex * o.y_by_x) * inverse;
        p.x -= choose(moving, step_x, zero);
        p.y -= choose(moving, step_y, zero);
        moving &= (magnitude(step_x) > o.enough) | (magnitude(step_y) > o.enough);
    }
    mask ours = in_china(q, longest) & in_china(p, rounding);
    p.x = choose(p.x < china.min_x, china.min_x + zero, p.x);
    p.x = choose(p.x > china.max_x, china.max_x + zero, p.x);
    p.y = choose(p.y < china.min_y, china.min_y + zero, p.y);
    p.y = choose(p.y > china.max_y, china.max_y + zero, p.y);
    return (places){choose(ours, p.x, q.x), choose(ours, p.y, q.y)};
}

typedef places change_fn(places p);

INLINE places gcj02_apply(places p) {
    return shift(gcj02_offsets, p);
}

INLINE places gcj02_undo(places p) {
    return unshift(gcj02_offsets, p);
}

INLINE places bd09_apply(places p) {
    return shift(bd09_offsets, p);
}

INLINE places bd09_undo(places p) {
    return unshift(bd09_offsets, p);
}

INLINE void change(change_fn *one, grid_xy *xy, size_t n) {
    for (size_t i = 0; i < n; i += LANES) {
        size_t some = n - i < LANES ? n - i : LANES;
        places p = {0};
        for (size_t k = 0; k < some; k++)
            p.x[k] = xy[i + k].x, p.y[k] = xy[i + k].y;
        p = one(p);
        for (size_t k = 0; k < some; k++)
            xy[i + k] = (grid_xy){p.x[k], p.y[k]};
    }
}

INLINE void apply(crs_shift s, grid_xy *xy, size_t n) {
    if (s != CRS_PLAIN)
        change(gcj02_apply, xy, n);
    if (s == CRS_BD09)
        change(bd09_apply, xy, n);
}

INLINE void undo(crs_shift s, grid_xy *xy, size_t n) {
    if (s == CRS_BD09)
        change(bd09_undo, xy, n);
    if (s != CRS_PLAIN)
        change(gcj02_undo, xy, n);
}

/* The same code for CPUs with wider registers; multiplying and adding stay two operations. */
TARGET_AVX2 static void apply_avx2(crs_shift s, grid_xy *xy, size_t n) {
    apply(s, xy, n);
}

TARGET_AVX2 static void undo_avx2(crs_shift s, grid_xy *xy, size_t n) {
    undo(s, xy, n);
}

static void apply_plain(crs_shift s, grid_xy *xy, size_t n) {
    apply(s, xy, n);
}

static void undo_plain(crs_shift s, grid_xy *xy, size_t n) {
    undo(s, xy, n);
}

crs_shift crs_shift_named(const char *text) {
    return grid_text_same(text, "gcj02")  ? CRS_GCJ02
           : grid_text_same(text, "bd09") ? CRS_BD09
                                          : CRS_PLAIN;
}

void crs_shift_apply(crs_shift s, grid_xy *xy, size_t n) {
    (cpu_has_avx2() ? apply_avx2 : apply_plain)(s, xy, n);
}

void crs_shift_undo(crs_shift s, grid_xy *xy, size_t n) {
    (cpu_has_avx2() ? undo_avx2 : undo_plain)(s, xy, n);
}
