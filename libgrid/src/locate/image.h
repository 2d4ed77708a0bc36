/*
 * image.h - the index as it lies in memory and in a file.
 *
 * A *nest* is one layer of areas (its base) with the layers that are unions of its units, such as
 * the levels of a division; it is answered in one look-up. A nest is cut into disjoint tiles,
 * rectangles of a 31-bit lattice whose sides are powers of two. A tile that no border enters is a
 * face tile: its answer is known. The others are border tiles: one cache line with up to eight
 * pieces of border on a 14-bit lattice of their own, which answer all points but those that lie
 * too near to a piece; these are answered by exact arithmetic on the original coordinates.
 *
 * The tiles hang in an R-tree whose siblings are disjoint, so that a descent is one path. The
 * directory, a plain grid over the nest, is derived from the tree: each of its cells holds the
 * lowest entry of the tree that covers the cell, and only shortens the descent.
 */
#ifndef GRID_LOCATE_IMAGE_H
#define GRID_LOCATE_IMAGE_H

#include <grid/locate.h>

/* ---- entries: what a point is led to ------------------------------------------------- */

enum {
    ENTRY_BITS = 30,
    ENTRY_FACE = 0,
    ENTRY_TILE = 1,
    ENTRY_NODE = 2,
};

typedef uint32_t entry;

static inline entry entry_make(uint32_t kind, uint32_t index) {
    return kind << ENTRY_BITS | index;
}
static inline uint32_t entry_kind(entry e) {
    return e >> ENTRY_BITS;
}
static inline uint32_t entry_index(entry e) {
    return e & ((UINT32_C(1) << ENTRY_BITS) - 1);
}

/**
 * A face is a number: a base unit (in the order of codes), n_units for none, or above that one of
 * the nest's sets of several units that overlap.
 */
typedef uint32_t face;

/** In a tile's slots: overlapping units, to be found exactly. */
#define FACE_EXACT UINT32_MAX

/* ---- tiles and nodes ----------------------------------------------------------------- */

enum {
    LATTICE_BITS = 31, /* of a nest */
    TILE_BITS = 14,    /* of a tile; no tile is narrower than 2^TILE_BITS of the nest's lattice */
    TILE_PIECES = 8,
    TILE_PLANES = 3,
    TILE_IS_EXACT = 1,    /* has no usable pieces: every point is answered exactly; slot[1] edges */
    TILE_HAS_PALETTE = 2, /* more than four faces: slot[0] is where their eight slots begin */
    NODE_FANOUT = 15,
};

/**
 * A border tile. Pieces run from v[i] to v[i + 1]. A point's face is slot[k], where bit j of k
 * is the parity of plane[j] among the pieces that lie between the point and the tile's south-west
 * corner. slot[0] is that corner's face.
 */
typedef struct border_tile {
    int16_t v[TILE_PIECES + 1][2];
    uint8_t plane[TILE_PLANES];
    uint8_t live;   /* pieces of real border, near which a point is answered exactly */
    uint8_t sx, sy; /* the tile's sides are 2^sx and 2^sy */
    uint8_t flags;
    uint8_t n_edges; /* edges to look at for an exact answer */
    uint32_t slot[4];
    uint32_t first_edge; /* in the nest's `edge` */
} border_tile;

/** Edges to look at for an exact answer in the tile. */
static inline uint32_t border_tile_edges(const border_tile *t) {
    return t->flags & TILE_IS_EXACT ? t->slot[1] : t->n_edges;
}

/** Boxes of a node's children in 256ths of its sides; the last lane holds sx | sy << 8. */
typedef struct tree_node {
    uint8_t lo_x[16], lo_y[16], hi_x[16], hi_y[16];
    entry child[16];
} tree_node;

_Static_assert(sizeof(border_tile) == 64, "a tile is a cache line");
_Static_assert(sizeof(tree_node) == 128, "a node is two cache lines");

/** Border between two units: the vertices from first_vertex on, up to the next arc's first. */
typedef struct border_arc {
    uint32_t first_vertex;
    uint32_t left, right; /* base units; n_units for none */
} border_arc;

/* ---- sections ------------------------------------------------------------------------ */

/** An array in the image, by its distance from the beginning. */
typedef struct section {
    uint64_t offset, n;
} section;

/** A word per unit: bytes start[i] .. start[i + 1] - 2, then a NUL. Both empty for no words. */
typedef struct words_image {
    section start; /* uint64_t[units + 1] */
    section text;
} words_image;

enum { WORDS_CODE, WORDS_LABEL, WORDS_KIND, N_WORDS };

/** One answered layer. */
typedef struct layer_image {
    section name; /* bytes, with a NUL */
    words_image words[N_WORDS];
    section feature; /* uint32_t[n_units + 1]: the layer's feature for a base unit; GRID_NONE */
    section rank;    /* uint32_t[n_units + 1]: the same in the order of the layer's codes */
    section by_rank; /* uint32_t[features]: feature of a rank */
    uint32_t nest;
    uint32_t n_features;
} layer_image;

typedef struct nest_image {
    double min_x, min_y, max_x, max_y; /* of the areas */
    double origin_x, origin_y;         /* lattice x = (x - origin_x) * scale_x */
    double scale_x, scale_y;           /* powers of two */
    uint32_t n_units;
    entry root;
    uint8_t dir_bits_x, dir_bits_y;
    uint8_t unused[6];
    section node, tile, palette, dir; /* node, tile, uint32_t, entry */
    section set_start, set_member;    /* uint32_t: sets of overlapping units */
    section edge;                     /* uint32_t: first vertices of a tile's edges */
    section arc, xy;                  /* arc, grid_xy */
} nest_image;

enum { IMAGE_VERSION = 2 };

typedef struct index_image {
    char magic[8]; /* "gridx\r\n\0": text-mode copies show */
    uint32_t version, byte_order;
    uint64_t size;
    uint64_t header_sum; /* of the header, with this field 0 */
    section sums;        /* uint64_t per block of what lies before; guard.h. Last in the file */
    uint64_t sum_of_sums;
    section layer, nest; /* layer_image, nest_image */
    section origin, crs; /* bytes with a NUL, as given on saving; empty before */
} index_image;

/* ---- in memory ----------------------------------------------------------------------- */

/** A nest with its sections resolved. */
typedef struct nest_view {
    const nest_image *head;
    const tree_node *node;
    const border_tile *tile;
    const uint32_t *palette;
    const entry *dir; /* NULL: every descent starts at the root */
    const entry *all_dir;
    const uint32_t *set_start, *set_member;
    const uint32_t *edge;
    const border_arc *arc;
    const grid_xy *xy;
    uint32_t n_arcs;
    unsigned dir_shift_x, dir_shift_y;
    uint32_t *layer; /* the layers that this nest answers */
    uint32_t n_layers;
} nest_view;

typedef struct layer_view {
    grid_hit *hit; /* per base unit and nobody: the answer */
    const char *name;
    const uint64_t *word_start[N_WORDS]; /* NULL without words */
    const char *word_text[N_WORDS];
    uint32_t n_features;
    const uint32_t *feature, *rank, *by_rank;
    uint32_t nest;
} layer_view;

/** Which code answers border tiles. All give the same answers. */
typedef enum kernel_id { KERNEL_PLAIN, KERNEL_SSE, KERNEL_AVX2 } kernel_id;

struct image_guard;

struct grid_locator {
    const index_image *image;
    struct image_guard *guard; /* NULL: all of the image can be trusted */
    size_t size;
    bool mapped;
    kernel_id kernel;
    uint32_t n_layers, n_nests;
    layer_view *layer;
    nest_view *nest;
};

/* ---- lattice ------------------------------------------------------------------------- */

static inline double lattice_x(const nest_image *h, double x) {
    return (x - h->origin_x) * h->scale_x;
}
static inline double lattice_y(const nest_image *h, double y) {
    return (y - h->origin_y) * h->scale_y;
}

/**
 * The point that a tile's or node's rectangle is anchored at, one lattice step south-west of its
 * corner (x0, y0): what is known there is carried to other points of the rectangle by
 * counting the edges on the way.
 */
static inline grid_xy lattice_anchor(const nest_image *h, uint32_t x0, uint32_t y0) {
    return (grid_xy){h->origin_x + ((double)x0 - 1) / h->scale_x,
                     h->origin_y + ((double)y0 - 1) / h->scale_y};
}

#endif
