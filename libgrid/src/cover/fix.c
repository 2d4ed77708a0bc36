/*
 * Repair of a hierarchy, level by level from the top, each in rounds: rounding a crossing to
 * doubles may leave a sliver of one unit in the last place, which the next round settles.
 */
#include "cover/close.h"
#include "cover/digest.h"
#include "cover/find.h"
#include "cover/mend.h"

#include "base/base.h"

#include <string.h>

enum { MOST_ROUNDS = 12, PUT_OFF_ROUNDS = 4 };

typedef struct fixer {
    grid_cover_level *level; /* with the shapes as they are by now */
    grid_shapes **own;       /* per level; NULL where they are still the caller's */
    size_t n;
    const grid_fix_options *options;
    const grid_context *ctx;
} fixer;

static void replace_shapes(fixer *x, size_t level, grid_shapes *by) {
    grid_shapes_free(x->own[level]);
    x->own[level] = by;
    x->level[level].shapes = by;
}

/* ---- vertices on parents' edges ------------------------------------------------- */

typedef struct insert_table {
    const mend_insert *insert;
    size_t n;
    uint32_t *slot; /* first insert of an edge + 1 */
    size_t mask;
} insert_table;

static uint64_t undirected_hash(grid_xy a, grid_xy b) {
    return hash_vertex(a).f1 + hash_vertex(b).f1;
}

static bool same_edge(const mend_insert *i, grid_xy a, grid_xy b) {
    return (grid_xy_equal(i->a, a) && grid_xy_equal(i->b, b)) ||
           (grid_xy_equal(i->a, b) && grid_xy_equal(i->b, a));
}

static bool open_table(insert_table *t, const mend_insert *insert, size_t n) {
    size_t size = 16;
    while (size < 3 * n)
        size *= 2;
    *t = (insert_table){insert, n, GRID_NEW(uint32_t, size), size - 1};
    if (t->slot == NULL)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && same_edge(&insert[i - 1], insert[i].a, insert[i].b))
            continue;
        size_t at = undirected_hash(insert[i].a, insert[i].b) & t->mask;
        while (t->slot[at] != 0)
            at = (at + 1) & t->mask;
        t->slot[at] = (uint32_t)i + 1;
    }
    return true;
}

/* The inserts of an edge: their number, from `first`. Of equal edges the first found counts. */
static size_t inserts_of(const insert_table *t, grid_xy a, grid_xy b, size_t *first) {
    size_t at = undirected_hash(a, b) & t->mask, n = 0;
    for (; t->slot[at] != 0; at = (at + 1) & t->mask) {
        *first = t->slot[at] - 1;
        if (!same_edge(&t->insert[*first], a, b))
            continue;
        while (*first + n < t->n && same_edge(&t->insert[*first + n], a, b))
            n++;
        break;
    }
    return n;
}

static bool add_edge(const insert_table *t, grid_xy a, grid_xy b, grid_shapes *out, bool *changed) {
    size_t first, n = inserts_of(t, a, b, &first);
    bool forward = n > 0 && grid_xy_equal(t->insert[first].a, a);
    for (size_t i = 0; i < n; i++) {
        grid_xy at = t->insert[first + (forward ? i : n - 1 - i)].at;
        if (!grid_shapes_add(out, at.x, at.y))
            return false;
        *changed = true;
    }
    return grid_shapes_add(out, b.x, b.y);
}

static bool copy_with_inserts(const insert_table *t, const grid_shapes *from, size_t f,
                              grid_shapes *out, bool *changed) {
    if (from->kind[f] != GRID_SHAPE_AREA)
        return grid_shapes_copy(out, from, f);
    bool done = grid_shapes_begin(out, GRID_SHAPE_AREA);
    for (size_t p = from->part_start[f]; p < from->part_start[f + 1] && done; p++) {
        done = grid_shapes_begin_part(out);
        for (size_t c = from->chain_start[p]; c < from->chain_start[p + 1] && done; c++) {
            size_t begin = from->xy_start[c], end = from->xy_start[c + 1];
            done = grid_shapes_begin_chain(out) &&
                   (begin == end || grid_shapes_add(out, from->xy[begin].x, from->xy[begin].y));
            for (size_t i = begin; i + 1 < end && done; i++)
                done = add_edge(t, from->xy[i], from->xy[i + 1], out, changed);
        }
    }
    return done;
}

static grid_status insert_vertices(fixer *x, size_t level, const insert_table *t, grid_error *err) {
    const grid_shapes *from = x->level[level].shapes;
    grid_shapes *out = grid_shapes_new();
    bool changed = false, done = out != NULL;
    for (size_t f = 0; f < from->n && done; f++)
        done = copy_with_inserts(t, from, f, out, &changed);
    if (done && changed)
        replace_shapes(x, level, out);
    else
        grid_shapes_free(out);
    return done ? GRID_OK : grid_fail_nomem(err);
}

/* Every edge that is the parent's, at any level, gets the same vertices. */
static grid_status insert_everywhere(fixer *x, size_t level, const mend_level *m, grid_error *err) {
    if (m->insert.n == 0)
        return GRID_OK;
    insert_table t;
    grid_status status = open_table(&t, m->insert.at, m->insert.n) ? GRID_OK : grid_fail_nomem(err);
    for (size_t l = 0; l <= level && status == GRID_OK; l++)
        status = insert_vertices(x, l, &t, err);
    free(t.slot);
    return status;
}

/* ---- a round -------------------------------------------------------------------- */

static grid_status take_mended(fixer *x, size_t level, const mend_level *m, grid_error *err) {
    const grid_shapes *from = x->level[level].shapes;
    grid_shapes *out = grid_shapes_new();
    bool done = out != NULL;
    for (size_t f = 0; f < from->n && done; f++)
        done = m->mended_of[f] != GRID_NONE ? grid_shapes_copy(out, m->mended, m->mended_of[f])
                                            : grid_shapes_copy(out, from, f);
    if (done)
        replace_shapes(x, level, out);
    else
        grid_shapes_free(out);
    return done ? GRID_OK : grid_fail_nomem(err);
}

/* What is asked of a level, and who may cancel it. */
typedef struct mend_task {
    mend_level *mend;
    const grid_context *ctx;
} mend_task;

static grid_status mend_groups(void *user, const region_level *level, const residual_group *groups,
                               size_t n, grid_error *err) {
    const mend_task *task = user;
    for (size_t i = 0; i < n; i++) {
        if (grid_cancelled(task->ctx))
            return grid_fail(err, GRID_E_CANCEL, "", "cancelled");
        GRID_TRY(mend_group(task->mend, level, groups[i].group, groups[i].edge, groups[i].n, err));
    }
    return GRID_OK;
}

static grid_status mend_all_spikes(const finder *k, uint32_t at, mend_level *m, grid_error *err) {
    for (size_t i = 0; i < k->defect.n; i++) {
        const grid_defect *d = &k->defect.at[i];
        if (d->level == at && d->kind == GRID_DEFECT_SPIKE && m->mended_of[d->unit[0]] == GRID_NONE)
            GRID_TRY(mend_spikes(m, k->level[at].in->shapes, d->unit[0], err));
    }
    return GRID_OK;
}

static grid_status mend_residual(fixer *x, finder *k, size_t level, mend_level *m,
                                 grid_error *err) {
    uint32_t at = level > 0 ? 1 : 0;
    GRID_TRY(find_open(k, &x->level[level - at], err));
    for (uint32_t l = 0; l <= at; l++)
        GRID_TRY(find_prepare(k, l, err));
    size_t n = x->level[level].shapes->n;
    m->simple = k->level[at].simple;
    m->mended = grid_shapes_new();
    m->mended_of = GRID_NEW(uint32_t, n);
    m->scratch = ring_scratch_new();
    if (m->mended == NULL || m->mended_of == NULL || m->scratch == NULL)
        return grid_fail_nomem(err);
    memset(m->mended_of, 0xff, n * sizeof *m->mended_of);
    mend_task task = {m, x->ctx};
    GRID_TRY(find_each_residual(k, at, mend_groups, &task, err));
    return mend_all_spikes(k, at, m, err);
}

/* *put_off: what may be put off to a later round; then, what was. */
static grid_status fix_round(fixer *x, size_t level, bool *put_off, bool *changed,
                             grid_error *err) {
    const grid_cover_options plain = {.aspect = x->options->aspect};
    const double *priority = x->options->priority != NULL ? x->options->priority[level] : NULL;
    finder k = {.n_levels = level > 0 ? 2 : 1, .options = &plain, .ctx = x->ctx};
    mend_level m = {.tolerance = x->options->tolerance,
                    .all = x->options->all,
                    .puts_off = *put_off,
                    .priority = priority};
    grid_status status = mend_residual(x, &k, level, &m, err);
    *put_off = m.put_off;
    *changed = status == GRID_OK && m.changed;
    if (*changed) {
        status = take_mended(x, level, &m, err);
        if (status == GRID_OK)
            status = insert_everywhere(x, level, &m, err);
    }
    find_close(&k);
    grid_shapes_free(m.mended);
    free(m.mended_of);
    ring_scratch_free(m.scratch);
    GRID_VEC_FREE(&m.insert);
    return status;
}

/* ---- what changed --------------------------------------------------------------- */

static size_t count_vertices(const grid_shapes *s, size_t f) {
    return s->xy_start[s->chain_start[s->part_start[f + 1]]] -
           s->xy_start[s->chain_start[s->part_start[f]]];
}

static bool list_changes(const fixer *x, const grid_cover_level *before, size_t level,
                         grid_cover_fixed *out, size_t *cap) {
    const grid_shapes *old = before[level].shapes, *new = x->level[level].shapes;
    for (size_t f = 0; f < old->n; f++) {
        grid_digest edges, rings_old, rings_new;
        feature_digest(old, f, &edges, &rings_old);
        feature_digest(new, f, &edges, &rings_new);
        if (rings_old.a == rings_new.a && rings_old.b == rings_new.b)
            continue;
        if (!grid_vec_reserve((void **)&out->change, out->n, cap, 1, sizeof *out->change))
            return false;
        out->change[out->n++] = (grid_fix_change){
            (uint32_t)level,          (uint32_t)f,
            grid_shapes_area(old, f), grid_shapes_area(new, f),
            count_vertices(old, f),   count_vertices(new, f)};
    }
    return true;
}

static grid_status report(fixer *x, const grid_cover_level *before, grid_cover_fixed **out,
                          grid_error *err) {
    grid_cover_fixed *fixed = GRID_NEW(grid_cover_fixed, 1);
    if (fixed == NULL)
        return grid_fail_nomem(err);
    fixed->n_levels = x->n;
    size_t cap = 0;
    bool done = true;
    for (size_t l = 0; l < x->n && done; l++)
        if (x->own[l] != NULL)
            done = list_changes(x, before, l, fixed, &cap);
    fixed->shapes = x->own;
    x->own = NULL;
    if (!done) {
        grid_cover_fixed_free(fixed);
        return grid_fail_nomem(err);
    }
    *out = fixed;
    return GRID_OK;
}

static grid_status close_level(fixer *x, size_t level, grid_error *err) {
    grid_shapes *closed;
    GRID_TRY(close_rings(x->level[level].shapes, &closed, err));
    if (closed != NULL)
        replace_shapes(x, level, closed);
    return GRID_OK;
}

/* Gaps are put off only as long as others change. */
static grid_status fix_level(fixer *x, size_t level, grid_error *err) {
    bool changed = true, put_off = false;
    for (int round = 0; (changed || put_off) && round < MOST_ROUNDS; round++) {
        put_off = changed && round < PUT_OFF_ROUNDS;
        GRID_TRY(fix_round(x, level, &put_off, &changed, err));
    }
    return GRID_OK;
}

static grid_status fix_levels(fixer *x, grid_error *err) {
    for (size_t l = 0; l < x->n; l++) /* parents too: units meet on their last edge */
        GRID_TRY(close_level(x, l, err));
    for (size_t l = 0; l < x->n; l++) {
        if (x->options->may_change[l] && !x->level[l].within) {
            grid_report_progress(x->ctx, "repairing", (double)l / (double)x->n);
            GRID_TRY(fix_level(x, l, err));
        }
    }
    return GRID_OK;
}

grid_status grid_cover_fix(const grid_cover_level *levels, size_t n,
                           const grid_fix_options *options, const grid_context *ctx,
                           grid_cover_fixed **out, grid_error *err) {
    *out = NULL;
    fixer x = {GRID_NEW(grid_cover_level, n), GRID_NEW(grid_shapes *, n), n, options, ctx};
    grid_status status = GRID_OK;
    if (x.level == NULL || x.own == NULL)
        status = grid_fail_nomem(err);
    else
        memcpy(x.level, levels, n * sizeof *levels);
    if (status == GRID_OK)
        status = fix_levels(&x, err);
    if (status == GRID_OK)
        status = report(&x, levels, out, err);
    for (size_t l = 0; x.own != NULL && l < n; l++)
        grid_shapes_free(x.own[l]);
    free(x.own);
    free(x.level);
    return status;
}

void grid_cover_fixed_free(grid_cover_fixed *fixed) {
    if (fixed == NULL)
        return;
    for (size_t l = 0; l < fixed->n_levels; l++)
        grid_shapes_free(fixed->shapes[l]);
    free(fixed->shapes);
    free(fixed->change);
    free(fixed);
}
