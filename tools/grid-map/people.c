/* What the database knows besides shapes: who holds which post, and what the last division was. */
#include "map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

static const char *post_name(const grid_duty_input *in, const char *post) {
    for (size_t i = 0; i < in->n_posts; i++)
        if (strcmp(in->posts[i].post, post) == 0 && in->posts[i].name[0] != '\0')
            return in->posts[i].name;
    return post;
}

grid_status map_people_read(grid_store *store, map_people *people, grid_error *err) {
    GRID_TRY(grid_store_read_duty_tables(store, &people->tables, err));
    const grid_duty_input *in = &people->tables->input;
    people->list = GRID_NEW(grid_map_person, in->n_holders);
    if (people->list == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < in->n_holders; i++) {
        const grid_holder *h = &in->holders[i];
        if (h->valid_to[0] != '\0')
            continue; /* held it once, or will not for long */
        people->list[people->n++] = (grid_map_person){h->unit_code, post_name(in, h->post),
                                                      h->person, h->phone};
    }
    return GRID_OK;
}

void map_people_free(map_people *people) {
    grid_duty_tables_free(people->tables);
    free(people->list);
    *people = (map_people){0};
}

/* ---- the division before ------------------------------------------------------------ */

static int by_code(const void *key, const void *entry) {
    return strcmp(key, *(const char *const *)entry);
}

static double *find_grid(double *of_grids, const grid_units *grids, const char *code) {
    const char **at = bsearch(code, grids->code, grids->n, sizeof *grids->code, by_code);
    return at == NULL ? NULL : of_grids + (at - grids->code);
}

/* A grid without a row is as it was; one that only received households under a new code kept none;
   one that lives on kept the share its own row tells. */
static void take_shares(const grid_lineage_rows *rows, const grid_units *grids, double *kept) {
    for (size_t i = 0; i < grids->n; i++)
        kept[i] = 1;
    for (size_t i = 0; i < rows->n; i++) {
        double *at = find_grid(kept, grids, rows->new_code[i]);
        if (at != NULL)
            *at = 0;
    }
    for (size_t i = 0; i < rows->n; i++) {
        double *at = find_grid(kept, grids, rows->old_code[i]);
        bool lives_on = strcmp(rows->old_code[i], rows->new_code[i]) == 0;
        if (at != NULL && lives_on)
            *at = isnan(rows->households_share[i]) ? rows->area_share[i]
                                                   : rows->households_share[i];
    }
}

grid_status map_lineage_read(grid_store *store, const grid_units *grids, double **kept,
                             grid_error *err) {
    grid_lineage_rows *rows;
    *kept = NULL;
    GRID_TRY(grid_store_read_lineage(store, &rows, err));
    if (rows->n > 0)
        *kept = GRID_NEW(double, grids->n);
    bool done = rows->n == 0 || *kept != NULL;
    if (*kept != NULL)
        take_shares(rows, grids, *kept);
    grid_lineage_rows_free(rows);
    return done ? GRID_OK : grid_fail_nomem(err);
}
