#include "cover/region_trace.h"

#include "base/base.h"
#include "base/radix.h"

#include <math.h>
#include <string.h>

static int compare_traces(const void *a, const void *b, void *user) {
    const trace *x = a, *y = b;
    const uint32_t *pool = user;
    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->with_parent != y->with_parent)
        return x->with_parent ? 1 : -1;
    for (uint32_t i = 0; i < x->n_units && i < y->n_units; i++)
        if (pool[x->units + i] != pool[y->units + i])
            return pool[x->units + i] < pool[y->units + i] ? -1 : 1;
    if (x->n_units != y->n_units)
        return x->n_units < y->n_units ? -1 : 1;
    if (x->component != y->component)
        return x->component < y->component ? -1 : 1;
    return x->item < y->item ? -1 : x->item > y->item;
}

static bool same_units(const trace *x, const trace *y, const uint32_t *pool) {
    return x->kind == y->kind && x->with_parent == y->with_parent && x->n_units == y->n_units &&
           (x->n_units == 0 ||
            memcmp(pool + x->units, pool + y->units, x->n_units * sizeof *pool) == 0);
}

static bool write_line(const region *r, uint32_t half, grid_shapes *out) {
    const arrangement *a = r->a;
    grid_xy u = a->node[a->origin[half]], v = a->node[a->origin[half ^ 1]];
    return grid_shapes_begin_part(out) && grid_shapes_begin_chain(out) &&
           grid_shapes_add(out, u.x, u.y) && grid_shapes_add(out, v.x, v.y);
}

static grid_xy middle_of(const arrangement *a, uint32_t half) {
    grid_xy u = a->node[a->origin[half]], v = a->node[a->origin[half ^ 1]];
    return (grid_xy){u.x + (v.x - u.x) / 2, u.y + (v.y - u.y) / 2};
}

/* The place is in the largest face. */
static bool measure_areas(region *r, const trace *t, size_t n, grid_defect *d) {
    outline *o = &r->outline;
    dd area = {0, 0};
    double most = -INFINITY, perimeter = 0;
    bool done = grid_shapes_begin(r->shapes, GRID_SHAPE_AREA);
    for (size_t i = 0; i < n && done; i++) {
        if (!outline_take(o, r->a, t[i].item, r->faces.level->aspect))
            return false;
        dd mine = outline_area(o);
        area = dd_add(area, mine);
        perimeter += o->perimeter;
        done = outline_write(o, r->shapes);
        if (dd_value(mine) > most) {
            most = dd_value(mine);
            done = done && outline_inside(o, &d->at);
        }
    }
    d->area = dd_value(area);
    d->width = region_width(r->faces.level->aspect, d->area, perimeter);
    d->length = perimeter / 2;
    return done;
}

static bool measure_lines(region *r, const trace *t, size_t n, grid_defect *d) {
    bool done = grid_shapes_begin(r->shapes, GRID_SHAPE_LINE);
    for (size_t i = 0; i < n && done; i++) {
        uint32_t h = t[i].item;
        d->length += faces_length(&r->faces, h);
        done = write_line(r, h, r->shapes);
    }
    d->at = middle_of(r->a, t[0].item);
    return done;
}

static grid_status add_defect(region *r, const trace *t, size_t n, grid_error *err) {
    grid_defect d = {.kind = t->kind,
                     .with_parent = t->with_parent,
                     .pieces = (uint32_t)n,
                     .shape = (uint32_t)r->shapes->n};
    bool lines = t->kind == GRID_DEFECT_VERTEX_MISMATCH;
    bool done = (lines ? measure_lines : measure_areas)(r, t, n, &d) &&
                defect_list_add(r->out, &d, r->pool.at + t->units, t->n_units);
    return done ? GRID_OK : grid_fail_nomem(err);
}

static uint32_t class_of(const trace *t) {
    return (uint32_t)t->kind << 1 | t->with_parent;
}

static uint32_t first_unit(const region *r, const trace *t) {
    return t->n_units > 0 ? r->pool.at[t->units] : 0;
}

/* The traces by class and first unit. */
static bool sort_roughly(const region *r, radix_keys *order) {
    if (!GRID_RESERVE(order, r->trace.n))
        return false;
    for (size_t i = 0; i < r->trace.n; i++)
        order->at[order->n++] = (radix_key){first_unit(r, &r->trace.at[i]), (uint32_t)i};
    if (!radix_sort(order))
        return false;
    for (size_t i = 0; i < order->n; i++)
        order->at[i].key = class_of(&r->trace.at[order->at[i].item]);
    return radix_sort(order);
}

/* Those of one class and first unit: few, but where one unit has many neighbours. */
static void sort_wholly(trace *t, size_t n, uint32_t *pool) {
    if (n > 16) {
        qsort_r(t, n, sizeof *t, compare_traces, pool);
        return;
    }
    for (size_t i = 1; i < n; i++) {
        trace moved = t[i];
        size_t j = i;
        for (; j > 0 && compare_traces(&t[j - 1], &moved, pool) > 0; j--)
            t[j] = t[j - 1];
        t[j] = moved;
    }
}

/* Whether overlaps in several places are, taken together, as large as one of their units. */
static bool is_whole_unit(const region *r, const trace *t, size_t n) {
    if (t->kind != GRID_DEFECT_OVERLAP || t[0].component == t[n - 1].component)
        return false;
    dd sum = {0, 0};
    for (size_t i = 0; i < n; i++)
        sum = dd_add(sum, arrange_area(r->a, t[i].item));
    for (uint32_t i = 0; i < t->n_units; i++) {
        uint32_t unit = r->pool.at[t->units + i];
        if (region_is_whole(grid_shapes_area(r->faces.level->children, unit), dd_value(sum)))
            return true;
    }
    return false;
}

/* One defect each for the connected runs, but for a unit with several parts that lies in another.
 */
static grid_status add_connected(region *r, const trace *t, size_t n, grid_error *err) {
    if (is_whole_unit(r, t, n))
        return add_defect(r, t, n, err);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && t[j].component == t[i].component;)
            j++;
        GRID_TRY(add_defect(r, t + i, j - i, err));
    }
    return GRID_OK;
}

static grid_status add_defects(region *r, const trace *t, size_t n, grid_error *err) {
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i + 1; j < n && same_units(&t[i], &t[j], r->pool.at);)
            j++;
        GRID_TRY(add_connected(r, t + i, j - i, err));
    }
    return GRID_OK;
}

static grid_status gather(region *r, const radix_keys *order, grid_error *err) {
    traces batch = {0};
    grid_status status = GRID_OK;
    for (size_t i = 0, j; i < order->n && status == GRID_OK; i = j) {
        const trace *first = &r->trace.at[order->at[i].item];
        batch.n = 0;
        for (j = i; j < order->n && status == GRID_OK; j++) {
            const trace *t = &r->trace.at[order->at[j].item];
            if (class_of(t) != class_of(first) || first_unit(r, t) != first_unit(r, first))
                break;
            if (!GRID_PUSH(&batch, *t))
                status = grid_fail_nomem(err);
        }
        sort_wholly(batch.at, batch.n, r->pool.at);
        if (status == GRID_OK)
            status = add_defects(r, batch.at, batch.n, err);
    }
    GRID_VEC_FREE(&batch);
    return status;
}

/* How many points the outlines have, but for ways there and back again. */
static size_t count_points(const region *r) {
    const arrangement *a = r->a;
    size_t n = 0;
    for (size_t i = 0; i < r->trace.n; i++) {
        const trace *t = &r->trace.at[i];
        if (t->kind == GRID_DEFECT_VERTEX_MISMATCH) {
            n += 2;
            continue;
        }
        for (uint32_t c = a->cycle_of[t->item]; c < a->cycle_of[t->item + 1]; c++)
            n += a->cycle[c].end - a->cycle[c].begin + 1;
    }
    return n;
}

static bool make_room(region *r) {
    grid_shapes *s = r->shapes;
    size_t n = r->trace.n, points = count_points(r);
    if (!GRID_RESERVE(r->out, n) ||
        !grid_vec_reserve((void **)&s->chain_start, s->n_parts + 1, &s->cap_parts, n,
                          sizeof *s->chain_start) ||
        !grid_vec_reserve((void **)&s->xy_start, s->n_chains + 1, &s->cap_chains, n,
                          sizeof *s->xy_start) ||
        !grid_vec_reserve((void **)&s->xy, s->n_xy, &s->cap_xy, points, sizeof *s->xy))
        return false;
    grid_expect_writing(s->xy + s->n_xy, points * sizeof *s->xy);
    return true;
}

grid_status region_gather(region *r, grid_error *err) {
    radix_keys order = {0};
    grid_status status = sort_roughly(r, &order) && make_room(r) ? gather(r, &order, err)
                                                                 : grid_fail_nomem(err);
    GRID_VEC_FREE(&order);
    return status;
}
