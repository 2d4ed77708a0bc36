#include "base/vec.h"

#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>

bool grid_vec_reserve(void **at, size_t n, size_t *cap, size_t more, size_t size) {
    if (more > SIZE_MAX / size - n)
        return false;
    if (n + more <= *cap)
        return true;
    size_t want = *cap < 8 ? 8 : *cap + *cap / 2;
    if (want < n + more || want > SIZE_MAX / size)
        want = n + more;
    void *moved = realloc(*at, want * size);
    if (moved == NULL)
        return false;
    *at = moved;
    *cap = want;
    return true;
}

void *grid_new(size_t n, size_t size) {
    return calloc(n ? n : 1, size);
}

void *grid_raw(size_t n, size_t size) {
    if (n > SIZE_MAX / size)
        return NULL;
    void *memory = malloc(n ? n * size : 1);
    if (memory != NULL)
        grid_expect_writing(memory, n * size);
    return memory;
}

/* Whole pages only; a system that cannot will give them one by one. */
void grid_expect_writing(void *memory, size_t bytes) {
#ifdef MADV_POPULATE_WRITE
    enum { PAGE = 4096, LARGE = 1 << 20 };
    if (bytes < LARGE)
        return;
    char *begin = memory, *end = begin + bytes;
    begin += -(uintptr_t)begin % PAGE;
    end -= (uintptr_t)end % PAGE;
    int before = errno;
    (void)madvise(begin, (size_t)(end - begin), MADV_POPULATE_WRITE);
    errno = before;
#else
    (void)memory;
    (void)bytes;
#endif
}
