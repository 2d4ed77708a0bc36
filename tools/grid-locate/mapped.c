#include "mapped.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The bytes whose loss the handler makes up for; it can be told in no other way. */
static _Atomic(char *) guarded, guarded_end;
static struct sigaction before;

/* Puts empty pages from the lost one on, so that it can be read; mapped_is_whole tells the rest. */
static void replace_lost(int signal, siginfo_t *info, void *context) {
    (void)context;
    char *lost = info->si_addr, *begin = guarded, *end = guarded_end;
    const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    if (lost >= begin && lost < end) {
        lost -= (uintptr_t)lost % page;
        if (mmap(lost, (size_t)(end - lost), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
                 0) != MAP_FAILED)
            return;
    }
    sigaction(signal, &before, NULL); /* none of ours: it will come again */
}

void mapped_open(mapped *m, int fd, int64_t from, size_t least) {
    *m = (mapped){.fd = fd};
    struct stat st;
    if (from < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
        st.st_size - from < (int64_t)least || (uint64_t)st.st_size > SIZE_MAX / 2)
        return;
    const size_t lead = (size_t)(from % sysconf(_SC_PAGESIZE));
    const size_t n = (size_t)(st.st_size - from) + lead;
    char *base = mmap(NULL, n, PROT_READ, MAP_SHARED, fd, from - (int64_t)lead);
    if (base == MAP_FAILED)
        return;
    (void)madvise(base, n, MADV_SEQUENTIAL);
    *m = (mapped){base + lead, base + n, base, n, 0, fd, st.st_size};
    guarded = base;
    guarded_end = base + n;
    struct sigaction ours = {.sa_sigaction = replace_lost, .sa_flags = SA_SIGINFO | SA_RESTART};
    sigemptyset(&ours.sa_mask);
    sigaction(SIGBUS, &ours, &before);
}

void mapped_close(mapped *m) {
    if (m->base == NULL)
        return;
    sigaction(SIGBUS, &before, NULL);
    guarded = guarded_end = NULL;
    munmap(m->base, m->n);
    *m = (mapped){0};
}

void mapped_move(mapped *m, size_t n) {
    enum { AT_ONCE = 64 << 20, NEAR = 16 << 20 };
    m->at += n;
    if ((size_t)(m->at - m->base) < m->forgotten + AT_ONCE + NEAR)
        return;
    (void)madvise(m->base + m->forgotten, AT_ONCE, MADV_DONTNEED);
    m->forgotten += AT_ONCE;
}

bool mapped_is_whole(const mapped *m) {
    struct stat st;
    return m->base == NULL || (fstat(m->fd, &st) == 0 && st.st_size >= m->file_end);
}
