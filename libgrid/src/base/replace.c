#include "base/replace.h"
#include "base/base.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "dir/name.ext" -> "dir/.name.<pid>.ext" */
static char *temporary_name(const char *target) {
    const char *slash = strrchr(target, '/');
    const char *name = slash ? slash + 1 : target;
    const char *dot = strrchr(name, '.');
    if (dot == NULL || dot == name)
        dot = name + strlen(name);
    size_t size = strlen(target) + 32;
    char *out = malloc(size);
    if (out != NULL)
        snprintf(out, size, "%.*s.%.*s.%ld%s", (int)(name - target), target, (int)(dot - name),
                 name, (long)getpid(), dot);
    return out;
}

/* The folder of `path` must exist and be writable, and we want to know before the work. */
static grid_status check_folder(const char *path, grid_error *err) {
    char folder[4096];
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        snprintf(folder, sizeof folder, ".");
    else if (slash == path)
        snprintf(folder, sizeof folder, "/");
    else
        snprintf(folder, sizeof folder, "%.*s", (int)(slash - path), path);
    struct stat st;
    if (stat(folder, &st) != 0 || !S_ISDIR(st.st_mode))
        return grid_fail(err, GRID_E_WRITE, path, "there is no folder %s", folder);
    if (access(folder, W_OK) != 0)
        return grid_fail(err, GRID_E_WRITE, path, "folder %s cannot be written to: %s", folder,
                         strerror(errno));
    return GRID_OK;
}

grid_status grid_replace_begin(grid_replace *r, const char *target, bool overwrite,
                               grid_error *err) {
    *r = (grid_replace){0};
    struct stat st;
    if (lstat(target, &st) == 0) {
        if (S_ISDIR(st.st_mode))
            return grid_fail(err, GRID_E_WRITE, target, "is a folder");
        if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
            return grid_fail(err, GRID_E_WRITE, target, "is a device, which cannot be replaced");
        if (!overwrite) {
            grid_fail(err, GRID_E_EXISTS, target, "exists already");
            return grid_hint(err, GRID_E_EXISTS, "use --overwrite to replace it");
        }
    }
    GRID_TRY(check_folder(target, err));
    r->target = strdup(target);
    r->temporary = temporary_name(target);
    if (r->target == NULL || r->temporary == NULL) {
        grid_replace_abort(r);
        return grid_fail_nomem(err);
    }
    unlink(r->temporary); /* left by a killed process that had our number */
    return GRID_OK;
}

static int flush_to_disk(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int status = fsync(fd);
    close(fd);
    return status;
}

grid_status grid_replace_commit(grid_replace *r, grid_error *err) {
    if (flush_to_disk(r->temporary) != 0 || rename(r->temporary, r->target) != 0) {
        grid_fail(err, GRID_E_WRITE, r->target, "cannot be written: %s", strerror(errno));
        grid_replace_abort(r);
        return GRID_E_WRITE;
    }
    free(r->temporary);
    free(r->target);
    *r = (grid_replace){0};
    return GRID_OK;
}

void grid_replace_abort(grid_replace *r) {
    if (r->temporary != NULL)
        unlink(r->temporary);
    free(r->temporary);
    free(r->target);
    *r = (grid_replace){0};
}
