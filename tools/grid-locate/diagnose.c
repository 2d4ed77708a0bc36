#include "diagnose.h"

#include <grid/crs.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"

typedef enum change {
    AS_IS,
    SWAPPED,
    ZONE_OFF,         /* the zone's number in front of the easting is taken off */
    SWAPPED_ZONE_OFF, /* northing first, as surveyors write, and the zone's number */
} change;

/* A way to read coordinates differently. */
typedef struct mistake {
    const char *crs; /* NULL: as read; "": the grids' own */
    change how;
    const char *hint;
} mistake;

static const mistake mistakes[] = {
    {NULL, SWAPPED, "with --x and --y exchanged (east comes first)"},
    {"", AS_IS, "in the grids' own CRS"},
    {"wgs84", AS_IS, "as longitude and latitude: --crs wgs84"},
    {"", SWAPPED, "in the grids' own CRS with --x and --y exchanged"},
    {"wgs84", SWAPPED, "as --crs wgs84 with --x and --y exchanged"},
    {NULL, ZONE_OFF, "without the zone's number before the easting"},
    {"", ZONE_OFF, "in the grids' own CRS without the zone's number before the easting"},
    {NULL, SWAPPED_ZONE_OFF,
     "with --x and --y exchanged and without the zone's number before the easting"},
    {"EPSG:3857", AS_IS, "as Web Mercator: --crs EPSG:3857"},
};

/* Gauss-Krueger zones of CGCS2000 (with numbers before the easting, without, three degrees wide and
 * six), which differ only in their meridian. */
static const struct zones {
    int first, last;
} zones[] = {{4534, 4554}, {4513, 4533}, {4502, 4512}, {4491, 4501}};

enum { MISTAKES = sizeof mistakes / sizeof *mistakes, ZONES = sizeof zones / sizeof *zones };

void lost_points_add(lost_points *lost, grid_xy p, size_t line) {
    lost->total++;
    if (lost->n == MAX_LOST)
        return;
    lost->at[lost->n] = p;
    lost->line[lost->n++] = line;
}

bool is_far_from(const grids *g, grid_xy p) {
    double w = (g->box.max_x - g->box.min_x) / 2, h = (g->box.max_y - g->box.min_y) / 2;
    return !(p.x > g->box.min_x - w && p.x < g->box.max_x + w && p.y > g->box.min_y - h &&
             p.y < g->box.max_y + h);
}

static double without_zone(double easting) {
    return easting - floor(easting / 1e6) * 1e6;
}

static grid_xy changed(grid_xy p, change how) {
    switch (how) {
    case SWAPPED:
        return (grid_xy){p.y, p.x};
    case ZONE_OFF:
        return (grid_xy){without_zone(p.x), p.y};
    case SWAPPED_ZONE_OFF:
        return (grid_xy){without_zone(p.y), p.x};
    case AS_IS:
        break;
    }
    return p;
}

/* Which points would lie within the grids' box, read in this way, and how many. */
static size_t try_reading(const grids *g, const char *crs, change how, const lost_points *lost,
                          bool inside[MAX_LOST]) {
    grid_xy p[MAX_LOST];
    size_t found = 0;
    memset(inside, 0, MAX_LOST * sizeof *inside);
    for (size_t i = 0; i < lost->n; i++)
        p[i] = changed(lost->at[i], how);
    if (*crs != '\0') {
        grid_crs_transform *transform;
        if (g->crs == NULL || grid_crs_transform_new(crs, g->crs, &transform, NULL) != GRID_OK)
            return 0;
        grid_crs_transform_apply(transform, p, lost->n);
        grid_crs_transform_free(transform);
    }
    for (size_t i = 0; i < lost->n; i++) {
        inside[i] = p[i].x >= g->box.min_x && p[i].x <= g->box.max_x && p[i].y >= g->box.min_y &&
                    p[i].y <= g->box.max_y;
        found += inside[i];
    }
    return found;
}

/* What would help, with the option where that is a CRS of the grids with a short name. */
static const char *hint_text(const grids *g, const mistake *m, char out[160]) {
    bool named = m->crs != NULL && *m->crs == '\0' && m->how == AS_IS && g->crs != NULL &&
                 strlen(g->crs) < 32;
    snprintf(out, 160, "%s%s%s", m->hint, named ? ": --crs " : "", named ? g->crs : "");
    return out;
}

static void tell_most(const char *input, const lost_points *lost, const char *hint,
                      const grid_context *ctx) {
    bool one = lost->total == 1;
    grid_find(ctx, GRID_WARNING, "crs", input, "%s outside the grids; %s would be in them %s",
              one ? "the point is" : "most points are", one ? "it" : "they", hint);
}

/* Eastings and northings of another zone than was said, or than the grids are in. */
static bool try_zone(const grids *g, const char *input, const lost_points *lost, int code,
                     change how, const grid_context *ctx) {
    bool inside[MAX_LOST];
    char crs[16], hint[96];
    snprintf(crs, sizeof crs, "EPSG:%d", code);
    if (2 * try_reading(g, crs, how, lost, inside) <= lost->n)
        return false;
    snprintf(hint, sizeof hint, "as those of another zone: --crs %s%s", crs,
             how == SWAPPED ? " with --x and --y exchanged" : "");
    return tell_most(input, lost, hint, ctx), true;
}

static bool try_zones(const grids *g, const char *input, const lost_points *lost,
                      const grid_context *ctx) {
    for (change how = AS_IS; how <= SWAPPED; how++)
        for (size_t z = 0; z < ZONES; z++)
            for (int code = zones[z].first; code <= zones[z].last; code++)
                if (try_zone(g, input, lost, code, how, ctx))
                    return true;
    return false;
}

static bool looks_metric(grid_xy p) {
    return fabs(p.x) > 1000 && fabs(p.y) > 1000;
}

static void tell_each(const grids *g, const char *input, const lost_points *lost,
                      const mistake *const hint[MAX_LOST], const grid_context *ctx) {
    for (size_t i = 0; i < lost->n; i++) {
        char where[300], text[160];
        snprintf(where, sizeof where, "%.255s:%zu", input, lost->line[i]);
        if (hint[i] != NULL)
            grid_find(ctx, GRID_WARNING, "crs", where,
                      "the point is outside the grids; it would be in them %s",
                      hint_text(g, hint[i], text));
    }
}

void diagnose(const grids *g, const char *crs, const char *input, const lost_points *lost,
              bool most_rows, const grid_context *ctx) {
    bool inside[MAX_LOST];
    const mistake *hint[MAX_LOST] = {NULL};
    char text[160];
    for (size_t k = 0; lost->n > 0 && k < MISTAKES; k++) {
        const char *other = mistakes[k].crs ? mistakes[k].crs : crs;
        if (mistakes[k].how == AS_IS && strcmp(other, crs) == 0)
            continue; /* that is how they were read */
        size_t found = try_reading(g, other, mistakes[k].how, lost, inside);
        if (most_rows && 2 * found > lost->n)
            return tell_most(input, lost, hint_text(g, &mistakes[k], text), ctx);
        for (size_t i = 0; i < lost->n; i++)
            hint[i] = hint[i] == NULL && inside[i] ? &mistakes[k] : hint[i];
    }
    if (most_rows && lost->n > 0 && looks_metric(lost->at[0]) && try_zones(g, input, lost, ctx))
        return;
    tell_each(g, input, lost, hint, ctx);
    if (!most_rows && lost->total > lost->n)
        grid_find(ctx, GRID_NOTE, "crs-sample", input,
                  "of %llu points far outside the grids the first %zu were looked at for a reason",
                  (unsigned long long)lost->total, lost->n);
}
