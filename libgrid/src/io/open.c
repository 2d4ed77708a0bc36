#include "io/io.h"

#include "base/stream.h"
#include "base/text.h"
#include "base/vec.h"

#include <cpl_conv.h>
#include <cpl_string.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool exists(const char *path) {
    VSIStatBufL st;
    return VSIStatExL(path, &st, VSI_STAT_EXISTS_FLAG) == 0;
}

static bool is_empty_file(const char *path) {
    VSIStatBufL st;
    return VSIStatL(path, &st) == 0 && VSI_ISREG(st.st_mode) && st.st_size == 0;
}

/*
 * Splits "FILE:LAYER" where FILE exists. A spec that is itself a file is not split, and the
 * rightmost colon that leaves a file on its left is taken, so that colons in folder names,
 * drive letters and /vsi prefixes do no harm.
 */
static bool split_spec(const char *spec, char **path, char **layer) {
    *path = strdup(spec);
    *layer = NULL;
    if (*path == NULL)
        return false;
    if (exists(spec))
        return true;
    for (size_t i = strlen(spec); i-- > 1;) {
        if (spec[i] != ':')
            continue;
        (*path)[i] = '\0';
        if (exists(*path)) {
            *layer = strdup(spec + i + 1);
            return *layer != NULL;
        }
        (*path)[i] = ':';
    }
    return true;
}

/* To be freed; NULL when memory ran out. */
static const char **layer_names(GDALDatasetH dataset, size_t *n) {
    *n = (size_t)GDALDatasetGetLayerCount(dataset);
    const char **names = GRID_NEW(const char *, *n);
    for (size_t i = 0; i < *n && names != NULL; i++)
        names[i] = OGR_L_GetName(GDALDatasetGetLayer(dataset, (int)i));
    return names;
}

static grid_status no_such_layer(GDALDatasetH dataset, const char *path, const char *name,
                                 grid_error *err) {
    size_t n;
    const char **names = layer_names(dataset, &n);
    if (names == NULL)
        return grid_fail_nomem(err);
    const char *nearest = grid_text_nearest(name, names, n);
    char list[200];
    grid_fail(err, GRID_E_INPUT, path, "there is no layer \"%s\"", name);
    if (nearest != NULL)
        grid_hint(err, GRID_E_INPUT, "did you mean \"%s\"?", nearest);
    else
        grid_hint(err, GRID_E_INPUT, "its layers: %s", grid_text_list(names, n, list, sizeof list));
    free(names);
    return GRID_E_INPUT;
}

static grid_status several_layers(GDALDatasetH dataset, const char *path, grid_error *err) {
    size_t n;
    const char **names = layer_names(dataset, &n);
    if (names == NULL)
        return grid_fail_nomem(err);
    char list[200];
    grid_fail(err, GRID_E_INPUT, path, "holds %zu layers and none was named", n);
    grid_hint(err, GRID_E_INPUT, "name one as FILE:LAYER; its layers: %s",
              grid_text_list(names, n, list, sizeof list));
    free(names);
    return GRID_E_INPUT;
}

static bool driver_is(GDALDriverH driver, const char *name) {
    return driver != NULL && strcmp(GDALGetDriverShortName(driver), name) == 0;
}

static grid_status choose_layer(io_source *source, const char *name, grid_error *err) {
    int n = GDALDatasetGetLayerCount(source->dataset);
    if (name != NULL && *name != '\0') {
        source->layer = GDALDatasetGetLayerByName(source->dataset, name);
        if (source->layer == NULL)
            return no_such_layer(source->dataset, source->path, name, err);
        return GRID_OK;
    }
    if (n == 0)
        return grid_fail(err, GRID_E_INPUT, source->path, "holds no layer");
    /* A drawing's other layer holds what its blocks look like. */
    source->layer = n > 1 && driver_is(GDALGetDatasetDriver(source->dataset), "DXF")
                        ? GDALDatasetGetLayerByName(source->dataset, "entities")
                        : NULL;
    if (source->layer != NULL)
        return GRID_OK;
    if (n > 1)
        return several_layers(source->dataset, source->path, err);
    source->layer = GDALDatasetGetLayer(source->dataset, 0);
    return GRID_OK;
}

static GDALDatasetH open_dataset(const char *path, const char *encoding) {
    GDALDriverH driver = GDALIdentifyDriverEx(path, GDAL_OF_VECTOR, NULL, NULL);
    char **open_options = NULL;
    if (encoding != NULL && driver_is(driver, "ESRI Shapefile"))
        open_options = CSLSetNameValue(open_options, "ENCODING", encoding);
    if (driver_is(driver, "CSV"))
        open_options = CSLSetNameValue(open_options, "EMPTY_STRING_AS_NULL", "YES");
    GDALDatasetH dataset = GDALOpenEx(path, GDAL_OF_VECTOR | GDAL_OF_READONLY, NULL,
                                      (const char *const *)open_options, NULL);
    CSLDestroy(open_options);
    return dataset;
}

/*
 * A .dbf without .cpg often says "ANSI" or nothing at all and holds GBK or UTF-8: then its
 * bytes must come as they are, to be judged when they have been read.
 */
static bool encoding_is_doubtful(OGRLayerH layer) {
    const char *cpg = GDALGetMetadataItem(layer, "ENCODING_FROM_CPG", "SHAPEFILE");
    const char *used = GDALGetMetadataItem(layer, "SOURCE_ENCODING", "SHAPEFILE");
    return (cpg == NULL || *cpg == '\0') && used != NULL && strcmp(used, "ISO-8859-1") == 0;
}

static grid_status open_and_choose(io_source *source, const char *encoding, const char *layer,
                                   const io_log *log, grid_error *err) {
    if (is_stream(source->path)) {
        grid_fail(err, GRID_E_READ, source->path, "is a pipe or a device, where a layer is wanted");
        return grid_hint(err, GRID_E_READ,
                         "layers are read more than once: write it to a file first");
    }
    source->dataset = open_dataset(source->path, encoding);
    if (source->dataset == NULL) {
        if (!exists(source->path))
            return grid_fail(err, GRID_E_READ, source->path, "there is no such file");
        if (is_empty_file(source->path))
            return grid_fail(err, GRID_E_READ, source->path, "is empty");
        return io_fail(log, err, GRID_E_READ, source->path, "is not in a format that can be read");
    }
    return choose_layer(source, layer, err);
}

grid_status io_open(const char *spec, const grid_layer_options *options, const io_log *log,
                    io_source *source, grid_error *err) {
    *source = (io_source){0};
    /* Spreadsheets: the first row names the columns, even where all columns are text. Their
     * sheets are read late, so this holds until the source is closed. */
    io_option("OGR_XLS_HEADERS", "FORCE");
    io_option("OGR_XLSX_HEADERS", "FORCE");
    io_option("OGR_ODS_HEADERS", "FORCE");
    /* Drawings: GDAL recodes some texts and not others, so all come as they are. */
    io_option("DXF_ENCODING", "UTF-8");
    io_option("DXF_INLINE_BLOCKS", options->block_points ? "FALSE" : NULL);
    char *layer;
    if (!split_spec(spec, &source->path, &layer)) {
        io_close(source);
        return grid_fail_nomem(err);
    }
    const char *name = layer != NULL ? layer : options->layer;
    grid_status status = open_and_choose(source, options->encoding, name, log, err);
    if (status == GRID_OK && options->encoding == NULL &&
        driver_is(GDALGetDatasetDriver(source->dataset), "ESRI Shapefile") &&
        encoding_is_doubtful(source->layer)) {
        GDALClose(source->dataset);
        status = open_and_choose(source, "", name, log, err);
    }
    free(layer);
    if (status != GRID_OK) {
        io_close(source);
        return status;
    }
    source->recoded = driver_is(GDALGetDatasetDriver(source->dataset), "ESRI Shapefile");
    return GRID_OK;
}

void io_close(io_source *source) {
    if (source->dataset != NULL)
        GDALClose(source->dataset);
    io_option("OGR_XLS_HEADERS", NULL);
    io_option("OGR_XLSX_HEADERS", NULL);
    io_option("OGR_ODS_HEADERS", NULL);
    io_option("DXF_ENCODING", NULL);
    io_option("DXF_INLINE_BLOCKS", NULL);
    free(source->path);
    *source = (io_source){0};
}
