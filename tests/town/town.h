/*
 * town.h - a made-up town for samples, tests and benchmarks, drawn from a seed.
 *
 * A plan (half-edges on the lattice) is laid out from a map of superblocks, its faces are split
 * into blocks by ever smaller roads, and the blocks are filled with compounds and buildings. The
 * generator is a program of the test suite: it ends on the spot when memory runs out.
 */
#ifndef GRID_TOWN_H
#define GRID_TOWN_H

#include <grid/geom.h>
#include <grid/io.h>

#include "base/vec.h"

/* ---- random numbers (random.c) ---------------------------------------------------------- */

/**
 * SplitMix64: the same numbers on every machine, as long as no expression draws twice (the order
 * in which arguments are evaluated is the compiler's).
 */
typedef struct town_random {
    uint64_t state;
} town_random;

uint64_t town_random_next(town_random *r);
double town_random_in(town_random *r, double low, double high); /**< low <= x < high */
int town_random_int(town_random *r, int low, int high);         /**< low <= i <= high */
bool town_random_chance(town_random *r, double p);
size_t town_random_pick(town_random *r, size_t n); /**< 0 .. n-1 */

/* ---- the plan (plan.c) ------------------------------------------------------------------ */

/** What an edge of the plan is. From the widest to what is no road at all. */
typedef enum town_class {
    TOWN_EXPRESSWAY, /* 快速路 */
    TOWN_ARTERIAL,   /* 主干路 */
    TOWN_SECONDARY,  /* 次干路 */
    TOWN_BRANCH,     /* 支路 */
    TOWN_LANE,       /* 巷 */
    TOWN_WALL,       /* between two compounds of one block */
    TOWN_NOTHING,    /* edge of the town, sides of river and railway */
} town_class;

typedef enum town_crossing {
    TOWN_GROUND,
    TOWN_BRIDGE,    /* over the river */
    TOWN_UNDERPASS, /* under the railway */
    TOWN_LEVEL,     /* across the railway */
} town_crossing;

/** The two halves of an edge are h and h ^ 1; h lies left of its face's interior. */
typedef struct town_half {
    int origin, next, prev, face; /**< face -1 and next, prev -1 outside the town */
} town_half;

typedef struct town_edge {
    int name; /**< of plan->name; -1 */
    town_class class;
    town_crossing crossing;
} town_edge;

typedef struct town_face {
    int half;      /**< one of its half-edges */
    int community; /**< index of town_community[] */
    char use;      /**< what the land is used for: a letter of the map in layout.c */
    int superblock;
    int block; /**< lowest face of the block: several faces where lanes run inside a compound */
} town_face;

typedef struct town_plan {
    GRID_VEC(grid_xy) vertex; /**< metres, on the lattice */
    GRID_VEC(town_half) half;
    GRID_VEC(town_edge) edge; /**< of half-edges 2e and 2e + 1 */
    GRID_VEC(town_face) face;
    GRID_VEC(char *) name;
} town_plan;

typedef GRID_VEC(grid_xy) town_path;

void town_die(const char *what); /**< says so and exits */

#define TOWN_PUSH(v, ...)                                                                          \
    do {                                                                                           \
        if (!GRID_PUSH(v, __VA_ARGS__))                                                            \
            town_die("out of memory");                                                             \
    } while (0)

grid_xy town_round(grid_xy p); /**< to the nearest lattice point */

int town_plan_vertex(town_plan *plan, grid_xy p);
int town_plan_name(town_plan *plan, const char *name);
int town_plan_edge(town_plan *plan, int from, int to,
                   town_edge edge); /**< its half-edge from -> to */

/** Puts a vertex into the edge of h; h then ends there. Returns the vertex. */
int town_plan_split_edge(town_plan *plan, int h, grid_xy p);

/**
 * Splits the face of `a` and `b` by edges from a's origin over the given points to b's origin.
 * Returns the new face, which lies left of that way.
 */
int town_plan_split_face(town_plan *plan, int a, int b, const grid_xy *way, int n, town_edge edge);

/** The outline of a face. */
void town_plan_ring(const town_plan *plan, int face, town_path *out);

/** True when an inner half-edge lies on the outline of its block of faces. */
bool town_plan_on_block(const town_plan *plan, int h);

/** The half-edges around a block, counter-clockwise, from one of them on. */
typedef GRID_VEC(int) town_halves;
void town_plan_block(const town_plan *plan, int start, town_halves *out);

/** The rings around all faces with label[face] == wanted; closed; added to shapes as a feature. */
void town_plan_union(const town_plan *plan, const int *label, int wanted, grid_shapes *shapes);

void town_plan_free(town_plan *plan);

/* ---- rings of single faces (shape.c) ------------------------------------------------------- */

typedef struct town_frame {
    grid_xy axis;                        /**< unit vector along the longer side */
    double low_a, high_a, low_b, high_b; /**< extent along and across it, from the first point */
} town_frame;

double town_path_area(const town_path *ring);
town_frame town_path_frame(const town_path *ring);
bool town_path_covers(const town_path *ring, double x, double y);

/** Moves every edge inwards by its own distance; false when nothing sound is left. */
bool town_inset(const town_path *ring, const double *distance, town_path *out);

/* ---- communities and the layout (layout.c) -------------------------------------------------- */

typedef struct town_community {
    char letter; /**< on the map */
    const char *code, *name;
    int grids; /**< how many responsibility grids its households are meant for */
} town_community;

enum { TOWN_COMMUNITIES = 32, TOWN_STREETS = 4 };
extern const town_community town_communities[TOWN_COMMUNITIES];
extern const char *const town_street_names[TOWN_STREETS];

/** 0 .. 3 of a community. */
int town_street_of(int community);

typedef struct town_layout {
    int scale;          /**< superblocks per letter of the map, each way */
    grid_shapes *river; /**< its water, and its middle line */
    grid_shapes *river_line;
    grid_shapes *railway;
} town_layout;

/** Lays out superblocks with the great roads, river and railway, then the roads inside them. */
void town_layout_build(town_plan *plan, town_layout *layout, int scale, uint64_t seed);

/** Width of a road of this class in metres, kerb to kerb. */
double town_road_width(town_class class);
const char *town_road_class_name(town_class class);

/* ---- compounds, parcels, buildings (fill.c) -------------------------------------------------- */

typedef enum town_building_kind {
    TOWN_TOWER,
    TOWN_SLAB,
    TOWN_HOUSE,
    TOWN_SHOP,
    TOWN_HALL,  /* factory, market */
    TOWN_SCHOOL /* and hospital, office */
} town_building_kind;

typedef struct town_building {
    grid_xy corner[13];
    int n_corners;
    town_building_kind kind;
    int community, compound; /**< compound -1 */
    int floors, homes;       /**< homes: how many households it is built for */
    int64_t households, persons;
} town_building;

/** A compound (小区) or an extended parcel (factory, campus, park). */
typedef struct town_parcel {
    town_path ring; /**< not closed */
    int community;
    char use;
    char name[64];
    int64_t households, persons;
} town_parcel;

typedef struct town_fill {
    GRID_VEC(town_building) building;
    GRID_VEC(town_parcel) compound;
    GRID_VEC(town_parcel) extended;
} town_fill;

/** Fills every face; `lot` scales the lots of single houses (fewer houses when above 1). */
void town_fill_build(town_fill *fill, const town_plan *plan, double lot, uint64_t seed);
void town_fill_free(town_fill *fill);

/* ---- people (people.c) --------------------------------------------------------------------- */

/** Gives every building its households and persons so that the communities' totals are exact. */
void town_people_build(town_fill *fill, int scale, uint64_t seed, bool verbose);

/* ---- components and positions (furniture.c) ------------------------------------------------ */

typedef struct town_component {
    grid_xy at;    /**< NAN without a position */
    char class[8]; /**< five digits; "" when missing */
    char code[24]; /**< "" when missing */
    const char *name;
    const char *department;
    const char *status; /**< NULL when missing */
    char date[12];
} town_component;

typedef GRID_VEC(town_component) town_components;

typedef struct town_furniture {
    town_components trees, lamps, covers;
} town_furniture;

void town_furniture_build(town_furniture *furniture, const town_plan *plan, uint64_t seed);
void town_furniture_free(town_furniture *furniture);

/* ---- what is wrong on purpose (defects.c) ---------------------------------------------------- */

/** The few faulty rows of the sample's components. */
void town_furniture_spoil(town_furniture *furniture);

/** Buildings and compounds; outlines of communities; ends of roads. */
void town_fill_spoil(town_fill *fill, uint64_t seed);
void town_units_spoil(grid_shapes *units, uint64_t seed);
void town_roads_spoil(grid_shapes *roads, uint64_t seed);

/* ---- output (write.c) ---------------------------------------------------------------------- */

typedef struct town_all {
    town_plan plan;
    town_layout layout;
    town_fill fill;
    town_furniture furniture;
    uint64_t seed;
    bool dirt; /**< the layers are as dirty as offices deliver them */
} town_all;

/** All layers into one GeoPackage. */
grid_status town_write_layers(const town_all *town, const char *path, bool overwrite,
                              grid_error *err);

/** n positions of people on their rounds as CSV, a few of them bad or far away. */
grid_status town_write_points(const town_all *town, const char *path, int n, bool overwrite,
                              grid_error *err);

#endif
