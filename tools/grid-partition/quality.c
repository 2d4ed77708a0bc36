#include "quality.h"

#include <math.h>
#include <stdio.h>

static const char *const why_cut[] = {
    [GRID_CUT_TOO_LARGE] = "more than one grid may hold",
    [GRID_CUT_COMMUNITIES] = "lies in several communities",
    [GRID_CUT_NEEDED] = "whole, it would leave more grids out of range",
};

/* ---- text --------------------------------------------------------------------------- */

static void print_ranges(const work *w, const grid_quality *q) {
    for (uint32_t r = 0; r < w->n_rules; r++) {
        printf("  %s: %u of %u in range, mean %.1f", w->rule[r].measure, q->in_range[r], q->n_grids,
               q->mean[r]);
        if (!isnan(q->deviation[r]))
            printf(", on average %.1f %% off the target", 100 * q->deviation[r]);
        printf(", CV %.3f\n", q->cv[r]);
    }
}

static void print_borders(const grid_quality *q) {
    double all = 0;
    for (int c = 0; c < GRID_BORDER_CLASSES; c++)
        all += q->border_m[c];
    printf("  borders between grids: %.1f km", all / 1000);
    if (!isnan(q->road_share))
        printf(", %.1f %% along roads, rail and water", 100 * q->road_share);
    if (q->forced_m > 0)
        printf(" (%.1f km inside what had to be cut apart)", q->forced_m / 1000);
    for (int c = 0; c < GRID_BORDER_CLASSES; c++)
        if (q->border_m[c] > 0)
            printf("%s %s %.1f", c ? ";" : ":", grid_border_class_name((grid_border_class)c),
                   q->border_m[c] / 1000);
    putchar('\n');
}

static void print_one(const work *w, const char *name, const grid_quality *q) {
    printf("quality of %s: %u grids, %u in all hard ranges, %u extended grids besides\n", name,
           q->n_grids, q->in_all, q->n_extended);
    print_ranges(w, q);
    print_borders(q);
    if (q->n_compounds > 0)
        printf("  compounds that fit into a grid: %u, cut: %u\n", q->n_compounds,
               q->n_compounds_cut);
    printf("  Polsby-Popper mean %.2f, lowest tenth %.2f; disconnected %u, enclaves %u, across "
           "expressway, rail or river %u\n",
           q->polsby_popper_mean, q->polsby_popper_p10, q->disconnected, q->enclaves, q->spanning);
    if (!isnan(q->search_gap))
        printf("  where no better division is possible, the search alone was %.2f %% off\n",
               100 * q->search_gap);
}

static const char *compound_name(const inputs *in, uint32_t compound) {
    const char *name = inputs_name(in->compound, compound, NULL);
    return *name ? name : inputs_code(in->compound, compound, NULL);
}

static void print_cuts(const inputs *in, const work *w) {
    for (size_t i = 0; i < w->quality->n_cuts; i++) {
        const grid_compound_cut *cut = &w->quality->cut[i];
        printf("  compound %u %s, %lld households, in %u grids: %s\n", cut->compound + 1,
               compound_name(in, cut->compound), (long long)cut->households, cut->n_grids,
               why_cut[cut->why]);
    }
}

void quality_print(const inputs *in, const work *w) {
    const grid_division *d = w->division;
    const unit_table *streets = work_streets(w);
    for (size_t s = 0; s < streets->units.n && streets->units.n > 1; s++)
        print_one(w, streets->units.name[s], &streets->quality[s]);
    print_one(w, "all", &w->total);
    print_cuts(in, w);
    printf("  proved to have no better division: %u of %u parts of communities; division took %.2f "
           "s\n",
           d->n_solved, d->n_pieces, w->division_s);
}

/* ---- JSON --------------------------------------------------------------------------- */

static json_t *real_or_null(double value) {
    return isnan(value) ? json_null() : json_real(value);
}

static json_t *ranges_json(const work *w, const grid_quality *q) {
    json_t *all = json_object();
    for (uint32_t r = 0; r < w->n_rules; r++)
        json_object_set_new(all, w->rule[r].measure,
                            json_pack("{si sf sf so}", "in_range", (int)q->in_range[r], "mean",
                                      q->mean[r], "cv", q->cv[r], "deviation",
                                      real_or_null(q->deviation[r])));
    return all;
}

static json_t *one_json(const work *w, const grid_quality *q) {
    json_t *borders = json_object();
    for (int c = 0; c < GRID_BORDER_CLASSES; c++)
        json_object_set_new(borders, grid_border_class_name((grid_border_class)c),
                            json_real(q->border_m[c]));
    json_t *one = json_pack(
        "{si si si so so sf si si sf sf si si si}", "grids", (int)q->n_grids,
        "grids_in_hard_ranges", (int)q->in_all, "extended_grids", (int)q->n_extended, "measures",
        ranges_json(w, q), "border_m", borders, "forced_border_m", q->forced_m, "compounds",
        (int)q->n_compounds, "compounds_cut", (int)q->n_compounds_cut, "polsby_popper_mean",
        q->polsby_popper_mean, "polsby_popper_p10", q->polsby_popper_p10, "disconnected",
        (int)q->disconnected, "enclaves", (int)q->enclaves, "spanning_barriers", (int)q->spanning);
    json_object_set_new(one, "road_share", real_or_null(q->road_share));
    json_object_set_new(one, "search_gap", real_or_null(q->search_gap));
    return one;
}

json_t *quality_json(const inputs *in, const work *w) {
    const grid_division *d = w->division;
    const unit_table *streets = work_streets(w);
    json_t *all = one_json(w, &w->total), *by_street = json_object(), *cuts = json_array();
    for (size_t s = 0; s < streets->units.n; s++)
        json_object_set_new(by_street, streets->units.code[s], one_json(w, &streets->quality[s]));
    for (size_t i = 0; i < w->quality->n_cuts; i++) {
        const grid_compound_cut *cut = &w->quality->cut[i];
        json_array_append_new(cuts,
                              json_pack("{si ss sI si ss}", "compound", (int)cut->compound + 1,
                                        "name", compound_name(in, cut->compound), "households",
                                        (json_int_t)cut->households, "grids", (int)cut->n_grids,
                                        "reason", why_cut[cut->why]));
    }
    json_object_set_new(all, "streets", by_street);
    json_object_set_new(all, "compound_cuts", cuts);
    json_object_set_new(all, "parts", json_integer(d->n_pieces));
    json_object_set_new(all, "parts_proved_optimal", json_integer(d->n_solved));
    return all;
}
