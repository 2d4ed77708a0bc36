#include "base/vec.h"

#include <stdint.h>

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
