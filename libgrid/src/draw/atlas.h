/*
 * atlas.h - what is derived once from a map for all its sheets and pages.
 */
#ifndef GRID_SRC_ATLAS_H
#define GRID_SRC_ATLAS_H

#include <grid/cells.h>
#include <grid/draw.h>

#include "base/arena.h"
#include "draw/strokes.h"

/** The most levels a map can have; schemes have at most five. */
enum { ATLAS_LEVELS = 16, ATLAS_COLOURS = 6 };

/** One level, derived. */
typedef struct atlas_level {
    uint32_t *parent;   /**< per unit: unit of the level above; GRID_NONE */
    grid_box *box;      /**< per unit */
    grid_xy *anchor;    /**< per unit: the point farthest from its outline, for labels */
    double *clearance;  /**< per unit: how far that is; 0: no geometry */
    const char **place; /**< per unit: the name of the place, not that of its office */
    const char **bounds;
    grid_rtree *tree;
} atlas_level;

struct grid_atlas {
    grid_map map;
    size_t n_levels, grids; /**< number of levels; index of the lowest */
    atlas_level level[ATLAS_LEVELS];
    grid_arcs *arcs;      /**< of the grids */
    grid_rtree *arc_tree; /**< their boxes */
    uint8_t *arc_rank;    /**< per arc: highest level whose units differ across it */
    uint8_t *colour;      /**< per grid */
    uint8_t n_colours;
    double *road_m, *border_m; /**< per grid: border along roads, rails, rivers; and all of it */
    grid_rtree *lines, *water, *compounds, *buildings, *components;
    strokes *names;      /**< lines joined by name */
    uint32_t *person_of; /**< persons ordered by unit code */
    grid_box box;
    grid_arena text;
};

/** Unit of `level` that grid (or unit of a lower level `from`) lies in; GRID_NONE. */
uint32_t atlas_ancestor(const grid_atlas *a, size_t from, uint32_t unit, size_t level);

/** Number of the unit with this code in a level; GRID_NONE. */
uint32_t atlas_find_unit(const grid_units *units, const char *code);

/** Persons of a unit: person_of[*begin .. *end-1]. */
void atlas_persons(const grid_atlas *a, const char *code, size_t *begin, size_t *end);

/** The name of a unit, or its code where it has none. */
const char *atlas_name(const grid_atlas *a, size_t level, uint32_t unit);

/** The same where the place is meant and not its office: "骑庄社区" for "骑庄社区居民委员会". */
const char *atlas_place(const grid_atlas *a, size_t level, uint32_t unit);

/** "围墙" for "wall" and so on. */
const char *atlas_class_word(uint8_t border_class);

/** Number of the class called `name`; GRID_BORDER_GAP for unknown ones. */
uint8_t atlas_class_of(const char *name);

/** The grids' borders that the bounds in words and the road shares are made from. */
GRID_MUST_USE grid_status atlas_bounds_build(grid_atlas *a, grid_error *err);

/** Point of area feature f farthest from its outline; its distance, 0 without geometry. */
double atlas_anchor_find(const grid_shapes *shapes, size_t f, grid_xy *out);

#endif
