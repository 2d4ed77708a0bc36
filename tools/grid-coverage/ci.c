/* Reports that CI systems show: SARIF and JUnit. */
#include "report.h"

#include "base/base.h"
#include "base/replace.h"
#include "common/session.h"

#include <errno.h>
#include <math.h>
#include <string.h>

typedef bool write_fn(FILE *file, const void *what);

/* Whole or not at all. */
static grid_status write_file(const char *path, write_fn *fn, const void *what, grid_error *err) {
    grid_replace replace;
    GRID_TRY(grid_replace_begin(&replace, path, tool_common.overwrite, err));
    FILE *file = fopen(replace.temporary, "w");
    bool done = file != NULL && fn(file, what);
    if (file != NULL && fclose(file) != 0)
        done = false;
    if (done)
        return grid_replace_commit(&replace, err);
    int reason = errno;
    grid_replace_abort(&replace);
    return grid_fail(err, GRID_E_WRITE, path, "cannot be written: %s", strerror(reason));
}

/* ---- SARIF ---------------------------------------------------------------------- */

static json_t *sarif_rules(void) {
    json_t *rules = json_array();
    for (int k = 0; k < GRID_DEFECT_KINDS; k++)
        json_array_append_new(
            rules, json_pack("{ss s{ss}}", "id", grid_defect_name((grid_defect_kind)k),
                             "shortDescription", "text", grid_defect_name_zh((grid_defect_kind)k)));
    return rules;
}

static json_t *sarif_result(const coverage_input *in, const coverage_defect *d,
                            const char *subject) {
    char line[1024];
    coverage_describe(in, d, line, sizeof line);
    json_t *result = json_pack(
        "{ss sI ss s{ss} s[{s{s{ss}} s[{ss ss}]}] s{ss}}", "ruleId", grid_defect_name(d->of->kind),
        "ruleIndex", (json_int_t)d->of->kind, "level",
        d->of->severity == GRID_DEFECT_REAL     ? "error"
        : d->of->severity == GRID_DEFECT_SLIVER ? "warning"
                                                : "note",
        "message", "text", line, "locations", "physicalLocation", "artifactLocation", "uri",
        subject, "logicalLocations", "name",
        d->of->n_units > 0 ? coverage_code(in, d->of->level, d->of->unit[0]) : "", "kind", "object",
        "partialFingerprints", "gridDefect/v1", d->of->id);
    if (d->waived != NULL)
        json_object_set_new(result, "suppressions",
                            json_pack("[{ss ss}]", "kind", "external", "justification", d->waived));
    json_object_set_new(result, "baselineState", json_string(d->known ? "unchanged" : "new"));
    return result;
}

static bool dump_json(FILE *file, const void *what) {
    return json_dumpf(what, file, JSON_INDENT(2) | JSON_SORT_KEYS) == 0 && fputc('\n', file) != EOF;
}

grid_status coverage_write_sarif(const coverage_input *in, const coverage_verdict *v,
                                 const char *path, const char *subject, grid_error *err) {
    json_t *results = json_array();
    for (size_t i = 0; i < v->n; i++)
        json_array_append_new(results, sarif_result(in, &v->defect[i], subject));
    json_t *sarif = json_pack("{ss ss s[{s{s{ss ss so}} so ss}]}", "$schema",
                              "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0",
                              "runs", "tool", "driver", "name", "grid-coverage", "version",
                              grid_version(), "rules", sarif_rules(), "results", results,
                              "columnKind", "utf16CodeUnits");
    if (sarif == NULL)
        return grid_fail(err, GRID_E_INTERNAL, path, "the report is no JSON");
    grid_status status = write_file(path, dump_json, sarif, err);
    json_decref(sarif);
    return status;
}

/* ---- JUnit ---------------------------------------------------------------------- */

typedef struct junit {
    const coverage_input *in;
    const coverage_verdict *v;
} junit;

static void put_xml(FILE *file, const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '<')
            fputs("&lt;", file);
        else if (*text == '&')
            fputs("&amp;", file);
        else if (*text == '"')
            fputs("&quot;", file);
        else if ((unsigned char)*text >= ' ')
            fputc(*text, file);
    }
}

static bool is_of(const coverage_defect *d, size_t level, uint32_t parent) {
    return d->of->level == level && d->counts && (level == 0 || d->of->parent == parent);
}

/* A test case is a parent at a level: it fails with the defects below it. */
static void put_case(FILE *file, const junit *j, size_t level, uint32_t parent) {
    const char *name = level > 0 ? coverage_code(j->in, level - 1, parent) : "";
    fputs("    <testcase classname=\"", file);
    put_xml(file, j->in->level[level].in.name);
    fputs("\" name=\"", file);
    put_xml(file, *name != '\0' ? name : level > 0 ? "(no parent)" : "(all)");
    bool failed = false;
    for (size_t i = 0; i < j->v->n; i++) {
        if (!is_of(&j->v->defect[i], level, parent))
            continue;
        char line[1024];
        coverage_describe(j->in, &j->v->defect[i], line, sizeof line);
        if (!failed)
            fputs("\">\n      <failure message=\"not tiled exactly\">", file);
        failed = true;
        put_xml(file, line);
        fputc('\n', file);
    }
    fputs(failed ? "</failure>\n    </testcase>\n" : "\"/>\n", file);
}

static size_t count_cases(const coverage_input *in, size_t level) {
    return level > 0 ? in->level[level - 1].in.shapes->n : 1;
}

static bool has_orphans(const junit *j, size_t level) {
    for (size_t i = 0; level > 0 && i < j->v->n; i++)
        if (is_of(&j->v->defect[i], level, GRID_NONE))
            return true;
    return false;
}

static bool dump_junit(FILE *file, const void *what) {
    const junit *j = what;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"grid-coverage\">\n",
          file);
    for (size_t l = 0; l < j->in->n_levels; l++) {
        fputs("  <testsuite name=\"", file);
        put_xml(file, j->in->level[l].in.name);
        fprintf(file, "\" tests=\"%zu\">\n", count_cases(j->in, l) + has_orphans(j, l));
        for (size_t p = 0; p < count_cases(j->in, l); p++)
            put_case(file, j, l, (uint32_t)p);
        if (has_orphans(j, l))
            put_case(file, j, l, GRID_NONE);
        fputs("  </testsuite>\n", file);
    }
    fputs("</testsuites>\n", file);
    return !ferror(file);
}

grid_status coverage_write_junit(const coverage_input *in, const coverage_verdict *v,
                                 const char *path, grid_error *err) {
    const junit j = {in, v};
    return write_file(path, dump_junit, &j, err);
}
