/*
 * How long layers and databases take to write and to read: bench_io [FEATURES]. Made-up squares,
 * each beside the next; everything in a folder of its own that is removed.
 */
#include <grid/io.h>
#include <grid/store.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/bench_io.XXXXXX";

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void must(grid_status status, const grid_error *err) {
    if (status == GRID_OK)
        return;
    fprintf(stderr, "%s: %s\n", err->where, err->message);
    exit(1);
}

static void must_hold(bool holds) {
    if (!holds)
        exit(1);
}

static grid_shapes *make_squares(size_t n) {
    static const double corner[][2] = {{0, 0}, {20, 0}, {20, 20}, {0, 20}, {0, 0}};
    grid_shapes *s = grid_shapes_new();
    must_hold(s != NULL);
    for (size_t i = 0; i < n; i++) {
        must_hold(grid_shapes_begin(s, GRID_SHAPE_AREA) && grid_shapes_begin_part(s) &&
                  grid_shapes_begin_chain(s));
        for (size_t c = 0; c < 5; c++)
            must_hold(grid_shapes_add(s, 393500 + 20.25 * (double)(i % 1000) + corner[c][0],
                                      3782000 + 20.25 * (double)(i / 1000) + corner[c][1]));
    }
    return s;
}

static const char *in_folder(const char *name) {
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void time_format(const char *name, const grid_layer_out *out) {
    grid_error err;
    grid_layer *layer;
    struct stat st;
    double start = now_s();
    must(grid_layer_write(in_folder(name), out, 1, NULL, false, &err), &err);
    double written = now_s();
    must(grid_layer_read(in_folder(name), NULL, NULL, &layer, &err), &err);
    double end = now_s();
    stat(in_folder(name), &st);
    printf("%-12s write %8.3f s   read %8.3f s   %7.1f MB\n", name, written - start, end - written,
           (double)st.st_size / 1e6);
    grid_layer_free(layer);
}

static void time_store(grid_shapes *squares, size_t n) {
    grid_error err;
    grid_store *store;
    const char *code[] = {"410482001001001"}, *kind[] = {"grid"};
    const char **unit_code = calloc(n, sizeof *unit_code);
    int64_t *households = calloc(n, sizeof *households);
    must_hold(unit_code != NULL && households != NULL);
    for (size_t i = 0; i < n; i++)
        unit_code[i] = code[0];
    double start = now_s();
    must(grid_store_create(in_folder("bench.sqlite"), "EPSG:4547", false, &store, &err), &err);
    const grid_level level = {.level = 1, .name = "grid", .how = "given", .measure = ""};
    must(grid_store_write_levels(store, &level, 1, &err), &err);
    grid_units unit = {.n = 1, .level = 1, .code = code, .kind = kind, .shapes = squares};
    must(grid_store_write_units(store, &unit, &err), &err);
    grid_cell_rows cells = {
        .n = n, .unit_code = unit_code, .households = households, .shapes = squares};
    must(grid_store_write_cells(store, &cells, &err), &err);
    double inserted = now_s();
    must(grid_store_commit(store, &err), &err);
    double committed = now_s();
    grid_cell_rows *back;
    must(grid_store_open(in_folder("bench.sqlite"), false, &store, &err), &err);
    must(grid_store_read_cells(store, &back, &err), &err);
    double end = now_s();
    struct stat st;
    stat(in_folder("bench.sqlite"), &st);
    printf("%-12s write %8.3f s (rows %.3f, index and statistics %.3f)   read %8.3f s   %7.1f MB\n",
           "database", committed - start, inserted - start, committed - inserted, end - committed,
           (double)st.st_size / 1e6);
    grid_cell_rows_free(back);
    grid_store_close(store);
    free(unit_code);
    free(households);
}

int main(int argc, char **argv) {
    size_t n = argc > 1 ? (size_t)strtoul(argv[1], NULL, 10) : 200000;
    if (mkdtemp(folder) == NULL)
        return 1;
    grid_shapes *squares = make_squares(n);
    int64_t *counts = calloc(n, sizeof *counts);
    must_hold(counts != NULL);
    grid_field field = {.name = "households", .type = GRID_COLUMN_INT, .integer = counts};
    grid_layer_out out = {.name = "cells",
                          .crs = "EPSG:4547",
                          .shapes = squares,
                          .field = &field,
                          .n_fields = 1,
                          .n = n};
    printf("%zu features\n", n);
    static const char *const names[] = {"cells.gpkg", "cells.shp", "cells.geojson", "cells.fgb"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        time_format(names[i], &out);
    time_store(squares, n);
    grid_shapes_free(squares);
    free(counts);
    char command[64];
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) != 0;
}
