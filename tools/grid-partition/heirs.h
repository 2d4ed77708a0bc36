/*
 * heirs.h - which old code lives on in which new unit, where the units themselves bring none.
 */
#ifndef GRID_PARTITION_HEIRS_H
#define GRID_PARTITION_HEIRS_H

#include <stddef.h>
#include <stdint.h>

/** What a new unit has of an old one, whose code is the beginning of `code`. */
typedef struct heir_share {
    uint32_t unit;
    const char *code;
    int64_t households;
    double area_m2;
} heir_share;

/**
 * Fills code[u] for the units 0 .. n_units-1 with the first `length` characters of an old code, or
 * leaves NULL: each code goes to the unit that has most of it, each unit takes the one it has most
 * of that is free. The shares are ordered and added up in place; codes are copied to `text`, with
 * room for n_units times length + 1.
 */
void heirs_find(heir_share *share, size_t n, size_t length, uint32_t n_units, const char **code,
                char *text);

#endif
