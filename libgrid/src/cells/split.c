/*
 * Cells with too many households into one cell per building: the ground a building stands on, and
 * the open ground nearer to it than to any other.
 */
#include "cells/maker.h"

#include "base/base.h"

/* An uninhabited area across lines is the ground of roads or a river, not a building. */
static bool owns_ground(const maker *m, uint32_t feature) {
    return m->in->households[feature] > 0 || m->notes.elsewhere_m2[feature] < 1;
}

uint32_t *maker_owners(const maker *m) {
    const uint32_t *rank = m->a.layer[LAYER_HOUSEHOLD].rank;
    uint32_t *owner = GRID_NEW(uint32_t, m->a.plane->n_faces);
    for (uint32_t f = 0; owner != NULL && f < m->a.plane->n_faces; f++) {
        owner[f] = GRID_NONE;
        for (uint32_t i = 0; i < m->households.count[f]; i++) {
            uint32_t feature = m->households.entry[m->households.start[f] + i].feature;
            if (owns_ground(m, feature) &&
                (owner[f] == GRID_NONE || rank[feature] < rank[owner[f]]))
                owner[f] = feature;
        }
    }
    return owner;
}

grid_status maker_choose_cuts(const maker *m, bool **out, bool *any, grid_error *err) {
    int64_t *households = GRID_NEW(int64_t, m->n_cells);
    uint32_t *features = GRID_NEW(uint32_t, m->n_cells), *unit = GRID_NEW(uint32_t, m->n_cells);
    *out = GRID_NEW(bool, m->n_cells);
    *any = false;
    bool ok = households != NULL && features != NULL && unit != NULL && *out != NULL;
    for (size_t i = 0; ok && !m->given && i < m->in->household->n; i++) {
        uint32_t cell = m->cell_of_household[i];
        uint32_t own = m->in->household_unit ? m->in->household_unit[i] : GRID_NONE;
        if (cell == GRID_NONE ||
            (own == GRID_NONE ? m->in->households[i] == 0 : !owns_ground(m, (uint32_t)i)))
            continue;
        features[cell]++;
        if (__builtin_add_overflow(households[cell], m->in->households[i], &households[cell]))
            households[cell] = INT64_MAX;
        bool crowded = m->in->cut_above > 0 && households[cell] > m->in->cut_above;
        bool straddles = features[cell] > 1 && own != unit[cell];
        unit[cell] = own;
        (*out)[cell] |= features[cell] > 1 && (crowded || straddles);
        *any |= (*out)[cell];
    }
    free(households);
    free(features);
    free(unit);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

/* ---- open ground to buildings --------------------------------------------------------- */

static bool same_cell(const void *user, uint32_t f, uint32_t label) {
    const maker *m = user;
    return m->cell_of_household[label] == m->cell[f];
}

/* Open ground belongs to the building that it borders without a line between them. */
static double openness(const void *user, uint32_t edge) {
    const maker *m = user;
    const double hardly = 1e-6;
    double length = edge_length_mm(m->a.plane, edge);
    return edge_is_cut(&m->a, edge) || edge_is_barrier(&m->a, edge) ? hardly * length : length;
}

/* Points stand for the open ground they lie on. */
static grid_status place_points(const maker *m, uint32_t *owner, grid_error *err) {
    const grid_shapes *s = m->in->household;
    const uint32_t *rank = m->a.layer[LAYER_HOUSEHOLD].rank;
    grid_ixy *point = GRID_NEW(grid_ixy, s->n);
    uint32_t *feature = GRID_NEW(uint32_t, s->n), *face = GRID_NEW(uint32_t, s->n);
    grid_status status = GRID_OK;
    size_t n = 0;
    if (point == NULL || feature == NULL || face == NULL) {
        status = grid_fail_nomem(err);
        goto done;
    }
    for (uint32_t f = 0; f < s->n; f++)
        if (s->kind[f] == GRID_SHAPE_POINT && m->in->households[f] > 0) {
            feature[n] = f;
            point[n++] = grid_lattice_snap(s->xy[s->xy_start[s->chain_start[s->part_start[f]]]]);
        }
    status = grid_plane_find(m->a.plane, point, n, face, err);
    for (size_t i = 0; status == GRID_OK && i < n; i++) {
        uint32_t *here = &owner[face[i]];
        if (*here == UNDECIDED || (*here < UNDECIDED && rank[feature[i]] < rank[*here] &&
                                   s->kind[*here] == GRID_SHAPE_POINT))
            *here = feature[i];
    }
done:
    free(point);
    free(feature);
    free(face);
    return status;
}

static grid_status share_ground(const maker *m, const bool *cut, uint32_t *owner, grid_error *err) {
    for (uint32_t f = 0; f < m->a.plane->n_faces; f++) {
        uint32_t cell = m->cell[f];
        if (cell == GRID_NONE || !cut[cell])
            owner[f] = GRID_NONE;
        else if (owner[f] == GRID_NONE || m->cell_of_household[owner[f]] != cell)
            owner[f] = UNDECIDED;
    }
    GRID_TRY(place_points(m, owner, err));
    const settle_rule rule = {.allowed = same_cell,
                              .weight = openness,
                              .rank = m->a.layer[LAYER_HOUSEHOLD].rank,
                              .user = m};
    return settle_faces(&m->a, &rule, owner, err);
}

/* Remembers which cell each face of a cut cell came from. */
static bool keep_blocks(maker *m, const bool *cut) {
    m->block = GRID_NEW(uint32_t, m->a.plane->n_faces);
    for (uint32_t f = 0; m->block != NULL && f < m->a.plane->n_faces; f++) {
        uint32_t cell = m->cell[f];
        m->block[f] = cell != GRID_NONE && cut[cell] ? cell : GRID_NONE;
    }
    return m->block != NULL;
}

grid_status maker_split(maker *m, const bool *cut, grid_error *err) {
    const grid_plane *plane = m->a.plane;
    uint32_t *owner = maker_owners(m);
    bool ok = owner != NULL && keep_blocks(m, cut);
    grid_status status = ok ? share_ground(m, cut, owner, err) : grid_fail_nomem(err);
    if (status == GRID_OK) {
        for (uint32_t f = 0; f < plane->n_faces; f++)
            m->root[f] = f;
        for (uint32_t e = 0; e < plane->n_edges; e++) {
            uint32_t left = plane->face[2 * e], right = plane->face[2 * e + 1];
            if (m->cell[left] != GRID_NONE && m->cell[left] == m->cell[right] &&
                owner[left] == owner[right])
                join_faces(m->root, left, right);
        }
        status = maker_tidy(m, err);
    }
    free(owner);
    return status;
}
