#include "crs/crs.h"

#include "base/base.h"
#include "base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say_nothing(void *user, int level, const char *message) {
    (void)user;
    (void)level;
    (void)message;
}

PJ_CONTEXT *crs_context_new(void) {
    PJ_CONTEXT *context = proj_context_create();
    if (context != NULL) {
        proj_log_func(context, NULL, say_nothing);
        proj_context_set_enable_network(context, 0);
    }
    return context;
}

static bool is_crs(const PJ *pj) {
    return pj != NULL && proj_is_crs(pj);
}

/* A PROJ string means a CRS to us, never a pipeline. */
static PJ *create(PJ_CONTEXT *context, const char *text) {
    if (strstr(text, "proj=") == NULL || strstr(text, "type=crs") != NULL)
        return proj_create(context, text);
    size_t size = strlen(text) + 16;
    char *full = malloc(size);
    if (full == NULL)
        return NULL;
    snprintf(full, size, "%s +type=crs", text);
    PJ *pj = proj_create(context, full);
    free(full);
    return pj;
}

static grid_status unknown_crs(const char *text, grid_error *err) {
    grid_fail(err, GRID_E_ARG, "", "\"%.120s\" is no coordinate reference system", text);
    int64_t number;
    if (grid_text_to_int(text, &number))
        return grid_hint(err, GRID_E_ARG, "did you mean \"EPSG:%s\"?", text);
    static const char *const names[] = {"wgs84", "gcj02", "bd09"};
    const char *nearest = grid_text_nearest(text, names, sizeof names / sizeof *names);
    if (nearest != NULL)
        return grid_hint(err, GRID_E_ARG, "did you mean \"%s\"?", nearest);
    return grid_hint(err, GRID_E_ARG,
                     "name one as EPSG:4547, wgs84, gcj02, bd09, a WKT or a PROJ string");
}

grid_status crs_parse(PJ_CONTEXT *context, const char *text, PJ **out, crs_shift *shift,
                      grid_error *err) {
    *shift = crs_shift_named(text);
    bool wgs84 = *shift != CRS_PLAIN || grid_text_same(text, "wgs84");
    *out = create(context, wgs84 ? "EPSG:4326" : text);
    if (!is_crs(*out)) {
        proj_destroy(*out);
        *out = NULL;
        return unknown_crs(text, err);
    }
    if (proj_get_type(*out) == PJ_TYPE_COMPOUND_CRS) {
        PJ *horizontal = proj_crs_get_sub_crs(context, *out, 0);
        proj_destroy(*out);
        *out = horizontal;
        if (horizontal == NULL)
            return grid_fail_nomem(err);
    }
    return GRID_OK;
}

bool crs_is_geographic(PJ_CONTEXT *context, const PJ *crs) {
    PJ_TYPE type = proj_get_type(crs);
    if (type != PJ_TYPE_BOUND_CRS)
        return type == PJ_TYPE_GEOGRAPHIC_2D_CRS || type == PJ_TYPE_GEOGRAPHIC_3D_CRS;
    PJ *base = proj_get_source_crs(context, crs);
    bool geographic = base != NULL && crs_is_geographic(context, base);
    proj_destroy(base);
    return geographic;
}

static double unit_of_axes(PJ_CONTEXT *context, const PJ *crs) {
    PJ *base = proj_get_type(crs) == PJ_TYPE_BOUND_CRS ? proj_get_source_crs(context, crs) : NULL;
    PJ *cs = proj_crs_get_coordinate_system(context, base ? base : crs);
    double unit = 0;
    if (cs != NULL)
        proj_cs_get_axis_info(context, cs, 0, NULL, NULL, NULL, &unit, NULL, NULL, NULL);
    proj_destroy(cs);
    proj_destroy(base);
    return unit;
}

static void describe(PJ_CONTEXT *context, const PJ *crs, grid_crs_info *out) {
    out->geographic = crs_is_geographic(context, crs);
    out->metres_per_unit = out->geographic ? 0 : unit_of_axes(context, crs);
    snprintf(out->name, sizeof out->name, "%s", proj_get_name(crs));
    const char *authority = proj_get_id_auth_name(crs, 0), *code = proj_get_id_code(crs, 0);
    if (authority != NULL && code != NULL)
        snprintf(out->id, sizeof out->id, "%s:%s", authority, code);
    grid_box box;
    if (proj_get_area_of_use(context, crs, &box.min_x, &box.min_y, &box.max_x, &box.max_y, NULL) &&
        box.min_x > -1000)
        out->area_deg = box;
}

grid_status grid_crs_check(const char *crs, grid_crs_info *out, grid_error *err) {
    *out = (grid_crs_info){.area_deg = grid_box_empty()};
    PJ_CONTEXT *context = crs_context_new();
    if (context == NULL)
        return grid_fail_nomem(err);
    PJ *pj;
    crs_shift shift;
    grid_status status = crs_parse(context, crs, &pj, &shift, err);
    if (status == GRID_OK && shift != CRS_PLAIN) {
        out->geographic = true;
        snprintf(out->name, sizeof out->name, shift == CRS_GCJ02 ? "GCJ-02" : "BD-09");
        out->area_deg = (grid_box){72.004, 0.8293, 137.8347, 55.8271};
    } else if (status == GRID_OK) {
        describe(context, pj, out);
    }
    proj_destroy(pj);
    proj_context_destroy(context);
    return status;
}

static bool in_china(double lon, double lat) {
    bool mainland = lon >= 73.4 && lon <= 135.2 && lat >= 17.5 && lat <= 53.7;
    bool south_sea = lon >= 108 && lon <= 120 && lat >= 3 && lat < 17.5;
    return mainland || south_sea;
}

static void name_epsg(uint16_t code, char out[16]) {
    snprintf(out, 16, "EPSG:%u", code);
}

void grid_crs_working(double lon_deg, double lat_deg, char out[16]) {
    if (in_china(lon_deg, lat_deg)) {
        long zone = lround(lon_deg / 3); /* 25 is the zone around 75 degrees east */
        name_epsg((uint16_t)(4534 + zone - 25), out);
        return;
    }
    double zone = fmin(fmax(floor((lon_deg + 180) / 6) + 1, 1), 60);
    name_epsg((uint16_t)((lat_deg < 0 ? 32700 : 32600) + (int)zone), out);
}

static const char *write(PJ_CONTEXT *context, const PJ *crs, grid_crs_form form) {
    static const PJ_WKT_TYPE types[] = {[GRID_CRS_WKT2] = PJ_WKT2_2019,
                                        [GRID_CRS_WKT1] = PJ_WKT1_GDAL,
                                        [GRID_CRS_ESRI] = PJ_WKT1_ESRI};
    const char *const options[] = {"MULTILINE=NO", NULL};
    return form == GRID_CRS_PROJ ? proj_as_proj_string(context, crs, PJ_PROJ_5, NULL)
                                 : proj_as_wkt(context, crs, types[form], options);
}

grid_status grid_crs_write(const char *crs, grid_crs_form form, char **out, grid_error *err) {
    *out = NULL;
    PJ_CONTEXT *context = crs_context_new();
    if (context == NULL)
        return grid_fail_nomem(err);
    PJ *pj;
    crs_shift shift;
    grid_status status = crs_parse(context, crs, &pj, &shift, err);
    if (status == GRID_OK) {
        const char *text = shift == CRS_PLAIN ? write(context, pj, form) : NULL;
        *out = text ? strdup(text) : NULL;
        if (text == NULL)
            status = grid_fail(err, GRID_E_ARG, "", "\"%.120s\" cannot be written in this form",
                               crs);
        else if (*out == NULL)
            status = grid_fail_nomem(err);
    }
    proj_destroy(pj);
    proj_context_destroy(context);
    return status;
}
