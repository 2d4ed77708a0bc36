#include "digests.h"
#include "textfile.h"

#include "common/digests.h"

#include "base/base.h"
#include "base/vec.h"
#include "common/session.h"

#include <string.h>
#include <unistd.h>

/* {"grid": {"<code of parent>": "<32 hex digits>"}} */
static char *digests_text(const coverage_input *in, const grid_cover_report *report) {
    json_t *levels = json_object();
    for (size_t l = 1; l < in->n_levels; l++) {
        json_t *parents = json_object();
        for (uint32_t p = 0; p < in->level[l - 1].in.shapes->n; p++) {
            const grid_seam *seam = &report->seam[l][p];
            if (seam->exact && !in->level[l].in.within)
                json_object_set_new(parents, coverage_code(in, l - 1, p),
                                    tool_digest_json(seam->digest));
        }
        json_object_set_new(levels, in->level[l].in.name, parents);
    }
    char *text = json_dumps(levels, JSON_INDENT(1) | JSON_SORT_KEYS);
    json_decref(levels);
    return text;
}

static bool parse_digest(const char *hex, grid_digest *out) {
    unsigned long long a, b;
    if (hex == NULL || strlen(hex) != 32 || sscanf(hex, "%16llx%16llx", &a, &b) != 2)
        return false;
    *out = (grid_digest){a, b};
    return true;
}

static grid_status fill(const coverage_input *in, const json_t *known, coverage_digests *out,
                        grid_error *err) {
    out->level = GRID_NEW(grid_digest *, in->n_levels);
    if (out->level == NULL)
        return grid_fail_nomem(err);
    out->n_levels = in->n_levels;
    for (size_t l = 1; l < in->n_levels; l++) {
        size_t n = in->level[l - 1].in.shapes->n;
        const json_t *parents = json_object_get(known, in->level[l].in.name);
        if ((out->level[l] = GRID_NEW(grid_digest, n)) == NULL)
            return grid_fail_nomem(err);
        for (uint32_t p = 0; p < n; p++) {
            const char *hex = json_string_value(
                json_object_get(parents, coverage_code(in, l - 1, p)));
            if (hex != NULL && !parse_digest(hex, &out->level[l][p]))
                return grid_fail(err, GRID_E_INPUT, in->level[l].in.name, "\"%s\" is no digest",
                                 hex);
        }
    }
    return GRID_OK;
}

static grid_status load(const char *path, json_t **out, grid_error *err) {
    json_error_t problem;
    if (!grid_store_probe(path)) {
        *out = json_load_file(path, 0, &problem);
        return *out != NULL ? GRID_OK
                            : grid_fail(err, problem.line < 0 ? GRID_E_READ : GRID_E_INPUT, path,
                                        "%s", problem.text);
    }
    grid_store *store;
    char *text;
    GRID_TRY(grid_store_open(path, false, &store, err));
    grid_status status = grid_store_read_meta(store, TOOL_DIGESTS_KEY, &text, err);
    grid_store_close(store);
    GRID_TRY(status);
    *out = json_loads(*text != '\0' ? text : "{}", 0, &problem);
    free(text);
    return *out != NULL ? GRID_OK : grid_fail(err, GRID_E_INPUT, path, "%s", problem.text);
}

/* Levels with their parents; a report of --json is something else. */
static bool is_digests(json_t *known) {
    const char *name;
    json_t *parents;
    if (!json_is_object(known))
        return false;
    json_object_foreach(known, name, parents) if (!json_is_object(parents)) return false;
    return true;
}

grid_status coverage_digests_read(const coverage_input *in, const char *path, coverage_digests *out,
                                  grid_error *err) {
    *out = (coverage_digests){0};
    if (access(path, F_OK) != 0) {
        tool_say("%s is not there yet: everything is checked", path);
        return GRID_OK;
    }
    json_t *known;
    GRID_TRY(load(path, &known, err));
    grid_status status = is_digests(known) ? fill(in, known, out, err)
                                           : grid_fail(err, GRID_E_INPUT, path,
                                                       "it is no file of grid-coverage --digests");
    json_decref(known);
    return status;
}

void coverage_digests_say(const coverage_digests *since, const grid_cover_report *report,
                          const coverage_input *in, const char *path) {
    size_t all = 0, same = 0;
    for (size_t l = 1; l < since->n_levels; l++)
        for (uint32_t p = 0; p < in->level[l - 1].in.shapes->n && !in->level[l].in.within; p++) {
            const grid_digest *now = &report->seam[l][p].digest, *then = &since->level[l][p];
            all++;
            same += report->seam[l][p].exact && memcmp(then, now, sizeof *now) == 0;
        }
    if (since->n_levels > 0)
        tool_say("%zu of %zu parents have not changed since %s and were not checked again", same,
                 all, path);
}

void coverage_digests_free(coverage_digests *digests) {
    for (size_t l = 0; l < digests->n_levels; l++)
        free(digests->level[l]);
    free(digests->level);
}

grid_status coverage_digests_write(const coverage_input *in, const grid_cover_report *report,
                                   const char *path, grid_error *err) {
    char *text = digests_text(in, report);
    grid_status status = text != NULL ? coverage_write_file(path, coverage_put_text, text, err)
                                      : grid_fail_nomem(err);
    free(text);
    return status;
}

static grid_status write_meta(const char *database, const char *text, grid_error *err) {
    grid_store *store;
    GRID_TRY(grid_store_open(database, true, &store, err));
    grid_status status = grid_store_write_meta(store, TOOL_DIGESTS_KEY, text, err);
    if (status == GRID_OK)
        return grid_store_commit(store, err);
    grid_store_close(store);
    return status;
}

grid_status coverage_digests_record(const coverage_input *in, const grid_cover_report *report,
                                    const char *database, grid_error *err) {
    char *text = digests_text(in, report);
    grid_status status = text != NULL ? write_meta(database, text, err) : grid_fail_nomem(err);
    free(text);
    return status;
}
