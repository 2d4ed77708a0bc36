/* Counts that come in a table of their own and belong to features by a key. */
#include <grid/io.h>

#include "base/base.h"
#include "base/vec.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A key of the layer: text without the blanks around it. */
typedef struct keyed {
    const char *text; /* not terminated */
    size_t length;
    size_t feature;
} keyed;

static keyed trim(const char *text) {
    text += strspn(text, " \t\r\n");
    size_t n = strlen(text);
    while (n > 0 && strchr(" \t\r\n", text[n - 1]) != NULL)
        n--;
    return (keyed){text, n, 0};
}

static int compare(const void *a, const void *b) {
    const keyed *x = a, *y = b;
    size_t n = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->text, y->text, n);
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

/* The layer's keys in order. Numbers need a place for their text: `texts`, 32 bytes each. */
typedef struct key_index {
    keyed *key;
    char (*texts)[32];
    size_t n;
} key_index;

static grid_status refuse_twice(const grid_layer *layer, const keyed *a, const keyed *b,
                                grid_error *err) {
    char where[256];
    size_t first = a->feature < b->feature ? a->feature : b->feature;
    size_t second = a->feature < b->feature ? b->feature : a->feature;
    grid_fail(err, GRID_E_INPUT, grid_layer_where(layer, second, where),
              "has the same key '%.*s' as feature %" PRId64, (int)a->length, a->text,
              layer->fid[first]);
    return grid_hint(err, GRID_E_INPUT, "rows can be joined only by a key that is unique");
}

static grid_status index_keys(const grid_layer *layer, const grid_column *column, key_index *index,
                              grid_error *err) {
    index->key = GRID_NEW(keyed, layer->n);
    index->texts = grid_new(layer->n, sizeof *index->texts);
    if (index->key == NULL || index->texts == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < layer->n; i++) {
        keyed key = trim(grid_column_text(column, i, index->texts[i]));
        key.feature = i;
        if (key.length > 0)
            index->key[index->n++] = key;
    }
    qsort(index->key, index->n, sizeof *index->key, compare);
    for (size_t i = 1; i < index->n; i++)
        if (compare(&index->key[i - 1], &index->key[i]) == 0)
            return refuse_twice(layer, &index->key[i - 1], &index->key[i], err);
    return GRID_OK;
}

static grid_status count_of_row(const grid_layer *table, const grid_column *value, size_t row,
                                int64_t *out, grid_error *err) {
    char where[256], text[32];
    *out = value == NULL; /* a row is one */
    if (value == NULL || value->null[row])
        return GRID_OK;
    if (grid_column_integer(value, row, out) && *out >= 0)
        return GRID_OK;
    return grid_fail(err, GRID_E_INPUT, grid_layer_where(table, row, where),
                     "%s is '%s', which is no count", value->name,
                     grid_column_text(value, row, text));
}

grid_status grid_layer_match(const grid_layer *layer, const char *key, const grid_layer *table,
                             const char *table_key, uint32_t *out, grid_error *err) {
    const grid_column *layer_column, *table_column;
    GRID_TRY(grid_layer_find_column(layer, key, &layer_column, err));
    GRID_TRY(grid_layer_find_column(table, table_key, &table_column, err));
    key_index index = {0};
    grid_status status = index_keys(layer, layer_column, &index, err);
    for (size_t row = 0; status == GRID_OK && row < table->n; row++) {
        char text[32];
        keyed wanted = trim(grid_column_text(table_column, row, text));
        const keyed *found = bsearch(&wanted, index.key, index.n, sizeof *index.key, compare);
        out[row] = found ? (uint32_t)found->feature : GRID_NONE;
    }
    free(index.key);
    free(index.texts);
    return status;
}

static grid_status add_rows(const grid_layer *table, const grid_column *key,
                            const grid_column *value, const uint32_t *feature,
                            const grid_context *ctx, int64_t *out, grid_error *err) {
    for (size_t row = 0; row < table->n; row++) {
        char text[32], where[256];
        int64_t count;
        GRID_TRY(count_of_row(table, value, row, &count, err));
        if (feature[row] == GRID_NONE) {
            keyed wanted = trim(grid_column_text(key, row, text));
            grid_find_at(ctx, GRID_FAULT, "row-unmatched", grid_layer_where(table, row, where),
                         (double)count, value ? value->name : "rows", NAN, NAN,
                         "no feature has the key '%.*s'", (int)wanted.length, wanted.text);
            continue;
        }
        if (__builtin_add_overflow(out[feature[row]], count, &out[feature[row]]))
            return grid_fail(err, GRID_E_INPUT, grid_layer_where(table, row, where),
                             "the sum of %s is too large", value ? value->name : "rows");
    }
    return GRID_OK;
}

grid_status grid_layer_count(const grid_layer *layer, const char *key, const grid_layer *table,
                             const char *table_key, const char *value, const grid_context *ctx,
                             int64_t *out, grid_error *err) {
    const grid_column *table_column, *value_column = NULL;
    if (value != NULL)
        GRID_TRY(grid_layer_find_column(table, value, &value_column, err));
    uint32_t *feature = GRID_NEW(uint32_t, table->n);
    if (feature == NULL)
        return grid_fail_nomem(err);
    memset(out, 0, layer->n * sizeof *out);
    grid_status status = grid_layer_match(layer, key, table, table_key, feature, err);
    if (status == GRID_OK)
        status = grid_layer_find_column(table, table_key, &table_column, err);
    if (status == GRID_OK)
        status = add_rows(table, table_column, value_column, feature, ctx, out, err);
    free(feature);
    return status;
}
