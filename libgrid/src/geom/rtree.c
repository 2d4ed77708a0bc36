/*
 * Packed R-tree: the boxes in Hilbert order are the leaves; every NODE of them share a
 * parent box, and so on up to one root. Levels lie behind one another in one array,
 * so a node's children are found by arithmetic and need no pointers.
 */
#include <grid/geom.h>

#include "base/base.h"
#include "base/radix.h"

enum { NODE = 16, MAX_LEVELS = 18 };

struct grid_rtree {
    size_t n;                       /* leaves */
    unsigned levels;                /* 0 for an empty tree */
    size_t level_start[MAX_LEVELS]; /* in box[]; level 0 is the leaves */
    size_t level_size[MAX_LEVELS];
    grid_box *box;
    size_t *item; /* leaf -> number of the caller's box */
};

/* Bit i of a number of 16 bits becomes bit 2 i. */
static uint32_t spread_bits(uint32_t v) {
    v = (v | v << 8) & 0x00ff00ff;
    v = (v | v << 4) & 0x0f0f0f0f;
    v = (v | v << 2) & 0x33333333;
    return (v | v << 1) & 0x55555555;
}

/*
 * How the curve is turned in a square is the product of the turns in all larger ones around it; a
 * parallel prefix over the bits multiplies them in four steps. a, b: turns; c, d: reflections.
 * Source: https://github.com/rawrunprotected/hilbert_curves (public domain).
 */
static uint32_t hilbert_index(uint32_t x, uint32_t y) {
    const uint32_t ones = 0xffff;
    uint32_t a = x ^ y, b = ones ^ a, c = ones ^ (x | y), d = x & (ones ^ y);
    uint32_t e = a | b >> 1, f = a >> 1 ^ a;
    uint32_t g = (c >> 1 ^ (b & d >> 1)) ^ c, h = ((a & c >> 1) ^ d >> 1) ^ d;
    for (int step = 2; step <= 8; step *= 2) {
        a = e, b = f, c = g, d = h;
        e = (a & a >> step) ^ (b & b >> step);
        f = (a & b >> step) ^ (b & (a ^ b) >> step);
        g ^= (a & c >> step) ^ (b & d >> step);
        h ^= (b & c >> step) ^ ((a ^ b) & d >> step);
    }
    a = g ^ g >> 1;
    b = h ^ h >> 1;
    uint32_t low = x ^ y, high = b | (ones ^ (low | a));
    return spread_bits(high) << 1 | spread_bits(low);
}

static uint32_t to_16_bits(double v, double min, double max) {
    double t = max > min ? (v - min) / (max - min) : 0;
    return t > 0 ? t < 1 ? (uint32_t)(t * 65535) : 65535 : 0;
}

uint32_t grid_hilbert(const grid_box *box, double x, double y) {
    return hilbert_index(to_16_bits(x, box->min_x, box->max_x),
                         to_16_bits(y, box->min_y, box->max_y));
}

static void extend(grid_box *box, const grid_box *by) {
    grid_box_add(box, by->min_x, by->min_y);
    grid_box_add(box, by->max_x, by->max_y);
}

static size_t plan_levels(grid_rtree *tree, size_t n) {
    size_t total = 0;
    for (size_t size = n; size > 0; size = size > 1 ? (size + NODE - 1) / NODE : 0) {
        tree->level_start[tree->levels] = total;
        tree->level_size[tree->levels++] = size;
        total += size;
    }
    return total;
}

static void fill_parents(grid_rtree *tree) {
    for (unsigned level = 1; level < tree->levels; level++) {
        const grid_box *below = tree->box + tree->level_start[level - 1];
        for (size_t i = 0; i < tree->level_size[level]; i++) {
            grid_box box = grid_box_empty();
            for (size_t j = i * NODE; j < tree->level_size[level - 1] && j < (i + 1) * NODE; j++)
                extend(&box, &below[j]);
            tree->box[tree->level_start[level] + i] = box;
        }
    }
}

static bool is_empty(const grid_box *box) {
    return !(box->min_x <= box->max_x && box->min_y <= box->max_y);
}

/* The boxes that are not empty, in the curve's order. */
static bool sort_by_hilbert(const grid_box *boxes, size_t n, radix_keys *keys) {
    grid_box all = grid_box_empty();
    for (size_t i = 0; i < n; i++)
        if (!is_empty(&boxes[i]))
            extend(&all, &boxes[i]);
    if (!GRID_RESERVE(keys, n))
        return false;
    for (size_t i = 0; i < n; i++) {
        if (is_empty(&boxes[i]))
            continue;
        double x = boxes[i].min_x + (boxes[i].max_x - boxes[i].min_x) / 2;
        double y = boxes[i].min_y + (boxes[i].max_y - boxes[i].min_y) / 2;
        keys->at[keys->n++] = (radix_key){grid_hilbert(&all, x, y), (uint32_t)i};
    }
    return radix_sort(keys);
}

static bool fill_leaves(grid_rtree *tree, const grid_box *boxes, const radix_keys *keys) {
    tree->n = keys->n;
    tree->box = GRID_NEW(grid_box, plan_levels(tree, tree->n));
    tree->item = GRID_NEW(size_t, tree->n);
    if (tree->box == NULL || tree->item == NULL)
        return false;
    for (size_t i = 0; i < tree->n; i++) {
        tree->item[i] = keys->at[i].item;
        tree->box[i] = boxes[keys->at[i].item];
    }
    return true;
}

grid_status grid_rtree_build(const grid_box *boxes, size_t n, grid_rtree **out, grid_error *err) {
    *out = NULL;
    if (n > UINT32_MAX)
        return grid_fail(err, GRID_E_INPUT, "", "more than 2^32 boxes to index");
    grid_rtree *tree = GRID_NEW(grid_rtree, 1);
    radix_keys keys = {0};
    bool done = tree != NULL && sort_by_hilbert(boxes, n, &keys) && fill_leaves(tree, boxes, &keys);
    GRID_VEC_FREE(&keys);
    if (!done) {
        grid_rtree_free(tree);
        return grid_fail_nomem(err);
    }
    fill_parents(tree);
    *out = tree;
    return GRID_OK;
}

grid_status grid_rtree_build_shapes(const grid_shapes *shapes, grid_rtree **out, grid_error *err) {
    *out = NULL;
    grid_box *boxes = GRID_NEW(grid_box, shapes->n);
    if (boxes == NULL)
        return grid_fail_nomem(err);
    for (size_t f = 0; f < shapes->n; f++)
        boxes[f] = grid_shapes_box(shapes, f);
    grid_status status = grid_rtree_build(boxes, shapes->n, out, err);
    free(boxes);
    return status;
}

void grid_rtree_free(grid_rtree *tree) {
    if (tree == NULL)
        return;
    free(tree->box);
    free(tree->item);
    free(tree);
}

/* Depth first; false when the visitor ended the search. */
static bool search(const grid_rtree *tree, unsigned level, size_t begin, size_t end,
                   const grid_box *query, grid_rtree_visit *visit, void *user) {
    const grid_box *boxes = tree->box + tree->level_start[level];
    if (end > tree->level_size[level])
        end = tree->level_size[level];
    for (size_t i = begin; i < end; i++) {
        if (!grid_box_overlaps(&boxes[i], query))
            continue;
        bool go_on = level == 0
                         ? visit(user, tree->item[i])
                         : search(tree, level - 1, i * NODE, (i + 1) * NODE, query, visit, user);
        if (!go_on)
            return false;
    }
    return true;
}

void grid_rtree_find(const grid_rtree *tree, const grid_box *query, grid_rtree_visit *visit,
                     void *user) {
    if (tree->levels > 0)
        search(tree, tree->levels - 1, 0, 1, query, visit, user);
}
