/* Which sheets there are, and their files. */
#include "map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/replace.h"
#include "base/text.h"
#include "base/vec.h"

typedef struct sheet_list {
    GRID_VEC(grid_sheet) v;
} sheet_list;

static bool wanted_unit(const map_sheets *s, const char *code) {
    for (size_t i = 0; i < s->n_units; i++)
        if (strcmp(s->unit[i], code) == 0)
            return true;
    return s->n_units == 0;
}

static bool add_level(const map_input *in, const map_sheets *s, size_t level, sheet_list *out) {
    const grid_units *u = in->units[level];
    for (size_t i = 0; i < u->n; i++)
        if (wanted_unit(s, u->code[i]) && u->shapes->kind[i] == GRID_SHAPE_AREA &&
            !GRID_PUSH(&out->v, (grid_sheet){level, i}))
            return false;
    return true;
}

static bool add_overview(const map_input *in, const map_sheets *s, sheet_list *out) {
    return s->n_units > 0 || GRID_PUSH(&out->v, (grid_sheet){in->n_levels, 0});
}

static grid_status no_such_sheet(const map_input *in, const char *name, grid_error *err) {
    const char **names = GRID_NEW(const char *, in->n_levels + 1);
    for (size_t l = 0; names != NULL && l < in->n_levels; l++)
        names[l] = in->level[l].name;
    if (names != NULL)
        names[in->n_levels] = "overview";
    const char *nearest = names ? grid_text_nearest(name, names, in->n_levels + 1) : NULL;
    grid_status status = grid_fail(err, GRID_E_ARG, "", "there are no sheets of \"%s\"", name);
    if (nearest != NULL)
        status = grid_hint(err, status, "did you mean \"%s\"?", nearest);
    free(names);
    return status;
}

/* The whole where it has several parts, then every unit above the grids; or what was named. */
static grid_status list_usual(const map_input *in, const map_sheets *s, bool one, sheet_list *out,
                              grid_error *err) {
    bool ok = true;
    if (one || in->n_levels == 1 || in->units[0]->n > 1)
        ok = add_overview(in, s, out);
    size_t last = s->n_units > 0 ? in->n_levels : in->n_levels - 1;
    for (size_t l = 0; ok && l < last && (!one || s->n_units > 0); l++)
        ok = add_level(in, s, l, out);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

static grid_status list_named(const map_input *in, const map_sheets *s, const char *name,
                              sheet_list *out, grid_error *err) {
    if (strcmp(name, "overview") == 0)
        return add_overview(in, s, out) ? GRID_OK : grid_fail_nomem(err);
    for (size_t l = 0; l < in->n_levels; l++)
        if (strcmp(in->level[l].name, name) == 0)
            return add_level(in, s, l, out) ? GRID_OK : grid_fail_nomem(err);
    return no_such_sheet(in, name, err);
}

static grid_status list_sheets(const map_input *in, const map_sheets *s, bool one, sheet_list *out,
                               grid_error *err) {
    if (s->n_which == 0)
        GRID_TRY(list_usual(in, s, one, out, err));
    for (size_t i = 0; i < s->n_which; i++)
        GRID_TRY(list_named(in, s, s->which[i], out, err));
    if (out->v.n == 0)
        return grid_fail(err, GRID_E_ARG, s->n_units > 0 ? s->unit[0] : "",
                         "no sheet was asked for that the database has");
    return GRID_OK;
}

/* The file takes its name, or goes; an error names it as the user did. */
static grid_status finish_file(grid_replace *replace, grid_status status, grid_error *err) {
    if (status == GRID_OK)
        return grid_replace_commit(replace, err);
    if (err != NULL && strcmp(err->where, replace->temporary) == 0)
        snprintf(err->where, sizeof err->where, "%s", replace->target);
    grid_replace_abort(replace);
    return status;
}

static grid_status write_file(const map_input *in, const map_sheets *s, const sheet_list *list,
                              const char *path, const map_format *format, const grid_context *ctx,
                              grid_error *err) {
    grid_replace replace;
    GRID_TRY(grid_replace_begin(&replace, path, format->overwrite, err));
    grid_status status = grid_sheets_draw(in->atlas, list->v.at, list->v.n, &s->look,
                                          replace.temporary, ctx, err);
    if (status == GRID_OK)
        return grid_replace_commit(&replace, err);
    if (strcmp(err->where, replace.temporary) == 0) // the user knows the file by its own name
        snprintf(err->where, sizeof err->where, "%s", path);
    grid_replace_abort(&replace);
    return status;
}

static grid_status write_folder(const map_input *in, const map_sheets *s, const sheet_list *list,
                                const char *target, const map_format *format,
                                const grid_context *ctx, grid_error *err) {
    map_folder folder;
    GRID_TRY(map_folder_begin(&folder, target, format->overwrite, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < list->v.n && status == GRID_OK; i++) {
        grid_sheet sheet = list->v.at[i];
        const char *name = sheet.level < in->n_levels ? in->units[sheet.level]->code[sheet.unit]
                                                      : "overview";
        char *path = map_path(folder.temporary, name, format->extension);
        status = path == NULL ? grid_fail_nomem(err)
                              : grid_sheets_draw(in->atlas, &sheet, 1, &s->look, path, ctx, err);
        free(path);
    }
    if (status == GRID_OK)
        return map_folder_commit(&folder, err);
    map_folder_explain(&folder, err);
    map_folder_abort(&folder);
    return status;
}

grid_status map_sheets_write(const map_input *in, const map_sheets *s, const char *path,
                             const map_format *format, const grid_context *ctx, size_t *n,
                             grid_error *err) {
    sheet_list list = {0};
    bool folder = map_is_folder(path), one = !folder && strcmp(format->extension, ".pdf") != 0;
    grid_status status = list_sheets(in, s, one, &list, err);
    if (status == GRID_OK)
        status = folder ? write_folder(in, s, &list, path, format, ctx, err)
                        : write_file(in, s, &list, path, format, ctx, err);
    *n = list.v.n;
    GRID_VEC_FREE(&list.v);
    return status;
}

/* ---- drawing and page --------------------------------------------------------------- */

grid_status map_drawing_write(const map_input *in, const char *path, const map_format *format,
                              grid_error *err) {
    grid_replace replace;
    GRID_TRY(grid_replace_begin(&replace, path, format->overwrite, err));
    grid_status status = grid_dxf_write(in->atlas, replace.temporary, err);
    return finish_file(&replace, status, err);
}

grid_status map_page_write(const map_input *in, const grid_page_options *options, const char *path,
                           const map_format *format, const grid_context *ctx, grid_error *err) {
    grid_replace replace;
    GRID_TRY(grid_replace_begin(&replace, path, format->overwrite, err));
    grid_status status = grid_page_write(in->atlas, options, replace.temporary, ctx, err);
    return finish_file(&replace, status, err);
}
