/*
 * Households into cells: an area goes whole to the cell with most of it, a point to the cell it
 * lies in, and whatever lies in no cell to the nearest, so that counts are conserved.
 */
#include "cells/cells.h"

#include "base/base.h"

#include <math.h>
#include <stdio.h>

/* Further out than this, a feature hardly belongs to the street. */
static const double FAR_OUT_M = 100;
/* Less than this of an area in other cells is the width of a line. */
static const double STRADDLE_M2 = 1;

/* A feature's area in one cell. */
typedef struct stake {
    uint32_t feature, cell;
    double area_m2;
} stake;

typedef GRID_VEC(stake) stakes;

typedef struct assignment {
    const arrangement *a;
    const uint32_t *cell; /* per face */
    uint32_t *of;         /* per feature: its cell */
    household_notes *notes;
} assignment;

/* ---- areas ---------------------------------------------------------------------------- */

static int compare_stakes(const void *a, const void *b) {
    const stake *s = a, *t = b;
    if (s->feature != t->feature)
        return s->feature < t->feature ? -1 : 1;
    return (s->cell > t->cell) - (s->cell < t->cell);
}

static bool collect_stakes(assignment *as, const face_cover *cover, stakes *out) {
    const grid_plane *plane = as->a->plane;
    for (uint32_t f = 1; f < plane->n_faces; f++)
        for (uint32_t i = 0; i < cover->count[f]; i++) {
            cover_entry entry = cover->entry[cover->start[f] + i];
            if (entry.winding != 1)
                as->notes->repaired_m2[entry.feature] += plane->face_area_m2[f];
            if (as->cell[f] != GRID_NONE &&
                !GRID_PUSH(out, (stake){entry.feature, as->cell[f], plane->face_area_m2[f]}))
                return false;
        }
    if (out->n > 0)
        qsort(out->at, out->n, sizeof *out->at, compare_stakes);
    return true;
}

static void take_largest(assignment *as, const stakes *s) {
    for (size_t i = 0; i < s->n;) {
        uint32_t feature = s->at[i].feature, best = GRID_NONE;
        double all = 0, most = -1;
        while (i < s->n && s->at[i].feature == feature) {
            uint32_t cell = s->at[i].cell;
            double area = 0;
            for (; i < s->n && s->at[i].feature == feature && s->at[i].cell == cell; i++)
                area += s->at[i].area_m2;
            all += area;
            if (area > most) {
                most = area;
                best = cell;
            }
        }
        as->of[feature] = best;
        if (all - most > as->notes->elsewhere_m2[feature])
            as->notes->elsewhere_m2[feature] = all - most;
    }
}

/* ---- points and what is left ---------------------------------------------------------- */

/* Where a feature is, for those whose area decides nothing: its first coordinate. */
static grid_xy first_xy(const grid_shapes *s, uint32_t f) {
    return s->xy[s->xy_start[s->chain_start[s->part_start[f]]]];
}

static grid_status find_points(assignment *as, grid_error *err) {
    const grid_shapes *s = as->a->input->household;
    GRID_VEC(uint32_t) feature = {0};
    GRID_VEC(grid_ixy) point = {0};
    bool ok = true;
    for (uint32_t f = 0; ok && f < s->n; f++)
        if (as->of[f] == GRID_NONE && s->kind[f] != GRID_SHAPE_NONE)
            ok = GRID_PUSH(&feature, f) && GRID_PUSH(&point, grid_lattice_snap(first_xy(s, f)));
    uint32_t *face = ok ? GRID_NEW(uint32_t, point.n) : NULL;
    grid_status status = face == NULL ? grid_fail_nomem(err)
                                      : grid_plane_find(as->a->plane, point.at, point.n, face, err);
    for (size_t i = 0; status == GRID_OK && i < point.n; i++)
        as->of[feature.at[i]] = as->cell[face[i]];
    free(face);
    GRID_VEC_FREE(&feature);
    GRID_VEC_FREE(&point);
    return status;
}

static double distance_to_edge(const grid_plane *plane, uint32_t e, grid_xy p) {
    grid_xy a = grid_lattice_metres(plane->vertex[plane->origin[2 * e]]);
    grid_xy b = grid_lattice_metres(plane->vertex[plane->origin[2 * e + 1]]);
    double dx = b.x - a.x, dy = b.y - a.y;
    double t = ((p.x - a.x) * dx + (p.y - a.y) * dy) / (dx * dx + dy * dy);
    t = t < 0 ? 0 : t > 1 ? 1 : t;
    return hypot(p.x - a.x - t * dx, p.y - a.y - t * dy);
}

/* The cell behind the nearest stretch of the streets' rim. */
static void take_nearest(assignment *as, uint32_t f) {
    const grid_plane *plane = as->a->plane;
    grid_xy p = first_xy(as->a->input->household, f);
    double best = INFINITY;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t left = as->cell[plane->face[2 * e]], right = as->cell[plane->face[2 * e + 1]];
        if ((left == GRID_NONE) == (right == GRID_NONE))
            continue;
        double d = distance_to_edge(plane, e, p);
        if (d < best) {
            best = d;
            as->of[f] = left != GRID_NONE ? left : right;
        }
    }
    as->notes->outside_m[f] = best;
}

/* --------------------------------------------------------------------------------------- */

grid_status households_assign(const arrangement *a, const face_cover *cover, const uint32_t *cell,
                              uint32_t *cell_of_household, household_notes *notes,
                              grid_error *err) {
    assignment as = {.a = a, .cell = cell, .of = cell_of_household, .notes = notes};
    size_t n = a->input->household->n;
    for (size_t f = 0; f < n; f++) {
        cell_of_household[f] = GRID_NONE;
        notes->outside_m[f] = notes->repaired_m2[f] = 0;
    }
    stakes s = {0};
    bool ok = collect_stakes(&as, cover, &s);
    if (ok)
        take_largest(&as, &s);
    GRID_VEC_FREE(&s);
    if (!ok)
        return grid_fail_nomem(err);
    GRID_TRY(find_points(&as, err));
    for (uint32_t f = 0; f < n; f++)
        if (cell_of_household[f] == GRID_NONE && a->input->household->kind[f] != GRID_SHAPE_NONE)
            take_nearest(&as, f);
    return GRID_OK;
}

bool grid_is_divisible(int64_t households, int64_t min, int64_t max) {
    return households > 0 && min > 0 && (households + max - 1) / max <= households / min;
}

bool household_notes_new(household_notes *notes, size_t n) {
    notes->elsewhere_m2 = GRID_NEW(double, n);
    notes->outside_m = GRID_NEW(double, n);
    notes->repaired_m2 = GRID_NEW(double, n);
    return notes->elsewhere_m2 != NULL && notes->outside_m != NULL && notes->repaired_m2 != NULL;
}

void household_notes_free(household_notes *notes) {
    free(notes->elsewhere_m2);
    free(notes->outside_m);
    free(notes->repaired_m2);
    *notes = (household_notes){0};
}

/* ---- findings ------------------------------------------------------------------------- */

static const char *name_feature(const grid_cells_input *in, uint32_t f, char *out, size_t size) {
    if (in->household_id != NULL && in->household_id[f] != NULL)
        snprintf(out, size, "households:%s", in->household_id[f]);
    else
        snprintf(out, size, "households:%u", f + 1);
    return out;
}

static void report_feature(const arrangement *a, const household_notes *notes, uint32_t f) {
    const grid_cells_input *in = a->input;
    const grid_context *ctx = a->ctx;
    char where[128];
    name_feature(in, f, where, sizeof where);
    int64_t persons = in->persons != NULL ? in->persons[f] : 0;
    if (in->household->kind[f] == GRID_SHAPE_NONE) {
        if (in->households[f] > 0 || persons > 0)
            grid_find_at(ctx, GRID_FAULT, "household-without-place", where,
                         (double)in->households[f], "households", NAN, NAN,
                         "has no geometry, so it is in no cell");
        return;
    }
    grid_xy p = first_xy(in->household, f);
    if (notes->repaired_m2[f] > 0)
        grid_find_at(ctx, GRID_NOTE, "polygon-repaired", where, notes->repaired_m2[f], "m2", p.x,
                     p.y, "its ring covers this more than once or backwards; it counts once");
    if (notes->outside_m[f] > 0)
        grid_find_at(ctx, notes->outside_m[f] > FAR_OUT_M ? GRID_FAULT : GRID_WARNING,
                     "household-outside", where, (double)in->households[f], "households", p.x, p.y,
                     "lies outside the streets; it went to the nearest cell, %.1f m away",
                     notes->outside_m[f]);
    if (notes->elsewhere_m2[f] > STRADDLE_M2)
        grid_find_at(ctx, GRID_NOTE, "household-straddles", where, notes->elsewhere_m2[f], "m2",
                     p.x, p.y, "lies across a line; it went whole to the side with most of it");
}

grid_status households_report(const arrangement *a, const household_notes *notes, grid_error *err) {
    size_t n = a->input->household->n;
    uint32_t *order = GRID_NEW(uint32_t, n);
    if (order == NULL)
        return grid_fail_nomem(err);
    for (uint32_t f = 0; f < n; f++)
        order[a->layer[LAYER_HOUSEHOLD].rank[f]] = f;
    for (size_t i = 0; i < n; i++)
        report_feature(a, notes, order[i]);
    free(order);
    return GRID_OK;
}
