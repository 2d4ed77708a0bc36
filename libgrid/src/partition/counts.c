#include "partition/counts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

/** What a piece can be given. */
typedef struct share {
    uint32_t piece;
    int64_t min, max, k;
    rule_set rules;
} share;

static share share_of(const piece_list *pieces, uint32_t at, const rule_set *rules,
                      const grid_partition_options *o) {
    const piece *p = &pieces->at[at];
    share s = {.piece = at, .rules = *rules};
    rule_set_aim(&s.rules, o->rules, p->total);
    grid_window window = rule_set_window(&s.rules, p->total);
    s.k = rule_set_best_count(&s.rules, p->total);
    s.k = p->locked ? 1 : s.k > p->n ? p->n : s.k;
    s.min = s.max = s.k;
    if (!p->locked && window.min <= window.max && s.k >= window.min) {
        s.min = window.min;
        s.max = window.max < p->n ? window.max : p->n;
    }
    return s;
}

/** What a piece's price rises by when it gets `step` more grids. */
static int64_t price_of_step(const piece_list *pieces, const share *s, int64_t step) {
    const int64_t *total = pieces->at[s->piece].total;
    return rule_set_price(&s->rules, total, s->k + step) - rule_set_price(&s->rules, total, s->k);
}

/** Gives or takes single grids where it hurts least until the sum is `demand`. */
static void settle(const piece_list *pieces, share *s, uint32_t n, int64_t sum, int64_t demand) {
    for (int64_t step = demand > sum ? 1 : -1; sum != demand; sum += step) {
        share *best = NULL;
        int64_t best_price = 0;
        for (uint32_t i = 0; i < n; i++) {
            if (step > 0 ? s[i].k >= s[i].max : s[i].k <= s[i].min)
                continue;
            int64_t price = price_of_step(pieces, &s[i], step);
            if (best == NULL || price < best_price) {
                best = &s[i];
                best_price = price;
            }
        }
        if (best == NULL)
            return; /* excluded by the caller's check */
        best->k += step;
    }
}

/** Who demands how many. */
typedef struct demand {
    int64_t k;
    const char *kind;        /* "community" or "street" */
    const char *measure;     /* of the first rule */
    const char *const *name; /* of all of the kind; may be NULL */
    uint32_t number;
} demand;

static grid_status refuse(const demand *d, int64_t total, uint32_t n, int64_t min, int64_t max,
                          grid_error *err) {
    char number[16], parts[40] = "", span[48];
    snprintf(number, sizeof number, "%" PRIu32, d->number + 1);
    if (n > 1)
        snprintf(parts, sizeof parts, " in %" PRIu32 " separate parts", n);
    snprintf(span, sizeof span, min < max ? "%" PRId64 " to %" PRId64 : "%" PRId64, min, max);
    const char *what = strcmp(d->measure, "units") == 0 ? "groups" : "grids";
    grid_fail(err, GRID_E_INPUT, "",
              "%" PRId64 " %s were asked for in %s %s, but its %" PRId64
              " %s%s make %s %s in range",
              d->k, what, d->kind, d->name ? d->name[d->number] : number, total, d->measure, parts,
              span, what);
    return grid_hint(err, GRID_E_INPUT, "ask for a number in that span, or widen the rules");
}

static grid_status meet(const piece_list *pieces, share *s, uint32_t n, const demand *d,
                        int64_t *wanted, grid_error *err) {
    int64_t min = 0, max = 0, sum = 0, total = 0;
    for (uint32_t i = 0; i < n; i++) {
        min += s[i].min;
        max += s[i].max;
        sum += s[i].k;
        total += pieces->at[s[i].piece].total[0];
    }
    if (d->k < min || d->k > max)
        return refuse(d, total, n, min, max, err);
    settle(pieces, s, n, sum, d->k);
    for (uint32_t i = 0; i < n; i++)
        wanted[s[i].piece] = s[i].k;
    return GRID_OK;
}

static uint32_t street_of(const grid_partition_options *o, uint32_t region) {
    return o->street_of ? o->street_of[region] : 0;
}

static grid_status share_regions(const piece_list *pieces, const rule_set *rules,
                                 const grid_partition_options *o, share *s, int64_t *wanted,
                                 grid_error *err) {
    for (uint32_t from = 0, to; from < pieces->n; from = to) {
        uint32_t region = pieces->at[from].region, n = 0;
        for (to = from; to < pieces->n && pieces->at[to].region == region; to++)
            if (!pieces->at[to].extended)
                s[n++] = share_of(pieces, to, rules, o);
        const demand d = {o->grids[region],
                          o->region_name == o->street_name ? "street" : "community",
                          o->rules[0].measure, o->region_name, region};
        if (d.k > 0)
            GRID_TRY(meet(pieces, s, n, &d, wanted, err));
    }
    return GRID_OK;
}

static grid_status share_streets(const piece_list *pieces, const rule_set *rules,
                                 const grid_partition_options *o, share *s, int64_t *wanted,
                                 grid_error *err) {
    for (uint32_t street = 0; street < o->n_streets; street++) {
        const demand d = {o->street_grids[street], "street", o->rules[0].measure, o->street_name,
                          street};
        uint32_t n = 0;
        for (uint32_t p = 0; p < pieces->n && d.k > 0; p++) {
            if (street_of(o, pieces->at[p].region) != street || pieces->at[p].extended)
                continue;
            s[n] = share_of(pieces, p, rules, o);
            if (wanted[p] > 0)
                s[n].k = s[n].min = s[n].max = wanted[p];
            n++;
        }
        if (d.k > 0)
            GRID_TRY(meet(pieces, s, n, &d, wanted, err));
    }
    return GRID_OK;
}

grid_status counts_share(const piece_list *pieces, const rule_set *rules,
                         const grid_partition_options *o, int64_t *wanted, grid_error *err) {
    for (uint32_t p = 0; p < pieces->n; p++)
        wanted[p] = 0;
    if (o->grids == NULL && o->street_grids == NULL)
        return GRID_OK;
    share *s = GRID_NEW(share, pieces->n);
    if (s == NULL)
        return grid_fail_nomem(err);
    grid_status status = GRID_OK;
    if (o->grids)
        status = share_regions(pieces, rules, o, s, wanted, err);
    if (status == GRID_OK && o->street_grids)
        status = share_streets(pieces, rules, o, s, wanted, err);
    free(s);
    return status;
}
