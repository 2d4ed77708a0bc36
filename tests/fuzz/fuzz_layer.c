/*
 * Files of features from outside. The first byte says as what the rest is read: 'g' GeoJSON, 'c'
 * CSV, 'k' KML, 'f' FlatGeobuf, 's' a shapefile, whose three files follow each other with their
 * lengths (.shp, .shx: two bytes each) before them.
 */
#include <grid/io.h>

#include "base/text.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* GDAL 3.6 forgets the XML parser of a file that only begins like one (JML, for one). */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libexpat.so\n";
}

static void require(bool holds) {
    if (!holds)
        abort();
}

static const char *name_file(const char *extension) {
    static char path[64];
    snprintf(path, sizeof path, "/tmp/fuzz_layer_%ld.%s", (long)getpid(), extension);
    return path;
}

static void write_file(const char *extension, const uint8_t *data, size_t n) {
    FILE *file = fopen(name_file(extension), "wb");
    require(file != NULL && fwrite(data, 1, n, file) == n && fclose(file) == 0);
}

static size_t take_length(const uint8_t **data, size_t *size) {
    if (*size < 2)
        return 0;
    size_t n = (size_t)(*data)[0] | (size_t)(*data)[1] << 8;
    *data += 2;
    *size -= 2;
    return n < *size ? n : *size;
}

static void write_shapefile(const uint8_t *data, size_t size) {
    size_t shp = take_length(&data, &size), shx = take_length(&data, &size);
    shp = shp < size ? shp : size;
    write_file("shp", data, shp);
    data += shp, size -= shp;
    shx = shx < size ? shx : size;
    write_file("shx", data, shx);
    write_file("dbf", data + shx, size - shx);
}

/* What the headers promise of every layer that was read. */
static void check_shapes(const grid_shapes *s) {
    for (size_t i = 0; i < s->n_xy; i++)
        require(isfinite(s->xy[i].x) && isfinite(s->xy[i].y));
    for (size_t f = 0; f < s->n; f++) {
        require((s->kind[f] == GRID_SHAPE_NONE) == (s->part_start[f] == s->part_start[f + 1]));
        size_t first = s->chain_start[s->part_start[f]], end = s->chain_start[s->part_start[f + 1]];
        for (size_t c = first; c < end; c++) {
            const grid_xy *xy = s->xy + s->xy_start[c];
            size_t n = s->xy_start[c + 1] - s->xy_start[c];
            require(n >= (s->kind[f] == GRID_SHAPE_AREA ? 4U : s->kind[f]));
            if (s->kind[f] == GRID_SHAPE_AREA)
                require(xy[0].x == xy[n - 1].x && xy[0].y == xy[n - 1].y);
        }
    }
}

static void check_layer(const grid_layer *layer) {
    require(layer->shapes->n == layer->n);
    check_shapes(layer->shapes);
    for (size_t c = 0; c < layer->n_columns; c++)
        for (size_t i = 0; i < layer->n; i++) {
            char buffer[32];
            const char *text = grid_column_text(&layer->column[c], i, buffer);
            require(grid_text_is_utf8(text, strlen(text)));
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1)
        return 0;
    const char *extension;
    switch (data[0]) {
    case 'g':
        extension = "geojson";
        break;
    case 'c':
        extension = "csv";
        break;
    case 'k':
        extension = "kml";
        break;
    case 'f':
        extension = "fgb";
        break;
    case 's':
        extension = "shp";
        break;
    default:
        return 0;
    }
    if (data[0] == 's')
        write_shapefile(data + 1, size - 1);
    else
        write_file(extension, data + 1, size - 1);
    grid_layer *layer;
    grid_error err = {0};
    grid_status status = grid_layer_read(name_file(extension), NULL, NULL, &layer, &err);
    if (status == GRID_OK)
        check_layer(layer);
    else
        require(layer == NULL && err.message[0] != '\0');
    if (status == GRID_OK)
        grid_layer_free(layer);
    remove(name_file(extension));
    if (data[0] == 's') {
        remove(name_file("shx"));
        remove(name_file("dbf"));
    }
    return 0;
}
