#include "cover/find.h"

#include "base/base.h"
#include "base/parallel.h"
#include "cover/cancel.h"
#include "cover/close.h"
#include "cover/digest.h"

#include <string.h>

/* ---- names ---------------------------------------------------------------------- */

static const char *const names[GRID_DEFECT_KINDS][2] = {
    [GRID_DEFECT_GAP] = {"gap", "遗漏"},
    [GRID_DEFECT_PARENT_UNCOVERED] = {"parent_uncovered", "沿上级边界遗漏"},
    [GRID_DEFECT_OVERLAP] = {"overlap", "交叉"},
    [GRID_DEFECT_OUTSIDE_PARENT] = {"outside_parent", "越界"},
    [GRID_DEFECT_DUPLICATE] = {"duplicate", "重复"},
    [GRID_DEFECT_CONTAINED] = {"contained", "包含"},
    [GRID_DEFECT_VERTEX_MISMATCH] = {"vertex_mismatch", "节点不一致"},
    [GRID_DEFECT_SPIKE] = {"spike", "尖刺"},
    [GRID_DEFECT_SELF_INTERSECTION] = {"self_intersection", "自相交"},
    [GRID_DEFECT_INVALID_GEOMETRY] = {"invalid_geometry", "图形无效"},
    [GRID_DEFECT_UNCLOSED] = {"unclosed", "未闭合"},
    [GRID_DEFECT_BAD_COORDINATE] = {"bad_coordinate", "坐标异常"},
    [GRID_DEFECT_EMPTY] = {"empty", "空图形"},
    [GRID_DEFECT_WRONG_PARENT] = {"wrong_parent", "上级错误"},
    [GRID_DEFECT_MISSING_PARENT] = {"missing_parent", "上级缺失"},
    [GRID_DEFECT_CODE_DUPLICATE] = {"code_duplicate", "编码重复"},
    [GRID_DEFECT_PREFIX_MISMATCH] = {"prefix_mismatch", "编码前缀不符"},
};

const char *grid_defect_name(grid_defect_kind kind) {
    return names[kind][0];
}

const char *grid_defect_name_zh(grid_defect_kind kind) {
    return names[kind][1];
}

const char *grid_defect_severity_name(grid_defect_severity severity) {
    static const char *const words[] = {"rounding", "sliver", "real"};
    return words[severity];
}

/* ---- defects -------------------------------------------------------------------- */

grid_status find_add(finder *k, grid_defect d, const uint32_t *units, size_t n, grid_error *err) {
    return defect_list_add(&k->defect, &d, units, n) ? GRID_OK : grid_fail_nomem(err);
}

/* ---- levels --------------------------------------------------------------------- */

/* A ring that lacks its last edge is told as that; everything else goes by what it is meant to
 * bound. */
static grid_status go_by_closed_rings(find_level *l, grid_error *err) {
    l->given = l->in->shapes;
    GRID_TRY(close_rings(l->given, &l->closed, err));
    if (l->closed == NULL)
        return GRID_OK;
    l->own = *l->in;
    l->own.shapes = l->closed;
    l->in = &l->own;
    return GRID_OK;
}

static void digest_some(void *user, size_t begin, size_t end, unsigned worker) {
    (void)worker;
    find_level *l = user;
    for (size_t f = begin; f < end; f++) {
        feature_digest(l->in->shapes, f, &l->edges[f], &l->rings[f]);
        if (l->closed != NULL && has_open_ring(l->given, f))
            l->rings[f] = digest_mix(l->rings[f], 3); /* not those of the closed ones */
    }
}

static grid_status give_parents(find_level *l, grid_error *err) {
    const grid_cover_level *above = l[-1].in, *in = l->in;
    if (in->parent_code != NULL && above->code != NULL)
        return grid_cover_match(above->code, above->shapes->n, in->parent_code, in->shapes->n,
                                l->parent_of, err);
    if (above->shapes->n == 1) /* then also what lies outside belongs to it */
        return GRID_OK;
    return grid_cover_place(above->shapes, in->shapes, l->parent_of, err);
}

static grid_status open_level(finder *k, uint32_t level, grid_error *err) {
    find_level *l = &k->level[level];
    GRID_TRY(go_by_closed_rings(l, err));
    l->n = l->in->shapes->n;
    if (l->in->shapes->n_xy >= UINT32_MAX)
        return grid_fail(err, GRID_E_INPUT, l->in->name, "more than 2^32 vertices in one layer");
    l->edges = GRID_NEW(grid_digest, l->n);
    l->rings = GRID_NEW(grid_digest, l->n);
    l->unusable = GRID_NEW(bool, l->n);
    l->simple = GRID_NEW(bool, l->n);
    if (l->edges == NULL || l->rings == NULL || l->unusable == NULL || l->simple == NULL)
        return grid_fail_nomem(err);
    grid_parallel_for(grid_threads(k->ctx), l->n, 1024, digest_some, l);
    if (level == 0)
        return GRID_OK;
    l->parent_of = GRID_NEW(uint32_t, l->n);
    l->home = GRID_NEW(uint32_t, l->n);
    l->seam = GRID_NEW(grid_seam, l[-1].n);
    l->unchanged = GRID_NEW(bool, l[-1].n);
    if (l->parent_of == NULL || l->home == NULL || l->seam == NULL || l->unchanged == NULL)
        return grid_fail_nomem(err);
    GRID_TRY(give_parents(l, err));
    memcpy(l->home, l->parent_of, l->n * sizeof *l->home);
    return GRID_OK;
}

/* Digests of the rings below every parent, and whether they are known. */
static void compare_digests(finder *k, uint32_t level) {
    find_level *l = &k->level[level];
    for (size_t p = 0; p < l[-1].n; p++)
        l->seam[p].digest = digest_mix(l[-1].rings[p], 2);
    for (size_t c = 0; c < l->n; c++)
        if (l->parent_of[c] != GRID_NONE) {
            grid_seam *s = &l->seam[l->parent_of[c]];
            s->digest = digest_plus(s->digest, digest_mix(l->rings[c], 1));
            s->n_children++;
        }
    const grid_digest *since = k->options->since != NULL && !l->in->within
                                   ? k->options->since[level]
                                   : NULL;
    for (size_t p = 0; since != NULL && p < l[-1].n; p++)
        l->unchanged[p] = since[p].a == l->seam[p].digest.a && since[p].b == l->seam[p].digest.b &&
                          !digest_is_zero(since[p]);
}

/* The verdicts, by the parents as given. */
static grid_status judge(const finder *k, uint32_t level, grid_error *err) {
    const find_level *l = &k->level[level];
    grid_digest *sum = GRID_NEW(grid_digest, l[-1].n);
    if (sum == NULL)
        return grid_fail_nomem(err);
    for (size_t c = 0; c < l->n; c++) {
        uint32_t p = l->parent_of[c];
        if (p == GRID_NONE)
            continue;
        if (!l->unusable[c])
            sum[p] = digest_plus(sum[p], l->edges[c]);
        l->seam[p].n_bad += !l->simple[c] && !l->unchanged[p];
    }
    for (size_t p = 0; p < l[-1].n; p++) {
        grid_seam *s = &l->seam[p];
        if (!l[-1].unusable[p])
            sum[p] = digest_minus(sum[p], l[-1].edges[p]);
        s->n_bad += !l[-1].simple[p] && !l->unchanged[p];
        s->exact = l->unchanged[p] || (digest_is_zero(sum[p]) && s->n_bad == 0);
    }
    free(sum);
    return GRID_OK;
}

/* By the parents as given, where some were wrong; else the search that follows counts. */
static grid_status count_residual(const finder *k, uint32_t level, grid_error *err) {
    const find_level *l = &k->level[level];
    bool *wanted = GRID_NEW(bool, l[-1].n);
    if (wanted == NULL)
        return grid_fail_nomem(err);
    bool any = false;
    for (size_t p = 0; p < l[-1].n; p++)
        any |= wanted[p] = !l->seam[p].exact;
    cancel_input in = {.parents = l[-1].in->shapes,
                       .children = l->in->shapes,
                       .parent_of = l->parent_of,
                       .n_groups = l[-1].n,
                       .wanted = wanted,
                       .unusable_parent = l[-1].unusable,
                       .unusable = l->unusable};
    residual r = {0};
    grid_status status = any ? cancel_edges(&in, k->ctx, &r, err) : GRID_OK;
    residual_count(l->seam, in.parents, in.children, r.edge, r.n);
    residual_free(&r);
    free(wanted);
    return status;
}

grid_status find_prepare(finder *k, uint32_t level, grid_error *err) {
    if (level > 0)
        compare_digests(k, level);
    GRID_TRY(find_ring_faults(k, level, err));
    if (level == 0)
        return GRID_OK;
    GRID_TRY(judge(k, level, err));
    return find_homes(k, level, err);
}

static grid_status search_level(finder *k, uint32_t level, grid_error *err) {
    GRID_TRY(find_prepare(k, level, err));
    if (k->level[level].moved)
        GRID_TRY(count_residual(k, level, err));
    GRID_TRY(find_code_faults(k, level, err));
    return find_residual_faults(k, level, err);
}

grid_status find_open(finder *k, const grid_cover_level *levels, grid_error *err) {
    k->level = GRID_NEW(find_level, k->n_levels);
    k->shapes = grid_shapes_new();
    if (k->level == NULL || k->shapes == NULL)
        return grid_fail_nomem(err);
    for (uint32_t l = 0; l < k->n_levels; l++) {
        k->level[l].in = &levels[l];
        GRID_TRY(open_level(k, l, err));
    }
    return GRID_OK;
}

static grid_status search(finder *k, const grid_cover_level *levels, grid_error *err) {
    GRID_TRY(find_open(k, levels, err));
    for (uint32_t l = 0; l < k->n_levels; l++) {
        if (grid_cancelled(k->ctx))
            return grid_fail(err, GRID_E_CANCEL, "", "cancelled");
        grid_report_progress(k->ctx, "checking", (double)l / k->n_levels);
        GRID_TRY(search_level(k, l, err));
    }
    find_sort(k);
    return GRID_OK;
}

/* ---- the report ----------------------------------------------------------------- */

/* What nobody but the one who frees it has to know. */
typedef struct whole_report {
    grid_cover_report report;
    defect_list defects;
} whole_report;

static grid_status make_report(finder *k, grid_cover_report **out, grid_error *err) {
    whole_report *r = GRID_NEW(whole_report, 1);
    grid_seam **seam = GRID_NEW(grid_seam *, k->n_levels);
    uint32_t **parent_of = GRID_NEW(uint32_t *, k->n_levels);
    if (r == NULL || seam == NULL || parent_of == NULL) {
        free(r);
        free(seam);
        free(parent_of);
        return grid_fail_nomem(err);
    }
    for (uint32_t l = 0; l < k->n_levels; l++) {
        seam[l] = k->level[l].seam;
        parent_of[l] = k->level[l].parent_of;
        k->level[l].seam = NULL;
        k->level[l].parent_of = NULL;
    }
    r->defects = k->defect;
    r->report = (grid_cover_report){k->defect.at, k->defect.n, k->shapes,
                                    k->n_levels,  seam,        parent_of};
    k->defect = (defect_list){0};
    k->shapes = NULL;
    *out = &r->report;
    return GRID_OK;
}

void find_close(finder *k) {
    for (uint32_t l = 0; k->level != NULL && l < k->n_levels; l++) {
        find_level *level = &k->level[l];
        grid_shapes_free(level->closed);
        free(level->edges);
        free(level->rings);
        free(level->unusable);
        free(level->simple);
        free(level->parent_of);
        free(level->home);
        free(level->seam);
        free(level->unchanged);
    }
    free(k->level);
    defect_list_free(&k->defect);
    grid_shapes_free(k->shapes);
}

grid_status grid_cover_find(const grid_cover_level *levels, size_t n,
                            const grid_cover_options *options, const grid_context *ctx,
                            grid_cover_report **out, grid_error *err) {
    static const grid_cover_options plain = {.tolerance = 0};
    *out = NULL;
    finder k = {.n_levels = (uint32_t)n, .options = options != NULL ? options : &plain, .ctx = ctx};
    grid_status status = search(&k, levels, err);
    if (status == GRID_OK)
        status = make_report(&k, out, err);
    find_close(&k);
    return status;
}

void grid_cover_report_free(grid_cover_report *r) {
    if (r == NULL)
        return;
    defect_list_free(&((whole_report *)r)->defects);
    grid_shapes_free(r->shapes);
    for (size_t l = 0; l < r->n_levels; l++) {
        free(r->seam[l]);
        free(r->parent_of[l]);
    }
    free(r->seam);
    free(r->parent_of);
    free(r);
}
