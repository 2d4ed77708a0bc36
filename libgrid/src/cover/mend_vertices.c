#include "cover/mend_build.h"

#include "base/base.h"

#include <math.h>

/* The segment that both edges are pieces of, of the parent if `of_parent`; GRID_NONE. */
static uint32_t common_segment(const arrangement *a, uint32_t e, uint32_t g, bool of_parent) {
    for (uint32_t i = arrange_piece_of(a, e); i < arrange_piece_of(a, e + 1); i++)
        for (uint32_t j = arrange_piece_of(a, g); j < arrange_piece_of(a, g + 1); j++) {
            uint32_t s = a->piece[i] >> 1;
            if (s == a->piece[j] >> 1 && (!of_parent || a->label[s].owner == FACES_PARENT))
                return s;
        }
    return GRID_NONE;
}

/*
 * A crossing goes where a line passes straight through it, or where nothing around was settled. A
 * given vertex goes only from the parent's outline, which then stays as it is.
 */
static bool may_drop(const mender *k, uint32_t v) {
    const arrangement *a = k->f.a;
    bool crossing = v >= a->n_input_nodes;
    bool straight = k->degree[v] == 2 && common_segment(a, k->at_node[2 * v], k->at_node[2 * v + 1],
                                                        !crossing) != GRID_NONE;
    return crossing ? straight || !k->near_settled[v] : straight && !k->anchored[v];
}

/* What is moved to one place goes from every outline there, or from none: else a ring could lose a
 * vertex at which another of the nodes is its corner. */
bool mend_choose_dropped(mender *k) {
    uint32_t n = k->f.a->n_nodes;
    bool *needed_at = GRID_NEW(bool, n); /* per place */
    if (needed_at == NULL)
        return false;
    for (uint32_t v = 0; v < n; v++) {
        k->drop[v] = may_drop(k, v);
        needed_at[k->place[v]] |= !k->drop[v];
    }
    for (uint32_t v = 0; v < n; v++)
        k->drop[v] = k->drop[v] && !needed_at[k->place[v]];
    free(needed_at);
    return true;
}

typedef struct needed {
    uint32_t segment, node;
    double away;
} needed;

static int compare_needed(const void *a, const void *b) {
    const needed *x = a, *y = b;
    if (x->segment != y->segment)
        return x->segment < y->segment ? -1 : 1;
    if (x->node == y->node)
        return 0;
    return x->away != y->away ? (x->away < y->away ? -1 : 1) : x->node < y->node ? -1 : 1;
}

static bool is_end(arrange_segment s, grid_xy p) {
    return grid_xy_equal(p, s.a) || grid_xy_equal(p, s.b);
}

/* Vertices that the parent's edges get. */
bool mend_insert_in_parent(mender *k) {
    const arrangement *a = k->f.a;
    GRID_VEC(needed) list = {0};
    bool done = true;
    for (uint32_t e = 0; e < a->n_edges && done; e++)
        for (uint32_t p = arrange_piece_of(a, e); p < arrange_piece_of(a, e + 1) && done; p++) {
            uint32_t segment = a->piece[p] >> 1;
            arrange_segment s = arrange_segment_of(a, segment);
            for (uint32_t end = 0; end < 2 && a->label[segment].owner == FACES_PARENT && done;
                 end++) {
                uint32_t v = a->origin[2 * e + end];
                grid_xy at = mend_place(k, v);
                if (!k->drop[v] && !is_end(s, at))
                    done = GRID_PUSH(
                        &list, (needed){segment, k->place[v], hypot(at.x - s.a.x, at.y - s.a.y)});
            }
        }
    if (list.n > 0)
        qsort(list.at, list.n, sizeof *list.at, compare_needed);
    for (size_t i = 0; i < list.n && done; i++) {
        arrange_segment s = arrange_segment_of(a, list.at[i].segment);
        if (i == 0 || compare_needed(&list.at[i - 1], &list.at[i]) != 0)
            done = GRID_PUSH(&k->m->insert,
                             (mend_insert){s.a, s.b, mend_place(k, list.at[i].node)});
    }
    GRID_VEC_FREE(&list);
    return done;
}
