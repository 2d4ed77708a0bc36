#include "map.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"

char *map_path(const char *folder, const char *name, const char *extension) {
    char *path = NULL;
    return asprintf(&path, "%s/%s%s", folder, name, extension) < 0 ? NULL : path;
}

bool map_is_folder(const char *path) {
    struct stat info;
    size_t n = strlen(path);
    return (n > 0 && path[n - 1] == '/') || (stat(path, &info) == 0 && S_ISDIR(info.st_mode));
}

grid_status map_folder_begin(map_folder *f, const char *target, bool overwrite, grid_error *err) {
    size_t length = strlen(target);
    while (length > 1 && target[length - 1] == '/')
        length--;
    *f = (map_folder){.target = strndup(target, length), .overwrite = overwrite};
    if (f->target == NULL || asprintf(&f->temporary, "%s.tmp-%ld", f->target, (long)getpid()) < 0) {
        f->temporary = NULL;
        map_folder_abort(f);
        return grid_fail_nomem(err);
    }
    struct stat info;
    f->existed = stat(f->target, &info) == 0;
    if (f->existed && !S_ISDIR(info.st_mode)) {
        map_folder_abort(f);
        return grid_fail(err, GRID_E_EXISTS, target, "exists and is no folder");
    }
    if (mkdir(f->temporary, 0777) != 0) {
        int why = errno;
        free(f->temporary);
        f->temporary = NULL;
        map_folder_abort(f);
        return grid_fail(err, GRID_E_WRITE, target, "cannot be written: %s", strerror(why));
    }
    return GRID_OK;
}

/* Calls `act` for every file of the temporary folder until one call fails. */
static grid_status each_file(const map_folder *f, grid_error *err,
                             grid_status (*act)(const map_folder *, const char *, grid_error *)) {
    DIR *folder = opendir(f->temporary);
    if (folder == NULL)
        return grid_fail(err, GRID_E_WRITE, f->target, "cannot be read: %s", strerror(errno));
    grid_status status = GRID_OK;
    for (struct dirent *e; status == GRID_OK && (e = readdir(folder)) != NULL;)
        if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
            status = act(f, e->d_name, err);
    closedir(folder);
    return status;
}

static grid_status refuse_existing(const map_folder *f, const char *name, grid_error *err) {
    char *path = map_path(f->target, name, "");
    grid_status status = GRID_OK;
    if (path == NULL)
        status = grid_fail_nomem(err);
    else if (access(path, F_OK) == 0)
        status = grid_hint(err, grid_fail(err, GRID_E_EXISTS, path, "exists already"),
                           "--overwrite replaces it");
    free(path);
    return status;
}

static grid_status move_file(const map_folder *f, const char *name, grid_error *err) {
    char *from = map_path(f->temporary, name, ""), *to = map_path(f->target, name, "");
    grid_status status = GRID_OK;
    if (from == NULL || to == NULL)
        status = grid_fail_nomem(err);
    else if (rename(from, to) != 0)
        status = grid_fail(err, GRID_E_WRITE, to, "cannot be written: %s", strerror(errno));
    free(from);
    free(to);
    return status;
}

static grid_status remove_file(const map_folder *f, const char *name, grid_error *err) {
    (void)err;
    char *path = map_path(f->temporary, name, "");
    if (path != NULL)
        unlink(path);
    free(path);
    return GRID_OK;
}

grid_status map_folder_commit(map_folder *f, grid_error *err) {
    grid_status status = GRID_OK;
    if (!f->existed) {
        if (rename(f->temporary, f->target) != 0)
            status = grid_fail(err, GRID_E_WRITE, f->target, "cannot be written: %s",
                               strerror(errno));
    } else {
        if (!f->overwrite)
            status = each_file(f, err, refuse_existing);
        if (status == GRID_OK)
            status = each_file(f, err, move_file);
    }
    map_folder_abort(f);
    return status;
}

void map_folder_explain(const map_folder *f, grid_error *err) {
    size_t n = strlen(f->temporary);
    if (err == NULL || strncmp(err->where, f->temporary, n) != 0)
        return;
    char where[sizeof err->where];
    snprintf(where, sizeof where, "%s%s", f->target, err->where + n);
    memcpy(err->where, where, sizeof where);
}

void map_folder_abort(map_folder *f) {
    if (f->temporary != NULL && access(f->temporary, F_OK) == 0) {
        if (each_file(f, NULL, remove_file) == GRID_OK)
            rmdir(f->temporary);
    }
    free(f->temporary);
    free(f->target);
    f->temporary = f->target = NULL;
}
