/* The database's content as layers of features, and their files. */
#include "map.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/replace.h"
#include "base/text.h"
#include "base/vec.h"

enum { MAX_FIELDS = 16 };

typedef struct layer {
    grid_layer_out out;
    grid_field field[MAX_FIELDS];
    grid_qml_kind style;
} layer;

struct map_layers {
    layer *at;
    size_t n;
    int64_t *tint; /* of the grids */
    bool *unknown; /* persons that are not known; one array after the other */
    size_t n_unknown;
};

static void add_text(layer *l, const char *name, const char *const *values) {
    l->field[l->out.n_fields++] = (grid_field){
        .name = name, .type = GRID_COLUMN_TEXT, .text = values};
}

static void add_integer(layer *l, const char *name, const int64_t *values) {
    l->field[l->out.n_fields++] = (grid_field){
        .name = name, .type = GRID_COLUMN_INT, .integer = values};
}

/* A count of -1 is not known, and null in a file. */
static void add_count(map_layers *all, layer *l, const char *name, const int64_t *values) {
    bool *null = all->unknown + all->n_unknown;
    for (size_t i = 0; i < l->out.n; i++)
        null[i] = values[i] < 0;
    all->n_unknown += l->out.n;
    add_integer(l, name, values);
    l->field[l->out.n_fields - 1].null = null;
}

static void add_real(layer *l, const char *name, const double *values) {
    l->field[l->out.n_fields++] = (grid_field){
        .name = name, .type = GRID_COLUMN_REAL, .real = values};
}

static layer *add_layer(map_layers *all, const map_input *in, const char *name,
                        const grid_shapes *shapes, size_t n, grid_qml_kind style) {
    layer *l = &all->at[all->n++];
    l->style = style;
    l->out = (grid_layer_out){
        .name = name, .crs = in->map.crs, .shapes = shapes, .field = l->field, .n = n};
    return l;
}

static void add_level(map_layers *all, const map_input *in, size_t level) {
    const grid_units *u = in->units[level];
    bool grids = level + 1 == in->n_levels;
    layer *l = add_layer(all, in, in->level[level].name, u->shapes, u->n,
                         grids ? GRID_QML_GRID : GRID_QML_LEVEL);
    add_text(l, "code", u->code);
    add_text(l, "parent", u->parent_code);
    add_text(l, "name", u->name);
    add_text(l, "kind", u->kind);
    add_count(all, l, "households", u->households);
    add_count(all, l, "persons", u->persons);
    add_real(l, "workload", u->workload);
    add_real(l, "area_m2", u->area_m2);
    add_text(l, "status", u->status);
    add_text(l, "reason", u->reason);
    add_text(l, "valid_from", u->valid_from);
    add_text(l, "valid_to", u->valid_to);
    if (grids)
        add_integer(l, "tint", all->tint);
}

static void add_cells(map_layers *all, const map_input *in) {
    const grid_cell_rows *c = in->cells;
    layer *l = add_layer(all, in, "cells", c->shapes, c->n, GRID_QML_CELLS);
    add_text(l, "unit", c->unit_code);
    add_count(all, l, "households", c->households);
    add_count(all, l, "persons", c->persons);
}

static void add_borders(map_layers *all, const map_input *in) {
    const grid_border_rows *b = in->borders;
    layer *l = add_layer(all, in, "borders", b->shapes, b->n, GRID_QML_BORDERS);
    add_text(l, "left", b->left_code);
    add_text(l, "right", b->right_code);
    add_text(l, "class", b->border_class);
    add_text(l, "name", b->name);
    add_real(l, "length_m", b->length_m);
}

static grid_status tint_grids(map_layers *all, const map_input *in, grid_error *err) {
    const grid_units *grids = in->units[in->n_levels - 1];
    uint8_t *colour = GRID_NEW(uint8_t, grids->n), needed;
    grid_arcs *arcs = NULL;
    all->tint = GRID_NEW(int64_t, grids->n);
    grid_status status = GRID_OK;
    if (colour == NULL || all->tint == NULL)
        status = grid_fail_nomem(err);
    if (status == GRID_OK)
        status = grid_arcs_build(grids->shapes, &arcs, err);
    if (status == GRID_OK)
        status = grid_arcs_colour(arcs, (uint32_t)grids->n, 6, colour, &needed, err);
    for (size_t i = 0; status == GRID_OK && i < grids->n; i++)
        all->tint[i] = colour[i] + 1;
    grid_arcs_free(arcs);
    free(colour);
    return status;
}

grid_status map_layers_new(const map_input *in, map_layers **out, grid_error *err) {
    *out = NULL;
    map_layers *all = GRID_NEW(map_layers, 1);
    if (all == NULL)
        return grid_fail_nomem(err);
    size_t counts = 2 * in->cells->n;
    for (size_t l = 0; l < in->n_levels; l++)
        counts += 2 * in->units[l]->n;
    all->at = GRID_NEW(layer, in->n_levels + 2);
    all->unknown = GRID_NEW(bool, counts);
    grid_status status = all->at == NULL || all->unknown == NULL ? grid_fail_nomem(err)
                                                                 : tint_grids(all, in, err);
    if (status != GRID_OK) {
        map_layers_free(all);
        return status;
    }
    for (size_t l = 0; l < in->n_levels; l++)
        add_level(all, in, l);
    if (in->cells->n > 0)
        add_cells(all, in);
    if (in->borders->n > 0)
        add_borders(all, in);
    *out = all;
    return GRID_OK;
}

void map_layers_free(map_layers *all) {
    if (all == NULL)
        return;
    free(all->at);
    free(all->tint);
    free(all->unknown);
    free(all);
}

/* ---- files -------------------------------------------------------------------------- */

static char *style_of(const layer *l) {
    const char *names[MAX_FIELDS];
    for (size_t i = 0; i < l->out.n_fields; i++)
        names[i] = l->field[i].name;
    return grid_qml_text(l->style, &(grid_qml_fields){.code = "code",
                                                      .name = "name",
                                                      .households = "households",
                                                      .border_class = "class",
                                                      .tint = "tint",
                                                      .all = names,
                                                      .n_all = l->out.n_fields});
}

static grid_status write_text(const char *path, const char *text, bool overwrite, grid_error *err) {
    grid_replace replace;
    GRID_TRY(grid_replace_begin(&replace, path, overwrite, err));
    FILE *file = fopen(replace.temporary, "w");
    bool done = file != NULL && fputs(text, file) >= 0;
    done = file != NULL && fclose(file) == 0 && done;
    if (!done) {
        int why = errno;
        grid_replace_abort(&replace);
        return grid_fail(err, GRID_E_WRITE, path, "cannot be written: %s", strerror(why));
    }
    return grid_replace_commit(&replace, err);
}

/* The style goes beside the file, under its name. */
static grid_status write_style(const layer *l, const char *path, const map_format *format,
                               grid_error *err) {
    char *text = style_of(l), *beside = NULL;
    size_t stem = strlen(path) - strlen(format->extension);
    grid_status status = GRID_OK;
    if (text == NULL || asprintf(&beside, "%.*s.qml", (int)stem, path) < 0) {
        beside = NULL;
        status = grid_fail_nomem(err);
    }
    if (status == GRID_OK)
        status = write_text(beside, text, format->overwrite, err);
    free(beside);
    free(text);
    return status;
}

static grid_status write_layer(const layer *l, const char *path, const map_format *format,
                               grid_error *err) {
    GRID_TRY(grid_layer_write(path, &l->out, 1, format->encoding, format->overwrite, err));
    return write_style(l, path, format, err);
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
    map_folder_abort(&folder);
    return status;
}
