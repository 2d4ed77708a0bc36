#include "locate/tree.h"

#include <string.h>

enum { NODE_BITS = 8 }; /* of a node's own lattice */

/* A child on its way into a node: its rectangle in 256ths of the node's sides. */
typedef struct child {
    entry e;
    uint8_t x, y;           /* corner */
    uint8_t bits_x, bits_y; /* sides are 2^bits */
} child;

static bool can_expand(const tiling *t, const child *c) {
    if (entry_kind(c->e) != ENTRY_NODE)
        return false;
    return t->cuts.at[entry_index(c->e)].upright ? c->bits_x > 0 : c->bits_y > 0;
}

/* Replaces child i by its halves. */
static void expand(const tiling *t, child *list, unsigned *n, unsigned i) {
    const cut *k = &t->cuts.at[entry_index(list[i].e)];
    child lower = list[i];
    *(k->upright ? &lower.bits_x : &lower.bits_y) -= 1;
    child upper = lower;
    if (k->upright)
        upper.x = (uint8_t)(upper.x + (1u << upper.bits_x));
    else
        upper.y = (uint8_t)(upper.y + (1u << upper.bits_y));
    lower.e = k->half[0];
    upper.e = k->half[1];
    list[i] = lower;
    list[(*n)++] = upper;
}

/* The largest children are opened first, until the node is full. */
static unsigned gather(const tiling *t, entry e, child list[NODE_FANOUT]) {
    unsigned n = 1;
    list[0] = (child){e, 0, 0, NODE_BITS, NODE_BITS};
    while (n < NODE_FANOUT) {
        int best = -1;
        for (unsigned i = 0; i < n; i++)
            if (can_expand(t, &list[i]) && (best < 0 || list[i].bits_x + list[i].bits_y >
                                                            list[best].bits_x + list[best].bits_y))
                best = (int)i;
        if (best < 0)
            break;
        expand(t, list, &n, (unsigned)best);
    }
    return n;
}

static bool pack(const tiling *t, entry e, uint8_t sx, uint8_t sy, node_list *out, entry *made) {
    *made = e;
    if (entry_kind(e) != ENTRY_NODE)
        return true;
    child list[NODE_FANOUT];
    unsigned n = gather(t, e, list);
    tree_node fresh;
    memset(&fresh, 0, sizeof fresh);
    memset(fresh.lo_x, 0xff, sizeof fresh.lo_x); /* unused lanes match nothing */
    memset(fresh.lo_y, 0xff, sizeof fresh.lo_y);
    fresh.child[NODE_FANOUT] = (uint32_t)sx | (uint32_t)sy << 8;
    for (unsigned i = 0; i < n; i++) {
        fresh.lo_x[i] = list[i].x;
        fresh.lo_y[i] = list[i].y;
        fresh.hi_x[i] = (uint8_t)(list[i].x + (1u << list[i].bits_x) - 1);
        fresh.hi_y[i] = (uint8_t)(list[i].y + (1u << list[i].bits_y) - 1);
    }
    size_t index = out->n;
    *made = entry_make(ENTRY_NODE, (uint32_t)index);
    if (!GRID_PUSH(out, fresh))
        return false;
    for (unsigned i = 0; i < n; i++) {
        entry below;
        if (!pack(t, list[i].e, (uint8_t)(sx - NODE_BITS + list[i].bits_x),
                  (uint8_t)(sy - NODE_BITS + list[i].bits_y), out, &below))
            return false;
        out->at[index].child[i] = below;
    }
    return true;
}

bool tree_pack(const tiling *t, node_list *out, entry *root) {
    return pack(t, t->root, LATTICE_BITS, LATTICE_BITS, out, root);
}

/* ---- directory ------------------------------------------------------------------------ */

enum { MIN_DIR_BITS = 3, MAX_DIR_BITS = 11 };

void directory_size(size_t n_tiles, uint8_t *bits_x, uint8_t *bits_y) {
    uint8_t bits = MIN_DIR_BITS;
    while (bits < MAX_DIR_BITS && (size_t)1 << 2 * bits < 12 * n_tiles)
        bits++;
    *bits_x = *bits_y = bits;
}

typedef struct filler {
    const tree_node *nodes;
    unsigned bits_x, bits_y;
    entry *cell;
} filler;

/* The rectangle with its corner in cell (cx, cy) and sides 2^sx, 2^sy of the nest's lattice. */
static void fill(const filler *f, entry e, uint32_t x0, uint32_t y0, unsigned sx, unsigned sy) {
    unsigned cell_x = LATTICE_BITS - f->bits_x, cell_y = LATTICE_BITS - f->bits_y;
    if (sx < cell_x || sy < cell_y)
        return;
    for (uint32_t y = 0; y < UINT32_C(1) << (sy - cell_y); y++) {
        entry *row = f->cell + (((size_t)(y0 >> cell_y) + y) << f->bits_x) + (x0 >> cell_x);
        for (uint32_t x = 0; x < UINT32_C(1) << (sx - cell_x); x++)
            row[x] = e;
    }
    if (entry_kind(e) != ENTRY_NODE)
        return;
    const tree_node *n = &f->nodes[entry_index(e)];
    for (unsigned i = 0; i < NODE_FANOUT; i++) {
        if (n->lo_x[i] > n->hi_x[i])
            continue;
        unsigned width = (unsigned)n->hi_x[i] - n->lo_x[i] + 1;
        unsigned height = (unsigned)n->hi_y[i] - n->lo_y[i] + 1;
        fill(f, n->child[i], x0 + ((uint32_t)n->lo_x[i] << (sx - NODE_BITS)),
             y0 + ((uint32_t)n->lo_y[i] << (sy - NODE_BITS)),
             sx - NODE_BITS + (unsigned)__builtin_ctz(width),
             sy - NODE_BITS + (unsigned)__builtin_ctz(height));
    }
}

void directory_fill(const tree_node *nodes, entry root, unsigned bits_x, unsigned bits_y,
                    entry *cell) {
    const filler f = {nodes, bits_x, bits_y, cell};
    fill(&f, root, 0, 0, LATTICE_BITS, LATTICE_BITS);
}
