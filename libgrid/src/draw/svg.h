/*
 * svg.h - the text of an SVG: Cairo writes the outlines of letters, which nothing can search.
 */
#ifndef GRID_SRC_SVG_H
#define GRID_SRC_SVG_H

#include "draw/ink.h"

/**
 * The words as a layer of transparent text over the outlines, to be found, selected and read
 * aloud; `unit` is the SVG's units in a millimetre. Free with free(); NULL when memory ran out.
 */
char *svg_text_layer(const ink_words *words, double unit);

#endif
