/* Components by grid, class and status, always with what they are counted out of. */
#include "import.h"

#include <stdlib.h>

#include "base/base.h"

enum { UNIT, UNIT_NAME, CLASS, NAME, STATUS, TEXTS, COUNT = 0, OF_UNIT, OF_CLASS, OF_ALL, COUNTS };

typedef struct table {
    grid_arena arena;
    GRID_VEC(const char *) text[TEXTS];
    GRID_VEC(int64_t) count[COUNTS];
} table;

static grid_status add_count(void *user, const grid_component_count *c, grid_error *err) {
    table *t = user;
    const char *const texts[TEXTS] = {c->unit_code, c->unit_name, c->class_code, c->name,
                                      c->status};
    const int64_t counts[COUNTS] = {c->n, c->of_unit, c->of_class, c->of_all};
    for (int i = 0; i < TEXTS; i++) {
        const char *copy = grid_arena_text(&t->arena, texts[i]);
        if (copy == NULL || !GRID_PUSH(&t->text[i], copy))
            return grid_fail_nomem(err);
    }
    for (int i = 0; i < COUNTS; i++)
        if (!GRID_PUSH(&t->count[i], counts[i]))
            return grid_fail_nomem(err);
    return GRID_OK;
}

static grid_status write_table(const table *t, const char *path, grid_error *err) {
    static const char *const text_names[TEXTS] = {"unit_code", "unit_name", "class", "name",
                                                  "status"};
    static const char *const count_names[COUNTS] = {"count", "of_unit", "of_class", "of_all"};
    grid_field fields[TEXTS + COUNTS];
    for (int i = 0; i < TEXTS; i++)
        fields[i] = (grid_field){
            .name = text_names[i], .type = GRID_COLUMN_TEXT, .text = t->text[i].at};
    for (int i = 0; i < COUNTS; i++)
        fields[TEXTS + i] = (grid_field){
            .name = count_names[i], .type = GRID_COLUMN_INT, .integer = t->count[i].at};
    const grid_layer_out layer = {
        .name = "components", .field = fields, .n_fields = TEXTS + COUNTS, .n = t->count[COUNT].n};
    return grid_layer_write(path, &layer, 1, NULL, tool_common.overwrite, err);
}

grid_status statistics_write(const char *database, const char *path, grid_error *err) {
    grid_store *store;
    table t = {0};
    GRID_TRY(grid_store_open(database, false, &store, err));
    grid_status status = grid_store_count_components(store, add_count, &t, err);
    grid_store_close(store);
    if (status == GRID_OK)
        status = write_table(&t, path, err);
    for (int i = 0; i < TEXTS; i++)
        GRID_VEC_FREE(&t.text[i]);
    for (int i = 0; i < COUNTS; i++)
        GRID_VEC_FREE(&t.count[i]);
    grid_arena_free(&t.arena);
    return status;
}
