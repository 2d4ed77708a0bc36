#include "filter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/write.h"
#include "diagnose.h"
#include "joined.h"
#include "target.h"
#include "worker.h"

enum { MAX_WORKERS = 256 };

typedef struct filter {
    job job;
    const grid_context *ctx;
    const char *input_name;
    worker *workers;
    unsigned threads;
    filter_counts *counts;
    size_t line; /* of the next piece's first record, from 1 */
    int rejects; /* file descriptor, -1 for none */
    lost_points lost;
    bool diagnosed;
} filter;

/* ---- the pipeline's three questions ------------------------------------------------- */

static size_t complete(void *user, const char *data, size_t n, bool last, bool guess) {
    const filter *f = user;
    row_format format = f->job.table.format;
    format.quotes = format.quotes && !guess;
    return rows_complete(format, data, n, last);
}

static bool work(void *user, unsigned index, piece *p) {
    const filter *f = user;
    return worker_run(&f->workers[index], p);
}

static void report_bad(const filter *f, const bad_row *bad) {
    char where[300];
    bool one = f->job.o->text != NULL && f->job.o->name == NULL; /* it has no lines */
    snprintf(where, sizeof where, one ? "%.255s" : "%.255s:%zu", f->input_name,
             f->line + bad->line);
    grid_find(f->ctx, f->job.o->fail_on >> ANSWER_BAD & 1 ? GRID_FAULT : GRID_WARNING, "bad-row",
              where, "%s: '%s'", fault_text(bad->fault), bad->sample);
}

/* Most rows have a point far away: something is wrong with all of them. */
static bool most_are_lost(const filter *f) {
    return 2 * f->lost.total > f->counts->rows;
}

/* Told as soon as enough points are lost, since a stream may never end. */
static void take_lost(filter *f, const lost_points *lost, size_t line) {
    uint64_t left_out = lost->total - lost->n;
    for (size_t i = 0; i < lost->n; i++)
        lost_points_add(&f->lost, lost->at[i], line + lost->line[i]);
    f->lost.total += left_out;
    if (f->diagnosed || f->lost.n < MAX_LOST || !most_are_lost(f))
        return;
    f->diagnosed = true;
    diagnose(f->job.g, f->job.table.crs, f->input_name, &f->lost, true, f->ctx);
}

static grid_status done(void *user, piece *p, grid_error *err) {
    filter *f = user;
    notes *n = p->notes;
    GRID_TRY(grid_locator_check(f->job.g->locator, err));
    for (size_t i = 0; i < n->bad.n; i++)
        report_bad(f, &n->bad.at[i]);
    size_t line = f->line;
    f->line += n->lines;
    f->counts->rows += n->counts.rows;
    for (size_t i = 0; i < ANSWER_STATUSES; i++)
        f->counts->by_status[i] += n->counts.by_status[i];
    take_lost(f, &n->lost, line);
    if (n->rejects.n > 0 && !grid_write_all(f->rejects, n->rejects.at, n->rejects.n))
        return grid_fail(err, GRID_E_WRITE, f->job.o->rejects, "%s", strerror(errno));
    if (f->job.o->max_bad >= 0 && f->counts->by_status[ANSWER_BAD] > (uint64_t)f->job.o->max_bad)
        return grid_fail(err, GRID_E_INPUT, f->input_name, "more than %lld bad rows",
                         (long long)f->job.o->max_bad);
    return GRID_OK;
}

/* ---- beginning and end -------------------------------------------------------------- */

/* Reads until the first record is complete. */
static grid_status read_first(const filter_options *o, pipeline *p, row *first, grid_error *err) {
    row_format format = {0};
    while (!(p->ahead.n > 0 &&
             (format = table_format(o, (span){p->ahead.at, p->ahead.at + p->ahead.n}),
              row_take(format, p->ahead.at, p->ahead.at + p->ahead.n, p->ended, first)))) {
        if (p->ended)
            return grid_fail(err, GRID_E_INPUT, p->input_name, "the input is empty");
        long got = pipeline_read(p->input, &p->ahead, p->cancel);
        if (got < 0)
            return errno == EINTR
                       ? grid_fail(err, GRID_E_CANCEL, "", "interrupted")
                       : grid_fail(err, GRID_E_READ, p->input_name, "%s", strerror(errno));
        p->ended = got == 0;
    }
    return GRID_OK;
}

typedef struct header_names {
    row_format format;
    span text;
} header_names;

static bool is_taken(void *user, const char *name) {
    const header_names *h = user;
    return table_has_name(h->format, h->text, name);
}

/* Writes the header with our columns' names and takes it off what was read. */
static grid_status write_header(filter *f, pipeline *p, const row *first, grid_error *err) {
    header_names names = {f->job.table.format, first->text};
    bytes out = {0};
    size_t text = (size_t)(first->text.end - first->text.begin);
    bool ok = bytes_reserve(&out, text);
    if (ok) {
        memcpy(out.at, first->text.begin, text);
        out.n = text;
        ok = columns_header(&f->job.columns, is_taken, &names, &out);
    }
    size_t stop = (size_t)(first->next - first->text.end);
    ok = ok && bytes_reserve(&out, stop);
    if (!ok)
        return free(out.at), grid_fail_nomem(err);
    memcpy(out.at + out.n, first->text.end, stop);
    out.n += stop;
    bool rows = !f->job.o->count && f->job.o->rule == NULL;
    const char *failed = !rows || grid_write_all(p->output, out.at, out.n) ? NULL : p->output_name;
    if (failed == NULL && f->rejects >= 0 && !grid_write_all(f->rejects, out.at, out.n))
        failed = f->job.o->rejects;
    free(out.at);
    if (failed != NULL)
        return grid_fail(err, GRID_E_WRITE, failed, "%s", strerror(errno));
    f->line += 1 + batch_count_lines(first->text);
    size_t used = (size_t)(first->next - p->ahead.at);
    memmove(p->ahead.at, first->next, p->ahead.n - used);
    p->ahead.n -= used;
    return GRID_OK;
}

static grid_status open_input(const filter_options *o, pipeline *p, grid_error *err) {
    if (o->text != NULL) {
        p->input = -1;
        p->input_name = o->name ? o->name : "command line";
        p->ended = true;
        p->ahead.n = strlen(o->text);
        if ((p->ahead.at = strdup(o->text)) == NULL)
            return grid_fail_nomem(err);
        p->ahead.cap = p->ahead.n + 1;
        return GRID_OK;
    }
    bool is_stdin = o->input == NULL || strcmp(o->input, "-") == 0;
    p->input_name = is_stdin ? "stdin" : o->input;
    p->input = is_stdin ? STDIN_FILENO : open(o->input, O_RDONLY | O_CLOEXEC);
    if (p->input < 0)
        return grid_fail(err, GRID_E_READ, o->input, "%s", strerror(errno));
    return GRID_OK;
}

static grid_status find_extra(filter *f, span first, grid_error *err) {
    const struct {
        const char *name;
        table_column *column;
    } wanted[] = {{f->job.o->by, &f->job.by},
                  {f->job.o->person, &f->job.person},
                  {f->job.o->time, &f->job.time}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (wanted[i].name == NULL)
            continue;
        GRID_TRY(table_column_find(&f->job.table, f->input_name, first, wanted[i].name,
                                   wanted[i].column, err));
        if (f->job.table.format.json && !json_has(first, wanted[i].name))
            grid_find(f->ctx, GRID_WARNING, "columns", f->input_name,
                      "the first object has no member '%s'", wanted[i].name);
    }
    return GRID_OK;
}

/* What all workers counted, or logged, as a table. */
static grid_status write_table(filter *f, const pipeline *p, grid_error *err) {
    bytes out = {0};
    bool ok = true;
    for (unsigned i = 1; ok && i < f->threads; i++)
        ok = tally_merge(&f->workers[0].tally, &f->workers[i].tally) &&
             patrol_join(&f->workers[0].log, &f->workers[i].log);
    char first[16], last[16];
    if (ok && f->job.o->rule != NULL && !patrol_days(&f->workers[0].log, first, last))
        return free(out.at),
               grid_hint(err,
                         grid_fail(err, GRID_E_INPUT, f->input_name,
                                   "its times go from %s to %s, more than ten years", first, last),
                         "is one of them wrong?");
    if (f->job.o->rule != NULL)
        ok = ok && patrol_print(&f->workers[0].log, f->job.o->rule, f->job.g, &out,
                                &f->counts->patrols, &f->counts->missed);
    else if (!f->job.o->joined)
        ok = ok && tally_print(&f->workers[0].tally, f->job.g, f->job.o->by, &out);
    grid_status status = ok ? GRID_OK : grid_fail_nomem(err);
    if (ok && f->job.o->joined)
        status = joined_write(&f->workers[0].tally, f->job.g, f->job.o->by, f->job.o->output,
                              f->job.o->overwrite, err);
    else if (ok && !grid_write_all(p->output, out.at, out.n))
        status = grid_fail(err, GRID_E_WRITE, p->output_name, "%s", strerror(errno));
    free(out.at);
    return status;
}

static grid_status run(filter *f, pipeline *p, grid_error *err) {
    row first;
    GRID_TRY(read_first(f->job.o, p, &first, err));
    GRID_TRY(table_open(f->job.g, f->job.o, first.text, f->ctx, &f->job.table, err));
    GRID_TRY(find_extra(f, first.text, err));
    const column_style style = {f->job.table.format.json, f->job.table.format.delimiter,
                                f->job.table.format.quotes};
    GRID_TRY(columns_open(f->job.g, f->job.o->columns, f->job.o->nearest_m > 0, style,
                          &f->job.columns, err));
    GRID_TRY(worker_new_all(&f->job, f->threads, &f->workers, err));
    if (f->job.table.has_header)
        GRID_TRY(write_header(f, p, &first, err));
    GRID_TRY(pipeline_run(p, err));
    if (f->job.o->count || f->job.o->rule != NULL)
        GRID_TRY(write_table(f, p, err));
    if (!f->diagnosed)
        diagnose(f->job.g, f->job.table.crs, f->input_name, &f->lost, most_are_lost(f), f->ctx);
    return GRID_OK;
}

static grid_status run_to_files(filter *f, pipeline *p, grid_error *err) {
    target output = {0}, rejects = {0};
    const char *path = f->job.o->joined ? NULL : f->job.o->output; /* else GDAL's to write */
    grid_status status = target_open(&output, path, f->job.o->overwrite, err);
    if (status == GRID_OK)
        status = target_open(&rejects, f->job.o->rejects, f->job.o->overwrite, err);
    p->output = f->job.o->output ? output.fd : STDOUT_FILENO;
    p->output_name = f->job.o->output ? f->job.o->output : "stdout";
    f->rejects = rejects.fd;
    if (status == GRID_OK)
        status = run(f, p, err);
    status = target_close(&rejects, status, err);
    return target_close(&output, status, err);
}

grid_status filter_run(const grids *g, const filter_options *o, const grid_context *ctx,
                       filter_counts *counts, grid_error *err) {
    *counts = (filter_counts){0};
    unsigned threads = grid_threads(ctx) < MAX_WORKERS ? grid_threads(ctx) : MAX_WORKERS;
    filter f = {
        .job = {.g = g, .o = o}, .ctx = ctx, .counts = counts, .line = 1, .threads = threads};
    pipeline p = {.threads = threads,
                  .cancel = ctx->cancel,
                  .user = &f,
                  .complete = complete,
                  .may_guess = !o->count && o->rule == NULL,
                  .work = work,
                  .done = done,
                  .forget = notes_free};
    GRID_TRY(open_input(o, &p, err));
    f.input_name = p.input_name;
    grid_status status = run_to_files(&f, &p, err);
    free(p.ahead.at);
    worker_free_all(f.workers, threads);
    columns_close(&f.job.columns);
    if (p.input > STDIN_FILENO)
        close(p.input);
    return status;
}
