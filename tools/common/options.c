#include "common/options.h"
#include "common/documents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

tool_common_options tool_common = {.progress = "auto"};

static const tool_option common_table[] = {
    {.kind = TOOL_HEADING, .help = "Common options"},
    {"layer", 'l', TOOL_TEXT, "NAME", "Layer of the input, unless given as FILE:LAYER.",
     &tool_common.layer},
    {"src-crs", 0, TOOL_TEXT, "CRS",
     "CRS of the inputs, overriding what they say: EPSG:n, WKT, wgs84, gcj02 or bd09.",
     &tool_common.src_crs},
    {"threads", 'j', TOOL_INT, "N",
     "Threads to use; 0 takes one per processor. Results never depend on it.", &tool_common.threads,
     .max = 256},
    {"overwrite", 0, TOOL_FLAG, NULL, "Replace existing outputs.", &tool_common.overwrite},
    {"json", 0, TOOL_FLAG, NULL, "Report as JSON.", &tool_common.json},
    {"progress", 0, TOOL_CHOICE, "WHEN",
     "Progress on stderr: auto (on a terminal, after a second), never, or json lines.",
     &tool_common.progress, .choices = "auto|never|json"},
    {"quiet", 'q', TOOL_FLAG, NULL, "Say nothing but errors.", &tool_common.quiet},
    {"verbose", 'v', TOOL_FLAG, NULL, "Say more, and list every finding.", &tool_common.verbose},
    {"help", 'h', TOOL_FLAG, NULL, "Print this help.", NULL},
    {"version", 0, TOOL_FLAG, NULL, "Print the version.", NULL},
    {"generate", 0, TOOL_CHOICE, "WHAT",
     "Print the manual page (man), completions (bash, zsh) or this table (json).", NULL,
     .choices = "man|bash|zsh|json"},
};

const tool_option *tool_common_table(size_t *n) {
    *n = sizeof common_table / sizeof *common_table;
    return common_table;
}

typedef struct parser {
    const tool_spec *spec;
    int argc, at; /* at: the argument being read */
    char **argv;
    tool_list *operands;
    bool *given; /* per option of the spec */
} parser;

static bool complain(const parser *p, const char *format, const char *a, const char *b) {
    fprintf(stderr, "%s: ", p->spec->name);
    fprintf(stderr, format, a, b); /* NOLINT: the formats are literals of this file */
    fputc('\n', stderr);
    return false;
}

bool tool_list_add(tool_list *list, const char *text) {
    const char **more = realloc(list->at, (list->n + 1) * sizeof *more);
    if (more == NULL)
        return false;
    list->at = more;
    list->at[list->n++] = text;
    return true;
}

static const tool_option *find_in(const tool_option *table, size_t n, const char *name,
                                  size_t length) {
    for (size_t i = 0; i < n; i++)
        if (table[i].kind != TOOL_HEADING && strlen(table[i].name) == length &&
            memcmp(table[i].name, name, length) == 0)
            return &table[i];
    return NULL;
}

static const tool_option *find_long(const tool_spec *spec, const char *name, size_t length) {
    size_t n;
    const tool_option *common = tool_common_table(&n);
    const tool_option *own = find_in(spec->options, spec->n_options, name, length);
    return own ? own : find_in(common, n, name, length);
}

static const tool_option *find_letter(const tool_spec *spec, char letter) {
    for (size_t i = 0; i < spec->n_options; i++)
        if (spec->options[i].letter == letter)
            return &spec->options[i];
    size_t n;
    const tool_option *common = tool_common_table(&n);
    for (size_t i = 0; i < n; i++)
        if (common[i].letter == letter)
            return &common[i];
    return NULL;
}

static bool unknown_option(const parser *p, const char *name) {
    const char *names[256];
    size_t n = 0, n_common;
    const tool_option *common = tool_common_table(&n_common);
    for (size_t i = 0; i < p->spec->n_options && n < 256; i++)
        if (p->spec->options[i].kind != TOOL_HEADING)
            names[n++] = p->spec->options[i].name;
    for (size_t i = 0; i < n_common && n < 256; i++)
        if (common[i].kind != TOOL_HEADING)
            names[n++] = common[i].name;
    const char *nearest = grid_text_nearest(name, names, n);
    complain(p, "unknown option --%s", name, "");
    if (nearest != NULL)
        fprintf(stderr, "hint: did you mean --%s?\n", nearest);
    else
        fprintf(stderr, "hint: %s --help lists the options\n", p->spec->name);
    return false;
}

static bool is_choice(const char *choices, const char *value) {
    size_t length = strlen(value);
    for (const char *c = choices; *c != '\0';) {
        size_t n = strcspn(c, "|");
        if (n == length && memcmp(c, value, n) == 0)
            return true;
        c += n + (c[n] == '|');
    }
    return false;
}

static bool set_int(const parser *p, const tool_option *o, const char *value) {
    int64_t number;
    if (!grid_text_to_int(value, &number))
        return complain(p, "--%s takes a whole number, not '%s'", o->name, value);
    if ((o->min != 0 || o->max != 0) && (number < o->min || number > o->max)) {
        char range[64];
        snprintf(range, sizeof range, "%lld to %lld", (long long)o->min, (long long)o->max);
        return complain(p, "--%s takes a number from %s", o->name, range);
    }
    *(int64_t *)o->value = number;
    return true;
}

/* "50m", "1cm", "1mm" in metres; any other number as it is. */
static bool set_real(const parser *p, const tool_option *o, const char *value) {
    static const struct {
        const char *suffix;
        double per_m;
    } units[] = {{"mm", 1000}, {"cm", 100}, {"km", 0.001}, {"m", 1}, {"", 1}};
    size_t n = strlen(value), unit = 0, digits = 0;
    char number[64];
    for (;; unit++) {
        size_t length = strlen(units[unit].suffix);
        digits = n > length ? n - length : n;
        if (length == 0 || (n > length && strcmp(value + digits, units[unit].suffix) == 0))
            break;
    }
    if (digits < sizeof number) {
        memcpy(number, value, digits);
        number[digits] = '\0';
        double *out = o->value;
        if (grid_text_to_double(number, out)) {
            *out /= units[unit].per_m;
            return true;
        }
    }
    return complain(p, "--%s takes a number, not '%s'", o->name, value);
}

static bool set_value(const parser *p, const tool_option *o, const char *value) {
    switch (o->kind) {
    case TOOL_FLAG:
        *(bool *)o->value = true;
        return true;
    case TOOL_TEXT:
        *(const char **)o->value = value;
        return true;
    case TOOL_LIST:
        return tool_list_add(o->value, value) || complain(p, "out of memory%s%s", "", "");
    case TOOL_INT:
        return set_int(p, o, value);
    case TOOL_REAL:
        return set_real(p, o, value);
    case TOOL_CHOICE:
        if (!is_choice(o->choices, value))
            return complain(p, "--%s takes one of %s", o->name, o->choices);
        if (o->value != NULL)
            *(const char **)o->value = value;
        return true;
    case TOOL_HEADING:
        break;
    }
    return false;
}

static void mark_given(const parser *p, const tool_option *o) {
    if (o >= p->spec->options && o < p->spec->options + p->spec->n_options)
        p->given[o - p->spec->options] = true;
}

/* Answers --help, --version, --generate; TOOL_GO_ON for other options. */
static int answer(const tool_spec *spec, const tool_option *o, const char *value) {
    if (strcmp(o->name, "help") == 0)
        tool_print_help(spec);
    else if (strcmp(o->name, "version") == 0)
        tool_print_version(spec);
    else if (strcmp(o->name, "generate") == 0)
        tool_print_document(spec, value);
    else
        return TOOL_GO_ON;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "%s: standard output cannot be written\n", spec->name);
        return TOOL_OUTPUT;
    }
    return TOOL_DONE;
}

/* The text of tool_given_options. */
static char *given_options;

/* Appends "--name=value"; leaves the text as it was when memory runs out. */
static void note_option(const tool_option *o, const char *value) {
    static const char *const aside[] = {"output",   "threads", "overwrite", "json",
                                        "progress", "quiet",   "verbose"};
    for (size_t i = 0; i < sizeof aside / sizeof *aside; i++)
        if (strcmp(o->name, aside[i]) == 0)
            return;
    char *longer;
    if (asprintf(&longer, "%s%s--%s%s%s", given_options ? given_options : "",
                 given_options ? " " : "", o->name, value ? "=" : "", value ? value : "") < 0)
        return;
    free(given_options);
    given_options = longer;
}

const char *tool_given_options(void) {
    return given_options ? given_options : "";
}

static int take_option(parser *p, const tool_option *o, const char *value) {
    if (o->kind != TOOL_FLAG && value == NULL) {
        if (p->at + 1 >= p->argc) {
            complain(p, "--%s needs a value (%s)", o->name, o->argument);
            return TOOL_USAGE;
        }
        value = p->argv[++p->at];
    }
    if (o->value != NULL || o->kind == TOOL_CHOICE) {
        if (!set_value(p, o, value))
            return TOOL_USAGE;
        mark_given(p, o);
        note_option(o, value);
    }
    return answer(p->spec, o, value);
}

static int take_long(parser *p, const char *text) {
    size_t length = strcspn(text, "=");
    const char *value = text[length] == '=' ? text + length + 1 : NULL;
    const tool_option *o = find_long(p->spec, text, length);
    if (o == NULL) {
        char name[128];
        snprintf(name, sizeof name, "%.*s", (int)length, text);
        unknown_option(p, name);
        return TOOL_USAGE;
    }
    if (o->kind == TOOL_FLAG && value != NULL) {
        complain(p, "--%s takes no value%s", o->name, "");
        return TOOL_USAGE;
    }
    return take_option(p, o, value);
}

/* "-qj2": flags may be run together, the last may carry its value. */
static int take_letters(parser *p, const char *letters) {
    for (; *letters != '\0'; letters++) {
        const tool_option *o = find_letter(p->spec, *letters);
        if (o == NULL) {
            const char name[] = {*letters, '\0'};
            complain(p, "unknown option -%s%s", name, "");
            fprintf(stderr, "hint: %s --help lists the options\n", p->spec->name);
            return TOOL_USAGE;
        }
        if (o->kind != TOOL_FLAG)
            return take_option(p, o, letters[1] != '\0' ? letters + 1 : NULL);
        int code = take_option(p, o, NULL);
        if (code != TOOL_GO_ON)
            return code;
    }
    return TOOL_GO_ON;
}

/* "-12.5" is a coordinate, not an option. */
static bool is_number(const char *text) {
    double number;
    return grid_text_to_double(text, &number);
}

static int parse(parser *p) {
    bool only_operands = false;
    for (p->at = 1; p->at < p->argc; p->at++) {
        const char *text = p->argv[p->at];
        int code = TOOL_GO_ON;
        if (only_operands || text[0] != '-' || text[1] == '\0' || is_number(text)) {
            if (!tool_list_add(p->operands, text))
                return TOOL_INTERNAL;
        } else if (strcmp(text, "--") == 0) {
            only_operands = true;
        } else if (text[1] == '-') {
            code = take_long(p, text + 2);
        } else {
            code = take_letters(p, text + 1);
        }
        if (code != TOOL_GO_ON)
            return code;
    }
    return TOOL_GO_ON;
}

static int check_required(const parser *p) {
    for (size_t i = 0; i < p->spec->n_options; i++) {
        const tool_option *o = &p->spec->options[i];
        if (o->required && !p->given[i]) {
            complain(p, "--%s %s is needed", o->name, o->argument);
            fprintf(stderr, "hint: %s --help shows examples\n", p->spec->name);
            return TOOL_USAGE;
        }
    }
    if (p->operands->n < p->spec->min_operands || p->operands->n > p->spec->max_operands) {
        const char *problem = p->operands->n < p->spec->min_operands ? "too few" : "too many";
        complain(p, "%s operands; expected: %s", problem,
                 p->spec->operands[0] ? p->spec->operands : "none");
        return TOOL_USAGE;
    }
    return TOOL_GO_ON;
}

int tool_start(const tool_spec *spec, int argc, char **argv, tool_list *operands) {
    static tool_list parsed; /* lives as long as the process: a tool has one command line */
    free(parsed.at);
    parsed = (tool_list){0};
    parser p = {spec, argc, 0, argv, &parsed, calloc(spec->n_options + 1, sizeof(bool))};
    if (p.given == NULL)
        return TOOL_INTERNAL;
    int code = parse(&p);
    if (code == TOOL_GO_ON)
        code = check_required(&p);
    free(p.given);
    *operands = parsed;
    tool_session_begin(spec);
    return code;
}
