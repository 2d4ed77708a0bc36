#include "locate/open.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/base.h"
#include "base/vec.h"
#include "locate/kernel.h"

static const char magic[8] = {'g', 'r', 'i', 'd', 'x', '\r', '\n', 0};
static const uint32_t byte_order = 0x01020304;

/*
 * Eight lanes of xor and multiply over 64-byte blocks, joined at the end. Every step is a bijection
 * of its lane, so any single damaged word shows. Not meant against forgery.
 */
static uint64_t checksum(const unsigned char *bytes, size_t n) {
    enum { LANES = 8 };
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t lane[LANES], word[LANES], sum = n;
    for (unsigned i = 0; i < LANES; i++)
        lane[i] = odd * (i + 1);
    for (size_t at = 0; at < n; at += sizeof word) {
        if (n - at < sizeof word)
            memset(word, 0, sizeof word);
        memcpy(word, bytes + at, n - at < sizeof word ? n - at : sizeof word);
        for (unsigned i = 0; i < LANES; i++) {
            lane[i] = (lane[i] ^ word[i]) * odd;
            lane[i] ^= lane[i] >> 32;
        }
    }
    for (unsigned i = 0; i < LANES; i++)
        sum = (sum ^ lane[i]) * odd + (sum >> 29);
    return sum;
}

static uint64_t header_checksum(const index_image *head) {
    index_image copy = *head;
    copy.header_checksum = 0;
    return checksum((const unsigned char *)&copy, sizeof copy);
}

void image_seal(index_image *head, size_t size) {
    memcpy(head->magic, magic, sizeof magic);
    head->version = IMAGE_VERSION;
    head->byte_order = byte_order;
    head->size = size;
    head->checksum = checksum((const unsigned char *)(head + 1), size - sizeof *head);
    head->header_checksum = header_checksum(head);
}

/* ---- checks --------------------------------------------------------------------------- */

static grid_status refuse(grid_error *err, const char *what) {
    return grid_hint(err, grid_fail(err, GRID_E_INPUT, "", "the index %s", what),
                     "build it again with --build-index");
}

static grid_status check_image(const index_image *head, size_t size, grid_error *err) {
    if (size < sizeof *head || memcmp(head->magic, magic, sizeof magic) != 0)
        return refuse(err, "is none");
    if (head->byte_order != byte_order || head->version != IMAGE_VERSION)
        return refuse(err, "is of another version or kind of machine");
    if (head->header_checksum != header_checksum(head) || head->size != size)
        return refuse(err, "is damaged or cut short");
    if (head->checksum != checksum((const unsigned char *)(head + 1), size - sizeof *head))
        return refuse(err, "is damaged");
    return GRID_OK;
}

/* The section's bytes; NULL when it does not lie within the image. */
static const void *at(const grid_locator *l, const section *s, size_t element) {
    if (s->offset > l->size || s->n > (l->size - s->offset) / element || s->offset % 8 != 0)
        return NULL;
    return (const char *)l->image + s->offset;
}

static bool open_nest(const grid_locator *l, const nest_image *h, nest_view *out) {
    *out = (nest_view){.head = h,
                       .node = at(l, &h->node, sizeof(tree_node)),
                       .tile = at(l, &h->tile, sizeof(border_tile)),
                       .palette = at(l, &h->palette, sizeof(uint32_t)),
                       .dir = at(l, &h->dir, sizeof(entry)),
                       .set_start = at(l, &h->set_start, sizeof(uint32_t)),
                       .set_member = at(l, &h->set_member, sizeof(uint32_t)),
                       .edge = at(l, &h->edge, sizeof(uint32_t)),
                       .arc = at(l, &h->arc, sizeof(border_arc)),
                       .xy = at(l, &h->xy, sizeof(grid_xy)),
                       .n_arcs = (uint32_t)h->arc.n,
                       .dir_shift_x = LATTICE_BITS - (unsigned)h->dir_bits_x,
                       .dir_shift_y = LATTICE_BITS - (unsigned)h->dir_bits_y};
    return out->node && out->tile && out->palette && out->dir && out->set_start &&
           out->set_member && out->edge && out->arc && out->xy && h->dir_bits_x <= LATTICE_BITS &&
           h->dir_bits_y <= LATTICE_BITS &&
           h->dir.n == (uint64_t)1 << (h->dir_bits_x + h->dir_bits_y);
}

/* Every word ends within the text and with a NUL. */
static bool open_words(const grid_locator *l, const words_image *h, uint32_t n, layer_view *out,
                       int which) {
    if (h->start.n == 0)
        return true;
    const uint64_t *start = at(l, &h->start, sizeof *start);
    const char *text = at(l, &h->text, 1);
    if (start == NULL || text == NULL || h->start.n != n + (uint64_t)1 || start[n] != h->text.n)
        return false;
    uint64_t before = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (start[i] != before || start[i + 1] <= before || start[i + 1] > h->text.n ||
            text[start[i + 1] - 1] != '\0')
            return false;
        before = start[i + 1];
    }
    out->word_start[which] = start;
    out->word_text[which] = text;
    return true;
}

static bool open_layer(const grid_locator *l, const layer_image *h, layer_view *out) {
    *out = (layer_view){.name = at(l, &h->name, 1),
                        .feature = at(l, &h->feature, sizeof(uint32_t)),
                        .rank = at(l, &h->rank, sizeof(uint32_t)),
                        .by_rank = at(l, &h->by_rank, sizeof(uint32_t)),
                        .n_features = h->n_features,
                        .nest = h->nest};
    for (int i = 0; i < N_WORDS; i++)
        if (!open_words(l, &h->words[i], h->n_features, out, i))
            return false;
    if (out->name == NULL || !out->feature || !out->rank || !out->by_rank || h->nest >= l->n_nests)
        return false;
    size_t n = l->nest[h->nest].head->n_units + (size_t)1;
    return h->name.n > 0 && out->name[h->name.n - 1] == '\0' && h->feature.n == n &&
           h->rank.n == n && h->by_rank.n == h->n_features;
}

static bool open_text(const grid_locator *l, const section *s) {
    const char *text = at(l, s, 1);
    return s->n == 0 || (text != NULL && text[s->n - 1] == '\0');
}

static bool open_sections(grid_locator *l) {
    if (!open_text(l, &l->image->origin) || !open_text(l, &l->image->crs))
        return false;
    const layer_image *layers = at(l, &l->image->layer, sizeof *layers);
    const nest_image *nests = at(l, &l->image->nest, sizeof *nests);
    if (layers == NULL || nests == NULL)
        return false;
    for (uint32_t i = 0; i < l->n_nests; i++)
        if (!open_nest(l, &nests[i], &l->nest[i]))
            return false;
    for (uint32_t i = 0; i < l->n_layers; i++)
        if (!open_layer(l, &layers[i], &l->layer[i]))
            return false;
    return true;
}

/* What find looks up: the layers of every nest, and their answers. */
static bool prepare(grid_locator *l) {
    for (uint32_t i = 0; i < l->n_nests; i++)
        if ((l->nest[i].layer = GRID_NEW(uint32_t, l->n_layers)) == NULL)
            return false;
    for (uint32_t i = 0; i < l->n_layers; i++) {
        layer_view *layer = &l->layer[i];
        nest_view *n = &l->nest[layer->nest];
        n->layer[n->n_layers++] = i;
        if ((layer->hit = GRID_NEW(grid_hit, n->head->n_units + (size_t)1)) == NULL)
            return false;
        for (uint32_t u = 0; u <= n->head->n_units; u++)
            layer->hit[u] = (grid_hit){.unit = layer->feature[u],
                                       .claims = layer->feature[u] != GRID_NONE};
    }
    return true;
}

static void release(void *bytes, size_t size, bool mapped) {
    if (mapped)
        munmap(bytes, size);
    else
        free(bytes);
}

grid_status locator_open_image(void *bytes, size_t size, bool mapped, grid_locator **out,
                               grid_error *err) {
    *out = NULL;
    const index_image *head = bytes;
    grid_status status = mapped ? check_image(head, size, err) : GRID_OK;
    if (status == GRID_OK && (head->layer.n > UINT16_MAX || head->nest.n > head->layer.n))
        status = refuse(err, "is damaged");
    grid_locator *l = status == GRID_OK ? GRID_NEW(grid_locator, 1) : NULL;
    if (l == NULL) {
        release(bytes, size, mapped);
        return status != GRID_OK ? status : grid_fail_nomem(err);
    }
    *l = (grid_locator){.image = head,
                        .size = size,
                        .mapped = mapped,
                        .kernel = kernel_best(),
                        .n_layers = (uint32_t)head->layer.n,
                        .n_nests = (uint32_t)head->nest.n};
    l->layer = GRID_NEW(layer_view, l->n_layers);
    l->nest = GRID_NEW(nest_view, l->n_nests);
    if (l->layer == NULL || l->nest == NULL)
        return grid_locator_free(l), grid_fail_nomem(err);
    if (!open_sections(l))
        return grid_locator_free(l), refuse(err, "is damaged");
    if (!prepare(l))
        return grid_locator_free(l), grid_fail_nomem(err);
    *out = l;
    return GRID_OK;
}

void grid_locator_free(grid_locator *l) {
    if (l == NULL)
        return;
    for (uint32_t i = 0; l->layer != NULL && i < l->n_layers; i++)
        free(l->layer[i].hit);
    for (uint32_t i = 0; l->nest != NULL && i < l->n_nests; i++)
        free(l->nest[i].layer);
    release((void *)(uintptr_t)l->image, l->size, l->mapped);
    free(l->layer);
    free(l->nest);
    free(l);
}
