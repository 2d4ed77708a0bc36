#include "run.h"

#include <errno.h>
#include <string.h>

#include "base/base.h"
#include "base/write.h"

/* Whether the piece is cut as it should be; if not, it and those behind it will be taken again.
 * What was read and not mapped is always cut with care, but may lie behind a piece that was not. */
static bool is_sound(run *r, const parcel *p) {
    if (p->guessed && !r->guess)
        return false;
    if (p->guessed && p->it.doubtful && p->it.text != p->it.buffer.at) {
        r->guess = false;
        r->again = p->it.text;
        return false;
    }
    return true;
}

/* Lets the parcel out. Meanwhile others can bring theirs, since two at once would only wait for
 * each other within the system. */
static void let_out(run *r, parcel *p) {
    const pipeline *line = r->p;
    if (r->status != GRID_OK || !is_sound(r, p))
        return;
    r->status = p->worked ? line->done(line->user, &p->it, r->err) : grid_fail_nomem(r->err);
    if (r->status != GRID_OK)
        return;
    pthread_mutex_unlock(&r->writing);
    if (!grid_write_all(line->output, p->it.out.at, p->it.out.n))
        run_fail(r, GRID_E_WRITE, line->output_name, strerror(errno));
    pthread_mutex_lock(&r->writing);
}

static void let_out_waiting(run *r) {
    parcel *p;
    r->letting_out = true;
    while ((p = r->waiting[r->turn % r->n_slots]) != NULL) {
        r->waiting[r->turn % r->n_slots] = NULL;
        let_out(r, p);
        p->next = r->spare;
        r->spare = p;
        r->turn++;
        pthread_cond_broadcast(&r->turn_changed);
    }
    r->letting_out = false;
}

void outlet_put(run *r, parcel *it) {
    pthread_mutex_lock(&r->writing);
    while (it->ticket - r->turn >= r->n_slots) /* so many wait for one that takes its time */
        pthread_cond_wait(&r->turn_changed, &r->writing);
    r->waiting[it->ticket % r->n_slots] = it;
    if (!r->letting_out)
        let_out_waiting(r);
    pthread_mutex_unlock(&r->writing);
}

void outlet_open(run *r) {
    r->n_slots = 2 * r->p->threads;
    pthread_mutex_init(&r->writing, NULL);
    pthread_cond_init(&r->turn_changed, NULL);
}

void outlet_close(run *r) {
    pthread_cond_destroy(&r->turn_changed);
    pthread_mutex_destroy(&r->writing);
}
