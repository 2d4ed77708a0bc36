#include "database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/replace.h"
#include "base/vec.h"
#include "common/digests.h"
#include "common/duties.h"
#include "common/ground_rows.h"

grid_status database_check(const char *path, bool overwrite, grid_error *err) {
    grid_replace r;
    GRID_TRY(grid_replace_begin(&r, path, overwrite, err));
    grid_replace_abort(&r);
    return GRID_OK;
}

/* The digest of an input, under the role it played. */
static grid_status write_digest(grid_store *store, const char *role, const grid_layer *layer,
                                grid_error *err) {
    char key[64], digest[65];
    if (layer == NULL)
        return GRID_OK;
    snprintf(key, sizeof key, "input_sha256:%s", role);
    GRID_TRY(grid_layer_digest(layer, digest, err));
    return grid_store_write_meta(store, key, digest, err);
}

/* What was proved, so that a later check only redoes what has changed. */
static grid_status write_certificates(grid_store *store, const work *w, grid_error *err) {
    json_t *levels = json_object();
    for (size_t l = 1; l < w->n_areas; l++) {
        const grid_units *above = &w->level[l - 1].units;
        json_t *of_parent = json_object();
        for (size_t p = 0; p < above->n; p++)
            json_object_set_new(of_parent, above->code[p],
                                tool_digest_json(w->level[l].seam[p].digest));
        json_object_set_new(levels, w->level[l].name, of_parent);
    }
    char *text = json_dumps(levels, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(levels);
    grid_status status = text ? grid_store_write_meta(store, TOOL_DIGESTS_KEY, text, err)
                              : grid_fail_nomem(err);
    free(text);
    return status;
}

static grid_status write_meta(grid_store *store, const inputs *in, const scheme *plan,
                              grid_error *err) {
    GRID_TRY(grid_store_write_meta(store, "scheme", plan->name, err));
    GRID_TRY(grid_store_write_meta(store, "lattice", "1 mm", err));
    GRID_TRY(grid_store_write_meta(store, "version", grid_version(), err));
    GRID_TRY(grid_store_write_meta(store, "options", tool_given_options(), err));
    for (size_t r = 0; r < plan->n_rules; r++) {
        char key[96], range[64];
        const grid_rule *rule = &plan->rule[r];
        snprintf(key, sizeof key, "rule:%s", rule->measure);
        snprintf(range, sizeof range, "%lld..%lld%s", (long long)rule->min, (long long)rule->max,
                 rule->hard ? "" : " (soft)");
        GRID_TRY(grid_store_write_meta(store, key, range, err));
    }
    GRID_TRY(write_digest(store, "street", in->street, err));
    GRID_TRY(write_digest(store, "community", in->community, err));
    GRID_TRY(write_digest(store, "households", in->household, err));
    GRID_TRY(write_digest(store, "households-table", in->household_table, err));
    GRID_TRY(write_digest(store, "compounds", in->compound, err));
    GRID_TRY(write_digest(store, "extended", in->extended, err));
    GRID_TRY(write_digest(store, "bridges", in->bridge, err));
    for (size_t b = 0; b < in->n_barriers; b++) {
        char role[32];
        snprintf(role, sizeof role, "barriers %zu", b + 1);
        GRID_TRY(write_digest(store, role, in->barrier_layer[b], err));
    }
    return GRID_OK;
}

static grid_status write_levels(grid_store *store, const scheme *plan, const work *w,
                                grid_error *err) {
    grid_level levels[SCHEME_MAX_LEVELS];
    for (size_t i = 0; i < w->n_levels; i++) {
        const scheme_level *made = w->made[i];
        const grid_rule *rule = made->role == SCHEME_SPLIT   ? &plan->rule[0]
                                : made->role == SCHEME_GROUP ? &made->rule
                                                             : &(grid_rule){.measure = ""};
        levels[i] = (grid_level){w->level[i].units.level,
                                 made->row.name,
                                 made->row.how,
                                 rule->measure,
                                 rule->min,
                                 rule->max,
                                 rule->target};
    }
    return grid_store_write_levels(store, levels, w->n_levels, err);
}

/* ---- advice ------------------------------------------------------------------------- */

static grid_status write_advice(grid_store *store, const work *w, grid_error *err) {
    size_t n = w->advice.n;
    grid_advice_rows rows = {n,
                             GRID_NEW(const char *, n),
                             GRID_NEW(const char *, n),
                             GRID_NEW(double, n),
                             GRID_NEW(int64_t, n),
                             GRID_NEW(int64_t, n),
                             GRID_NEW(int64_t, n)};
    bool ok = rows.unit_code && rows.neighbour_code && rows.border_m && rows.together &&
              rows.grids_min && rows.grids_max;
    for (size_t i = 0; ok && i < n; i++) {
        const grid_advice *a = &w->advice.at[i];
        rows.unit_code[i] = w->codes->community[a->region];
        rows.neighbour_code[i] = w->codes->community[a->neighbour];
        rows.border_m[i] = (double)a->length_mm / GRID_LATTICE_PER_M;
        rows.together[i] = a->together;
        rows.grids_min[i] = a->grids_min;
        rows.grids_max[i] = a->grids_max;
    }
    grid_status status = ok ? grid_store_write_advice(store, &rows, err) : grid_fail_nomem(err);
    free(rows.unit_code);
    free(rows.neighbour_code);
    free(rows.border_m);
    free(rows.together);
    free(rows.grids_min);
    free(rows.grids_max);
    return status;
}

/* ---- roads -------------------------------------------------------------------------- */

/* Adds the features of one barrier layer. */
static bool add_roads(const grid_barriers *layer, grid_road_rows *rows) {
    for (size_t f = 0; f < layer->shapes->n; f++) {
        size_t i = rows->n++;
        rows->name[i] = layer->name ? layer->name[f] : NULL;
        rows->road_class[i] = grid_border_class_name((grid_border_class)layer->border_class[f]);
        if (!grid_shapes_copy(rows->shapes, layer->shapes, f))
            return false;
    }
    return true;
}

static grid_status write_roads(grid_store *store, const inputs *in, grid_error *err) {
    size_t total = 0;
    for (size_t b = 0; b < in->n_barriers; b++)
        total += in->barriers[b].shapes->n;
    grid_road_rows rows = {.shapes = grid_shapes_new(),
                           .name = GRID_NEW(const char *, total),
                           .road_class = GRID_NEW(const char *, total)};
    bool good = rows.shapes != NULL && rows.name != NULL && rows.road_class != NULL;
    for (size_t b = 0; b < in->n_barriers && good; b++)
        good = add_roads(&in->barriers[b], &rows);
    grid_status status = good ? grid_store_write_roads(store, &rows, err) : grid_fail_nomem(err);
    grid_shapes_free(rows.shapes);
    free(rows.name);
    free(rows.road_class);
    return status;
}

/* ---- all ---------------------------------------------------------------------------- */

/* Posts and duties of the scheme, so that every place has somebody who answers for it. */
static grid_status write_duties(grid_store *store, const scheme *plan, grid_error *err) {
    tool_duties duties;
    if (!tool_duties_found(plan->name))
        return GRID_OK;
    grid_status status = tool_duties_read(plan->name, &duties, err);
    if (status == GRID_OK)
        status = grid_store_write_duties(store, duties.posts.at, duties.posts.n, duties.rules.at,
                                         duties.rules.n, err);
    tool_duties_free(&duties);
    return status;
}

static grid_status fill(grid_store *store, const inputs *in, const scheme *plan, const work *w,
                        grid_error *err) {
    GRID_TRY(write_meta(store, in, plan, err));
    GRID_TRY(write_certificates(store, w, err));
    GRID_TRY(write_levels(store, plan, w, err));
    GRID_TRY(write_duties(store, plan, err));
    for (size_t i = 0; i < w->n_levels; i++)
        GRID_TRY(grid_store_write_units(store, &w->level[i].units, err));
    const unit_table *grids = work_leaves(w);
    const tool_ground ground = {w->cells, grids->of_cell, grids->units.code, in->persons};
    GRID_TRY(tool_ground_write_cells(store, &ground, err));
    GRID_TRY(tool_ground_write_borders(store, &ground, NULL, NULL, err));
    GRID_TRY(write_advice(store, w, err));
    GRID_TRY(grid_store_write_lineage(store, &w->old.now, err));
    return write_roads(store, in, err);
}

grid_status database_write(const char *path, bool overwrite, const inputs *in, const scheme *plan,
                           const work *w, grid_error *err) {
    grid_store *store;
    GRID_TRY(grid_store_create(path, in->crs, overwrite, &store, err));
    grid_status status = fill(store, in, plan, w, err);
    if (status == GRID_OK)
        return grid_store_commit(store, err);
    grid_store_close(store);
    return status;
}
