#include "io/io.h"
#include "io/stage.h"

#include "base/text.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct format {
    const char *extension, *driver;
    bool several;  /* layers in one file */
    bool multi;    /* areas are always written as MultiPolygon */
    bool database; /* written in place */
} format;

static const format formats[] = {
    {".gpkg", "GPKG", true, true, true},
    {".shp", "ESRI Shapefile", false, false, false},
    {".geojson", "GeoJSON", false, false, false},
    {".json", "GeoJSON", false, false, false},
    {".geojsonl", "GeoJSONSeq", false, false, false},
    {".csv", "CSV", false, false, false},
    {".kml", "KML", true, false, false},
    {".fgb", "FlatGeobuf", false, true, false},
    {".gml", "GML", true, true, false},
    {".sqlite", "SQLite", true, true, true},
    {".xlsx", "XLSX", true, false, false},
};

static grid_status find_format(const char *path, const format **out, grid_error *err) {
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    for (size_t i = 0;
         dot != NULL && (slash == NULL || dot > slash) && i < sizeof formats / sizeof *formats; i++)
        if (grid_text_same(dot, formats[i].extension)) {
            *out = &formats[i];
            return GRID_OK;
        }
    grid_fail(err, GRID_E_ARG, path, "its extension names no format that can be written");
    return grid_hint(err, GRID_E_ARG,
                     "use .gpkg .shp .geojson .geojsonl .csv .kml .fgb .gml .sqlite or .xlsx");
}

/* ---- the output as a whole ---------------------------------------------------------- */

typedef struct writer {
    const format *format;
    const char *path; /* as the user named it, for messages */
    const char *encoding;
    bool shapefile;
    io_log *log;
    grid_error *err;
    GDALDatasetH dataset;
} writer;

static grid_status write_failed(const writer *w, const char *otherwise) {
    if (w->log->failures == 0 && w->log->warnings > 0)
        return grid_fail(w->err, GRID_E_WRITE, w->path, "%s", w->log->warning);
    return io_fail(w->log, w->err, GRID_E_WRITE, w->path, otherwise);
}

/* GDAL only warns when it cuts a value for a shapefile; to us that is a failure. */
static bool all_well(const writer *w) {
    return w->log->failures == 0 && !(w->shapefile && w->log->warnings > 0);
}

/* ---- fields ------------------------------------------------------------------------- */

static bool value_is_null(const grid_field *field, size_t i) {
    if (field->null != NULL && field->null[i])
        return true;
    switch (field->type) {
    case GRID_COLUMN_TEXT:
        return field->text == NULL || field->text[i] == NULL;
    case GRID_COLUMN_INT:
        return field->integer == NULL;
    case GRID_COLUMN_REAL:
        return field->real == NULL || isnan(field->real[i]);
    }
    return true;
}

/* Length of a value in the encoding of the file; SIZE_MAX when it has no such characters. */
static size_t encoded_length(const char *text, const char *encoding) {
    size_t length = strlen(text), ascii = 0;
    while (ascii < length && (unsigned char)text[ascii] < 0x80)
        ascii++;
    if (ascii == length || grid_text_same(encoding, "UTF-8"))
        return length;
    io_log log;
    io_begin(&log);
    char *recoded = CPLRecode(text, "UTF-8", encoding);
    size_t recoded_length = recoded && !log.warnings && !log.failures ? strlen(recoded) : SIZE_MAX;
    CPLFree(recoded);
    io_end();
    return recoded_length;
}

enum {
    DBF_TEXT = 254,
    DBF_NUMBER = 24,
    DBF_INTEGER = 18, /* readers take wider ones for reals */
    DBF_NAME = 10
};

static grid_status shapefile_text_width(const writer *w, const grid_field *field, size_t n,
                                        int *width) {
    size_t limit = field->width > 0 && field->width < DBF_TEXT ? (size_t)field->width : DBF_TEXT;
    size_t longest = 1;
    for (size_t i = 0; i < n; i++) {
        if (value_is_null(field, i))
            continue;
        size_t length = encoded_length(field->text[i], w->encoding);
        if (length == SIZE_MAX)
            return grid_fail(w->err, GRID_E_WRITE, w->path, "\"%s\" cannot be written in %s",
                             field->text[i], w->encoding);
        if (length > limit)
            return grid_fail(w->err, GRID_E_WRITE, w->path,
                             "field %s, row %zu: %zu bytes of text do not fit into %zu",
                             field->name, i + 1, length, limit);
        longest = length > longest ? length : longest;
    }
    *width = field->width > 0 ? (int)limit : (int)longest;
    return GRID_OK;
}

/* As many decimals as the largest value leaves room for. */
static grid_status shapefile_decimals(const writer *w, const grid_field *field, size_t n,
                                      int *decimals) {
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        if (!value_is_null(field, i))
            largest = fmax(largest, fabs(field->real[i]));
    int digits = largest < 1 ? 1 : (int)floor(log10(largest)) + 1;
    if (!(largest < 1e20))
        return grid_fail(w->err, GRID_E_WRITE, w->path, "field %s: %g does not fit into a .dbf",
                         field->name, largest);
    int room = DBF_NUMBER - 3 - digits; /* sign, point, and a digit to round up to */
    *decimals = room > 15 ? 15 : room < 0 ? 0 : room;
    return GRID_OK;
}

static grid_status check_shapefile_integers(const writer *w, const grid_field *field, size_t n) {
    const int64_t limit = INT64_C(100000000000000000); /* one place is for the sign */
    for (size_t i = 0; i < n; i++)
        if (!value_is_null(field, i) && (field->integer[i] >= limit || field->integer[i] <= -limit))
            return grid_fail(w->err, GRID_E_WRITE, w->path,
                             "field %s, row %zu: %" PRId64 " does not fit into a .dbf", field->name,
                             i + 1, field->integer[i]);
    return GRID_OK;
}

static bool is_short_ascii(const char *name) {
    size_t n = strlen(name);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)name[i] >= 0x80)
            return false;
    return n >= 1 && n <= DBF_NAME;
}

static grid_status shapefile_field(const writer *w, OGRFieldDefnH defn, const grid_field *field,
                                   size_t n) {
    int width = 0, decimals = 0;
    if (!is_short_ascii(field->name))
        return grid_fail(w->err, GRID_E_ARG, w->path,
                         "\"%s\": field names of a shapefile are 1 to %d ASCII characters",
                         field->name, DBF_NAME);
    if (field->use == GRID_COLUMN_DATE)
        return GRID_OK;
    if (field->type == GRID_COLUMN_TEXT) {
        GRID_TRY(shapefile_text_width(w, field, n, &width));
        OGR_Fld_SetWidth(defn, width);
    } else if (field->type == GRID_COLUMN_REAL) {
        GRID_TRY(shapefile_decimals(w, field, n, &decimals));
        OGR_Fld_SetWidth(defn, DBF_NUMBER);
        OGR_Fld_SetPrecision(defn, decimals);
    } else {
        GRID_TRY(check_shapefile_integers(w, field, n));
        OGR_Fld_SetWidth(defn, DBF_INTEGER);
    }
    return GRID_OK;
}

/* Of a shapefile only dates are more than text and numbers. */
static OGRFieldType field_type(const writer *w, const grid_field *field) {
    static const OGRFieldType types[] = {[GRID_COLUMN_TEXT] = OFTString,
                                         [GRID_COLUMN_INT] = OFTInteger64,
                                         [GRID_COLUMN_REAL] = OFTReal};
    if (field->use == GRID_COLUMN_DATE)
        return OFTDate;
    if (field->use == GRID_COLUMN_DATE_TIME && !w->shapefile)
        return OFTDateTime;
    return field->use == GRID_COLUMN_BOOL && !w->shapefile ? OFTInteger : types[field->type];
}

static grid_status create_field(const writer *w, OGRLayerH layer, const grid_field *field,
                                size_t n) {
    OGRFieldDefnH defn = OGR_Fld_Create(field->name, field_type(w, field));
    grid_status status = GRID_OK;
    if (field->use == GRID_COLUMN_BOOL && !w->shapefile)
        OGR_Fld_SetSubType(defn, OFSTBoolean);
    if (w->shapefile)
        status = shapefile_field(w, defn, field, n);
    else if (field->width > 0 && field->type == GRID_COLUMN_TEXT)
        OGR_Fld_SetWidth(defn, field->width);
    if (status == GRID_OK && (OGR_L_CreateField(layer, defn, FALSE) != OGRERR_NONE || !all_well(w)))
        status = write_failed(w, "a field cannot be created");
    OGR_Fld_Destroy(defn);
    return status;
}

static void set_value(OGRFeatureH feature, int i, const grid_field *field, size_t row) {
    if (value_is_null(field, row)) {
        OGR_F_SetFieldNull(feature, i);
        return;
    }
    switch (field->type) {
    case GRID_COLUMN_TEXT:
        OGR_F_SetFieldString(feature, i, field->text[row]);
        break;
    case GRID_COLUMN_INT:
        OGR_F_SetFieldInteger64(feature, i, field->integer[row]);
        break;
    case GRID_COLUMN_REAL:
        OGR_F_SetFieldDouble(feature, i, field->real[row]);
        break;
    }
}

/* ---- layers ------------------------------------------------------------------------- */

/* Whether features become Multi... geometries, and the type of the layer. */
static OGRwkbGeometryType layer_type(const grid_shapes *s, bool multi_areas, bool *multi) {
    *multi = false;
    if (s == NULL)
        return wkbNone;
    uint8_t kind = GRID_SHAPE_NONE;
    for (size_t f = 0; f < s->n; f++) {
        if (s->kind[f] == GRID_SHAPE_NONE)
            continue;
        if (kind != GRID_SHAPE_NONE && kind != s->kind[f])
            return wkbUnknown;
        kind = s->kind[f];
        *multi = *multi || s->part_start[f + 1] - s->part_start[f] > 1;
    }
    *multi = *multi || (multi_areas && kind == GRID_SHAPE_AREA);
    static const OGRwkbGeometryType one[] = {wkbUnknown, wkbPoint, wkbLineString, wkbPolygon};
    static const OGRwkbGeometryType many[] = {wkbUnknown, wkbMultiPoint, wkbMultiLineString,
                                              wkbMultiPolygon};
    return *multi ? many[kind] : one[kind];
}

static char **layer_options(const writer *w, OGRwkbGeometryType type, size_t n) {
    char **options = NULL;
    char date[21];
    grid_text_output_date(date);
    if (w->shapefile) {
        date[strlen("1970-01-01")] = '\0';
        /* Programs older than the .cpg go by the .dbf's own mark, which GBK has. */
        bool gbk = grid_text_same(w->encoding, "GBK");
        options = CSLSetNameValue(options, "ENCODING", gbk ? "LDID/77" : w->encoding);
        options = CSLSetNameValue(options, "DBF_DATE_LAST_UPDATE", date);
        if (type != wkbNone)
            options = CSLSetNameValue(options, "SPATIAL_INDEX", "YES"); /* .qix */
    }
    if (strcmp(w->format->driver, "CSV") == 0 && type != wkbNone)
        options = CSLSetNameValue(options, "GEOMETRY", type == wkbPoint ? "AS_XY" : "AS_WKT");
    /* Its index would change the order of the rows and lose those without geometry; but of no rows
     * the driver writes no file when there is to be no index. */
    if (strcmp(w->format->driver, "FlatGeobuf") == 0 && n > 0)
        options = CSLSetNameValue(options, "SPATIAL_INDEX", "NO");
    if (strcmp(w->format->driver, "SQLite") == 0)
        options = CSLSetNameValue(options, "LAUNDER", "NO");
    return options;
}

static grid_status make_crs(const writer *w, const char *text, OGRSpatialReferenceH *out) {
    *out = NULL;
    if (text == NULL || *text == '\0')
        return GRID_OK;
    *out = OSRNewSpatialReference(NULL);
    OSRSetAxisMappingStrategy(*out, OAMS_TRADITIONAL_GIS_ORDER);
    if (OSRSetFromUserInput(*out, text) != OGRERR_NONE)
        return grid_fail(w->err, GRID_E_ARG, w->path, "\"%.80s\" is no CRS", text);
    return GRID_OK;
}

static grid_status write_feature(const writer *w, OGRLayerH layer, const grid_layer_out *out,
                                 size_t row, bool multi) {
    OGRFeatureH feature = OGR_F_Create(OGR_L_GetLayerDefn(layer));
    for (size_t i = 0; i < out->n_fields; i++)
        set_value(feature, (int)i, &out->field[i], row);
    if (out->shapes != NULL)
        OGR_F_SetGeometryDirectly(feature, io_shape_geometry(out->shapes, row, multi));
    OGRErr result = OGR_L_CreateFeature(layer, feature);
    OGR_F_Destroy(feature);
    return result == OGRERR_NONE && all_well(w) ? GRID_OK
                                                : write_failed(w, "a feature cannot be written");
}

static grid_status write_rows(const writer *w, OGRLayerH layer, const grid_layer_out *out,
                              bool multi) {
    for (size_t i = 0; i < out->n_fields; i++)
        GRID_TRY(create_field(w, layer, &out->field[i], out->n));
    bool transaction = GDALDatasetTestCapability(w->dataset, ODsCTransactions) &&
                       GDALDatasetStartTransaction(w->dataset, FALSE) == OGRERR_NONE;
    for (size_t row = 0; row < out->n; row++)
        GRID_TRY(write_feature(w, layer, out, row, multi));
    if (transaction && GDALDatasetCommitTransaction(w->dataset) != OGRERR_NONE)
        return write_failed(w, "cannot be written");
    return GRID_OK;
}

/* FlatGeobuf's readers pass over features without geometry. */
static grid_status check_no_empty_shape(const writer *w, const grid_layer_out *out) {
    for (size_t row = 0; row < out->n; row++)
        if (out->shapes == NULL || out->shapes->kind[row] == GRID_SHAPE_NONE)
            return grid_fail(w->err, GRID_E_WRITE, w->path,
                             "row %zu has no geometry, which this format cannot hold", row + 1);
    return GRID_OK;
}

/* The extent that a GeoPackage keeps of its layers is SQL, which knows no infinity. */
static grid_status check_no_infinity(const writer *w, const grid_layer_out *out) {
    for (size_t row = 0; out->shapes != NULL && row < out->n; row++) {
        grid_box b = grid_shapes_box(out->shapes, row);
        bool empty = !(b.min_x <= b.max_x && b.min_y <= b.max_y);
        if (!empty && (isinf(b.min_x) || isinf(b.min_y) || isinf(b.max_x) || isinf(b.max_y)))
            return grid_fail(w->err, GRID_E_WRITE, w->path,
                             "row %zu has an infinite coordinate, which this format cannot hold",
                             row + 1);
    }
    return GRID_OK;
}

static grid_status write_layer(const writer *w, const grid_layer_out *out) {
    bool multi;
    OGRwkbGeometryType type = layer_type(out->shapes, w->format->multi, &multi);
    if (w->shapefile && type == wkbUnknown && out->n > 0)
        return grid_fail(w->err, GRID_E_ARG, w->path,
                         "a shapefile holds geometries of one kind only");
    if (strcmp(w->format->driver, "XLSX") == 0 && out->shapes != NULL)
        return grid_fail(w->err, GRID_E_ARG, w->path, "a spreadsheet holds no geometry");
    if (strcmp(w->format->driver, "FlatGeobuf") == 0)
        GRID_TRY(check_no_empty_shape(w, out));
    if (strcmp(w->format->driver, "GPKG") == 0)
        GRID_TRY(check_no_infinity(w, out));
    OGRSpatialReferenceH crs;
    grid_status status = make_crs(w, out->crs, &crs);
    if (status == GRID_OK) {
        char **options = layer_options(w, type, out->n);
        OGRLayerH layer = GDALDatasetCreateLayer(w->dataset, out->name, crs, type, options);
        CSLDestroy(options);
        status = layer != NULL && all_well(w) ? write_rows(w, layer, out, multi)
                                              : write_failed(w, "a layer cannot be created");
    }
    OSRDestroySpatialReference(crs);
    return status;
}

static grid_status write_layers(writer *w, const char *file, const grid_layer_out *layers,
                                size_t n) {
    w->dataset = GDALCreate(GDALGetDriverByName(w->format->driver), file, 0, 0, 0, GDT_Unknown,
                            NULL);
    if (w->dataset == NULL)
        return write_failed(w, "cannot be created");
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n && status == GRID_OK; i++)
        status = write_layer(w, &layers[i]);
    GDALClose(w->dataset);
    if (status == GRID_OK && !all_well(w))
        status = write_failed(w, "cannot be written");
    return status;
}

/* ---- from memory to disk ------------------------------------------------------------ */

/* Moves all files of a folder in memory to the stage. */
static grid_status copy_out(const writer *w, io_stage *stage, const char *folder) {
    char **names = VSIReadDir(folder);
    grid_status status = GRID_OK;
    for (int i = 0; i < CSLCount(names) && status == GRID_OK; i++) {
        vsi_l_offset size = 0;
        const char *path = CPLFormFilename(folder, names[i], NULL);
        const GByte *bytes = VSIGetMemFileBuffer(path, &size, FALSE);
        if (bytes != NULL)
            status = io_stage_put(stage, names[i], bytes, size, w->err);
    }
    CSLDestroy(names);
    return status;
}

/*
 * Most drivers do not notice when the disk is full. So they write to memory, and the bytes go to
 * disk by our own hand. Databases would be slower that way, and do notice.
 */
static grid_status write_through_memory(writer *w, io_stage *stage, const grid_layer_out *layers,
                                        size_t n) {
    char folder[64];
    snprintf(folder, sizeof folder, "/vsimem/grid-write-%p", (void *)w);
    VSIMkdir(folder, 0777);
    char *file = CPLStrdup(CPLFormFilename(folder, CPLGetFilename(stage->file), NULL));
    grid_status status = write_layers(w, file, layers, n);
    if (status == GRID_OK)
        status = copy_out(w, stage, folder);
    /* GDAL leaves the .cpg out where the .dbf itself can say the encoding; readers want both. */
    if (status == GRID_OK && w->shapefile)
        status = io_stage_put(stage, CPLResetExtension(CPLGetFilename(file), "cpg"), w->encoding,
                              strlen(w->encoding), w->err);
    VSIRmdirRecursive(folder);
    CPLFree(file);
    return status;
}

/* Indexes of a shapefile that is replaced would be believed for the new one. */
static void remove_stale_indexes(const char *shp) {
    static const char *const extensions[] = {"qix", "sbn", "sbx", "fbn", "fbx", "ain",    "aih",
                                             "atx", "ixs", "mxs", "idm", "ind", "shp.xml"};
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
        unlink(CPLResetExtension(shp, extensions[i]));
}

grid_status grid_layer_write(const char *path, const grid_layer_out *layers, size_t n_layers,
                             const char *encoding, bool overwrite, grid_error *err) {
    io_log log;
    writer w = {.path = path, .encoding = encoding ? encoding : "UTF-8", .log = &log, .err = err};
    GRID_TRY(find_format(path, &w.format, err));
    w.shapefile = strcmp(w.format->driver, "ESRI Shapefile") == 0;
    if (n_layers != 1 && !w.format->several)
        return grid_fail(err, GRID_E_ARG, path, "this format holds one layer, not %zu", n_layers);
    io_stage stage;
    GRID_TRY(io_stage_begin(&stage, path, overwrite, err));

    char now[21];
    grid_text_output_date(now);
    io_begin(&log);
    io_option("OGR_CURRENT_DATE", now);
    io_option("OGR_SQLITE_SYNCHRONOUS", "OFF");
    grid_status status = w.format->database ? write_layers(&w, stage.file, layers, n_layers)
                                            : write_through_memory(&w, &stage, layers, n_layers);
    io_option("OGR_CURRENT_DATE", NULL);
    io_option("OGR_SQLITE_SYNCHRONOUS", NULL);
    io_end();
    if (status == GRID_OK && w.shapefile)
        remove_stale_indexes(path);
    if (status == GRID_OK)
        return io_stage_commit(&stage, err);
    io_stage_abort(&stage);
    return status;
}
