/*
 * Positions as a platform reports them: people on their rounds, longitude and latitude in
 * WGS 84, and now and then a row that is no position or lies elsewhere.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <grid/crs.h>

#include "base/base.h"
#include "base/replace.h"
#include "town.h"

typedef struct track {
    GRID_VEC(grid_xy) at;
    GRID_VEC(int) person, seconds;
} track;

/* One round: along the roads from junction to junction, about a point every 25 m. */
static void walk(track *t, const town_plan *plan, town_random *r, int person, int n) {
    int h = (int)town_random_pick(r, plan->half.n);
    int clock = town_random_int(r, 7 * 3600, 17 * 3600);
    double run = 0;
    while (n > 0) {
        grid_xy p = plan->vertex.at[plan->half.at[h].origin];
        grid_xy q = plan->vertex.at[plan->half.at[h ^ 1].origin];
        double length = hypot(q.x - p.x, q.y - p.y);
        for (; run < length && n > 0; run += town_random_in(r, 15, 35), n--) {
            double s = run / length;
            double dx = town_random_in(r, -6, 6), dy = town_random_in(r, -6, 6);
            TOWN_PUSH(&t->at, (grid_xy){p.x + s * (q.x - p.x) + dx, p.y + s * (q.y - p.y) + dy});
            TOWN_PUSH(&t->person, person);
            TOWN_PUSH(&t->seconds, clock);
            clock += town_random_int(r, 15, 40);
        }
        run -= length;
        // On through a face, now and then across into the next.
        if (town_random_chance(r, .4) && plan->half.at[h ^ 1].next >= 0)
            h = plan->half.at[h ^ 1].next;
        else if (plan->half.at[h].next >= 0)
            h = plan->half.at[h].next;
        else
            h ^= 1;
    }
}

/* Every 997th row is none of the ordinary ones. */
static bool write_oddity(FILE *file, int row, int person, const char *time, grid_xy at) {
    if (row % 997 != 500)
        return false;
    switch (row / 997 % 8) {
    case 0:
        fprintf(file, "%d,P%03d,%s,,\n", row, person, time); // no position
        break;
    case 1:
        fprintf(file, "%d,P%03d,%s,%.6f,%.6f\n", row, person, time, at.y, at.x); // swapped
        break;
    case 2:
        fprintf(file, "%d,P%03d,%s,无信号,无信号\n", row, person, time);
        break;
    case 3:
        fprintf(file, "%d,P%03d,%s,0.000000,0.000000\n", row, person, time);
        break;
    case 4:
        fprintf(file, "%d,P%03d,%s,%.6f\n", row, person, time, at.x); // a field short
        break;
    case 5:
        fprintf(file, "%d,P%03d,%s,%.6f,%.6f\n", row, person, time, at.x + .25, at.y); // far east
        break;
    case 6:
        fprintf(file, "%d,P%03d,%s,112.8x,34.16\n", row, person, time);
        break;
    default:
        fprintf(file, "%d,P%03d,%s,%.6f,%.6f\n", row, person, time, at.x, at.y - .2); // far south
    }
    return true;
}

static void write_rows(FILE *file, const track *t, const grid_xy *degrees) {
    fputs("id,person,time,lon,lat\n", file);
    for (size_t i = 0; i < t->at.n; i++) {
        char time[32];
        int s = t->seconds.at[i];
        snprintf(time, sizeof time, "2025-11-03T%02d:%02d:%02d", s / 3600 % 24, s / 60 % 60,
                 s % 60);
        int row = (int)i + 1;
        if (!write_oddity(file, row, t->person.at[i], time, degrees[i]))
            fprintf(file, "%d,P%03d,%s,%.6f,%.6f\n", row, t->person.at[i], time, degrees[i].x,
                    degrees[i].y);
    }
}

static grid_status to_degrees(const track *t, grid_xy *out, grid_error *err) {
    grid_crs_transform *transform;
    GRID_TRY(grid_crs_transform_new("EPSG:4547", "wgs84", &transform, err));
    memcpy(out, t->at.at, t->at.n * sizeof *out);
    grid_crs_transform_apply(transform, out, t->at.n);
    grid_crs_transform_free(transform);
    return GRID_OK;
}

static grid_status write_file(const track *t, const grid_xy *degrees, const char *path,
                              bool overwrite, grid_error *err) {
    grid_replace replace;
    GRID_TRY(grid_replace_begin(&replace, path, overwrite, err));
    FILE *file = fopen(replace.temporary, "w");
    if (file != NULL)
        write_rows(file, t, degrees);
    bool bad = file == NULL || ferror(file) != 0;
    if (file != NULL && fclose(file) != 0)
        bad = true;
    if (!bad)
        return grid_replace_commit(&replace, err);
    grid_status status = grid_fail(err, GRID_E_WRITE, path, "%s", strerror(errno));
    grid_replace_abort(&replace);
    return status;
}

grid_status town_write_points(const town_all *town, const char *path, int n, bool overwrite,
                              grid_error *err) {
    enum { ROUND = 125 };
    town_random random = {town->seed * 17 + 3};
    track t = {0};
    for (int person = 1, left = n; left > 0; person++, left -= ROUND)
        walk(&t, &town->plan, &random, person, left < ROUND ? left : ROUND);
    grid_xy *degrees = GRID_NEW(grid_xy, t.at.n);
    if (degrees == NULL)
        town_die("out of memory");
    grid_status status = to_degrees(&t, degrees, err);
    if (status == GRID_OK)
        status = write_file(&t, degrees, path, overwrite, err);
    free(degrees);
    GRID_VEC_FREE(&t.at);
    GRID_VEC_FREE(&t.person);
    GRID_VEC_FREE(&t.seconds);
    return status;
}
