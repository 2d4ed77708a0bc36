/*
 * net.h - a division of one piece while it is being improved: labels, members and totals of
 * every grid, and the price of it all.
 */
#ifndef GRID_SRC_PARTITION_NET_H
#define GRID_SRC_PARTITION_NET_H

#include "partition/split.h"

typedef struct net {
    const piece *p;
    const rule_set *rules;
    uint32_t k;
    uint32_t *label;               /* per node */
    uint32_t *next, *prev;         /* per node: the members of its grid, a list */
    uint32_t *head, *size;         /* per grid; room for one grid a node */
    uint32_t *heavy;               /* per grid: cells above a hard maximum alone */
    int64_t *beside;               /* per grid: n_measures, without those cells */
    int64_t *w;                    /* per grid: n_measures */
    int64_t *area_dm2, *rim_mm;    /* per grid: sums of its nodes */
    int64_t *cut_mm;               /* per grid: its borders with other grids */
    int64_t *own;                  /* per grid: its price by the rules and for its shape */
    uint32_t *id;                  /* per grid: the old grid that it is; GRID_NONE for a new one */
    int64_t border;                /* price of the borders between grids */
    int64_t price;                 /* border + all own */
    uint32_t n_out;                /* grids out of a hard range */
    uint32_t *mark, *queue, stamp; /* scratch of searches */
} net;

GRID_MUST_USE bool net_init(net *g, const piece *p, const rule_set *rules);
void net_free(net *g);

/** Makes `label` (numbers 0 .. k-1, none empty) the division, of new grids. */
void net_set(net *g, const uint32_t *label, uint32_t k);

/**
 * Replaces the grids old[0 .. n_old-1], with borders of price `old_border` among them, by those of
 * `s`, which have the same nodes: part i takes the number of old[i]. At most one of the old ones
 * goes, the last.
 */
void net_replace(net *g, const uint32_t *old, uint32_t n_old, int64_t old_border, const split *s);

/** What the own prices of both grids gain when node v goes to grid `to`. */
int64_t net_own_gain(const net *g, uint32_t v, uint32_t to);

/** Puts node v into grid `to`, with the gain in border price known. */
void net_move(net *g, uint32_t v, uint32_t to, int64_t border_gain);

/**
 * True when a grid is out of a hard range and not because of an indivisible cell, which may have no
 * more beside it than a grid holds.
 */
bool net_is_out(const net *g, uint32_t grid);

/** True when the grid of v stays connected and not empty without v. */
bool net_can_leave(net *g, uint32_t v);

/* ---- some grids by themselves -------------------------------------------------------------- */

/** True when `grid` is among grids[0 .. n-1]. */
bool net_is_among(const uint32_t *grids, uint32_t n, uint32_t grid);

/** Lists the nodes of grids[0 .. n-1] in node[]; returns how many there are. */
uint32_t net_list_nodes(const net *g, const uint32_t *grids, uint32_t n, uint32_t *node);

/**
 * Makes the listed nodes, which are sorted, a piece of their own, and `local` its division into the
 * grids as they are, numbered 0 .. n-1. `label` is scratch, an entry a node. False when memory ran
 * out; net_free and piece_free either way.
 */
GRID_MUST_USE bool net_take_grids(const net *g, const uint32_t *grids, uint32_t n, uint32_t *node,
                                  uint32_t n_nodes, uint32_t *label, piece *part, net *local);

#endif
