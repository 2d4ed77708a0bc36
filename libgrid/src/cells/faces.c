/*
 * Labels of faces: which features cover them, and which label an undecided one takes.
 */
#include "cells/cells.h"

#include "base/base.h"

#include <math.h>

/* ---- winding numbers ------------------------------------------------------------------ */

typedef struct carrier {
    const arrangement *a;
    const grid_shapes *shapes;
    uint32_t first, end; /* source numbers of the layer */
    face_cover *cover;
    GRID_VEC(cover_entry) pool;
    GRID_VEC(cover_entry) scratch;
} carrier;

static bool change(carrier *c, uint32_t feature, int32_t by) {
    for (size_t i = 0; i < c->scratch.n; i++)
        if (c->scratch.at[i].feature == feature) {
            c->scratch.at[i].winding += by;
            return true;
        }
    return GRID_PUSH(&c->scratch, (cover_entry){feature, by});
}

/* The features over the face across half-edge h, from those over the face on its left. */
static bool cross_edge(carrier *c, uint32_t h) {
    const arrangement *a = c->a;
    uint32_t from = a->plane->face[h], to = a->plane->face[h ^ 1];
    c->scratch.n = 0;
    if (!GRID_RESERVE(&c->scratch, c->cover->count[from]))
        return false;
    for (uint32_t i = 0; i < c->cover->count[from]; i++)
        c->scratch.at[c->scratch.n++] = c->pool.at[c->cover->start[from] + i];
    for (size_t p = a->edge_piece[h / 2]; p < a->edge_piece[h / 2 + 1]; p++) {
        uint32_t source = a->piece[p].source / 2;
        bool backward = a->piece[p].source % 2;
        if (source >= c->first && source < c->end &&
            c->shapes->kind[source - c->first] == GRID_SHAPE_AREA &&
            !change(c, source - c->first, (h % 2 == 0) == backward ? 1 : -1))
            return false;
    }
    c->cover->start[to] = c->pool.n;
    for (size_t i = 0; i < c->scratch.n; i++)
        if (c->scratch.at[i].winding != 0) {
            if (!GRID_PUSH(&c->pool, c->scratch.at[i]))
                return false;
            c->cover->count[to]++;
        }
    return true;
}

static bool carry(carrier *c) {
    const arrangement *a = c->a;
    uint32_t n_faces = a->plane->n_faces;
    uint32_t *queue = GRID_NEW(uint32_t, n_faces);
    bool *seen = GRID_NEW(bool, n_faces);
    bool ok = queue != NULL && seen != NULL;
    if (ok)
        seen[0] = true; /* queue[0] is face 0, which nothing covers */
    for (uint32_t at = 0, n = 1; ok && at < n; at++)
        for (size_t i = a->face_start[queue[at]]; ok && i < a->face_start[queue[at] + 1]; i++) {
            uint32_t h = a->face_half[i], across = a->plane->face[h ^ 1];
            if (seen[across])
                continue;
            seen[across] = true;
            queue[n++] = across;
            ok = cross_edge(c, h);
        }
    free(queue);
    free(seen);
    return ok;
}

grid_status face_cover_build(const arrangement *a, size_t layer, face_cover *out, grid_error *err) {
    *out = (face_cover){0};
    carrier c = {.a = a, .cover = out, .shapes = a->layer[layer].shapes};
    c.first = a->layer[layer].first;
    c.end = c.first + (c.shapes == NULL ? 0 : (uint32_t)c.shapes->n);
    out->start = GRID_NEW(size_t, a->plane->n_faces);
    out->count = GRID_NEW(uint32_t, a->plane->n_faces);
    bool ok = out->start != NULL && out->count != NULL && carry(&c);
    out->entry = c.pool.at;
    GRID_VEC_FREE(&c.scratch);
    if (ok)
        return GRID_OK;
    face_cover_free(out);
    return grid_fail_nomem(err);
}

void face_cover_free(face_cover *cover) {
    free(cover->start);
    free(cover->count);
    free(cover->entry);
    *cover = (face_cover){0};
}

/* ---- settling ------------------------------------------------------------------------- */

typedef struct share {
    uint32_t label;
    double weight;
} share;

typedef GRID_VEC(share) shares;

static bool add_share(shares *s, uint32_t label, double weight) {
    for (size_t i = 0; i < s->n; i++)
        if (s->at[i].label == label) {
            s->at[i].weight += weight;
            return true;
        }
    return GRID_PUSH(s, (share){label, weight});
}

static bool is_better(const settle_rule *rule, const share *s, const share *t) {
    if (s->weight != t->weight)
        return s->weight > t->weight;
    return rule->rank != NULL ? rule->rank[s->label] < rule->rank[t->label] : s->label < t->label;
}

/* The label face f takes now, UNDECIDED for none; false when memory ran out. */
static bool choose(const arrangement *a, const settle_rule *rule, const uint32_t *label, uint32_t f,
                   shares *s, uint32_t *chosen) {
    s->n = 0;
    for (size_t i = a->face_start[f]; i < a->face_start[f + 1]; i++) {
        uint32_t h = a->face_half[i], neighbour = label[a->plane->face[h ^ 1]];
        if (neighbour >= UNDECIDED || !rule->allowed(rule->user, f, neighbour))
            continue;
        double weight = rule->weight != NULL ? rule->weight(rule->user, h / 2)
                                             : edge_length_mm(a->plane, h / 2);
        if (weight > 0 && !add_share(s, neighbour, weight))
            return false;
    }
    const share *best = NULL;
    for (size_t i = 0; i < s->n; i++)
        if (best == NULL || is_better(rule, &s->at[i], best))
            best = &s->at[i];
    *chosen = best == NULL ? UNDECIDED : best->label;
    return true;
}

grid_status settle_faces(const arrangement *a, const settle_rule *rule, uint32_t *label,
                         grid_error *err) {
    GRID_VEC(uint32_t) open = {0};
    GRID_VEC(uint32_t) chosen = {0};
    shares s = {0};
    bool ok = true;
    for (uint32_t f = 1; ok && f < a->plane->n_faces; f++)
        if (label[f] == UNDECIDED)
            ok = GRID_PUSH(&open, f);
    ok = ok && GRID_RESERVE(&chosen, open.n);
    for (bool changed = true; ok && changed;) {
        for (size_t i = 0; ok && i < open.n; i++)
            ok = choose(a, rule, label, open.at[i], &s, &chosen.at[i]);
        size_t left = 0;
        for (size_t i = 0; ok && i < open.n; i++) {
            label[open.at[i]] = chosen.at[i];
            if (chosen.at[i] == UNDECIDED)
                open.at[left++] = open.at[i];
        }
        changed = left < open.n;
        open.n = left;
    }
    GRID_VEC_FREE(&open);
    GRID_VEC_FREE(&chosen);
    GRID_VEC_FREE(&s);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

/* ---- groups --------------------------------------------------------------------------- */

uint32_t join_find(uint32_t *root, uint32_t f) {
    while (root[f] != f)
        f = root[f] = root[root[f]];
    return f;
}

void join_faces(uint32_t *root, uint32_t f, uint32_t g) {
    f = join_find(root, f);
    g = join_find(root, g);
    if (f < g)
        root[g] = f;
    else
        root[f] = g;
}

grid_status group_widths_m(const arrangement *a, uint32_t *root, double *width_m, grid_error *err) {
    const grid_plane *plane = a->plane;
    double *area = GRID_NEW(double, plane->n_faces);
    double *rim = GRID_NEW(double, plane->n_faces);
    bool ok = area != NULL && rim != NULL;
    for (uint32_t f = 0; ok && f < plane->n_faces; f++)
        area[join_find(root, f)] += plane->face_area_m2[f];
    for (uint32_t e = 0; ok && e < plane->n_edges; e++) {
        uint32_t left = join_find(root, plane->face[2 * e]);
        uint32_t right = join_find(root, plane->face[2 * e + 1]);
        if (left == right)
            continue;
        double length = edge_length_mm(plane, e) / GRID_LATTICE_PER_M;
        rim[left] += length;
        rim[right] += length;
    }
    for (uint32_t f = 0; ok && f < plane->n_faces; f++)
        width_m[f] = rim[f] > 0 ? 2 * area[f] / rim[f] : INFINITY;
    free(area);
    free(rim);
    return ok ? GRID_OK : grid_fail_nomem(err);
}
