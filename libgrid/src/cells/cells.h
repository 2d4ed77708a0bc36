/*
 * cells.h - what the steps of making cells share: the one arrangement of all lines, and
 * labels of its faces.
 */
#ifndef GRID_SRC_CELLS_H
#define GRID_SRC_CELLS_H

#include <grid/cells.h>

#include "base/vec.h"

/** The layers that take part in the noding. Barrier layers follow as LAYER_BARRIER + k. */
enum {
    LAYER_STREET,
    LAYER_COMMUNITY,
    LAYER_COMPOUND,
    LAYER_EXTENDED,
    LAYER_HOUSEHOLD,
    LAYER_BRIDGE,
    LAYER_BARRIER,
};

/** A layer; its features have the source numbers first .. first + shapes->n - 1. */
typedef struct source_layer {
    const grid_shapes *shapes; /**< NULL when the layer is absent */
    uint32_t first;
    uint32_t *rank; /**< per feature: its place in an order by geometry, free of row order */
} source_layer;

/** Names of barriers, each once and in order. Borrowed from the input. */
typedef struct name_list {
    const char **name;
    uint32_t n;
} name_list;

bool names_collect(const grid_cells_input *in, name_list *out);

/**
 * Source number of lines drawn between buildings; the middle of a ribbon adds 1, and where it
 * stands for a barrier 2 + the barrier's source number.
 */
#define SOURCE_CUT (UINT32_MAX / 4)

/** Lines of every layer, noded once. */
typedef struct arrangement {
    const grid_cells_input *input;
    const grid_context *ctx;
    source_layer *layer;
    size_t n_layers;
    name_list names;
    /** Noded pieces from smaller to larger end, ordered; source = 2 * source number + 1 when
     * the layer's ring runs the other way. */
    grid_segment *piece;
    size_t n_pieces;
    grid_plane *plane;
    size_t *edge_piece;  /**< n_edges + 1: the pieces that became this edge */
    size_t *face_start;  /**< n_faces + 1 */
    uint32_t *face_half; /**< the half-edges of each face, holes included */
} arrangement;

typedef GRID_VEC(grid_segment) line_list;

/** Leads roads that end shortly before another line on to it. */
GRID_MUST_USE grid_status lines_extend(const arrangement *a, line_list *lines, grid_error *err);

GRID_MUST_USE grid_status arrangement_build(const grid_cells_input *input, const grid_context *ctx,
                                            arrangement *out, grid_error *err);
void arrangement_free(arrangement *a);

/** Nodes drawn lines in; their source is what SOURCE_CUT says. The faces are numbered afresh. */
GRID_MUST_USE grid_status arrangement_refine(arrangement *a, grid_segment *lines, size_t n,
                                             grid_error *err);

/** Piece i's layer and feature; the number of layers for a drawn line. */
size_t piece_layer(const arrangement *a, size_t piece, uint32_t *feature);

/** Layer and feature of the barrier that piece i is or stands for; 0 when there is none. */
size_t piece_barrier(const arrangement *a, size_t piece, uint32_t *feature);

/** 1 + source number of the strongest barrier on an edge, 0 for none. */
uint32_t edge_barrier_source(const arrangement *a, uint32_t edge);

/** Whether a barrier runs along the edge, a drawn line, the drawn middle of a ribbon. */
bool edge_is_barrier(const arrangement *a, uint32_t edge);
bool edge_is_cut(const arrangement *a, uint32_t edge);
bool edge_is_middle(const arrangement *a, uint32_t edge);

double edge_length_mm(const grid_plane *plane, uint32_t edge);

/** Feature f of a layer lies `winding` times over a face. */
typedef struct cover_entry {
    uint32_t feature;
    int32_t winding;
} cover_entry;

/** For each face the features of one area layer that cover it. */
typedef struct face_cover {
    size_t *start;   /**< n_faces: first entry */
    uint32_t *count; /**< n_faces */
    cover_entry *entry;
} face_cover;

/**
 * Which features of `layer` cover each face: winding numbers carried across the edges from the
 * outer face, so rings need not be valid and nothing is rounded. Rings count with outer
 * ones counter-clockwise and holes clockwise, whatever way they were drawn.
 */
GRID_MUST_USE grid_status face_cover_build(const arrangement *a, size_t layer, face_cover *out,
                                           grid_error *err);
void face_cover_free(face_cover *cover);

/** A face still without a label, to be settled. */
#define UNDECIDED (GRID_NONE - 1)

/** How settle_faces chooses. */
typedef struct settle_rule {
    /** Whether face f may take this label. */
    bool (*allowed)(const void *user, uint32_t f, uint32_t label);
    /** What a common edge counts, 0 for nothing; NULL for its length. */
    double (*weight)(const void *user, uint32_t edge);
    const uint32_t *rank; /**< per label, breaks ties; NULL for the label itself */
    const void *user;
} settle_rule;

/**
 * Gives UNDECIDED faces the allowed label with the longest common border among their neighbours,
 * round by round until nothing changes; what nobody reaches stays UNDECIDED.
 */
GRID_MUST_USE grid_status settle_faces(const arrangement *a, const settle_rule *rule,
                                       uint32_t *label, grid_error *err);

/** Streets and communities of the faces, after repair by rule. */
typedef struct territory {
    uint32_t *street;              /**< per face; GRID_NONE outside */
    uint32_t *community;           /**< per face; GRID_NONE outside */
    uint32_t *street_of_community; /**< GRID_NONE for a community outside every street */
    uint32_t n_communities;
} territory;

GRID_MUST_USE grid_status territory_build(const arrangement *a, territory *out, grid_error *err);
void territory_free(territory *t);

/** Joins faces across edges: root of face f's group, the smallest face in it. */
uint32_t join_find(uint32_t *root, uint32_t f);
void join_faces(uint32_t *root, uint32_t f, uint32_t g);

/** Mean width of groups of faces: 2 * area / perimeter; per root, +inf elsewhere. */
GRID_MUST_USE grid_status group_widths_m(const arrangement *a, uint32_t *root, double *width_m,
                                         grid_error *err);

/** What an edge runs along, and the name of that: an index into a->names, GRID_NONE. */
uint8_t edge_border_class(const arrangement *a, uint32_t edge, uint32_t *name);

/** Whether some number of grids fits: ceil(w / max) <= k <= floor(w / min). */
bool grid_is_divisible(int64_t households, int64_t min, int64_t max);

/** What is to be said about household features. */
typedef struct household_notes {
    double *elsewhere_m2; /**< area on other sides of lines, the most of all assignments */
    double *outside_m;    /**< distance to the cell it was given to, 0 inside */
    double *repaired_m2;  /**< area that its own ring covers more than once or backwards */
} household_notes;

bool household_notes_new(household_notes *notes, size_t n);
void household_notes_free(household_notes *notes);

/**
 * Puts every household feature into the cell with most of its area, or the cell its point lies
 * in, or the nearest one. cell[f] is per face, GRID_NONE outside the streets.
 */
GRID_MUST_USE grid_status households_assign(const arrangement *a, const face_cover *cover,
                                            const uint32_t *cell, uint32_t *cell_of_household,
                                            household_notes *notes, grid_error *err);

GRID_MUST_USE grid_status households_report(const arrangement *a, const household_notes *notes,
                                            grid_error *err);

#endif
