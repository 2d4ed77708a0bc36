/*
 * documents.h - what is printed from an option table: --help, the manual page, completions
 * and --generate=json.
 */
#ifndef GRID_TOOLS_DOCUMENTS_H
#define GRID_TOOLS_DOCUMENTS_H

#include "common/options.h"

/** The options that every tool has. */
const tool_option *tool_common_table(size_t *n);

void tool_print_help(const tool_spec *spec);
void tool_print_version(const tool_spec *spec);

/** `what` is one of man, bash, zsh, json. */
void tool_print_document(const tool_spec *spec, const char *what);

/** Tells session.c whose session it is (called by tool_start). */
void tool_session_begin(const tool_spec *spec);

/** Appends to a list; false when memory ran out. */
bool tool_list_add(tool_list *list, const char *text);

#endif
