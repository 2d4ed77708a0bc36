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

/* Length of one unit's border on one side along one thing. */
typedef struct stretch {
    uint32_t unit;
    uint8_t side, weight; /* weight 2: a name, 1: a neighbour or a kind of thing */
    const char *label;
    double length;
} stretch;

typedef GRID_VEC(stretch) stretches;

/* The side that the outward normal (x, y) points to. */
static uint8_t side_of(double x, double y) {
    if (fabs(x) >= fabs(y))
        return x > 0 ? GRID_EAST : GRID_WEST;
    return y > 0 ? GRID_NORTH : GRID_SOUTH;
}

static bool add_sides(stretches *out, const piece *p, uint32_t unit, bool unit_left,
                      const char *label, uint8_t weight) {
    double length[4] = {0};
    for (size_t i = 0; i + 1 < p->n; i++) {
        double dx = p->xy[i + 1].x - p->xy[i].x, dy = p->xy[i + 1].y - p->xy[i].y;
        length[unit_left ? side_of(dy, -dx) : side_of(-dy, dx)] += hypot(dx, dy);
    }
    for (uint8_t s = 0; s < 4; s++)
        if (length[s] > 0 && !GRID_PUSH(out, (stretch){unit, s, weight, label, length[s]}))
            return false;
    return true;
}

static const char *label_of(const grid_atlas *a, size_t level, const piece *p, uint32_t beyond,
                            uint8_t *weight) {
    *weight = 1;
    if (p->name[0] != '\0') {
        *weight = 2;
        return p->name;
    }
    if (p->border_class > GRID_BORDER_OUTLINE && p->border_class < GRID_BORDER_WALL)
        return atlas_class_word(p->border_class);
    if (beyond != GRID_NONE)
        return atlas_name(a, level, beyond);
    return p->border_class == GRID_BORDER_WALL ? atlas_class_word(GRID_BORDER_WALL) : "辖区界";
}

static bool gather(const grid_atlas *a, size_t level, const pieces *all, stretches *out) {
    for (size_t i = 0; i < all->n; i++) {
        const piece *p = &all->at[i];
        uint32_t left = atlas_ancestor(a, a->grids, p->left, level);
        uint32_t right = atlas_ancestor(a, a->grids, p->right, level);
        if (left == right)
            continue;
        uint8_t weight;
        const char *label = label_of(a, level, p, right, &weight);
        if (left != GRID_NONE && !add_sides(out, p, left, true, label, weight))
            return false;
        label = label_of(a, level, p, left, &weight);
        if (right != GRID_NONE && !add_sides(out, p, right, false, label, weight))
            return false;
    }
    return true;
}

static int by_unit_side_label(const void *x, const void *y) {
    const stretch *a = x, *b = y;
    if (a->unit != b->unit)
        return a->unit < b->unit ? -1 : 1;
    if (a->side != b->side)
        return a->side < b->side ? -1 : 1;
    int c = strcmp(a->label, b->label);
    if (c != 0)
        return c;
    /* Lengths are summed in this order, so the sum does not depend on that of the rows. */
    return a->length < b->length ? -1 : a->length > b->length;
}

/* What most of a side runs along; a name wins with a quarter of the side already. */
static const char *strongest(const stretch *s, size_t n) {
    double total = 0, best[3] = {0};
    const char *label[3] = {"", "", ""};
    for (size_t i = 0, j; i < n; i = j) {
        double length = 0;
        for (j = i; j < n && strcmp(s[i].label, s[j].label) == 0; j++)
            length += s[j].length;
        total += length;
        if (length > best[s[i].weight]) {
            best[s[i].weight] = length;
            label[s[i].weight] = s[i].label;
        }
    }
    return best[2] >= total / 4 && best[2] > 0 ? label[2] : best[1] > 0 ? label[1] : label[2];
}

static bool words(grid_atlas *a, size_t level, const stretches *all) {
    static const char *const prefix[] = {"东至", "，南至", "，西至", "，北至"};
    for (size_t i = 0, j; i < all->n; i = j) {
        char text[1024] = "";
        size_t used = 0;
        j = i;
        for (uint8_t side = 0; side < 4; side++) {
            size_t begin = j;
            while (j < all->n && all->at[j].unit == all->at[i].unit && all->at[j].side == side)
                j++;
            const char *label = strongest(all->at + begin, j - begin);
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%.200s", prefix[side],
                                     label[0] != '\0' ? label : "—");
        }
        const char *kept = grid_arena_text(&a->text, text);
        if (kept == NULL)
            return false;
        a->level[level].bounds[all->at[i].unit] = kept;
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
        stretches sides = {0};
        ok = gather(a, level, &all, &sides);
        if (ok && sides.n > 0)
            qsort(sides.at, sides.n, sizeof *sides.at, by_unit_side_label);
        ok = ok && words(a, level, &sides);
        GRID_VEC_FREE(&sides);
    }
    GRID_VEC_FREE(&all);
    return ok ? GRID_OK : grid_fail_nomem(err);
}
