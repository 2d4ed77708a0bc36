/* A program of somebody else's: uses the installed library through its public headers alone. */
#include <grid/crs.h>
#include <grid/geom.h>

#include <stdio.h>

int main(void) {
    grid_shapes *s = grid_shapes_new();
    const double xy[][2] = {{0, 0}, {4, 0}, {4, 3}, {0, 0}};
    if (s == NULL || !grid_shapes_begin(s, GRID_SHAPE_AREA) || !grid_shapes_begin_part(s) ||
        !grid_shapes_begin_chain(s))
        return 1;
    for (int i = 0; i < 4; i++)
        if (!grid_shapes_add(s, xy[i][0], xy[i][1]))
            return 1;
    char working[16];
    grid_crs_working(112.84, 34.16, working);
    printf("libgrid %s: area %g, %s\n", grid_version(), grid_shapes_area(s, 0), working);
    grid_shapes_free(s);
    return 0;
}
