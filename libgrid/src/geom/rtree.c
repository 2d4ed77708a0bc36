/*
 * Packed R-tree: the boxes in Hilbert order are the leaves; every NODE of them share a
 * parent box, and so on up to one root. Levels lie behind one another in one array,
 * so a node's children are found by arithmetic and need no pointers.
 */
#include <grid/geom.h>

#include "base/base.h"
#include "base/vec.h"

#include <string.h>

enum { NODE = 16, MAX_LEVELS = 18 };

struct grid_rtree {
    size_t n;                       /* leaves */
    unsigned levels;                /* 0 for an empty tree */
    size_t level_start[MAX_LEVELS]; /* in box[]; level 0 is the leaves */
    size_t level_size[MAX_LEVELS];
    grid_box *box;
    size_t *item; /* leaf -> number of the caller's box */
};

/* Hilbert curve by the usual rotate-and-reflect walk from the top bit down. */
static uint32_t hilbert_index(uint32_t x, uint32_t y) {
    uint32_t index = 0;
    for (uint32_t s = 1u << 15; s > 0; s >>= 1) {
        uint32_t rx = (x & s) != 0, ry = (y & s) != 0;
        index += s * s * ((3 * rx) ^ ry);
        if (ry == 0) {
            if (rx == 1) {
                x = 0xffff - x;
                y = 0xffff - y;
            }
            uint32_t swap = x;
            x = y;
            y = swap;
        }
    }
    return index;
}

static uint32_t to_16_bits(double v, double min, double max) {
    double t = max > min ? (v - min) / (max - min) : 0;
    return t > 0 ? t < 1 ? (uint32_t)(t * 65535) : 65535 : 0;
}

uint32_t grid_hilbert(const grid_box *box, double x, double y) {
    return hilbert_index(to_16_bits(x, box->min_x, box->max_x),
                         to_16_bits(y, box->min_y, box->max_y));
}

typedef struct sort_key {
    uint32_t hilbert;
    size_t item;
} sort_key;

static int compare_keys(const void *a, const void *b) {
    const sort_key *x = a, *y = b;
    if (x->hilbert != y->hilbert)
        return x->hilbert < y->hilbert ? -1 : 1;
    return x->item < y->item ? -1 : x->item > y->item;
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

static size_t sort_by_hilbert(const grid_box *boxes, size_t n, sort_key *keys) {
    grid_box all = grid_box_empty();
    for (size_t i = 0; i < n; i++)
        if (!is_empty(&boxes[i]))
            extend(&all, &boxes[i]);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (is_empty(&boxes[i]))
            continue;
        double x = boxes[i].min_x + (boxes[i].max_x - boxes[i].min_x) / 2;
        double y = boxes[i].min_y + (boxes[i].max_y - boxes[i].min_y) / 2;
        keys[kept++] = (sort_key){grid_hilbert(&all, x, y), i};
    }
    qsort(keys, kept, sizeof *keys, compare_keys);
    return kept;
}

grid_status grid_rtree_build(const grid_box *boxes, size_t n, grid_rtree **out, grid_error *err) {
    *out = NULL;
    grid_rtree *tree = GRID_NEW(grid_rtree, 1);
    sort_key *keys = GRID_NEW(sort_key, n);
    if (tree == NULL || keys == NULL)
        goto no_memory;
    tree->n = sort_by_hilbert(boxes, n, keys);
    tree->box = GRID_NEW(grid_box, plan_levels(tree, tree->n));
    tree->item = GRID_NEW(size_t, tree->n);
    if (tree->box == NULL || tree->item == NULL)
        goto no_memory;
    for (size_t i = 0; i < tree->n; i++) {
        tree->item[i] = keys[i].item;
        tree->box[i] = boxes[keys[i].item];
    }
    fill_parents(tree);
    free(keys);
    *out = tree;
    return GRID_OK;
no_memory:
    free(keys);
    grid_rtree_free(tree);
    return grid_fail_nomem(err);
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
