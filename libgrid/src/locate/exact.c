#include "locate/exact.h"

#include "locate/side.h"
#include "locate/tiles.h"

exact_start exact_from_tile(const nest_view *n, const border_tile *t, uint32_t x, uint32_t y) {
    uint32_t x0 = x >> t->sx << t->sx, y0 = y >> t->sy << t->sy;
    return (exact_start){
        .known = t->flags & TILE_HAS_PALETTE ? n->palette[t->slot[0]] : t->slot[0],
        .anchor = lattice_anchor(n->head, x0, y0),
        .edge = n->edge + t->first_edge,
        .n_edges = border_tile_edges(t),
    };
}

exact_start exact_from_face(face f) {
    return (exact_start){.known = f};
}

/* A search among the labels (ranks of the layer's units) that hold at the known place or are
 * toggled on the way. */
typedef struct labels {
    const layer_view *layer;
    uint64_t above; /* only labels from here on are looked at */
    uint32_t least; /* of those seen */
    unsigned times; /* that `least` was seen */
} labels;

static void see(labels *l, uint32_t unit) {
    uint32_t label = l->layer->rank[unit];
    if (label == GRID_NONE || label < l->above || label > l->least)
        return;
    l->times = label == l->least ? l->times + 1 : 1;
    l->least = label;
}

static void see_known(const nest_view *n, face f, labels *l) {
    if (f <= n->head->n_units) {
        see(l, f);
        return;
    }
    uint64_t set = (uint64_t)f - n->head->n_units - 1, last = n->head->set_start.n - 1;
    uint64_t end = set < last ? n->set_start[set + 1] : n->head->set_member.n;
    for (uint64_t i = n->set_start[set]; i < end; i++)
        see(l, n->set_member[i]);
}

static void see_crossed(const nest_view *n, const exact_start *start, grid_xy p, labels *l) {
    for (size_t i = 0; i < start->n_edges; i++) {
        uint32_t v = start->edge[i];
        if (!is_between(n->xy[v], n->xy[v + 1], p, start->anchor))
            continue;
        const border_arc *on = arc_of_vertex(n->arc, n->n_arcs, v);
        see(l, on->left);
        see(l, on->right);
    }
}

/* The least code among the units that have the point on their border; GRID_NONE when none has. */
static uint32_t find_rim(const nest_view *n, const layer_view *layer, const exact_start *start,
                         grid_xy p) {
    uint32_t least = GRID_NONE;
    for (size_t i = 0; i < start->n_edges; i++) {
        uint32_t v = start->edge[i];
        if (!is_on(n->xy[v], n->xy[v + 1], p))
            continue;
        const border_arc *on = arc_of_vertex(n->arc, n->n_arcs, v);
        uint32_t left = layer->rank[on->left], right = layer->rank[on->right];
        if (left != right) {
            least = left < least ? left : least;
            least = right < least ? right : least;
        }
    }
    return least;
}

grid_hit exact_hit(const nest_view *n, const layer_view *layer, const exact_start *start,
                   grid_xy p) {
    grid_hit hit = {.unit = GRID_NONE};
    /* The labels in ascending order; one that is seen an odd number of times covers the point. */
    for (labels l = {.layer = layer};; l.above = (uint64_t)l.least + 1) {
        l.least = GRID_NONE;
        l.times = 0;
        see_known(n, start->known, &l);
        see_crossed(n, start, p, &l);
        if (l.times == 0)
            break;
        if (l.times % 2 == 0)
            continue;
        if (hit.claims == 0)
            hit.unit = layer->by_rank[l.least];
        if (hit.claims < UINT16_MAX)
            hit.claims++;
    }
    uint32_t rim = find_rim(n, layer, start, p);
    hit.border = rim != GRID_NONE;
    if (hit.claims == 0 && hit.border) {
        hit.unit = layer->by_rank[rim];
        hit.claims = 1;
    }
    return hit;
}
