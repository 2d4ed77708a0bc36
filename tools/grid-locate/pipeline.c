#include "pipeline.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "base/vec.h"
#include "base/write.h"
#include "mapped.h"

enum { PIECE = 256 << 10, PIPE = 1 << 20, MAX_WORKERS = 256, LOOK_AGAIN_MS = 200 };
enum { WORTH_MAPPING = 4 * PIECE };

bool bytes_reserve(bytes *b, size_t more) {
    return GRID_RESERVE(b, more);
}

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

/* The state that workers share. */
typedef struct run {
    pipeline *p;
    pthread_mutex_t reading;
    size_t next_ticket; /* under `reading` */
    bool ended;         /* under `reading` */
    mapped file;        /* under `reading`: the input, or what there was of it when we began */

    /* Finding records takes a look at every byte, so a mapped file is cut into pieces at any line
     * ends, until a piece is in doubt: it and all behind it are then cut again, and with care. */
    bool guess;        /* under `writing` */
    const char *again; /* under `writing`: from where on to cut again, or NULL */

    pthread_mutex_t writing;
    pthread_cond_t turn_changed;
    size_t turn;        /* under `writing` */
    grid_status status; /* under `writing`; once not OK nobody starts anything new */
    grid_error *err;

    /* Into a regular file pieces are written side by side, each to its place. */
    bool side_by_side;
    int64_t begin;   /* of the first piece */
    int64_t end;     /* of what has had its turn; under `writing` */
    int64_t missing; /* the first byte that could not be written, or INT64_MAX; under `writing` */
} run;

typedef struct worker {
    run *run;
    unsigned index;
} worker;

/* Whether pieces may be written side by side, and where the first one goes: into a regular file
 * that does not append and ends there, so that what a failure leaves behind can be cut off. */
static void find_place(run *r, int fd) {
    struct stat st;
    int flags = fcntl(fd, F_GETFL);
    r->begin = r->end = lseek(fd, 0, SEEK_CUR);
    r->missing = INT64_MAX;
    r->side_by_side = flags >= 0 && (flags & O_APPEND) == 0 && r->begin >= 0 &&
                      fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= r->begin;
}

/* Leaves the file as writing in turn would: whole up to its end, and the descriptor there. */
static void leave_place(const run *r, int fd) {
    int64_t end = r->missing < r->end ? r->missing : r->end;
    if (r->side_by_side && (end == r->end || ftruncate(fd, end) == 0))
        (void)lseek(fd, end, SEEK_SET);
}

/* Fewer turns between two processes. It is no harm when the system refuses. */
static void widen_pipe(int fd) {
#ifdef F_SETPIPE_SZ
    if (fcntl(fd, F_GETPIPE_SZ) < PIPE)
        (void)fcntl(fd, F_SETPIPE_SZ, PIPE);
#else
    (void)fd;
#endif
}

static void fail(run *r, grid_status status, const char *where, const char *what) {
    pthread_mutex_lock(&r->writing);
    if (r->status == GRID_OK)
        r->status = grid_fail(r->err, status, where, "%s", what);
    pthread_cond_broadcast(&r->turn_changed);
    pthread_mutex_unlock(&r->writing);
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
            return fail(r, GRID_E_CANCEL, "", "interrupted"), false;
        if (got < 0)
            return fail(r, GRID_E_READ, p->input_name, strerror(errno)), false;
        r->ended = got == 0;
    }
    return *complete > 0;
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

/* What is behind the last record of the mapping begins one that is read. */
static bool leave_mapping(run *r) {
    pipeline *p = r->p;
    size_t rest = (size_t)(r->file.end - r->file.at);
    if (!bytes_reserve(&p->ahead, rest + PIECE))
        return fail(r, GRID_E_NOMEM, "", "out of memory"), false;
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
        return fail(r, GRID_E_READ, r->p->input_name, strerror(errno)), false;
    return true;
}

/* Takes records that are mapped; false when there are none. */
static bool take_mapped(run *r, piece *it) {
    mapped *m = &r->file;
    size_t rest = (size_t)(m->end - m->at), complete = 0;
    for (size_t n = PIECE; complete == 0 && n < 2 * rest; n *= 2)
        complete = r->p->complete(r->p->user, m->at, n < rest ? n : rest, false, it->guessed);
    it->text = m->at;
    it->n = complete;
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
        return fail(r, GRID_E_NOMEM, "", "out of memory"), false;
    memcpy(p->ahead.at, it->text + complete, rest);
    p->ahead.n = rest;
    return true;
}

/* Hands out the next piece; false when there is none. */
static bool take(run *r, piece *it, size_t *ticket) {
    const char *again;
    pthread_mutex_lock(&r->reading);
    bool some = look_around(r, &it->guessed, &again) && (again == NULL || go_back(r, again));
    bool is_mapped = r->file.at < r->file.end;
    some = some && ((is_mapped && take_mapped(r, it)) ||
                    ((!is_mapped || leave_mapping(r)) && take_read(r, it)));
    *ticket = r->next_ticket;
    r->next_ticket += some;
    pthread_mutex_unlock(&r->reading);
    return some;
}

/* Waits for the piece's turn; false when the run has failed. The caller then holds `writing`. */
static bool await_turn(run *r, size_t ticket) {
    pthread_mutex_lock(&r->writing);
    while (r->turn != ticket && r->status == GRID_OK)
        pthread_cond_wait(&r->turn_changed, &r->writing);
    return r->status == GRID_OK;
}

static void end_turn(run *r) {
    r->turn++;
    pthread_cond_broadcast(&r->turn_changed);
    pthread_mutex_unlock(&r->writing);
}

static void write_beside(run *r, const piece *it, int64_t place) {
    if (grid_write_all_at(r->p->output, it->out.at, it->out.n, place))
        return;
    const char *why = strerror(errno);
    pthread_mutex_lock(&r->writing);
    r->missing = place < r->missing ? place : r->missing;
    pthread_mutex_unlock(&r->writing);
    fail(r, GRID_E_WRITE, r->p->output_name, why);
}

/* Whether the piece is cut as it should be; if not, it and those behind it will be taken again.
 * What was read and not mapped is always cut with care, but may lie behind a piece that was not. */
static bool is_sound(run *r, const piece *it) {
    if (it->guessed && !r->guess)
        return false;
    if (it->guessed && it->doubtful && it->text != it->buffer.at) {
        r->guess = false;
        r->again = it->text;
        return false;
    }
    return true;
}

/* Lets the piece out in its turn. */
static void put(run *r, piece *it, size_t ticket, bool worked) {
    pipeline *p = r->p;
    int64_t place = -1;
    if (await_turn(r, ticket) && is_sound(r, it)) {
        r->status = worked ? p->done(p->user, it, r->err) : grid_fail_nomem(r->err);
        if (r->status == GRID_OK && r->side_by_side) {
            place = r->end;
            r->end += (int64_t)it->out.n;
        } else if (r->status == GRID_OK && !grid_write_all(p->output, it->out.at, it->out.n)) {
            r->status = grid_fail(r->err, GRID_E_WRITE, p->output_name, "%s", strerror(errno));
        }
    }
    end_turn(r);
    if (place >= 0)
        write_beside(r, it, place);
}

static void *work(void *arg) {
    const worker *me = arg;
    run *r = me->run;
    piece it = {0};
    for (size_t ticket; take(r, &it, &ticket);) {
        it.out.n = 0;
        bool worked = r->p->work(r->p->user, me->index, &it);
        if (!mapped_is_whole(&r->file))
            fail(r, GRID_E_READ, r->p->input_name, "it became shorter while it was read");
        put(r, &it, ticket, worked);
    }
    free(it.buffer.at);
    free(it.out.at);
    r->p->forget(it.notes);
    return NULL;
}

grid_status pipeline_run(pipeline *p, grid_error *err) {
    run r = {.p = p, .ended = p->ended, .err = err};
    map_input(&r);
    r.guess = p->may_guess && r.file.base != NULL;
    find_place(&r, p->output);
    widen_pipe(p->input);
    widen_pipe(p->output);
    pthread_mutex_init(&r.reading, NULL);
    pthread_mutex_init(&r.writing, NULL);
    pthread_cond_init(&r.turn_changed, NULL);
    pthread_t started[MAX_WORKERS];
    worker workers[MAX_WORKERS] = {{&r, 0}};
    unsigned n = 1;
    for (; n < p->threads && n < MAX_WORKERS; n++) {
        workers[n] = (worker){&r, n};
        if (pthread_create(&started[n], NULL, work, &workers[n]) != 0)
            break;
    }
    work(&workers[0]);
    for (unsigned i = 1; i < n; i++)
        pthread_join(started[i], NULL);
    mapped_close(&r.file);
    leave_place(&r, p->output);
    pthread_cond_destroy(&r.turn_changed);
    pthread_mutex_destroy(&r.writing);
    pthread_mutex_destroy(&r.reading);
    return r.status;
}
