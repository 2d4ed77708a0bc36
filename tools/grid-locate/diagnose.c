#include "diagnose.h"

#include <grid/crs.h>

#include <math.h>
#include <string.h>

#include "base/base.h"

enum { MAX_POINTS = 64 };

typedef enum change {
    AS_IS,
    SWAPPED,
    ZONE_OFF, /* the zone's number in front of the easting is taken off */
} change;

static grid_xy changed(grid_xy p, change how) {
    switch (how) {
    case SWAPPED:
        return (grid_xy){p.y, p.x};
    case ZONE_OFF:
        return (grid_xy){p.x - floor(p.x / 1e6) * 1e6, p.y};
    case AS_IS:
        break;
    }
    return p;
}

/* True when most of the points would lie within the grids' box, read in this way. */
static bool explains(const grids *g, const char *crs, change how, const grid_xy *lost, size_t n) {
    grid_xy p[MAX_POINTS];
    size_t inside = 0;
    for (size_t i = 0; i < n; i++)
        p[i] = changed(lost[i], how);
    if (*crs != '\0') {
        grid_crs_transform *transform;
        if (g->crs == NULL || grid_crs_transform_new(crs, g->crs, &transform, NULL) != GRID_OK)
            return false;
        grid_crs_transform_apply(transform, p, n);
        grid_crs_transform_free(transform);
    }
    for (size_t i = 0; i < n; i++)
        inside += p[i].x >= g->box.min_x && p[i].x <= g->box.max_x && p[i].y >= g->box.min_y &&
                  p[i].y <= g->box.max_y;
    return 2 * inside > n;
}

void diagnose(const grids *g, const table *t, const char *input, const grid_xy *lost, size_t n,
              const grid_context *ctx) {
    static const struct {
        const char *crs; /* NULL: as read */
        change how;
        const char *hint;
    } mistakes[] = {
        {NULL, SWAPPED, "most would be in them with --x and --y exchanged"},
        {"", AS_IS, "most would be in them if they were in the grids' own CRS"},
        {"wgs84", AS_IS, "most would be in them as longitude and latitude: --crs wgs84"},
        {"", SWAPPED, "most would be in them in the grids' own CRS with --x and --y exchanged"},
        {"wgs84", SWAPPED, "most would be in them as --crs wgs84 with --x and --y exchanged"},
        {NULL, ZONE_OFF, "most would be in them without the zone's number before the easting"},
        {"", ZONE_OFF,
         "most would be in them in the grids' own CRS without the zone's number before the "
         "easting"},
    };
    n = n < MAX_POINTS ? n : MAX_POINTS;
    for (size_t i = 0; n > 0 && i < sizeof mistakes / sizeof *mistakes; i++) {
        const char *crs = mistakes[i].crs ? mistakes[i].crs : t->crs;
        bool as_read = mistakes[i].how == AS_IS && strcmp(crs, t->crs) == 0;
        if (!as_read && explains(g, crs, mistakes[i].how, lost, n)) {
            grid_find(ctx, GRID_WARNING, "crs", input, "most points are outside the grids; %s",
                      mistakes[i].hint);
            return;
        }
    }
}
