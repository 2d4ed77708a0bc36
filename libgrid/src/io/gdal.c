#include "io/io.h"

#include <cpl_conv.h>
#include <cpl_error.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

/* Of a failed statement the reason: its text is long and says nothing to users. */
static void keep(char *out, size_t size, const char *message) {
    const char *reason = strncmp(message, "sqlite3_", 8) == 0 ? strstr(message, " failed: ") : NULL;
    snprintf(out, size, "%s%s", reason ? "SQLite: " : "", reason ? reason + 9 : message);
}

static void CPL_STDCALL catch_message(CPLErr level, CPLErrorNum number, const char *message) {
    (void)number;
    io_log *log = CPLGetErrorHandlerUserData();
    if (level >= CE_Failure && log->failures++ == 0)
        keep(log->failure, sizeof log->failure, message);
    if (level == CE_Warning && log->warnings++ == 0)
        keep(log->warning, sizeof log->warning, message);
}

void io_begin(io_log *log) {
    pthread_once(&once, GDALAllRegister);
    *log = (io_log){0};
    CPLPushErrorHandlerEx(catch_message, log);
}

void io_end(void) {
    CPLPopErrorHandler();
}

grid_status io_fail(const io_log *log, grid_error *err, grid_status status, const char *where,
                    const char *otherwise) {
    const char *message = log->failures ? log->failure : otherwise;
    int n = (int)strcspn(message, "\r\n");
    return grid_fail(err, status, where, "%.*s", n, message);
}

void io_option(const char *key, const char *value) {
    CPLSetThreadLocalConfigOption(key, value);
}

char *io_crs_text(OGRSpatialReferenceH crs) {
    if (crs == NULL)
        return NULL;
    const char *name = OSRGetName(crs);
    if (name != NULL && strncmp(name, "Undefined", 9) == 0)
        return NULL;
    const char *authority = OSRGetAuthorityName(crs, NULL), *code = OSRGetAuthorityCode(crs, NULL);
    if (authority != NULL && code != NULL && strcmp(authority, "EPSG") == 0) {
        size_t size = strlen(code) + 6;
        char *out = malloc(size);
        if (out != NULL)
            snprintf(out, size, "EPSG:%s", code);
        return out;
    }
    char *wkt = NULL, *out = NULL;
    const char *const options[] = {"FORMAT=WKT2_2019", NULL};
    if (OSRExportToWktEx(crs, &wkt, options) == OGRERR_NONE && wkt != NULL && *wkt != '\0')
        out = strdup(wkt);
    CPLFree(wkt);
    return out;
}
