/* What the database knows besides shapes: who holds which post, and what the last division was. */
#include "map.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
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

/* Share of each grid's households that were under its code before; grids with a new code: none. */
static grid_status take_shares(const grid_layer *lineage, const grid_units *grids, double *kept,
                               grid_error *err) {
    const grid_column *old, *now, *share;
    char buffer[2][32];
    GRID_TRY(grid_layer_find_column(lineage, "old_code", &old, err));
    GRID_TRY(grid_layer_find_column(lineage, "new_code", &now, err));
    GRID_TRY(grid_layer_find_column(lineage, "households_share", &share, err));
    for (size_t i = 0; i < lineage->n; i++) {
        const char *code = grid_column_text(now, i, buffer[0]);
        double value;
        if (strcmp(code, grid_column_text(old, i, buffer[1])) != 0 ||
            !grid_column_number(share, i, &value))
            continue;
        const char **at = bsearch(code, grids->code, grids->n, sizeof *grids->code, by_code);
        if (at != NULL)
            kept[at - grids->code] = value;
    }
    return GRID_OK;
}

grid_status map_lineage_read(const char *path, const grid_units *grids, const grid_context *ctx,
                             double **kept, grid_error *err) {
    grid_layer_options options = {.attributes_only = true, .layer = "lineage"};
    grid_layer *lineage;
    *kept = NULL;
    GRID_TRY(grid_layer_read(path, &options, ctx, &lineage, err));
    grid_status status = GRID_OK;
    if (lineage->n > 0) {
        *kept = GRID_NEW(double, grids->n);
        status = *kept == NULL ? grid_fail_nomem(err) : take_shares(lineage, grids, *kept, err);
    }
    grid_layer_free(lineage);
    return status;
}
