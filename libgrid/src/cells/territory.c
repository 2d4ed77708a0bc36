/*
 * Streets and communities of the faces. The street outline wins: communities are fitted to it.
 * What no community covers, or several do, goes to the neighbour with the longest common border;
 * so do shreds that cling to a community by less than their own width.
 */
#include "cells/cells.h"

#include "base/base.h"

#include <math.h>
#include <stdio.h>

/* A part of a community narrower than this, apart from its body, is left over from drawing. */
static const double SHRED_M = 1;

/* Outlines drawn by different hands are apart by less than this mean width; what is wider is a
 * place that somebody forgot, or that two claim. */
static const double WIDE_M = 5;

/* Places of one community that no community covered, or several did. */
typedef struct misfit {
    double area_m2, wide_m2;
    double largest_m2; /* of the faces that are wide, and a point in it */
    grid_xy place;
} misfit;

typedef struct fitting {
    const arrangement *a;
    territory *t;
    face_cover street, community;
    uint32_t *root;                /* per face: groups of one community */
    double *width_m;               /* per root */
    uint32_t *before;              /* per face: community before shreds were moved */
    misfit *gap, *overlap;         /* per community */
    double *outside_m2, *shred_m2; /* per community */
} fitting;

/* ---- streets -------------------------------------------------------------------------- */

static bool covers(const face_cover *cover, uint32_t f, uint32_t feature) {
    for (uint32_t i = 0; i < cover->count[f]; i++)
        if (cover->entry[cover->start[f] + i].feature == feature)
            return true;
    return false;
}

static bool street_covers(const void *user, uint32_t f, uint32_t label) {
    return covers(&((const fitting *)user)->street, f, label);
}

static uint32_t first_by_rank(const face_cover *cover, const uint32_t *rank, uint32_t f) {
    uint32_t best = cover->entry[cover->start[f]].feature;
    for (uint32_t i = 1; i < cover->count[f]; i++) {
        uint32_t other = cover->entry[cover->start[f] + i].feature;
        if (rank[other] < rank[best])
            best = other;
    }
    return best;
}

static grid_status find_streets(fitting *fit, grid_error *err) {
    const arrangement *a = fit->a;
    const uint32_t *rank = a->layer[LAYER_STREET].rank;
    uint32_t *street = fit->t->street;
    for (uint32_t f = 0; f < a->plane->n_faces; f++)
        street[f] = fit->street.count[f] == 0   ? GRID_NONE
                    : fit->street.count[f] == 1 ? fit->street.entry[fit->street.start[f]].feature
                                                : UNDECIDED;
    const settle_rule rule = {.allowed = street_covers, .rank = rank, .user = fit};
    GRID_TRY(settle_faces(a, &rule, street, err));
    double overlap_m2 = 0;
    bool *has_area = GRID_NEW(bool, a->input->street->n);
    if (has_area == NULL)
        return grid_fail_nomem(err);
    for (uint32_t f = 0; f < a->plane->n_faces; f++) {
        if (street[f] == UNDECIDED)
            street[f] = first_by_rank(&fit->street, rank, f);
        if (fit->street.count[f] > 1)
            overlap_m2 += a->plane->face_area_m2[f];
        if (street[f] != GRID_NONE)
            has_area[street[f]] = true;
    }
    size_t empty = 0;
    while (empty < a->input->street->n && has_area[empty])
        empty++;
    free(has_area);
    if (empty < a->input->street->n)
        return grid_fail(err, GRID_E_INPUT, "", "street feature %zu has no area", empty + 1);
    if (overlap_m2 > 0)
        grid_find_at(a->ctx, GRID_WARNING, "street-overlap", "street", overlap_m2, "m2", NAN, NAN,
                     "streets overlap; each place went to the neighbour with the longest border");
    return GRID_OK;
}

/* ---- communities ---------------------------------------------------------------------- */

/* The street that has most of each community. */
static grid_status match_communities(fitting *fit, grid_error *err) {
    const arrangement *a = fit->a;
    size_t n_streets = a->input->street->n, n = fit->t->n_communities;
    double *area = GRID_NEW(double, n *n_streets);
    if (area == NULL)
        return grid_fail_nomem(err);
    for (uint32_t f = 0; f < a->plane->n_faces; f++)
        for (uint32_t i = 0; i < fit->community.count[f]; i++)
            if (fit->t->street[f] != GRID_NONE)
                area[fit->community.entry[fit->community.start[f] + i].feature * n_streets +
                     fit->t->street[f]] += a->plane->face_area_m2[f];
    const uint32_t *rank = a->layer[LAYER_STREET].rank;
    for (uint32_t c = 0; c < n; c++) {
        uint32_t best = GRID_NONE;
        for (uint32_t s = 0; s < n_streets; s++) {
            double mine = area[c * n_streets + s];
            double most = best == GRID_NONE ? 0 : area[c * n_streets + best];
            if (mine > most || (mine == most && mine > 0 && rank[s] < rank[best]))
                best = s;
        }
        fit->t->street_of_community[c] = best;
    }
    free(area);
    return GRID_OK;
}

static bool in_street(const fitting *fit, uint32_t f, uint32_t community) {
    return fit->t->street_of_community[community] == fit->t->street[f];
}

static bool same_street(const void *user, uint32_t f, uint32_t label) {
    return in_street(user, f, label);
}

static bool community_covers(const void *user, uint32_t f, uint32_t label) {
    const fitting *fit = user;
    return in_street(fit, f, label) && covers(&fit->community, f, label);
}

/* The communities of this street over a face: how many, and one of them. */
static uint32_t candidates(const fitting *fit, uint32_t f, uint32_t *one) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < fit->community.count[f]; i++) {
        uint32_t c = fit->community.entry[fit->community.start[f] + i].feature;
        if (in_street(fit, f, c)) {
            *one = c;
            n++;
        }
    }
    return n;
}

/* Of the communities of this street over a face the first in rank; UNDECIDED without any. */
static uint32_t first_candidate(const fitting *fit, const uint32_t *rank, uint32_t f) {
    uint32_t best = UNDECIDED;
    for (uint32_t i = 0; i < fit->community.count[f]; i++) {
        uint32_t c = fit->community.entry[fit->community.start[f] + i].feature;
        if (in_street(fit, f, c) && (best == UNDECIDED || rank[c] < rank[best]))
            best = c;
    }
    return best;
}

static void note_outside(fitting *fit, uint32_t f) {
    for (uint32_t i = 0; i < fit->community.count[f]; i++) {
        uint32_t c = fit->community.entry[fit->community.start[f] + i].feature;
        if (fit->t->street[f] == GRID_NONE || !in_street(fit, f, c))
            fit->outside_m2[c] += fit->a->plane->face_area_m2[f];
    }
}

/* The kind of misfit that a face belongs to; NULL for none. */
static misfit *misfit_of(const fitting *fit, uint32_t f) {
    const uint32_t community = fit->t->community[f];
    uint32_t one = 0, n = community < UNDECIDED ? candidates(fit, f, &one) : 1;
    return n == 1 ? NULL : n == 0 ? &fit->gap[community] : &fit->overlap[community];
}

static void group_misfits(fitting *fit) {
    const grid_plane *plane = fit->a->plane;
    for (uint32_t f = 0; f < plane->n_faces; f++)
        fit->root[f] = f;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        const uint32_t left = plane->face[2 * e], right = plane->face[2 * e + 1];
        const misfit *is = misfit_of(fit, left);
        if (is != NULL && is == misfit_of(fit, right))
            join_faces(fit->root, left, right);
    }
}

static grid_status note_misfits(fitting *fit, grid_error *err) {
    const grid_plane *plane = fit->a->plane;
    group_misfits(fit);
    GRID_TRY(group_widths_m(fit->a, fit->root, fit->width_m, err));
    for (uint32_t f = 0; f < plane->n_faces; f++) {
        const double area = plane->face_area_m2[f];
        misfit *is = misfit_of(fit, f);
        note_outside(fit, f);
        if (is == NULL)
            continue;
        is->area_m2 += area;
        if (fit->width_m[join_find(fit->root, f)] < WIDE_M)
            continue;
        is->wide_m2 += area;
        if (area > is->largest_m2) {
            is->largest_m2 = area;
            is->place = plane->face_point[f];
        }
    }
    return GRID_OK;
}

static grid_status fill_communities(fitting *fit, grid_error *err) {
    const arrangement *a = fit->a;
    uint32_t *community = fit->t->community;
    for (uint32_t f = 0; f < a->plane->n_faces; f++) {
        uint32_t one = GRID_NONE;
        community[f] = fit->t->street[f] == GRID_NONE  ? GRID_NONE
                       : candidates(fit, f, &one) == 1 ? one
                                                       : UNDECIDED;
    }
    const uint32_t *rank = a->layer[LAYER_COMMUNITY].rank;
    settle_rule rule = {.allowed = community_covers, .rank = rank, .user = fit};
    GRID_TRY(settle_faces(a, &rule, community, err));
    /* Where communities lie on one another as a whole, no border tells whose it is. */
    for (uint32_t f = 0; f < a->plane->n_faces; f++)
        if (community[f] == UNDECIDED)
            community[f] = first_candidate(fit, rank, f);
    rule.allowed = same_street;
    return settle_faces(a, &rule, community, err);
}

/* ---- shreds --------------------------------------------------------------------------- */

static void group_communities(fitting *fit) {
    const grid_plane *plane = fit->a->plane;
    for (uint32_t f = 0; f < plane->n_faces; f++)
        fit->root[f] = f;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t left = plane->face[2 * e], right = plane->face[2 * e + 1];
        if (fit->t->community[left] == fit->t->community[right])
            join_faces(fit->root, left, right);
    }
}

static grid_status move_shreds(fitting *fit, grid_error *err) {
    const arrangement *a = fit->a;
    uint32_t *community = fit->t->community;
    group_communities(fit);
    GRID_TRY(group_widths_m(a, fit->root, fit->width_m, err));
    for (uint32_t f = 0; f < a->plane->n_faces; f++) {
        fit->before[f] = community[f];
        if (community[f] < UNDECIDED && fit->width_m[join_find(fit->root, f)] < SHRED_M)
            community[f] = UNDECIDED;
    }
    const settle_rule rule = {
        .allowed = same_street, .rank = a->layer[LAYER_COMMUNITY].rank, .user = fit};
    GRID_TRY(settle_faces(a, &rule, community, err));
    for (uint32_t f = 0; f < a->plane->n_faces; f++) {
        if (community[f] == UNDECIDED)
            community[f] = fit->before[f];
        else if (community[f] != fit->before[f] && fit->before[f] < UNDECIDED)
            fit->shred_m2[community[f]] += a->plane->face_area_m2[f];
    }
    return GRID_OK;
}

/* ---- places that touch no community --------------------------------------------------- */

static double distance(grid_xy p, grid_xy q) {
    return hypot(p.x - q.x, p.y - q.y);
}

/* A part of the street without any community goes to the one with the nearest face. */
static grid_status attach_parts(fitting *fit, grid_error *err) {
    const arrangement *a = fit->a;
    uint32_t *community = fit->t->community;
    for (uint32_t f = 0; f < a->plane->n_faces; f++) {
        if (community[f] != UNDECIDED)
            continue;
        uint32_t nearest = GRID_NONE;
        double best = INFINITY;
        for (uint32_t g = 0; g < a->plane->n_faces; g++) {
            double d = distance(a->plane->face_point[f], a->plane->face_point[g]);
            if (fit->before[g] < UNDECIDED && fit->t->street[g] == fit->t->street[f] && d < best) {
                best = d;
                nearest = g;
            }
        }
        if (nearest == GRID_NONE)
            return grid_fail(err, GRID_E_INPUT, "", "street feature %u has no community",
                             fit->t->street[f] + 1);
        community[f] = fit->before[nearest];
        grid_find_at(a->ctx, GRID_WARNING, "community-part-attached", "community",
                     a->plane->face_area_m2[f], "m2", a->plane->face_point[f].x,
                     a->plane->face_point[f].y,
                     "a part of the street touches no community; it went to the nearest, "
                     "%.0f m away",
                     best);
    }
    return GRID_OK;
}

/* ---- communities without ground ------------------------------------------------------- */

/* A community that is elsewhere, has no usable outline or lies under others could hold no grid. */
static grid_status check_ground(const fitting *fit, grid_error *err) {
    uint32_t n = fit->t->n_communities, n_without = 0, first = 0;
    bool *has_ground = GRID_NEW(bool, n);
    if (has_ground == NULL)
        return grid_fail_nomem(err);
    for (uint32_t f = 0; f < fit->a->plane->n_faces; f++)
        if (fit->t->community[f] != GRID_NONE)
            has_ground[fit->t->community[f]] = true;
    for (uint32_t c = n; c-- > 0;)
        if (!has_ground[c]) {
            first = c;
            n_without++;
        }
    free(has_ground);
    if (n_without == 0)
        return GRID_OK;
    char more[32] = "";
    if (n_without > 1)
        snprintf(more, sizeof more, ", as %u more,", n_without - 1);
    grid_fail(err, GRID_E_INPUT, "",
              "community feature %u%s has no ground of its own in any street", first + 1, more);
    return grid_hint(err, GRID_E_INPUT,
                     "take what lies elsewhere, twice or without an outline out of the layer, or "
                     "add the street");
}

/* --------------------------------------------------------------------------------------- */

static void report(const fitting *fit, uint32_t c, const double *amount, const char *kind,
                   const char *message) {
    char where[32];
    if (amount[c] <= 0)
        return;
    snprintf(where, sizeof where, "community:%u", c + 1);
    grid_find_at(fit->a->ctx, GRID_NOTE, kind, where, amount[c], "m2", NAN, NAN, "%s", message);
}

/* What is wide is nobody's shred: whoever made the layer has to say whose it is. */
static void report_misfit(const fitting *fit, uint32_t c, const misfit *is, const char *kind,
                          const char *message) {
    char where[32];
    snprintf(where, sizeof where, "community:%u", c + 1);
    if (is->wide_m2 > 0)
        grid_find_at(fit->a->ctx, GRID_FAULT, kind, where, is->area_m2, "m2", is->place.x,
                     is->place.y, "%s, %.0f m2 of it wider than %.0f m; it went here", message,
                     is->wide_m2, WIDE_M);
    else if (is->area_m2 > 0)
        grid_find_at(fit->a->ctx, GRID_NOTE, kind, where, is->area_m2, "m2", NAN, NAN,
                     "%s; it went here", message);
}

static grid_status report_moves(const fitting *fit, grid_error *err) {
    const uint32_t *rank = fit->a->layer[LAYER_COMMUNITY].rank;
    uint32_t n = fit->t->n_communities;
    uint32_t *order = GRID_NEW(uint32_t, n);
    if (order == NULL)
        return grid_fail_nomem(err);
    for (uint32_t c = 0; c < n; c++)
        order[rank[c]] = c;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t c = order[i];
        report_misfit(fit, c, &fit->gap[c], "community-gap", "no community covered this");
        report_misfit(fit, c, &fit->overlap[c], "community-overlap",
                      "several communities covered this");
        report(fit, c, fit->outside_m2, "community-outside",
               "lies outside the community's street and was left out");
        report(fit, c, fit->shred_m2, "community-shred",
               "thin shreds of other communities went here");
    }
    free(order);
    return GRID_OK;
}

static grid_status fit_communities(fitting *fit, grid_error *err) {
    const arrangement *a = fit->a;
    territory *t = fit->t;
    size_t n = t->n_communities, n_faces = a->plane->n_faces;
    fit->root = GRID_NEW(uint32_t, n_faces);
    fit->width_m = GRID_NEW(double, n_faces);
    fit->before = GRID_NEW(uint32_t, n_faces);
    fit->gap = GRID_NEW(misfit, n);
    fit->overlap = GRID_NEW(misfit, n);
    fit->outside_m2 = GRID_NEW(double, n);
    fit->shred_m2 = GRID_NEW(double, n);
    if (fit->root == NULL || fit->width_m == NULL || fit->before == NULL || fit->gap == NULL ||
        fit->overlap == NULL || fit->outside_m2 == NULL || fit->shred_m2 == NULL)
        return grid_fail_nomem(err);
    GRID_TRY(face_cover_build(a, LAYER_COMMUNITY, &fit->community, err));
    GRID_TRY(match_communities(fit, err));
    GRID_TRY(fill_communities(fit, err));
    GRID_TRY(note_misfits(fit, err));
    GRID_TRY(move_shreds(fit, err));
    GRID_TRY(attach_parts(fit, err));
    GRID_TRY(check_ground(fit, err));
    return report_moves(fit, err);
}

static void use_streets(territory *t, size_t n_faces) {
    for (size_t f = 0; f < n_faces; f++)
        t->community[f] = t->street[f];
    for (uint32_t c = 0; c < t->n_communities; c++)
        t->street_of_community[c] = c;
}

grid_status territory_build(const arrangement *a, territory *out, grid_error *err) {
    const grid_cells_input *in = a->input;
    const grid_shapes *communities = in->community != NULL ? in->community : in->street;
    *out = (territory){.n_communities = (uint32_t)communities->n};
    out->street = GRID_NEW(uint32_t, a->plane->n_faces);
    out->community = GRID_NEW(uint32_t, a->plane->n_faces);
    out->street_of_community = GRID_NEW(uint32_t, communities->n);
    fitting fit = {.a = a, .t = out};
    grid_status status = GRID_OK;
    if (out->street == NULL || out->community == NULL || out->street_of_community == NULL)
        status = grid_fail_nomem(err);
    if (status == GRID_OK)
        status = face_cover_build(a, LAYER_STREET, &fit.street, err);
    if (status == GRID_OK)
        status = find_streets(&fit, err);
    if (status == GRID_OK && in->community != NULL)
        status = fit_communities(&fit, err);
    else if (status == GRID_OK)
        use_streets(out, a->plane->n_faces);
    face_cover_free(&fit.street);
    face_cover_free(&fit.community);
    free(fit.root);
    free(fit.width_m);
    free(fit.before);
    free(fit.gap);
    free(fit.overlap);
    free(fit.outside_m2);
    free(fit.shred_m2);
    if (status != GRID_OK)
        territory_free(out);
    return status;
}

void territory_free(territory *t) {
    free(t->street);
    free(t->community);
    free(t->street_of_community);
    *t = (territory){0};
}
