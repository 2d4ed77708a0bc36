#include "verdict.h"

#include "base/base.h"
#include "base/text.h"
#include "base/vec.h"
#include "common/session.h"
#include "grid/crs.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* ---- metres --------------------------------------------------------------------- */

static void measure(const coverage_input *in, coverage_defect *d) {
    coverage_scale s = coverage_scale_at(in, d->of->at);
    d->area_m2 = d->of->area * s.x * s.y;
    d->width_m = d->of->width * s.y;
    d->length_m = d->of->length * s.y;
}

static grid_status find_lonlat(const coverage_input *in, coverage_verdict *v, grid_error *err) {
    for (size_t i = 0; i < v->n; i++)
        v->defect[i].lonlat = (grid_xy){NAN, NAN};
    if (in->crs == NULL)
        return GRID_OK;
    grid_crs_transform *transform;
    GRID_TRY(grid_crs_transform_new(in->crs, "wgs84", &transform, err));
    for (size_t i = 0; i < v->n; i++) {
        grid_xy at = v->defect[i].of->at;
        if (isfinite(at.x) && isfinite(at.y) && grid_crs_transform_apply(transform, &at, 1) == 0)
            v->defect[i].lonlat = at;
    }
    grid_crs_transform_free(transform);
    return GRID_OK;
}

/* ---- waivers -------------------------------------------------------------------- */

static void today(char out[16]) {
    const char *fixed = getenv("SOURCE_DATE_EPOCH");
    time_t now = fixed != NULL ? (time_t)strtoll(fixed, NULL, 10) : time(NULL);
    struct tm parts;
    gmtime_r(&now, &parts);
    strftime(out, 16, "%Y-%m-%d", &parts);
}

static const char *text_at(const grid_layer *layer, const char *field, size_t row, char *buffer) {
    const grid_column *column = grid_layer_column(layer, field);
    return column != NULL ? grid_column_text(column, row, buffer) : "";
}

/* A waiver names a defect, or covers the places (of one kind) in an area. */
static bool excuses(const grid_layer *waivers, size_t row, const grid_defect *d) {
    char id[32], kind[32];
    const char *wanted = text_at(waivers, "id", row, id);
    if (*wanted != '\0')
        return strcmp(wanted, d->id) == 0;
    const char *of_kind = text_at(waivers, "kind", row, kind);
    return waivers->shapes->kind[row] == GRID_SHAPE_AREA &&
           (*of_kind == '\0' || strcmp(of_kind, grid_defect_name(d->kind)) == 0) &&
           isfinite(d->at.x) && grid_shapes_covers(waivers->shapes, row, d->at.x, d->at.y);
}

/* 2027-01-31, or such a date with a time behind it. */
static bool is_date(const char *text) {
    return grid_text_begins_with_day(text) && !(text[10] >= '0' && text[10] <= '9');
}

static grid_status apply_waiver(coverage_verdict *v, const grid_layer *waivers, size_t row,
                                const char *date, grid_error *err) {
    char where[256], reason[32], expires[32];
    grid_layer_where(waivers, row, where);
    const char *why = text_at(waivers, "reason", row, reason);
    const char *end = text_at(waivers, "expires", row, expires);
    if (*why == '\0')
        return grid_fail(err, GRID_E_INPUT, where, "a waiver needs a reason");
    if (*end != '\0' && !is_date(end))
        return grid_hint(
            err, grid_fail(err, GRID_E_INPUT, where, "expires is \"%s\", which is no date", end),
            "2027-01-31 is one");
    if (*end != '\0' && strncmp(end, date, strlen(date)) < 0) {
        grid_find(tool_context(), GRID_WARNING, "waiver-expired", where, "it expired on %s (%s)",
                  end, why);
        return GRID_OK;
    }
    size_t used = 0;
    for (size_t i = 0; i < v->n; i++) {
        if (v->defect[i].waived != NULL || !excuses(waivers, row, v->defect[i].of))
            continue;
        if ((v->defect[i].waived = grid_arena_text(&v->texts, why)) == NULL)
            return grid_fail_nomem(err);
        used++;
    }
    if (used == 0)
        grid_find(tool_context(), GRID_NOTE, "waiver-unused", where, "no defect needs it (%s)",
                  why);
    return GRID_OK;
}

/* Areas that say their CRS are brought to that of the data; a table has none. */
static grid_status bring_to_crs(const coverage_input *in, grid_layer *layer, grid_error *err) {
    if (in->crs == NULL || layer->crs == NULL)
        return GRID_OK;
    grid_crs_transform *transform;
    GRID_TRY(grid_crs_transform_new(layer->crs, in->crs, &transform, err));
    size_t failed = grid_crs_transform_apply(transform, layer->shapes->xy, layer->shapes->n_xy);
    grid_crs_transform_free(transform);
    return failed == 0
               ? GRID_OK
               : grid_fail(err, GRID_E_INPUT, layer->name,
                           "%zu coordinates cannot be brought to the CRS of the data", failed);
}

static grid_status apply_waivers(const coverage_input *in, coverage_verdict *v, const char *spec,
                                 grid_error *err) {
    grid_layer *layer;
    GRID_TRY(grid_layer_read(spec, NULL, tool_context(), &layer, err));
    const grid_column *reason;
    grid_status status = grid_layer_find_column(layer, "reason", &reason, err);
    if (status == GRID_OK)
        status = bring_to_crs(in, layer, err);
    char date[16];
    today(date);
    for (size_t row = 0; row < layer->n && status == GRID_OK; row++)
        status = apply_waiver(v, layer, row, date, err);
    grid_layer_free(layer);
    return status;
}

/* ---- baseline ------------------------------------------------------------------- */

/* Known is what had the same id before and has not grown since. */
static bool is_known(const json_t *before, const coverage_defect *d) {
    const json_t *old = json_object_get(before, d->of->id);
    return old != NULL && d->area_m2 <= json_number_value(old) * (1 + 1e-6);
}

static grid_status apply_baseline(coverage_verdict *v, const char *path, grid_error *err) {
    json_error_t problem;
    json_t *report = json_load_file(path, 0, &problem);
    if (report == NULL)
        return problem.line < 0
                   ? grid_fail(err, GRID_E_READ, path, "%s", strerror(errno))
                   : grid_fail(err, GRID_E_INPUT, path, "line %d: %s", problem.line, problem.text);
    const json_t *defects = json_object_get(report, "defects");
    if (!json_is_array(defects)) {
        json_decref(report);
        return grid_fail(err, GRID_E_INPUT, path, "it is no report of grid-coverage --json");
    }
    json_t *before = json_object();
    size_t i;
    json_t *d;
    json_array_foreach(defects, i, d) {
        const char *id = json_string_value(json_object_get(d, "id"));
        if (id != NULL)
            json_object_set(before, id, json_object_get(d, "area_m2"));
    }
    for (i = 0; i < v->n; i++)
        v->defect[i].known = is_known(before, &v->defect[i]);
    json_decref(before);
    json_decref(report);
    return GRID_OK;
}

/* ---- all ------------------------------------------------------------------------ */

static void count(coverage_verdict *v, const char *fail_on) {
    grid_defect_severity least = strcmp(fail_on, "real") == 0     ? GRID_DEFECT_REAL
                                 : strcmp(fail_on, "sliver") == 0 ? GRID_DEFECT_SLIVER
                                                                  : GRID_DEFECT_ROUNDING;
    for (size_t i = 0; i < v->n; i++) {
        coverage_defect *d = &v->defect[i];
        d->counts = d->of->severity >= least && d->waived == NULL && !d->known;
        v->n_counting += d->counts;
    }
}

/* Takes the report over. */
static grid_status weigh(const coverage_input *in, grid_cover_report *report,
                         const coverage_weights *weights, coverage_verdict *out, grid_error *err) {
    *out = (coverage_verdict){.report = report, .n = report->n};
    out->defect = GRID_NEW(coverage_defect, report->n);
    if (out->defect == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < report->n; i++) {
        out->defect[i].of = &report->defect[i];
        measure(in, &out->defect[i]);
    }
    GRID_TRY(find_lonlat(in, out, err));
    if (weights->waivers != NULL)
        GRID_TRY(apply_waivers(in, out, weights->waivers, err));
    if (weights->baseline != NULL)
        GRID_TRY(apply_baseline(out, weights->baseline, err));
    count(out, weights->fail_on);
    return GRID_OK;
}

grid_status coverage_check(const coverage_input *in, double tolerance_m, grid_digest *const *since,
                           const coverage_weights *weights, coverage_verdict *out,
                           grid_error *err) {
    grid_cover_level *levels = coverage_levels(in);
    if (levels == NULL)
        return grid_fail_nomem(err);
    const grid_cover_options how = {.tolerance = tolerance_m / in->scale.y,
                                    .aspect = in->scale.x / in->scale.y,
                                    .since = (const grid_digest *const *)since};
    grid_cover_report *report;
    grid_status status = grid_cover_find(levels, in->n_levels, &how, tool_context(), &report, err);
    free(levels);
    GRID_TRY(status);
    return weigh(in, report, weights, out, err);
}

void coverage_verdict_free(coverage_verdict *verdict) {
    grid_cover_report_free(verdict->report);
    free(verdict->defect);
    GRID_VEC_FREE(&verdict->unmet);
    grid_arena_free(&verdict->texts);
}
