/*
 * quality_sum.c - the grids of a unit taken together.
 */
#include <math.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"
#include "partition/rules.h"

typedef struct compactness {
    uint32_t unit;
    double value;
} compactness;

typedef struct summer {
    const grid_quality_report *report;
    const grid_division *d;
    const grid_rule *rules;
    uint32_t n_rules;
    const uint32_t *order, *unit; /* per grid */
    grid_quality *out;
    double (*squares)[GRID_MAX_MEASURES]; /* per unit and rule */
    compactness *compactness;             /* per grid that counts */
    size_t n_compactness;
    int64_t *solved, *searched; /* per unit: prices */
} summer;

static bool is_road(int border_class) {
    return border_class >= GRID_BORDER_EXPRESSWAY && border_class <= GRID_BORDER_LANE;
}

double grid_quality_road_share(const double border_m[GRID_BORDER_CLASSES], double forced_m) {
    double all = -forced_m, roads = 0;
    for (int c = 0; c < GRID_BORDER_CLASSES; c++) {
        all += border_m[c];
        roads += is_road(c) ? border_m[c] : 0;
    }
    return all > 0 ? roads / all : NAN;
}

double grid_quality_deviation(const grid_rule *rule, int64_t measure) {
    if (rule->max == INT64_MAX)
        return NAN;
    const double target = rule->target > 0 ? (double)rule->target
                                           : ((double)rule->min + (double)rule->max) / 2;
    return (double)measure / target - 1;
}

static void add_measures(summer *m, uint32_t g) {
    grid_quality *sum = &m->out[m->unit[g]];
    bool all = true;
    for (uint32_t r = 0; r < m->n_rules; r++) {
        const grid_rule *rule = &m->rules[r];
        const int64_t w = m->d->measure[(size_t)g * m->n_rules + r];
        const bool in = w >= rule->min && w <= rule->max;
        sum->in_range[r] += in;
        all &= in || !rule->hard;
        sum->mean[r] += (double)w;
        sum->deviation[r] += fabs(grid_quality_deviation(rule, w));
        m->squares[m->unit[g]][r] += (double)w * (double)w;
    }
    sum->in_all += all;
}

static void add_shape(summer *m, uint32_t g) {
    grid_quality *sum = &m->out[m->unit[g]];
    const grid_shape_quality *shape = &m->report->grid[g];
    sum->parts += shape->parts;
    sum->disconnected += shape->parts > 1;
    sum->enclaves += shape->enclave;
    sum->spanning += shape->spans_barrier;
    for (int c = 0; c < GRID_BORDER_CLASSES; c++)
        sum->border_m[c] += shape->border_m[c] / 2; /* the neighbour has it too */
    sum->forced_m += shape->forced_m / 2;
    sum->polsby_popper_mean += shape->polsby_popper;
    m->compactness[m->n_compactness++] = (compactness){m->unit[g], shape->polsby_popper};
}

/* A region's prices go to the unit of its grids. */
static void add_prices(summer *m) {
    for (uint32_t g = 0; g < m->d->n_grids; g++) {
        const uint32_t region = m->d->region[g];
        if (g > 0 && region == m->d->region[g - 1])
            continue; /* grids are numbered region by region */
        m->solved[m->unit[g]] += m->d->solved_price[region];
        m->searched[m->unit[g]] += m->d->searched_price[region];
    }
}

static int by_unit_and_value(const void *pa, const void *pb) {
    const compactness *a = pa, *b = pb;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    return (a->value > b->value) - (a->value < b->value);
}

static void find_lowest_tenths(summer *m) {
    if (m->n_compactness > 0)
        qsort(m->compactness, m->n_compactness, sizeof *m->compactness, by_unit_and_value);
    for (size_t from = 0, to; from < m->n_compactness; from = to) {
        const uint32_t unit = m->compactness[from].unit;
        for (to = from + 1; to < m->n_compactness && m->compactness[to].unit == unit;)
            to++;
        m->out[unit].polsby_popper_p10 = m->compactness[from + (to - from) / 10].value;
    }
}

/* From sums to means. */
static void finish(const summer *m, uint32_t unit) {
    grid_quality *sum = &m->out[unit];
    const double n = sum->n_grids ? sum->n_grids : 1;
    for (uint32_t r = 0; r < m->n_rules; r++) {
        sum->mean[r] /= n;
        sum->deviation[r] /= n;
        const double variance = m->squares[unit][r] / n - sum->mean[r] * sum->mean[r];
        sum->cv[r] = sum->mean[r] > 0 ? sqrt(fmax(variance, 0)) / sum->mean[r] : 0;
    }
    sum->polsby_popper_mean /= n;
    sum->road_share = grid_quality_road_share(sum->border_m, sum->forced_m);
    sum->search_gap = m->solved[unit] > 0 ? (double)m->searched[unit] / (double)m->solved[unit] - 1
                                          : NAN;
}

static void sum_up(summer *m, uint32_t n_units) {
    for (uint32_t i = 0; i < m->d->n_grids; i++) {
        const uint32_t g = m->order[i];
        if (m->d->status[g] == GRID_UNIT_EXTENDED) {
            m->out[m->unit[g]].n_extended++;
        } else {
            m->out[m->unit[g]].n_grids++;
            add_measures(m, g);
            add_shape(m, g);
        }
    }
    for (size_t i = 0; i < m->report->n_compounds; i++) {
        const grid_whole_compound *compound = &m->report->compound[i];
        m->out[m->unit[compound->grid]].n_compounds++;
        m->out[m->unit[compound->grid]].n_compounds_cut += compound->cut;
    }
    add_prices(m);
    find_lowest_tenths(m);
    for (uint32_t u = 0; u < n_units; u++)
        finish(m, u);
}

grid_status grid_quality_sum(const grid_quality_report *report, const grid_division *division,
                             const grid_rule *rules, uint32_t n_rules, const uint32_t *order,
                             const uint32_t *unit, uint32_t n_units, grid_quality *out,
                             grid_error *err) {
    if (n_rules == 0 || n_rules > GRID_MAX_MEASURES)
        return grid_fail(err, GRID_E_ARG, "", "%u rules; 1 to %d are possible", (unsigned)n_rules,
                         GRID_MAX_MEASURES);
    summer m = {.report = report,
                .d = division,
                .rules = rules,
                .n_rules = n_rules,
                .order = order,
                .unit = unit,
                .out = out,
                .squares = grid_new(n_units, sizeof *m.squares),
                .compactness = GRID_NEW(compactness, division->n_grids),
                .solved = GRID_NEW(int64_t, n_units),
                .searched = GRID_NEW(int64_t, n_units)};
    const bool ok = m.squares && m.compactness && m.solved && m.searched;
    for (uint32_t u = 0; u < n_units; u++)
        out[u] = (grid_quality){0};
    if (ok)
        sum_up(&m, n_units);
    free(m.squares);
    free(m.compactness);
    free(m.solved);
    free(m.searched);
    return ok ? GRID_OK : grid_fail_nomem(err);
}
