/*
 * grid/crs.h - coordinate reference systems. Every coordinate that enters or leaves here
 * has x = east or longitude, y = north or latitude, whatever the authority says.
 *
 * A CRS is named by text: anything PROJ takes ("EPSG:4547", WKT, a PROJ string), and
 * three names of ours: "wgs84", "gcj02" (the shifted coordinates of Chinese web maps) and
 * "bd09" (Baidu's second shift).
 */
#ifndef GRID_CRS_H
#define GRID_CRS_H

#include <grid/geom.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct grid_crs_info {
    bool geographic;        /**< coordinates are degrees */
    double metres_per_unit; /**< of a projected CRS; 0 for a geographic one */
    char name[128];         /**< as PROJ names it */
    char id[32];            /**< "EPSG:4547"; empty when it has no authority code */
    grid_box area_deg;      /**< area of use, lon/lat; empty when unknown */
} grid_crs_info;

/** What `crs` is. Fails with GRID_E_ARG (and a hint) on a text PROJ does not know. */
GRID_API GRID_MUST_USE grid_status grid_crs_check(const char *crs, grid_crs_info *out,
                                                  grid_error *err);

/**
 * The metric CRS to work in for data around (lon, lat): inside China the CGCS2000 3-degree
 * Gauss-Kruger zone without zone prefix (EPSG:4534..4554), elsewhere WGS 84 / UTM.
 * `out` gets "EPSG:n".
 */
GRID_API void grid_crs_working(double lon_deg, double lat_deg, char out[16]);

/**
 * Whether coordinates that fill `box` can be what `crs` says they are. Fails with GRID_E_INPUT, and
 * a hint that names what they more likely are, where metres are called degrees or the other way
 * round, where east and north are exchanged, and where a zone number is missing from or too
 * much in the eastings. *inside is false when they are only far from the CRS's area of use.
 */
GRID_API GRID_MUST_USE grid_status grid_crs_check_box(const char *crs, const grid_box *box,
                                                      bool *inside, grid_error *err);

/** Ways to write a CRS down. */
typedef enum grid_crs_form {
    GRID_CRS_WKT2, /**< ISO 19162 */
    GRID_CRS_WKT1, /**< as GDAL and SpatiaLite keep it */
    GRID_CRS_ESRI, /**< as .prj files hold it */
    GRID_CRS_PROJ, /**< a PROJ string; loses the datum's name */
} grid_crs_form;

/** Writes `crs` in a form, on one line. `out` is the caller's, freed with free(). */
GRID_API GRID_MUST_USE grid_status grid_crs_write(const char *crs, grid_crs_form form, char **out,
                                                  grid_error *err);

/** A transformation from one CRS to another. Not shared between threads: clone it. */
typedef struct grid_crs_transform grid_crs_transform;

/**
 * Fails with GRID_E_INPUT where PROJ would only have a null transformation between
 * different datums (Beijing 1954 or Xian 1980 without parameters).
 */
GRID_API GRID_MUST_USE grid_status grid_crs_transform_new(const char *from, const char *to,
                                                          grid_crs_transform **out,
                                                          grid_error *err);
GRID_API GRID_MUST_USE grid_status grid_crs_transform_clone(const grid_crs_transform *transform,
                                                            grid_crs_transform **out,
                                                            grid_error *err);
GRID_API void grid_crs_transform_free(grid_crs_transform *transform);

/** True when the two CRSs are the same, so that applying it changes nothing. */
GRID_API bool grid_crs_transform_is_identity(const grid_crs_transform *transform);

/**
 * Transforms n points in place. A point that cannot be transformed becomes (NAN, NAN); returns
 * how many did.
 */
GRID_API size_t grid_crs_transform_apply(const grid_crs_transform *transform, grid_xy *xy,
                                         size_t n);

#ifdef __cplusplus
}
#endif

#endif
