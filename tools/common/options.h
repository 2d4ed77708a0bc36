/*
 * options.h - one table per tool yields its parsing, --help, manual page, completions and
 * --generate=json.
 */
#ifndef GRID_TOOLS_OPTIONS_H
#define GRID_TOOLS_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Values of an option that may be given several times. */
typedef struct tool_list {
    const char **at;
    size_t n;
} tool_list;

typedef enum tool_option_kind {
    TOOL_FLAG,   /**< no argument; value is bool * */
    TOOL_TEXT,   /**< value is const char ** */
    TOOL_LIST,   /**< may be repeated; value is tool_list * */
    TOOL_INT,    /**< value is int64_t *; checked against min and max */
    TOOL_REAL,   /**< value is double *; of lengths in metres: mm, cm, m and km may follow */
    TOOL_CHOICE, /**< one of `choices`; value is const char ** */
    TOOL_HEADING /**< no option: starts a section of --help, `help` is its title */
} tool_option_kind;

typedef struct tool_option {
    const char *name; /**< long name, without dashes */
    char letter;      /**< short name; 0 for none */
    tool_option_kind kind;
    const char *argument; /**< what stands for the value in --help: "FILE", "COL" */
    const char *help;     /**< one or two sentences; no default, which is printed from the value */
    void *value;          /**< preset to the default */
    const char *choices;  /**< "auto|never|json" */
    int64_t min, max;     /**< of TOOL_INT; both 0 for any */
    bool required;
} tool_option;

typedef struct tool_spec {
    const char *name;        /**< "grid-locate" */
    const char *summary;     /**< one line, no full stop */
    const char *operands;    /**< "[FILE | LON LAT]"; "" for none */
    const char *description; /**< paragraphs for --help and the manual */
    const char *examples;    /**< shell lines, each with a # comment above */
    const tool_option *options;
    size_t n_options;
    size_t min_operands, max_operands;
} tool_spec;

/** Exit codes of all tools. */
enum {
    TOOL_DONE = 0,
    TOOL_FINDINGS = 1, /**< done, with findings */
    TOOL_USAGE = 2,
    TOOL_INPUT = 3,  /**< input unreadable or refused */
    TOOL_OUTPUT = 4, /**< output cannot be written */
    TOOL_INTERNAL = 70,
    TOOL_INTERRUPTED = 130,
    TOOL_GO_ON = -1 /**< of tool_start: nothing ended the run yet */
};

/** What every tool has (the "Common options" of --help). */
typedef struct tool_common_options {
    bool quiet, verbose, overwrite, json;
    int64_t threads; /**< 0: as many as there are processors */
    const char *progress;
    const char *src_crs;
    const char *layer;
} tool_common_options;

extern tool_common_options tool_common;

/**
 * Parses the command line into the tables' values; operands go to `operands` (borrowed from
 * argv). Returns TOOL_GO_ON, or the exit code when --help, --version or --generate was
 * answered or the usage was wrong (which has been said).
 */
int tool_start(const tool_spec *spec, int argc, char **argv, tool_list *operands);

/**
 * The options given that have a say in the result, "--name=value" each, in the order of the command
 * line: all but the output's name and how the run goes and is watched. Borrowed.
 */
const char *tool_given_options(void);

#endif
