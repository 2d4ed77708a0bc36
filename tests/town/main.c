/* make-town: draws the made-up town of data/sample, and larger ones for benchmarks. */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "town.h"

static const char usage[] =
    "usage: make-town [OPTION]... DIR\n"
    "Draw a made-up town into DIR: town.gpkg and points.csv.\n"
    "\n"
    "  --seed N        draw another town (default 1)\n"
    "  --buildings N   about so many buildings (default: the sample's, about 7500)\n"
    "  --points N      positions in points.csv (default 10000)\n"
    "  --dirt          spoil the layers: overlaps, gaps, duplicates, shifted communities\n"
    "  --overwrite     replace what DIR has\n"
    "  --verbose       print how the communities' households fit their homes\n";

typedef struct settings {
    uint64_t seed;
    long buildings, points;
    bool dirt, overwrite, verbose;
    const char *folder;
} settings;

static bool read_settings(int argc, char **argv, settings *s) {
    static const struct option options[] = {
        {"seed", required_argument, NULL, 's'},
        {"buildings", required_argument, NULL, 'b'},
        {"points", required_argument, NULL, 'p'},
        {"dirt", no_argument, NULL, 'd'},
        {"overwrite", no_argument, NULL, 'o'},
        {"verbose", no_argument, NULL, 'v'},
        {0},
    };
    *s = (settings){.seed = 1, .points = 10000};
    int letter;
    while ((letter = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (letter == 's')
            s->seed = strtoull(optarg, NULL, 10);
        else if (letter == 'b')
            s->buildings = strtol(optarg, NULL, 10);
        else if (letter == 'p')
            s->points = strtol(optarg, NULL, 10);
        else if (letter == 'd')
            s->dirt = true;
        else if (letter == 'o')
            s->overwrite = true;
        else if (letter == 'v')
            s->verbose = true;
        else
            return false;
    }
    s->folder = optind + 1 == argc ? argv[optind] : NULL;
    return s->folder != NULL && s->buildings >= 0 && s->points >= 0 && s->points < 100000000;
}

/* Superblocks grow in number with the root of the wanted buildings; lots make up the rest. */
enum { SAMPLE_BUILDINGS = 7500 };

static void size_town(long buildings, int *scale, double *lot) {
    *scale = 1;
    *lot = 1;
    if (buildings == 0)
        return;
    double ratio = (double)buildings / SAMPLE_BUILDINGS;
    *scale = (int)fmax(1, fmin(30, floor(sqrt(ratio) + .5)));
    *lot = fmax(.8, fmin(3, *scale * *scale / ratio));
}

static char *path_in(const char *folder, const char *name) {
    size_t size = strlen(folder) + strlen(name) + 2;
    char *path = malloc(size);
    if (path == NULL)
        town_die("out of memory");
    snprintf(path, size, "%s/%s", folder, name);
    return path;
}

static grid_status write_town(const town_all *town, const settings *s, grid_error *err) {
    char *layers = path_in(s->folder, "town.gpkg"), *points = path_in(s->folder, "points.csv");
    grid_status status = town_write_layers(town, layers, s->overwrite, err);
    if (status == GRID_OK)
        status = town_write_points(town, points, (int)s->points, s->overwrite, err);
    free(layers);
    free(points);
    return status;
}

int main(int argc, char **argv) {
    settings s;
    if (!read_settings(argc, argv, &s)) {
        fputs(usage, stderr);
        return 2;
    }
    int scale;
    double lot;
    size_town(s.buildings, &scale, &lot);
    town_all town = {.seed = s.seed, .dirt = s.dirt};
    town_layout_build(&town.plan, &town.layout, scale, s.seed);
    town_fill_build(&town.fill, &town.plan, lot, s.seed);
    town_people_build(&town.fill, scale, s.seed, s.verbose);
    town_furniture_build(&town.furniture, &town.plan, s.seed);
    town_furniture_spoil(&town.furniture);
    if (s.dirt)
        town_fill_spoil(&town.fill, s.seed);
    if (s.verbose)
        fprintf(stderr,
                "%zu blocks, %zu buildings, %zu compounds, %zu extended, %zu trees, "
                "%zu lamps, %zu covers\n",
                town.plan.face.n, town.fill.building.n, town.fill.compound.n, town.fill.extended.n,
                town.furniture.trees.n, town.furniture.lamps.n, town.furniture.covers.n);
    mkdir(s.folder, 0777);
    grid_error err;
    grid_status status = write_town(&town, &s, &err);
    if (status != GRID_OK)
        fprintf(stderr, "make-town: %s: %s\n", err.where, err.message);
    town_plan_free(&town.plan);
    town_fill_free(&town.fill);
    town_furniture_free(&town.furniture);
    grid_shapes_free(town.layout.river);
    grid_shapes_free(town.layout.river_line);
    grid_shapes_free(town.layout.railway);
    return status == GRID_OK ? 0 : 4;
}
