/*
 * grid/duty.h - who answers for what: posts of units, the persons who hold them and when,
 * departments by class and place, and the fallback (托底) where nothing matches.
 *
 * One question - a kind of component or event, a unit, a time - has one answer, which is never
 * empty: the closest rule, else the fallback of the kind, else the office at the top.
 */
#ifndef GRID_DUTY_H
#define GRID_DUTY_H

#include <grid/base.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- what is put in ----------------------------------------------------------------- */

/** A unit of any level; parents may come in any order. */
typedef struct grid_duty_unit {
    const char *code, *parent_code, *name; /**< "" for no parent */
    const char *level;                     /**< the level's name: "grid" */
} grid_duty_unit;

/** A post that the units of a level have. */
typedef struct grid_post {
    const char *post, *name; /**< "manager", "网格管理员" */
    const char *level;
    int64_t min, max;  /**< holders of a unit; max -1: no limit */
    int64_t max_units; /**< units one person may hold it in; -1: no limit */
} grid_post;

/** A person holds a post in a unit. */
typedef struct grid_holder {
    const char *person, *phone, *department;
    const char *post, *unit_code;
    const char *shift;                 /**< see grid_shift_check; "" for always */
    const char *valid_from, *valid_to; /**< ISO dates, both inclusive; "" for open */
} grid_holder;

/** Who handles a class of things in a unit. */
typedef struct grid_duty_rule {
    const char *kind;         /**< "component" or "event" */
    const char *class_code;   /**< five digits, the two of a group, or "*" */
    const char *unit;         /**< a unit's code, which stands for all below it, or "*" */
    const char *department;   /**< "@LEVEL": the office of the place's own unit of that level */
    double accept_h, limit_h; /**< hours; NAN for none */
    bool fallback;
} grid_duty_rule;

typedef struct grid_duty_input {
    const grid_duty_unit *units;
    size_t n_units;
    const grid_post *posts;
    size_t n_posts;
    const grid_holder *holders;
    size_t n_holders;
    const grid_duty_rule *rules;
    size_t n_rules;
} grid_duty_input;

/** An immutable index of all that, safe to ask from several threads. */
typedef struct grid_duty grid_duty;

/**
 * Builds the index; everything is copied. Fails with GRID_E_INPUT on a holder or rule that names
 * a unit, post, kind or shift that does not exist, and on units that are their own parents.
 */
GRID_API GRID_MUST_USE grid_status grid_duty_build(const grid_duty_input *input, grid_duty **out,
                                                   grid_error *err);
GRID_API void grid_duty_free(grid_duty *duty);

/* ---- time --------------------------------------------------------------------------- */

/** A local time. */
typedef struct grid_duty_time {
    char date[11]; /**< "2026-11-22"; "" when only the time of day is known */
    int weekday;   /**< 1 Monday .. 7 Sunday; 0 when there is no date */
    int minute;    /**< of the day, 0 .. 1439 */
} grid_duty_time;

/** Reads "2026-11-22T08:30", "2026-11-22 08:30:59" or "08:30"; false when it is neither. */
GRID_API bool grid_duty_time_read(const char *text, grid_duty_time *out);

/**
 * Whether a shift is a well-formed one: spans parted by ";", each "HH:MM-HH:MM" (over midnight
 * when the end is not after the start) with weekdays before it or not: "1-5 08:00-18:00",
 * "6,7 09:00-12:00", "周一至周五 08:00-18:00". "", "24h" and "全天" are always.
 */
GRID_API bool grid_shift_check(const char *shift);

/** Whether the shift is on at the time; without a date, whether it is on some day at that hour. */
GRID_API bool grid_shift_covers(const char *shift, const grid_duty_time *at);

/* ---- answers ------------------------------------------------------------------------ */

typedef struct grid_duty_question {
    const char *kind;         /**< "component", "event", or "" for persons only */
    const char *class_code;   /**< "" when not known */
    const char *unit_code;    /**< the lowest unit of the place; "" when it lies in none */
    const grid_duty_time *at; /**< NULL: whoever holds the post, at any time */
} grid_duty_question;

/** How the department was found, closest first. */
typedef enum grid_duty_match {
    GRID_DUTY_CLASS_UNIT, /**< a rule for this class in this unit or one above it */
    GRID_DUTY_CLASS,      /**< a rule for this class everywhere */
    GRID_DUTY_GROUP_UNIT, /**< ... for its group */
    GRID_DUTY_GROUP,
    GRID_DUTY_ANY_UNIT, /**< ... for everything in this unit */
    GRID_DUTY_ANY,
    GRID_DUTY_FALLBACK, /**< 托底: the kind's fallback */
    GRID_DUTY_TOP,      /**< 托底: no rule at all, so the highest unit's office */
} grid_duty_match;

/** "class+unit" ... "fallback": the mark of an answer. */
GRID_API const char *grid_duty_match_name(grid_duty_match match);

/** A person of an answer. Texts are borrowed from the duty. */
typedef struct grid_duty_person {
    const char *person, *phone, *department;
    const char *post, *post_name;
    const char *unit_code, *unit_name, *level;
} grid_duty_person;

typedef struct grid_duty_answer {
    const char *department; /**< never empty when there is a unit or a rule */
    double accept_h, limit_h;
    grid_duty_match match;
    bool fallback;    /**< 托底 */
    size_t n_persons; /**< of the chain; may be more than were taken */
} grid_duty_answer;

/**
 * Who handles this kind at this unit at this time. The persons on duty come from the place's own
 * unit upwards, on each level in the order of the scheme's posts; at most `cap` are written. The
 * time's date selects holders by validity. No allocation.
 */
GRID_API void grid_duty_find(const grid_duty *duty, const grid_duty_question *question,
                             grid_duty_person *persons, size_t cap, grid_duty_answer *out);

/* ---- reports ------------------------------------------------------------------------ */

/** How a post is filled. */
typedef struct grid_post_count {
    const char *post, *name, *level;
    size_t units;   /**< that have the post */
    size_t filled;  /**< of them, with at least `min` holders */
    size_t holders; /**< person-unit pairs */
    size_t persons; /**< different ones */
} grid_post_count;

/**
 * Checks cardinalities and reports findings: "post-missing", "post-crowded", "post-spread" (one
 * person in too many units) and "unit-unmanned" (a unit of a level with posts, and nobody). counts
 * (may be NULL) has room for all posts, in their order.
 */
GRID_API GRID_MUST_USE grid_status grid_duty_check(const grid_duty *duty, const grid_context *ctx,
                                                   grid_post_count *counts, grid_error *err);

/** Posts of the duty. */
GRID_API size_t grid_duty_post_count(const grid_duty *duty);

/* ---- rosters ------------------------------------------------------------------------ */

typedef enum grid_roster_match {
    GRID_ROSTER_FOUND,
    GRID_ROSTER_AMBIGUOUS, /**< several units have the name: put the parent's before it */
    GRID_ROSTER_UNKNOWN,
} grid_roster_match;

/** The names of units, to be found as people write them. */
typedef struct grid_roster grid_roster;

GRID_API GRID_MUST_USE grid_status grid_roster_new(const grid_duty_unit *units, size_t n,
                                                   grid_roster **out, grid_error *err);
GRID_API void grid_roster_free(grid_roster *roster);

/**
 * Finds a unit by its code, its name, or its parent's name and its own (西东社区第一网格,
 * 西东社区/第一网格). Blanks, separators and endings like 居民委员会, 居委会, 社区 do not matter.
 * `out` is the unit's code, or without a match the nearest name (NULL when none is near).
 */
GRID_API grid_roster_match grid_roster_find(const grid_roster *roster, const char *written,
                                            const char **out);

#ifdef __cplusplus
}
#endif

#endif
