#include "records.h"

#include <grid/plane.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base.h"
#include "base/vec.h"
#include "old_records.h"
#include "partition/reading.h"

/* A record before it has its code; ordered by its parent's row, then as `rank` says. */
typedef struct record {
    uint32_t parent, source; /* row of the level above; feature or row of the input */
    const char *id, *name;
    int64_t households, persons;
    double x, y;
    uint32_t rank;
    uint32_t old;    /* row of the old records that it is; GRID_NONE */
    uint32_t number; /* in its code */
} record;

static int compare_texts(const record *a, const record *b) {
    int order = strcmp(a->id, b->id);
    return order != 0 ? order : strcmp(a->name, b->name);
}

/* An order that does not depend on that of the input's rows, but for records alike in everything.
 */
static int compare_content(const void *pa, const void *pb) {
    const record *a = pa, *b = pb;
    int order = a->parent < b->parent ? -1 : a->parent > b->parent;
    order = order ? order : compare_texts(a, b);
    order = order ? order : (a->x > b->x) - (a->x < b->x);
    order = order ? order : (a->y > b->y) - (a->y < b->y);
    order = order ? order : (a->households > b->households) - (a->households < b->households);
    return order ? order : (a->persons > b->persons) - (a->persons < b->persons);
}

static int compare_rank(const void *pa, const void *pb) {
    const record *a = pa, *b = pb;
    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    return a->rank < b->rank ? -1 : a->rank > b->rank;
}

static size_t end_of_parent(const record *r, size_t n, size_t from) {
    size_t to = from + 1;
    while (to < n && r[to].parent == r[from].parent)
        to++;
    return to;
}

/* Numbers the records of each parent from west to east and from north to south. */
static bool rank_by_place(record *r, size_t n) {
    reading_item *item = GRID_NEW(reading_item, n);
    if (item == NULL)
        return false;
    for (size_t from = 0, to; from < n; from = to) {
        to = end_of_parent(r, n, from);
        for (size_t i = from; i < to; i++)
            item[i - from] = (reading_item){r[i].x, r[i].y, 0, 0, (uint32_t)i};
        reading_sort(item, (uint32_t)(to - from));
        for (size_t i = from; i < to; i++)
            r[item[i - from].item].rank = (uint32_t)(i - from);
    }
    free(item);
    qsort(r, n, sizeof *r, compare_rank);
    return true;
}

static const char *name_of(const record *r) {
    return *r->name != '\0' ? r->name : r->id;
}

static int compare_number(const void *pa, const void *pb) {
    const record *a = pa, *b = pb;
    if (a->parent != b->parent)
        return a->parent < b->parent ? -1 : 1;
    return a->number < b->number ? -1 : a->number > b->number;
}

/*
 * Numbers the records, which are in order: those that live on below the same parent keep theirs,
 * new ones come after all ever used there.
 */
static void number_records(record *r, size_t n, const old_records *old, const scheme_level *level,
                           const unit_table *above) {
    for (size_t from = 0, to; from < n; from = to) {
        const char *parent = above->units.code[r[from].parent];
        uint32_t last = old_records_last(old, parent, level->code);
        to = end_of_parent(r, n, from);
        for (size_t i = from; i < to; i++) {
            const char *code = r[i].old != GRID_NONE ? old->units->code[r[i].old] : "";
            uint32_t number = grid_code_number(code, parent, level->code);
            r[i].number = number > 0 ? number : ++last;
        }
    }
    qsort(r, n, sizeof *r, compare_number);
}

/* Tells what became of old records that do not live on under their code. */
static grid_status trace_records(const record *r, const unit_table *t, const old_records *old,
                                 update *u, grid_error *err) {
    bool ok = true;
    for (size_t i = 0; ok && i < t->units.n; i++) {
        const char *code = r[i].old != GRID_NONE ? old->units->code[r[i].old] : t->units.code[i];
        if (strcmp(code, t->units.code[i]) != 0)
            ok = update_tell(u, code, t->units.code[i], "moved by an update");
    }
    for (size_t i = 0; ok && old->units != NULL && i < old->units->n; i++)
        ok = old->taken[i] || update_tell(u, old->units->code[i], "", "nothing of it is left");
    return ok ? GRID_OK : grid_fail_nomem(err);
}

static grid_status write_row(const record *r, const scheme_level *level, const unit_table *above,
                             work *w, grid_units *u, size_t i, grid_error *err) {
    grid_code code;
    GRID_TRY(grid_code_write(above->units.code[r->parent], level->code, r->number, code, err));
    u->code[i] = grid_arena_text(&w->texts, code);
    if (u->code[i] == NULL)
        return grid_fail_nomem(err);
    u->parent_code[i] = above->units.code[r->parent];
    u->name[i] = name_of(r);
    u->kind[i] = level->row.name;
    u->status[i] = "OK";
    u->reason[i] = u->valid_from[i] = u->valid_to[i] = "";
    u->households[i] = r->households;
    u->persons[i] = r->persons;
    u->workload[i] = (double)r->households;
    return GRID_OK;
}

/* Where the records' shapes are: of features, and of cells that are one feature each. */
typedef struct footprints {
    const grid_layer *layer;
    const grid_cells *cells;
    grid_shapes *cell;   /* per cell */
    uint32_t *n_of_cell; /* per cell: features in it */
} footprints;

static grid_status find_footprints(const grid_layer *layer, const grid_cells *cells, footprints *f,
                                   grid_error *err) {
    *f = (footprints){layer, cells, NULL, GRID_NEW(uint32_t, cells->n_cells)};
    if (f->n_of_cell == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < layer->n; i++)
        if (cells->cell_of_household[i] != GRID_NONE)
            f->n_of_cell[cells->cell_of_household[i]]++;
    return grid_plane_dissolve(cells->plane, cells->cell_of_face, cells->n_cells, &f->cell, err);
}

static void free_footprints(footprints *f) {
    grid_shapes_free(f->cell);
    free(f->n_of_cell);
}

/* An area that a cell was made of shares its vertices with the grid around it to the bit. */
static bool is_cell(const footprints *f, uint32_t feature, uint32_t cell) {
    double own = grid_shapes_area(f->layer->shapes, feature), all = f->cells->area_m2[cell];
    return f->n_of_cell[cell] == 1 && fabs(own - all) <= 1e-4 * all;
}

/* The footprint, where the feature has one. */
static bool add_shape(const footprints *f, uint32_t feature, grid_units *u, size_t i) {
    if (f == NULL || f->layer->shapes->kind[feature] != GRID_SHAPE_AREA)
        return grid_shapes_begin(u->shapes, GRID_SHAPE_NONE);
    uint32_t cell = f->cells->cell_of_household[feature];
    bool ok = is_cell(f, feature, cell) ? grid_shapes_copy(u->shapes, f->cell, cell)
                                        : grid_shapes_copy(u->shapes, f->layer->shapes, feature);
    if (ok)
        u->area_m2[i] = grid_shapes_area(u->shapes, i);
    return ok;
}

/* Makes the table of records that are in their final order; `from` may be NULL: no shapes. */
static grid_status add_level(const record *r, size_t n, const scheme_level *level,
                             const footprints *from, work *w, grid_error *err) {
    const unit_table *above = &w->level[w->n_levels - 1];
    w->made[w->n_levels] = level;
    unit_table *t = &w->level[w->n_levels++];
    t->name = level->row.name;
    t->units.level = (int)w->n_levels;
    if (!unit_table_allocate(t, 0, n, true) || (t->units.shapes = grid_shapes_new()) == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < n; i++) {
        t->parent[i] = r[i].parent;
        GRID_TRY(write_row(&r[i], level, above, w, &t->units, i, err));
        if (!add_shape(from, r[i].source, &t->units, i))
            return grid_fail_nomem(err);
    }
    return GRID_OK;
}

/* ---- buildings ---------------------------------------------------------------------- */

static size_t collect_buildings(const inputs *in, const work *w, record *r) {
    const uint32_t *grid_of_cell = w->level[w->n_areas - 1].of_cell;
    const grid_layer *layer = in->household;
    size_t n = 0;
    for (uint32_t f = 0; f < layer->n; f++) {
        uint32_t cell = w->cells->cell_of_household[f];
        if (cell == GRID_NONE)
            continue; /* told when the cells were made */
        grid_box box = grid_shapes_box(layer->shapes, f);
        r[n++] = (record){.parent = grid_of_cell[cell],
                          .source = f,
                          .id = in->household_id[f],
                          .name = inputs_name(layer, f, NULL),
                          .households = in->households[f],
                          .persons = in->persons ? in->persons[f] : -1,
                          .x = (box.min_x + box.max_x) / 2,
                          .y = (box.min_y + box.max_y) / 2};
    }
    qsort(r, n, sizeof *r, compare_content);
    return n;
}

/*
 * A building is the one that stood there under the same name, or the one of that name in the grid
 * that was there.
 */
static void match_buildings(record *r, size_t n, const update *u, old_records *old) {
    for (size_t i = 0; i < n; i++)
        r[i].old = old_records_take_at(old, name_of(&r[i]), r[i].x, r[i].y);
    for (size_t i = 0; old->units != NULL && i < n; i++) {
        uint32_t grid = u->grid_of_feature[r[i].source];
        if (r[i].old == GRID_NONE && grid != GRID_NONE && *name_of(&r[i]) != '\0')
            r[i].old = old_records_take_below(old, u->grids->code[grid], name_of(&r[i]));
    }
}

/* Makes the buildings; building[f] becomes the row of feature f, lives_on[] their old rows. */
static grid_status add_buildings(const inputs *in, const scheme_level *level, work *w,
                                 uint32_t *building, uint32_t *lives_on, grid_error *err) {
    old_records old;
    footprints f = {0};
    record *r = GRID_NEW(record, in->household->n);
    size_t n = r ? collect_buildings(in, w, r) : 0;
    grid_status status = old_records_open(&w->old, 0, &old, err);
    if (status == GRID_OK)
        status = r && rank_by_place(r, n) ? GRID_OK : grid_fail_nomem(err);
    if (status == GRID_OK) {
        match_buildings(r, n, &w->old, &old);
        number_records(r, n, &old, level, &w->level[w->n_levels - 1]);
        status = find_footprints(in->household, w->cells, &f, err);
    }
    for (size_t i = 0; status == GRID_OK && i < n; i++) {
        building[r[i].source] = (uint32_t)i;
        lives_on[i] = r[i].old;
    }
    if (status == GRID_OK)
        status = add_level(r, n, level, &f, w, err);
    if (status == GRID_OK)
        status = trace_records(r, &w->level[w->n_levels - 1], &old, &w->old, err);
    old_records_free(&old);
    free_footprints(&f);
    free(r);
    return status;
}

/* ---- households --------------------------------------------------------------------- */

static size_t collect_households(const inputs *in, const uint32_t *building, record *r) {
    const grid_layer *table = in->household_table;
    size_t n = 0;
    for (uint32_t row = 0; row < table->n; row++) {
        uint32_t f = in->feature_of_row[row];
        if (f == GRID_NONE || building[f] == GRID_NONE)
            continue; /* told when the rows were counted, or the cells were made */
        int64_t persons;
        bool known = in->persons_of_row && grid_column_integer(in->persons_of_row, row, &persons);
        r[n++] = (record){.parent = building[f],
                          .source = row,
                          .id = inputs_id(table, row),
                          .name = inputs_name(table, row, NULL),
                          .households = 1,
                          .persons = known ? persons : -1,
                          .old = GRID_NONE};
    }
    qsort(r, n, sizeof *r, compare_content);
    return n;
}

/* A household is the one of the same name in the building that lives on. */
static grid_status add_households(const inputs *in, const scheme_level *level,
                                  const uint32_t *building, const uint32_t *lives_on, work *w,
                                  grid_error *err) {
    old_records old;
    record *r = GRID_NEW(record, in->household_table->n);
    size_t n = r ? collect_households(in, building, r) : 0;
    grid_status status = old_records_open(&w->old, 1, &old, err);
    if (r == NULL)
        status = grid_fail_nomem(err);
    for (size_t i = 0; status == GRID_OK && old.units != NULL && i < n; i++)
        if (lives_on[r[i].parent] != GRID_NONE)
            r[i].old = old_records_take_below(&old, w->old.record[0]->code[lives_on[r[i].parent]],
                                              name_of(&r[i]));
    if (status == GRID_OK) {
        number_records(r, n, &old, level, &w->level[w->n_levels - 1]);
        status = add_level(r, n, level, NULL, w, err);
    }
    if (status == GRID_OK)
        status = trace_records(r, &w->level[w->n_levels - 1], &old, &w->old, err);
    old_records_free(&old);
    free(r);
    return status;
}

grid_status records_build(const inputs *in, const scheme *plan, const grid_context *ctx, work *w,
                          grid_error *err) {
    const scheme_level *buildings = scheme_find(plan, SCHEME_BUILDING);
    const scheme_level *households = scheme_find(plan, SCHEME_HOUSEHOLD);
    if (buildings == NULL)
        return GRID_OK;
    uint32_t *building = GRID_NEW(uint32_t, in->household->n);
    uint32_t *lives_on = GRID_NEW(uint32_t, in->household->n);
    grid_status status = building && lives_on ? GRID_OK : grid_fail_nomem(err);
    for (size_t f = 0; status == GRID_OK && f < in->household->n; f++)
        building[f] = GRID_NONE;
    if (status == GRID_OK)
        status = add_buildings(in, buildings, w, building, lives_on, err);
    if (status == GRID_OK && households != NULL && in->feature_of_row != NULL)
        status = add_households(in, households, building, lives_on, w, err);
    else if (status == GRID_OK && households != NULL)
        grid_find(ctx, GRID_NOTE, "level-left-out", in->household->path,
                  "level %s is left out: households are known as counts only; "
                  "--households-table takes a list with a row each",
                  households->row.name);
    free(building);
    free(lives_on);
    return status;
}
