/*
 * Where everything lies: a map of superblocks between the great roads, bent by a smooth
 * warp so that nothing is straight, and split by smaller roads until blocks are left.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "town.h"

const char *const town_street_names[TOWN_STREETS] = {"煤山街道", "风穴路街道", "钟楼街道",
                                                     "洗耳河街道"};

/* The real codes and names; everything else about them is made up. */
const town_community town_communities[TOWN_COMMUNITIES] = {
    {'E', "410482001001", "西东社区居民委员会", 15},
    {'F', "410482001002", "望嵩社区居民委员会", 10},
    {'G', "410482001003", "骑庄社区居民委员会", 13},
    {'H', "410482001004", "城北赵庄社区居民委员会", 14},
    {'I', "410482001005", "肖庄社区居民委员会", 15},
    {'J', "410482001006", "广成社区居民委员会", 16},
    {'K', "410482001007", "梨园社区居民委员会", 16},
    {'L', "410482001201", "司东村民委员会", 10},
    {'M', "410482001202", "司西村民委员会", 7},
    {'N', "410482001203", "葛庄村民委员会", 7},
    {'A', "410482002001", "塔寺社区居民委员会", 7},
    {'B', "410482002002", "城北社区居民委员会", 11},
    {'C', "410482002003", "张鲁庄社区居民委员会", 11},
    {'D', "410482002203", "下程村民委员会", 3},
    {'O', "410482003001", "东街社区居民委员会", 3},
    {'P', "410482003002", "东大社区居民委员会", 3},
    {'Q', "410482003003", "东关社区居民委员会", 3},
    {'R', "410482003004", "郭庄社区居民委员会", 3},
    {'S', "410482003005", "阎庄社区居民委员会", 3},
    {'T', "410482003006", "二里店社区居民委员会", 3},
    {'U', "410482003007", "拐棍李社区居民委员会", 3},
    {'V', "410482003008", "程楼社区居民委员会", 3},
    {'W', "410482003009", "龙兴社区居民委员会", 2},
    {'a', "410482004001", "西西社区居民委员会", 2},
    {'b', "410482004002", "西街社区居民委员会", 2},
    {'c', "410482004003", "西大社区居民委员会", 2},
    {'d', "410482004004", "南关社区居民委员会", 2},
    {'e', "410482004005", "七里社区居民委员会", 2},
    {'f', "410482004006", "刘庄社区居民委员会", 3},
    {'g', "410482004201", "上河村民委员会", 2},
    {'h', "410482004203", "十里村民委员会", 2},
    {'i', "410482004204", "许寨村民委员会", 2},
};

int town_street_of(int community) {
    return town_communities[community].code[8] - '1';
}

enum { MAP_COLUMNS = 16, MAP_ROWS = 14, RIVER_COLUMN = 4, RAIL_ROW = 3 };

static const char *const community_map[MAP_ROWS] = {
    "..AABBBBBCCC....", //
    ".DAABBBBBCCCCC..", //
    "DDAABBBBBCCCCCC.", //
    "ggffGGGHHHHIIINN", //
    "ggffGGGHHHIIIINN", //
    "hheaGGEEHHIIIMNN", //
    "hheaFEEEEJJJMMMM", //
    "hhebFFEEJJJJKKLL", //
    "iicbFFFEJJJKKKLL", //
    "iicbOOPPQQKKKLLL", //
    "iiccOWWPQRKKLLL.", //
    ".iddSSWTRRKKLL..", //
    "..ddSVTTURKL....", //
    ".....VVTUU......",
};

/* t old town, m walk-up compounds, h high-rise compounds, v village, f factories, p park,
 * c campus, g green with few houses, x market. */
static const char *const use_map[MAP_ROWS] = {
    "..vmmmcmmvgv....", //
    ".vmhmhhpmmmmfv..", //
    "gmmhmmhmmchmfff.", //
    "vmfmmhmmmhmmhmvg", //
    "vffmhmpmhhmchmmv", //
    "gvmmmhmmhmhhmmmv", //
    "vmptmmhmmhmmmmvg", //
    "gvmtmmhmhhxmmhmv", //
    "vgmtmhmmmhmmpmmv", //
    "gvttttttmtmhmmfv", //
    "vmtttttmtmmhmff.", //
    ".vttmtttmmcmmg..", //
    "..vtmmtmmhmv....", //
    ".....vmmmv......",
};

/** A great road, or a bank of the river or side of the railway. */
typedef struct great_line {
    const char *name; /**< west or north of `split`, and east or south of it */
    const char *name_after;
    town_class class;
} great_line;

static const double column_width[MAP_COLUMNS] = {400, 350, 310, 260, 280, 255, 250, 265,
                                                 280, 290, 300, 320, 330, 365, 400, 430};
static const double row_height[MAP_ROWS] = {430, 380, 330, 320, 310, 300, 280,
                                            270, 260, 240, 245, 270, 330, 380};

/* West of each column, north of each row; the first is the edge of the map. */
static const great_line column_line[MAP_COLUMNS] = {
    {"", "", TOWN_NOTHING},
    {"西环路", "西环路", TOWN_ARTERIAL},
    {"许寨路", "许寨路", TOWN_SECONDARY},
    {"洗耳路", "洗耳路", TOWN_ARTERIAL},
    {"滨河东路", "滨河东路", TOWN_SECONDARY},
    {"富民一街", "富民一街", TOWN_SECONDARY},
    {"望嵩北路", "望嵩南路", TOWN_ARTERIAL},
    {"钟楼北街", "钟楼南街", TOWN_BRANCH},
    {"宏翔大道", "宏翔大道", TOWN_ARTERIAL},
    {"梨园路", "梨园路", TOWN_SECONDARY},
    {"丹阳北路", "丹阳南路", TOWN_ARTERIAL},
    {"骑庄路", "骑庄路", TOWN_SECONDARY},
    {"云禅大道", "云禅大道", TOWN_ARTERIAL},
    {"学院路", "学院路", TOWN_SECONDARY},
    {"东环路", "东环路", TOWN_EXPRESSWAY},
    {"葛庄路", "葛庄路", TOWN_SECONDARY},
};
static const great_line west_bank = {"滨河西路", "滨河西路", TOWN_SECONDARY};
static const great_line row_line[MAP_ROWS] = {
    {"", "", TOWN_NOTHING},
    {"北环路", "北环路", TOWN_EXPRESSWAY},
    {"风穴西路", "风穴东路", TOWN_ARTERIAL},
    {"铁路南街", "铁路南街", TOWN_BRANCH},
    {"塔寺街", "塔寺街", TOWN_SECONDARY},
    {"朝阳路", "朝阳路", TOWN_ARTERIAL},
    {"煤山路", "煤山路", TOWN_SECONDARY},
    {"广成西路", "广成东路", TOWN_ARTERIAL},
    {"永安西街", "永安东街", TOWN_BRANCH},
    {"望城路", "望城路", TOWN_ARTERIAL},
    {"城垣街", "城垣街", TOWN_BRANCH},
    {"向阳路", "向阳路", TOWN_SECONDARY},
    {"南环路", "南环路", TOWN_ARTERIAL},
    {"程楼路", "程楼路", TOWN_SECONDARY},
};
static const great_line north_side = {"铁路北街", "铁路北街", TOWN_BRANCH};
enum { SPLIT_LINE = 8 }; // where names change, both ways

double town_road_width(town_class class) {
    static const double width[] = {36, 30, 22, 14, 6, 0, 0};
    return width[class];
}

const char *town_road_class_name(town_class class) {
    static const char *const name[] = {"快速路", "主干路", "次干路", "支路", "巷", "", ""};
    return name[class];
}

/* ---- the superblocks ------------------------------------------------------------------- */

/* The strips of the river (among columns) and of the railway (among rows) are two bands wide: the
 * first half belongs to what lies before it, the second to what lies after. */
enum { BAND_BEFORE = -1, BAND_AFTER = -2 };

/** Lines across one axis; band i lies between lines i and i + 1. */
typedef struct axis {
    GRID_VEC(double) at;
    GRID_VEC(int) name_before, name_after;
    GRID_VEC(town_class) class;
    GRID_VEC(int) band; /**< column or row of the map, or BAND_... */
    int split;          /**< the line of the other axis's names' change */
    int strip;          /**< the line in the middle of the river or the railway */
} axis;

typedef struct layout {
    town_plan *plan;
    axis column, row;
    uint64_t seed;
    town_random random;
    int *shape;   /**< per superblock: which sides it has */
    int *node;    /**< per crossing of lines: its vertex, -1 */
    int **across; /**< per stretch of row line: its half-edges west to east, ended by -1 */
    int **along;  /**< per stretch of column line: its half-edges north to south */
} layout;

/* Smooth bends of several wave lengths; (u, v) are metres east and south on the unbent map. */
static grid_xy warp(const layout *l, double u, double v) {
    const double turn = 2 * 3.14159265358979323846;
    double river = l->column.at.at[l->column.strip];
    double near = exp(-(u - river) * (u - river) / (420.0 * 420.0));
    double x = u + 60 * sin(turn * (v / 3700 + .1)) + 17 * sin(turn * (v / 1350 + u / 5200 + .3)) +
               9 * sin(turn * (u * .7 + v * .6) / 760) + near * 62 * sin(turn * v / 1900 + 2.2);
    double y = v + 75 * sin(turn * (u / 4900 + .2)) + 20 * sin(turn * (u / 1500 + v / 4300)) +
               8 * sin(turn * (u * .5 - v * .8) / 830);
    // Turned by about two degrees; the south-west corner lies near the false origin below.
    const double easting = 390300, northing = 3784200;
    return (grid_xy){easting + .9994 * x + .0349 * y, northing - (.9994 * y - .0349 * x)};
}

static void add_line(layout *l, axis *a, double at, const great_line *line, int band) {
    TOWN_PUSH(&a->at, at);
    TOWN_PUSH(&a->class, line->class);
    TOWN_PUSH(&a->name_before, town_plan_name(l->plan, line->name));
    TOWN_PUSH(&a->name_after, town_plan_name(l->plan, line->name_after));
    TOWN_PUSH(&a->band, band);
}

/** The lines of the map across one axis, and the strip among them. */
typedef struct axis_map {
    const great_line *line;
    const double *size;
    int n, strip;
    double strip_width;
    const great_line *strip_line;
    const char *road; /**< what smaller roads are called */
} axis_map;

static void add_strip(layout *l, axis *a, double at, const axis_map *map) {
    static const great_line middle = {"", "", TOWN_NOTHING};
    add_line(l, a, at, map->strip_line, BAND_BEFORE);
    a->strip = (int)a->at.n;
    add_line(l, a, at + map->strip_width / 2, &middle, BAND_AFTER);
}

/* One road of the map at every multiple of `scale`, smaller ones of their own name between. */
static void build_axis(layout *l, axis *a, const axis_map *map, int scale) {
    double at = 0;
    for (int i = 0; i < map->n; i++) {
        if (i == map->strip) {
            add_strip(l, a, at, map);
            at += map->strip_width;
        }
        if (i == SPLIT_LINE)
            a->split = (int)a->at.n;
        for (int k = 0; k < scale; k++) {
            char name[64];
            snprintf(name, sizeof name, "%s%d%s", map->line[i].name, k, map->road);
            great_line between = {name, name, k % 2 ? TOWN_SECONDARY : TOWN_BRANCH};
            add_line(l, a, at, k == 0 ? &map->line[i] : &between, i);
            at += map->size[i];
        }
    }
    TOWN_PUSH(&a->at, at);
    TOWN_PUSH(&a->class, TOWN_NOTHING);
    TOWN_PUSH(&a->name_before, -1);
    TOWN_PUSH(&a->name_after, -1);
}

enum { SIDE_N = 1, SIDE_E = 2, SIDE_S = 4, SIDE_W = 8, ALL_SIDES = 15 };

static int columns(const layout *l) {
    return (int)l->column.band.n;
}

static int rows(const layout *l) {
    return (int)l->row.band.n;
}

static int *shape_at(const layout *l, int i, int j) {
    static int outside;
    outside = 0;
    if (i < 0 || j < 0 || i >= columns(l) || j >= rows(l))
        return &outside;
    return &l->shape[j * columns(l) + i];
}

static char letter_at(const layout *l, const char *const *map, int i, int j) {
    if (i < 0 || j < 0 || i >= columns(l) || j >= rows(l))
        return '.';
    int c = l->column.band.at[i], r = l->row.band.at[j];
    if (c < 0)
        return letter_at(l, map, c == BAND_BEFORE ? i - 1 : i + 1, j);
    if (r < 0)
        return letter_at(l, map, i, r == BAND_BEFORE ? j - 1 : j + 1);
    return map[r][c];
}

static bool is_strip(const layout *l, int i, int j) {
    return l->column.band.at[i] < 0 || l->row.band.at[j] < 0;
}

static bool is_full(const layout *l, int i, int j) {
    return *shape_at(l, i, j) == ALL_SIDES;
}

/* Corners of the stepped outline are filled by triangles, which makes it rounder. */
static int corner_shape(const layout *l, int i, int j) {
    int sides = (is_full(l, i, j - 1) ? SIDE_N : 0) | (is_full(l, i + 1, j) ? SIDE_E : 0) |
                (is_full(l, i, j + 1) ? SIDE_S : 0) | (is_full(l, i - 1, j) ? SIDE_W : 0);
    switch (sides) {
    case SIDE_N | SIDE_E:
    case SIDE_S | SIDE_E:
    case SIDE_N | SIDE_W:
    case SIDE_S | SIDE_W:
        return sides;
    default:
        return 0;
    }
}

static void find_shapes(layout *l) {
    int n = columns(l) * rows(l);
    l->shape = GRID_NEW(int, (size_t)n);
    int *corner = GRID_NEW(int, (size_t)n);
    if (l->shape == NULL || corner == NULL)
        town_die("out of memory");
    for (int j = 0; j < rows(l); j++) {
        for (int i = 0; i < columns(l); i++) {
            bool full = letter_at(l, community_map, i, j) != '.';
            *shape_at(l, i, j) = full ? ALL_SIDES : 0;
        }
    }
    for (int j = 0; j < rows(l); j++)
        for (int i = 0; i < columns(l); i++)
            if (!is_full(l, i, j) && !is_strip(l, i, j))
                corner[j * columns(l) + i] = corner_shape(l, i, j);
    for (int k = 0; k < n; k++)
        l->shape[k] |= corner[k];
    free(corner);
}

static int node_at(layout *l, int i, int j) {
    int *node = &l->node[j * (columns(l) + 1) + i];
    if (*node < 0)
        *node = town_plan_vertex(l->plan, warp(l, l->column.at.at[i], l->row.at.at[j]));
    return *node;
}

/* Edges from node to node along the warped straight line; outer ones wander off it. */
static int *draw_edges(layout *l, int i0, int j0, int i1, int j1, town_edge edge, bool outer) {
    double u0 = l->column.at.at[i0], v0 = l->row.at.at[j0];
    double u1 = l->column.at.at[i1], v1 = l->row.at.at[j1];
    double length = hypot(u1 - u0, v1 - v0);
    int n = (int)ceil(length / (outer ? 45 : 70));
    int *half = GRID_NEW(int, (size_t)n + 1);
    if (half == NULL)
        town_die("out of memory");
    int from = node_at(l, i0, j0), end = node_at(l, i1, j1);
    double phase = town_random_in(&l->random, 0, 6.28);
    double swing = outer ? town_random_in(&l->random, 8, 30) : 0;
    for (int k = 1; k <= n; k++) {
        double t = (double)k / n;
        double off = swing * sin(3.14159265358979323846 * t) * sin(phase + 9 * t);
        int to = end;
        if (k < n)
            to = town_plan_vertex(l->plan, warp(l, u0 + t * (u1 - u0) - off * (v1 - v0) / length,
                                                v0 + t * (v1 - v0) + off * (u1 - u0) / length));
        half[k - 1] = town_plan_edge(l->plan, from, to, edge);
        from = to;
    }
    half[n] = -1;
    return half;
}

static bool is_bank(const axis *a, int k) {
    return k >= a->strip - 1 && k <= a->strip + 1;
}

/* What runs along line `k` of one axis through band `band` of the other. */
static town_edge edge_of(const layout *l, const axis *a, int k, int band) {
    static const town_edge nothing = {-1, TOWN_NOTHING, TOWN_GROUND};
    const axis *other = a == &l->row ? &l->column : &l->row;
    int name = band < other->split ? a->name_before.at[k] : a->name_after.at[k];
    town_edge edge = {name, a->class.at[k], TOWN_GROUND};
    if (other->band.at[band] >= 0)
        return edge;
    if (edge.class > TOWN_SECONDARY || is_bank(a, k))
        return nothing; // small roads end at the river and at the railway
    if (other == &l->column)
        edge.crossing = TOWN_BRIDGE;
    else if (edge.class <= TOWN_ARTERIAL)
        edge.crossing = TOWN_UNDERPASS;
    else if (k % 4 == 1)
        return nothing;
    else
        edge.crossing = TOWN_LEVEL;
    return edge;
}

/* The stretch of line `k` through a band, from node (i, j) on; `outer` when one side only is town.
 */
static int *draw_stretch(layout *l, const axis *a, int i, int j, bool outer) {
    static const town_edge nothing = {-1, TOWN_NOTHING, TOWN_GROUND};
    bool across = a == &l->row;
    int k = across ? j : i, band = across ? i : j;
    town_edge edge = outer ? nothing : edge_of(l, a, k, band);
    return draw_edges(l, i, j, across ? i + 1 : i, across ? j : j + 1, edge,
                      outer && k != a->strip);
}

static void draw_lines(layout *l) {
    int w = columns(l), h = rows(l);
    l->node = GRID_NEW(int, (size_t)(w + 1) * (size_t)(h + 1));
    l->across = GRID_NEW(int *, (size_t)w *(size_t)(h + 1));
    l->along = GRID_NEW(int *, (size_t)(w + 1) * (size_t)h);
    if (l->node == NULL || l->across == NULL || l->along == NULL)
        town_die("out of memory");
    for (int k = 0; k < (w + 1) * (h + 1); k++)
        l->node[k] = -1;
    for (int j = 0; j <= h; j++) {
        for (int i = 0; i < w; i++) {
            bool north = (*shape_at(l, i, j - 1) & SIDE_S) != 0;
            bool south = (*shape_at(l, i, j) & SIDE_N) != 0;
            if (north || south)
                l->across[j * w + i] = draw_stretch(l, &l->row, i, j, !(north && south));
        }
    }
    for (int j = 0; j < h; j++) {
        for (int i = 0; i <= w; i++) {
            bool west = (*shape_at(l, i - 1, j) & SIDE_E) != 0;
            bool east = (*shape_at(l, i, j) & SIDE_W) != 0;
            if (west || east)
                l->along[j * (w + 1) + i] = draw_stretch(l, &l->column, i, j, !(west && east));
        }
    }
}

typedef GRID_VEC(int) int_list;

static void append_forward(int_list *loop, const int *half) {
    for (; *half >= 0; half++)
        TOWN_PUSH(loop, *half);
}

static void append_backward(int_list *loop, const int *half) {
    int n = 0;
    while (half[n] >= 0)
        n++;
    while (n > 0)
        TOWN_PUSH(loop, half[--n] ^ 1);
}

static void append_side(const layout *l, int_list *loop, int i, int j, int side) {
    int w = columns(l);
    switch (side) {
    case SIDE_S:
        append_forward(loop, l->across[(j + 1) * w + i]);
        break;
    case SIDE_E:
        append_backward(loop, l->along[j * (w + 1) + i + 1]);
        break;
    case SIDE_N:
        append_backward(loop, l->across[j * w + i]);
        break;
    default:
        append_forward(loop, l->along[j * (w + 1) + i]);
    }
}

/* Sides counter-clockwise; a triangle's third side is drawn here. */
static void append_outline(layout *l, int_list *loop, int i, int j) {
    int shape = *shape_at(l, i, j);
    if (shape == ALL_SIDES) {
        for (int k = 0; k < 4; k++)
            append_side(l, loop, i, j, (const int[]){SIDE_S, SIDE_E, SIDE_N, SIDE_W}[k]);
        return;
    }
    static const struct {
        int first, second;
        int from_i, from_j, to_i, to_j; // of the third side
    } corner[] = {{SIDE_W, SIDE_S, 1, 1, 0, 0},
                  {SIDE_S, SIDE_E, 1, 0, 0, 1},
                  {SIDE_E, SIDE_N, 0, 0, 1, 1},
                  {SIDE_N, SIDE_W, 0, 1, 1, 0}};
    for (int k = 0; k < 4; k++) {
        if (shape != (corner[k].first | corner[k].second))
            continue;
        append_side(l, loop, i, j, corner[k].first);
        append_side(l, loop, i, j, corner[k].second);
        town_edge nothing = {-1, TOWN_NOTHING, TOWN_GROUND};
        int *third = draw_edges(l, i + corner[k].from_i, j + corner[k].from_j, i + corner[k].to_i,
                                j + corner[k].to_j, nothing, true);
        append_forward(loop, third);
        free(third);
    }
}

static int community_of(char letter) {
    for (int c = 0; c < TOWN_COMMUNITIES; c++)
        if (town_communities[c].letter == letter)
            return c;
    town_die("a letter of the map is no community");
    return -1;
}

static void make_face(layout *l, int i, int j) {
    int_list loop = {0};
    append_outline(l, &loop, i, j);
    town_face face = {.half = loop.at[0], .superblock = j * columns(l) + i};
    int from_i = i, from_j = j; // a triangle is like the neighbour it leans on
    int shape = *shape_at(l, i, j);
    if (shape != ALL_SIDES)
        from_j += (shape & SIDE_N) ? -1 : 1;
    char letter = letter_at(l, community_map, from_i, from_j);
    face.community = community_of(letter);
    face.use = letter_at(l, use_map, from_i, from_j);
    if (shape != ALL_SIDES)
        face.use = 'g';
    if (is_strip(l, i, j))
        face.use = l->column.band.at[i] < 0 ? 'r' : 'l';
    TOWN_PUSH(&l->plan->face, face);
    for (size_t k = 0; k < loop.n; k++) {
        int next = loop.at[(k + 1) % loop.n];
        l->plan->half.at[loop.at[k]].next = next;
        l->plan->half.at[loop.at[k]].face = (int)l->plan->face.n - 1;
        l->plan->half.at[next].prev = loop.at[k];
    }
    GRID_VEC_FREE(&loop);
}

/* ---- river and railway --------------------------------------------------------------------- */

static void add_point(grid_shapes *shapes, grid_xy p) {
    p = town_round(p);
    if (!grid_shapes_add(shapes, p.x, p.y))
        town_die("out of memory");
}

static grid_shapes *begin_shape(grid_shape_kind kind) {
    grid_shapes *shapes = grid_shapes_new();
    if (shapes == NULL || !grid_shapes_begin(shapes, kind) || !grid_shapes_begin_part(shapes) ||
        !grid_shapes_begin_chain(shapes))
        town_die("out of memory");
    return shapes;
}

/* The middle of a strip from beyond the town to beyond it, with the plan's own vertices. */
static grid_shapes *draw_middle(const layout *l, const axis *a) {
    const double step = 70;
    enum { BEYOND = 5 };
    const axis *other = a == &l->row ? &l->column : &l->row;
    grid_shapes *line = begin_shape(GRID_SHAPE_LINE);
    double fixed = a->at.at[a->strip], end = other->at.at[other->at.n - 1];
    bool down = a == &l->column;
    for (int k = BEYOND; k > 0; k--)
        add_point(line, down ? warp(l, fixed, -step * k) : warp(l, -step * k, fixed));
    for (size_t band = 0; band < other->band.n; band++) {
        double from = other->at.at[band], to = other->at.at[band + 1];
        int n = (int)ceil((to - from) / step);
        for (int k = 0; k < n; k++) {
            double at = from + (double)k / n * (to - from);
            add_point(line, down ? warp(l, fixed, at) : warp(l, at, fixed));
        }
    }
    for (int k = 0; k <= BEYOND; k++)
        add_point(line, down ? warp(l, fixed, end + step * k) : warp(l, end + step * k, fixed));
    return line;
}

/* The river's width breathes a little. */
static grid_shapes *draw_water(const layout *l) {
    const double step = 40, beyond = 350, middle = l->column.at.at[l->column.strip];
    double length = l->row.at.at[l->row.at.n - 1] + 2 * beyond;
    int n = (int)(length / step);
    grid_shapes *water = begin_shape(GRID_SHAPE_AREA);
    for (int side = -1; side <= 1; side += 2) {
        for (int k = 0; k <= n; k++) {
            double v = -beyond + step * (side < 0 ? k : n - k);
            add_point(water, warp(l, middle + side * (21 + 4 * sin(v / 170) + 2 * sin(v / 63)), v));
        }
    }
    add_point(water, water->xy[0]);
    return water;
}

/* ---- roads inside superblocks ------------------------------------------------------------- */

typedef struct cutter {
    town_plan *plan;
    town_random random;
    town_path ring;
    int_list half;        /**< of the ring's points */
    GRID_VEC(int) degree; /**< per vertex: its edges */
} cutter;

static cutter cutter_new(town_plan *plan) {
    cutter c = {.plan = plan};
    for (size_t v = 0; v < plan->vertex.n; v++)
        TOWN_PUSH(&c.degree, 0);
    for (size_t h = 0; h < plan->half.n; h++)
        c.degree.at[plan->half.at[h].origin]++;
    return c;
}

static void cutter_free(cutter *c) {
    GRID_VEC_FREE(&c->ring);
    GRID_VEC_FREE(&c->half);
    GRID_VEC_FREE(&c->degree);
}

static void read_ring(cutter *c, int face) {
    c->ring.n = c->half.n = 0;
    int start = c->plan->face.at[face].half;
    int h = start;
    do {
        TOWN_PUSH(&c->ring, c->plan->vertex.at[c->plan->half.at[h].origin]);
        TOWN_PUSH(&c->half, h);
        h = c->plan->half.at[h].next;
    } while (h != start);
}

/** Where a cut meets the ring: on edge `i` at parameter t, or at its start when t = 0. */
typedef struct landing {
    size_t i;
    double t, along; /**< along the cut */
    grid_xy at;
} landing;

static bool find_landings(const cutter *c, grid_xy centre, grid_xy direction, landing *low,
                          landing *high) {
    low->along = -INFINITY;
    high->along = INFINITY;
    for (size_t i = 0; i < c->ring.n; i++) {
        grid_xy p = c->ring.at[i], q = c->ring.at[(i + 1) % c->ring.n];
        double sp = (p.x - centre.x) * direction.y - (p.y - centre.y) * direction.x;
        double sq = (q.x - centre.x) * direction.y - (q.y - centre.y) * direction.x;
        if ((sp < 0) == (sq < 0))
            continue;
        double t = sp / (sp - sq);
        grid_xy at = {p.x + t * (q.x - p.x), p.y + t * (q.y - p.y)};
        double along = (at.x - centre.x) * direction.x + (at.y - centre.y) * direction.y;
        landing hit = {i, t, along, at};
        if (along < 0 && along > low->along)
            *low = hit;
        if (along >= 0 && along < high->along)
            *high = hit;
    }
    return isfinite(low->along) && isfinite(high->along);
}

/* Goes to a junction across the road where there is one near, or else keeps off the corners. */
static bool settle(const cutter *c, landing *spot, double reach) {
    size_t n = c->ring.n;
    grid_xy p = c->ring.at[spot->i], q = c->ring.at[(spot->i + 1) % n];
    double length = hypot(q.x - p.x, q.y - p.y);
    double to_p = spot->t * length, to_q = length - to_p;
    bool junction_p = c->degree.at[c->plan->half.at[c->half.at[spot->i]].origin] > 2;
    bool junction_q = c->degree.at[c->plan->half.at[c->half.at[(spot->i + 1) % n]].origin] > 2;
    double reach_p = junction_p ? reach : 9, reach_q = junction_q ? reach : 9;
    if (to_p <= reach_p && to_p / reach_p <= to_q / reach_q) {
        spot->t = 0;
        spot->at = p;
    } else if (to_q <= reach_q) {
        spot->i = (spot->i + 1) % n;
        spot->t = 0;
        spot->at = q;
    }
    return true;
}

static bool segments_cross(grid_xy a, grid_xy b, grid_xy p, grid_xy q) {
    return grid_orient(a, b, p) * grid_orient(a, b, q) <= 0 &&
           grid_orient(p, q, a) * grid_orient(p, q, b) <= 0;
}

/* The way must leave the ring at its two ends only, and not along the ring. */
static bool way_is_free(const cutter *c, const landing *from, const landing *to, const grid_xy *way,
                        int n) {
    grid_xy a = from->at;
    for (int k = 0; k <= n; k++) {
        grid_xy b = k == n ? to->at : way[k];
        for (size_t i = 0; i < c->ring.n; i++) {
            size_t j = (i + 1) % c->ring.n;
            bool at_from = k == 0 && (i == from->i || (from->t == 0 && j == from->i));
            bool at_to = k == n && (i == to->i || (to->t == 0 && j == to->i));
            if (!at_from && !at_to && segments_cross(a, b, c->ring.at[i], c->ring.at[j]))
                return false;
        }
        a = b;
    }
    return true;
}

/* The half-edge that starts at the landing, which is made a vertex when it is none. */
static int land(cutter *c, const landing *spot) {
    int h = c->half.at[spot->i];
    if (spot->t == 0)
        return h;
    int v = town_plan_split_edge(c->plan, h, spot->at);
    while ((int)c->degree.n <= v)
        TOWN_PUSH(&c->degree, 2);
    return c->plan->half.at[h].next;
}

static double angle_between(grid_xy a, grid_xy b) {
    double cross = fabs(a.x * b.y - a.y * b.x), dot = fabs(a.x * b.x + a.y * b.y);
    return atan2(cross, dot);
}

static bool meets_well(const cutter *c, const landing *spot, grid_xy direction) {
    grid_xy p = c->ring.at[spot->i], q = c->ring.at[(spot->i + 1) % c->ring.n];
    return angle_between((grid_xy){q.x - p.x, q.y - p.y}, direction) > .75;
}

/* One attempt to cut the face read last across its longer side; returns the new face or -1. */
static int try_cut(cutter *c, town_edge edge, double jitter) {
    town_frame f = town_path_frame(&c->ring);
    double length = f.high_a - f.low_a, width = f.high_b - f.low_b;
    double a = f.low_a + length * town_random_in(&c->random, .5 - jitter, .5 + jitter);
    double b = (f.low_b + f.high_b) / 2, turn = town_random_in(&c->random, -.07, .07);
    grid_xy o = c->ring.at[0];
    grid_xy centre = {o.x + a * f.axis.x - b * f.axis.y, o.y + a * f.axis.y + b * f.axis.x};
    grid_xy direction = {-f.axis.y + turn * f.axis.x, f.axis.x + turn * f.axis.y};
    landing from, to;
    if (!find_landings(c, centre, direction, &from, &to))
        return -1;
    double reach = fmin(28, width / 6);
    settle(c, &from, reach);
    settle(c, &to, reach);
    grid_xy run = {to.at.x - from.at.x, to.at.y - from.at.y};
    double run_length = hypot(run.x, run.y);
    if (run_length < 25 || !meets_well(c, &from, run) || !meets_well(c, &to, run))
        return -1;
    grid_xy way[8];
    int n = edge.class == TOWN_WALL ? 0 : (int)fmin(7, run_length / 60);
    double swing = town_random_in(&c->random, -.045, .045) * run_length;
    double phase = town_random_chance(&c->random, .5) ? 1 : 2;
    for (int k = 0; k < n; k++) {
        double t = (k + 1.0) / (n + 1);
        double off = swing * sin(phase * 3.14159265358979323846 * t) / run_length;
        way[k] = (grid_xy){from.at.x + t * run.x - off * run.y,
                           from.at.y + t * run.y + off * run.x};
    }
    if (!way_is_free(c, &from, &to, way, n))
        return -1;
    // Landings on one edge would need care; cuts across never have them.
    if (from.i == to.i)
        return -1;
    int start = land(c, &from), end = land(c, &to);
    int made = town_plan_split_face(c->plan, start, end, way, n, edge);
    c->degree.at[c->plan->half.at[start].origin]++;
    c->degree.at[c->plan->half.at[end].origin]++;
    while (c->degree.n < c->plan->vertex.n)
        TOWN_PUSH(&c->degree, 2);
    return made;
}

/** How far land of a use is cut up. */
typedef struct cutting {
    char use;
    double branch_m2; /**< larger faces are cut by branch roads, */
    double lane_m2;   /**< then by lanes, */
    double wall_m2;   /**< then by walls */
} cutting;

static const cutting *cutting_of(char use) {
    static const cutting list[] = {
        {'t', 30000, 9000, 9000},   {'m', 46000, 25000, 19000}, {'h', 90000, 50000, 50000},
        {'v', 60000, 11000, 11000}, {'f', 75000, 75000, 45000}, {'x', 40000, 20000, 20000},
        {'g', 90000, 60000, 60000},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (list[i].use == use)
            return &list[i];
    return NULL; // parks, campuses, river and railway stay whole
}

static const char *const name_first[] = {
    "永", "和", "文", "建", "新", "光", "富", "康", "长", "丰", "裕", "兴", "安", "泰", "荣",
    "平", "清", "春", "东", "金", "玉", "福", "瑞", "汝", "明", "顺", "德", "仁", "义", "信"};
static const char *const name_second[] = {
    "安", "平", "华", "设", "民", "明", "强", "宁", "乐", "收", "丰", "业", "康", "和", "阳",
    "河", "泉", "园", "苑", "山", "庆", "达", "风", "祥", "州", "善", "仓", "门", "井", "桥"};

static int draw_name(cutter *c, bool lane) {
    char name[64];
    size_t n = sizeof name_first / sizeof *name_first;
    const char *first = name_first[town_random_pick(&c->random, n)];
    const char *second = name_second[town_random_pick(&c->random, n)];
    static const char *const lane_end[] = {"巷", "巷", "一巷", "二巷", "三巷", "胡同"};
    static const char *const road_end[] = {"街", "路", "东街", "西街", "北路", "南路", "中街"};
    snprintf(name, sizeof name, "%s%s%s", first, second,
             lane ? lane_end[town_random_pick(&c->random, 6)]
                  : road_end[town_random_pick(&c->random, 7)]);
    return town_plan_name(c->plan, name);
}

static town_edge next_edge(cutter *c, const cutting *how, double area) {
    town_edge edge = {-1, TOWN_WALL, TOWN_GROUND};
    if (area > how->branch_m2) {
        edge.class = TOWN_BRANCH;
        edge.name = draw_name(c, false);
    } else if (area > how->lane_m2) {
        edge.class = TOWN_LANE;
        edge.name = draw_name(c, true);
    }
    return edge;
}

static void cut_face(cutter *c, int face) {
    const cutting *how = cutting_of(c->plan->face.at[face].use);
    if (how == NULL)
        return;
    read_ring(c, face);
    double area = town_path_area(&c->ring);
    // Sizes differ: some faces stay half as large again, others are cut early.
    if (area < how->wall_m2 * town_random_in(&c->random, .75, 1.7))
        return;
    town_edge edge = next_edge(c, how, area);
    int made = -1;
    for (int attempt = 0; attempt < 8 && made < 0; attempt++)
        made = try_cut(c, edge, .14);
    if (made < 0)
        return;
    cut_face(c, face);
    cut_face(c, made);
}

static void cut_superblocks(layout *l) {
    cutter c = cutter_new(l->plan);
    size_t n = l->plan->face.n;
    for (size_t f = 0; f < n; f++) {
        c.random.state = l->seed * 7919 + (uint64_t)l->plan->face.at[f].superblock;
        cut_face(&c, (int)f);
    }
    cutter_free(&c);
}

/* ---- communities that do not keep to the great roads ---------------------------------------- */

/* True when the community's faces hold together without face `without`. */
static bool holds_together(const town_plan *plan, int community, int without, int_list *queue,
                           int *seen) {
    int total = 0, mark = without + 1;
    queue->n = 0;
    for (int f = 0; f < (int)plan->face.n; f++) {
        if (plan->face.at[f].community != community || f == without)
            continue;
        if (total++ == 0) {
            TOWN_PUSH(queue, f);
            seen[f] = mark;
        }
    }
    for (size_t i = 0; i < queue->n; i++) {
        int start = plan->face.at[queue->at[i]].half, h = start;
        do {
            int g = plan->half.at[h ^ 1].face;
            if (g >= 0 && g != without && seen[g] != mark &&
                plan->face.at[g].community == community) {
                seen[g] = mark;
                TOWN_PUSH(queue, g);
            }
            h = plan->half.at[h].next;
        } while (h != start);
    }
    return (int)queue->n == total;
}

/* The community of the same street that a block borders on most, or -1. */
static int neighbour_of(const town_plan *plan, int face) {
    double length[TOWN_COMMUNITIES] = {0};
    int own = plan->face.at[face].community, start = plan->face.at[face].half, h = start, best = -1;
    do {
        int g = plan->half.at[h ^ 1].face;
        int c = g >= 0 ? plan->face.at[g].community : own;
        grid_xy p = plan->vertex.at[plan->half.at[h].origin];
        grid_xy q = plan->vertex.at[plan->half.at[h ^ 1].origin];
        if (c != own && town_street_of(c) == town_street_of(own)) {
            length[c] += hypot(q.x - p.x, q.y - p.y);
            best = best < 0 || length[c] > length[best] ? c : best;
        }
        h = plan->half.at[h].next;
    } while (h != start);
    return best;
}

/* Some blocks go to the community across the road, so that its border follows a lane there. */
static void trade_blocks(layout *l) {
    town_random random = {l->seed + 77};
    int_list queue = {0};
    int *seen = GRID_NEW(int, l->plan->face.n);
    if (seen == NULL)
        town_die("out of memory");
    for (int f = 0; f < (int)l->plan->face.n; f++) {
        town_face *face = &l->plan->face.at[f];
        int to = neighbour_of(l->plan, f);
        if (to < 0 || cutting_of(face->use) == NULL || !town_random_chance(&random, .09))
            continue;
        if (holds_together(l->plan, face->community, f, &queue, seen))
            face->community = to;
    }
    free(seen);
    GRID_VEC_FREE(&queue);
}

/* ---- lanes inside compounds -------------------------------------------------------------------
 */

/* A compound that is too large for one grid has lanes inside; it stays one block. */
static void cut_block(cutter *c, int face, double limit_m2) {
    read_ring(c, face);
    if (town_path_area(&c->ring) < limit_m2)
        return;
    town_edge lane = {-1, TOWN_LANE, TOWN_GROUND};
    int made = -1;
    for (int attempt = 0; attempt < 8 && made < 0; attempt++)
        made = try_cut(c, lane, .1);
    if (made < 0)
        return;
    cut_block(c, face, limit_m2);
    cut_block(c, made, limit_m2);
}

static void cut_compounds(layout *l) {
    cutter c = cutter_new(l->plan);
    size_t n = l->plan->face.n;
    for (size_t f = 0; f < n; f++) {
        town_face *face = &l->plan->face.at[f];
        face->block = (int)f;
        c.random.state = l->seed * 6151 + f;
        if (face->use == 'm' || face->use == 'h')
            cut_block(&c, (int)f, face->use == 'h' ? 13500 : 18000);
    }
    cutter_free(&c);
}

/* ---- all together ------------------------------------------------------------------------- */

static void free_axis(axis *a) {
    GRID_VEC_FREE(&a->at);
    GRID_VEC_FREE(&a->class);
    GRID_VEC_FREE(&a->name_before);
    GRID_VEC_FREE(&a->name_after);
    GRID_VEC_FREE(&a->band);
}

static void free_lists(int **list, int n) {
    for (int i = 0; i < n; i++)
        free(list[i]);
    free(list);
}

void town_layout_build(town_plan *plan, town_layout *out, int scale, uint64_t seed) {
    layout l = {.plan = plan, .seed = seed, .random = {seed}};
    static const axis_map column_map = {column_line, column_width, MAP_COLUMNS, RIVER_COLUMN,
                                        74,          &west_bank,   "街"};
    static const axis_map row_map = {row_line, row_height,  MAP_ROWS, RAIL_ROW,
                                     34,       &north_side, "路"};
    build_axis(&l, &l.column, &column_map, scale);
    build_axis(&l, &l.row, &row_map, scale);
    out->scale = scale;
    find_shapes(&l);
    draw_lines(&l);
    for (int j = 0; j < rows(&l); j++)
        for (int i = 0; i < columns(&l); i++)
            if (*shape_at(&l, i, j) != 0)
                make_face(&l, i, j);
    out->river = draw_water(&l);
    out->river_line = draw_middle(&l, &l.column);
    out->railway = draw_middle(&l, &l.row);
    cut_superblocks(&l);
    trade_blocks(&l);
    cut_compounds(&l);
    free_lists(l.across, columns(&l) * (rows(&l) + 1));
    free_lists(l.along, (columns(&l) + 1) * rows(&l));
    free(l.node);
    free(l.shape);
    free_axis(&l.column);
    free_axis(&l.row);
}
