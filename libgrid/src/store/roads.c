/* Roads, rails and rivers of a database, each part of a line in a row of its own. */
#include "store/rows.h"
#include "store/store.h"

#include "base/vec.h"

#include <stdlib.h>
#include <string.h>

/* A part of a line and what it is called. */
typedef struct road {
    const char *road_class, *name;
    const grid_shapes *shapes;
    size_t feature, chain;
} road;

static int compare_course(const road *a, const road *b) {
    const grid_shapes *s = a->shapes, *t = b->shapes;
    size_t i = s->xy_start[a->chain], i_end = s->xy_start[a->chain + 1];
    size_t j = t->xy_start[b->chain], j_end = t->xy_start[b->chain + 1];
    for (; i < i_end && j < j_end; i++, j++) {
        grid_xy p = s->xy[i], q = t->xy[j];
        if (p.x != q.x)
            return p.x < q.x ? -1 : 1;
        if (p.y != q.y)
            return p.y < q.y ? -1 : 1;
    }
    return (i < i_end) - (j < j_end);
}

static int compare_roads(const void *x, const void *y) {
    const road *a = x, *b = y;
    int order = strcmp(a->road_class, b->road_class);
    if (order == 0)
        order = strcmp(a->name, b->name);
    return order != 0 ? order : compare_course(a, b);
}

static const char *text_or_empty(const char **array, size_t i) {
    const char *text = store_text_at(array, i);
    return text ? text : "";
}

/* The parts of all lines in their order; the caller frees them. */
static grid_status list_roads(const grid_road_rows *rows, road **out, size_t *n, grid_error *err) {
    const grid_shapes *s = rows->shapes;
    road *roads = *out = GRID_NEW(road, s->n_parts);
    *n = 0;
    if (roads == NULL)
        return grid_fail_nomem(err);
    for (size_t f = 0; f < rows->n; f++)
        for (size_t p = s->part_start[f]; p < s->part_start[f + 1]; p++)
            if (s->kind[f] == GRID_SHAPE_LINE)
                roads[(*n)++] = (road){text_or_empty(rows->road_class, f),
                                       text_or_empty(rows->name, f), s, f, s->chain_start[p]};
    qsort(roads, *n, sizeof *roads, compare_roads);
    return GRID_OK;
}

/* The one part as a feature of its own, in `scratch`, which is emptied for it. */
static bool take_part(const road *r, grid_shapes *scratch) {
    if (!grid_shapes_begin(scratch, GRID_SHAPE_LINE) || !grid_shapes_begin_part(scratch) ||
        !grid_shapes_begin_chain(scratch))
        return false;
    const grid_shapes *s = r->shapes;
    for (size_t i = s->xy_start[r->chain]; i < s->xy_start[r->chain + 1]; i++)
        if (!grid_shapes_add(scratch, s->xy[i].x, s->xy[i].y))
            return false;
    return true;
}

static grid_status write_road(grid_store *store, sqlite3_stmt *s, const road *r,
                              const double *width_m, grid_error *err) {
    grid_shapes *part = grid_shapes_new();
    grid_status status = part != NULL && take_part(r, part) ? GRID_OK : grid_fail_nomem(err);
    store_bind_text(s, 1, r->name);
    store_bind_text(s, 2, r->road_class);
    store_bind_real(s, 3, width_m, r->feature);
    if (status == GRID_OK)
        status = store_bind_shape(store, s, 4, part, 0, err);
    if (status == GRID_OK)
        status = store_run(store, s, err);
    grid_shapes_free(part);
    return status;
}

grid_status grid_store_write_roads(grid_store *store, const grid_road_rows *rows, grid_error *err) {
    road *roads;
    size_t n;
    sqlite3_stmt *s = NULL;
    grid_status status = list_roads(rows, &roads, &n, err);
    if (status == GRID_OK)
        status = store_prepare(
            store, "INSERT INTO roads (name, class, width_m, geometry) VALUES (?, ?, ?, ?)", &s,
            err);
    for (size_t i = 0; i < n && status == GRID_OK; i++)
        status = write_road(store, s, &roads[i], rows->width_m, err);
    sqlite3_finalize(s);
    free(roads);
    return status;
}

typedef struct own_roads {
    grid_road_rows roads;
    grid_arena memory;
} own_roads;

void grid_road_rows_free(grid_road_rows *roads) {
    if (roads == NULL)
        return;
    own_roads *own = (own_roads *)roads;
    grid_shapes_free(roads->shapes);
    grid_arena_free(&own->memory);
    free(own);
}

static bool read_road(void *rows, size_t i, sqlite3_stmt *s) {
    own_roads *own = rows;
    grid_road_rows *r = &own->roads;
    r->name[i] = store_column_text(s, 1, &own->memory);
    r->road_class[i] = store_column_text(s, 2, &own->memory);
    r->width_m[i] = store_column_real(s, 3);
    return r->name[i] != NULL && r->road_class[i] != NULL;
}

grid_status grid_store_read_roads(grid_store *store, grid_road_rows **out, grid_error *err) {
    *out = NULL;
    size_t n;
    sqlite3_stmt *s;
    GRID_TRY(store_count(store, "SELECT count(*) FROM roads", &n, err));
    own_roads *own = calloc(1, sizeof *own);
    if (own == NULL)
        return grid_fail_nomem(err);
    grid_road_rows *r = &own->roads;
    grid_arena *m = &own->memory;
    grid_status status = GRID_OK;
    if ((r->shapes = grid_shapes_new()) == NULL || !STORE_ARRAY(m, n, r->name) ||
        !STORE_ARRAY(m, n, r->road_class) || !STORE_ARRAY(m, n, r->width_m))
        status = grid_fail_nomem(err);
    if (status == GRID_OK)
        status = store_prepare(
            store, "SELECT geometry, name, class, width_m FROM roads ORDER BY id", &s, err);
    if (status == GRID_OK) {
        status = store_read_rows(store, s, n, read_road, own, r->shapes, &r->n, err);
        sqlite3_finalize(s);
    }
    if (status != GRID_OK) {
        grid_road_rows_free(r);
        return status;
    }
    *out = r;
    return GRID_OK;
}
