#include "scheme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/text.h"
#include "common/data.h"

/* The levels table of a scheme: a sheet of a workbook, or a CSV file of a folder. */
static bool levels_spec(const char *path, char *out, size_t size) {
    struct stat st;
    if (stat(path, &st) != 0)
        return false;
    const char *format = S_ISDIR(st.st_mode) ? "%s/levels.csv" : "%s:levels";
    return snprintf(out, size, format, path) < (int)size;
}

static grid_status find_scheme(const char *name, char *spec, size_t size, grid_error *err) {
    char inner[256], path[4096];
    snprintf(inner, sizeof inner, "schemes/%s", name);
    if ((tool_data_path(inner, path, sizeof path) && levels_spec(path, spec, size)) ||
        levels_spec(name, spec, size))
        return GRID_OK;
    grid_fail(err, GRID_E_ARG, "", "there is no scheme '%s'", name);
    return grid_hint(err, GRID_E_ARG,
                     "schemes: ruzhou, shibei, anding, jingan, huizhou, or the "
                     "path of a folder or .xlsx of your own");
}

/* A cell of the table as an integer; 0 where it is empty. */
static grid_status cell_int(const grid_layer *t, const char *column, size_t row, int64_t *out,
                            grid_error *err) {
    const grid_column *c;
    GRID_TRY(grid_layer_find_column(t, column, &c, err));
    char buffer[32], where[256];
    const char *text = grid_column_text(c, row, buffer);
    *out = 0;
    if (*text == '\0' || grid_text_to_int(text, out))
        return GRID_OK;
    return grid_fail(err, GRID_E_INPUT, grid_layer_where(t, row, where),
                     "column %s: '%s' is not a whole number", column, text);
}

static grid_status cell_text(const grid_layer *t, const char *column, size_t row, const char **out,
                             grid_error *err) {
    const grid_column *c;
    char where[256];
    GRID_TRY(grid_layer_find_column(t, column, &c, err));
    if (c->type != GRID_COLUMN_TEXT) {
        /* A column without any text in it is read as numbers or as empty. */
        bool empty = c->null[row];
        *out = "";
        return empty ? GRID_OK
                     : grid_fail(err, GRID_E_INPUT, grid_layer_where(t, row, where),
                                 "column %s holds a number", column);
    }
    *out = c->text[row];
    return GRID_OK;
}

static grid_status read_rule(const grid_layer *t, size_t row, const grid_level *level, scheme *s,
                             grid_error *err) {
    const char *hard;
    char where[256];
    GRID_TRY(cell_text(t, "hard", row, &hard, err));
    if (s->n_rules == SCHEME_MAX_RULES)
        return grid_fail(err, GRID_E_INPUT, grid_layer_where(t, row, where), "more than %d rules",
                         SCHEME_MAX_RULES);
    if (level->min > level->max)
        return grid_fail(err, GRID_E_INPUT, grid_layer_where(t, row, where),
                         "the range of %s is empty: min %lld is above max %lld", level->measure,
                         (long long)level->min, (long long)level->max);
    s->rule[s->n_rules++] = (grid_rule){level->measure, level->min, level->max, level->target,
                                        strcmp(hard, "yes") == 0};
    return GRID_OK;
}

static grid_status read_row(const grid_layer *t, size_t row, scheme *s, grid_error *err) {
    grid_level l = {0};
    int64_t number;
    const char *name_zh;
    GRID_TRY(cell_int(t, "level", row, &number, err));
    GRID_TRY(cell_text(t, "name", row, &l.name, err));
    GRID_TRY(cell_text(t, "name_zh", row, &name_zh, err));
    GRID_TRY(cell_text(t, "how", row, &l.how, err));
    GRID_TRY(cell_text(t, "measure", row, &l.measure, err));
    GRID_TRY(cell_int(t, "min", row, &l.min, err));
    GRID_TRY(cell_int(t, "max", row, &l.max, err));
    GRID_TRY(cell_int(t, "target", row, &l.target, err));
    l.level = (int)number;
    bool second_rule = s->n_levels > 0 && s->level[s->n_levels - 1].level == l.level;
    char where[256];
    if (!second_rule) {
        if (s->n_levels == SCHEME_MAX_LEVELS || number != (int64_t)s->n_levels + 1)
            return grid_fail(err, GRID_E_INPUT, grid_layer_where(t, row, where),
                             "levels go 1, 2, 3 ... up to %d", SCHEME_MAX_LEVELS);
        s->name_zh[s->n_levels] = name_zh;
        s->level[s->n_levels++] = l;
    }
    if (strcmp(l.how, "split") == 0) {
        s->split = s->n_levels - 1;
        if (*l.measure != '\0')
            return read_rule(t, row, &l, s, err);
    }
    return GRID_OK;
}

grid_status scheme_read(const char *name, const grid_context *ctx, scheme *s, grid_error *err) {
    *s = (scheme){.name = name};
    char spec[4352];
    GRID_TRY(find_scheme(name, spec, sizeof spec, err));
    const grid_layer_options options = {.attributes_only = true};
    GRID_TRY(grid_layer_read(spec, &options, ctx, &s->table, err));
    for (size_t row = 0; row < s->table->n; row++)
        GRID_TRY(read_row(s->table, row, s, err));
    if (s->n_rules == 0) {
        grid_fail(err, GRID_E_INPUT, spec, "the scheme has no level with how = split and a rule");
        return grid_hint(err, GRID_E_INPUT, "give the range with --rule households=300..500");
    }
    return GRID_OK;
}

void scheme_free(scheme *s) {
    grid_layer_free(s->table);
    *s = (scheme){0};
}

/* "households=300..500" -> the measure's length and the range */
static bool parse_rule(const char *text, size_t *name, int64_t *min, int64_t *max) {
    *name = strcspn(text, "=");
    const char *range = text + *name + 1;
    const char *dots = text[*name] == '=' ? strstr(range, "..") : NULL;
    char low[32];
    if (*name == 0 || dots == NULL || (size_t)(dots - range) >= sizeof low)
        return false;
    snprintf(low, sizeof low, "%.*s", (int)(dots - range), range);
    return grid_text_to_int(low, min) && grid_text_to_int(dots + 2, max) && 0 <= *min &&
           *min <= *max;
}

grid_status scheme_override(scheme *s, const tool_list *rules, grid_error *err) {
    for (size_t i = 0; i < rules->n; i++) {
        size_t name, r = 0;
        int64_t min, max;
        if (!parse_rule(rules->at[i], &name, &min, &max)) {
            grid_fail(err, GRID_E_ARG, "", "--rule %s is not understood", rules->at[i]);
            return grid_hint(err, GRID_E_ARG, "write it as MEASURE=MIN..MAX: households=300..500");
        }
        while (r < s->n_rules && (strlen(s->rule[r].measure) != name ||
                                  strncmp(s->rule[r].measure, rules->at[i], name) != 0))
            r++;
        if (r == s->n_rules)
            return grid_fail(err, GRID_E_ARG, "", "--rule %s: the scheme has no such measure",
                             rules->at[i]);
        s->rule[r].min = min;
        s->rule[r].max = max;
        s->rule[r].target = 0;
    }
    return GRID_OK;
}
