/* The database's content as layers of features, and their files. */
#include "map.h"

#include <grid/crs.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/replace.h"
#include "base/text.h"
#include "base/vec.h"

enum { MAX_FIELDS = 20 };

typedef struct layer {
    grid_layer_out out;
    grid_field field[MAX_FIELDS];
    grid_qml_kind style;
    const char *title;
    const char *code, *name, *households, *class; /* columns that the style refers to */
} layer;

struct map_layers {
    layer *at;
    size_t n;
    bool shapefile;
    field_names names;
    int64_t *tint; /* of the grids */
    bool *unknown; /* counts that are not known; one array after the other */
    size_t n_unknown;
    grid_layer *components;
    grid_shapes **moved; /* shapes in another CRS than the database's */
    grid_arena text;
};

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

static grid_qml_fields style_fields(const layer *l, const char *names[MAX_FIELDS]) {
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

static char *style_of(const layer *l) {
    const char *names[MAX_FIELDS];
    grid_qml_fields fields = style_fields(l, names);
    return grid_qml_text(l->style, &fields);
}

static grid_status write_text(const grid_replace *replace, const char *text, grid_error *err) {
    FILE *file = fopen(replace->temporary, "w");
    bool done = file != NULL && fputs(text, file) >= 0;
    done = file != NULL && fclose(file) == 0 && done;
    return done ? GRID_OK
                : grid_fail(err, GRID_E_WRITE, replace->target, "cannot be written: %s",
                            strerror(errno));
}

/* The style goes beside the file, under its name. Until it is committed it has another. */
static grid_status begin_style(const layer *l, const char *path, const map_format *format,
                               grid_replace *replace, grid_error *err) {
    char *text = style_of(l), *beside = NULL;
    size_t stem = strlen(path) - strlen(format->extension);
    grid_status status = GRID_OK;
    if (text == NULL || asprintf(&beside, "%.*s.qml", (int)stem, path) < 0) {
        beside = NULL;
        status = grid_fail_nomem(err);
    }
    if (status == GRID_OK)
        status = grid_replace_begin(replace, beside, format->overwrite, err);
    if (status == GRID_OK && (status = write_text(replace, text, err)) != GRID_OK)
        grid_replace_abort(replace);
    free(beside);
    free(text);
    return status;
}

/* ---- one layer a file --------------------------------------------------------------- */

static grid_status write_layer(const layer *l, const char *path, const map_format *format,
                               grid_error *err) {
    grid_replace style;
    GRID_TRY(begin_style(l, path, format, &style, err));
    grid_status status = grid_layer_write(path, &l->out, 1, format->encoding, format->overwrite,
                                          err);
    if (status == GRID_OK)
        return grid_replace_commit(&style, err);
    grid_replace_abort(&style);
    return status;
}

static grid_status no_such_layer(const map_layers *all, const char *name, grid_error *err) {
    const char **names = GRID_NEW(const char *, all->n);
    for (size_t i = 0; names != NULL && i < all->n; i++)
        names[i] = all->at[i].out.name;
    const char *nearest = names == NULL ? NULL : grid_text_nearest(name, names, all->n);
    grid_status status = grid_fail(err, GRID_E_ARG, "", "the database has no level \"%s\"", name);
    if (nearest != NULL)
        status = grid_hint(err, status, "did you mean \"%s\"?", nearest);
    free(names);
    return status;
}

grid_status map_layers_write_one(const map_layers *all, const char *name, const char *path,
                                 const map_format *format, grid_error *err) {
    for (size_t i = 0; i < all->n; i++)
        if (strcmp(all->at[i].out.name, name) == 0)
            return write_layer(&all->at[i], path, format, err);
    return no_such_layer(all, name, err);
}

grid_status map_layers_write_folder(const map_layers *all, const char *target,
                                    const map_format *format, grid_error *err) {
    map_folder folder;
    GRID_TRY(map_folder_begin(&folder, target, format->overwrite, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < all->n && status == GRID_OK; i++) {
        char *path = map_path(folder.temporary, all->at[i].out.name, format->extension);
        status = path == NULL ? grid_fail_nomem(err) : write_layer(&all->at[i], path, format, err);
        free(path);
    }
    if (status == GRID_OK)
        return map_folder_commit(&folder, err);
    map_folder_explain(&folder, err);
    map_folder_abort(&folder);
    return status;
}

/* ---- all layers in one file --------------------------------------------------------- */

/* Rows of layer_styles, the table where QGIS looks for the styles of a GeoPackage's layers. */
typedef struct style_rows {
    const char **table, **geometry, **name, **qml, **none, **date;
    int64_t *is_default;
    size_t n;
} style_rows;

static grid_status styles_build(map_layers *all, style_rows *r, grid_error *err) {
    size_t bytes = (all->n + 1) * sizeof(char *);
    const char ***columns[] = {&r->table, &r->geometry, &r->name, &r->qml, &r->none, &r->date};
    char now[21];
    grid_text_output_date(now);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        if ((*columns[i] = grid_arena_alloc(&all->text, bytes)) == NULL)
            return grid_fail_nomem(err);
    r->is_default = grid_arena_alloc(&all->text, (all->n + 1) * sizeof *r->is_default);
    if (r->is_default == NULL)
        return grid_fail_nomem(err);
    r->n = all->n;
    for (size_t i = 0; i < all->n; i++) {
        char *qml = style_of(&all->at[i]);
        r->table[i] = r->name[i] = all->at[i].out.name;
        r->geometry[i] = "geom";
        r->none[i] = "";
        r->is_default[i] = 1;
        r->qml[i] = qml == NULL ? NULL : grid_arena_text(&all->text, qml);
        r->date[i] = grid_arena_text(&all->text, now);
        free(qml);
        if (r->qml[i] == NULL || r->date[i] == NULL)
            return grid_fail_nomem(err);
    }
    return GRID_OK;
}

static grid_layer_out styles_table(const style_rows *r, grid_field field[12]) {
    const struct {
        const char *name;
        const char *const *text;
    } columns[] = {
        {"f_table_catalog", r->none}, {"f_table_schema", r->none},
        {"f_table_name", r->table},   {"f_geometry_column", r->geometry},
        {"styleName", r->name},       {"styleQML", r->qml},
        {"styleSLD", r->none},        {"description", r->none},
        {"owner", r->none},           {"ui", NULL},
        {"update_time", r->date},
    };
    size_t n = sizeof columns / sizeof *columns;
    for (size_t i = 0; i < n; i++)
        field[i] = (grid_field){
            .name = columns[i].name, .type = GRID_COLUMN_TEXT, .text = columns[i].text};
    field[n] = (grid_field){
        .name = "useAsDefault", .type = GRID_COLUMN_INT, .integer = r->is_default};
    return (grid_layer_out){.name = "layer_styles", .field = field, .n_fields = n + 1, .n = r->n};
}

/* Points lie over lines, lines over areas, large areas over small ones. */
static size_t list_top_down(const map_layers *all, grid_qgis_layer *out,
                            const char *(*names)[MAX_FIELDS]) {
    static const grid_qml_kind order[] = {GRID_QML_COMPONENTS, GRID_QML_LEVEL, GRID_QML_BORDERS,
                                          GRID_QML_GRID, GRID_QML_CELLS};
    size_t n = 0;
    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        for (size_t i = 0; i < all->n; i++) {
            const layer *l = &all->at[i];
            if (l->style != order[k])
                continue;
            out[n] = (grid_qgis_layer){l->out.name, l->title, l->style, style_fields(l, names[n])};
            n++;
        }
    }
    return n;
}

static grid_status project_text(const map_layers *all, const map_input *in, const char *path,
                                char **out, grid_error *err) {
    grid_crs_info info;
    char *wkt;
    GRID_TRY(grid_crs_check(in->map.crs, &info, err));
    GRID_TRY(grid_crs_write(in->map.crs, GRID_CRS_WKT2, &wkt, err));
    grid_qgis_layer *list = GRID_NEW(grid_qgis_layer, all->n);
    const char *(*names)[MAX_FIELDS] = calloc(all->n + 1, sizeof *names);
    const char *slash = strrchr(path, '/');
    *out = NULL;
    if (list != NULL && names != NULL) {
        size_t n = list_top_down(all, list, names);
        grid_box extent = grid_shapes_box_all(in->units[0]->shapes);
        *out = grid_qgis_project(list, n, slash != NULL ? slash + 1 : path,
                                 &(grid_qgis_crs){info.id, wkt}, &extent);
    }
    free(list);
    free(names);
    free(wkt);
    return *out != NULL ? GRID_OK : grid_fail_nomem(err);
}

static grid_status write_geopackage(map_layers *all, const map_input *in, const char *path,
                                    const map_format *format, grid_layer_out *out,
                                    grid_error *err) {
    style_rows styles;
    grid_field style_columns[12];
    GRID_TRY(styles_build(all, &styles, err));
    char *content;
    GRID_TRY(project_text(all, in, path, &content, err));
    const char *const contents[] = {content}, *const names[] = {"网格图"},
                      *const metadata[] = {"{}"};
    const grid_field project[] = {
        {.name = "name", .type = GRID_COLUMN_TEXT, .text = names},
        {.name = "metadata", .type = GRID_COLUMN_TEXT, .text = metadata},
        {.name = "content", .type = GRID_COLUMN_TEXT, .text = contents},
    };
    out[all->n] = styles_table(&styles, style_columns);
    out[all->n + 1] = (grid_layer_out){
        .name = "qgis_projects", .field = project, .n_fields = 3, .n = 1};
    grid_status status = grid_layer_write(path, out, all->n + 2, format->encoding,
                                          format->overwrite, err);
    free(content);
    return status;
}

grid_status map_layers_write_all(map_layers *all, const map_input *in, const char *path,
                                 const map_format *format, grid_error *err) {
    grid_layer_out *out = GRID_NEW(grid_layer_out, all->n + 2);
    if (out == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < all->n; i++)
        out[i] = all->at[i].out;
    grid_status status = strcmp(format->extension, ".gpkg") == 0
                             ? write_geopackage(all, in, path, format, out, err)
                             : grid_layer_write(path, out, all->n, format->encoding,
                                                format->overwrite, err);
    free(out);
    return status;
}
