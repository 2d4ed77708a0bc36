/*
 * theme.h - the classes of a choropleth.
 */
#ifndef GRID_SRC_THEME_H
#define GRID_SRC_THEME_H

#include <grid/draw.h>

enum { THEME_CLASSES = 5 };

/** Class c holds values from limit[c - 1] up to limit[c]. */
typedef struct theme_classes {
    double limit[THEME_CLASSES - 1];
    uint32_t colour[THEME_CLASSES]; /**< 0xRRGGBB */
    const char *title, *unit;
} theme_classes;

void theme_build(const grid_atlas *a, grid_theme theme, theme_classes *out);

/** The class of a value. */
int theme_class(const theme_classes *theme, double value);

#endif
