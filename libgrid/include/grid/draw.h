/*
 * grid/draw.h - grid maps: printed sheets (PDF, SVG, PNG), the one-file web page, and the styles
 * and project that QGIS reads. A library of its own, libgriddraw, so that nobody else loads
 * Cairo and Pango. Knows no files but those it writes.
 */
#ifndef GRID_DRAW_H
#define GRID_DRAW_H

#include <grid/store.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Features of the ground that are drawn under the grids' borders. All arrays are borrowed. */
typedef struct grid_map_layer {
    const grid_shapes *shapes;   /**< NULL: no such layer */
    const char *const *name;     /**< per feature; NULL, or "" entries, for unnamed */
    const uint8_t *border_class; /**< lines: a grid_border_class per feature; NULL: all are roads */
} grid_map_layer;

/** Who holds a post in a unit. */
typedef struct grid_map_person {
    const char *unit_code, *post, *name, *phone; /**< "" where unknown */
} grid_map_person;

/** What a map is made of. Everything is borrowed and in one metric CRS. */
typedef struct grid_map {
    const char *crs;                /**< of all coordinates: what grid/crs.h takes */
    const char *crs_name;           /**< as printed; NULL: `crs` itself */
    const char *title;              /**< 图名; NULL: "<name of the unit>网格图" */
    const char *date;               /**< printed as it is; "" for none */
    const char *source;             /**< "" for none */
    const grid_level *level;        /**< highest first; the last one's units are the grids */
    const grid_units *const *units; /**< per level, ordered by code */
    size_t n_levels;
    const grid_border_rows *borders; /**< NULL: the grids' own outlines are used, without names */
    grid_map_layer lines;            /**< roads, rails, rivers */
    grid_map_layer water, compounds, buildings, components;
    const grid_map_person *person;
    size_t n_persons;
    const double *households_kept; /**< per grid, share of its households that the division before
                                        had under its code, 0 .. 1; NULL: there was none */
} grid_map;

/* ---- shared borders ----------------------------------------------------------------- */

/** A border between two areas, from one junction to the next (or closed, without junction). */
typedef struct grid_arc {
    size_t xy_start, n_xy;
    uint32_t left, right; /**< features of the coverage; GRID_NONE: outside */
} grid_arc;

/**
 * A coverage as arcs, each stored once however many areas run along it. Chain c of the coverage
 * is the arcs ref[ref_start[c]] .. ref[ref_start[c + 1] - 1]; a negative reference ~a is arc a
 * backwards. Areas whose common border differs in a vertex simply share no arc there.
 */
typedef struct grid_arcs {
    size_t n;
    grid_arc *arc;
    grid_xy *xy;
    size_t n_xy;
    size_t *ref_start;
    int32_t *ref;
} grid_arcs;

GRID_API GRID_MUST_USE grid_status grid_arcs_build(const grid_shapes *coverage, grid_arcs **out,
                                                   grid_error *err);
GRID_API void grid_arcs_free(grid_arcs *arcs);

/**
 * Removes vertices that carry less than `area_m2`, arc by arc, smallest triangles first: neighbours
 * stay neighbours and no gap appears. A vertex stays where its triangle holds a vertex of any arc
 * (exact predicates), so the arcs of a valid coverage never come to cross, touch or coincide.
 * Junctions stay; closed arcs keep three vertices.
 * Source: M. Visvalingam, J. D. Whyatt, "Line generalisation by repeated elimination of points",
 * The Cartographic Journal 30 (1993).
 */
GRID_API GRID_MUST_USE grid_status grid_arcs_simplify(grid_arcs *arcs, double area_m2,
                                                      grid_error *err);

/**
 * Colours for `n` areas such that neighbours along an arc differ: the vertex with the most colours
 * around it first (DSATUR), ties by the number of neighbours, then by number. At most
 * `n_colours` are used as long as that suffices; returns how many were needed.
 * Source: D. Brelaz, "New methods to color the vertices of a graph", CACM 22 (1979).
 */
GRID_API GRID_MUST_USE grid_status grid_arcs_colour(const grid_arcs *arcs, uint32_t n,
                                                    uint8_t n_colours, uint8_t *colour,
                                                    uint8_t *needed, grid_error *err);

/* ---- the map behind all outputs ----------------------------------------------------- */

/** What is derived once from a grid_map for all sheets and pages. Immutable. */
typedef struct grid_atlas grid_atlas;

GRID_API GRID_MUST_USE grid_status grid_atlas_build(const grid_map *map, const grid_context *ctx,
                                                    grid_atlas **out, grid_error *err);
GRID_API void grid_atlas_free(grid_atlas *atlas);

/** The directions of 四至, in the order in which they are read out. */
typedef enum grid_side { GRID_EAST, GRID_SOUTH, GRID_WEST, GRID_NORTH } grid_side;

/**
 * 四至 of a unit: "东至…，南至…，西至…，北至…", each side named by what most of that side runs
 * along. Borrowed from the atlas; "" for a unit without geometry.
 */
GRID_API const char *grid_atlas_bounds(const grid_atlas *atlas, size_t level, size_t unit);

/** Which of the tints a grid has, from 1 on: neighbours differ. */
GRID_API int grid_atlas_tint(const grid_atlas *atlas, size_t grid);

/** "社区" for "community" and so on; the name itself where there is no usual word. */
GRID_API const char *grid_level_word(const char *level_name);

/** What a choropleth shows per grid. */
typedef enum grid_theme {
    GRID_THEME_NONE = 0,
    GRID_THEME_DEVIATION, /**< the measure against its target, in percent */
    GRID_THEME_ROAD,      /**< share of the border along roads, rails and rivers, in percent */
    GRID_THEME_COMPACT,   /**< Polsby-Popper: 4 pi area / perimeter^2 */
    GRID_THEME_CHANGES,   /**< share of the households that the old division had elsewhere */
    GRID_THEME_HOUSEHOLDS,
    GRID_THEME_PERSONS,
    GRID_THEME_DENSITY, /**< households a hectare */
    GRID_THEMES,
} grid_theme;

/** "deviation" and so on, as options name them. */
GRID_API const char *grid_theme_name(grid_theme theme);

/** The theme's value of a grid; NAN where it has none. */
GRID_API double grid_atlas_value(const grid_atlas *atlas, grid_theme theme, size_t grid);

/* ---- sheets ------------------------------------------------------------------------- */

typedef enum grid_sheet_style {
    GRID_STYLE_COLOUR, /**< tinted grids, neighbours in different tints */
    GRID_STYLE_PLAIN,  /**< no tints, for copying */
    GRID_STYLE_BEIJING /**< no tints, grid lines in magenta */
} grid_sheet_style;

typedef struct grid_sheet_options {
    const char *paper; /**< "A4" .. "A0", "8K" (8开), "4K" (4开); NULL: A3 */
    enum { GRID_PAPER_AUTO, GRID_PAPER_LANDSCAPE, GRID_PAPER_PORTRAIT } turn;
    int64_t scale; /**< 1:scale; 0: the largest round one that fits */
    grid_sheet_style style;
    grid_theme theme;
    double dpi; /**< of PNG; 0: 150 */
} grid_sheet_options;

/** Which unit a sheet shows; `level` n_levels stands for the whole map. */
typedef struct grid_sheet {
    size_t level, unit;
} grid_sheet;

/**
 * Draws sheets into one file, whose extension names the format: .pdf takes any number (a page each,
 * and further ones where a roster is too long), .svg and .png take one. `path` is written
 * directly: callers who replace files do so around it. Labels that found no place and
 * characters without a glyph are findings.
 */
GRID_API GRID_MUST_USE grid_status grid_sheets_draw(const grid_atlas *atlas,
                                                    const grid_sheet *sheet, size_t n_sheets,
                                                    const grid_sheet_options *options,
                                                    const char *path, const grid_context *ctx,
                                                    grid_error *err);

/* ---- web page ----------------------------------------------------------------------- */

/** As simplify_m2: only as much as a page needs that a phone can load. */
#define GRID_PAGE_SIMPLIFY_AUTO (-1.0)

typedef struct grid_page_options {
    double simplify_m2; /**< of borders, as grid_arcs_simplify; 0: none */
    grid_theme theme;   /**< shown first */
    bool gcj02;         /**< coordinates are searched as GCJ-02 first */
} grid_page_options;

/** One HTML file that needs no network. `path` is written directly. */
GRID_API GRID_MUST_USE grid_status grid_page_write(const grid_atlas *atlas,
                                                   const grid_page_options *options,
                                                   const char *path, const grid_context *ctx,
                                                   grid_error *err);

/* ---- QGIS --------------------------------------------------------------------------- */

typedef enum grid_qml_kind {
    GRID_QML_GRID,  /**< tinted areas with code and count */
    GRID_QML_LEVEL, /**< outlines with name */
    GRID_QML_CELLS,
    GRID_QML_BORDERS, /**< lines by class */
    GRID_QML_COMPONENTS
} grid_qml_kind;

/** Columns that a style refers to, under the names they have in the file. */
typedef struct grid_qml_fields {
    const char *code, *name, *households, *border_class, *tint;
    const char *const *all; /**< every column in order; those known get their Chinese alias */
    size_t n_all;
} grid_qml_fields;

/** A layer style as QGIS keeps it in .qml files and layer_styles. Free with free(). */
GRID_API char *grid_qml_text(grid_qml_kind kind, const grid_qml_fields *fields);

/** A layer of a QGIS project. */
typedef struct grid_qgis_layer {
    const char *name, *title; /**< table; what the user reads */
    grid_qml_kind kind;
    grid_qml_fields fields;
} grid_qgis_layer;

typedef struct grid_qgis_crs {
    const char *id, *wkt; /**< "EPSG:4547" or "", and the whole definition */
} grid_qgis_crs;

/**
 * A project that shows the layers (topmost first) of the file beside it, as QGIS stores it in
 * the table qgis_projects of a GeoPackage: a .qgz archive in hexadecimal. Free with free().
 */
GRID_API char *grid_qgis_project(const grid_qgis_layer *layers, size_t n, const char *file,
                                 const grid_qgis_crs *crs, const grid_box *extent);

/* ---- CAD ---------------------------------------------------------------------------- */

/**
 * A DXF drawing (AutoCAD R12, which all CAD programs read) in metres: every border once, on the
 * layer of the highest level it divides; codes and names as text. `path` is written directly.
 */
GRID_API GRID_MUST_USE grid_status grid_dxf_write(const grid_atlas *atlas, const char *path,
                                                  grid_error *err);

#ifdef __cplusplus
}
#endif

#endif
