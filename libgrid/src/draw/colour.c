/* Colours such that neighbours differ. */
#include <grid/cover.h>
#include <grid/draw.h>

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"

typedef struct neighbours {
    uint32_t *start, *to;
} neighbours;

static bool between_areas(const grid_arc *arc) {
    return arc->left != GRID_NONE && arc->right != GRID_NONE && arc->left != arc->right;
}

static bool neighbours_build(const grid_arcs *arcs, uint32_t n, neighbours *out) {
    out->start = GRID_NEW(uint32_t, n + 2);
    out->to = GRID_NEW(uint32_t, 2 * arcs->n);
    if (out->start == NULL || out->to == NULL)
        return false;
    for (size_t a = 0; a < arcs->n; a++) {
        if (between_areas(&arcs->arc[a])) {
            out->start[arcs->arc[a].left + 2]++;
            out->start[arcs->arc[a].right + 2]++;
        }
    }
    for (uint32_t i = 0; i < n; i++)
        out->start[i + 2] += out->start[i + 1];
    for (size_t a = 0; a < arcs->n; a++) {
        if (between_areas(&arcs->arc[a])) {
            out->to[out->start[arcs->arc[a].left + 1]++] = arcs->arc[a].right;
            out->to[out->start[arcs->arc[a].right + 1]++] = arcs->arc[a].left;
        }
    }
    return true;
}

enum { UNCOLOURED = 255, MAX_COLOURS = 64 };

static uint64_t colours_around(const neighbours *nb, const uint8_t *colour, uint32_t v) {
    uint64_t seen = 0;
    for (uint32_t i = nb->start[v]; i < nb->start[v + 1]; i++)
        if (colour[nb->to[i]] != UNCOLOURED)
            seen |= UINT64_C(1) << colour[nb->to[i]];
    return seen;
}

/* The least used colour among those allowed, so that the map is not mostly one tint. */
static uint8_t choose(uint64_t around, uint8_t n_colours, const size_t *used) {
    uint8_t best = UNCOLOURED;
    for (uint8_t c = 0; c < n_colours; c++)
        if (!(around >> c & 1) && (best == UNCOLOURED || used[c] < used[best]))
            best = c;
    for (uint8_t c = n_colours; best == UNCOLOURED && c < MAX_COLOURS; c++)
        if (!(around >> c & 1))
            best = c;
    return best == UNCOLOURED ? MAX_COLOURS - 1 : best;
}

/* Vertices wait in buckets by the number of colours around them; stale entries are skipped. */
typedef struct queue {
    GRID_VEC(uint32_t) bucket[MAX_COLOURS + 1];
} queue;

static uint32_t queue_pop(queue *q, const neighbours *nb, const uint8_t *colour,
                          const uint8_t *around) {
    for (int s = MAX_COLOURS; s >= 0; s--) {
        size_t kept = 0, best = SIZE_MAX;
        for (size_t i = 0; i < q->bucket[s].n; i++) {
            uint32_t v = q->bucket[s].at[i];
            if (colour[v] != UNCOLOURED || around[v] != s)
                continue;
            q->bucket[s].at[kept] = v;
            uint32_t degree = nb->start[v + 1] - nb->start[v];
            uint32_t b = best == SIZE_MAX ? 0 : q->bucket[s].at[best];
            uint32_t best_degree = nb->start[b + 1] - nb->start[b];
            if (best == SIZE_MAX || degree > best_degree || (degree == best_degree && v < b))
                best = kept;
            kept++;
        }
        q->bucket[s].n = kept;
        if (best != SIZE_MAX)
            return q->bucket[s].at[best];
    }
    return GRID_NONE;
}

/* Areas in the order of their degree: bucket 0, the only large one, is then walked from its front.
 */
static uint32_t next_seed(const uint32_t *order, uint32_t n, uint32_t *at, const uint8_t *colour) {
    while (*at < n && colour[order[*at]] != UNCOLOURED)
        ++*at;
    return *at < n ? order[*at] : GRID_NONE;
}

static uint32_t *by_degree(const neighbours *nb, uint32_t n) {
    uint32_t most = 0, *order = GRID_NEW(uint32_t, n);
    for (uint32_t v = 0; v < n; v++)
        if (nb->start[v + 1] - nb->start[v] > most)
            most = nb->start[v + 1] - nb->start[v];
    uint32_t *count = GRID_NEW(uint32_t, most + 2);
    if (order == NULL || count == NULL) {
        free(order);
        free(count);
        return NULL;
    }
    for (uint32_t v = 0; v < n; v++)
        count[most - (nb->start[v + 1] - nb->start[v]) + 1]++;
    for (uint32_t d = 0; d <= most; d++)
        count[d + 1] += count[d];
    for (uint32_t v = 0; v < n; v++)
        order[count[most - (nb->start[v + 1] - nb->start[v])]++] = v;
    free(count);
    return order;
}

static bool colour_all(const neighbours *nb, uint32_t n, uint8_t n_colours, uint8_t *colour,
                       uint8_t *around, queue *q, const uint32_t *order) {
    size_t used[MAX_COLOURS] = {0};
    uint32_t at = 0;
    for (uint32_t done = 0; done < n; done++) {
        uint32_t v = queue_pop(q, nb, colour, around);
        if (v == GRID_NONE)
            v = next_seed(order, n, &at, colour);
        colour[v] = choose(colours_around(nb, colour, v), n_colours, used);
        used[colour[v]]++;
        for (uint32_t i = nb->start[v]; i < nb->start[v + 1]; i++) {
            uint32_t w = nb->to[i];
            if (colour[w] != UNCOLOURED)
                continue;
            uint8_t s = (uint8_t)__builtin_popcountll(colours_around(nb, colour, w));
            if (s != around[w]) {
                around[w] = s;
                if (!GRID_PUSH(&q->bucket[s], w))
                    return false;
            }
        }
    }
    return true;
}

grid_status grid_arcs_colour(const grid_arcs *arcs, uint32_t n, uint8_t n_colours, uint8_t *colour,
                             uint8_t *needed, grid_error *err) {
    neighbours nb = {0};
    queue *q = GRID_NEW(queue, 1);
    uint8_t *around = GRID_NEW(uint8_t, n);
    uint32_t *order = NULL;
    memset(colour, UNCOLOURED, n);
    bool ok = q != NULL && around != NULL && neighbours_build(arcs, n, &nb) &&
              (order = by_degree(&nb, n)) != NULL &&
              colour_all(&nb, n, n_colours, colour, around, q, order);
    *needed = 0;
    for (uint32_t v = 0; ok && v < n; v++)
        if (colour[v] >= *needed)
            *needed = (uint8_t)(colour[v] + 1);
    for (int s = 0; q != NULL && s <= MAX_COLOURS; s++)
        GRID_VEC_FREE(&q->bucket[s]);
    free(q);
    free(around);
    free(order);
    free(nb.start);
    free(nb.to);
    return ok ? GRID_OK : grid_fail_nomem(err);
}
