#include "common/documents.h"

#include <grid/base.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

enum { WIDTH = 88, HELP_COLUMN = 28 };

/* Calls `print` for the tool's own options, then for the common ones. */
static void each_option(const tool_spec *spec, void (*print)(const tool_option *, void *),
                        void *user) {
    size_t n;
    const tool_option *common = tool_common_table(&n);
    for (size_t i = 0; i < spec->n_options; i++)
        print(&spec->options[i], user);
    for (size_t i = 0; i < n; i++)
        print(&common[i], user);
}

/* The default as text, "" when there is none. */
static const char *default_text(const tool_option *o, char buffer[32]) {
    buffer[0] = '\0';
    if (o->value == NULL)
        return buffer;
    if (o->kind == TOOL_TEXT || o->kind == TOOL_CHOICE)
        return *(const char **)o->value ? *(const char **)o->value : buffer;
    /* A value that could not be given, such as -1 for any number, is none. */
    if (o->kind == TOOL_INT && *(int64_t *)o->value >= o->min)
        snprintf(buffer, 32, "%lld", (long long)*(int64_t *)o->value);
    if (o->kind == TOOL_REAL)
        grid_text_from_double(buffer, *(double *)o->value);
    return buffer;
}

/* Prints words wrapped to WIDTH, the first line at `column`, the others indented to `indent`. */
static void print_wrapped(const char *text, int column, int indent) {
    while (*text != '\0') {
        int length = (int)strcspn(text, " \n");
        if (column > indent && column + 1 + length > WIDTH) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (column > indent) {
            putchar(' ');
            column++;
        }
        printf("%.*s", length, text);
        column += length;
        text += length;
        text += strspn(text, " \n");
    }
    putchar('\n');
}

/* Whether the help names all choices already. */
static bool names_choices(const tool_option *o) {
    for (const char *c = o->choices; *c != '\0';) {
        char word[64];
        size_t n = strcspn(c, "|");
        snprintf(word, sizeof word, "%.*s", (int)n, c);
        if (strstr(o->help, word) == NULL)
            return false;
        c += n + (c[n] == '|');
    }
    return true;
}

/* The help with what the table knows besides: the choices, the default. */
static const char *option_text(const tool_option *o, char *out, size_t size) {
    char buffer[32], choices[256] = "";
    if (o->choices != NULL && !names_choices(o))
        snprintf(choices, sizeof choices / 2, " One of %s.", o->choices);
    for (char *bar; (bar = strchr(choices, '|')) != NULL;) {
        memmove(bar + 2, bar + 1, strlen(bar + 1) + 1);
        memcpy(bar, ", ", 2);
    }
    const char *preset = default_text(o, buffer);
    snprintf(out, size, "%s%s%s%s%s%s%s", o->help, choices,
             o->kind == TOOL_LIST ? " Repeatable." : "", o->required ? " Required." : "",
             *preset ? " [" : "", preset, *preset ? "]" : "");
    return out;
}

static void print_help_line(const tool_option *o, void *user) {
    (void)user;
    if (o->kind == TOOL_HEADING) {
        printf("\n%s:\n", o->help);
        return;
    }
    char head[128], help[1024];
    int n = snprintf(head, sizeof head, "  %c%c%s --%s%s%s", o->letter ? '-' : ' ',
                     o->letter ? o->letter : ' ', o->letter ? "," : " ", o->name,
                     o->argument ? " " : "", o->argument ? o->argument : "");
    printf("%s", head);
    if (n >= HELP_COLUMN) {
        putchar('\n');
        n = 0;
    }
    printf("%*s", HELP_COLUMN - n, "");
    print_wrapped(option_text(o, help, sizeof help), HELP_COLUMN, HELP_COLUMN);
}

/* Paragraphs are parted by blank lines. */
static void print_paragraphs(const char *text) {
    while (*text != '\0') {
        const char *end = strstr(text, "\n\n");
        size_t length = end ? (size_t)(end - text) : strlen(text);
        char *paragraph = strndup(text, length);
        if (paragraph != NULL)
            print_wrapped(paragraph, 0, 0);
        free(paragraph);
        text += length + strspn(text + length, "\n");
        if (*text != '\0')
            putchar('\n');
    }
}

void tool_print_help(const tool_spec *spec) {
    printf("%s - %s\n\nUsage: %s [OPTION]... %s\n\n", spec->name, spec->summary, spec->name,
           spec->operands);
    print_paragraphs(spec->description);
    each_option(spec, print_help_line, NULL);
    printf("\nExamples:\n");
    for (const char *line = spec->examples; *line != '\0';) {
        int length = (int)strcspn(line, "\n");
        printf("  %.*s\n", length, line);
        line += length + (line[length] == '\n');
    }
    printf("\nExit status: 0 done, 1 done with findings, 2 usage, 3 input unreadable or refused,\n"
           "4 output cannot be written, 70 internal error.\n");
}

void tool_print_version(const tool_spec *spec) {
    printf("%s %s\n", spec->name, grid_version());
}

/* ---- manual page -------------------------------------------------------------------- */

/* Backslashes and leading dots mean something to troff; dashes are to stay ASCII. */
static void print_troff(const char *text) {
    bool line_start = true;
    for (; *text != '\0'; text++) {
        if (line_start && (*text == '.' || *text == '\''))
            printf("\\&");
        if (*text == '\\')
            printf("\\e");
        else if (*text == '-')
            printf("\\-");
        else
            putchar(*text);
        line_start = *text == '\n';
    }
}

static void print_man_option(const tool_option *o, void *user) {
    (void)user;
    if (o->kind == TOOL_HEADING) {
        printf(".SS %s\n", o->help);
        return;
    }
    printf(".TP\n");
    if (o->letter)
        printf("\\fB\\-%c\\fR, ", o->letter);
    printf("\\fB\\-\\-");
    print_troff(o->name);
    printf("\\fR");
    if (o->argument != NULL)
        printf(" \\fI%s\\fR", o->argument);
    putchar('\n');
    char help[1024];
    print_troff(option_text(o, help, sizeof help));
    putchar('\n');
}

static void print_man(const tool_spec *spec) {
    printf(".TH \"%s\" 1 \"\" \"libgrid %s\" \"Urban grid management\"\n.SH NAME\n", spec->name,
           grid_version());
    print_troff(spec->name);
    printf(" \\- ");
    print_troff(spec->summary);
    printf("\n.SH SYNOPSIS\n.B %s\n[\\fIOPTION\\fR]... ", spec->name);
    print_troff(spec->operands);
    printf("\n.SH DESCRIPTION\n");
    print_troff(spec->description);
    printf("\n.SH OPTIONS\n");
    each_option(spec, print_man_option, NULL);
    printf(".SH EXIT STATUS\n0 done; 1 done, with findings; 2 usage; 3 input unreadable or "
           "refused; 4 output cannot be written; 70 internal error.\n.SH EXAMPLES\n.nf\n");
    print_troff(spec->examples);
    printf("\n.fi\n");
}

/* ---- completions -------------------------------------------------------------------- */

static void print_bash_word(const tool_option *o, void *user) {
    (void)user;
    if (o->kind != TOOL_HEADING)
        printf(" --%s", o->name);
}

static void print_bash_choice(const tool_option *o, void *user) {
    (void)user;
    if (o->kind != TOOL_CHOICE)
        return;
    printf("        --%s) COMPREPLY=($(compgen -W '", o->name);
    for (const char *c = o->choices; *c != '\0'; c++)
        putchar(*c == '|' ? ' ' : *c);
    printf("' -- \"$word\")); return ;;\n");
}

static void print_bash(const tool_spec *spec) {
    char function[64];
    snprintf(function, sizeof function, "_%s", spec->name);
    for (char *c = function; *c != '\0'; c++)
        if (*c == '-')
            *c = '_';
    printf("# bash completion of %s\n%s()\n{\n    local word=${COMP_WORDS[COMP_CWORD]}\n"
           "    case ${COMP_WORDS[COMP_CWORD-1]} in\n",
           spec->name, function);
    each_option(spec, print_bash_choice, NULL);
    printf("    esac\n    if [[ $word == -* ]]; then\n        COMPREPLY=($(compgen -W '");
    each_option(spec, print_bash_word, NULL);
    printf("' -- \"$word\"))\n    else\n        COMPREPLY=($(compgen -f -- \"$word\"))\n    fi\n}\n"
           "complete -o filenames -F %s %s\n",
           function, spec->name);
}

/* Help text inside a zsh specification: quotes, brackets and colons mean something there. */
static void print_zsh_text(const char *text) {
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            printf("'\\''");
        else if (strchr("[]:\\", *text) != NULL)
            printf("\\%c", *text);
        else
            putchar(*text);
    }
}

static void print_zsh_option(const tool_option *o, void *user) {
    (void)user;
    if (o->kind == TOOL_HEADING)
        return;
    printf(" \\\n    '%s--%s%s[", o->kind == TOOL_LIST ? "*" : "", o->name,
           o->kind == TOOL_FLAG ? "" : "=");
    print_zsh_text(o->help);
    putchar(']');
    if (o->kind == TOOL_CHOICE) {
        printf(":%s:(", o->argument);
        for (const char *c = o->choices; *c != '\0'; c++)
            putchar(*c == '|' ? ' ' : *c);
        putchar(')');
    } else if (o->kind != TOOL_FLAG) {
        printf(":%s:_files", o->argument);
    }
    putchar('\'');
}

static void print_zsh(const tool_spec *spec) {
    printf("#compdef %s\n_arguments", spec->name);
    each_option(spec, print_zsh_option, NULL);
    printf(" \\\n    '*:file:_files'\n");
}

/* ---- JSON --------------------------------------------------------------------------- */

static void add_json_option(const tool_option *o, void *user) {
    static const char *const kinds[] = {"flag", "text", "list", "int", "real", "choice"};
    if (o->kind == TOOL_HEADING)
        return;
    char buffer[32], letter[2] = {o->letter, '\0'};
    json_t *entry = json_pack("{ss ss ss ss ss* ss* sb}", "name", o->name, "kind", kinds[o->kind],
                              "help", o->help, "default", default_text(o, buffer), "letter",
                              o->letter ? letter : NULL, "argument", o->argument, "required",
                              o->required);
    if (o->choices != NULL)
        json_object_set_new(entry, "choices", json_string(o->choices));
    json_array_append_new(user, entry);
}

static void print_json(const tool_spec *spec) {
    json_t *options = json_array();
    each_option(spec, add_json_option, options);
    json_t *all = json_pack("{ss ss ss ss so}", "name", spec->name, "version", grid_version(),
                            "summary", spec->summary, "operands", spec->operands, "options",
                            options);
    json_dumpf(all, stdout, JSON_INDENT(2) | JSON_SORT_KEYS);
    putchar('\n');
    json_decref(all);
}

void tool_print_document(const tool_spec *spec, const char *what) {
    if (strcmp(what, "man") == 0)
        print_man(spec);
    else if (strcmp(what, "bash") == 0)
        print_bash(spec);
    else if (strcmp(what, "zsh") == 0)
        print_zsh(spec);
    else
        print_json(spec);
}
