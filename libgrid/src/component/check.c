/*
 * One row: cleaned, checked, matched with what is known, kept or refused. The checks run in a
 * fixed order, so that a row has one reason.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "component/import.h"

/* A row on its way: its cleaned texts and what was found about it. */
typedef struct checking {
    grid_component_import *import;
    const grid_component_row *row;
    grid_component_verdict *verdict;
    const char *text[GRID_FIELDS]; /* cleaned; "" when absent */
    char initial[11], changed[11];
    char code[GRID_COMPONENT_CODE_SIZE]; /* "" when one is to be given */
    grid_component component;
    component_known *match; /* what the database has of it; NULL */
    bool placed, nomem;
} checking;

static bool refuse(checking *c, grid_reject reason, const char *field, const char *format, ...)
    GRID_PRINTF(4, 5);

static bool refuse(checking *c, grid_reject reason, const char *field, const char *format, ...) {
    va_list args;
    c->verdict->reason = reason;
    c->verdict->field = field;
    va_start(args, format);
    vsnprintf(c->verdict->detail, sizeof c->verdict->detail, format, args);
    va_end(args);
    return false;
}

static bool refuse_field(checking *c, grid_reject reason, grid_component_field field,
                         const char *what) {
    return refuse(c, reason, grid_component_field_name(field), "%s: '%.160s'", what,
                  c->row->text[field] ? c->row->text[field] : "");
}

static bool clean_texts(checking *c) {
    char *buffer = c->import->scratch;
    size_t used = 0;
    for (int f = 0; f < GRID_FIELDS; f++) {
        const char *text = c->row->text[f];
        c->text[f] = "";
        if (text == NULL || text[0] == '\0')
            continue;
        size_t n = strlen(text);
        if (!grid_text_is_utf8(text, n))
            return refuse(c, GRID_REJECT_TEXT, grid_component_field_name((grid_component_field)f),
                          "not UTF-8; name the encoding with --encoding");
        if (used + n + 1 > COMPONENT_MAX_TEXT)
            return refuse(c, GRID_REJECT_FIELD_LONG,
                          grid_component_field_name((grid_component_field)f),
                          "the row's texts exceed %d bytes", COMPONENT_MAX_TEXT);
        grid_component_clean(text, buffer + used);
        c->text[f] = buffer + used;
        used += strlen(buffer + used) + 1;
    }
    return true;
}

static bool check_lengths(checking *c) {
    for (int f = GRID_FIELD_NAME; f < GRID_FIELDS; f++) {
        size_t most = component_field_length((grid_component_field)f);
        if (strlen(c->text[f]) > most && component_characters(c->text[f]) > most)
            return refuse(c, GRID_REJECT_FIELD_LONG,
                          grid_component_field_name((grid_component_field)f),
                          "longer than %zu characters", most);
    }
    return true;
}

/* ---- class and code ----------------------------------------------------------------- */

static const component_found_class *look_up(grid_component_import *import, const char *text) {
    uint32_t *at = component_map_put(&import->class_text, component_hash_text(4, text),
                                     (uint32_t)import->found.n);
    if (at == NULL)
        return NULL;
    if (*at == import->found.n) {
        component_found_class fresh;
        fresh.match = grid_classes_find(import->rules.classes, import->rules.standard, text,
                                        &fresh.cls);
        if (!GRID_PUSH(&import->found, fresh))
            return NULL;
    }
    return &import->found.at[*at];
}

/* Digits of group + class inside a code of this length; "" when it has no such length. */
static void class_of_code(const char *code, char out[6]) {
    size_t n = strlen(code);
    out[0] = '\0';
    if (n == 16 || n == 17)
        snprintf(out, 6, "%.*s", n == 17 ? 5 : 4, code + 6);
}

static bool refuse_class(checking *c, const component_found_class *found, const char *text) {
    switch (found->match) {
    case GRID_CLASS_SPLIT:
        return refuse(c, GRID_REJECT_CLASS_SPLIT, "class", "'%.60s' was split into %s", text,
                      found->cls->same_as);
    case GRID_CLASS_NO_MATCH:
        return refuse(c, GRID_REJECT_CLASS_NO_MATCH, "class",
                      "'%.60s' has no counterpart in the standard of %d", text,
                      (int)c->import->rules.standard);
    case GRID_CLASS_UNKNOWN:
        if (found->cls != NULL)
            return refuse(c, GRID_REJECT_CLASS_UNKNOWN, "class",
                          "'%.60s' is no known class; nearest: %s %s", text, found->cls->code,
                          found->cls->name);
        return refuse(c, GRID_REJECT_CLASS_UNKNOWN, "class", "'%.60s' is no known class", text);
    case GRID_CLASS_FOUND:
    case GRID_CLASS_MAPPED:
        break;
    }
    return true;
}

/* The class by its own field, else by the code, else by the name. */
static bool check_class(checking *c) {
    char in_code[6];
    class_of_code(c->text[GRID_FIELD_CODE], in_code);
    const char *text = c->text[GRID_FIELD_CLASS];
    if (text[0] == '\0')
        text = in_code;
    if (text[0] == '\0')
        text = c->text[GRID_FIELD_NAME];
    if (text[0] == '\0')
        return refuse(c, GRID_REJECT_CLASS_MISSING, "class",
                      "neither class nor code nor name says what it is");
    const component_found_class *found = look_up(c->import, text);
    if (found == NULL) {
        c->nomem = true;
        return false;
    }
    if (!refuse_class(c, found, text))
        return false;
    c->component.cls = found->cls;
    c->verdict->class_mapped = found->match == GRID_CLASS_MAPPED;
    return true;
}

static bool lost_its_tail(const checking *c, const char *code) {
    return (c->row->code_is_number && strlen(code) > 15) || strpbrk(code, "eE.") != NULL;
}

static bool check_code(checking *c) {
    const char *code = c->text[GRID_FIELD_CODE];
    if (code[0] == '\0')
        return true;
    if (lost_its_tail(c, code))
        return refuse_field(c, GRID_REJECT_CODE_NUMBER, GRID_FIELD_CODE,
                            "kept as a number, which has only 15 digits; store it as text");
    size_t n = strspn(code, "0123456789");
    if (code[n] != '\0' || (n != 16 && n != 17))
        return refuse_field(c, GRID_REJECT_CODE_FORM, GRID_FIELD_CODE,
                            "a component code has 17 digits (2026) or 16 (2013)");
    if (memcmp(code, c->import->rules.county, 6) != 0)
        return refuse(c, GRID_REJECT_CODE_COUNTY, "code", "'%s' is not of county %s", code,
                      c->import->rules.county);
    if (component_code_serial(code) == 0)
        return refuse_field(c, GRID_REJECT_CODE_SERIAL, GRID_FIELD_CODE, "serial 000000");
    return true;
}

/* A code of the wanted generation is the component's, one of the other is its local id. */
static bool check_code_class(checking *c) {
    const char *code = c->text[GRID_FIELD_CODE];
    char digits[6];
    if (code[0] == '\0')
        return true;
    class_of_code(code, digits);
    const component_found_class *found = look_up(c->import, digits);
    if (found == NULL || found->cls != c->component.cls)
        return refuse(c, GRID_REJECT_CODE_CLASS, "code", "'%s' is of class %s, the row says %s %s",
                      code, digits, c->component.cls->code, c->component.cls->name);
    if (strlen(code) == grid_component_code_length(c->import->rules.standard))
        memcpy(c->code, code, strlen(code) + 1);
    else if (c->text[GRID_FIELD_LOCAL_ID][0] == '\0')
        c->text[GRID_FIELD_LOCAL_ID] = code;
    return true;
}

/* ---- words and dates ---------------------------------------------------------------- */

static bool check_status(checking *c) {
    const char *text = c->text[GRID_FIELD_STATUS];
    if (text[0] == '\0')
        return true;
    const char *word = component_status(text);
    if (word == NULL)
        return refuse(c, GRID_REJECT_STATUS, "status",
                      "'%.60s' is none of 完好 破损 丢失 废弃 移除", text);
    c->text[GRID_FIELD_STATUS] = word;
    return true;
}

static bool check_date(checking *c, grid_component_field field, char out[11]) {
    if (c->text[field][0] == '\0')
        return true;
    if (!grid_component_date(c->text[field], out))
        return refuse_field(c, GRID_REJECT_DATE, field, "no day of the calendar");
    c->text[field] = out;
    return true;
}

static bool check_dates(checking *c) {
    if (!check_date(c, GRID_FIELD_INITIAL_DATE, c->initial) ||
        !check_date(c, GRID_FIELD_CHANGE_DATE, c->changed))
        return false;
    const char *begun = c->text[GRID_FIELD_INITIAL_DATE];
    const char *change = c->text[GRID_FIELD_CHANGE_DATE];
    if (begun[0] != '\0' && change[0] != '\0' && strcmp(change, begun) < 0)
        return refuse(c, GRID_REJECT_DATE_ORDER, "change_date", "%s is before the initial date %s",
                      change, begun);
    return true;
}

/* The name follows from the class, code and grid are given; what else the standard demands? */
static bool check_mandatory(checking *c) {
    for (int f = 0; f < GRID_FIELDS; f++) {
        bool given = f == GRID_FIELD_CODE || f == GRID_FIELD_CLASS || f == GRID_FIELD_UNIT ||
                     f == GRID_FIELD_NAME;
        if (given || c->text[f][0] != '\0' ||
            !grid_component_field_mandatory((grid_component_field)f))
            continue;
        c->verdict->mandatory_missing |= 1U << f;
        if (c->import->rules.strict)
            return refuse(c, GRID_REJECT_FIELD_MISSING,
                          grid_component_field_name((grid_component_field)f),
                          "mandatory and empty");
    }
    return true;
}

/* ---- place -------------------------------------------------------------------------- */

static bool check_place(checking *c) {
    const grid_shapes *shapes = c->row->shapes;
    size_t f = c->row->feature;
    grid_shape_kind kind = (grid_shape_kind)shapes->kind[f];
    grid_xy at;
    if (kind == GRID_SHAPE_POINT && shapes->part_start[f + 1] - shapes->part_start[f] > 1)
        return refuse(c, GRID_REJECT_GEOMETRY_PARTS, "",
                      "%zu points in one row; a component has one place",
                      shapes->part_start[f + 1] - shapes->part_start[f]);
    if (!grid_component_place(shapes, f, &at))
        return refuse(c, GRID_REJECT_GEOMETRY_MISSING, "", "no usable geometry");
    c->verdict->representative = kind != GRID_SHAPE_POINT;
    c->placed = true;
    c->component.x = at.x;
    c->component.y = at.y;
    return true;
}

static bool check_unit(checking *c) {
    const grid_component_rules *rules = &c->import->rules;
    grid_component *component = &c->component;
    grid_hit hit;
    grid_locator_find(rules->locator, component->x, component->y, &hit);
    if (hit.unit == GRID_NONE)
        return refuse(c, GRID_REJECT_OUTSIDE, "", "(%.3f, %.3f) lies in no grid", component->x,
                      component->y);
    double radius = component->cls->accuracy_m;
    component->unit = hit.unit;
    component->uncertain = hit.border || hit.claims > 1 ||
                           (radius > 0 && component_borders_within(c->import->borders, component->x,
                                                                   component->y, radius));
    grid_shape_kind kind = (grid_shape_kind)c->row->shapes->kind[c->row->feature];
    c->verdict->surveyed_otherwise = component->cls->surveyed != GRID_SHAPE_NONE &&
                                     component->cls->surveyed != kind;
    const char *delivered = c->text[GRID_FIELD_UNIT], *found = rules->unit_code[hit.unit];
    c->verdict->unit_differs = delivered[0] != '\0' && strcmp(delivered, found) != 0;
    if (c->verdict->unit_differs)
        snprintf(c->verdict->detail, sizeof c->verdict->detail, "%s", found);
    return true;
}

/* ---- duplicates --------------------------------------------------------------------- */

/* Refuses a row whose key an earlier row of this import has. */
static bool check_first(checking *c, const component_map *rows, uint64_t key, grid_reject reason,
                        const char *field, const char *what) {
    const uint32_t *line = component_map_find(rows, key);
    return line == NULL || refuse(c, reason, field, "%s already in line %u", what, *line);
}

/* Which component of the database the row is, if any: by code, by local id, by class and place. */
static bool check_known(checking *c, uint64_t place) {
    grid_component_import *import = c->import;
    const char *id = c->text[GRID_FIELD_LOCAL_ID];
    const uint32_t *there = component_map_find(&import->known_place, place), *at = NULL;
    if (c->code[0] != '\0')
        at = component_map_find(&import->known_code, component_code_number(c->code));
    else if (id[0] != '\0')
        at = component_map_find(&import->known_id, component_id_key(import->source, id));
    /* One without a number of its own, or from another inventory, is known by where it stands. */
    if (at == NULL && c->code[0] == '\0' && there != NULL &&
        (id[0] == '\0' || !import->known.at[*there].ours))
        at = there;
    if (there != NULL && (at == NULL || *at != *there))
        return refuse(c, GRID_REJECT_PLACE_DUPLICATE, "", "the same class stands there as %llu",
                      (unsigned long long)import->known.at[*there].code);
    c->match = at ? &import->known.at[*at] : NULL;
    return true;
}

static bool remember(component_map *rows, uint64_t key, size_t line) {
    return component_map_put(rows, key, (uint32_t)line) != NULL;
}

static bool check_duplicates(checking *c) {
    grid_component_import *import = c->import;
    const char *id = c->text[GRID_FIELD_LOCAL_ID];
    uint64_t place = component_place_key(c->component.cls->code, c->component.x, c->component.y);
    uint64_t id_key = id[0] != '\0' ? component_id_key(import->source, id) : 0;
    uint64_t code = component_code_number(c->code);
    if (code != 0 &&
        !check_first(c, &import->row_code, code, GRID_REJECT_CODE_DUPLICATE, "code", c->code))
        return false;
    if (id_key != 0 &&
        !check_first(c, &import->row_id, id_key, GRID_REJECT_ID_DUPLICATE, "local_id", id))
        return false;
    if (!check_first(c, &import->row_place, place, GRID_REJECT_PLACE_DUPLICATE, "",
                     "the same class at this place is") ||
        !check_known(c, place))
        return false;
    if (c->match != NULL && code == 0) {
        code = c->match->code;
        snprintf(c->code, sizeof c->code, "%0*llu", c->match->digits, (unsigned long long)code);
        /* A known component may have been named by its code in an earlier row. */
        if (!check_first(c, &import->row_code, code, GRID_REJECT_CODE_DUPLICATE, "code", c->code))
            return false;
    }
    size_t line = c->row->line;
    c->nomem = (code != 0 && !remember(&import->row_code, code, line)) ||
               (id_key != 0 && !remember(&import->row_id, id_key, line)) ||
               !remember(&import->row_place, place, line);
    return !c->nomem;
}

/* ---- keeping ------------------------------------------------------------------------ */

/* The texts that are kept, in the order of the fields, each with its end. */
static const char *pack_texts(checking *c) {
    size_t n = 0, length[GRID_FIELDS] = {0};
    if (c->text[GRID_FIELD_NAME][0] == '\0')
        c->text[GRID_FIELD_NAME] = c->component.cls->name;
    for (int f = GRID_FIELD_NAME; f <= GRID_FIELD_LOCAL_ID; f++)
        n += length[f] = strlen(c->text[f]) + 1;
    char *packed = grid_arena_alloc(&c->import->arena, n), *at = packed;
    if (packed == NULL)
        return NULL;
    for (int f = GRID_FIELD_NAME; f <= GRID_FIELD_LOCAL_ID; f++) {
        memcpy(at, c->text[f], length[f]);
        at += length[f];
    }
    grid_component *component = &c->component;
    double xy[2] = {component->x, component->y};
    uint64_t digest = component_hash(5, packed, n);
    digest = component_hash(digest, xy, sizeof xy);
    digest = component_hash_text(digest, component->cls->code);
    digest = component_hash_text(digest, c->import->rules.unit_code[component->unit]);
    component->digest = component_hash(digest, &component->uncertain, 1);
    return packed;
}

const char *grid_component_text(const grid_component *component, grid_component_field field) {
    if (field < GRID_FIELD_NAME || field > GRID_FIELD_LOCAL_ID)
        return "";
    const char *text = component->texts;
    for (int f = GRID_FIELD_NAME; f < (int)field; f++)
        text += strlen(text) + 1;
    return text;
}

static bool keep(checking *c) {
    grid_component *component = &c->component;
    component->texts = pack_texts(c);
    component->line = c->row->line;
    memcpy(component->code, c->code, sizeof component->code);
    component->action = GRID_COMPONENT_NEW;
    if (c->match != NULL) {
        c->match->seen = true;
        component->action = c->match->digest == component->digest ? GRID_COMPONENT_SAME
                                                                  : GRID_COMPONENT_CHANGED;
    }
    if (component->texts == NULL || !GRID_PUSH(&c->import->done, *component))
        return false;
    if (c->code[0] == '\0')
        return true;
    component_serials *s = component_serials_of(c->import, component->cls->code);
    if (s != NULL && component_code_serial(c->code) > s->last)
        s->last = component_code_serial(c->code);
    return s != NULL;
}

/*
 * Says whether an earlier row, kept or refused, had the same id or stood at the same place, so
 * that the repeats of an inventory can be counted whatever else is wrong with its rows.
 */
static void note_repeats(checking *c) {
    grid_component_import *import = c->import;
    const char *id = c->text[GRID_FIELD_LOCAL_ID];
    bool refused = c->verdict->reason != GRID_REJECT_NONE;
    if (c->placed && c->component.cls != NULL) {
        uint64_t place = component_place_key(c->component.cls->code, c->component.x,
                                             c->component.y);
        c->verdict->place_repeated = (refused &&
                                      component_map_find(&import->row_place, place) != NULL) ||
                                     component_map_find(&import->refused_place, place) != NULL;
        c->nomem |= refused && !remember(&import->refused_place, place, c->row->line);
    }
    if (id != NULL && id[0] != '\0') {
        uint64_t key = component_id_key(import->source, id);
        c->verdict->id_repeated = (refused && component_map_find(&import->row_id, key) != NULL) ||
                                  component_map_find(&import->refused_id, key) != NULL;
        c->nomem |= refused && !remember(&import->refused_id, key, c->row->line);
    }
}

grid_status grid_component_import_add(grid_component_import *import, const grid_component_row *row,
                                      grid_component_verdict *verdict, grid_error *err) {
    checking c = {.import = import, .row = row, .verdict = verdict};
    *verdict = (grid_component_verdict){.field = ""};
    bool good = clean_texts(&c) && check_place(&c) && check_code(&c) && check_class(&c) &&
                check_code_class(&c) && check_status(&c) && check_dates(&c) && check_lengths(&c) &&
                check_mandatory(&c) && check_unit(&c) && check_duplicates(&c);
    if (!c.nomem)
        note_repeats(&c);
    return c.nomem || (good && !keep(&c)) ? grid_fail_nomem(err) : GRID_OK;
}
