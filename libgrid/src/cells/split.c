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

/*
 * Per feature its older unit, GRID_NONE where its middle is not in its cell: then the unit is that
 * of other ground.
 */
static grid_status find_units(const maker *m, uint32_t **out, grid_error *err) {
    size_t n = m->in->household->n;
    uint32_t *unit = *out = GRID_NEW(uint32_t, n), *face = GRID_NEW(uint32_t, n);
    grid_ixy *middle = GRID_NEW(grid_ixy, n);
    bool ok = unit && face && middle;
    for (size_t i = 0; ok && i < n; i++) {
        grid_box box = grid_shapes_box(m->in->household, i);
        unit[i] = m->in->household_unit ? m->in->household_unit[i] : GRID_NONE;
        if (unit[i] != GRID_NONE) /* so it has a place */
            middle[i] = grid_lattice_snap(
                (grid_xy){(box.min_x + box.max_x) / 2, (box.min_y + box.max_y) / 2});
    }
    grid_status status = ok ? GRID_OK : grid_fail_nomem(err);
    if (ok && m->in->household_unit != NULL)
        status = grid_plane_find(m->a.plane, middle, n, face, err);
    for (size_t i = 0; status == GRID_OK && i < n; i++)
        if (unit[i] != GRID_NONE && m->cell[face[i]] != m->cell_of_household[i])
            unit[i] = GRID_NONE;
    free(face);
    free(middle);
    return status;
}

/* What is known of a cell's features so far. */
typedef struct cell_count {
    int64_t households;
    uint32_t n_inhabited;
    uint32_t unit; /* of one feature; GRID_NONE before any */
    bool straddles;
} cell_count;

static void count_feature(const maker *m, uint32_t i, uint32_t unit, cell_count *c) {
    if (m->in->households[i] > 0) {
        c->n_inhabited++;
        if (__builtin_add_overflow(c->households, m->in->households[i], &c->households))
            c->households = INT64_MAX;
    }
    if (unit == GRID_NONE || !owns_ground(m, i))
        return;
    c->straddles |= c->unit != GRID_NONE && c->unit != unit;
    c->unit = unit;
}

grid_status maker_choose_cuts(const maker *m, bool **out, bool *any, grid_error *err) {
    uint32_t *unit = NULL;
    cell_count *count = GRID_NEW(cell_count, m->n_cells);
    *out = GRID_NEW(bool, m->n_cells);
    *any = false;
    grid_status status = count && *out ? find_units(m, &unit, err) : grid_fail_nomem(err);
    for (uint32_t c = 0; status == GRID_OK && c < m->n_cells; c++)
        count[c].unit = GRID_NONE;
    for (uint32_t i = 0; status == GRID_OK && !m->given && i < m->in->household->n; i++)
        if (m->cell_of_household[i] != GRID_NONE)
            count_feature(m, i, unit[i], &count[m->cell_of_household[i]]);
    for (uint32_t c = 0; status == GRID_OK && c < m->n_cells; c++) {
        bool crowded = m->in->cut_above > 0 && count[c].households > m->in->cut_above;
        (*out)[c] = count[c].straddles || (crowded && count[c].n_inhabited > 1);
        *any |= (*out)[c];
    }
    free(count);
    free(unit);
    return status;
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
