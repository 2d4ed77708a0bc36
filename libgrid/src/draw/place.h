/*
 * place.h - where labels go on a page so that none covers another.
 */
#ifndef GRID_SRC_PLACE_H
#define GRID_SRC_PLACE_H

#include "base/vec.h"
#include "draw/ink.h"

enum { PLACE_COLUMNS = 48 };

typedef GRID_VEC(uint32_t) place_cell;

/** The boxes taken so far, in a table of cells over the frame. */
typedef struct place {
    ink_box frame;
    GRID_VEC(ink_box) taken;
    place_cell cell[PLACE_COLUMNS * PLACE_COLUMNS];
} place;

void place_begin(place *p, ink_box frame);
void place_end(place *p);

/** True when the box lies in the frame and covers nothing taken. */
bool place_free(const place *p, ink_box box);

/** Takes a box; false when memory ran out. */
bool place_take(place *p, ink_box box);

/** True when the straight line crosses nothing taken. */
bool place_line_free(const place *p, double x0, double y0, double x1, double y1);

#endif
