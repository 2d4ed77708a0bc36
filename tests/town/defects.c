/*
 * What is wrong on purpose. The sample's components have a few faults that an import has to
 * find; a dirty town (--dirt) has layers such as offices deliver them.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "town.h"

/* ---- components: the rows that data/sample/README.md lists -------------------------------------
 */

static void no_class_name(town_component *c, const char *name) {
    c->class[0] = c->code[0] = '\0';
    c->name = name;
}

static void spoil_covers(town_component *row) {
    row[100].at.x = row[100].at.y = NAN;
    row[202].at = row[201].at;
    memcpy(row[202].class, row[201].class, sizeof row[202].class);
    row[202].name = row[201].name;
    row[202].code[0] = '\0';
    memcpy(row[302].code, row[301].code, sizeof row[302].code);
    row[403].at.x += 6000;
    row[504].status = "坏了";
    snprintf(row[605].date, sizeof row[605].date, "2024-13-45");
    no_class_name(&row[706], "神秘井盖");
    memcpy(row[807].code, "410481", 6); // the neighbouring county
    row[908].code[16] = '\0';
    memcpy(row[1009].code + 6, "01006", 5);
    for (int i = 1100; i < 1110; i++) // no faults: codes still to be given
        row[i].code[0] = '\0';
}

/* Nor these: they only need their local names understood. */
static void rename_covers(town_component *row, size_t n, const char *class, const char *local) {
    int left = 5;
    for (size_t i = 0; i < n && left > 0; i++) {
        if (strcmp(row[i].class, class) != 0)
            continue;
        no_class_name(&row[i], local);
        left--;
    }
}

static void spoil_lamps(town_component *row) {
    row[150].at.y -= 5000;
    row[250].status = NULL;
    row[350].at = row[349].at;
}

void town_furniture_spoil(town_furniture *furniture) {
    if (furniture->covers.n >= 1110)
        spoil_covers(furniture->covers.at);
    rename_covers(furniture->covers.at, furniture->covers.n, "01004", "雨水篦子");
    rename_covers(furniture->covers.at, furniture->covers.n, "01007", "通讯井盖");
    if (furniture->lamps.n >= 351)
        spoil_lamps(furniture->lamps.at);
}

/* ---- dirty towns -------------------------------------------------------------------------------
 */

static void shift(town_building *b, double dx, double dy) {
    for (int i = 0; i < b->n_corners; i++)
        b->corner[i] = town_round((grid_xy){b->corner[i].x + dx, b->corner[i].y + dy});
}

/* Doubled and overlapping footprints, bow ties, spikes, and some that have lost their shape. */
static void spoil_buildings(town_fill *fill, town_random *r) {
    size_t n = fill->building.n;
    for (size_t i = 0; i < n; i++) {
        town_building b = fill->building.at[i];
        int fault = town_random_int(r, 0, 999);
        if (fault < 8) { // once more, without people
            b.households = b.persons = 0;
            TOWN_PUSH(&fill->building, b);
        } else if (fault < 18) {
            double dx = town_random_in(r, -9, 9), dy = town_random_in(r, -9, 9);
            shift(&fill->building.at[i], dx, dy);
        } else if (fault < 21) {
            fill->building.at[i].corner[1] = b.corner[2];
            fill->building.at[i].corner[2] = b.corner[1];
        } else if (fault < 24) {
            fill->building.at[i].corner[0].x -= town_random_in(r, 5, 40);
        } else if (fault < 26) {
            fill->building.at[i].n_corners = 0;
        }
    }
}

/* Compounds drawn a little over their walls. */
static void spoil_compounds(town_fill *fill, town_random *r) {
    for (size_t i = 0; i < fill->compound.n; i++) {
        if (!town_random_chance(r, .03))
            continue;
        town_path *ring = &fill->compound.at[i].ring;
        size_t k = town_random_pick(r, ring->n);
        ring->at[k].x += town_random_in(r, -3, 3);
        ring->at[k].y += town_random_in(r, -3, 3);
    }
}

void town_fill_spoil(town_fill *fill, uint64_t seed) {
    town_random r = {seed * 13 + 1};
    spoil_buildings(fill, &r);
    spoil_compounds(fill, &r);
}

/* Whole units shifted by decimetres and single corners moved: gaps and overlaps everywhere. */
void town_units_spoil(grid_shapes *units, uint64_t seed) {
    town_random r = {seed * 11 + 9};
    for (size_t f = 0; f < units->n; f++) {
        double dx = town_random_in(&r, -.6, .6), dy = town_random_in(&r, -.6, .6);
        for (size_t p = units->part_start[f]; p < units->part_start[f + 1]; p++) {
            for (size_t c = units->chain_start[p]; c < units->chain_start[p + 1]; c++) {
                size_t first = units->xy_start[c], last = units->xy_start[c + 1] - 1;
                for (size_t i = first; i < last; i++) {
                    bool corner = town_random_chance(&r, .02);
                    units->xy[i].x += dx + (corner ? town_random_in(&r, -2, 2) : 0);
                    units->xy[i].y += dy + (corner ? town_random_in(&r, -2, 2) : 0);
                }
                units->xy[last] = units->xy[first];
            }
        }
    }
}

/* Lines that stop short of their junction or run past it. */
void town_roads_spoil(grid_shapes *roads, uint64_t seed) {
    town_random r = {seed * 19 + 2};
    for (size_t c = 0; c < roads->n_chains; c++) {
        if (!town_random_chance(&r, .03))
            continue;
        grid_xy *end = &roads->xy[roads->xy_start[c + 1] - 1], before = end[-1];
        double length = hypot(end->x - before.x, end->y - before.y);
        double by = town_random_in(&r, -6, 6) / length;
        if (by > -.9) {
            end->x += by * (end->x - before.x);
            end->y += by * (end->y - before.y);
        }
    }
}
