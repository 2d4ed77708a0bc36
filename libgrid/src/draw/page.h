/*
 * page.h - the web page while it is written: its data as JSON.
 */
#ifndef GRID_SRC_PAGE_H
#define GRID_SRC_PAGE_H

#include <grid/cover.h>
#include <grid/crs.h>
#include <stdio.h>

#include "base/vec.h"
#include "draw/atlas.h"

typedef struct page {
    FILE *f;
    const grid_atlas *a;
    grid_crs_transform *to_wgs84;
    grid_cover_report *report;
    const grid_shapes *lines; /* thinned; NULL: as they are */
    GRID_VEC(grid_xy) xy;     /* scratch of one chain */
} page;

/** A string in quotes. */
void page_text(FILE *f, const char *text);

/** A number; null for NAN. */
void page_number(FILE *f, double value, int digits);

/** "key":"value", */
void page_key(FILE *f, const char *key, const char *value);

/** [lon,lat] of a place, or null. */
void page_place(page *p, grid_xy at);

/** Coordinates as one string, in steps of 1e-7 degrees; false when memory ran out, as below. */
bool page_chain(page *p, const grid_xy *xy, size_t n);

/** All chains of a feature as an array of strings. */
bool page_feature(page *p, const grid_shapes *s, size_t f);

/** Finds what is wrong in the division: gaps, overlaps and the like. */
GRID_MUST_USE grid_status page_check(page *p, const grid_context *ctx, grid_error *err);

/** "defects":[...], as [kind, severity, level, units, m2, place, shape's kind, chains] each. */
bool page_defects(page *p);

#endif
