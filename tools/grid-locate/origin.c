#include "origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/base.h"
#include "base/digest.h"

/* The file behind "FILE" or "FILE:LAYER". */
static bool source_file(const char *source, char *out, size_t size, struct stat *st) {
    if ((size_t)snprintf(out, size, "%s", source) >= size)
        return false;
    if (stat(out, st) == 0)
        return S_ISREG(st->st_mode);
    char *colon = strrchr(out, ':');
    if (colon == NULL)
        return false;
    *colon = '\0';
    return stat(out, st) == 0 && S_ISREG(st->st_mode);
}

bool origin_index_path(const char *source, char *out, size_t size) {
    char file[4096];
    struct stat st;
    if (!source_file(source, file, sizeof file, &st))
        return false;
    const char *layer = source + strlen(file);
    return (size_t)snprintf(out, size, "%s%s%s.gridx", file, *layer ? "." : "",
                            *layer ? layer + 1 : "") < size;
}

/* The part that tells options: it must be the same to the letter. */
static int print_options(char *out, size_t size, const grids_options *o) {
    const char *texts[] = {o->code_field, o->name_field, o->layer, o->src_crs};
    int n = snprintf(out, size, "grid-locate 1\n");
    for (size_t i = 0; i < sizeof texts / sizeof *texts && n >= 0 && (size_t)n < size; i++)
        n += snprintf(out + n, size - (size_t)n, "%s\n", texts[i] ? texts[i] : "");
    return n;
}

static int print_file(char *out, size_t size, const struct stat *st) {
    return snprintf(out, size, "%lld bytes %lld.%09ld\n", (long long)st->st_size,
                    (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
}

enum { MAX_ORIGIN = 4096 };

char *origin_describe(const grids_options *options, size_t main_layer, grid_error *err) {
    char file[4096], digest[GRID_DIGEST_TEXT], text[MAX_ORIGIN];
    struct stat st;
    if (!source_file(options->sources->at[0], file, sizeof file, &st)) {
        (void)grid_fail(err, GRID_E_READ, options->sources->at[0],
                        "there is no file to bind an index to");
        return NULL;
    }
    if (grid_digest_file(file, digest, err) != GRID_OK)
        return NULL;
    int n = print_options(text, sizeof text, options);
    if (n >= 0 && n < MAX_ORIGIN)
        n += print_file(text + n, sizeof text - (size_t)n, &st);
    if (n >= 0 && n < MAX_ORIGIN)
        n += snprintf(text + n, sizeof text - (size_t)n, "%s\n%zu\n", digest, main_layer);
    char *copy = n >= 0 && n < MAX_ORIGIN ? strdup(text) : NULL;
    if (copy == NULL)
        (void)grid_fail_nomem(err);
    return copy;
}

bool origin_holds(const char *origin, const grids_options *options) {
    char file[4096], digest[GRID_DIGEST_TEXT], text[MAX_ORIGIN];
    struct stat st;
    int n = print_options(text, sizeof text, options);
    if (n < 0 || n >= MAX_ORIGIN || strncmp(origin, text, (size_t)n) != 0 ||
        !source_file(options->sources->at[0], file, sizeof file, &st))
        return false;
    origin += n;
    n = print_file(text, sizeof text, &st);
    if (strncmp(origin, text, (size_t)n) == 0)
        return true;
    const char *line = strchr(origin, '\n');
    return line != NULL && grid_digest_file(file, digest, NULL) == GRID_OK &&
           strncmp(line + 1, digest, GRID_DIGEST_TEXT - 1) == 0;
}

size_t origin_main_layer(const char *origin) {
    size_t n = strlen(origin);
    while (n > 1 && origin[n - 2] != '\n')
        n--;
    return n > 1 ? strtoul(origin + n - 1, NULL, 10) : 0;
}
