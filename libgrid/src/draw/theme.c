/* The classes of a choropleth. */
#include <math.h>
#include <stdlib.h>

#include "base/vec.h"
#include "draw/atlas.h"
#include "draw/theme.h"

static int by_value(const void *x, const void *y) {
    double a = *(const double *)x, b = *(const double *)y;
    return a < b ? -1 : a > b;
}

/* Two significant digits. */
static double rounded(double v) {
    double unit = v > 0 ? pow(10, floor(log10(v)) - 1) : 1;
    return round(v / unit) * unit;
}

/* Limits such that every class holds about as many grids. */
static void by_quantiles(const grid_atlas *a, grid_theme theme, theme_classes *out) {
    size_t n = a->map.units[a->grids]->n, m = 0;
    double *values = GRID_NEW(double, n);
    for (size_t i = 0; values != NULL && i < n; i++) {
        double v = grid_atlas_value(a, theme, i);
        if (!isnan(v))
            values[m++] = v;
    }
    if (values != NULL)
        qsort(values, m, sizeof *values, by_value);
    for (size_t c = 0; c + 1 < THEME_CLASSES; c++)
        out->limit[c] = m > 0 ? rounded(values[m * (c + 1) / THEME_CLASSES]) : (double)(c + 1);
    free(values);
}

static const theme_classes fixed[GRID_THEMES] = {
    [GRID_THEME_DEVIATION] = {{-20, -10, 10, 20},
                              {0x6baed6, 0xc6dbef, 0xf7f7f7, 0xfcbba1, 0xfb6a4a},
                              "偏离目标",
                              "%"},
    [GRID_THEME_ROAD] = {{20, 40, 60, 80},
                         {0xf7f7f7, 0xd9f0d3, 0xa6dba0, 0x5aae61, 0x1b7837},
                         "道路边界占比",
                         "%"},
    [GRID_THEME_COMPACT] = {{.2, .35, .5, .65},
                            {0xfee5d9, 0xfcbba1, 0xf7f7f7, 0xc7e9c0, 0x74c476},
                            "紧凑度",
                            ""},
    [GRID_THEME_CHANGES] = {{.005, 5, 20, 50},
                            {0xf7f7f7, 0xfee8c8, 0xfdbb84, 0xef8a62, 0xd7301f},
                            "户数变动",
                            "%"},
    [GRID_THEME_HOUSEHOLDS] = {{0},
                               {0xf7fbff, 0xdeebf7, 0xc6dbef, 0x9ecae1, 0x6baed6},
                               "户数",
                               "户"},
    [GRID_THEME_PERSONS] = {{0}, {0xf7fbff, 0xdeebf7, 0xc6dbef, 0x9ecae1, 0x6baed6}, "人数", "人"},
    [GRID_THEME_DENSITY] = {{0},
                            {0xfff7ec, 0xfee8c8, 0xfdd49e, 0xfdbb84, 0xfc8d59},
                            "户数密度",
                            "户/公顷"},
};

void theme_build(const grid_atlas *a, grid_theme theme, theme_classes *out) {
    *out = fixed[theme];
    if (out->limit[0] == 0 && out->limit[1] == 0)
        by_quantiles(a, theme, out);
}

int theme_class(const theme_classes *theme, double value) {
    int c = 0;
    while (c + 1 < THEME_CLASSES && value >= theme->limit[c])
        c++;
    return c;
}
