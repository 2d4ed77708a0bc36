#include "filter.h"

#include <grid/crs.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/number.h"
#include "base/replace.h"
#include "base/vec.h"
#include "header.h"
#include "pipeline.h"
#include "rows.h"

enum { BATCH = 128, MAX_WORKERS = 256, SAMPLE = 40 };

/* Why a row has no usable coordinates. */
typedef enum fault {
    FAULT_NONE,
    FAULT_MISSING,
    FAULT_EMPTY,
    FAULT_NUMBER,
    FAULT_TRANSFORM,
} fault;

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
} notes;

typedef struct filter {
    const grids *g;
    const grid_context *ctx;
    const char *input_name;
    table table;
    columns columns;
    grid_crs_transform *transform[MAX_WORKERS]; /* per worker; NULL where nothing is to be done */
    grid_hit *hits[MAX_WORKERS];                /* per worker: n_layers */
    filter_counts *counts;
    size_t line; /* of the next piece's first record, from 1 */
} filter;

/* Rows of one batch. */
typedef struct batch {
    size_t n;
    row row[BATCH];
    size_t line[BATCH];
    grid_xy xy[BATCH];
    fault fault[BATCH];
} batch;

/* ---- reading ------------------------------------------------------------------------ */

static fault read_number(span field, double *out) {
    span s = field_content(field);
    if (s.begin == s.end)
        return FAULT_EMPTY;
    return grid_number_parse(s.begin, s.end, out) == s.end ? FAULT_NONE : FAULT_NUMBER;
}

static fault read_point(const table *t, span text, grid_xy *out) {
    span x, y;
    *out = (grid_xy){0, 0};
    if (!row_field(t->format, text, t->x, &x) || !row_field(t->format, text, t->y, &y))
        return FAULT_MISSING;
    fault f = read_number(x, &out->x);
    return f != FAULT_NONE ? f : read_number(y, &out->y);
}

static size_t count_lines(span text) {
    size_t n = 0;
    for (const char *at = text.begin; (at = memchr(at, '\n', (size_t)(text.end - at))); at++)
        n++;
    return n;
}

static void read_batch(const filter *f, const char **at, const char *end, size_t *line, batch *b) {
    b->n = 0;
    while (b->n < BATCH && row_take(f->table.format, *at, end, true, &b->row[b->n])) {
        row *r = &b->row[b->n];
        b->fault[b->n] = read_point(&f->table, r->text, &b->xy[b->n]);
        b->line[b->n] = *line;
        *line += f->table.format.quotes ? 1 + count_lines(r->text) : 1;
        *at = r->next;
        b->n++;
    }
}

/* ---- answering ---------------------------------------------------------------------- */

static answer_status status_of(const grids *g, const grid_hit *hits) {
    const grid_hit *hit = &hits[g->main_layer];
    if (hit->unit != GRID_NONE)
        return hit->claims > 1 ? ANSWER_OVERLAP : hit->border ? ANSWER_BORDER : ANSWER_INSIDE;
    for (size_t i = 0; i < g->main_layer; i++)
        if (hits[i].unit != GRID_NONE)
            return ANSWER_GAP;
    return ANSWER_OUTSIDE;
}

static bool note_bad(notes *n, const row *r, size_t line, fault why) {
    bad_row bad = {.line = line, .fault = why};
    size_t length = (size_t)(r->text.end - r->text.begin);
    if (length >= SAMPLE)
        length = SAMPLE - 1;
    for (size_t i = 0; i < length; i++)
        bad.sample[i] = (unsigned char)r->text.begin[i] < ' ' ? ' ' : r->text.begin[i];
    return GRID_PUSH(&n->bad, bad);
}

static bool append_row(const columns *c, const row *r, const answer *a, bytes *out) {
    size_t text = (size_t)(r->text.end - r->text.begin);
    size_t stop = (size_t)(r->next - r->text.end);
    if (!bytes_reserve(out, text + c->widest + stop))
        return false;
    memcpy(out->at + out->n, r->text.begin, text);
    out->n += text;
    columns_append(c, a, out);
    memcpy(out->at + out->n, r->text.end, stop);
    out->n += stop;
    return true;
}

static bool answer_batch(const filter *f, unsigned worker, batch *b, notes *n, bytes *out) {
    if (f->transform[worker] != NULL)
        grid_crs_transform_apply(f->transform[worker], b->xy, b->n);
    for (size_t i = 0; i < b->n; i++) {
        answer a = {NULL, ANSWER_BAD};
        if (b->fault[i] == FAULT_NONE && b->xy[i].x != b->xy[i].x)
            b->fault[i] = FAULT_TRANSFORM;
        if (b->fault[i] == FAULT_NONE) {
            grid_locator_find(f->g->locator, b->xy[i].x, b->xy[i].y, f->hits[worker]);
            a = (answer){f->hits[worker], status_of(f->g, f->hits[worker])};
        } else if (!note_bad(n, &b->row[i], b->line[i], b->fault[i])) {
            return false;
        }
        n->counts.by_status[a.status]++;
        if (!append_row(&f->columns, &b->row[i], &a, out))
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
    n->lines = n->bad.n = 0;
    n->counts = (filter_counts){0};
    const char *at = p->in.at, *end = at + p->in.n;
    for (batch b; at < end;) {
        read_batch(f, &at, end, &n->lines, &b);
        if (!answer_batch(f, worker, &b, n, &p->out))
            return false;
    }
    return true;
}

static void report_bad(const filter *f, const bad_row *bad) {
    static const char *const words[] = {"", "a coordinate column is missing", "no coordinates",
                                        "a coordinate is not a number",
                                        "the coordinates cannot be transformed"};
    char where[300];
    snprintf(where, sizeof where, "%.255s:%zu", f->input_name, f->line + bad->line);
    grid_find(f->ctx, GRID_FAULT, "bad-row", where, "%s: '%s'", words[bad->fault], bad->sample);
}

static grid_status done(void *user, piece *p, grid_error *err) {
    (void)err;
    filter *f = user;
    notes *n = p->notes;
    for (size_t i = 0; i < n->bad.n; i++)
        report_bad(f, &n->bad.at[i]);
    GRID_VEC_FREE(&n->bad);
    f->line += n->lines;
    f->counts->rows += n->counts.rows;
    for (size_t i = 0; i < ANSWER_STATUSES; i++)
        f->counts->by_status[i] += n->counts.by_status[i];
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
    bool written = pipeline_write(p->output, out.at, out.n);
    free(out.at);
    if (!written)
        return grid_fail(err, GRID_E_WRITE, p->output_name, "%s", strerror(errno));
    f->line += 1 + count_lines(first->text);
    size_t used = (size_t)(first->next - p->ahead.at);
    memmove(p->ahead.at, first->next, p->ahead.n - used);
    p->ahead.n -= used;
    return GRID_OK;
}

static grid_status make_scratch(filter *f, unsigned threads, grid_error *err) {
    const char *to = f->g->crs;
    for (unsigned i = 0; i < threads; i++)
        if ((f->hits[i] = GRID_NEW(grid_hit, f->g->n_layers)) == NULL)
            return grid_fail_nomem(err);
    if (f->table.crs[0] == '\0')
        return GRID_OK;
    if (to == NULL)
        return grid_hint(err,
                         grid_fail(err, GRID_E_INPUT, "",
                                   "the grids name no CRS, so points cannot be brought to it"),
                         "name it with --src-crs, or leave --crs out");
    GRID_TRY(grid_crs_transform_new(f->table.crs, to, &f->transform[0], err));
    if (grid_crs_transform_is_identity(f->transform[0])) {
        grid_crs_transform_free(f->transform[0]);
        f->transform[0] = NULL;
        return GRID_OK;
    }
    for (unsigned i = 1; i < threads; i++)
        GRID_TRY(grid_crs_transform_clone(f->transform[0], &f->transform[i], err));
    return GRID_OK;
}

static void free_scratch(filter *f) {
    for (unsigned i = 0; i < MAX_WORKERS; i++) {
        free(f->hits[i]);
        if (f->transform[i] != NULL)
            grid_crs_transform_free(f->transform[i]);
    }
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

static grid_status open_output(const filter_options *o, pipeline *p, grid_replace *file,
                               grid_error *err) {
    p->output = STDOUT_FILENO;
    p->output_name = "stdout";
    if (o->output == NULL)
        return GRID_OK;
    p->output_name = o->output;
    GRID_TRY(grid_replace_begin(file, o->output, o->overwrite, err));
    p->output = open(file->temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (p->output < 0)
        return grid_fail(err, GRID_E_WRITE, o->output, "%s", strerror(errno));
    return GRID_OK;
}

static grid_status close_output(const filter_options *o, pipeline *p, grid_replace *file,
                                grid_status status, grid_error *err) {
    if (o->output == NULL)
        return status;
    if (p->output >= 0 && close(p->output) != 0 && status == GRID_OK)
        status = grid_fail(err, GRID_E_WRITE, o->output, "%s", strerror(errno));
    if (status == GRID_OK)
        return grid_replace_commit(file, err);
    grid_replace_abort(file);
    return status;
}

static grid_status run(filter *f, const filter_options *o, pipeline *p, grid_error *err) {
    row first;
    GRID_TRY(read_first(o, p, &first, err));
    GRID_TRY(table_open(f->g, o, first.text, f->ctx, &f->table, err));
    const column_style style = {f->table.format.delimiter, f->table.format.quotes};
    GRID_TRY(columns_open(f->g, o->columns, style, &f->columns, err));
    GRID_TRY(make_scratch(f, p->threads, err));
    if (f->table.has_header)
        GRID_TRY(write_header(f, p, &first, err));
    bytes ahead = p->ahead;
    p->ahead = (bytes){0};
    pipeline go = *p;
    go.ahead = ahead;
    return pipeline_run(&go, err);
}

grid_status filter_run(const grids *g, const filter_options *o, const grid_context *ctx,
                       filter_counts *counts, grid_error *err) {
    *counts = (filter_counts){0};
    filter f = {.g = g, .ctx = ctx, .counts = counts, .line = 1};
    pipeline p = {.threads = grid_threads(ctx) < MAX_WORKERS ? grid_threads(ctx) : MAX_WORKERS,
                  .cancel = ctx->cancel,
                  .user = &f,
                  .complete = complete,
                  .work = work,
                  .done = done};
    grid_replace file = {0};
    GRID_TRY(open_input(o, &p, err));
    f.input_name = p.input_name;
    grid_status status = open_output(o, &p, &file, err);
    if (status == GRID_OK)
        status = run(&f, o, &p, err);
    status = close_output(o, &p, &file, status, err);
    free(p.ahead.at);
    free_scratch(&f);
    if (p.input > STDIN_FILENO)
        close(p.input);
    return status;
}
