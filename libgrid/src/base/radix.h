/*
 * radix.h - sorting by whole numbers, digit by digit, without comparisons.
 */
#ifndef GRID_SRC_RADIX_H
#define GRID_SRC_RADIX_H

#include "base/vec.h"

#include <stdint.h>

typedef struct radix_key {
    uint32_t key, item;
} radix_key;

typedef GRID_VEC(radix_key) radix_keys;

/** Sorts by key; equal keys keep their order. False when memory ran out. */
bool radix_sort(radix_keys *keys);

#endif
