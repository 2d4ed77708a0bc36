/*
 * grid/io.h - layers in and out through GDAL/OGR: the only part that knows file formats.
 */
#ifndef GRID_IO_H
#define GRID_IO_H

#include <grid/geom.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum grid_column_type {
    GRID_COLUMN_TEXT,
    GRID_COLUMN_INT,
    GRID_COLUMN_REAL
} grid_column_type;

/** What a column is beyond its type in the source, so that it can be written as that again. */
typedef enum grid_column_use {
    GRID_COLUMN_PLAIN = 0,
    GRID_COLUMN_BOOL,     /**< integers 0 and 1 */
    GRID_COLUMN_DATE,     /**< texts "2026-03-01" */
    GRID_COLUMN_DATE_TIME /**< texts "2026-03-01T08:30:00+08:00" */
} grid_column_use;

/** A column of attributes; null[i] tells a missing value. Text is UTF-8. */
typedef struct grid_column {
    char *name;
    grid_column_type type;
    bool *null;
    union {
        char **text; /**< never NULL entries: "" where null */
        int64_t *integer;
        double *real;
    };
    grid_column_use use;
} grid_column;

/** A layer in memory. */
typedef struct grid_layer {
    char *path, *name;
    char *crs;           /**< WKT or "EPSG:n"; NULL when the source names none */
    size_t n;            /**< features */
    int64_t *fid;        /**< as the source numbers them */
    grid_shapes *shapes; /**< curves and surfaces made linear, Z and M dropped */
    grid_column *column;
    size_t n_columns;
} grid_layer;

typedef struct grid_layer_options {
    const char *layer;    /**< layer name, unless the spec holds one; NULL for the only one */
    const char *src_crs;  /**< overrides what the source says; NULL */
    const char *to_crs;   /**< reproject to this; NULL to leave as it is */
    const char *encoding; /**< of a shapefile or CSV; NULL to detect */
    bool attributes_only; /**< do not read geometry */
    bool block_points;    /**< drawings: a block reference is a point with a BlockName */
    bool as_is; /**< keep areas with NaN, open or short rings as they are, for a check of them */
} grid_layer_options;

/**
 * Reads `spec`, "FILE" or "FILE:LAYER" (any OGR source). A wrong layer name is
 * answered with the nearest right one. Geometries that cannot be used (null, empty, NaN)
 * become features of kind GRID_SHAPE_NONE and a finding each.
 */
GRID_API GRID_MUST_USE grid_status grid_layer_read(const char *spec,
                                                   const grid_layer_options *options,
                                                   const grid_context *ctx, grid_layer **out,
                                                   grid_error *err);
GRID_API void grid_layer_free(grid_layer *layer);

/** Takes one batch of a layer, which is the visitor's to free whatever it returns. */
typedef grid_status grid_layer_visit(void *user, grid_layer *batch, grid_error *err);

/**
 * Reads as grid_layer_read, but hands out at most `batch` rows at a time (at least one batch,
 * which may be empty), so that memory does not grow with the source.
 */
GRID_API GRID_MUST_USE grid_status grid_layer_scan(const char *spec,
                                                   const grid_layer_options *options, size_t batch,
                                                   grid_layer_visit *visit, void *user,
                                                   const grid_context *ctx, grid_error *err);

/** The column called `name` (ASCII case ignored), or NULL. */
GRID_API const grid_column *grid_layer_column(const grid_layer *layer, const char *name);

/** As grid_layer_column; a missing column is an error that suggests the nearest name. */
GRID_API GRID_MUST_USE grid_status grid_layer_find_column(const grid_layer *layer, const char *name,
                                                          const grid_column **out, grid_error *err);

/** First column whose name is among the n aliases (in order of the aliases), or NULL. */
GRID_API const grid_column *grid_layer_alias(const grid_layer *layer, const char *const *aliases,
                                             size_t n);

/** "path:layer:fid" of feature i, for messages; `out` needs 256 bytes. Returns out. */
GRID_API const char *grid_layer_where(const grid_layer *layer, size_t i, char *out);

/** A value of any column as text; `buffer` (32 bytes) is used for numbers. "" for null. */
GRID_API const char *grid_column_text(const grid_column *column, size_t i, char *buffer);

/**
 * SHA-256 of the layer's content as read, the same for every order of its rows; `out` gets 64
 * hexadecimal digits.
 */
GRID_API GRID_MUST_USE grid_status grid_layer_digest(const grid_layer *layer, char out[65],
                                                     grid_error *err);

/**
 * A value of any column as a number: text is parsed ("12", " 3.5 "), a real is an integer
 * when it is whole. False for null and for what is no finite number or integer.
 */
GRID_API bool grid_column_integer(const grid_column *column, size_t i, int64_t *out);
GRID_API bool grid_column_number(const grid_column *column, size_t i, double *out);

/**
 * Counts that come in a table of their own: out[i] is the sum of the table's column `value` over
 * the rows whose `table_key` is feature i's `key` (compared as text without the blanks around it),
 * 0 when there are none. A NULL `value` counts the rows themselves, as of a list with one row a
 * household. Refused are two features of one key and values that are no counts (empty ones are
 * 0); a row without its feature is a finding "row-unmatched" with the count that it held.
 */
GRID_API GRID_MUST_USE grid_status grid_layer_count(const grid_layer *layer, const char *key,
                                                    const grid_layer *table, const char *table_key,
                                                    const char *value, const grid_context *ctx,
                                                    int64_t *out, grid_error *err);

/** Per row of the table: the feature of its key, as of grid_layer_count, or GRID_NONE. */
GRID_API GRID_MUST_USE grid_status grid_layer_match(const grid_layer *layer, const char *key,
                                                    const grid_layer *table, const char *table_key,
                                                    uint32_t *out, grid_error *err);

/* ---- writing ------------------------------------------------------------------------ */

/** A field to write: `type` as in grid_column, `width` in bytes for formats that need one. */
typedef struct grid_field {
    const char *name;
    grid_column_type type;
    int width; /**< 0 for the format's own */
    /** Per feature. A NULL array, a NULL text and a NAN are null values. */
    union {
        const char *const *text;
        const int64_t *integer;
        const double *real;
    };
    const bool *null;    /**< per feature: further null values; NULL when there are none */
    grid_column_use use; /**< where the format knows such fields */
} grid_field;

typedef struct grid_layer_out {
    const char *name;
    const char *crs;
    const grid_shapes *shapes; /**< NULL for a plain table */
    const grid_field *field;
    size_t n_fields;
    size_t n; /**< features or rows */
} grid_layer_out;

/**
 * Writes layers to `path` by the format that its extension names (.gpkg .shp .geojson .geojsonl
 * .csv .kml .fgb .gml .sqlite .xlsx), whole or not at all. A value that does not fit its field is
 * refused, not cut. Several layers need a format that takes several. `encoding` is for
 * shapefiles ("UTF-8" or "GBK"; NULL: UTF-8), which also get .cpg and .prj. Dates that a
 * format keeps of itself are SOURCE_DATE_EPOCH, or the beginning of 1970 where that is not
 * set, so that the same layers give the same bytes.
 */
GRID_API GRID_MUST_USE grid_status grid_layer_write(const char *path, const grid_layer_out *layers,
                                                    size_t n_layers, const char *encoding,
                                                    bool overwrite, grid_error *err);

#ifdef __cplusplus
}
#endif

#endif
