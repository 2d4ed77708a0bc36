/* Layers as files of their own, each with its style beside it. */
#include "layers.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/replace.h"
#include "base/text.h"
#include "base/vec.h"

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
    char *text = layer_style(l), *beside = NULL;
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
