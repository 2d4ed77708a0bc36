/*
 * place.h - where labels go on a page so that none covers another.
 */
#ifndef GRID_SRC_PLACE_H
#define GRID_SRC_PLACE_H

#include "base/vec.h"
#include "draw/ink.h"

enum { PLACE_COLUMNS = 48 };

typedef GRID_VEC(uint32_t) place_cell;

/** A box taken by a label, or by a letter of one. */
typedef struct place_box {
    ink_box box;
    uint32_t label;
} place_box;

/** The boxes taken so far, in a table of cells over the frame. */
typedef struct place {
    ink_box frame;
    double gap;     /**< what must be left free between labels */
    uint32_t label; /**< whose boxes are taken now */
    GRID_VEC(place_box) taken;
    place_cell cell[PLACE_COLUMNS * PLACE_COLUMNS];
} place;

void place_begin(place *p, ink_box frame, double gap);
void place_end(place *p);

/** The boxes taken from here on are those of another label. */
void place_next(place *p);

/** True when the box lies in the frame and comes to no label nearer than the gap. */
bool place_free(const place *p, ink_box box);

/** Takes a box; false when memory ran out. */
bool place_take(place *p, ink_box box);

/** Takes the places along a straight line. */
bool place_take_line(place *p, double x0, double y0, double x1, double y1);

/** True when the straight line crosses nothing taken. */
bool place_line_free(place *p, double x0, double y0, double x1, double y1);

#endif
