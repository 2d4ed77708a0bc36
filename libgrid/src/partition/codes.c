/*
 * codes.c - codes and names of grids. Source of the structure: CJ/T 213-2005, GB/T 30428.1-2013
 * (6 district + 3 street + 3 community + 3 grid, numbered from west to east and north to south).
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"
#include "partition/reading.h"
#include "partition/rules.h"

enum { MOST = 999 }; /* three digits */

/** The parent's code followed by three digits. */
static void write_code(char *out, const char *parent, size_t length, uint32_t number) {
    memcpy(out, parent, length);
    for (size_t i = 3; i-- > 0; number /= 10)
        out[length + i] = (char)('0' + number % 10);
    out[length + 3] = '\0';
}

static const char *pattern_of(const grid_codes_input *in) {
    return in->pattern ? in->pattern : "###";
}

/* ---- given codes --------------------------------------------------------------------------- */

static bool well_formed(const char *code, size_t length) {
    if (code == NULL || strlen(code) != length)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!((code[i] >= '0' && code[i] <= '9') || (code[i] >= 'A' && code[i] <= 'Z')))
            return false;
    return true;
}

static int compare_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/** Why codes that came in cannot be used; NULL: they can, or there are none. */
typedef struct refusal {
    const char *code, *why;
    bool only_missing; /* those that are there could be used */
} refusal;

/** The first that cannot be used of codes in their order. */
static refusal find_refusal(const char *const *sorted, uint32_t n, size_t length) {
    for (uint32_t i = 0; i < n; i++) {
        if (!well_formed(sorted[i], length))
            return (refusal){.code = sorted[i],
                             .why = length == 9 ? "is not 9 digits or capitals"
                                                : "is not 12 digits or capitals"};
        if (i > 0 && strcmp(sorted[i - 1], sorted[i]) == 0)
            return (refusal){.code = sorted[i], .why = "is there twice"};
    }
    return (refusal){0};
}

/** True when all codes are well-formed and none occurs twice; else says why, if there are any. */
static bool usable(const char *const *code, uint32_t n, size_t length, refusal *why,
                   bool *no_memory) {
    *why = (refusal){0};
    if (code == NULL || n == 0)
        return false;
    const char **sorted = GRID_NEW(const char *, n);
    if (sorted == NULL) {
        *no_memory = true;
        return false;
    }
    for (uint32_t i = 0; i < n; i++)
        sorted[i] = code[i] ? code[i] : "";
    qsort(sorted, n, sizeof *sorted, compare_text);
    uint32_t n_missing = 0;
    while (n_missing < n && *sorted[n_missing] == '\0')
        n_missing++;
    bool any = n_missing < n;
    *why = find_refusal(sorted + n_missing, n - n_missing, length);
    if (any && why->why == NULL && n_missing > 0)
        *why = (refusal){.code = "", .why = "some are missing", .only_missing = true};
    free(sorted);
    return any && why->why == NULL;
}

/** Codes that came in and do not stay are told, with the reason. */
static void tell_refusal(const refusal *why, const char *what, const grid_context *ctx) {
    if (why->why != NULL)
        grid_find(ctx, GRID_WARNING, "codes-unusable", what,
                  "the codes of the layer are not used: %s%s%s", why->code, *why->code ? " " : "",
                  why->why);
}

/* ---- codes by rule --------------------------------------------------------------------------- */

/** Centres of the communities, exact whatever the order of cells. */
static bool find_centres(const grid_graph *g, reading_item *item) {
    struct sum {
        int64_t x, y, n;
    } *sum = grid_new(g->n_regions, sizeof *sum);
    if (sum == NULL)
        return false;
    for (uint32_t v = 0; v < g->n; v++) {
        grid_ixy place = grid_lattice_snap(g->place[v]);
        sum[g->region[v]].x += place.x;
        sum[g->region[v]].y += place.y;
        sum[g->region[v]].n++;
    }
    for (uint32_t r = 0; r < g->n_regions; r++) {
        double n = sum[r].n ? (double)sum[r].n : 1;
        item[r] = (reading_item){(double)sum[r].x / n, (double)sum[r].y / n, 0, 0, r};
    }
    free(sum);
    return true;
}

/** The later of `last` and the three digits that `used`, which may be NULL, has below `parent`. */
static uint32_t later(uint32_t last, const char *used, const char *parent, size_t length) {
    char code[GRID_CODE_SIZE], own[GRID_CODE_SIZE];
    snprintf(code, sizeof code, "%.*s", (int)length + 3, used ? used : "");
    snprintf(own, sizeof own, "%.*s", (int)length, parent);
    uint32_t number = grid_code_number(code, own, "###");
    return number > last ? number : last;
}

/** The highest number of three digits that codes given before have below `parent`. */
static uint32_t last_below(const grid_codes_input *in, const char *parent, size_t length) {
    uint32_t last = 0;
    for (size_t i = 0; i < in->n_used; i++)
        last = later(last, in->used_code[i], parent, length);
    return last;
}

/**
 * Numbers the n units of `item` below `parent` in reading order; those with a code kept from
 * before, if it is below the parent's, keep it, and the others come after all ever used.
 */
static grid_status number_units(const grid_codes_input *in, reading_item *item, uint32_t n,
                                const char *parent, size_t length, const char *const *keep,
                                char *out, const char *what, grid_error *err) {
    uint32_t last = keep ? last_below(in, parent, length) : 0;
    for (uint32_t i = 0; keep && i < n; i++)
        last = later(last, keep[item[i].item], parent, length);
    reading_sort(item, n);
    for (uint32_t i = 0; i < n; i++) {
        char *code = out + (length + 4) * item[i].item;
        const char *kept = keep ? keep[item[i].item] : NULL;
        if (kept != NULL && strncmp(kept, parent, length) == 0) {
            memcpy(code, kept, length + 4);
            continue;
        }
        if (++last > MOST)
            return grid_fail(err, GRID_E_INPUT, parent,
                             "%" PRIu32 " %s in one code are more than %d, where codes end", last,
                             what, MOST);
        write_code(code, parent, length, last);
    }
    return GRID_OK;
}

/** Streets in reading order get 001, 002 ... below the district. */
static grid_status assign_streets(const grid_codes_input *in, const reading_item *centre,
                                  grid_codes *out, grid_error *err) {
    reading_item *item = GRID_NEW(reading_item, in->n_streets);
    uint32_t *n = GRID_NEW(uint32_t, in->n_streets);
    grid_status status = item && n ? GRID_OK : grid_fail_nomem(err);
    if (status == GRID_OK) {
        for (uint32_t r = 0; r < in->graph->n_regions; r++) {
            uint32_t s = in->street_of_community[r];
            item[s].x += centre[r].x;
            item[s].y += centre[r].y;
            n[s]++;
        }
        for (uint32_t s = 0; s < in->n_streets; s++) {
            item[s].item = s;
            item[s].x /= n[s] ? n[s] : 1;
            item[s].y /= n[s] ? n[s] : 1;
        }
        status = number_units(in, item, in->n_streets, in->district ? in->district : "000000", 6,
                              in->keep_street, out->street[0], "streets", err);
    }
    free(item);
    free(n);
    return status;
}

/** The communities of each street in reading order get 001, 002 ... below it. */
static grid_status assign_communities(const grid_codes_input *in, const reading_item *centre,
                                      grid_codes *out, grid_error *err) {
    uint32_t n_regions = in->graph->n_regions;
    reading_item *item = GRID_NEW(reading_item, n_regions);
    if (item == NULL)
        return grid_fail_nomem(err);
    grid_status status = GRID_OK;
    for (uint32_t s = 0; s < in->n_streets && status == GRID_OK; s++) {
        uint32_t n = 0;
        for (uint32_t r = 0; r < n_regions; r++)
            if (in->street_of_community[r] == s)
                item[n++] = centre[r];
        status = number_units(in, item, n, out->street[s], 9, in->keep_community, out->community[0],
                              "communities", err);
    }
    free(item);
    return status;
}

/* ---- the call ----------------------------------------------------------------------------------
 */

/** Takes the streets' codes as given, or from the communities' where these agree. */
static bool take_streets(const grid_codes_input *in, bool communities_usable, grid_codes *out,
                         refusal *why, bool *no_memory) {
    if (usable(in->street_code, in->n_streets, 9, why, no_memory)) {
        for (uint32_t s = 0; s < in->n_streets; s++)
            memcpy(out->street[s], in->street_code[s], 10);
        return true;
    }
    if (!communities_usable)
        return false;
    const char **sorted = GRID_NEW(const char *, in->n_streets);
    if (sorted == NULL) {
        *no_memory = true;
        return false;
    }
    for (uint32_t r = 0; r < in->graph->n_regions; r++)
        memcpy(out->street[in->street_of_community[r]], in->community_code[r], 9);
    for (uint32_t s = 0; s < in->n_streets; s++)
        sorted[s] = out->street[s];
    refusal of_communities;
    bool ok = usable(sorted, in->n_streets, 9, &of_communities, no_memory);
    free(sorted);
    return ok;
}

static bool below_their_streets(const grid_codes_input *in, const grid_codes *out) {
    for (uint32_t r = 0; r < in->graph->n_regions; r++)
        if (in->community_code[r] && *in->community_code[r] &&
            strncmp(in->community_code[r], out->street[in->street_of_community[r]], 9) != 0)
            return false;
    return true;
}

/**
 * Assigns codes to the communities that came without, after those of the others, which stay. A code
 * kept from before may by now be another's.
 */
static grid_status assign_missing(const grid_codes_input *in, const reading_item *centre,
                                  grid_codes *out, grid_error *err) {
    uint32_t n = in->graph->n_regions;
    const char **keep = GRID_NEW(const char *, n);
    if (keep == NULL)
        return grid_fail_nomem(err);
    for (uint32_t r = 0; r < n; r++) {
        bool given = in->community_code[r] && *in->community_code[r];
        keep[r] = given ? in->community_code[r] : in->keep_community ? in->keep_community[r] : NULL;
        for (uint32_t i = 0; !given && keep[r] && i < n; i++)
            if (in->community_code[i] && strcmp(in->community_code[i], keep[r]) == 0)
                keep[r] = NULL;
    }
    grid_codes_input with = *in;
    with.keep_community = keep;
    grid_status status = assign_communities(&with, centre, out, err);
    free(keep);
    return status;
}

static grid_status code_parents(const grid_codes_input *in, const grid_context *ctx,
                                grid_codes *out, grid_error *err) {
    uint32_t n = in->graph->n_regions;
    bool no_memory = false;
    refusal of_streets, of_communities;
    bool communities = usable(in->community_code, n, 12, &of_communities, &no_memory);
    bool streets = take_streets(in, communities, out, &of_streets, &no_memory);
    if (communities && !(streets && below_their_streets(in, out))) {
        communities = false;
        of_communities = (refusal){.code = "",
                                   .why = "they do not begin with those of their streets"};
    }
    bool some = of_communities.only_missing && streets && below_their_streets(in, out);
    if (some)
        of_communities = (refusal){0};
    reading_item *centre = GRID_NEW(reading_item, n);
    if (no_memory || centre == NULL || !find_centres(in->graph, centre)) {
        free(centre);
        return grid_fail_nomem(err);
    }
    grid_status status = GRID_OK;
    out->streets_assigned = !streets;
    out->communities_assigned = !communities;
    tell_refusal(&of_streets, "street", ctx);
    tell_refusal(&of_communities, "community", ctx);
    if (!streets) {
        grid_find(ctx, GRID_NOTE, "codes-assigned", "street",
                  "%" PRIu32
                  " street codes (9 characters) were assigned from 001 below district %s",
                  in->n_streets, in->district ? in->district : "000000");
        status = assign_streets(in, centre, out, err);
    }
    if (status == GRID_OK && communities) {
        for (uint32_t r = 0; r < n; r++)
            memcpy(out->community[r], in->community_code[r], 13);
    } else if (status == GRID_OK && some) {
        grid_find(ctx, GRID_NOTE, "codes-assigned", "community",
                  "communities without codes were given some after those of the others");
        status = assign_missing(in, centre, out, err);
    } else if (status == GRID_OK) {
        grid_find(
            ctx, GRID_NOTE, "codes-assigned", "community",
            "%" PRIu32 " community codes (12 characters) were assigned from 001 in each street", n);
        status = assign_communities(in, centre, out, err);
    }
    free(centre);
    return status;
}

/** Per community the highest number that was ever used in it. */
static bool find_last_numbers(const grid_codes_input *in, const grid_codes *out, uint32_t *last) {
    uint32_t n = in->graph->n_regions, n_entries = 0;
    const char **sorted = GRID_NEW(const char *, n);
    uint32_t *region = GRID_NEW(uint32_t, n);
    for (uint32_t r = 0; sorted && region && r < n && in->n_used > 0; r++)
        sorted[n_entries++] = out->community[r];
    if (n_entries > 0)
        qsort(sorted, n_entries, sizeof *sorted, compare_text);
    for (uint32_t r = 0; r < n && n_entries > 0; r++) {
        const char *code = out->community[r];
        const char **at = bsearch(&code, sorted, n_entries, sizeof *sorted, compare_text);
        region[at - sorted] = r;
    }
    for (size_t i = 0; i < in->n_used && n_entries > 0; i++) {
        char parent[13];
        snprintf(parent, sizeof parent, "%.12s", in->used_code[i]);
        const char *code = parent;
        const char **at = bsearch(&code, sorted, n_entries, sizeof *sorted, compare_text);
        uint32_t number = at ? grid_code_number(in->used_code[i], parent, pattern_of(in)) : 0;
        if (number > 0 && number > last[region[at - sorted]])
            last[region[at - sorted]] = number;
    }
    bool ok = sorted && region;
    free(sorted);
    free(region);
    return ok;
}

static grid_status code_grid(const grid_codes_input *in, grid_codes *out, uint32_t g,
                             uint32_t *last, grid_error *err) {
    const char *community = out->community[in->division->region[g]];
    const char *kept = in->keep_code ? in->keep_code[g] : NULL;
    if (kept && grid_code_number(kept, community, pattern_of(in)) > 0) {
        snprintf(out->grid[g], sizeof *out->grid, "%s", kept);
        snprintf(out->name[g], sizeof *out->name, "%s", in->keep_name ? in->keep_name[g] : "");
        return GRID_OK;
    }
    uint32_t number = ++*last;
    grid_name_write(out->name[g], sizeof *out->name, number, in->noun ? in->noun : "网格");
    return grid_code_write(community, pattern_of(in), number, out->grid[g], err);
}

static grid_status code_grids(const grid_codes_input *in, grid_codes *out, grid_error *err) {
    uint32_t *last = GRID_NEW(uint32_t, in->graph->n_regions);
    bool ok = last && find_last_numbers(in, out, last);
    grid_status status = ok ? GRID_OK : grid_fail_nomem(err);
    for (uint32_t g = 0; g < in->division->n_grids && status == GRID_OK; g++)
        status = code_grid(in, out, g, &last[in->division->region[g]], err);
    free(last);
    return status;
}

grid_status grid_codes_build(const grid_codes_input *in, const grid_context *ctx, grid_codes **out,
                             grid_error *err) {
    if (in->district && !well_formed(in->district, 6))
        return grid_fail(err, GRID_E_ARG, in->district, "a district code has 6 digits");
    if (in->n_streets > MOST)
        return grid_fail(err, GRID_E_INPUT, "",
                         "%" PRIu32 " streets in one district; codes end at %d", in->n_streets,
                         MOST);
    grid_codes *c = GRID_NEW(grid_codes, 1);
    if (c == NULL)
        return grid_fail_nomem(err);
    c->street = grid_new(in->n_streets, sizeof *c->street);
    c->community = grid_new(in->graph->n_regions, sizeof *c->community);
    c->grid = grid_new(in->division->n_grids, sizeof *c->grid);
    c->name = grid_new(in->division->n_grids, sizeof *c->name);
    grid_status status = c->street && c->community && c->grid && c->name ? GRID_OK
                                                                         : grid_fail_nomem(err);
    if (status == GRID_OK)
        status = code_parents(in, ctx, c, err);
    if (status == GRID_OK)
        status = code_grids(in, c, err);
    if (status != GRID_OK) {
        grid_codes_free(c);
        return status;
    }
    *out = c;
    return GRID_OK;
}

void grid_codes_free(grid_codes *c) {
    if (c == NULL)
        return;
    free(c->street);
    free(c->community);
    free(c->grid);
    free(c->name);
    free(c);
}
