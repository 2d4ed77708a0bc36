#include "report.h"

#include "common/session.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Defects that are listed one by one unless -v asks for all. */
enum { MOST_LISTED = 50 };

/* ---- words ---------------------------------------------------------------------- */

typedef struct text {
    char *at;
    size_t size, n;
} text;

static void GRID_PRINTF(2, 3) add(text *t, const char *format, ...) {
    if (t->n >= t->size)
        return;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->at + t->n, t->size - t->n, format, args);
    va_end(args);
    t->n += n > 0 ? (size_t)n : 0;
}

static void add_units(text *t, const coverage_input *in, const grid_defect *d) {
    enum { MOST_UNITS = 8 };
    for (uint32_t i = 0; i < d->n_units && i < MOST_UNITS; i++)
        add(t, "%s%s", i > 0 ? ", " : "", coverage_code(in, d->level, d->unit[i]));
    if (d->n_units > MOST_UNITS)
        add(t, " and %u more", d->n_units - MOST_UNITS);
    if (d->with_parent)
        add(t, "%sthe parent's outline", d->n_units > 0 ? ", " : "");
}

/* Four digits are enough to read; the exact value is in the JSON. */
static void add_size(text *t, const coverage_defect *d) {
    if (d->of->area > 0)
        add(t, "; %.4g m2, %.3g m wide", d->area_m2, d->width_m);
    else if (d->of->length > 0)
        add(t, "; along %.4g m", d->length_m);
}

void coverage_describe(const coverage_input *in, const coverage_defect *d, char *out, size_t size) {
    text t = {out, size, 0};
    const grid_defect *of = d->of;
    add(&t, "%s %s (%s)", in->level[of->level].in.name, grid_defect_name(of->kind),
        grid_defect_name_zh(of->kind));
    bool lack = of->kind == GRID_DEFECT_GAP || of->kind == GRID_DEFECT_PARENT_UNCOVERED;
    if (of->n_units > 0 || of->with_parent)
        add(&t, !lack ? ": " : of->n_units + of->with_parent > 1 ? " between " : " beside ");
    add_units(&t, in, of);
    if (of->level > 0 && of->parent != GRID_NONE)
        add(&t, " in %s", coverage_code(in, of->level - 1, of->parent));
    if (of->into != GRID_NONE)
        add(&t, ", lies in %s", coverage_code(in, of->level - 1, of->into));
    add_size(&t, d);
    if (isfinite(d->lonlat.x))
        add(&t, "; at %.7f %.7f", d->lonlat.x, d->lonlat.y);
    else if (isfinite(of->at.x))
        add(&t, "; at %.10g %.10g", of->at.x, of->at.y);
}

/* ---- for people ----------------------------------------------------------------- */

typedef struct level_sums {
    size_t parents, exact, residual, bad;
} level_sums;

static level_sums sum_level(const coverage_input *in, const coverage_verdict *v, size_t l) {
    level_sums s = {.parents = in->level[l - 1].in.shapes->n};
    for (size_t p = 0; p < s.parents; p++) {
        const grid_seam *seam = &v->report->seam[l][p];
        s.exact += seam->exact;
        s.residual += seam->n_residual_edges;
        s.bad += seam->n_bad;
    }
    return s;
}

static size_t defects_of_level(const coverage_verdict *v, size_t l) {
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++)
        n += v->defect[i].of->level == l;
    return n;
}

static void print_level(const coverage_input *in, const coverage_verdict *v, size_t l) {
    const grid_cover_level *level = &in->level[l].in;
    size_t n = defects_of_level(v, l);
    printf("%s%s%s: %zu unit%s, ", level->name,
           l == 0          ? ""
           : level->within ? " within "
                           : " in ",
           l == 0 ? "" : in->level[l - 1].in.name, level->shapes->n,
           level->shapes->n == 1 ? "" : "s");
    if (l > 0 && !level->within) {
        level_sums s = sum_level(in, v, l);
        printf("%zu of %zu parents tiled exactly, %zu residual edge%s, ", s.exact, s.parents,
               s.residual, s.residual == 1 ? "" : "s");
    }
    printf("%zu defect%s\n", n, n == 1 ? "" : "s");
}

static void print_defects(const coverage_input *in, const coverage_verdict *v) {
    size_t listed = 0, excused = 0;
    for (size_t i = 0; i < v->n; i++) {
        const coverage_defect *d = &v->defect[i];
        excused += d->waived != NULL || d->known;
        if ((d->waived != NULL || d->known || listed >= MOST_LISTED) && !tool_common.verbose)
            continue;
        char line[1024];
        coverage_describe(in, d, line, sizeof line);
        printf("%s %-8s %s%s%s\n", d->of->id, grid_defect_severity_name(d->of->severity), line,
               d->waived != NULL ? "; waived: "
               : d->known        ? "; known"
                                 : "",
               d->waived != NULL ? d->waived : "");
        listed++;
    }
    if (listed + excused < v->n && !tool_common.verbose)
        printf("... and %zu more (-v lists them)\n", v->n - excused - listed);
    if (excused > 0)
        printf("%zu defect%s waived or known\n", excused, excused == 1 ? " is" : "s are");
}

/* ---- for programs --------------------------------------------------------------- */

static void set_number(json_t *object, const char *key, double value) {
    json_object_set_new(object, key, isfinite(value) ? json_real(value) : json_null());
}

static json_t *defect_json(const coverage_input *in, const coverage_defect *d) {
    const grid_defect *of = d->of;
    json_t *o = json_pack("{ss ss ss ss ss ss sI sb}", "id", of->id, "kind",
                          grid_defect_name(of->kind), "kind_zh", grid_defect_name_zh(of->kind),
                          "severity", grid_defect_severity_name(of->severity), "level",
                          in->level[of->level].in.name, "parent",
                          of->level > 0 ? coverage_code(in, of->level - 1, of->parent) : "",
                          "pieces", (json_int_t)of->pieces, "counts", d->counts);
    json_t *units = json_array();
    for (uint32_t i = 0; i < of->n_units; i++)
        json_array_append_new(units, json_string(coverage_code(in, of->level, of->unit[i])));
    json_object_set_new(o, "units", units);
    set_number(o, "area_m2", d->area_m2);
    set_number(o, "width_m", d->width_m);
    set_number(o, "length_m", d->length_m);
    set_number(o, "area_crs2", of->area);
    set_number(o, "x", of->at.x);
    set_number(o, "y", of->at.y);
    set_number(o, "lon_deg", d->lonlat.x);
    set_number(o, "lat_deg", d->lonlat.y);
    if (of->with_parent)
        json_object_set_new(o, "with_parent", json_true());
    if (of->into != GRID_NONE)
        json_object_set_new(o, "lies_in", json_string(coverage_code(in, of->level - 1, of->into)));
    if (d->waived != NULL)
        json_object_set_new(o, "waived", json_string(d->waived));
    if (d->known)
        json_object_set_new(o, "known", json_true());
    return o;
}

static json_t *level_json(const coverage_input *in, const coverage_verdict *v, size_t l) {
    const grid_cover_level *level = &in->level[l].in;
    json_t *o = json_pack("{ss sI sI}", "name", level->name, "units", (json_int_t)level->shapes->n,
                          "defects", (json_int_t)defects_of_level(v, l));
    if (l == 0)
        return o;
    json_object_set_new(o, "parent", json_string(in->level[l - 1].in.name));
    json_object_set_new(o, "must_tile", json_boolean(!level->within));
    if (level->within)
        return o;
    level_sums s = sum_level(in, v, l);
    json_object_set_new(o, "parents", json_integer((json_int_t)s.parents));
    json_object_set_new(o, "parents_exact", json_integer((json_int_t)s.exact));
    json_object_set_new(o, "residual_edges", json_integer((json_int_t)s.residual));
    json_object_set_new(o, "bad_areas", json_integer((json_int_t)s.bad));
    return o;
}

void coverage_report(const coverage_input *in, const coverage_verdict *v) {
    json_t *levels = json_array(), *defects = json_array();
    for (size_t l = 0; l < in->n_levels; l++) {
        json_array_append_new(levels, level_json(in, v, l));
        if (!tool_common.json && !tool_common.quiet)
            print_level(in, v, l);
    }
    for (size_t i = 0; tool_common.json && i < v->n; i++)
        json_array_append_new(defects, defect_json(in, &v->defect[i]));
    json_object_set_new(tool_report(), "levels", levels);
    json_object_set_new(tool_report(), "defects", defects);
    json_object_set_new(tool_report(), "defects_counting", json_integer((json_int_t)v->n_counting));
    if (!tool_common.json && !tool_common.quiet)
        print_defects(in, v);
    for (size_t l = 0; l < in->n_levels; l++)
        if (!in->level[l].has_codes && defects_of_level(v, l) > 0)
            tool_say("units of %s are called by their numbers; --code-field names a field of codes",
                     in->level[l].in.name);
}
