#include "base/base.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *grid_version(void) {
    return GRID_VERSION;
}

grid_status grid_fail(grid_error *err, grid_status status, const char *where, const char *format,
                      ...) {
    if (err == NULL)
        return status;
    va_list args;
    va_start(args, format);
    err->status = status;
    err->hint[0] = '\0';
    snprintf(err->where, sizeof err->where, "%s", where ? where : "");
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    return status;
}

grid_status grid_hint(grid_error *err, grid_status status, const char *format, ...) {
    if (err != NULL) {
        va_list args;
        va_start(args, format);
        vsnprintf(err->hint, sizeof err->hint, format, args);
        va_end(args);
    }
    return status;
}

grid_status grid_fail_nomem(grid_error *err) {
    return grid_fail(err, GRID_E_NOMEM, "", "out of memory");
}

static void find(const grid_context *ctx, const grid_finding *base, const char *format,
                 va_list args) {
    if (ctx == NULL || ctx->on_finding == NULL)
        return;
    char message[512];
    vsnprintf(message, sizeof message, format, args);
    grid_finding finding = *base;
    finding.message = message;
    ctx->on_finding(ctx->user, &finding);
}

void grid_find(const grid_context *ctx, grid_severity severity, const char *kind, const char *where,
               const char *format, ...) {
    const grid_finding base = {severity, kind, where, "", NAN, "", NAN, NAN};
    va_list args;
    va_start(args, format);
    find(ctx, &base, format, args);
    va_end(args);
}

void grid_find_at(const grid_context *ctx, grid_severity severity, const char *kind,
                  const char *where, double amount, const char *unit, double x, double y,
                  const char *format, ...) {
    const grid_finding base = {severity, kind, where, "", amount, unit, x, y};
    va_list args;
    va_start(args, format);
    find(ctx, &base, format, args);
    va_end(args);
}

void grid_report_progress(const grid_context *ctx, const char *stage, double fraction) {
    if (ctx != NULL && ctx->on_progress != NULL)
        ctx->on_progress(ctx->user, stage, fraction);
}

bool grid_cancelled(const grid_context *ctx) {
    return ctx != NULL && ctx->cancel != NULL && *ctx->cancel != 0;
}

unsigned grid_threads(const grid_context *ctx) {
    return ctx == NULL || ctx->threads == 0 ? 1 : ctx->threads;
}
