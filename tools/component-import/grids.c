/* The grids of the database that components are to lie in. */
#include "import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "common/session.h"

/* The lowest level that has areas. */
static grid_status read_lowest(grid_store *store, const char *database, grids *out,
                               grid_error *err) {
    grid_level *levels;
    size_t n;
    GRID_TRY(grid_store_read_levels(store, &levels, &n, err));
    grid_status status = GRID_OK;
    for (size_t i = n; i-- > 0 && status == GRID_OK && (!out->units || out->units->n == 0);) {
        grid_units_free(out->units);
        out->units = NULL;
        if (strcmp(levels[i].how, "record") != 0)
            status = grid_store_read_units(store, levels[i].level, &out->units, err);
    }
    grid_levels_free(levels);
    if (status == GRID_OK && (out->units == NULL || out->units->n == 0))
        status = grid_fail(err, GRID_E_INPUT, database, "holds no grids");
    return status;
}

grid_status grids_read(grids *out, const char *database, grid_error *err) {
    grid_store *store;
    GRID_TRY(grid_store_open(database, false, &store, err));
    grid_status status = read_lowest(store, database, out, err);
    out->crs = strdup(grid_store_crs(store));
    grid_store_close(store);
    if (status != GRID_OK)
        return status;
    if (out->crs == NULL)
        return grid_fail_nomem(err);
    grid_locate_layer layer = {"grid", out->units->shapes, out->units->code};
    return grid_locator_build(&layer, 1, tool_context(), &out->locator, err);
}

grid_status grids_county(const grids *where, const char *database, const char *asked, char out[7],
                         grid_error *err) {
    const grid_units *units = where->units;
    snprintf(out, 7, "%s", asked ? asked : units->code[0]);
    bool good = strspn(out, "0123456789") == 6 && (!asked || strlen(asked) == 6);
    for (size_t i = 0; i < units->n && !asked; i++)
        good &= strncmp(units->code[i], out, 6) == 0;
    if (good)
        return GRID_OK;
    if (asked)
        return grid_fail(err, GRID_E_ARG, "", "a county code has six digits, not '%s'", asked);
    grid_fail(err, GRID_E_INPUT, database, "its grids' codes begin with no common county code");
    return grid_hint(err, GRID_E_INPUT, "name the county with --county");
}

void grids_free(grids *where) {
    grid_locator_free(where->locator);
    grid_units_free(where->units);
    free(where->crs);
}
