/*
 * base.h - errors, findings and memory for the modules of libgrid.
 */
#ifndef GRID_SRC_BASE_H
#define GRID_SRC_BASE_H

#include <grid/base.h>

/** Fills `err` (may be NULL) and returns `status`, so that `return grid_fail(...)` reads well. */
grid_status grid_fail(grid_error *err, grid_status status, const char *where, const char *format,
                      ...) GRID_PRINTF(4, 5);

/** Adds the line that says what to try. Returns err's status, for chaining after grid_fail. */
grid_status grid_hint(grid_error *err, grid_status status, const char *format, ...)
    GRID_PRINTF(3, 4);

grid_status grid_fail_nomem(grid_error *err);

/** Reports one finding without place and amount, the commonest kind. */
void grid_find(const grid_context *ctx, grid_severity severity, const char *kind, const char *where,
               const char *format, ...) GRID_PRINTF(5, 6);

/** Reports one finding with an amount and a place (NAN, NAN when it has none). */
void grid_find_at(const grid_context *ctx, grid_severity severity, const char *kind,
                  const char *where, double amount, const char *unit, double x, double y,
                  const char *format, ...) GRID_PRINTF(9, 10);

void grid_report_progress(const grid_context *ctx, const char *stage, double fraction);

bool grid_cancelled(const grid_context *ctx);

unsigned grid_threads(const grid_context *ctx);

/** Passes a failure up: `GRID_TRY(call(..., err));` in a function that owns nothing yet. */
#define GRID_TRY(call)                                                                             \
    do {                                                                                           \
        grid_status try_status_ = (call);                                                          \
        if (try_status_ != GRID_OK)                                                                \
            return try_status_;                                                                    \
    } while (0)

#endif
