#include "locate/tiles.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/parallel.h"
#include "locate/piece.h"
#include "locate/side.h"

enum {
    FEW_EDGES = 14,      /* at most so many may fit into a border tile */
    TASK_EDGES = 1 << 14 /* subtrees of so many edges are a task; not of the number of threads */
};

/* ---- faces --------------------------------------------------------------------------- */

typedef GRID_VEC(uint32_t) units;

/* Adds the unit, or takes it away when it is there; keeps the order. */
static bool toggle(units *u, uint32_t unit) {
    size_t i = 0;
    while (i < u->n && u->at[i] < unit)
        i++;
    if (i < u->n && u->at[i] == unit) {
        memmove(u->at + i, u->at + i + 1, (--u->n - i) * sizeof *u->at);
        return true;
    }
    if (!GRID_RESERVE(u, 1))
        return false;
    memmove(u->at + i + 1, u->at + i, (u->n++ - i) * sizeof *u->at);
    u->at[i] = unit;
    return true;
}

static bool face_units(const face_sets *sets, uint32_t n_units, face f, units *out) {
    out->n = 0;
    if (f < n_units)
        return GRID_PUSH(out, f);
    if (f == n_units)
        return true;
    size_t set = f - n_units - 1, begin = sets->start.at[set];
    size_t end = set + 1 < sets->start.n ? sets->start.at[set + 1] : sets->member.n;
    for (size_t i = begin; i < end; i++)
        if (!GRID_PUSH(out, sets->member.at[i]))
            return false;
    return true;
}

/* The face of these units; a new set where there is none yet. */
static bool face_of(face_sets *sets, uint32_t n_units, const units *u, face *out) {
    *out = u->n == 0 ? n_units : u->at[0];
    if (u->n < 2)
        return true;
    for (size_t set = 0; set < sets->start.n; set++) {
        size_t begin = sets->start.at[set];
        size_t end = set + 1 < sets->start.n ? sets->start.at[set + 1] : sets->member.n;
        if (end - begin == u->n &&
            memcmp(sets->member.at + begin, u->at, u->n * sizeof *u->at) == 0) {
            *out = n_units + 1 + (face)set;
            return true;
        }
    }
    *out = n_units + 1 + (face)sets->start.n;
    if (!GRID_PUSH(&sets->start, (uint32_t)sets->member.n) || !GRID_RESERVE(&sets->member, u->n))
        return false;
    memcpy(sets->member.at + sets->member.n, u->at, u->n * sizeof *u->at);
    sets->member.n += u->n;
    return true;
}

/* ---- one task's cutting ---------------------------------------------------------------- */

typedef struct task {
    rect r;
    face anchor; /* in the sets of the tree above */
    uint32_t *edge;
    size_t n;
    tiling made;
    bool failed;
} task;

typedef GRID_VEC(task) task_list;

/* In the tree above, where a task's root is to be put. */
enum { ENTRY_TASK = 3 };

typedef struct cutter {
    const borders *b;
    tiling *out;
    const volatile int *cancel;
    task_list *tasks; /* NULL within a task */
    units scratch;
} cutter;

/* The face at `to`, which lies on a level or an upright line with `from`. */
static bool carry(cutter *c, const uint32_t *edge, size_t n, grid_xy from, face at, grid_xy to,
                  face *out) {
    uint32_t nobody = c->b->head.n_units;
    bool level = from.y == to.y, moved = false;
    for (size_t i = 0; i < n; i++) {
        grid_xy a = c->b->xy.at[edge[i]], b = c->b->xy.at[edge[i] + 1];
        if (level ? !crosses_level(a, b, from, to) : !crosses_upright(a, b, from, to))
            continue;
        if (!moved && !face_units(&c->out->sets, nobody, at, &c->scratch))
            return false;
        moved = true;
        const border_arc *on = &c->b->arcs.at[c->b->arc_of.at[edge[i]]];
        if ((on->left != nobody && !toggle(&c->scratch, on->left)) ||
            (on->right != nobody && !toggle(&c->scratch, on->right)))
            return false;
    }
    *out = at;
    return !moved || face_of(&c->out->sets, nobody, &c->scratch, out);
}

/* The answer for the tile's corner's face with some labels toggled: a single unit, nobody, or
 * "find it exactly". */
static bool slot_of(cutter *c, face anchor, const uint32_t *labels, const uint32_t *roots,
                    unsigned n_bits, unsigned bits, uint32_t *out) {
    uint32_t nobody = c->b->head.n_units;
    if (bits == 0)
        return *out = anchor, true;
    if (!face_units(&c->out->sets, nobody, anchor, &c->scratch))
        return false;
    for (unsigned j = 0; j < n_bits; j++)
        if (bits >> j & 1 && ((labels[j] != nobody && !toggle(&c->scratch, labels[j])) ||
                              (roots[j] != nobody && !toggle(&c->scratch, roots[j]))))
            return false;
    *out = c->scratch.n == 0 ? nobody : c->scratch.n == 1 ? c->scratch.at[0] : FACE_EXACT;
    return true;
}

static bool fill_slots(cutter *c, border_tile *t, face anchor, const uint32_t *labels,
                       const uint32_t *roots, unsigned n_bits) {
    uint32_t slot[1 << TILE_PLANES];
    for (unsigned bits = 0; bits < 1u << TILE_PLANES; bits++) {
        slot[bits] = FACE_EXACT;
        if (bits < 1u << n_bits && !slot_of(c, anchor, labels, roots, n_bits, bits, &slot[bits]))
            return false;
    }
    if (n_bits < TILE_PLANES) {
        memcpy(t->slot, slot, sizeof t->slot);
        return true;
    }
    t->flags |= TILE_HAS_PALETTE;
    t->slot[0] = (uint32_t)c->out->palette.n;
    for (unsigned i = 0; i < 1u << TILE_PLANES; i++)
        if (!GRID_PUSH(&c->out->palette, slot[i]))
            return false;
    return true;
}

static bool add_tile(cutter *c, border_tile *t, const uint32_t *edge, size_t n, entry *out) {
    t->first_edge = (uint32_t)c->out->edge.n;
    if (!GRID_RESERVE(&c->out->edge, n))
        return false;
    memcpy(c->out->edge.at + c->out->edge.n, edge, n * sizeof *edge);
    c->out->edge.n += n;
    *out = entry_make(ENTRY_TILE, (uint32_t)c->out->tiles.n);
    return GRID_PUSH(&c->out->tiles, *t);
}

/* A tile in which every point is answered exactly. */
static bool add_exact_tile(cutter *c, const rect *r, face anchor, const uint32_t *edge, size_t n,
                           entry *out) {
    border_tile t = {
        .sx = r->sx, .sy = r->sy, .flags = TILE_IS_EXACT, .slot = {anchor, (uint32_t)n}};
    return add_tile(c, &t, edge, n, out);
}

/* Makes a border tile, or a face tile where no border comes in; *done tells whether it could. */
static bool try_tile(cutter *c, const rect *r, face anchor, const uint32_t *edge, size_t n,
                     entry *out, bool *done) {
    uint32_t labels[TILE_PLANES] = {0}, roots[TILE_PLANES] = {0};
    unsigned n_bits;
    border_tile t;
    *done = pieces_fit(c->b, r, edge, n, &t, labels, roots, &n_bits);
    if (!*done)
        return true;
    if (t.live == 0) {
        *out = entry_make(ENTRY_FACE, anchor);
        return true;
    }
    t.n_edges = (uint8_t)n;
    return fill_slots(c, &t, anchor, labels, roots, n_bits) && add_tile(c, &t, edge, n, out);
}

static bool cut_rect(cutter *c, const rect *r, face anchor, uint32_t *edge, size_t n, entry *out);

/* The longer side on the ground, unless a side is as short as it may be. */
static bool cut_upright(const nest_image *h, const rect *r) {
    if (r->sx == TILE_BITS || r->sy == TILE_BITS)
        return r->sy == TILE_BITS;
    return rect_side(r->sx) / h->scale_x >= rect_side(r->sy) / h->scale_y;
}

/* Keeps the edges that come into a half of a rectangle that all of them come into: an edge on the
 * half's side of the cut does, so few need more than a look at one coordinate. */
static size_t keep_meeting(const borders *b, const rect *half, bool upright, bool upper,
                           const uint32_t *edge, size_t n, uint32_t *out) {
    const nest_image *h = &b->head;
    const double side = upright ? rect_side(half->sx) : rect_side(half->sy);
    const double begin = upright ? half->x0 : half->y0;
    const double sign = upper ? -1 : 1, limit = RECT_SLACK + (upper ? -begin : begin + side);
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        grid_xy p = b->xy.at[edge[i]], q = b->xy.at[edge[i] + 1];
        bool p_is = sign * (upright ? lattice_x(h, p.x) : lattice_y(h, p.y)) <= limit;
        bool q_is = sign * (upright ? lattice_x(h, q.x) : lattice_y(h, q.y)) <= limit;
        out[kept] = edge[i];
        kept += (p_is && q_is) || ((p_is || q_is) && rect_meets(h, half, p, q));
    }
    return kept;
}

/* Cuts a rectangle with the edges that come into it, which are given away. A subtree is left to a
 * task when the tree is still being shared out. */
static bool descend(cutter *c, const rect *r, face anchor, uint32_t *edge, size_t n, entry *out) {
    if (c->tasks != NULL && n <= TASK_EDGES) {
        const task t = {.r = *r, .anchor = anchor, .edge = edge, .n = n};
        *out = entry_make(ENTRY_TASK, (uint32_t)c->tasks->n);
        return GRID_PUSH(c->tasks, t) || (free(edge), false);
    }
    bool ok = cut_rect(c, r, anchor, edge, n, out);
    free(edge);
    return ok;
}

static bool cut_rect(cutter *c, const rect *r, face anchor, uint32_t *edge, size_t n, entry *out) {
    bool done = false;
    if (n == 0)
        return *out = entry_make(ENTRY_FACE, anchor), true;
    if (n <= FEW_EDGES && !try_tile(c, r, anchor, edge, n, out, &done))
        return false;
    if (done)
        return true;
    if (r->sx == TILE_BITS && r->sy == TILE_BITS)
        return add_exact_tile(c, r, anchor, edge, n, out);
    if (c->cancel != NULL && *c->cancel)
        return true;
    bool upright = cut_upright(&c->b->head, r);
    rect half[2] = {*r, *r};
    *(upright ? &half[0].sx : &half[0].sy) -= 1;
    half[1].sx = half[0].sx;
    half[1].sy = half[0].sy;
    if (upright)
        half[1].x0 += UINT32_C(1) << half[1].sx;
    else
        half[1].y0 += UINT32_C(1) << half[1].sy;
    face at[2] = {anchor, 0};
    if (!carry(c, edge, n, lattice_anchor(&c->b->head, half[0].x0, half[0].y0), anchor,
               lattice_anchor(&c->b->head, half[1].x0, half[1].y0), &at[1]))
        return false;
    uint32_t index = (uint32_t)c->out->cuts.n;
    const cut fresh = {{0, 0}, upright};
    *out = entry_make(ENTRY_NODE, index);
    if (!GRID_PUSH(&c->out->cuts, fresh))
        return false;
    for (int i = 0; i < 2; i++) {
        entry child = 0;
        uint32_t *inside = malloc((n + 1) * sizeof *inside);
        if (inside == NULL)
            return false;
        size_t kept = keep_meeting(c->b, &half[i], upright, i == 1, edge, n, inside);
        if (!descend(c, &half[i], at[i], inside, kept, &child))
            return false;
        c->out->cuts.at[index].half[i] = child;
    }
    return true;
}

/* ---- sharing out and putting together -------------------------------------------------- */

typedef struct crew {
    const borders *b;
    const grid_context *ctx;
    const face_sets *sets; /* of the tree above */
    task *task;
} crew;

static bool copy_sets(const face_sets *from, face_sets *to) {
    if (!GRID_RESERVE(&to->start, from->start.n) || !GRID_RESERVE(&to->member, from->member.n))
        return false;
    for (size_t i = 0; i < from->start.n; i++)
        to->start.at[to->start.n++] = from->start.at[i];
    for (size_t i = 0; i < from->member.n; i++)
        to->member.at[to->member.n++] = from->member.at[i];
    return true;
}

static void run_tasks(void *user, size_t begin, size_t end, unsigned worker) {
    (void)worker;
    const crew *c = user;
    for (size_t i = begin; i < end; i++) {
        task *t = &c->task[i];
        cutter k = {.b = c->b, .out = &t->made, .cancel = c->ctx ? c->ctx->cancel : NULL};
        t->failed = !copy_sets(c->sets, &t->made.sets) ||
                    !cut_rect(&k, &t->r, t->anchor, t->edge, t->n, &t->made.root);
        GRID_VEC_FREE(&k.scratch);
    }
}

/* How a task's numbers become the whole's. */
typedef struct shift {
    uint32_t cuts, tiles, palette, edge;
    uint32_t first_own_set, sets; /* faces from the first on move by `sets` */
} shift;

static face shift_face(const shift *s, face f) {
    return f != FACE_EXACT && f >= s->first_own_set ? f + s->sets : f;
}

static entry shift_entry(const shift *s, entry e) {
    switch (entry_kind(e)) {
    case ENTRY_FACE:
        return entry_make(ENTRY_FACE, shift_face(s, entry_index(e)));
    case ENTRY_TILE:
        return e + s->tiles;
    case ENTRY_NODE:
        return e + s->cuts;
    default:
        return e;
    }
}

static bool append_sets(tiling *all, const face_sets *own, size_t first) {
    size_t begin = first < own->start.n ? own->start.at[first] : own->member.n;
    for (size_t i = first; i < own->start.n; i++)
        if (!GRID_PUSH(&all->sets.start, (uint32_t)(own->start.at[i] - begin + all->sets.member.n)))
            return false;
    for (size_t i = begin; i < own->member.n; i++)
        if (!GRID_PUSH(&all->sets.member, own->member.at[i]))
            return false;
    return true;
}

static bool append_task(tiling *all, const tiling *own, const shift *s) {
    if (!GRID_RESERVE(&all->cuts, own->cuts.n) || !GRID_RESERVE(&all->tiles, own->tiles.n) ||
        !GRID_RESERVE(&all->palette, own->palette.n) || !GRID_RESERVE(&all->edge, own->edge.n))
        return false;
    for (size_t i = 0; i < own->cuts.n; i++) {
        cut c = own->cuts.at[i];
        c.half[0] = shift_entry(s, c.half[0]);
        c.half[1] = shift_entry(s, c.half[1]);
        all->cuts.at[all->cuts.n++] = c;
    }
    for (size_t i = 0; i < own->tiles.n; i++) {
        border_tile t = own->tiles.at[i];
        t.first_edge += s->edge;
        t.slot[0] = t.flags & TILE_HAS_PALETTE ? t.slot[0] + s->palette : shift_face(s, t.slot[0]);
        all->tiles.at[all->tiles.n++] = t;
    }
    for (size_t i = 0; i < own->palette.n; i++)
        all->palette.at[all->palette.n++] = shift_face(s, own->palette.at[i]);
    if (own->edge.n > 0)
        memcpy(all->edge.at + all->edge.n, own->edge.at, own->edge.n * sizeof *own->edge.at);
    all->edge.n += own->edge.n;
    return true;
}

/* Appends every task's part in their order and sets the entries that wait for them. */
static bool put_together(tiling *all, uint32_t n_units, const task_list *tasks) {
    size_t top_cuts = all->cuts.n, top_sets = all->sets.start.n;
    entry *root = GRID_NEW(entry, tasks->n);
    bool ok = root != NULL;
    for (size_t i = 0; ok && i < tasks->n; i++) {
        const tiling *own = &tasks->at[i].made;
        const shift s = {(uint32_t)all->cuts.n,
                         (uint32_t)all->tiles.n,
                         (uint32_t)all->palette.n,
                         (uint32_t)all->edge.n,
                         n_units + 1 + (uint32_t)top_sets,
                         (uint32_t)(all->sets.start.n - top_sets)};
        root[i] = shift_entry(&s, own->root);
        ok = append_task(all, own, &s) && append_sets(all, &own->sets, top_sets);
    }
    for (size_t i = 0; ok && i < top_cuts; i++)
        for (int half = 0; half < 2; half++)
            if (entry_kind(all->cuts.at[i].half[half]) == ENTRY_TASK)
                all->cuts.at[i].half[half] = root[entry_index(all->cuts.at[i].half[half])];
    if (ok && entry_kind(all->root) == ENTRY_TASK)
        all->root = root[entry_index(all->root)];
    free(root);
    return ok;
}

static bool cut_top(const borders *b, const grid_context *ctx, tiling *out, task_list *tasks) {
    size_t n = 0;
    uint32_t *all = malloc((b->xy.n + 1) * sizeof *all);
    if (all == NULL)
        return false;
    for (size_t i = 0; i < b->arcs.n; i++) {
        size_t end = i + 1 < b->arcs.n ? b->arcs.at[i + 1].first_vertex : b->xy.n;
        for (size_t v = b->arcs.at[i].first_vertex; v + 1 < end; v++)
            all[n++] = (uint32_t)v;
    }
    const rect whole = {0, 0, LATTICE_BITS, LATTICE_BITS};
    cutter c = {.b = b, .out = out, .cancel = ctx ? ctx->cancel : NULL, .tasks = tasks};
    bool ok = descend(&c, &whole, b->head.n_units, all, n, &out->root);
    GRID_VEC_FREE(&c.scratch);
    return ok;
}

grid_status tiling_build(const borders *b, const grid_context *ctx, tiling *out, grid_error *err) {
    *out = (tiling){0};
    task_list tasks = {0};
    bool ok = cut_top(b, ctx, out, &tasks);
    if (ok) {
        crew all = {b, ctx, &out->sets, tasks.at};
        grid_parallel_for(grid_threads(ctx), tasks.n, 1, run_tasks, &all);
        for (size_t i = 0; i < tasks.n; i++)
            ok = ok && !tasks.at[i].failed;
        ok = ok && put_together(out, b->head.n_units, &tasks);
    }
    for (size_t i = 0; i < tasks.n; i++) {
        tiling_free(&tasks.at[i].made);
        free(tasks.at[i].edge);
    }
    GRID_VEC_FREE(&tasks);
    if (grid_cancelled(ctx))
        return grid_fail(err, GRID_E_CANCEL, "", "cancelled");
    return ok ? GRID_OK : grid_fail_nomem(err);
}

void tiling_free(tiling *t) {
    GRID_VEC_FREE(&t->cuts);
    GRID_VEC_FREE(&t->tiles);
    GRID_VEC_FREE(&t->palette);
    GRID_VEC_FREE(&t->edge);
    GRID_VEC_FREE(&t->sets.start);
    GRID_VEC_FREE(&t->sets.member);
}
