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

#endif
