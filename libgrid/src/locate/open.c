#include "locate/open.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "base/base.h"
#include "base/vec.h"
#include "locate/guard.h"
#include "locate/kernel.h"

static const char magic[8] = {'g', 'r', 'i', 'd', 'x', '\r', '\n', 0};
static const uint32_t byte_order = 0x01020304;

static uint64_t header_sum(const index_image *head) {
    index_image copy = *head;
    copy.header_sum = 0;
    return guard_sum(&copy, sizeof copy);
}

size_t image_sums_size(size_t size) {
    return guard_blocks(size) * sizeof(uint64_t);
}

size_t image_seal(unsigned char *image, size_t size) {
    index_image *head = (index_image *)(void *)image;
    uint64_t *sums = (uint64_t *)(void *)(image + size);
    guard_sum_blocks(image, sizeof *head, size, sums);
    memcpy(head->magic, magic, sizeof magic);
    head->version = IMAGE_VERSION;
    head->byte_order = byte_order;
    head->sums = (section){size, guard_blocks(size)};
    head->sum_of_sums = guard_sum(sums, image_sums_size(size));
    head->size = size + image_sums_size(size);
    head->header_sum = header_sum(head);
    return head->size;
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
    if (head->header_sum != header_sum(head) || head->size != size)
        return refuse(err, "is damaged or cut short");
    if (head->sums.offset % 8 != 0 || head->sums.offset < sizeof *head ||
        head->sums.offset > size || head->sums.n != guard_blocks(head->sums.offset) ||
        size - head->sums.offset != image_sums_size(head->sums.offset) ||
        head->sum_of_sums !=
            guard_sum((const char *)head + head->sums.offset, size - head->sums.offset))
        return refuse(err, "is damaged");
    return GRID_OK;
}

/* The section's bytes, which are not checked yet; NULL when it does not lie within the image. */
static const void *place(const grid_locator *l, const section *s, size_t element) {
    if (s->offset > l->size || s->n > (l->size - s->offset) / element || s->offset % 8 != 0)
        return NULL;
    return (const char *)l->image + s->offset;
}

/* The section's bytes; NULL also when they are damaged. */
static const void *at(const grid_locator *l, const section *s, size_t element) {
    const void *bytes = place(l, s, element);
    return bytes == NULL || l->guard == NULL || guard_holds(l->guard, bytes, s->n * element) ? bytes
                                                                                             : NULL;
}

/* The areas lie on the lattice. */
static bool lattice_holds(const nest_image *h) {
    const double steps = (double)(UINT32_C(1) << LATTICE_BITS);
    return isnormal(h->scale_x) && isnormal(h->scale_y) && lattice_x(h, h->min_x) >= 0 &&
           lattice_y(h, h->min_y) >= 0 && lattice_x(h, h->max_x) < steps &&
           lattice_y(h, h->max_y) < steps && h->scale_x > 0 && h->scale_y > 0;
}

/* Arcs in the order of their vertices, and units and faces that are there. */
static bool references_hold(const nest_view *n) {
    const nest_image *h = n->head;
    const uint64_t n_sets = h->set_start.n, n_faces = h->n_units + (uint64_t)1 + n_sets;
    bool ok = h->n_units < UINT32_C(1) << ENTRY_BITS && n_sets < UINT32_C(1) << ENTRY_BITS &&
              h->arc.n <= UINT32_MAX && (h->arc.n > 0 || h->edge.n == 0);
    for (uint64_t i = 0; i < h->arc.n; i++)
        ok &= n->arc[i].left <= h->n_units && n->arc[i].right <= h->n_units &&
              (i == 0 || n->arc[i].first_vertex > n->arc[i - 1].first_vertex);
    for (uint64_t i = 0; i < h->palette.n; i++)
        ok &= n->palette[i] < n_faces || n->palette[i] == FACE_EXACT;
    for (uint64_t i = 0; i < n_sets; i++)
        ok &= n->set_start[i] <= h->set_member.n &&
              (i == 0 || n->set_start[i] > n->set_start[i - 1]);
    for (uint64_t i = 0; i < h->set_member.n; i++)
        ok &= n->set_member[i] < h->n_units;
    return ok;
}

static bool open_nest(const grid_locator *l, const nest_image *h, nest_view *out) {
    *out = (nest_view){.head = h,
                       .node = place(l, &h->node, sizeof(tree_node)),
                       .tile = place(l, &h->tile, sizeof(border_tile)),
                       .palette = at(l, &h->palette, sizeof(uint32_t)),
                       .dir = place(l, &h->dir, sizeof(entry)),
                       .set_start = at(l, &h->set_start, sizeof(uint32_t)),
                       .set_member = at(l, &h->set_member, sizeof(uint32_t)),
                       .edge = place(l, &h->edge, sizeof(uint32_t)),
                       .arc = at(l, &h->arc, sizeof(border_arc)),
                       .xy = place(l, &h->xy, sizeof(grid_xy)),
                       .n_arcs = (uint32_t)h->arc.n,
                       .dir_shift_x = LATTICE_BITS - (unsigned)h->dir_bits_x,
                       .dir_shift_y = LATTICE_BITS - (unsigned)h->dir_bits_y};
    out->all_dir = out->dir;
    return out->node && out->tile && out->palette && out->dir && out->set_start &&
           out->set_member && out->edge && out->arc && out->xy &&
           h->dir_bits_x + h->dir_bits_y <= LATTICE_BITS && /* a cell's number is an int32_t */
           h->dir.n == (uint64_t)1 << (h->dir_bits_x + h->dir_bits_y) && lattice_holds(h) &&
           references_hold(out);
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

static bool are_below(const uint32_t *numbers, size_t n, uint32_t limit) {
    bool below = true;
    for (size_t i = 0; i < n; i++)
        below &= numbers[i] < limit || numbers[i] == GRID_NONE;
    return below;
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
           h->rank.n == n && h->by_rank.n == h->n_features &&
           are_below(out->feature, n, h->n_features) && are_below(out->rank, n, h->n_features) &&
           are_below(out->by_rank, h->n_features, h->n_features);
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
    if (mapped)
        l->guard = guard_new(
            bytes, sizeof *head, head->sums.offset,
            (const uint64_t *)(const void *)((const char *)bytes + head->sums.offset));
    if (l->layer == NULL || l->nest == NULL || (mapped && l->guard == NULL))
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
    guard_free(l->guard);
    free(l->layer);
    free(l->nest);
    free(l);
}
