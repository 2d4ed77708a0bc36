/* 四至: the four bounds of a unit in words, from what its border runs along on each side. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/vec.h"
#include "draw/atlas.h"

/* A stretch of border between two grids, with what it runs along. */
typedef struct piece {
    uint32_t left, right; /* grids; GRID_NONE outside */
    const char *name;
    uint8_t border_class;
    const grid_xy *xy;
    size_t n;
} piece;

typedef GRID_VEC(piece) pieces;

static bool pieces_of_rows(const grid_atlas *a, pieces *out) {
    const grid_border_rows *rows = a->map.borders;
    const grid_units *grids = a->map.units[a->grids];
    for (size_t i = 0; i < rows->n; i++) {
        const grid_shapes *s = rows->shapes;
        for (size_t c = s->chain_start[s->part_start[i]]; c < s->chain_start[s->part_start[i + 1]];
             c++) {
            piece p = {atlas_find_unit(grids, rows->left_code[i]),
                       atlas_find_unit(grids, rows->right_code[i]),
                       rows->name[i],
                       atlas_class_of(rows->border_class[i]),
                       s->xy + s->xy_start[c],
                       s->xy_start[c + 1] - s->xy_start[c]};
            if (!GRID_PUSH(out, p))
                return false;
        }
    }
    return true;
}

static bool pieces_of_arcs(const grid_atlas *a, pieces *out) {
    for (size_t i = 0; i < a->arcs->n; i++) {
        const grid_arc *arc = &a->arcs->arc[i];
        piece p = {arc->left, arc->right, "", GRID_BORDER_GAP, a->arcs->xy + arc->xy_start,
                   arc->n_xy};
        if (!GRID_PUSH(out, p))
            return false;
    }
    return true;
}

/* A piece as one of the two units beside it has it. */
typedef struct flank {
    uint32_t unit;
    bool unit_left;
    uint8_t weight; /* 2: a name, 1: a neighbour or a kind of thing */
    const char *label;
    const piece *p;
} flank;

typedef GRID_VEC(flank) flanks;

/* "第二网格" of the same community, "刘庄社区第二网格" of another. */
static const char *neighbour(grid_atlas *a, size_t level, uint32_t unit, uint32_t beyond) {
    const char *name = atlas_place(a, level, beyond);
    uint32_t parent = level > 0 ? a->level[level].parent[beyond] : GRID_NONE;
    bool own = unit == GRID_NONE || (level > 0 && parent == a->level[level].parent[unit]);
    bool named = a->map.units[level]->name[beyond][0] != '\0';
    if (level < a->grids || own || !named || parent == GRID_NONE)
        return name;
    char text[1024];
    snprintf(text, sizeof text, "%.500s%.500s", atlas_place(a, level - 1, parent), name);
    return grid_arena_text(&a->text, text);
}

/* NULL when memory ran out. */
static const char *label_of(grid_atlas *a, size_t level, const piece *p, uint32_t unit,
                            uint32_t beyond, uint8_t *weight) {
    *weight = 1;
    if (p->name[0] != '\0') {
        *weight = 2;
        return p->name;
    }
    if (p->border_class > GRID_BORDER_OUTLINE && p->border_class < GRID_BORDER_WALL)
        return atlas_class_word(p->border_class);
    if (beyond != GRID_NONE)
        return neighbour(a, level, unit, beyond);
    return p->border_class == GRID_BORDER_WALL ? atlas_class_word(GRID_BORDER_WALL) : "辖区界";
}

static bool add_flank(grid_atlas *a, size_t level, const piece *p, uint32_t unit, uint32_t beyond,
                      bool unit_left, flanks *out) {
    uint8_t weight;
    if (unit == GRID_NONE)
        return true;
    const char *label = label_of(a, level, p, unit, beyond, &weight);
    return label != NULL && GRID_PUSH(out, (flank){unit, unit_left, weight, label, p});
}

static bool gather(grid_atlas *a, size_t level, const pieces *all, flanks *out) {
    for (size_t i = 0; i < all->n; i++) {
        const piece *p = &all->at[i];
        uint32_t left = atlas_ancestor(a, a->grids, p->left, level);
        uint32_t right = atlas_ancestor(a, a->grids, p->right, level);
        if (left != right && (!add_flank(a, level, p, left, right, true, out) ||
                              !add_flank(a, level, p, right, left, false, out)))
            return false;
    }
    return true;
}

/* What a line across the unit meets last on one of its two ends. */
typedef struct sight {
    const flank *flank; /* NULL: nothing yet */
    double at;
} sight;

/* So many lines run across a unit in each of the two directions. */
enum { LINES = 64 };

/* Lines along one axis meet a segment, whose coordinate across them goes from c0 to c1, along them
   from d0 to d1. The unit's high side is where its inside lies on the segment's low side. */
static void meet(sight low[LINES], sight high[LINES], double from, double step, double c0,
                 double c1, double d0, double d1, bool is_high, const flank *f) {
    double begin = fmin(c0, c1), end = fmax(c0, c1);
    int k = (int)fmax(0, ceil((begin - from) / step - .5));
    for (; k < LINES && from + (k + .5) * step < end; k++) {
        double d = d0 + (from + (k + .5) * step - c0) / (c1 - c0) * (d1 - d0);
        sight *s = is_high ? &high[k] : &low[k];
        if (s->flank == NULL || (is_high ? d > s->at : d < s->at))
            *s = (sight){f, d};
    }
}

/* What bounds a unit is what one sees last when leaving it, east, south, west or north. */
static void look_around(const grid_box *box, const flank *f, size_t n, sight sides[4][LINES]) {
    double dy = (box->max_y - box->min_y) / LINES, dx = (box->max_x - box->min_x) / LINES;
    memset(sides, 0, 4 * sizeof *sides);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k + 1 < f[i].p->n; k++) {
            const grid_xy *a = &f[i].p->xy[k], *b = a + 1;
            if (dy > 0 && a->y != b->y)
                meet(sides[GRID_WEST], sides[GRID_EAST], box->min_y, dy, a->y, b->y, a->x, b->x,
                     (b->y > a->y) == f[i].unit_left, &f[i]);
            if (dx > 0 && a->x != b->x)
                meet(sides[GRID_SOUTH], sides[GRID_NORTH], box->min_x, dx, a->x, b->x, a->y, b->y,
                     (b->x < a->x) == f[i].unit_left, &f[i]);
        }
    }
}

static int by_label(const void *x, const void *y) {
    const sight *a = x, *b = y;
    if (a->flank == NULL || b->flank == NULL)
        return (a->flank == NULL) - (b->flank == NULL);
    int c = strcmp(a->flank->label, b->flank->label);
    return c != 0 ? c : a->at < b->at ? -1 : a->at > b->at;
}

/* What most of a side runs along, what is far out counting more than what lies in a recess; a
   name wins with a quarter of the side already. `inner` and `outer` are the unit's extent. */
static const char *strongest(sight side[LINES], double inner, double outer) {
    double best[3] = {0}, total = 0;
    const char *label[3] = {"", "", ""};
    qsort(side, LINES, sizeof *side, by_label);
    for (int i = 0, j; i < LINES && side[i].flank != NULL; i = j) {
        const flank *f = side[i].flank;
        double sum = 0;
        for (j = i;
             j < LINES && side[j].flank != NULL && strcmp(side[j].flank->label, f->label) == 0;
             j++) {
            double out = (side[j].at - inner) / (outer - inner);
            sum += out * out;
        }
        total += sum;
        if (sum > best[f->weight]) {
            best[f->weight] = sum;
            label[f->weight] = f->label;
        }
    }
    return 4 * best[2] >= total && best[2] > 0 ? label[2] : best[1] > 0 ? label[1] : label[2];
}

static const char *in_words(grid_atlas *a, const grid_box *b, sight sides[4][LINES]) {
    static const char *const prefix[] = {"东至", "，南至", "，西至", "，北至"};
    const char *label[] = {
        [GRID_EAST] = strongest(sides[GRID_EAST], b->min_x, b->max_x),
        [GRID_SOUTH] = strongest(sides[GRID_SOUTH], b->max_y, b->min_y),
        [GRID_WEST] = strongest(sides[GRID_WEST], b->max_x, b->min_x),
        [GRID_NORTH] = strongest(sides[GRID_NORTH], b->min_y, b->max_y),
    };
    char text[1024] = "";
    size_t used = 0;
    for (int side = 0; side < 4; side++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%.200s", prefix[side],
                                 label[side][0] != '\0' ? label[side] : "—");
    return grid_arena_text(&a->text, text);
}

/* By unit; and the same pieces always in the same order. */
static int by_unit(const void *x, const void *y) {
    const flank *a = x, *b = y;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    return a->p < b->p ? -1 : a->p > b->p;
}

static bool words(grid_atlas *a, size_t level, flanks *all) {
    sight sides[4][LINES];
    if (all->n > 0)
        qsort(all->at, all->n, sizeof *all->at, by_unit);
    for (size_t i = 0, j; i < all->n; i = j) {
        uint32_t unit = all->at[i].unit;
        for (j = i; j < all->n && all->at[j].unit == unit; j++)
            continue;
        look_around(&a->level[level].box[unit], all->at + i, j - i, sides);
        a->level[level].bounds[unit] = in_words(a, &a->level[level].box[unit], sides);
        if (a->level[level].bounds[unit] == NULL)
            return false;
    }
    return true;
}

static void sum_roads(grid_atlas *a, const pieces *all) {
    for (size_t i = 0; i < all->n; i++) {
        const piece *p = &all->at[i];
        double length = 0;
        for (size_t k = 0; k + 1 < p->n; k++)
            length += hypot(p->xy[k + 1].x - p->xy[k].x, p->xy[k + 1].y - p->xy[k].y);
        bool road = p->border_class >= GRID_BORDER_EXPRESSWAY && p->border_class < GRID_BORDER_WALL;
        for (int side = 0; side < 2; side++) {
            uint32_t grid = side == 0 ? p->left : p->right;
            if (grid == GRID_NONE)
                continue;
            a->border_m[grid] += length;
            if (road)
                a->road_m[grid] += length;
        }
    }
}

grid_status atlas_bounds_build(grid_atlas *a, grid_error *err) {
    pieces all = {0};
    bool ok = a->map.borders != NULL && a->map.borders->n > 0 ? pieces_of_rows(a, &all)
                                                              : pieces_of_arcs(a, &all);
    if (ok)
        sum_roads(a, &all);
    for (size_t level = 0; ok && level < a->n_levels; level++) {
        flanks sides = {0};
        ok = gather(a, level, &all, &sides) && words(a, level, &sides);
        GRID_VEC_FREE(&sides);
    }
    GRID_VEC_FREE(&all);
    return ok ? GRID_OK : grid_fail_nomem(err);
}
