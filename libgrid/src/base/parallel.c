#include "base/parallel.h"

#include <pthread.h>
#include <stdatomic.h>

enum { MAX_THREADS = 256 };

typedef struct loop {
    atomic_size_t next;
    size_t n, grain;
    grid_range_fn *fn;
    void *user;
} loop;

typedef struct worker {
    loop *loop;
    unsigned index;
} worker;

static void *work(void *arg) {
    const worker *me = arg;
    loop *l = me->loop;
    for (;;) {
        size_t begin = atomic_fetch_add(&l->next, l->grain);
        if (begin >= l->n)
            return NULL;
        size_t end = l->n - begin < l->grain ? l->n : begin + l->grain;
        l->fn(l->user, begin, end, me->index);
    }
}

void grid_parallel_for(unsigned threads, size_t n, size_t grain, grid_range_fn *fn, void *user) {
    loop l = {.n = n, .grain = grain ? grain : 1, .fn = fn, .user = user};
    size_t chunks = n / l.grain + (n % l.grain != 0);
    if (threads > chunks)
        threads = (unsigned)chunks;
    if (threads > MAX_THREADS)
        threads = MAX_THREADS;
    pthread_t started[MAX_THREADS];
    worker workers[MAX_THREADS];
    unsigned n_started = 0;
    for (unsigned i = 1; i < threads; i++) {
        workers[i] = (worker){&l, i};
        if (pthread_create(&started[n_started], NULL, work, &workers[i]) != 0)
            break;
        n_started++;
    }
    workers[0] = (worker){&l, 0};
    work(&workers[0]);
    for (unsigned i = 0; i < n_started; i++)
        pthread_join(started[i], NULL);
}
