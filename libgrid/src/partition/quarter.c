#include "partition/quarter.h"

#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"
#include "partition/split.h"

enum {
    QUARTER = 24, /* grids of a quarter, about */
    LARGE = 60,   /* grids from which on a piece is cut into quarters */
    TREES = 12    /* drawn for each cut */
};

/** The rules for a quarter of f grids. */
static rule_set scale(const rule_set *rules, int64_t f) {
    rule_set scaled = *rules;
    for (uint32_t m = 0; m < scaled.n; m++) {
        struct rule_price *r = &scaled.at[m];
        r->min = r->min > INT64_MAX / f ? INT64_MAX : r->min * f;
        r->max = r->max > INT64_MAX / f ? INT64_MAX : r->max * f;
        r->target *= (double)f;
    }
    return scaled;
}

/** How many quarters a piece is cut into; 1 when it stays whole. */
static uint32_t count_quarters(const piece *p, const rule_set *rules,
                               const grid_partition_options *options, rule_set *own) {
    *own = *rules;
    rule_set_aim(own, options->rules, p->total);
    if (p->extended || p->locked)
        return 1;
    int64_t k = rule_set_best_count(own, p->total);
    int64_t n = k < LARGE ? 1 : k / QUARTER;
    *own = scale(own, k / n);
    return n > p->n ? 1 : (uint32_t)n;
}

/** Cuts piece p and puts its quarters at out[0 .. n-1]. */
static bool cut(const piece *p, const rule_set *rules, const grid_partition_options *options,
                uint32_t n, piece *out) {
    random_source random = {random_mix(p->seed ^ options->seed)};
    splitter s;
    split parts = {.node = GRID_NEW(uint32_t, p->n), .start = GRID_NEW(uint32_t, (size_t)n + 1)};
    bool ok = splitter_init(&s, p, rules, &random) && parts.node && parts.start;
    if (ok) {
        s.trees = TREES;
        for (uint32_t v = 0; v < p->n; v++)
            parts.node[v] = v;
        ok = splitter_run(&s, p->n, n, &parts);
    }
    for (uint32_t i = 0; i < n && ok; i++)
        ok = piece_induce(p, parts.node + parts.start[i], parts.start[i + 1] - parts.start[i],
                          &out[i]);
    splitter_free(&s);
    free(parts.node);
    free(parts.start);
    return ok;
}

grid_status quarter_pieces(piece_list *list, const rule_set *rules,
                           const grid_partition_options *options, grid_error *err) {
    rule_set own;
    uint32_t n = 0;
    for (uint32_t i = 0; i < list->n; i++)
        n += count_quarters(&list->at[i], rules, options, &own);
    if (n == list->n)
        return GRID_OK;
    piece_list all = {.at = GRID_NEW(piece, n)};
    bool ok = all.at != NULL;
    for (uint32_t i = 0; i < list->n && ok; i++) {
        piece *p = &list->at[i];
        uint32_t parts = count_quarters(p, rules, options, &own);
        if (parts == 1) {
            all.at[all.n] = *p;
            *p = (piece){0};
        } else {
            ok = cut(p, &own, options, parts, &all.at[all.n]);
        }
        all.n += parts;
    }
    piece_list_free(list);
    *list = all;
    return ok ? GRID_OK : grid_fail_nomem(err);
}
