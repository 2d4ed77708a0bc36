#include "inputs.h"

#include <grid/crs.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "base/vec.h"

static const char *const code_names[] = {"code",   "代码",   "编码", "标识码",
                                         "code12", "adcode", "bm",   "dm"};
static const char *const name_names[] = {"name", "名称", "name_zh", "mc"};
static const char *const households_names[] = {"households", "户数",  "总户数", "住户数",
                                               "hh",         "h_cnt", "hs",     "hu"};
static const char *const persons_names[] = {"persons",    "人口",       "人数",  "总人口",
                                            "population", "population", "p_cnt", "pop"};
static const char *const class_names[] = {"class",   "等级", "道路等级", "类别",     "highway",
                                          "railway", "type", "fclass",   "majorroad"};
static const char *const id_names[] = {"id", "code", "编号", "标识码", "globalid", "ml"};

#define COUNT(a) (sizeof(a) / sizeof *(a))

static const char *text_of(const grid_layer *layer, size_t i, const char *field,
                           const char *const *aliases, size_t n) {
    const grid_column *column = field ? grid_layer_column(layer, field)
                                      : grid_layer_alias(layer, aliases, n);
    return column && column->type == GRID_COLUMN_TEXT && !column->null[i] ? column->text[i] : "";
}

const char *inputs_code(const grid_layer *layer, size_t i, const char *field) {
    return text_of(layer, i, field, code_names, COUNT(code_names));
}

const char *inputs_name(const grid_layer *layer, size_t i, const char *field) {
    return text_of(layer, i, field, name_names, COUNT(name_names));
}

const char *inputs_id(const grid_layer *layer, size_t i) {
    return text_of(layer, i, NULL, id_names, COUNT(id_names));
}

/* The layer frees an array of texts, not what is in it: both are one block here. */
static grid_status numbers_to_texts(const grid_layer *layer, grid_column *column, grid_error *err) {
    char buffer[32];
    size_t size = 0;
    for (size_t i = 0; i < layer->n; i++)
        size += strlen(grid_column_text(column, i, buffer)) + 1;
    char **text = malloc(layer->n * sizeof *text + size + 1);
    if (text == NULL)
        return grid_fail_nomem(err);
    char *at = (char *)(text + layer->n);
    for (size_t i = 0; i < layer->n; i++) {
        text[i] = at;
        at = stpcpy(at, grid_column_text(column, i, buffer)) + 1;
    }
    free(column->integer);
    column->text = text;
    column->type = GRID_COLUMN_TEXT;
    column->use = GRID_COLUMN_PLAIN;
    return GRID_OK;
}

/* Codes and ids are texts, whatever they are kept as: spreadsheets make numbers of them. */
static grid_status make_texts(grid_layer *layer, const char *field, const char *const *aliases,
                              size_t n, grid_error *err) {
    if (layer == NULL)
        return GRID_OK;
    const grid_column *column = field ? grid_layer_column(layer, field)
                                      : grid_layer_alias(layer, aliases, n);
    return column == NULL || column->type == GRID_COLUMN_TEXT
               ? GRID_OK
               : numbers_to_texts(layer, &layer->column[column - layer->column], err);
}

grid_status inputs_make_codes(grid_layer *layer, const char *field, grid_error *err) {
    return make_texts(layer, field, code_names, COUNT(code_names), err);
}

/* ---- CRS ---------------------------------------------------------------------------- */

/*
 * The street decides: its own CRS when that is metric, else the metric CRS of its place. Everything
 * else is read into that.
 */
static grid_status choose_crs(const grid_layer *street, const grid_context *ctx, char **out,
                              grid_error *err) {
    const char *source = tool_common.src_crs ? tool_common.src_crs : street->crs;
    if (source == NULL) {
        grid_fail(err, GRID_E_INPUT, street->path, "layer %s does not say its CRS", street->name);
        return grid_hint(err, GRID_E_INPUT, "name it with --src-crs, e.g. --src-crs EPSG:4547");
    }
    grid_crs_info info;
    GRID_TRY(grid_crs_check(source, &info, err));
    if (!info.geographic && info.metres_per_unit == 1) {
        *out = strdup(info.id[0] ? info.id : source);
        return *out ? GRID_OK : grid_fail_nomem(err);
    }
    grid_crs_transform *to_degrees;
    GRID_TRY(grid_crs_transform_new(source, "EPSG:4326", &to_degrees, err));
    grid_box box = grid_shapes_box_all(street->shapes);
    grid_xy centre = {(box.min_x + box.max_x) / 2, (box.min_y + box.max_y) / 2};
    size_t failed = grid_crs_transform_apply(to_degrees, &centre, 1);
    grid_crs_transform_free(to_degrees);
    if (failed > 0)
        return grid_fail(err, GRID_E_INPUT, street->path,
                         "coordinates do not fit the layer's CRS (%s)", info.name);
    char working[16];
    grid_crs_working(centre.x, centre.y, working);
    grid_find(ctx, GRID_NOTE, "reprojected", street->path,
              "layer %s is in %s (%s); working in %s, in metres", street->name, info.name,
              info.geographic ? "degrees" : "not metres", working);
    *out = strdup(working);
    return *out ? GRID_OK : grid_fail_nomem(err);
}

static grid_status read_layer(const inputs *in, const char *spec, const grid_context *ctx,
                              grid_layer **out, grid_error *err) {
    *out = NULL;
    if (spec == NULL)
        return GRID_OK;
    grid_layer_options options = {.src_crs = tool_common.src_crs, .to_crs = in->crs};
    return grid_layer_read(spec, &options, ctx, out, err);
}

/* Where there is no street, or one without area, nothing can be divided: said with its file. */
static grid_status check_street(const grid_layer *street, grid_error *err) {
    char where[256];
    if (street->n == 0)
        return grid_fail(err, GRID_E_INPUT, street->path, "there is no street in layer %s",
                         street->name);
    for (size_t i = 0; i < street->n; i++)
        if (street->shapes->kind[i] != GRID_SHAPE_AREA)
            return grid_fail(err, GRID_E_INPUT, grid_layer_where(street, i, where),
                             "a street is an area; this is %s",
                             street->shapes->kind[i] == GRID_SHAPE_NONE ? "nothing usable"
                                                                        : "a point or a line");
    return GRID_OK;
}

/* A column that somebody named is in one of both layers. */
static grid_status check_field(const inputs *in, const char *field, grid_error *err) {
    const grid_column *column;
    return field == NULL || (in->community && grid_layer_column(in->community, field))
               ? GRID_OK
               : grid_layer_find_column(in->street, field, &column, err);
}

/* What the layers of streets and communities have to bring besides their outlines. */
static grid_status check_parents(const input_options *o, inputs *in, grid_error *err) {
    GRID_TRY(check_field(in, o->code_field, err));
    GRID_TRY(check_field(in, o->name_field, err));
    GRID_TRY(inputs_make_codes(in->street, o->code_field, err));
    return inputs_make_codes(in->community, o->code_field, err);
}

static grid_status read_street(const char *spec, const grid_context *ctx, inputs *in,
                               grid_error *err) {
    grid_layer_options as_it_is = {.src_crs = tool_common.src_crs, .layer = tool_common.layer};
    GRID_TRY(grid_layer_read(spec, &as_it_is, ctx, &in->street, err));
    GRID_TRY(check_street(in->street, err));
    GRID_TRY(choose_crs(in->street, ctx, &in->crs, err));
    grid_layer_free(in->street);
    in->street = NULL;
    as_it_is.to_crs = in->crs;
    return grid_layer_read(spec, &as_it_is, NULL, &in->street, err);
}

/* ---- counts ------------------------------------------------------------------------- */

static grid_status bad_count(const grid_layer *layer, const grid_column *column, size_t i,
                             const char *why, grid_error *err) {
    char where[256], value[32];
    return grid_fail(err, GRID_E_INPUT, grid_layer_where(layer, i, where), "%s is '%s': %s",
                     column->name, grid_column_text(column, i, value), why);
}

/* Counts as whole numbers >= 0, whatever the column's type. Missing ones count 0, and are told. */
static grid_status read_counts(const grid_layer *layer, const grid_column *column,
                               const grid_context *ctx, int64_t **out, grid_error *err) {
    int64_t *counts = *out = GRID_NEW(int64_t, layer->n);
    if (counts == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < layer->n; i++) {
        char buffer[32], where[256];
        const char *text = grid_column_text(column, i, buffer);
        double number;
        if (column->null[i] || text[strspn(text, " ")] == '\0') {
            grid_find(ctx, GRID_WARNING, "count-missing", grid_layer_where(layer, i, where),
                      "%s is empty; counted as 0", column->name);
            continue;
        }
        if (!grid_text_to_double(text, &number))
            return bad_count(layer, column, i, "not a number", err);
        if (number < 0)
            return bad_count(layer, column, i, "a count cannot be negative", err);
        if (number > 1e9 || number != (double)(int64_t)number)
            return bad_count(layer, column, i, "not a whole number of a sensible size", err);
        counts[i] = (int64_t)number;
    }
    return GRID_OK;
}

static grid_status find_counts(const grid_layer *layer, const char *field, const char *option,
                               const char *const *aliases, size_t n, const grid_column **out,
                               grid_error *err) {
    if (field != NULL)
        return grid_layer_find_column(layer, field, out, err);
    *out = grid_layer_alias(layer, aliases, n);
    if (*out == NULL && option != NULL) {
        grid_fail(err, GRID_E_INPUT, layer->path, "layer %s has no column named like %s",
                  layer->name, aliases[0]);
        return grid_hint(err, GRID_E_INPUT, "name the column with %s COL", option);
    }
    return GRID_OK;
}

static void say_columns(const grid_layer *layer, const char *households, const char *persons,
                        const grid_context *ctx) {
    grid_find(ctx, GRID_NOTE, "column-chosen", layer->path, "households %s%s%s%s",
              households ? "from column " : "are the rows", households ? households : "",
              persons ? ", persons from column " : "; no column of persons",
              persons ? persons : "");
}

static grid_status count_in_layer(const input_options *o, const grid_context *ctx, inputs *in,
                                  grid_error *err) {
    const grid_layer *layer = in->household;
    const grid_column *households, *persons;
    GRID_TRY(find_counts(layer, o->households_field, "--households-field", households_names,
                         COUNT(households_names), &households, err));
    GRID_TRY(find_counts(layer, o->persons_field, NULL, persons_names, COUNT(persons_names),
                         &persons, err));
    GRID_TRY(read_counts(layer, households, ctx, &in->households, err));
    say_columns(layer, households->name, persons ? persons->name : NULL, ctx);
    return persons ? read_counts(layer, persons, ctx, &in->persons, err) : GRID_OK;
}

/* "COL" or "COL=COL OF THE TABLE" */
static grid_status split_key(const char *key, char layer_key[64], char table_key[64],
                             grid_error *err) {
    if (key == NULL) {
        grid_fail(err, GRID_E_ARG, "", "a table of households needs a key");
        return grid_hint(err, GRID_E_ARG, "name the column of both with --key COL");
    }
    const char *equal = strchr(key, '=');
    int n = equal ? (int)(equal - key) : (int)strlen(key);
    if (n >= 64 || strlen(key) - (size_t)n > 64)
        return grid_fail(err, GRID_E_ARG, "", "the name of the key is too long");
    snprintf(layer_key, 64, "%.*s", n, key);
    snprintf(table_key, 64, "%s", equal ? equal + 1 : layer_key);
    return GRID_OK;
}

/* Sums of the table per feature; a table without a column of households lists them row by row. */
static grid_status count_in_table(const input_options *o, const grid_context *ctx, inputs *in,
                                  grid_error *err) {
    char layer_key[64], table_key[64];
    GRID_TRY(split_key(o->key, layer_key, table_key, err));
    const grid_layer_options options = {.attributes_only = true};
    GRID_TRY(grid_layer_read(o->households_table, &options, ctx, &in->household_table, err));
    const grid_layer *layer = in->household, *table = in->household_table;
    const grid_column *households, *persons;
    GRID_TRY(find_counts(table, o->households_field, NULL, households_names,
                         COUNT(households_names), &households, err));
    GRID_TRY(find_counts(table, o->persons_field, NULL, persons_names, COUNT(persons_names),
                         &persons, err));
    const char *names[] = {households ? households->name : NULL, persons ? persons->name : NULL};
    say_columns(table, names[0], names[1], ctx);
    in->households = GRID_NEW(int64_t, layer->n);
    in->persons = persons ? GRID_NEW(int64_t, layer->n) : NULL;
    if (in->households == NULL || (persons && in->persons == NULL))
        return grid_fail_nomem(err);
    GRID_TRY(
        grid_layer_count(layer, layer_key, table, table_key, names[0], ctx, in->households, err));
    if (households == NULL) {
        in->persons_of_row = persons;
        in->feature_of_row = GRID_NEW(uint32_t, table->n);
        if (in->feature_of_row == NULL)
            return grid_fail_nomem(err);
        GRID_TRY(grid_layer_match(layer, layer_key, table, table_key, in->feature_of_row, err));
    }
    return persons ? grid_layer_count(layer, layer_key, table, table_key, names[1], NULL,
                                      in->persons, err)
                   : GRID_OK;
}

/* Only on request: nobody is to take an estimate for a count. */
static grid_status estimate_persons(const input_options *o, const grid_context *ctx, inputs *in,
                                    grid_error *err) {
    if (in->persons != NULL || o->persons_per_household == 0)
        return GRID_OK;
    if (o->persons_per_household < 0 || o->persons_per_household > 100)
        return grid_fail(err, GRID_E_ARG, "",
                         "--persons-per-household takes a number from 0 to 100");
    in->persons = GRID_NEW(int64_t, in->household->n);
    if (in->persons == NULL)
        return grid_fail_nomem(err);
    int64_t sum = 0;
    for (size_t i = 0; i < in->household->n; i++)
        sum += in->persons[i] = llround((double)in->households[i] * o->persons_per_household);
    grid_find_at(ctx, GRID_NOTE, "persons-estimated", in->household->path, (double)sum, "persons",
                 NAN, NAN, "persons are estimated at %g a household", o->persons_per_household);
    return GRID_OK;
}

static int compare_ids(const void *pa, const void *pb) {
    const char *const *const *a = pa, *const *const *b = pb;
    int order = strcmp(**a, **b);
    return order != 0 ? order : (*a > *b) - (*a < *b); /* then as in the layer */
}

/* Records and updates know a feature by its id, so two of one id are told. */
static grid_status tell_twice(const inputs *in, const grid_context *ctx, grid_error *err) {
    const size_t n = in->household->n;
    const char ***by_id = GRID_NEW(const char **, n);
    if (by_id == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < n; i++)
        by_id[i] = &in->household_id[i];
    qsort(by_id, n, sizeof *by_id, compare_ids);
    for (size_t from = 0, to; from < n; from = to) {
        for (to = from + 1; to < n && strcmp(*by_id[to], *by_id[from]) == 0;)
            to++;
        if (to - from == 1 || **by_id[from] == '\0')
            continue;
        char where[300];
        snprintf(where, sizeof where, "%.255s:%zu", in->household->path,
                 (size_t)(by_id[from + 1] - in->household_id) + 1);
        grid_find(ctx, GRID_WARNING, "id-twice", where,
                  "%zu features have the id %s, as feature %zu has", to - from, *by_id[from],
                  (size_t)(by_id[from] - in->household_id) + 1);
    }
    free(by_id);
    return GRID_OK;
}

static grid_status read_households(const input_options *o, const grid_context *ctx, inputs *in,
                                   grid_error *err) {
    GRID_TRY(read_layer(in, o->households, ctx, &in->household, err));
    const grid_layer *layer = in->household;
    GRID_TRY(o->households_table ? count_in_table(o, ctx, in, err)
                                 : count_in_layer(o, ctx, in, err));
    GRID_TRY(estimate_persons(o, ctx, in, err));
    GRID_TRY(make_texts(in->household, NULL, id_names, COUNT(id_names), err));
    if (in->household_table != NULL)
        GRID_TRY(make_texts(in->household_table, NULL, id_names, COUNT(id_names), err));
    in->household_id = GRID_NEW(const char *, layer->n);
    if (in->household_id == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < layer->n; i++)
        in->household_id[i] = inputs_id(layer, i);
    return tell_twice(in, ctx, err);
}

/* ---- barriers ----------------------------------------------------------------------- */

/* A layer without a class field is all of one class, which its name tells. */
static grid_border_class class_of_layer(const grid_layer *layer) {
    static const struct {
        const char *word;
        grid_border_class cls;
    } words[] = {
        {"rail", GRID_BORDER_RAIL},
        {"铁路", GRID_BORDER_RAIL},
        {"river", GRID_BORDER_RIVER},
        {"water", GRID_BORDER_RIVER},
        {"河", GRID_BORDER_RIVER},
        {"水系", GRID_BORDER_RIVER},
        {"expressway", GRID_BORDER_EXPRESSWAY},
        {"wall", GRID_BORDER_WALL},
        {"围墙", GRID_BORDER_WALL},
        {"lane", GRID_BORDER_LANE},
    };
    for (size_t i = 0; i < COUNT(words); i++)
        if (strcasestr(layer->name, words[i].word) != NULL)
            return words[i].cls;
    return GRID_BORDER_ROAD;
}

static grid_status read_classes(const grid_layer *layer, const char *field, const grid_context *ctx,
                                uint8_t *classes, grid_error *err) {
    const grid_border_class preset = class_of_layer(layer);
    const grid_column *column = NULL;
    if (field != NULL)
        column = grid_layer_column(layer, field);
    else if (preset == GRID_BORDER_ROAD)
        column = grid_layer_alias(layer, class_names, COUNT(class_names));
    size_t unknown = 0;
    char buffer[32], example[64] = "";
    for (size_t i = 0; i < layer->n; i++) {
        grid_border_class cls = preset;
        if (column != NULL && !column->null[i]) {
            const char *text = grid_column_text(column, i, buffer);
            if (!grid_border_class_parse(text, &cls) && unknown++ == 0)
                snprintf(example, sizeof example, "%s", text);
        }
        classes[i] = (uint8_t)cls;
    }
    grid_find(ctx, GRID_NOTE, "class-chosen", layer->path, "barriers of layer %s: class %s %s",
              layer->name, column ? "from column" : "of all is",
              column ? column->name : grid_border_class_name(preset));
    if (unknown > 0)
        grid_find(ctx, GRID_WARNING, "class-unknown", layer->path,
                  "%zu features of layer %s have a class such as '%s' that is not known; taken "
                  "as %s",
                  unknown, layer->name, example, grid_border_class_name(preset));
    (void)err;
    return GRID_OK;
}

static grid_status view_barriers(const grid_layer *layer, const input_options *o,
                                 const grid_context *ctx, grid_barriers *out, grid_error *err) {
    uint8_t *classes = GRID_NEW(uint8_t, layer->n);
    const char **names = GRID_NEW(const char *, layer->n);
    *out = (grid_barriers){layer->shapes, classes, names, layer->name};
    if (classes == NULL || names == NULL)
        return grid_fail_nomem(err);
    static const char *const road_names[] = {"name", "名称", "路名", "street", "label"};
    for (size_t i = 0; i < layer->n; i++) {
        const char *name = text_of(layer, i, NULL, road_names, COUNT(road_names));
        names[i] = *name ? name : NULL;
    }
    return read_classes(layer, o->barrier_class_field, ctx, classes, err);
}

static grid_status read_barriers(const input_options *o, const grid_context *ctx, inputs *in,
                                 grid_error *err) {
    in->barrier_layer = GRID_NEW(grid_layer *, o->barriers.n);
    in->barriers = GRID_NEW(grid_barriers, o->barriers.n);
    if (in->barrier_layer == NULL || in->barriers == NULL)
        return grid_fail_nomem(err);
    bool found = false;
    for (size_t b = 0; b < o->barriers.n; b++) {
        GRID_TRY(read_layer(in, o->barriers.at[b], ctx, &in->barrier_layer[b], err));
        in->n_barriers = b + 1;
        GRID_TRY(view_barriers(in->barrier_layer[b], o, ctx, &in->barriers[b], err));
        found |= o->barrier_class_field &&
                 grid_layer_column(in->barrier_layer[b], o->barrier_class_field) != NULL;
    }
    const grid_column *column;
    return found || o->barrier_class_field == NULL || in->n_barriers == 0
               ? GRID_OK
               : grid_layer_find_column(in->barrier_layer[0], o->barrier_class_field, &column, err);
}

/* ---- all ---------------------------------------------------------------------------- */

static void view_cells(const input_options *o, inputs *in) {
    in->cells = (grid_cells_input){
        .street = in->street->shapes,
        .community = in->community ? in->community->shapes : NULL,
        .barriers = in->barriers,
        .n_barriers = in->n_barriers,
        .compound = in->compound ? in->compound->shapes : NULL,
        .extended = in->extended ? in->extended->shapes : NULL,
        .bridge = in->bridge ? in->bridge->shapes : NULL,
        .household = in->household->shapes,
        .households = in->households,
        .persons = in->persons,
        .household_id = in->household_id,
        .mode = strcmp(o->cells, "given") == 0  ? GRID_CELLS_GIVEN
                : strcmp(o->cells, "made") == 0 ? GRID_CELLS_MADE
                                                : GRID_CELLS_AUTO,
    };
}

grid_status inputs_read(const input_options *o, const grid_context *ctx, inputs *in,
                        grid_error *err) {
    *in = (inputs){0};
    GRID_TRY(read_street(o->street, ctx, in, err));
    GRID_TRY(read_layer(in, o->community, ctx, &in->community, err));
    GRID_TRY(check_parents(o, in, err));
    GRID_TRY(read_households(o, ctx, in, err));
    GRID_TRY(read_barriers(o, ctx, in, err));
    GRID_TRY(read_layer(in, o->compounds, ctx, &in->compound, err));
    GRID_TRY(inputs_make_codes(in->compound, NULL, err));
    GRID_TRY(read_layer(in, o->extended, ctx, &in->extended, err));
    GRID_TRY(read_layer(in, o->bridges, ctx, &in->bridge, err));
    view_cells(o, in);
    return GRID_OK;
}

void inputs_free(inputs *in) {
    grid_layer_free(in->street);
    grid_layer_free(in->community);
    grid_layer_free(in->household);
    grid_layer_free(in->household_table);
    grid_layer_free(in->compound);
    grid_layer_free(in->extended);
    grid_layer_free(in->bridge);
    for (size_t b = 0; b < in->n_barriers; b++) {
        grid_layer_free(in->barrier_layer[b]);
        free((void *)in->barriers[b].border_class);
        free((void *)in->barriers[b].name);
    }
    free(in->barrier_layer);
    free(in->barriers);
    free(in->household_id);
    free(in->feature_of_row);
    free(in->households);
    free(in->persons);
    free(in->crs);
    *in = (inputs){0};
}
