/*
 * duty.h - who handles what is reported: the words of an answer for each unit.
 */
#ifndef GRID_LOCATE_DUTY_H
#define GRID_LOCATE_DUTY_H

#include <grid/duty.h>

/** What is asked on every point of a run. */
typedef struct duty_words {
    grid_duty *duty;
    const char *kind;   /**< "component", "event", or "" for persons only */
    char class_code[8]; /**< of the generation of 2026; "" for any */
    grid_duty_time at;
    bool has_time;
} duty_words;

typedef enum duty_column {
    DUTY_DEPARTMENT,
    DUTY_LIMIT,   /**< hours */
    DUTY_MARK,    /**< how it was decided; 托底 for a fallback */
    DUTY_PERSONS, /**< of the unit itself, on duty */
    DUTY_CHAIN,   /**< of the units above it */
    DUTY_COLUMNS
} duty_column;

/** "department" ... "chain". */
const char *duty_column_name(duty_column column);

/**
 * Reads posts, persons and duties of a grid database. `kind` is "component", "event", or either
 * with a class after a colon (a code or a name); `at` a time. Both may be NULL.
 */
grid_status duty_words_open(const char *database, const char *kind, const char *at, duty_words *out,
                            grid_error *err);
void duty_words_close(duty_words *words);

/** The answer for a unit ("" for a point in none), in `buffer`. */
const char *duty_words_text(const duty_words *words, duty_column column, const char *unit_code,
                            char *buffer, size_t size);

#endif
