/*
 * tree.h - random spanning trees that join what belongs together first (the inside of a compound,
 * then across walls, lanes, roads and arterials last), with the true price of every cut that
 * takes one edge out of the tree.
 */
#ifndef GRID_SRC_PARTITION_TREE_H
#define GRID_SRC_PARTITION_TREE_H

#include "partition/piece.h"
#include "partition/random.h"

/** A connected set of nodes and the tree drawn on it last. Scratch memory, used again and again. */
typedef struct tree {
    const piece *p;
    uint32_t n;       /* nodes of the set */
    uint32_t n_edges; /* graph edges inside the set */
    uint32_t *node;   /* the set, as numbers in the piece */
    uint32_t *local;  /* per node of the piece: its number in the set, if it is in it */
    struct tree_edge {
        uint32_t a, b; /* numbers in the set */
        int64_t cost, length_mm;
        uint8_t rank;
    } * edge;
    int64_t *rim_of; /* per number in the set: its outline towards outside the set */
    uint16_t *key;
    uint32_t *sorted, *spare;
    uint32_t *leader; /* union-find */
    uint32_t *link;   /* adjacency of the tree: 2 (n - 1) entries */
    uint32_t *link_start;
    /* By preorder position 0 .. n-1; a subtree is a run of positions. */
    uint32_t *order;  /* number in the set */
    uint32_t *at;     /* per number in the set: position */
    uint32_t *parent; /* position */
    uint32_t *size;
    int64_t *w;                           /* n * n_measures: weight of the subtree */
    int64_t *cut;                         /* price of cutting the subtree off */
    int64_t *cut_mm;                      /* length of that border */
    int64_t *area_dm2, *rim_mm;           /* of the subtree; the rim is towards outside the set */
    uint32_t *inlabel, *ascendant, *head; /* lowest common ancestors */
} tree;

GRID_MUST_USE bool tree_init(tree *t, const piece *p);
void tree_free(tree *t);

/** Takes a set of nodes; trees are then drawn on it. */
void tree_load(tree *t, const uint32_t *nodes, uint32_t n);

/** Draws a tree. False when the set is not connected. */
bool tree_draw(tree *t, random_source *random);

#endif
