#include "duty/duty.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "base/vec.h"

enum { MAX_DEPTH = 64 };

/* ---- units -------------------------------------------------------------------------- */

static int by_code(const void *a, const void *b) {
    return strcmp(((const duty_unit *)a)->code, ((const duty_unit *)b)->code);
}

uint32_t duty_find_unit(const grid_duty *duty, const char *code) {
    duty_unit key = {.code = code};
    const duty_unit *found = bsearch(&key, duty->units, duty->n_units, sizeof *duty->units,
                                     by_code);
    return found ? (uint32_t)(found - duty->units) : DUTY_NONE;
}

static const char *keep(grid_duty *duty, const char *text) {
    return grid_arena_text(&duty->arena, text ? text : "");
}

static grid_status check_depth(const grid_duty *duty, grid_error *err) {
    for (size_t i = 0; i < duty->n_units; i++) {
        int depth = 0;
        for (uint32_t u = (uint32_t)i; u != DUTY_NONE; u = duty->units[u].parent)
            if (++depth > MAX_DEPTH)
                return grid_fail(err, GRID_E_INPUT, duty->units[i].code,
                                 "a unit is its own parent, or lies over %d levels deep",
                                 MAX_DEPTH);
    }
    return GRID_OK;
}

static grid_status build_units(grid_duty *duty, const grid_duty_input *in, grid_error *err) {
    duty->units = GRID_NEW(duty_unit, in->n_units);
    if (duty->units == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < in->n_units; i++) {
        duty_unit *u = &duty->units[duty->n_units++];
        *u = (duty_unit){.code = keep(duty, in->units[i].code),
                         .name = keep(duty, in->units[i].name),
                         .level = keep(duty, in->units[i].level),
                         .parent = DUTY_NONE};
        if (!u->code || !u->name || !u->level)
            return grid_fail_nomem(err);
    }
    qsort(duty->units, duty->n_units, sizeof *duty->units, by_code);
    for (size_t i = 0; i < in->n_units; i++) {
        if (in->units[i].parent_code[0] == '\0')
            continue;
        uint32_t child = duty_find_unit(duty, in->units[i].code);
        duty->units[child].parent = duty_find_unit(duty, in->units[i].parent_code);
    }
    return check_depth(duty, err);
}

/* ---- posts and holders -------------------------------------------------------------- */

static grid_status build_posts(grid_duty *duty, const grid_duty_input *in, grid_error *err) {
    duty->posts = GRID_NEW(grid_post, in->n_posts);
    if (duty->posts == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < in->n_posts; i++) {
        grid_post *p = &duty->posts[duty->n_posts++];
        *p = in->posts[i];
        p->post = keep(duty, p->post);
        p->name = keep(duty, p->name);
        p->level = keep(duty, p->level);
        if (!p->post || !p->name || !p->level)
            return grid_fail_nomem(err);
        if (p->min < 0 || (p->max >= 0 && p->max < p->min))
            return grid_fail(err, GRID_E_INPUT, p->post,
                             "a post has min 0 or more, and max not below it");
    }
    return GRID_OK;
}

static uint32_t find_post(const grid_duty *duty, const char *post) {
    for (size_t i = 0; i < duty->n_posts; i++)
        if (strcmp(duty->posts[i].post, post) == 0)
            return (uint32_t)i;
    return DUTY_NONE;
}

static grid_status add_holder(grid_duty *duty, const grid_holder *from, grid_error *err) {
    duty_holder *h = &duty->holders[duty->n_holders];
    *h = (duty_holder){.told = {.person = keep(duty, from->person),
                                .phone = keep(duty, from->phone),
                                .department = keep(duty, from->department),
                                .post = keep(duty, from->post),
                                .unit_code = keep(duty, from->unit_code),
                                .shift = keep(duty, from->shift),
                                .valid_from = keep(duty, from->valid_from),
                                .valid_to = keep(duty, from->valid_to)},
                       .order = (uint32_t)duty->n_holders};
    const grid_holder *t = &h->told;
    if (!t->person || !t->phone || !t->department || !t->post || !t->unit_code || !t->shift ||
        !t->valid_from || !t->valid_to)
        return grid_fail_nomem(err);
    h->unit = duty_find_unit(duty, t->unit_code);
    h->post = find_post(duty, t->post);
    if (h->unit == DUTY_NONE)
        return grid_fail(err, GRID_E_INPUT, t->person, "there is no unit %s", t->unit_code);
    if (h->post == DUTY_NONE)
        return grid_fail(err, GRID_E_INPUT, t->person, "there is no post '%s'", t->post);
    if (!grid_shift_check(t->shift))
        return grid_fail(err, GRID_E_INPUT, t->person, "'%s' is no shift", t->shift);
    duty->n_holders++;
    return GRID_OK;
}

static int by_person(const void *a, const void *b) {
    const duty_holder *p = a, *q = b;
    int order = strcmp(p->told.person, q->told.person);
    return order ? order : strcmp(p->told.phone, q->told.phone);
}

static int by_unit_and_post(const void *a, const void *b) {
    const duty_holder *p = a, *q = b;
    if (p->unit != q->unit)
        return p->unit < q->unit ? -1 : 1;
    if (p->post != q->post)
        return p->post < q->post ? -1 : 1;
    return p->order < q->order ? -1 : p->order > q->order;
}

static grid_status build_holders(grid_duty *duty, const grid_duty_input *in, grid_error *err) {
    duty->holders = GRID_NEW(duty_holder, in->n_holders);
    if (duty->holders == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < in->n_holders; i++)
        GRID_TRY(add_holder(duty, &in->holders[i], err));
    qsort(duty->holders, duty->n_holders, sizeof *duty->holders, by_person);
    for (size_t i = 0; i < duty->n_holders; i++) {
        if (i == 0 || by_person(&duty->holders[i - 1], &duty->holders[i]) != 0)
            duty->n_persons++;
        duty->holders[i].person = (uint32_t)duty->n_persons - 1;
    }
    qsort(duty->holders, duty->n_holders, sizeof *duty->holders, by_unit_and_post);
    for (uint32_t i = 0; i < duty->n_holders; i++) {
        duty_unit *u = &duty->units[duty->holders[i].unit];
        if (u->after == 0)
            u->first = i;
        u->after = i + 1;
    }
    return GRID_OK;
}

/* ---- rules -------------------------------------------------------------------------- */

static int by_key(const duty_rule *p, const duty_rule *q) {
    if (p->told.fallback != q->told.fallback)
        return p->told.fallback ? 1 : -1;
    int order = strcmp(p->told.kind, q->told.kind);
    if (order == 0)
        order = strcmp(p->told.class_code, q->told.class_code);
    return order ? order : strcmp(p->told.unit, q->told.unit);
}

static int by_rule(const void *a, const void *b) {
    const duty_rule *p = a, *q = b;
    int order = by_key(p, q);
    return order ? order : p->order < q->order ? -1 : p->order > q->order;
}

static bool is_class(const char *text) {
    size_t n = strspn(text, "0123456789");
    return strcmp(text, "*") == 0 || (text[n] == '\0' && (n == 2 || n == 5));
}

static grid_status add_rule(grid_duty *duty, const grid_duty_rule *from, grid_error *err) {
    duty_rule *r = &duty->rules[duty->n_rules];
    *r = (duty_rule){.told = *from, .order = (uint32_t)duty->n_rules};
    r->told.kind = keep(duty, from->kind);
    r->told.class_code = keep(duty, from->class_code);
    r->told.unit = keep(duty, from->unit);
    r->told.department = keep(duty, from->department);
    if (!r->told.kind || !r->told.class_code || !r->told.unit || !r->told.department)
        return grid_fail_nomem(err);
    if (strcmp(r->told.kind, "component") != 0 && strcmp(r->told.kind, "event") != 0)
        return grid_fail(err, GRID_E_INPUT, "duties", "a kind is component or event, not '%s'",
                         r->told.kind);
    if (!is_class(r->told.class_code))
        return grid_fail(err, GRID_E_INPUT, "duties",
                         "a class has five digits, or two for a group, or is *, not '%s'",
                         r->told.class_code);
    if (strcmp(r->told.unit, "*") != 0 && duty_find_unit(duty, r->told.unit) == DUTY_NONE)
        return grid_fail(err, GRID_E_INPUT, "duties", "there is no unit %s", r->told.unit);
    if (r->told.department[0] == '\0')
        return grid_fail(err, GRID_E_INPUT, "duties", "the row of %s %s names no department",
                         r->told.kind, r->told.class_code);
    duty->n_rules++;
    return GRID_OK;
}

static grid_status build_rules(grid_duty *duty, const grid_duty_input *in, grid_error *err) {
    duty->rules = GRID_NEW(duty_rule, in->n_rules);
    if (duty->rules == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < in->n_rules; i++)
        GRID_TRY(add_rule(duty, &in->rules[i], err));
    qsort(duty->rules, duty->n_rules, sizeof *duty->rules, by_rule);
    return GRID_OK;
}

/* ---- the index ---------------------------------------------------------------------- */

grid_status grid_duty_build(const grid_duty_input *input, grid_duty **out, grid_error *err) {
    *out = NULL;
    grid_duty *duty = calloc(1, sizeof *duty);
    if (duty == NULL)
        return grid_fail_nomem(err);
    grid_status status = build_units(duty, input, err);
    if (status == GRID_OK)
        status = build_posts(duty, input, err);
    if (status == GRID_OK)
        status = build_holders(duty, input, err);
    if (status == GRID_OK)
        status = build_rules(duty, input, err);
    if (status != GRID_OK) {
        grid_duty_free(duty);
        return status;
    }
    *out = duty;
    return GRID_OK;
}

void grid_duty_free(grid_duty *duty) {
    if (duty == NULL)
        return;
    grid_arena_free(&duty->arena);
    free(duty->units);
    free(duty->posts);
    free(duty->holders);
    free(duty->rules);
    free(duty);
}

size_t grid_duty_post_count(const grid_duty *duty) {
    return duty->n_posts;
}

/* ---- answers ------------------------------------------------------------------------ */

const char *grid_duty_match_name(grid_duty_match match) {
    static const char *const names[] = {"class+unit", "class", "group+unit", "group",
                                        "unit",       "any",   "fallback",   "top"};
    return names[match];
}

/* The first rule with exactly this key, or NULL. */
static const duty_rule *find_rule(const grid_duty *duty, bool fallback, const char *kind,
                                  const char *class_code, const char *unit) {
    duty_rule key = {
        .told = {.kind = kind, .class_code = class_code, .unit = unit, .fallback = fallback}};
    size_t low = 0, high = duty->n_rules;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (by_key(&duty->rules[middle], &key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    bool found = low < duty->n_rules && by_key(&duty->rules[low], &key) == 0;
    return found ? &duty->rules[low] : NULL;
}

/* The rule for a class at a unit or above it (*at_unit), else everywhere. */
static const duty_rule *find_for_class(const grid_duty *duty, bool fallback, const char *kind,
                                       const char *class_code, uint32_t unit, bool *at_unit) {
    for (uint32_t u = unit; u != DUTY_NONE; u = duty->units[u].parent) {
        const duty_rule *rule = find_rule(duty, fallback, kind, class_code, duty->units[u].code);
        if (rule != NULL) {
            *at_unit = true;
            return rule;
        }
    }
    *at_unit = false;
    return find_rule(duty, fallback, kind, class_code, "*");
}

/* The closest rule: the longer class before the lower unit. */
static const duty_rule *find_closest(const grid_duty *duty, bool fallback,
                                     const grid_duty_question *q, uint32_t unit,
                                     grid_duty_match *match) {
    char group[3] = "";
    if (strlen(q->class_code) > 2)
        memcpy(group, q->class_code, 2);
    const char *const classes[] = {q->class_code, group, "*"};
    for (int i = 0; i < 3; i++) {
        bool at_unit;
        if (classes[i][0] == '\0')
            continue;
        const duty_rule *rule = find_for_class(duty, fallback, q->kind, classes[i], unit, &at_unit);
        if (rule != NULL) {
            *match = (grid_duty_match)(2 * i + !at_unit);
            return rule;
        }
    }
    return NULL;
}

static uint32_t unit_of_level(const grid_duty *duty, uint32_t unit, const char *level) {
    for (uint32_t u = unit; u != DUTY_NONE; u = duty->units[u].parent)
        if (strcmp(duty->units[u].level, level) == 0)
            return u;
    for (uint32_t u = 0; unit == DUTY_NONE && u < duty->n_units; u++)
        if (strcmp(duty->units[u].level, level) == 0)
            return u;
    return DUTY_NONE;
}

/* The highest unit above this one, or the first of all that has no parent. */
static const char *top_office(const grid_duty *duty, uint32_t unit) {
    for (uint32_t u = 0; unit == DUTY_NONE && u < duty->n_units; u++)
        if (duty->units[u].parent == DUTY_NONE)
            unit = u;
    if (unit == DUTY_NONE)
        return "";
    while (duty->units[unit].parent != DUTY_NONE)
        unit = duty->units[unit].parent;
    return duty->units[unit].name[0] ? duty->units[unit].name : duty->units[unit].code;
}

/* "@street" is the office of the place's own street. */
static const char *name_department(const grid_duty *duty, const char *department, uint32_t unit) {
    if (department[0] != '@')
        return department;
    uint32_t office = unit_of_level(duty, unit, department + 1);
    if (office == DUTY_NONE)
        return top_office(duty, unit);
    return duty->units[office].name[0] ? duty->units[office].name : duty->units[office].code;
}

static void answer_department(const grid_duty *duty, const grid_duty_question *q, uint32_t unit,
                              grid_duty_answer *out) {
    const duty_rule *rule = find_closest(duty, false, q, unit, &out->match);
    if (rule == NULL) {
        rule = find_closest(duty, true, q, unit, &out->match);
        out->match = rule ? GRID_DUTY_FALLBACK : GRID_DUTY_TOP;
        out->fallback = true;
    }
    out->accept_h = rule ? rule->told.accept_h : NAN;
    out->limit_h = rule ? rule->told.limit_h : NAN;
    out->department = rule ? name_department(duty, rule->told.department, unit)
                           : top_office(duty, unit);
}

static bool on_duty(const grid_holder *h, const grid_duty_time *at) {
    if (at == NULL)
        return true;
    if (at->date[0] != '\0' && ((h->valid_from[0] && strcmp(at->date, h->valid_from) < 0) ||
                                (h->valid_to[0] && strcmp(at->date, h->valid_to) > 0)))
        return false;
    return grid_shift_covers(h->shift, at);
}

void grid_duty_find(const grid_duty *duty, const grid_duty_question *q, grid_duty_person *persons,
                    size_t cap, grid_duty_answer *out) {
    uint32_t unit = duty_find_unit(duty, q->unit_code);
    *out = (grid_duty_answer){.department = "", .accept_h = NAN, .limit_h = NAN};
    if (q->kind[0] != '\0')
        answer_department(duty, q, unit, out);
    for (uint32_t u = unit; u != DUTY_NONE; u = duty->units[u].parent)
        for (uint32_t i = duty->units[u].first; i < duty->units[u].after; i++) {
            const duty_holder *h = &duty->holders[i];
            if (!on_duty(&h->told, q->at) || out->n_persons++ >= cap)
                continue;
            persons[out->n_persons - 1] = (grid_duty_person){h->told.person,
                                                             h->told.phone,
                                                             h->told.department,
                                                             h->told.post,
                                                             duty->posts[h->post].name,
                                                             duty->units[u].code,
                                                             duty->units[u].name,
                                                             duty->units[u].level};
        }
}
