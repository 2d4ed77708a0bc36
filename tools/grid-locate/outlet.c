#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "base/write.h"

/* Whether parcels may be written side by side, and where the first one goes: into a regular file
 * that does not append and ends there, so that what a failure leaves behind can be cut off. */
static void find_place(run *r, int fd) {
    struct stat st;
    int flags = fcntl(fd, F_GETFL);
    const int64_t begin = r->end = lseek(fd, 0, SEEK_CUR);
    r->missing = INT64_MAX;
    r->side_by_side = flags >= 0 && (flags & O_APPEND) == 0 && begin >= 0 && fstat(fd, &st) == 0 &&
                      S_ISREG(st.st_mode) && st.st_size <= begin;
}

/* Leaves the file as writing in turn would: whole up to its end, and the descriptor there. */
static void leave_place(const run *r, int fd) {
    int64_t end = r->missing < r->end ? r->missing : r->end;
    if (r->side_by_side && (end == r->end || ftruncate(fd, end) == 0))
        (void)lseek(fd, end, SEEK_SET);
}

static void write_beside(run *r, const parcel *p) {
    if (grid_write_all_at(r->p->output, p->it.out.at, p->it.out.n, p->place))
        return;
    const char *why = strerror(errno);
    pthread_mutex_lock(&r->writing);
    r->missing = p->place < r->missing ? p->place : r->missing;
    pthread_mutex_unlock(&r->writing);
    run_fail(r, GRID_E_WRITE, r->p->output_name, why);
}

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

/* Gives the parcel its place, or writes it. */
static void let_out(run *r, parcel *p) {
    const pipeline *line = r->p;
    p->place = -1;
    if (r->status != GRID_OK || !is_sound(r, p))
        return;
    r->status = p->worked ? line->done(line->user, &p->it, r->err) : grid_fail_nomem(r->err);
    if (r->status != GRID_OK)
        return;
    if (r->side_by_side) {
        p->place = r->end;
        r->end += (int64_t)p->it.out.n;
        return;
    }
    pthread_mutex_unlock(&r->writing);
    if (!grid_write_all(line->output, p->it.out.at, p->it.out.n))
        run_fail(r, GRID_E_WRITE, line->output_name, strerror(errno));
    pthread_mutex_lock(&r->writing);
}

/* Lets out all that have their turn; returns those that are still to be written to their places. */
static parcel *let_out_waiting(run *r) {
    parcel *beside = NULL, *p;
    r->letting_out = true;
    while ((p = r->waiting[r->turn % r->n_slots]) != NULL) {
        r->waiting[r->turn % r->n_slots] = NULL;
        let_out(r, p);
        r->turn++;
        parcel **list = p->place >= 0 ? &beside : &r->spare;
        p->next = *list;
        *list = p;
        pthread_cond_broadcast(&r->turn_changed);
    }
    r->letting_out = false;
    return beside;
}

void outlet_put(run *r, parcel *it) {
    parcel *beside = NULL;
    pthread_mutex_lock(&r->writing);
    while (it->ticket - r->turn >= r->n_slots) /* so many wait for one that takes its time */
        pthread_cond_wait(&r->turn_changed, &r->writing);
    r->waiting[it->ticket % r->n_slots] = it;
    if (!r->letting_out)
        beside = let_out_waiting(r);
    pthread_mutex_unlock(&r->writing);
    for (parcel *next; beside != NULL; beside = next) {
        next = beside->next;
        write_beside(r, beside);
        run_give_spare(r, beside);
    }
}

void outlet_open(run *r) {
    r->n_slots = 2 * r->p->threads;
    find_place(r, r->p->output);
    pthread_mutex_init(&r->writing, NULL);
    pthread_cond_init(&r->turn_changed, NULL);
}

void outlet_close(run *r) {
    leave_place(r, r->p->output);
    pthread_cond_destroy(&r->turn_changed);
    pthread_mutex_destroy(&r->writing);
}
