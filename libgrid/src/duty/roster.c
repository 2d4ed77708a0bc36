/* Units as people write them. */
#include "duty/duty.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "base/vec.h"

enum { MAX_NAME = 256 };

/* Takes an ending off when something stays before it. */
static bool take_off(char *name, const char *ending) {
    size_t n = strlen(name), m = strlen(ending);
    if (n <= m || strcmp(name + n - m, ending) != 0)
        return false;
    name[n - m] = '\0';
    return true;
}

/* Without blanks and separators, and without what an office's name may end in. */
static void plain_name(const char *name, char out[MAX_NAME]) {
    static const char *const skipped[] = {" ", "/", "-", "·", "　", "\t", "\\", "—", ">"};
    static const char *const endings[] = {"居民委员会", "村民委员会", "社区居委会", "居委会",
                                          "村委会",     "办事处",     "社区"};
    size_t n = 0;
    while (*name != '\0' && n + 4 < MAX_NAME) {
        size_t skip = 0;
        for (size_t i = 0; i < sizeof skipped / sizeof *skipped && skip == 0; i++)
            if (strncmp(name, skipped[i], strlen(skipped[i])) == 0)
                skip = strlen(skipped[i]);
        if (skip == 0)
            out[n++] = *name;
        name += skip ? skip : 1;
    }
    out[n] = '\0';
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
        take_off(out, endings[i]);
}

/* A name and the unit it means. */
typedef struct name_entry {
    const char *name;
    uint32_t unit;
} name_entry;

struct grid_roster {
    grid_arena arena;
    GRID_VEC(name_entry) names; /* by name, then unit */
    const char **code, **own;   /* per unit */
    size_t n_units;
};

static int by_name(const void *a, const void *b) {
    const name_entry *p = a, *q = b;
    int order = strcmp(p->name, q->name);
    return order ? order : p->unit < q->unit ? -1 : p->unit > q->unit;
}

static bool add_name(grid_roster *roster, uint32_t unit, const char *a, const char *b,
                     const char *c) {
    char joined[3 * MAX_NAME];
    snprintf(joined, sizeof joined, "%s%s%s", a, b, c);
    name_entry entry = {grid_arena_text(&roster->arena, joined), unit};
    return joined[0] == '\0' || (entry.name != NULL && GRID_PUSH(&roster->names, entry));
}

/* Its code, its name, and its name after its parent's, with and without the parent's ending. */
static bool add_unit(grid_roster *roster, uint32_t unit, const char *name, const char *parent) {
    char own[MAX_NAME], above[MAX_NAME];
    plain_name(name, own);
    if (own[0] == '\0' || !add_name(roster, unit, own, "", ""))
        return own[0] == '\0';
    if (parent == NULL)
        return true;
    plain_name(parent, above);
    return add_name(roster, unit, above, own, "") && add_name(roster, unit, above, "社区", own) &&
           add_name(roster, unit, above, "村", own) && add_name(roster, unit, parent, own, "");
}

static const char *name_of_code(const grid_roster *roster, const grid_duty_unit *units,
                                const char *code) {
    name_entry key = {.name = code};
    size_t low = 0, high = roster->n_units; /* the codes come first, and are ordered */
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(roster->names.at[middle].name, key.name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < roster->n_units && strcmp(roster->names.at[low].name, code) == 0;
    return found ? units[roster->names.at[low].unit].name : NULL;
}

static bool fill(grid_roster *roster, const grid_duty_unit *units, size_t n) {
    roster->code = GRID_NEW(const char *, n);
    roster->own = GRID_NEW(const char *, n);
    roster->n_units = n;
    if (roster->code == NULL || roster->own == NULL)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        roster->code[i] = grid_arena_text(&roster->arena, units[i].code);
        roster->own[i] = grid_arena_text(&roster->arena, units[i].name);
        name_entry entry = {roster->code[i], i};
        if (roster->code[i] == NULL || roster->own[i] == NULL || !GRID_PUSH(&roster->names, entry))
            return false;
    }
    qsort(roster->names.at, n, sizeof *roster->names.at, by_name);
    for (uint32_t i = 0; i < n; i++)
        if (!add_unit(roster, i, units[i].name, name_of_code(roster, units, units[i].parent_code)))
            return false;
    qsort(roster->names.at, roster->names.n, sizeof *roster->names.at, by_name);
    return true;
}

grid_status grid_roster_new(const grid_duty_unit *units, size_t n, grid_roster **out,
                            grid_error *err) {
    *out = calloc(1, sizeof **out);
    if (*out != NULL && fill(*out, units, n))
        return GRID_OK;
    grid_roster_free(*out);
    *out = NULL;
    return grid_fail_nomem(err);
}

void grid_roster_free(grid_roster *roster) {
    if (roster == NULL)
        return;
    grid_arena_free(&roster->arena);
    GRID_VEC_FREE(&roster->names);
    free(roster->code);
    free(roster->own);
    free(roster);
}

/* Different units with exactly this name; *first is one of them. */
static size_t count_units(const grid_roster *roster, const char *name, uint32_t *first) {
    size_t low = 0, high = roster->names.n, n = 0;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(roster->names.at[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < roster->names.n && strcmp(roster->names.at[low].name, name) == 0; low++)
        if (n == 0 || roster->names.at[low].unit != *first) {
            *first = roster->names.at[low].unit;
            n++;
        }
    return n;
}

/* The name most like it, among those with and without the parent's. */
static const char *nearest(const grid_roster *roster, const char *written) {
    const char **names = GRID_NEW(const char *, roster->names.n);
    if (names == NULL)
        return NULL;
    for (size_t i = 0; i < roster->names.n; i++)
        names[i] = roster->names.at[i].name;
    const char *near = grid_text_nearest(written, names, roster->names.n);
    free(names);
    return near;
}

grid_roster_match grid_roster_find(const grid_roster *roster, const char *written,
                                   const char **out) {
    char plain[MAX_NAME];
    uint32_t unit = 0;
    size_t n = count_units(roster, written, &unit);
    if (n == 0) {
        plain_name(written, plain);
        n = count_units(roster, plain, &unit);
    }
    if (n == 1) {
        *out = roster->code[unit];
        return GRID_ROSTER_FOUND;
    }
    *out = n > 1 ? roster->own[unit] : nearest(roster, written);
    return n > 1 ? GRID_ROSTER_AMBIGUOUS : GRID_ROSTER_UNKNOWN;
}
