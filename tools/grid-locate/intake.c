#include "run.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"
#include "base/vec.h"

enum { WORTH_MAPPING = 4 * PIECE, LOOK_AGAIN_MS = 200 };

/* True when there is something to read; signals may go to another thread, so look now and then. */
static bool wait_for_input(int fd, const volatile int *cancel) {
    struct pollfd poll_for = {.fd = fd, .events = POLLIN};
    while (cancel == NULL || !*cancel) {
        int ready = poll(&poll_for, 1, LOOK_AGAIN_MS);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return true; /* read will tell a failure better */
    }
    errno = EINTR;
    return false;
}

long pipeline_read(int fd, bytes *b, const volatile int *cancel) {
    if (!bytes_reserve(b, PIECE)) {
        errno = ENOMEM;
        return -1;
    }
    ssize_t got;
    do {
        if (!wait_for_input(fd, cancel))
            return -1;
        got = read(fd, b->at + b->n, PIECE);
    } while (got < 0 && errno == EINTR);
    if (got > 0)
        b->n += (size_t)got;
    return got;
}

/* Whether to go on, by guess or with care, and from where on again. */
static bool look_around(run *r, bool *guess, const char **again) {
    pthread_mutex_lock(&r->writing);
    bool go_on = r->status == GRID_OK;
    *guess = r->guess;
    *again = r->again;
    r->again = NULL;
    pthread_mutex_unlock(&r->writing);
    return go_on;
}

/* Reads on until p->ahead holds a whole record or the input has ended. */
static bool fill(run *r, size_t *complete) {
    pipeline *p = r->p;
    while ((*complete = p->complete(p->user, p->ahead.at, p->ahead.n, r->ended, false)) == 0 &&
           !r->ended) {
        long got = pipeline_read(p->input, &p->ahead, p->cancel);
        if (got < 0 && errno == EINTR)
            return run_fail(r, GRID_E_CANCEL, "", "interrupted"), false;
        if (got < 0)
            return run_fail(r, GRID_E_READ, p->input_name, strerror(errno)), false;
        r->ended = got == 0;
    }
    return *complete > 0;
}

/* What is behind the last record of the mapping begins one that is read. */
static bool leave_mapping(run *r) {
    pipeline *p = r->p;
    size_t rest = (size_t)(r->file.end - r->file.at);
    if (!bytes_reserve(&p->ahead, rest + PIECE))
        return run_fail(r, GRID_E_NOMEM, "", "out of memory"), false;
    memcpy(p->ahead.at, r->file.at, rest);
    p->ahead.n = rest;
    r->file.at = r->file.end;
    return true;
}

/* Goes back to a place in the mapping. */
static bool go_back(run *r, const char *to) {
    r->file.at = to;
    r->p->ahead.n = 0;
    r->ended = false;
    if (lseek(r->p->input, r->file.file_end, SEEK_SET) < 0)
        return run_fail(r, GRID_E_READ, r->p->input_name, strerror(errno)), false;
    return true;
}

/* Takes records that are mapped; false when there are none. */
static bool take_mapped(run *r, parcel *it) {
    mapped *m = &r->file;
    size_t rest = (size_t)(m->end - m->at), complete = 0;
    for (size_t n = PIECE; complete == 0 && n < 2 * rest; n *= 2)
        complete = r->p->complete(r->p->user, m->at, n < rest ? n : rest, false, it->guessed);
    it->it.text = m->at;
    it->it.n = complete;
    mapped_move(m, complete);
    return complete > 0;
}

/* Takes records that are read, and leaves the begin of the next one ahead. */
static bool take_read(run *r, piece *it) {
    pipeline *p = r->p;
    size_t complete;
    if (!fill(r, &complete))
        return false;
    bytes spare = it->buffer;
    size_t rest = p->ahead.n - complete;
    it->buffer = p->ahead;
    it->text = it->buffer.at;
    it->n = complete;
    p->ahead = spare;
    p->ahead.n = 0;
    if (!bytes_reserve(&p->ahead, rest + PIECE))
        return run_fail(r, GRID_E_NOMEM, "", "out of memory"), false;
    memcpy(p->ahead.at, it->text + complete, rest);
    p->ahead.n = rest;
    return true;
}

bool intake_take(run *r, parcel *it) {
    const char *again;
    pthread_mutex_lock(&r->reading);
    bool some = look_around(r, &it->guessed, &again) && (again == NULL || go_back(r, again));
    bool is_mapped = r->file.at < r->file.end;
    some = some && ((is_mapped && take_mapped(r, it)) ||
                    ((!is_mapped || leave_mapping(r)) && take_read(r, &it->it)));
    it->ticket = r->next_ticket;
    r->next_ticket += some;
    pthread_mutex_unlock(&r->reading);
    return some;
}

/* A large file is looked at where it is, from the first byte that is not used up; what is behind
 * its present end is read. */
static void map_input(run *r) {
    pipeline *p = r->p;
    int64_t at = p->ended ? -1 : lseek(p->input, 0, SEEK_CUR);
    mapped_open(&r->file, p->input, at - (int64_t)p->ahead.n, WORTH_MAPPING);
    if (r->file.base != NULL && lseek(p->input, r->file.file_end, SEEK_SET) < 0)
        mapped_close(&r->file);
    if (r->file.base != NULL)
        p->ahead.n = 0;
}

void intake_open(run *r) {
    r->ended = r->p->ended;
    map_input(r);
    r->guess = r->p->may_guess && r->file.base != NULL;
    pthread_mutex_init(&r->reading, NULL);
}

void intake_close(run *r) {
    mapped_close(&r->file);
    pthread_mutex_destroy(&r->reading);
}
