/*
 * The order of a report's defects, and their identities.
 */
#include "cover/find.h"

#include "cover/digest.h"

#include <math.h>
#include <string.h>

static const char *code_of(const finder *k, uint32_t level, uint32_t feature) {
    const grid_cover_level *l = k->level[level].in;
    return feature == GRID_NONE || l->code == NULL || l->code[feature] == NULL ? ""
                                                                               : l->code[feature];
}

typedef struct unit_order {
    const finder *k;
    uint32_t level;
} unit_order;

static int compare_units(const void *a, const void *b, void *user) {
    const unit_order *o = user;
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    int order = strcmp(code_of(o->k, o->level, x), code_of(o->k, o->level, y));
    return order != 0 ? order : x < y ? -1 : x > y;
}

static int compare_doubles(double a, double b) {
    return isnan(a) || isnan(b) ? isnan(b) - isnan(a) : (a > b) - (a < b);
}

/* By what a reader looks for first; places last, so that numbers among equals are stable. */
static int compare_defects(const void *a, const void *b, void *user) {
    const finder *k = user;
    const grid_defect *x = a, *y = b;
    if (x->level != y->level)
        return x->level < y->level ? -1 : 1;
    if (x->level > 0 && x->parent != y->parent) {
        int by_parent = strcmp(code_of(k, x->level - 1, x->parent),
                               code_of(k, y->level - 1, y->parent));
        if (by_parent != 0)
            return by_parent;
        return x->parent < y->parent ? -1 : 1;
    }
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    for (uint32_t i = 0; i < x->n_units && i < y->n_units; i++) {
        if (x->unit[i] == y->unit[i])
            continue;
        int by_unit = strcmp(code_of(k, x->level, x->unit[i]), code_of(k, y->level, y->unit[i]));
        if (by_unit != 0)
            return by_unit;
        return x->unit[i] < y->unit[i] ? -1 : 1;
    }
    if (x->n_units != y->n_units)
        return x->n_units < y->n_units ? -1 : 1;
    int by_x = compare_doubles(x->at.x, y->at.x);
    return by_x != 0 ? by_x : compare_doubles(x->at.y, y->at.y);
}

static grid_digest add_text(grid_digest d, const char *text) {
    uint64_t word = 0;
    size_t n = 0;
    for (const char *c = text; *c != '\0'; c++) {
        word = word << 8 | (unsigned char)*c;
        if (++n % 8 == 0)
            d = digest_mix(d, word);
    }
    return digest_mix(d, word ^ (uint64_t)n << 56);
}

/* What defects of one kind below one parent have in common. */
static grid_digest common_identity(const finder *k, const grid_defect *d) {
    grid_digest id = add_text((grid_digest){1, 2}, grid_defect_name(d->kind));
    id = add_text(id, k->level[d->level].in->name);
    return add_text(id, d->level > 0 ? code_of(k, d->level - 1, d->parent) : "");
}

static grid_digest identity_of(const finder *k, const grid_defect *d, grid_digest common) {
    for (uint32_t i = 0; i < d->n_units; i++)
        common = add_text(common, code_of(k, d->level, d->unit[i]));
    return common;
}

/* As %016llx, which takes long for many. */
static void write_hex(uint64_t v, char *out) {
    for (int i = 15; i >= 0; i--, v >>= 4)
        out[i] = "0123456789abcdef"[v & 15];
    out[16] = '\0';
}

static void identify(finder *k) {
    grid_digest last = {0, 0}, common = {0, 0};
    uint64_t ordinal = 0;
    for (size_t i = 0; i < k->defect.n; i++) {
        grid_defect *d = &k->defect.at[i];
        if (i == 0 || d->kind != d[-1].kind || d->level != d[-1].level || d->parent != d[-1].parent)
            common = common_identity(k, d);
        grid_digest id = identity_of(k, d, common);
        bool again = i > 0 && id.a == last.a && id.b == last.b;
        ordinal = again ? ordinal + 1 : 0;
        last = id;
        write_hex(digest_mix(id, ordinal).a, d->id);
    }
}

static void sort_units(const finder *k, grid_defect *d) {
    unit_order order = {k, d->level};
    for (uint32_t i = 1; i < d->n_units; i++)
        if (compare_units(&d->unit[i - 1], &d->unit[i], &order) > 0) {
            qsort_r(d->unit, d->n_units, sizeof *d->unit, compare_units, &order);
            return;
        }
}

/* Sorts the units of all defects; returns whether those are in order themselves. */
static bool sort_all_units(finder *k) {
    bool in_order = true;
    for (size_t i = 0; i < k->defect.n; i++) {
        grid_defect *d = &k->defect.at[i];
        if (d->kind != GRID_DEFECT_CONTAINED)
            sort_units(k, d);
        in_order = in_order && (i == 0 || compare_defects(d - 1, d, k) <= 0);
    }
    return in_order;
}

/* Where codes rise with the features, the defects of a level without others are in order already.
 */
void find_sort(finder *k) {
    if (!sort_all_units(k))
        qsort_r(k->defect.at, k->defect.n, sizeof *k->defect.at, compare_defects, k);
    identify(k);
}
