#include "filter.h"

#include <grid/crs.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "base/arena.h"
#include "base/base.h"
#include "base/number.h"
#include "base/replace.h"
#include "base/vec.h"
#include "base/write.h"
#include "diagnose.h"
#include "header.h"
#include "json.h"
#include "pipeline.h"
#include "rows.h"
#include "tally.h"

enum { BATCH = 256, MAX_WORKERS = 256, SAMPLE = 40, LOST = 64 };

/* Why a row has no usable coordinates. */
typedef enum fault {
    FAULT_NONE,
    FAULT_MISSING,
    FAULT_EMPTY,
    FAULT_NUMBER,
    FAULT_OBJECT,
    FAULT_TRANSFORM,
    FAULT_TRACK,
} fault;

static const char *const fault_words[] = {
    "",
    "a coordinate column is missing",
    "no coordinates",
    "a coordinate is not a number",
    "this is no JSON object with a point",
    "the coordinates cannot be transformed",
    "the person or the time is missing, or is no time",
};

typedef struct bad_row {
    size_t line; /* within the piece, from 0 */
    fault fault;
    char sample[SAMPLE];
} bad_row;

/* What a piece tells in its turn. */
typedef struct notes {
    size_t lines;
    filter_counts counts;
    GRID_VEC(bad_row) bad;
    bytes rejects;
    size_t n_lost;
    grid_xy lost[LOST]; /* points in no unit, as they came */
} notes;

/* A rendered answer of a worker: what to append for these hits, status inside. */
typedef struct memo {
    const char *text; /* NULL: not yet */
    size_t n;
    const grid_hit *hits;
} memo;

/* What a worker has to itself. */
typedef struct scratch {
    grid_crs_transform *transform; /* NULL where nothing is to be done */
    grid_hit *hits;                /* BATCH * n_layers */
    memo *memo;                    /* per unit of the main layer */
    grid_arena memory;             /* of the memos */
    tally tally;
    patrol_log log;
} scratch;

typedef struct filter {
    const grids *g;
    const filter_options *o;
    const grid_context *ctx;
    const char *input_name;
    table table;
    table_column by, person, time;
    columns columns;
    scratch *scratch; /* per worker */
    unsigned threads;
    filter_counts *counts;
    size_t line; /* of the next piece's first record, from 1 */
    int rejects; /* file descriptor, -1 for none */
    size_t n_lost;
    grid_xy lost[LOST];
} filter;

/* Rows of one batch. */
typedef struct batch {
    size_t n;
    row row[BATCH];
    size_t line[BATCH];
    grid_xy raw[BATCH], xy[BATCH];
    fault fault[BATCH];
} batch;

/* ---- reading ------------------------------------------------------------------------ */

static fault read_number(span field, double *out) {
    span s = field_content(field);
    if (s.begin == s.end)
        return FAULT_EMPTY;
    return grid_number_parse(s.begin, s.end, out) == s.end ? FAULT_NONE : FAULT_NUMBER;
}

static fault read_fields(span x, span y, grid_xy *out) {
    fault f = read_number(x, &out->x);
    return f != FAULT_NONE ? f : read_number(y, &out->y);
}

static fault read_point(const table *t, span text, grid_xy *out) {
    if (t->format.json)
        return json_read_point(text, &t->keys, out) ? FAULT_NONE : FAULT_OBJECT;
    span x, y;
    if (!row_field(t->format, text, t->x, &x) || !row_field(t->format, text, t->y, &y))
        return FAULT_MISSING;
    return read_fields(x, y, out);
}

static size_t count_lines(span text) {
    size_t n = 0;
    for (const char *at = text.begin; (at = memchr(at, '\n', (size_t)(text.end - at))); at++)
        n++;
    return n;
}

/* Takes one row and its point; false at the end. */
static bool read_row(const table *t, const char *at, const char *end, row *r, grid_xy *p,
                     fault *why, size_t *lines) {
    span x, y;
    *lines = 1;
    if (!t->format.json && row_take_quickly(t->format, at, end, t->x, t->y, r, &x, &y)) {
        *why = read_fields(x, y, p);
        return true;
    }
    if (!row_take(t->format, at, end, true, r))
        return false;
    *why = read_point(t, r->text, p);
    *lines += t->format.quotes ? count_lines(r->text) : 0;
    return true;
}

static void read_batch(const filter *f, const char **at, const char *end, size_t *line, batch *b) {
    size_t lines;
    b->n = 0;
    while (b->n < BATCH &&
           read_row(&f->table, *at, end, &b->row[b->n], &b->raw[b->n], &b->fault[b->n], &lines)) {
        if (b->fault[b->n] != FAULT_NONE)
            b->raw[b->n] = (grid_xy){NAN, NAN};
        b->line[b->n] = *line;
        *line += lines;
        *at = b->row[b->n].next;
        b->n++;
    }
}

/* ---- answering ---------------------------------------------------------------------- */

static bool note_bad(notes *n, const row *r, size_t line, fault why) {
    bad_row bad = {.line = line, .fault = why};
    size_t length = (size_t)(r->text.end - r->text.begin);
    if (length >= SAMPLE)
        length = SAMPLE - 1;
    for (size_t i = 0; i < length; i++)
        bad.sample[i] = (unsigned char)r->text.begin[i] < ' ' ? ' ' : r->text.begin[i];
    return GRID_PUSH(&n->bad, bad);
}

/* A few points that are nowhere are kept for a guess why. */
static void note_lost(notes *n, grid_xy p) {
    if (n->n_lost < LOST)
        n->lost[n->n_lost++] = p;
}

/* Renders the answer, or takes it from the memo of the unit that the point is simply inside of. */
static void append_answer(const filter *f, scratch *s, const answer *a, bytes *out) {
    size_t size = f->g->n_layers * sizeof *a->hits, begin = out->n;
    memo *m = a->status == ANSWER_INSIDE ? &s->memo[a->hits[f->g->main_layer].unit] : NULL;
    if (m != NULL && m->text != NULL && memcmp(m->hits, a->hits, size) == 0) {
        memcpy(out->at + out->n, m->text, m->n);
        out->n += m->n;
        return;
    }
    columns_append(&f->columns, a, out);
    if (m == NULL || m->text != NULL)
        return;
    char *text = grid_arena_alloc(&s->memory, out->n - begin);
    grid_hit *hits = grid_arena_alloc(&s->memory, size);
    if (text == NULL || hits == NULL)
        return; /* only slower */
    memcpy(text, out->at + begin, out->n - begin);
    memcpy(hits, a->hits, size);
    *m = (memo){text, out->n - begin, hits};
}

static void append(bytes *out, const char *begin, const char *end) {
    memcpy(out->at + out->n, begin, (size_t)(end - begin));
    out->n += (size_t)(end - begin);
}

/* The row with the answer behind its last field, or as last members of its object. */
static bool append_row(const filter *f, scratch *s, const row *r, const answer *a, bytes *out) {
    if (!bytes_reserve(out, (size_t)(r->next - r->text.begin) + f->columns.widest))
        return false;
    bool is_empty = false;
    const char *place = f->table.format.json ? json_end(r->text, &is_empty) : r->text.end;
    if (place == NULL) {
        append(out, r->text.begin, r->next); /* there is nowhere to put an answer */
        return true;
    }
    append(out, r->text.begin, place);
    size_t begin = out->n;
    append_answer(f, s, a, out);
    if (is_empty) /* no comma before the first member */
        memmove(out->at + begin, out->at + begin + 1, --out->n - begin);
    append(out, place, r->next);
    return true;
}

static bool count_row(const filter *f, scratch *s, const row *r, const answer *a) {
    span value = {"", ""};
    value.end = value.begin;
    if (f->o->by != NULL && !table_column_text(&f->table, &f->by, r->text, &value))
        value.begin = value.end = "";
    uint32_t unit = a->hits != NULL ? a->hits[f->g->main_layer].unit : GRID_NONE;
    return tally_add(&s->tally, unit, value, 1);
}

/* Fixes need a person and a time as well as a place. */
static void check_track(const filter *f, batch *b, size_t i) {
    span text;
    double time_s;
    if (b->fault[i] == FAULT_NONE &&
        (!table_column_text(&f->table, &f->person, b->row[i].text, &text) ||
         text.begin == text.end || !table_column_text(&f->table, &f->time, b->row[i].text, &text) ||
         !patrol_time(text, &time_s)))
        b->fault[i] = FAULT_TRACK;
}

static bool log_row(const filter *f, scratch *s, const row *r, const answer *a) {
    span person, text;
    double time_s;
    if (a->hits == NULL)
        return true;
    return table_column_text(&f->table, &f->person, r->text, &person) &&
           table_column_text(&f->table, &f->time, r->text, &text) && patrol_time(text, &time_s) &&
           patrol_add(&s->log, person, time_s, a->hits[f->g->main_layer].unit);
}

static bool answer_row(const filter *f, scratch *s, const batch *b, size_t i, notes *n,
                       bytes *out) {
    answer a = {NULL, ANSWER_BAD};
    if (b->fault[i] == FAULT_NONE)
        a = answer_of(f->g, b->xy[i], s->hits + i * f->g->n_layers, f->o->nearest_m);
    else if (!note_bad(n, &b->row[i], b->line[i], b->fault[i]))
        return false;
    n->counts.by_status[a.status]++;
    if (a.status == ANSWER_OUTSIDE)
        note_lost(n, b->raw[i]);
    if (f->rejects >= 0 && f->o->fail_on >> a.status & 1 &&
        !append_row(f, s, &b->row[i], &a, &n->rejects))
        return false;
    if (f->o->rule != NULL)
        return log_row(f, s, &b->row[i], &a);
    return f->o->count ? count_row(f, s, &b->row[i], &a) : append_row(f, s, &b->row[i], &a, out);
}

static bool answer_batch(const filter *f, scratch *s, batch *b, notes *n, bytes *out) {
    memcpy(b->xy, b->raw, b->n * sizeof *b->xy);
    if (s->transform != NULL)
        grid_crs_transform_apply(s->transform, b->xy, b->n);
    grid_locator_find_many(f->g->locator, b->xy, b->n, s->hits);
    for (size_t i = 0; i < b->n; i++) {
        if (b->fault[i] == FAULT_NONE && isnan(b->xy[i].x)) {
            b->fault[i] = FAULT_TRANSFORM;
            note_lost(n, b->raw[i]);
        }
        if (f->o->rule != NULL)
            check_track(f, b, i);
        if (!answer_row(f, s, b, i, n, out))
            return false;
    }
    n->counts.rows += b->n;
    return true;
}

/* ---- the pipeline's three questions ------------------------------------------------- */

static size_t complete(void *user, const char *data, size_t n, bool last) {
    const filter *f = user;
    return rows_complete(f->table.format, data, n, last);
}

static bool work(void *user, unsigned worker, piece *p) {
    const filter *f = user;
    notes *n = p->notes;
    if (n == NULL && (n = p->notes = GRID_NEW(notes, 1)) == NULL)
        return false;
    n->lines = n->bad.n = n->rejects.n = n->n_lost = 0;
    n->counts = (filter_counts){0};
    const char *at = p->in.at, *end = at + p->in.n;
    for (batch b; at < end;) {
        read_batch(f, &at, end, &n->lines, &b);
        if (!answer_batch(f, &f->scratch[worker], &b, n, &p->out))
            return false;
    }
    return true;
}

static void forget(void *notes_of_piece) {
    notes *n = notes_of_piece;
    if (n != NULL) {
        GRID_VEC_FREE(&n->bad);
        free(n->rejects.at);
    }
    free(n);
}

static void report_bad(const filter *f, const bad_row *bad) {
    char where[300];
    snprintf(where, sizeof where, "%.255s:%zu", f->input_name, f->line + bad->line);
    grid_find(f->ctx, f->o->fail_on >> ANSWER_BAD & 1 ? GRID_FAULT : GRID_WARNING, "bad-row", where,
              "%s: '%s'", fault_words[bad->fault], bad->sample);
}

static grid_status done(void *user, piece *p, grid_error *err) {
    filter *f = user;
    notes *n = p->notes;
    for (size_t i = 0; i < n->bad.n; i++)
        report_bad(f, &n->bad.at[i]);
    f->line += n->lines;
    f->counts->rows += n->counts.rows;
    for (size_t i = 0; i < ANSWER_STATUSES; i++)
        f->counts->by_status[i] += n->counts.by_status[i];
    for (size_t i = 0; i < n->n_lost && f->n_lost < LOST; i++)
        f->lost[f->n_lost++] = n->lost[i];
    if (n->rejects.n > 0 && !grid_write_all(f->rejects, n->rejects.at, n->rejects.n))
        return grid_fail(err, GRID_E_WRITE, f->o->rejects, "%s", strerror(errno));
    if (f->o->max_bad >= 0 && f->counts->by_status[ANSWER_BAD] > (uint64_t)f->o->max_bad)
        return grid_fail(err, GRID_E_INPUT, f->input_name, "more than %lld bad rows",
                         (long long)f->o->max_bad);
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
    header_names names = {f->table.format, first->text};
    bytes out = {0};
    size_t text = (size_t)(first->text.end - first->text.begin);
    bool ok = bytes_reserve(&out, text);
    if (ok) {
        memcpy(out.at, first->text.begin, text);
        out.n = text;
        ok = columns_header(&f->columns, is_taken, &names, &out);
    }
    size_t stop = (size_t)(first->next - first->text.end);
    ok = ok && bytes_reserve(&out, stop);
    if (!ok)
        return free(out.at), grid_fail_nomem(err);
    memcpy(out.at + out.n, first->text.end, stop);
    out.n += stop;
    bool rows = !f->o->count && f->o->rule == NULL;
    const char *failed = !rows || grid_write_all(p->output, out.at, out.n) ? NULL : p->output_name;
    if (failed == NULL && f->rejects >= 0 && !grid_write_all(f->rejects, out.at, out.n))
        failed = f->o->rejects;
    free(out.at);
    if (failed != NULL)
        return grid_fail(err, GRID_E_WRITE, failed, "%s", strerror(errno));
    f->line += 1 + count_lines(first->text);
    size_t used = (size_t)(first->next - p->ahead.at);
    memmove(p->ahead.at, first->next, p->ahead.n - used);
    p->ahead.n -= used;
    return GRID_OK;
}

static grid_status make_transforms(filter *f, grid_error *err) {
    const char *to = f->g->crs;
    if (f->table.crs[0] == '\0')
        return GRID_OK;
    if (to == NULL)
        return grid_hint(err,
                         grid_fail(err, GRID_E_INPUT, "",
                                   "the grids name no CRS, so points cannot be brought to it"),
                         "name it with --src-crs, or leave --crs out");
    grid_crs_transform **first = &f->scratch[0].transform;
    GRID_TRY(grid_crs_transform_new(f->table.crs, to, first, err));
    if (grid_crs_transform_is_identity(*first)) {
        grid_crs_transform_free(*first);
        *first = NULL;
        return GRID_OK;
    }
    for (unsigned i = 1; i < f->threads; i++)
        GRID_TRY(grid_crs_transform_clone(*first, &f->scratch[i].transform, err));
    return GRID_OK;
}

static grid_status make_scratch(filter *f, grid_error *err) {
    f->scratch = GRID_NEW(scratch, f->threads);
    if (f->scratch == NULL)
        return grid_fail_nomem(err);
    for (unsigned i = 0; i < f->threads; i++) {
        scratch *s = &f->scratch[i];
        s->hits = GRID_NEW(grid_hit, BATCH * f->g->n_layers);
        s->memo = GRID_NEW(memo, grid_locator_units(f->g->locator, f->g->main_layer));
        if (s->hits == NULL || s->memo == NULL)
            return grid_fail_nomem(err);
    }
    return make_transforms(f, err);
}

static void free_scratch(filter *f) {
    for (unsigned i = 0; f->scratch != NULL && i < f->threads; i++) {
        scratch *s = &f->scratch[i];
        free(s->hits);
        free(s->memo);
        tally_free(&s->tally);
        patrol_free(&s->log);
        grid_arena_free(&s->memory);
        if (s->transform != NULL)
            grid_crs_transform_free(s->transform);
    }
    free(f->scratch);
    columns_close(&f->columns);
}

static grid_status open_input(const filter_options *o, pipeline *p, grid_error *err) {
    if (o->text != NULL) {
        p->input = -1;
        p->input_name = "command line";
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

/* A file that appears when all went well. */
typedef struct target {
    const char *path; /* NULL for none */
    int fd;
    grid_replace file;
} target;

static grid_status target_open(target *t, const char *path, bool overwrite, grid_error *err) {
    t->fd = -1;
    if (path == NULL)
        return GRID_OK;
    GRID_TRY(grid_replace_begin(&t->file, path, overwrite, err));
    t->path = path;
    t->fd = open(t->file.temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return t->fd >= 0 ? GRID_OK : grid_fail(err, GRID_E_WRITE, path, "%s", strerror(errno));
}

static grid_status target_close(target *t, grid_status status, grid_error *err) {
    if (t->path == NULL)
        return status;
    if (t->fd >= 0 && close(t->fd) != 0 && status == GRID_OK)
        status = grid_fail(err, GRID_E_WRITE, t->path, "%s", strerror(errno));
    if (status == GRID_OK)
        return grid_replace_commit(&t->file, err);
    grid_replace_abort(&t->file);
    return status;
}

static grid_status find_extra(filter *f, span first, grid_error *err) {
    const struct {
        const char *name;
        table_column *column;
    } wanted[] = {{f->o->by, &f->by}, {f->o->person, &f->person}, {f->o->time, &f->time}};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (wanted[i].name != NULL)
            GRID_TRY(table_column_find(&f->table, f->input_name, first, wanted[i].name,
                                       wanted[i].column, err));
    return GRID_OK;
}

/* What all workers counted, or logged, as a table. */
static grid_status write_table(filter *f, const pipeline *p, grid_error *err) {
    bytes out = {0};
    bool ok = true;
    for (unsigned i = 1; ok && i < f->threads; i++)
        ok = tally_merge(&f->scratch[0].tally, &f->scratch[i].tally) &&
             patrol_join(&f->scratch[0].log, &f->scratch[i].log);
    if (f->o->rule != NULL)
        ok = ok && patrol_print(&f->scratch[0].log, f->o->rule, f->g, &out, &f->counts->patrols,
                                &f->counts->missed);
    else
        ok = ok && tally_print(&f->scratch[0].tally, f->g, f->o->by, &out);
    grid_status status = ok ? GRID_OK : grid_fail_nomem(err);
    if (ok && !grid_write_all(p->output, out.at, out.n))
        status = grid_fail(err, GRID_E_WRITE, p->output_name, "%s", strerror(errno));
    free(out.at);
    return status;
}

static grid_status run(filter *f, pipeline *p, grid_error *err) {
    row first;
    GRID_TRY(read_first(f->o, p, &first, err));
    GRID_TRY(table_open(f->g, f->o, first.text, f->ctx, &f->table, err));
    GRID_TRY(find_extra(f, first.text, err));
    const column_style style = {f->table.format.json, f->table.format.delimiter,
                                f->table.format.quotes};
    GRID_TRY(columns_open(f->g, f->o->columns, f->o->nearest_m > 0, style, &f->columns, err));
    GRID_TRY(make_scratch(f, err));
    if (f->table.has_header)
        GRID_TRY(write_header(f, p, &first, err));
    GRID_TRY(pipeline_run(p, err));
    if (f->o->count || f->o->rule != NULL)
        GRID_TRY(write_table(f, p, err));
    if (2 * (f->counts->by_status[ANSWER_OUTSIDE] + f->counts->by_status[ANSWER_BAD]) >
        f->counts->rows)
        diagnose(f->g, &f->table, f->input_name, f->lost, f->n_lost, f->ctx);
    return GRID_OK;
}

static grid_status run_to_files(filter *f, pipeline *p, grid_error *err) {
    target output = {0}, rejects = {0};
    grid_status status = target_open(&output, f->o->output, f->o->overwrite, err);
    if (status == GRID_OK)
        status = target_open(&rejects, f->o->rejects, f->o->overwrite, err);
    p->output = f->o->output ? output.fd : STDOUT_FILENO;
    p->output_name = f->o->output ? f->o->output : "stdout";
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
    filter f = {.g = g, .o = o, .ctx = ctx, .counts = counts, .line = 1, .threads = threads};
    pipeline p = {.threads = threads,
                  .cancel = ctx->cancel,
                  .user = &f,
                  .complete = complete,
                  .work = work,
                  .done = done,
                  .forget = forget};
    GRID_TRY(open_input(o, &p, err));
    f.input_name = p.input_name;
    grid_status status = run_to_files(&f, &p, err);
    free(p.ahead.at);
    free_scratch(&f);
    if (p.input > STDIN_FILENO)
        close(p.input);
    return status;
}
