#include "textfile.h"

#include "base/base.h"
#include "base/replace.h"
#include "common/session.h"

#include <errno.h>
#include <string.h>

grid_status coverage_check_outputs(const char *const *paths, size_t n, grid_error *err) {
    for (size_t i = 0; i < n; i++) {
        if (paths[i] == NULL)
            continue;
        for (size_t k = 0; k < i; k++)
            if (paths[k] != NULL && strcmp(paths[k], paths[i]) == 0)
                return grid_fail(err, GRID_E_ARG, paths[i], "two outputs cannot be one file");
        grid_replace replace;
        GRID_TRY(grid_replace_begin(&replace, paths[i], tool_common.overwrite, err));
        grid_replace_abort(&replace);
    }
    return GRID_OK;
}

grid_status coverage_write_file(const char *path, coverage_write_fn *fn, const void *what,
                                grid_error *err) {
    grid_replace replace;
    GRID_TRY(grid_replace_begin(&replace, path, tool_common.overwrite, err));
    FILE *file = fopen(replace.temporary, "w");
    bool done = file != NULL && fn(file, what);
    if (file != NULL && fclose(file) != 0)
        done = false;
    if (done)
        return grid_replace_commit(&replace, err);
    int reason = errno;
    grid_replace_abort(&replace);
    return grid_fail(err, GRID_E_WRITE, path, "cannot be written: %s", strerror(reason));
}

bool coverage_put_text(FILE *file, const void *what) {
    return fputs(what, file) >= 0 && fputc('\n', file) != EOF;
}
