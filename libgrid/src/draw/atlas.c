/* The atlas: everything that is derived once from a map. */
#include "draw/atlas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/parallel.h"
#include "base/vec.h"

uint32_t atlas_find_unit(const grid_units *units, const char *code) {
    size_t low = 0, high = units->n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int c = strcmp(units->code[middle], code);
        if (c == 0)
            return (uint32_t)middle;
        if (c < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return GRID_NONE;
}

uint32_t atlas_ancestor(const grid_atlas *a, size_t from, uint32_t unit, size_t level) {
    for (; unit != GRID_NONE && from > level; from--)
        unit = a->level[from].parent[unit];
    return unit;
}

const char *atlas_name(const grid_atlas *a, size_t level, uint32_t unit) {
    const grid_units *u = a->map.units[level];
    return u->name[unit][0] != '\0' ? u->name[unit] : u->code[unit];
}

const char *atlas_place(const grid_atlas *a, size_t level, uint32_t unit) {
    return a->level[level].place[unit];
}

/* The name without its office; NULL when memory ran out. */
static const char *place_of(grid_arena *text, const char *name) {
    static const char *const offices[] = {"居民委员会", "村民委员会", "居委会", "村委会",
                                          "街道办事处"};
    static const char *const kept[] = {"", "村", "", "村", "街道"};
    size_t n = strlen(name);
    for (size_t i = 0; i < sizeof offices / sizeof *offices; i++) {
        size_t m = strlen(offices[i]), k = strlen(kept[i]);
        if (n <= m || strcmp(name + n - m, offices[i]) != 0)
            continue;
        size_t stem = n - m;
        bool there = stem >= k && strncmp(name + stem - k, kept[i], k) == 0;
        char *out = grid_arena_alloc(text, stem + k + 1);
        if (out == NULL)
            return NULL;
        memcpy(out, name, stem);
        memcpy(out + stem, kept[i], there ? 0 : k);
        out[stem + (there ? 0 : k)] = '\0';
        return out;
    }
    return name;
}

const char *grid_level_word(const char *name) {
    static const char *const words[][2] = {
        {"city", "城市"},      {"district", "区县"}, {"street", "街道"},  {"block", "片区"},
        {"community", "社区"}, {"village", "村"},    {"grid", "网格"},    {"unit", "单元网格"},
        {"cell", "单元网格"},  {"building", "楼栋"}, {"household", "户"}, {"extended", "拓展网格"},
    };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i][0], name) == 0)
            return words[i][1];
    return name;
}

const char *atlas_class_word(uint8_t border_class) {
    static const char *const words[GRID_BORDER_CLASSES] = {
        "界线", "快速路", "铁路", "河道", "主干路", "道路", "巷道", "围墙", "楼间空地"};
    return border_class < GRID_BORDER_CLASSES ? words[border_class] : "";
}

uint8_t atlas_class_of(const char *name) {
    grid_border_class class;
    return grid_border_class_parse(name, &class) ? (uint8_t) class : GRID_BORDER_GAP;
}

/* ---- persons ------------------------------------------------------------------------ */

static int by_person(const void *x, const void *y, void *user) {
    const grid_map_person *p = user;
    uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
    int c = strcmp(p[a].unit_code, p[b].unit_code);
    return c != 0 ? c : a < b ? -1 : a > b;
}

static bool persons_order(grid_atlas *a) {
    a->person_of = GRID_NEW(uint32_t, a->map.n_persons);
    if (a->person_of == NULL)
        return false;
    for (uint32_t i = 0; i < a->map.n_persons; i++)
        a->person_of[i] = i;
    if (a->map.n_persons > 0)
        qsort_r(a->person_of, a->map.n_persons, sizeof *a->person_of, by_person,
                (void *)(uintptr_t)a->map.person);
    return true;
}

void atlas_persons(const grid_atlas *a, const char *code, size_t *begin, size_t *end) {
    size_t low = 0, high = a->map.n_persons;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (strcmp(a->map.person[a->person_of[middle]].unit_code, code) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *begin = *end = low;
    while (*end < a->map.n_persons &&
           strcmp(a->map.person[a->person_of[*end]].unit_code, code) == 0)
        ++*end;
}

/* ---- levels ------------------------------------------------------------------------- */

typedef struct anchoring {
    const grid_shapes *shapes;
    atlas_level *level;
} anchoring;

static void find_anchors(void *user, size_t begin, size_t end, unsigned worker) {
    (void)worker;
    anchoring *w = user;
    for (size_t u = begin; u < end; u++)
        w->level->clearance[u] = atlas_anchor_find(w->shapes, u, &w->level->anchor[u]);
}

static grid_status level_build(grid_atlas *a, size_t l, const grid_context *ctx, grid_error *err) {
    const grid_units *u = a->map.units[l];
    atlas_level *level = &a->level[l];
    level->parent = GRID_NEW(uint32_t, u->n);
    level->box = GRID_NEW(grid_box, u->n);
    level->anchor = GRID_NEW(grid_xy, u->n);
    level->clearance = GRID_NEW(double, u->n);
    level->place = GRID_NEW(const char *, u->n);
    level->bounds = GRID_NEW(const char *, u->n);
    if (!level->parent || !level->box || !level->anchor || !level->clearance || !level->place ||
        !level->bounds)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < u->n; i++) {
        level->parent[i] = l > 0 ? atlas_find_unit(a->map.units[l - 1], u->parent_code[i])
                                 : GRID_NONE;
        level->box[i] = grid_shapes_box(u->shapes, i);
        level->bounds[i] = "";
        level->place[i] = place_of(&a->text, atlas_name(a, l, (uint32_t)i));
        if (level->place[i] == NULL)
            return grid_fail_nomem(err);
    }
    grid_parallel_for(grid_threads(ctx), u->n, 16, find_anchors, &(anchoring){u->shapes, level});
    return grid_rtree_build(level->box, u->n, &level->tree, err);
}

/* ---- borders ------------------------------------------------------------------------ */

static grid_status arcs_index(grid_atlas *a, grid_error *err) {
    grid_box *boxes = GRID_NEW(grid_box, a->arcs->n);
    if (boxes == NULL)
        return grid_fail_nomem(err);
    for (size_t i = 0; i < a->arcs->n; i++) {
        boxes[i] = grid_box_empty();
        const grid_arc *arc = &a->arcs->arc[i];
        for (size_t k = 0; k < arc->n_xy; k++)
            grid_box_add(&boxes[i], a->arcs->xy[arc->xy_start + k].x,
                         a->arcs->xy[arc->xy_start + k].y);
    }
    grid_status status = grid_rtree_build(boxes, a->arcs->n, &a->arc_tree, err);
    free(boxes);
    return status;
}

static void arcs_rank(grid_atlas *a) {
    for (size_t i = 0; i < a->arcs->n; i++) {
        const grid_arc *arc = &a->arcs->arc[i];
        size_t rank = 0;
        while (rank < a->grids && arc->left != GRID_NONE && arc->right != GRID_NONE &&
               atlas_ancestor(a, a->grids, arc->left, rank) ==
                   atlas_ancestor(a, a->grids, arc->right, rank))
            rank++;
        a->arc_rank[i] = (uint8_t)rank;
    }
}

static grid_status borders_build(grid_atlas *a, grid_error *err) {
    const grid_units *grids = a->map.units[a->grids];
    GRID_TRY(grid_arcs_build(grids->shapes, &a->arcs, err));
    a->arc_rank = GRID_NEW(uint8_t, a->arcs->n);
    a->colour = GRID_NEW(uint8_t, grids->n);
    a->road_m = GRID_NEW(double, grids->n);
    a->border_m = GRID_NEW(double, grids->n);
    if (!a->arc_rank || !a->colour || !a->road_m || !a->border_m)
        return grid_fail_nomem(err);
    arcs_rank(a);
    GRID_TRY(arcs_index(a, err));
    GRID_TRY(grid_arcs_colour(a->arcs, (uint32_t)grids->n, ATLAS_COLOURS, a->colour, &a->n_colours,
                              err));
    return atlas_bounds_build(a, err);
}

static grid_status layer_index(const grid_map_layer *layer, grid_rtree **out, grid_error *err) {
    return layer->shapes == NULL ? GRID_OK : grid_rtree_build_shapes(layer->shapes, out, err);
}

static grid_status build(grid_atlas *a, const grid_context *ctx, grid_error *err) {
    if (!persons_order(a))
        return grid_fail_nomem(err);
    for (size_t l = 0; l < a->n_levels; l++)
        GRID_TRY(level_build(a, l, ctx, err));
    GRID_TRY(borders_build(a, err));
    GRID_TRY(layer_index(&a->map.lines, &a->lines, err));
    GRID_TRY(strokes_build(&a->map.lines, &a->names, err));
    GRID_TRY(layer_index(&a->map.water, &a->water, err));
    GRID_TRY(layer_index(&a->map.compounds, &a->compounds, err));
    GRID_TRY(layer_index(&a->map.buildings, &a->buildings, err));
    GRID_TRY(layer_index(&a->map.components, &a->components, err));
    a->box = grid_shapes_box_all(a->map.units[a->grids]->shapes);
    if (a->box.min_x > a->box.max_x)
        return grid_fail(err, GRID_E_INPUT, "", "the grids have no geometry");
    return GRID_OK;
}

grid_status grid_atlas_build(const grid_map *map, const grid_context *ctx, grid_atlas **out,
                             grid_error *err) {
    *out = NULL;
    if (map->n_levels == 0 || map->n_levels > ATLAS_LEVELS)
        return grid_fail(err, GRID_E_INPUT, "", "a map has 1 to %d levels, not %zu", ATLAS_LEVELS,
                         map->n_levels);
    grid_atlas *a = GRID_NEW(grid_atlas, 1);
    if (a == NULL)
        return grid_fail_nomem(err);
    a->map = *map;
    a->n_levels = map->n_levels;
    a->grids = map->n_levels - 1;
    grid_status status = build(a, ctx, err);
    if (status != GRID_OK) {
        grid_atlas_free(a);
        return status;
    }
    *out = a;
    return GRID_OK;
}

void grid_atlas_free(grid_atlas *a) {
    if (a == NULL)
        return;
    for (size_t l = 0; l < a->n_levels; l++) {
        free(a->level[l].parent);
        free(a->level[l].box);
        free(a->level[l].anchor);
        free(a->level[l].clearance);
        free(a->level[l].place);
        free(a->level[l].bounds);
        grid_rtree_free(a->level[l].tree);
    }
    grid_rtree *trees[] = {a->arc_tree,  a->lines,     a->water,
                           a->compounds, a->buildings, a->components};
    for (size_t i = 0; i < sizeof trees / sizeof *trees; i++)
        grid_rtree_free(trees[i]);
    strokes_free(a->names);
    grid_arcs_free(a->arcs);
    free(a->arc_rank);
    free(a->colour);
    free(a->road_m);
    free(a->border_m);
    free(a->person_of);
    grid_arena_free(&a->text);
    free(a);
}

const char *grid_atlas_bounds(const grid_atlas *a, size_t level, size_t unit) {
    return a->level[level].bounds[unit];
}

int grid_atlas_tint(const grid_atlas *a, size_t grid) {
    return a->colour[grid] + 1;
}

/* ---- themes ------------------------------------------------------------------------- */

const char *grid_theme_name(grid_theme theme) {
    static const char *const names[GRID_THEMES] = {"none",    "deviation",  "road",    "compact",
                                                   "changes", "households", "persons", "density"};
    return theme < GRID_THEMES ? names[theme] : "";
}

/* Percent that the measure lies above (or below) its target. */
static double deviation(const grid_atlas *a, size_t grid) {
    const grid_level *level = &a->map.level[a->grids];
    const grid_units *u = a->map.units[a->grids];
    if (u->kind != NULL && strcmp(u->kind[grid], "extended") == 0)
        return NAN; /* the rule is not meant for it */
    double target = level->target > 0 ? (double)level->target
                                      : ((double)level->min + (double)level->max) / 2;
    double value = strcmp(level->measure, "persons") == 0 ? (double)u->persons[grid]
                   : strcmp(level->measure, "area") == 0  ? u->area_m2[grid]
                                                          : (double)u->households[grid];
    return target > 0 ? 100 * (value - target) / target : NAN;
}

double grid_atlas_value(const grid_atlas *a, grid_theme theme, size_t grid) {
    const grid_units *u = a->map.units[a->grids];
    double perimeter = a->border_m[grid], area = u->area_m2[grid];
    switch (theme) {
    case GRID_THEME_DEVIATION:
        return deviation(a, grid);
    case GRID_THEME_ROAD:
        return perimeter > 0 ? 100 * a->road_m[grid] / perimeter : NAN;
    case GRID_THEME_COMPACT:
        return perimeter > 0 ? 4 * M_PI * area / (perimeter * perimeter) : NAN;
    case GRID_THEME_CHANGES:
        return a->map.households_kept != NULL ? 100 * (1 - a->map.households_kept[grid]) : NAN;
    case GRID_THEME_HOUSEHOLDS:
        return (double)u->households[grid];
    case GRID_THEME_PERSONS:
        return u->persons[grid] >= 0 ? (double)u->persons[grid] : NAN;
    case GRID_THEME_DENSITY:
        return area > 0 ? (double)u->households[grid] / (area / 1e4) : NAN;
    case GRID_THEME_NONE:
    case GRID_THEMES:
        break;
    }
    return NAN;
}
