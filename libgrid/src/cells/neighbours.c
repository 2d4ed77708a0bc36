/*
 * Which cells are neighbours. A common edge makes neighbours, a common corner does not. A
 * river, a railway or an expressway parts its two sides unless a road or a bridge crosses it on
 * their common border. What is left alone by that, or lies apart altogether, is tied to its
 * community again when it is too small to stand by itself, and that is reported.
 */
#include "cells/maker.h"

#include "base/base.h"

#include <math.h>

/* A pair of cells that share edges; left < right. */
typedef struct contact {
    uint32_t left, right;
    double length_mm;
    bool open; /* not parted */
} contact;

typedef struct pair {
    uint32_t left, right;
} pair;

typedef struct meeting {
    const maker *m;
    grid_cells *out;
    uint32_t *first;        /* per vertex of the full graph: a half-edge that leaves it */
    GRID_VEC(pair) crossed; /* pairs whose common separator is crossed */
    contact *contact;
    size_t n_contacts;
    uint32_t *part; /* per cell: union-find of what can be reached */
    GRID_VEC(grid_cell_border) virtual_border;
} meeting;

static pair make_pair(uint32_t a, uint32_t b) {
    return a < b ? (pair){a, b} : (pair){b, a};
}

static int compare_pairs(const void *a, const void *b) {
    const pair *p = a, *q = b;
    if (p->left != q->left)
        return p->left < q->left ? -1 : 1;
    return (p->right > q->right) - (p->right < q->right);
}

/* ---- borders -------------------------------------------------------------------------- */

static int compare_borders(const void *a, const void *b) {
    const grid_cell_border *s = a, *t = b;
    if (s->left != t->left)
        return s->left < t->left ? -1 : 1;
    if (s->right != t->right)
        return s->right < t->right ? -1 : 1;
    return (s->border_class > t->border_class) - (s->border_class < t->border_class);
}

/* Common edges of cells, added up by pair and class. */
static bool list_borders(grid_cells *out) {
    const grid_plane *plane = out->plane;
    out->border = GRID_NEW(grid_cell_border, plane->n_edges);
    if (out->border == NULL)
        return false;
    size_t n = 0;
    for (uint32_t e = 0; e < plane->n_edges; e++) {
        uint32_t left = out->cell_of_face[plane->face[2 * e]];
        uint32_t right = out->cell_of_face[plane->face[2 * e + 1]];
        if (left == GRID_NONE || right == GRID_NONE)
            continue;
        pair p = make_pair(left, right);
        out->border[n++] = (grid_cell_border){p.left, p.right, out->edge_class[e],
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

/* ---- crossings ------------------------------------------------------------------------ */

static bool is_separator_class(uint8_t border_class) {
    return border_class == GRID_BORDER_EXPRESSWAY || border_class == GRID_BORDER_RAIL ||
           border_class == GRID_BORDER_RIVER;
}

static bool is_separator(const maker *m, uint32_t edge) {
    uint32_t name;
    return is_separator_class(edge_border_class(&m->a, edge, &name));
}

/* Whether people get along here: a road, or what the layer of bridges has. */
static bool is_way(const maker *m, uint32_t edge) {
    for (size_t i = m->a.edge_piece[edge]; i < m->a.edge_piece[edge + 1]; i++) {
        uint32_t feature;
        size_t l = piece_layer(&m->a, i, &feature);
        if (l == LAYER_BRIDGE)
            return true;
        if (l < LAYER_BARRIER || l == m->a.n_layers)
            continue;
        uint8_t border_class = m->in->barriers[l - LAYER_BARRIER].border_class[feature];
        if (border_class == GRID_BORDER_ARTERIAL || border_class == GRID_BORDER_ROAD ||
            border_class == GRID_BORDER_LANE)
            return true;
    }
    return false;
}

/* From separator h on, turning clockwise to the next one: whether a way leaves in between. */
static bool way_beside(const maker *m, uint32_t h, uint32_t *next_separator) {
    bool way = false;
    uint32_t at = m->a.plane->next[h ^ 1];
    for (; at != h && !is_separator(m, at / 2); at = m->a.plane->next[at ^ 1])
        way |= is_way(m, at / 2);
    *next_separator = at;
    return way;
}

/* At vertex v, pairs across a separator that has a way on both its sides. */
static bool cross_vertex(meeting *t, uint32_t v) {
    const maker *m = t->m;
    uint32_t start = t->first[v];
    while (!is_separator(m, start / 2)) {
        start = m->a.plane->next[start ^ 1];
        if (start == t->first[v])
            return true;
    }
    uint32_t h = start, next;
    bool before = way_beside(m, h, &next);
    do {
        uint32_t at = next;
        bool after = way_beside(m, at, &next);
        uint32_t left = m->cell[m->a.plane->face[at]], right = m->cell[m->a.plane->face[at ^ 1]];
        if (before && after && left != right && left != GRID_NONE && right != GRID_NONE &&
            !GRID_PUSH(&t->crossed, make_pair(left, right)))
            return false;
        before = after;
        h = at;
    } while (h != start);
    return true;
}

static bool find_crossings(meeting *t) {
    const grid_plane *plane = t->m->a.plane;
    t->first = GRID_NEW(uint32_t, plane->n_vertices);
    if (t->first == NULL)
        return false;
    for (uint32_t h = 0; h < 2 * plane->n_edges; h++)
        t->first[plane->origin[h]] = h;
    for (uint32_t v = 0; v < plane->n_vertices; v++)
        if (!cross_vertex(t, v))
            return false;
    if (t->crossed.n > 0)
        qsort(t->crossed.at, t->crossed.n, sizeof *t->crossed.at, compare_pairs);
    return true;
}

static bool is_crossed(const meeting *t, uint32_t left, uint32_t right) {
    const pair key = {left, right};
    return t->crossed.n > 0 &&
           bsearch(&key, t->crossed.at, t->crossed.n, sizeof key, compare_pairs) != NULL;
}

/* ---- contacts ------------------------------------------------------------------------- */

/* One contact per pair: open where any of its border is no separator, or where it is crossed. */
static bool list_contacts(meeting *t) {
    const grid_cells *out = t->out;
    t->contact = GRID_NEW(contact, out->n_borders);
    if (t->contact == NULL)
        return false;
    for (size_t i = 0; i < out->n_borders; i++) {
        const grid_cell_border *b = &out->border[i];
        contact *last = t->n_contacts > 0 ? &t->contact[t->n_contacts - 1] : NULL;
        if (last == NULL || last->left != b->left || last->right != b->right) {
            last = &t->contact[t->n_contacts++];
            *last = (contact){b->left, b->right, 0, is_crossed(t, b->left, b->right)};
        }
        last->length_mm += (double)b->length_mm;
        last->open |= !is_separator_class(b->border_class);
    }
    return true;
}

static bool is_one_territory(const grid_cells *c, uint32_t a, uint32_t b) {
    return c->street[a] == c->street[b] && c->community[a] == c->community[b] &&
           c->extended[a] == c->extended[b];
}

/* ---- parts ---------------------------------------------------------------------------- */

static void find_parts(meeting *t) {
    for (uint32_t c = 0; c < t->out->n_cells; c++)
        t->part[c] = c;
    for (size_t i = 0; i < t->n_contacts; i++) {
        const contact *k = &t->contact[i];
        if (k->open && is_one_territory(t->out, k->left, k->right))
            join_faces(t->part, k->left, k->right);
    }
}

/* Households of each part, by its root. */
static void count_parts(const meeting *t, int64_t *households) {
    for (uint32_t c = 0; c < t->out->n_cells; c++)
        households[c] = 0;
    for (uint32_t c = 0; c < t->out->n_cells; c++) {
        int64_t *sum = &households[join_find(t->part, c)];
        if (__builtin_add_overflow(*sum, t->out->households[c], sum))
            *sum = INT64_MAX;
    }
}

static bool is_small(const meeting *t, const int64_t *households, uint32_t root) {
    return households[root] == 0 || households[root] < t->m->in->part_min;
}

static grid_xy place_of(const grid_cells *c, uint32_t cell, const uint32_t *face_of) {
    return c->plane->face_point[face_of[cell]];
}

static void report_tie(const meeting *t, uint32_t cell, const uint32_t *face_of, const char *kind,
                       const char *how, double metres, int64_t households) {
    grid_xy at = place_of(t->out, cell, face_of);
    grid_find_at(t->m->ctx, GRID_WARNING, kind, "cells", (double)households, "households", at.x,
                 at.y, "a part too small to stand by itself %s (%.0f m)", how, metres);
}

/* Reopens the longest contact of each small part that is parted from the rest. */
static bool open_contacts(meeting *t, const int64_t *households, const uint32_t *face_of,
                          contact **best) {
    for (uint32_t c = 0; c < t->out->n_cells; c++)
        best[c] = NULL;
    for (size_t i = 0; i < t->n_contacts; i++) {
        contact *k = &t->contact[i];
        uint32_t side[] = {join_find(t->part, k->left), join_find(t->part, k->right)};
        if (side[0] == side[1] || !is_one_territory(t->out, k->left, k->right))
            continue;
        for (int s = 0; s < 2; s++)
            if (is_small(t, households, side[s]) &&
                (best[side[s]] == NULL || k->length_mm > best[side[s]]->length_mm))
                best[side[s]] = k;
    }
    bool any = false;
    for (uint32_t c = 0; c < t->out->n_cells; c++) {
        if (best[c] == NULL)
            continue;
        any = true;
        if (!best[c]->open && households[c] > 0)
            report_tie(t, c, face_of, "joined-across",
                       "was joined across a river, railway or expressway without a crossing",
                       best[c]->length_mm / GRID_LATTICE_PER_M, households[c]);
        best[c]->open = true;
    }
    return any;
}

/* The nearest two cells of a small part and of the rest of its territory, by their corners. */
static double nearest_cells(const meeting *t, uint32_t root, uint32_t *from, uint32_t *to) {
    const grid_plane *plane = t->out->plane;
    double best = INFINITY;
    for (uint32_t h = 0; h < 2 * plane->n_edges; h++) {
        uint32_t a = t->out->cell_of_face[plane->face[h]];
        if (a == GRID_NONE || join_find(t->part, a) != root)
            continue;
        grid_ixy p = plane->vertex[plane->origin[h]];
        for (uint32_t g = 0; g < 2 * plane->n_edges; g++) {
            uint32_t b = t->out->cell_of_face[plane->face[g]];
            if (b == GRID_NONE || !is_one_territory(t->out, a, b) || join_find(t->part, b) == root)
                continue;
            grid_ixy q = plane->vertex[plane->origin[g]];
            double d = hypot((double)(p.x - q.x), (double)(p.y - q.y));
            if (d < best) {
                best = d;
                *from = a;
                *to = b;
            }
        }
    }
    return best;
}

/* Ties small parts that touch nothing of their territory to the nearest part of it. */
static bool tie_islands(meeting *t, const int64_t *households, const uint32_t *face_of) {
    for (uint32_t c = 0; c < t->out->n_cells; c++) {
        if (join_find(t->part, c) != c || !is_small(t, households, c))
            continue;
        uint32_t from = 0, to = 0;
        double d = nearest_cells(t, c, &from, &to);
        if (d == INFINITY)
            continue;
        pair p = make_pair(from, to);
        if (!GRID_PUSH(&t->virtual_border, (grid_cell_border){p.left, p.right, GRID_BORDER_GAP, 0}))
            return false;
        report_tie(t, c, face_of, "virtual-border", "touches nothing; it was tied to the nearest",
                   d / GRID_LATTICE_PER_M, households[c]);
        join_faces(t->part, from, to);
    }
    return true;
}

static grid_status tie_parts(meeting *t, grid_error *err) {
    uint32_t n = t->out->n_cells;
    int64_t *households = GRID_NEW(int64_t, n);
    uint32_t *face_of = GRID_NEW(uint32_t, n);
    contact **best = GRID_NEW(contact *, n);
    t->part = GRID_NEW(uint32_t, n);
    bool ok = households != NULL && face_of != NULL && best != NULL && t->part != NULL;
    for (uint32_t f = 1; ok && f < t->out->plane->n_faces; f++)
        if (t->out->cell_of_face[f] != GRID_NONE)
            face_of[t->out->cell_of_face[f]] = f;
    for (bool again = true; ok && again;) {
        find_parts(t);
        count_parts(t, households);
        again = open_contacts(t, households, face_of, best);
    }
    ok = ok && tie_islands(t, households, face_of);
    free(households);
    free(face_of);
    free(best);
    return ok ? GRID_OK : grid_fail_nomem(err);
}

/* Keeps the borders of open contacts, and adds the virtual ones. */
static bool keep_open(meeting *t) {
    grid_cells *out = t->out;
    size_t n = 0, k = 0;
    for (size_t i = 0; i < out->n_borders; i++) {
        const grid_cell_border b = out->border[i];
        while (t->contact[k].left != b.left || t->contact[k].right != b.right)
            k++;
        if (t->contact[k].open || !is_one_territory(out, b.left, b.right))
            out->border[n++] = b;
    }
    out->n_borders = n;
    if (t->virtual_border.n == 0)
        return true;
    grid_cell_border *all = realloc(out->border, (n + t->virtual_border.n) * sizeof *out->border);
    if (all == NULL)
        return false;
    out->border = all;
    for (size_t i = 0; i < t->virtual_border.n; i++)
        out->border[out->n_borders++] = t->virtual_border.at[i];
    qsort(out->border, out->n_borders, sizeof *out->border, compare_borders);
    return true;
}

grid_status maker_meet(const maker *m, grid_cells *out, grid_error *err) {
    meeting t = {.m = m, .out = out};
    grid_status status = GRID_OK;
    if (!list_borders(out) || !find_crossings(&t) || !list_contacts(&t))
        status = grid_fail_nomem(err);
    if (status == GRID_OK)
        status = tie_parts(&t, err);
    if (status == GRID_OK && !keep_open(&t))
        status = grid_fail_nomem(err);
    free(t.first);
    GRID_VEC_FREE(&t.crossed);
    free(t.contact);
    free(t.part);
    GRID_VEC_FREE(&t.virtual_border);
    return status;
}
