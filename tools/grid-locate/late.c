/*
 * What grid-locate needs of PROJ, GDAL and SQLite, opened late. A plain table with a valid index
 * beside the grids needs none of it, and a filter that is started for a handful of points must
 * not wait for the hundred libraries behind GDAL. So the program is linked without them, and the
 * functions of crs, io and store are defined here as calls into libgrid.so, which is opened when
 * the first of them is made. As with the dynamic linker, of whose work this is a part, a library
 * that is missing ends the program.
 */
#include <grid/crs.h>
#include <grid/io.h>
#include <grid/store.h>

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/base.h"
#include "common/session.h"

static void *library; /* never closed: GDAL and PROJ keep things for the end of the process */

static void open_library(void) {
    library = dlopen(GRID_LIBRARY, RTLD_NOW | RTLD_LOCAL);
}

static void *find(const char *name) {
    static pthread_once_t opened = PTHREAD_ONCE_INIT;
    pthread_once(&opened, open_library);
    void *function = library ? dlsym(library, name) : NULL;
    if (function == NULL) {
        grid_error err = {0};
        grid_status status = grid_fail(&err, GRID_E_INTERNAL, "", "%s", dlerror());
        grid_hint(&err, status,
                  "it is installed with grid-locate, and must be of the same version");
        exit(tool_fail(status, &err));
    }
    return function;
}

/* Defines a function of the library as a call to the one that is in it. */
#define LATE(type, name, parameters, arguments)                                                    \
    type name parameters {                                                                         \
        static _Atomic(void *) found;                                                              \
        void *at = atomic_load_explicit(&found, memory_order_acquire);                             \
        if (at == NULL)                                                                            \
            atomic_store_explicit(&found, at = find(#name), memory_order_release);                 \
        return ((__typeof__(name) *)at)arguments;                                                  \
    }

/* clang-format off */

LATE(grid_status, grid_crs_check, (const char *crs, grid_crs_info *out, grid_error *err), (crs, out, err))
LATE(grid_status, grid_crs_transform_new, (const char *from, const char *to, grid_crs_transform **out, grid_error *err), (from, to, out, err))
LATE(grid_status, grid_crs_transform_clone, (const grid_crs_transform *transform, grid_crs_transform **out, grid_error *err), (transform, out, err))
LATE(void, grid_crs_transform_free, (grid_crs_transform *transform), (transform))
LATE(bool, grid_crs_transform_is_identity, (const grid_crs_transform *transform), (transform))
LATE(size_t, grid_crs_transform_apply, (const grid_crs_transform *transform, grid_xy *xy, size_t n), (transform, xy, n))

LATE(grid_status, grid_layer_read, (const char *spec, const grid_layer_options *options, const grid_context *ctx, grid_layer **out, grid_error *err), (spec, options, ctx, out, err))
LATE(grid_status, grid_layer_write, (const char *path, const grid_layer_out *layers, size_t n_layers, const char *encoding, bool overwrite, grid_error *err), (path, layers, n_layers, encoding, overwrite, err))

LATE(bool, grid_store_probe, (const char *path), (path))
LATE(grid_status, grid_store_open, (const char *path, bool writable, grid_store **out, grid_error *err), (path, writable, out, err))
LATE(void, grid_store_close, (grid_store *store), (store))
LATE(const char *, grid_store_crs, (const grid_store *store), (store))
LATE(grid_status, grid_store_read_levels, (grid_store *store, grid_level **out, size_t *n, grid_error *err), (store, out, n, err))
LATE(void, grid_levels_free, (grid_level *levels), (levels))
LATE(grid_status, grid_store_read_units, (grid_store *store, int level, grid_units **out, grid_error *err), (store, level, out, err))
LATE(void, grid_units_free, (grid_units *units), (units))
LATE(grid_status, grid_store_read_duty, (grid_store *store, grid_duty **out, grid_error *err), (store, out, err))
