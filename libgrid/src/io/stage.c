#include "io/stage.h"

#include "base/base.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* "folder/name", with or without the folder's final slash; the caller's. */
static char *join(const char *folder, size_t length, const char *name) {
    char *out = malloc(length + strlen(name) + 2);
    if (out != NULL)
        sprintf(out, "%.*s/%s", (int)length, folder, name);
    return out;
}

typedef bool entry_fn(const io_stage *stage, const char *name);

/* Calls fn for every file of the stage's folder; false as soon as one call is. */
static bool for_each(const io_stage *stage, entry_fn *fn) {
    DIR *folder = opendir(stage->replace.temporary);
    if (folder == NULL)
        return false;
    bool done = true;
    for (struct dirent *entry; done && (entry = readdir(folder)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            done = fn(stage, entry->d_name);
    closedir(folder);
    return done;
}

static bool remove_entry(const io_stage *stage, const char *name) {
    const char *folder = stage->replace.temporary;
    char *path = join(folder, strlen(folder), name);
    if (path != NULL)
        unlink(path);
    free(path);
    return true;
}

static bool flush_entry(const io_stage *stage, const char *name) {
    const char *folder = stage->replace.temporary;
    char *path = join(folder, strlen(folder), name);
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    free(path);
    if (fd < 0)
        return false;
    bool done = fsync(fd) == 0;
    return close(fd) == 0 && done;
}

static bool move_out(const io_stage *stage, const char *name) {
    const char *folder = stage->replace.temporary, *target = stage->replace.target;
    char *from = join(folder, strlen(folder), name);
    size_t beside = (size_t)(base_name(target) - target);
    char *to = beside ? join(target, beside - 1, name) : strdup(name);
    bool done = from != NULL && to != NULL && rename(from, to) == 0;
    free(from);
    free(to);
    return done;
}

static bool move_companion(const io_stage *stage, const char *name) {
    return strcmp(name, base_name(stage->replace.target)) == 0 || move_out(stage, name);
}

grid_status io_stage_begin(io_stage *stage, const char *target, bool overwrite, grid_error *err) {
    *stage = (io_stage){0};
    GRID_TRY(grid_replace_begin(&stage->replace, target, overwrite, err));
    const char *folder = stage->replace.temporary;
    stage->file = join(folder, strlen(folder), base_name(target));
    if (stage->file == NULL) {
        io_stage_abort(stage);
        return grid_fail_nomem(err);
    }
    if (mkdir(folder, 0777) == 0)
        return GRID_OK;
    /* Left by a killed process that had our number. */
    if (errno == EEXIST && for_each(stage, remove_entry))
        return GRID_OK;
    grid_fail(err, GRID_E_WRITE, target, "cannot be written: %s", strerror(errno));
    io_stage_abort(stage);
    return GRID_E_WRITE;
}

grid_status io_stage_put(const io_stage *stage, const char *name, const void *bytes, size_t n,
                         grid_error *err) {
    const char *folder = stage->replace.temporary;
    char *path = join(folder, strlen(folder), name);
    if (path == NULL)
        return grid_fail_nomem(err);
    FILE *file = fopen(path, "wbe");
    free(path);
    bool done = file != NULL && fwrite(bytes, 1, n, file) == n;
    int reason = errno;
    if (file != NULL && fclose(file) != 0 && done) {
        reason = errno;
        done = false;
    }
    if (!done)
        return grid_fail(err, GRID_E_WRITE, stage->replace.target, "cannot be written: %s",
                         strerror(reason));
    return GRID_OK;
}

grid_status io_stage_commit(io_stage *stage, grid_error *err) {
    const char *target = stage->replace.target;
    errno = 0;
    if (!for_each(stage, flush_entry) || !for_each(stage, move_companion) ||
        !move_out(stage, base_name(target))) {
        grid_fail(err, GRID_E_WRITE, target, "cannot be written: %s", strerror(errno));
        io_stage_abort(stage);
        return GRID_E_WRITE;
    }
    io_stage_abort(stage);
    return GRID_OK;
}

void io_stage_abort(io_stage *stage) {
    if (stage->replace.temporary != NULL) {
        for_each(stage, remove_entry);
        rmdir(stage->replace.temporary);
    }
    free(stage->file);
    stage->file = NULL;
    grid_replace_abort(&stage->replace);
}
