#include "common/data.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool try_path(const char *folder, const char *name, char *out, size_t size) {
    int n = snprintf(out, size, "%s/%s", folder, name);
    return n > 0 && (size_t)n < size && access(out, R_OK) == 0;
}

/* ".../bin/grid-partition" -> ".../share/grid" */
static bool installed_folder(char *out, size_t size) {
    char program[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
    if (n <= 0)
        return false;
    program[n] = '\0';
    for (int i = 0; i < 2; i++) {
        char *slash = strrchr(program, '/');
        if (slash == NULL)
            return false;
        *slash = '\0';
    }
    return snprintf(out, size, "%s/share/grid", program) < (int)size;
}

bool tool_data_path(const char *name, char *out, size_t size) {
    char installed[PATH_MAX];
    const char *folder = getenv("GRID_DATA");
    if (folder != NULL)
        return try_path(folder, name, out, size);
    return (installed_folder(installed, sizeof installed) &&
            try_path(installed, name, out, size)) ||
           try_path(GRID_SOURCE_DATA, name, out, size);
}
