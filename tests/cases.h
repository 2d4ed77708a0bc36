/* The cases beside the checkout: one JSON object a line. Skips the test where they are not. */
#ifndef GRID_TESTS_CASES_H
#define GRID_TESTS_CASES_H

#include "unit.h"

#include <jansson.h>

/* Hands each case of cases/coverage/<name>.ndjson to `check`; there must be some. */
static void each_case(const char *name, void (*check)(const json_t *)) {
    char path[512];
    snprintf(path, sizeof path, GRID_SHARED_DIR "/cases/coverage/%s.ndjson", name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        print_message("no cases beside the checkout: skipped\n");
        skip();
    }
    char *line = NULL;
    size_t cap = 0, n = 0;
    while (getline(&line, &cap, file) > 0) {
        json_t *c = json_loads(line, JSON_ALLOW_NUL, NULL);
        assert_non_null(c);
        check(c);
        json_decref(c);
        n++;
    }
    assert_true(n > 0);
    free(line);
    fclose(file);
}

#endif
