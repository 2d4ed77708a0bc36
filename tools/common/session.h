/*
 * session.h - how a tool talks: messages on stderr, findings counted and listed, progress, the
 * JSON report, signals, and the exit code in the end.
 */
#ifndef GRID_TOOLS_SESSION_H
#define GRID_TOOLS_SESSION_H

#include <grid/base.h>
#include <jansson.h>

#include "common/options.h"

/**
 * The context for long library calls: threads from -j, findings listed on stderr (the first few
 * of each kind, all with -v) and counted, progress after a second on a terminal, cancelled
 * by SIGINT and SIGTERM.
 */
const grid_context *tool_context(void);

/** Says why a call failed ("tool: where: message" and a "hint:" line); returns the exit code. */
int tool_fail(grid_status status, const grid_error *err);

/** "tool: message" on stderr unless -q. */
void tool_say(const char *format, ...) GRID_PRINTF(1, 2);

/** As tool_say, only with -v. */
void tool_detail(const char *format, ...) GRID_PRINTF(1, 2);

/** A usage error found after parsing; returns TOOL_USAGE. */
int tool_usage(const char *hint, const char *format, ...) GRID_PRINTF(2, 3);

/** Findings so far of at least this severity, and of one kind. */
size_t tool_findings(grid_severity at_least);
size_t tool_findings_of(const char *kind);

/**
 * The report of --json: an object with "schema", "version", "findings" and what the
 * tool adds. Borrowed; always there.
 */
json_t *tool_report(void);

/**
 * Ends the run: summary of findings, the JSON report on stdout when asked for, and a
 * check that stdout took everything. Returns the exit code: `code` unless stdout failed
 * (TOOL_OUTPUT), or TOOL_FINDINGS where `code` is TOOL_DONE and faults were found.
 */
int tool_finish(int code);

#endif
