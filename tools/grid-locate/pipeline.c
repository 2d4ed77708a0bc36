#include "run.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/base.h"
#include "base/vec.h"

enum { PIPE = 1 << 20 };

bool bytes_reserve(bytes *b, size_t more) {
    return GRID_RESERVE(b, more);
}

typedef struct worker {
    run *run;
    unsigned index;
} worker;

/* Fewer turns between two processes. It is no harm when the system refuses. */
static void widen_pipe(int fd) {
#ifdef F_SETPIPE_SZ
    if (fcntl(fd, F_GETPIPE_SZ) < PIPE)
        (void)fcntl(fd, F_SETPIPE_SZ, PIPE);
#else
    (void)fd;
#endif
}

void run_fail(run *r, grid_status status, const char *where, const char *what) {
    pthread_mutex_lock(&r->writing);
    if (r->status == GRID_OK)
        r->status = grid_fail(r->err, status, where, "%s", what);
    pthread_cond_broadcast(&r->turn_changed);
    pthread_mutex_unlock(&r->writing);
}

/* A parcel to be filled, which may have been used before; NULL when memory ran out. */
static parcel *take_spare(run *r) {
    pthread_mutex_lock(&r->writing);
    parcel *it = r->spare;
    if (it != NULL)
        r->spare = it->next;
    pthread_mutex_unlock(&r->writing);
    if (it == NULL && (it = GRID_NEW(parcel, 1)) == NULL)
        run_fail(r, GRID_E_NOMEM, "", "out of memory");
    return it;
}

static void free_parcel(const run *r, parcel *it) {
    if (it != NULL) {
        free(it->it.buffer.at);
        free(it->it.out.at);
        r->p->forget(it->it.notes);
    }
    free(it);
}

static void free_spare(run *r) {
    for (parcel *p = r->spare, *next; p != NULL; p = next) {
        next = p->next;
        free_parcel(r, p);
    }
}

static void *work(void *arg) {
    const worker *me = arg;
    run *r = me->run;
    parcel *it;
    while ((it = take_spare(r)) != NULL && intake_take(r, it)) {
        it->it.out.n = 0;
        it->worked = r->p->work(r->p->user, me->index, &it->it);
        if (!mapped_is_whole(&r->file))
            run_fail(r, GRID_E_READ, r->p->input_name, "it became shorter while it was read");
        outlet_put(r, it);
    }
    free_parcel(r, it); /* there is nothing more for it */
    return NULL;
}

grid_status pipeline_run(pipeline *p, grid_error *err) {
    run r = {.p = p, .err = err};
    intake_open(&r);
    outlet_open(&r);
    widen_pipe(p->input);
    widen_pipe(p->output);
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
    intake_close(&r);
    outlet_close(&r);
    free_spare(&r);
    return r.status;
}
