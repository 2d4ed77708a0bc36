#include "io/io.h"
#include "io/layer.h"

#include <grid/crs.h>

#include "base/text.h"
#include "base/vec.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_EVERY = 4096 };

/* ---- columns ------------------------------------------------------------------------ */

static grid_column_type column_type(OGRFieldDefnH field) {
    switch (OGR_Fld_GetType(field)) {
    case OFTInteger:
    case OFTInteger64:
        return GRID_COLUMN_INT;
    case OFTReal:
        return GRID_COLUMN_REAL;
    default:
        return GRID_COLUMN_TEXT;
    }
}

static grid_column_use column_use(OGRFieldDefnH field) {
    switch (OGR_Fld_GetType(field)) {
    case OFTInteger:
        return OGR_Fld_GetSubType(field) == OFSTBoolean ? GRID_COLUMN_BOOL : GRID_COLUMN_PLAIN;
    case OFTDate:
        return GRID_COLUMN_DATE;
    case OFTDateTime:
        return GRID_COLUMN_DATE_TIME;
    default:
        return GRID_COLUMN_PLAIN;
    }
}

static grid_status make_columns(io_layer *own, OGRFeatureDefnH defn, grid_error *err) {
    grid_layer *layer = &own->layer;
    int n = OGR_FD_GetFieldCount(defn);
    layer->column = GRID_NEW(grid_column, (size_t)n);
    own->width = grid_arena_alloc(&own->strings, ((size_t)n + 1) * sizeof *own->width);
    if (layer->column == NULL || own->width == NULL)
        return grid_fail_nomem(err);
    for (int i = 0; i < n; i++) {
        OGRFieldDefnH field = OGR_FD_GetFieldDefn(defn, i);
        grid_column *column = &layer->column[layer->n_columns++];
        column->type = column_type(field);
        column->use = column_use(field);
        own->width[i] = OGR_Fld_GetWidth(field);
        column->name = grid_arena_text(&own->strings, OGR_Fld_GetNameRef(field));
        if (column->name == NULL)
            return grid_fail_nomem(err);
    }
    return GRID_OK;
}

/* Every value is 8 bytes, whichever member of the union it belongs to. */
_Static_assert(sizeof(char *) == 8 && sizeof(int64_t) == 8 && sizeof(double) == 8, "64 bits");

static bool grow_rows(grid_layer *layer, size_t cap) {
    int64_t *fid = realloc(layer->fid, cap * sizeof *fid);
    if (fid == NULL)
        return false;
    layer->fid = fid;
    for (size_t c = 0; c < layer->n_columns; c++) {
        grid_column *column = &layer->column[c];
        bool *null = realloc(column->null, cap * sizeof *null);
        if (null == NULL)
            return false;
        column->null = null;
        void *values = realloc(column->text, cap * 8);
        if (values == NULL)
            return false;
        column->text = values;
    }
    return true;
}

/* "2026-03-01", "08:30:00" or "2026-03-01T08:30:00+08:00" (ISO 8601). */
static void format_time(OGRFeatureH feature, int field, OGRFieldType type, char *out, size_t size) {
    int year, month, day, hour, minute, zone;
    float second;
    OGR_F_GetFieldAsDateTimeEx(feature, field, &year, &month, &day, &hour, &minute, &second, &zone);
    char date[48] = "", clock[48] = "", offset[16] = "";
    if (type != OFTTime)
        snprintf(date, sizeof date, "%04d-%02d-%02d", year, month, day);
    if (type != OFTDate) {
        bool whole = second == floorf(second);
        snprintf(clock, sizeof clock, whole ? "%02d:%02d:%02.0f" : "%02d:%02d:%06.3f", hour, minute,
                 (double)second);
        int quarters = zone - 100; /* OGR: 100 is UTC, in quarters of an hour; 0, 1 unknown */
        if (zone == 100)
            snprintf(offset, sizeof offset, "Z");
        else if (zone > 1)
            snprintf(offset, sizeof offset, "%c%02d:%02d", quarters < 0 ? '-' : '+',
                     abs(quarters) / 4, abs(quarters) % 4 * 15);
    }
    snprintf(out, size, "%s%s%s%s", date, type == OFTDateTime ? "T" : "", clock, offset);
}

static const char *field_text(OGRFeatureH feature, int i, char *buffer, size_t size) {
    OGRFieldType type = OGR_Fld_GetType(OGR_F_GetFieldDefnRef(feature, i));
    if (type != OFTDate && type != OFTTime && type != OFTDateTime)
        return OGR_F_GetFieldAsString(feature, i);
    format_time(feature, i, type, buffer, size);
    return buffer;
}

static bool add_values(io_layer *own, OGRFeatureH feature, size_t row) {
    grid_layer *layer = &own->layer;
    for (size_t c = 0; c < layer->n_columns; c++) {
        grid_column *column = &layer->column[c];
        int i = (int)c;
        column->null[row] = !OGR_F_IsFieldSetAndNotNull(feature, i);
        bool null = column->null[row];
        char buffer[128];
        switch (column->type) {
        case GRID_COLUMN_INT:
            column->integer[row] = null ? 0 : OGR_F_GetFieldAsInteger64(feature, i);
            break;
        case GRID_COLUMN_REAL:
            column->real[row] = null ? NAN : OGR_F_GetFieldAsDouble(feature, i);
            break;
        case GRID_COLUMN_TEXT:
            column->text[row] = grid_arena_text(
                &own->strings, null ? "" : field_text(feature, i, buffer, sizeof buffer));
            if (column->text[row] == NULL)
                return false;
            break;
        }
    }
    return true;
}

/* ---- features ----------------------------------------------------------------------- */

static void note_shape(const grid_layer *layer, size_t row, const io_shape_notes *notes,
                       const grid_context *ctx) {
    if (notes->unusable == NULL && !notes->mixed && !notes->closed && !notes->dropped)
        return;
    char where[256];
    grid_layer_where(layer, row, where);
    if (notes->unusable != NULL) {
        grid_find(ctx, GRID_WARNING, "geometry-unusable", where, "its geometry %s",
                  notes->unusable);
        return;
    }
    if (notes->mixed)
        grid_find(ctx, GRID_WARNING, "geometry-mixed", where,
                  "its geometry mixes kinds; only those of the highest dimension were taken");
    if (notes->closed)
        grid_find(ctx, GRID_NOTE, "ring-closed", where, "%zu open rings were closed",
                  notes->closed);
    if (notes->dropped)
        grid_find(ctx, GRID_NOTE, "part-dropped", where,
                  "%zu rings or lines without extent were left out", notes->dropped);
}

/* Row `row` of the layer, for which there is room. */
static grid_status add_feature(io_layer *own, io_shape_reader *reader, OGRFeatureH feature,
                               bool shapes, const grid_context *ctx, grid_error *err) {
    grid_layer *layer = &own->layer;
    size_t row = layer->n;
    layer->fid[row] = OGR_F_GetFID(feature);
    if (!add_values(own, feature, row))
        return grid_fail_nomem(err);
    layer->n++;
    io_shape_notes notes = {0};
    bool added = shapes ? io_shape_add(reader, layer->shapes, OGR_F_GetGeometryRef(feature), &notes)
                        : grid_shapes_begin(layer->shapes, GRID_SHAPE_NONE);
    if (!added)
        return grid_fail_nomem(err);
    note_shape(layer, row, &notes, ctx);
    return GRID_OK;
}

/* A layer that is read in one go or batch by batch. */
typedef struct reading {
    const io_source *source;
    const io_log *log;
    const grid_layer_options *options;
    const grid_context *ctx;
    GIntBig expected; /* features, or negative when nobody knows */
    size_t done;      /* rows of earlier batches */
    bool end;         /* the last row has been read */
} reading;

/* The next rows of the source, `most` of them or what is left. */
static grid_status read_features(io_layer *own, reading *r, bool shapes, size_t most,
                                 grid_error *err) {
    io_shape_reader *reader = io_shape_reader_new(r->options->as_is);
    if (reader == NULL)
        return grid_fail_nomem(err);
    size_t cap = 0;
    grid_status status = GRID_OK;
    for (OGRFeatureH feature; status == GRID_OK && own->layer.n < most;) {
        size_t n = own->layer.n;
        if (grid_cancelled(r->ctx)) {
            status = grid_fail(err, GRID_E_CANCEL, own->layer.path, "interrupted");
            break;
        }
        if (n % PROGRESS_EVERY == 0 && r->expected > 0)
            grid_report_progress(r->ctx, "read",
                                 fmin(1, (double)(r->done + n) / (double)r->expected));
        r->end = (feature = OGR_L_GetNextFeature(r->source->layer)) == NULL;
        if (r->end)
            break;
        if (n == cap && !grow_rows(&own->layer, cap = cap ? 2 * cap : 256))
            status = grid_fail_nomem(err);
        else
            status = add_feature(own, reader, feature, shapes, r->ctx, err);
        OGR_F_Destroy(feature);
    }
    io_shape_reader_free(reader);
    return status;
}

/* ---- reprojection -------------------------------------------------------------------- */

/* The feature that coordinate i belongs to. */
static size_t feature_of(const grid_shapes *s, size_t i) {
    size_t f = 0;
    while (f + 1 < s->n && s->xy_start[s->chain_start[s->part_start[f + 1]]] <= i)
        f++;
    return f;
}

static grid_status apply_transform(grid_layer *layer, const grid_crs_transform *transform,
                                   const char *to_crs, grid_error *err) {
    grid_shapes *s = layer->shapes;
    if (grid_crs_transform_apply(transform, s->xy, s->n_xy) == 0)
        return GRID_OK;
    size_t i = 0;
    while (!isnan(s->xy[i].x))
        i++;
    char where[256];
    return grid_fail(err, GRID_E_INPUT, grid_layer_where(layer, feature_of(s, i), where),
                     "its coordinates cannot be brought to %.100s", to_crs);
}

/* A .prj that contradicts the numbers, exchanged axes: nothing that reads on would be right. */
static grid_status check_crs(const grid_layer *layer, const grid_context *ctx, grid_error *err) {
    if (layer->crs == NULL || layer->shapes->n_xy == 0)
        return GRID_OK;
    grid_box box = grid_shapes_box_all(layer->shapes);
    bool inside;
    grid_status status = grid_crs_check_box(layer->crs, &box, &inside, err);
    if (status != GRID_OK && err != NULL)
        snprintf(err->where, sizeof err->where, "%s:%s", layer->path, layer->name);
    if (status == GRID_OK && !inside)
        grid_find(ctx, GRID_WARNING, "crs-unlikely", layer->path,
                  "its coordinates are far from where its CRS is used");
    return status;
}

static grid_status reproject(grid_layer *layer, const char *to_crs, grid_error *err) {
    if (to_crs == NULL || layer->shapes->n_xy == 0)
        return GRID_OK;
    if (layer->crs == NULL) {
        grid_fail(err, GRID_E_INPUT, layer->path, "names no coordinate reference system");
        return grid_hint(err, GRID_E_INPUT, "say which it is with --src-crs");
    }
    grid_crs_transform *transform;
    grid_status status = grid_crs_transform_new(layer->crs, to_crs, &transform, err);
    if (status != GRID_OK) {
        if (err != NULL)
            snprintf(err->where, sizeof err->where, "%s", layer->path);
        return status;
    }
    status = apply_transform(layer, transform, to_crs, err);
    grid_crs_transform_free(transform);
    if (status != GRID_OK)
        return status;
    free(layer->crs);
    layer->crs = strdup(to_crs);
    return layer->crs ? GRID_OK : grid_fail_nomem(err);
}

/* ---- the layer ---------------------------------------------------------------------- */

static grid_status name_layer(grid_layer *layer, const io_source *source,
                              const grid_layer_options *options, grid_error *err) {
    layer->path = strdup(source->path);
    layer->name = strdup(OGR_L_GetName(source->layer));
    layer->shapes = grid_shapes_new();
    layer->crs = options->src_crs ? strdup(options->src_crs)
                                  : io_crs_text(OGR_L_GetSpatialRef(source->layer));
    if (layer->path == NULL || layer->name == NULL || layer->shapes == NULL ||
        (options->src_crs && layer->crs == NULL))
        return grid_fail_nomem(err);
    return GRID_OK;
}

static grid_status read_batch(io_layer *own, reading *r, size_t most, grid_error *err) {
    OGRLayerH layer = r->source->layer;
    GRID_TRY(name_layer(&own->layer, r->source, r->options, err));
    OGRFeatureDefnH defn = OGR_L_GetLayerDefn(layer);
    GRID_TRY(make_columns(own, defn, err));
    bool shapes = !r->options->attributes_only && OGR_FD_GetGeomFieldCount(defn) > 0 &&
                  OGR_FD_GetGeomType(defn) != wkbNone;
    if (!shapes && r->done == 0) {
        const char *const ignored[] = {"OGR_GEOMETRY", NULL};
        OGR_L_SetIgnoredFields(layer, (const char **)ignored);
    }
    GRID_TRY(read_features(own, r, shapes, most, err));
    if (r->log->failures)
        return io_fail(r->log, err, GRID_E_READ, own->layer.path, "cannot be read");
    if (r->log->warnings && r->end)
        grid_find(r->ctx, GRID_NOTE, "source-warning", own->layer.path, "%s%s", r->log->warning,
                  r->log->warnings > 1 ? " (and others)" : "");
    GRID_TRY(io_settle_encoding(own, r->source, r->options->encoding, r->ctx, err));
    GRID_TRY(check_crs(&own->layer, r->ctx, err));
    r->done += own->layer.n;
    return reproject(&own->layer, r->options->to_crs, err);
}

static grid_status visit_batches(reading *r, size_t batch, grid_layer_visit *visit, void *user,
                                 grid_error *err) {
    grid_status status = GRID_OK;
    OGR_L_ResetReading(r->source->layer);
    r->expected = OGR_L_TestCapability(r->source->layer, OLCFastFeatureCount)
                      ? OGR_L_GetFeatureCount(r->source->layer, 0)
                      : -1;
    while (status == GRID_OK && !r->end) {
        io_layer *own = calloc(1, sizeof *own);
        if (own == NULL)
            return grid_fail_nomem(err);
        status = read_batch(own, r, batch, err);
        if (status == GRID_OK)
            status = visit(user, &own->layer, err);
        else
            grid_layer_free(&own->layer);
    }
    return status;
}

grid_status grid_layer_scan(const char *spec, const grid_layer_options *options, size_t batch,
                            grid_layer_visit *visit, void *user, const grid_context *ctx,
                            grid_error *err) {
    static const grid_layer_options none = {0};
    io_log log;
    io_source source;
    reading r = {.source = &source, .log = &log, .options = options ? options : &none, .ctx = ctx};
    io_begin(&log);
    grid_status status = io_open(spec, r.options, &log, &source, err);
    if (status == GRID_OK) {
        status = visit_batches(&r, batch, visit, user, err);
        io_close(&source);
    }
    io_end();
    return status;
}

static grid_status take_layer(void *user, grid_layer *layer, grid_error *err) {
    (void)err;
    *(grid_layer **)user = layer;
    return GRID_OK;
}

grid_status grid_layer_read(const char *spec, const grid_layer_options *options,
                            const grid_context *ctx, grid_layer **out, grid_error *err) {
    *out = NULL;
    return grid_layer_scan(spec, options, SIZE_MAX, take_layer, out, ctx, err);
}
