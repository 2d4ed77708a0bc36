#include "base/radix.h"

#include <string.h>

enum { BITS = 11, DIGITS = 1 << BITS, FEW = 64 };

static void insertion_sort(radix_key *k, size_t n) {
    for (size_t i = 1; i < n; i++) {
        radix_key moved = k[i];
        size_t j = i;
        for (; j > 0 && k[j - 1].key > moved.key; j--)
            k[j] = k[j - 1];
        k[j] = moved;
    }
}

static void sort_by_digit(const radix_key *from, radix_key *to, size_t n, int shift) {
    size_t start[DIGITS + 1] = {0};
    for (size_t i = 0; i < n; i++)
        start[(from[i].key >> shift & (DIGITS - 1)) + 1]++;
    for (size_t d = 0; d < DIGITS; d++)
        start[d + 1] += start[d];
    for (size_t i = 0; i < n; i++)
        to[start[from[i].key >> shift & (DIGITS - 1)]++] = from[i];
}

/* Least significant digit first, as far as the keys have digits. */
bool radix_sort(radix_keys *keys) {
    uint32_t all = 0;
    for (size_t i = 0; i < keys->n; i++)
        all |= keys->at[i].key;
    if (keys->n <= FEW) {
        insertion_sort(keys->at, keys->n);
        return true;
    }
    radix_key *spare = malloc(keys->n * sizeof *spare);
    if (spare == NULL)
        return false;
    radix_key *from = keys->at, *to = spare;
    for (int shift = 0; shift < 32 && all >> shift != 0; shift += BITS) {
        sort_by_digit(from, to, keys->n, shift);
        radix_key *swap = from;
        from = to;
        to = swap;
    }
    if (from == spare)
        memcpy(keys->at, spare, keys->n * sizeof *spare);
    free(spare);
    return true;
}
