#include "expect.h"

#include "base/base.h"
#include "base/text.h"
#include "base/vec.h"
#include "common/session.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One row of the table. */
typedef struct expectation {
    char where[256];
    const char *unit, *measure, *kind; /* kind: "" for all */
    size_t level;
    double min, max;
} expectation;

/* "kind: what is wrong", told and kept for the reports. */
static grid_status GRID_PRINTF(5, 6)
    tell(coverage_verdict *v, const char *kind, const expectation *e, grid_error *err,
         const char *format, ...) {
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    grid_find(tool_context(), GRID_FAULT, kind, e->where, "%s", message);
    coverage_unmet unmet = {kind, grid_arena_text(&v->texts, e->where),
                            grid_arena_text(&v->texts, message)};
    return unmet.where != NULL && unmet.message != NULL && GRID_PUSH(&v->unmet, unmet)
               ? GRID_OK
               : grid_fail_nomem(err);
}

/* ---- measures ------------------------------------------------------------------- */

static double unit_measure(const grid_units *u, const char *name, size_t i) {
    if (strcmp(name, "households") == 0)
        return (double)u->households[i];
    if (strcmp(name, "persons") == 0)
        return u->persons[i] < 0 ? NAN : (double)u->persons[i];
    return strcmp(name, "workload") == 0 ? u->workload[i] : u->area_m2[i];
}

static bool is_unit_measure(const char *name) {
    static const char *const names[] = {"households", "persons", "workload", "area_m2"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

static double column_measure(const grid_column *c, size_t row) {
    return c->null[row] || c->type == GRID_COLUMN_TEXT ? NAN
           : c->type == GRID_COLUMN_REAL               ? c->real[row]
                                                       : (double)c->integer[row];
}

/* ---- units below a unit --------------------------------------------------------- */

/* Whether unit i of a level is, or lies below, the unit called `code` (of any level above). */
static bool is_below(const coverage_input *in, const grid_cover_report *report, size_t level,
                     uint32_t i, const char *code) {
    if (*code == '\0')
        return true;
    for (;; level--) {
        if (strcmp(coverage_code(in, level, i), code) == 0)
            return true;
        if (level == 0 || (i = report->parent_of[level][i]) == GRID_NONE)
            return false;
    }
}

/* Whether unit i is of the kind that is meant, and of or below the unit. */
static bool is_meant(const coverage_input *in, const grid_cover_report *report,
                     const expectation *e, uint32_t i) {
    const coverage_level *level = &in->level[e->level];
    char buffer[32];
    const grid_column *column = level->layer != NULL ? grid_layer_column(level->layer, "kind")
                                                     : NULL;
    const char *kind = level->units != NULL ? level->units->kind[level->row[i]]
                       : column != NULL     ? grid_column_text(column, level->row[i], buffer)
                                            : "";
    return (*e->kind == '\0' || strcmp(kind, e->kind) == 0) &&
           is_below(in, report, e->level, i, e->unit);
}

/* "300 to 500", "at least 300" */
static const char *range_text(const expectation *e, char out[96]) {
    if (isinf(e->max))
        snprintf(out, 96, "at least %g", e->min);
    else if (isinf(e->min))
        snprintf(out, 96, "at most %g", e->max);
    else
        snprintf(out, 96, "%g to %g", e->min, e->max);
    return out;
}

static bool is_known(const coverage_input *in, const char *code) {
    for (size_t l = 0; l < in->n_levels; l++)
        for (uint32_t i = 0; i < in->level[l].in.shapes->n; i++)
            if (strcmp(coverage_code(in, l, i), code) == 0)
                return true;
    return *code == '\0';
}

static grid_status check_count(const coverage_input *in, coverage_verdict *v, const expectation *e,
                               grid_error *err) {
    size_t n = 0;
    char range[96];
    for (uint32_t i = 0; i < in->level[e->level].in.shapes->n; i++)
        n += is_meant(in, v->report, e, i);
    if ((double)n >= e->min && (double)n <= e->max)
        return GRID_OK;
    return tell(v, "expected-count", e, err, "%s has %zu units of level %s%s%s, expected %s",
                *e->unit != '\0' ? e->unit : "everything", n, in->level[e->level].in.name,
                *e->kind != '\0' ? " and kind " : "", e->kind, range_text(e, range));
}

static grid_status check_measure(const coverage_input *in, coverage_verdict *verdict,
                                 const expectation *e, grid_error *err) {
    const coverage_level *level = &in->level[e->level];
    const grid_column *column = NULL;
    char range[96];
    if (level->layer != NULL)
        GRID_TRY(grid_layer_find_column(level->layer, e->measure, &column, err));
    else if (!is_unit_measure(e->measure))
        return grid_hint(
            err, grid_fail(err, GRID_E_INPUT, e->where, "there is no measure \"%s\"", e->measure),
            "count, households, persons, workload or area_m2");
    for (uint32_t i = 0; i < level->in.shapes->n; i++) {
        if (!is_meant(in, verdict->report, e, i))
            continue;
        size_t row = level->row[i];
        double v = column != NULL ? column_measure(column, row)
                                  : unit_measure(level->units, e->measure, row);
        if (!(v >= e->min && v <= e->max))
            GRID_TRY(tell(verdict, "expected-range", e, err, "%s has %s %.10g, expected %s",
                          coverage_code(in, e->level, i), e->measure, v, range_text(e, range)));
    }
    return GRID_OK;
}

/* ---- the table ------------------------------------------------------------------ */

static const char *text_at(const grid_layer *table, const char *field, size_t row, char *buffer) {
    const grid_column *column = grid_layer_column(table, field);
    return column != NULL ? grid_column_text(column, row, buffer) : "";
}

static grid_status number_at(const grid_layer *table, const char *field, size_t row, double missing,
                             const char *where, double *out, grid_error *err) {
    char buffer[32];
    const char *text = text_at(table, field, row, buffer);
    *out = missing;
    if (*text != '\0' && !grid_text_to_double(text, out))
        return grid_fail(err, GRID_E_INPUT, where, "%s is \"%s\", which is no number", field, text);
    return GRID_OK;
}

static grid_status find_level(const coverage_input *in, const char *name, const char *where,
                              size_t *out, grid_error *err) {
    for (size_t l = 0; l < in->n_levels; l++)
        if (strcmp(in->level[l].in.name, name) == 0) {
            *out = l;
            return GRID_OK;
        }
    const char **names = GRID_NEW(const char *, in->n_levels);
    if (names == NULL)
        return grid_fail_nomem(err);
    for (size_t l = 0; l < in->n_levels; l++)
        names[l] = in->level[l].in.name;
    char list[256];
    grid_hint(err, grid_fail(err, GRID_E_INPUT, where, "there is no level \"%s\"", name),
              "levels are %s", grid_text_list(names, in->n_levels, list, sizeof list));
    free(names);
    return GRID_E_INPUT;
}

static grid_status check_row(const coverage_input *in, coverage_verdict *v, const grid_layer *table,
                             size_t row, grid_error *err) {
    expectation e;
    char unit[32], level[32], measure[32], kind[32];
    grid_layer_where(table, row, e.where);
    e.unit = text_at(table, "unit", row, unit);
    e.measure = text_at(table, "measure", row, measure);
    e.kind = text_at(table, "kind", row, kind);
    GRID_TRY(find_level(in, text_at(table, "level", row, level), e.where, &e.level, err));
    GRID_TRY(number_at(table, "min", row, -INFINITY, e.where, &e.min, err));
    GRID_TRY(number_at(table, "max", row, INFINITY, e.where, &e.max, err));
    if (e.min > e.max)
        return grid_fail(err, GRID_E_INPUT, e.where, "min %g is larger than max %g", e.min, e.max);
    if (!is_known(in, e.unit))
        return tell(v, "expected-unit", &e, err, "there is no unit %s", e.unit);
    return strcmp(e.measure, "count") == 0 ? check_count(in, v, &e, err)
                                           : check_measure(in, v, &e, err);
}

grid_status coverage_expect(const coverage_input *in, coverage_verdict *verdict, const char *path,
                            grid_error *err) {
    grid_layer *table;
    const grid_layer_options options = {.attributes_only = true};
    GRID_TRY(grid_layer_read(path, &options, tool_context(), &table, err));
    static const char *const needed[] = {"unit", "level", "measure", "min", "max"};
    const grid_column *column;
    grid_status status = GRID_OK;
    for (size_t i = 0; i < sizeof needed / sizeof *needed && status == GRID_OK; i++)
        status = grid_layer_find_column(table, needed[i], &column, err);
    for (size_t row = 0; row < table->n && status == GRID_OK; row++)
        status = check_row(in, verdict, table, row, err);
    grid_layer_free(table);
    return status;
}
