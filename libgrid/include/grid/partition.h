/*
 * grid/partition.h - dividing communities into grids: a labelling of a graph's nodes with integer
 * weights and integer border costs. Results depend on the input and the options only, not on
 * threads, time or the order of nodes' arrival.
 */
#ifndef GRID_PARTITION_H
#define GRID_PARTITION_H

#include <grid/cells.h>

#ifdef __cplusplus
extern "C" {
#endif

/** The range a measure must keep in every grid. */
typedef struct grid_rule {
    const char *measure; /**< "households", "persons", "area" or a column's name */
    int64_t min, max;    /**< inclusive */
    int64_t target;      /**< 0: the middle of the range */
    bool hard;
} grid_rule;

/** How many measures a division can watch at once. */
#define GRID_MAX_MEASURES 8

/** A graph of base cells. Arrays are borrowed and must be symmetric (each border twice). */
typedef struct grid_graph {
    uint32_t n; /**< nodes */
    uint32_t n_measures;
    const int64_t *measure;      /**< n * n_measures, node by node */
    const uint32_t *start;       /**< n + 1: first neighbour of each node */
    const uint32_t *to;          /**< neighbour */
    const uint8_t *border_class; /**< of each neighbour entry: the class most of it runs along */
    const int64_t *length_mm;    /**< of each neighbour entry: total length of common border */
    const int64_t *cost;    /**< of each neighbour entry: price of having a grid border there */
    const uint32_t *region; /**< community of each node; regions are divided independently */
    uint32_t n_regions;
    const uint32_t *compound; /**< of each node; GRID_NONE; may be NULL */
    const uint32_t *block;    /**< of each node: nodes with the same are cut from one block, which
                                 is kept whole where possible; GRID_NONE; may be NULL */
    const uint32_t *extended; /**< of each node: the extended area (拓展网格) it belongs to, which
                                 is a grid of its own; GRID_NONE; may be NULL */
    const grid_xy *place;     /**< of each node: a point inside, for numbering */
    const int64_t *area_dm2;   /**< of each node; NULL: shapes do not matter */
    const int64_t *outline_mm; /**< of each node: its whole perimeter; NULL with area_dm2 */
} grid_graph;

/**
 * What a metre of grid border costs, by what it runs along, in tenths: people recognise a road,
 * hardly a line between two houses. Inside a compound it is dearest.
 */
typedef struct grid_border_prices {
    int64_t tenths[GRID_BORDER_CLASSES];
    int64_t inside_compound; /**< for lanes, walls and gaps with the same compound on both sides */
} grid_border_prices;

/** Arterial .4, road .5, lane .7, compound wall 1.3, gap 2.6, inside a compound 4.3. */
GRID_API grid_border_prices grid_border_prices_default(void);

/**
 * The graph of the cells: one entry per neighbouring pair, its length and price summed over the
 * stretches of the pair's common border, its class the one most of it runs along. measures[i]
 * holds the i-th measure of every cell. `prices` may be NULL for the default. The
 * graph owns its arrays.
 */
GRID_API GRID_MUST_USE grid_status grid_graph_build(const grid_cells *cells,
                                                    const int64_t *const *measures,
                                                    uint32_t n_measures,
                                                    const grid_border_prices *prices,
                                                    grid_graph **out, grid_error *err);

/** Units that are made of a graph's nodes, to be joined in turn. Everything is borrowed. */
typedef struct grid_joined_units {
    uint32_t n, n_measures, n_regions;
    const int64_t *measure; /**< n * n_measures, unit by unit */
    const uint32_t *region; /**< per unit */
} grid_joined_units;

/**
 * The graph whose nodes are larger units: label[v] is the unit of node v. Lengths and prices of
 * the borders between two units are added up, their class is the one that most runs along; a
 * unit's place is the middle of its nodes' places. Compounds, blocks and extended areas are left
 * behind. The new graph owns its arrays.
 */
GRID_API GRID_MUST_USE grid_status grid_graph_join(const grid_graph *graph, const uint32_t *label,
                                                   const grid_joined_units *units, grid_graph **out,
                                                   grid_error *err);

/**
 * Halves the price of borders along those of another net (label: its unit per node, GRID_NONE
 * outside), so that a division follows them where it can. For graphs of grid_graph_build.
 */
GRID_API void grid_graph_favour(grid_graph *graph, const uint32_t *label);

/** Frees a graph made by grid_graph_build or grid_graph_join. */
GRID_API void grid_graph_free(grid_graph *graph);

typedef struct grid_partition_options {
    const grid_rule *rules;      /**< one per measure, in the graph's order */
    const int64_t *grids;        /**< per region: exact number wanted, 0 for free; may be NULL */
    const uint32_t *street_of;   /**< per region: its street; NULL: all regions are in street 0 */
    const int64_t *street_grids; /**< per street: exact number wanted in all its regions together, 0
                                    for free; may be NULL. Extended areas do not count. */
    uint32_t n_streets;          /**< entries of street_grids */
    const char *const *region_name, *const *street_name; /**< for messages; may be NULL */
    unsigned effort;                                     /**< 1 .. 9; 0 means 5 */
    uint64_t seed;

    /**
     * An update: the old grid of each node (0 .. n_old-1, GRID_NONE for none), NULL for a division
     * from scratch. Connected parts whose grids are all in range stay as they are; elsewhere as few
     * households as possible change grids.
     */
    const uint32_t *old_grid;
    uint32_t n_old;
    const bool *locked; /**< per old grid: keeps its nodes whatever happens; may be NULL */
} grid_partition_options;

/** Why a grid is as it is. */
typedef enum grid_unit_status {
    GRID_UNIT_OK = 0,           /**< every rule holds */
    GRID_UNIT_UNDER_COMMUNITY,  /**< the community (or its component) is below one grid's minimum */
    GRID_UNIT_INFEASIBLE,       /**< no number of grids fits: the arithmetic of the component */
    GRID_UNIT_OVER_INDIVISIBLE, /**< one cell alone is above the maximum */
    GRID_UNIT_PROVED,           /**< proved out of range by exact search */
    GRID_UNIT_BEST_FOUND,       /**< out of range; no proof that it must be */
    GRID_UNIT_SOFT,             /**< a rule that is not hard does not hold */
    GRID_UNIT_EMPTY,            /**< no households here at all */
    GRID_UNIT_EXTENDED,         /**< an extended area; the rules are not for it */
    GRID_UNIT_LOCKED,           /**< out of range, but locked in an update */
} grid_unit_status;

/**
 * A division of the graph. Grids are numbered region by region, inside a region in reading order:
 * from west to east in bands, the bands from north to south.
 */
typedef struct grid_division {
    uint32_t n_grids;
    uint32_t *grid;      /**< per node */
    uint32_t *region;    /**< per grid */
    uint32_t *old;       /**< per grid: the old grid that lives on in it; GRID_NONE for a new one */
    int64_t *measure;    /**< n_grids * n_measures */
    uint8_t *status;     /**< per grid: a grid_unit_status */
    char (*reason)[160]; /**< per grid: the numbers behind the status; empty when OK */
    int64_t cost;        /**< sum of the cost of borders between grids */
    uint32_t n_pieces;   /**< connected parts of regions that were divided */
    uint32_t n_solved;   /**< of these: proved to have no better division */
    int64_t *solved_price;   /**< per region: price of the best division of these parts ... */
    int64_t *searched_price; /**< ... and of the one that the search without proof had found */
} grid_division;

/**
 * Divides the graph. An exact number of grids that the hard ranges do not allow is refused with
 * GRID_E_INPUT and the arithmetic.
 */
GRID_API GRID_MUST_USE grid_status grid_partition_build(const grid_graph *graph,
                                                        const grid_partition_options *options,
                                                        const grid_context *ctx,
                                                        grid_division **out, grid_error *err);
GRID_API void grid_division_free(grid_division *division);

/** Fixed vocabulary of units.status: "OK", "UNDER_COMMUNITY", "INFEASIBLE", ... */
GRID_API const char *grid_unit_status_name(grid_unit_status status);

/* ---- advice ------------------------------------------------------------------------- */

/** Two communities of a street of which one has no number of grids, and both together have. */
typedef struct grid_advice {
    uint32_t region, neighbour;
    int64_t length_mm;            /**< of their common border */
    int64_t measure;              /**< of the region alone, by the first rule */
    int64_t together;             /**< of both */
    int64_t grids_min, grids_max; /**< that both together can have */
} grid_advice;

/** Ordered by region. */
typedef struct grid_advice_list {
    grid_advice *at;
    size_t n;
} grid_advice_list;

/**
 * Looks for neighbours that communities could be joined with which the hard ranges leave no number
 * of grids. `rules` in the order of the graph's measures; street_of per region. Only advice:
 * a division never crosses a community's border.
 */
GRID_API GRID_MUST_USE grid_status grid_advice_build(const grid_graph *graph,
                                                     const grid_rule *rules,
                                                     const uint32_t *street_of,
                                                     grid_advice_list *out, grid_error *err);
GRID_API void grid_advice_free(grid_advice_list *list);

/* ---- codes and names ----------------------------------------------------------------- */

/** Room for the code of any unit, with its end. */
#define GRID_CODE_SIZE 32
typedef char grid_code[GRID_CODE_SIZE];

/**
 * True for a pattern of codes: 0-9 and A-Z with one run of 1 to 9 '#', which stands for a number
 * with leading zeros. A code is its parent's followed by the pattern: "###", "B##".
 */
GRID_API bool grid_code_check(const char *pattern);

/** Writes a code; GRID_E_INPUT when the number has more digits than the pattern. */
GRID_API GRID_MUST_USE grid_status grid_code_write(const char *parent, const char *pattern,
                                                   uint32_t number, grid_code out, grid_error *err);

/** The number that a code was made from; 0 when it is not below the parent or not of the pattern.
 */
GRID_API uint32_t grid_code_number(const char *code, const char *parent, const char *pattern);

/** Writes "第十二网格" for 12 and the noun "网格"; digits from 1000 on. */
GRID_API void grid_name_write(char *out, size_t size, uint32_t number, const char *noun);

/** What codes are made from. Everything is borrowed. */
typedef struct grid_codes_input {
    const grid_graph *graph; /**< its regions are the communities */
    const grid_division *division;
    uint32_t n_streets;
    const uint32_t *street_of_community;
    const char *const *street_code;    /**< 9 of 0-9 A-Z each; may be NULL */
    const char *const *community_code; /**< 12 of 0-9 A-Z each; may be NULL */
    const char *district;              /**< 6 digits for assigned codes; NULL: "000000" */
    const char *pattern;               /**< of the grids' codes; NULL: "###" */
    const char *noun;                  /**< of the grids' names; NULL: "网格" */

    /* For updates; all may be NULL. */
    const char *const *keep_code; /**< per grid: the code it had, NULL for a new one; given up where
                                     it is not below the community's */
    const char *const *keep_name; /**< per grid: its name, as above */
    const char *const *used_code; /**< codes given before, which no new grid gets */
    size_t n_used;
    const char *const *keep_street;    /**< per street: the code it had, NULL for a new one; for
                                            streets that bring none */
    const char *const *keep_community; /**< the same of communities */
} grid_codes_input;

/**
 * Codes of 6 + 3 + 3 characters for district, street and community and as many as the pattern has
 * for the grid: 3 unless another is given (unit grid code of CJ/T 213 and GB/T 30428.1). A street's
 * code is the beginning of its communities' codes.
 */
typedef struct grid_codes {
    char (*street)[10];    /**< per street */
    char (*community)[13]; /**< per community */
    grid_code *grid;       /**< per grid of the division */
    char (*name)[48];      /**< per grid: 第一网格, 第二网格 ... in its community */
    bool streets_assigned; /**< codes of streets were made up by rule */
    bool communities_assigned;
} grid_codes;

/**
 * Makes the codes. New grids are numbered after all numbers used before. Parents without usable
 * codes (none, malformed, twice the same, not below their street's) keep those that they had, and
 * else get them by rule, in reading order after the last one used, from 001; a finding
 * "codes-assigned" says so. Fails with GRID_E_INPUT when a street has
 * more than 999 communities or a community more grids than the pattern has numbers.
 */
GRID_API GRID_MUST_USE grid_status grid_codes_build(const grid_codes_input *input,
                                                    const grid_context *ctx, grid_codes **out,
                                                    grid_error *err);
GRID_API void grid_codes_free(grid_codes *codes);

/* ---- quality ------------------------------------------------------------------------ */

/** Shape and neighbourhood of one grid. */
typedef struct grid_shape_quality {
    double area_m2, perimeter_m;
    double polsby_popper; /**< 4 pi area / perimeter^2: 1 for a circle, .79 for a square */
    double border_m[GRID_BORDER_CLASSES]; /**< with grids of its community but extended ones */
    double forced_m;    /**< of that: inside a compound or block too large for one grid */
    uint32_t parts;     /**< connected parts; 1 for a contiguous grid */
    bool enclave;       /**< one other grid goes all round it */
    bool spans_barrier; /**< cells that meet mostly across an expressway, railway or river */
} grid_shape_quality;

/** A compound that lies in several grids. */
typedef struct grid_compound_cut {
    uint32_t compound; /**< feature of the compound layer */
    uint32_t n_grids;
    int64_t households;
    enum {
        GRID_CUT_TOO_LARGE,   /**< more than one grid may hold */
        GRID_CUT_COMMUNITIES, /**< it lies in several communities */
        GRID_CUT_NEEDED,      /**< whole, it would leave more grids out of range */
    } why;
} grid_compound_cut;

/** A compound with households that one grid could hold. */
typedef struct grid_whole_compound {
    uint32_t grid; /**< one that it lies in */
    bool cut;      /**< it lies in others as well */
} grid_whole_compound;

/** How good the grids of a unit are taken together. Extended grids are only counted. */
typedef struct grid_quality {
    uint32_t n_grids, n_extended;
    uint32_t in_range[GRID_MAX_MEASURES]; /**< grids in the range of each rule */
    uint32_t in_all;                      /**< grids in all hard ranges */
    double mean[GRID_MAX_MEASURES];
    double deviation[GRID_MAX_MEASURES];  /**< mean of |measure / target - 1|; NAN without range */
    double cv[GRID_MAX_MEASURES];         /**< coefficient of variation */
    double border_m[GRID_BORDER_CLASSES]; /**< borders between grids of one community; those of
                                             extended grids are given and do not count */
    double forced_m; /**< of these: inside a compound or block too large for one grid */
    double
        road_share; /**< along roads, rail and water, of what is not forced; NAN without borders */
    uint32_t n_compounds, n_compounds_cut; /**< compounds a grid could hold, with households */
    double polsby_popper_mean, polsby_popper_p10;
    uint32_t parts, disconnected, enclaves, spanning;
    double search_gap; /**< how far the search alone was from the best division, where that is
                          proved, as a share of its price; NAN where nothing is */
} grid_quality;

typedef struct grid_quality_report {
    uint32_t n_grids;
    grid_shape_quality *grid; /**< per grid of the division */
    grid_whole_compound *compound;
    size_t n_compounds;
    grid_compound_cut *cut; /**< by compound */
    size_t n_cuts;
} grid_quality_report;

/**
 * Measures a division of `cells` by the rules that it was made with, in the order of the graph's
 * measures. Source of the compactness: D. Polsby, R. Popper, "The Third Criterion", Yale Law &
 * Policy Review 9 (1991).
 */
GRID_API GRID_MUST_USE grid_status grid_quality_build(const grid_cells *cells,
                                                      const grid_division *division,
                                                      const grid_rule *rules, uint32_t n_rules,
                                                      grid_quality_report **out, grid_error *err);

/**
 * Takes the grids of every unit together: out[u] is of those with unit[grid] == u. They are summed
 * in the given order, a permutation: the last bits of sums depend on it. Regions must not lie in
 * several units, or the search gap means nothing.
 */
GRID_API GRID_MUST_USE grid_status grid_quality_sum(const grid_quality_report *report,
                                                    const grid_division *division,
                                                    const grid_rule *rules, uint32_t n_rules,
                                                    const uint32_t *order, const uint32_t *unit,
                                                    uint32_t n_units, grid_quality *out,
                                                    grid_error *err);

/** Share of borders along roads, rail and water, of what is not forced; NAN without borders. */
GRID_API double grid_quality_road_share(const double border_m[GRID_BORDER_CLASSES],
                                        double forced_m);

/** How far a measure is from the rule's target, as a share of it; NAN for one without a range. */
GRID_API double grid_quality_deviation(const grid_rule *rule, int64_t measure);
GRID_API void grid_quality_free(grid_quality_report *report);

#ifdef __cplusplus
}
#endif

#endif
