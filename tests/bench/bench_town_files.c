/*
 * Writes a made-up town and a trace for bench_filter: bench_town_files NX NY PER_SIDE POINTS
 * GRIDS.geojson POINTS.csv
 */
#include <stdio.h>
#include <stdlib.h>

#include "trace.h"

static void write_grids(const town *t, FILE *out) {
    grid_shapes *s = town_grids(t);
    fprintf(out, "{\"type\":\"FeatureCollection\",\"name\":\"grid\",\"crs\":{\"type\":\"name\","
                 "\"properties\":{\"name\":\"urn:ogc:def:crs:EPSG::4547\"}},\"features\":[");
    for (size_t f = 0; f < s->n; f++) {
        fprintf(out,
                "%s\n{\"type\":\"Feature\",\"properties\":{\"code\":\"%015zu\"},\"geometry\":"
                "{\"type\":\"Polygon\",\"coordinates\":[[",
                f > 0 ? "," : "", f + 1);
        for (size_t i = s->xy_start[f]; i < s->xy_start[f + 1]; i++)
            fprintf(out, "%s[%.3f,%.3f]", i > s->xy_start[f] ? "," : "", s->xy[i].x, s->xy[i].y);
        fprintf(out, "]]}}");
    }
    fprintf(out, "]}\n");
    grid_shapes_free(s);
}

static void write_points(const town *t, size_t n, FILE *out) {
    grid_xy *p = make_trace(t, n, 0);
    fprintf(out, "id,time,device,x,y,speed\n");
    for (size_t i = 0; i < n; i++)
        fprintf(out, "%zu,2026-03-01T08:%02zu:%02zu,dev%04zu,%.3f,%.3f,1.2\n", i, i / 60 % 60,
                i % 60, i % TRACE_DEVICES, p[i].x, p[i].y);
    free(p);
}

int main(int argc, char **argv) {
    if (argc != 7)
        return fprintf(stderr, "usage: bench_town_files NX NY PER_SIDE POINTS GRIDS POINTS\n"), 2;
    const town t = {strtoul(argv[1], NULL, 10),
                    strtoul(argv[2], NULL, 10),
                    strtoul(argv[3], NULL, 10),
                    300,
                    500000,
                    3400000,
                    1};
    FILE *grids = fopen(argv[5], "w"), *points = fopen(argv[6], "w");
    if (grids == NULL || points == NULL)
        return perror("bench_town_files"), 1;
    write_grids(&t, grids);
    write_points(&t, strtoul(argv[4], NULL, 10), points);
    return (fclose(grids) != 0) | (fclose(points) != 0);
}
