/*
 * quality.c - how good a division is, measured on the cells' own edges.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"
#include "partition/rules.h"

typedef struct measurer {
    const grid_cells *c;
    const grid_division *d;
    const grid_rule *rules;
    uint32_t n_rules;
    grid_quality_report *out;
    uint32_t *around;     /* per grid: the only grid met around it so far; GRID_NONE at first */
    bool *open;           /* per grid: meets the outside or two grids */
    int64_t *of_compound; /* households per compound */
    int64_t *of_block;    /* households per block */
    uint32_t n_compounds, n_blocks;
    int64_t most; /* households a grid may hold */
} measurer;

/* ---- preparation ------------------------------------------------------------------------------
 */

static uint32_t count_values(const uint32_t *value, uint32_t n) {
    uint32_t end = 0;
    for (uint32_t i = 0; i < n; i++)
        if (value[i] != GRID_NONE && value[i] >= end)
            end = value[i] + 1;
    return end;
}

static void sum_households(const grid_cells *c, const uint32_t *value, int64_t *sum) {
    for (uint32_t i = 0; i < c->n_cells; i++)
        if (value[i] != GRID_NONE)
            sum[value[i]] += c->households[i];
}

static int64_t most_households(const measurer *q) {
    for (uint32_t r = 0; r < q->n_rules; r++)
        if (q->rules[r].hard && strcmp(q->rules[r].measure, "households") == 0)
            return q->rules[r].max;
    return INT64_MAX;
}

static bool prepare(measurer *q) {
    const grid_cells *c = q->c;
    uint32_t n = q->d->n_grids;
    q->n_compounds = count_values(c->compound, c->n_cells);
    q->n_blocks = count_values(c->block, c->n_cells);
    q->around = GRID_NEW(uint32_t, n);
    q->open = GRID_NEW(bool, n);
    q->of_compound = GRID_NEW(int64_t, q->n_compounds);
    q->of_block = GRID_NEW(int64_t, q->n_blocks);
    if (!q->around || !q->open || !q->of_compound || !q->of_block)
        return false;
    for (uint32_t g = 0; g < n; g++)
        q->around[g] = GRID_NONE;
    for (uint32_t i = 0; i < c->n_cells; i++)
        q->out->grid[q->d->grid[i]].area_m2 += c->area_m2[i];
    sum_households(c, c->compound, q->of_compound);
    sum_households(c, c->block, q->of_block);
    q->most = most_households(q);
    return true;
}

/* ---- borders ----------------------------------------------------------------------------------
 */

static double edge_length_m(const grid_plane *plane, uint32_t e) {
    grid_ixy a = plane->vertex[plane->origin[2 * e]], b = plane->vertex[plane->origin[2 * e + 1]];
    return hypot((double)(b.x - a.x), (double)(b.y - a.y)) / GRID_LATTICE_PER_M;
}

/** Inside a compound or block that had to be cut. */
static bool is_forced(const measurer *q, uint32_t a, uint32_t b) {
    const grid_cells *c = q->c;
    uint32_t compound = c->compound[a], block = c->block[a];
    return (compound != GRID_NONE && compound == c->compound[b] &&
            q->of_compound[compound] > q->most) ||
           (block != GRID_NONE && block == c->block[b] && q->of_block[block] > q->most);
}

static void add_inner_border(measurer *q, uint32_t e, uint32_t a, uint32_t b, double length) {
    const uint8_t cls = q->c->edge_class[e];
    const bool forced = cls > GRID_BORDER_LANE && is_forced(q, a, b);
    const uint32_t sides[] = {q->d->grid[a], q->d->grid[b]};
    for (int i = 0; i < 2; i++) {
        q->out->grid[sides[i]].border_m[cls] += length;
        q->out->grid[sides[i]].forced_m += forced ? length : 0;
    }
}

static void meet_grid(measurer *q, uint32_t grid, uint32_t other) {
    if (other == GRID_NONE || (q->around[grid] != GRID_NONE && q->around[grid] != other))
        q->open[grid] = true;
    q->around[grid] = other;
}

static bool is_extended(const measurer *q, uint32_t grid) {
    return q->d->status[grid] == GRID_UNIT_EXTENDED;
}

static void walk_edges(measurer *q) {
    const grid_plane *plane = q->c->plane;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t a = q->c->cell_of_face[plane->face[2 * e]];
        uint32_t b = q->c->cell_of_face[plane->face[2 * e + 1]];
        uint32_t ga = a == GRID_NONE ? GRID_NONE : q->d->grid[a];
        uint32_t gb = b == GRID_NONE ? GRID_NONE : q->d->grid[b];
        if (ga == gb)
            continue;
        double length = edge_length_m(plane, e);
        if (ga != GRID_NONE) {
            q->out->grid[ga].perimeter_m += length;
            meet_grid(q, ga, gb);
        }
        if (gb != GRID_NONE) {
            q->out->grid[gb].perimeter_m += length;
            meet_grid(q, gb, ga);
        }
        if (ga != GRID_NONE && gb != GRID_NONE && q->c->community[a] == q->c->community[b] &&
            !is_extended(q, ga) && !is_extended(q, gb))
            add_inner_border(q, e, a, b, length);
    }
}

/** Grids with cells that meet across a barrier for the greater part of their common border. */
static void find_spanning(measurer *q) {
    const grid_cell_border *border = q->c->border;
    for (size_t b = 0, end; b < q->c->n_borders; b = end) {
        size_t longest = b;
        for (end = b + 1; end < q->c->n_borders && border[end].left == border[b].left &&
                          border[end].right == border[b].right;
             end++)
            if (border[end].length_mm > border[longest].length_mm)
                longest = end;
        uint32_t grid = q->d->grid[border[b].left];
        uint8_t cls = border[longest].border_class;
        if (grid == q->d->grid[border[b].right] && cls >= GRID_BORDER_EXPRESSWAY &&
            cls <= GRID_BORDER_RIVER)
            q->out->grid[grid].spans_barrier = true;
    }
}

/* ---- connected parts --------------------------------------------------------------------------
 */

static uint32_t find_leader(uint32_t *leader, uint32_t v) {
    while (leader[v] != v)
        v = leader[v] = leader[leader[v]];
    return v;
}

static bool count_parts(measurer *q) {
    uint32_t *leader = GRID_NEW(uint32_t, q->c->n_cells);
    for (uint32_t i = 0; leader && i < q->c->n_cells; i++)
        leader[i] = i;
    for (size_t b = 0; leader && b < q->c->n_borders; b++) {
        const grid_cell_border *border = &q->c->border[b];
        if (q->d->grid[border->left] == q->d->grid[border->right])
            leader[find_leader(leader, border->left)] = find_leader(leader, border->right);
    }
    for (uint32_t i = 0; leader && i < q->c->n_cells; i++)
        q->out->grid[q->d->grid[i]].parts += leader[i] == i;
    free(leader);
    return leader != NULL;
}

/* ---- compounds --------------------------------------------------------------------------------
 */

typedef struct compound_cell {
    uint32_t compound, grid, community;
} compound_cell;

static int compare_compound_cells(const void *pa, const void *pb) {
    const compound_cell *a = pa, *b = pb;
    if (a->compound != b->compound)
        return a->compound < b->compound ? -1 : 1;
    return (a->grid > b->grid) - (a->grid < b->grid);
}

/** Judges the compound whose cells are at[0 .. n-1], sorted by grid. */
static bool judge_compound(measurer *q, const compound_cell *at, size_t n, size_t *cap) {
    grid_compound_cut cut = {.compound = at->compound,
                             .n_grids = 1,
                             .households = q->of_compound[at->compound],
                             .why = GRID_CUT_NEEDED};
    for (size_t i = 1; i < n; i++) {
        cut.n_grids += at[i].grid != at[i - 1].grid;
        if (at[i].community != at->community)
            cut.why = GRID_CUT_COMMUNITIES;
    }
    if (cut.households > q->most)
        cut.why = GRID_CUT_TOO_LARGE;
    const bool is_cut = cut.n_grids > 1;
    if (cut.why == GRID_CUT_NEEDED && cut.households > 0)
        q->out->compound[q->out->n_compounds++] = (grid_whole_compound){at->grid, is_cut};
    if (!is_cut)
        return true;
    if (!grid_vec_reserve((void **)&q->out->cut, q->out->n_cuts, cap, 1, sizeof cut))
        return false;
    q->out->cut[q->out->n_cuts++] = cut;
    return true;
}

static bool judge_compounds(measurer *q) {
    const grid_cells *c = q->c;
    compound_cell *cell = GRID_NEW(compound_cell, c->n_cells);
    size_t n = 0, cap = 0;
    for (uint32_t i = 0; cell && i < c->n_cells; i++)
        if (c->compound[i] != GRID_NONE && c->extended[i] == GRID_NONE)
            cell[n++] = (compound_cell){c->compound[i], q->d->grid[i], c->community[i]};
    q->out->compound = GRID_NEW(grid_whole_compound, q->n_compounds);
    bool ok = cell && q->out->compound;
    if (ok && n > 0)
        qsort(cell, n, sizeof *cell, compare_compound_cells);
    for (size_t from = 0, to; ok && from < n; from = to) {
        for (to = from + 1; to < n && cell[to].compound == cell[from].compound;)
            to++;
        ok = judge_compound(q, cell + from, to - from, &cap);
    }
    free(cell);
    return ok;
}

static bool measure(measurer *q) {
    if (!prepare(q) || !count_parts(q) || !judge_compounds(q))
        return false;
    walk_edges(q);
    find_spanning(q);
    for (uint32_t g = 0; g < q->d->n_grids; g++) {
        grid_shape_quality *shape = &q->out->grid[g];
        shape->enclave = !q->open[g] && q->around[g] != GRID_NONE;
        if (shape->perimeter_m > 0)
            shape->polsby_popper = 4 * M_PI * shape->area_m2 /
                                   (shape->perimeter_m * shape->perimeter_m);
    }
    return true;
}

grid_status grid_quality_build(const grid_cells *cells, const grid_division *division,
                               const grid_rule *rules, uint32_t n_rules, grid_quality_report **out,
                               grid_error *err) {
    grid_quality_report *report = GRID_NEW(grid_quality_report, 1);
    if (report == NULL)
        return grid_fail_nomem(err);
    report->n_grids = division->n_grids;
    report->grid = GRID_NEW(grid_shape_quality, division->n_grids);
    measurer q = {.c = cells, .d = division, .rules = rules, .n_rules = n_rules, .out = report};
    bool ok = report->grid && measure(&q);
    free(q.around);
    free(q.open);
    free(q.of_compound);
    free(q.of_block);
    if (!ok) {
        grid_quality_free(report);
        return grid_fail_nomem(err);
    }
    *out = report;
    return GRID_OK;
}

void grid_quality_free(grid_quality_report *report) {
    if (report == NULL)
        return;
    free(report->grid);
    free(report->compound);
    free(report->cut);
    free(report);
}
