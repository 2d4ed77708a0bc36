/* Reads WKT polygons, as cases are written in it, into shapes. For tests only. */
#ifndef GRID_TESTS_WKT_H
#define GRID_TESTS_WKT_H

#include <grid/geom.h>

#include "unit.h"

#include <ctype.h>

static const char *wkt_skip(const char *s) {
    while (isspace((unsigned char)*s))
        s++;
    return s;
}

static const char *wkt_ring(grid_shapes *out, const char *s) {
    s = wkt_skip(s);
    assert_int_equal(*s, '(');
    assert_true(grid_shapes_begin_chain(out));
    do {
        char *end;
        double x = strtod(s + 1, &end);
        double y = strtod(end, &end);
        assert_true(grid_shapes_add(out, x, y));
        s = wkt_skip(end);
    } while (*s == ',');
    assert_int_equal(*s, ')');
    return s + 1;
}

static const char *wkt_part(grid_shapes *out, const char *s) {
    s = wkt_skip(s);
    assert_int_equal(*s, '(');
    assert_true(grid_shapes_begin_part(out));
    do {
        s = wkt_skip(wkt_ring(out, s + 1));
    } while (*s == ',');
    return s + 1;
}

/* Appends one feature: a POLYGON or MULTIPOLYGON; what is no area makes one without geometry. */
static void wkt_add(grid_shapes *out, const char *wkt) {
    const char *s = wkt == NULL ? "EMPTY" : wkt;
    bool multi = strncmp(s, "MULTI", 5) == 0;
    if (strstr(s, "EMPTY") != NULL || strstr(s, "POLYGON") == NULL) {
        assert_true(grid_shapes_begin(out, GRID_SHAPE_NONE));
        return;
    }
    assert_true(grid_shapes_begin(out, GRID_SHAPE_AREA));
    s = strchr(s, '(');
    if (!multi) {
        wkt_part(out, s);
        return;
    }
    do {
        s = wkt_skip(wkt_part(out, s + 1));
    } while (*s == ',');
}

#endif
