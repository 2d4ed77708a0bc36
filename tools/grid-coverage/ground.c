#include "ground.h"

#include <grid/cells.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"
#include "common/ground_rows.h"
#include "common/session.h"

/* What the database knew of its ground. */
typedef struct ground {
    grid_cell_rows *cells;
    grid_border_rows *borders;
    grid_road_rows *roads;
    int64_t *persons; /* NULL where they are unknown */
    uint8_t *border_class, *road_class;
} ground;

static void ground_free(ground *g) {
    grid_cell_rows_free(g->cells);
    grid_border_rows_free(g->borders);
    grid_road_rows_free(g->roads);
    free(g->persons);
    free(g->border_class);
    free(g->road_class);
}

static uint8_t *classes_of(const char **text, size_t n) {
    uint8_t *out = GRID_NEW(uint8_t, n);
    for (size_t i = 0; out != NULL && i < n; i++) {
        grid_border_class class = GRID_BORDER_GAP;
        grid_border_class_parse(text[i], &class);
        out[i] = (uint8_t) class;
    }
    return out;
}

/* Persons are known when they are known of every cell. */
static bool take_persons(ground *g) {
    for (size_t i = 0; i < g->cells->n; i++)
        if (g->cells->persons[i] < 0)
            return true;
    g->persons = GRID_NEW(int64_t, g->cells->n);
    if (g->persons != NULL)
        memcpy(g->persons, g->cells->persons, g->cells->n * sizeof *g->persons);
    return g->persons != NULL;
}

static grid_status ground_read(grid_store *store, ground *g, grid_error *err) {
    GRID_TRY(grid_store_read_cells(store, &g->cells, err));
    GRID_TRY(grid_store_read_borders(store, &g->borders, err));
    GRID_TRY(grid_store_read_roads(store, &g->roads, err));
    g->border_class = classes_of(g->borders->border_class, g->borders->n);
    g->road_class = classes_of(g->roads->road_class, g->roads->n);
    return g->border_class && g->road_class && take_persons(g) ? GRID_OK : grid_fail_nomem(err);
}

/* The lowest level of areas. */
static const coverage_level *leaves_of(const coverage_input *in) {
    size_t l = in->n_levels;
    while (l-- > 1 && in->level[l].in.within)
        ;
    return &in->level[l];
}

/* The old cells as household areas, the units as communities that part them. */
static grid_status cut_cells(const ground *g, const coverage_input *in, grid_cells **out,
                             grid_error *err) {
    const grid_barriers barriers[] = {
        {g->borders->shapes, g->border_class, g->borders->name, "borders"},
        {g->roads->shapes, g->road_class, g->roads->name, "roads"}};
    const grid_cells_input input = {.street = in->level[0].in.shapes,
                                    .community = leaves_of(in)->in.shapes,
                                    .barriers = barriers,
                                    .n_barriers = 2,
                                    .household = g->cells->shapes,
                                    .households = g->cells->households,
                                    .persons = g->persons,
                                    .mode = GRID_CELLS_GIVEN};
    grid_context quiet = *tool_context();
    quiet.on_finding = NULL; /* the repair has told what moved */
    return grid_cells_build(&input, &quiet, out, err);
}

/* Rows of the old borders by the units they part, the longest of a pair first. */
static int compare_pairs(const void *pa, const void *pb, void *user) {
    const grid_border_rows *b = user;
    uint32_t x = *(const uint32_t *)pa, y = *(const uint32_t *)pb;
    int order = strcmp(b->left_code[x], b->left_code[y]);
    order = order ? order : strcmp(b->right_code[x], b->right_code[y]);
    order = order ? order : (b->length_m[x] < b->length_m[y]) - (b->length_m[x] > b->length_m[y]);
    return order ? order : (x > y) - (x < y);
}

static uint32_t *order_pairs(grid_border_rows *b) {
    uint32_t *row = GRID_NEW(uint32_t, b->n);
    for (uint32_t i = 0; row != NULL && i < b->n; i++)
        row[i] = i;
    if (row != NULL && b->n > 0)
        qsort_r(row, b->n, sizeof *row, compare_pairs, b);
    return row;
}

/* The longest old border between two units, whichever is on its left; GRID_NONE. */
static uint32_t find_pair(const grid_border_rows *b, const uint32_t *row, const char *left,
                          const char *right) {
    size_t low = 0, high = b->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(b->left_code[row[middle]], left);
        order = order ? order : strcmp(b->right_code[row[middle]], right);
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < b->n && strcmp(b->left_code[row[low]], left) == 0 &&
                   strcmp(b->right_code[row[low]], right) == 0
               ? row[low]
               : GRID_NONE;
}

/* Units of one parent: their border is no outline of anything larger. */
static bool are_siblings(const coverage_input *in, const grid_border_line *line) {
    const char *const *parent = leaves_of(in)->in.parent_code;
    return line->left != GRID_NONE && line->right != GRID_NONE && parent != NULL &&
           strcmp(parent[line->left], parent[line->right]) == 0;
}

/* What borders inherit from. */
typedef struct heritage {
    const coverage_input *in;
    const grid_border_rows *old;
    const uint32_t *pair; /* the old rows, by units and length */
} heritage;

/*
 * A border of siblings that moved by a sliver runs along nothing that is known; it is what the
 * longest border of the two units was, or nothing to see where they had none.
 */
static void inherit_class(void *user, const grid_border_line *line, grid_border_rows *rows,
                          size_t i) {
    const heritage *h = user;
    if (!are_siblings(h->in, line) ||
        strcmp(rows->border_class[i], grid_border_class_name(GRID_BORDER_OUTLINE)) != 0)
        return;
    uint32_t from = find_pair(h->old, h->pair, rows->left_code[i], rows->right_code[i]);
    rows->border_class[i] = from != GRID_NONE ? h->old->border_class[from]
                                              : grid_border_class_name(GRID_BORDER_GAP);
    rows->name[i] = from != GRID_NONE ? h->old->name[from] : "";
}

static grid_status write_rows(grid_store *store, const coverage_input *in, const ground *g,
                              const grid_cells *cells, grid_error *err) {
    const tool_ground rows = {cells, cells->community, leaves_of(in)->in.code, g->persons != NULL};
    GRID_TRY(grid_store_clear_ground(store, err));
    GRID_TRY(tool_ground_write_cells(store, &rows, err));
    uint32_t *pair = order_pairs(g->borders);
    if (pair == NULL)
        return grid_fail_nomem(err);
    heritage from = {in, g->borders, pair};
    grid_status status = tool_ground_write_borders(store, &rows, inherit_class, &from, err);
    free(pair);
    return status;
}

grid_status ground_refit(grid_store *store, const coverage_input *in, grid_error *err) {
    ground g = {0};
    grid_cells *cells = NULL;
    grid_status status = ground_read(store, &g, err);
    bool any = status == GRID_OK && g.cells->n > 0 && in->n_levels > 1;
    if (any)
        status = cut_cells(&g, in, &cells, err);
    if (any && status == GRID_OK)
        status = write_rows(store, in, &g, cells, err);
    grid_cells_free(cells);
    ground_free(&g);
    return status;
}
