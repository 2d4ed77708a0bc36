/*
 * grid/base.h - what every part of libgrid shares: status, error, findings,
 * progress and the way a long call is run.
 *
 * Conventions of the whole library
 *   Functions are named grid_<noun>_<verb>. Whatever can fail returns a
 *   grid_status and fills the caller's grid_error (which may be NULL).
 *   Nothing in the library prints, exits or keeps a global "last error".
 *   `T **out` becomes the caller's, who gives it back with grid_<T>_free; a
 *   returned `const T *` is borrowed from the object it came from.
 *   Units stand in names: _m, _m2, _mm, _deg.
 */
#ifndef GRID_BASE_H
#define GRID_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define GRID_API __attribute__((visibility("default")))
#define GRID_MUST_USE __attribute__((warn_unused_result))
#define GRID_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#else
#define GRID_API
#define GRID_MUST_USE
#define GRID_PRINTF(fmt, args)
#endif

/** How a call ended. The tools map these to their exit codes. */
typedef enum grid_status {
    GRID_OK = 0,
    GRID_E_ARG,      /**< the caller asked for something that makes no sense */
    GRID_E_NOMEM,    /**< memory ran out */
    GRID_E_READ,     /**< an input cannot be opened or read */
    GRID_E_INPUT,    /**< an input was read and is refused */
    GRID_E_WRITE,    /**< an output cannot be written */
    GRID_E_EXISTS,   /**< an output exists and overwriting was not asked for */
    GRID_E_CANCEL,   /**< the caller's cancel flag was raised */
    GRID_E_INTERNAL, /**< a promise of the library itself does not hold */
} grid_status;

/** Why a call failed. Fixed buffers: needs no release, may live on the stack. */
typedef struct grid_error {
    grid_status status;
    char where[256];   /**< "file", "file:line" or "file:layer:feature"; may be empty */
    char message[512]; /**< one sentence, no trailing newline */
    char hint[256];    /**< what to try; may be empty */
} grid_error;

/** Instead of an index: none. */
#define GRID_NONE UINT32_MAX

/** How much a finding matters. */
typedef enum grid_severity {
    GRID_NOTE,    /**< said for the record: a repair by rule, a choice made */
    GRID_WARNING, /**< the user should look at it */
    GRID_FAULT,   /**< a requirement does not hold (exit code 1) */
} grid_severity;

/**
 * One finding: a fact about the data, not an error of the call. Strings are
 * borrowed and live only for the duration of the callback.
 */
typedef struct grid_finding {
    grid_severity severity;
    const char *kind;    /**< fixed vocabulary, e.g. "polygon-repaired" */
    const char *where;   /**< "layer:feature", a unit code, or "" */
    const char *message; /**< one sentence */
    double amount;       /**< how much; NAN when there is no amount */
    const char *unit;    /**< unit of `amount`: "m2", "households" ...; "" if none */
    double x, y;         /**< a place in the working CRS; NAN when there is none */
} grid_finding;

/**
 * How a long call is run. A zeroed struct is a valid one: one thread, nothing
 * reported, not cancellable. The callbacks are called from the calling thread only.
 */
typedef struct grid_context {
    unsigned threads; /**< 0 counts as 1; results never depend on it */
    void (*on_finding)(void *user, const grid_finding *finding);
    void (*on_progress)(void *user, const char *stage, double fraction);
    void *user;
    const volatile int *cancel; /**< checked often; non-zero ends the call with GRID_E_CANCEL */
} grid_context;

/** Library version, "major.minor.patch". */
GRID_API const char *grid_version(void);

#ifdef __cplusplus
}
#endif

#endif
