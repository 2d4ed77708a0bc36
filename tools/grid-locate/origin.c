#include "origin.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

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

/* What this version writes; an index of another one is not taken. */
static const char heading[] = "grid-locate 2\n";

/* In place of the state of a file that may change again within one tick of the clock. */
static const char unsettled[] = "just written\n";

/* Files that belong to one of this name, such as a shapefile's attributes. */
static void print_companions(FILE *out, const char *file) {
    static const char *const extensions[] = {"dbf", "prj", "cpg", "dat", "map", "id", "mid"};
    const char *dot = strrchr(file, '.');
    for (size_t i = 0; i < sizeof extensions / sizeof *extensions && dot != NULL; i++) {
        char path[4096];
        struct stat st;
        int n = snprintf(path, sizeof path, "%.*s.%s", (int)(dot - file), file, extensions[i]);
        if (n < (int)sizeof path && stat(path, &st) == 0)
            fprintf(out, " %s %lld %lld.%09ld", extensions[i], (long long)st.st_size,
                    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    }
}

/*
 * What shows cheaply that a file is the same: its time and the head of it, where SQLite counts its
 * changes. Two changes within one tick of the clock have one time, so other files must have
 * been left alone for a while when this is written down.
 */
static void print_state(FILE *out, const char *file, const struct stat *st) {
    enum { SQLITE_HEAD = 100 };
    char head[SQLITE_HEAD];
    FILE *in = fopen(file, "rb");
    size_t n = in ? fread(head, 1, sizeof head, in) : 0;
    if (in != NULL)
        fclose(in);
    bool counts = n == sizeof head && memcmp(head, "SQLite format 3", 16) == 0;
    if (!counts && time(NULL) - st->st_mtim.tv_sec < 2) {
        fputs(unsettled, out);
        return;
    }
    fprintf(out, "%lld.%09ld ", (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%02x", (unsigned char)head[i]);
    fputc('\n', out);
}

/* A database with a log of changes beside it is not what its file says. */
static bool has_log(const char *file) {
    char path[4100];
    struct stat st;
    snprintf(path, sizeof path, "%s-wal", file);
    return stat(path, &st) == 0 && st.st_size > 0;
}

/* What must be the same to the letter: the options, and sizes. */
static void print_fixed(FILE *out, const grids_options *o, const char *file,
                        const struct stat *st) {
    const char *texts[] = {o->code_field, o->name_field, o->layer, o->src_crs};
    fputs(heading, out);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        fprintf(out, "%s\n", texts[i] ? texts[i] : "");
    fprintf(out, "%lld bytes", (long long)st->st_size);
    print_companions(out, file);
    fputc('\n', out);
}

char *origin_describe(const grids_options *options, const grids *g, grid_error *err) {
    char file[4096], digest[GRID_DIGEST_TEXT], *text = NULL;
    size_t size;
    struct stat st;
    if (!source_file(options->sources->at[0], file, sizeof file, &st)) {
        (void)grid_fail(err, GRID_E_READ, options->sources->at[0],
                        "there is no file to bind an index to");
        return NULL;
    }
    if (grid_digest_file(file, digest, err) != GRID_OK)
        return NULL;
    FILE *out = open_memstream(&text, &size);
    if (out != NULL) {
        print_fixed(out, options, file, &st);
        print_state(out, file, &st);
        fprintf(out, "%s\n%zu %.17g\n", digest, g->main_layer, g->metres_per_unit);
    }
    if (out == NULL || fclose(out) != 0) {
        free(text);
        (void)grid_fail_nomem(err);
        return NULL;
    }
    return text;
}

/* Whether the origin goes on with what is fixed, or else with the state, of the file as it is. */
static bool goes_on(const char **origin, const grids_options *options, const char *file,
                    const struct stat *st, bool fixed) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return false;
    if (fixed)
        print_fixed(out, options, file, st);
    else
        print_state(out, file, st);
    bool same = fclose(out) == 0 && strncmp(*origin, text, size) == 0;
    if (same)
        *origin += size;
    free(text);
    return same;
}

bool origin_holds(const char *origin, const grids_options *options) {
    char file[4096], digest[GRID_DIGEST_TEXT];
    struct stat st;
    if (!source_file(options->sources->at[0], file, sizeof file, &st) || has_log(file) ||
        !goes_on(&origin, options, file, &st, true))
        return false;
    if (strncmp(origin, unsettled, sizeof unsettled - 1) != 0 &&
        goes_on(&origin, options, file, &st, false))
        return true;
    const char *line = strchr(origin, '\n');
    return line != NULL && grid_digest_file(file, digest, NULL) == GRID_OK &&
           strncmp(line + 1, digest, GRID_DIGEST_TEXT - 1) == 0;
}

bool origin_take(const char *origin, grids *g) {
    size_t n = strlen(origin);
    while (n > 1 && origin[n - 2] != '\n')
        n--;
    return strncmp(origin, heading, sizeof heading - 1) == 0 && n > 1 &&
           sscanf(origin + n - 1, "%zu %lf", &g->main_layer, &g->metres_per_unit) == 2 &&
           g->main_layer < grid_locator_layers(g->locator) && g->metres_per_unit >= 0;
}
