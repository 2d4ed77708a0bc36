#include "duty.h"

#include <grid/component.h>
#include <grid/store.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "common/classes.h"

const char *duty_column_name(duty_column column) {
    static const char *const names[DUTY_COLUMNS] = {"department", "limit_h", "duty", "persons",
                                                    "chain"};
    return names[column];
}

/* ---- the question ------------------------------------------------------------------- */

/* Whatever names a class - a code of either generation, a name - as a code of 2026. */
static grid_status find_class(duty_words *words, const char *text, grid_error *err) {
    bool event = strcmp(words->kind, "event") == 0;
    grid_classes *classes;
    const grid_class *cls;
    GRID_TRY(tool_classes_read(event ? "events" : "components", NULL, &classes, err));
    grid_class_match match = grid_classes_find(classes, GRID_STANDARD_2026, text, &cls);
    grid_status status = GRID_OK;
    if (match == GRID_CLASS_FOUND || match == GRID_CLASS_MAPPED) {
        snprintf(words->class_code, sizeof words->class_code, "%s", cls->code);
    } else {
        status = grid_fail(err, GRID_E_ARG, "--kind", "'%s' is no known class of %ss", text,
                           words->kind);
        if (cls != NULL)
            grid_hint(err, status, "did you mean %s %s?", cls->code, cls->name);
    }
    grid_classes_free(classes);
    return status;
}

static grid_status take_kind(duty_words *words, const char *kind, grid_error *err) {
    words->kind = "";
    if (kind == NULL)
        return GRID_OK;
    size_t n = strcspn(kind, ":");
    if (n == strlen("component") && strncmp(kind, "component", n) == 0)
        words->kind = "component";
    else if (n == strlen("event") && strncmp(kind, "event", n) == 0)
        words->kind = "event";
    else
        return grid_hint(
            err, grid_fail(err, GRID_E_ARG, "--kind", "'%s' is neither component nor event", kind),
            "e.g. component:01003, component:雨水井盖, event:06012, event");
    return kind[n] == ':' && kind[n + 1] != '\0' ? find_class(words, kind + n + 1, err) : GRID_OK;
}

static grid_status take_time(duty_words *words, const char *at, grid_error *err) {
    words->has_time = at != NULL;
    if (at == NULL || grid_duty_time_read(at, &words->at))
        return GRID_OK;
    grid_fail(err, GRID_E_ARG, "--at", "'%s' is no time", at);
    return grid_hint(err, GRID_E_ARG, "e.g. 2026-11-22T08:30, or 08:30 on any day");
}

grid_status duty_words_open(const char *database, const char *kind, const char *at, duty_words *out,
                            grid_error *err) {
    grid_store *store;
    *out = (duty_words){0};
    GRID_TRY(take_kind(out, kind, err));
    GRID_TRY(take_time(out, at, err));
    if (!grid_store_probe(database)) {
        grid_fail(err, GRID_E_INPUT, database, "knows of no duties: it is no grid database");
        return grid_hint(err, GRID_E_INPUT, "--kind and --at need one as the first --grids");
    }
    GRID_TRY(grid_store_open(database, false, &store, err));
    grid_status status = grid_store_read_duty(store, &out->duty, err);
    grid_store_close(store);
    return status;
}

void duty_words_close(duty_words *words) {
    grid_duty_free(words->duty);
    *words = (duty_words){0};
}

/* ---- the answer --------------------------------------------------------------------- */

enum { MAX_PERSONS = 64 };

/* "王五 网格管理员 13900000003; ..." of the unit itself, or of those above it. */
static void list_persons(const grid_duty_person *persons, size_t n, const char *unit_code,
                         bool above, char *out, size_t size) {
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        const grid_duty_person *p = &persons[i];
        if ((strcmp(p->unit_code, unit_code) != 0) != above)
            continue;
        int wrote = snprintf(out + used, size - used, "%s%s%s%s %s%s%s", used ? "; " : "",
                             above ? p->unit_name : "", above ? " " : "", p->person, p->post_name,
                             p->phone[0] ? " " : "", p->phone);
        if (wrote < 0 || used + (size_t)wrote >= size) {
            out[used] = '\0'; /* whole persons only */
            return;
        }
        used += (size_t)wrote;
    }
}

static void write_mark(const grid_duty_answer *answer, char *out, size_t size) {
    snprintf(out, size, "%s%s", grid_duty_match_name(answer->match),
             answer->fallback ? " 托底" : "");
}

const char *duty_words_text(const duty_words *words, duty_column column, const char *unit_code,
                            char *buffer, size_t size) {
    grid_duty_person persons[MAX_PERSONS];
    grid_duty_answer answer;
    const grid_duty_question question = {words->kind, words->class_code, unit_code,
                                         words->has_time ? &words->at : NULL};
    grid_duty_find(words->duty, &question, persons, MAX_PERSONS, &answer);
    size_t n = answer.n_persons < MAX_PERSONS ? answer.n_persons : MAX_PERSONS;
    buffer[0] = '\0';
    switch (column) {
    case DUTY_DEPARTMENT:
        return answer.department;
    case DUTY_LIMIT:
        if (!isnan(answer.limit_h))
            grid_text_from_double(buffer, answer.limit_h);
        break;
    case DUTY_MARK:
        if (words->kind[0] != '\0')
            write_mark(&answer, buffer, size);
        break;
    case DUTY_PERSONS:
        list_persons(persons, n, unit_code, false, buffer, size);
        break;
    case DUTY_CHAIN:
        list_persons(persons, n, unit_code, true, buffer, size);
        break;
    case DUTY_COLUMNS:
        break;
    }
    return buffer;
}
