/*
 * tree.h - the R-tree over a nest's tiles, and the directory derived from it.
 */
#ifndef GRID_LOCATE_TREE_H
#define GRID_LOCATE_TREE_H

#include "locate/tiles.h"

typedef GRID_VEC(tree_node) node_list;

/** Packs a binary tree of cuts into nodes of NODE_FANOUT; *root gets the tree's root. */
bool tree_pack(const tiling *t, node_list *out, entry *root);

/** How fine a directory suits so many tiles. */
void directory_size(size_t n_tiles, uint8_t *bits_x, uint8_t *bits_y);

/** Fills 2^(bits_x + bits_y) cells, row by row from the south, with entries to start from. */
void directory_fill(const tree_node *nodes, entry root, unsigned bits_x, unsigned bits_y,
                    entry *cell);

#endif
