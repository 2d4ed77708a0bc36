/* Reports that CI systems show: SARIF and JUnit. */
#include "report.h"
#include "textfile.h"

#include "base/base.h"
#include "base/vec.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- SARIF ---------------------------------------------------------------------- */

/* Kinds of rows of a roster; their rules follow those of the defects. */
static const char *const unmet_kinds[][2] = {
    {"expected-count", "数量不符"}, {"expected-range", "指标超限"}, {"expected-unit", "单元缺失"}};
enum { UNMET_KINDS = sizeof unmet_kinds / sizeof *unmet_kinds };

static void add_rule(json_t *rules, const char *id, const char *text) {
    json_array_append_new(rules,
                          json_pack("{ss s{ss}}", "id", id, "shortDescription", "text", text));
}

static json_t *sarif_rules(void) {
    json_t *rules = json_array();
    for (int k = 0; k < GRID_DEFECT_KINDS; k++)
        add_rule(rules, grid_defect_name((grid_defect_kind)k),
                 grid_defect_name_zh((grid_defect_kind)k));
    for (int k = 0; k < UNMET_KINDS; k++)
        add_rule(rules, unmet_kinds[k][0], unmet_kinds[k][1]);
    return rules;
}

/* The file of FILE or FILE:LAYER: the longest beginning that exists. */
static size_t file_length(const char *subject) {
    char name[4096];
    size_t whole = strlen(subject);
    for (size_t n = whole; n > 0 && whole < sizeof name; n--) {
        if (n < whole && subject[n] != ':')
            continue;
        memcpy(name, subject, n);
        name[n] = '\0';
        if (access(name, F_OK) == 0)
            return n;
    }
    return whole;
}

/* A path as a URI reference: whatever is not plain is written in hexadecimal. */
static json_t *uri_of(const char *subject) {
    static const char plain[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
    char *out = NULL;
    size_t size = 0, n = file_length(subject);
    FILE *file = open_memstream(&out, &size);
    if (file == NULL)
        return NULL;
    fputs(*subject == '/' ? "file://" : "", file);
    for (size_t i = 0; i < n; i++)
        fprintf(file, strchr(plain, subject[i]) != NULL ? "%c" : "%%%02X",
                (unsigned char)subject[i]);
    json_t *uri = fclose(file) == 0 ? json_string(out) : NULL;
    free(out);
    return uri;
}

static json_t *sarif_location(const char *subject, const char *level, const char *name) {
    return json_pack("{s{s{so}} s[{ss ss ss}]}", "physicalLocation", "artifactLocation", "uri",
                     uri_of(subject), "logicalLocations", "name", name, "fullyQualifiedName", level,
                     "kind", "object");
}

/* The first unit; a gap that touches none is its parent's. */
static const char *name_of(const coverage_input *in, const grid_defect *d) {
    return d->n_units > 0 ? coverage_code(in, d->level, d->unit[0])
           : d->level > 0 ? coverage_code(in, d->level - 1, d->parent)
                          : in->level[d->level].in.name;
}

static json_t *sarif_result(const coverage_input *in, const coverage_defect *d,
                            const coverage_ci *ci) {
    char line[1024], place[512];
    const char *name = name_of(in, d->of);
    coverage_describe(in, d, line, sizeof line);
    snprintf(place, sizeof place, "%s/%s", in->level[d->of->level].in.name, name);
    json_t *result = json_pack(
        "{ss sI ss s{ss} s[o] s{ss}}", "ruleId", grid_defect_name(d->of->kind), "ruleIndex",
        (json_int_t)d->of->kind, "level",
        d->of->severity == GRID_DEFECT_REAL     ? "error"
        : d->of->severity == GRID_DEFECT_SLIVER ? "warning"
                                                : "note",
        "message", "text", line, "locations", sarif_location(ci->subject, place, name),
        "partialFingerprints", "gridDefect/v1", d->of->id);
    if (d->waived != NULL)
        json_object_set_new(result, "suppressions",
                            json_pack("[{ss ss}]", "kind", "external", "justification", d->waived));
    if (ci->compared)
        json_object_set_new(result, "baselineState", json_string(d->known ? "unchanged" : "new"));
    return result;
}

static json_t *sarif_unmet(const coverage_unmet *u, const char *roster) {
    int rule = 0;
    while (rule + 1 < UNMET_KINDS && strcmp(unmet_kinds[rule][0], u->kind) != 0)
        rule++;
    return json_pack("{ss sI ss s{ss} s[o]}", "ruleId", u->kind, "ruleIndex",
                     (json_int_t)GRID_DEFECT_KINDS + rule, "level", "error", "message", "text",
                     u->message, "locations", sarif_location(roster, u->where, u->where));
}

static bool dump_json(FILE *file, const void *what) {
    return json_dumpf(what, file, JSON_INDENT(2) | JSON_SORT_KEYS) == 0 && fputc('\n', file) != EOF;
}

grid_status coverage_write_sarif(const coverage_input *in, const coverage_verdict *v,
                                 const coverage_ci *ci, const char *path, grid_error *err) {
    json_t *results = json_array();
    for (size_t i = 0; i < v->n; i++)
        json_array_append_new(results, sarif_result(in, &v->defect[i], ci));
    for (size_t i = 0; i < v->unmet.n; i++)
        json_array_append_new(results, sarif_unmet(&v->unmet.at[i], ci->roster));
    json_t *sarif = json_pack("{ss ss s[{s{s{ss ss so}} so ss}]}", "$schema",
                              "https://json.schemastore.org/sarif-2.1.0.json", "version", "2.1.0",
                              "runs", "tool", "driver", "name", "grid-coverage", "version",
                              grid_version(), "rules", sarif_rules(), "results", results,
                              "columnKind", "utf16CodeUnits");
    if (sarif == NULL)
        return grid_fail(err, GRID_E_INTERNAL, path, "the report is no JSON");
    grid_status status = coverage_write_file(path, dump_json, sarif, err);
    json_decref(sarif);
    return status;
}

/* ---- JUnit ---------------------------------------------------------------------- */

typedef struct junit {
    const coverage_input *in;
    const coverage_verdict *v;
    const coverage_ci *ci;
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

/* The counting defects of a level, case by case. A test case is a parent; what has none comes
 * last. */
typedef struct case_list {
    size_t n;
    size_t *start; /* per case, and the end */
    size_t *defect;
} case_list;

static size_t case_of(const coverage_defect *d, const case_list *cases) {
    return d->of->level == 0 ? 0 : d->of->parent == GRID_NONE ? cases->n - 1 : d->of->parent;
}

static bool list_cases(const junit *j, size_t level, case_list *out) {
    const coverage_verdict *v = j->v;
    out->n = level > 0 ? j->in->level[level - 1].in.shapes->n + 1 : 1;
    out->start = GRID_NEW(size_t, out->n + 2);
    out->defect = GRID_NEW(size_t, v->n);
    if (out->start == NULL || out->defect == NULL)
        return false;
    for (size_t i = 0; i < v->n; i++)
        if (v->defect[i].counts && v->defect[i].of->level == level)
            out->start[case_of(&v->defect[i], out) + 2]++;
    for (size_t c = 0; c < out->n; c++)
        out->start[c + 2] += out->start[c + 1];
    for (size_t i = 0; i < v->n; i++)
        if (v->defect[i].counts && v->defect[i].of->level == level)
            out->defect[out->start[case_of(&v->defect[i], out) + 1]++] = i;
    return true;
}

static size_t failures_in(const case_list *cases, size_t c) {
    return cases->start[c + 1] - cases->start[c];
}

/* It fails with the defects below the parent. */
static void put_case(FILE *file, const junit *j, size_t level, const case_list *cases, size_t c) {
    const char *name = level == 0          ? "(all)"
                       : c + 1 == cases->n ? "(no parent)"
                                           : coverage_code(j->in, level - 1, (uint32_t)c);
    fputs("    <testcase classname=\"", file);
    put_xml(file, j->in->level[level].in.name);
    fputs("\" name=\"", file);
    put_xml(file, *name != '\0' ? name : "(no code)");
    if (failures_in(cases, c) == 0) {
        fputs("\"/>\n", file);
        return;
    }
    fputs("\">\n      <failure message=\"not tiled exactly\">", file);
    for (size_t i = cases->start[c]; i < cases->start[c + 1]; i++) {
        char line[1024];
        coverage_describe(j->in, &j->v->defect[cases->defect[i]], line, sizeof line);
        put_xml(file, line);
        fputc('\n', file);
    }
    fputs("</failure>\n    </testcase>\n", file);
}

static void begin_suite(FILE *file, const char *name, size_t tests, size_t failures) {
    fputs("  <testsuite name=\"", file);
    put_xml(file, name);
    fprintf(file, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\">\n", tests, failures);
}

static bool put_level(FILE *file, const junit *j, size_t level) {
    case_list cases = {0};
    bool done = list_cases(j, level, &cases);
    if (done) {
        /* Units without a parent are a case only where there are such. */
        size_t n = cases.n - (level > 0 && failures_in(&cases, cases.n - 1) == 0), failures = 0;
        for (size_t c = 0; c < n; c++)
            failures += failures_in(&cases, c) > 0;
        begin_suite(file, j->in->level[level].in.name, n, failures);
        for (size_t c = 0; c < n; c++)
            put_case(file, j, level, &cases, c);
        fputs("  </testsuite>\n", file);
    }
    free(cases.start);
    free(cases.defect);
    return done;
}

/* What the roster asks for: a case for each row that does not hold, one for all that do. */
static void put_roster(FILE *file, const junit *j) {
    size_t n = j->v->unmet.n;
    begin_suite(file, "expected", n > 0 ? n : 1, n);
    if (n == 0)
        fputs("    <testcase classname=\"expected\" name=\"(all)\"/>\n", file);
    for (size_t i = 0; i < n; i++) {
        const coverage_unmet *u = &j->v->unmet.at[i];
        fputs("    <testcase classname=\"expected\" name=\"", file);
        put_xml(file, u->where);
        fprintf(file, "\">\n      <failure message=\"%s\">", u->kind);
        put_xml(file, u->message);
        fputs("</failure>\n    </testcase>\n", file);
    }
    fputs("  </testsuite>\n", file);
}

static bool dump_junit(FILE *file, const void *what) {
    const junit *j = what;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"grid-coverage\">\n",
          file);
    bool done = true;
    for (size_t l = 0; l < j->in->n_levels && done; l++)
        done = put_level(file, j, l);
    if (j->ci->roster != NULL)
        put_roster(file, j);
    fputs("</testsuites>\n", file);
    return done && !ferror(file);
}

grid_status coverage_write_junit(const coverage_input *in, const coverage_verdict *v,
                                 const coverage_ci *ci, const char *path, grid_error *err) {
    const junit j = {in, v, ci};
    return coverage_write_file(path, dump_junit, &j, err);
}
