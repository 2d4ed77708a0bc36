/* What stands along the roads: trees, lamps and covers, each a component with class and code. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "town.h"

typedef struct furnisher {
    const town_plan *plan;
    const bool *rim; /**< per vertex: on the outline of the town */
    town_random random;
    town_components *out;
    const char *class, *name, *department;
    int serial;
} furnisher;

static const char *draw_status(town_random *r) {
    static const char *const rare[] = {"破损", "丢失", "废弃", "移除"};
    return town_random_chance(r, .94) ? "完好" : rare[town_random_pick(r, 4)];
}

static void add_component(furnisher *f, grid_xy at) {
    town_component c = {.at = town_round(at),
                        .name = f->name,
                        .department = f->department,
                        .status = draw_status(&f->random)};
    snprintf(c.class, sizeof c.class, "%s", f->class);
    // 6 county, 2 + 3 class, 6 serial.
    snprintf(c.code, sizeof c.code, "410482%s%06d", f->class, ++f->serial);
    int year = town_random_int(&f->random, 2016, 2025), month = town_random_int(&f->random, 1, 12);
    int day = town_random_int(&f->random, 1, 28);
    snprintf(c.date, sizeof c.date, "%d-%02d-%02d", year, month, day);
    TOWN_PUSH(f->out, c);
}

/** One kind of component along roads of some classes. */
typedef struct rhythm {
    const char *class, *name, *department;
    town_class widest, narrowest; /**< of the roads that have it */
    double step_m;
    double side;     /**< of the half width: 1 is the kerb; 0 the middle */
    double beyond_m; /**< further out than that */
    bool both_sides;
    double missing; /**< share of places without */
} rhythm;

/* Roads end at the edge of the town; what stood there could lie outside. */
static bool near_rim(const furnisher *f, int e, double run, double length) {
    const double reach = 30;
    int from = f->plan->half.at[2 * e].origin, to = f->plan->half.at[2 * e + 1].origin;
    return (f->rim[from] && run < reach) || (f->rim[to] && length - run < reach);
}

static void furnish_edge(furnisher *f, const rhythm *what, int e, double *run) {
    const town_edge *edge = &f->plan->edge.at[e];
    if (edge->class < what->widest || edge->class > what->narrowest)
        return;
    grid_xy p = f->plan->vertex.at[f->plan->half.at[2 * e].origin];
    grid_xy q = f->plan->vertex.at[f->plan->half.at[2 * e + 1].origin];
    double length = hypot(q.x - p.x, q.y - p.y);
    double off = town_road_width(edge->class) / 2 * what->side + what->beyond_m;
    for (; *run < length; *run += what->step_m * town_random_in(&f->random, .8, 1.2)) {
        double t = *run / length, sway = town_random_in(&f->random, -.4, .4);
        for (int side = -1; side <= (what->both_sides ? 1 : -1); side += 2) {
            if (town_random_chance(&f->random, what->missing) || near_rim(f, e, *run, length))
                continue;
            double d = (off + sway) * side / length;
            add_component(f, (grid_xy){p.x + t * (q.x - p.x) - d * (q.y - p.y),
                                       p.y + t * (q.y - p.y) + d * (q.x - p.x)});
        }
    }
    *run -= length;
}

/* Serials of a class go on where another rhythm of it ended. */
static int last_serial(const town_components *list, const char *class) {
    int n = 0;
    for (size_t i = 0; i < list->n; i++)
        n += strcmp(list->at[i].class, class) == 0;
    return n;
}

static void furnish(town_components *out, const town_plan *plan, const bool *rim,
                    const rhythm *what, uint64_t seed) {
    furnisher f = {.plan = plan,
                   .out = out,
                   .class = what->class,
                   .name = what->name,
                   .department = what->department};
    f.random.state = seed * 2654435761u + (uint64_t)strtol(what->class, NULL, 10);
    f.rim = rim;
    f.serial = last_serial(out, what->class);
    double run = what->step_m / 2;
    for (size_t e = 0; e < plan->edge.n; e++)
        furnish_edge(&f, what, (int)e, &run);
}

static bool *find_rim(const town_plan *plan) {
    bool *rim = GRID_NEW(bool, plan->vertex.n);
    if (rim == NULL)
        town_die("out of memory");
    for (size_t h = 0; h < plan->half.n; h++)
        if (plan->half.at[h].face < 0)
            rim[plan->half.at[h].origin] = rim[plan->half.at[h ^ 1].origin] = true;
    return rim;
}

void town_furniture_build(town_furniture *furniture, const town_plan *plan, uint64_t seed) {
    static const rhythm tree[] = {
        {"04002", "行道树", "园林绿化中心", TOWN_EXPRESSWAY, TOWN_SECONDARY, 92, 1, 1.6, true, .12},
        {"04001", "古树名木", "园林绿化中心", TOWN_LANE, TOWN_LANE, 1900, 1, 2.2, false, 0},
    };
    static const rhythm lamp[] = {
        {"01037", "路灯", "路灯管理所", TOWN_EXPRESSWAY, TOWN_SECONDARY, 120, 1, .7, true, .03},
        {"01037", "路灯", "路灯管理所", TOWN_BRANCH, TOWN_BRANCH, 210, 1, .6, false, .03},
    };
    static const rhythm cover[] = {
        {"01002", "污水井盖", "排水管理处", TOWN_EXPRESSWAY, TOWN_BRANCH, 320, .35, 0, false, .05},
        {"01003", "雨水井盖", "排水管理处", TOWN_EXPRESSWAY, TOWN_BRANCH, 340, .6, 0, false, .05},
        {"01004", "雨水箅子", "排水管理处", TOWN_EXPRESSWAY, TOWN_SECONDARY, 270, .95, 0, true,
         .05},
        {"01001", "供水井盖", "自来水公司", TOWN_EXPRESSWAY, TOWN_BRANCH, 520, 1, 1, false, .05},
        {"01005", "电力井盖", "供电公司", TOWN_EXPRESSWAY, TOWN_SECONDARY, 600, 1, 2, false, .05},
        {"01007", "通信井盖", "通信公司", TOWN_EXPRESSWAY, TOWN_BRANCH, 560, 1, 1.5, false, .05},
        {"01011", "燃气井盖", "燃气公司", TOWN_EXPRESSWAY, TOWN_BRANCH, 900, .8, 0, false, .05},
    };
    bool *rim = find_rim(plan);
    for (size_t i = 0; i < sizeof tree / sizeof *tree; i++)
        furnish(&furniture->trees, plan, rim, &tree[i], seed);
    for (size_t i = 0; i < sizeof lamp / sizeof *lamp; i++)
        furnish(&furniture->lamps, plan, rim, &lamp[i], seed + i);
    for (size_t i = 0; i < sizeof cover / sizeof *cover; i++)
        furnish(&furniture->covers, plan, rim, &cover[i], seed);
    free(rim);
}

void town_furniture_free(town_furniture *furniture) {
    GRID_VEC_FREE(&furniture->trees);
    GRID_VEC_FREE(&furniture->lamps);
    GRID_VEC_FREE(&furniture->covers);
}
