/*
 * Numbers that contradict their CRS: degrees for metres, exchanged axes, zone numbers. Only
 * what can be explained is refused; a place that is merely far away is reported.
 */
#include "crs/crs.h"

#include "base/base.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MARGIN_DEG = 3 }; /* a zone is often used somewhat beyond its border */

static bool can_be_degrees(grid_xy p) {
    return fabs(p.x) <= 360 && fabs(p.y) <= 90;
}

static grid_xy exchanged(grid_xy p) {
    return (grid_xy){p.y, p.x};
}

static bool in_area(const grid_box *area, grid_xy lonlat) {
    return lonlat.x >= area->min_x - MARGIN_DEG && lonlat.x <= area->max_x + MARGIN_DEG &&
           lonlat.y >= area->min_y - MARGIN_DEG && lonlat.y <= area->max_y + MARGIN_DEG;
}

/* What metres of unknown origin are, judged by their size alone. Gauss-Kruger eastings are
 * within 350 km of 500 km, to which millions may be added that name the zone. */
static bool guess_metres(grid_xy p, char *out, size_t size) {
    double millions = floor(p.x / 1e6), easting = p.x - millions * 1e6;
    bool zone_like = easting > 150e3 && easting < 850e3 && p.y > 300e3 && p.y < 6.2e6;
    int zone = (int)fmin(millions, 1e6);
    if (zone_like && zone >= 25 && zone <= 45)
        snprintf(out, size, "EPSG:%d (CGCS2000, 3-degree zone %d)", 4513 + zone - 25, zone);
    else if (zone_like && zone >= 13 && zone <= 23)
        snprintf(out, size, "EPSG:%d (CGCS2000, 6-degree zone %d)%s", 4491 + zone - 13, zone,
                 zone <= 15 ? ", or EPSG:3857 (web Mercator)" : "");
    else if (zone_like && zone == 0)
        snprintf(out, size, "a Gauss-Kruger or UTM zone without zone number, as EPSG:4547 (114 E)");
    else if (fabs(p.x) < 20037509 && fabs(p.y) < 20048967 && fabs(p.x) > 1e6)
        snprintf(out, size, "EPSG:3857 (web Mercator)");
    else
        return false;
    return true;
}

static grid_status refuse(grid_error *err, const char *name, const char *why, grid_xy p,
                          const char *hint) {
    grid_fail(err, GRID_E_INPUT, "", "its coordinates, around (%.10g, %.10g), %s %.100s", p.x, p.y,
              why, name);
    return grid_hint(err, GRID_E_INPUT, "%s", hint);
}

static grid_status check_geographic(const grid_crs_info *info, const grid_box *box, grid_xy p,
                                    bool *inside, grid_error *err) {
    bool known = info->area_deg.min_x <= info->area_deg.max_x;
    grid_xy low = {box->min_x, box->min_y}, high = {box->max_x, box->max_y};
    if (can_be_degrees(low) && can_be_degrees(high)) {
        *inside = !known || in_area(&info->area_deg, p);
        if (*inside || !in_area(&info->area_deg, exchanged(p)))
            return GRID_OK;
    }
    if (can_be_degrees(exchanged(low)) && can_be_degrees(exchanged(high)))
        return refuse(err, info->name, "are no longitude and latitude of", p,
                      "they look like latitude and longitude: exchange the two");
    char guess[90], other[90], hint[256];
    bool straight = guess_metres(p, guess, sizeof guess);
    bool turned = guess_metres(exchanged(p), other, sizeof other);
    if (straight || turned)
        snprintf(hint, sizeof hint, "they look like metres; plausible: %s%s%s%s",
                 straight ? guess : "", straight && turned ? "; or " : "",
                 turned ? "with east and north exchanged " : "", turned ? other : "");
    else
        snprintf(hint, sizeof hint, "say with --src-crs what they are");
    return refuse(err, info->name, "are no degrees of", p, hint);
}

/* Where the point lies by this CRS; NAN when nowhere. */
static grid_xy to_degrees(PJ *inverse, grid_xy p) {
    PJ_COORD c = proj_trans(inverse, PJ_FWD, proj_coord(p.x, p.y, 0, HUGE_VAL));
    return isfinite(c.xy.x) && isfinite(c.xy.y) ? (grid_xy){c.xy.x, c.xy.y} : (grid_xy){NAN, NAN};
}

static grid_status explain(const grid_crs_info *info, PJ *inverse, grid_xy p, grid_error *err) {
    const grid_box *area = &info->area_deg;
    char guess[128], hint[256];
    if (can_be_degrees(p) && in_area(area, p))
        return refuse(err, info->name, "are degrees, not metres of", p,
                      "plausible: EPSG:4490 (CGCS2000) or EPSG:4326 (WGS 84)");
    if (can_be_degrees(exchanged(p)) && in_area(area, exchanged(p)))
        return refuse(err, info->name, "are degrees, not metres of", p,
                      "they look like latitude and longitude: exchange the two; plausible then: "
                      "EPSG:4490 or EPSG:4326");
    if (in_area(area, to_degrees(inverse, exchanged(p))))
        return refuse(err, info->name, "have east and north exchanged for", p,
                      "exchange the two: x is east, y is north");
    double zone = floor(p.x / 1e6);
    grid_xy without = {p.x - zone * 1e6, p.y};
    if (zone >= 13 && zone <= 45 && in_area(area, to_degrees(inverse, without)) &&
        guess_metres(p, guess, sizeof guess)) {
        snprintf(hint, sizeof hint, "plausible: %s", guess);
        return refuse(err, info->name, "have a zone number that is not part of", p, hint);
    }
    for (int z = 13; z <= 45 && zone == 0; z++) {
        grid_xy place = to_degrees(inverse, (grid_xy){p.x + z * 1e6, p.y});
        if (!in_area(area, place) || !(fabs(place.x - (area->min_x + area->max_x) / 2) < 6))
            continue;
        char crs[16];
        grid_crs_working((area->min_x + area->max_x) / 2, place.y, crs);
        snprintf(hint, sizeof hint, "plausible: %s (CGCS2000), which has none", crs);
        return refuse(err, info->name, "lack the zone number of", p, hint);
    }
    return GRID_OK;
}

static grid_status check_projected(PJ_CONTEXT *context, const PJ *crs, const grid_crs_info *info,
                                   grid_xy p, bool *inside, grid_error *err) {
    if (info->area_deg.min_x > info->area_deg.max_x)
        return GRID_OK;
    PJ *geodetic = proj_crs_get_geodetic_crs(context, crs);
    PJ *op = geodetic ? proj_create_crs_to_crs_from_pj(context, crs, geodetic, NULL, NULL) : NULL;
    PJ *inverse = op ? proj_normalize_for_visualization(context, op) : NULL;
    grid_status status = GRID_OK;
    if (inverse != NULL) {
        *inside = in_area(&info->area_deg, to_degrees(inverse, p));
        if (!*inside)
            status = explain(info, inverse, p, err);
    }
    proj_destroy(inverse);
    proj_destroy(op);
    proj_destroy(geodetic);
    return status;
}

grid_status grid_crs_check_box(const char *crs, const grid_box *box, bool *inside,
                               grid_error *err) {
    *inside = true;
    grid_crs_info info;
    GRID_TRY(grid_crs_check(crs, &info, err));
    grid_xy middle = {(box->min_x + box->max_x) / 2, (box->min_y + box->max_y) / 2};
    if (info.geographic)
        return check_geographic(&info, box, middle, inside, err);
    PJ_CONTEXT *context = crs_context_new();
    if (context == NULL)
        return grid_fail_nomem(err);
    PJ *pj;
    crs_shift shift;
    grid_status status = crs_parse(context, crs, &pj, &shift, err);
    if (status == GRID_OK)
        status = check_projected(context, pj, &info, middle, inside, err);
    proj_destroy(pj);
    proj_context_destroy(context);
    return status;
}
