#include "worker.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "answer.h"
#include "base/base.h"

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

static bool count_row(worker *w, const row *r, const answer *a) {
    const job *j = w->job;
    span value = {"", ""};
    value.end = value.begin;
    if (j->o->by != NULL && !table_column_text(&j->table, &j->by, r->text, &value))
        value.begin = value.end = "";
    uint32_t unit = a->hits != NULL ? a->hits[j->g->main_layer].unit : GRID_NONE;
    return tally_add(&w->tally, unit, value, 1);
}

/* Fixes need a person and a time as well as a place. */
static void check_track(const job *j, batch *b, size_t i) {
    span text;
    double time_s;
    if (b->fault[i] == FAULT_NONE &&
        (!table_column_text(&j->table, &j->person, b->rows.row[i].text, &text) ||
         text.begin == text.end ||
         !table_column_text(&j->table, &j->time, b->rows.row[i].text, &text) ||
         !patrol_time(text, &time_s)))
        b->fault[i] = FAULT_TRACK;
}

static bool log_row(worker *w, const row *r, const answer *a) {
    const job *j = w->job;
    span person, text;
    double time_s;
    if (a->hits == NULL)
        return true;
    return table_column_text(&j->table, &j->person, r->text, &person) &&
           table_column_text(&j->table, &j->time, r->text, &text) && patrol_time(text, &time_s) &&
           patrol_add(&w->log, person, time_s, a->hits[j->g->main_layer].unit);
}

static bool answer_row(worker *w, const batch *b, size_t i, grid_xy p, notes *n, bytes *out) {
    const job *j = w->job;
    answer a = {NULL, ANSWER_BAD, 0};
    if (b->fault[i] == FAULT_NONE)
        answer_find(j->g, p, w->hits + i * j->g->n_layers, j->o->nearest_m, &a);
    else if (!note_bad(n, &b->rows.row[i], b->line[i], b->fault[i]))
        return false;
    n->counts.by_status[a.status]++;
    if (a.status == ANSWER_OUTSIDE && is_far_from(j->g, p))
        lost_points_add(&n->lost, b->raw[i], b->line[i]);
    if (j->o->rejects != NULL && j->o->fail_on >> a.status & 1 &&
        !emit_row(&w->emitter, &b->rows.row[i], &a, &n->rejects))
        return false;
    if (j->o->rule != NULL)
        return log_row(w, &b->rows.row[i], &a);
    return j->o->count ? count_row(w, &b->rows.row[i], &a)
                       : emit_row(&w->emitter, &b->rows.row[i], &a, out);
}

/* Whether rows are written, and nothing but the hits counts for those of points inside a unit. */
static bool inside_is_simple(const job *j) {
    const filter_options *o = j->o;
    return !o->count && o->rule == NULL && (o->nearest_m <= 0 || j->g->n_records == 0) &&
           (o->rejects == NULL || !(o->fail_on >> ANSWER_INSIDE & 1));
}

static bool answer_rows(worker *w, const batch *b, const grid_xy *xy, const char *readable,
                        notes *n, bytes *out) {
    const bool simple = inside_is_simple(w->job);
    if (simple && !emit_reserve(&w->emitter, &b->rows, out))
        return false;
    for (size_t i = 0; i < b->rows.n; i++) {
        const size_t first = i;
        if (simple)
            i = emit_inside(&w->emitter, &b->rows, first, w->hits, readable, out);
        n->counts.by_status[ANSWER_INSIDE] += i - first;
        if (i < b->rows.n && !answer_row(w, b, i, xy[i], n, out))
            return false;
    }
    n->counts.rows += b->rows.n;
    return true;
}

/* Brings the points to the CRS of the grids. Those that are lost on the way are faults from here
 * on. */
static void transform(worker *w, batch *b, notes *n) {
    memcpy(w->xy, b->raw, b->rows.n * sizeof *w->xy);
    if (w->shift != CRS_PLAIN)
        crs_shift_undo(w->shift, w->xy, b->rows.n);
    else
        grid_crs_transform_apply(w->transform, w->xy, b->rows.n);
    for (size_t i = 0; i < b->rows.n; i++)
        if (b->fault[i] == FAULT_NONE && isnan(w->xy[i].x)) {
            b->fault[i] = FAULT_TRANSFORM;
            lost_points_add(&n->lost, b->raw[i], b->line[i]);
        }
}

static bool answer_batch(worker *w, batch *b, const char *readable, notes *n, bytes *out) {
    const bool elsewhere = w->transform != NULL || w->shift != CRS_PLAIN;
    if (elsewhere)
        transform(w, b, n);
    const grid_xy *xy = elsewhere ? w->xy : b->raw;
    grid_locator_find_many(w->job->g->locator, xy, b->rows.n, w->hits);
    for (size_t i = 0; w->job->o->rule != NULL && i < b->rows.n; i++)
        check_track(w->job, b, i);
    return answer_rows(w, b, xy, readable, n, out);
}

bool worker_run(worker *w, piece *p) {
    notes *n = p->notes;
    if (n == NULL && (n = p->notes = GRID_NEW(notes, 1)) == NULL)
        return false;
    n->lines = n->bad.n = n->rejects.n = n->lost.n = 0;
    n->lost.total = 0;
    n->counts = (filter_counts){0};
    const char *at = p->text, *end = at + p->n;
    p->doubtful = false;
    for (batch b; at < end;) {
        batch_read(&w->job->table, &at, end, &n->lines, &b);
        p->doubtful = p->doubtful || b.quoted;
        if (!answer_batch(w, &b, end, n, &p->out))
            return false;
    }
    return true;
}

void notes_free(void *notes_of_piece) {
    notes *n = notes_of_piece;
    if (n != NULL) {
        GRID_VEC_FREE(&n->bad);
        free(n->rejects.at);
    }
    free(n);
}

/* ---- beginning and end -------------------------------------------------------------- */

static grid_status make_transforms(const job *j, worker *workers, unsigned n, grid_error *err) {
    const char *to = j->g->crs;
    if (j->table.crs[0] == '\0')
        return GRID_OK;
    if (to == NULL)
        return grid_hint(err,
                         grid_fail(err, GRID_E_INPUT, "",
                                   "the grids name no CRS, so points cannot be brought to it"),
                         "name it with --src-crs, or leave --crs out");
    if (grids_are_in(j->g, j->table.crs))
        return GRID_OK;
    const crs_shift shift = crs_shift_named(j->table.crs);
    if (shift != CRS_PLAIN && grids_are_in(j->g, "wgs84")) { /* PROJ need not be opened */
        for (unsigned i = 0; i < n; i++)
            workers[i].shift = shift;
        return GRID_OK;
    }
    grid_crs_transform *first;
    GRID_TRY(grid_crs_transform_new(j->table.crs, to, &first, err));
    if (grid_crs_transform_is_identity(first))
        return grid_crs_transform_free(first), GRID_OK;
    workers[0].transform = first;
    for (unsigned i = 1; i < n; i++)
        GRID_TRY(grid_crs_transform_clone(first, &workers[i].transform, err));
    return GRID_OK;
}

grid_status worker_new_all(const job *j, unsigned n, worker **out, grid_error *err) {
    worker *all = *out = GRID_NEW(worker, n);
    if (all == NULL)
        return grid_fail_nomem(err);
    for (unsigned i = 0; i < n; i++) {
        all[i].job = j;
        all[i].hits = GRID_NEW(grid_hit, MAX_ROWS * j->g->n_layers);
        if (!emitter_init(&all[i].emitter, j->g, &j->columns) || all[i].hits == NULL)
            return grid_fail_nomem(err);
    }
    return make_transforms(j, all, n, err);
}

void worker_free_all(worker *workers, unsigned n) {
    for (unsigned i = 0; workers != NULL && i < n; i++) {
        worker *w = &workers[i];
        free(w->hits);
        tally_free(&w->tally);
        patrol_free(&w->log);
        emitter_free(&w->emitter);
        if (w->transform != NULL)
            grid_crs_transform_free(w->transform);
    }
    free(workers);
}
