#include "heirs.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static int compare_pairs(const void *pa, const void *pb, void *user) {
    const heir_share *a = pa, *b = pb;
    const size_t *length = user;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    return strncmp(a->code, b->code, *length);
}

/* What shares most comes first. */
static int compare_weight(const void *pa, const void *pb, void *user) {
    const heir_share *a = pa, *b = pb;
    if (a->households != b->households)
        return a->households > b->households ? -1 : 1;
    if (a->area_m2 != b->area_m2)
        return a->area_m2 > b->area_m2 ? -1 : 1;
    const size_t *length = user;
    int order = strncmp(a->code, b->code, *length);
    return order != 0 ? order : (a->unit > b->unit) - (a->unit < b->unit);
}

static size_t add_up(heir_share *s, size_t n, size_t *length) {
    size_t pairs = 0;
    qsort_r(s, n, sizeof *s, compare_pairs, length);
    for (size_t i = 0; i < n; i++)
        if (pairs > 0 && compare_pairs(&s[pairs - 1], &s[i], length) == 0) {
            s[pairs - 1].households += s[i].households;
            s[pairs - 1].area_m2 += s[i].area_m2;
        } else {
            s[pairs++] = s[i];
        }
    return pairs;
}

static bool is_taken(const char *const *code, uint32_t n_units, const char *wanted, size_t length) {
    for (uint32_t u = 0; u < n_units; u++)
        if (code[u] != NULL && strncmp(code[u], wanted, length) == 0)
            return true;
    return false;
}

void heirs_find(heir_share *s, size_t n, size_t length, uint32_t n_units, const char **code,
                char *text) {
    if (n == 0)
        return;
    n = add_up(s, n, &length);
    qsort_r(s, n, sizeof *s, compare_weight, &length);
    for (size_t i = 0; i < n; i++) {
        if (code[s[i].unit] != NULL || is_taken(code, n_units, s[i].code, length))
            continue;
        char *own = text + s[i].unit * (length + 1);
        memcpy(own, s[i].code, length);
        own[length] = '\0';
        code[s[i].unit] = own;
    }
}
