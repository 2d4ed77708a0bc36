#include "layers.h"

#include <grid/crs.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

/* ---- columns ------------------------------------------------------------------------ */

static grid_field *add_field(layer *l, const char *name, grid_column_type type) {
    grid_field *f = &l->field[l->out.n_fields++];
    *f = (grid_field){.name = name, .type = type};
    return f;
}

static void add_text(layer *l, const char *name, const char *const *values) {
    add_field(l, name, GRID_COLUMN_TEXT)->text = values;
}

static void add_real(layer *l, const char *name, const double *values) {
    add_field(l, name, GRID_COLUMN_REAL)->real = values;
}

/* A count of -1 is not known, and null in a file. */
static void add_count(map_layers *all, layer *l, const char *name, const int64_t *values) {
    bool *null = all->unknown + all->n_unknown;
    for (size_t i = 0; i < l->out.n; i++)
        null[i] = values[i] < 0;
    all->n_unknown += l->out.n;
    grid_field *f = add_field(l, name, GRID_COLUMN_INT);
    f->integer = values;
    f->null = null;
}

/* The standards write days as 20261122. */
static const char *const *compact_days(map_layers *all, const char *const *days, size_t n) {
    if (all->names == FIELDS_PLAIN)
        return days;
    const char **out = grid_arena_alloc(&all->text, (n + 1) * sizeof *out);
    for (size_t i = 0; out != NULL && i < n; i++) {
        char day[16] = "";
        size_t k = 0;
        for (const char *c = days[i]; *c != '\0' && k < 8; c++)
            if (*c >= '0' && *c <= '9')
                day[k++] = *c;
        day[k] = '\0';
        if ((out[i] = grid_arena_text(&all->text, day)) == NULL)
            return NULL;
    }
    return out;
}

/* ---- layers ------------------------------------------------------------------------- */

static layer *add_layer(map_layers *all, const map_input *in, const char *name, const char *title,
                        const grid_shapes *shapes, size_t n, grid_qml_kind style) {
    layer *l = &all->at[all->n++];
    *l = (layer){.style = style,
                 .title = title,
                 .code = "code",
                 .name = "name",
                 .households = "households",
                 .class = "class"};
    l->out = (grid_layer_out){
        .name = name, .crs = in->map.crs, .shapes = shapes, .field = l->field, .n = n};
    return l;
}

static field_owner owner_of(const map_input *in, size_t level) {
    const char *name = in->level[level].name;
    return level + 1 == in->n_levels        ? OF_GRID
           : strcmp(name, "community") == 0 ? OF_COMMUNITY
           : strcmp(name, "street") == 0    ? OF_STREET
                                            : OF_UNIT;
}

static grid_status add_bounds(map_layers *all, const map_input *in, layer *l, size_t level,
                              grid_error *err) {
    const char **bounds = grid_arena_alloc(&all->text, (l->out.n + 1) * sizeof *bounds);
    if (bounds == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < l->out.n; i++)
        bounds[i] = grid_atlas_bounds(in->atlas, level, i);
    add_text(l, "bounds", bounds);
    return GRID_OK;
}

static grid_status add_level(map_layers *all, const map_input *in, size_t level, grid_error *err) {
    const grid_units *u = in->units[level];
    field_owner owner = owner_of(in, level);
    field_names names = all->names;
    const char *const *from = compact_days(all, u->valid_from, u->n);
    const char *const *to = compact_days(all, u->valid_to, u->n);
    if (from == NULL || to == NULL)
        return grid_fail_nomem(err);
    layer *l = add_layer(all, in, in->level[level].name, grid_level_word(in->level[level].name),
                         u->shapes, u->n, owner == OF_GRID ? GRID_QML_GRID : GRID_QML_LEVEL);
    l->code = field_name(owner, "code", names);
    l->name = field_name(owner, "name", names);
    add_text(l, l->code, u->code);
    add_text(l, field_name(owner, "parent", names), u->parent_code);
    add_text(l, l->name, u->name);
    add_text(l, "kind", u->kind);
    add_count(all, l, "households", u->households);
    add_count(all, l, "persons", u->persons);
    add_real(l, "workload", u->workload);
    add_real(l, field_name(owner, "area_m2", names), u->area_m2);
    add_text(l, "status", u->status);
    add_text(l, field_name(owner, "reason", names), u->reason);
    add_text(l, field_name(owner, "valid_from", names), from);
    add_text(l, field_name(owner, "valid_to", names), to);
    if (owner == OF_GRID)
        add_field(l, "tint", GRID_COLUMN_INT)->integer = all->tint;
    /* The four bounds in words can be longer than a .dbf holds. */
    return all->shapefile ? GRID_OK : add_bounds(all, in, l, level, err);
}

static void add_cells(map_layers *all, const map_input *in) {
    const grid_cell_rows *c = in->cells;
    if (c->n == 0)
        return;
    layer *l = add_layer(all, in, "cells", "基本单元", c->shapes, c->n, GRID_QML_CELLS);
    add_text(l, "unit", c->unit_code);
    add_count(all, l, "households", c->households);
    add_count(all, l, "persons", c->persons);
}

static void add_borders(map_layers *all, const map_input *in) {
    const grid_border_rows *b = in->borders;
    if (b->n == 0)
        return;
    layer *l = add_layer(all, in, "borders", "边界", b->shapes, b->n, GRID_QML_BORDERS);
    add_text(l, "left", b->left_code);
    add_text(l, "right", b->right_code);
    add_text(l, "class", b->border_class);
    add_text(l, "name", b->name);
    add_real(l, "length_m", b->length_m);
}

static grid_status add_components(map_layers *all, const map_input *in, grid_error *err) {
    grid_layer_options options = {.layer = "components"};
    /* No findings: the column that is wider than GDAL's integers is not written. */
    GRID_TRY(grid_layer_read(in->path, &options, NULL, &all->components, err));
    const grid_layer *from = all->components;
    if (from->n == 0)
        return GRID_OK;
    layer *l = add_layer(all, in, "components", "部件", from->shapes, from->n, GRID_QML_COMPONENTS);
    for (size_t c = 0; c < from->n_columns && l->out.n_fields < MAX_FIELDS; c++) {
        const char *name = field_name(OF_COMPONENT, from->column[c].name, all->names);
        if (name == NULL || from->column[c].type != GRID_COLUMN_TEXT)
            continue;
        grid_field *f = add_field(l, name, GRID_COLUMN_TEXT);
        f->text = (const char *const *)from->column[c].text;
        f->null = from->column[c].null;
    }
    l->name = field_name(OF_COMPONENT, "name", all->names);
    return GRID_OK;
}

/* GeoJSON is in WGS 84 (RFC 7946). */
static grid_status to_wgs84(map_layers *all, grid_error *err) {
    all->moved = GRID_NEW(grid_shapes *, all->n);
    if (all->moved == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < all->n; i++) {
        grid_layer_out *out = &all->at[i].out;
        grid_shapes *s = all->moved[i] = grid_shapes_new();
        bool ok = s != NULL;
        for (size_t f = 0; ok && f < out->shapes->n; f++)
            ok = grid_shapes_copy(s, out->shapes, f);
        grid_crs_transform *transform;
        if (!ok)
            return grid_fail_nomem(err);
        GRID_TRY(grid_crs_transform_new(out->crs, "wgs84", &transform, err));
        size_t lost = grid_crs_transform_apply(transform, s->xy, s->n_xy);
        grid_crs_transform_free(transform);
        if (lost > 0)
            return grid_fail(err, GRID_E_INPUT, out->name,
                             "%zu vertices cannot be transformed to WGS 84", lost);
        out->shapes = s;
        out->crs = "EPSG:4326";
    }
    return GRID_OK;
}

static grid_status allocate(map_layers *all, const map_input *in, grid_error *err) {
    const grid_units *grids = in->units[in->n_levels - 1];
    size_t counts = 2 * in->cells->n;
    for (size_t l = 0; l < in->n_levels; l++)
        counts += 2 * in->units[l]->n;
    all->at = GRID_NEW(layer, in->n_levels + 3);
    all->unknown = GRID_NEW(bool, counts);
    all->tint = GRID_NEW(int64_t, grids->n);
    if (all->at == NULL || all->unknown == NULL || all->tint == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < grids->n; i++)
        all->tint[i] = grid_atlas_tint(in->atlas, i);
    return GRID_OK;
}

static grid_status fill(map_layers *all, const map_input *in, const map_format *format,
                        grid_error *err) {
    GRID_TRY(allocate(all, in, err));
    for (size_t l = 0; l < in->n_levels; l++)
        GRID_TRY(add_level(all, in, l, err));
    add_cells(all, in);
    add_borders(all, in);
    GRID_TRY(add_components(all, in, err));
    bool json = strncmp(format->extension, ".geojson", 8) == 0 ||
                strcmp(format->extension, ".json") == 0;
    return json ? to_wgs84(all, err) : GRID_OK;
}

grid_status map_layers_new(const map_input *in, const map_format *format, map_layers **out,
                           grid_error *err) {
    *out = NULL;
    map_layers *all = GRID_NEW(map_layers, 1);
    if (all == NULL)
        return grid_fail_nomem(err);
    all->shapefile = strcmp(format->extension, ".shp") == 0;
    all->names = format->names;
    grid_status status = fill(all, in, format, err);
    if (status != GRID_OK) {
        map_layers_free(all);
        return status;
    }
    *out = all;
    return GRID_OK;
}

void map_layers_free(map_layers *all) {
    if (all == NULL)
        return;
    for (size_t i = 0; all->moved != NULL && i < all->n; i++)
        grid_shapes_free(all->moved[i]);
    free(all->moved);
    grid_layer_free(all->components);
    free(all->at);
    free(all->tint);
    free(all->unknown);
    grid_arena_free(&all->text);
    free(all);
}

/* ---- styles ------------------------------------------------------------------------- */

grid_qml_fields layer_fields(const layer *l, const char *names[MAX_FIELDS]) {
    for (size_t i = 0; i < l->out.n_fields; i++)
        names[i] = l->field[i].name;
    return (grid_qml_fields){.code = l->code,
                             .name = l->name,
                             .households = l->households,
                             .border_class = l->class,
                             .tint = "tint",
                             .all = names,
                             .n_all = l->out.n_fields};
}

char *layer_style(const layer *l) {
    const char *names[MAX_FIELDS];
    grid_qml_fields fields = layer_fields(l, names);
    return grid_qml_text(l->style, &fields);
}
