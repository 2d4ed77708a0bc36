/*
 * Joints: ground of ribbons that must not go to extended areas, because blocks among these hang
 * together with the rest of their community by nothing else, and cannot be divided by themselves.
 */
#include "cells/maker.h"

#include "base/base.h"

typedef struct joiner {
    const maker *m;
    const uint32_t *label;    /* per face: the receiver */
    uint32_t *before, *after; /* connected ground of no extended area, without sharing and with */
    uint32_t *largest;        /* per root of `before`: the root of its largest part after it */
    double *area_m2;          /* per root of `after` */
    int64_t *households;      /* the same */
    uint32_t *queue, *via;    /* of the search: faces, and where each was reached from */
} joiner;

static bool joiner_init(joiner *j, const maker *m, const uint32_t *label) {
    uint32_t n = m->a.plane->n_faces;
    *j = (joiner){.m = m, .label = label};
    j->before = GRID_NEW(uint32_t, n);
    j->after = GRID_NEW(uint32_t, n);
    j->largest = GRID_NEW(uint32_t, n);
    j->area_m2 = GRID_NEW(double, n);
    j->households = GRID_NEW(int64_t, n);
    j->queue = GRID_NEW(uint32_t, n);
    j->via = GRID_NEW(uint32_t, n);
    return j->before && j->after && j->largest && j->area_m2 && j->households && j->queue && j->via;
}

static void joiner_free(joiner *j) {
    free(j->before);
    free(j->after);
    free(j->largest);
    free(j->area_m2);
    free(j->households);
    free(j->queue);
    free(j->via);
}

/* Of no extended area: before the sharing, or after it. */
static bool is_base(const joiner *j, uint32_t f, bool after) {
    return j->m->cell[f] != GRID_NONE && j->m->extended[after ? j->label[f] : f] == GRID_NONE;
}

static void join_ground(joiner *j, uint32_t *root, bool after) {
    const grid_plane *plane = j->m->a.plane;
    const territory *t = &j->m->t;
    for (uint32_t f = 0; f < plane->n_faces; f++)
        root[f] = f;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t f = plane->face[2 * e], g = plane->face[2 * e + 1];
        if (is_base(j, f, after) && is_base(j, g, after) && t->community[f] == t->community[g] &&
            t->street[f] == t->street[g])
            join_faces(root, f, g);
    }
}

static void find_largest(joiner *j) {
    const grid_plane *plane = j->m->a.plane;
    for (uint32_t f = 0; f < plane->n_faces; f++)
        j->largest[f] = GRID_NONE;
    for (uint32_t f = 0; f < plane->n_faces; f++)
        j->area_m2[join_find(j->after, f)] += plane->face_area_m2[f];
    for (uint32_t f = 0; f < plane->n_faces; f++) {
        if (!is_base(j, f, true))
            continue;
        uint32_t whole = join_find(j->before, f), part = join_find(j->after, f);
        if (j->largest[whole] == GRID_NONE || j->area_m2[part] > j->area_m2[j->largest[whole]])
            j->largest[whole] = part;
    }
}

static bool count_households(joiner *j) {
    const maker *m = j->m;
    uint32_t *face = maker_face_of_cells(m);
    for (size_t i = 0; face != NULL && i < m->in->household->n; i++)
        if (m->cell_of_household[i] != GRID_NONE)
            j->households[join_find(j->after, face[m->cell_of_household[i]])] +=
                m->in->households[i];
    free(face);
    return face != NULL;
}

/* Not near the ends of what can be divided: counts change, and cells are coarse. */
static bool stands_alone(const joiner *j, uint32_t part) {
    const double edge = .1; /* of the range */
    double min = (double)j->m->in->grid_min, max = (double)j->m->in->grid_max;
    double margin = edge * (max - min);
    return grid_is_divisible(j->households[part], (int64_t)(min + margin), (int64_t)(max - margin));
}

/* Whether `part` is to be tied to the rest of its ground. */
static bool needs_joint(const joiner *j, uint32_t part) {
    uint32_t largest = j->largest[join_find(j->before, part)];
    return part != largest && !(stands_alone(j, part) && stands_alone(j, largest));
}

/* The nearest face, counted in faces, of another part of the same whole; GRID_NONE. */
static uint32_t reach_other_part(joiner *j, uint32_t part) {
    const arrangement *a = &j->m->a;
    uint32_t n = 0, whole = join_find(j->before, part);
    for (uint32_t f = 0; f < a->plane->n_faces; f++) {
        bool own = is_base(j, f, true) && join_find(j->after, f) == part;
        j->via[f] = own ? f : GRID_NONE;
        if (own)
            j->queue[n++] = f;
    }
    for (uint32_t i = 0; i < n; i++) {
        uint32_t f = j->queue[i];
        if (is_base(j, f, true) && join_find(j->after, f) != part)
            return f;
        for (size_t k = a->face_start[f]; k < a->face_start[f + 1]; k++) {
            uint32_t g = a->plane->face[a->face_half[k] ^ 1];
            if (j->via[g] != GRID_NONE || !is_base(j, g, false) || join_find(j->before, g) != whole)
                continue;
            j->via[g] = f;
            j->queue[n++] = g;
        }
    }
    return GRID_NONE;
}

grid_status maker_find_joints(const maker *m, const uint32_t *label, bool *joins, bool *any,
                              grid_error *err) {
    joiner j;
    *any = false;
    bool ok = joiner_init(&j, m, label);
    if (ok) {
        join_ground(&j, j.before, false);
        join_ground(&j, j.after, true);
        find_largest(&j);
        ok = count_households(&j);
    }
    for (uint32_t f = 0; ok && f < m->a.plane->n_faces; f++) {
        if (!is_base(&j, f, true) || join_find(j.after, f) != f || !needs_joint(&j, f))
            continue;
        for (uint32_t g = reach_other_part(&j, f); g != GRID_NONE && j.via[g] != g; g = j.via[g])
            if (!is_base(&j, g, true))
                *any = joins[g] = true;
    }
    joiner_free(&j);
    return ok ? GRID_OK : grid_fail_nomem(err);
}
