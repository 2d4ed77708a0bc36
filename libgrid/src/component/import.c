/*
 * An import from what the database has to the codes that are given in the end; the rows
 * between are checked in check.c.
 */
#include "component/import.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"

enum { SERIAL_MAX = 999999 };

grid_status grid_component_import_new(const grid_component_rules *rules, const char *source,
                                      grid_component_import **out, grid_error *err) {
    if (strlen(rules->county) != 6 || strspn(rules->county, "0123456789") != 6)
        return grid_fail(err, GRID_E_ARG, "", "a county code has six digits, not '%s'",
                         rules->county);
    grid_component_import *import = calloc(1, sizeof *import);
    if (import == NULL)
        return grid_fail_nomem(err);
    import->rules = *rules;
    import->source = component_hash_text(1, source);
    grid_status status = component_borders_build(rules->units, &import->borders, err);
    if (status != GRID_OK) {
        free(import);
        return status;
    }
    *out = import;
    return GRID_OK;
}

void grid_component_import_free(grid_component_import *import) {
    if (import == NULL)
        return;
    component_borders_free(import->borders);
    grid_arena_free(&import->arena);
    GRID_VEC_FREE(&import->known);
    GRID_VEC_FREE(&import->done);
    GRID_VEC_FREE(&import->found);
    GRID_VEC_FREE(&import->serials);
    GRID_VEC_FREE(&import->missing);
    component_map *maps[] = {&import->known_code,   &import->known_id,  &import->known_place,
                             &import->row_code,     &import->row_id,    &import->row_place,
                             &import->class_text,   &import->serial_of, &import->refused_id,
                             &import->refused_place};
    for (size_t i = 0; i < sizeof maps / sizeof *maps; i++)
        component_map_free(maps[i]);
    free(import);
}

/* ---- keys --------------------------------------------------------------------------- */

/* A code's digits as a number; 17 digits fit. 0 when it is none. */
uint64_t component_code_number(const char *code) {
    uint64_t number = 0;
    for (; *code >= '0' && *code <= '9'; code++)
        number = number * 10 + (uint64_t)(*code - '0');
    return *code == '\0' ? number : 0;
}

uint64_t component_place_key(const char *class_code, double x, double y) {
    grid_ixy at = grid_lattice_snap((grid_xy){x, y});
    return component_hash(component_hash_text(2, class_code), &at, sizeof at);
}

uint64_t component_id_key(uint64_t source, const char *local_id) {
    return component_hash_text(source, local_id);
}

/* ---- serials ------------------------------------------------------------------------ */

component_serials *component_serials_of(grid_component_import *import, const char *class_code) {
    component_serials fresh = {.last = 0};
    snprintf(fresh.class_code, sizeof fresh.class_code, "%s", class_code);
    uint32_t *at = component_map_put(&import->serial_of, component_hash_text(3, class_code),
                                     (uint32_t)import->serials.n);
    if (at == NULL)
        return NULL;
    if (*at == import->serials.n && !GRID_PUSH(&import->serials, fresh))
        return NULL;
    return &import->serials.at[*at];
}

grid_status grid_component_import_know_serial(grid_component_import *import, const char *class_code,
                                              uint32_t last, grid_error *err) {
    component_serials *s = component_serials_of(import, class_code);
    if (s == NULL)
        return grid_fail_nomem(err);
    if (last > s->last)
        s->last = last;
    return GRID_OK;
}

uint32_t component_code_serial(const char *code) {
    return (uint32_t)component_code_number(code + strlen(code) - 6);
}

grid_status grid_component_import_know(grid_component_import *import,
                                       const grid_component_known *row, grid_error *err) {
    uint32_t at = (uint32_t)import->known.n;
    uint64_t source = component_hash_text(1, row->source);
    component_known entry = {component_code_number(row->code), row->digest,
                             (uint8_t)strlen(row->code), source == import->source, false};
    if (entry.code == 0 || strlen(row->code) < 7)
        return grid_fail(err, GRID_E_INPUT, row->code, "not a component code");
    if (!GRID_PUSH(&import->known, entry) ||
        !component_map_put(&import->known_code, entry.code, at) ||
        !component_map_put(&import->known_place,
                           component_place_key(row->class_code, row->x, row->y), at) ||
        (row->local_id[0] != '\0' &&
         !component_map_put(&import->known_id, component_id_key(source, row->local_id), at)))
        return grid_fail_nomem(err);
    return grid_component_import_know_serial(import, row->class_code,
                                             component_code_serial(row->code), err);
}

/* ---- codes -------------------------------------------------------------------------- */

static int compare(int64_t a, int64_t b) {
    return (a > b) - (a < b);
}

/* Class, north to south, west to east, local id, line: the order in which codes are given. */
static int by_place(const void *a, const void *b) {
    const grid_component *const *p = a, *const *q = b;
    int order = strcmp((*p)->cls->code, (*q)->cls->code);
    grid_ixy u = grid_lattice_snap((grid_xy){(*p)->x, (*p)->y});
    grid_ixy v = grid_lattice_snap((grid_xy){(*q)->x, (*q)->y});
    if (order == 0)
        order = compare(v.y, u.y);
    if (order == 0)
        order = compare(u.x, v.x);
    if (order == 0)
        order = strcmp(grid_component_text(*p, GRID_FIELD_LOCAL_ID),
                       grid_component_text(*q, GRID_FIELD_LOCAL_ID));
    return order ? order : compare((int64_t)(*p)->line, (int64_t)(*q)->line);
}

static int by_code(const void *a, const void *b) {
    return strcmp(((const grid_component *)a)->code, ((const grid_component *)b)->code);
}

static grid_status give_code(grid_component_import *import, grid_component *component,
                             grid_error *err) {
    component_serials *s = component_serials_of(import, component->cls->code);
    if (s == NULL)
        return grid_fail_nomem(err);
    if (s->last >= SERIAL_MAX) {
        grid_fail(err, GRID_E_INPUT, component->cls->code,
                  "class %s %s has no serial left after %d", component->cls->code,
                  component->cls->name, SERIAL_MAX);
        return grid_hint(err, GRID_E_INPUT, "codes are never given twice; split the class");
    }
    grid_component_code_write(import->rules.county, component->cls->code, ++s->last,
                              component->code);
    return GRID_OK;
}

grid_status grid_component_import_finish(grid_component_import *import,
                                         const grid_component **components, size_t *n,
                                         grid_error *err) {
    grid_component **open = GRID_NEW(grid_component *, import->done.n);
    size_t n_open = 0;
    if (open == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < import->done.n; i++)
        if (import->done.at[i].code[0] == '\0')
            open[n_open++] = &import->done.at[i];
    qsort(open, n_open, sizeof(grid_component *), by_place);
    grid_status status = GRID_OK;
    for (size_t i = 0; i < n_open && status == GRID_OK; i++)
        status = give_code(import, open[i], err);
    free(open);
    if (import->done.n > 0)
        qsort(import->done.at, import->done.n, sizeof *import->done.at, by_code);
    *components = import->done.at;
    *n = import->done.n;
    return status;
}

grid_status grid_component_import_missing(grid_component_import *import, const char *const **codes,
                                          size_t *n, grid_error *err) {
    import->missing.n = 0;
    for (size_t i = 0; i < import->known.n; i++) {
        const component_known *k = &import->known.at[i];
        if (!k->ours || k->seen)
            continue;
        char code[32];
        snprintf(code, sizeof code, "%0*llu", k->digits, (unsigned long long)k->code);
        const char *copy = grid_arena_text(&import->arena, code);
        if (copy == NULL || !GRID_PUSH(&import->missing, copy))
            return grid_fail_nomem(err);
    }
    *codes = import->missing.at;
    *n = import->missing.n;
    return GRID_OK;
}

grid_status grid_component_import_serials(const grid_component_import *import,
                                          grid_status (*visit)(void *user, const char *class_code,
                                                               uint32_t last, grid_error *err),
                                          void *user, grid_error *err) {
    for (size_t i = 0; i < import->serials.n; i++)
        GRID_TRY(visit(user, import->serials.at[i].class_code, import->serials.at[i].last, err));
    return GRID_OK;
}
