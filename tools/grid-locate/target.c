#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/base.h"

grid_status target_open(target *t, const char *path, bool overwrite, grid_error *err) {
    t->fd = -1;
    if (path == NULL)
        return GRID_OK;
    GRID_TRY(grid_replace_begin(&t->file, path, overwrite, err));
    t->path = path;
    t->fd = open(t->file.temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return t->fd >= 0 ? GRID_OK : grid_fail(err, GRID_E_WRITE, path, "%s", strerror(errno));
}

grid_status target_close(target *t, grid_status status, grid_error *err) {
    if (t->path == NULL)
        return status;
    if (t->fd >= 0 && close(t->fd) != 0 && status == GRID_OK)
        status = grid_fail(err, GRID_E_WRITE, t->path, "%s", strerror(errno));
    if (status == GRID_OK)
        return grid_replace_commit(&t->file, err);
    grid_replace_abort(&t->file);
    return status;
}
