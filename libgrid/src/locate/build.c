#include "locate/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"
#include "locate/edges.h"
#include "locate/open.h"
#include "locate/tree.h"

/* ---- writing an image ------------------------------------------------------------------ */

typedef struct writer {
    char *at;
    size_t n, cap;
    bool failed;
} writer;

enum { ALIGN = 64 };

/* Room for n elements to be filled in; where it begins is kept in *out. NULL when memory ran out.
 */
static void *add_room(writer *w, size_t n, size_t size, section *out) {
    size_t begin = (w->n + ALIGN - 1) / ALIGN * ALIGN, end = begin + n * size;
    if (w->failed || !GRID_RESERVE(w, end - w->n)) {
        w->failed = true;
        return NULL;
    }
    memset(w->at + w->n, 0, begin - w->n);
    w->n = end;
    *out = (section){begin, n};
    return w->at + begin;
}

/* The same, zeroed. */
static void *add_section(writer *w, size_t n, size_t size, section *out) {
    void *room = add_room(w, n, size, out);
    return room != NULL ? memset(room, 0, n * size) : NULL;
}

static void copy_section(writer *w, const void *data, size_t n, size_t size, section *out) {
    void *to = add_room(w, n, size, out);
    if (to != NULL && n > 0)
        memcpy(to, data, n * size);
}

/* ---- which layers are answered together ------------------------------------------------ */

/* A layer on its way into the index. */
typedef struct source {
    edges e;
    uint32_t nest;
    uint32_t base;    /* layer whose units it is made of; itself for a base */
    uint32_t *parent; /* per unit of the base and nobody: its unit in the order of codes */
} source;

static bool is_finer(const source *s, uint32_t a, uint32_t b) {
    return s[a].e.n > s[b].e.n || (s[a].e.n == s[b].e.n && a > b);
}

static grid_status try_base(source *s, uint32_t layer, uint32_t base, grid_error *err) {
    bool nested;
    uint32_t n = s[base].e.n_units;
    free(s[layer].parent);
    if ((s[layer].parent = GRID_NEW(uint32_t, n + (size_t)1)) == NULL)
        return grid_fail_nomem(err);
    GRID_TRY(edges_nest(&s[base].e, &s[layer].e, s[layer].parent, &nested, err));
    if (nested) {
        s[layer].base = base;
        s[layer].nest = s[base].nest;
    }
    return GRID_OK;
}

/* A base is made of its own units. */
static grid_status be_base(source *s, uint32_t layer, uint32_t nest, grid_error *err) {
    uint32_t n = s[layer].e.n_units;
    free(s[layer].parent);
    if ((s[layer].parent = GRID_NEW(uint32_t, n + (size_t)1)) == NULL)
        return grid_fail_nomem(err);
    for (uint32_t u = 0; u <= n; u++)
        s[layer].parent[u] = u;
    s[layer].base = layer;
    s[layer].nest = nest;
    return GRID_OK;
}

/* From the finest layer down, each joins the first base that it is made of, or is one itself. */
static grid_status find_nests(source *s, uint32_t n, uint32_t *n_nests, grid_error *err) {
    *n_nests = 0;
    for (uint32_t i = 0; i < n; i++)
        s[i].base = GRID_NONE;
    for (uint32_t round = 0; round < n; round++) {
        uint32_t layer = GRID_NONE;
        for (uint32_t i = 0; i < n; i++)
            if (s[i].base == GRID_NONE && (layer == GRID_NONE || is_finer(s, i, layer)))
                layer = i;
        for (uint32_t i = 0; i < n && s[layer].base == GRID_NONE; i++)
            if (s[i].base == i)
                GRID_TRY(try_base(s, layer, i, err));
        if (s[layer].base == GRID_NONE)
            GRID_TRY(be_base(s, layer, (*n_nests)++, err));
    }
    return GRID_OK;
}

/* ---- nests and layers -------------------------------------------------------------------- */

static grid_status write_tree(writer *w, const tiling *t, nest_image *head, grid_error *err) {
    node_list nodes = {0};
    if (!tree_pack(t, &nodes, &head->root))
        return GRID_VEC_FREE(&nodes), grid_fail_nomem(err);
    copy_section(w, nodes.at, nodes.n, sizeof *nodes.at, &head->node);
    directory_size(t->tiles.n, &head->dir_bits_x, &head->dir_bits_y);
    size_t cells = (size_t)1 << (head->dir_bits_x + head->dir_bits_y);
    entry *dir = add_section(w, cells, sizeof *dir, &head->dir);
    if (dir != NULL)
        directory_fill(nodes.at, head->root, head->dir_bits_x, head->dir_bits_y, dir);
    GRID_VEC_FREE(&nodes);
    return GRID_OK;
}

static grid_status write_tiling(writer *w, const borders *b, const tiling *t, nest_image *head,
                                grid_error *err) {
    *head = b->head;
    if (t->tiles.n >> ENTRY_BITS != 0 || t->edge.n > UINT32_MAX)
        return grid_fail(err, GRID_E_INPUT, "", "the layer is too large for one index");
    GRID_TRY(write_tree(w, t, head, err));
    copy_section(w, t->tiles.at, t->tiles.n, sizeof *t->tiles.at, &head->tile);
    copy_section(w, t->palette.at, t->palette.n, sizeof *t->palette.at, &head->palette);
    copy_section(w, t->edge.at, t->edge.n, sizeof *t->edge.at, &head->edge);
    copy_section(w, t->sets.start.at, t->sets.start.n, sizeof *t->sets.start.at, &head->set_start);
    copy_section(w, t->sets.member.at, t->sets.member.n, sizeof *t->sets.member.at,
                 &head->set_member);
    copy_section(w, b->arcs.at, b->arcs.n, sizeof *b->arcs.at, &head->arc);
    copy_section(w, b->xy.at, b->xy.n, sizeof *b->xy.at, &head->xy);
    return GRID_OK;
}

static grid_status write_nest(writer *w, const edges *base, const grid_context *ctx,
                              nest_image *head, grid_error *err) {
    borders b;
    tiling t = {0};
    grid_status status = borders_build(base, &b, err);
    if (status == GRID_OK)
        status = tiling_build(&b, ctx, &t, err);
    if (status == GRID_OK)
        status = write_tiling(w, &b, &t, head, err);
    tiling_free(&t);
    borders_free(&b);
    return status;
}

static void write_words(writer *w, const char *const *words, size_t n, words_image *out) {
    if (words == NULL)
        return;
    uint64_t *start = add_section(w, n + 1, sizeof *start, &out->start);
    uint64_t total = 0;
    for (size_t i = 0; start != NULL && i < n; i++) {
        start[i] = total;
        total += strlen(words[i]) + 1;
    }
    if (start != NULL)
        start[n] = total;
    char *text = add_section(w, total, 1, &out->text);
    for (size_t i = 0; text != NULL && i < n; i++)
        text = stpcpy(text, words[i]) + 1;
}

static void write_layer(writer *w, const grid_locate_layer *layer, const source *s,
                        const source *base, layer_image *out) {
    size_t n = base->e.n_units + (size_t)1;
    const char *name = layer->name ? layer->name : "";
    copy_section(w, name, strlen(name) + 1, 1, &out->name);
    write_words(w, layer->code, s->e.n_units, &out->words[WORDS_CODE]);
    write_words(w, layer->label, s->e.n_units, &out->words[WORDS_LABEL]);
    write_words(w, layer->kind, s->e.n_units, &out->words[WORDS_KIND]);
    copy_section(w, s->e.by_rank, s->e.n_units, sizeof *s->e.by_rank, &out->by_rank);
    out->nest = s->nest;
    out->n_features = s->e.n_units;
    section unit, feature;
    uint32_t *to = add_section(w, n, sizeof *to, &unit);
    for (size_t u = 0; to != NULL && u < n; u++)
        to[u] = s->parent[u] < s->e.n_units ? s->parent[u] : GRID_NONE;
    to = add_section(w, n, sizeof *to, &feature);
    for (size_t u = 0; to != NULL && u < n; u++)
        to[u] = s->parent[u] < s->e.n_units ? s->e.by_rank[s->parent[u]] : GRID_NONE;
    out->rank = unit;
    out->feature = feature;
}

static grid_status write_image(writer *w, const grid_locate_layer *layers, const source *s,
                               uint32_t n, uint32_t n_nests, const grid_context *ctx,
                               grid_error *err) {
    index_image head = {.version = IMAGE_VERSION};
    layer_image *layer = GRID_NEW(layer_image, n);
    nest_image *nest = GRID_NEW(nest_image, n_nests);
    section unused;
    grid_status status = layer != NULL && nest != NULL &&
                                 add_section(w, 1, sizeof head, &unused) != NULL
                             ? GRID_OK
                             : grid_fail_nomem(err);
    for (uint32_t i = 0; i < n && status == GRID_OK; i++) {
        write_layer(w, &layers[i], &s[i], &s[s[i].base], &layer[i]);
        if (s[i].base == i)
            status = write_nest(w, &s[i].e, ctx, &nest[s[i].nest], err);
    }
    if (status == GRID_OK) {
        copy_section(w, layer, n, sizeof *layer, &head.layer);
        copy_section(w, nest, n_nests, sizeof *nest, &head.nest);
        if (w->failed)
            status = grid_fail_nomem(err);
        else
            memcpy(w->at, &head, sizeof head);
    }
    free(layer);
    free(nest);
    return status;
}

static grid_status build(const grid_locate_layer *layers, uint32_t n, source *s, writer *w,
                         const grid_context *ctx, grid_error *err) {
    uint32_t n_nests;
    for (uint32_t i = 0; i < n; i++) {
        GRID_TRY(edges_build(&layers[i], &s[i].e, err));
        if (grid_cancelled(ctx))
            return grid_fail(err, GRID_E_CANCEL, "", "cancelled");
    }
    GRID_TRY(find_nests(s, n, &n_nests, err));
    return write_image(w, layers, s, n, n_nests, ctx, err);
}

grid_status grid_locator_build(const grid_locate_layer *layers, size_t n_layers,
                               const grid_context *ctx, grid_locator **out, grid_error *err) {
    *out = NULL;
    if (n_layers >= UINT16_MAX)
        return grid_fail(err, GRID_E_ARG, "", "too many layers for one index");
    source *s = GRID_NEW(source, n_layers);
    writer w = {0};
    grid_status status = s != NULL ? build(layers, (uint32_t)n_layers, s, &w, ctx, err)
                                   : grid_fail_nomem(err);
    for (size_t i = 0; s != NULL && i < n_layers; i++) {
        edges_free(&s[i].e);
        free(s[i].parent);
    }
    free(s);
    if (status != GRID_OK)
        return free(w.at), status;
    return locator_open_image(w.at, w.n, false, out, err);
}
