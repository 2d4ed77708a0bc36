#include "common/session.h"
#include "common/documents.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { LISTED_PER_KIND = 5, MAX_KINDS = 128 };

typedef struct kind_count {
    char kind[64];
    size_t count;
    double amount; /* of all, in their unit; NAN when they have none */
    char unit[16];
} kind_count;

/* A tool is one process with one session. */
static struct {
    const tool_spec *spec;
    grid_context context;
    volatile int cancelled;
    size_t by_severity[3];
    kind_count kinds[MAX_KINDS];
    size_t n_kinds;
    json_t *report, *findings;
    struct timespec begun;
    bool progress_shown;
} session;

static void on_signal(int number) {
    (void)number;
    session.cancelled = 1;
}

static void catch_signals(void) {
    /* The second signal ends the process as usual. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    struct sigaction hangup;
    if (sigaction(SIGHUP, NULL, &hangup) == 0 && hangup.sa_handler != SIG_IGN) // not under nohup
        sigaction(SIGHUP, &action, NULL);
    /* A closed pipe and a limit on file sizes are outputs that cannot be written, told as such. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
}

void tool_session_begin(const tool_spec *spec) {
    session.spec = spec;
    clock_gettime(CLOCK_MONOTONIC, &session.begun);
    catch_signals();
}

static void clear_progress(void) {
    if (session.progress_shown)
        fprintf(stderr, "\r\033[K");
    session.progress_shown = false;
}

static kind_count *find_kind(const char *kind) {
    for (size_t i = 0; i < session.n_kinds; i++)
        if (strcmp(session.kinds[i].kind, kind) == 0)
            return &session.kinds[i];
    return NULL;
}

/* How many of its kind there were, this one included. */
static size_t count_finding(const grid_finding *f) {
    kind_count *known = find_kind(f->kind);
    if (known == NULL) {
        if (session.n_kinds == MAX_KINDS)
            return 1;
        known = &session.kinds[session.n_kinds++];
        snprintf(known->kind, sizeof known->kind, "%s", f->kind);
        snprintf(known->unit, sizeof known->unit, "%s", f->unit);
    }
    known->amount += f->amount;
    return ++known->count;
}

static void list_finding(const grid_finding *f, size_t nth) {
    static const char *const words[] = {"note", "warning", "fault"};
    if (tool_common.quiet || (nth > LISTED_PER_KIND && !tool_common.verbose))
        return;
    clear_progress();
    fprintf(stderr, "%s: %s%s%s: %s", session.spec->name, f->where, *f->where ? ": " : "",
            words[f->severity], f->message);
    if (!isnan(f->amount))
        fprintf(stderr, " (%.6g %s)", f->amount, f->unit);
    fputc('\n', stderr);
}

static void record_finding(const grid_finding *f) {
    if (!tool_common.json)
        return;
    static const char *const words[] = {"note", "warning", "fault"};
    json_t *entry = json_pack("{ss ss ss ss}", "severity", words[f->severity], "kind", f->kind,
                              "where", f->where, "message", f->message);
    if (entry != NULL && !isnan(f->amount)) {
        json_object_set_new(entry, "amount", json_real(f->amount));
        json_object_set_new(entry, "unit", json_string(f->unit));
    }
    if (entry != NULL && !isnan(f->x) && !isnan(f->y))
        json_object_set_new(entry, "at", json_pack("[ff]", f->x, f->y));
    if (session.findings == NULL)
        session.findings = json_array();
    json_array_append_new(session.findings, entry);
}

static void on_finding(void *user, const grid_finding *f) {
    (void)user;
    session.by_severity[f->severity]++;
    list_finding(f, count_finding(f));
    record_finding(f);
}

static double seconds_since_start(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - session.begun.tv_sec) +
           1e-9 * (double)(now.tv_nsec - session.begun.tv_nsec);
}

static void on_progress(void *user, const char *stage, double fraction) {
    (void)user;
    if (strcmp(tool_common.progress, "json") == 0) {
        fprintf(stderr, "{\"stage\":\"%s\",\"fraction\":%.3f}\n", stage, fraction);
    } else if (seconds_since_start() > 1) {
        fprintf(stderr, "\r\033[K%s %3.0f %%", stage, 100 * fraction);
        session.progress_shown = true;
    }
}

const grid_context *tool_context(void) {
    grid_context *c = &session.context;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    c->threads = tool_common.threads > 0 ? (unsigned)tool_common.threads
                 : processors > 0        ? (unsigned)processors
                                         : 1;
    c->on_finding = on_finding;
    c->cancel = &session.cancelled;
    bool wanted = strcmp(tool_common.progress, "json") == 0 ||
                  (strcmp(tool_common.progress, "auto") == 0 && isatty(STDERR_FILENO));
    c->on_progress = wanted && !tool_common.quiet ? on_progress : NULL;
    return c;
}

static int exit_code_of(grid_status status) {
    switch (status) {
    case GRID_OK:
        return TOOL_DONE;
    case GRID_E_ARG:
        return TOOL_USAGE;
    case GRID_E_READ:
    case GRID_E_INPUT:
        return TOOL_INPUT;
    case GRID_E_WRITE:
    case GRID_E_EXISTS:
        return TOOL_OUTPUT;
    case GRID_E_CANCEL:
        return TOOL_INTERRUPTED;
    case GRID_E_NOMEM:
    case GRID_E_INTERNAL:
        break;
    }
    return TOOL_INTERNAL;
}

int tool_fail(grid_status status, const grid_error *err) {
    clear_progress();
    if (status == GRID_E_CANCEL)
        fprintf(stderr, "%s: interrupted; no output was changed\n", session.spec->name);
    else
        fprintf(stderr, "%s: %s%s%s\n", session.spec->name, err->where, *err->where ? ": " : "",
                err->message);
    if (err->hint[0] != '\0')
        fprintf(stderr, "hint: %s\n", err->hint);
    return exit_code_of(status);
}

static void say(const char *format, va_list args) {
    clear_progress();
    fprintf(stderr, "%s: ", session.spec->name);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

void tool_say(const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (!tool_common.quiet)
        say(format, args);
    va_end(args);
}

void tool_detail(const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (tool_common.verbose && !tool_common.quiet)
        say(format, args);
    va_end(args);
}

int tool_usage(const char *hint, const char *format, ...) {
    va_list args;
    va_start(args, format);
    say(format, args);
    va_end(args);
    if (hint != NULL)
        fprintf(stderr, "hint: %s\n", hint);
    return TOOL_USAGE;
}

size_t tool_findings(grid_severity at_least) {
    size_t sum = 0;
    for (int s = (int)at_least; s < 3; s++)
        sum += session.by_severity[s];
    return sum;
}

size_t tool_findings_of(const char *kind) {
    const kind_count *known = find_kind(kind);
    return known ? known->count : 0;
}

json_t *tool_report(void) {
    if (session.report == NULL) {
        char schema[64];
        snprintf(schema, sizeof schema, "%s/1", session.spec->name);
        session.report = json_pack("{ss ss}", "schema", schema, "version", grid_version());
        if (session.report == NULL) {
            fprintf(stderr, "%s: out of memory\n", session.spec->name);
            exit(TOOL_INTERNAL);
        }
    }
    return session.report;
}

/* Kinds of which more were found than listed. */
static void say_unlisted(void) {
    if (tool_common.verbose)
        return;
    for (size_t i = 0; i < session.n_kinds; i++) {
        const kind_count *k = &session.kinds[i];
        if (k->count <= LISTED_PER_KIND)
            continue;
        if (isnan(k->amount))
            tool_say("%s: %zu in all (-v lists them)", k->kind, k->count);
        else
            tool_say("%s: %zu in all, %.6g %s (-v lists them)", k->kind, k->count, k->amount,
                     k->unit);
    }
}

static void print_report(void) {
    json_t *counts = json_object(), *amounts = json_object();
    for (size_t i = 0; i < session.n_kinds; i++) {
        const kind_count *k = &session.kinds[i];
        json_object_set_new(counts, k->kind, json_integer((json_int_t)k->count));
        if (!isnan(k->amount))
            json_object_set_new(amounts, k->kind,
                                json_pack("{sf ss}", "amount", k->amount, "unit", k->unit));
    }
    json_object_set_new(tool_report(), "finding_counts", counts);
    json_object_set_new(tool_report(), "finding_amounts", amounts);
    json_object_set_new(tool_report(), "findings",
                        session.findings ? session.findings : json_array());
    json_dumpf(session.report, stdout, JSON_INDENT(2) | JSON_SORT_KEYS | JSON_REAL_PRECISION(15));
    putchar('\n');
}

int tool_finish(int code) {
    clear_progress();
    say_unlisted();
    if (tool_common.json && (code == TOOL_DONE || code == TOOL_FINDINGS))
        print_report();
    json_decref(session.report);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "%s: standard output cannot be written: %s\n", session.spec->name,
                strerror(errno));
        return TOOL_OUTPUT;
    }
    return code == TOOL_DONE && session.by_severity[GRID_FAULT] > 0 ? TOOL_FINDINGS : code;
}
