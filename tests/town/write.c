/* The town as layers of one GeoPackage. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/base.h"
#include "table.h"

/* CGCS2000, 3-degree zone around 114 E, without zone prefix. */
static const char crs[] = "EPSG:4547";

static char *keep(grid_arena *arena, const char *text) {
    char *copy = grid_arena_text(arena, text);
    if (copy == NULL)
        town_die("out of memory");
    return copy;
}

/** Totals of a unit. */
typedef struct totals {
    int64_t households, persons, grids;
} totals;

static totals totals_of(const town_all *town, int community) {
    totals sum = {0};
    sum.grids = (int64_t)town_communities[community].grids * town->layout.scale *
                town->layout.scale;
    for (size_t i = 0; i < town->fill.building.n; i++) {
        const town_building *b = &town->fill.building.at[i];
        if (b->community == community) {
            sum.households += b->households;
            sum.persons += b->persons;
        }
    }
    return sum;
}

static void add_totals(table *t, totals sum) {
    table_integer(t, sum.households);
    table_integer(t, sum.persons);
    table_integer(t, sum.grids);
}

static void begin_units(table *t, const char *name) {
    table_begin(t, name);
    table_add_column(t, "code", GRID_COLUMN_TEXT);
    table_add_column(t, "name", GRID_COLUMN_TEXT);
    table_add_column(t, "parent", GRID_COLUMN_TEXT);
    table_add_column(t, "households", GRID_COLUMN_INT);
    table_add_column(t, "persons", GRID_COLUMN_INT);
    table_add_column(t, "grids", GRID_COLUMN_INT);
}

static void fill_communities(table *t, const town_all *town, grid_arena *arena) {
    begin_units(t, "communities");
    int *label = GRID_NEW(int, town->plan.face.n);
    if (label == NULL)
        town_die("out of memory");
    for (size_t f = 0; f < town->plan.face.n; f++)
        label[f] = town->plan.face.at[f].community;
    for (int c = 0; c < TOWN_COMMUNITIES; c++) {
        town_plan_union(&town->plan, label, c, t->shapes);
        char parent[16];
        snprintf(parent, sizeof parent, "%.9s", town_communities[c].code);
        table_text(t, town_communities[c].code);
        table_text(t, town_communities[c].name);
        table_text(t, keep(arena, parent));
        add_totals(t, totals_of(town, c));
    }
    free(label);
}

static void fill_streets(table *t, const town_all *town, grid_arena *arena) {
    begin_units(t, "streets");
    int *label = GRID_NEW(int, town->plan.face.n);
    if (label == NULL)
        town_die("out of memory");
    for (size_t f = 0; f < town->plan.face.n; f++)
        label[f] = town_street_of(town->plan.face.at[f].community);
    for (int s = 0; s < TOWN_STREETS; s++) {
        town_plan_union(&town->plan, label, s, t->shapes);
        char code[32];
        snprintf(code, sizeof code, "41048200%d", s + 1);
        table_text(t, keep(arena, code));
        table_text(t, town_street_names[s]);
        table_text(t, "410482");
        totals sum = {0};
        for (int c = 0; c < TOWN_COMMUNITIES; c++) {
            if (town_street_of(c) != s)
                continue;
            totals part = totals_of(town, c);
            sum.households += part.households;
            sum.persons += part.persons;
            sum.grids += part.grids;
        }
        add_totals(t, sum);
    }
    free(label);
}

/* ---- roads, from junction to junction ------------------------------------------------------- */

static bool is_road(const town_plan *plan, int h) {
    return plan->edge.at[h / 2].class <= TOWN_LANE;
}

static bool same_road(const town_plan *plan, int g, int h) {
    const town_edge *a = &plan->edge.at[g / 2], *b = &plan->edge.at[h / 2];
    return a->class == b->class && a->name == b->name && a->crossing == b->crossing;
}

/** Road half-edges by origin: leaving.at[first[v]] .. */
typedef struct star {
    int *first, *half;
} star;

static star star_build(const town_plan *plan) {
    star s = {GRID_NEW(int, plan->vertex.n + 1), GRID_NEW(int, plan->half.n)};
    if (s.first == NULL || s.half == NULL)
        town_die("out of memory");
    for (int h = 0; h < (int)plan->half.n; h++)
        s.first[plan->half.at[h].origin + 1] += is_road(plan, h);
    for (size_t v = 0; v < plan->vertex.n; v++)
        s.first[v + 1] += s.first[v];
    int *fill = GRID_NEW(int, plan->vertex.n);
    if (fill == NULL)
        town_die("out of memory");
    for (int h = 0; h < (int)plan->half.n; h++) {
        int v = plan->half.at[h].origin;
        if (is_road(plan, h))
            s.half[s.first[v] + fill[v]++] = h;
    }
    free(fill);
    return s;
}

/* The road half-edge that goes on from h, or -1 at a junction, an end or a change of road. */
static int goes_on(const town_plan *plan, const star *s, int h) {
    int v = plan->half.at[h ^ 1].origin;
    if (s->first[v + 1] - s->first[v] != 2)
        return -1;
    int next = s->half[s->first[v]] == (h ^ 1) ? s->half[s->first[v] + 1] : s->half[s->first[v]];
    return same_road(plan, h, next) ? next : -1;
}

static const char *crossing_name(town_crossing crossing) {
    static const char *const name[] = {"", "桥梁", "下穿", "平交道口"};
    return name[crossing];
}

static void add_road(table *t, const town_plan *plan, const star *s, bool *seen, int h) {
    const town_edge *edge = &plan->edge.at[h / 2];
    bool ok = grid_shapes_begin(t->shapes, GRID_SHAPE_LINE) && grid_shapes_begin_part(t->shapes) &&
              grid_shapes_begin_chain(t->shapes);
    grid_xy p = plan->vertex.at[plan->half.at[h].origin];
    ok = ok && grid_shapes_add(t->shapes, p.x, p.y);
    for (int at = h; at >= 0 && !seen[at / 2]; at = goes_on(plan, s, at)) {
        seen[at / 2] = true;
        p = plan->vertex.at[plan->half.at[at ^ 1].origin];
        ok = ok && grid_shapes_add(t->shapes, p.x, p.y);
    }
    if (!ok)
        town_die("out of memory");
    table_text(t, edge->name >= 0 ? plan->name.at[edge->name] : "");
    table_text(t, town_road_class_name(edge->class));
    table_real(t, town_road_width(edge->class));
    table_text(t, crossing_name(edge->crossing));
}

static void fill_roads(table *t, const town_plan *plan) {
    table_begin(t, "roads");
    table_add_column(t, "name", GRID_COLUMN_TEXT);
    table_add_column(t, "class", GRID_COLUMN_TEXT);
    table_add_column(t, "width_m", GRID_COLUMN_REAL);
    table_add_column(t, "crossing", GRID_COLUMN_TEXT);
    star s = star_build(plan);
    bool *seen = GRID_NEW(bool, plan->edge.n);
    if (seen == NULL)
        town_die("out of memory");
    for (int pass = 0; pass < 2; pass++) // links that start at a junction first, loops after
        for (int h = 0; h < (int)plan->half.n; h++)
            if (is_road(plan, h) && !seen[h / 2] && (pass == 1 || goes_on(plan, &s, h ^ 1) < 0))
                add_road(t, plan, &s, seen, h);
    free(seen);
    free(s.first);
    free(s.half);
}

/* ---- the others --------------------------------------------------------------------------- */

static void fill_line(table *t, const char *layer, const grid_shapes *shapes, const char *name,
                      const char *class) {
    table_begin(t, layer);
    table_add_column(t, "name", GRID_COLUMN_TEXT);
    table_add_column(t, "class", GRID_COLUMN_TEXT);
    if (!grid_shapes_copy(t->shapes, shapes, 0))
        town_die("out of memory");
    table_text(t, name);
    table_text(t, class);
}

static const char *use_name(char use) {
    switch (use) {
    case 'f':
        return "厂区";
    case 'c':
        return "校区";
    case 'p':
        return "公园";
    default:
        return "住宅";
    }
}

static void fill_parcels(table *t, const char *layer, const town_parcel *parcel, size_t n,
                         char letter, grid_arena *arena) {
    table_begin(t, layer);
    table_add_column(t, "code", GRID_COLUMN_TEXT);
    table_add_column(t, "name", GRID_COLUMN_TEXT);
    table_add_column(t, "class", GRID_COLUMN_TEXT);
    table_add_column(t, "households", GRID_COLUMN_INT);
    table_add_column(t, "persons", GRID_COLUMN_INT);
    for (size_t i = 0; i < n; i++) {
        char code[32];
        snprintf(code, sizeof code, "%c%04zu", letter, i + 1);
        table_ring(t, parcel[i].ring.at, parcel[i].ring.n);
        table_text(t, keep(arena, code));
        table_text(t, parcel[i].name);
        table_text(t, use_name(parcel[i].use));
        table_integer(t, parcel[i].households);
        table_integer(t, parcel[i].persons);
    }
}

static const char *kind_name(town_building_kind kind) {
    static const char *const name[] = {"高层住宅", "多层住宅", "平房院落", "商铺", "厂房", "公建"};
    return name[kind];
}

static void fill_buildings(table *t, const town_fill *fill, grid_arena *arena) {
    table_begin(t, "buildings");
    table_add_column(t, "code", GRID_COLUMN_TEXT);
    table_add_column(t, "class", GRID_COLUMN_TEXT);
    table_add_column(t, "floors", GRID_COLUMN_INT);
    table_add_column(t, "households", GRID_COLUMN_INT);
    table_add_column(t, "persons", GRID_COLUMN_INT);
    for (size_t i = 0; i < fill->building.n; i++) {
        const town_building *b = &fill->building.at[i];
        char code[32];
        snprintf(code, sizeof code, "B%06zu", i + 1);
        table_ring(t, b->corner, (size_t)b->n_corners);
        table_text(t, keep(arena, code));
        table_text(t, kind_name(b->kind));
        table_integer(t, b->floors);
        table_integer(t, b->households);
        table_integer(t, b->persons);
    }
}

static const char *text_or_null(const char *text) {
    return text[0] != '\0' ? text : NULL;
}

static void fill_components(table *t, const char *layer, const town_components *list) {
    table_begin(t, layer);
    table_add_column(t, "code", GRID_COLUMN_TEXT);
    table_add_column(t, "class", GRID_COLUMN_TEXT);
    table_add_column(t, "name", GRID_COLUMN_TEXT);
    table_add_column(t, "department", GRID_COLUMN_TEXT);
    table_add_column(t, "status", GRID_COLUMN_TEXT);
    table_add_column(t, "initial_date", GRID_COLUMN_TEXT);
    for (size_t i = 0; i < list->n; i++) {
        table_point(t, list->at[i].at);
        table_text(t, text_or_null(list->at[i].code));
        table_text(t, text_or_null(list->at[i].class));
        table_text(t, list->at[i].name);
        table_text(t, list->at[i].department);
        table_text(t, list->at[i].status);
        table_text(t, list->at[i].date);
    }
}

enum { LAYERS = 12 };

grid_status town_write_layers(const town_all *town, const char *path, bool overwrite,
                              grid_error *err) {
    grid_arena arena = {0};
    table t[LAYERS];
    fill_streets(&t[0], town, &arena);
    fill_communities(&t[1], town, &arena);
    fill_roads(&t[2], &town->plan);
    if (town->dirt) {
        town_units_spoil(t[1].shapes, town->seed);
        town_roads_spoil(t[2].shapes, town->seed);
    }
    fill_line(&t[3], "river", town->layout.river, "洗耳河", "河流");
    fill_line(&t[4], "river_line", town->layout.river_line, "洗耳河", "河流");
    fill_line(&t[5], "railway", town->layout.railway, "铁路", "铁路");
    fill_parcels(&t[6], "compounds", town->fill.compound.at, town->fill.compound.n, 'X', &arena);
    fill_parcels(&t[7], "extended", town->fill.extended.at, town->fill.extended.n, 'T', &arena);
    fill_buildings(&t[8], &town->fill, &arena);
    fill_components(&t[9], "trees", &town->furniture.trees);
    fill_components(&t[10], "lamps", &town->furniture.lamps);
    fill_components(&t[11], "covers", &town->furniture.covers);

    grid_layer_out layer[LAYERS];
    grid_field field[LAYERS][TABLE_COLUMNS];
    for (int i = 0; i < LAYERS; i++)
        layer[i] = table_layer(&t[i], crs, field[i]);
    grid_status status = grid_layer_write(path, layer, LAYERS, NULL, overwrite, err);
    for (int i = 0; i < LAYERS; i++)
        table_free(&t[i]);
    grid_arena_free(&arena);
    return status;
}
