/*
 * flow.h - blocks of text and figures around the map, which flow down a column and into the next.
 */
#ifndef GRID_SRC_FLOW_H
#define GRID_SRC_FLOW_H

#include "draw/sheet.h"

enum { FLOW_COLUMNS = 4 };

typedef struct flow {
    sheet_page *p;
    ink_box column[FLOW_COLUMNS];
    int n, at;
    double y;
} flow;

void flow_begin(flow *f, sheet_page *p, ink_box box, int columns);

/** What is left of the present column; 0 after the last. */
double flow_room(const flow *f);
double flow_width(const flow *f);
void flow_next_column(flow *f);

/** Goes on to a column with that much room; false when there is none. */
bool flow_need(flow *f, double height);

void flow_heading(flow *f, const char *text);

/** Type of a size in mm on A3. */
ink_type sheet_type(const sheet_page *p, double size, bool bold, ink_align align);

/** 12345 as "12,345". */
void flow_thousands(int64_t value, char out[32]);

/* ---- blocks ------------------------------------------------------------------------- */

void flow_inset(flow *f);
void flow_legend(flow *f);

/** Returns the number of the roster's lines that found no room. */
size_t flow_roster(flow *f);

/** A page of lines from `first` on; returns the first that found no room. */
size_t flow_roster_on(flow *f, size_t first);

#endif
