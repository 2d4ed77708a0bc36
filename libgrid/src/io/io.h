/*
 * io.h - what the files of the io module share: GDAL's messages caught, sources opened,
 * geometries turned into shapes and back.
 */
#ifndef GRID_SRC_IO_H
#define GRID_SRC_IO_H

#include <grid/io.h>

#include "base/base.h"

#include <gdal.h>
#include <ogr_api.h>
#include <ogr_srs_api.h>

/**
 * What GDAL said between io_begin and io_end, instead of on stderr: its first failure, its
 * first warning, and how many of each.
 */
typedef struct io_log {
    char failure[384], warning[384];
    unsigned failures, warnings;
} io_log;

/** Registers the drivers once and catches the messages of this thread. */
void io_begin(io_log *log);
void io_end(void);

/** Fails with what GDAL said, or with `otherwise` when it said nothing. */
grid_status io_fail(const io_log *log, grid_error *err, grid_status status, const char *where,
                    const char *otherwise);

/** Sets a GDAL option for this thread; NULL takes it back. */
void io_option(const char *key, const char *value);

/** An opened layer of a source. */
typedef struct io_source {
    GDALDatasetH dataset;
    OGRLayerH layer;
    char *path;   /* the part of the spec that names the source */
    bool recoded; /* GDAL has seen to the encoding that was asked for */
} io_source;

/** Opens the layer that `spec` and the options name. `source` is closed with io_close. */
grid_status io_open(const char *spec, const grid_layer_options *options, const io_log *log,
                    io_source *source, grid_error *err);
void io_close(io_source *source);

struct io_layer;

/**
 * Makes the texts of a layer UTF-8: from the encoding that was asked for, or from GBK where the
 * bytes are not UTF-8. Characters that a field of fixed width cut in two are taken off.
 */
grid_status io_settle_encoding(struct io_layer *own, const io_source *source, const char *encoding,
                               const grid_context *ctx, grid_error *err);

/** What became of a geometry on its way in. */
typedef struct io_shape_notes {
    const char *unusable; /* why it became GRID_SHAPE_NONE; NULL if it did not */
    bool mixed;           /* a collection of different kinds: only the highest was kept */
    size_t closed;        /* rings that had to be closed */
    size_t dropped;       /* rings and lines without extent that were left out */
} io_shape_notes;

/** Scratch of io_shape_add, kept from feature to feature. */
typedef struct io_shape_reader io_shape_reader;
io_shape_reader *io_shape_reader_new(bool as_is); /* as in grid_layer_options */
void io_shape_reader_free(io_shape_reader *reader);

/** Appends one feature made from `geometry` (may be NULL). False when memory ran out. */
bool io_shape_add(io_shape_reader *reader, grid_shapes *shapes, OGRGeometryH geometry,
                  io_shape_notes *notes);

/** The OGR geometry of feature f, of type `type` where that can hold it; NULL for none. */
OGRGeometryH io_shape_geometry(const grid_shapes *shapes, size_t f, bool multi);

/** "EPSG:n" where the system has such a name, else WKT2; NULL for no or an undefined system. */
char *io_crs_text(OGRSpatialReferenceH crs);

#endif
