/*
 * mend_build.h - what the parts of mending a group share: mend_settle.c decides who gets a face,
 * mend_outline.c reads the units' new edges off the arrangement, mend_places.c moves crossings to
 * vertices that they all but meet, mend_vertices.c decides which vertices go, and mend.c writes the
 * units.
 */
#ifndef GRID_SRC_COVER_MEND_BUILD_H
#define GRID_SRC_COVER_MEND_BUILD_H

#include "cover/faces.h"
#include "cover/mend.h"

/* A directed edge of a unit's new outline. */
typedef struct mend_edge {
    uint32_t unit, from, to; /* nodes */
    uint64_t key;
} mend_edge;

typedef GRID_VEC(uint32_t) unit_list;

/* What a unit shares with others, face by face, and then in all. */
typedef struct stake {
    uint32_t unit;
    double area;
} stake;

typedef struct mender {
    mend_level *m;
    const region_level *level;
    faces f;
    bool *settled;      /* per face: it gets one owner, or none */
    uint32_t *final;    /* per face: that one; GRID_NONE */
    uint64_t *own_edge; /* edges in the arrangement: child << 32 | vertex, ascending */
    size_t n_own_edges;
    GRID_VEC(stake) stake; /* by unit */
    GRID_VEC(mend_edge) outline;
    unit_list touched;  /* units that are written anew, ascending */
    unit_list kept;     /* but these are left as they were */
    uint32_t *place;    /* per node: the one that it is moved to, or itself */
    uint8_t *degree;    /* per node: final edges there, 3 for more */
    uint32_t *at_node;  /* per node: two of them */
    bool *anchored;     /* per place: other edges of units end there */
    bool *near_settled; /* per node */
    bool *drop;         /* per node: no outline needs it */
} mender;

/** The nodes that others are moved to, by their cells: a hash table. */
typedef struct mend_places {
    uint32_t *slot; /* node + 1 */
    size_t mask;
    const grid_xy *node;
    double radius; /* of moving, and the width of a cell */
} mend_places;

/** Where a node is in the end. */
static inline grid_xy mend_place(const mender *k, uint32_t node) {
    return k->f.a->node[k->place[node]];
}

/** How often a unit is over a labelled face. */
static inline int32_t cover_of(const faces *f, uint32_t face, uint32_t unit) {
    for (uint32_t i = 0; i < f->set_n[face]; i++)
        if (f->coverers.at[f->set[face] + i].owner == unit)
            return f->coverers.at[f->set[face] + i].count;
    return 0;
}

/** Adds cuts across long gaps, from where two of their neighbours meet. */
GRID_MUST_USE bool mend_cut_gaps(mender *k);

/** Sets `settled` and `final`. */
GRID_MUST_USE bool mend_settle_faces(mender *k);

/** Lists the units' new edges, what is known of nodes by them, and the units to be `kept`, because
 * they would run along an edge twice. */
GRID_MUST_USE bool mend_outline_all(mender *k);

/** Sets `place`. */
GRID_MUST_USE bool mend_find_places(mender *k, mend_places *out);

/** The place with these coordinates; GRID_NONE. */
uint32_t mend_place_at(const mend_places *places, grid_xy p);

/** Sets `drop`. */
GRID_MUST_USE bool mend_choose_dropped(mender *k);

/** Notes the vertices that the parent's edges get. */
GRID_MUST_USE bool mend_insert_in_parent(mender *k);

#endif
