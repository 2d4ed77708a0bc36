/* Defects as layers: one each for areas, lines and points. */
#include "report.h"
#include "style.h"
#include "textfile.h"

#include "base/base.h"
#include "base/vec.h"
#include "common/session.h"
#include "common/styles.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TEXTS = 8, NUMBERS = 3, FIELDS = TEXTS + 1 + NUMBERS };

typedef struct defect_table {
    grid_shapes *shapes;
    GRID_VEC(const char *) text[TEXTS];
    GRID_VEC(int64_t) n_units;
    GRID_VEC(double) number[NUMBERS];
    grid_arena texts;
    size_t most_text; /* bytes that a field takes */
} defect_table;

/* The units' codes; of more than fit into `most` bytes the first, and how many more there are. */
static const char *joined_units(defect_table *t, const coverage_input *in, const grid_defect *d) {
    size_t size = 16;
    for (uint32_t i = 0; i < d->n_units; i++)
        size += strlen(coverage_code(in, d->level, d->unit[i])) + 1;
    bool fits = size <= t->most_text;
    char *out = grid_arena_alloc(&t->texts, size);
    if (out == NULL)
        return NULL;
    char *end = out;
    *end = '\0';
    for (uint32_t i = 0; i < d->n_units; i++) {
        const char *code = coverage_code(in, d->level, d->unit[i]);
        if (!fits && (size_t)(end - out) + strlen(code) + 16 > t->most_text) {
            snprintf(end, 16, " +%u", d->n_units - i);
            break;
        }
        if (i > 0)
            *end++ = ' ';
        end = stpcpy(end, code);
    }
    return out;
}

static bool add_row(defect_table *t, const coverage_input *in, const coverage_verdict *v,
                    const coverage_defect *d) {
    const grid_defect *of = d->of;
    const char *const texts[TEXTS] = {of->id,
                                      grid_defect_name(of->kind),
                                      grid_defect_name_zh(of->kind),
                                      grid_defect_severity_name(of->severity),
                                      in->level[of->level].in.name,
                                      of->level > 0 ? coverage_code(in, of->level - 1, of->parent)
                                                    : "",
                                      joined_units(t, in, of),
                                      d->waived != NULL ? d->waived : ""};
    const double numbers[NUMBERS] = {d->area_m2, d->width_m, d->length_m};
    for (size_t i = 0; i < TEXTS; i++)
        if (texts[i] == NULL || !GRID_PUSH(&t->text[i], texts[i]))
            return false;
    for (size_t i = 0; i < NUMBERS; i++)
        if (!GRID_PUSH(&t->number[i], numbers[i]))
            return false;
    return GRID_PUSH(&t->n_units, of->n_units) &&
           grid_shapes_copy(t->shapes, v->report->shapes, of->shape);
}

static bool fill_table(defect_table *t, const coverage_input *in, const coverage_verdict *v,
                       grid_shape_kind kind) {
    t->shapes = grid_shapes_new();
    bool done = t->shapes != NULL;
    for (size_t i = 0; i < v->n && done; i++) {
        uint32_t shape = v->defect[i].of->shape;
        if (shape != GRID_NONE && v->report->shapes->kind[shape] == kind)
            done = add_row(t, in, v, &v->defect[i]);
    }
    return done;
}

static void free_table(defect_table *t) {
    grid_shapes_free(t->shapes);
    for (size_t i = 0; i < TEXTS; i++)
        GRID_VEC_FREE(&t->text[i]);
    GRID_VEC_FREE(&t->n_units);
    for (size_t i = 0; i < NUMBERS; i++)
        GRID_VEC_FREE(&t->number[i]);
    grid_arena_free(&t->texts);
}

static void describe_fields(const defect_table *t, grid_field *fields) {
    static const char *const text_names[TEXTS] = {"id",    "kind",   "kind_zh", "severity",
                                                  "level", "parent", "units",   "waived"};
    static const char *const number_names[NUMBERS] = {"area_m2", "width_m", "length_m"};
    for (size_t i = 0; i < TEXTS; i++)
        fields[i] = (grid_field){
            .name = text_names[i], .type = GRID_COLUMN_TEXT, .text = t->text[i].at};
    fields[TEXTS] = (grid_field){
        .name = "n_units", .type = GRID_COLUMN_INT, .integer = t->n_units.at};
    for (size_t i = 0; i < NUMBERS; i++)
        fields[TEXTS + 1 + i] = (grid_field){
            .name = number_names[i], .type = GRID_COLUMN_REAL, .real = t->number[i].at};
}

enum { MOST_SHAPEFILE_TEXT = 254 };

/* A GeoPackage takes all layers; of other formats each layer gets a file, "x_lines.shp". */
static bool ends_with(const char *path, const char *extension) {
    const char *dot = strrchr(path, '.');
    return dot != NULL && strcasecmp(dot, extension) == 0;
}

/* A file of its own with its style beside it. */
static grid_status write_styled(const char *path, const grid_layer_out *layer, grid_shape_kind kind,
                                grid_error *err) {
    const char *dot = strrchr(path, '.');
    size_t stem = dot != NULL ? (size_t)(dot - path) : strlen(path);
    char *qml = coverage_style(kind), *beside = NULL;
    grid_status status = qml == NULL || asprintf(&beside, "%.*s.qml", (int)stem, path) < 0
                             ? grid_fail_nomem(err)
                             : GRID_OK;
    if (status == GRID_OK)
        status = grid_layer_write(path, layer, 1, NULL, tool_common.overwrite, err);
    if (status == GRID_OK)
        status = coverage_write_file(beside, coverage_put_text, qml, err);
    free(qml);
    free(beside);
    return status;
}

static grid_status write_one(const char *path, const grid_layer_out *layer, grid_shape_kind kind,
                             grid_error *err) {
    if (kind == GRID_SHAPE_AREA)
        return write_styled(path, layer, kind, err);
    char *own = NULL;
    const char *dot = strrchr(path, '.');
    size_t stem = dot != NULL ? (size_t)(dot - path) : strlen(path);
    if (asprintf(&own, "%.*s_%s%s", (int)stem, path, layer->name + strlen("defect_"), path + stem) <
        0)
        return grid_fail_nomem(err);
    grid_status status = write_styled(own, layer, kind, err);
    free(own);
    return status;
}

enum { KINDS = 3 };
static const grid_shape_kind kinds[KINDS] = {GRID_SHAPE_AREA, GRID_SHAPE_LINE, GRID_SHAPE_POINT};

/* All layers, and the table of their styles. */
static grid_status write_together(const char *path, const grid_layer_out *layers, grid_error *err) {
    grid_arena arena = {0};
    grid_field field[TOOL_STYLE_FIELDS];
    grid_layer_out all[KINDS + 1];
    const char *name[KINDS];
    char *qml[KINDS] = {NULL};
    bool done = true;
    for (size_t k = 0; k < KINDS && done; k++) {
        all[k] = layers[k];
        name[k] = layers[k].name;
        done = (qml[k] = coverage_style(kinds[k])) != NULL;
    }
    grid_status status = done ? tool_styles_table(name, (const char *const *)qml, KINDS, &arena,
                                                  field, &all[KINDS], err)
                              : grid_fail_nomem(err);
    if (status == GRID_OK)
        status = grid_layer_write(path, all, KINDS + 1, NULL, tool_common.overwrite, err);
    for (size_t k = 0; k < KINDS; k++)
        free(qml[k]);
    grid_arena_free(&arena);
    return status;
}

grid_status coverage_write_layers(const coverage_input *in, const coverage_verdict *v,
                                  const char *path, grid_error *err) {
    static const char *const names[KINDS] = {"defect_areas", "defect_lines", "defect_points"};
    defect_table table[KINDS] = {0};
    grid_field fields[KINDS][FIELDS];
    grid_layer_out layers[KINDS];
    grid_status status = GRID_OK;
    for (size_t k = 0; k < KINDS && status == GRID_OK; k++) {
        table[k].most_text = ends_with(path, ".shp") ? MOST_SHAPEFILE_TEXT : SIZE_MAX;
        if (!fill_table(&table[k], in, v, kinds[k]))
            status = grid_fail_nomem(err);
        else
            describe_fields(&table[k], fields[k]);
        if (status == GRID_OK)
            layers[k] = (grid_layer_out){names[k],  in->crs, table[k].shapes,
                                         fields[k], FIELDS,  table[k].shapes->n};
    }
    if (status == GRID_OK && ends_with(path, ".gpkg"))
        status = write_together(path, layers, err);
    else
        for (size_t k = 0; k < KINDS && status == GRID_OK; k++)
            if (k == 0 || layers[k].n > 0)
                status = write_one(path, &layers[k], kinds[k], err);
    for (size_t k = 0; k < KINDS; k++)
        free_table(&table[k]);
    return status;
}
