#include "component/component.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/text.h"
#include "base/vec.h"

typedef struct alias {
    const char *written, *name;
    bool whole;
} alias;

struct grid_classes {
    grid_arena arena;
    GRID_VEC(grid_class *) all;
    GRID_VEC(alias) aliases; /* longest first */
    component_map by_text;   /* standard and folded code or name -> place in `all` */
};

enum { MAX_NAME = 192 };

grid_status grid_classes_new(grid_classes **out, grid_error *err) {
    *out = calloc(1, sizeof **out);
    return *out ? GRID_OK : grid_fail_nomem(err);
}

void grid_classes_free(grid_classes *classes) {
    if (classes == NULL)
        return;
    grid_arena_free(&classes->arena);
    GRID_VEC_FREE(&classes->all);
    GRID_VEC_FREE(&classes->aliases);
    component_map_free(&classes->by_text);
    free(classes);
}

/* Cleaned, in lower case and without blanks inside: names that differ so are the same. */
static bool fold(const char *text, char out[MAX_NAME]) {
    char clean[MAX_NAME];
    size_t n = 0;
    if (strlen(text) >= MAX_NAME)
        return false;
    grid_component_clean(text, clean);
    for (const char *c = clean; *c != '\0'; c++)
        if (*c != ' ')
            out[n++] = (char)tolower((unsigned char)*c);
    out[n] = '\0';
    return n > 0;
}

static uint64_t key_of(grid_standard standard, const char *folded) {
    return component_hash_text((uint64_t)standard, folded);
}

/* Makes the class findable by `text`; codes and names that came first keep it. */
static bool put_text(grid_classes *classes, grid_standard standard, const char *text, size_t at) {
    char folded[MAX_NAME];
    return !fold(text, folded) ||
           component_map_put(&classes->by_text, key_of(standard, folded), (uint32_t)at) != NULL;
}

static grid_class *copy_class(grid_arena *arena, const grid_class *from) {
    grid_class *cls = grid_arena_alloc(arena, sizeof *cls);
    if (cls == NULL)
        return NULL;
    *cls = *from;
    cls->code = grid_arena_text(arena, from->code);
    cls->name = grid_arena_text(arena, from->name);
    cls->name_en = grid_arena_text(arena, from->name_en ? from->name_en : "");
    cls->group = grid_arena_text(arena, from->group ? from->group : "");
    cls->same_as = grid_arena_text(arena, from->same_as ? from->same_as : "");
    return cls->code && cls->name && cls->name_en && cls->group && cls->same_as ? cls : NULL;
}

static const grid_class *find_text(const grid_classes *classes, grid_standard standard,
                                   const char *folded) {
    uint32_t *at = component_map_find(&classes->by_text, key_of(standard, folded));
    return at ? classes->all.at[*at] : NULL;
}

static size_t code_length(grid_standard standard) {
    return standard == GRID_STANDARD_2026 ? 5 : 4;
}

grid_status grid_classes_add(grid_classes *classes, const grid_class *cls, grid_error *err) {
    if (strlen(cls->code) != code_length(cls->standard) ||
        strspn(cls->code, "0123456789") != strlen(cls->code))
        return grid_fail(err, GRID_E_INPUT, "",
                         "class code '%s' does not have the %zu digits of %d", cls->code,
                         code_length(cls->standard), (int)cls->standard);
    grid_class *copy = copy_class(&classes->arena, cls);
    if (copy == NULL)
        return grid_fail_nomem(err);
    const grid_class *old = find_text(classes, cls->standard, cls->code);
    size_t at = 0;
    while (at < classes->all.n && classes->all.at[at] != old)
        at++;
    if (at < classes->all.n)
        classes->all.at[at] = copy;
    else if (!GRID_PUSH(&classes->all, copy))
        return grid_fail_nomem(err);
    if (!put_text(classes, cls->standard, copy->code, at) ||
        !put_text(classes, cls->standard, copy->name, at) ||
        !put_text(classes, cls->standard, copy->name_en, at))
        return grid_fail_nomem(err);
    return GRID_OK;
}

grid_status grid_classes_alias(grid_classes *classes, const char *written,
                               const char *standard_name, bool whole, grid_error *err) {
    char from[MAX_NAME], to[MAX_NAME];
    if (!fold(written, from) || !fold(standard_name, to))
        return grid_fail(err, GRID_E_INPUT, "", "an alias needs two names, at most %d bytes long",
                         MAX_NAME - 1);
    alias added = {grid_arena_text(&classes->arena, from), grid_arena_text(&classes->arena, to),
                   whole};
    if (added.written == NULL || added.name == NULL || !GRID_PUSH(&classes->aliases, added))
        return grid_fail_nomem(err);
    size_t i = classes->aliases.n - 1;
    for (; i > 0 && strlen(classes->aliases.at[i - 1].written) < strlen(from); i--)
        classes->aliases.at[i] = classes->aliases.at[i - 1];
    classes->aliases.at[i] = added;
    return GRID_OK;
}

static grid_standard other(grid_standard standard) {
    return standard == GRID_STANDARD_2026 ? GRID_STANDARD_2013 : GRID_STANDARD_2026;
}

/* From the other generation's class to ours. */
static grid_class_match carry_over(const grid_classes *classes, grid_standard standard,
                                   const grid_class *theirs, const grid_class **out) {
    *out = theirs;
    if (theirs->same_as[0] == '\0')
        return GRID_CLASS_NO_MATCH;
    if (strchr(theirs->same_as, ' ') != NULL)
        return GRID_CLASS_SPLIT;
    const grid_class *ours = find_text(classes, standard, theirs->same_as);
    if (ours == NULL)
        return GRID_CLASS_NO_MATCH;
    *out = ours;
    return GRID_CLASS_MAPPED;
}

/* A folded text as a class of this generation, or of the other one. */
static grid_class_match find_folded(const grid_classes *classes, grid_standard standard,
                                    const char *folded, const grid_class **out) {
    const grid_class *cls = find_text(classes, standard, folded);
    if (cls != NULL) {
        *out = cls;
        return GRID_CLASS_FOUND;
    }
    const grid_class *theirs = find_text(classes, other(standard), folded);
    return theirs ? carry_over(classes, standard, theirs, out) : GRID_CLASS_UNKNOWN;
}

/* A number that lost its leading zero in a spreadsheet, or ends in ".0". */
static grid_class_match find_number(const grid_classes *classes, grid_standard standard,
                                    const char *folded, const grid_class **out) {
    size_t n = strspn(folded, "0123456789");
    char padded[8];
    if (n < 3 || n > 5 || (folded[n] != '\0' && strcmp(folded + n, ".0") != 0))
        return GRID_CLASS_UNKNOWN;
    for (size_t length = 5; length >= 4 && length >= n; length--) {
        snprintf(padded, sizeof padded, "%.*s%.*s", (int)(length - n), "00", (int)n, folded);
        grid_class_match match = find_folded(classes, standard, padded, out);
        if (match != GRID_CLASS_UNKNOWN)
            return match == GRID_CLASS_FOUND ? GRID_CLASS_MAPPED : match;
    }
    return GRID_CLASS_UNKNOWN;
}

/* Replaces every occurrence; false when nothing was there or it would not fit. */
static bool replace_all(char text[MAX_NAME], const char *from, const char *to) {
    char out[MAX_NAME];
    size_t n = 0, length = strlen(from), with = strlen(to);
    bool found = false;
    for (const char *at = text; *at != '\0';) {
        bool here = strncmp(at, from, length) == 0;
        size_t more = here ? with : 1;
        if (n + more >= sizeof out)
            return false;
        memcpy(out + n, here ? to : at, more);
        n += more;
        at += here ? length : 1;
        found |= here;
    }
    out[n] = '\0';
    memcpy(text, out, n + 1);
    return found;
}

static grid_class_match find_alias(const grid_classes *classes, grid_standard standard,
                                   const char *folded, const grid_class **out) {
    char name[MAX_NAME];
    bool changed = false;
    snprintf(name, sizeof name, "%s", folded);
    for (size_t i = 0; i < classes->aliases.n; i++) {
        const alias *a = &classes->aliases.at[i];
        /* A part that already stands in its standard form is left alone. */
        if (!a->whole && strstr(name, a->name) == NULL)
            changed |= replace_all(name, a->written, a->name);
    }
    for (size_t i = 0; i < classes->aliases.n; i++) {
        const alias *a = &classes->aliases.at[i];
        if (a->whole && (strcmp(folded, a->written) == 0 || strcmp(name, a->written) == 0)) {
            snprintf(name, sizeof name, "%s", a->name);
            changed = true;
        }
    }
    if (!changed)
        return GRID_CLASS_UNKNOWN;
    grid_class_match match = find_folded(classes, standard, name, out);
    return match == GRID_CLASS_FOUND ? GRID_CLASS_MAPPED : match;
}

/* The class of the generation whose name is nearest to the text, or NULL. */
static const grid_class *find_near(const grid_classes *classes, grid_standard standard,
                                   const char *folded) {
    bool english = (unsigned char)folded[0] < 0x80;
    const char **names = GRID_NEW(const char *, classes->all.n);
    const grid_class *near = NULL;
    size_t n = 0;
    if (names == NULL)
        return NULL;
    for (size_t i = 0; i < classes->all.n; i++)
        if (classes->all.at[i]->standard == standard)
            names[n++] = english ? classes->all.at[i]->name_en : classes->all.at[i]->name;
    const char *nearest = grid_text_nearest(folded, names, n);
    for (size_t i = 0; nearest != NULL && i < classes->all.n && near == NULL; i++)
        if (classes->all.at[i]->name == nearest || classes->all.at[i]->name_en == nearest)
            near = classes->all.at[i];
    free(names);
    return near;
}

grid_class_match grid_classes_find(const grid_classes *classes, grid_standard standard,
                                   const char *text, const grid_class **out) {
    char folded[MAX_NAME];
    *out = NULL;
    if (!fold(text, folded))
        return GRID_CLASS_UNKNOWN;
    grid_class_match match = find_folded(classes, standard, folded, out);
    if (match == GRID_CLASS_UNKNOWN)
        match = find_number(classes, standard, folded, out);
    if (match == GRID_CLASS_UNKNOWN)
        match = find_alias(classes, standard, folded, out);
    if (match == GRID_CLASS_UNKNOWN)
        *out = find_near(classes, standard, folded);
    return match;
}
