/*
 * number.h - decimal numbers in the middle of longer text, fast.
 */
#ifndef GRID_SRC_NUMBER_H
#define GRID_SRC_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Reads a decimal number (no blanks, no "inf", no hexadecimal) at the start of text .. end-1, which
 * needs no terminator. Returns where it stopped, or NULL when no finite number starts there.
 * The value is the double nearest to the decimal, bit for bit what strtod gives.
 */
const char *grid_number_parse(const char *text, const char *end, double *out);

/**
 * Reads a text that is a decimal number as a whole; false when it is anything else. Up to
 * `readable` (>= end) the bytes behind the text may be looked at, which makes it several times
 * faster when there are GRID_NUMBER_BLOCK of them from its start. The answer is the same.
 */
bool grid_number_read(const char *text, const char *end, const char *readable, double *out);

enum { GRID_NUMBER_BLOCK = 17 };

/** A text within a longer one. */
typedef struct grid_chars {
    const char *begin, *end;
} grid_chars;

/**
 * Reads x[i] and y[i] into out[2 * i] and out[2 * i + 1] for i = 0 .. n-1, as grid_number_read
 * does, up to a pair that is not two numbers of the usual kind (at most 16 bytes, no exponent, not
 * near `readable`). Returns its index, which says nothing about it, or n.
 */
size_t grid_number_read_pairs(const grid_chars *x, const grid_chars *y, size_t n,
                              const char *readable, double *out);

#endif
