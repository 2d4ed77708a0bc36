/* Blocks filled: compounds with rows of slabs or towers, old lanes, villages, works, schools. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "town.h"

typedef struct filler {
    town_fill *fill;
    const town_plan *plan;
    town_random random;
    double lot;
    town_path face, plot;
    town_halves around; /**< of the block or face */
    GRID_VEC(double) distance;
    int community, compound;
    char use;
} filler;

/* From the middle of the road to the wall of what lies beside it. */
static double setback(town_class class) {
    static const double pavement[] = {8, 6, 4, 2.5, 1.5, 0, 4};
    return town_road_width(class) / 2 + pavement[class];
}

/* What the half-edges around a block or face leave of it. */
static bool read_plot(filler *f) {
    f->face.n = f->distance.n = 0;
    for (size_t i = 0; i < f->around.n; i++) {
        int h = f->around.at[i];
        TOWN_PUSH(&f->face, f->plan->vertex.at[f->plan->half.at[h].origin]);
        TOWN_PUSH(&f->distance, setback(f->plan->edge.at[h / 2].class));
    }
    return town_inset(&f->face, f->distance.at, &f->plot);
}

static void walk_face(filler *f, int face) {
    f->around.n = 0;
    int start = f->plan->face.at[face].half, h = start;
    do {
        TOWN_PUSH(&f->around, h);
        h = f->plan->half.at[h].next;
    } while (h != start);
}

/* ---- rows of buildings ---------------------------------------------------------------------- */

/** What stands in the rows of a plot, in metres. */
typedef struct pattern {
    town_building_kind kind;
    double depth[2], length[2];
    double gap[2];    /**< between buildings of a row */
    double street[2]; /**< between rows */
    double margin;    /**< from the plot's edge */
    double unit_m;    /**< of length for one staircase; 0: one for all */
    int floors[2];
    int homes;    /**< a floor and staircase */
    double empty; /**< share of places left empty */
} pattern;

static const pattern slabs = {TOWN_SLAB, {11, 13}, {28, 58}, {6, 11}, {14, 19},
                              3,         14,       {4, 7},   2,       .10};
static const pattern new_slabs = {TOWN_SLAB, {13, 15}, {32, 62}, {9, 15}, {21, 28},
                                  4,         16,       {7, 11},  2,       .10};
static const pattern towers = {TOWN_TOWER, {17, 21}, {26, 34}, {20, 30}, {27, 36},
                               6,          0,        {17, 33}, 3,        .08};
static const pattern courts = {TOWN_HOUSE, {10, 13}, {11, 17}, {.6, 3}, {4, 7},
                               2,          0,        {1, 4},   1,       .10};
static const pattern cottages = {TOWN_HOUSE, {9, 12}, {11, 15}, {2, 6}, {7, 11},
                                 4,          0,       {1, 3},   1,      .14};
static const pattern halls = {TOWN_HALL, {24, 48}, {45, 110}, {14, 30}, {14, 26},
                              12,        0,        {1, 2},    0,        .18};
static const pattern schools = {TOWN_SCHOOL, {14, 18}, {42, 80}, {20, 40}, {28, 50},
                                16,          0,        {3, 6},   0,        .30};
static const pattern shops = {TOWN_SHOP, {12, 18}, {24, 60}, {3, 10}, {14, 26},
                              4,         0,        {1, 4},   0,       .05};

typedef struct span {
    double low, high;
} span;

enum { MAX_SPANS = 16 };

/* Where the line b = const of the frame runs inside the plot. */
static int spans_at(const town_path *plot, grid_xy axis, double b, span *out) {
    double cut[2 * MAX_SPANS];
    int n = 0;
    grid_xy o = plot->at[0];
    for (size_t i = 0; i < plot->n && n < 2 * MAX_SPANS; i++) {
        grid_xy p = plot->at[i], q = plot->at[(i + 1) % plot->n];
        double pa = (p.x - o.x) * axis.x + (p.y - o.y) * axis.y;
        double pb = (p.y - o.y) * axis.x - (p.x - o.x) * axis.y;
        double qa = (q.x - o.x) * axis.x + (q.y - o.y) * axis.y;
        double qb = (q.y - o.y) * axis.x - (q.x - o.x) * axis.y;
        if ((pb < b) == (qb < b))
            continue;
        double at = pa + (b - pb) / (qb - pb) * (qa - pa);
        int k = n++;
        for (; k > 0 && cut[k - 1] > at; k--)
            cut[k] = cut[k - 1];
        cut[k] = at;
    }
    for (int i = 0; i + 1 < n; i += 2)
        out[i / 2] = (span){cut[i], cut[i + 1]};
    return n / 2;
}

/* The longest stretch over which the whole depth of a row lies inside. */
static span row_span(const town_path *plot, grid_xy axis, double b, double depth) {
    span best = {0, -1}, low[MAX_SPANS], middle[MAX_SPANS], high[MAX_SPANS];
    int n_low = spans_at(plot, axis, b, low), n_high = spans_at(plot, axis, b + depth, high);
    int n_middle = spans_at(plot, axis, b + depth / 2, middle);
    for (int i = 0; i < n_low; i++)
        for (int j = 0; j < n_middle; j++)
            for (int k = 0; k < n_high; k++) {
                span s = {fmax(low[i].low, fmax(middle[j].low, high[k].low)),
                          fmin(low[i].high, fmin(middle[j].high, high[k].high))};
                if (s.high - s.low > best.high - best.low)
                    best = s;
            }
    return best;
}

/* Corners of a building in its own frame: x along, y across, from its low corner. */
static int outline_of(filler *f, town_building_kind kind, double length, double depth,
                      grid_xy *out) {
    double x = length, y = depth;
    if (kind == TOWN_TOWER) { // notched front and back
        double c = x * .36, e = x * .64, s = y * .16;
        const grid_xy p[] = {{0, s}, {c, s}, {c, 0},     {e, 0},     {e, s}, {x, s},
                             {x, y}, {e, y}, {e, y - s}, {c, y - s}, {c, y}, {0, y}};
        memcpy(out, p, sizeof p);
        return 12;
    }
    bool angled = (kind == TOWN_HOUSE && town_random_chance(&f->random, .35)) ||
                  (kind == TOWN_SCHOOL && town_random_chance(&f->random, .5));
    if (angled) {
        double c = x * town_random_in(&f->random, .35, .6),
               s = y * town_random_in(&f->random, .4, .6);
        const grid_xy p[] = {{0, 0}, {c, 0}, {c, s}, {x, s}, {x, y}, {0, y}};
        memcpy(out, p, sizeof p);
        return 6;
    }
    const grid_xy p[] = {{0, 0}, {x, 0}, {x, y}, {0, y}};
    memcpy(out, p, sizeof p);
    return 4;
}

static void put_building(filler *f, const pattern *what, grid_xy axis, double a, double b,
                         double length, double depth, int floors) {
    town_building building = {
        .kind = what->kind, .community = f->community, .compound = f->compound, .floors = floors};
    grid_xy o = f->plot.at[0];
    building.n_corners = outline_of(f, what->kind, length, depth, building.corner);
    for (int i = 0; i < building.n_corners; i++) {
        double x = a + building.corner[i].x, y = b + building.corner[i].y;
        grid_xy p = {o.x + x * axis.x - y * axis.y, o.y + x * axis.y + y * axis.x};
        if (!town_path_covers(&f->plot, p.x, p.y))
            return;
        building.corner[i] = town_round(p);
    }
    int stairs = what->unit_m > 0 ? (int)(length / what->unit_m) : 1;
    building.homes = what->homes * stairs * floors;
    if (what->kind == TOWN_HOUSE) {
        building.homes = town_random_chance(&f->random, .75) ? floors : floors + 1;
        if (f->use == 'v' && building.homes > 2)
            building.homes = 2;
    }
    TOWN_PUSH(&f->fill->building, building);
}

static double draw(filler *f, const double range[2]) {
    return town_random_in(&f->random, range[0], range[1]);
}

enum { MAX_ROW = 64, MAX_ROWS = 64 }; // buildings in a row, rows in a plot

/* One row from span.low to span.high: first its lengths and gaps, then the buildings, with what
 * room is left over divided between the two ends. */
static void fill_row(filler *f, const pattern *what, grid_xy axis, span row, double b, double depth,
                     int floors, double lot) {
    double length[MAX_ROW], gap[MAX_ROW];
    double room = row.high - row.low - 2 * what->margin;
    int n = 0;
    for (; n < MAX_ROW; n++) {
        length[n] = draw(f, what->length) * lot;
        if (what->unit_m > 0)
            length[n] = what->unit_m * floor(length[n] / what->unit_m);
        gap[n] = draw(f, what->gap) * lot;
        if (length[n] > room && room >= what->length[0] * lot)
            length[n] = room;
        if (length[n] > room)
            break;
        room -= length[n] + gap[n];
    }
    double a = row.low + what->margin;
    if (n > 0)
        a += (room + gap[n - 1]) * town_random_in(&f->random, .25, .75);
    for (int i = 0; i < n; i++) {
        int own = floors;
        if (what->kind == TOWN_HOUSE || town_random_chance(&f->random, .1))
            own = town_random_int(&f->random, what->floors[0], what->floors[1]);
        if (!town_random_chance(&f->random, what->empty))
            put_building(f, what, axis, a, b, length[i], depth, own);
        a += length[i] + gap[i];
    }
}

/* Rows run east and west, houses facing south, as far as the plot lets them. */
static void fill_rows(filler *f, const pattern *what) {
    town_frame frame = town_path_frame(&f->plot);
    if (fabs(frame.axis.x) < .7) {
        town_frame turned = {
            {-frame.axis.y, frame.axis.x}, frame.low_b, frame.high_b, -frame.high_a, -frame.low_a};
        frame = turned;
    }
    if (frame.axis.x < 0) {
        town_frame turned = {{-frame.axis.x, -frame.axis.y},
                             -frame.high_a,
                             -frame.low_a,
                             -frame.high_b,
                             -frame.low_b};
        frame = turned;
    }
    double lot = what->kind == TOWN_HOUSE ? f->lot : 1;
    int floors = town_random_int(&f->random, what->floors[0], what->floors[1]);
    double depth[MAX_ROWS], street[MAX_ROWS];
    double room = frame.high_b - frame.low_b - 2 * what->margin;
    int n = 0;
    for (; n < MAX_ROWS; n++) {
        depth[n] = draw(f, what->depth) * (lot > 1 ? sqrt(lot) : lot);
        street[n] = draw(f, what->street);
        if (what->kind == TOWN_TOWER) // light for the lower floors
            street[n] *= .7 + floors / 60.0;
        if (depth[n] > room)
            break;
        room -= depth[n] + street[n];
    }
    if (n == 0)
        return;
    double wider = n > 1 ? (room + street[n - 1]) / (n - 1) : 0; // the rows fill the plot
    double b = frame.low_b + what->margin;
    for (int i = 0; i < n; i++) {
        span row = row_span(&f->plot, frame.axis, b, depth[i]);
        if (row.high > row.low)
            fill_row(f, what, frame.axis, row, b, depth[i], floors, lot);
        b += depth[i] + street[i] + fmin(wider, 8);
    }
}

/* ---- what becomes of a block ---------------------------------------------------------------- */

static const char *const fine[] = {"朝阳", "金泰", "丽景", "盛世", "锦绣", "翰林", "紫荆", "碧水",
                                   "望嵩", "云禅", "汝南", "天瑞", "阳光", "香榭", "龙泉", "凤凰",
                                   "文峰", "瑞景", "梧桐", "玉兰", "滨河", "广成", "祥和", "嘉苑"};
static const char *const second[] = {"", "", "新", "东", "西", "南", "北", "一号", "御", "福"};

static void draw_name(filler *f, char *out, size_t size) {
    static const char *const home_end[] = {"小区", "花园",   "苑",   "家园",
                                           "新村", "家属院", "公馆", "城"};
    static const char *const work_end[] = {"机械厂", "纺织厂", "食品厂",
                                           "物流园", "工业园", "建材厂"};
    static const char *const school_end[] = {"中学", "小学", "职业学校", "医院"};
    const char *first = fine[town_random_pick(&f->random, sizeof fine / sizeof *fine)];
    const char *middle = second[town_random_pick(&f->random, sizeof second / sizeof *second)];
    const char *end = home_end[town_random_pick(&f->random, 8)];
    if (f->use == 'f')
        end = work_end[town_random_pick(&f->random, 6)];
    else if (f->use == 'c')
        end = school_end[town_random_pick(&f->random, 4)];
    else if (f->use == 'p')
        end = "公园";
    else if (f->use == 'x')
        end = "市场";
    snprintf(out, size, "%s%s%s", first, middle, end);
}

static int add_parcel(filler *f, bool compound) {
    town_parcel parcel = {.community = f->community, .use = f->use};
    for (size_t i = 0; i < f->plot.n; i++)
        TOWN_PUSH(&parcel.ring, f->plot.at[i]);
    draw_name(f, parcel.name, sizeof parcel.name);
    if (compound) {
        TOWN_PUSH(&f->fill->compound, parcel);
        return (int)f->fill->compound.n - 1;
    }
    TOWN_PUSH(&f->fill->extended, parcel);
    return -1;
}

/** What becomes of a block: what its rows are made of, and whether it is one parcel. */
typedef struct fate {
    const pattern *rows; /**< NULL: it stays open */
    enum { OPEN, COMPOUND, EXTENDED } parcel;
} fate;

static fate draw_fate(filler *f) {
    double luck = town_random_in(&f->random, 0, 1);
    switch (f->use) {
    case 'm':
        if (luck < .07)
            return (fate){&shops, OPEN};
        return (fate){luck < .35 ? &new_slabs : &slabs, COMPOUND};
    case 'h':
        return (fate){luck < .62 ? &towers : &new_slabs, COMPOUND};
    case 't':
        if (luck < .1) // a small compound among the courts
            return (fate){&slabs, COMPOUND};
        return (fate){luck < .16 ? &shops : &courts, OPEN};
    case 'v':
        return (fate){luck < .6 ? &cottages : NULL, OPEN};
    case 'g':
        return (fate){luck < .12 ? &cottages : NULL, OPEN};
    case 'f':
        return (fate){&halls, EXTENDED};
    case 'c':
        return (fate){&schools, EXTENDED};
    case 'x':
        return (fate){luck < .4 ? &halls : &shops, OPEN};
    case 'p':
        return (fate){NULL, EXTENDED};
    default: // river and railway
        return (fate){NULL, OPEN};
    }
}

/* A half-edge on the outline of the block; with lanes on all sides a face has none. */
static int outer_half(const town_plan *plan, int block, const int *next) {
    for (int face = block; face >= 0; face = next[face]) {
        int start = plan->face.at[face].half, h = start;
        do {
            if (town_plan_on_block(plan, h))
                return h;
            h = plan->half.at[h].next;
        } while (h != start);
    }
    town_die("a block has no outline");
    return -1;
}

/* `next` leads from each face to the next one of its block. */
static void fill_block(filler *f, int block, const int *next) {
    fate what = draw_fate(f);
    town_plan_block(f->plan, outer_half(f->plan, block, next), &f->around);
    if (!read_plot(f))
        return;
    f->compound = what.parcel == OPEN ? -1 : add_parcel(f, what.parcel == COMPOUND);
    for (int face = block; face >= 0 && what.rows != NULL; face = next[face]) {
        walk_face(f, face);
        if (read_plot(f))
            fill_rows(f, what.rows);
    }
}

static int *link_blocks(const town_plan *plan) {
    int *next = GRID_NEW(int, plan->face.n), *last = GRID_NEW(int, plan->face.n);
    if (next == NULL || last == NULL)
        town_die("out of memory");
    for (int i = 0; i < (int)plan->face.n; i++) {
        int block = plan->face.at[i].block;
        next[i] = -1;
        if (i != block)
            next[last[block]] = i;
        last[block] = i;
    }
    free(last);
    return next;
}

void town_fill_build(town_fill *fill, const town_plan *plan, double lot, uint64_t seed) {
    filler f = {.fill = fill, .plan = plan, .lot = lot};
    int *next = link_blocks(plan);
    for (size_t i = 0; i < plan->face.n; i++) {
        if (plan->face.at[i].block != (int)i)
            continue;
        f.random.state = seed * 104729 + i;
        f.community = plan->face.at[i].community;
        f.use = plan->face.at[i].use;
        fill_block(&f, (int)i, next);
    }
    free(next);
    GRID_VEC_FREE(&f.face);
    GRID_VEC_FREE(&f.plot);
    GRID_VEC_FREE(&f.around);
    GRID_VEC_FREE(&f.distance);
}

void town_fill_free(town_fill *fill) {
    for (size_t i = 0; i < fill->compound.n; i++)
        GRID_VEC_FREE(&fill->compound.at[i].ring);
    for (size_t i = 0; i < fill->extended.n; i++)
        GRID_VEC_FREE(&fill->extended.at[i].ring);
    GRID_VEC_FREE(&fill->compound);
    GRID_VEC_FREE(&fill->extended);
    GRID_VEC_FREE(&fill->building);
}
