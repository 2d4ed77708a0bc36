/* A temporary folder for a group of tests: make_folder and remove_folder are its set-up and
 * tear-down. */
#ifndef GRID_TESTS_FOLDER_H
#define GRID_TESTS_FOLDER_H

#include "unit.h"

static char folder[64];

static const char *in_folder(const char *name) {
    static char path[4][160];
    static unsigned turn;
    char *out = path[turn++ % 4];
    snprintf(out, sizeof path[0], "%s/%s", folder, name);
    return out;
}

static int make_folder(void **state) {
    (void)state;
    strcpy(folder, "/tmp/grid-test.XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state) {
    (void)state;
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    return system(command);
}

#endif
