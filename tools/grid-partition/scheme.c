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

/* A level of a name that occurs above or below it, or of the kind of level it is. */
static grid_status find_role(const grid_layer *t, size_t row, const scheme *s, scheme_level *l,
                             grid_error *err) {
    size_t given = 0, records = 0;
    bool district = s->n_levels > 0 && s->level[0].role == SCHEME_DISTRICT, areas = true;
    for (size_t i = 0; i < s->n_levels; i++) {
        given += s->level[i].role <= SCHEME_COMMUNITY;
        records += s->level[i].role >= SCHEME_BUILDING;
        areas = areas && s->level[i].role < SCHEME_SPLIT;
    }
    const char *how = l->row.how, *wrong = NULL;
    char where[256];
    if (strcmp(how, "given") == 0) {
        l->role = s->n_levels == 0 && strcmp(l->row.name, "district") == 0
                      ? SCHEME_DISTRICT
                      : (scheme_role)(SCHEME_STREET + given - district);
        wrong = !areas                       ? "a given level is above all that is made"
                : l->role > SCHEME_COMMUNITY ? "given levels are a district, streets, communities"
                                             : NULL;
    } else if (strcmp(how, "group") == 0) {
        l->role = SCHEME_GROUP;
        wrong = given - district != 1 ? "communities, not streets, are what can be joined" : NULL;
    } else if (strcmp(how, "split") == 0) {
        l->role = SCHEME_SPLIT;
        wrong = !areas || given == district ? "only one level below the given ones is split" : NULL;
    } else if (strcmp(how, "record") == 0) {
        l->role = (scheme_role)(SCHEME_BUILDING + records);
        wrong = records > 1 ? "records are buildings, and households below them" : NULL;
    } else {
        wrong = "how is given, group, split or record";
    }
    return wrong == NULL ? GRID_OK
                         : grid_fail(err, GRID_E_INPUT, grid_layer_where(t, row, where),
                                     "level %s: %s", l->row.name, wrong);
}

/* The optional column `code`, or what is usual for the level. */
static grid_status read_pattern(const grid_layer *t, size_t row, scheme_level *l, grid_error *err) {
    static const char *const usual[] = {[SCHEME_GROUP] = "B##",
                                        [SCHEME_SPLIT] = "###",
                                        [SCHEME_BUILDING] = "####",
                                        [SCHEME_HOUSEHOLD] = "####"};
    char where[256];
    l->code = "";
    if (grid_layer_column(t, "code") != NULL)
        GRID_TRY(cell_text(t, "code", row, &l->code, err));
    if (l->role <= SCHEME_COMMUNITY)
        return *l->code == '\0'
                   ? GRID_OK
                   : grid_fail(err, GRID_E_INPUT, grid_layer_where(t, row, where),
                               "given levels bring their codes; column code: '%s'", l->code);
    if (*l->code == '\0')
        l->code = usual[l->role];
    if (grid_code_check(l->code))
        return GRID_OK;
    grid_fail(err, GRID_E_INPUT, grid_layer_where(t, row, where), "column code: '%s' is no pattern",
              l->code);
    return grid_hint(err, GRID_E_INPUT, "write 0-9, A-Z and one run of #: ### or B##");
}

/* A row about the same level as the one before: one more rule. */
static bool is_second_rule(const scheme *s, int64_t level) {
    return s->n_levels > 0 && s->level[s->n_levels - 1].row.level == level;
}

static grid_status read_level(const grid_layer *t, size_t row, int64_t number, scheme *s,
                              scheme_level *l, grid_error *err) {
    char where[256];
    if (s->n_levels == SCHEME_MAX_LEVELS || number != (int64_t)s->n_levels + 1)
        return grid_fail(err, GRID_E_INPUT, grid_layer_where(t, row, where),
                         "levels go 1, 2, 3 ... up to %d", SCHEME_MAX_LEVELS);
    GRID_TRY(cell_text(t, "name_zh", row, &l->name_zh, err));
    GRID_TRY(find_role(t, row, s, l, err));
    GRID_TRY(read_pattern(t, row, l, err));
    s->level[s->n_levels++] = *l;
    return GRID_OK;
}

static grid_status read_row(const grid_layer *t, size_t row, scheme *s, grid_error *err) {
    scheme_level l = {0};
    grid_level *r = &l.row;
    int64_t number;
    char where[256];
    GRID_TRY(cell_int(t, "level", row, &number, err));
    GRID_TRY(cell_text(t, "name", row, &r->name, err));
    GRID_TRY(cell_text(t, "how", row, &r->how, err));
    GRID_TRY(cell_text(t, "measure", row, &r->measure, err));
    GRID_TRY(cell_int(t, "min", row, &r->min, err));
    GRID_TRY(cell_int(t, "max", row, &r->max, err));
    GRID_TRY(cell_int(t, "target", row, &r->target, err));
    r->level = (int)number;
    if (!is_second_rule(s, number))
        GRID_TRY(read_level(t, row, number, s, &l, err));
    scheme_level *level = &s->level[s->n_levels - 1];
    if (*r->measure == '\0')
        return GRID_OK;
    if (level->role == SCHEME_SPLIT)
        return read_rule(t, row, r, s, err);
    if (level->role != SCHEME_GROUP || level->rule.measure != NULL)
        return grid_fail(err, GRID_E_INPUT, grid_layer_where(t, row, where),
                         "level %s takes %s rule", level->row.name,
                         level->role == SCHEME_GROUP ? "one" : "no");
    scheme one = {0};
    GRID_TRY(read_rule(t, row, r, &one, err));
    level->rule = one.rule[0];
    return GRID_OK;
}

/* What cannot be made without a rule, or without something to make it of. */
static grid_status check_levels(const scheme *s, const char *spec, grid_error *err) {
    const scheme_level *group = scheme_find(s, SCHEME_GROUP);
    if (scheme_find(s, SCHEME_STREET) == NULL)
        return grid_fail(err, GRID_E_INPUT, spec, "the scheme has no level of streets");
    if (group != NULL && group->rule.measure == NULL)
        return grid_fail(err, GRID_E_INPUT, spec, "level %s has no rule", group->row.name);
    if (group != NULL && scheme_find(s, SCHEME_COMMUNITY) == NULL)
        return grid_fail(err, GRID_E_INPUT, spec, "there are no communities below level %s",
                         group->row.name);
    if (scheme_find(s, SCHEME_SPLIT) != NULL && s->n_rules == 0) {
        grid_fail(err, GRID_E_INPUT, spec, "the level with how = split has no rule");
        return grid_hint(err, GRID_E_INPUT, "give the range with --rule households=300..500");
    }
    return GRID_OK;
}

const scheme_level *scheme_find(const scheme *s, scheme_role role) {
    for (size_t i = 0; i < s->n_levels; i++)
        if (s->level[i].role == role)
            return &s->level[i];
    return NULL;
}

grid_status scheme_read(const char *name, const grid_context *ctx, scheme *s, grid_error *err) {
    *s = (scheme){.name = name};
    char spec[4352];
    GRID_TRY(find_scheme(name, spec, sizeof spec, err));
    const grid_layer_options options = {.attributes_only = true};
    GRID_TRY(grid_layer_read(spec, &options, ctx, &s->table, err));
    for (size_t row = 0; row < s->table->n; row++)
        GRID_TRY(read_row(s->table, row, s, err));
    return check_levels(s, spec, err);
}

void scheme_free(scheme *s) {
    grid_layer_free(s->table);
    for (size_t r = 0; r < SCHEME_MAX_RULES; r++)
        free(s->own_name[r]);
    *s = (scheme){0};
}

/* What a --rule says. */
typedef struct rule_text {
    size_t name; /* length of the measure's name, at the beginning */
    int64_t min, max;
    const char *strength; /* "hard", "soft" or "" */
} rule_text;

/* "households=300..500", "persons=1000..1500,hard", "area=..20000" */
static bool parse_rule(const char *text, rule_text *out) {
    out->name = strcspn(text, "=");
    const char *range = text + out->name + 1;
    const char *dots = text[out->name] == '=' ? strstr(range, "..") : NULL;
    char low[32], high[32];
    if (out->name == 0 || dots == NULL)
        return false;
    size_t n = strcspn(dots + 2, ",");
    out->strength = dots[2 + n] == ',' ? dots + 3 + n : "";
    if ((size_t)snprintf(low, sizeof low, "%.*s", (int)(dots - range), range) >= sizeof low ||
        (size_t)snprintf(high, sizeof high, "%.*s", (int)n, dots + 2) >= sizeof high)
        return false;
    out->min = 0;
    out->max = INT64_MAX;
    return (low[0] == '\0' || grid_text_to_int(low, &out->min)) &&
           (high[0] == '\0' || grid_text_to_int(high, &out->max)) && 0 <= out->min &&
           out->min <= out->max && out->max > 0 &&
           (!*out->strength || !strcmp(out->strength, "hard") || !strcmp(out->strength, "soft"));
}

/* The scheme's rule on the measure, or a new one, which is soft unless it says otherwise. */
static grid_rule *find_rule(scheme *s, const char *text, size_t length) {
    for (size_t r = 0; r < s->n_rules; r++)
        if (strlen(s->rule[r].measure) == length && strncmp(s->rule[r].measure, text, length) == 0)
            return &s->rule[r];
    if (s->n_rules == SCHEME_MAX_RULES)
        return NULL;
    char *name = s->own_name[s->n_rules] = strndup(text, length);
    s->rule[s->n_rules] = (grid_rule){.measure = name};
    return name ? &s->rule[s->n_rules++] : NULL;
}

/* Of two --rule on one measure the first would be in vain. */
static grid_status check_repeated(const tool_list *rules, size_t i, size_t name, grid_error *err) {
    for (size_t k = 0; k < i; k++)
        if (strncmp(rules->at[k], rules->at[i], name + 1) == 0)
            return grid_fail(err, GRID_E_ARG, "", "--rule %s and --rule %s are on one measure",
                             rules->at[k], rules->at[i]);
    return GRID_OK;
}

grid_status scheme_override(scheme *s, const tool_list *rules, grid_error *err) {
    if (rules->n > 0 && scheme_find(s, SCHEME_SPLIT) == NULL)
        return grid_fail(err, GRID_E_ARG, "", "--rule: scheme %s splits nothing into grids",
                         s->name);
    for (size_t i = 0; i < rules->n; i++) {
        rule_text text;
        if (!parse_rule(rules->at[i], &text)) {
            grid_fail(err, GRID_E_ARG, "", "--rule %s is not understood", rules->at[i]);
            return grid_hint(err, GRID_E_ARG,
                             "write it as MEASURE=MIN..MAX[,hard|,soft]: households=300..500");
        }
        GRID_TRY(check_repeated(rules, i, text.name, err));
        grid_rule *rule = find_rule(s, rules->at[i], text.name);
        if (rule == NULL)
            return grid_fail(err, GRID_E_ARG, "", "--rule %s: more than %d rules", rules->at[i],
                             SCHEME_MAX_RULES);
        rule->min = text.min;
        rule->max = text.max;
        rule->target = 0;
        if (*text.strength != '\0')
            rule->hard = strcmp(text.strength, "hard") == 0;
    }
    return GRID_OK;
}
