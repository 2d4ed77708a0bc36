#include "common/classes.h"

#include <grid/io.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/text.h"
#include "common/data.h"

/* A table of texts. */
static grid_status read_table(const char *path, grid_layer **out, grid_error *err) {
    return grid_layer_read(path, &(grid_layer_options){.attributes_only = true}, NULL, out, err);
}

static const char *cell(const grid_layer *layer, const char *column, size_t row, char buffer[32]) {
    const grid_column *c = grid_layer_column(layer, column);
    return c ? grid_column_text(c, row, buffer) : "";
}

static grid_shape_kind surveyed_as(const char *word) {
    if (strcmp(word, "point") == 0)
        return GRID_SHAPE_POINT;
    if (strcmp(word, "line") == 0)
        return GRID_SHAPE_LINE;
    return strcmp(word, "polygon") == 0 ? GRID_SHAPE_AREA : GRID_SHAPE_NONE;
}

/* The circles of GB/T 30428.2 and GB/T 47678.5: class A 0.5 m, B 1 m, C 10 m. */
static double accuracy_of(const char *word) {
    static const double metres[] = {0.5, 1, 10};
    return word[0] >= 'A' && word[0] <= 'C' ? metres[word[0] - 'A'] : 0;
}

/* A class file's own row: grid_layer_where names it in messages. */
static grid_status add_class(grid_classes *classes, const grid_layer *layer, size_t row,
                             grid_error *err) {
    char buffer[8][32], where[256];
    const char *standard = cell(layer, "standard", row, buffer[0]);
    grid_class cls = {
        .standard = strncmp(standard, "2013", 4) == 0 ? GRID_STANDARD_2013 : GRID_STANDARD_2026,
        .code = cell(layer, "code", row, buffer[1]),
        .name = cell(layer, "name", row, buffer[2]),
        .name_en = cell(layer, "name_en", row, buffer[3]),
        .group = cell(layer, "group", row, buffer[4]),
        .same_as = cell(layer, "same_as", row, buffer[5]),
        .surveyed = surveyed_as(cell(layer, "geometry", row, buffer[6])),
        .accuracy_m = accuracy_of(cell(layer, "accuracy", row, buffer[7])),
    };
    grid_layer_where(layer, row, where);
    if (cls.standard == GRID_STANDARD_2026 && strncmp(standard, "2026", 4) != 0)
        return grid_fail(err, GRID_E_INPUT, where, "standard is 2013 or 2026, not '%s'", standard);
    grid_status status = grid_classes_add(classes, &cls, err);
    if (status == GRID_E_INPUT && err != NULL)
        snprintf(err->where, sizeof err->where, "%s", where);
    return status;
}

static grid_status add_classes(grid_classes *classes, const char *path, grid_error *err) {
    grid_layer *layer;
    GRID_TRY(read_table(path, &layer, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < layer->n && status == GRID_OK; i++)
        status = add_class(classes, layer, i, err);
    grid_layer_free(layer);
    return status;
}

static grid_status add_aliases(grid_classes *classes, const char *path, grid_error *err) {
    grid_layer *layer;
    GRID_TRY(read_table(path, &layer, err));
    grid_status status = GRID_OK;
    for (size_t i = 0; i < layer->n && status == GRID_OK; i++) {
        char buffer[3][32];
        bool whole = strcmp(cell(layer, "scope", i, buffer[2]), "name") == 0;
        status = grid_classes_alias(classes, cell(layer, "written", i, buffer[0]),
                                    cell(layer, "standard", i, buffer[1]), whole, err);
    }
    grid_layer_free(layer);
    return status;
}

static bool is_folder(const char *path) {
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static grid_status read_folder(grid_classes *classes, const char *folder, const char *table,
                               grid_error *err) {
    char path[4352];
    snprintf(path, sizeof path, "%s/%s.csv", folder, table);
    GRID_TRY(add_classes(classes, path, err));
    snprintf(path, sizeof path, "%s/aliases.csv", folder);
    return add_aliases(classes, path, err);
}

grid_status tool_classes_read(const char *table, const tool_list *more, grid_classes **out,
                              grid_error *err) {
    char folder[4096];
    size_t n = more ? more->n : 0;
    if (!tool_data_path("classes", folder, sizeof folder))
        return grid_fail(err, GRID_E_READ, "classes", "the class tables are not installed");
    for (size_t i = 0; i < n; i++)
        if (is_folder(more->at[i]))
            snprintf(folder, sizeof folder, "%s", more->at[i]);
    GRID_TRY(grid_classes_new(out, err));
    grid_status status = read_folder(*out, folder, table, err);
    for (size_t i = 0; i < n && status == GRID_OK; i++)
        if (!is_folder(more->at[i]))
            status = add_classes(*out, more->at[i], err);
    if (status != GRID_OK)
        grid_classes_free(*out);
    return status;
}
