/*
 * text.h - numbers and words as people write them in tables, whatever the locale.
 */
#ifndef GRID_SRC_TEXT_H
#define GRID_SRC_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** The whole of `text` (blanks around it allowed) as a finite decimal number. */
bool grid_text_to_double(const char *text, double *out);

/** The whole of `text` (blanks around it allowed) as a decimal integer. */
bool grid_text_to_int(const char *text, int64_t *out);

/** Shortest text that reads back as the same double; needs 32 bytes. Returns its length. */
size_t grid_text_from_double(char *out, double value);

/**
 * The moment that outputs are dated with, so that two runs give the same bytes: SOURCE_DATE_EPOCH,
 * or the beginning of 1970 where that is not set. "1970-01-01T00:00:00Z".
 */
void grid_text_output_date(char out[21]);

/** Whether the text begins with a day of the calendar, as 2026-03-01 is one. */
bool grid_text_begins_with_day(const char *text);

/** ASCII case-insensitive equality. */
bool grid_text_same(const char *a, const char *b);

/** Whether the text, which is longer, ends so, in the same sense: a file's name with ".csv". */
bool grid_text_ends_with(const char *text, const char *ending);

/**
 * The candidate nearest to `word` (Damerau-Levenshtein, case-insensitive), or NULL when
 * none is near enough to be what the user meant.
 */
const char *grid_text_nearest(const char *word, const char *const *candidates, size_t n);

/** "a, b and 3 more", as many as there is room for: names to choose from. Returns `out`. */
const char *grid_text_list(const char *const *names, size_t n, char *out, size_t size);

/** True when the n bytes are well-formed UTF-8. */
bool grid_text_is_utf8(const char *bytes, size_t n);

#endif
