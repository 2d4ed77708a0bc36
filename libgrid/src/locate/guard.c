#include "locate/guard.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

/* ---- sums ---------------------------------------------------------------------------- */

/* Eight lanes of xor and multiply over 64-byte blocks, joined at the end. Every step is a
 * bijection of its lane. */
uint64_t guard_sum(const void *bytes, size_t n) {
    enum { LANES = 8 };
    const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
    uint64_t lane[LANES], word[LANES], sum = n;
    for (unsigned i = 0; i < LANES; i++)
        lane[i] = odd * (i + 1);
    for (size_t at = 0; at < n; at += sizeof word) {
        if (n - at < sizeof word)
            memset(word, 0, sizeof word);
        memcpy(word, (const unsigned char *)bytes + at,
               n - at < sizeof word ? n - at : sizeof word);
        for (unsigned i = 0; i < LANES; i++) {
            lane[i] = (lane[i] ^ word[i]) * odd;
            lane[i] ^= lane[i] >> 32;
        }
    }
    for (unsigned i = 0; i < LANES; i++)
        sum = (sum ^ lane[i]) * odd + (sum >> 29);
    return sum;
}

size_t guard_blocks(size_t end) {
    return (end + GUARD_BLOCK - 1) / GUARD_BLOCK;
}

static uint64_t sum_block(const unsigned char *bytes, size_t begin, size_t end, size_t block) {
    size_t from = block * GUARD_BLOCK, to = from + GUARD_BLOCK;
    from = from < begin ? begin : from;
    to = to > end ? end : to;
    return to > from ? guard_sum(bytes + from, to - from) : 0;
}

void guard_sum_blocks(const unsigned char *bytes, size_t begin, size_t end, uint64_t *sum) {
    for (size_t i = 0; i < guard_blocks(end); i++)
        sum[i] = sum_block(bytes, begin, end, i);
}

/* ---- blocks -------------------------------------------------------------------------- */

image_guard *guard_new(const unsigned char *bytes, size_t begin, size_t end, const uint64_t *sum) {
    image_guard *g = GRID_NEW(image_guard, 1);
    if (g == NULL)
        return NULL;
    g->bytes = bytes;
    g->begin = begin;
    g->end = end;
    g->sum = sum;
    g->known = GRID_NEW(_Atomic uint8_t, guard_blocks(end));
    if (g->known == NULL)
        return free(g), NULL;
    return g;
}

void guard_free(image_guard *g) {
    if (g != NULL)
        free(g->known);
    free(g);
}

static bool fail(image_guard *g) {
    atomic_store(&g->damaged, true);
    return false;
}

static bool block_holds(image_guard *g, size_t block) {
    if (atomic_load_explicit(&g->known[block], memory_order_relaxed))
        return true;
    if (sum_block(g->bytes, g->begin, g->end, block) != g->sum[block])
        return fail(g);
    atomic_store_explicit(&g->known[block], 1, memory_order_relaxed);
    return true;
}

bool guard_holds(image_guard *g, const void *at, size_t n) {
    size_t from = (size_t)((const unsigned char *)at - g->bytes);
    if (n == 0)
        return true;
    if (from < g->begin || from + n > g->end)
        return fail(g);
    for (size_t block = from / GUARD_BLOCK; block <= (from + n - 1) / GUARD_BLOCK; block++)
        if (!block_holds(g, block))
            return false;
    return true;
}

/* ---- numbers that lead elsewhere ----------------------------------------------------- */

static bool face_is_sound(const nest_view *n, face f) {
    return f <= n->head->n_units + n->head->set_start.n;
}

static bool slots_are_sound(const nest_view *n, const border_tile *t) {
    if (t->flags & TILE_HAS_PALETTE) /* the palette's own faces were checked on opening */
        return (uint64_t)t->slot[0] + (1 << TILE_PLANES) <= n->head->palette.n &&
               face_is_sound(n, n->palette[t->slot[0]]);
    if (!face_is_sound(n, t->slot[0])) /* what exact answers begin with */
        return false;
    for (unsigned i = 1; i < 4 && !(t->flags & TILE_IS_EXACT); i++)
        if (t->slot[i] != FACE_EXACT && !face_is_sound(n, t->slot[i]))
            return false;
    return true;
}

static bool tile_is_sound(const nest_view *n, const border_tile *t) {
    bool exact = t->flags & TILE_IS_EXACT, palette = t->flags & TILE_HAS_PALETTE;
    uint32_t count = exact ? t->slot[1] : t->n_edges;
    return t->sx >= TILE_BITS && t->sx <= LATTICE_BITS && t->sy >= TILE_BITS &&
           t->sy <= LATTICE_BITS && (uint64_t)t->first_edge + count <= n->head->edge.n &&
           !(exact && palette) && slots_are_sound(n, t);
}

static bool child_is_sound(const nest_view *n, uint32_t parent, entry e) {
    uint32_t index = entry_index(e);
    switch (entry_kind(e)) {
    case ENTRY_FACE:
        return face_is_sound(n, index);
    case ENTRY_TILE:
        return index < n->head->tile.n;
    case ENTRY_NODE: /* children lie behind their parents, so that every descent ends */
        return index > parent && index < n->head->node.n;
    default:
        return false;
    }
}

static bool node_is_sound(const nest_view *n, uint32_t index) {
    const tree_node *t = &n->node[index];
    unsigned sx = t->child[NODE_FANOUT] & 0xff, sy = t->child[NODE_FANOUT] >> 8;
    bool sound = sx >= 8 && sx <= LATTICE_BITS && sy >= 8 && sy <= LATTICE_BITS;
    for (unsigned i = 0; i < NODE_FANOUT && sound; i++)
        sound = child_is_sound(n, index, t->child[i]);
    return sound;
}

entry guard_entry(image_guard *g, const nest_view *n, entry e) {
    uint32_t index = entry_index(e);
    bool sound;
    switch (entry_kind(e)) {
    case ENTRY_FACE:
        sound = face_is_sound(n, index);
        break;
    case ENTRY_TILE:
        sound = index < n->head->tile.n && guard_holds(g, &n->tile[index], sizeof *n->tile) &&
                tile_is_sound(n, &n->tile[index]);
        break;
    case ENTRY_NODE:
        sound = index < n->head->node.n && guard_holds(g, &n->node[index], sizeof *n->node) &&
                node_is_sound(n, index);
        break;
    default:
        sound = false;
    }
    if (sound)
        return e;
    fail(g);
    return entry_make(ENTRY_FACE, n->head->n_units);
}

entry guard_cell(image_guard *g, const nest_view *n, uint32_t cell) {
    if (!guard_holds(g, &n->dir[cell], sizeof *n->dir))
        return entry_make(ENTRY_FACE, n->head->n_units);
    return n->dir[cell]; /* guard_entry follows */
}

static bool edge_is_sound(const nest_view *n, uint32_t v) {
    return (uint64_t)v + 1 < n->head->xy.n;
}

bool guard_edges(image_guard *g, const nest_view *n, uint32_t first_edge, uint32_t count) {
    if (!guard_holds(g, &n->edge[first_edge], count * sizeof *n->edge))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t v = n->edge[first_edge + i];
        if (!edge_is_sound(n, v))
            return fail(g);
        if (!guard_holds(g, &n->xy[v], 2 * sizeof *n->xy))
            return false;
    }
    return true;
}

/* ---- all of it ----------------------------------------------------------------------- */

/* Where a descent may begin: at any node. */
static bool start_is_sound(const nest_view *n, entry e) {
    return entry_kind(e) == ENTRY_NODE ? entry_index(e) < n->head->node.n : child_is_sound(n, 0, e);
}

static bool nest_is_sound(const nest_view *n) {
    const nest_image *h = n->head;
    bool sound = start_is_sound(n, h->root);
    for (uint64_t i = 0; i < h->dir.n; i++)
        sound &= start_is_sound(n, n->all_dir[i]);
    for (uint64_t i = 0; i < h->node.n && sound; i++)
        sound = node_is_sound(n, (uint32_t)i);
    for (uint64_t i = 0; i < h->tile.n && sound; i++)
        sound = tile_is_sound(n, &n->tile[i]);
    for (uint64_t i = 0; i < h->edge.n; i++)
        sound &= edge_is_sound(n, n->edge[i]);
    return sound;
}

bool guard_check_all(const grid_locator *l) {
    image_guard *g = l->guard;
    if (g == NULL || atomic_load(&g->whole))
        return true;
    for (size_t block = 0; block < guard_blocks(g->end); block++)
        if (!block_holds(g, block))
            return false;
    for (uint32_t i = 0; i < l->n_nests; i++)
        if (!nest_is_sound(&l->nest[i]))
            return fail(g);
    atomic_store(&g->whole, true);
    return true;
}

/* Asking costs a point some nanoseconds, and checking a byte a small part of one: once so many have
 * asked, all of it is checked. */
enum { BYTES_PER_POINT = 40 };

image_guard *guard_for(const grid_locator *l, size_t n_points) {
    image_guard *g = l->guard;
    if (g == NULL || atomic_load_explicit(&g->whole, memory_order_acquire))
        return NULL;
    uint64_t before = atomic_fetch_add_explicit(&g->points, n_points, memory_order_relaxed);
    uint64_t many = g->end / BYTES_PER_POINT;
    bool now = before <= many && before + n_points > many; /* one thread's turn */
    return now && guard_check_all(l) ? NULL : g;
}
