#include "cover/mend_build.h"

#include "base/base.h"

static int32_t gain_of(const mender *k, uint32_t face, uint32_t unit) {
    if (!k->settled[face])
        return 0;
    return (k->final[face] == unit) - cover_of(&k->f, face, unit);
}

static bool add_unit_once(unit_list *units, uint32_t unit) {
    if (unit >= FACES_CUT)
        return true;
    for (size_t i = 0; i < units->n; i++)
        if (units->at[i] == unit)
            return true;
    return GRID_PUSH(units, unit);
}

static bool list_face_units(const mender *k, uint32_t face, unit_list *units) {
    if (!k->settled[face])
        return true;
    for (uint32_t i = 0; i < k->f.set_n[face]; i++)
        if (!add_unit_once(units, k->f.coverers.at[k->f.set[face] + i].owner))
            return false;
    return add_unit_once(units, k->final[face]);
}

/* Everybody whose outline may run along edge e. */
static bool list_edge_units(const mender *k, uint32_t e, unit_list *units) {
    const arrangement *a = k->f.a;
    units->n = 0;
    for (uint32_t p = arrange_piece_of(a, e); p < arrange_piece_of(a, e + 1); p++)
        if (!add_unit_once(units, a->label[a->piece[p] >> 1].owner))
            return false;
    return list_face_units(k, arrange_face(a, 2 * e), units) &&
           list_face_units(k, arrange_face(a, 2 * e + 1), units);
}

/* How often the unit runs along half-edge 2e with its inside on the left, in the end. */
static int32_t final_runs(const mender *k, uint32_t e, uint32_t unit, uint64_t *key) {
    const arrangement *a = k->f.a;
    int32_t runs = 0;
    *key = (UINT64_C(1) << 40) + 2 * (uint64_t)e;
    for (uint32_t p = arrange_piece_of(a, e); p < arrange_piece_of(a, e + 1); p++) {
        uint32_t s = a->piece[p] >> 1;
        if (a->label[s].owner != unit)
            continue;
        runs += (a->piece[p] & 1) != 0 ? -1 : 1;
        const grid_xy at = a->node[a->origin[2 * e + (a->piece[p] & 1)]];
        bool starts = grid_xy_equal(at, a->node[a->tail[s]]);
        *key = 2 * (uint64_t)faces_vertex(&k->f, s) + !starts;
    }
    return runs + gain_of(k, arrange_face(a, 2 * e), unit) -
           gain_of(k, arrange_face(a, 2 * e + 1), unit);
}

static bool is_parent_edge(const arrangement *a, uint32_t e) {
    for (uint32_t p = arrange_piece_of(a, e); p < arrange_piece_of(a, e + 1); p++)
        if (a->label[a->piece[p] >> 1].owner == FACES_PARENT)
            return true;
    return false;
}

static void count_at_node(mender *k, uint32_t v, uint32_t e) {
    if (k->degree[v] < 2)
        k->at_node[2 * v + k->degree[v]] = e;
    if (k->degree[v] < 3)
        k->degree[v]++;
}

static bool outline_edge(mender *k, uint32_t e, unit_list *units) {
    const arrangement *a = k->f.a;
    bool is_final = is_parent_edge(a, e);
    if (!list_edge_units(k, e, units))
        return false;
    for (size_t i = 0; i < units->n; i++) {
        uint64_t key;
        int32_t runs = final_runs(k, e, units->at[i], &key);
        if (runs == 0)
            continue;
        if ((runs < -1 || runs > 1) && !GRID_PUSH(&k->kept, units->at[i]))
            return false;
        is_final = true;
        uint32_t h = 2 * e + (runs < 0);
        if (!GRID_PUSH(&k->outline, (mend_edge){units->at[i], a->origin[h], a->origin[h ^ 1], key}))
            return false;
    }
    if (is_final) {
        count_at_node(k, a->origin[2 * e], e);
        count_at_node(k, a->origin[2 * e + 1], e);
    }
    for (int side = 0; side < 2; side++)
        if (k->settled[arrange_face(a, 2 * e + (uint32_t)side)])
            k->near_settled[a->origin[2 * e]] = k->near_settled[a->origin[2 * e + 1]] = true;
    return true;
}

bool mend_outline_all(mender *k) {
    uint32_t n = k->f.a->n_nodes;
    k->degree = GRID_NEW(uint8_t, n);
    k->at_node = GRID_NEW(uint32_t, 2 * (size_t)n);
    k->near_settled = GRID_NEW(bool, n);
    k->anchored = GRID_NEW(bool, n);
    k->drop = GRID_NEW(bool, n);
    unit_list units = {0};
    bool done = k->degree != NULL && k->at_node != NULL && k->near_settled != NULL &&
                k->anchored != NULL && k->drop != NULL;
    for (uint32_t e = 0; e < k->f.a->n_edges && done; e++)
        done = outline_edge(k, e, &units);
    GRID_VEC_FREE(&units);
    return done;
}
