/*
 * sheet.h - one printed page while it is drawn.
 */
#ifndef GRID_SRC_SHEET_H
#define GRID_SRC_SHEET_H

#include "draw/atlas.h"
#include "draw/place.h"
#include "draw/theme.h"

/** What a page shows, so that its legend says neither more nor less. */
typedef enum sheet_shown {
    SHOWN_TOP = 1 << 0,
    SHOWN_UNIT = 1 << 1,
    SHOWN_GRID = 1 << 2,
    SHOWN_NEIGHBOUR = 1 << 3,
    SHOWN_WATER = 1 << 4,
    SHOWN_COMPOUND = 1 << 5,
    SHOWN_BUILDING = 1 << 6,
    SHOWN_COMPONENT = 1 << 7,
    SHOWN_NUMBER = 1 << 8,
    SHOWN_NO_VALUE = 1 << 9,
    SHOWN_LINE = 1 << 10 /* shifted by the class */
} sheet_shown;

/** Fills of grids that a theme has no value for, and of those around the page's unit. */
enum { NO_VALUE = 0xd9d9d6, NEIGHBOUR = 0xf1f1ef };

typedef struct sheet_page {
    const grid_atlas *a;
    const grid_sheet_options *o;
    grid_sheet sheet;
    const theme_classes *theme; /**< NULL: none */
    ink pen;
    double width, height; /**< of the paper, in mm */
    double s;             /**< size of type and lines against those on A3 */
    int64_t scale;
    ink_view view;
    bool landscape;
    ink_box title, panel, foot;
    place labels;
    uint32_t shown;
    size_t homeless; /**< labels that found no place */
} sheet_page;

/** Chooses paper, turn and scale. */
GRID_MUST_USE grid_status sheet_lay_out(sheet_page *p, grid_error *err);

void sheet_title(const grid_atlas *a, grid_sheet sheet, char out[512]);

/** Draws a sheet that is laid out. Returns the rows of the roster that found no room. */
size_t sheet_draw(sheet_page *p, const char *title);

/** True when the grid belongs to the unit that the page is about. */
bool sheet_has_grid(const sheet_page *p, uint32_t grid);

/** Its own part of a unit's code: "003" of "410482001001003" in "410482001001". */
const char *sheet_number(const grid_atlas *a, size_t level, uint32_t unit);

/** Width of a road or other line on the page in mm, and its ink. */
double sheet_line_width(const sheet_page *p, uint8_t border_class);
ink_colour sheet_line_ink(uint8_t border_class);

/** Strokes the present path as a line of this class, casing and all. */
void sheet_line_stroke(sheet_page *p, uint8_t border_class);

/** Strokes the present path as a border of this rank: 0 the top level's. */
void sheet_border_stroke(sheet_page *p, size_t rank, bool rim);

/** The numbers of the boxes that overlap the query, ascending; `out` is emptied first. */
bool sheet_gather(const grid_rtree *tree, const grid_box *query, place_cell *out);

/** The map in its frame, then its labels. False when memory ran out. */
bool sheet_draw_map(sheet_page *p);
bool sheet_draw_labels(sheet_page *p);

/** Names along the lines in the box; `found` is scratch. */
bool sheet_label_lines(sheet_page *p, const grid_box *box, place_cell *found);

/** Everything around the map. Returns the rows of the roster that found no room. */
size_t sheet_draw_surroundings(sheet_page *p, const char *title);

/** A page of the roster from row `first` on; returns the first row that found no room. */
size_t sheet_draw_roster(sheet_page *p, const char *title, size_t first);

/** Rows of the page's roster. */
size_t sheet_roster_count(const sheet_page *p);

#endif
