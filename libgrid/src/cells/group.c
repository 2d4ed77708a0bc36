/*
 * Faces to cells: faces join unless a barrier, a compound's wall or a community's border
 * parts them. Slivers go to what lies beside them; a building that lies across such a line
 * takes its ground along.
 */
#include "cells/maker.h"

#include "base/base.h"

#include <math.h>

/* Groups of faces narrower than this are no cells. */
static const double SLIVER_M = 1;
/* Household areas that cover this much of the streets are meant as cells. */
static const double COVERING = .99;

/* ---- labels --------------------------------------------------------------------------- */

static uint32_t *label_by_rank(const maker *m, const face_cover *cover, size_t layer) {
    uint32_t *label = GRID_NEW(uint32_t, m->a.plane->n_faces);
    const uint32_t *rank = m->a.layer[layer].rank;
    for (uint32_t f = 0; label != NULL && f < m->a.plane->n_faces; f++) {
        label[f] = GRID_NONE;
        for (uint32_t i = 0; i < cover->count[f]; i++) {
            uint32_t feature = cover->entry[cover->start[f] + i].feature;
            if (label[f] == GRID_NONE || rank[feature] < rank[label[f]])
                label[f] = feature;
        }
    }
    return label;
}

static grid_status label_layer(const maker *m, size_t layer, uint32_t **out, grid_error *err) {
    face_cover cover;
    GRID_TRY(face_cover_build(&m->a, layer, &cover, err));
    *out = label_by_rank(m, &cover, layer);
    face_cover_free(&cover);
    return *out == NULL ? grid_fail_nomem(err) : GRID_OK;
}

/* Whether the household areas are the cells. */
static bool areas_are_cells(const maker *m) {
    if (m->in->mode != GRID_CELLS_AUTO)
        return m->in->mode == GRID_CELLS_GIVEN;
    if (m->in->n_barriers > 0)
        return false;
    double all = 0, covered = 0;
    for (uint32_t f = 0; f < m->a.plane->n_faces; f++) {
        if (m->t.street[f] == GRID_NONE)
            continue;
        all += m->a.plane->face_area_m2[f];
        if (m->households.count[f] > 0)
            covered += m->a.plane->face_area_m2[f];
    }
    return covered >= COVERING * all;
}

static bool area_covers(const void *user, uint32_t f, uint32_t label) {
    const face_cover *cover = &((const maker *)user)->households;
    for (uint32_t i = 0; i < cover->count[f]; i++)
        if (cover->entry[cover->start[f] + i].feature == label)
            return true;
    return false;
}

/* Any area: where that crosses a community's border, grouping parts it again. */
static bool any_area(const void *user, uint32_t f, uint32_t label) {
    (void)user;
    (void)f;
    (void)label;
    return true;
}

static grid_status label_areas(maker *m, grid_error *err) {
    double overlap_m2 = 0, gap_m2 = 0;
    for (uint32_t f = 0; f < m->a.plane->n_faces; f++) {
        uint32_t n = m->households.count[f];
        m->area[f] = m->t.street[f] == GRID_NONE ? GRID_NONE
                     : n == 1 ? m->households.entry[m->households.start[f]].feature
                              : UNDECIDED;
        if (m->area[f] == UNDECIDED)
            *(n > 0 ? &overlap_m2 : &gap_m2) += m->a.plane->face_area_m2[f];
    }
    settle_rule rule = {
        .allowed = area_covers, .rank = m->a.layer[LAYER_HOUSEHOLD].rank, .user = m};
    GRID_TRY(settle_faces(&m->a, &rule, m->area, err));
    rule.allowed = any_area;
    GRID_TRY(settle_faces(&m->a, &rule, m->area, err));
    if (overlap_m2 > 0)
        grid_find_at(m->ctx, GRID_WARNING, "cell-overlap", "households", overlap_m2, "m2", NAN, NAN,
                     "household areas overlap; each place went to the longest common border");
    if (gap_m2 > 0)
        grid_find_at(m->ctx, GRID_WARNING, "cell-gap", "households", gap_m2, "m2", NAN, NAN,
                     "no household area covers this; it went to the longest common border");
    return GRID_OK;
}

static grid_status label_faces(maker *m, grid_error *err) {
    GRID_TRY(label_layer(m, LAYER_COMPOUND, &m->compound, err));
    GRID_TRY(label_layer(m, LAYER_EXTENDED, &m->extended, err));
    GRID_TRY(face_cover_build(&m->a, LAYER_HOUSEHOLD, &m->households, err));
    m->given = areas_are_cells(m);
    return m->given ? label_areas(m, err) : GRID_OK;
}

/* ---- groups --------------------------------------------------------------------------- */

static bool is_alike(const maker *m, uint32_t f, uint32_t g) {
    return m->t.community[f] == m->t.community[g] && m->t.street[f] == m->t.street[g] &&
           m->compound[f] == m->compound[g] && m->extended[f] == m->extended[g] &&
           m->area[f] == m->area[g];
}

static void group_faces(maker *m) {
    const grid_plane *plane = m->a.plane;
    for (uint32_t f = 0; f < plane->n_faces; f++)
        m->root[f] = f;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t left = plane->face[2 * e], right = plane->face[2 * e + 1];
        if (m->t.street[left] != GRID_NONE && is_alike(m, left, right) &&
            (m->given || !edge_is_barrier(&m->a, e)))
            join_faces(m->root, left, right);
    }
}

static void number_cells(maker *m) {
    m->n_cells = 0;
    for (uint32_t f = 0; f < m->a.plane->n_faces; f++) {
        uint32_t root = join_find(m->root, f);
        m->cell[f] = m->t.street[f] == GRID_NONE ? GRID_NONE
                     : root == f                 ? m->n_cells++
                                                 : m->cell[root];
    }
}

double maker_regroup(maker *m, const uint32_t *label) {
    const grid_plane *plane = m->a.plane;
    double moved_m2 = 0;
    for (uint32_t f = 0; f < plane->n_faces; f++) {
        if (label[f] == GRID_NONE || label[f] == join_find(m->root, f))
            continue;
        moved_m2 += plane->face_area_m2[f];
        m->compound[f] = m->compound[label[f]];
        m->extended[f] = m->extended[label[f]];
        m->area[f] = m->area[label[f]];
    }
    for (uint32_t f = 0; f < plane->n_faces; f++)
        m->root[f] = f;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t left = plane->face[2 * e], right = plane->face[2 * e + 1];
        if (label[left] != GRID_NONE && label[left] == label[right])
            join_faces(m->root, left, right);
    }
    return moved_m2;
}

/* ---- giving away ---------------------------------------------------------------------- */

bool maker_is_one_territory(const maker *m, uint32_t f, uint32_t g) {
    return m->t.community[f] == m->t.community[g] && m->t.street[f] == m->t.street[g] &&
           m->extended[f] == m->extended[g];
}

static bool same_territory(const void *user, uint32_t f, uint32_t label) {
    return maker_is_one_territory(user, f, label);
}

/* Gives the groups whose roots are in `leave` to what lies beside them. */
static grid_status give_away(maker *m, const bool *leave, grid_error *err) {
    const grid_plane *plane = m->a.plane;
    uint32_t *label = GRID_NEW(uint32_t, plane->n_faces);
    if (label == NULL)
        return grid_fail_nomem(err);
    for (uint32_t f = 0; f < plane->n_faces; f++) {
        uint32_t root = join_find(m->root, f);
        label[f] = m->t.street[f] == GRID_NONE ? GRID_NONE : leave[root] ? UNDECIDED : root;
    }
    const settle_rule rule = {.allowed = same_territory, .user = m};
    grid_status status = settle_faces(&m->a, &rule, label, err);
    if (status == GRID_OK) {
        for (uint32_t f = 0; f < plane->n_faces; f++)
            if (label[f] == UNDECIDED) /* nothing beside it: it stays what it is */
                label[f] = join_find(m->root, f);
        double moved_m2 = maker_regroup(m, label);
        if (moved_m2 > 0)
            grid_find_at(m->ctx, GRID_NOTE, "sliver-joined", "cells", moved_m2, "m2", NAN, NAN,
                         "shreds less than a metre wide joined the cell beside them");
    }
    free(label);
    return status;
}

/* Slivers are left over between lines that mean the same. */
static grid_status drop_slivers(maker *m, grid_error *err) {
    size_t n = m->a.plane->n_faces;
    bool *leave = GRID_NEW(bool, n);
    double *width = GRID_NEW(double, n);
    grid_status status = leave == NULL || width == NULL
                             ? grid_fail_nomem(err)
                             : group_widths_m(&m->a, m->root, width, err);
    if (status == GRID_OK) {
        for (size_t f = 0; f < n; f++)
            leave[f] = width[f] < SLIVER_M;
        status = give_away(m, leave, err);
    }
    free(leave);
    free(width);
    return status;
}

/* ---- buildings across lines ----------------------------------------------------------- */

/* The inhabited feature on a face, the first by rank. */
static uint32_t inhabited(const maker *m, uint32_t f) {
    const uint32_t *rank = m->a.layer[LAYER_HOUSEHOLD].rank;
    uint32_t best = GRID_NONE;
    for (uint32_t i = 0; i < m->households.count[f]; i++) {
        uint32_t feature = m->households.entry[m->households.start[f] + i].feature;
        if (m->in->households[feature] > 0 && (best == GRID_NONE || rank[feature] < rank[best]))
            best = feature;
    }
    return best;
}

/* No border runs through an inhabited building: its ground goes where its households went,
 * unless that is in another community. */
static grid_status keep_buildings_whole(maker *m, grid_error *err) {
    const grid_plane *plane = m->a.plane;
    uint32_t *label = GRID_NEW(uint32_t, plane->n_faces);
    uint32_t *root_of = GRID_NEW(uint32_t, m->n_cells);
    bool ok = label != NULL && root_of != NULL;
    for (uint32_t f = plane->n_faces; ok && f-- > 0;)
        if (m->cell[f] != GRID_NONE)
            root_of[m->cell[f]] = join_find(m->root, f);
    for (uint32_t f = 0; ok && f < plane->n_faces; f++) {
        label[f] = m->cell[f] == GRID_NONE ? GRID_NONE : join_find(m->root, f);
        uint32_t feature = label[f] == GRID_NONE ? GRID_NONE : inhabited(m, f);
        if (feature == GRID_NONE || m->cell_of_household[feature] == GRID_NONE)
            continue;
        uint32_t home = root_of[m->cell_of_household[feature]];
        if (maker_is_one_territory(m, f, home))
            label[f] = home;
    }
    if (ok) {
        double moved_m2 = maker_regroup(m, label);
        if (moved_m2 > 0)
            grid_find_at(m->ctx, GRID_NOTE, "building-kept-whole", "cells", moved_m2, "m2", NAN,
                         NAN, "borders went round the buildings that lie across them");
    }
    free(label);
    free(root_of);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

/* --------------------------------------------------------------------------------------- */

static grid_status allocate(maker *m, grid_error *err) {
    size_t n = m->a.plane->n_faces;
    m->area = GRID_NEW(uint32_t, n);
    m->root = GRID_NEW(uint32_t, n);
    m->cell = GRID_NEW(uint32_t, n);
    bool ok = household_notes_new(&m->notes, m->in->household->n);
    return ok && m->area != NULL && m->root != NULL && m->cell != NULL ? GRID_OK
                                                                       : grid_fail_nomem(err);
}

grid_status maker_assign(maker *m, grid_error *err) {
    number_cells(m);
    return households_assign(&m->a, &m->households, m->cell, m->cell_of_household, &m->notes, err);
}

uint32_t *maker_face_of_cells(const maker *m) {
    uint32_t *face = GRID_NEW(uint32_t, m->n_cells);
    for (uint32_t f = 0; face != NULL && f < m->a.plane->n_faces; f++)
        if (m->cell[f] != GRID_NONE)
            face[m->cell[f]] = f;
    return face;
}

grid_status maker_renumber(maker *m, grid_error *err) {
    uint32_t *face = maker_face_of_cells(m);
    if (face == NULL)
        return grid_fail_nomem(err);
    number_cells(m);
    for (size_t i = 0; i < m->in->household->n; i++)
        if (m->cell_of_household[i] != GRID_NONE)
            m->cell_of_household[i] = m->cell[face[m->cell_of_household[i]]];
    free(face);
    return GRID_OK;
}

grid_status maker_tidy(maker *m, grid_error *err) {
    GRID_TRY(drop_slivers(m, err));
    return maker_assign(m, err);
}

grid_status maker_group(maker *m, grid_error *err) {
    GRID_TRY(allocate(m, err));
    GRID_TRY(territory_build(&m->a, &m->t, err));
    GRID_TRY(label_faces(m, err));
    group_faces(m);
    number_cells(m);
    GRID_TRY(maker_tidy(m, err));
    if (m->given)
        return GRID_OK;
    GRID_TRY(keep_buildings_whole(m, err));
    return maker_assign(m, err);
}

void maker_clear_faces(maker *m) {
    territory_free(&m->t);
    face_cover_free(&m->households);
    household_notes_free(&m->notes);
    free(m->compound);
    free(m->extended);
    free(m->area);
    free(m->root);
    free(m->cell);
    free(m->block);
    m->compound = m->extended = m->area = m->root = m->cell = m->block = NULL;
}
