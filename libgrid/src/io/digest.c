/*
 * The digest of a layer's content: SHA-256 over the sorted digests of its features, so that it
 * says "the same data" whatever the order of the rows, the format or the file's time stamps.
 */
#include <grid/io.h>

#include "base/base.h"
#include "base/digest.h"
#include "base/vec.h"

#include <string.h>

typedef struct feature_digest {
    uint8_t bytes[GRID_DIGEST_SIZE];
} feature_digest;

static void add_text(struct sha256_ctx *sha, const char *text) {
    sha256_update(sha, strlen(text) + 1, (const uint8_t *)text);
}

static void add_shape(struct sha256_ctx *sha, const grid_shapes *s, size_t f) {
    sha256_update(sha, 1, &s->kind[f]);
    for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++) {
        add_text(sha, "part");
        for (size_t c = s->chain_start[p]; c < s->chain_start[p + 1]; c++) {
            size_t n = s->xy_start[c + 1] - s->xy_start[c];
            add_text(sha, "chain");
            sha256_update(sha, n * sizeof *s->xy, (const uint8_t *)(s->xy + s->xy_start[c]));
        }
    }
}

static feature_digest digest_feature(const grid_layer *layer, size_t i) {
    struct sha256_ctx sha;
    sha256_init(&sha);
    for (size_t c = 0; c < layer->n_columns; c++) {
        char buffer[32];
        add_text(&sha, layer->column[c].null[i] ? "null" : "value");
        add_text(&sha, grid_column_text(&layer->column[c], i, buffer));
    }
    if (layer->shapes != NULL)
        add_shape(&sha, layer->shapes, i);
    feature_digest out;
    sha256_digest(&sha, sizeof out.bytes, out.bytes);
    return out;
}

static int compare(const void *a, const void *b) {
    return memcmp(a, b, sizeof(feature_digest));
}

grid_status grid_layer_digest(const grid_layer *layer, char out[65], grid_error *err) {
    feature_digest *digests = GRID_NEW(feature_digest, layer->n);
    if (digests == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < layer->n; i++)
        digests[i] = digest_feature(layer, i);
    qsort(digests, layer->n, sizeof *digests, compare);
    struct sha256_ctx sha;
    sha256_init(&sha);
    for (size_t c = 0; c < layer->n_columns; c++)
        add_text(&sha, layer->column[c].name);
    sha256_update(&sha, layer->n * sizeof *digests, (const uint8_t *)digests);
    uint8_t digest[GRID_DIGEST_SIZE];
    sha256_digest(&sha, sizeof digest, digest);
    grid_digest_text(digest, out);
    free(digests);
    return GRID_OK;
}
