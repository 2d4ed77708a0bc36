/*
 * strokes.h - roads as people see them: the pieces of one name joined into long lines, for
 * writing the name along.
 */
#ifndef GRID_SRC_STROKES_H
#define GRID_SRC_STROKES_H

#include <grid/draw.h>

/** Joined lines: feature i of `shapes` has one chain. */
typedef struct strokes {
    grid_shapes *shapes;
    const char **name; /**< borrowed from the layer */
    uint8_t *border_class;
    grid_rtree *tree;
} strokes;

/** Joins the named lines of a layer. */
GRID_MUST_USE grid_status strokes_build(const grid_map_layer *layer, strokes **out,
                                        grid_error *err);
void strokes_free(strokes *s);

#endif
