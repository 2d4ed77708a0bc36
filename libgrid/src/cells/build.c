/*
 * From layers to cells: node everything once, label the faces, join faces that no barrier
 * parts, put the households in, and keep of the graph what runs between cells.
 */
#include "cells/cells.h"

#include "base/base.h"

#include <math.h>

/* Groups of faces narrower than this are left over between lines that mean the same. */
static const double SLIVER_M = 1;
/* Cells without households narrower than this are ribbons along a road or a wall. */
static const double RIBBON_M = 15;
/* Household areas that cover this much of the streets are meant as cells. */
static const double COVERING = .99;

typedef struct maker {
    const grid_cells_input *in;
    const grid_context *ctx;
    arrangement a;
    territory t;
    face_cover compounds, extended, households;
    bool given;
    /* per face */
    uint32_t *compound, *special, *area; /* area: the household area, where those are the cells */
    uint32_t *root;                      /* groups of faces that become cells */
    uint32_t *cell;
    double *width_m; /* per root */
    uint32_t n_cells;
    uint32_t *cell_of_household;
} maker;

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
    const maker *m = user;
    const face_cover *cover = &m->households;
    for (uint32_t i = 0; i < cover->count[f]; i++)
        if (cover->entry[cover->start[f] + i].feature == label)
            return true;
    return false;
}

/* Any area, but not across a community's border: settle_faces asks edge by edge, so that is
 * seen to by grouping afterwards. */
static bool any_label(const void *user, uint32_t f, uint32_t label) {
    (void)user;
    (void)f;
    (void)label;
    return true;
}

static grid_status label_areas(maker *m, grid_error *err) {
    const uint32_t *rank = m->a.layer[LAYER_HOUSEHOLD].rank;
    double overlap_m2 = 0, gap_m2 = 0;
    for (uint32_t f = 0; f < m->a.plane->n_faces; f++) {
        uint32_t n = m->households.count[f];
        m->area[f] = m->t.street[f] == GRID_NONE ? GRID_NONE
                     : n == 1 ? m->households.entry[m->households.start[f]].feature
                              : UNDECIDED;
        if (m->area[f] == UNDECIDED)
            *(n > 0 ? &overlap_m2 : &gap_m2) += m->a.plane->face_area_m2[f];
    }
    settle_rule rule = {.allowed = area_covers, .rank = rank, .user = m};
    GRID_TRY(settle_faces(&m->a, &rule, m->area, err));
    rule.allowed = any_label;
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
    GRID_TRY(face_cover_build(&m->a, LAYER_COMPOUND, &m->compounds, err));
    GRID_TRY(face_cover_build(&m->a, LAYER_EXTENDED, &m->extended, err));
    GRID_TRY(face_cover_build(&m->a, LAYER_HOUSEHOLD, &m->households, err));
    m->compound = label_by_rank(m, &m->compounds, LAYER_COMPOUND);
    m->special = label_by_rank(m, &m->extended, LAYER_EXTENDED);
    if (m->compound == NULL || m->special == NULL)
        return grid_fail_nomem(err);
    m->given = areas_are_cells(m);
    if (m->given)
        return label_areas(m, err);
    for (uint32_t f = 0; f < m->a.plane->n_faces; f++)
        m->area[f] = 0;
    return GRID_OK;
}

/* ---- groups --------------------------------------------------------------------------- */

static bool is_alike(const maker *m, uint32_t f, uint32_t g) {
    return m->t.community[f] == m->t.community[g] && m->t.street[f] == m->t.street[g] &&
           m->compound[f] == m->compound[g] && m->special[f] == m->special[g] &&
           m->area[f] == m->area[g];
}

static bool is_barrier(const maker *m, uint32_t edge) {
    uint32_t feature;
    for (size_t i = m->a.edge_piece[edge]; i < m->a.edge_piece[edge + 1]; i++)
        if (piece_layer(&m->a, i, &feature) >= LAYER_BARRIER)
            return true;
    return false;
}

static void group_faces(maker *m) {
    const grid_plane *plane = m->a.plane;
    for (uint32_t f = 0; f < plane->n_faces; f++)
        m->root[f] = f;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t left = plane->face[2 * e], right = plane->face[2 * e + 1];
        if (m->t.street[left] != GRID_NONE && is_alike(m, left, right) &&
            (m->given || !is_barrier(m, e)))
            join_faces(m->root, left, right);
    }
}

static bool same_territory(const void *user, uint32_t f, uint32_t label) {
    const maker *m = user; /* the label is a group: its smallest face speaks for it */
    return m->t.community[f] == m->t.community[label] && m->t.street[f] == m->t.street[label] &&
           m->special[f] == m->special[label];
}

/* Soft borders hold groups together more than hard ones. */
static double softness(const void *user, uint32_t edge) {
    const maker *m = user;
    uint32_t barrier;
    uint8_t border_class = edge_barrier_class(&m->a, edge, &barrier);
    return edge_length_mm(m->a.plane, edge) * (1 + border_class);
}

/* Gives the faces of groups for which `leave` holds to their neighbours. */
static grid_status give_away(maker *m, const bool *leave, const char *kind, grid_error *err) {
    const grid_plane *plane = m->a.plane;
    uint32_t *label = GRID_NEW(uint32_t, plane->n_faces);
    if (label == NULL)
        return grid_fail_nomem(err);
    for (uint32_t f = 0; f < plane->n_faces; f++) {
        uint32_t root = join_find(m->root, f);
        label[f] = m->t.street[f] == GRID_NONE ? GRID_NONE : leave[root] ? UNDECIDED : root;
    }
    const settle_rule rule = {.allowed = same_territory, .weight = softness, .user = m};
    grid_status status = settle_faces(&m->a, &rule, label, err);
    double moved_m2 = 0;
    for (uint32_t f = 1; status == GRID_OK && f < plane->n_faces; f++) {
        uint32_t root = join_find(m->root, f);
        if (label[f] < UNDECIDED && leave[root] && label[f] != root) {
            moved_m2 += plane->face_area_m2[f];
            m->compound[f] = m->compound[label[f]];
            m->area[f] = m->area[label[f]];
        }
    }
    /* Groups afresh: what was given away joins its receiver, the rest stays together. */
    for (uint32_t f = 0; status == GRID_OK && f < plane->n_faces; f++)
        if (label[f] == UNDECIDED)
            label[f] = join_find(m->root, f);
    for (uint32_t f = 0; status == GRID_OK && f < plane->n_faces; f++)
        m->root[f] = f;
    for (uint32_t e = 0; status == GRID_OK && e < plane->n_edges; e++) {
        uint32_t left = plane->face[2 * e], right = plane->face[2 * e + 1];
        if (label[left] != GRID_NONE && label[left] == label[right])
            join_faces(m->root, left, right);
    }
    free(label);
    if (status == GRID_OK && moved_m2 > 0)
        grid_find_at(m->ctx, GRID_NOTE, kind, "cells", moved_m2, "m2", NAN, NAN,
                     "strips without households joined the cell beside them");
    return status;
}

static grid_status drop_slivers(maker *m, grid_error *err) {
    bool *leave = GRID_NEW(bool, m->a.plane->n_faces);
    if (leave == NULL)
        return grid_fail_nomem(err);
    grid_status status = group_widths_m(&m->a, m->root, m->width_m, err);
    for (uint32_t f = 0; status == GRID_OK && f < m->a.plane->n_faces; f++)
        leave[f] = m->width_m[f] < SLIVER_M;
    if (status == GRID_OK)
        status = give_away(m, leave, "sliver-joined", err);
    free(leave);
    return status;
}

/* Numbers the groups by their smallest face. */
static void number_cells(maker *m) {
    m->n_cells = 0;
    for (uint32_t f = 0; f < m->a.plane->n_faces; f++) {
        uint32_t root = join_find(m->root, f);
        m->cell[f] = m->t.street[f] == GRID_NONE ? GRID_NONE
                     : root == f                 ? m->n_cells++
                                                 : m->cell[root];
    }
}

/* Ribbons can be told only when it is known who lives where. */
static grid_status drop_ribbons(maker *m, grid_error *err) {
    const grid_plane *plane = m->a.plane;
    bool *lived_in = GRID_NEW(bool, m->n_cells), *leave = GRID_NEW(bool, plane->n_faces);
    grid_status status = lived_in == NULL || leave == NULL
                             ? grid_fail_nomem(err)
                             : group_widths_m(&m->a, m->root, m->width_m, err);
    if (status == GRID_OK) {
        for (size_t i = 0; i < m->in->household->n; i++)
            if (m->cell_of_household[i] != GRID_NONE)
                lived_in[m->cell_of_household[i]] = true;
        for (uint32_t f = 0; f < plane->n_faces; f++)
            leave[f] = m->cell[f] != GRID_NONE && m->width_m[f] < RIBBON_M && !lived_in[m->cell[f]];
        status = give_away(m, leave, "ribbon-joined", err);
    }
    free(lived_in);
    free(leave);
    return status;
}

/* A cell takes its households along when it gets another number. */
static grid_status renumber_cells(maker *m, grid_error *err) {
    uint32_t *now = GRID_NEW(uint32_t, m->n_cells);
    uint32_t *before = GRID_NEW(uint32_t, m->a.plane->n_faces);
    bool ok = now != NULL && before != NULL;
    if (ok) {
        for (uint32_t f = 0; f < m->a.plane->n_faces; f++)
            before[f] = m->cell[f];
        number_cells(m);
        for (uint32_t f = 0; f < m->a.plane->n_faces; f++)
            if (before[f] != GRID_NONE)
                now[before[f]] = m->cell[f]; /* an inhabited cell lost no face */
        for (size_t i = 0; i < m->in->household->n; i++)
            if (m->cell_of_household[i] != GRID_NONE)
                m->cell_of_household[i] = now[m->cell_of_household[i]];
    }
    free(now);
    free(before);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

static grid_status make_cells(maker *m, grid_error *err) {
    GRID_TRY(label_faces(m, err));
    group_faces(m);
    GRID_TRY(drop_slivers(m, err));
    number_cells(m);
    GRID_TRY(households_assign(&m->a, &m->households, m->cell, m->cell_of_household, err));
    if (m->given)
        return GRID_OK;
    GRID_TRY(drop_ribbons(m, err));
    return renumber_cells(m, err);
}

/* ---- the result ----------------------------------------------------------------------- */

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
    out->households = GRID_NEW(int64_t, m->n_cells);
    out->persons = GRID_NEW(int64_t, m->n_cells);
    out->area_m2 = GRID_NEW(double, m->n_cells);
    out->edge_class = GRID_NEW(uint8_t, out->plane->n_edges);
    out->edge_barrier = GRID_NEW(uint32_t, out->plane->n_edges);
    return out->cell_of_face != NULL && out->street != NULL && out->community != NULL &&
           out->compound != NULL && out->extended != NULL && out->households != NULL &&
           out->persons != NULL && out->area_m2 != NULL && out->edge_class != NULL &&
           out->edge_barrier != NULL;
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
        out->extended[cell] = m->special[f];
    }
    for (uint32_t f = 1; f < plane->n_faces; f++)
        if (out->cell_of_face[f] != GRID_NONE)
            out->area_m2[out->cell_of_face[f]] += plane->face_area_m2[f];
    for (uint32_t e = 0; e < plane->n_edges; e++)
        out->edge_class[e] = edge_barrier_class(&m->a, plane->source[e], &out->edge_barrier[e]);
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

static int compare_borders(const void *a, const void *b) {
    const grid_cell_border *s = a, *t = b;
    if (s->left != t->left)
        return s->left < t->left ? -1 : 1;
    if (s->right != t->right)
        return s->right < t->right ? -1 : 1;
    return (s->border_class > t->border_class) - (s->border_class < t->border_class);
}

static bool list_borders(grid_cells *out) {
    const grid_plane *plane = out->plane;
    out->border = GRID_NEW(grid_cell_border, plane->n_edges);
    if (out->border == NULL)
        return false;
    size_t n = 0;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t left = out->cell_of_face[plane->face[2 * e]];
        uint32_t right = out->cell_of_face[plane->face[2 * e + 1]];
        if (left != GRID_NONE && right != GRID_NONE)
            out->border[n++] = (grid_cell_border){left < right ? left : right,
                                                  left < right ? right : left, out->edge_class[e],
                                                  llround(edge_length_mm(plane, e))};
    }
    qsort(out->border, n, sizeof *out->border, compare_borders);
    for (size_t i = 0; i < n; i++)
        if (out->n_borders > 0 &&
            compare_borders(&out->border[out->n_borders - 1], &out->border[i]) == 0)
            out->border[out->n_borders - 1].length_mm += out->border[i].length_mm;
        else
            out->border[out->n_borders++] = out->border[i];
    return true;
}

static bool list_names(const grid_cells_input *in, grid_cells *out) {
    size_t n = 0;
    for (size_t l = 0; l < in->n_barriers; l++)
        n += in->barriers[l].shapes->n;
    out->barrier_name = GRID_NEW(const char *, n);
    if (out->barrier_name == NULL)
        return false;
    for (size_t l = 0; l < in->n_barriers; l++)
        for (size_t f = 0; f < in->barriers[l].shapes->n; f++)
            out->barrier_name[out->n_barrier_names++] = in->barriers[l].name != NULL
                                                            ? in->barriers[l].name[f]
                                                            : NULL;
    return true;
}

static grid_status write_cells(maker *m, grid_cells *out, grid_error *err) {
    GRID_TRY(keep_borders(m, out, err));
    if (!allocate_cells(m, out))
        return grid_fail_nomem(err);
    describe_cells(m, out);
    GRID_TRY(count_households(m, out, err));
    if (!list_borders(out) || !list_names(m->in, out))
        return grid_fail_nomem(err);
    out->n_communities = m->t.n_communities;
    out->n_streets = (uint32_t)m->in->street->n;
    out->street_of_community = m->t.street_of_community;
    m->t.street_of_community = NULL;
    return GRID_OK;
}

/* --------------------------------------------------------------------------------------- */

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

static grid_status run(maker *m, grid_cells *out, grid_error *err) {
    grid_report_progress(m->ctx, "noding", 0);
    GRID_TRY(arrangement_build(m->in, m->ctx, &m->a, err));
    size_t n = m->a.plane->n_faces;
    m->area = GRID_NEW(uint32_t, n);
    m->root = GRID_NEW(uint32_t, n);
    m->cell = GRID_NEW(uint32_t, n);
    m->width_m = GRID_NEW(double, n);
    m->cell_of_household = GRID_NEW(uint32_t, m->in->household->n);
    if (m->area == NULL || m->root == NULL || m->cell == NULL || m->width_m == NULL ||
        m->cell_of_household == NULL)
        return grid_fail_nomem(err);
    grid_report_progress(m->ctx, "cells", .5);
    GRID_TRY(territory_build(&m->a, &m->t, err));
    GRID_TRY(make_cells(m, err));
    GRID_TRY(write_cells(m, out, err));
    grid_report_progress(m->ctx, "cells", 1);
    return GRID_OK;
}

static void free_maker(maker *m) {
    arrangement_free(&m->a);
    territory_free(&m->t);
    face_cover_free(&m->compounds);
    face_cover_free(&m->extended);
    face_cover_free(&m->households);
    free(m->compound);
    free(m->special);
    free(m->area);
    free(m->root);
    free(m->cell);
    free(m->width_m);
    free(m->cell_of_household);
}

grid_status grid_cells_build(const grid_cells_input *input, const grid_context *ctx,
                             grid_cells **out, grid_error *err) {
    *out = NULL;
    GRID_TRY(check_input(input, err));
    grid_cells *cells = GRID_NEW(grid_cells, 1);
    if (cells == NULL)
        return grid_fail_nomem(err);
    maker m = {.in = input, .ctx = ctx};
    grid_status status = run(&m, cells, err);
    free_maker(&m);
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
