#include "units.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

typedef struct code_row {
    const char *code;
    uint32_t label;
} code_row;

static int compare_codes(const void *a, const void *b) {
    return strcmp(((const code_row *)a)->code, ((const code_row *)b)->code);
}

/* Rows in the order of codes: row[label], and label_of[row]. */
static grid_status order_by_code(const unit_labels *labels, uint32_t *row, uint32_t *label_of,
                                 grid_error *err) {
    code_row *rows = GRID_NEW(code_row, labels->n);
    if (rows == NULL)
        return grid_fail_nomem(err);
    for (uint32_t i = 0; i < labels->n; i++)
        rows[i] = (code_row){labels->code[i], i};
    qsort(rows, labels->n, sizeof *rows, compare_codes);
    grid_status status = GRID_OK;
    for (uint32_t i = 0; i < labels->n; i++) {
        if (i > 0 && strcmp(rows[i].code, rows[i - 1].code) == 0)
            status = grid_fail(err, GRID_E_INPUT, labels->name, "code %s stands for two units",
                               rows[i].code);
        row[rows[i].label] = i;
        label_of[i] = rows[i].label;
    }
    free(rows);
    return status;
}

bool unit_table_allocate(unit_table *t, size_t n_cells, size_t n, bool has_parent) {
    grid_units *u = &t->units;
    u->n = n;
    t->of_cell = GRID_NEW(uint32_t, n_cells);
    t->row = GRID_NEW(uint32_t, n);
    t->parent = has_parent ? GRID_NEW(uint32_t, n) : NULL;
    const char ***texts[] = {&u->code,   &u->parent_code, &u->name,       &u->kind,
                             &u->status, &u->reason,      &u->valid_from, &u->valid_to};
    bool ok = t->of_cell && t->row && (t->parent || !has_parent);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        ok = (*texts[i] = GRID_NEW(const char *, n)) != NULL && ok;
    ok = (u->households = GRID_NEW(int64_t, n)) != NULL && ok;
    ok = (u->persons = GRID_NEW(int64_t, n)) != NULL && ok;
    ok = (u->workload = GRID_NEW(double, n)) != NULL && ok;
    ok = (u->area_m2 = GRID_NEW(double, n)) != NULL && ok;
    return ok;
}

static void fill_texts(const unit_labels *labels, const uint32_t *label_of, grid_units *u) {
    for (size_t r = 0; r < u->n; r++) {
        uint32_t label = label_of[r];
        u->code[r] = labels->code[label];
        u->name[r] = labels->unit_name[label];
        u->kind[r] = labels->kind ? labels->kind[label] : labels->name;
        u->status[r] = labels->status ? labels->status[label] : "OK";
        u->reason[r] = labels->reason ? labels->reason[label] : "";
        u->parent_code[r] = u->valid_from[r] = u->valid_to[r] = "";
    }
}

static void sum_cells(const grid_cells *cells, const unit_labels *labels, unit_table *t) {
    for (uint32_t c = 0; c < cells->n_cells; c++) {
        uint32_t r = t->of_cell[c] = t->row[labels->of_cell[c]];
        t->units.households[r] += cells->households[c];
        t->units.persons[r] += cells->persons[c];
    }
    for (size_t r = 0; r < t->units.n; r++) {
        t->units.workload[r] = (double)t->units.households[r];
        if (!labels->persons_known)
            t->units.persons[r] = -1;
    }
}

static void link_parents(const grid_cells *cells, const unit_table *above, unit_table *t) {
    for (uint32_t c = 0; c < cells->n_cells; c++)
        t->parent[t->of_cell[c]] = above->of_cell[c];
    for (size_t r = 0; r < t->units.n; r++)
        t->units.parent_code[r] = above->units.code[t->parent[r]];
}

static grid_status read_areas(const grid_cells *cells, unit_table *t, grid_error *err) {
    uint32_t n_faces = cells->plane->n_faces;
    uint32_t *label = GRID_NEW(uint32_t, n_faces);
    if (label == NULL)
        return grid_fail_nomem(err);
    for (uint32_t f = 0; f < n_faces; f++) {
        uint32_t cell = cells->cell_of_face[f];
        label[f] = cell == GRID_NONE ? GRID_NONE : t->of_cell[cell];
    }
    grid_status status = grid_plane_dissolve(cells->plane, label, (uint32_t)t->units.n,
                                             &t->units.shapes, err);
    for (size_t r = 0; status == GRID_OK && r < t->units.n; r++)
        t->units.area_m2[r] = grid_shapes_area(t->units.shapes, r);
    free(label);
    return status;
}

grid_status unit_table_build(const grid_cells *cells, const unit_labels *labels,
                             const unit_table *above, unit_table *t, grid_error *err) {
    uint32_t *label_of = GRID_NEW(uint32_t, labels->n);
    if (label_of == NULL || !unit_table_allocate(t, cells->n_cells, labels->n, above != NULL)) {
        free(label_of);
        return grid_fail_nomem(err);
    }
    t->name = labels->name;
    t->units.level = labels->level;
    grid_status status = order_by_code(labels, t->row, label_of, err);
    if (status == GRID_OK) {
        fill_texts(labels, label_of, &t->units);
        sum_cells(cells, labels, t);
        if (above != NULL)
            link_parents(cells, above, t);
        status = read_areas(cells, t, err);
    }
    free(label_of);
    return status;
}

void unit_table_free(unit_table *t) {
    grid_units *u = &t->units;
    const char **texts[] = {u->code,   u->parent_code, u->name,       u->kind,
                            u->status, u->reason,      u->valid_from, u->valid_to};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        free(texts[i]);
    free(u->households);
    free(u->persons);
    free(u->workload);
    free(u->area_m2);
    free(u->quality);
    grid_shapes_free(u->shapes);
    free(t->of_cell);
    free(t->row);
    free(t->parent);
    free(t->quality);
    free(t->seam);
    *t = (unit_table){0};
}

grid_status unit_table_check(const unit_table *above, unit_table *t, const grid_context *ctx,
                             grid_error *err) {
    t->seam = GRID_NEW(grid_seam, above->units.n);
    if (t->seam == NULL)
        return grid_fail_nomem(err);
    GRID_TRY(grid_cover_check(above->units.shapes, t->units.shapes, t->parent, ctx, t->seam, err));
    for (size_t p = 0; p < above->units.n; p++)
        if (!t->seam[p].exact)
            return grid_fail(err, GRID_E_INTERNAL, above->units.code[p],
                             "its %zu units do not tile it: %zu residual edges",
                             t->seam[p].n_children, t->seam[p].n_residual_edges);
    return GRID_OK;
}
