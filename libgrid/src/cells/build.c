/*
 * From layers to cells: node everything once, make cells of the faces; where cells hold too many
 * households, draw lines between their buildings, node those in and split the cells.
 */
#include "cells/maker.h"

#include "base/base.h"

#include <limits.h>

static grid_status check_input(const grid_cells_input *in, grid_error *err) {
    if (in->street == NULL || in->household == NULL || in->households == NULL)
        return grid_fail(err, GRID_E_ARG, "", "cells need streets and households");
    if (in->street->n == 0)
        return grid_fail(err, GRID_E_INPUT, "", "there is no street");
    for (size_t i = 0; i < in->household->n; i++)
        if (in->households[i] < 0 || (in->persons != NULL && in->persons[i] < 0))
            return grid_fail(err, GRID_E_INPUT, "", "household feature %zu has a negative count",
                             i + 1);
    for (size_t l = 0; l < in->n_barriers; l++)
        for (size_t f = 0; f < in->barriers[l].shapes->n; f++)
            if (in->barriers[l].border_class[f] >= GRID_BORDER_CLASSES)
                return grid_fail(err, GRID_E_ARG, "", "a barrier of class %u",
                                 in->barriers[l].border_class[f]);
    return GRID_OK;
}

/* ---- lines to be drawn ---------------------------------------------------------------- */

/* Does a step without a word: what matters is said when the cells are final. */
static grid_status quietly(maker *m, grid_status (*step)(maker *, grid_error *), grid_error *err) {
    grid_context quiet = m->asked != NULL ? *m->asked : (grid_context){0};
    quiet.on_finding = NULL;
    m->a.ctx = m->ctx = &quiet;
    grid_status status = step(m, err);
    m->a.ctx = m->ctx = m->asked;
    return status;
}

/* Faces grouped, ribbons given to what lies beside them in so many rounds. */
static grid_status group_and_share(maker *m, unsigned rounds, ribbons *r, grid_error *err) {
    GRID_TRY(maker_group(m, err));
    GRID_TRY(maker_find_ribbons(m, r, err));
    return r->any ? maker_share(m, r, rounds, err) : GRID_OK;
}

/* Draws the middle of the ribbons that may be shared after `shared` rounds and nodes it in. */
static grid_status draw_round(maker *m, unsigned shared, bool *any, grid_error *err) {
    ribbons r = {0};
    grid_segment *line = NULL;
    size_t n = 0;
    grid_status status = group_and_share(m, shared, &r, err);
    *any = r.any;
    if (status == GRID_OK && r.any)
        status = maker_draw_midlines(m, r.gives, &r, &line, &n, err);
    if (status == GRID_OK && n > 0)
        status = arrangement_refine(&m->a, line, n, err);
    maker_clear_faces(m);
    ribbons_free(&r);
    free(line);
    return status;
}

static grid_status draw_ribbons(maker *m, grid_error *err) {
    bool more = true;
    for (unsigned shared = 0; more; shared++)
        GRID_TRY(draw_round(m, shared, &more, err));
    return GRID_OK;
}

/* Whole cells. */
static grid_status make_blocks(maker *m, grid_error *err) {
    ribbons r = {0};
    grid_status status = group_and_share(m, UINT_MAX, &r, err);
    ribbons_free(&r);
    return status;
}

/* Draws lines between the buildings of large cells and nodes them in. */
static grid_status draw_cuts(maker *m, grid_error *err) {
    bool *cut = NULL, any = false;
    grid_segment *line = NULL;
    size_t n = 0;
    grid_status status = make_blocks(m, err);
    if (status == GRID_OK)
        status = maker_choose_cuts(m, &cut, &any, err);
    if (status == GRID_OK && any)
        status = maker_draw_midlines(m, cut, NULL, &line, &n, err);
    if (status == GRID_OK && n > 0)
        status = arrangement_refine(&m->a, line, n, err);
    maker_clear_faces(m);
    free(cut);
    free(line);
    return status;
}

static grid_status split_cells(maker *m, grid_error *err) {
    bool *cut = NULL, any = false;
    grid_status status = maker_choose_cuts(m, &cut, &any, err);
    if (status == GRID_OK && any)
        status = maker_split(m, cut, err);
    free(cut);
    return status;
}

/* --------------------------------------------------------------------------------------- */

static grid_status run(maker *m, grid_cells *out, grid_error *err) {
    grid_report_progress(m->ctx, "noding", 0);
    GRID_TRY(arrangement_build(m->in, m->ctx, &m->a, err));
    m->cell_of_household = GRID_NEW(uint32_t, m->in->household->n);
    if (m->cell_of_household == NULL)
        return grid_fail_nomem(err);
    grid_report_progress(m->ctx, "ribbons", .2);
    GRID_TRY(quietly(m, draw_ribbons, err));
    grid_report_progress(m->ctx, "cutting", .4);
    bool cuts = m->in->cut_above > 0 || m->in->household_unit != NULL;
    if (cuts)
        GRID_TRY(quietly(m, draw_cuts, err));
    grid_report_progress(m->ctx, "cells", .7);
    GRID_TRY(make_blocks(m, err));
    if (cuts)
        GRID_TRY(split_cells(m, err));
    GRID_TRY(households_report(&m->a, &m->notes, err));
    GRID_TRY(maker_write(m, out, err));
    grid_report_progress(m->ctx, "cells", 1);
    return GRID_OK;
}

grid_status grid_cells_build(const grid_cells_input *input, const grid_context *ctx,
                             grid_cells **out, grid_error *err) {
    *out = NULL;
    GRID_TRY(check_input(input, err));
    grid_cells *cells = GRID_NEW(grid_cells, 1);
    if (cells == NULL)
        return grid_fail_nomem(err);
    maker m = {.in = input, .ctx = ctx, .asked = ctx};
    grid_status status = run(&m, cells, err);
    maker_clear_faces(&m);
    arrangement_free(&m.a);
    free(m.cell_of_household);
    if (status == GRID_OK)
        *out = cells;
    else
        grid_cells_free(cells);
    return status;
}

void grid_cells_free(grid_cells *cells) {
    if (cells == NULL)
        return;
    grid_plane_free(cells->plane);
    free(cells->cell_of_face);
    free(cells->street);
    free(cells->community);
    free(cells->compound);
    free(cells->extended);
    free(cells->block);
    free(cells->households);
    free(cells->persons);
    free(cells->area_m2);
    free(cells->edge_class);
    free(cells->edge_barrier);
    free(cells->barrier_name);
    free(cells->border);
    free(cells->street_of_community);
    free(cells->cell_of_household);
    free(cells);
}
