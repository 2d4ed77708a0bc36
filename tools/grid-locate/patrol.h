/*
 * patrol.h - from tracks to visits: who was how long in which unit on which day, and which units
 * were visited less than the rule wants.
 */
#ifndef GRID_LOCATE_PATROL_H
#define GRID_LOCATE_PATROL_H

#include "base/arena.h"
#include "base/vec.h"
#include "grids.h"
#include "pipeline.h"
#include "rows.h"

/** At least `visits` a day of at least `minutes` each, in every unit. */
typedef struct patrol_rule {
    unsigned visits;
    double minutes;
    double gap_minutes; /**< a visit ends when nothing is heard for so long */
} patrol_rule;

/** "2x60" or "1"; false when it is neither. */
bool patrol_rule_read(const char *text, patrol_rule *out);

/** Seconds since 1970 in the track's own local time, from "2026-03-01 08:15:30" (also with 'T', a
 *  fraction, or a zone, which is not applied), 20260301081530, or a number of seconds or
 *  milliseconds. */
bool patrol_time(span text, double *out);

typedef struct patrol_fix {
    const char *person;
    double time_s;
    uint32_t unit; /**< of the main layer; GRID_NONE for nowhere */
} patrol_fix;

/** The fixes of one worker, or of all. */
typedef struct patrol_log {
    GRID_VEC(patrol_fix) fixes;
    grid_arena names;
} patrol_log;

bool patrol_add(patrol_log *log, span person, double time_s, uint32_t unit);
void patrol_free(patrol_log *log);

/** Moves all fixes of `from` to the end of `to`; their names stay with `from`. */
bool patrol_join(patrol_log *to, const patrol_log *from);

/** The first and the last day of the fixes; false when they are more than ten years apart, so that
 * a table of all days would be one of mistakes. */
bool patrol_days(const patrol_log *log, char first[16], char last[16]);

/**
 * The table as CSV: for every day of the tracks and every unit its visits that count, the minutes
 * of all visits, the persons, and whether the rule is met. *missed gets the number of rows where
 * it is not, *rows that of all.
 */
bool patrol_print(patrol_log *log, const patrol_rule *rule, const grids *g, bytes *out,
                  uint64_t *rows, uint64_t *missed);

#endif
