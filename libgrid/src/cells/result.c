/*
 * The cells as the caller gets them, on the graph of the edges between cells.
 */
#include "cells/maker.h"

#include "base/base.h"

static bool between_cells(const maker *m, uint32_t edge) {
    return m->cell[m->a.plane->face[2 * edge]] != m->cell[m->a.plane->face[2 * edge + 1]];
}

/* The graph of the edges between cells, each with its edge in the full graph as source. */
static grid_status keep_borders(const maker *m, grid_cells *out, grid_error *err) {
    const grid_plane *plane = m->a.plane;
    grid_segment *kept = GRID_NEW(grid_segment, plane->n_edges);
    if (kept == NULL)
        return grid_fail_nomem(err);
    size_t n = 0;
    for (uint32_t e = 0; e < plane->n_edges; e++)
        if (between_cells(m, e))
            kept[n++] = (grid_segment){plane->vertex[plane->origin[2 * e]],
                                       plane->vertex[plane->origin[2 * e + 1]], e};
    grid_status status = grid_plane_build(kept, n, &out->plane, err);
    free(kept);
    return status;
}

static bool allocate_cells(const maker *m, grid_cells *out) {
    out->n_cells = m->n_cells;
    out->cell_of_face = GRID_NEW(uint32_t, out->plane->n_faces);
    out->street = GRID_NEW(uint32_t, m->n_cells);
    out->community = GRID_NEW(uint32_t, m->n_cells);
    out->compound = GRID_NEW(uint32_t, m->n_cells);
    out->extended = GRID_NEW(uint32_t, m->n_cells);
    out->block = GRID_NEW(uint32_t, m->n_cells);
    out->households = GRID_NEW(int64_t, m->n_cells);
    out->persons = GRID_NEW(int64_t, m->n_cells);
    out->area_m2 = GRID_NEW(double, m->n_cells);
    out->edge_class = GRID_NEW(uint8_t, out->plane->n_edges);
    out->edge_barrier = GRID_NEW(uint32_t, out->plane->n_edges);
    return out->cell_of_face != NULL && out->street != NULL && out->community != NULL &&
           out->compound != NULL && out->extended != NULL && out->block != NULL &&
           out->households != NULL && out->persons != NULL && out->area_m2 != NULL &&
           out->edge_class != NULL && out->edge_barrier != NULL;
}

static void describe_cells(const maker *m, grid_cells *out) {
    const grid_plane *full = m->a.plane, *plane = out->plane;
    out->cell_of_face[0] = GRID_NONE;
    for (uint32_t h = 0; h < 2 * plane->n_edges; h++) {
        uint32_t f = full->face[2 * plane->source[h / 2] + h % 2];
        out->cell_of_face[plane->face[h]] = m->cell[f];
    }
    for (uint32_t f = 0; f < full->n_faces; f++) {
        uint32_t cell = m->cell[f];
        if (cell == GRID_NONE)
            continue;
        out->street[cell] = m->t.street[f];
        out->community[cell] = m->t.community[f];
        out->compound[cell] = m->compound[f];
        out->extended[cell] = m->extended[f];
        out->block[cell] = m->block != NULL ? m->block[f] : GRID_NONE;
    }
    for (uint32_t f = 1; f < plane->n_faces; f++)
        if (out->cell_of_face[f] != GRID_NONE)
            out->area_m2[out->cell_of_face[f]] += plane->face_area_m2[f];
    for (uint32_t e = 0; e < plane->n_edges; e++)
        out->edge_class[e] = edge_border_class(&m->a, plane->source[e], &out->edge_barrier[e]);
}

static grid_status count_households(maker *m, grid_cells *out, grid_error *err) {
    for (size_t i = 0; i < m->in->household->n; i++) {
        uint32_t cell = m->cell_of_household[i];
        if (cell == GRID_NONE)
            continue;
        int64_t persons = m->in->persons != NULL ? m->in->persons[i] : 0;
        if (__builtin_add_overflow(out->households[cell], m->in->households[i],
                                   &out->households[cell]) ||
            __builtin_add_overflow(out->persons[cell], persons, &out->persons[cell]))
            return grid_fail(err, GRID_E_INPUT, "", "the counts are too large to add up");
    }
    out->cell_of_household = m->cell_of_household;
    m->cell_of_household = NULL;
    return GRID_OK;
}

grid_status maker_write(maker *m, grid_cells *out, grid_error *err) {
    GRID_TRY(keep_borders(m, out, err));
    if (!allocate_cells(m, out))
        return grid_fail_nomem(err);
    describe_cells(m, out);
    GRID_TRY(count_households(m, out, err));
    GRID_TRY(maker_meet(m, out, err));
    out->barrier_name = m->a.names.name;
    out->n_barrier_names = m->a.names.n;
    m->a.names = (name_list){0};
    out->n_communities = m->t.n_communities;
    out->n_streets = (uint32_t)m->in->street->n;
    out->street_of_community = m->t.street_of_community;
    m->t.street_of_community = NULL;
    return GRID_OK;
}
