/* A file that calls itself a grid database. */
#include <grid/store.h>

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds)
        abort();
}

static const char *write_file(const uint8_t *data, size_t size) {
    static char path[64];
    snprintf(path, sizeof path, "/tmp/fuzz_store.%ld.sqlite", (long)getpid());
    FILE *file = fopen(path, "wb");
    require(file != NULL && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    return path;
}

static void check_shapes(const grid_shapes *s, size_t n) {
    require(s->n == n);
    for (size_t i = 0; i < s->n_xy; i++)
        require(isfinite(s->xy[i].x) && isfinite(s->xy[i].y));
}

static void read_all(grid_store *store) {
    grid_error err;
    grid_level *levels;
    grid_units *units;
    grid_cell_rows *cells;
    grid_border_rows *borders;
    size_t n = 0;
    if (grid_store_read_levels(store, &levels, &n, &err) == GRID_OK) {
        for (size_t i = 0; i < n; i++)
            if (grid_store_read_units(store, levels[i].level, &units, &err) == GRID_OK) {
                check_shapes(units->shapes, units->n);
                grid_units_free(units);
            }
        grid_levels_free(levels);
    }
    if (grid_store_read_cells(store, &cells, &err) == GRID_OK) {
        check_shapes(cells->shapes, cells->n);
        grid_cell_rows_free(cells);
    }
    if (grid_store_read_borders(store, &borders, &err) == GRID_OK) {
        check_shapes(borders->shapes, borders->n);
        grid_border_rows_free(borders);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *path = write_file(data, size);
    grid_store *store;
    grid_error err;
    if (grid_store_open(path, false, &store, &err) == GRID_OK) {
        read_all(store);
        grid_store_close(store);
    }
    unlink(path);
    return 0;
}
