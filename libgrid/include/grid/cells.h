/*
 * grid/cells.h - from the layers that offices have to base cells that tile the street.
 *
 * All lines that matter are snapped to the lattice and noded once; the faces of that graph
 * are labelled with street, community, compound; households are assigned to faces. A
 * cell is one face or several that must stay together. Nothing here reads a file.
 */
#ifndef GRID_CELLS_H
#define GRID_CELLS_H

#include <grid/cover.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * What a border runs along, from hardest to softest. Where several barriers share a stretch the
 * hardest names it; an outline without a barrier on it is OUTLINE.
 */
typedef enum grid_border_class {
    GRID_BORDER_OUTLINE = 0, /**< a street's or community's own outline */
    GRID_BORDER_EXPRESSWAY,
    GRID_BORDER_RAIL,
    GRID_BORDER_RIVER,
    GRID_BORDER_ARTERIAL,
    GRID_BORDER_ROAD,
    GRID_BORDER_LANE,
    GRID_BORDER_WALL, /**< a compound's wall */
    GRID_BORDER_GAP,  /**< between buildings or parcels, nothing to see on the ground */
    GRID_BORDER_CLASSES,
} grid_border_class;

/** "arterial" and so on: what the database's `borders.class` holds. */
GRID_API const char *grid_border_class_name(grid_border_class cls);

/**
 * The class that a road layer's own word means: our names, Chinese road classes, values of
 * OpenStreetMap's highway, railway and waterway. False for an unknown word.
 */
GRID_API bool grid_border_class_parse(const char *text, grid_border_class *out);

/** Lines (or areas, whose outline counts) that a border may follow. */
typedef struct grid_barriers {
    const grid_shapes *shapes;
    const uint8_t *border_class; /**< per feature: a grid_border_class */
    const char *const *name;     /**< per feature; NULL, or NULL entries, for unnamed */
    const char *layer;           /**< for findings */
} grid_barriers;

/** The layers, in one metric CRS. Everything is borrowed. */
typedef struct grid_cells_input {
    const grid_shapes *street;    /**< one feature per street office */
    const grid_shapes *community; /**< NULL: each street is its one community */
    const grid_barriers *barriers;
    size_t n_barriers;

    /**
     * Ways across rivers, railways and expressways, which part cells otherwise; may be NULL. Roads
     * that cross them are such ways without being here.
     */
    const grid_shapes *bridge;

    const grid_shapes *compound; /**< to be kept whole; may be NULL */
    const grid_shapes *extended; /**< own grids; may be NULL */

    /** Areas (parcels, buildings, statistical areas) or points with counts. */
    const grid_shapes *household;
    const int64_t *households;       /**< per household feature, >= 0 */
    const int64_t *persons;          /**< per household feature, >= 0; NULL when unknown */
    const char *const *household_id; /**< per household feature, for findings; may be NULL */

    /**
     * How cells come about: GIVEN takes the household areas themselves (they tile the street),
     * MADE takes the faces between barriers. AUTO takes GIVEN when there are no
     * barriers and the household features are areas that cover the street.
     */
    enum { GRID_CELLS_AUTO, GRID_CELLS_GIVEN, GRID_CELLS_MADE } mode;

    /**
     * Made cells with more households than this are cut into one cell per household feature, half
     * way between buildings and never through one. 0: cells stay whole.
     */
    int64_t cut_above;

    /**
     * Units of an older division, which made cells are not to straddle: a cell with household
     * features of several is cut as well. Per feature, GRID_NONE for none; may be NULL.
     */
    const uint32_t *household_unit;

    /**
     * A part of a community that a river, railway or expressway cuts off, or that touches the
     * rest nowhere, stands by itself from this many households on; a smaller one (always one
     * without any) is joined across, or tied by a border of length 0 to what is nearest.
     */
    int64_t part_min;

    /**
     * Households of a grid. With them, blocks that hang together with their community by nothing
     * but the ground round extended areas are parted from it where both can be divided by
     * themselves; with 0 they never are.
     */
    int64_t grid_min, grid_max;
} grid_cells_input;

/** A stretch of border between two neighbouring cells. */
typedef struct grid_cell_border {
    uint32_t left, right; /**< cells; left < right */
    uint8_t border_class;
    int64_t length_mm;
} grid_cell_border;

/** Base cells that tile the streets, each connected, and who neighbours whom. */
typedef struct grid_cells {
    grid_plane *plane;
    uint32_t n_cells;
    uint32_t *cell_of_face; /**< GRID_NONE outside every street */
    uint32_t *street;       /**< per cell */
    uint32_t *community;    /**< per cell; the street's number where no communities came in */
    uint32_t *compound;     /**< per cell; GRID_NONE */
    uint32_t *extended;     /**< per cell; GRID_NONE */
    uint32_t *block;        /**< per cell: the same for all cells cut from one; GRID_NONE: uncut */
    int64_t *households, *persons; /**< per cell; persons all 0 when unknown */
    double *area_m2;               /**< per cell */
    uint8_t *edge_class;           /**< per edge of the plane: its grid_border_class */
    uint32_t *edge_barrier;        /**< per edge: name of the barrier, an index; GRID_NONE */
    const char **barrier_name;     /**< each once, ordered; borrowed from the input */
    uint32_t n_barrier_names;
    grid_cell_border *border; /**< ordered by left, right, class; between cells that share an edge
                                   (a common corner is no border) which nothing parts; length 0
                                   where a part was tied to what is nearest */
    size_t n_borders;
    uint32_t n_communities, n_streets;
    uint32_t *street_of_community; /**< GRID_NONE for one outside every street: it has no cells */
    uint32_t *cell_of_household; /**< per household feature of the input; GRID_NONE if unassigned */
} grid_cells;

/**
 * Makes the cells. Whatever is repaired, moved or assigned by a rule is reported as a finding
 * with its amount. Fails with GRID_E_INPUT when a street has no area.
 */
GRID_API GRID_MUST_USE grid_status grid_cells_build(const grid_cells_input *input,
                                                    const grid_context *ctx, grid_cells **out,
                                                    grid_error *err);
GRID_API void grid_cells_free(grid_cells *cells);

/**
 * Extended areas leave a community as grids of their own. Where that leaves a part which no number
 * of grids with min .. max households divides, the smallest area whose return helps stays
 * with its community (its cells get extended GRID_NONE), each with a finding; where no return
 * helps, nothing is changed.
 */
GRID_API GRID_MUST_USE grid_status grid_cells_give_back(grid_cells *cells, int64_t min, int64_t max,
                                                        const grid_context *ctx, grid_error *err);

/* ---- borders between units ---------------------------------------------------------- */

/** A line along which the same two units meet on the same thing. */
typedef struct grid_border_line {
    uint32_t left, right; /**< labels; left is on the line's left; GRID_NONE: outside */
    uint8_t border_class;
    const char *name; /**< of what it runs along, borrowed from the cells; "" for unnamed */
    double length_m;
} grid_border_line;

typedef struct grid_border_lines {
    size_t n;
    grid_border_line *line;
    grid_shapes *shapes; /**< one line feature each */
} grid_border_lines;

/**
 * The borders of units made of cells (label[c]: the unit of cell c, or GRID_NONE), each stretch
 * once, with the smaller label on its left, ordered by left, right, class, name, place.
 */
GRID_API GRID_MUST_USE grid_status grid_borders_build(const grid_cells *cells,
                                                      const uint32_t *label,
                                                      grid_border_lines **out, grid_error *err);
GRID_API void grid_border_lines_free(grid_border_lines *lines);

#ifdef __cplusplus
}
#endif

#endif
