/*
 * Ribbons: narrow ground without households between lines that belong together - the carriageways
 * of one road, the lanes of a roundabout, a wall and the road before it, the area of a road. They
 * are no cells. Each is shared among the cells across its softest borders: between two
 * carriageways along the middle, between a wall and a road by those behind the wall.
 */
#include "cells/maker.h"

#include "base/base.h"

#include <math.h>

/* Uninhabited cells narrower than this are ribbons. */
static const double RIBBON_M = 15;
/* So are wider ones that are long for their width: what lies along a railway, the ring of road
 * around a campus. As one cell each would lead a grid past all its neighbours. */
static const double STRIP_M = 50;
static const double LONG = 8; /* times its width */
/* A class of border counts when it takes this share of a ribbon's rim. */
static const double GOOD_PART = .15;

/* ---- which cells are ribbons ---------------------------------------------------------- */

static bool is_road(uint8_t border_class) {
    return border_class == GRID_BORDER_EXPRESSWAY || border_class == GRID_BORDER_ARTERIAL ||
           border_class == GRID_BORDER_ROAD || border_class == GRID_BORDER_LANE;
}

/* Adds up, per cell, the area that road polygons cover. */
static grid_status measure_road_ground(const maker *m, double *road_m2, grid_error *err) {
    for (size_t l = LAYER_BARRIER; l < m->a.n_layers; l++) {
        face_cover cover;
        GRID_TRY(face_cover_build(&m->a, l, &cover, err));
        const uint8_t *border_class = m->in->barriers[l - LAYER_BARRIER].border_class;
        for (uint32_t f = 0; f < m->a.plane->n_faces; f++)
            if (m->cell[f] != GRID_NONE && cover.count[f] > 0 &&
                is_road(border_class[cover.entry[cover.start[f]].feature]))
                road_m2[m->cell[f]] += m->a.plane->face_area_m2[f];
        face_cover_free(&cover);
    }
    return GRID_OK;
}

/* Width is twice the area by the rim, so the length of a strip is half the rim. */
static bool is_narrow(double width_m, double area_m2) {
    return width_m < RIBBON_M || (width_m < STRIP_M && area_m2 > LONG * width_m * width_m);
}

static grid_status mark_ribbons(const maker *m, ribbons *r, grid_error *err) {
    uint32_t n_faces = m->a.plane->n_faces;
    double *width = GRID_NEW(double, n_faces), *road_m2 = GRID_NEW(double, m->n_cells);
    double *area = GRID_NEW(double, m->n_cells);
    bool *lived_in = GRID_NEW(bool, m->n_cells);
    grid_status status = width && road_m2 && area && lived_in ? GRID_OK : grid_fail_nomem(err);
    if (status == GRID_OK)
        status = group_widths_m(&m->a, m->root, width, err);
    if (status == GRID_OK)
        status = measure_road_ground(m, road_m2, err);
    for (size_t i = 0; status == GRID_OK && i < m->in->household->n; i++)
        if (m->cell_of_household[i] != GRID_NONE)
            lived_in[m->cell_of_household[i]] |= m->in->household->kind[i] != GRID_SHAPE_AREA ||
                                                 m->in->households[i] > 0 ||
                                                 m->notes.elsewhere_m2[i] == 0;
    for (uint32_t f = 0; status == GRID_OK && f < n_faces; f++)
        if (m->cell[f] != GRID_NONE)
            area[m->cell[f]] += m->a.plane->face_area_m2[f];
    for (uint32_t f = 0; status == GRID_OK && f < n_faces; f++) {
        uint32_t cell = m->cell[f], root = join_find(m->root, f);
        r->left[f] = cell != GRID_NONE && !lived_in[cell] &&
                     (is_narrow(width[root], area[cell]) || road_m2[cell] > area[cell] / 2);
    }
    free(width);
    free(road_m2);
    free(area);
    free(lived_in);
    return status;
}

/* ---- who receives them ---------------------------------------------------------------- */

/*
 * Extended areas reach to the middle of the road as all else does: no ring is left around them,
 * unless it is what joins a block among them to the rest.
 */
static bool may_take(const maker *m, const ribbons *r, uint32_t receiver, uint32_t f) {
    return !r->left[receiver] && (maker_is_one_territory(m, receiver, f) ||
                                  (m->extended[f] == GRID_NONE && !r->joins[f] &&
                                   m->t.street[f] == m->t.street[receiver] &&
                                   m->t.community[f] == m->t.community[receiver]));
}

static bool may_receive(const maker *m, const ribbons *r, uint32_t h) {
    uint32_t f = m->a.plane->face[h], across = m->a.plane->face[h ^ 1];
    return m->cell[across] != GRID_NONE && m->cell[f] != m->cell[across] &&
           may_take(m, r, across, f);
}

static uint8_t class_of(const maker *m, uint32_t edge) {
    uint32_t name;
    return edge_border_class(&m->a, edge, &name);
}

/* Which ribbons have somebody to go to by now, and across which borders. */
static grid_status find_softest(const maker *m, ribbons *r, grid_error *err) {
    enum { N = GRID_BORDER_CLASSES };
    double *rim = GRID_NEW(double, (size_t)m->n_cells *N);
    if (rim == NULL)
        return grid_fail_nomem(err);
    for (uint32_t h = 0; h < 2 * m->a.plane->n_edges; h++)
        if (r->left[m->a.plane->face[h]] && may_receive(m, r, h))
            rim[(size_t)m->cell[m->a.plane->face[h]] * N + class_of(m, h / 2)] += edge_length_mm(
                m->a.plane, h / 2);
    r->any = false;
    for (uint32_t cell = 0; cell < m->n_cells; cell++) {
        double all = 0;
        r->softest[cell] = 0;
        for (int k = 0; k < N; k++)
            all += rim[(size_t)cell * N + (size_t)k];
        for (uint8_t k = 0; k < N; k++)
            if (rim[(size_t)cell * N + k] > GOOD_PART * all)
                r->softest[cell] = k;
        r->gives[cell] = all > 0;
        r->any |= r->gives[cell];
    }
    free(rim);
    return GRID_OK;
}

bool ribbon_gives(const maker *m, const ribbons *r, uint32_t h) {
    return may_receive(m, r, h) && class_of(m, h / 2) == r->softest[m->cell[m->a.plane->face[h]]];
}

grid_status maker_find_ribbons(const maker *m, ribbons *out, grid_error *err) {
    uint32_t n = m->a.plane->n_faces; /* no fewer than cells, however these are grouped */
    *out = (ribbons){GRID_NEW(bool, n), GRID_NEW(bool, n), GRID_NEW(bool, n), GRID_NEW(uint8_t, n),
                     false};
    if (!out->left || !out->joins || !out->gives || !out->softest)
        return grid_fail_nomem(err);
    if (m->given)
        return GRID_OK;
    GRID_TRY(mark_ribbons(m, out, err));
    return find_softest(m, out, err);
}

void ribbons_free(ribbons *r) {
    free(r->left);
    free(r->joins);
    free(r->gives);
    free(r->softest);
    *r = (ribbons){0};
}

/* ---- sharing -------------------------------------------------------------------------- */

typedef struct sharing {
    const maker *m;
    const ribbons *r;
} sharing;

static bool same_territory(const void *user, uint32_t f, uint32_t label) {
    const sharing *s = user;
    return may_take(s->m, s->r, label, f);
}

/* Across a soft border, or inside a ribbon; its drawn middle parts, and so do harder borders. */
static double attraction(const void *user, uint32_t edge) {
    const sharing *s = user;
    const grid_plane *plane = s->m->a.plane;
    if (edge_is_middle(&s->m->a, edge))
        return 0;
    uint32_t side[] = {s->m->cell[plane->face[2 * edge]], s->m->cell[plane->face[2 * edge + 1]]};
    bool soft = side[0] == side[1];
    for (int i = 0; i < 2; i++)
        soft |= side[i] != GRID_NONE && s->r->gives[side[i]] &&
                class_of(s->m, edge) == s->r->softest[side[i]];
    return soft ? edge_length_mm(plane, edge) : 0;
}

/* Labels each face of a ribbon with its receiver, each other one with its own group. */
static grid_status choose_receivers(const maker *m, const ribbons *r, uint32_t *label,
                                    grid_error *err) {
    uint32_t n = m->a.plane->n_faces;
    for (uint32_t f = 0; f < n; f++)
        label[f] = m->cell[f] == GRID_NONE              ? GRID_NONE
                   : r->left[f] && r->gives[m->cell[f]] ? UNDECIDED
                                                        : join_find(m->root, f);
    const sharing s = {m, r};
    settle_rule rule = {.allowed = same_territory, .weight = attraction, .user = &s};
    GRID_TRY(settle_faces(&m->a, &rule, label, err));
    rule.weight = NULL; /* what no receiver reaches goes to anything beside it */
    GRID_TRY(settle_faces(&m->a, &rule, label, err));
    for (uint32_t f = 0; f < n; f++)
        if (label[f] == UNDECIDED) /* nothing beside it: it stays a cell */
            label[f] = join_find(m->root, f);
    return GRID_OK;
}

/* Again and again until nothing is cut off: each round leaves more ground where it was. */
static grid_status share_together(const maker *m, ribbons *r, uint32_t *label, grid_error *err) {
    bool more = false;
    do {
        GRID_TRY(choose_receivers(m, r, label, err));
        GRID_TRY(maker_find_joints(m, label, r->joins, &more, err));
    } while (more);
    return GRID_OK;
}

/* Ribbons that have somebody beside them go there; others may after that. */
static grid_status share_once(maker *m, ribbons *r, double *moved_m2, grid_error *err) {
    uint32_t n = m->a.plane->n_faces, *label = GRID_NEW(uint32_t, n);
    if (label == NULL)
        return grid_fail_nomem(err);
    grid_status status = share_together(m, r, label, err);
    if (status == GRID_OK) {
        for (uint32_t f = 0; f < n; f++)
            if (r->left[f] && r->gives[m->cell[f]])
                r->left[f] = label[f] == join_find(m->root, f);
        *moved_m2 += maker_regroup(m, label);
        status = maker_renumber(m, err);
    }
    if (status == GRID_OK)
        status = find_softest(m, r, err);
    free(label);
    return status;
}

grid_status maker_share(maker *m, ribbons *r, unsigned rounds, grid_error *err) {
    double moved_m2 = 0;
    for (unsigned i = 0; i < rounds && r->any; i++)
        GRID_TRY(share_once(m, r, &moved_m2, err));
    if (moved_m2 > 0)
        grid_find_at(m->ctx, GRID_NOTE, "ribbon-joined", "cells", moved_m2, "m2", NAN, NAN,
                     "narrow strips without households joined the cells beside them");
    return maker_assign(m, err);
}
