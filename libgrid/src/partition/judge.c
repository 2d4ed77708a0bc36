#include "partition/judge.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/vec.h"

static const char *const status_name[] = {
    [GRID_UNIT_OK] = "OK",
    [GRID_UNIT_UNDER_COMMUNITY] = "UNDER_COMMUNITY",
    [GRID_UNIT_INFEASIBLE] = "INFEASIBLE",
    [GRID_UNIT_OVER_INDIVISIBLE] = "OVER_INDIVISIBLE",
    [GRID_UNIT_PROVED] = "PROVED",
    [GRID_UNIT_BEST_FOUND] = "BEST_FOUND",
    [GRID_UNIT_SOFT] = "SOFT",
    [GRID_UNIT_EMPTY] = "EMPTY",
    [GRID_UNIT_EXTENDED] = "EXTENDED",
    [GRID_UNIT_LOCKED] = "LOCKED",
};

const char *grid_unit_status_name(grid_unit_status status) {
    return (size_t)status < sizeof status_name / sizeof *status_name ? status_name[status] : "?";
}

typedef struct judge {
    const piece *p;
    const piece_result *result;
    const rule_set *rules;
    const grid_rule *given;
    uint32_t *tied_cells; /* per number of tied nodes: how many they are */
    int64_t *tied;        /* and what they have together */
    uint32_t *largest;    /* per grid and measure: the tied nodes with most of it */
} judge;

static void find_largest(judge *j) {
    const piece *p = j->p;
    uint32_t m = p->n_measures;
    for (uint32_t v = 0; v < p->n; v++) {
        uint32_t group = j->result->tied[v];
        j->tied_cells[group]++;
        for (uint32_t i = 0; i < m; i++)
            j->tied[(size_t)group * m + i] += p->w[(size_t)v * m + i];
    }
    for (uint32_t i = 0; i < j->result->k * m; i++)
        j->largest[i] = GRID_NONE;
    for (uint32_t v = 0; v < p->n; v++)
        for (uint32_t i = 0; i < m; i++) {
            uint32_t group = j->result->tied[v];
            uint32_t *largest = &j->largest[(size_t)j->result->label[v] * m + i];
            if (*largest == GRID_NONE ||
                j->tied[(size_t)group * m + i] > j->tied[(size_t)*largest * m + i])
                *largest = group;
        }
}

/** The first measure out of its range, hard ones first; GRID_NONE when all hold. */
static uint32_t rule_broken(const rule_set *rules, const int64_t *w) {
    for (int hard = 1; hard >= 0; hard--)
        for (uint32_t m = 0; m < rules->n; m++)
            if (rules->at[m].hard == hard && (w[m] < rules->at[m].min || w[m] > rules->at[m].max))
                return m;
    return GRID_NONE;
}

/** What the totals of the piece alone say about rule m; GRID_UNIT_OK when they say nothing. */
static grid_unit_status judge_totals(const judge *j, uint32_t m, char *reason, size_t size) {
    const piece *p = j->p;
    const grid_rule *rule = &j->given[m];
    grid_window window = rule_set_window(j->rules, p->total);
    if (p->total[m] == 0) {
        snprintf(reason, size, "no %s here", rule->measure);
        return GRID_UNIT_EMPTY;
    }
    if (p->total[m] < rule->min) {
        snprintf(reason, size,
                 "only %" PRId64 " %s in this part of the community, a grid needs %" PRId64,
                 p->total[m], rule->measure, rule->min);
        return GRID_UNIT_UNDER_COMMUNITY;
    }
    if (window.min > window.max) {
        snprintf(reason, size,
                 "%" PRId64 " %s need at least %" PRId64 " grids, %" PRId64
                 " %s allow at most %" PRId64,
                 p->total[window.min_rule], j->given[window.min_rule].measure, window.min,
                 p->total[window.max_rule], j->given[window.max_rule].measure, window.max);
        return GRID_UNIT_INFEASIBLE;
    }
    return GRID_UNIT_OK;
}

/** What the cells that cannot be parted say. */
static grid_unit_status judge_cells(const judge *j, uint32_t m, uint32_t group, char *reason,
                                    size_t size) {
    const grid_rule *rule = &j->given[m];
    int64_t w = j->tied[(size_t)group * j->p->n_measures + m];
    uint32_t n = j->tied_cells[group];
    if (w <= rule->max)
        return GRID_UNIT_OK;
    if (n == 1)
        snprintf(reason, size, "one cell alone has %" PRId64 " %s, at most %" PRId64 " are allowed",
                 w, rule->measure, rule->max);
    else
        snprintf(reason, size,
                 "%" PRIu32 " cells that reach the rest only by one of them have %" PRId64
                 " %s, at most %" PRId64 " are allowed",
                 n, w, rule->measure, rule->max);
    return GRID_UNIT_OVER_INDIVISIBLE;
}

static grid_unit_status judge_grid(const judge *j, uint32_t label, const int64_t *w, char *reason,
                                   size_t size) {
    const piece *p = j->p;
    if (p->extended)
        return GRID_UNIT_EXTENDED;
    uint32_t m = rule_broken(j->rules, w);
    if (m == GRID_NONE)
        return GRID_UNIT_OK;
    const grid_rule *rule = &j->given[m];
    if (!rule->hard) {
        snprintf(reason, size, "%" PRId64 " %s, wanted %" PRId64 "..%" PRId64, w[m], rule->measure,
                 rule->min, rule->max);
        return GRID_UNIT_SOFT;
    }
    if (p->locked) {
        snprintf(reason, size, "locked with %" PRId64 " %s, wanted %" PRId64 "..%" PRId64, w[m],
                 rule->measure, rule->min, rule->max);
        return GRID_UNIT_LOCKED;
    }
    grid_unit_status status = p->quarter ? GRID_UNIT_OK : judge_totals(j, m, reason, size);
    if (status == GRID_UNIT_OK)
        status = judge_cells(j, m, j->largest[(size_t)label * p->n_measures + m], reason, size);
    if (status != GRID_UNIT_OK)
        return status;
    if (j->result->verdict >= EXACT_INFEASIBLE && !p->quarter) {
        snprintf(reason, size,
                 "proved: %" PRIu32 " cells with %" PRId64
                 " %s cannot be divided with all grids in range",
                 p->n, p->total[m], rule->measure);
        return GRID_UNIT_PROVED;
    }
    snprintf(reason, size,
             "%" PRId64 " %s, wanted %" PRId64 "..%" PRId64 "; nothing better was found", w[m],
             rule->measure, rule->min, rule->max);
    return GRID_UNIT_BEST_FOUND;
}

bool judge_piece(const piece *p, const piece_result *result, const rule_set *rules,
                 const grid_rule *given, const uint32_t *number, grid_division *d) {
    size_t m = p->n_measures;
    judge j = {.p = p,
               .result = result,
               .rules = rules,
               .given = given,
               .tied_cells = GRID_NEW(uint32_t, p->n),
               .tied = GRID_NEW(int64_t, p->n * m),
               .largest = GRID_NEW(uint32_t, result->k * m)};
    bool ok = j.tied_cells && j.tied && j.largest;
    if (ok)
        find_largest(&j);
    for (uint32_t i = 0; i < result->k && ok; i++) {
        uint32_t g = number[i];
        d->status[g] = (uint8_t)judge_grid(&j, i, &d->measure[g * m], d->reason[g],
                                           sizeof d->reason[g]);
    }
    free(j.tied_cells);
    free(j.tied);
    free(j.largest);
    return ok;
}
